"""Rows with labels at the left and numbers at the right: what most charts of this room stand on.

A chart describes its rows (`Row`: a label, the lanes in which its groups are drawn, the numbers at the right) and
gets a `RowPlot` back, in which every row and lane has its place in points from the top. Where the height is
given and the rows do not fit with letters that can be read, rows are left out from the middle, and a line says how
many: a chart of sixty rows in a picture for social media shows the first and the last, the table beside it all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from cfanalysis.charts.chart_layout import (
    MIN_BODY,
    ChartArea,
    ChartTexts,
    Gutters,
    omitted_rows_text,
    readable_plan,
)
from cfanalysis.charts.key import Key, key_height, key_positions, write_key
from cfanalysis.charts.plot import value_axis, write_text
from cfanalysis.charts.scales import Limits, round_ticks, tick_labels
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import balance_lines, label_column, one_line, text_width, wrap_lines
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import whole_number
from cfanalysis.core.language import current_language
from cfanalysis.theme.style import Theme, apply_theme

_LINE = 1.25  # pitch of a label's lines, in label sizes
_LEAST_PLOT = 0.22  # of the width; the last columns of numbers go where they leave less


@dataclass(frozen=True)
class Row:
    """One row: its label, and for each lane the texts at the right (as many as there are columns).

    Parameters
    ----------
    label
        Any text; it is wrapped.
    asides
        One tuple of texts for each lane.
    section
        The heading that it stands under; empty for none.
    strong
        Whether the label is bold.
    """

    label: str
    numbers: tuple[tuple[str, ...], ...] = ((),)
    section: str = ""
    strong: bool = False


@dataclass(frozen=True)
class RowChart:
    """What a chart of rows shows.

    Parameters
    ----------
    rows
        From top to bottom.
    words
        What is written around the plot.
    heads
        Above the columns at the right.
    keys
        Names of the sets in the key; none for no key.
    plain_key
        Whether no name in the key stands out: it explains tones, not sets.
    sample
        Room for the marks before a name in the key, in mark diameters.
    lane, between
        Height of a lane, and room between rows, in label sizes; half of `between` where room is short.
    above
        Free room above the first row, in label sizes.
    top, bottom
        Room above and below the rows for axes, in label sizes.
    lined
        Whether hairlines stand between rows.
    tones
        The set whose colour the numbers of each lane take; by default the lane's own number.
    """

    rows: tuple[Row, ...]
    words: ChartTexts
    heads: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    plain_key: bool = False
    sample: float = 1.7
    lane: float = 1.6
    between: float = 0.8
    above: float = 0.0
    top: float = 2.0
    bottom: float = 0.0
    lined: bool = True
    tones: tuple[int, ...] = (0, 1, 2, 3)


@dataclass(frozen=True)
class RowPosition:
    """A row in its place, points from the top; `index` is its number in the sheet, `label_y` its label's middle."""

    index: int
    row: Row
    lines: list[str]
    lanes: tuple[float, ...]
    label_y: float
    start: float
    end: float


@dataclass(frozen=True)
class _Plan:
    """Where everything stands, for one size of letters."""

    theme: Theme
    keys: list[Key]
    positions: list[RowPosition]
    headings: list[tuple[str, float]]
    left_out: tuple[int, float] | None
    columns: list[float]
    gutters: Gutters
    end: float
    beside: bool = False

    @property
    def height(self) -> float:
        return self.gutters.top + self.end + self.gutters.bottom


