"""Real exports, and those of our own form, from the file to the study."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from cfanalysis.cli import cfanalysis
from cfanalysis.intake import RawAnswers, ReadingOptions, read
from cfanalysis.questionnaire.form import Form, questionnaire
from cfanalysis.questionnaire.xlsform import xlsform_sheets
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import load_instrument

from .. import export_files as made_by
from ..export_files import INSTRUMENT, Made, all_made, clock, people, written
from .common_survey import as_sav, cleaned

INSTRUMENTS = Path(__file__).parents[1] / "instruments"

REAL = {
    "surveymonkey_films": ("surveymonkey_starwars.csv", (), "surveymonkey", 1186),
    "qualtrics_matrix": ("qualtrics_matrix_insights.csv", ("tests",), "qualtrics", 5),
    "qualtrics_legacy": ("qualtrics_no_basis_legacy.csv", ("tests",), "qualtrics", 15),
    "qualtrics_german": ("qualtrics_sample_german_labels.csv", (), "qualtrics", 1),
}


@pytest.mark.parametrize("name", REAL)
def test_real_exports_become_studies(name: str, real_data: Path, tmp_path: Path) -> None:
    """Real exports of Qualtrics and SurveyMonkey, prepared as they are."""
    file, keep, reader, rows = REAL[name]
    study = prepare(
        real_data / "exports" / file,
        INSTRUMENTS / f"{name}.yaml",
        tmp_path / name,
        options=ReadingOptions(keep=keep),
    )
    log = study.cleaning_log
    assert log["rows_in"] == rows == log["rows_out"] + sum(log["rows_dropped"].values())
    assert f"{'SurveyMonkey' if reader == 'surveymonkey' else 'Qualtrics'} export" in log["notes"][0]
    assert "192.0.2.10" not in str(log)


def test_surveymonkey_films_count_by_hand(real_data: Path, tmp_path: Path) -> None:
    """Answers of the real SurveyMonkey export beside the file's own cells."""
    file = real_data / "exports" / "surveymonkey_starwars.csv"
    raw = read(file, load_instrument(INSTRUMENTS / "surveymonkey_films.yaml"))
    assert isinstance(raw, RawAnswers)
    with file.open(encoding="cp1252", newline="") as stream:
        cells = pd.DataFrame(list(csv.reader(stream))[2:])
    seen = cells.iloc[:, 3:9].ne("").any(axis=1).to_numpy()
    first = raw.frame["seen_1"].astype("str").to_numpy()
    assert ((first == "1") == cells[3].ne("").to_numpy()).all()
    assert ((first == "") == ~seen).all()
    assert raw.frame["hero_1"].astype("str").tolist() == cells[15].tolist()
    assert raw.frame["respondent"].astype("str").tolist() == cells[0].tolist()


def test_real_previews_are_dropped(real_data: Path) -> None:
    """All rows of the real matrix export are generated test responses: without --keep there is nothing to prepare."""
    raw = read(
        real_data / "exports" / "qualtrics_matrix_insights.csv",
        load_instrument(INSTRUMENTS / "qualtrics_matrix.yaml"),
    )
    assert isinstance(raw, RawAnswers)
    assert [(mark.rule, len(mark.rows)) for mark in raw.marks] == [("test_response", 5)]
    assert raw.frame.loc[[4, 5], ["said_1", "done_1", "result"]].astype("int").to_numpy().tolist() == [
        [3, 1, 12],
        [4, 1, 12],
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "qualtrics",
        "surveymonkey",
        "limesurvey full",
        "kobo groups",
        "redcap labels",
        "google forms sheet",
        "spss",
    ],
)
def test_every_command_takes_every_export(kind: str, tmp_path: Path) -> None:
    """check finds nothing, map writes a map, prepare takes file and map, and the database holds the same answers."""
    if kind == "spss":
        path = as_sav(tmp_path / "a.sav", *made_by.statistics_frame(people()))
    else:
        path = written(dict(all_made(people()))[kind], tmp_path)
    instrument = tmp_path / "common.yaml"
    instrument.write_text(INSTRUMENT, encoding="utf-8")
    how = [str(path), "--instrument", str(instrument)]
    run = CliRunner()
    place = ["--database", str(tmp_path / "b.sqlite")]
    for words in (
        ["check", *how],
        ["map", *how, "--out", str(tmp_path / "map.yaml")],
        ["prepare", *how, "--out", str(tmp_path / "plain")],
        ["prepare", *how, "--map", str(tmp_path / "map.yaml"), "--out", str(tmp_path / "mapped")],
        ["database", "import", *how, *place],
        ["prepare", "--from-database", place[1], "--out", str(tmp_path / "stored")],
    ):
        done = run.invoke(cfanalysis, words)
        assert done.exit_code == 0, (words, done.output)
    frames = [
        pd.read_parquet(tmp_path / name / "responses.parquet") for name in ("plain", "mapped", "stored")
    ]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])
    assert len(frames[0]) == 12


