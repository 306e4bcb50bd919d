"""Names that stand out in a drawn chart: rows by their labels, organizations by their dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.text import Text

from cfanalysis.charts.plot import write_text
from cfanalysis.charts.spots import Spot, chart_spots
from cfanalysis.charts.text_metrics import one_line
from cfanalysis.core.errors import ConfidentialityError, ParameterError, nearest
from cfanalysis.theme.style import current_theme

_LINES = 4  # of a label, at most
_EDGE = 0.15  # share of the width at either end where a name begins or ends at its dot


def highlight(axes: Axes, names: Sequence[str]) -> None:
    """Let rows and dots stand out, in the colour of the finding.

    Parameters
    ----------
    axes
        A drawn chart.
    names
        Labels of rows as they stand in the chart, or names of organizations where each is a dot; case does not matter.

    Raises
    ------
    ParameterError
        The chart shows nothing of that name; the nearest are named.
    ConfidentialityError
        It shows nothing of that name but dots without names.
    """
    labels = _labels(axes) if names else {}
    spots = [spot for spot in chart_spots(axes) if spot.dot]
    dots = {one_line(spot.label).casefold(): spot for spot in spots}
    nameless = bool(dots) and not any(dots)
    for name in names:
        key = one_line(name).casefold()
        if key not in labels and key not in dots:
            if nameless:
                raise ConfidentialityError(
                    "The chart shows no row of this name, and its dots have no names.",
                    value=name,
                    next_step="Charts of your own research name organizations with --research (in Python: "
                    "published=False); those of figures that everyone may read where the instrument says public: true.",
                )
            known = {label: texts[0].get_text() for label, texts in labels.items()}
            near = nearest(key, [*known, *dots])
            raise ParameterError(
                f"The chart shows nothing called {name!r}.",
                allowed=f"did you mean {' or '.join(map(repr, near))}?"
                if near
                else "the label of a row, or a dot's name",
            )
        for text in labels.get(key, ()):
            theme = current_theme()
            text.set(color=theme.finding, fontfamily=theme.families(bold=True), fontweight=theme.bold)
        if key in dots:
            _mark(axes, dots[key])


def marked_texts(axes: Axes, names: str | Sequence[str]) -> list[str]:
    """Return what is to be said of the dots of some names.

    Parameters
    ----------
    axes
        A drawn chart.
    names
        Names of organizations; those of others are passed over.
    """
    wanted = [one_line(name).casefold() for name in ([names] if isinstance(names, str) else names)]
    spots = {one_line(spot.label).casefold(): spot.text for spot in chart_spots(axes) if spot.dot}
    return [spots[name] for name in wanted if name in spots]


def _labels(axes: Axes) -> dict[str, list[Text]]:
    """Return the texts of a chart by what they say, those of broken labels together."""
    found: dict[str, list[Text]] = {}
    for texts in (list(axes.texts), axes.get_yticklabels(), axes.get_xticklabels()):
        for start in range(len(texts)):
            for end in range(start + 1, min(start + _LINES, len(texts)) + 1):
                said = one_line(" ".join(text.get_text() for text in texts[start:end])).casefold()
                found.setdefault(said, list(texts[start:end]))
    return found


def _mark(axes: Axes, spot: Spot) -> None:
    """Draw a dot over the others, with its name above it on a ground of its own."""
    theme, place = current_theme(), (spot.x[0] if spot.x else 0.0, spot.y[0])
    left, right = axes.get_xlim()
    share = (place[0] - left) / (right - left)
    ha = "left" if share < _EDGE else "right" if share > 1 - _EDGE else "center"
    look: dict[str, Any] = {"color": theme.finding, "markeredgecolor": theme.paper, "zorder": 6}
    axes.plot(*[[value] for value in place], "o", markersize=theme.mark, clip_on=False, **look)
    ground = theme.paper if theme.ground == "none" else theme.ground
    write_text(
        axes, one_line(spot.label), place, (0, 0.8 * theme.mark), coords="data", ha=ha, size=theme.small,
        color=theme.finding, bold=True, zorder=7,
        bbox={"facecolor": ground, "alpha": 0.75, "linewidth": 0, "boxstyle": "square,pad=0.1"},
    )  # fmt: skip
