"""Exports of survey tools: the same answers through every reader give the same study."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from click.testing import CliRunner

from cfanalysis.cli import cfanalysis
from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import READERS, RawAnswers, ReadingOptions, read, read_columns
from cfanalysis.intake.cleaning import DONT_KNOW_CODE, CleaningLog, clean
from cfanalysis.intake.column_map import column_map
from cfanalysis.questionnaire.form import Form, questionnaire
from cfanalysis.questionnaire.xlsform import xlsform_sheets
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import Instrument, load_instrument, parse_instrument

from . import dialect_files as made_by
from .conftest import ROOT
from .dialect_files import INSTRUMENT, Made, all_made, clock, people, written

INSTRUMENTS = Path(__file__).parent / "instruments"


@pytest.fixture(scope="module")
def common() -> Instrument:
    """A survey that every tool can hold: ratings, choices, an open answer, facts."""
    return parse_instrument(INSTRUMENT)


def expected(*, seconds: bool) -> pd.DataFrame:
    """The responses that `people` give, worked out by hand."""
    rows = []
    for p in people():
        rated = dict(zip(made_by.RATED, p.rated, strict=True))
        row: dict[str, object] = {"organization": p.organization, "respondent": p.respondent, "wave": "2024"}
        row |= {
            "seconds": float(p.seconds) if seconds else None,
            "origin": "",
            "sector": p.sector,
            "email": "",
        }
        row |= {i: DONT_KNOW_CODE if a == 9 else a for i, a in rated.items()}
        row |= {w: int(w in p.chosen) for w in ("w1", "w2", "w3")}
        row["why"] = p.why and 'Listen, then "act" at once; please'
        rows.append(row)
    items = [*made_by.RATED, "w1", "w2", "w3"]
    frame = pd.DataFrame(rows).astype({"seconds": "Float64", **dict.fromkeys(items, "Int8")})
    texts = ["organization", "respondent", "wave", "origin", "sector", "email", "why"]
    return frame.astype(dict.fromkeys(texts, "str")).sort_values(
        ["organization", "wave", "respondent"], ignore_index=True
    )


def cleaned(
    path: Path, instrument: Instrument, options: ReadingOptions | None = None
) -> tuple[RawAnswers, pd.DataFrame, CleaningLog]:
    raw = read(path, instrument, options=options or ReadingOptions())
    assert isinstance(raw, RawAnswers)
    responses, log = clean(raw, instrument)
    assert len(raw.frame) == log.rows_in == log.rows_out + sum(log.rows_dropped.values())
    return raw, responses, log


@pytest.mark.parametrize(
    ("kind", "made"), list(all_made(people())), ids=[kind for kind, _ in all_made(people())]
)
def test_the_same_answers_give_the_same_responses(
    kind: str, made: Made, tmp_path: Path, common: Instrument
) -> None:
    """Whatever tool exports them, and however, the answers of the same people are the same frame."""
    raw, responses, _ = cleaned(written(made, tmp_path), common)
    assert raw.reader == made.reader
    pd.testing.assert_frame_equal(responses, expected(seconds=made.seconds))


def changed(made: Made, column: str, values: dict[int, str], *, header: int) -> Made:
    """The file with cells of a column changed; rows are counted from the first answer on."""
    place = next(i for i, cell in enumerate(made.rows[0]) if cell == column)
    rows = [list(row) for row in made.rows]
    for number, value in values.items():
        rows[header + number][place] = value
    return made._replace(rows=rows)


def test_what_was_detected_is_said(tmp_path: Path, common: Instrument) -> None:
    """The tool, its header rows, and what was made of choices stand in the notes."""
    raw, _, log = cleaned(written(made_by.surveymonkey(people()), tmp_path), common)
    said = "\n".join(raw.notes)
    assert "SurveyMonkey export, 2 header rows" in said
    assert "2 choices read as chosen or not chosen" in said
    assert "choices that nobody chose: w3" in said
    assert "12 rows" in said
    assert log.notes == raw.notes


def test_previews_and_tests_are_dropped_and_logged(tmp_path: Path, common: Instrument) -> None:
    """Rows that Qualtrics marks as preview or test are dropped with a rule of their own, or kept where asked for."""
    made = changed(
        made_by.qualtrics(people()), "Status", {0: "1", 4: "Survey Test", 7: "16", 8: "8"}, header=3
    )
    path = written(made, tmp_path)
    _, responses, log = cleaned(path, common)
    assert (log.rows_in, log.rows_out) == (12, 9)
    assert log.rows_dropped == {"test_response": 3}
    dropped = log.changes.query("rule == 'test_response'")
    assert dropped["row"].tolist() == [4, 8, 12]
    assert set(dropped["respondent"]) == {"118000000000", "118000000004", "118000000008"}
    assert not set(dropped["respondent"]) & set(responses["respondent"])
    _, everybody, log = cleaned(path, common, ReadingOptions(keep=("tests",)))
    assert (len(everybody), log.rows_dropped) == (12, {})


def test_only_tests_name_the_way_to_keep_them(tmp_path: Path, common: Instrument) -> None:
    """A file of nothing but previews is refused, and the message says how to read it."""
    made = changed(made_by.qualtrics(people()), "Status", dict.fromkeys(range(12), "1"), header=3)
    raw = read(written(made, tmp_path), common)
    assert isinstance(raw, RawAnswers)
    with pytest.raises(IntakeError, match="--keep tests"):
        clean(raw, common)


@pytest.mark.parametrize(
    ("made", "column", "mark", "header"),
    [
        (made_by.qualtrics(people()), "Finished", "0", 3),
        (made_by.qualtrics(people()), "Finished", "False", 3),
        (made_by.limesurvey(people()), "submitdate", "", 1),
        (made_by.limesurvey(people(), heads="full"), "Date submitted", "", 1),
        (made_by.redcap(people()), "survey_complete", "0", 1),
        (made_by.redcap(people(), labels=True), "Complete?", "Incomplete", 1),
    ],
)
def test_the_unfinished_are_flagged_or_dropped(
    made: Made, column: str, mark: str, header: int, tmp_path: Path, common: Instrument
) -> None:
    """Who did not come to the end is flagged and stays, or is dropped where asked for; both stand in the log."""
    path = written(changed(made, column, {1: mark, 6: mark}, header=header), tmp_path)
    raw, _, log = cleaned(path, common)
    assert (log.rows_flagged, log.rows_out) == ({"incomplete": 2}, 12)
    _, log = clean(raw, common, drop=["incomplete"])
    assert (log.rows_dropped, log.rows_out) == ({"incomplete": 2}, 10)


def test_a_record_with_one_finished_form_is_finished(tmp_path: Path, common: Instrument) -> None:
    """Of a REDCap project with several forms a row is unfinished only where every form is."""
    made = made_by.redcap(people())
    rows = [[*row, "0"] for row in made.rows]
    rows[0][-1] = "follow_up_complete"
    made = changed(made._replace(rows=rows), "survey_complete", {4: "0"}, header=1)
    _, _, log = cleaned(written(made, tmp_path), common)
    assert log.rows_flagged == {"incomplete": 1}


def test_rejected_submissions_are_dropped(tmp_path: Path, common: Instrument) -> None:
    """What was rejected in the review of Kobo or ODK Central does not count."""
    kobo = changed(made_by.kobo(people()), "_validation_status", {2: "Not Approved", 3: "Approved"}, header=1)
    central = changed(made_by.odk_central(people()), "ReviewState", {2: "rejected", 3: "approved"}, header=1)
    for made in (kobo, central):
        _, responses, log = cleaned(written(made, tmp_path), common)
        assert log.rows_dropped == {"rejected": 1}
        assert "118000000002" not in set(responses["respondent"])


def test_personal_columns_are_left_at_the_door(tmp_path: Path, common: Instrument) -> None:
    """An e-mail address is not read though the instrument has a field for it, unless asked for; it is said."""
    made = made_by.google_forms(people())
    made.rows[0][1] = "Your e-mail"
    path = written(made, tmp_path)
    raw, responses, log = cleaned(path, common)
    assert set(responses["email"]) == {""}
    assert "example.org" not in str(log.as_dict())
    assert "left at the door, not read (--keep personal reads them): Your e-mail (e-mail)" in raw.notes[1]
    _, responses, _ = cleaned(path, common, ReadingOptions(keep=("personal",)))
    assert responses["email"].str.endswith("@example.org").all()
    decided = ReadingOptions(columns={"Your e-mail": "email"})
    assert cleaned(path, common, decided)[1]["email"].str.endswith("@example.org").all()


@pytest.mark.parametrize("name", ["Email", "IP address", "Latitude", "first name"])
def test_personal_columns_of_plain_tables_too(name: str, tmp_path: Path) -> None:
    """A plain CSV has such columns as well; as respondents' ids they are not read either."""
    instrument = parse_instrument(INSTRUMENT.replace("waves:", f"columns: {{respondent: [{name}]}}\nwaves:"))
    rows = [["organization", name, *made_by.RATED, "w1", "w2", "w3"]]
    rows += [
        [p.organization, f"x{n}", *map(made_by.code, p.rated), "1", "0", "1"] for n, p in enumerate(people())
    ]
    path = written(Made(rows, "delimited"), tmp_path)
    raw, responses, _ = cleaned(path, instrument)
    assert raw.reader == "delimited"
    assert responses["respondent"].str.startswith("row ").all()
    assert f"left at the door, not read (--keep personal reads them): {name}" in "\n".join(raw.notes)


