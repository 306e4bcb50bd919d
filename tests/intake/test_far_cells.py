"""A lone cell far below the others does not cost the time of the rows between."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.excel import MAX_BLANK_ROWS, ExcelBook
from cfanalysis.survey.instrument import Instrument

from ..test_intake import HEADER

ANSWERS = ["Alder", "r1", "2024", "1", "2", "3", "4", "5", "4", "words"]


def workbook(path: Path, **cells: str) -> Path:
    """A sheet with two rows of answers, and more cells by their names."""
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), ANSWERS, [ANSWERS[0], "r2", *ANSWERS[2:]]):
        book.active.append(row)
    for name, value in cells.items():
        book.active[name] = value
    book.save(path)
    return path


@pytest.mark.parametrize("cell", ["XFD1048576", pytest.param("A1048576", marks=pytest.mark.slow)])
def test_a_cell_at_the_end_of_the_sheet_is_refused(cell: str, tmp_path: Path, tiny: Instrument) -> None:
    """The message names the sheet, the row, what stands there and the rows to delete."""
    with pytest.raises(IntakeError, match=r"(?s)far below.*row 1,048,576.*stray.*after row 3"):
        read(workbook(tmp_path / "a.xlsx", **{cell: "stray"}), tiny)


def test_blank_rows_within_the_answers_are_counted(tmp_path: Path, tiny: Instrument) -> None:
    """A row after a few blank ones is read, under its own number."""
    raw = read(workbook(tmp_path / "a.xlsx", A8="Birch", B8="r3", C8="2024"), tiny)
    assert isinstance(raw, RawAnswers)
    assert [n for n, name in raw.frame["organization"].items() if name == "Birch"] == [8]


def test_rows_end_with_the_last_that_holds_something(tmp_path: Path) -> None:
    """Cells that have only a look are nothing."""
    path = workbook(tmp_path / "a.xlsx", A500="")
    book = openpyxl.load_workbook(path, read_only=True)
    assert len(list(ExcelBook(book).rows(book.sheetnames[0]))) == 3
    assert MAX_BLANK_ROWS < 1_048_576 - 3
