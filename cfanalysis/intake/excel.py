"""Responses in an Excel workbook: one row per respondent below the column names, on the sheet that has them.

A workbook is looked at before it is opened: one that would unpack to far more than it is, or to more than memory
holds, is refused. Formulas count by the results that were saved with them; a cell whose result was not saved is an
error, because it would look like a missing answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zipfile import BadZipFile, ZipFile

import pandas as pd
import pyarrow as pa

from cfanalysis.core.errors import AmbiguousFileError, CfAnalysisError, IntakeError, nearest, shorten
from cfanalysis.intake.columnar import compact_frame
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.header import MAX_HEADER_ROWS, SEARCHED, Header, find_header
from cfanalysis.intake.odd_rows import OddRow, refuse_odd_rows
from cfanalysis.intake.other_workbooks import CalamineBook, PageBook, kind_of

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_UNPACKED_BYTES = 4 << 30
"""Bytes that a workbook may unpack to."""

MAX_TEXT_BYTES = 1 << 30
"""Bytes that its table of texts, which is held in memory, may unpack to."""

MAX_COMPRESSION, HARMLESS = 200, 64 << 20
"""How many times its own size a part of more than so many bytes may unpack to."""

MAX_BLANK_ROWS = 10_000
"""Blank rows that may stand between others."""

ROWS_PER_BATCH = 20_000

_EXACT = 10**15
"""Numbers from here on are no longer exact in spreadsheets; they are written so that this can be seen."""


class Book(Protocol):
    """A workbook of any kind: the titles of its sheets, and their rows."""

    titles: list[str]

    def rows(self, title: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet as texts."""


class ExcelBook:
    """A workbook read with openpyxl."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.titles = [sheet.title for sheet in book.worksheets]

    def rows(self, title: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet as texts, to the last that holds something.

        What the sheet says of its size is not believed. A lone cell a million rows below is an `IntakeError`: the rows
        between would take far longer than all that is there.
        """
        sheet = self._book[title]
        sheet.reset_dimensions()
        blank = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if row.count(None) == len(row):
                blank += 1
                continue
            if blank > MAX_BLANK_ROWS:
                raise IntakeError(
                    "The sheet holds something far below its other rows.",
                    where=f"sheet {title!r}, row {number:,}",
                    value=shorten(" | ".join(str(value) for value in row if value is not None), limit=100),
                    allowed=f"at most {MAX_BLANK_ROWS:,} blank rows in between",
                    next_step=f"Delete the rows after row {number - blank - 1:,} in a spreadsheet program, and save.",
                )
            yield from ([] for _ in range(blank))
            blank = 0
            yield [value_text(value) for value in row]


def is_excel(path: Path) -> bool:
    """Return whether the file is a zip archive named as an Excel workbook."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04" and path.suffix.lower() in (".xlsx", ".xlsm")


def is_workbook(path: Path) -> bool:
    """Return whether the file is a workbook of any kind that can be read."""
    return is_excel(path) or bool(kind_of(path))


@contextmanager
def open_workbook(path: Path, *, values: bool = True) -> Iterator[Book]:
    """Open a workbook for reading; what is no workbook, or too large a one, is an `IntakeError`.

    Parameters
    ----------
    path
        The file.
    values
        True for the saved results of formulas, False for the formulas themselves.
    """
    # Imported here, as reports and all other readers need no workbooks.
    from openpyxl import load_workbook

    kind = "" if is_excel(path) else kind_of(path)
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    if zipped:
        _refuse_bombs(path)
    if kind:
        try:
            yield PageBook(path) if kind == "page" else CalamineBook(path, value_text)
        except CfAnalysisError:
            raise
        except Exception as error:
            raise _unreadable(path, error) from None
        return
    with warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out; cells are all that is read here.
        warnings.simplefilter("ignore")
        try:
            with path.open("rb") as stream:
                with _ignoring_dimensions():
                    book = load_workbook(stream, read_only=True, data_only=values)
                try:
                    yield ExcelBook(book)
                finally:
                    book.close()
        except CfAnalysisError:
            raise
        except Exception as error:
            # A damaged workbook breaks openpyxl and the parsers below it in many ways, none of them documented.
            raise _unreadable(path, error) from None


@contextmanager
def _ignoring_dimensions() -> Iterator[None]:
    """Let openpyxl open sheets without looking for their size, which is not believed here anyway.

    It parses a sheet that does not state its size to the end, whichever sheet is wanted.
    """
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    measure = getattr(ReadOnlyWorksheet, "_get_size", None)
    if measure is None:
        yield
        return
    ReadOnlyWorksheet._get_size = lambda sheet: None
    try:
        yield
    finally:
        ReadOnlyWorksheet._get_size = measure


def value_text(value: object) -> str:
    r"""Return a cell as text, whole numbers without a decimal point.

    Examples
    --------
    >>> value_text(4.0), value_text(None), value_text(" 43.0 %\u00a0")
    ('4', '', ' 43.0 %\xa0')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, (int, float)) and abs(value) >= _EXACT:
        return f"{value:.14e}"
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


