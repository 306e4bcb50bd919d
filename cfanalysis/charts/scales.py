"""From values to places: limits with room for labels, round ticks, and dots that do not cover each other.

Nothing here is statistics; it is the geometry of an axis.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from cfanalysis.charts.lettering import number

Limits = tuple[float, float]


def roomy_limits(values: Iterable[float], *, width: float, pad: float, least: float) -> Limits:
    """Return limits that leave `pad` points free on both sides of the values.

    Parameters
    ----------
    values
        What must lie within; values that are not finite are passed over.
    width
        Width of the plot, points.
    pad
        Room on each side, points.
    least
        The least span in values, so that a small difference does not fill the plot.

    Examples
    --------
    >>> roomy_limits([40, 60], width=300, pad=50, least=1)
    (35.0, 65.0)
    """
    finite = np.asarray([v for v in values if np.isfinite(v)], dtype=float)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, least)
    middle, span = (low + high) / 2, max(high - low, least)
    pad = min(pad, 0.4 * width)
    half = span / 2 * width / (width - 2 * pad) if width > 0 else span
    # The room is wanted around the values themselves, not around the least span.
    needed = (high - low) / 2 * width / (width - 2 * pad)
    half = max(needed, span / 2)
    return middle - half, middle + half


def round_ticks(limits: Limits, *, width: float, pitch: float, within: Limits | None = None) -> list[float]:
    """Return round values inside the limits, about `pitch` points apart or more.

    Parameters
    ----------
    limits
        The ends of the axis.
    width
        Its length, points.
    pitch
        The least distance of two ticks, points.
    within
        Values outside of these are left out (a score has no tick below 0).

    Examples
    --------
    >>> round_ticks((-0.3, 1.2), width=300, pitch=60)
    [0.0, 0.5, 1.0]
    """
    low, high = limits if within is None else (max(limits[0], within[0]), min(limits[1], within[1]))
    bins = max(int(width // pitch), 1)
    ticks = MaxNLocator(nbins=bins, steps=[1, 2, 5, 10]).tick_values(*limits)
    slack = 1e-9 * (limits[1] - limits[0])
    return [float(t) for t in ticks if low - slack <= t <= high + slack]


def tick_labels(ticks: list[float], *, signed: bool = False) -> list[str]:
    """Return ticks in writing, all with as many decimals as the finest needs.

    Examples
    --------
    >>> tick_labels([-0.5, 0.0, 0.5]), tick_labels([0.0, 20.0])
    (['−0.5', '0', '0.5'], ['0', '20'])
    """
    decimals = next((d for d in range(6) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 6)
    return ["0" if abs(t) < 1e-12 else number(t, decimals, signed=signed) for t in ticks]


def swarm_offsets(places: NDArray[np.float64], *, diameter: float, room: float) -> NDArray[np.float64]:
    """Return how far each dot steps aside so that no two cover each other (a beeswarm).

    The dots are taken in the order of their values; each takes the free place nearest to the middle line,
    above before below. Where that would need more room than there is, all steps shrink alike.

    Parameters
    ----------
    places
        Places of the dots along the axis, points.
    diameter
        Distance at which two dots touch, points.
    room
        The farthest step to either side, points.

    Returns
    -------
    numpy.ndarray
        Steps in points, in the order of `places`.

    Examples
    --------
    >>> swarm_offsets(np.array([0.0, 0.0, 0.0, 9.0]), diameter=4, room=10).tolist()
    [0.0, 4.0, -4.0, 0.0]
    """
    offsets = np.zeros(len(places))
    order = np.argsort(places, kind="stable")
    xs, ys = places[order], np.zeros(len(places))
    start = 0
    for i, x in enumerate(xs):
        while x - xs[start] >= diameter:
            start += 1
        ys[i] = _nearest_free(x - xs[start:i], ys[start:i], diameter)
    offsets[order] = ys
    farthest = float(np.abs(ys).max(initial=0.0))
    return offsets * (room / farthest) if farthest > room else offsets


def _nearest_free(
    distance: NDArray[np.float64], taken: NDArray[np.float64], diameter: float
) -> float:
    """Return the step nearest to 0 that touches none of the dots `distance` back at steps `taken`."""
    if not len(taken):
        return 0.0
    clear = np.sqrt(diameter**2 - distance**2)
    candidates = np.concatenate(([0.0], taken + clear, taken - clear))
    free = (np.abs(candidates[:, None] - taken[None, :]) >= clear[None, :] - 1e-9).all(axis=1)
    steps = candidates[free]
    # Rounded, so that the last bit of a root does not choose the side.
    return float(steps[np.lexsort((-steps, np.round(np.abs(steps), 6)))[0]])