@dataclass(frozen=True)
class RowPlot:
    """An open chart of rows: draw at ``placed[i].lanes``.

    Attributes
    ----------
    axes
        Its y axis counts points from the top.
    theme
        The theme with letters of the size that fits.
    placed
        The rows that are shown.
    width
        Width of the plot, points.
    left, right
        Widths of the gutters beside it, points.
    """

    axes: Axes
    theme: Theme
    positions: list[RowPosition]
    width: float
    left: float
    right: float
    head: float
    pitch: float

    def value_axis(self, limits: Limits, *, within: Limits | None = None, percent: bool = False, zero: bool = False,
                   signed: bool = False, whole: bool = False) -> None:  # fmt: skip
        """Show the value axis above the rows, with hairlines; with a line at 0 where `zero` says so.

        A `whole` axis counts: it has no ticks between whole numbers, and separates thousands.

        Parameters
        ----------
        limits
            Ends of the axis.
        within
            Ends beyond which there are no ticks; None for no such ends.
        percent
            Whether the numbers are per cent.
        zero
            Whether there is a line at 0.
        signed
            Whether positive numbers have a plus sign.
        whole
            Whether the axis counts.
        """
        theme = self.theme
        self.axes.set_xlim(limits)
        pitch = (6.0 if percent else 5.5) * theme.small
        ticks = round_ticks(limits, width=self.width, pitch=pitch, within=within)
        ticks = [tick for tick in ticks if tick == int(tick)] if whole else ticks
        texts = [whole_number(int(t)) for t in ticks] if whole else tick_labels(ticks, signed=signed)
        texts = [current_language().percentage(text) if percent else text for text in texts]
        value_axis(self.axes, ticks, texts, top=True)
        if zero and limits[0] <= 0 <= limits[1]:
            self.axes.axvline(0.0, color=theme.ink, linewidth=0.8, zorder=0.8)


