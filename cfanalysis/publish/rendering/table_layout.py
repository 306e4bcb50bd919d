"""How a table is fitted to the paper: size of type, turned page, or parts.

A table never runs off the page and never prints one column over the next. Each column's width is estimated
from its text; the table is set in the largest type in which it fits upright, else on a turned page, else in
parts, each with the first column again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cfanalysis.publish.rendering.nodes import Node, cell_positions, column_count, plain_text
from cfanalysis.theme.text_width import line_width

_UNWRAPPED = (9.0, 8.5, 8.0)
_UPRIGHT = (9.0, 8.5, 8.0, 7.5, 7.0)
_TURNED = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5)
_PART = 8.0
_TEXT = 15.0  # em that a column of text is given before it wraps
_GAP = 1.4  # em between two columns
_SAFETY = 1.06


@dataclass(frozen=True)
class _Column:
    """A column's least width, its width without wrapping (em), and whether it holds text."""

    least: float = 1.0
    wanted: float = 1.0
    is_text: bool = False


def fit_table(table: Node, *, upright: float, turned: float | None) -> list[Node]:
    """Return the table with its layout, or its parts where it is wider than a turned page.

    Parameters
    ----------
    table
        A table node.
    upright, turned
        The width of the text in points, on an upright and on a turned page; None where the page cannot be
        turned, as within a list.

    Returns
    -------
    list
        Table nodes with ``layout``: ``size`` (points), ``turned``, ``columns`` (each ``"auto"``, a number of
        ``points``, or a ``share`` of the width that is left) and ``full`` (whether it takes the whole width).
    """
    rows = [*table["head"], *table["body"]]
    columns = _columns(rows)
    least, wanted = (_total(c.least for c in columns), _total(c.wanted for c in columns))
    for size in _UNWRAPPED:
        if wanted * size <= upright:
            return [_with_layout(table, columns, size=size, turned=False, width=upright)]
    for size in _UPRIGHT:
        if least * size <= upright:
            return [_with_layout(table, columns, size=size, turned=False, width=upright)]
    if turned is None:
        return [_with_layout(table, columns, size=upright / least, turned=False, width=upright)]
    for size in _TURNED:
        if least * size <= turned:
            return [_with_layout(table, columns, size=size, turned=True, width=turned)]
    if any(cell["columns"] > 1 for row in rows for cell in row) or len(columns) < 3:
        return [_with_layout(table, columns, size=turned / least, turned=True, width=turned)]
    return [
        _with_layout(
            _part(table, chosen, number), [columns[c] for c in chosen], size=_PART, turned=True, width=turned
        )
        for number, chosen in enumerate(_parts(columns, turned / _PART), start=1)
    ]


def table_widths(table: Node) -> tuple[float, float]:
    """Return about how wide the table must be, and how wide it is if nothing in it wraps, in em."""
    columns = _columns([*table["head"], *table["body"]])
    return _total(c.least for c in columns), _total(c.wanted for c in columns)


def _columns(rows: Sequence[Sequence[Node]]) -> list[_Column]:
    """Return the table's columns: numbers never wrap; text wraps between words, a very long word breaks."""
    columns = [_Column()] * column_count(rows)
    for at, cell in cell_positions(rows):
        if cell["columns"] == 1 and at < len(columns):
            columns[at] = _wider(columns[at], cell)
    return columns


def _wider(column: _Column, cell: Node) -> _Column:
    """Return the column with room for one more cell."""
    words = plain_text(cell["items"])
    whole = _width(words)
    longest = max((_width(word) for word in words.split()), default=0.0)
    wraps = cell["head"] or cell["align"] == "left"
    return _Column(
        max(column.least, min(whole, max(longest, 5.0), _TEXT) if wraps else whole),
        max(column.wanted, whole),
        column.is_text or (cell["align"] == "left" and whole >= 5.0),
    )


def _width(words: str) -> float:
    return round(line_width(words), 2)


def _total(widths: Iterator[float]) -> float:
    each = list(widths)
    return (sum(each) + _GAP * len(each)) * _SAFETY


def _with_layout(table: Node, columns: Sequence[_Column], *, size: float, turned: bool, width: float) -> Node:
    wanted = _total(c.wanted for c in columns) * size
    layout: dict[str, Any] = {"size": round(size, 2), "turned": turned, "full": False}
    if wanted > width:
        # Columns of words share the width that the others leave, the longer the more; where there are none,
        # all share it. Columns of numbers are as narrow as their numbers: their heads wrap.
        worded = [c.is_text and c.wanted > c.least for c in columns]
        worded = worded if any(worded) else [True] * len(columns)
        layout["columns"] = [
            {"share": round(max(c.least, min(c.wanted, 60.0)), 2)}
            if shares
            else {"points": round((c.least + _GAP) * _SAFETY * size, 2)}
            for c, shares in zip(columns, worded, strict=True)
        ]
    elif wanted >= 0.55 * width and any(c.is_text for c in columns):
        layout["columns"] = [{"share": round(c.wanted, 2)} if c.is_text else "auto" for c in columns]
    else:
        layout["columns"] = ["auto"] * len(columns)
    layout["full"] = any(c != "auto" for c in layout["columns"])
    return {**table, "layout": layout}


def _parts(columns: Sequence[_Column], width: float) -> Iterator[list[int]]:
    """Give the columns of each part: the first column, and as many others as fit."""
    part = [0]
    for number in range(1, len(columns)):
        if len(part) > 1 and _total(columns[c].least for c in (*part, number)) > width:
            yield part
            part = [0]
        part.append(number)
    yield part


def _part(table: Node, columns: Sequence[int], number: int) -> Node:
    title = f"{table['title']} ({number})" if table["title"] else ""
    rows = {
        key: [[row[c] for c in columns if c < len(row)] for row in table[key]] for key in ("head", "body")
    }
    return {**table, **rows, "title": title}
