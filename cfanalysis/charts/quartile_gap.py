"""The gap in each quartile of performance: an estimation plot.

Each organization is a dot; below the dots stand the quartile's mean and its interval. The last row is the
estimate that matters, the rest's mean minus the top quartile's, on an axis of differences whose zero lies at
the top quartile's mean (Gardner and Altman 1986; Ho et al. 2019, *Nature Methods* 16:565).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from operator import add
from typing import Any, NamedTuple, Unpack

from matplotlib.axes import Axes

from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import gap_digits, quartile_name, unit_words
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.gap_captions import quartile_gap_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts, fitting_plan
from cfanalysis.charts.plot import figure_of, value_axis, write_text
from cfanalysis.charts.scales import Limits, extend_limits, padded_limits, round_ticks, tick_labels
from cfanalysis.charts.spots import Spot, add_spots, dot_spots
from cfanalysis.charts.swarm import swarms
from cfanalysis.charts.text_metrics import confidence_label, text_width
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal, interval_cell, whole_number
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.theme.style import Theme, apply_theme

_TOP = "Top"
_DOT = message("{quartile}, gap {gap}")
_MANY = 1500  # with more dots than this they are drawn as one picture, or the file grows without bound


class _Row(NamedTuple):
    """A quartile, or the difference: an estimate and the ends of its interval, NaN where there is none."""

    name: str
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Plan:
    """Rows and gutters at one size of letters; heights in points from the top of the plot."""

    theme: Theme
    quartiles: list[_Row]
    difference: _Row
    digits: int
    row: float
    last: float
    gutters: Gutters

    @property
    def rows(self) -> float:
        return self.end + self.last

    @property
    def end(self) -> float:
        return len(self.quartiles) * self.row

    @property
    def top_mean(self) -> float:
        return next((row.value for row in self.quartiles if row.name == _TOP), math.nan)

    @property
    def height(self) -> float:
        return self.gutters.top + self.rows + self.gutters.bottom


@captioned(quartile_gap_caption)
def quartile_gap(
    gaps: QuartileGaps, *, ax: Axes | None = None, limits: Limits | None = None, **own: Unpack[Own]
) -> Axes:
    """Draw the gap of each organization by quartile, the means, and the rest's difference from the top.

    Parameters
    ----------
    gaps
        The gap in each quartile, top quartile first.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).
    limits
        Ends of the gap axis, e.g. to compare two charts; widened where a value lies outside. None fits them
        to the values and to 0.

    Returns
    -------
    matplotlib.axes.Axes
        x is the gap; y counts points from the top. A child of it is the axis of differences.

    Raises
    ------
    AnalysisError
        There are no quartiles.
    """
    if not len(gaps.frame):
        raise AnalysisError("There is nothing to draw: the result has no quartiles.")
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        plan = _plan(gaps, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = fitting_plan(partial(_plan, gaps, tight=True), theme, body)
        with apply_theme(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            width = stage.width - plan.gutters.left - plan.gutters.right
            _set_axes(axes, plan, _limits(gaps, plan, width, limits), width)
            _write_heads(axes, plan, gaps)
            for index, row in enumerate(plan.quartiles):
                _draw_quartile(axes, plan, index, row)
            _draw_difference(axes, plan, width)
            _draw_dots(axes, gaps, plan, width)
    return axes


def _plan(gaps: QuartileGaps, theme: Theme, *, tight: bool = False) -> _Plan:
    """Return where everything stands at the letter sizes of a theme."""
    columns = gaps.frame[["gap", "low", "high"]].astype(float).to_numpy()
    names, counts = gaps.frame["quartile"].astype(str), gaps.frame["n"].astype(int)
    rows = [_Row(name, n, *values) for name, n, values in zip(names, counts, columns.tolist(), strict=True)]
    delta = gaps.delta
    low, high = (math.nan if end is None else float(end) for end in (delta.low, delta.high))
    difference = _Row(translated("Difference"), gaps.n, float(delta.estimate), low, high)
    left = [text_width(translated(row.name), theme.label, bold=True) for row in (*rows, difference)]
    left.append(text_width(translated("no organizations"), theme.small))
    digits = gap_digits(delta, gaps.unit)
    right = [text_width(decimal(row.value, digits, signed=True), theme.label, bold=True) for row in rows]
    if theme.small_print:
        right += [
            text_width(interval_cell(row.low, row.high, digits, missing=""), theme.small)
            for row in (*rows, difference)
        ]
        right.append(text_width(confidence_label(delta), theme.small))
    gutters = Gutters(
        left=max(left) + theme.label,
        right=max(right) + theme.label,
        top=(3.1 if theme.small_print else 1.8) * theme.small,
        bottom=(3.2 if theme.small_print else 1.8) * theme.small,
    )
    row, last = (5.4, 4.0) if not tight else (3.7, 3.0) if theme.small_print else (2.5, 2.0)
    return _Plan(theme, rows, difference, digits, row * theme.label, last * theme.label, gutters)


def _limits(gaps: QuartileGaps, plan: _Plan, width: float, wanted: Limits | None) -> Limits:
    """Return ends of the gap axis that hold every dot, every interval, and 0."""
    values = [0.0, *(value for row in plan.quartiles for value in row[2:])]
    values += [plan.top_mean + value for value in plan.difference[2:]]
    values += gaps.organizations["gap"].astype(float).tolist()
    if wanted is not None:
        return extend_limits(wanted, values)
    return padded_limits(values, width=width, pad=plan.theme.mark, least=0.2)


def _set_axes(axes: Axes, plan: _Plan, limits: Limits, width: float) -> None:
    """Show the gap axis above the quartiles, whose hairlines end where the difference begins."""
    theme = plan.theme
    axes.set_xlim(limits)
    ticks = round_ticks(limits, width=width, pitch=5.5 * theme.small)
    value_axis(axes, ticks, tick_labels(ticks), top=True, grid=False)
    axes.vlines(ticks, 0, plan.end, color=theme.rule, linewidth=0.6, zorder=0.5)
    axes.vlines([0.0], 0, plan.end, color=theme.ink, linewidth=0.8, zorder=0.6)
    axes.set_yticks([])
    axes.set_ylim(plan.rows, 0)
    left, right = -plan.gutters.left / width, 1 + plan.gutters.right / width
    for index in range(1, len(plan.quartiles)):
        axes.axhline(
            index * plan.row, left, right, color=theme.rule, linewidth=0.6, clip_on=False, zorder=0.5
        )
    axes.axhline(plan.end, left, right, color=theme.muted, linewidth=0.8, clip_on=False, zorder=0.5)


def _write_heads(axes: Axes, plan: _Plan, gaps: QuartileGaps) -> None:
    """Write above the plot what a dot is and what the numbers are."""
    theme, gutters = plan.theme, plan.gutters
    dot = sentence("Each dot is one {unit}", unit=unit_words(gaps.source).one)
    mean = translated("Mean")
    range_name = confidence_label(gaps.delta)
    upper, lower = 1.85 * theme.small, 0.5 * theme.small
    look: dict[str, Any] = {"size": theme.small, "color": theme.muted}
    if not theme.small_print:
        return
    write_text(axes, dot, (0, 1), (-gutters.left, upper), **look)
    write_text(axes, mean, (1, 1), (gutters.right, upper), ha="right", bold=True, **look)
    write_text(axes, range_name, (1, 1), (gutters.right, lower), ha="right", **look)


def _draw_dots(axes: Axes, gaps: QuartileGaps, plan: _Plan, width: float) -> None:
    """Draw the organizations of each quartile as a swarm in the upper part of its row."""
    table, theme = gaps.organizations.dropna(subset=["gap"]), plan.theme
    quartiles, values = table["quartile"].astype(str), table["gap"].to_numpy(dtype=float)
    low, high = axes.get_xlim()
    unit = plan.rows / _height(axes)
    drawn, diameter = swarms(
        [values[quartiles == row.name] for row in plan.quartiles],
        scale=width / (high - low),
        room=0.32 * plan.row / unit,
        diameters=[theme.mark * share for share in (0.66, 0.56, 0.48, 0.42, 0.33)],
    )
    for index, (row, swarm) in enumerate(zip(plan.quartiles, drawn, strict=True)):
        centre = (index + 0.39) * plan.row
        axes.scatter(
            swarm.values, centre - swarm.steps * unit, s=(0.94 * diameter) ** 2, alpha=0.6, linewidth=0,
            color=theme.colour(0 if row.name == _TOP else 1), zorder=2, rasterized=len(swarm.values) > _MANY,
        )  # fmt: skip
        part = table[quartiles == row.name].iloc[swarm.order].assign(quartile=quartile_name(row.name))
        points = zip(swarm.values, centre - swarm.steps * unit, strict=True)
        add_spots(axes, dot_spots(part, points, _DOT))


def _height(axes: Axes) -> float:
    return float(axes.get_window_extent().height) * 72 / figure_of(axes).dpi


def _draw_quartile(axes: Axes, plan: _Plan, index: int, row: _Row) -> None:
    """Draw mean and interval below a row's dots, and in the gutters name, n and numbers."""
    theme, top = plan.theme, row.name == _TOP
    y, colour = (index + 0.84) * plan.row, theme.accent if top else theme.muted
    _draw_estimate(axes, row, y, 0.0, plan, colour=colour, marker="o")
    add_spots(axes, [Spot(None, (index * plan.row, (index + 1) * plan.row), quartile_name(row.name))])
    count = f"n = {whole_number(row.n)}" if row.n else translated("no organizations")
    numbers = decimal(row.value, plan.digits), interval_cell(row.low, row.high, plan.digits, missing="")
    text = theme.accent if top else theme.ink
    _write_gutters(axes, plan, (index + 0.5) * plan.row, (translated(row.name), count), numbers, colour=text)