@pytest.mark.parametrize(("value", "kind"), [("{}@example.org", "e-mail"), ("192.0.2.{}", "network address")])
def test_personal_ids_are_known_by_what_they_hold(
    value: str, kind: str, tmp_path: Path, common: Instrument
) -> None:
    """A column `respondent` of e-mail or network addresses is left out; respondents are then rows."""
    made = made_by.google_forms(people())
    for number, row in enumerate(made.rows[1:]):
        row[2] = value.format(number)
    path = written(made, tmp_path)
    raw, responses, log = cleaned(path, common)
    assert raw.notes[-1].endswith(
        f"left out for what they hold (--keep personal keeps them): respondent ({kind})"
    )
    assert responses["respondent"].str.startswith("row ").all()
    assert value.format(3) not in str(log.as_dict())
    _, kept, _ = cleaned(path, common, ReadingOptions(keep=("personal",)))
    assert value.format(3) in set(kept["respondent"])


def test_a_code_and_a_text_that_contradict_each_other_are_an_error(
    tmp_path: Path, common: Instrument
) -> None:
    """A column that is one item by its code and another by its text is refused, not guessed."""
    made = made_by.qualtrics(people())
    made.rows[0] = [{"Q1_3": "d2", "Q1_4": "d1"}.get(cell, cell) for cell in made.rows[0]]
    with pytest.raises(IntakeError, match="'d2' is 'd2' by its code and 'd1' by its text"):
        read(written(made, tmp_path), common)


