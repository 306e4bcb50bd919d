"""The marks of the charts of rows: dots, intervals, bars, and the same beside a name in the key.

Sets differ in shape as well as in colour; an interval is a line through its mark. What has no value is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, Transform

from cfanalysis.charts.plot import points_from
from cfanalysis.charts.row_layout import RowPlot
from cfanalysis.theme.style import Theme

_SLIVER = 1.2  # points: a bar that stands for something is never thinner


class Bar(Rectangle):
    """An upright rectangle, which matplotlib places as if it were turned: drawing it takes half of the time."""

    def get_patch_transform(self) -> Transform:
        """Return what makes it of the unit square."""
        size = self.get_width(), self.get_height()
        return Affine2D.from_values(size[0], 0.0, 0.0, size[1], *self.get_xy())


def draw_dots(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    number: int,
    theme: Theme,
    *,
    hollow: bool = False,
    colour: str | None = None,
    transform: Transform | None = None,
) -> None:
    """Draw the marks of a set, filled with a pale rim or hollow.

    Parameters
    ----------
    axes
        The plot.
    xs, ys
        Their places.
    number
        Of the set: colour and shape follow from it.
    theme
        The look.
    hollow
        Whether only the outline is drawn.
    colour
        Another colour than the set's.
    transform
        Of the places; by default data.
    """
    colour = colour or theme.colour(number)
    size = theme.mark * theme.marker_size(number)
    look: dict[str, Any] = {
        "marker": theme.marker(number),
        "linestyle": "none",
        "clip_on": False,
        "zorder": 4,
    }
    edge: dict[str, Any] = (
        {"markerfacecolor": theme.paper, "markeredgewidth": 0.2 * theme.mark, "markeredgecolor": colour}
        if hollow
        else {"markeredgecolor": theme.paper, "markeredgewidth": 0.1 * theme.mark}
    )
    axes.plot(xs, ys, color=colour, markersize=size, transform=transform or axes.transData, **look, **edge)


def draw_intervals(
    axes: Axes, lows: Sequence[float], highs: Sequence[float], ys: Sequence[float], colour: str, theme: Theme
) -> None:
    """Draw intervals as lines; those without both ends are left out.

    Parameters
    ----------
    axes
        Where to draw.
    lows, highs
        Ends of the intervals, on the value axis.
    ys
        Their heights, on the y axis.
    colour
        Colour of the lines.
    theme
        The theme that sets their width.
    """
    spans = [
        (low, high, y)
        for low, high, y in zip(lows, highs, ys, strict=True)
        if math.isfinite(low) and math.isfinite(high)
    ]
    if spans:
        starts, ends, heights = zip(*spans, strict=True)
        axes.hlines(heights, starts, ends, color=colour, linewidth=0.24 * theme.mark, zorder=3)


def draw_bars(
    plot: RowPlot,
    starts: Sequence[float],
    ends: Sequence[float],
    ys: Sequence[float],
    colour: str,
    *,
    height: float,
    edge: str | None = None,
    anchor: Literal["start", "end"] = "start",
) -> None:
    """Draw horizontal bars between values, `height` points high; none is thinner than a sliver.

    Parameters
    ----------
    plot
        The open chart.
    starts, ends, ys
        Where the bars begin and end, in either order, and their middles.
    colour, edge
        Of the fill and the rim; None for no rim.
    height
        Points.
    anchor
        What stays in its place where a bar is made as thick as a sliver: its lower end, or its upper one unless that
        would put it below 0.
    """
    low, high = plot.axes.get_xlim()
    sliver = _SLIVER * (high - low) / plot.width
    for start, end, y in zip(starts, ends, ys, strict=True):
        if not (math.isfinite(start) and math.isfinite(end)) or start == end:
            continue
        left, right = min(start, end), max(start, end)
        if right - left < sliver:
            left, right = (
                (right - sliver, right) if anchor == "end" and right > sliver else (left, left + sliver)
            )
        look: dict[str, Any] = {"linewidth": 0} if edge is None else {"edgecolor": edge, "linewidth": 0.8}
        box = Bar((left, y - height / 2), right - left, height, facecolor=colour, zorder=2, **look)
        plot.axes.add_artist(box)


def draw_swatches(
    axes: Axes, colour: str, x: float, y: float, theme: Theme, *, edge: str | None = None
) -> None:
    """Draw a small square before a name in the key, which begins at x, y (points from the upper left corner).

    Parameters
    ----------
    axes
        Where to draw.
    colour
        Colour of the square.
    x, y
        Start of the name, points from the plot's upper left corner.
    theme
        The theme that sets its size.
    edge
        Colour of its edge; None for that of the square.
    """
    side = 1.05 * theme.mark
    box = Rectangle(
        (x - 1.45 * theme.mark, y - side / 2), side, side, facecolor=colour, edgecolor=edge or colour,
        linewidth=0.6, transform=points_from(axes, (0, 1)), clip_on=False,
    )  # fmt: skip
    axes.add_artist(box)


def key_dot(plot: RowPlot, number: int, x: float, y: float) -> None:
    """Draw a set's dot before its name in the key.

    Parameters
    ----------
    plot
        The chart.
    number
        Number of the set, from 0.
    x, y
        Start of the name, points from the plot's upper left corner.
    """
    theme, place = plot.theme, points_from(plot.axes, (0, 1))
    draw_dots(plot.axes, [x - 0.95 * theme.mark], [y], number, theme, transform=place)