def _refuse_bombs(path: Path) -> None:
    """Refuse a workbook that would unpack to more than is reasonable, by the archive's own directory."""
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from None
    total = sum(part.file_size for part in parts)
    for part in parts:
        swollen = part.file_size > HARMLESS and part.file_size > MAX_COMPRESSION * max(part.compress_size, 1)
        texts = part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_TEXT_BYTES
        if swollen or texts or total > MAX_UNPACKED_BYTES:
            raise IntakeError(
                "The workbook would unpack to far more than a survey needs; it is not opened.",
                where=f"{path.name}, part {part.filename}",
                value=f"{part.file_size >> 20:,} MB, packed {part.compress_size >> 10:,} KB; in all {total >> 20:,} MB",
                allowed=(
                    f"{MAX_UNPACKED_BYTES >> 20:,} MB in all, each part at most {MAX_COMPRESSION} times its "
                    "packed size"
                ),
                next_step="Save the sheet with the answers as CSV.",
            )


def _unreadable(path: Path, error: Exception) -> IntakeError:
    return IntakeError(
        "This is not a readable workbook.",
        where=path,
        value=f"{type(error).__name__}: {error}",
        next_step="Open it in a spreadsheet program and save it as .xlsx.",
    )


def sheet_with_answers(
    book: Book, known: dict[str, str], given: str | None, path: Path
) -> tuple[str, Header]:
    """Return the sheet with the most columns that the instrument knows, and its header.

    Parameters
    ----------
    book
        The open workbook.
    known
        Folded names that the instrument knows, and what each names.
    given
        The sheet that the user gave; None searches all.
    path
        The file, for messages.

    Raises
    ------
    IntakeError
        There is no such sheet, or the workbook is empty.
    """
    titles = book.titles
    if given is not None and given not in titles:
        raise IntakeError(
            "The workbook has no such sheet.",
            where=path.name,
            value=given,
            allowed=", ".join(nearest(given, titles) or titles),
        )
    headers: dict[str, Header] = {}
    for title in titles if given is None else [given]:
        rows = list(islice(book.rows(title), SEARCHED + MAX_HEADER_ROWS))
        if any(any(row) for row in rows):
            headers[title] = find_header(rows, known)
    if not headers:
        raise IntakeError("The workbook is empty.", where=path.name)
    found = {
        t: len({known[comparable_text(n)] for n in h.names if comparable_text(n) in known})
        for t, h in headers.items()
    }
    best = [title for title in headers if found[title] == max(found.values())]
    if len(best) > 1 and found[best[0]]:
        raise AmbiguousFileError(
            "Several sheets contain the instrument's columns.",
            where=path.name,
            value=f"{found[best[0]]} columns each",
            allowed=", ".join(best),
            next_step=f"Specify it: --sheet {best[0]!r}",
        )
    return best[0], headers[best[0]]


