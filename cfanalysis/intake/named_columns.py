"""Small tables with named columns, whatever file they come in: what auxiliary files and long frequency tables are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pandas as pd

from cfanalysis.core.errors import AmbiguousFileError, IntakeError, nearest, problem_list
from cfanalysis.core.spreadsheets import unescape_formula
from cfanalysis.core.text_folding import smooth_text
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.plain import PLAIN
from cfanalysis.intake.reading_options import DETECT_ALL, ReadingOptions
from cfanalysis.survey.instrument import Instrument


def read_named_columns(
    path: Path,
    instrument: Instrument,
    known: Mapping[str, Sequence[str]],
    *,
    needed: Sequence[str],
    options: ReadingOptions | None = None,
    with_lines: Sequence[str] = (),
) -> tuple[pd.DataFrame, list[str]]:
    """Read the columns of a table that are known.

    Parameters
    ----------
    path
        CSV, Excel or Parquet.
    instrument
        Its language and names help to find the encoding; its names for organization and wave are understood, too.
    known
        Column -> the headers under which it may stand, compared without case and extra spaces.
    needed
        Columns without which the table is useless.
    options
        How the file is to be read; None where the command has no options for it.
    with_lines
        Columns of longer texts, which keep their lines.

    Returns
    -------
    table : DataFrame
        Texts, white space smoothed, missing cells empty; the index is the row in the file.
    ignored : list of str
        The other headers.

    Raises
    ------
    IntakeError
        The file is missing or unreadable, or lacks a column that is needed.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise IntakeError(
            "There is no such file." if not path.is_file() else "The file is empty.", where=path
        )
    theirs = {str(name): headers for name, headers in instrument.columns.items()}
    every = {name: (*headers, *theirs.get(name, ())) for name, headers in known.items()}
    names = {comparable_text(header): name for name, headers in every.items() for header in headers}
    kind = next((kind for kind in PLAIN if kind.recognizes(path, instrument)), None)
    if kind is None:
        raise IntakeError("This is not a readable table.", where=path, allowed="CSV, Excel, Parquet")
    with nullcontext() if options else advice_without_options():
        table, header = kind.found(path, instrument, names, options or DETECT_ALL)
    found = {i: names[comparable_text(h)] for i, h in enumerate(header.names) if comparable_text(h) in names}
    counts = Counter(found.values())
    problems = [f"missing column {name!r}{_hint(name, header.names)}" for name in needed if not counts[name]]
    problems += [f"column {name!r} occurs {n} times" for name, n in sorted(counts.items()) if n > 1]
    if problems:
        raise IntakeError(
            problem_list("The columns of the file do not fit:", problems),
            where=path.name,
            value=", ".join(header.names[:12]),
            allowed=", ".join(known),
        )
    frame = table.frame(header.first + header.depth, len(header.names), found).rename(columns=found)
    smooth = frame.astype("str").apply(
        lambda column: column.map(
            lambda text: _smooth(unescape_formula(text), lines=column.name in with_lines)
        )
    )
    ignored = [h for h in header.names if comparable_text(h) not in names and h.strip()]
    return smooth[smooth.ne("").any(axis=1)].astype("str"), ignored


@contextmanager
def advice_without_options() -> Iterator[None]:
    """Have an error advise how to save a file for which the command has no options.

    Raises
    ------
    AmbiguousFileError
        The error.
    """
    try:
        yield
    except AmbiguousFileError as error:
        step = "Save it as 'CSV UTF-8', with decimal points, or as a workbook with one sheet."
        raise AmbiguousFileError(
            error.problem, where=error.where, value=error.value, next_step=step
        ) from None


def _smooth(text: str, *, lines: bool) -> str:
    """Return a text with its white space smoothed; its lines stay lines where they are wanted."""
    return "\n".join(map(smooth_text, text.splitlines())).strip() if lines else smooth_text(text)


def _hint(name: str, headers: Sequence[str]) -> str:
    near = nearest(name, headers)
    return f" (the nearest: {', '.join(near)})" if near else ""
