"""An index by sector, with its change since the wave before."""

from __future__ import annotations

import math
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.sector_index import SectorIndex
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.score_captions import sector_change_caption
from cfanalysis.charts.chart_layout import chart_texts
from cfanalysis.charts.few_rows import sector_ends
from cfanalysis.charts.marks import draw_dots, draw_intervals
from cfanalysis.charts.number_card import CardNumber, row_number
from cfanalysis.charts.plot import points_from
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.scales import padded_limits
from cfanalysis.core.formatting import decimal, interval_cell
from cfanalysis.core.language import translated
from cfanalysis.core.templates import sentence

_MIN_SPAN = 15.0


def _whole_number(index: SectorIndex) -> list[CardNumber]:
    """Return the index in the latest wave of all organizations, with its interval and n."""
    (row,) = index.frame[index.frame["wave"] == index.source.waves[-1]].to_dict("records")
    return row_number({**row, "estimate": row["score"], "label": row["name"], "unit": index.index.title})


@captioned(sector_change_caption, RowSelection("name", sector_ends, card=_whole_number))
def sector_change(index: SectorIndex, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw an index of each sector in the latest wave, and where it stood the wave before.

    Parameters
    ----------
    index
        One row per scope, name and wave. Only the whole and the sectors are drawn, never an organization; a sector
        without an interval has fewer people than may be shown and is left out.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is the index, y counts points from the top. The whole stands first, then the sectors, highest first.

    """
    waves = list(index.source.waves)
    table = index.frame[index.frame["scope"].isin(["all", "sector"])]
    now = table[(table["wave"] == waves[-1]) & table["low"].notna()].copy() if waves else table.head(0)
    now = now.sort_values(["scope", "score"], ascending=[True, False], kind="stable")
    before = _before(table, waves)
    changes = _changes(index, waves)
    keys = [(str(r["scope"]), str(r["name"])) for r in now.to_dict(orient="records")]
    two = len(waves) > 1
    rows = tuple(
        Row(
            translated(index.source.shown_option(index.field, name)),
            ((decimal(score), *(changes.get((scope, name), ("–", "")) if two else ())),),
            strong=scope == "all",
        )
        for (scope, name), score in zip(keys, now["score"], strict=True)
    )
    changed = (sentence("Change since {wave}", wave=waves[-2]), translated("95% interval")) if two else ()
    sheet = RowChart(
        rows, chart_texts(own), lane=1.6, between=0.7,
        heads=(translated("Index"), *changed),
        keys=(waves[-1], waves[-2]) if two else (),
    )  # fmt: skip
    with row_plot(sheet, ax, key_mark=_key_mark) as plot:
        _draw(plot, now, [before.get(key, math.nan) for key in keys])
    return plot.axes


def _before(table: pd.DataFrame, waves: list[str]) -> dict[tuple[str, str], float]:
    if len(waves) < 2:
        return {}
    part = table[table["wave"] == waves[-2]]
    return {(str(r["scope"]), str(r["name"])): float(r["score"]) for r in part.to_dict(orient="records")}


def _changes(index: SectorIndex, waves: list[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return change and interval in writing, by scope and name."""
    if len(waves) < 2 or not len(index.changes):
        return {}
    part = index.changes[(index.changes["before"] == waves[-2]) & (index.changes["after"] == waves[-1])]
    return {
        (str(r["scope"]), str(r["name"])): (
            decimal(float(r["change"]), signed=True),
            interval_cell(float(r["low"]), float(r["high"]), 1, missing=""),
        )
        for r in part.to_dict(orient="records")
    }


def _draw(plot: RowPlot, now: pd.DataFrame, before: list[float]) -> None:
    """Draw the wave before hollow, a hairline to the latest, and the latest with its interval."""
    theme, axes = plot.theme, plot.axes
    columns = {name: now[name].astype(float).tolist() for name in ("score", "low", "high")}
    values = [*(v for column in columns.values() for v in column), *before]
    plot.value_axis(
        padded_limits(values, width=plot.width, pad=theme.mark, least=_MIN_SPAN), within=(0.0, 100.0)
    )
    chosen = [placed.index for placed in plot.positions]
    ys = [placed.lanes[0] for placed in plot.positions]
    lows, highs, scores, olds = (
        [column[i] for i in chosen] for column in (columns["low"], columns["high"], columns["score"], before)
    )
    draw_intervals(axes, lows, highs, ys, theme.accent, theme)
    draw_dots(axes, olds, ys, 1, theme, hollow=True)
    draw_dots(axes, scores, ys, 0, theme)


def _key_mark(plot: RowPlot, number: int, x: float, y: float) -> None:
    place = points_from(plot.axes, (0, 1))
    dot = [x - 0.95 * plot.theme.mark], [y]
    draw_dots(plot.axes, *dot, number, plot.theme, hollow=number == 1, transform=place)