def test_a_near_miss_is_proposed_not_taken(tmp_path: Path, common: Instrument) -> None:
    """A question's text that only resembles an item's is an error that proposes the item."""
    made = made_by.google_forms(people())
    made.rows[0] = [cell.replace("We listen.", "We do listen.") for cell in made.rows[0]]
    with pytest.raises(IntakeError, match=r"unknown item 'We do listen\.' \(the nearest: We listen"):
        read(written(made, tmp_path), common)
    headers = [c.name for c in read_columns(tmp_path / "export.csv", common)]
    entry = next(e for e in column_map(headers, common) if e.get("proposal") == "d1")
    assert entry["column"] == "We do listen."
    decided = ReadingOptions(columns={entry["column"]: "d1"})
    _, responses, _ = cleaned(tmp_path / "export.csv", common, decided)
    pd.testing.assert_frame_equal(responses, expected(seconds=False))


def test_a_missing_row_of_a_grid_is_no_choice_that_nobody_made(tmp_path: Path, common: Instrument) -> None:
    """Only questions of which several answers are chosen may lack a column; a grid may not."""
    made = made_by.kobo(people())
    rows = [[c for head, c in zip(made.rows[0], row, strict=True) if head != "w/nobody"] for row in made.rows]
    with pytest.raises(IntakeError, match=r"Items have no column: w3\."):
        read(written(made._replace(rows=rows), tmp_path), common)


def test_who_chose_nothing_is_missing(tmp_path: Path, common: Instrument) -> None:
    """A respondent with no choice at all may have skipped the question: neither yes nor no."""
    made = made_by.surveymonkey(people())
    first = made.rows[0].index(made_by.QUESTION)
    made.rows[2][first : first + 3] = ["", "", ""]
    _, responses, _ = cleaned(written(made, tmp_path), common)
    row = responses.set_index("respondent").loc["118000000000"]
    assert row[["w1", "w2", "w3"]].isna().all()


def test_codes_win_over_the_texts_of_other_columns(tmp_path: Path, common: Instrument) -> None:
    """Two questions of one text: the one with the item's code is the item, the other is ignored."""
    made = made_by.qualtrics(people())
    rows = [[*row, row[made.rows[0].index("Q1_3")]] for row in made.rows]
    rows[0][rows[0].index("Q1_3")] = "d1"
    rows[0][-1] = "Q9"
    for row in rows[3:]:
        row[-1] = "1"
    raw, responses, _ = cleaned(written(made._replace(rows=rows), tmp_path), common)
    pd.testing.assert_frame_equal(responses, expected(seconds=True))
    assert "Q9" in raw.ignored


