"""Published tables as publishers really write them: blank rows, totals without the name, dots, shares without n."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cfanalysis.core.errors import IntakeError, StudyError
from cfanalysis.intake import FrequencyCounts, ReadingOptions, read
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.cleaning.published_tables import clean_tables
from cfanalysis.study.client_extract import cut_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import Instrument, load_instrument, parse_instrument

TEXT = """
format: 1
id: published
title: A Published Survey
version: "1"
scales:
  yes_no: {min: 0, max: 1, labels: {0: "No", 1: "Yes"}}
dimensions: [{id: d, title: D}]
items:
  - {id: say, text: We promise., role: gap, facet: say, dimension: d, scale: yes_no, source: [Q1]}
  - {id: do, text: We deliver., role: gap, facet: do, dimension: d, scale: yes_no, source: [Q2]}
frequency_tables: {header: Agency, wave: "2024", count: Number, totals: [All], overall: All}
"""
HEADER = ["Agency", "Yes", "No", "Number"]
TITLES = {"Q1": "We promise.", "Q2": "We deliver."}
AGENCIES: dict[str, tuple[int, int]] = {
    "Alder": (40, 60),
    "Birch": (20, 30),
    "Cedar": (36, 84),
    "Damson": (5, 15),
}


def rows_of(counts: dict[str, tuple[int, int]], shift: int) -> list[list[Any]]:
    """Return rows of a table from the numbers of yes and no; a second table has a few more of each."""
    rows: list[list[Any]] = []
    for name, (yes, no) in counts.items():
        n = yes + no + 2 * shift
        shares = [f"{100 * (number + shift) / n:.1f} %" for number in (yes, no)]
        rows.append([name, *shares, n])
    return rows


def workbook(
    path: Path,
    change: Callable[[list[list[Any]]], list[list[Any]]] = lambda rows: rows,
    counts: dict[str, tuple[int, int]] | None = None,
) -> Path:
    """Write a table on a sheet of its own for each item; `change` changes the rows below each header."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for shift, (sheet, title) in enumerate(TITLES.items()):
        made = book.create_sheet(sheet)
        for row in [
            [title],
            HEADER,
            *change(rows_of(counts or AGENCIES, 0 if "All" in (counts or {}) else shift)),
        ]:
            made.append(row)
    book.save(path)
    return path


def long(path: Path, counts: dict[str, tuple[int, int]], *, n: bool = True) -> Path:
    """Write a long table of shares, with or without n."""
    lines = ["organization,item,category,share" + (",n" if n else "")]
    for item in ("say", "do"):
        for name, (yes, no) in counts.items():
            for category, value in (("Yes", yes), ("No", no)):
                lines.append(
                    f"{name},{item},{category},{value / (yes + no):.4f}" + (f",{yes + no}" if n else "")
                )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def published() -> Instrument:
    return parse_instrument(TEXT)


def names(counts: object) -> list[str]:
    assert isinstance(counts, FrequencyCounts)
    return list(counts.frame["organization"].unique())


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [[], *rows],
        lambda rows: [rows[0], [], [], *rows[1:]],
        lambda rows: [*rows[:2], HEADER, *rows[2:]],
        lambda rows: [*rows[:2], [], HEADER, *rows[2:], [], ["Source: the publisher"]],
        lambda rows: [*rows[:2], [None, None, None, None], ["Small agencies"], *rows[2:], ["* rounded"]],
    ],
    ids=["blank below the header", "blanks amid", "header again", "header after a blank", "a heading"],
)
def test_a_table_goes_on_after_a_blank_row(
    tmp_path: Path, published: Instrument, change: Callable[[list[list[Any]]], list[list[Any]]]
) -> None:
    """It ends at the next header or the sheet's end: no agency vanishes."""
    assert names(read(workbook(tmp_path / "a.xlsx", change), published)) == list(AGENCIES)


def test_figures_without_a_name_are_refused(tmp_path: Path, published: Instrument) -> None:
    """Whose they are cannot be known."""
    path = workbook(tmp_path / "a.xlsx", lambda rows: [rows[0], ["", *rows[1][1:]], *rows[2:]])
    with pytest.raises(
        IntakeError, match=r"sheet Q1, row 4, column say: figures of item 'say' stand in a row without a name"
    ):
        read(path, published)


@pytest.mark.parametrize("mark", [".", ". %", "N/A", "–", "* %", "suppressed"])
def test_marks_of_withheld_figures(tmp_path: Path, published: Instrument, mark: str) -> None:
    """A dot is SAS's missing value, with or without a per cent sign: the item is missing for that agency."""
    path = workbook(tmp_path / "a.xlsx", lambda rows: [[rows[0][0], mark, mark, mark], *rows[1:]])
    counts = read(path, published)
    assert names(counts) == ["Birch", "Cedar", "Damson"]
    assert {cell.organization for cell in counts.suppressed} == {"Alder"}  # type: ignore[union-attr]


def total_of(*members: str) -> tuple[int, int]:
    """Return the numbers of some agencies together."""
    return sum(AGENCIES[m][0] for m in members), sum(AGENCIES[m][1] for m in members)


