"""A card with a number for each group: what a chart of one row shows where the height is given."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from cfanalysis.charts.chart_layout import ChartArea, ChartTexts, Gutters
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import balance_lines, one_line, text_width
from cfanalysis.core.formatting import decimal
from cfanalysis.theme.style import apply_theme

_LARGEST = 5.0  # of a number, in label sizes


def number_card(result: Any, column: str, texts: ChartTexts, ax: Axes | None = None) -> Axes:
    """Draw a number for each group of a result, large, with the group's name and n below.

    Parameters
    ----------
    result
        Its frame has one row for each group.
    column
        The numbers, 0 to 100.
    texts
        What is written around them.
    ax
        Where to draw; None makes a figure of the theme's size.
    """
    table = result.frame.dropna(subset=[column])
    names = [one_line(f"{group} (n = {n:,})") for group, n in zip(table["group"], table["n"], strict=True)]
    numbers = [decimal(value) for value in table[column]]
    with apply_theme() as theme:
        area = ChartArea(ax, texts)
        body = area.body_height(_LARGEST * theme.label * 2)
        axes = area.open(Gutters(), body=body)
        axes.set_xticks([])
        axes.set_yticks([])
        room = area.width / len(names) - theme.label
        widest = max(text_width(number, 1.0, bold=True) for number in numbers)
        size = min(_LARGEST * theme.label, room / widest, 0.45 * body)
        for place, (number, name) in enumerate(zip(numbers, names, strict=True)):
            left = place / len(names)
            colour = theme.text_colour(place)
            write_text(axes, number, (left, 0.55), size=size, color=colour, bold=True)
            for line, text in enumerate(balance_lines(name, room, theme.label)):
                below = (0.0, -(1.8 + 1.3 * line) * theme.label)
                write_text(axes, text, (left, 0.55), below, color=theme.muted)
        spots = (Spot((k / len(names), (k + 1) / len(names)), (0, 1), name, f"{name}: {number}")
                 for k, (number, name) in enumerate(zip(numbers, names, strict=True)))  # fmt: skip
        add_spots(axes, spots)
    return axes
