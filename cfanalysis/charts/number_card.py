"""A card with a number for each group: what a chart of one row shows where the height is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.forest_rows import ForestRows
from cfanalysis.analyses.units import HUNDRED
from cfanalysis.charts.chart_layout import ChartArea, ChartTexts, Gutters
from cfanalysis.charts.key import counted_group
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import balance_lines, text_width
from cfanalysis.core.formatting import decimal
from cfanalysis.core.templates import labelled, sentence
from cfanalysis.theme.style import apply_theme, current_theme

_LARGEST = 9.0  # of a number, in label sizes
_LINE = 1.3  # pitch of its words, in label sizes
_DESCENT = 0.35  # from the middle, on which a number nearly stands, to below its box, in its size


class CardNumber(NamedTuple):
    """A number as it is written, and what stands below it."""

    number: str
    name: str


def group_numbers(column: str) -> Callable[[Any], list[CardNumber]]:
    """Return a function that makes a number of each group of a result.

    Parameters
    ----------
    column
        Where the numbers, 0 to 100, stand in its frame, beside ``group`` and ``n``.
    """

    def numbers(result: Any) -> list[CardNumber]:
        table = result.frame.dropna(subset=[column])
        return [
            CardNumber(decimal(value), counted_group(group, [n]))
            for value, group, n in zip(table[column], table["group"], table["n"], strict=True)
        ]

    return numbers


def estimate_number(rows: ForestRows) -> list[CardNumber]:
    """Return the number of a forest's only estimate, with its interval and n."""
    (row,) = rows.frame.to_dict("records")
    return row_number(row, digits=1 if row["unit"] == HUNDRED else 2, signed=rows.signed)


def row_number(row: dict[Hashable, Any], *, digits: int = 1, signed: bool = False) -> list[CardNumber]:
    """Return the number of a row that stands alone.

    Parameters
    ----------
    row
        ``estimate``, its ends ``low`` and ``high``, which may be missing, ``n``; ``label`` and ``unit`` in words.
    digits
        Decimals.
    signed
        Whether a positive number has a plus sign.
    """
    name = sentence(
        "{label:t}, {unit:t} (95% interval {low:{digits}} to {high:{digits}}; n = {n})"
        if pd.notna(row["low"])
        else "{label:t}, {unit:t} (n = {n})",
        row,
        digits=digits,
    )
    return [CardNumber(decimal(row["estimate"], digits, signed=signed), name)]


def number_card(numbers: Sequence[CardNumber], texts: ChartTexts, ax: Axes | None = None) -> Axes:
    """Draw numbers side by side, large, each with its words below.

    Parameters
    ----------
    numbers
        At least one.
    texts
        What is written around them.
    ax
        Where to draw; None makes a figure of the theme's size.
    """
    with apply_theme() as theme:
        area = ChartArea(ax, texts)
        body = area.body_height(_LARGEST * theme.label * 2)
        axes = area.open(Gutters(), body=body)
        axes.set(xticks=[], yticks=[])
        sizes = {
            columns: _size(numbers, area.width / columns, columns, body)
            for columns in range(1, len(numbers) + 1)
        }
        columns = max(n for n, size in sizes.items() if size > 0.75 * max(sizes.values()))
        lines = math.ceil(len(numbers) / columns)
        width, height, size = 1 / columns, 1 / lines, sizes[columns]
        for place, (number, name) in enumerate(numbers):
            left, top = place % columns * width, 1 - place // columns * height
            base = (left, top - height / 2), (0.0, -0.1 * size)
            write_text(axes, number, *base, size=size, color=theme.text_colour(place), bold=True)
            for line, text in enumerate(balance_lines(name, area.width * width - theme.label, theme.label)):
                below = (0.0, -_DESCENT * size - (1.2 + _LINE * line) * theme.label)
                write_text(axes, text, base[0], below, color=theme.muted)
            add_spots(axes, [Spot((left, left + width), (top - height, top), name, labelled(name, number))])
    return axes


def _size(numbers: Sequence[CardNumber], width: float, columns: int, body: float) -> float:
    """Return the size of letters of numbers in so many columns, with room for the words below."""
    label = current_theme().label
    room = width - label
    widest = max(text_width(number, 1.0, bold=True) for number, _ in numbers)
    words = max(len(balance_lines(name, room, label)) for _, name in numbers)
    height = body / math.ceil(len(numbers) / columns)
    below = (height / 2 - (1.2 + _LINE * words) * label) / _DESCENT
    return max(min(_LARGEST * label, room / widest, 0.65 * height, below), label)
