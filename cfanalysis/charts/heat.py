"""A heat table: the gap of every pair in every quartile, as numbers on tones.

The number is in every cell, so that the tone only guides the eye; letters are chosen by contrast. The tone's
strength is the gap's size, brown where Do is above Say.
"""

from __future__ import annotations

import math
from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.gap_captions import pair_heat_table_caption
from cfanalysis.charts.chart_layout import chart_texts
from cfanalysis.charts.few_rows import largest
from cfanalysis.charts.number_card import group_numbers
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.text_metrics import one_line, text_width, wrap_lines
from cfanalysis.charts.tones import text_colour_on, value_tone
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import MISSING, count_range, decimal
from cfanalysis.core.language import translated


@captioned(
    pair_heat_table_caption,
    RowSelection("pair", largest("pair", "gap"), card=group_numbers("gap"), counted=True),
)
def pair_heat_table(gaps: PairGaps, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw the gap of each pair (rows) in each group of organizations (columns).

    Parameters
    ----------
    gaps
        One row per pair and group, 0-100; sections are dimensions.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x counts columns from 0, y points from the top; the cells are patches.

    Raises
    ------
    AnalysisError
        There are no pairs.
    """
    if not len(gaps.frame):
        raise AnalysisError("There is nothing to draw: there are no pairs.")
    table = gaps.frame.drop_duplicates(["pair", "group"])
    wide = table.pivot(index="pair", columns="group", values="gap").astype(float)
    about = table.drop_duplicates("pair").set_index("pair")
    wide = wide.reindex(index=about.index, columns=list(gaps.groups))
    n = {str(group): count_range(counts) for group, counts in table.groupby("group")["n"]}
    rows = tuple(Row(str(about["title"][p]), section=str(about["section"][p])) for p in wide.index)
    sheet = RowChart(rows, chart_texts(own), lane=1.75, between=0.25, top=3.6, lined=False)
    with row_plot(sheet, ax) as plot:
        values = wide.to_numpy()
        known = [float(v) for v in values.ravel() if math.isfinite(v)] or [0.0]
        plot.axes.set_xlim(0, len(gaps.groups))
        plot.axes.set_xticks([])
        _write_heads(plot, list(gaps.groups), n)
        for placed in plot.positions:
            for column, value in enumerate(values[placed.index]):
                _draw_cell(plot, column, placed.lanes[0], float(value), (min(known), max(known)))
    return plot.axes


def _write_heads(plot: RowPlot, groups: list[str], n: dict[str, str]) -> None:
    """Write the columns' names above them, with n below each."""
    theme, room = plot.theme, plot.width / len(groups) - 4
    for column, group in enumerate(groups):
        lines = wrap_lines(one_line(translated(group)), room, theme.small, bold=True)[:2]
        count = f"n = {n.get(group, 0)}"
        if theme.detail and text_width(count, theme.small) <= room:
            lines.append(count)
        for number, line in enumerate(reversed(lines)):
            is_n = line == count
            write_text(
                plot.axes, line, (column + 0.5, 1), (0, (0.45 + 1.25 * number) * theme.small),
                coords=("data", "axes fraction"), ha="center", size=theme.small, bold=not is_n,
                color=theme.muted if is_n else theme.ink,
            )  # fmt: skip


def _draw_cell(plot: RowPlot, column: int, y: float, value: float, ends: tuple[float, float]) -> None:
    theme, height = plot.theme, 0.96 * plot.pitch
    known = math.isfinite(value)
    tone = value_tone(value, *ends, theme) if known else theme.paper
    left = column + (0.02 if column else 0.0)
    cell = Rectangle(
        (left, y - height / 2), 0.96, height, facecolor=tone, edgecolor=theme.rule, linewidth=0.5
    )
    plot.axes.add_artist(cell)
    text = decimal(value) if known else MISSING
    room = 0.96 * plot.width / (plot.axes.get_xlim()[1] or 1)
    if text_width(text, theme.label) <= room and height > 0.9 * theme.label:
        colour = text_colour_on(tone, theme) if known else theme.muted
        write_text(
            plot.axes, text, (left + 0.48, y), coords="data", ha="center", va="center_baseline", color=colour
        )
