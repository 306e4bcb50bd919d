"""Where the quarters of organizations lie on each measure, with the client's mark.

The dark part of a band holds the middle half of the organizations, the pale ends reach to the 10 % and 90 %
quantiles, the line is the median. The ends are no minimum and maximum: these would be single organizations. Few
organizations have no pale ends.
"""

from __future__ import annotations

from typing import Unpack

from matplotlib.axes import Axes

from cfanalysis.analyses.score_bands import ScoreBands
from cfanalysis.analyses.units import unit_words
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.score_captions import quartile_bands_caption
from cfanalysis.charts.chart_layout import chart_texts
from cfanalysis.charts.few_rows import overall_first
from cfanalysis.charts.marks import draw_bars, draw_dots, draw_swatches
from cfanalysis.charts.plot import points_from
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.scales import padded_limits
from cfanalysis.charts.text_metrics import one_line
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal, interval_cell, ordinal, percent
from cfanalysis.core.language import translated
from cfanalysis.core.templates import sentence
from cfanalysis.theme.brand import blend

_MIN_SPAN = 20.0
_CLIENT, _MIDDLE, _ENDS, _MEDIAN = range(4)


@captioned(quartile_bands_caption, RowSelection("measure", overall_first))
def quartile_bands(bands: ScoreBands, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw the spread of organizations on each measure and, where there is one, the client's mark.

    Parameters
    ----------
    bands
        One row per measure: quantiles and the client's score, 0-100.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is the score, y counts points from the top; the ticks are the measures.

    Raises
    ------
    AnalysisError
        There are no measures.
    """
    if not len(bands.frame):
        raise AnalysisError("There is nothing to draw: there are no measures.")
    table = bands.frame.to_dict(orient="records")
    client = bands.client is not None
    words = {
        _MIDDLE: sentence("Middle half of {units}", units=unit_words(bands.source).many),
        _ENDS: interval_cell(0.1, 0.9, 0, write=percent),
        _MEDIAN: translated("Median"),
    }
    if bands.frame[["low", "high"]].isna().all(axis=None):
        del words[_ENDS]
    if bands.client is not None:
        words = {_CLIENT: one_line(bands.client), **words}
    marks, keys = list(words), tuple(words.values())
    heads = (translated("Score"), translated("Percentile")) if client else ()
    rows = tuple(
        Row(translated(str(r["title"])), (_aside(r, bands),), translated(str(r["section"]))) for r in table
    )
    sheet = RowChart(
        rows, chart_texts(own), heads=(*heads, translated("Median")), keys=keys, plain_key=not client,
        sample=2.6, lane=1.7, between=0.35, tones=(0 if client else 1,),
    )  # fmt: skip
    with row_plot(sheet, ax, key_mark=lambda p, i, x, y: _key(p, marks[i], x, y)) as plot:
        values = [float(r[c]) for r in table for c in ("low", "q1", "q3", "high", "client")]
        limits = padded_limits(values, width=plot.width, pad=plot.theme.mark, least=_MIN_SPAN)
        crosses = limits[0] < 0 and min(v for v in values if v == v) < 0
        plot.value_axis(limits, within=(-100.0 if crosses else 0.0, 100.0), zero=crosses)
        _draw(plot, [table[placed.index] for placed in plot.positions])
    return plot.axes


def _aside(row: dict[str, object] | dict[object, object], bands: ScoreBands) -> tuple[str, ...]:
    values = {str(key): value for key, value in row.items()}
    median = decimal(float(str(values["median"])))
    if bands.client is None:
        return (median,)
    percentile = float(str(values["percentile"]))
    shown = ordinal(percentile) if percentile == percentile else "–"
    return decimal(float(str(values["client"]))), shown, median


def _tones(plot: RowPlot) -> tuple[str, str]:
    theme = plot.theme
    return blend(theme.paper, theme.others[0], 0.32), blend(theme.paper, theme.others[0], 0.75)


def _draw(plot: RowPlot, rows: list[dict[str, float]] | list[dict[object, float]]) -> None:
    ys = [placed.lanes[0] for placed in plot.positions]
    columns = {
        name: [float(row[name]) for row in rows] for name in ("low", "q1", "median", "q3", "high", "client")
    }
    pale, dark = _tones(plot)
    draw_bars(plot, columns["low"], columns["high"], ys, pale, height=0.34 * plot.pitch)
    draw_bars(plot, columns["q1"], columns["q3"], ys, dark, height=0.6 * plot.pitch)
    half = 0.36 * plot.pitch
    plot.axes.vlines(
        columns["median"],
        [y - half for y in ys],
        [y + half for y in ys],
        color=plot.theme.ink,
        linewidth=1.4,
        zorder=3,
    )
    draw_dots(plot.axes, columns["client"], ys, 0, plot.theme)


def _key(plot: RowPlot, role: int, x: float, y: float) -> None:
    theme, place = plot.theme, points_from(plot.axes, (0, 1))
    pale, dark = _tones(plot)
    if role == _CLIENT:
        draw_dots(plot.axes, [x - 1.2 * theme.mark], [y], 0, theme, transform=place)
    elif role == _MEDIAN:
        half = 0.6 * theme.mark
        plot.axes.plot([x - 1.2 * theme.mark] * 2, [y - half, y + half], color=theme.ink, linewidth=1.4,
                       transform=place, clip_on=False)  # fmt: skip
    else:
        draw_swatches(plot.axes, dark if role == _MIDDLE else pale, x, y, theme)
