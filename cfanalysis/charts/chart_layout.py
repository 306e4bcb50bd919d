"""The page of a chart: title, subtitle and source around a plot, aligned to one left edge.

A `ChartArea` is the rectangle that a chart may use: a figure of its own, or the place of an Axes it was given.
From top to bottom it holds the title (the finding, in words), the subtitle (the measure and n), the body (the
plot with gutters for its labels) and the source. All measures are points, everything is placed
once before anything is drawn, and what stands beside the plot hangs on the Axes, so charts compose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cfanalysis.charts.captions.caption import SYNTHETIC
from cfanalysis.charts.plot import clear_axes, size_in_points, write_text
from cfanalysis.charts.text_metrics import balance_lines
from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence
from cfanalysis.theme.style import Theme, current_theme

_TIGHT, _LOOSE = 1.2, 1.32  # line pitch of titles and of smaller text, in font sizes
_SMALLEST = 0.3  # letters shrink to this at most where the height is given and the rows are many
MIN_BODY = 36.0  # a plot is at least this many points wide and high, however little room is left


@dataclass(frozen=True)
class ChartTexts:
    """What is written around a plot; an empty text takes no room.

    Parameters
    ----------
    title
        The finding, in words.
    subtitle
        The measure and n.
    source
        Where the data come from, and whether they are synthetic.
    """

    title: str = ""
    subtitle: str = ""
    source: str = ""

    def brief(self) -> ChartTexts:
        """Return the title alone, and of the source only what must never be left out: that data are synthetic.

        Examples
        --------
        >>> ChartTexts("Finding", "Measure", "Source: x. Synthetic data.").brief()
        ChartTexts(title='Finding', subtitle='', source='Synthetic data.')
        """
        return ChartTexts(self.title, "", SYNTHETIC if SYNTHETIC in self.source else "")


def chart_texts(words: Mapping[str, Any]) -> ChartTexts:
    """Return what is written around a plot, of all that an author may replace (`captioned_chart.Own`)."""
    return ChartTexts(**{name: words.get(name) or "" for name in ("title", "subtitle", "source")})


@dataclass(frozen=True)
class Gutters:
    """Room around a plot for its labels, points."""

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


class ChartArea:
    """The rectangle that a chart may use.

    Parameters
    ----------
    ax
        The Axes whose place is used; None for a figure of the theme's size.
    words
        What is written around the plot.

    Attributes
    ----------
    width
        Width of title, body and caption, points.
    """

    def __init__(self, ax: Axes | None, words: ChartTexts) -> None:
        self._ax = ax
        self._theme = theme = current_theme()
        if ax is None:
            self._margin = theme.margin
            self._titles = theme.title, theme.subtitle
            self.width = theme.width - 2 * theme.margin
            self._height = None if theme.height is None else theme.height - 2 * theme.margin
        else:
            self._margin = 0.0
            self._titles = (theme.label + theme.subtitle) / 2, theme.small
            self._left, self._bottom, self.width, self._height = _place_in_points(ax)
        self._lines = self._wrapped_words(words if theme.detail else words.brief())

    def body_height(self, natural: float) -> float:
        """Return the height that the body gets: its natural one unless the stage's height is given."""
        if self._height is None:
            return natural
        return max(self._height - self._header() - self._footer(), MIN_BODY)

    def open(self, gutters: Gutters, *, body: float) -> Axes:
        """Return the Axes, placed within the gutters, with the words written around it.

        Parameters
        ----------
        gutters
            Room for labels around the plot, within the body.
        body
            Height of the body, points: what `body_height` returned.
        """
        width = max(self.width - gutters.left - gutters.right, MIN_BODY)
        height = max(body - gutters.top - gutters.bottom, MIN_BODY)
        axes = self._ax or self._new_axes(body)
        figure_width, figure_height = size_in_points(axes)
        left = self._left + gutters.left
        bottom = self._bottom + self._footer() + gutters.bottom
        axes.set_position(
            (left / figure_width, bottom / figure_height, width / figure_width, height / figure_height)
        )
        clear_axes(axes)
        self._write_words(axes, gutters)
        return axes

    def _new_axes(self, body: float) -> Axes:
        """Make a figure as high as header, body and footer need, without any global state."""
        height = (self._height or self._header() + body + self._footer()) + 2 * self._margin
        figure = Figure(figsize=(self._theme.width / 72, height / 72))
        self._left = self._bottom = self._margin
        return figure.add_axes((0.0, 0.0, 1.0, 1.0))

    def _wrapped_words(self, words: ChartTexts) -> tuple[list[str], list[str], list[str]]:
        title, subtitle = self._titles
        return (
            balance_lines(words.title, self.width, title, bold=True),
            balance_lines(words.subtitle, self.width, subtitle),
            balance_lines(words.source, self.width, self._theme.small),
        )

    def _header(self) -> float:
        (title, subtitle), (titles, subtitles, _) = self._titles, self._lines
        gap = 0.9 * subtitle if titles or subtitles else 0.0
        return len(titles) * title * _TIGHT + self._between() + len(subtitles) * subtitle * _LOOSE + gap

    def _between(self) -> float:
        """Return the room between title and subtitle."""
        return 0.25 * self._titles[1] if self._lines[0] and self._lines[1] else 0.0

    def _footer(self) -> float:
        lines, size = len(self._lines[2]), self._theme.small
        return (lines * _LOOSE + 0.9) * size if lines else 0.0

    def _write_words(self, axes: Axes, gutters: Gutters) -> None:
        theme, (title, subtitle) = self._theme, self._titles
        titles, subtitles, captions = self._lines
        x, y = -gutters.left, gutters.top + self._header()
        for line in titles:
            y -= title * _TIGHT
            write_text(axes, line, (0, 1), (x, y + title * 0.3), size=title, color=theme.ink, bold=True)
        y -= self._between()
        for line in subtitles:
            y -= subtitle * _LOOSE
            write_text(axes, line, (0, 1), (x, y + subtitle * 0.3), size=subtitle, color=theme.muted)
        y = -gutters.bottom - 0.9 * theme.small
        for line in captions:
            y -= theme.small * _LOOSE
            write_text(axes, line, (0, 0), (x, y + theme.small * 0.3), size=theme.small, color=theme.muted)


