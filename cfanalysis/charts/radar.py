"""A radar chart, drawn on a plain Axes: the option for readers who expect one (see `profile.dimension_profile`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from cfanalysis.charts.chart_layout import ChartArea, ChartTexts, Gutters
from cfanalysis.charts.key import key_height, key_positions, write_key
from cfanalysis.charts.marks import draw_dots
from cfanalysis.charts.plot import points_from, write_text
from cfanalysis.charts.text_metrics import text_width, wrap_lines
from cfanalysis.core.errors import AnalysisError
from cfanalysis.theme.style import Theme, apply_theme

_LEAST, _MOST, _RINGS = 3, 8, (25, 50, 75, 100)
_LABELS = 0.28  # of the width, for the labels on each side
_ROOM = 8  # of a web with ring values: its radius, in sizes of their letters


def draw_radar(
    titles: Sequence[str],
    sets: Sequence[Sequence[float]],
    keys: Sequence[str],
    words: ChartTexts,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw scores (0-100) of each set on as many axes as there are titles, the first one upwards, then clockwise.

    Parameters
    ----------
    titles
        Names of the axes, three to eight.
    sets
        For each set its scores; where one is missing the outline has a gap.
    keys
        Names of the sets.
    words
        What is written around the plot.
    ax
        Where to draw; None makes a figure of the theme's width.

    Returns
    -------
    matplotlib.axes.Axes
        Plain coordinates in points; the outermost ring is a score of 100.

    Raises
    ------
    AnalysisError
        There are fewer than three axes, or more than eight.
    """
    if not _LEAST <= len(titles) <= _MOST:
        raise AnalysisError(
            "A radar chart takes three to eight dimensions.",
            value=len(titles),
            next_step="Draw the dot plot instead.",
        )
    with apply_theme() as theme:
        stage = ChartArea(ax, words)
        placed = key_positions(keys, width=stage.width, sample=2.1 * theme.mark, theme=theme)
        lines = [wrap_lines(title, _LABELS * stage.width, theme.label) for title in titles]
        if not theme.detail:  # a small picture has room for the beginning of a label
            lines = [text if len(text) == 1 else [text[0] + " …"] for text in lines]
        tallest = max(len(text) for text in lines) * 1.3 * theme.label
        top = key_height(placed, theme) + 0.6 * theme.label
        body = stage.body_height(min(0.72 * stage.width, 330.0) + top)
        axes = stage.open(Gutters(top=top), body=body)
        height = max(body - top, 1.0)
        widest = max(text_width(line, theme.label) for text in lines for line in text)
        radius = max(min(height / 2 - tallest - 2, stage.width / 2 - widest - 8), 12.0)
        half = stage.width / 2
        axes.set(xlim=(-half, half), ylim=(-height / 2, height / 2), xticks=[], yticks=[])
        _draw_web(axes, lines, radius, theme)
        for number in reversed(range(len(sets))):
            _draw_set(axes, sets[number], number, radius, theme)

        def sample(number: int, x: float, y: float) -> None:
            place = points_from(axes, (0, 1))
            draw_dots(axes, [x - 0.95 * theme.mark], [y], number, theme, transform=place)

        write_key(axes, placed, corner=(0, top), theme=theme, draw=sample)
    return axes


def _spoke(index: int, n: int, length: float) -> tuple[float, float]:
    angle = math.pi / 2 - 2 * math.pi * index / n
    return length * math.cos(angle), length * math.sin(angle)


def _draw_web(axes: Axes, lines: Sequence[Sequence[str]], radius: float, theme: Theme) -> None:
    n = len(lines)
    for ring in _RINGS:
        corners = [_spoke(i, n, radius * ring / 100) for i in range(n)]
        axes.add_artist(Polygon(corners, fill=False, edgecolor=theme.rule, linewidth=0.7, zorder=0.5))
    for i, text in enumerate(lines):
        x, y = _spoke(i, n, radius)
        axes.plot([0, x], [0, y], color=theme.rule, linewidth=0.7, zorder=0.5)
        side = "center" if abs(x) < 1 else "left" if x > 0 else "right"
        pitch = 1.25 * theme.label
        first = y + (len(text) - 1) * pitch + 4 if y > radius * 0.5 else y - pitch if y < -radius * 0.5 else y
        dx = {"center": 0.0, "left": 6.0, "right": -6.0}[side]
        for number, line in enumerate(text):
            write_text(axes, line, (x, first - number * pitch), (dx, 0), coords="data", ha=side)
    # Ring values stand beside the upward spoke, where no outline's label lies; on a small web dots would meet them.
    for ring in _RINGS[1::2] if radius > _ROOM * theme.small else ():
        y = radius * ring / 100
        write_text(
            axes, str(ring), (0, y), (3, -theme.small), coords="data", size=theme.small, color=theme.muted
        )


def _draw_set(axes: Axes, scores: Sequence[float], number: int, radius: float, theme: Theme) -> None:
    n = len(scores)
    corners = [_spoke(i, n, radius * score / 100) for i, score in enumerate(scores)]
    xs, ys = zip(*[*corners, corners[0]], strict=True)
    colour = theme.colour(number)
    axes.plot(xs, ys, color=colour, linewidth=0.22 * theme.mark, zorder=3)
    if number == 0 and all(math.isfinite(score) for score in scores):
        axes.add_artist(Polygon(corners, facecolor=colour, alpha=0.12, linewidth=0, zorder=2))
    draw_dots(axes, [x for x, _ in corners], [y for _, y in corners], number, theme)