def sheet_heads(path: Path, length: int) -> dict[str, list[list[str]]]:
    """Return the first rows of each sheet that is not empty, as text.

    Parameters
    ----------
    path
        The file.
    length
        How many rows of each sheet.
    """
    with open_workbook(path) as book:
        heads = {title: list(islice(book.rows(title), length)) for title in book.titles}
    return {title: rows for title, rows in heads.items() if any(any(row) for row in rows)}


def sheet_columns(path: Path, sheet: str, places: Sequence[int], *, first: int, width: int) -> pd.DataFrame:
    """Return columns of a sheet by their positions.

    Parameters
    ----------
    path
        The file.
    sheet
        The sheet's title.
    places
        Positions, from 0.
    first
        The first row of answers, from 0.
    width
        Number of columns of the sheet.
    """
    with open_workbook(path) as book:
        _refuse_unsaved(path, sheet, places, first)
        rows = _within(book.rows(sheet), width, first, f"{path.name}, sheet {sheet!r}")
        sources = {f"f{place}": place for place in places}
        return compact_frame(_batches(rows, places), sources, first_row=first + 1)


def _within(rows: Iterator[list[str]], width: int, first: int, where: str) -> Iterator[list[str]]:
    """Yield the rows from `first` on; cells beyond the column names that hold something are an `IntakeError`."""
    for number, row in enumerate(islice(rows, first, None), start=first + 1):
        if len(row) > width and any(map(str.strip, row[width:])):
            refuse_odd_rows([OddRow(number, len(row), " | ".join(row))], width, where)
        yield row


def _batches(rows: Iterator[list[str]], columns: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """Yield some columns of the rows, short rows filled up, rows after the last one with a value left out."""
    names = [f"f{i}" for i in columns]
    blank: list[list[str]] = []
    batch: list[list[str]] = []
    for row in rows:
        cells = [row[i] if i < len(row) else "" for i in columns]
        if not any(cells):
            blank.append(cells)
            continue
        batch += [*blank, cells]
        blank = []
        if len(batch) >= ROWS_PER_BATCH:
            yield _batch(batch, names)
            batch = []
    if batch:
        yield _batch(batch, names)


def _batch(rows: list[list[str]], names: list[str]) -> pa.RecordBatch:
    arrays = [pa.array(column, type=pa.large_string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _refuse_unsaved(path: Path, sheet: str, columns: Sequence[int], first: int) -> None:
    """Refuse formulas whose results were not saved."""
    if not is_excel(path) or not _has_formulas(path):
        return
    from openpyxl.utils import get_column_letter

    with open_workbook(path, values=False) as formulas, open_workbook(path) as results:
        places: list[str] = []
        no_cells: list[str] = []
        both = zip_longest(formulas.rows(sheet), results.rows(sheet), fillvalue=no_cells)
        for number, (formula, result) in enumerate(islice(both, first, None), start=first + 1):
            places += [
                f"{get_column_letter(i + 1)}{number}"
                for i in columns
                if i < len(formula) and formula[i].startswith("=") and not (i < len(result) and result[i])
            ]
            if len(places) > 20:
                break
    if places:
        raise IntakeError(
            "Cells contain formulas whose results were not saved.",
            where=f"{path.name}, sheet {sheet!r}",
            value=", ".join(places[:20]) + (" and more" if len(places) > 20 else ""),
            next_step="Open the file in a spreadsheet program and save it, or save the sheet as CSV.",
        )


def _has_formulas(path: Path) -> bool:
    """Return whether a sheet of the workbook holds a formula."""
    with ZipFile(path) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                with archive.open(part) as stream:
                    tail = b""
                    while chunk := stream.read(1 << 20):
                        if b"<f>" in tail + chunk or b"<f " in tail + chunk:
                            return True
                        tail = chunk[-2:]
    return False
