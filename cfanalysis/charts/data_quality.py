"""Data quality as bars: what cleaning did to rows, which answers are missing, who answered, and the scales' ends.

All four charts are rows of bars on one axis that begins at 0, each row with its number at the right, so that
a sliver too thin to see can still be read. The finding's colour marks what was lost or is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Unpack

from matplotlib.axes import Axes

from cfanalysis.analyses.cleaning_record import CleaningRecord, rule_phrase
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation, class_label
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.data_quality_captions import (
    MAX_ITEMS,
    cleaning_flow_caption,
    missing_answers_caption,
    respondents_caption,
    scale_ends_caption,
)
from cfanalysis.charts.chart_layout import ChartTexts, chart_texts
from cfanalysis.charts.marks import draw_bars, draw_swatches
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import percent, whole_number
from cfanalysis.core.language import translated
from cfanalysis.core.templates import sentence
from cfanalysis.theme.style import Theme

MINUS = "\N{MINUS SIGN}"
_ROUNDED = 20  # the axis ends at a multiple of a 20th of its length at most


class _Segment(NamedTuple):
    """A piece of a bar: where it begins, how long it is, and the role of its colour."""

    start: float
    length: float
    colour: str


@dataclass(frozen=True)
class _Bars:
    """A row: its label, its bars from the top, each of segments and with its number.

    A `firm` one is a total, one `within` is part of the row above.
    """

    label: str
    bars: tuple[tuple[_Segment, ...], ...]
    numbers: tuple[str, ...]
    firm: bool = False
    within: bool = False


@dataclass(frozen=True)
class _Chart:
    """What a chart of bars shows: rows from the top, a key of colours, the unit of its axis."""

    rows: tuple[_Bars, ...]
    words: ChartTexts
    key: tuple[tuple[str, str], ...] = ()
    percent: bool = False
    connected: bool = False


@captioned(cleaning_flow_caption)
def cleaning_flow(record: CleaningRecord, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw how the rows of the file became the rows of the study.

    Parameters
    ----------
    record
        The cleaning log counted by rule. Each rule that dropped rows takes its piece off the end of the bar.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is rows; y counts points from the top.

    Raises
    ------
    AnalysisError
        Frequency tables came in: there were no rows.
    """
    left = record.rows_in
    rows = [
        _Bars(translated("In the file"), ((_Segment(0, left, "plain"),),), (whole_number(left),), firm=True)
    ]
    for rule, n in zip(record.drop_rules["rule"], record.drop_rules["n"], strict=True):
        left -= int(n)
        lost = (_Segment(left, int(n), "finding"),)
        rows.append(_Bars(_rule_label(rule), (lost,), (f"{MINUS}{whole_number(int(n))}",)))
    rest = (_Segment(0, record.rows_out, "accent"),)
    rows.append(_Bars(translated("In the study"), (rest,), (whole_number(record.rows_out),), firm=True))
    if record.rows_flagged:
        flagged, number = (_Segment(0, record.rows_flagged, "open"),), whole_number(record.rows_flagged)
        rows.append(_Bars(translated("of these flagged"), (flagged,), (number,), within=True))
    sheet = _Chart(tuple(rows), chart_texts(own), connected=True)
    return _draw(sheet, ax=ax, nothing="no rows came in" if not record.rows_in else "")


