"""Names that stand out in a drawn chart: rows by their labels, organizations by their dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from cfanalysis.charts.plot import write_text
from cfanalysis.charts.text_metrics import one_line
from cfanalysis.core.errors import ParameterError, nearest
from cfanalysis.theme.style import current_theme

_LINES = 4  # of a label, at most
_EDGE = 0.15  # share of the width at either end where a name begins or ends at its dot


def highlight(axes: Axes, names: Sequence[str], result: Any) -> None:
    """Let rows and dots stand out, in the colour of the finding.

    Parameters
    ----------
    axes
        A drawn chart.
    names
        Labels of rows as they stand in the chart, or names of organizations where each is a dot; case does not matter.
    result
        What is drawn.

    Raises
    ------
    ParameterError
        The chart shows nothing of that name; the nearest are named.
    """
    labels = _labels(axes)
    dots = _dots(axes, result)
    for name in names:
        key = one_line(name).casefold()
        if key not in labels and key not in dots:
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
            _mark(axes, name, dots[key])


def _labels(axes: Axes) -> dict[str, list[Text]]:
    """Return the texts of a chart by what they say, those of broken labels together."""
    found: dict[str, list[Text]] = {}
    for texts in (axes.get_yticklabels(), axes.get_xticklabels(), list(axes.texts)):
        for start in range(len(texts)):
            for end in range(start + 1, min(start + _LINES, len(texts)) + 1):
                said = one_line(" ".join(text.get_text() for text in texts[start:end])).casefold()
                found.setdefault(said, list(texts[start:end]))
    return found


def _dots(axes: Axes, result: Any) -> dict[str, tuple[float, float]]:
    """Return where the dot of each organization is."""
    table = getattr(result, "organizations", None)
    marks = {str(m.get_label()): m for m in axes.collections if isinstance(m, PathCollection)}
    if table is None or not marks or not {"criterion", "gap", "quartile"} <= set(table):
        return {}
    offsets = {label: np.asarray(mark.get_offsets(), dtype=float) for label, mark in marks.items()}
    every = np.concatenate(list(offsets.values()))
    places = {}
    for row in table.dropna(subset=["gap"]).to_dict(orient="records"):
        points = offsets.get(str(row["quartile"]), every)
        for wanted in ((row["criterion"], row["gap"]), (row["gap"],)):
            at = np.isclose(points[:, : len(wanted)], wanted, rtol=0, atol=1e-9).all(axis=1)
            if at.any():
                x, y = points[at][0]
                places[one_line(str(row["organization"])).casefold()] = (float(x), float(y))
                break
    return places


def _mark(axes: Axes, name: str, place: tuple[float, float]) -> None:
    """Draw a dot over the others, with its name above it on a ground of its own."""
    theme = current_theme()
    left, right = axes.get_xlim()
    share = (place[0] - left) / (right - left)
    ha = "left" if share < _EDGE else "right" if share > 1 - _EDGE else "center"
    look: dict[str, Any] = {"color": theme.finding, "markeredgecolor": theme.paper, "zorder": 6}
    axes.plot(*[[value] for value in place], "o", markersize=theme.mark, clip_on=False, **look)
    ground = theme.paper if theme.ground == "none" else theme.ground
    write_text(
        axes, one_line(name), place, (0, 0.8 * theme.mark), coords="data", ha=ha, size=theme.small,
        color=theme.finding, bold=True, zorder=7, path_effects=[withStroke(linewidth=3, foreground=ground)],
    )  # fmt: skip
