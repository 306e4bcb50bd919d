"""Say and Do by dimension: one dumbbell for each group of organizations.

A hollow mark is Say (what an organization intends), a filled one Do (what it does); the bar between them is
the gap. Groups differ in colour and in shape. Where Do is above Say the filled mark stands to the right and
the gap is negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import Transform

from cfanalysis.charts.key import Key, key_height, placed_keys, write_key
from cfanalysis.charts.layout import Gutters, Stage, Words, fitting_plan
from cfanalysis.charts.lettering import one_line, text_width, unit, wrapped
from cfanalysis.charts.plot import letter, points_from, value_axis, write
from cfanalysis.charts.scales import Limits, roomy_limits, round_ticks, tick_labels, widened
from cfanalysis.errors import AnalysisError
from cfanalysis.numerals import decimal
from cfanalysis.theme import Theme, applied

if TYPE_CHECKING:
    from cfanalysis.analyses.say_do_profile import SayDoProfile

_SCORES = (0.0, 100.0)
_LEAST_SPAN = 15.0  # score points: a difference smaller than this never fills the plot


@dataclass(frozen=True)
class _Row:
    """One group in one dimension, `y` points from the top; scores are NaN where there are none."""

    group: int
    say: float
    do: float
    gap: float
    y: float

    @property
    def whole(self) -> bool:
        return math.isfinite(self.say) and math.isfinite(self.do)


@dataclass(frozen=True)
class _Band:
    """One dimension: the lines of its title, its rows, and where it ends, points from the top."""

    lines: list[str]
    rows: list[_Row]
    middle: float
    end: float


@dataclass(frozen=True)
class _Plan:
    """Where everything stands, for one size of letters."""

    theme: Theme
    keys: list[Key]
    bands: list[_Band]
    gutters: Gutters

    @property
    def rows(self) -> list[_Row]:
        return [row for band in self.bands for row in band.rows]

    @property
    def height(self) -> float:
        return self.gutters.top + self.bands[-1].end


def say_do_dumbbell(
    profile: SayDoProfile,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    caption: str | None = None,
    limits: Limits | None = None,
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
    title, subtitle, caption
        The words around the plot; None writes plain ones, an empty text leaves them out.
    limits
        Ends of the score axis, e.g. to compare two charts; widened where a score lies outside. None fits them
        to the scores.

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
    with applied() as theme:
        stage = Stage(ax, _words(profile).replaced(title, subtitle, caption))
        plan = _plan(profile, stage.width, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = fitting_plan(partial(_plan, profile, stage.width, tight=True), theme, body)
        with applied(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            width = stage.width - plan.gutters.left - plan.gutters.right
            _set_axes(axes, plan, _limits(plan, width, limits), width)
            for number_of_group in range(len(profile.groups)):
                rows = [band.rows[number_of_group] for band in plan.bands]
                _draw_dumbbells(axes, rows, plan.theme)
            for row in plan.rows:
                _write_row(axes, row, plan)
            _name_say_and_do(axes, plan, width)
            _write_key(axes, plan)
    return axes


def _words(profile: SayDoProfile) -> Words:
    meaning = "Gap = Say − Do" + (
        ", negative where Do is above Say." if profile.frame["gap"].lt(0).any() else "."
    )
    return Words(
        title="Say and Do by dimension",
        subtitle=f"Mean scores, 0–100, {profile.wave} wave of each {unit(profile.source)}. {meaning}",
        caption=profile.source.caption,
    )


def _plan(profile: SayDoProfile, width: float, theme: Theme, *, tight: bool = False) -> _Plan:
    """Return where everything stands at the letter sizes of a theme."""
    titles = profile.frame["title"].astype(str).unique()
    widest = max(text_width(one_line(title), theme.label) for title in titles)
    label_width = min(widest, 0.3 * width)
    names = [_named(profile, group) for group in profile.groups]
    keys = placed_keys(names, width=width, sample=4.2 * theme.mark, theme=theme)
    bands = _bands(profile, label_width, theme, tight=tight)
    gaps = [_gap_text(row) for band in bands for row in band.rows]
    gutters = Gutters(
        left=label_width + 0.8 * theme.label,
        right=max(text_width(text, theme.label, bold=True) for text in [*gaps, "Gap"]) + 0.8 * theme.label,
        top=key_height(keys, theme) + 2.0 * theme.label,
    )
    return _Plan(theme, keys, bands, gutters)


def _bands(profile: SayDoProfile, label_width: float, theme: Theme, *, tight: bool) -> list[_Band]:
    """Return the dimensions from top to bottom, each as high as its label and its rows need."""
    frame, (pitch, between) = profile.frame, (1.3, 0.5) if tight else (1.85, 0.9)
    pitch, between = pitch * theme.label, between * theme.label
    bands: list[_Band] = []
    end = 1.1 * theme.label
    for dimension in frame["dimension"].drop_duplicates():
        part = frame[frame["dimension"] == dimension].drop_duplicates("group").set_index("group")
        lines = wrapped(str(part["title"].iloc[0]), label_width, theme.label)
        together = len(profile.groups) * pitch
        height = max(together, len(lines) * 1.25 * theme.label) + between
        middle = end + height / 2
        first = middle - together / 2 + pitch / 2
        rows = [_row(part, name, i, first + i * pitch) for i, name in enumerate(profile.groups)]
        end += height
        bands.append(_Band(lines, rows, middle, end))
    return bands


def _row(part: pd.DataFrame, group: str, number_of_group: int, y: float) -> _Row:
    if group not in part.index:
        return _Row(number_of_group, math.nan, math.nan, math.nan, y)
    say, do, gap = (float(part[column].astype(float)[group]) for column in ("say", "do", "gap"))
    return _Row(number_of_group, say, do, gap, y)


def _limits(plan: _Plan, width: float, wanted: Limits | None) -> Limits:
    """Return ends of the score axis; unless given, they leave room for the numbers outside the marks."""
    scores = [score for row in plan.rows for score in (row.say, row.do)]
    if wanted is not None:
        return widened(wanted, scores)
    pad = text_width("100", plan.theme.small) + 1.6 * plan.theme.mark
    return roomy_limits(scores, width=width, pad=pad, least=_LEAST_SPAN)


def _set_axes(axes: Axes, plan: _Plan, limits: Limits, width: float) -> None:
    theme = plan.theme
    axes.set_xlim(limits)
    ticks = round_ticks(limits, width=width, pitch=5.5 * theme.small, within=_SCORES)
    value_axis(axes, ticks, tick_labels(ticks), top=True)
    axes.set_yticks([band.middle for band in plan.bands], ["\n".join(band.lines) for band in plan.bands])
    axes.tick_params(axis="y", length=0, pad=plan.gutters.left, labelsize=theme.label, labelcolor=theme.ink)
    letter(axes.get_yticklabels())
    for label in axes.get_yticklabels():
        label.set_horizontalalignment("left")
    axes.set_ylim(plan.bands[-1].end, 0)
    edges = (-plan.gutters.left / width, 1 + plan.gutters.right / width)
    for band in plan.bands[:-1]:
        axes.axhline(band.end, *edges, color=theme.rule, linewidth=0.6, clip_on=False, zorder=0.5)


def _write_row(axes: Axes, row: _Row, plan: _Plan) -> None:
    """Write a row's two scores outside of its dumbbell, and its gap in the right gutter."""
    theme, text_colour = plan.theme, plan.theme.text_colour(row.group)
    low, high = sorted((row.say, row.do)) if row.whole else (math.nan, math.nan)
    aside = 0.5 * theme.mark + 0.4 * theme.small
    options: dict[str, Any] = {
        "coords": "data", "size": theme.small, "color": text_colour, "va": "center_baseline"
    }  # fmt: skip
    if row.whole:
        write(axes, decimal(low, 0), (low, row.y), (-aside, 0), ha="right", **options)
        write(axes, decimal(high, 0), (high, row.y), (aside, 0), **options)
    elif math.isfinite(row.say) or math.isfinite(row.do):
        score = row.say if math.isfinite(row.say) else row.do
        write(axes, decimal(score, 0), (score, row.y), (aside, 0), **options)
    else:
        options |= {"coords": ("axes fraction", "data"), "color": theme.muted, "backgroundcolor": theme.paper}
        write(axes, "no data", (0, row.y), (3, 0), **options)
    write(
        axes,
        _gap_text(row),
        (1, row.y),
        (plan.gutters.right, 0),
        coords=("axes fraction", "data"),
        ha="right",
        va="center_baseline",
        color=text_colour if math.isfinite(row.gap) else theme.muted,
        bold=row.group == 0 and math.isfinite(row.gap),
    )


