"""What every dialect gives: the interface of a reader, and the two shapes in which answers come in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import pandas as pd

from cfanalysis.instrument import Instrument
from cfanalysis.intake.columns import ColumnProblem
from cfanalysis.intake.options import DETECTED, ReadingOptions


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
    dialect
        The dialect it was read as.
    ignored
        Headers of columns that belong to nothing in the instrument.
    notes
        What was detected while reading, to be said aloud.
    decimal
        The decimal sign of numbers in the cells, ``"."`` or ``","``.
    problems
        What is wrong with the columns, where the file was to be read all the same.
    """

    frame: pd.DataFrame
    file: str
    dialect: str
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    problems: tuple[ColumnProblem, ...] = ()


@dataclass(frozen=True)
class FrequencyCounts:
    """Published answer shares, as they stand in the file.

    Parameters
    ----------
    frame
        One row per organization, item and category: ``organization, wave, kind ("organization" | "total"),
        item, category, share (0-1 as published), n, n_dont_know, place`` (sheet and row). Categories are
        as published, before reverse keying.
    file, dialect, notes
        As in `RawAnswers`.
    """

    frame: pd.DataFrame
    file: str
    dialect: str
    notes: tuple[str, ...] = ()


class Dialect(Protocol):
    """One layout of survey files."""

    name: str
    about: str

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the file looks like this dialect; reads no more than it must."""

    def read(
        self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED
    ) -> RawAnswers | FrequencyCounts:
        """Read the whole file."""
