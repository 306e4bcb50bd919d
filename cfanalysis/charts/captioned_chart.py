"""One mechanism for what an author makes an own of every chart: words, statistics, colours, names that stand out.

A function that draws is given its caption by `captioned`; whoever calls it may replace each part. What is not given is
written from the numbers: the finding as title, the measure and n as subtitle, the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypedDict, cast

from matplotlib.axes import Axes

from cfanalysis.charts.captions import CAPTIONS, Caption, Statistics
from cfanalysis.charts.chart_layout import ChartTexts
from cfanalysis.charts.few_rows import RowKeys, RowOrder, row_keys, with_rows
from cfanalysis.charts.highlight import highlight as highlight_names
from cfanalysis.charts.highlight import marked_texts
from cfanalysis.charts.number_card import CardNumber, number_card
from cfanalysis.charts.spots import chart_spots
from cfanalysis.core.errors import ParameterError
from cfanalysis.core.templates import sentence
from cfanalysis.theme.own_style import Palette, with_palette
from cfanalysis.theme.style import apply_theme, current_theme

P = ParamSpec("P")
_SHOWN = "{measure}; {n} of {all} shown"


class Own(TypedDict, total=False):
    """What an author may replace in any chart; None as if not given, an empty text to leave it out.

    Parameters
    ----------
    title
        Instead of the finding.
    subtitle
        Instead of the measure and n.
    source
        Instead of the study's source; that data are synthetic is always said.
    statistics
        How much the subtitle states besides the measure: ``"none"``, ``"short"`` (n) or ``"full"``.
    palette
        Other colours (`cfanalysis.theme.own_style.with_palette`).
    highlight
        Labels of rows, or names of organizations that are dots, to stand out.
    """

    title: str | None
    subtitle: str | None
    source: str | None
    statistics: Statistics
    palette: Palette | None
    highlight: str | Sequence[str]


@dataclass(frozen=True)
class RowSelection:
    """What a chart's rows are, so that a picture that is read in passing shows few of them.

    Parameters
    ----------
    keys
        What tells the rows of the chart apart.
    order
        Returns which rows are kept; None for the first.
    card
        Returns the numbers that stand alone where there is one row; None for none.
    counted
        Whether the title counts rows, and so is written of those that are shown; else it is that of the whole.
    """

    keys: RowKeys
    order: RowOrder | None = None
    card: Callable[[Any], Sequence[CardNumber]] | None = None
    counted: bool = False


def captioned(
    write: Callable[[Any], Caption], rows: RowSelection | None = None
) -> Callable[[Callable[P, Axes]], Callable[P, Axes]]:
    """Return a decorator that writes a chart's caption around it, as far as a caller does not.

    Parameters
    ----------
    write
        Returns the caption of what is drawn.
    rows
        What its rows are; None where it has none.
    """

    def decorate(draw: Callable[P, Axes]) -> Callable[P, Axes]:
        @wraps(draw)
        def chart(result: Any, **options: Any) -> Axes:
            return captioned_drawing(known, result, **options)[0]

        known = cast("Callable[P, Axes]", chart)
        CAPTIONS[known] = write
        _drawings[known] = draw, rows
        return known

    return decorate


_drawings: dict[Callable[..., Any], tuple[Callable[..., Axes], RowSelection | None]] = {}


def captioned_drawing(
    chart: Callable[..., Any],
    result: Any,
    *,
    caption: Callable[[Any], Caption] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    statistics: Statistics = "short",
    palette: Palette | None = None,
    highlight: str | Sequence[str] | None = (),
    **options: Any,
) -> tuple[Axes, Caption]:
    """Return a drawn chart and its caption: of few rows where the theme asks for it, of those that are shown.

    Parameters
    ----------
    chart, result
        A function of `cfanalysis.charts`, and what it draws.
    caption
        Writes its words; None for the chart's own.
    title, subtitle, source, statistics, palette, highlight
        What an author makes an own (`Own`).
    **options
        What else the chart takes.

    Raises
    ------
    ParameterError
        The chart does not take an option, or not this value.
    """
    draw, rows = _drawings[chart]
    _check_options(draw, options, {"title": title, "subtitle": subtitle, "source": source})
    names = _names(highlight)
    theme = current_theme()
    with apply_theme(theme if palette is None else with_palette(theme, palette)) as look:
        for part, shown, total in _parts(result, rows, look.rows, names):
            words = (caption or CAPTIONS[chart])(part)
            if rows and shown < total:
                title = (
                    title if title is not None or rows.counted else (caption or CAPTIONS[chart])(result).title
                )
                words = replace(words, measure=sentence(_SHOWN, measure=words.measure, n=shown, all=total))
            words = words.with_words(title=title, subtitle=subtitle, source=source)
            texts = words.texts(statistics)
            if rows and rows.card and look.height and shown == 1:
                axes = number_card(rows.card(part), ChartTexts(**texts), options.get("ax"))
            else:
                axes = draw(part, **texts, **options)
            if options.get("ax") is not None or not any(spot.omitted for spot in chart_spots(axes)):
                break
        highlight_names(axes, names)
    return axes, words.with_first(marked_texts(axes, names))


def _check_options(draw: Callable[..., Axes], options: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Refuse what a chart would leave unused, words that are no text, and an ``ax`` in which nothing can be drawn."""
    taken = [p.name for p in signature(draw).parameters.values() if p.kind is p.KEYWORD_ONLY]
    for name in options.keys() - set(taken):
        allowed = ", ".join([*Own.__annotations__, *taken])
        raise ParameterError("The chart has no such option.", value=name, allowed=allowed)
    for name, text in words.items():
        if not isinstance(text, str | None):
            raise ParameterError("The words of a chart are text.", where=f"{name}=", value=repr(text))
    ax = options.get("ax")
    if ax is not None and getattr(ax, "name", "") != "rectilinear":
        allowed = "one matplotlib Axes with two ordinary axes, e.g. that of plt.subplots()"
        raise ParameterError(
            "A chart is drawn into an Axes.", where="ax=", value=type(ax).__name__, allowed=allowed
        )


def _names(highlight: Any) -> list[str]:
    """Return names that are to stand out, of one, several or none."""
    if highlight is None or isinstance(highlight, str):
        return [highlight] if highlight else []
    if not isinstance(highlight, Iterable):
        raise ParameterError(
            "Names stand out.", where="highlight=", value=repr(highlight), allowed="a name, or several"
        )
    return list(highlight)


def _parts(
    result: Any, rows: RowSelection | None, most: int | None, names: Sequence[str]
) -> Iterator[tuple[Any, int, int]]:
    """Yield a result with fewer and fewer rows, each with how many of how many are shown."""
    total = int(row_keys(result, rows.keys).nunique()) if rows else 0
    if rows is None or most is None or not total:
        yield result, total, total
        return
    for n in range(min(most, total), 0, -1):
        part = with_rows(result, rows.keys, rows.order, n, names) if n < total else result
        yield part, int(row_keys(part, rows.keys).nunique()), total
