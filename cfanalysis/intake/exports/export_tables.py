"""The table of an export, whatever file it stands in: text, or a sheet of a workbook.

A table is looked at by its first rows and read by its columns. Records are parsed, never lines: a question's text
may hold line breaks.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Protocol

import pandas as pd

from cfanalysis.core.language import message
from cfanalysis.intake.delimited import TextRows, is_text, text_head
from cfanalysis.intake.delimiter import DELIMITERS, given_delimiter
from cfanalysis.intake.encoding import Encoding, glance, text_encoding
from cfanalysis.intake.excel import is_workbook, sheet_columns, sheet_heads
from cfanalysis.intake.exports.export_layout import Layout
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.header import Header
from cfanalysis.intake.reading_options import ReadingOptions
from cfanalysis.survey.instrument import Instrument

SAMPLED_ROWS = 12
"""Rows at the head of a table by which it is recognized."""


class ExportTable(Protocol):
    """A table that may be an export."""

    notes: list[str]
    problems: list[Finding]
    """What is wrong with the columns that were read."""

    @property
    def where(self) -> str:
        """The place, for messages."""

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return columns below the header rows by their places; the index is the row in the file, from 1.

        `names`: the columns, and what each is for the instrument ("": nothing). `reach`: the cells that every row
        needs, where blank ones are left out at the ends of rows.
        """

    @property
    def detected(self) -> Sequence[str]:
        """What was detected."""


Laid = tuple[ExportTable, Layout]
"""A table, and how it is laid out."""


@dataclass
class TextTable:
    """A text file, divided by one delimiter."""

    path: Path
    encoding: Encoding
    delimiter: str
    rows: list[list[str]]
    above: int = 0
    """Rows above the column names: titles, blank rows."""

    notes: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    @property
    def where(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def detected(self) -> list[str]:
        """Encoding and delimiter."""
        sign = DELIMITERS.get(self.delimiter, repr(self.delimiter))
        return [self.encoding.description, message("divided by {sign:s}", context="stored").format(sign=sign)]

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return columns below the header rows."""
        header = Header([""] * width, 0, self.above + depth)
        rows = TextRows(self.path, self.encoding, self.delimiter, header, names, reach=reach)
        frame = rows.frame()
        self.notes = list(rows.notes)
        return frame


@dataclass
class SheetTable:
    """A sheet of a workbook."""

    path: Path
    sheet: str
    rows: list[list[str]]
    above: int = 0
    """Rows above the column names: titles, blank rows."""

    notes: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    @property
    def where(self) -> str:
        """The file's name and the sheet's."""
        return f"{self.path.name}, sheet {self.sheet!r}"

    @property
    def detected(self) -> list[str]:
        """Nothing: a workbook has neither encoding nor delimiter."""
        return []

    def frame(
        self, depth: int, width: int, names: Mapping[int, str], reach: int | None = None
    ) -> pd.DataFrame:
        """Return columns below the header rows."""
        return sheet_columns(self.path, self.sheet, sorted(names), first=self.above + depth, width=width)


def candidate_tables(
    path: Path, instrument: Instrument, options: ReadingOptions, *, look: bool = False
) -> Iterator[TextTable | SheetTable]:
    """Yield the tables as which a file can be read: each sheet, or the text by each delimiter.

    Parameters
    ----------
    path
        The file.
    instrument
        Its names help to find the encoding.
    options
        How the file is to be read.
    look
        True where only the first rows are wanted: the encoding is then judged by them alone.

    Raises
    ------
    IntakeError
        The encoding is ambiguous, or the workbook cannot be opened.
    """
    if is_workbook(path):
        for title, rows in _heads(path, _state(path)).items():
            if options.sheet in (None, title):
                above = _above(rows)
                yield SheetTable(path, title, rows[above:], above)
    elif is_text(path):
        encoding = glance(path) if look else text_encoding(path, instrument, options.encoding)
        delimiters = DELIMITERS if options.delimiter is None else [given_delimiter(options.delimiter)]
        for delimiter in delimiters:
            head = [list(row) for row in _rows(path, _state(path), encoding.name, delimiter, look)]
            above = _above(head)
            if head[above:] and len(head[above]) > 1:
                yield TextTable(path, encoding, delimiter, head[above:], above)


def _above(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows stand above a table: a title, ``sep=;``, blank rows."""
    return next((i for i, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1), 0)


def _state(path: Path) -> tuple[int, int]:
    """Return by what it is known that a file was not changed since it was looked at."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=2)
def _heads(path: Path, state: tuple[int, int]) -> dict[str, list[list[str]]]:
    return sheet_heads(path, SAMPLED_ROWS)


@lru_cache(maxsize=8)
def _rows(
    path: Path, state: tuple[int, int], encoding: str, delimiter: str, look: bool
) -> tuple[tuple[str, ...], ...]:
    """Return the first records of a text file; where it is only looked at, what cannot be decoded is replaced."""
    rows: list[tuple[str, ...]] = []
    head = text_head(path, encoding, errors="replace" if look else "strict")
    with suppress(csv.Error):
        rows.extend(
            map(tuple, islice(csv.reader(StringIO(head, newline=""), delimiter=delimiter), SAMPLED_ROWS))
        )
    return tuple(rows)
