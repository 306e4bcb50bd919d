"""Many estimates side by side: a forest of intervals.

Each row is an estimate with its interval; zero stands at the same place throughout. Several sections of one unit have
their axis above the first heading, as in other charts of rows; one of a unit of its own has it below its heading. A
filled mark is a row to look at first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Unpack

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.forest_rows import ForestRows
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.forest_captions import forest_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts, omitted_rows_text, readable_plan
from cfanalysis.charts.few_rows import own_rows, whole_sections
from cfanalysis.charts.number_card import estimate_number
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.scales import Limits, round_ticks, tick_labels
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import label_column, one_line, text_width, wrap_lines
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal, interval_cell
from cfanalysis.core.language import translated
from cfanalysis.theme.style import Theme, apply_theme

_MIN_SPAN = 0.1  # in the unit: smaller differences never fill the plot
_NARROW = 0.1  # width of an interval that needs a third decimal
_WIDE = 2.0  # width of an interval that needs no second one
_APART = 1.25  # from a wide heading to the numbers of the axis below it, in label sizes
_LIFT = 0.35  # of a heading and of the numbers of an axis above their rows, in sizes of small letters
_LABEL_LINE = 1.25  # pitch of a label's lines, in label sizes


@dataclass(frozen=True)
class _Row:
    """One estimate; `y` points from the top, scaled so that its unit's limits are -1 and 1 at most."""

    lines: list[str]
    estimate: float
    low: float
    high: float
    strong: bool
    y: float
    text: str


@dataclass(frozen=True)
class _Section:
    """Rows under one heading and in one unit; `top` and `ends` are where its rows begin and end.

    A `ticked` section has an axis of its own; `head` are the lines of the heading, the first so many lines above that.
    """

    heading: str
    unit: str
    rows: list[_Row]
    top: float
    ends: float
    ticked: bool
    head: list[str]
    lifted: int


@dataclass(frozen=True)
class _Plan:
    """Where everything stands, for one size of letters; the axis of the first `shared` sections stands above them."""

    theme: Theme
    sections: list[_Section]
    gutters: Gutters
    shared: int
    left_out: tuple[str, float] | None = None

    @property
    def height(self) -> float:
        return self.gutters.top + self.sections[-1].ends + self.gutters.bottom


