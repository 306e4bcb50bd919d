"""Where the column names stand: usually the first row, sometimes lower or in several rows.

Rows above the names (titles, dates) are passed over; names may be spread over up to `MAX_HEADER_ROWS` rows, as
where a merged cell stands above several columns. The rows in which the most of the instrument's columns are found
are taken, of equals the fewest and the uppermost, and what was found is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cfanalysis.intake.folding import comparable_text

SEARCHED = 12
MAX_HEADER_ROWS = 3


class Header(NamedTuple):
    """The column names, the first row in which they stand (from 0), and the number of rows."""

    names: list[str]
    first: int
    depth: int
    nameless: str = ""

    @property
    def description(self) -> str:
        """Where the names stand, "" where it is the first row alone; and columns without a name."""
        place = f"column names in row {self.first + 1}" if self.first else ""
        if self.depth > 1:
            place = f"column names in rows {self.first + 1} to {self.first + self.depth}"
        return ", ".join(filter(None, (place, self.nameless)))


def find_header(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> Header:
    """Return the column names.

    Parameters
    ----------
    rows
        The first rows of the table.
    known
        Folded names that the instrument knows, and what each names.

    Examples
    --------
    >>> rows = [["Survey", ""], ["q1", "q2"], ["1", "2"]]
    >>> find_header(rows, {"q1": "q1", "q2": "q2"})
    Header(names=['q1', 'q2'], first=1, depth=1, nameless='')
    """
    best = Header([], 0, 1)
    found = -1
    for depth in range(1, MAX_HEADER_ROWS + 1):
        for first in range(min(SEARCHED, len(rows) - depth + 1)):
            if depth > 1 and _answers_below(rows[first], rows[first + 1], known):
                continue
            names = _joined_names(rows[first : first + depth], known)
            count = len({known[comparable_text(n)] for n in names if comparable_text(n) in known})
            if count > found:
                best, found = Header(names, first, depth), count
    if not found:
        first = next((i for i, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
        return Header(list(rows[first]) if rows else [], first, 1)
    return _with_repeats(best, rows, known)


def nameless(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return in words which columns have values but no name, judged by the first rows; "" if there are none.

    Parameters
    ----------
    names
        The column names, in order.
    rows
        The first rows below them.

    Examples
    --------
    >>> nameless(["a", "", ""], [["1", "x", ""], ["2", "", ""]])
    "not read: column 2 has no name and holds values ('x')"
    """
    below = {
        i: next((row[i] for row in rows if i < len(row) and row[i].strip()), "") for i in range(len(names))
    }
    found = {i + 1: below[i] for i, name in enumerate(names) if not name.strip() and below[i]}
    if not found:
        return ""
    places = ", ".join(map(str, list(found)[:10]))
    which = f"column {places} has" if len(found) == 1 else f"columns {places} have"
    return f"not read: {which} no name and holds values ({next(iter(found.values()))[:40]!r})"


def _joined_names(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> list[str]:
    """Return for each column the name that is known, of those that its cells make; else the lowest text."""
    if len(rows) == 1:
        return list(rows[0])
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    upper = [_fill_merged_cells(row) for row in padded[:-1]] + [padded[-1]]
    names = []
    for column in range(width):
        own = [row[column] for row in padded if row[column].strip()]
        carried = [row[column] for row in upper if row[column].strip()]
        choices = [*reversed(own), *(mark.join(carried) for mark in (" ", " - ", ": ")), *reversed(carried)]
        names.append(next((c for c in choices if comparable_text(c) in known), own[-1] if own else ""))
    return names


def _answers_below(upper: Sequence[str], lower: Sequence[str], known: Mapping[str, str]) -> bool:
    """Return whether something that is no name stands below a name: a choice below its question is an answer, too."""
    below = [
        low for up, low in zip(upper, lower, strict=False) if comparable_text(up) in known and low.strip()
    ]
    return sum(comparable_text(low) not in known for low in below) > len(below) / 2


def _fill_merged_cells(row: Sequence[str]) -> list[str]:
    """Return a row in which an empty cell holds what stands left of it, as under a merged cell."""
    held, carried = "", []
    for cell in row:
        held = cell if cell.strip() else held
        carried.append(held)
    return carried


def _with_repeats(header: Header, rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> Header:
    """Return the header with the rows below that name the same columns once more."""
    own = [known.get(comparable_text(n)) for n in header.names]
    depth = header.depth
    while header.first + depth < len(rows):
        # A number may name a column, but below the names it is an answer.
        again = [
            None if n.strip().isdecimal() else known.get(comparable_text(n))
            for n in rows[header.first + depth]
        ]
        same = sum(a is not None and a == b for a, b in zip(again, own, strict=False))
        if same < 2 or 2 * same < sum(o is not None for o in own):
            break
        depth += 1
    return header._replace(depth=depth, nameless=nameless(header.names, rows[header.first + depth :]))
