"""Published frequency tables: sheets, blocks and long tables; percentages, counts, footnotes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import FrequencyCounts, read
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import Instrument, parse_instrument

from .test_intake import written

TEXT = """
format: 1
id: published
title: A Published Survey
version: "1"
scales:
  yes_no:
    min: 0
    max: 1
    labels: {0: "No", 1: "Yes"}
    dont_know: {labels: [Don't know]}
dimensions: [{id: d, title: D}]
items:
  - {id: say, text: We promise., role: gap, facet: say, dimension: d, scale: yes_no, source: [Q1]}
  - {id: do, text: We deliver., role: gap, facet: do, dimension: d, scale: yes_no, source: [Q2]}
frequency_tables: {header: Agency, wave: "2024", count: Number, totals: [All], overall: All}
"""


@pytest.fixture
def published() -> Instrument:
    return parse_instrument(TEXT)


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def shares(counts: object, item: str) -> dict[str, list[float]]:
    assert isinstance(counts, FrequencyCounts)
    rows = counts.frame[counts.frame["item"] == item].sort_values("category")
    return {str(name): group["share"].tolist() for name, group in rows.groupby("organization")}


HEADER = ["Agency", "Yes", "No", "Don't know", "Number"]


def test_blocks_of_several_tables_on_one_sheet(tmp_path: Path, published: Instrument) -> None:
    """Each table is found by the text above it; headings and footnotes among its rows are no organizations."""
    rows = [
        ["We promise."],
        HEADER,
        ["All", "60.0 %", "40.0 %", "12", "1,234"],
        ["Large agencies"],
        ["Alder†", "70 %", "30 %", 0, " 1 000 "],
        ["† includes Birch"],
        [],
        ["We deliver."],
        HEADER,
        ["All", 0.5, 0.5, 3, 1200],
        ["Alder", 0.25, 0.75, 3, 990],
        [],
        ["Weighted by the publisher"],
    ]
    counts = read(book(tmp_path / "a.xlsx", Tables=rows), published)
    assert shares(counts, "say") == {"All": [0.4, 0.6], "Alder": [0.3, 0.7]}
    assert shares(counts, "do") == {"All": [0.5, 0.5], "Alder": [0.75, 0.25]}
    assert isinstance(counts, FrequencyCounts)
    first = counts.frame[(counts.frame["item"] == "say") & (counts.frame["category"] == 1)]
    assert first[["organization", "kind", "n", "n_dont_know"]].to_numpy().tolist() == [
        ["All", "total", 1234, 12],
        ["Alder", "organization", 1000, 0],
    ]


def test_names_of_columns_in_two_rows(tmp_path: Path, published: Instrument) -> None:
    """A merged cell above the answers, the answers below it."""
    rows = [
        ["We promise."],
        ["Agency", "Answers", None, None, "Number"],
        [None, "Yes", "No", "Don't know", None],
    ]
    sheet = [*rows, ["Alder", "75", "25", 1, 100]]
    other = [["We deliver."], HEADER, ["Alder", "40", "60", 1, 100]]
    counts = read(book(tmp_path / "a.xlsx", Q1=sheet, Q2=other), published)
    assert shares(counts, "say") == {"Alder": [0.25, 0.75]}
    assert shares(counts, "do") == {"Alder": [0.6, 0.4]}


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (["60 %", "0.4", 0, 10], "with and without a percent sign"),
        (["many", "40 %", 0, 10], "'many' is not a share"),
        (["60 %", "40 %", 0, "some"], "'some' is not a count"),
        (["60 %", "40 %", 0, 10.5], "'10.5' is not a count"),
    ],
)
def test_cells_that_are_no_figures_are_named(
    tmp_path: Path, published: Instrument, cells: list[object], text: str
) -> None:
    """Item, sheet and row are named; no figure is guessed."""
    good = [["We deliver."], HEADER, ["Alder", "40 %", "60 %", 1, 100]]
    with pytest.raises(IntakeError) as caught:
        read(book(tmp_path / "a.xlsx", Q1=[["We promise."], HEADER, ["Alder", *cells]], Q2=good), published)
    assert text in str(caught.value)
    assert "sheet Q1, row 3" in str(caught.value)


def test_the_same_text_above_two_tables_is_refused(tmp_path: Path, published: Instrument) -> None:
    """Which of the two is meant is not guessed."""
    table = [["We promise."], HEADER, ["Alder", "40 %", "60 %", 1, 100], []]
    with pytest.raises(IntakeError, match="stands above 2 tables"):
        read(book(tmp_path / "a.xlsx", Tables=[*table, *table]), published)


LONG = "organization,wave,item,category"


@pytest.mark.parametrize(
    ("measure", "cells"),
    [("share", ("0.25", "0.75")), ("percent", ("25.0", "75 %")), ("count", ("10", "30"))],
)
def test_long_tables_by_share_percent_or_count(
    tmp_path: Path, published: Instrument, measure: str, cells: tuple[str, str]
) -> None:
    """The same answers in three measures; categories by code or label, items by id, export name or text."""
    n = "" if measure == "count" else "40"
    lines = [
        f"{LONG},{measure},n,n_dont_know",
        f"Alder,2024,say,0,{cells[0]},{n},3",
        f"Alder,2024,Q1,yes,{cells[1]},{n},3",
        f"Alder,2024,We deliver.,No,{cells[1]},{n},3",
        f"Alder,2024,do,1,{cells[0]},{n},3",
    ]
    counts = read(written(tmp_path / "a.csv", *lines), published)
    assert shares(counts, "say") == {"Alder": [0.25, 0.75]}
    assert shares(counts, "do") == {"Alder": [0.75, 0.25]}
    assert isinstance(counts, FrequencyCounts)
    assert counts.frame[["n", "n_dont_know"]].drop_duplicates().to_numpy().tolist() == [[40, 3]]


def test_dont_knows_in_a_table_of_counts_are_counted_apart(tmp_path: Path, published: Instrument) -> None:
    """They are no valid answers; a category that is not listed has none."""
    lines = [f"{LONG},count", "Alder,,say,Yes,30", "Alder,,say,Don't know,5", "Alder,,do,No,20"]
    counts = read(written(tmp_path / "a.csv", *lines), published)
    assert shares(counts, "say") == {"Alder": [0, 1]}
    assert isinstance(counts, FrequencyCounts)
    assert counts.frame[["item", "n", "n_dont_know", "wave"]].drop_duplicates().to_numpy().tolist() == [
        ["say", 30, 5, "2024"],
        ["do", 20, 0, "2024"],
    ]


def test_everything_wrong_with_a_long_table_is_one_message(tmp_path: Path, published: Instrument) -> None:
    """Unknown items and categories, cells that are no figures, rows that stand twice."""
    lines = [
        f"{LONG},percent,n",
        "A,2024,sya,Yes,50,9",
        "A,2024,say,Perhaps,50,9",
        "A,2024,say,Yes,half,9",
        "A,2024,do,Yes,50,9",
        "A,2024,do,1,50,9",
    ]
    with pytest.raises(IntakeError) as caught:
        read(written(tmp_path / "a.csv", *lines), published)
    for text in (
        "row 2, column item: no item 'sya' (the nearest: say",
        "row 3, column category: 'Perhaps' is no answer of item say",
        "row 4, column percent: 'half' is not a percent",
        "row 6: organization, wave, item and category occur more than once",
    ):
        assert text in str(caught.value)


def test_a_long_table_makes_a_study(tmp_path: Path) -> None:
    """Shares, scores and organizations as from responses; no responses."""
    (tmp_path / "published.yaml").write_text(TEXT, encoding="utf-8")
    lines = [f"{LONG},percent,n"]
    for k in range(6):
        for item, yes in (("say", 90 - k), ("do", 50 + 5 * k)):
            lines += [f"Org {k},2024,{item},Yes,{yes},20", f"Org {k},2024,{item},No,{100 - yes},20"]
    study = prepare(written(tmp_path / "a.csv", *lines), tmp_path / "published.yaml", tmp_path / "study")
    gaps = study.scores.query("scope == 'overall' and facet == 'gap'").set_index("organization")["mean"]
    assert gaps["Org 0"] == pytest.approx(0.4)
    assert study.survey.raw_responses is None
