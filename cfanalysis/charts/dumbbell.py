"""Say and Do by dimension: one dumbbell for each group of organizations.

A hollow mark is Say (what an organization intends), a filled one Do (what it does); the bar between them is
the gap. Groups differ in colour and in shape. Where Do is above Say the filled mark stands to the right and
the gap is negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Unpack

from matplotlib.axes import Axes
from matplotlib.transforms import Transform

from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.score_captions import say_do_dumbbell_caption
from cfanalysis.charts.chart_layout import chart_texts
from cfanalysis.charts.few_rows import largest
from cfanalysis.charts.key import group_name
from cfanalysis.charts.number_card import group_numbers
from cfanalysis.charts.plot import points_from, write_text
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.scales import Limits, extend_limits, padded_limits
from cfanalysis.charts.text_metrics import text_width
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal
from cfanalysis.core.language import message, translated
from cfanalysis.theme.style import Theme

_SCORES = (0.0, 100.0)
_SAY, _DO = message("Say"), message("Do")
_MIN_SPAN = 15.0  # score points: a difference smaller than this never fills the plot


@dataclass(frozen=True)
class _Pair:
    """One group in one dimension, `y` points from the top; scores are NaN where there are none."""

    group: int
    say: float
    do: float
    gap: float
    y: float = math.nan

    @property
    def whole(self) -> bool:
        return math.isfinite(self.say) and math.isfinite(self.do)


@captioned(
    say_do_dumbbell_caption, RowSelection("dimension", largest("dimension", "gap"), card=group_numbers("gap"))
)
def say_do_dumbbell(
    profile: SayDoProfile,
    *,
    ax: Axes | None = None,
    limits: Limits | None = None,
    dense: bool = False,
    **own: Unpack[Own],
) -> Axes:
    """Draw Say and Do of each dimension, by group.

    Parameters
    ----------
    profile
        One row per dimension and group, scores 0-100. Dimensions stand in the order of the frame, groups in
        the order of ``profile.groups``; the first group is the one in colour.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width,
        as high as the rows need.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).
    limits
        Ends of the score axis, e.g. to compare two charts; widened where a score lies outside. None fits them
        to the scores.
    dense
        Whether the lines stand close together, for a page that holds more than the chart.

    Returns
    -------
    matplotlib.axes.Axes
        Its y axis counts points from the top; its ticks are the dimensions.

    Raises
    ------
    AnalysisError
        The profile has no rows.
    """
    if not len(profile.frame) or not profile.groups:
        raise AnalysisError("There is nothing to draw: the profile has no rows.")
    pairs = _pairs(profile)
    titles = profile.frame.drop_duplicates("dimension")["title"].astype(str)
    rows = tuple(
        Row(label, tuple((decimal(pair.gap, 1),) for pair in line))
        for label, line in zip(titles, pairs, strict=True)
    )
    lane, between, above = (1.35, 0.45, 0.9) if dense else (1.85, 0.9, 1.1)
    sheet = RowChart(
        rows, chart_texts(own), heads=(translated("Gap"),),
        keys=tuple(group_name(profile, group) for group in profile.groups), sample=3.9, lane=lane,
        between=between, above=above, tones=tuple(range(len(profile.groups))),
    )  # fmt: skip
    with row_plot(sheet, ax, key_mark=_key_mark) as plot:
        plot.value_axis(_limits(pairs, plot, limits), within=_SCORES)
        shown = [
            [_Pair(pair.group, pair.say, pair.do, pair.gap, y)
             for pair, y in zip(pairs[placed.index], placed.lanes, strict=True)]
            for placed in plot.positions
        ]  # fmt: skip
        for group in range(len(profile.groups)):
            _draw_dumbbells(plot.axes, [line[group] for line in shown], plot.theme)
        flat = [pair for line in shown for pair in line]
        first = next((pair for pair in flat if pair.whole), None)
        beside = (
            plot.theme.labels_above
        )  # where a label stands above the row, there is no room above its marks
        for pair in flat:
            _write_scores(plot, pair, named=beside and pair is first)
        if first is not None and not beside:
            _name_say_and_do(plot, first)
    return plot.axes


def _pairs(profile: SayDoProfile) -> list[list[_Pair]]:
    """Return for each dimension, in the order of the frame, Say and Do of each group."""
    table = profile.frame.drop_duplicates(["dimension", "group"])
    found = {
        (row["dimension"], row["group"]): tuple(float(row[name]) for name in ("say", "do", "gap"))
        for row in table.to_dict(orient="records")
    }
    none = (math.nan, math.nan, math.nan)
    return [
        [_Pair(i, *found.get((dimension, group), none)) for i, group in enumerate(profile.groups)]
        for dimension in table["dimension"].unique()
    ]


def _limits(pairs: list[list[_Pair]], plot: RowPlot, wanted: Limits | None) -> Limits:
    """Return ends of the score axis; unless given, they leave room for the numbers outside the marks."""
    scores = [score for line in pairs for pair in line for score in (pair.say, pair.do)]
    if wanted is not None:
        return extend_limits(wanted, scores)
    theme = plot.theme
    widest = decimal(100.0)
    if theme.labels_above:
        widest = max((f"{translated(name)} {widest}" for name in (_SAY, _DO)), key=len)
    pad = (text_width(widest, theme.small) if theme.detail else 0.0) + 1.6 * theme.mark
    return padded_limits(scores, width=plot.width, pad=pad, least=_MIN_SPAN)


def _write_scores(plot: RowPlot, pair: _Pair, *, named: bool) -> None:
    """Write a row's two scores outside of its dumbbell, with the names of Say and Do if wanted."""
    theme, axes = plot.theme, plot.axes
    aside = 0.5 * theme.mark + 0.4 * theme.small
    options: dict[str, Any] = {
        "coords": "data", "size": theme.small, "color": theme.text_colour(pair.group), "va": "center_baseline"
    }  # fmt: skip
    known = [score for score in (pair.say, pair.do) if math.isfinite(score)]
    if not known:
        options |= {"coords": ("axes fraction", "data"), "color": theme.muted, "backgroundcolor": theme.paper}
        write_text(axes, translated("no data"), (0, pair.y), (3, 0), **options)
        return
    if not theme.detail:
        return
    names = (_DO, _SAY) if pair.do <= pair.say else (_SAY, _DO)
    left, right = (f"{translated(name)} " if named else "" for name in names)
    if pair.whole:
        write_text(
            axes, left + decimal(min(known), 1), (min(known), pair.y), (-aside, 0), ha="right", **options
        )
    write_text(axes, right + decimal(max(known), 1), (max(known), pair.y), (aside, 0), **options)


