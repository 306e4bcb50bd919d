"""Rows with more or fewer cells than there are column names: everything after the fault is shifted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cfanalysis.core.errors import IntakeError

_SHOWN = 10
HABIT, _SHARE = 3, 0.1
"""From how many rows, and what share of all, it is a program's way to leave out blank cells at the end of a row."""


class OddRow(NamedTuple):
    """A row's number in the file, the number of its cells, and its text."""

    number: int
    cells: int
    text: str


def refuse_odd_rows(odd: Sequence[OddRow], width: int, where: str) -> None:
    """Refuse rows with more or fewer cells than there are column names.

    Parameters
    ----------
    odd
        Such rows.
    width
        Number of column names.
    where
        The file, for the message.

    Raises
    ------
    IntakeError
        There is such a row.
    """
    if not odd:
        return
    lines = [
        f"row {row.number} has {row.cells} cells for {width} column names: {row.text[:100]!r}"
        for row in odd[:_SHOWN]
    ]
    lines += [
        f"rows {one.number} and {two.number} are one row: one of its texts contains a line break"
        for one, two in pairwise(odd)
        if two.number == one.number + 1 and one.cells + two.cells in (width, width + 1)
    ][:_SHOWN]
    more = [f"and {len(odd) - _SHOWN:,} more rows"] if len(odd) > _SHOWN else []
    raise IntakeError(
        "\n  - ".join(["Some rows have more or fewer cells than there are column names:", *lines, *more]),
        where=where,
        allowed=f"{width} cells in each row, one for each column name",
        next_step="Correct these rows: a text that holds the delimiter or a line break stands between quotation marks, "
        "and each column that holds something has a name. Or export the file again.",
    )


def trailing_blanks_left_out(short: Sequence[OddRow], rows: int, reach: int) -> bool:
    """Return whether short rows are a program's way to leave out blank cells at the end of rows.

    Parameters
    ----------
    short
        Rows with fewer cells than there are column names.
    rows
        Rows in all.
    reach
        Cells that every row needs: up to the last item.
    """
    return len(short) >= max(HABIT, _SHARE * rows) and all(row.cells >= reach for row in short)
