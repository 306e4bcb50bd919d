"""Shares as bars from zero: warning signs, and how customers' expectations were met.

A share is a length from a zero that is always shown; its interval is a line through the bar's end, and a
client's bar has the benchmark's mark beside it.
"""

from __future__ import annotations

import math
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.expectation import ClientExpectation, Expectation
from cfanalysis.analyses.warning_signs import ClientSigns, WarningSigns
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.answer_captions import expectation_bars_caption, warning_sign_bars_caption
from cfanalysis.charts.chart_layout import ChartTexts, chart_texts
from cfanalysis.charts.few_rows import largest
from cfanalysis.charts.marks import draw_bars
from cfanalysis.charts.plot import points_from
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.core.formatting import interval_cell, percent
from cfanalysis.core.language import translated
from cfanalysis.theme.brand import blend

_LEAST = 10.0  # per cent: smaller shares never fill the plot


@captioned(warning_sign_bars_caption, RowSelection("sign", largest("sign", "share")))
def warning_sign_bars(
    signs: WarningSigns | ClientSigns, *, ax: Axes | None = None, **own: Unpack[Own]
) -> Axes:
    """Draw how many see each warning sign, most seen first.

    Parameters
    ----------
    signs
        One row per sign: shares 0-1 with interval; for a client with the benchmark's share.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is per cent, from 0; y counts points from the top.

    Raises
    ------
    AnalysisError
        There are no signs.
    """
    table = signs.frame.sort_values("share", ascending=False, kind="stable")
    return _draw(table, chart_texts(own), bad=len(table), ax=ax)


@captioned(expectation_bars_caption)
def expectation_bars(
    outcomes: Expectation | ClientExpectation, *, ax: Axes | None = None, **own: Unpack[Own]
) -> Axes:
    """Draw of how many recent contacts expectations were missed, met and exceeded.

    Parameters
    ----------
    outcomes
        One row per outcome from the worst to the best: shares 0-1 with interval; for a client with the benchmark's.
    ax, **own
        As for `warning_sign_bars`.

    Returns
    -------
    matplotlib.axes.Axes
        As for `warning_sign_bars`; the best outcome stands at the top, the worst in the colour of warning signs.

    Raises
    ------
    AnalysisError
        There are no outcomes.
    """
    table = outcomes.frame.iloc[::-1]
    return _draw(table, chart_texts(own), bad=int(len(table) > 1), ax=ax)


def _draw(table: pd.DataFrame, words: ChartTexts, *, bad: int, ax: Axes | None) -> Axes:
    """Draw one bar a row from 0, with its interval and, where there is one, the benchmark's mark; the last are bad."""
    shares, lows, highs = (_percent(table, name) for name in ("share", "low", "high"))
    beside = _percent(table, "benchmark") if "benchmark" in table else []
    asides = [
        (percent(share / 100), percent(b / 100) if beside else _ends(low, high))
        for share, low, high, b in zip(shares, lows, highs, beside or shares, strict=True)
    ]
    second = translated("95% interval") if any(map(math.isfinite, lows)) else ""
    heads = (translated("Share"), translated("Benchmark") if beside else second)
    rows = tuple(Row(str(label), (aside,)) for label, aside in zip(table["title"], asides, strict=True))
    keys = (translated("Benchmark"),) if beside else ()
    sheet = RowChart(
        rows, words, heads=heads, keys=keys, plain_key=True, lane=1.6, between=0.7, lined=False, tones=(3,)
    )
    with row_plot(sheet, ax, key_mark=_benchmark_key) as plot:
        known = [v for v in (*shares, *highs, *beside) if math.isfinite(v)]
        plot.value_axis((0.0, max([_LEAST, *known]) * 1.04), within=(0.0, 100.0), percent=True, zero=True)
        ys = [placed.lanes[0] for placed in plot.positions]
        chosen = [placed.index for placed in plot.positions]
        height = 0.72 * plot.pitch
        for i, y in zip(chosen, ys, strict=True):
            colour = plot.theme.accent if i < len(table) - bad else plot.theme.finding
            draw_bars(plot, [0.0], [shares[i]], [y], blend(plot.theme.paper, colour, 0.62), height=height)
        for i, y in zip(chosen, ys, strict=True):
            if math.isfinite(lows[i]) and math.isfinite(highs[i]):
                plot.axes.hlines(y, lows[i], highs[i], color=plot.theme.ink, linewidth=1.2, zorder=3)
        if beside:
            half = 0.5 * height + 1.5
            marks = [beside[i] for i in chosen]
            plot.axes.vlines(marks, [y - half for y in ys], [y + half for y in ys], color=plot.theme.ink,
                             linewidth=1.6, zorder=4)  # fmt: skip
    return plot.axes


def _percent(table: pd.DataFrame, column: str) -> list[float]:
    return [100 * float(value) if value is not None else math.nan for value in table[column].tolist()]


def _benchmark_key(plot: RowPlot, number: int, x: float, y: float) -> None:
    theme, half = plot.theme, 0.6 * plot.theme.mark
    place = points_from(plot.axes, (0, 1))
    plot.axes.plot([x - theme.mark] * 2, [y - half, y + half], color=theme.ink, linewidth=1.6, transform=place,
                   clip_on=False)  # fmt: skip


def _ends(low: float, high: float) -> str:
    return interval_cell(low / 100, high / 100, 0, missing="", write=percent)
