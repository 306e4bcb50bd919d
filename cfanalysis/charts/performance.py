"""The gap against performance over the whole range: every organization, the fitted line, the quartiles.

Quartiles discard where an organization stands within its quartile; here nothing is cut, the quartiles only shade the
background. Dots of the top quartile differ from the others in colour and in shape.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.units import GAP_UNITS, gap_digits, quartile_name, unit_words
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.gap_captions import gap_against_performance_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts
from cfanalysis.charts.plot import height_axis, value_axis, write_text
from cfanalysis.charts.scales import padded_limits, round_ticks, tick_labels
from cfanalysis.charts.spots import add_spots, dot_spots
from cfanalysis.charts.text_metrics import confidence_label, one_line, text_width, wrap_lines
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import interval_cell
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.theme.style import Theme, apply_theme, current_theme

_TOP = "Top"
_DOT = message("{quartile}, gap {gap} at {criterion}")
_MARKS = "Each mark is one {unit}; bars: quartiles’ means"
_MARK = "Each mark is one {unit}"
_SHAPE = 0.62  # height of the plot by its width, where the height is free
_MANY = 1500  # with more dots than this they are drawn as one picture, or the file grows without bound


@captioned(gap_against_performance_caption)
def gap_against_performance(slope: GapSlope, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw each organization's gap against the criterion, with the fitted line and its band.

    Parameters
    ----------
    slope
        The organizations (criterion and gap), the line on a grid and its slope, and each
        quartile's mean with its interval (dose and response).
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is the criterion, y the gap.

    Raises
    ------
    AnalysisError
        There are no organizations.
    """
    points = _points(slope)
    if not len(points):
        raise AnalysisError("There is nothing to draw: no organization has a gap and a criterion.")
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        note = _slope_lines(slope)
        gutters = Gutters(
            left=4.2 * theme.small,
            right=max(text_width(line, theme.small, bold=True) for line in note) + theme.label,
            top=4.6 * theme.small,
            bottom=3.4 * theme.small,
        )
        width = stage.width - gutters.left - gutters.right
        body = stage.body_height(width * _SHAPE + gutters.top + gutters.bottom)
        axes = stage.open(gutters, body=body)
        height = body - gutters.top - gutters.bottom
        _set_axes(axes, slope, points, (width, height), theme)
        _shade_quartiles(axes, slope, points, width, theme)
        _draw_points(axes, points, theme)
        _draw_line(axes, slope, note, height, theme)
        _draw_doses(axes, slope, theme)
    return axes


def _points(slope: GapSlope) -> pd.DataFrame:
    """Return the organizations in the order of their positions, so that none is recognized by its row in a table."""
    table = slope.organizations[["organization", "criterion", "gap", "quartile"]].dropna(
        subset=["criterion", "gap"]
    )
    table = table.astype({"criterion": float, "gap": float, "quartile": str})
    return table.sort_values(["criterion", "gap"], kind="stable", ignore_index=True)


def _slope_lines(slope: GapSlope) -> list[str]:
    estimate = slope.slope
    digits = gap_digits(estimate, slope.unit)
    known = interval_cell(estimate.low, estimate.high, digits, missing="")
    lines = [sentence("Slope {estimate:+{digits}}", vars(estimate), digits=digits)]
    if not current_theme().small_print:
        return lines
    lines.append(translated("points per SD"))
    return [*lines, confidence_label(estimate), known] if known else lines


def _set_axes(
    axes: Axes, slope: GapSlope, points: pd.DataFrame, size: tuple[float, float], theme: Theme
) -> None:
    width, height = size
    ys = [0.0, *points["gap"], *slope.line[["low", "high", "gap"]].astype(float).to_numpy().ravel()]
    xs = [*points["criterion"], *slope.line["criterion"].astype(float)]
    x_limits = padded_limits(xs, width=width, pad=theme.mark, least=1.0)
    y_limits = padded_limits(ys, width=height, pad=theme.mark, least=0.2)
    axes.set_xlim(x_limits)
    axes.set_ylim(y_limits)
    ticks = round_ticks(x_limits, width=width, pitch=6 * theme.small)
    value_axis(axes, ticks, tick_labels(ticks), top=False, grid=False)
    ticks = round_ticks(y_limits, width=height, pitch=3.1 * theme.small)
    height_axis(axes, ticks, tick_labels(ticks))
    axes.axhline(0.0, color=theme.ink, linewidth=0.8, zorder=1)
    name = one_line(translated(slope.criterion)) + ("" if slope.outcome else " (0–100)")
    gap = sentence("Gap, {unit:t}", unit=GAP_UNITS[slope.unit])
    above = (-4.2 * theme.small, 3.3 * theme.small)
    write_text(axes, gap, (0, 1), above, size=theme.small, color=theme.muted, bold=True)
    above = (above[0] + text_width(gap, theme.small, bold=True) + theme.label, above[1])
    if theme.small_print:
        text = sentence(_MARKS if len(slope.doses) else _MARK, unit=unit_words(slope.source).one)
        if above[0] + text_width(text, theme.small) <= width:
            write_text(axes, text, (0, 1), above, size=theme.small, color=theme.muted)
    write_text(axes, name, (0, 0), (0, -2.9 * theme.small), size=theme.small, color=theme.muted, bold=True)


