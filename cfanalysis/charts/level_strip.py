"""The external performance level: how many organizations stand at each, and what goes with it.

The strip shows shares true to length; below it each level has a column of equal width for its numbers, joined to
its piece of the strip, so that a small share has room for its labels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from cfanalysis.analyses.performance_levels import ClientLevel, Levels
from cfanalysis.charts.captioned_chart import Own, captioned
from cfanalysis.charts.captions.answer_captions import level_strip_caption
from cfanalysis.charts.chart_layout import ChartArea, Gutters, chart_texts, fitting_plan
from cfanalysis.charts.plot import write_text
from cfanalysis.charts.spots import Spot, add_spots
from cfanalysis.charts.text_metrics import text_width, wrap_lines
from cfanalysis.charts.tones import text_colour_on
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import decimal, percent
from cfanalysis.core.language import series, translated
from cfanalysis.core.templates import labelled, sentence
from cfanalysis.theme.brand import blend
from cfanalysis.theme.style import Theme, apply_theme

_STRIP, _JOIN, _LINE, _APART = 2.6, 1.5, 1.45, 0.7  # heights in label sizes


@dataclass(frozen=True)
class _Step:
    """A level: its name, its share (0-1), and lines of a label and a number."""

    name: str
    share: float
    lines: tuple[tuple[str, str], ...]
    client: bool = False


@dataclass(frozen=True)
class _Plan:
    """Lines of the columns at one size of letters."""

    theme: Theme
    columns: list[list[tuple[str, bool]]]
    above: float

    @property
    def height(self) -> float:
        label = self.theme.label
        counts = [len(column) for column in self.columns]
        lines = sum(counts) + _APART * len(counts) if self.theme.labels_above else max(counts)
        return self.above + (_STRIP + _JOIN + 0.5 + _LINE * lines) * label


@captioned(level_strip_caption)
def level_strip(levels: Levels | ClientLevel, *, ax: Axes | None = None, **own: Unpack[Own]) -> Axes:
    """Draw the share of organizations at each level, low to high, with gap and performance below.

    Parameters
    ----------
    levels
        All organizations, or one client: then its level is marked on the benchmark's strip.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    **own
        What an author may replace: ``title``, ``subtitle``, ``source``, ... (`captioned_chart.Own`).

    Returns
    -------
    matplotlib.axes.Axes
        x runs from 0 to 1 over the shares, y counts points from the top.

    Raises
    ------
    AnalysisError
        There are no levels.
    """
    steps = _client_steps(levels) if hasattr(levels, "level") else _steps(levels)
    if not steps:
        raise AnalysisError("There is nothing to draw: there are no levels.")
    with apply_theme() as theme:
        stage = ChartArea(ax, chart_texts(own))
        plan = _plan(steps, stage.width, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = fitting_plan(partial(_plan, steps, stage.width), theme, body)
        with apply_theme(plan.theme):
            axes = stage.open(Gutters(), body=body)
            axes.set(xlim=(0, 1), ylim=(body, 0), xticks=[], yticks=[])
            _draw(axes, steps, plan, stage.width, body)
    return axes


def _steps(levels: Any) -> list[_Step]:
    rows = levels.by_level.to_dict(orient="records")
    steps = []
    for row in rows:
        lines = [(translated("Organizations"), sentence("{n} ({share:%})", row))]
        if math.isfinite(float(row["gap"])):
            lines.append((translated("Mean gap, 0–100"), decimal(float(row["gap"]))))
        if levels.criterion and math.isfinite(float(row["criterion"])):
            lines.append((f"{levels.criterion}, 0–100", decimal(float(row["criterion"]))))
        steps.append(_Step(_level_name(row["level"]), float(row["share"]), tuple(lines)))
    return steps


def _level_name(level: str) -> str:
    name = translated(level)
    return name[:1].upper() + name[1:]


def _client_steps(level: Any) -> list[_Step]:
    steps = []
    for row in level.frame.to_dict(orient="records"):
        lines = ((translated("Agreement with its statements, 0–100"), decimal(float(row["score"]))),)
        share = float(row["organizations"])
        name = _level_name(row["level"])
        steps.append(_Step(name, share if math.isfinite(share) else 0.0, lines, row["level"] == level.level))
    return steps


def _plan(steps: Sequence[_Step], width: float, theme: Theme) -> _Plan:
    room = width / (1 if theme.labels_above else len(steps)) - 1.2 * theme.label
    columns = []
    for step in steps:
        head = step.name if theme.detail else labelled(step.name, percent(step.share))
        column: list[tuple[str, bool]] = [(head, True)]
        for label, value in step.lines if theme.detail else ():
            column += [(line, False) for line in wrap_lines(labelled(label, value), room, theme.small)]
        columns.append(column)
    return _Plan(theme, columns, 2.1 * theme.label if any(step.client for step in steps) else 0.0)


def _draw(axes: Axes, steps: Sequence[_Step], plan: _Plan, width: float, body: float) -> None:
    """Draw strip, joints and columns; what room is left makes the strip higher."""
    theme, label = plan.theme, plan.theme.label
    top = plan.above
    spare = max(body - plan.height, 0.0)
    strip = _STRIP * label + spare * (0.8 if theme.detail else 1)
    below = top + strip + _JOIN * label
    whole = sum(step.share for step in steps) or 1.0
    x, y, equal = 0.0, below, 1 / len(steps)
    gap = 0.6 * label / width
    for number, step in enumerate(steps):
        share = step.share / whole
        tone = blend(theme.paper, theme.accent, 0.25 + 0.75 * number / max(len(steps) - 1, 1))
        axes.add_artist(
            Rectangle((x, top), share, strip, facecolor=tone, edgecolor=theme.paper, linewidth=1.0)
        )
        left = number * equal + gap * (number > 0)
        right = (number + 1) * equal - gap * (number < len(steps) - 1)
        if theme.labels_above:  # below each other, each behind a piece of its tone
            left, y = 0.0, y + _APART * label * (number > 0)
            piece = (0, y + (_LINE - 1.1) * label), 0.9 * label / width, 0.9 * label
            axes.add_artist(Rectangle(*piece, facecolor=tone, linewidth=0))
        else:
            y = below + 0.4 * label
            corners = [(x, top + strip), (x + share, top + strip), (right, below), (left, below)]
            axes.add_artist(
                Polygon(corners, facecolor=blend(theme.paper, tone, 0.3), linewidth=0, zorder=0.5)
            )
        text = percent(step.share)
        if text_width(text, label, bold=True) + 6 < share * width:
            middle = (x + share / 2, top + strip / 2)
            colour = text_colour_on(tone, theme)
            write_text(
                axes, text, middle, coords="data", ha="center", va="center_baseline", bold=True, color=colour
            )
        if step.client:
            _mark_client(axes, min(max(x + share / 2, 0.02), 0.98), top, theme)
        for line, bold in plan.columns[number]:
            y += _LINE * label
            behind = 1.4 * label if bold and theme.labels_above else 0
            write_text(
                axes, line, (left, y), (behind, 0.35 * label), coords="data", bold=bold,
                size=label if bold else theme.small, color=theme.ink if bold else theme.muted,
            )  # fmt: skip
        words = series(labelled(*line) for line in step.lines)
        add_spots(axes, [Spot((x, x + share), (top, below), step.name, f"{step.name}, {text}. {words}")])
        x += share


def _mark_client(axes: Axes, x: float, top: float, theme: Theme) -> None:
    """Write "You are here" in a mark above the client's level."""
    axes.plot(
        [x],
        [top - 0.4 * theme.label],
        marker="v",
        markersize=0.75 * theme.mark,
        color=theme.ink,
        clip_on=False,
    )
    ha = "left" if x < 0.15 else "right" if x > 0.85 else "center"
    write_text(axes, translated("This organization"), (x, top), (0, 1.0 * theme.label), coords="data", ha=ha,
          size=theme.small, color=theme.ink, bold=True)  # fmt: skip
