"""Values that the user gives for a whole file: the organization or the wave of all its rows.

An export of one client often has no column that names the client. A given value applies to every row; it never
overrides values of the file: that is an error.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.columns import redundant_value_problem
from cfanalysis.intake.reader import RawAnswers, Reader, ResponseReader
from cfanalysis.intake.reading_options import ReadingOptions

_LONGEST = 500
"""Characters of a value; a name that is longer is a mistake."""


def normalize_options(options: ReadingOptions) -> ReadingOptions:
    """Return options whose given values have no superfluous white space.

    Raises
    ------
    IntakeError
        A given value is empty, or no name.

    Examples
    --------
    >>> normalize_options(ReadingOptions(organization=" Alderbarrow  Pumps ")).organization
    'Alderbarrow Pumps'
    """
    smooth = {name: " ".join(value.split()) for name, value in options.constant_columns.items()}
    for name, value in smooth.items():
        if not value or len(value) > _LONGEST or not value.isprintable():
            raise IntakeError(
                f"This cannot be the {name} of all rows.",
                value=repr(value),
                allowed=f"a text of 1 to {_LONGEST} characters",
                next_step=f"Give a name: --{name} NAME",
            )
    return replace(options, **smooth)  # type: ignore[arg-type]


def refuse_constants(reader: Reader, path: Path, options: ReadingOptions) -> None:
    """Refuse values for all rows where the file is a published table: each of its rows is another organization.

    Parameters
    ----------
    reader
        The reader of the file.
    path
        The file, for the message.
    options
        The values given for all rows.

    Raises
    ------
    IntakeError
        A value is given, and the reader has no rows of respondents.
    """
    if options.constant_columns and not isinstance(reader, ResponseReader):
        raise IntakeError(
            "Published tables name their organizations and waves themselves.",
            where=path.name,
            value=", ".join(f"--{name} {value!r}" for name, value in options.constant_columns.items()),
            next_step=f"Leave out {' and '.join(f'--{name}' for name in options.constant_columns)}.",
        )


def add_constant_columns(raw: RawAnswers, options: ReadingOptions) -> RawAnswers:
    """Return the answers with each given value in every row, and say so.

    Parameters
    ----------
    raw
        Answers as read.
    options
        What is given.

    Raises
    ------
    IntakeError
        The answers have that column, though no column of the file is called so: waves that were made of a longitudinal
        project's events.
    """
    there = [
        redundant_value_problem(name, value)
        for name, value in options.constant_columns.items()
        if name in raw.frame
    ]
    if there and not options.lenient:
        raise IntakeError(
            there[0].problem,
            where=raw.file,
            next_step=f"Leave out --{next(name for name in options.constant_columns if name in raw.frame)}.",
        )
    said = {p.rule for p in raw.problems}
    problems = raw.problems if "given" in said else (*raw.problems, *there)
    lacking = {name: value for name, value in options.constant_columns.items() if name not in raw.frame}
    notes = tuple(f"{raw.file}: {name}: {value} for every row, as given" for name, value in lacking.items())
    columns = {name: _same(value, raw.frame.index) for name, value in lacking.items()}
    return replace(
        raw,
        frame=raw.frame.assign(**columns) if columns else raw.frame,
        notes=(*raw.notes, *notes),
        problems=problems,
        constant_columns=tuple(lacking),
    )


def _same(value: str, index: pd.Index) -> pd.Series:
    """Return a column of one text."""
    codes = pd.Categorical.from_codes(
        np.zeros(len(index), dtype=np.int8), categories=pd.Index([value], dtype="str")
    )
    return pd.Series(codes, index=index)