def _draw_dumbbells(
    axes: Axes, rows: list[_Pair], theme: Theme, *, transform: Transform | None = None
) -> None:
    """Draw a group's bars, hollow Say and filled Do; the dot has a pale rim, so equal scores show both."""
    group = rows[0].group
    says, dos, ys = ([getattr(row, name) for row in rows] for name in ("say", "do", "y"))
    place: dict[str, Any] = {"transform": transform or axes.transData, "clip_on": False}
    place |= {"color": theme.colour(group)}
    bars = [(x, y) for say, do, y in zip(says, dos, ys, strict=True) for x in (say, do, math.nan)]
    bar: dict[str, Any] = {"linewidth": 0.36 * theme.mark, "solid_capstyle": "butt", "alpha": 0.45}
    axes.plot(*zip(*bars, strict=True), **bar, **place)
    mark: dict[str, Any] = {
        "marker": theme.marker(group),
        "markersize": theme.mark * theme.marker_size(group),
        "linestyle": "none",
    }
    ring, rim = 0.2 * theme.mark, 0.1 * theme.mark
    axes.plot(says, ys, markerfacecolor=theme.paper, markeredgewidth=ring, zorder=3, **mark, **place)
    axes.plot(dos, ys, markeredgecolor=theme.paper, markeredgewidth=rim, zorder=4, **mark, **place)


def _name_say_and_do(plot: RowPlot, pair: _Pair) -> None:
    """Write "Say" and "Do" above a dumbbell, away from each other if it is short."""
    theme, axes = plot.theme, plot.axes
    low, high = axes.get_xlim()
    distance = abs(pair.say - pair.do) * plot.width / (high - low)
    apart = distance > text_width(f"{translated(_SAY)} {translated(_DO)}", theme.small, bold=True)
    for name, score, other in ((_SAY, pair.say, pair.do), (_DO, pair.do, pair.say)):
        left_one = score < other or (score == other and name == _DO)
        ha, dx = ("center", 0.0) if apart else ("right", -1.0) if left_one else ("left", 1.0)
        write_text(
            axes, translated(name), (score, pair.y), (dx, 0.85 * theme.mark), coords="data", ha=ha, size=theme.small,
            color=theme.text_colour(pair.group), bold=True,
        )  # fmt: skip


def _key_mark(plot: RowPlot, group: int, x: float, y: float) -> None:
    """Draw a small dumbbell before a group's name in the key."""
    theme = plot.theme
    sample = _Pair(group, say=x - 1.2 * theme.mark, do=x - 3.7 * theme.mark, gap=0.0, y=y)
    _draw_dumbbells(plot.axes, [sample], theme, transform=points_from(plot.axes, (0, 1)))
