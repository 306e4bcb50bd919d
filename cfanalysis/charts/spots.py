"""Places of a drawn chart with what stands there: whose dot it is, and what a reader is told who points at it.

A chart says it once, while it draws. Names that stand out and values that show themselves on a web page both ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cfanalysis.core.templates import clauses, labelled


@dataclass(frozen=True)
class Spot:
    """A place with its words.

    Parameters
    ----------
    x, y
        A point in the chart's coordinates, or both ends of a stretch; None for all of the width, labels included.
    label
        Whose place it is: a row's label, or the name of an organization that is a dot; empty for nobody's.
    text
        What is said of it; empty for the clauses of the caption that begin with the label.
    dot
        Whether it is a mark for one unit.
    omitted
        Whether it stands for rows for which there is no room.
    together
        Whether it stays with what follows where a high picture goes on on the next page.
    """

    x: tuple[float, float] | None
    y: tuple[float, float]
    label: str = ""
    text: str = ""
    dot: bool = False
    omitted: bool = False
    together: bool = False


_spots: WeakKeyDictionary[Axes, list[Iterable[Spot]]] = WeakKeyDictionary()


def add_spots(axes: Axes, spots: Iterable[Spot]) -> None:
    """Keep what stands where in a chart, from top to bottom as it is read.

    Parameters
    ----------
    axes
        The chart.
    spots
        The places; what a generator yields is made when somebody asks.
    """
    _spots.setdefault(axes, []).append(spots)


def chart_spots(axes: Axes) -> list[Spot]:
    """Return what stands where in a drawn chart."""
    spots = [spot for part in _spots.get(axes, ()) for spot in part]
    _spots[axes] = [spots]
    return spots


def row_ends(figure: Figure) -> tuple[float, ...]:
    """Return where the rows of a chart begin and where each row ends, in points from the picture's top.

    There a picture that is higher than the room on a page may be cut. Other pictures have no such places.
    """
    plots = [
        (axes, [spot.y for spot in chart_spots(axes) if spot.x is None and not spot.together])
        for axes in figure.axes
    ]
    plots = [(axes, rows) for axes, rows in plots if rows]
    if len(plots) != 1:
        return ()
    ((axes, rows),) = plots
    places = [(0.0, min(axes.get_ylim())), *((0.0, max(row)) for row in rows)]
    height = 72 * figure.get_figheight()
    return tuple(round(height - 72 * float(y) / figure.dpi, 2) for _, y in axes.transData.transform(places))


def dot_spots(table: pd.DataFrame, points: Iterable[Iterable[float]], template: str) -> Iterator[Spot]:
    """Yield whose dots stand where.

    Parameters
    ----------
    table
        One row for each dot, with its `organization`: empty where they are anonymous.
    points
        x and y of each.
    template
        What is said of each (`cfanalysis.core.templates`).
    """
    for name, (x, y), text in zip(table["organization"], points, clauses(template, table), strict=True):
        yield Spot((x, x), (y, y), name, labelled(name, text) if name else text, dot=True)
