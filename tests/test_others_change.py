"""Against a published norm a client's report depends on the client alone: others come, are corrected, and go."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from pypdf import PdfReader

from cfanalysis.cli import cfanalysis
from cfanalysis.core.errors import ConfidentialityError
from cfanalysis.study.benchmark.norm import Norm, norms_folder, read_members
from cfanalysis.study.benchmark.norm_making import make_norm, make_study_norm
from cfanalysis.study.benchmark.peers import StudyBenchmarks
from cfanalysis.study.client_extract import cut_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import StudyMeasures

Rows = pd.DataFrame
Extracts = dict[tuple[str, str], Path]
BASE, SEVERAL = 40, 6
ASKED = re.compile(r"lead_..|proc_[sd][12]|proc_d6|perf_.|level_\w+_1|warn_[1-3]|contacts_\w+|one_thing")
"""Some questions of each kind."""


def short_instrument(file: Path, folder: Path) -> tuple[Path, set[str]]:
    """The sample's instrument with some questions of each kind, and the others."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    every = {item["id"] for item in content["items"]}
    asked = {item for item in every if ASKED.fullmatch(item)}
    content["items"] = [item for item in content["items"] if item["id"] in asked]
    used = {name for item in content["items"] for name in [item.get("dimension"), *item.get("practices", [])]}
    for part in ("dimensions", "practices"):
        content[part] = [each for each in content[part] if each["id"] in used]
    for index in content["indices"]:
        index["items"] = [item for item in index["items"] if item in asked]
    short = folder / "short.yaml"
    short.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return short, every - asked


class Years:
    """The sample's first organizations with a published norm, and what the study is when others change."""

    def __init__(self, file: Path, instrument: Path, folder: Path) -> None:
        self.folder = folder
        self.states: dict[str, Study] = {}
        self.instrument, others = short_instrument(instrument, folder)
        rows = pd.read_csv(file, dtype=str, keep_default_na=False).drop(columns=list(others))
        every = list(dict.fromkeys(rows["organization"]))
        self.names, self.newcomers = every[:BASE], every[BASE : BASE + SEVERAL]
        self.rows = rows[rows["organization"].isin(self.names)]
        self.new_rows = rows[rows["organization"].isin(self.newcomers)]
        self.study = self.prepared(self.rows, "first")
        self.norm = make_study_norm(self.study, "2025", publish=True)

    def prepared(self, rows: Rows, name: str) -> Study:
        """The study of some rows, in a workspace that has the norm."""
        place = self.folder / name
        (place / "data" / "prepared").mkdir(parents=True)
        if name != "first":
            shutil.copytree(self.folder / "first" / "data" / "norms", place / "data" / "norms")
        rows.to_csv(place / "answers.csv", index=False)
        return prepare(place / "answers.csv", self.instrument, place / "data" / "prepared" / "study")

    def state(self, happens: Callable[[Years], Rows]) -> Study:
        """The study after something happened, prepared once."""
        if happens.__name__ not in self.states:
            self.states[happens.__name__] = self.prepared(happens(self), happens.__name__)
        return self.states[happens.__name__]

    def next_norm(self, study: Study) -> Norm:
        """A second norm, of another state of the study."""
        members = read_members(norms_folder(self.study))
        return make_norm(StudyBenchmarks(StudyMeasures(study)), "2026", [self.norm], members)

    def extracts(self, study: Study, folder: Path) -> Extracts:
        """The extracts of some clients who are in every state; not beside a sector that has no figures."""
        found: Extracts = {}
        for client in self.names[SEVERAL : SEVERAL + 6]:
            for benchmark in ("all", "sector"):
                with suppress(ConfidentialityError):
                    place = folder / f"{len(found)}"
                    found[client, benchmark] = cut_extract(study, client, place, benchmark=benchmark)
        return found


@pytest.fixture(scope="module")
def first_extracts(years: Years, tmp_path_factory: pytest.TempPathFactory) -> Extracts:
    """Of the state in which the norm was published."""
    return years.extracts(years.study, tmp_path_factory.mktemp("extracts"))


