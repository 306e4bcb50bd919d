"""Responses in an Excel workbook: the first sheet with answers, one header row, one row per respondent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument
from cfanalysis.intake.columns import match_columns
from cfanalysis.intake.dialect import RawAnswers


class WorkbookResponses:
    """Excel with one row per respondent."""

    name = "workbook"
    about = "Excel (.xlsx) with one header row and one row per respondent on the first sheet"

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the file is an Excel workbook."""
        return is_workbook(path)

    def read(self, path: Path, instrument: Instrument) -> RawAnswers:
        """Read the first sheet that is not empty."""
        with opened(path) as book:
            for sheet in book.worksheets:
                rows = [[cell_text(v) for v in row] for row in sheet.iter_rows(values_only=True)]
                if any(any(row) for row in rows):
                    return self._answers(rows, path, sheet.title, instrument)
        raise IntakeError("The workbook is empty.", where=path.name)

    def _answers(self, rows: list[list[str]], path: Path, sheet: str, instrument: Instrument) -> RawAnswers:
        where = f"{path.name}, sheet {sheet!r}"
        matched = match_columns(rows[0], instrument, where=where)
        if len(rows) == 1:
            raise IntakeError("The sheet has a header and no answers.", where=where)
        data = {name: [row[i] for row in rows[1:]] for i, name in matched.names.items()}
        frame = pd.DataFrame(data, index=pd.RangeIndex(2, 1 + len(rows), name="row"), dtype=str)
        notes = (f"{where}: {len(frame)} rows",)
        return RawAnswers(frame, path.name, self.name, matched.ignored, notes)


def is_workbook(path: Path) -> bool:
    """Return whether the file is a zip archive named as an Excel workbook."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04" and path.suffix.lower() in (".xlsx", ".xlsm")


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """Open a workbook for reading values; what is no workbook is an `IntakeError`."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise IntakeError(
            "This is not an Excel workbook that can be read.",
            where=path,
            value=error,
            next_step="Open it in a spreadsheet program and save it as .xlsx.",
        ) from None
    try:
        yield book
    finally:
        book.close()


def cell_text(value: object) -> str:
    r"""Return a cell as text, whole numbers without a decimal point.

    Examples
    --------
    >>> cell_text(4.0), cell_text(None), cell_text(" 43.0 %\u00a0")
    ('4', '', ' 43.0 %\xa0')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime) else str(value)
