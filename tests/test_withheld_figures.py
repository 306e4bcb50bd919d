"""Figures that a publisher withholds: a labelled missing with a row in the log, never a zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.analyses.cleaning_record import cleaning_record
from cfanalysis.analyses.item_quality import item_quality
from cfanalysis.analyses.participation import participation
from cfanalysis.core.blocks import Table
from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import FrequencyCounts, read
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.cleaning.published_tables import clean_tables
from cfanalysis.reports.data_quality import quality_summary, rule_table
from cfanalysis.scoring.shares import published_shares
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, parse_instrument

from .test_frequency_tables import HEADER, LONG, TEXT, book, shares
from .test_intake import written


@pytest.fixture
def published() -> Instrument:
    return parse_instrument(TEXT)


def tables(path: Path, *say: list[object]) -> Path:
    """A workbook with some rows for the first item, and whole ones for the second."""
    do = [[row[0], "25 %", "75 %", 3, 40] for row in say]
    return book(path, Q1=[["We promise."], HEADER, *say], Q2=[["We deliver."], HEADER, *do])


@pytest.mark.parametrize("mark", ["*", "<5", "n<10", "—", "-", "< 0,5 %", ".."])
@pytest.mark.parametrize("place", [1, 2, 4])
def test_a_withheld_figure_makes_its_item_missing(
    tmp_path: Path, published: Instrument, mark: str, place: int
) -> None:
    """One share or the count withheld: that organization lacks the item; the rest of the table is as published."""
    birch: list[object] = ["Birch", "60 %", "40 %", 0, 12]
    birch[place] = mark
    counts = read(tables(tmp_path / "a.xlsx", ["Alder", "70 %", "30 %", 0, 50], birch), published)
    assert shares(counts, "say") == {"Alder": [0.3, 0.7]}
    assert shares(counts, "do") == {"Alder": [0.75, 0.25], "Birch": [0.75, 0.25]}
    assert isinstance(counts, FrequencyCounts)
    assert [(s.organization, s.item, s.sheet, s.row, s.value) for s in counts.suppressed] == [
        ("Birch", "say", "Q1", 4, mark)
    ]


def test_a_zero_is_a_zero(tmp_path: Path, published: Instrument) -> None:
    """Nobody said so: that is published, and no figure is withheld."""
    counts = read(tables(tmp_path / "a.xlsx", ["Alder", "100 %", "0 %", 0, 50]), published)
    assert shares(counts, "say") == {"Alder": [0, 1]}
    assert isinstance(counts, FrequencyCounts)
    assert counts.suppressed == ()


def test_a_withheld_number_of_dont_knows_makes_those_of_the_item_unknown(
    tmp_path: Path, published: Instrument
) -> None:
    """The shares stay; a sum over the organizations that publish theirs would be too small, so there is none."""
    rows: list[list[object]] = [["Alder", "70 %", "30 %", 8, 50], ["Birch", "60 %", "40 %", "<5", 12]]
    counts = read(tables(tmp_path / "a.xlsx", *rows), published)
    assert shares(counts, "say") == {"Alder": [0.3, 0.7], "Birch": [0.4, 0.6]}
    assert isinstance(counts, FrequencyCounts)
    assert counts.frame.groupby("item")["n_dont_know"].sum().to_dict() == {"say": 0, "do": 12}
    _, log = clean_tables(counts, published)
    assert log.cells_changed == {"suppressed_dont_know": 1}


def test_marks_of_the_publishers_own(tmp_path: Path) -> None:
    """The instrument names them; without that they are an error, and nothing is guessed."""
    file = tables(tmp_path / "a.xlsx", ["Alder", "70 %", "30 %", 0, 50], ["Birch", "(D)", "40 %", 0, 12])
    with pytest.raises(IntakeError, match=r"Birch, say: '\(D\)' is not a share"):
        read(file, parse_instrument(TEXT))
    own = parse_instrument(TEXT.replace("totals: [All]", "totals: [All], suppressed: [(D)]"))
    assert shares(read(file, own), "say") == {"Alder": [0.3, 0.7]}


@pytest.mark.parametrize(
    ("measure", "cells", "n"),
    [("percent", ("<5", "96"), "40"), ("share", ("0.25", "0.75"), "*"), ("count", ("*", "30"), "")],
)
def test_withheld_figures_in_long_tables(
    tmp_path: Path, published: Instrument, measure: str, cells: tuple[str, str], n: str
) -> None:
    """Of one category or of the count: the item is missing for that organization and wave."""
    whole = {"percent": ("50", "50"), "share": ("0.5", "0.5"), "count": ("20", "20")}[measure]
    lines = [f"{LONG},{measure},n"]
    lines += [f"Alder,2024,say,{category},{cell},{n}" for category, cell in enumerate(cells)]
    lines += [
        f"Birch,2024,say,{category},{cell},{'' if measure == 'count' else 40}"
        for category, cell in enumerate(whole)
    ]
    counts = read(written(tmp_path / "a.csv", *lines), published)
    assert shares(counts, "say") == {"Birch": [0.5, 0.5]}
    assert isinstance(counts, FrequencyCounts)
    assert {(s.organization, s.item) for s in counts.suppressed} == {("Alder", "say")}


def long_study(folder: Path, *more: str) -> Study:
    """A study of six organizations, and the rows given."""
    (folder / "published.yaml").write_text(TEXT, encoding="utf-8")
    lines = [f"{LONG},percent,n"]
    for k in range(6):
        for item, yes in (("say", 90 - k), ("do", 50 + 5 * k)):
            lines += [f"Org {k},2024,{item},Yes,{yes},20", f"Org {k},2024,{item},No,{100 - yes},20"]
    return prepare(written(folder / "a.csv", *lines, *more), folder / "published.yaml", folder / "study")


def test_a_study_says_what_was_withheld(tmp_path: Path) -> None:
    """One row in the log for each cell, a note on who lacks what, and no gap for that organization."""
    rows = [
        "Hidden,2024,say,Yes,<5,20",
        "Hidden,2024,say,No,*,20",
        "Hidden,2024,do,Yes,50,20",
        "Hidden,2024,do,No,50,20",
    ]
    study = long_study(tmp_path, *rows)
    log = study.cleaning_log
    assert [(e["rule"], e["row"], e["organization"], e["column"], e["before"]) for e in log["changes"]] == [
        ("suppressed", 26, "Hidden", "say", "<5"),
        ("suppressed", 27, "Hidden", "say", "*"),
    ]
    assert "wave 2024: Hidden lacks 1 of 2 items: say" in log["notes"]
    record = cleaning_record(log, study.survey)
    summary = str(quality_summary(record, item_quality(study.survey), participation(study.survey)))
    assert "2 figures in them are withheld" in summary
    assert isinstance(rule_table(record), Table)
    gaps = study.scores.query("scope == 'overall' and facet == 'gap'")
    assert sorted(gaps["organization"]) == [f"Org {k}" for k in range(6)]


def test_one_organization_under_two_spellings(tmp_path: Path) -> None:
    """As in responses: the more frequent spelling, in the log; twice in one table it is an error."""
    (tmp_path / "side.csv").write_text("organization,aliases\nAlder,Elder\n", encoding="utf-8")
    rows = ["ALDER,2024,say,Yes,50,20", "ALDER,2024,say,No,50,20"]
    rows += ["Alder,2024,do,Yes,50,20", "Alder,2024,do,No,50,20"]
    study = long_study(tmp_path, *rows)
    assert study.cleaning_log["cells_changed"] == {"organization_spelling": 1}
    assert "ALDER" in study.clients
    assert "Alder" not in study.clients
    again = tmp_path / "again"
    again.mkdir()
    with pytest.raises(IntakeError, match="An organization has two rows in a table"):
        long_study(again, *rows, "ALDER,2024,do,Yes,60,20", "ALDER,2024,do,No,40,20")


def test_check_lists_everything_in_published_tables(tmp_path: Path, published: Instrument) -> None:
    """Sheet or row, item, value, rule and proposal of all that is wrong, and nothing stops at the first."""
    rows: list[list[object]] = [
        ["Alder", "70 %", "many", 0, 50],
        ["Birch", "60 %", "30 %", 0, 12],
        ["Cedar", "*", "30 %", 0, 12],
        ["Birch", "60 %", "40 %", 0, 12],
        ["Bírch", "60 %", "40 %", 0, 12],
    ]
    found = check_file(tables(tmp_path / "a.xlsx", *rows[:3], *rows[4:]), published)
    assert {(f.rule, f.sheet, f.row, f.column, f.value) for f in found.findings} == {
        ("not_a_figure", "Q1", 3, "say", "many"),
        ("uneven_sum", "Q1", 4, "say", "90.0 %"),
        ("suppressed", "Q1", 5, "say", "*"),
        ("near_organization", "", None, "organization", "Birch"),
    }
    lines = [
        f"{LONG},percent,n",
        "A,2024,sya,Yes,50,9",
        "A,2024,say,Yess,50,9",
        "A,2024,do,Yes,half,9",
        "A,2024,do,No,50,",
        ",2024,do,No,50,9",
    ]
    found = check_file(written(tmp_path / "a.csv", *lines), published)
    assert {(f.rule, f.row, f.column, f.value, f.proposal) for f in found.findings} == {
        ("unknown_item", 2, "item", "sya", "say"),
        ("unknown_category", 3, "category", "Yess", "Yes"),
        ("not_a_figure", 4, "percent", "half", ""),
        ("no_n", 5, "n", "", ""),
        ("no_organization", 6, "organization", "", ""),
    }
    assert all(found.as_dict()["rules"].values())  # type: ignore[union-attr, attr-defined]


def test_check_finds_a_table_that_is_missing(tmp_path: Path, published: Instrument) -> None:
    """An item without a table is one finding; the other tables are looked through all the same."""
    file = book(tmp_path / "a.xlsx", Q1=[["We promise."], HEADER, ["Alder", "70 %", "x", 0, 50]])
    found = check_file(file, published)
    assert {(f.rule, f.column) for f in found.findings} == {("no_table", "do"), ("not_a_figure", "say")}


def test_tables_of_which_nothing_is_left_are_refused(tmp_path: Path, published: Instrument) -> None:
    """Everything withheld, or counts of nobody: one message, from the study's maker and from the check."""
    for share, n in (("*", 50), ("30 %", 0)):
        rows = [["Alder", "70 %", share, 0, n]]
        path = book(
            tmp_path / "a.xlsx", Q1=[["We promise."], HEADER, *rows], Q2=[["We deliver."], HEADER, *rows]
        )
        with pytest.raises(IntakeError, match="No row of the tables has answers"):
            published_shares(clean_tables(frequency_counts(path, published), published)[0], published)
        assert "No row of the tables has answers" in " ".join(
            f.problem for f in check_file(path, published).findings
        )


def frequency_counts(path: Path, instrument: Instrument) -> FrequencyCounts:
    """The tables as read."""
    counts = read(path, instrument)
    assert isinstance(counts, FrequencyCounts)
    return counts


def test_a_withheld_number_of_answers_counts_although_counts_are_known(
    tmp_path: Path, published: Instrument
) -> None:
    """Beside counts the number of answers says nothing new; withheld, it still withholds the item."""
    lines = ["organization;wave;item;category;count;n", "Alder;2024;say;1;30;*", "Alder;2024;say;0;70;100"]
    lines += ["Alder;2024;do;1;30;100", "Alder;2024;do;0;70;100"]
    counts = frequency_counts(written(tmp_path / "a.csv", *lines), published)
    assert set(counts.frame["item"]) == {"do"}
    assert [(cell.item, cell.value) for cell in counts.suppressed] == [("say", "*")]