def _draw_estimate(
    axes: Axes, row: _Row, y: float, zero: float, plan: _Plan, *, colour: str, marker: str
) -> None:
    """Draw an estimate with its interval, measured from `zero`; what does not exist is left out."""
    mark = plan.theme.mark
    if not math.isfinite(zero + row.value):
        return
    if math.isfinite(row.low + row.high):
        axes.plot([zero + row.low, zero + row.high], [y, y], color=colour, linewidth=0.24 * mark, zorder=3)
    edge: dict[str, Any] = {"markeredgecolor": plan.theme.paper, "markeredgewidth": 0.1 * mark}
    axes.plot([zero + row.value], [y], marker, markersize=mark, color=colour, zorder=4, **edge)


def _write_gutters(
    axes: Axes, plan: _Plan, y: float, left: tuple[str, str], right: tuple[str, str], *, colour: str
) -> None:
    """Write two lines on each side of a row, the first bold, the second small."""
    theme = plan.theme
    sides = ((0, -plan.gutters.left, "left", left), (1, plan.gutters.right, "right", right))
    for corner, x, ha, (first, second) in sides:
        place: dict[str, Any] = {"corner": (corner, y), "coords": ("axes fraction", "data"), "ha": ha}
        shown = bool(second) and theme.small_print
        up = 0.15 * theme.label if shown else -0.35 * theme.label
        write_text(axes, first, offset=(x, up), bold=True, color=colour, **place)
        if shown:
            write_text(
                axes, second, offset=(x, -1.15 * theme.small), size=theme.small, color=theme.muted, **place
            )


