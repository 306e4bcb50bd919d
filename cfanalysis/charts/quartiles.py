"""The gap in each quartile of performance: an estimation plot.

Each organization is a dot; below the dots stand the quartile's mean and its interval. The last row is the
estimate that matters, the rest's mean minus the top quartile's, on an axis of differences whose zero lies at
the top quartile's mean (Gardner and Altman 1986; Ho et al. 2019, *Nature Methods* 16:565).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from cfanalysis.charts.layout import Gutters, Stage, Words, value_axis, write
from cfanalysis.charts.lettering import interval, number, organizations, text_width, wave_note
from cfanalysis.charts.scales import Limits, roomy_limits, round_ticks, swarm_offsets, tick_labels
from cfanalysis.errors import AnalysisError
from cfanalysis.theme import Theme, applied

if TYPE_CHECKING:
    from cfanalysis.analyses.quartile_gaps import QuartileGaps

DIFFERENCE = "Difference"
_TOP = "Top"
_DECIMALS = 2  # of scale points
_MANY = 1500  # dots from here on are drawn as one picture, or the file grows without bound


@dataclass(frozen=True)
class _Plan:
    """Rows and gutters at one size of letters; heights in points from the top of the plot."""

    theme: Theme
    names: list[str]
    row: float
    last: float
    gutters: Gutters

    @property
    def rows(self) -> float:
        return len(self.names) * self.row + self.last

    @property
    def height(self) -> float:
        return self.gutters.top + self.rows + self.gutters.bottom

    def middle(self, number_of_row: int) -> float:
        return (number_of_row + 0.5) * self.row


def quartile_gap(
    gaps: QuartileGaps,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    caption: str | None = None,
    limits: Limits | None = None,
) -> Axes:
    """Draw the gap of each organization by quartile, the means, and the rest's difference from the top.

    Parameters
    ----------
    gaps
        The gap in each quartile, scale points, top quartile first.
    ax
        Where to draw: its place takes everything, words included. None makes a figure of the theme's width.
    title, subtitle, caption
        The words around the plot; None writes plain ones, an empty text leaves them out.
    limits
        Ends of the gap axis; None fits them to the gaps and to 0.

    Returns
    -------
    matplotlib.axes.Axes
        Its y axis counts points from the top; its ticks are the quartiles and the difference. A child of it
        is the axis of differences.

    Raises
    ------
    AnalysisError
        There are no quartiles.
    """
    if not len(gaps.frame):
        raise AnalysisError("There is nothing to draw: the result has no quartiles.")
    with applied() as theme:
        stage = Stage(ax, _words(gaps).replaced(title, subtitle, caption))
        plan = _plan(gaps, theme)
        body = stage.body_height(plan.height)
        if body < plan.height:
            plan = _plan(gaps, theme.scaled(max(body / plan.height, 0.6)))
        with applied(plan.theme):
            axes = stage.open(plan.gutters, body=body)
            width = stage.width - plan.gutters.left - plan.gutters.right
            _set_axes(axes, plan, limits or _limits(gaps, width, plan.theme), width)
            for index, row in enumerate(gaps.frame.itertuples()):
                _draw_quartile(axes, plan, index, row, _dots(gaps, str(row.quartile)), width)
            _draw_difference(axes, gaps, plan, width)
    return axes
