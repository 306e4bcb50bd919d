"""One mechanism for what an author makes an own of every chart: words, statistics, colours, names that stand out.

A function that draws is given its caption by `captioned`; whoever calls it may replace each part. What is not given is
written from the numbers: the finding as title, the measure and n as subtitle, the source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypedDict, cast

from matplotlib.axes import Axes

from cfanalysis.charts.captions import CAPTIONS, Caption, Statistics
from cfanalysis.charts.captions.caption import SYNTHETIC
from cfanalysis.charts.highlight import highlight as highlight_names
from cfanalysis.theme.own_style import Palette, with_palette
from cfanalysis.theme.style import apply_theme, current_theme

P = ParamSpec("P")


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


def captioned(write: Callable[[Any], Caption]) -> Callable[[Callable[P, Axes]], Callable[P, Axes]]:
    """Return a decorator that writes a chart's caption around it, as far as a caller does not.

    Parameters
    ----------
    write
        Returns the caption of what is drawn.
    """

    def decorate(draw: Callable[P, Axes]) -> Callable[P, Axes]:
        @wraps(draw)
        def chart(
            result: Any,
            *,
            title: str | None = None,
            subtitle: str | None = None,
            source: str | None = None,
            statistics: Statistics = "short",
            palette: Palette | None = None,
            highlight: str | Sequence[str] = (),
            **options: Any,
        ) -> Axes:
            words: dict[str, Any] = {"title": title, "subtitle": subtitle, "source": source}
            unsaid = result.source.synthetic and SYNTHETIC not in (source or "")
            if unsaid or None in words.values():
                words = CAPTIONS[known](result).with_words(**words).texts(statistics)
            names = [highlight] if isinstance(highlight, str) else highlight
            theme = current_theme()
            with apply_theme(theme if palette is None else with_palette(theme, palette)):
                axes = cast("Callable[..., Axes]", draw)(result, **words, **options)
                highlight_names(axes, names)
            return axes

        known = cast("Callable[P, Axes]", chart)
        CAPTIONS[known] = write
        return known

    return decorate