@captioned(missing_answers_caption)
def missing_answers(items: ItemQuality, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw the items with most missing answers: no answer and "don't know" end to end.

    Parameters
    ----------
    items
        How well each item was answered; the `MAX_ITEMS` that lack most are drawn.
    ax, **own
        As for `cleaning_flow`.

    Returns
    -------
    matplotlib.axes.Axes
        x is per cent of the rows that were asked; y counts points from the top.

    Raises
    ------
    AnalysisError
        No item lacks an answer, or frequency tables came in.
    """
    table = items.least_answered.head(MAX_ITEMS)
    columns = zip(table["title"], 100 * table["missing"], 100 * table["dont_know"], strict=True)
    rows = tuple(
        _Bars(
            str(name),
            ((_Segment(0, missing, "finding"), _Segment(missing, unknown, "plain")),),
            (percent((missing + unknown) / 100, 1),),
        )
        for name, missing, unknown in columns
    )
    key = (("finding", translated("no answer")), ("plain", translated("don’t know")))
    sheet = _Chart(rows, chart_texts(own), key, percent=True)
    return _draw(sheet, ax=ax, nothing="" if rows else "no item lacks an answer")


@captioned(respondents_caption)
def respondents_per_organization(
    participation: Participation, *, ax: Axes | None = None, **own: Unpack[Own]
) -> Axes:
    """Draw how many organizations have how many respondents; no organization is named.

    Parameters
    ----------
    participation
        Who answered. Classes below the minimum of respondents are drawn hollow.
    ax, **own
        As for `cleaning_flow`.

    Returns
    -------
    matplotlib.axes.Axes
        x is organizations; y counts points from the top.

    Raises
    ------
    AnalysisError
        There are no organizations.
    """
    table = participation.sizes
    rows = tuple(
        _Bars(
            class_label(size),
            ((_Segment(0, float(size["organizations"]), "open" if size["below"] else "accent"),),),
            (whole_number(size["organizations"]),),
        )
        for size in table.to_dict(orient="records")
    )
    fewer = sentence("fewer than {minimum} respondents", vars(participation))
    few = (("open", fewer),) if table["below"].any() else ()
    sheet = _Chart(rows, chart_texts(own), few)
    return _draw(sheet, ax=ax, nothing="" if participation.n else "there are no organizations")


@captioned(scale_ends_caption)
def scale_ends(items: ItemQuality, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw for each group of items the mean share of answers at the highest and the lowest end of the scale.

    Parameters
    ----------
    items
        How well each item was answered.
    ax, **own
        As for `cleaning_flow`.

    Returns
    -------
    matplotlib.axes.Axes
        x is per cent of valid answers; y counts points from the top.

    Raises
    ------
    AnalysisError
        No group has a scale of more than two answers.
    """
    rows = []
    table = items.groups.dropna(subset=["floor", "ceiling"])
    for group, floor, ceiling in zip(table["group"], table["floor"], table["ceiling"], strict=True):
        high, low = (
            _Segment(0, 100 * share, role) for share, role in ((ceiling, "accent"), (floor, "plain"))
        )
        numbers = percent(ceiling, 1), percent(floor, 1)
        rows.append(_Bars(translated(group), ((high,), (low,)), numbers, firm=True))
    key = (("accent", translated("highest answer")), ("plain", translated("lowest answer")))
    sheet = _Chart(tuple(rows), chart_texts(own), key, percent=True)
    return _draw(sheet, ax=ax, nothing="" if rows else "no item has more than two answers")


def _rule_label(rule: str) -> str:
    words = rule_phrase(rule)
    return words[:1].upper() + words[1:]


def _draw(chart: _Chart, *, ax: Axes | None, nothing: str) -> Axes:
    """Draw rows of bars; where there is `nothing` to draw, say why."""
    if nothing:
        raise AnalysisError(f"There is nothing to draw: {nothing}.")
    rows = tuple(Row(r.label, tuple((n,) for n in r.numbers), strong=r.firm) for r in chart.rows)
    sheet = RowChart(
        rows, chart.words, keys=tuple(name for _, name in chart.key), plain_key=True, lane=1.3, between=0.7,
        lined=False, tones=(3,),
    )  # fmt: skip
    with row_plot(sheet, ax, key_mark=partial(_key, chart)) as plot:
        longest = max(s.start + s.length for row in chart.rows for bar in row.bars for s in bar)
        limits = (0.0, longest * (1 + 1 / _ROUNDED) or 1.0)
        plot.value_axis(limits, percent=chart.percent, whole=not chart.percent)
        for placed in plot.positions:
            row = chart.rows[placed.index]
            for lane, bar in zip(placed.lanes, row.bars, strict=True):
                _draw_bar(plot, bar, lane)
        if chart.connected:
            _connect(plot, chart)
    return plot.axes


def _draw_bar(plot: RowPlot, bar: tuple[_Segment, ...], y: float) -> None:
    for segment in bar:
        if segment.length > 0:
            face, edge = _colours(segment.colour, plot.theme)
            ends = segment.start + segment.length
            # The piece removed from a bar's end grows to the left where it would be too thin to see.
            draw_bars(plot, [ends], [segment.start], [y], face, height=_height(plot), edge=edge, anchor="end")


def _height(plot: RowPlot) -> float:
    return 0.82 * plot.pitch


def _colours(role: str, theme: Theme) -> tuple[str, str]:
    """Return fill and rim of a colour's role; "open" is a hollow bar of the accent."""
    if role == "open":
        return theme.paper, theme.accent
    colour = {"accent": theme.accent, "finding": theme.finding, "plain": theme.others[0]}[role]
    return colour, colour


def _connect(plot: RowPlot, chart: _Chart) -> None:
    """Draw hairlines from the end of what was left to the next row: the steps of a waterfall."""
    half = _height(plot) / 2
    for upper, lower in zip(plot.positions, plot.positions[1:], strict=False):
        above, below = chart.rows[upper.index], chart.rows[lower.index]
        if below.within or lower.index != upper.index + 1:
            continue
        segment = above.bars[0][0]
        x = segment.start if above.numbers[0].startswith(MINUS) else segment.start + segment.length
        y = [upper.lanes[0] + half, lower.lanes[0] - half]
        plot.axes.plot([x, x], y, color=plot.theme.muted, linewidth=0.7)


def _key(chart: _Chart, plot: RowPlot, number: int, x: float, y: float) -> None:
    face, edge = _colours(chart.key[number][0], plot.theme)
    draw_swatches(plot.axes, face, x, y, plot.theme, edge=edge)
