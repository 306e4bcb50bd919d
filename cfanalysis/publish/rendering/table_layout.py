"""How a table is fitted to the paper: size of type, or parts.

A table never runs off the page and never prints one column over the next. Each column's width is estimated
from its text; the table is set in the largest type in which it fits, else in parts one below the other, each with
the columns again that label its rows. So no page is left half empty before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from cfanalysis.publish.rendering.nodes import Node, cell_positions, column_count, fill_rows, plain_text, walk
from cfanalysis.theme.text_width import line_width

_UNWRAPPED = (9.0, 8.5, 8.0)
_WRAPPED = (9.0, 8.5, 8.0, 7.5, 7.0)
_PART = 8.0
_TEXT = 15.0  # em that a column of text is given before it wraps
_GAP = 1.4  # em between two columns
_SAFETY = 1.06
_LINE = 40  # characters that a line counts for
_SHORT = 8  # rows of a table that is on one page whole
_TOGETHER = 4  # rows that stand together at the end of a table
_TALL = 1500  # characters, of each row's longest cell, from which a table may be higher than a page


@dataclass(frozen=True)
class _Column:
    """A column's least width, its width without wrapping (em), whether it holds text, and its cells' widths in all."""

    least: float = 1.0
    wanted: float = 1.0
    is_text: bool = False
    sum_of_widths: float = 0.0
    cells: int = 0

    @property
    def usual(self) -> float:
        """Return a width between the longest cell's and the mean one's, in em."""
        return sqrt(self.wanted * self.sum_of_widths / self.cells) if self.cells else self.wanted


def fit_table(table: Node, *, width: float, parted: bool = True) -> list[Node]:
    """Return the table with its layout, or its parts where it is too wide for one.

    Parameters
    ----------
    table
        A table node.
    width
        The width of the text in points.
    parted
        Whether it may be set in parts; else its type becomes as small as needed.

    Returns
    -------
    list
        Table nodes with ``layout``: ``size`` (points), ``columns`` (each ``"auto"``, a number of ``points``, or a
        ``share`` of the width that is left), ``full`` (whether it takes the whole width), ``tall`` (whether it may be
        higher than a page), ``tail`` (how many rows at its end stay together), ``whole`` (whether no row goes over the
        end of a page) and ``form`` (whether its rows are lines to write on).
    """
    rows, heads = fill_rows([*table["head"], *table["body"]]), len(table["head"])
    if _height(table["head"]) > _TALL:  # a head of running text is none, as it would stand on each page
        table = {**table, "emphasis": [number + heads for number in table["emphasis"]]}
        heads = 0
    table = {**table, "head": rows[:heads], "body": rows[heads:]}
    columns = _columns(rows)
    least, wanted = (_total(c.least for c in columns), _total(c.wanted for c in columns))
    # A lone column holds sentences, which may wrap: such tables below each other have one size.
    sizes = [size for size in _UNWRAPPED if wanted * size <= width and len(columns) > 1]
    sizes += [size for size in _WRAPPED if least * size <= width]
    labels = _label_columns(table["body"])
    if sizes or not parted or len(columns) < labels + 2:
        return [_with_layout(table, columns, size=sizes[0] if sizes else width / least, width=width)]
    parts = _parts(columns, labels, width / _PART)
    return [
        _with_layout(_part(table, chosen, number), [columns[c] for c in chosen], size=_PART, width=width)
        for number, chosen in enumerate(parts, start=1)
    ]


def table_widths(table: Node) -> tuple[float, float]:
    """Return about how wide the table must be, and how wide it is if nothing in it wraps, in em."""
    columns = _columns([*table["head"], *table["body"]])
    return _total(c.least for c in columns), _total(c.wanted for c in columns)


def is_form(table: Node) -> bool:
    """Return whether the rows of a table are lines to write on: nothing stands beside their labels."""
    beside = [cell for row in table["body"] for cell in row[1:]]
    return bool(beside) and not any(plain_text(cell["items"]).strip() for cell in beside)


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
        column.sum_of_widths + whole,
        column.cells + 1,
    )


def _height(rows: Sequence[Sequence[Node]]) -> int:
    """Return how many characters the longest cells of the rows have in all; a line that is ended counts as one."""

    def size(cell: Node) -> int:
        nodes = (node for node in walk(cell["items"]) if isinstance(node, dict))
        ends = sum(1 for node in nodes if node.get("kind") == "break")
        return len(plain_text(cell["items"])) + _LINE * ends

    return sum(max(map(size, row), default=0) for row in rows)


def _width(words: str) -> float:
    return round(line_width(words), 2)


def _total(widths: Iterator[float]) -> float:
    each = list(widths)
    return (sum(each) + _GAP * len(each)) * _SAFETY


def _with_layout(table: Node, columns: Sequence[_Column], *, size: float, width: float) -> Node:
    wanted = _total(c.wanted for c in columns) * size
    form = is_form(table)
    layout: dict[str, Any] = {"size": round(size, 2), "form": form}
    layout["whole"] = all(_height([row]) < _TALL / 3 for row in table["body"])
    layout |= {"tall": _height(table["body"]) > _TALL, "tail": _tail(table["body"])}
    if form:
        layout["columns"] = [
            {"share": 1},
            *[{"share": round(2 / (len(columns) - 1), 2)}] * (len(columns) - 1),
        ]
    elif wanted > width:
        layout["columns"] = [
            {"points": round((c.least + _GAP) * _SAFETY * size, 2)} if share is None else {"share": share}
            for c, share in zip(columns, _shares(columns, width / size / _SAFETY), strict=True)
        ]
    elif wanted >= 0.55 * width and any(c.is_text for c in columns):
        layout["columns"] = [{"share": round(c.wanted, 2)} if c.is_text else "auto" for c in columns]
    else:
        layout["columns"] = ["auto"] * len(columns)
    layout["full"] = any(c != "auto" for c in layout["columns"])
    return {**table, "layout": layout}


def _shares(columns: Sequence[_Column], room: float) -> list[float | None]:
    """Return what each column gets of the width (em) that the others leave; None for one at its least width.

    Columns of words share it, the longer the more, by their usual cells, so that one long cell does not squeeze the
    rest; none gets less than its longest word. Columns of numbers are as narrow as their numbers: their heads wrap.
    Where there are no words, what is left over goes to the longest heads.
    """
    worded = [c.is_text and c.wanted > c.least for c in columns]
    if not any(worded):
        spare = max(room - sum(c.least + _GAP for c in columns), 0.0) / max(
            sum(c.wanted - c.least for c in columns), 1e-9
        )
        return [round(c.least + _GAP + spare * (c.wanted - c.least), 2) for c in columns]
    wishes = [round(max(c.least, min(c.usual, 60.0)), 2) for c in columns]
    while True:
        each = list(zip(columns, wishes, worded, strict=True))
        left = room - sum(c.least + _GAP for c, _, shared in each if not shared)
        wished = sum(wish for _, wish, shared in each if shared)
        enough = [shared and wish * left / wished >= c.least + _GAP for c, wish, shared in each]
        if enough == worded or not any(enough):
            return [wish if shared else None for _, wish, shared in each]
        worded = enough


def _tail(body: Sequence[Sequence[Node]]) -> int:
    """Return how many rows at the end of a table stay on one page: none of a short one, or where they are high."""
    whole = len(body) <= _SHORT or any(cell["rows"] > 1 for row in body for cell in row)
    return 0 if whole or _height(body[-_TOGETHER:]) > _TALL / 3 else _TOGETHER


def _label_columns(body: Sequence[Sequence[Node]]) -> int:
    """Return how many columns at the left label the rows: at least one, at most three."""
    labelling = {at for at, cell in cell_positions(body) if cell["head"]}
    return next((count for count in (3, 2) if labelling.issuperset(range(count))), 1)


def _parts(columns: Sequence[_Column], labels: int, width: float) -> Iterator[list[int]]:
    """Yield the columns of each part: those that label the rows, and as many others as fit."""
    part = list(range(labels))
    for number in range(labels, len(columns)):
        if len(part) > labels and _total(columns[c].least for c in (*part, number)) > width:
            yield part
            part = list(range(labels))
        part.append(number)
    yield part


def _part(table: Node, chosen: Sequence[int], number: int) -> Node:
    """Return the part of a table with these columns; a cell over several is as wide as those of them that are in it."""
    title = f"{table['title']} ({number})" if table["title"] else ""
    parts: dict[str, list[list[Node]]] = {}
    for key in ("head", "body"):
        places = cell_positions(table[key])
        parts[key] = []
        for row in table[key]:
            placed = [next(places) for _ in row]
            spans = [(cell, sum(at <= c < at + cell["columns"] for c in chosen)) for at, cell in placed]
            parts[key].append([{**cell, "columns": span} for cell, span in spans if span])
    return {**table, **parts, "title": title}