@pytest.mark.parametrize("show", ["names", "labels"])
@pytest.mark.parametrize("group", ["", "/", "-"])
def test_what_comes_back_from_our_own_form_is_read(
    show: str, group: str, tmp_path: Path, instrument_file: Path
) -> None:
    """The package's XLSForm, answered in Kobo or ODK: names or labels, groups or none, give the same answers."""
    instrument = load_instrument(instrument_file)
    rows = list(form_answers(questionnaire(instrument, wave="2025"), group=group, labels=show == "labels"))
    path = written(Made(rows, "kobo", delimiter=";", quoting=csv.QUOTE_ALL), tmp_path)
    raw, responses, log = cleaned(path, instrument)
    assert (raw.reader, log.rows_out, log.ignored_columns[:1]) == ("kobo", 3, ("_id",))
    assert responses["wave"].unique().tolist() == ["2025"]
    assert responses["respondent"].tolist() == ["uuid 0", "uuid 1", "uuid 2"]
    assert responses["seconds"].tolist() == [300.0, 301.0, 302.0]
    for number, item in enumerate(instrument.rated_items):
        categories = instrument.scale_of(item.id).categories
        wanted = [categories[(number + person) % len(categories)] for person in range(3)]
        assert responses[item.id].tolist() == wanted, item.id
    assert responses["role"].unique().tolist() == [instrument.respondent_fields[0].options[0]]


def form_answers(form: Form, *, group: str, labels: bool) -> Iterator[list[str]]:
    """An export of a form: the headers by its own sheets, then three people's answers."""
    sheets = xlsform_sheets(form)
    choices: dict[str, list[dict[str, str]]] = {}
    for choice in sheets["choices"]:
        choices.setdefault(choice["list_name"], []).append(choice)
    head, kinds, within = [], [], ""
    rated = {item.id: n for n, item in enumerate(form.instrument.rated_items)}
    for row in sheets["survey"]:
        kind = row["type"].split()[0]
        within = row["name"] if kind == "begin_group" else "" if kind == "end_group" else within
        if kind in ("begin_group", "end_group", "note"):
            continue
        label = row.get("label", row["name"]) if labels else row["name"]
        head.append(f"{within}{group}{label}" if within and group else label)
        kinds.append(row)
    yield [*head, "_id", "_uuid", "_submission_time"]
    for person in range(3):
        cells = []
        for row in kinds:
            own = {"start": clock(0, "%Y-%m-%dT%H:%M:%S.000+00:00"), "wave": "2025", "organization": "Firm",
                   "end": clock(300 + person, "%Y-%m-%dT%H:%M:%S.000+00:00"), "respondent": f"uuid {person}"
                   }  # fmt: skip
            name = row["name"]
            answer = own.get(name, "")
            if name in rated:
                categories = form.instrument.scale_of(name).categories
                answer = str(categories[(rated[name] + person) % len(categories)])
            if row["type"].startswith("select_one"):
                listed = choices[row["type"].split()[1]]
                chosen = next((c for c in listed if c["name"] == answer), listed[0])
                answer = chosen["label"] if labels else chosen["name"]
            cells.append(answer)
        yield [*cells, str(person), f"own {person}", "2025-03-04T12:00:00"]