@contextmanager
def row_plot(
    sheet: RowChart, ax: Axes | None, *, key_mark: Callable[[RowPlot, int, float, float], None] | None = None
) -> Iterator[RowPlot]:
    """Open a chart of rows with labels, numbers, key and hairlines in place; the marks are drawn within the block.

    Parameters
    ----------
    sheet
        What it shows.
    ax
        Where to draw; None makes a figure of the theme's width.
    key_mark
        Draws the marks of a set before its name in the key: plot, number of the set, where the name begins in
        points from the plot's upper left corner.

    Raises
    ------
    AnalysisError
        There are no rows.
    """
    if not sheet.rows:
        raise AnalysisError("There is nothing to draw: the result has no rows.")
    with apply_theme() as theme:
        stage = ChartArea(ax, sheet.words)
        shown = sheet if theme.detail else _brief(sheet)
        plan = _plan(shown, stage.width, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = _fit_plan(shown, stage.width, theme, body)
        with apply_theme(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            width = stage.width - plan.gutters.left - plan.gutters.right
            head = plan.gutters.top - key_height(plan.keys, plan.theme)
            stretch = max(body - plan.gutters.top - plan.gutters.bottom, 1.0) / plan.end
            pitch = sheet.lane * plan.theme.label
            plot = RowPlot(
                axes, plan.theme, plan.positions, width, plan.gutters.left, plan.gutters.right, head,
                pitch if stretch > 0.999 else pitch * stretch,
            )  # fmt: skip
            _set_rows(axes, plan, shown, width)
            _write_numbers(plot, plan, shown)
            if plan.keys and key_mark is not None:
                draw = partial(key_mark, plot)
                corner = (-plot.left, plan.gutters.top)
                write_key(axes, plan.keys, corner=corner, theme=plan.theme, draw=draw, plain=sheet.plain_key)
            yield plot


def _brief(sheet: RowChart) -> RowChart:
    """Return the sheet without numbers: what a small picture shows."""
    rows = tuple(replace(row, numbers=tuple(() for _ in row.numbers)) for row in sheet.rows)
    return replace(sheet, rows=rows, heads=())


def _fit_plan(sheet: RowChart, width: float, theme: Theme, body: float) -> _Plan:
    """Return the plan that is no higher than a body: tighter, then smaller, then with fewer rows."""
    tight = replace(sheet, between=sheet.between / 2, lane=max(0.82 * sheet.lane, 1.25))
    return readable_plan(
        lambda smaller, shown: _plan(tight, width, smaller, shown=shown), theme, body, rows=len(sheet.rows)
    )


def _plan(sheet: RowChart, width: float, theme: Theme, *, shown: int | None = None) -> _Plan:
    """Return where everything stands at the letter sizes of a theme, with at most `shown` rows."""
    label = theme.label
    columns = _column_widths(sheet, theme)
    beside = theme.labels_above and bool(columns) and all(len(row.numbers) == 1 for row in sheet.rows)
    labels = [(one_line(row.label), row.strong) for row in sheet.rows]
    beside_plot = 0.0 if theme.labels_above else label_column(labels, width, theme.label)
    # On the line of the labels numbers have half of it; beside the plot they leave it a share of the width.
    most = width / 2 if beside else (1 - _LEAST_PLOT) * width - beside_plot
    while len(columns) > 1 and sum(columns) + 0.9 * label * len(columns) > most:
        columns.pop()
    aside = sum(columns) + 0.9 * label * len(columns)
    label_width = width - beside * aside if theme.labels_above else beside_plot
    names = [one_line(name) for name in sheet.keys]
    sample = sheet.sample * theme.mark + 0.4 * label
    keys = key_positions(names, width=width, sample=sample, theme=theme, plain=sheet.plain_key)
    placed, headings, left_out, end = _row_positions(sheet, width, label_width, theme, shown)
    if end < MIN_BODY:  # one row alone: a plot is never lower, so the row moves to its middle
        lower = replace(sheet, above=sheet.above + (MIN_BODY - end) / 2 / label)
        placed, headings, left_out, _ = _row_positions(lower, width, label_width, theme, shown)
        end = MIN_BODY
    gutters = Gutters(
        left=1.2 * theme.small if theme.labels_above else label_width + 0.8 * label if label_width else 0.0,
        right=1.2 * theme.small if beside else aside,
        top=key_height(keys, theme) + (sheet.top + beside * _LINE) * label,
        bottom=sheet.bottom * label,
    )
    return _Plan(theme, keys, placed, headings, left_out, columns, gutters, end, beside)


def _column_widths(sheet: RowChart, theme: Theme) -> list[float]:
    texts: list[list[str]] = [
        [] for _ in range(max((len(a) for r in sheet.rows for a in r.numbers), default=0))
    ]
    for row in sheet.rows:
        for aside in row.numbers:
            for column, text in zip(texts, aside, strict=False):
                column.append(text)
    widths = [max(text_width(text, theme.label, bold=True) for text in column) for column in texts]
    heads = [text_width(head, theme.small, bold=True) for head in sheet.heads]
    return [max(w, h) for w, h in zip(widths, [*heads, *[0.0] * (len(widths) - len(heads))], strict=True)]


def _row_positions(
    sheet: RowChart, width: float, label_width: float, theme: Theme, shown: int | None
) -> tuple[list[RowPosition], list[tuple[str, float]], tuple[int, float] | None, float]:
    """Return rows and headings from top to bottom, where rows are left out, and where all end."""
    label, n = theme.label, len(sheet.rows)
    kept = n if shown is None or shown >= n else shown
    first = math.ceil(kept / 2) if kept < n else n
    indices = [*range(first), *range(n - (kept - first), n)]
    placed: list[RowPosition] = []
    headings: list[tuple[str, float]] = []
    left_out, section, end = None, "", sheet.above * label
    for position, index in enumerate(indices):
        row = sheet.rows[index]
        if kept < n and position == first:
            left_out = (n - kept, end + 0.9 * label)
            end += 1.8 * label
        if row.section and row.section != section:
            end += (0.7 if placed else 0.1) * label
            for line in wrap_lines(one_line(row.section), width, label, bold=True):
                headings.append((line, end + 0.5 * label))
                end += 1.2 * label
        section = row.section
        placed.append(_place(sheet, index, end, label_width, theme))
        end = placed[-1].end
    if kept < n and first == len(indices):
        left_out = (n - kept, end + 0.9 * label)
        end += 1.8 * label
    return placed, headings, left_out, end


def _place(sheet: RowChart, index: int, begin: float, label_width: float, theme: Theme) -> RowPosition:
    row, label = sheet.rows[index], theme.label
    lines = balance_lines(row.label, label_width, label, bold=row.strong)
    pitch = sheet.lane * label
    together, written, apart = len(row.numbers) * pitch, len(lines) * _LINE * label, sheet.between * label
    above = written if theme.labels_above else 0.0
    height = (above + together if above else max(together, written)) + apart
    middle = begin + (above + height) / 2
    label_y = begin + (above + apart) / 2 if above else middle
    lanes = tuple(middle - together / 2 + pitch * (i + 0.5) for i in range(len(row.numbers)))
    return RowPosition(index, row, lines, lanes, label_y, begin, begin + height)


def _set_rows(axes: Axes, plan: _Plan, sheet: RowChart, width: float) -> None:
    """Write labels and headings, and draw the hairlines between rows."""
    theme, left = plan.theme, plan.gutters.left
    # The axis has places and labels for those who ask; what is seen are texts, which take a third of the time.
    labels = ["\n".join(placed.lines) for placed in plan.positions]
    axes.yaxis.set_major_locator(FixedLocator([placed.label_y for placed in plan.positions]))
    axes.yaxis.set_major_formatter(FixedFormatter(labels))
    axes.yaxis.set_visible(False)
    look: dict[str, Any] = {"coords": ("axes fraction", "data"), "va": "center_baseline"}
    label_look: dict[str, Any] = {"linespacing": 1.15, "zorder": 0.9 if theme.labels_above else 0.5}
    if theme.labels_above:  # lines of the axis, and that at 0, pass behind them
        label_look["bbox"] = {"facecolor": theme.paper, "linewidth": 0, "boxstyle": "square,pad=0.1"}
    for label, placed in zip(labels, plan.positions, strict=True):
        place = (0, placed.label_y)
        write_text(axes, label, place, (-left, 0), bold=placed.row.strong, **look, **label_look)
    axes.set_ylim(plan.end, 0)
    add_spots(axes, (Spot(None, (p.start, p.end), p.row.label) for p in plan.positions))
    edges = (-left / width, 1 + plan.gutters.right / width)
    for one, other in zip(plan.positions, plan.positions[1:], strict=False):
        if sheet.lined and other.index == one.index + 1 and other.row.section == one.row.section:
            axes.axhline(one.end, *edges, color=theme.rule, linewidth=0.6, clip_on=False, zorder=0.5)
    for heading, y in plan.headings:
        write_text(axes, heading, (0, y), (-left, 0), color=theme.muted, bold=True, **look)
    if plan.left_out is not None:
        text, y = omitted_rows_text(plan.left_out[0], len(sheet.rows)), plan.left_out[1]
        add_spots(axes, [Spot(None, (y, y), text=text, omitted=True)])
        write_text(axes, text, (0, y), (-left, 0), color=theme.muted, size=theme.small, **look)


def _write_numbers(plot: RowPlot, plan: _Plan, sheet: RowChart) -> None:
    """Write the numbers at the right, right-aligned in their columns, with their heads above."""
    theme, axes, beside = plan.theme, plot.axes, plan.beside
    x = plot.right - sum(0.9 * theme.label + column for column in plan.columns)
    for number_of_column, column in enumerate(plan.columns):
        x += 0.9 * theme.label + column
        if number_of_column < len(sheet.heads):
            head, place = sheet.heads[number_of_column], (x, (0.5 + beside * _LINE) * theme.label)
            write_text(axes, head, (1, 1), place, ha="right", size=theme.small, color=theme.muted, bold=True)
        for placed in plan.positions:
            for lane, (y, aside) in enumerate(zip(placed.lanes, placed.row.numbers, strict=True)):
                if number_of_column >= len(aside) or not aside[number_of_column]:
                    continue
                y = placed.label_y if beside else y
                tone = sheet.tones[lane % len(sheet.tones)]
                strong = tone == 0 and number_of_column == 0
                write_text(
                    axes, aside[number_of_column], (1, y), (x, 0), coords=("axes fraction", "data"), ha="right",
                    va="center_baseline", bold=strong,
                    color=theme.text_colour(tone) if number_of_column == 0 else theme.muted,
                )  # fmt: skip
