"""Dots that do not cover each other: a beeswarm without chance.

Each dot keeps its value along the axis and steps aside just far enough. The same values always give the same
swarm, and where a dot stands says nothing of the order of the organizations in a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Swarm:
    """Dots in ascending order of their values: the values, the steps aside in points, and where each was given."""

    values: Floats
    steps: Floats
    order: NDArray[np.intp]


def swarms(
    groups: Sequence[Floats], *, scale: float, room: float, diameters: Sequence[float]
) -> tuple[list[Swarm], float]:
    """Return a swarm for each group, and the diameter of all their dots.

    Parameters
    ----------
    groups
        The values of each group.
    scale
        Points for one unit of the values.
    room
        The farthest step to either side, points.
    diameters
        What may be taken, the largest first: the first for which every swarm has room. If none but the last
        would do, the last but one, its dots covering at most half of each other (few values, each many
        times); else the last.
    """
    orders = [np.argsort(values, kind="stable") for values in groups]
    ordered = [values[order] for values, order in zip(groups, orders, strict=True)]
    trials = [(diameter, 1.0) for diameter in diameters[:-1]]
    trials += [(diameter, 2.0) for diameter in diameters[-2:-1]]
    for diameter, overlap in [*trials, (diameters[-1], np.inf)]:
        if any(_is_crowded(values * scale, diameter, overlap * room) for values in ordered):
            continue
        steps = [swarm_steps(values * scale, diameter) for values in ordered]
        farthest = max((float(np.abs(s).max(initial=0.0)) for s in steps), default=0.0)
        if farthest <= overlap * room:
            break
    shrink = min(1.0, room / farthest) if farthest else 1.0
    return [Swarm(v, s * shrink, o) for v, s, o in zip(ordered, steps, orders, strict=True)], diameter


def swarm_steps(places: Floats, diameter: float) -> Floats:
    """Return how far each dot steps aside so that no two cover each other.

    Each dot in turn takes the free place nearest to the middle line, above before below.

    Parameters
    ----------
    places
        Places along the axis in ascending order, points.
    diameter
        Distance at which two dots touch, points.

    Returns
    -------
    numpy.ndarray
        Steps in points, up positive.

    Examples
    --------
    >>> swarm_steps(np.array([0.0, 0.0, 0.0, 9.0]), 4).tolist()
    [0.0, 4.0, -4.0, 0.0]
    """
    steps = np.zeros(len(places))
    starts = np.searchsorted(places, places - diameter, side="right")
    for i, (place, start) in enumerate(zip(places, starts, strict=True)):
        if start < i:
            steps[i] = _nearest_free(place - places[start:i], steps[start:i], diameter)
    return steps


def _nearest_free(distance: Floats, taken: Floats, diameter: float) -> float:
    """Return the step nearest to 0 that touches none of the dots `distance` back at steps `taken`."""
    clear = np.sqrt(diameter**2 - distance**2)
    candidates = np.concatenate(([0.0], taken + clear, taken - clear))
    free = (np.abs(candidates[:, None] - taken[None, :]) >= clear[None, :] - 1e-9).all(axis=1)
    steps = candidates[free]
    # Rounded, so that the last bit of a root does not choose the side.
    return float(steps[np.lexsort((-steps, np.round(np.abs(steps), 6)))[0]])


def _is_crowded(places: Floats, diameter: float, room: float) -> bool:
    """Whether some stretch has more dots than its area can hold: no need to try."""
    if not len(places):
        return False
    stretch = 4 * diameter
    ends = np.searchsorted(places, places + stretch)
    most = int((ends - np.arange(len(places))).max())
    return most * diameter**2 > 1.3 * (stretch + diameter) * (2 * room + diameter)