class LayoutPlan(Protocol):
    """Where everything in a chart stands, for one size of letters."""

    @property
    def height(self) -> float:
        """The height that it needs, points."""
        ...


AnyPlan = TypeVar("AnyPlan", bound=LayoutPlan)


def fitting_plan(plan: Callable[[Theme], AnyPlan], theme: Theme, body: float) -> AnyPlan:
    """Return the plan with the largest letters, up to the theme's, that is no higher than a body.

    Parameters
    ----------
    plan
        Returns the plan for a theme.
    theme
        The look.
    body
        The height there is, points.
    """
    best = plan(theme)
    factor = 1.0
    while best.height > body and factor > _SMALLEST:
        # By small steps: smaller words break into fewer lines, so the height shrinks faster than the letters.
        factor *= min(max(body / best.height, 0.9), 0.98)
        best = plan(theme.with_scale(factor))
    return best


def readable_plan(
    plan: Callable[[Theme, int | None], AnyPlan], theme: Theme, body: float, *, rows: int, fewest: int = 3
) -> AnyPlan:
    """Return the plan no higher than a body: with smaller type, but not below `theme.smallest`, then fewer rows.

    Parameters
    ----------
    plan
        Returns the plan for a theme with at most so many rows (None for all).
    theme
        The look.
    body
        The height there is, points.
    rows
        How many rows there are.
    fewest
        Rows that are always shown; if even these are too high, the type shrinks further.
    """
    floor = min(1.0, theme.smallest / theme.small)
    least = theme.with_scale(floor)
    if plan(least, None).height <= body:
        for factor in _factors(floor):
            fitting = plan(theme.with_scale(factor), None)
            if fitting.height <= body:
                return fitting
    few, many = min(fewest if theme.rows is None else 1, rows), rows
    while few < many:
        half = (few + many + 1) // 2
        fits = plan(least, half).height <= body
        few, many = (half, many) if fits else (few, half - 1)
    fitting = plan(least, few)
    if fitting.height <= body:
        return fitting
    return fitting_plan(lambda smaller: plan(smaller, few), least, body)


def omitted_rows_text(
    left_out: int, rows: int, template: str = message("… {n} of {all} rows are not shown here …")
) -> str:
    """Return the line that says that rows are left out.

    Parameters
    ----------
    left_out, rows
        Rows left out, and rows in all.
    template
        The line.

    Examples
    --------
    >>> omitted_rows_text(40, 60)
    '… 40 of 60 rows are not shown here …'
    """
    return sentence(template, n=left_out, all=rows)


def _factors(floor: float) -> Iterator[float]:
    factor = 1.0
    while factor > floor:
        yield factor
        factor *= 0.97
    yield floor


def _place_in_points(ax: Axes) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of an Axes' place in its (sub)figure."""
    box = ax.get_position()
    width, height = size_in_points(ax)
    return box.x0 * width, box.y0 * height, box.width * width, box.height * height
