"""The curve of all specifications: the estimates sorted, and below each the choices that led to it.

Simonsohn, U., Simmons, J. P., and Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour 4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from cfanalysis.analyses.units import GAP_UNITS
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.forest_captions import specification_curve_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts, omitted_rows_text, readable_plan
from cfanalysis.charts.plot import size_in_points, write_text
from cfanalysis.charts.scales import Limits, padded_limits, round_ticks, tick_labels
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import one_line, text_width
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, series, translated
from cfanalysis.core.templates import clauses, sentence
from cfanalysis.theme.style import Theme, apply_theme

if TYPE_CHECKING:
    from cfanalysis.analyses.robustness import Robustness, SpecificationCurve

_CURVE, _LOW_CURVE = 17.0, 11.0  # height of the curve, in label sizes; and where the height is given
_MIN_SPAN = 0.1
_CHOICES = {
    "criterion": message("Criterion"),
    "cut": message("Cut"),
    "wave": message("Wave"),
    "weights": message("Weights"),
}
_OMITTED = message("… {n} of {all} choices are not shown here …")


@dataclass(frozen=True)
class _Line:
    """One option of a choice, `y` points from the top; a heading has no option."""

    text: str
    choice: str
    option: str
    y: float


@dataclass(frozen=True)
class _Plan:
    """Where everything stands, for one size of letters."""

    theme: Theme
    lines: list[_Line]
    curve: float
    gutters: Gutters

    @property
    def bottom(self) -> float:
        return self.lines[-1].y + self.theme.label if self.lines else self.curve

    @property
    def height(self) -> float:
        return self.gutters.top + self.bottom


@captioned(specification_curve_caption)
def specification_curve(robustness: Robustness, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw all specifications of the raw contrast, smallest first, with their choices below.

    Filled marks are specifications whose criterion holds no item of the gap; hollow squares cut on the overall score
    and cannot test the claim.

    Parameters
    ----------
    robustness
        Its `specifications` are drawn.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x counts specifications from 0, y points from the top.

    Raises
    ------
    AnalysisError
        There is no specification.
    """
    curve = robustness.specifications
    if not len(curve.frame):
        raise AnalysisError("There is nothing to draw: no specification could be computed.")
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        choices = _choices(curve) if theme.small_print and not theme.labels_above else []
        plan = _plan(choices, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = readable_plan(
                lambda smaller, shown: _plan(choices, smaller, shown=shown, curve=_LOW_CURVE), theme, body,
                rows=len(choices), fewest=0,
            )  # fmt: skip
        with apply_theme(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            limits = _limits(curve.frame, plan.curve)
            axes.set(xlim=(-1, len(curve.frame)), ylim=(plan.bottom, 0), xticks=[], yticks=[])
            _draw_scale(axes, plan, limits, curve.unit)
            _draw_estimates(axes, curve.frame, plan, limits)
            _draw_choices(axes, curve.frame, plan)
    return axes


def _choices(curve: SpecificationCurve) -> list[tuple[str, tuple[str, ...]]]:
    """Return the choices that were made in more than one way, with their options."""
    return [(choice, tuple(options)) for choice, options in curve.options.items() if len(options) > 1]


def _plan(
    choices: list[tuple[str, tuple[str, ...]]],
    theme: Theme,
    *,
    shown: int | None = None,
    curve: float = _CURVE,
) -> _Plan:
    """Return where everything stands at the letter sizes of a theme, with the first `shown` choices."""
    height, pitch = curve * theme.label, 1.4 * theme.label
    kept = choices[:shown]
    lines: list[_Line] = []
    y = height
    for choice, options in kept:
        y += 1.9 * theme.label
        lines.append(_Line(translated(_CHOICES[choice]), choice, "", y))
        for option in options:
            y += pitch
            lines.append(_Line(one_line(translated(option)), choice, option, y))
    if len(kept) < len(choices):
        y += 1.9 * theme.label
        lines.append(_Line(omitted_rows_text(len(choices) - len(kept), len(choices), _OMITTED), "", "", y))
    widest = max([text_width(line.text, theme.label) for line in lines if line.choice] or [4 * theme.label])
    return _Plan(theme, lines, height, Gutters(left=widest + theme.label, top=1.6 * theme.label))


def _limits(frame: pd.DataFrame, height: float) -> Limits:
    values = [0.0, *frame["estimate"], *frame["low"], *frame["high"]]
    return padded_limits([float(v) for v in values], width=height, pad=4, least=_MIN_SPAN)


def _y(value: float, limits: Limits, height: float) -> float:
    """Return where a value stands in the curve, points from the top."""
    return (limits[1] - value) / (limits[1] - limits[0]) * height


def _draw_scale(axes: Axes, plan: _Plan, limits: Limits, unit: str) -> None:
    """Draw hairlines with their values, zero in ink, and name the measure above."""
    theme = plan.theme
    ticks = round_ticks(limits, width=plan.curve, pitch=3 * theme.small)
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        y = _y(tick, limits, plan.curve)
        zero = math.isclose(tick, 0, abs_tol=1e-12)
        axes.axhline(y, color=theme.ink if zero else theme.rule, linewidth=0.8 if zero else 0.6, zorder=0.5)
        write_text(
            axes, label, (0, y), (-0.5 * theme.small, 0), coords=("axes fraction", "data"), ha="right",
            va="center_baseline", size=theme.small, color=theme.muted,
        )  # fmt: skip
    measure = sentence("Rest minus top, {unit:t}", unit=GAP_UNITS[unit])
    write_text(
        axes, measure, (0, 1), (-plan.gutters.left, 0.7 * theme.label), size=theme.small, color=theme.muted,
        bold=True,
    )  # fmt: skip


def _draw_estimates(axes: Axes, frame: pd.DataFrame, plan: _Plan, limits: Limits) -> None:
    theme = plan.theme
    size = min(0.6 * theme.mark, 0.7 * _column(axes, frame))
    for circular in (True, False):
        part = frame[frame["circular"] == circular]
        colour = theme.others[0] if circular else theme.accent
        xs = [float(x) for x in part.index]
        whole = part.dropna(subset=["low", "high"])
        bars = [
            [(float(x), _y(low, limits, plan.curve)), (float(x), _y(high, limits, plan.curve))]
            for x, low, high in zip(whole.index, whole["low"], whole["high"], strict=True)
        ]
        axes.add_collection(LineCollection(bars, colors=colour, linewidths=0.35 * size, alpha=0.6, zorder=2))
        axes.plot(
            xs, [_y(float(v), limits, plan.curve) for v in part["estimate"]], linestyle="none", color=colour,
            marker=theme.marker(int(circular)), markersize=size, zorder=3, markeredgewidth=0.25 * size,
            markerfacecolor=theme.paper if circular else colour,
        )  # fmt: skip

    add_spots(axes, _specifications(frame, plan))


def _specifications(frame: pd.DataFrame, plan: _Plan) -> Iterator[Spot]:
    """Yield each specification's column with its estimate and its choices."""
    choices = [choice for choice in dict.fromkeys(line.choice for line in plan.lines) if choice]
    estimates = clauses("{estimate:+} ({low} to {high})", frame)
    for x, estimate, chosen in zip(frame.index, estimates, frame[choices].to_numpy(), strict=True):
        text = series([estimate, *map(translated, chosen)])
        yield Spot((x - 0.5, x + 0.5), (0, plan.bottom), text=text)


def _column(axes: Axes, frame: pd.DataFrame) -> float:
    """Return the width of a specification's column, points."""
    return size_in_points(axes)[0] * axes.get_position().width / (len(frame) + 1)


def _draw_choices(axes: Axes, frame: pd.DataFrame, plan: _Plan) -> None:
    """Write the options and mark, in each column, those that were chosen."""
    theme = plan.theme
    size = min(0.5 * theme.mark, 0.7 * _column(axes, frame))
    for line in plan.lines:
        heading = bool(line.choice) and not line.option
        write_text(
            axes, line.text, (0, line.y), (-plan.gutters.left, 0), coords=("axes fraction", "data"),
            va="center_baseline", bold=heading, color=theme.ink if heading else theme.muted,
        )  # fmt: skip
        if not line.option:
            continue
        axes.axhline(line.y, color=theme.rule, linewidth=0.4, zorder=0.5)
        for circular in (True, False):
            chosen = frame[(frame[line.choice] == line.option) & (frame["circular"] == circular)]
            colour = theme.others[0] if circular else theme.accent
            axes.plot(
                [float(x) for x in chosen.index], [line.y] * len(chosen), linestyle="none", color=colour,
                marker=theme.marker(int(circular)), markersize=size, zorder=3, markeredgewidth=0.2 * size,
                markerfacecolor=theme.paper if circular else colour,
            )  # fmt: skip