@pytest.mark.parametrize(
    ("counts", "name"),
    [
        ({"Trees": total_of(*AGENCIES), **AGENCIES}, "Trees"),
        ({**AGENCIES, "Trees": total_of(*AGENCIES)}, "Trees"),
        ({"Elm": (9, 1), "Group": total_of("Alder", "Birch"), **AGENCIES}, "Group"),
        ({**AGENCIES, "Elm": (9, 1), "Group": total_of("Cedar", "Damson")}, "Group"),
        ({"Grand total": (7, 9), **AGENCIES}, "Grand total"),
    ],
    ids=["of all, first", "of all, last", "above its block", "apart from its block", "by its name"],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_total_that_is_not_named_as_one_is_noticed(
    tmp_path: Path, published: Instrument, counts: dict[str, tuple[int, int]], name: str, kind: str
) -> None:
    """It has the answers of a block, or of all others, in every table; it may be accepted."""
    path = (
        workbook(tmp_path / "a.xlsx", counts={**counts})
        if kind == "xlsx"
        else long(tmp_path / "a.csv", counts)
    )
    if kind == "xlsx":
        path = workbook(tmp_path / "b.xlsx", lambda rows: rows_of(counts, 0))
    with pytest.raises(IntakeError, match=rf"'{name}' \(2024\)"):
        clean_tables(read(path, published), published)  # type: ignore[arg-type]
    assert [f.value for f in check_file(path, published).findings] == [name]
    options = ReadingOptions(accept=(f"organization={name}",))
    found, _ = clean_tables(read(path, published, options=options), published)  # type: ignore[arg-type]
    assert name in names(found)


def test_equal_numbers_alone_make_no_total(tmp_path: Path, published: Instrument) -> None:
    """Where 10 answered of one and 5 each of two others, other shares show that it is chance."""
    counts = {"Alder": (9, 1), "Birch": (2, 3), "Cedar": (1, 4), "Damson": (11, 20)}
    found, _ = clean_tables(read(long(tmp_path / "a.csv", counts), published), published)  # type: ignore[arg-type]
    assert names(found) == list(counts)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_totals_alone_are_no_study(tmp_path: Path, published: Instrument, kind: str) -> None:
    """A study of no organization is an error in words."""
    counts = {"All": total_of(*AGENCIES)}
    path = (
        workbook(tmp_path / "a.xlsx", counts=counts) if kind == "xlsx" else long(tmp_path / "a.csv", counts)
    )
    instrument = tmp_path / "i.yaml"
    instrument.write_text(TEXT, encoding="utf-8")
    with pytest.raises(IntakeError, match="totals and no organization"):
        prepare(path, instrument, tmp_path / "study")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_shares_without_n_are_a_study_that_says_what_it_cannot_do(tmp_path: Path, kind: str) -> None:
    """The gap is there; a client's report is refused, because no minimum of respondents can be kept."""
    instrument = tmp_path / "i.yaml"
    instrument.write_text(
        TEXT.replace("count: Number, ", "" if kind == "xlsx" else "count: Number, "), encoding="utf-8"
    )
    path = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        workbook(path, lambda rows: [row[:3] for row in rows])
    else:
        long(path, AGENCIES, n=False)
    study = prepare(path, instrument, tmp_path / "study")
    assert len(study.clients) == 4
    assert any("do not say how many people answered" in note for note in study.cleaning_log["notes"])
    with pytest.raises(StudyError, match="do not say how many people answered"):
        cut_extract(study, "Alder", tmp_path / "extract")


Rows = list[list[Any]]


@pytest.fixture(scope="module")
def fevs(real_data: Path) -> dict[str, Rows]:
    """The sheets of the real workbook of 2023."""
    file = real_data / "fevs" / "fevs_2023_govwide_report_by_agency.xlsx"
    book = openpyxl.load_workbook(file, read_only=True)
    sheets = {s.title: [list(row) for row in s.iter_rows(values_only=True)] for s in book.worksheets}
    book.close()
    return sheets


def changed_fevs(sheets: dict[str, Rows], path: Path, change: Callable[[Rows, dict[str, int]], None]) -> Path:
    """Write the workbook of 2023 with each sheet changed; `change` gets its rows and where names stand."""
    book = openpyxl.Workbook(write_only=True)
    for title, content in sheets.items():
        rows = [list(row) for row in content]
        change(rows, {str(row[0]).strip(): place for place, row in enumerate(rows) if row and row[0]})
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_no_agency_of_a_real_survey_vanishes_below_a_blank_row(fevs: dict[str, Rows], tmp_path: Path) -> None:
    """40 agencies, and the two totals, with blank rows below both totals and below an agency."""

    def change(rows: Rows, places: dict[str, int]) -> None:
        below = [places[name] + 1 for name in ("All Responses", "EPA", "DOD Overall") if name in places]
        for place in sorted(below, reverse=True):
            rows.insert(place, [])

    path = changed_fevs(fevs, tmp_path / "a.xlsx", change)
    assert len(names(read(path, load_instrument(Path("fevs_2023"))))) == 42


def test_a_real_total_that_lost_its_name_is_noticed(fevs: dict[str, Rows], tmp_path: Path) -> None:
    """`DOD` has its six components below it, as in the file of 2024."""

    def change(rows: Rows, places: dict[str, int]) -> None:
        if "DOD Overall" in places:
            rows[places["DOD Overall"]][0] = "DOD"

    path = changed_fevs(fevs, tmp_path / "a.xlsx", change)
    with pytest.raises(IntakeError, match=r"'DOD' \(2023\) has as many answers as USACE to DOD 4th Estate"):
        prepare(path, Path("fevs_2023"), tmp_path / "study")
