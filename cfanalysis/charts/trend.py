"""From wave to wave: means with intervals, the gap as the distance of Say and Do.

Lines are named at their ends, where the eye is, instead of in a key. Between waves nothing was measured: the line
only joins what belongs together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.trends import ClientTrend, Trends, followed_measures
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.score_captions import trend_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts
from cfanalysis.charts.marks import draw_dots
from cfanalysis.charts.plot import height_axis, set_label_fonts, write_text
from cfanalysis.charts.scales import padded_limits, round_ticks, tick_labels
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import one_line, text_width, wrap_lines
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal
from cfanalysis.core.language import translated
from cfanalysis.core.templates import sentence
from cfanalysis.theme.style import Theme, apply_theme

_SHAPE = 0.5  # height of the plot by its width, where the height is free
_MIN_SPAN = 12.0
_LANE = 0.3  # of the width, at most, for the names at the lines' ends


@captioned(trend_caption)
def trend(
    trends: Trends | ClientTrend,
    *,
    measures: tuple[str, ...] = (),
    ax: Axes | None = None,
    **own: Unpack[Own],
) -> Axes:
    """Draw measures from wave to wave, each mean with its interval.

    Parameters
    ----------
    trends
        One row per measure and wave: score 0-100 with interval; for a client with the benchmark's mean, which is a
        dashed line.
    measures
        Which, by their titles; none means Say and Do with the gap between them, or the first indices where an
        instrument has no gap.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x counts waves from 0, y is the score.

    Raises
    ------
    AnalysisError
        There is no such measure.
    """
    table = trends.waves
    names = list(measures) or _usual(table)
    missing = [name for name in names if name not in set(table["measure"])]
    if not names or missing:
        raise AnalysisError("There is nothing to draw: no such measure.", value=", ".join(missing) or None)
    waves = list(table["wave"].drop_duplicates())
    lines = {name: table[table["measure"] == name].set_index("wave").reindex(waves) for name in names}
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        ends = _end_names(lines, stage.width, theme)
        widest = max(text_width(line, theme.label, bold=True) for name in ends for line in name)
        gutters = Gutters(3.6 * theme.small, widest + 1.3 * theme.label, 0.8 * theme.small, 2.3 * theme.small)
        width = stage.width - gutters.left - gutters.right
        body = stage.body_height(width * _SHAPE + gutters.top + gutters.bottom)
        axes = stage.open(gutters, body=body)
        height = max(body - gutters.top - gutters.bottom, 1.0)
        _set_axes(axes, lines, waves, (width, height), theme)
        both = [name for name in ("Say", "Do") if name in names]
        if len(both) == 2:
            _shade_gap(axes, lines["Say"], lines["Do"], (width, height), theme)
        for number, name in reversed(list(enumerate(names))):
            _draw_line(axes, lines[name], name, number, len(names), theme)
        _name_ends(axes, lines, ends, height, theme)
    return axes


def _usual(table: pd.DataFrame) -> list[str]:
    gap = set(table.loc[table["facet"] == "gap", "measure"])  # it is the distance of the two lines
    names = [name for name in followed_measures(table) if name not in gap]
    return sorted(names, key=lambda name: {"Do": 0, "Say": 1}.get(name, 2))


def _end_names(lines: dict[str, pd.DataFrame], width: float, theme: Theme) -> list[list[str]]:
    names = []
    for number, (name, line) in enumerate(lines.items()):
        score = line["score"].astype(float).dropna()
        last = decimal(float(score.iloc[-1])) if len(score) else translated("no data")
        shown = one_line(translated(name))
        text = f"{shown} {last}" if theme.detail else shown
        names.append(wrap_lines(text, _LANE * width, theme.label, bold=number == 0))
    return names


def _set_axes(
    axes: Axes, lines: dict[str, pd.DataFrame], waves: Sequence[str], size: tuple[float, float], theme: Theme
) -> None:
    width, height = size
    columns = [c for c in ("score", "low", "high", "benchmark") if c in next(iter(lines.values()))]
    values = [float(v) for line in lines.values() for v in line[columns].astype(float).to_numpy().ravel()]
    limits = padded_limits(values, width=height, pad=1.2 * theme.mark, least=_MIN_SPAN)
    room = width / max(len(waves), 1)
    axes.set_xlim(-0.35 if len(waves) > 1 else -0.5, len(waves) - 1 + (0.12 if len(waves) > 1 else 0.5))
    every = max(math.ceil((max(text_width(w, theme.label) for w in waves) + 8) / room), 1)
    shown = [i for i in range(len(waves)) if (len(waves) - 1 - i) % every == 0]
    axes.set_xticks(shown, [one_line(waves[i]) for i in shown])
    axes.tick_params(
        axis="x", length=0, pad=max(4, 0.45 * theme.small), labelsize=theme.label, labelcolor=theme.ink
    )
    axes.set_ylim(limits)
    ticks = round_ticks(limits, width=height, pitch=3.1 * theme.small)
    height_axis(axes, ticks, tick_labels(ticks))
    set_label_fonts(axes.get_xticklabels())


def _shade_gap(
    axes: Axes, say: pd.DataFrame, do: pd.DataFrame, size: tuple[float, float], theme: Theme
) -> None:
    """Shade the distance of Say and Do, and write it at each wave."""
    width, height = size
    upper, lower = say["score"].astype(float).to_numpy(), do["score"].astype(float).to_numpy()
    places = np.arange(len(upper))
    axes.fill_between(places, lower, upper, color=theme.tint, linewidth=0, zorder=0.7)
    low, high = axes.get_ylim()
    gaps = upper - lower
    named = [sentence("Gap {gap}", gap=gap) for gap in gaps.tolist()]
    apart = width / (np.diff(axes.get_xlim())[0]) - 2.4 * theme.label  # room between two waves
    fits = all(sum(text_width(t, theme.small) for t in two) <= apart for two in pairwise(named))
    for x, (one, gap) in enumerate(zip(upper.tolist(), gaps.tolist(), strict=True)):
        distance = abs(gap) / (high - low) * height
        if math.isfinite(gap) and theme.detail and distance > 3.5 * theme.small and len(places) <= 6:
            side = "right" if x == len(places) - 1 else "center" if x else "left"
            dx = {"right": -0.8 * theme.label, "left": 0.8 * theme.label, "center": 0.0}[side]
            write_text(
                axes, named[x] if fits else decimal(gap), (x, one - gap / 2), (dx, 0), coords="data", ha=side,
                va="center_baseline", size=theme.small, color=theme.ink,
            )  # fmt: skip


def _draw_line(axes: Axes, line: pd.DataFrame, name: str, number: int, n: int, theme: Theme) -> None:
    """Draw one measure's line, intervals and marks; many lines stand a little aside so that intervals part."""
    aside = (number - (n - 1) / 2) * 0.012 * len(line) if n > 2 else 0.0
    xs = np.arange(len(line)) + aside
    score, low, high = (line[c].astype(float).to_numpy() for c in ("score", "low", "high"))
    colour = theme.colour(number)
    if "benchmark" in line:
        axes.plot(xs, line["benchmark"].astype(float), color=theme.others[0], linewidth=1.2,
                  linestyle=(0, (3, 2)), zorder=1.5)  # fmt: skip
    axes.plot(xs, score, color=colour, linewidth=0.26 * theme.mark, zorder=2)
    known = np.isfinite(low) & np.isfinite(high)
    axes.vlines(xs[known], low[known], high[known], color=colour, linewidth=0.2 * theme.mark, zorder=3)
    draw_dots(axes, xs.tolist(), score.tolist(), number, theme)
    points = zip(xs.tolist(), score.tolist(), line.index, strict=True)
    add_spots(
        axes,
        (Spot((x, x), (y, y), f"{translated(name)} {wave}:") for x, y, wave in points if math.isfinite(y)),
    )


def _name_ends(
    axes: Axes, lines: dict[str, pd.DataFrame], ends: list[list[str]], height: float, theme: Theme
) -> None:
    """Write each line's name beside its last mark, moved apart where two would meet."""
    low, high = axes.get_ylim()
    wanted = []
    for number, line in enumerate(lines.values()):
        score = line["score"].astype(float).dropna()
        last = float(score.iloc[-1]) if len(score) else (low + high) / 2
        wanted.append(((last - low) / (high - low) * height, number))
    pitch = 1.25 * theme.label
    free = -math.inf
    for y, number in sorted(wanted):
        middle = max(y, free + len(ends[number]) * pitch / 2 + 0.1 * theme.label)
        free = middle + len(ends[number]) * pitch / 2
        first = middle + (len(ends[number]) - 1) * pitch / 2
        for index, text in enumerate(ends[number]):
            write_text(
                axes, text, (1, 0), (0.9 * theme.label, first - index * pitch), va="center_baseline",
                bold=number == 0, color=theme.text_colour(number),
            )  # fmt: skip