@captioned(forest_caption, RowSelection(own_rows, whole_sections, card=estimate_number, counted=True))
def forest(rows: ForestRows, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw estimates with their intervals, row by row under their headings.

    Parameters
    ----------
    rows
        The estimates in order; consecutive rows of one group stand under one heading and share a unit.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width, as high
        as the rows need.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        Its y axis counts points from the top. x is the estimate in the unit of the first section; sections in
        other units are drawn to their own scale with the same zero.

    Raises
    ------
    AnalysisError
        There are no rows, or one heading holds two units.
    """
    if not len(rows.frame):
        raise AnalysisError("There is nothing to draw: there are no estimates.")
    if rows.frame.groupby("group")["unit"].nunique().gt(1).any():
        raise AnalysisError("Rows under one heading have different units.")
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        plan = _plan(rows, stage.width, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = readable_plan(
                lambda smaller, shown: _plan(rows, stage.width, smaller, shown),
                theme,
                body,
                rows=len(rows.frame),
            )
        with apply_theme(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            _set_axes(axes, plan, rows, stage.width - plan.gutters.left - plan.gutters.right)
    return axes


def _plan(rows: ForestRows, width: float, theme: Theme, shown: int | None = None) -> _Plan:
    """Return where everything stands at the letter sizes of a theme, with at most `shown` rows: first and last."""
    n = len(rows.frame)
    kept = n if shown is None else min(shown, n)
    first = math.ceil(kept / 2) if kept < n else n
    upper, lower = rows.frame.head(first), rows.frame.tail(kept - first if kept < n else 0)
    labels = [
        (one_line(translated(str(label))), True)
        for column in ("label", "group")
        for label in rows.frame[column]
    ]
    label_width = width if theme.labels_above else label_column(labels, width, theme.label)
    sections: list[_Section] = []
    units = [part["unit"].iloc[0] for _, part in rows.frame.groupby("group", sort=False)]
    above = set(units[:2]) == {units[0]}
    y, unit, left_out = 0.0, units[0] if above else None, None
    for table in (upper, lower):
        if table is lower and kept < n:
            left_out = omitted_rows_text(n - kept, n), y + 0.9 * theme.label
            y += 1.8 * theme.label
        for group, part in table.groupby("group", sort=False):
            ticked = part["unit"].iloc[0] != unit
            unit = part["unit"].iloc[0]
            heading = translated(str(group))
            heading = "" if sections and sections[-1].heading == one_line(heading) else heading
            sections.append(
                _section(heading, part, y, label_width, theme, width=width, ticked=ticked, signed=rows.signed)
            )
            y = sections[-1].ends
    texts = [row.text for section in sections for row in section.rows]
    gutters = Gutters(
        left=1.2 * theme.small if theme.labels_above else label_width + theme.label,
        right=max(text_width(text, theme.small, bold=True) for text in texts) + theme.label,
        top=0.3 * theme.label + above * (theme.labels_above * _APART * theme.label + 1.4 * theme.small),
        bottom=0.2 * theme.label,
    )
    shared = len(list(takewhile(lambda section: section.unit == units[0], sections))) if above else 0
    return _Plan(theme, sections, gutters, shared, left_out)


def _section(
    group: str,
    part: pd.DataFrame,
    begins: float,
    label_width: float,
    theme: Theme,
    *,
    width: float,
    ticked: bool,
    signed: bool,
) -> _Section:
    """Return one heading's rows, each as high as its label."""
    records = part.to_dict(orient="records")
    # A heading that is wider than the labels stands above the numbers of its axis.
    head = wrap_lines(one_line(group), width, theme.label, bold=True) or [""]
    written = text_width(head[0], theme.label, bold=True)
    within = not theme.labels_above and written <= label_width + 0.5 * theme.label
    lifted = len(head) - 1 + int(ticked and not within and bool(group))
    above = (2.9 if group and begins else 2.0 if group or ticked else 0.5) + _APART * lifted
    y = top = begins + above * theme.label
    decimals = _decimals(part)
    rows = []
    for record in records:
        lines = wrap_lines(one_line(translated(str(record["label"]))), label_width, theme.label)
        above = _LABEL_LINE * len(lines) * theme.label if theme.labels_above else 0.0
        height = above + max(1.75, 0.0 if above else _LABEL_LINE * len(lines) + 0.5) * theme.label
        estimate, low, high = (float(record[name]) for name in ("estimate", "low", "high"))
        ends = interval_cell(low, high, decimals, missing="")
        text = decimal(estimate, decimals, signed=signed) + (f" ({ends})" if ends else "")
        text = text if theme.detail else ""
        rows.append(_Row(lines, estimate, low, high, bool(record["strong"]), y + (above + height) / 2, text))
        y += height
    return _Section(
        one_line(group), str(records[0]["unit"]), rows, top, y + 0.2 * theme.label, ticked, head, lifted
    )


def _decimals(part: pd.DataFrame) -> int:
    """Return how many decimals the narrowest interval needs: three below a width of .1, one from a width of 2 on."""
    width = (part["high"] - part["low"]).min()
    return 3 if width < _NARROW else 1 if width >= _WIDE else 2


def _set_axes(axes: Axes, plan: _Plan, rows: ForestRows, width: float) -> None:
    """Draw sections, each unit to its own scale around the same zero."""
    theme = plan.theme
    scales = {unit: _limits(plan, unit) for unit in dict.fromkeys(s.unit for s in plan.sections)}
    first = scales[plan.sections[0].unit]
    # One place of zero for all units: the fraction of the width that the unit with the most negatives needs.
    zero = max(-low / (high - low) for low, high in scales.values())
    axes.set_xlim(-zero * _span(first, zero), (1 - zero) * _span(first, zero))
    axes.set(xticks=[], yticks=[])
    axes.set_ylim(plan.sections[-1].ends, 0)
    bottom = plan.sections[-1].ends
    top = 0.0 if plan.shared else plan.sections[0].top
    axes.plot([0, 0], [top, bottom], color=theme.ink, linewidth=0.8, zorder=1)
    if plan.left_out:
        text, y = plan.left_out
        add_spots(axes, [Spot(None, (y, y), text=text, omitted=True)])
        write_text(
            axes, text, (0, y), (-plan.gutters.left, 0), coords=("axes fraction", "data"), va="center_baseline",
            size=theme.small, color=theme.muted, backgroundcolor=theme.paper,
        )  # fmt: skip
    for number, section in enumerate(plan.sections):
        factor = _span(first, zero) / _span(scales[section.unit], zero)
        limits = -zero * _span(scales[section.unit], zero), (1 - zero) * _span(scales[section.unit], zero)
        ticks = round_ticks(limits, width=width, pitch=5 * theme.small)
        if number >= plan.shared:
            _draw_axis(axes, section, plan, factor, ticks)
        elif not number:
            whole = replace(section, top=0.0, ends=plan.sections[plan.shared - 1].ends, ticked=True)
            _draw_axis(axes, whole, plan, factor, ticks)
        _draw_section(axes, section, plan, factor, together=number >= plan.shared)


def _span(limits: Limits, zero: float) -> float:
    """Return the span of an axis with its zero at a given fraction that holds the limits."""
    below = -limits[0] / zero if zero > 0 else 0.0
    above = limits[1] / (1 - zero) if zero < 1 else 0.0
    return max(below, above, _MIN_SPAN)


def _limits(plan: _Plan, unit: str) -> Limits:
    values = [
        value
        for section in plan.sections
        if section.unit == unit
        for row in section.rows
        for value in (row.low, row.estimate, row.high)
        if math.isfinite(value)
    ]
    low, high = min([0.0, *values]), max([0.0, *values])
    pad = 0.06 * max(high - low, _MIN_SPAN)
    return low - pad, high + pad


def _draw_axis(axes: Axes, section: _Section, plan: _Plan, factor: float, ticks: list[float]) -> None:
    """Draw the hairlines of a section with their numbers and unit, as far as it has an axis of its own."""
    theme, first = plan.theme, section.top == 0.0 or section is plan.sections[0]
    lift = _LIFT * theme.small
    for tick in ticks:
        axes.plot(
            [tick * factor] * 2, [section.top, section.ends], color=theme.rule, linewidth=0.6, zorder=0.5
        )
    if section.ticked:
        for tick, label in zip(ticks, tick_labels(ticks), strict=True):
            if first or tick:  # further down the line of zero passes through
                write_text(
                    axes, label, (tick * factor, section.top), (0, lift), coords="data", ha="center",
                    size=theme.small, color=theme.muted,
                )  # fmt: skip
        unit = translated(section.unit)
        if theme.detail and unit.casefold() != section.heading.casefold():
            write_text(
                axes, unit, (1, section.top),
                (plan.gutters.right, lift + theme.labels_above * _APART * theme.label), ha="right", size=theme.small,
                color=theme.muted, coords=("axes fraction", "data"),
            )  # fmt: skip


def _draw_section(axes: Axes, section: _Section, plan: _Plan, factor: float, *, together: bool) -> None:
    """Write a heading and draw its rows, which stay `together` on a page where the axis stands only below it."""
    theme, lift = plan.theme, _LIFT * plan.theme.small
    for number_of_line, line in enumerate(section.head if section.heading else []):
        offset = (-plan.gutters.left, lift + (section.lifted - number_of_line) * _APART * theme.label)
        write_text(
            axes, line, (0, section.top), offset, coords=("axes fraction", "data"), bold=True,
            backgroundcolor=theme.paper,
        )  # fmt: skip
    for row in section.rows:
        _draw_row(axes, row, plan, factor, together=together and row is not section.rows[-1])


def _draw_row(axes: Axes, row: _Row, plan: _Plan, factor: float, *, together: bool) -> None:
    """Draw an interval with its estimate, filled where the row is strong, and write label and numbers."""
    theme = plan.theme
    colour = theme.accent if row.strong else theme.others[1]
    if math.isfinite(row.low) and math.isfinite(row.high):
        axes.plot(
            [row.low * factor, row.high * factor], [row.y] * 2, color=colour, linewidth=0.22 * theme.mark,
            solid_capstyle="butt", zorder=2,
        )  # fmt: skip
    axes.plot(
        [row.estimate * factor], [row.y], marker=theme.marker(0 if row.strong else 1), linestyle="none",
        markersize=0.85 * theme.mark * theme.marker_size(0 if row.strong else 1), color=colour,
        markerfacecolor=colour if row.strong else theme.paper, markeredgewidth=0.18 * theme.mark, zorder=3,
        clip_on=False,
    )  # fmt: skip
    pitch = _LABEL_LINE * theme.label
    half = 0.5 * max(1.75 * theme.label, len(row.lines) * pitch + 0.5 * theme.label)
    raised = 0.5 * len(row.lines) * pitch + 0.6 * theme.label if theme.labels_above else 0.0
    add_spots(axes, [Spot(None, (row.y - half, row.y + half), " ".join(row.lines), together=together)])
    # The label hides the lines of the axis, not the marks of its row.
    behind: dict[str, Any] = {"backgroundcolor": theme.paper, "zorder": 1.5} if theme.labels_above else {}
    for i, line in enumerate(row.lines):
        dy = raised + (len(row.lines) - 1) / 2 * pitch - i * pitch
        write_text(
            axes, line, (0, row.y), (-plan.gutters.left, dy), coords=("axes fraction", "data"),
            va="center_baseline", **behind,
        )  # fmt: skip
    write_text(
        axes, row.text, (1, row.y), (plan.gutters.right, 0), coords=("axes fraction", "data"), ha="right",
        va="center_baseline", size=theme.small, color=theme.accent if row.strong else theme.muted,
        bold=row.strong,
    )  # fmt: skip
