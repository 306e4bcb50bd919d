"""From values to places: limits with room for labels, and round ticks.

Nothing here is statistics; it is the geometry of an axis.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.ticker import MaxNLocator

from cfanalysis.core.formatting import decimal

Limits = tuple[float, float]


def padded_limits(values: Iterable[float], *, width: float, pad: float, least: float) -> Limits:
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
    >>> padded_limits([40, 60], width=300, pad=50, least=1)
    (35.0, 65.0)
    """
    finite = np.asarray([v for v in values if np.isfinite(v)], dtype=float)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, least)
    free = max(width - 2 * pad, 0.2 * width)
    half = max((high - low) * width / free, least) / 2
    middle = (low + high) / 2
    return middle - half, middle + half


def extend_limits(limits: Limits, values: Iterable[float]) -> Limits:
    """Return limits moved apart as far as the values need.

    Parameters
    ----------
    limits
        Lower and upper limit.
    values
        Numbers to be included; those that are not finite are ignored.

    Examples
    --------
    >>> extend_limits((0, 10), [5, 12])
    (0, 12)
    """
    finite = [value for value in values if np.isfinite(value)]
    return min(limits[0], *finite, limits[0]), max(limits[1], *finite, limits[1])


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

    Parameters
    ----------
    ticks
        Their values.
    signed
        Whether positive numbers have a plus sign.

    Examples
    --------
    >>> tick_labels([-0.5, 0.0, 0.5]), tick_labels([0.0, 20.0])
    (['−0.5', '0', '0.5'], ['0', '20'])
    """
    decimals = next((d for d in range(6) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 6)
    return ["0" if abs(t) < 1e-12 else decimal(t, decimals, signed=signed) for t in ticks]