def _draw_difference(axes: Axes, plan: _Plan, width: float) -> None:
    """Draw the last row: the rest's mean minus the top quartile's, measured from the top quartile's mean."""
    theme, row, top = plan.theme, plan.difference, plan.top_mean
    y = plan.end + plan.last / 2
    numbers = (
        decimal(row.value, plan.digits, signed=True),
        interval_cell(row.low, row.high, plan.digits, missing=""),
    )
    _write_gutters(axes, plan, y, (row.name, translated("rest − top")), numbers, colour=theme.finding)
    add_spots(axes, [Spot(None, (plan.end, plan.rows), translated("rest minus top"))])
    if not math.isfinite(top + row.value):
        return
    line: dict[str, Any] = {"color": theme.accent, "linewidth": 0.9, "linestyle": (0, (3, 2))}
    axes.vlines([top], 0.84 * plan.row, plan.rows, zorder=1, **line)
    _draw_estimate(axes, row, y, top, plan, colour=theme.finding, marker="D")
    _difference_axis(axes, top, plan, width)


def _difference_axis(axes: Axes, top: float, plan: _Plan, width: float) -> None:
    """Show the axis of differences, whose zero lies at the top quartile's mean, below the last row."""
    theme, (low, high) = plan.theme, axes.get_xlim()
    ticks = round_ticks((low - top, high - top), width=width, pitch=5.5 * theme.small)
    below = axes.secondary_xaxis("bottom", functions=(partial(add, -top), partial(add, top)))
    below.set_xticks(ticks, tick_labels(ticks, signed=True))
    below.spines["bottom"].set_visible(False)
    below.tick_params(axis="x", length=0, pad=2, labelsize=theme.small, labelcolor=theme.muted)
    text, y = translated("Difference from the top quartile’s mean"), -2.6 * theme.small
    if not theme.small_print:
        return
    write_text(axes, text, (0, 0), (-plan.gutters.left, y), size=theme.small, color=theme.muted)
