"""The interface of readers, and the two forms in which they return answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

import pandas as pd

from cfanalysis.intake.columns import ListedColumn
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.frequency_checks import Suppressed
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument

if TYPE_CHECKING:
    from cfanalysis.intake.exports.export_tables import Laid


class RowMark(NamedTuple):
    """Rows that the survey tool itself marks: the rule of the cleaning by which they are dropped or flagged."""

    rule: str
    rows: pd.Index


@dataclass(frozen=True)
class RawAnswers:
    """Answers of respondents as they stand in the file, columns named as the instrument names them.

    Parameters
    ----------
    frame
        Texts, or categories of texts (missing cells are empty texts); columns ``organization``,
        ``respondent``, ``wave``, ``seconds``, ``origin``, fields and item ids, as far as the file has them.
        The index is the row in the file, counted as a spreadsheet counts, the first row being 1.
    file
        The file's name.
    reader
        The reader it was read as.
    ignored
        Headers of columns that belong to nothing in the instrument.
    notes
        What was detected while reading, for the notes.
    decimal
        The decimal sign of numbers in the cells, ``"."`` or ``","``.
    problems
        What is wrong with the columns, where the file was to be read all the same.
    headers
        What columns hold by the user's decision: header -> name; a row that repeats the headers is known by them, too.
    marks
        Rows that the survey tool marks: tests, rejected, incomplete. They are in `frame`; cleaning drops or flags them.
    given
        Columns of `frame` that are not in the file: one value stands for every row, as the user said.
    submitted
        When each row was sent, texts as in the file, with the index of `frame`; None where the file does not say it.
        It decides which of several rows of a respondent is the later, and goes no further than cleaning.
    accepted
        Column -> values that are taken as they are read (`cfanalysis.intake.accepted_values`).
    titles
        Column of `frame` -> what it is called in the file, for messages.
    files
        Row -> the file it came from, for messages; empty where there is one file.
    """

    frame: pd.DataFrame
    file: str
    reader: str
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    problems: tuple[Finding, ...] = ()
    headers: Mapping[str | int, str] = field(default_factory=dict)
    marks: tuple[RowMark, ...] = ()
    constant_columns: tuple[str, ...] = ()
    submitted: pd.Series | None = None
    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[int, str] = field(default_factory=dict)

    def with_files(self, finding: Finding) -> Finding:
        """Return what is wrong with the names of the files in which it stands, where there are several."""
        rows = [] if finding.row is None else [finding.row]
        if finding.row is None and finding.value and finding.column in self.frame:
            rows = list(self.frame.index[self.frame[finding.column].astype("str") == finding.value])
        names = [name for name in dict.fromkeys(map(self.files.get, rows)) if name]
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        return finding._replace(files=", ".join(names[:3]) + more) if names else finding


@dataclass(frozen=True)
class FrequencyCounts:
    """Published answer shares, as they stand in the file.

    Parameters
    ----------
    frame
        One row per organization, item and category: ``organization, wave, kind ("organization" | "total"),
        item, category, share (0-1 as published), n, n_dont_know, place`` (sheet and row). Categories are
        as published, before reverse keying.
    file, reader, notes
        As in `RawAnswers`.
    problems
        What is wrong with the tables, where they were to be read all the same.
    suppressed
        Cells in which the publisher withholds a figure; the frame has no rows for their items.
    accepted
        As in `RawAnswers`.
    """

    frame: pd.DataFrame
    file: str
    reader: str
    notes: tuple[str, ...] = ()
    problems: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    accepted: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Reader(Protocol):
    """One layout of survey files."""

    name: str
    about: str

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the file looks like this reader; reads no more than it must."""

    def read(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> RawAnswers | FrequencyCounts:
        """Read the whole file."""


@runtime_checkable
class ResponseReader(Protocol):
    """A reader with one row per respondent."""

    def columns(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL
    ) -> list[ListedColumn]:
        """Return the columns that the user may have to decide about."""

    def table(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECT_ALL) -> Laid:
        """Return the table in a file, and how it is laid out."""