def test_header_rows_that_somebody_deleted(tmp_path: Path, common: Instrument) -> None:
    """A Qualtrics export without its row of import ids, or with the codes alone, is still read as such."""
    made = made_by.qualtrics(people())
    for row in made.rows[3:]:
        place = made.rows[0].index("ResponseId")
        row[place] = f"R_{row[place]}"
    two = made._replace(rows=[*made.rows[:2], *made.rows[3:]])
    raw, responses, _ = cleaned(written(two, tmp_path), common)
    assert (raw.reader, len(responses)) == ("qualtrics", 12)
    codes = [
        {"Q1_1": "s1", "Q1_2": "s2", "Q1_3": "d1", "Q1_4": "d2", "Q1_5": "p1"}.get(c, c) for c in made.rows[0]
    ]
    codes = [{"Q2_1": "w1", "Q2_2": "w2", "Q2_3": "w3"}.get(c, c) for c in codes]
    one = made._replace(rows=[codes, *changed(made, "Status", {0: "1"}, header=3).rows[3:]])
    raw, responses, log = cleaned(written(one, tmp_path), common)
    assert (raw.reader, log.rows_dropped) == ("qualtrics", {"test_response": 1})


def test_events_are_waves(tmp_path: Path, common: Instrument) -> None:
    """The events of a longitudinal REDCap project are the waves; a record has a row for each."""
    made = made_by.redcap(people(), event=True)
    later = [[*row[:1], "2025_arm_1", *row[2:]] for row in made.rows[1:]]
    _, responses, _ = cleaned(written(made._replace(rows=[*made.rows, *later]), tmp_path), common)
    assert responses.groupby("wave").size().to_dict() == {"2024": 12, "2025": 12}


def test_facts_of_another_event_are_the_records(tmp_path: Path, common: Instrument) -> None:
    """Where organization and sector were asked at the first event only, the later rows of the record have them, too."""
    made = made_by.redcap(people(), event=True)
    place = made.rows[0].index("organization")
    later = [[*row[:1], "2025_arm_1", *row[2:]] for row in made.rows[1:]]
    for row in later:
        row[place : place + 2] = ["", ""]
    raw, responses, _ = cleaned(written(made._replace(rows=[*made.rows, *later]), tmp_path), common)
    assert responses.groupby("wave").size().to_dict() == {"2024": 12, "2025": 12}
    assert (responses.groupby("respondent")["sector"].nunique() == 1).all()
    assert "organization: 12 cells from another row of the same record" in raw.notes[0]


@pytest.mark.parametrize(
    ("head", "text"), [(b"PK\x03\x04" + bytes(40), "unpack it"), (b"\xd0\xcf\x11\xe0", ".xlsx")]
)
def test_archives_and_old_workbooks_say_what_to_do(
    head: bytes, text: str, tmp_path: Path, common: Instrument
) -> None:
    """A ZIP, as some tools deliver it, and an .xls are refused with the way out."""
    (tmp_path / "export.zip").write_bytes(head)
    with pytest.raises(IntakeError, match=text):
        read(tmp_path / "export.zip", common)


def test_a_wrong_encoding_is_refused(tmp_path: Path, common: Instrument) -> None:
    """Bytes that the given encoding does not know are an error, also where a quotation mark is left open."""
    made = made_by.google_forms(people())
    made.rows[3][-1] = "À vous"
    path = written(made, tmp_path)
    path.write_bytes(path.read_bytes() + b'"')
    with pytest.raises(IntakeError, match="not text in this encoding"):
        read(path, common, options=ReadingOptions(encoding="cp949"))


def test_a_dialect_can_be_given(tmp_path: Path, common: Instrument) -> None:
    """The reader that is given is taken; a file that is not laid out so is refused with its name."""
    path = written(made_by.google_forms(people()), tmp_path)
    assert read(path, common, reader="google_forms").reader == "google_forms"
    with pytest.raises(IntakeError, match="does not look like a Qualtrics export"):
        read(path, common, reader="qualtrics")
    with pytest.raises(IntakeError, match="no such reader"):
        read(path, common, reader="qualtrix")


