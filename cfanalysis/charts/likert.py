"""Answers on both sides of a centre: diverging bars for Likert items (Heiberger and Robbins 2014).

Answers below the centre grow to the left, those above to the right, each category in a tone that the colour-blind can
distinguish; the neutral one is split across the centre, stands aside at the right, or is dropped. Shares are written in
the bars where there is room, in letters chosen by contrast, and the sum above the centre at the right.

Heiberger, R. M., and Robbins, N. B. (2014). Design of diverging stacked bar charts for Likert scales and other
applications. Journal of Statistical Software 57:5.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np
from matplotlib.axes import Axes

from cfanalysis.analyses.answer_distribution import AnswerDistribution
from cfanalysis.charts.captioned_chart import Own, RowSelection, captioned
from cfanalysis.charts.captions.answer_captions import likert_bars_caption
from cfanalysis.charts.chart_layout import chart_texts
from cfanalysis.charts.few_rows import agreement_ends
from cfanalysis.charts.marks import Bar, draw_swatches
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.row_layout import Row, RowChart, RowPlot, row_plot
from cfanalysis.charts.text_metrics import text_width
from cfanalysis.charts.tones import diverging_tones, text_colour_on
from cfanalysis.core.errors import AnalysisError, ParameterError
from cfanalysis.core.formatting import percent
from cfanalysis.core.language import translated
from cfanalysis.theme.style import current_theme

Neutral = Literal["split", "aside", "drop"]
Order = Literal["given", "agreement", "disagreement"]
_AGREES = re.compile(r"\bagree\b|\bzustimm|\bstimme?\b.*\bzu\b|\bd.accord\b|\bde acuerdo\b", re.IGNORECASE)
_OBJECTS = re.compile(
    r"\b(neither|nor|not|disagree|nicht|weder|teils|teilweise|pas|ni|no)\b", re.IGNORECASE
)  # labels of the languages that ship
_ASIDE_GAP = 0.04  # between the bars and a neutral one that stands aside, shares


@dataclass(frozen=True)
class _Centre:
    """Categories on both sides of the centre, and the neutral one where there is one."""

    below: tuple[int, ...]
    neutral: int | None
    above: tuple[int, ...]


@captioned(likert_bars_caption, RowSelection("item", agreement_ends))
def likert_bars(
    answers: AnswerDistribution,
    *,
    neutral: Neutral = "split",
    centre: float | None = None,
    order: Order = "agreement",
    ax: Axes | None = None,
    **own: Unpack[Own],
) -> Axes:
    """Draw how the answers to each item spread around a centre.

    Parameters
    ----------
    answers
        One row per item and category, shares 0-1.
    neutral
        Where the category at the centre goes: half on either side, aside at the right, or dropped. Dropped answers
        stay in the base: shares are always of all answers.
    centre
        A category, which is then the neutral one, or a value between two (3.5). None is the middle of the scale.
    order
        ``"given"`` keeps the items and their sections; ``"agreement"`` puts the items with most answers above the
        centre first, ``"disagreement"`` those with most below.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x is the share of answers, negative below the centre; y counts points from the top.

    Raises
    ------
    AnalysisError
        There are no answers.
    ParameterError
        The centre leaves no category on one of its sides.
    """
    if not len(answers.frame):
        raise AnalysisError("There is nothing to draw: no item was answered.")
    sides = _sides(answers.categories, centre)
    shares = answers.frame.pivot(index="item", columns="category", values="share")
    shares = shares.reindex(columns=list(answers.categories)).fillna(0.0)
    about = answers.frame.drop_duplicates("item").set_index("item")
    below, above = shares[list(sides.below)].sum(axis=1), shares[list(sides.above)].sum(axis=1)
    items = list(about.index)
    if order != "given":
        first, second = (above, below) if order == "agreement" else (below, above)
        items.sort(key=lambda item: (-round(float(first[item]), 9), round(float(second[item]), 9)))
    rows = tuple(
        Row(
            str(about["title"][item]),
            ((percent(float(above[item])),),),
            str(about["section"][item]) if order == "given" else "",
        )
        for item in items
    )
    sheet = RowChart(
        rows, chart_texts(own), heads=(translated("Agree" if _agrees(answers, sides) else "Above"),),
        keys=_key_labels(answers, sides, neutral), plain_key=True, lane=1.75, between=0.35, top=1.6, lined=False,
        tones=(1,),
    )  # fmt: skip
    table = [shares.loc[item].to_dict() for item in items]
    tones = dict(zip(answers.categories, _tones(sides, answers.categories), strict=True))
    shown = [c for c in answers.categories if not (neutral == "drop" and c == sides.neutral)]
    with row_plot(sheet, ax, key_mark=lambda p, i, x, y: _key_mark(p, tones[shown[i]], x, y)) as plot:
        _draw(plot, table, sides, neutral, tones)
    return plot.axes


def _sides(categories: Sequence[int], centre: float | None) -> _Centre:
    middle = (categories[0] + categories[-1]) / 2 if centre is None else centre
    below = tuple(c for c in categories if c < middle)
    above = tuple(c for c in categories if c > middle)
    if not below or not above:
        raise ParameterError(
            "The centre leaves no answers on one side.",
            value=centre,
            allowed=f"above {categories[0]} and below {categories[-1]}",
        )
    return _Centre(below, next((c for c in categories if c == middle), None), above)


def _agrees(answers: AnswerDistribution, sides: _Centre) -> bool:
    """Whether what stands above the centre is agreement, all of it and nothing else."""
    agrees = [bool(_AGREES.search(label)) and not _OBJECTS.search(label) for label in answers.labels]
    chosen = [c for c, yes in zip(answers.categories, agrees, strict=True) if yes]
    return tuple(chosen) == sides.above


def _key_labels(answers: AnswerDistribution, sides: _Centre, neutral: Neutral) -> tuple[str, ...]:
    pairs = zip(answers.categories, answers.labels, strict=True)
    return tuple(label for c, label in pairs if not (neutral == "drop" and c == sides.neutral))


def _tones(sides: _Centre, categories: Sequence[int]) -> list[str]:
    places = {c: -(len(sides.below) - i) for i, c in enumerate(sides.below)}
    places |= {c: i + 1 for i, c in enumerate(sides.above)}
    # Both sides reach full strength at their end, however many categories each has.
    theme = current_theme()
    lower = diverging_tones([places[c] for c in sides.below], theme)
    upper = diverging_tones([places[c] for c in sides.above], theme)
    tone = dict(zip((*sides.below, *sides.above), (*lower, *upper), strict=True))
    return [tone.get(c) or diverging_tones([0], theme)[0] for c in categories]


def _key_mark(plot: RowPlot, colour: str, x: float, y: float) -> None:
    draw_swatches(plot.axes, colour, x, y, plot.theme)


def _draw(
    plot: RowPlot, table: Sequence[dict[int, float]], sides: _Centre, neutral: Neutral, tones: dict[int, str]
) -> None:
    """Draw every row's bars between limits that all rows share."""
    half = 0.5 if neutral == "split" and sides.neutral is not None else 0.0

    def reach(row: dict[int, float], part: Sequence[int]) -> float:
        middle = row[sides.neutral] * half if sides.neutral is not None else 0.0
        return sum(row[c] for c in part) + middle

    left = max((reach(row, sides.below) for row in table), default=0.0)
    right = max((reach(row, sides.above) for row in table), default=0.0)
    aside = neutral == "aside" and sides.neutral is not None
    widest = max((row[sides.neutral] for row in table), default=0.0) if aside and sides.neutral else 0.0
    end = right + (_ASIDE_GAP + widest if aside else 0.0)
    span = max(left + end, 0.05)
    plot.axes.set_xlim(-left - 0.01 * span, end + 0.01 * span)
    plot.axes.set_xticks([])
    for placed in plot.positions:
        row, y = table[placed.index], placed.lanes[0]
        middle = row[sides.neutral] * half if sides.neutral is not None else 0.0
        x = -middle
        for category in reversed(sides.below):
            x -= row[category]
            _bar(plot, x, row[category], y, tones[category])
        if half and sides.neutral is not None:
            _bar(plot, -middle, 2 * middle, y, tones[sides.neutral])
        x = middle
        for category in sides.above:
            _bar(plot, x, row[category], y, tones[category])
            x += row[category]
        if aside and sides.neutral is not None:
            _bar(plot, right + _ASIDE_GAP, row[sides.neutral], y, tones[sides.neutral])
    line: dict[str, Any] = {"color": plot.theme.ink, "linewidth": 0.8, "zorder": 0.9 if half else 2.6}
    if plot.theme.labels_above:  # the line stays in the bars, as labels stand between them
        ys = np.array([placed.lanes[0] for placed in plot.positions])
        plot.axes.vlines(0.0 * ys, ys - 0.43 * plot.pitch, ys + 0.43 * plot.pitch, **line)
    else:
        plot.axes.axvline(0.0, **line)


def _bar(plot: RowPlot, x: float, share: float, y: float, colour: str) -> None:
    """Draw one category's bar with its share in it, if there is room for the number."""
    if not math.isfinite(share) or share <= 0:
        return
    theme, height = plot.theme, 0.86 * plot.pitch
    plot.axes.add_artist(
        Bar(
            (x, y - height / 2),
            share,
            height,
            facecolor=colour,
            edgecolor=theme.paper,
            linewidth=0.6,
            zorder=2,
        )
    )
    low, high = plot.axes.get_xlim()
    text = f"{100 * share:.0f}"
    room = share / (high - low) * plot.width
    if theme.detail and room >= text_width(text, theme.small) + 0.5 * theme.small and height > theme.small:
        write_text(
            plot.axes, text, (x + share / 2, y), coords="data", ha="center", va="center_baseline",
            size=theme.small, color=text_colour_on(colour, theme), zorder=3,
        )  # fmt: skip