def _shade_quartiles(axes: Axes, slope: GapSlope, points: pd.DataFrame, width: float, theme: Theme) -> None:
    """Shade the top quartile's ground, cut the others by hairlines, and name those that have room above."""
    low, high = axes.get_xlim()
    cuts = _cuts(slope, points)
    edges = [low, *cuts.values(), high]
    axes.axvspan(edges[-2] if cuts else high, high, color=theme.tint, linewidth=0, zorder=0)
    for cut in cuts.values():
        axes.axvline(cut, color=theme.rule, linewidth=0.8, zorder=0.6)
    names = [points["quartile"].iloc[0], *cuts]
    for name, (left, right) in zip(names, pairwise(edges), strict=True):
        bold = name == _TOP
        room = (right - left) / (high - low) * width - 4
        for line, text in enumerate(reversed(_fitting_name(name, room, theme, bold=bold))):
            write_text(
                axes, text, ((left + right) / 2, 1), (0, (0.6 + 1.2 * line) * theme.small),
                coords=("data", "axes fraction"), ha="center", size=theme.small,
                color=theme.accent if bold else theme.muted, bold=bold,
            )  # fmt: skip


def _fitting_name(name: str, room: float, theme: Theme, *, bold: bool) -> list[str]:
    """Return a quartile's name in one line or two, as fully as there is room; nothing if there is none."""
    for text, most in ((quartile_name(name), 1), (translated(name), 2)):
        lines = wrap_lines(text, room, theme.small, bold=bold)
        if len(lines) <= most and " ".join(lines) == text:
            return lines
    return []


def _cuts(slope: GapSlope, points: pd.DataFrame) -> dict[str, float]:
    """Return where each quartile but the lowest begins, midway between two neighbours; the top one's is given."""
    ends = points.groupby("quartile", sort=False)["criterion"].agg(["min", "max"]).sort_values("min")
    middles = (ends["min"].to_numpy(float)[1:] + ends["max"].to_numpy(float)[:-1]) / 2
    cuts = dict(zip(map(str, ends.index[1:]), middles.tolist(), strict=True))
    if _TOP in cuts:
        cuts[_TOP] = float(slope.cut)
    return cuts


def _draw_points(axes: Axes, points: pd.DataFrame, theme: Theme) -> None:
    """Draw the rest first and the top quartile over it."""
    # Imported here: it takes a second, which client reports, without this chart, need not spend.
    import seaborn as sns

    diameter = theme.mark * float(np.clip(math.sqrt(60 / len(points)), 0.45, 0.75))
    is_top = points["quartile"] == _TOP
    for part, number_of_set in ((points[~is_top], 1), (points[is_top], 0)):
        sns.scatterplot(
            data=part, x="criterion", y="gap", color=theme.colour(number_of_set), ax=axes, legend=False,
            marker=theme.marker(number_of_set), s=(diameter * theme.marker_size(number_of_set)) ** 2,
            alpha=0.75, linewidth=0.3, edgecolor=theme.paper, zorder=2, rasterized=len(part) > _MANY,
        )  # fmt: skip
    axes.set_xlabel("")
    axes.set_ylabel("")
    places = points[["criterion", "gap"]].to_numpy()
    add_spots(axes, dot_spots(points.assign(quartile=points["quartile"].map(quartile_name)), places, _DOT))


def _draw_line(axes: Axes, slope: GapSlope, note: list[str], height: float, theme: Theme) -> None:
    """Draw the line with its band, and write its slope beside its end."""
    line = slope.line.astype(float)
    axes.fill_between(
        line["criterion"], line["low"], line["high"], color=theme.finding, alpha=0.16, linewidth=0, zorder=2.5
    )
    axes.plot(line["criterion"], line["gap"], color=theme.finding, linewidth=0.24 * theme.mark, zorder=3)
    if not len(line):
        return
    low, high = axes.get_ylim()
    pitch = 1.3 * theme.small
    end = (float(line["gap"].iloc[-1]) - low) / (high - low) * height
    y = float(np.clip(end + pitch * 0.4, pitch * (len(note) - 1), max(height - pitch, 0.0)))
    for number_of_line, text in enumerate(note):
        first = number_of_line == 0
        place = (0.6 * theme.label, y - number_of_line * pitch)
        colour = theme.finding if first else theme.muted
        write_text(axes, text, (1, 0), place, size=theme.small, color=colour, bold=first)


def _draw_doses(axes: Axes, slope: GapSlope, theme: Theme) -> None:
    """Draw each quartile's mean gap with its interval: whether the line bends, and whether it needs the top."""
    doses = slope.doses[["criterion", "gap", "low", "high"]].astype(float).dropna(subset=["criterion", "gap"])
    known = doses.dropna()
    ink: dict[str, Any] = {"color": theme.ink, "zorder": 4}
    axes.vlines(known["criterion"], known["low"], known["high"], linewidth=0.2 * theme.mark, **ink)
    axes.plot(
        doses["criterion"], doses["gap"], marker="D", markersize=0.78 * theme.mark, linestyle="none",
        markeredgecolor=theme.paper, markeredgewidth=0.1 * theme.mark, **ink,
    )  # fmt: skip