def test_every_dialect_is_in_the_documentation() -> None:
    """docs/exports.md names each reader by which a file can be read."""
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert [d.name for d in READERS if f"`{d.name}`" not in text] == []


@pytest.fixture
def statistics() -> tuple[pd.DataFrame, dict[str, Any]]:
    return made_by.statistics_frame(people())


def as_sav(path: Path, frame: pd.DataFrame, how: dict[str, Any], **more: Any) -> Path:
    """The answers as SPSS keeps them."""
    pyreadstat.write_sav(frame, str(path), **how, **more)
    return path


def test_spss_and_stata_give_the_same_responses(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """Values with labels, matched by the variables' labels; "don't know" is declared missing and still don't know."""
    frame, how = statistics
    missing = {f"v{i}": [{"lo": 9, "hi": 9}] for i in made_by.RATED}
    sav = as_sav(tmp_path / "a.sav", frame, how, missing_ranges=missing)
    zsav = as_sav(tmp_path / "a.zsav", frame, how, missing_ranges=missing, compress=True)
    dta = tmp_path / "a.dta"
    pyreadstat.write_dta(frame, str(dta), **how)
    for path, reader in ((sav, "spss"), (zsav, "spss"), (dta, "stata")):
        raw, responses, _ = cleaned(path, common)
        assert raw.reader == reader
        pd.testing.assert_frame_equal(responses, expected(seconds=True))


def test_labels_count_where_a_file_numbers_answers_otherwise(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """1 labelled "Strongly agree" is a 5 on the scale, and that is said; without labels for all it is refused."""
    frame, how = statistics
    turned = {6.0 - k if k < 6 else k: v for k, v in how["variable_value_labels"]["vs1"].items()}
    labels = {**how["variable_value_labels"], "vs1": turned}
    frame["vs1"] = 6 - frame["vs1"]
    path = as_sav(tmp_path / "a.sav", frame, {**how, "variable_value_labels": labels})
    raw, responses, _ = cleaned(path, common)
    pd.testing.assert_frame_equal(responses, expected(seconds=True))
    assert "numbered otherwise than on the scale, labels count: vs1" in "\n".join(raw.notes)
    labels["vs1"] = {1.0: "Strongly agree", 5.0: "Strongly disagree"}
    path = as_sav(tmp_path / "b.sav", frame, {**how, "variable_value_labels": labels})
    with pytest.raises(IntakeError, match="and no label of the scale: "):
        read(path, common)


def test_declared_missing_values_are_missing_and_counted(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """Values in a range that the file declares missing are no answers, whatever their number."""
    frame, how = statistics
    frame.loc[[0, 1], "vp1"] = [98.0, 5.0]
    path = as_sav(tmp_path / "a.sav", frame, how, missing_ranges={"vp1": [{"lo": 5, "hi": 99}]})
    raw, responses, _ = cleaned(path, common)
    fives = int((frame["vp1"] >= 5).sum())
    assert responses["p1"].isna().sum() == fives
    assert f"{fives} cells hold values that the file declares missing" in "\n".join(raw.notes)


def test_missing_pyreadstat_is_said(
    tmp_path: Path,
    common: Instrument,
    statistics: tuple[pd.DataFrame, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the library that reads SPSS files, the message names it."""
    path = as_sav(tmp_path / "a.sav", *statistics)
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(IntakeError, match="pip install pyreadstat"):
        read(path, common)


def test_what_a_tool_wrote_for_spss_keeps_its_marks(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """A Qualtrics file for SPSS has Status and Finished: tests are dropped there, too."""
    frame, how = statistics
    own = {"StartDate": "", "EndDate": "", "Status": 0.0, "Finished": 1.0, "ResponseId": frame["respondent"]}
    frame = pd.DataFrame({**own, **frame.drop(columns="respondent")}, index=frame.index)
    frame.loc[2, "Status"] = 1.0
    labels = {**how["variable_value_labels"], "Status": {0.0: "IP Address", 1.0: "Survey Preview"}}
    names = [*own, *how["column_labels"][1:]]
    path = as_sav(tmp_path / "a.sav", frame, {"column_labels": names, "variable_value_labels": labels})
    raw, responses, log = cleaned(path, common)
    assert "SPSS file of a Qualtrics export" in raw.notes[0] or "Qualtrics" in raw.notes[0]
    assert log.rows_dropped == {"test_response": 1}
    assert "118000000002" not in set(responses["respondent"])


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
def test_every_command_takes_every_dialect(kind: str, tmp_path: Path) -> None:
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