@pytest.fixture(scope="module")
def years(sample_file: Path, instrument_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Years:
    return Years(sample_file, instrument_file, tmp_path_factory.mktemp("years"))


def come(years: Years, number: int = SEVERAL) -> Rows:
    """Others come, with a field's value and a wave of their own."""
    new = years.new_rows[years.new_rows["organization"].isin(years.newcomers[:number])]
    own = new["organization"] == years.newcomers[0]
    return pd.concat([years.rows, new.assign(sector=new["sector"].mask(own, "Space"))])


def go(years: Years) -> Rows:
    """Some are deleted."""
    return years.rows[~years.rows["organization"].isin(years.names[:SEVERAL])]


def are_corrected(years: Years) -> Rows:
    """Some have other answers, other positions and another sector."""
    some = years.rows["organization"].isin(years.names[:SEVERAL])
    other = {"lead_d1": "5", "perf_1": "1", "role": "Leader", "sector": "Retail"}
    return years.rows.assign(
        **{column: years.rows[column].mask(some, value) for column, value in other.items()}
    )


def have_other_positions(years: Years) -> Rows:
    """One has the same answers of people in other positions."""
    one = years.rows["organization"] == years.names[0]
    return years.rows.assign(role=years.rows["role"].mask(one, "Leader"))


def are_called_otherwise(years: Years) -> Rows:
    """One has another name."""
    return years.rows.replace({"organization": {years.names[0]: "Zebra & Sons"}})


def answered_more(years: Years) -> Rows:
    """Each of some has one respondent more, who answered like another."""
    own = years.rows[years.rows["organization"].isin(years.names[:SEVERAL])]
    more = own.drop_duplicates(["organization", "wave"])
    return pd.concat([years.rows, more.assign(respondent=more["respondent"] + "x")])


@pytest.mark.parametrize(
    "happens", [come, go, are_corrected, have_other_positions, are_called_otherwise, answered_more]
)
def test_whatever_others_do_a_client_s_extract_is_the_same(
    years: Years, first_extracts: Extracts, tmp_path: Path, happens: Callable[[Years], Rows]
) -> None:
    """Every file of it, byte by byte: all measures, against all organizations and against peers."""
    then = years.extracts(years.state(happens), tmp_path)
    assert set(then) == set(first_extracts)
    for key, folder in then.items():
        first = first_extracts[key]
        files = {path.name for each in (first, folder) for path in each.iterdir()}
        assert len(files) >= 9
        for file in files:
            assert (first / file).read_bytes() == (folder / file).read_bytes(), (key, file)
    assert len(then) >= 9
    assert {"adjusted", "theme"} <= set(pd.read_parquet(folder / "scores.parquet")["scope"])


def test_the_files_are_the_same_but_for_their_stamp(years: Years, tmp_path: Path) -> None:
    """PDF, page and workbook of a client after newcomers: what differs is the study's state in the stamp."""
    client = years.names[SEVERAL]
    states = (years.study, years.state(come))
    for number, study in enumerate(states):
        call = ["report", str(study.folder), "--client", client, "--format", "html,pdf,xlsx", "--jobs", "1"]
        result = CliRunner().invoke(
            cfanalysis, [*call, "--date", "2025-12-01", "--out", str(tmp_path / str(number))]
        )
        assert result.exit_code == 0, result.output
    first, then = (tmp_path / str(number) for number in range(2))
    (book,), (pdf,), (page,) = (
        [path.name for path in first.glob(f"*.{end}") if path.stem != "index"]
        for end in ("xlsx", "pdf", "html")
    )
    assert (first / book).read_bytes() == (then / book).read_bytes()
    stamps = {study.survey.source.fingerprint for study in states}

    def unstamped(text: str) -> str:
        return re.sub(rf"([Ss]tamp\s+)\w+|{'|'.join(stamps)}", r"\1", text)

    assert unstamped((first / page).read_text("utf-8")) == unstamped((then / page).read_text("utf-8"))
    texts = [[unstamped(p.extract_text()) for p in PdfReader(folder / pdf).pages] for folder in (first, then)]
    assert texts[0] == texts[1]
    pictures = [
        [p.get_contents().get_data() for p in PdfReader(folder / pdf).pages[:-1]]  # type: ignore[union-attr]
        for folder in (first, then)
    ]
    assert pictures[0] == pictures[1]


def test_effects_of_positions_are_renewed_when_enough_have_changed(years: Years) -> None:
    """After one newcomer, or one organization's other positions, shares and effects are the first norm's."""
    for study in (years.state(have_other_positions), years.prepared(come(years, 1), "one came")):
        second = years.next_norm(study)
        pd.testing.assert_frame_equal(second.role_effects, years.norm.role_effects)
        adjusted = second.aggregates[second.aggregates["scope"] == "adjusted"]
        assert (adjusted["as_of"] == "2025").all()
    second = years.next_norm(years.state(come))
    assert not second.role_effects.equals(years.norm.role_effects)


def test_adjusted_scores_have_no_means_to_subtract(years: Years) -> None:
    """The mean of adjusted scores is that of the scores: a second norm would show in one what it hides in the other."""
    rows = years.norm.aggregates.query("scope == 'adjusted'")
    assert rows[["mean", "top", "bottom", "n_top"]].isna().all(axis=None)
    assert rows.query("field == 'all'")["p50"].notna().all()
    effects = years.norm.role_effects
    assert (effects["effect"].round(1) == effects["effect"]).all()
    assert (effects["share"].round(2) == effects["share"]).all()