def _draw_dumbbells(
    axes: Axes, rows: list[_Row], theme: Theme, *, transform: Transform | None = None
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


def _gap_text(row: _Row) -> str:
    return decimal(row.gap, 1)


def _name_say_and_do(axes: Axes, plan: _Plan, width: float) -> None:
    """Write "Say" and "Do" above the first whole dumbbell, away from each other if it is short."""
    theme = plan.theme
    row = next((row for row in plan.rows if row.whole), None)
    if row is None:
        return
    low, high = axes.get_xlim()
    distance = abs(row.say - row.do) * width / (high - low)
    apart = distance > text_width("Say Do", theme.small, bold=True)
    for name, score, other in (("Say", row.say, row.do), ("Do", row.do, row.say)):
        left_one = score < other or (score == other and name == "Do")
        ha, dx = ("center", 0.0) if apart else ("right", -1.0) if left_one else ("left", 1.0)
        write(
            axes, name, (score, row.y), (dx, 0.85 * theme.mark), coords="data", ha=ha, size=theme.small,
            color=theme.text_colour(row.group), bold=True,
        )  # fmt: skip


def _named(profile: SayDoProfile, group: str) -> str:
    """Return a group's name with its n, where that is a number of organizations and not one's own row."""
    counts = profile.frame.loc[profile.frame["group"] == group, "n"].dropna().astype(int)
    if counts.empty or counts.max() <= 1:
        return one_line(group)
    low, high = counts.min(), counts.max()
    return f"{one_line(group)} (n = {high:,})" if low == high else f"{one_line(group)} (n = {low:,}–{high:,})"


def _write_key(axes: Axes, plan: _Plan) -> None:
    """Write the groups above the plot, each beside a small dumbbell, and the head of the gaps."""
    theme, gutters = plan.theme, plan.gutters
    from_corner = points_from(axes, (0, 1))

    def draw(group: int, x: float, y: float) -> None:
        sample = _Row(group, say=x - 1.2 * theme.mark, do=x - 3.7 * theme.mark, gap=0.0, y=y)
        _draw_dumbbells(axes, [sample], theme, transform=from_corner)

    write_key(axes, plan.keys, corner=(-gutters.left, gutters.top), theme=theme, draw=draw)
    write(axes, "Gap", (1, 1), (gutters.right, 0.5 * theme.label), ha="right", size=theme.small, bold=True)
