"""The gap aspect by aspect, and how roles see it: estimates with intervals, the sets of a row below each other."""

from __future__ import annotations

import math
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.aspect_gaps import AspectGaps
from cfanalysis.analyses.roles import RoleEffects
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.gap_captions import gap_by_aspect_caption
from cfanalysis.charts.captions.score_captions import role_differences_caption
from cfanalysis.charts.chart_layout import chart_texts
from cfanalysis.charts.few_rows import compared_options, surest_options
from cfanalysis.charts.key import counted_group
from cfanalysis.charts.marks import draw_dots, draw_intervals, key_dot
from cfanalysis.charts.number_card import group_numbers
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.scales import Limits, extend_limits, padded_limits
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal, interval_cell
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence

_MIN_SPAN = 8.0  # score points: a difference smaller than this never fills the plot
_FACETS = {"say": message("Say"), "do": message("Do"), "gap": message("Say-Do gap")}


@captioned(gap_by_aspect_caption, RowSelection("aspect", card=group_numbers("gap")))
def gap_by_aspect(
    gaps: AspectGaps, *, ax: Axes | None = None, limits: Limits | None = None, **own: Unpack[Own]
) -> Axes:
    """Draw the gap of each aspect with its interval, the top quartile above the rest.

    Parameters
    ----------
    gaps
        One row per aspect and group, 0-100, in the order in which they are drawn.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).
    limits
        Ends of the gap axis, e.g. to compare two charts; widened where a value lies outside.

    Returns
    -------
    matplotlib.axes.Axes
        x is the gap, y counts points from the top; the ticks are the aspects. 0 is always within.

    Raises
    ------
    AnalysisError
        There are no aspects.
    """
    table = gaps.frame
    groups = [group for group in gaps.groups if (table["group"] == group).any()]
    keys = [counted_group(group, table.loc[table["group"] == group, "n"]) for group in groups]
    rows, lanes = [], []
    for _, part in table.groupby("aspect", sort=False):
        by_group = part.drop_duplicates("group").set_index("group")
        lines = [_estimate(by_group, group, "gap") for group in groups]
        lanes.append(lines)
        asides = tuple((decimal(line[0], 1),) for line in lines)
        rows.append(Row(str(part["title"].iloc[0]), asides))
    sheet = RowChart(tuple(rows), chart_texts(own), heads=(translated("Gap"),), keys=tuple(keys), lane=1.45)
    with row_plot(sheet, ax, key_mark=key_dot) as plot:
        _draw(plot, lanes, limits)
    return plot.axes


@captioned(role_differences_caption, RowSelection(compared_options, surest_options))
def role_differences(roles: RoleEffects, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw how much higher or lower each role rates than its colleagues of the reference role.

    Parameters
    ----------
    roles
        One row per field, option and facet: the effect against the field's last option, with its interval. The first
        field is drawn.
    ax, **own
        As for `gap_by_aspect`.

    Returns
    -------
    matplotlib.axes.Axes
        x is the difference, 0-100; y counts points from the top. Each option has a lane for Say, Do and gap.

    Raises
    ------
    AnalysisError
        There are no effects.
    """
    if not len(roles.frame):
        raise AnalysisError("There is nothing to draw: there are no roles.")
    first = roles.frame[roles.frame["field"] == roles.frame["field"].iloc[0]]
    table = roles.source.with_shown_options(first)
    reference = table["option"].iloc[-1]
    facets = [facet for facet in ("gap", "say", "do") if (table["facet"] == facet).any()]
    rows, lanes = [], []
    for option, part in table[table["option"] != reference].groupby("option", sort=False):
        by_facet = part.set_index("facet")
        lines = [_estimate(by_facet, facet, "effect") for facet in facets]
        asides = tuple(
            (decimal(v, 1, signed=True), interval_cell(low, high, 1, missing="")) for v, low, high in lines
        )
        rows.append(Row(sentence("{option} against {reference}", option=option, reference=reference), asides))
        lanes.append(lines)
    sheet = RowChart(
        tuple(rows), chart_texts(own), heads=(translated("Difference"), translated("95% interval")),
        keys=tuple(translated(_FACETS[facet]) for facet in facets), lane=1.45,
    )  # fmt: skip
    with row_plot(sheet, ax, key_mark=key_dot) as plot:
        _draw(plot, lanes, None, signed=True)
    return plot.axes


def _estimate(by: pd.DataFrame, key: str, column: str) -> tuple[float, float, float]:
    """Return an estimate and its ends; NaN where there is none."""
    if key not in by.index:
        return math.nan, math.nan, math.nan
    value, low, high = (float(by[name].astype(float)[key]) for name in (column, "low", "high"))
    return value, low, high


def _draw(
    plot: RowPlot,
    lanes: list[list[tuple[float, float, float]]],
    limits: Limits | None,
    *,
    signed: bool = False,
) -> None:
    """Draw estimates with intervals in their lanes, and a line at 0."""
    values = [0.0, *(value for lines in lanes for line in lines for value in line)]
    fitted = padded_limits(values, width=plot.width, pad=plot.theme.mark, least=_MIN_SPAN)
    plot.value_axis(fitted if limits is None else extend_limits(limits, values), zero=True, signed=signed)
    for number in reversed(range(len(lanes[0]))):
        ys = [placed.lanes[number] for placed in plot.positions]
        lines = [lanes[placed.index][number] for placed in plot.positions]
        colour = plot.theme.colour(number)
        draw_intervals(
            plot.axes, [line[1] for line in lines], [line[2] for line in lines], ys, colour, plot.theme
        )
        draw_dots(plot.axes, [line[0] for line in lines], ys, number, plot.theme)
