r"""What is written for spreadsheets: a text stays a text, a number stays a number.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, also in a CSV file and also
where white space or an invisible character stands before it; answers from respondents must never become formulas
("CSV injection", OWASP). One rule serves every file that we write: *a text that would be taken for a formula gets one
apostrophe in front; a plain number is left alone.* Who reads such a file with a program takes it off again with
`unescape_formula`, which brings back every text exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cfanalysis.core.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter import Workbook

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_LETTERS = 32_767
_TRIGGERS = "=+\\-@＝＋－＠"
_FORMULA = re.compile(rf"[\s\x00-\x20\u200b\ufeff']*[{_TRIGGERS}]|'*[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text, with one apostrophe in front where it begins like a formula and is no plain number.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula(" @SUM(A1)"), escape_formula("-5"), escape_formula("- none")
    ("'=1+1", "' @SUM(A1)", '-5', "'- none")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unescape_formula(text: str) -> str:
    """Return what `escape_formula` was given.

    Examples
    --------
    >>> unescape_formula("'=1+1"), unescape_formula("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def safe_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts and headers are safe; columns of numbers are the same."""
    import pandas as pd  # here, as who writes texts alone needs no tables

    columns = {name: _safe_column(frame[name]) for name in frame}
    safe = pd.DataFrame(columns, index=frame.index)
    return safe.rename(columns=lambda name: escape_formula(str(name)))


def _safe_column(column: pd.Series) -> pd.Series:
    """Return a column with safe texts; each distinct value is looked at once."""
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return column
    codes, values = pd.factorize(column)
    safe = np.array([escape_formula(v) if isinstance(v, str) else v for v in values] + [None], dtype=object)
    return pd.Series(safe[codes], index=column.index, dtype="object")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV: UTF-8, commas, one header row, empty cells for missing values, no text read as a formula.

    Parameters
    ----------
    frame
        Any frame; its index is not written.
    path
        The file; an existing one is overwritten.
    """
    safe = safe_frame(frame)
    # A lone carriage return ends a row for most readers; Python before 3.13 does not quote it by itself.
    texts = safe.select_dtypes("object")
    returns = any(_holds_return(texts.iloc[:, i]) for i in range(texts.shape[1]))
    quoting: Literal[0, 2] = 2 if returns else 0  # csv.QUOTE_NONNUMERIC, csv.QUOTE_MINIMAL
    safe.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", errors="replace", quoting=quoting)


def _holds_return(column: pd.Series) -> bool:
    return any("\r" in value for value in column.unique() if isinstance(value, str))


@contextmanager
def excel_workbook(path: Path, *, title: str = "", row_by_row: bool = False) -> Iterator[Workbook]:
    """Give an Excel workbook to be filled, and write it when the block ends; the same content gives the same bytes.

    Parameters
    ----------
    path
        The file.
    title
        For the file's properties.
    row_by_row
        Whether its rows are written from top to bottom: no more than a row is then held in memory.
    """
    # Imported here: who reads or cleans needs the rules above and no workbooks.
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    texts = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    values = {"nan_inf_to_errors": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
    book = Workbook(str(path), {**texts, **values, "constant_memory": row_by_row})
    book.set_properties({"title": title, "author": "cfanalysis", "created": _MOMENT})
    yield book
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from None  # the operating system's own


def cell_text(text: str, *, safe: bool = True) -> str:
    """Return a text as a cell of Excel can hold it: without control characters, cut where it is too long.

    Parameters
    ----------
    text
        Any text.
    safe
        Whether `escape_formula` is applied to it; to what a program reads alone it is not.
    """
    legal = _ILLEGAL.sub("\ufffd", escape_formula(text) if safe else text)
    return legal if len(legal) <= MAX_LETTERS else legal[: MAX_LETTERS - 1] + "…"


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write frames as the sheets of an Excel file; equal frames give equal bytes.

    Parameters
    ----------
    tables
        Sheet names (at most 31 letters) and frames.
    path
        The file.

    Raises
    ------
    OutputError
        A frame is larger than a sheet.
    """
    for name, frame in tables.items():
        if len(frame) >= MAX_ROWS or frame.shape[1] > MAX_COLUMNS:
            raise OutputError(
                f"The table {name!r} is larger than a sheet of Excel.",
                where=path.name,
                value=f"{len(frame):,} rows, {frame.shape[1]:,} columns",
                allowed=f"{MAX_ROWS - 1:,} rows, {MAX_COLUMNS:,} columns",
                next_step="Use CSV: --format csv.",
            )
    with excel_workbook(path, row_by_row=True) as book:
        bold = book.add_format({"bold": True})
        for name, frame in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [cell_text(str(header)) for header in frame], bold)
            cells = frame.astype("object").where(frame.notna(), None)
            for number, row in enumerate(cells.itertuples(index=False, name=None), start=1):
                sheet.write_row(number, 0, [cell_text(v) if isinstance(v, str) else v for v in row])
