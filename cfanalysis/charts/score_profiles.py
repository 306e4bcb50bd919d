"""Profiles of scores: a dot plot of the dimensions, and the practices of the top quartile against the rest.

Cleveland and McGill (1984) found places on one common scale to be read more exactly than lengths, angles or areas;
so a profile is a dot plot. Groups share a line and differ in colour and in shape.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any, Literal, Unpack

import pandas as pd
from matplotlib.axes import Axes

from cfanalysis.analyses.practices import ClientPractices, PracticeContrast
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.score_captions import dimension_profile_caption, practice_profile_caption
from cfanalysis.charts.chart_layout import ChartTexts, chart_texts
from cfanalysis.charts.few_rows import furthest_apart, largest
from cfanalysis.charts.key import group_name
from cfanalysis.charts.marks import draw_dots, key_dot
from cfanalysis.charts.number_card import group_numbers
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.radar import draw_radar
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.scales import Limits, extend_limits, padded_limits
from cfanalysis.charts.text_metrics import one_line, text_width
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal, interval_cell
from cfanalysis.core.language import translated
from cfanalysis.theme.style import current_theme

_Measure = Literal["say", "do", "gap"]
_SCORES = (0.0, 100.0)
_MIN_SPAN = 15.0  # score points: a difference smaller than this never fills the plot
_WIDEST_HEAD = 6.5  # label sizes: a longer name stands in the key alone


@captioned(dimension_profile_caption, RowSelection("dimension", furthest_apart, card=group_numbers("do")))
def dimension_profile(
    profile: SayDoProfile,
    *,
    measure: _Measure = "do",
    radar: bool = False,
    ax: Axes | None = None,
    limits: Limits | None = None,
    **own: Unpack[Own],
) -> Axes:
    """Draw one measure of each dimension, groups side by side on one scale.

    Parameters
    ----------
    profile
        One row per dimension and group, scores 0-100.
    measure
        Which of them: ``"say"``, ``"do"`` or ``"gap"``.
    radar
        Draw a radar chart instead, for readers who expect one. It is the weaker picture: its area grows with the
        square of the scores and changes with the order of the dimensions, neighbours look related, and values are
        hard to compare across axes. It takes three to eight dimensions. On a narrow page, where no radar has room
        beside its labels, rows are drawn all the same.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).
    limits
        Ends of the score axis, e.g. to compare two charts; widened where a score lies outside.

    Returns
    -------
    matplotlib.axes.Axes
        x is the score, y counts points from the top; the ticks are the dimensions. (Of a radar: plain x and y.)

    Raises
    ------
    AnalysisError
        There are no rows, or fewer than three or more than eight dimensions for a radar.
    """
    if not len(profile.frame):
        raise AnalysisError("There is nothing to draw: the profile has no rows.")
    words = chart_texts(own)
    table = profile.frame.drop_duplicates(["dimension", "group"])
    wide = table.pivot(index="dimension", columns="group", values=measure).astype(float)
    wide = wide.reindex(index=table["dimension"].unique(), columns=list(profile.groups))
    labels = table.drop_duplicates("dimension").set_index("dimension")["title"].astype(str)
    titles = [labels[dimension] for dimension in wide.index]
    keys = [group_name(profile, group) for group in profile.groups]
    if radar and not current_theme().labels_above:
        return draw_radar(titles, wide.to_numpy().T.tolist(), keys, words, ax=ax)
    return _dot_plot(titles, wide, keys, words, ax=ax, limits=limits)


@captioned(practice_profile_caption, RowSelection("practice", largest("practice", "difference")))
def practice_profile(
    practices: PracticeContrast | ClientPractices, *, ax: Axes | None = None, **own: Unpack[Own]
) -> Axes:
    """Draw each practice in the top quartile and in the rest, or of one client beside the benchmark.

    Parameters
    ----------
    practices
        One row per practice, scores 0-100: of all organizations (``top, rest, difference, low, high``) or of one
        client (``score, benchmark, top``). Rows stand by the difference, largest first.
    ax, **own
        As for `dimension_profile`.

    Returns
    -------
    matplotlib.axes.Axes
        As for `dimension_profile`; the numbers at the right are differences.

    Raises
    ------
    AnalysisError
        There are no practices.
    """
    frame, client = practices.frame, getattr(practices, "client", None)
    columns = ["top", "rest"] if client is None else ["score", "top", "benchmark"]
    first, second = columns[0], "rest" if client is None else "benchmark"
    table = frame.assign(_by=frame[first].astype(float) - frame[second].astype(float))
    table = table.sort_values("_by", ascending=False, kind="stable")
    top, benchmark = translated("Top quartile"), translated("Benchmark")
    keys = [top, translated("Rest")] if client is None else [one_line(client), top, benchmark]
    asides = [_difference(row, client) for row in table.to_dict(orient="records")]
    heads: tuple[str, ...] = (translated("Beside benchmark"),)
    if client is None:
        heads = (translated("Difference"), translated("95% interval"))
    wide = table.set_index("practice")[columns].astype(float)
    rows = [(aside,) for aside in asides]
    return _dot_plot(
        table["title"].astype(str).tolist(), wide, keys, chart_texts(own), ax=ax,
        rows=rows, heads=heads,
    )  # fmt: skip


def _difference(row: dict[Hashable, Any], client: str | None) -> tuple[str, ...]:
    if client is not None:
        return (decimal(row["_by"], 1, signed=True),)
    return decimal(row["_by"], 1, signed=True), interval_cell(row["low"], row["high"], 1, missing="")


def _dot_plot(
    titles: Sequence[str],
    wide: pd.DataFrame,
    keys: Sequence[str],
    words: ChartTexts,
    *,
    ax: Axes | None,
    limits: Limits | None = None,
    rows: Sequence[tuple[tuple[str, ...], ...]] | None = None,
    heads: tuple[str, ...] | None = None,
) -> Axes:
    """Draw one line a row with the dots of all sets; by default the scores are written at the right."""
    values = wide.to_numpy()
    if rows is None:
        names = [translated(str(column)) for column in wide.columns]
        shown = _column_head_count(names)
        heads = tuple(names[:shown]) if shown else ("",)
        rows = [(tuple(decimal(v, 1) for v in line[: max(shown, 1)]),) for line in values]
    entries = tuple(Row(label, asides) for label, asides in zip(titles, rows, strict=True))
    sheet = RowChart(entries, words, heads=heads or (), keys=tuple(keys), between=0.7)
    with row_plot(sheet, ax, key_mark=key_dot) as plot:
        scores = values.ravel().tolist()
        fitted = padded_limits(scores, width=plot.width, pad=1.2 * plot.theme.mark, least=_MIN_SPAN)
        plot.value_axis(fitted if limits is None else extend_limits(limits, scores), within=_SCORES)
        _draw_lines(plot, values.tolist())
    return plot.axes


def _column_head_count(names: Sequence[str]) -> int:
    """Return how many of the names are short enough to head a column of numbers: all, or none."""
    theme = current_theme()
    widths = [text_width(name, theme.small, bold=True) for name in names]
    return len(names) if len(names) <= 3 and max(widths) <= _WIDEST_HEAD * theme.label else 0


def _draw_lines(plot: RowPlot, values: Sequence[Sequence[float]]) -> None:
    """Draw each row's dots, the first set over the others, on a hairline that joins them."""
    shown = [(placed.lanes[0], values[placed.index]) for placed in plot.positions]
    for y, line in shown:
        known = [value for value in line if math.isfinite(value)]
        if len(known) > 1:
            plot.axes.hlines(y, min(known), max(known), color=plot.theme.others[0], linewidth=1.0, zorder=1.5)
        if not known:
            write_text(
                plot.axes, translated("no data"), (0, y), (3, 0), coords=("axes fraction", "data"),
                va="center_baseline", size=plot.theme.small, color=plot.theme.muted, backgroundcolor=plot.theme.paper,
            )  # fmt: skip
    for number in reversed(range(len(values[0]))):
        xs = [line[number] for _, line in shown]
        draw_dots(plot.axes, xs, [y for y, _ in shown], number, plot.theme)
