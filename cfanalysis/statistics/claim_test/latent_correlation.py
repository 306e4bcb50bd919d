"""Latent correlations within Say, within Do and between, from sums alone (Hermite moments).

Two answers cut from normal variables with correlation r have the covariance ``sum_m r^m / m! a_m a'_m``, with
``a_m = sum_c phi(tau_c) He_(m-1)(tau_c)`` (the tetrachoric series; Kendall 1941). Summed over all pairs of a
block it gives one common r that reproduces the variance of the block's sum: no pair is fitted by itself, so
it stays stable with few organizations and many items.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial
from typing import NamedTuple

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them

from cfanalysis.statistics.claim_test.latent import normal_density
from cfanalysis.statistics.claim_test.layout import Booleans, Floats

ORDER = 10
"""Terms of the series."""

MIN_SHARE = 1e-4
"""Shares are clipped to this and its complement: a threshold that nobody crossed lies about 3.7 away."""

_LARGEST = 0.995
"""Bound of a latent correlation."""


class Correlations(NamedTuple):
    """Common latent correlations of items, one value for each of r replicates; NaN where none fits."""

    say: Floats
    do: Floats
    between: Floats


def latent_correlations(shares: Floats, exists: Booleans, is_do: Booleans) -> Correlations:
    """Return the latent correlations of the sample and of each sample that lacks one organization.

    Parameters
    ----------
    shares
        Shares above each threshold, shape (n, K, C).
    exists
        Which thresholds each item has, shape (K, C).
    is_do
        Which items are of Do, shape (K,).

    Returns
    -------
    Correlations
        Shape (n + 1,) each, the whole sample first.
    """
    n = len(shares)
    p = np.concatenate([shares.mean(axis=0)[None], (shares.sum(axis=0) - shares) / (n - 1)])
    a = hermite_moments(p, exists)
    items = shares.sum(axis=2)
    say, do = items[:, ~is_do].sum(axis=1), items[:, is_do].sum(axis=1)
    spread = _covariance_without_each(items, items)
    return Correlations(
        say=_within(a[:, ~is_do], _covariance_without_each(say, say) - spread[:, ~is_do].sum(axis=1)),
        do=_within(a[:, is_do], _covariance_without_each(do, do) - spread[:, is_do].sum(axis=1)),
        between=_root(a[:, ~is_do].sum(axis=1) * a[:, is_do].sum(axis=1), _covariance_without_each(say, do)),
    )


def hermite_moments(p: Floats, exists: Booleans) -> Floats:
    """Return the coefficients a_km of the Hermite series of each item, shape (r, K, 10).

    Parameters
    ----------
    p
        Share of answers above each threshold, shape (r, K, C).
    exists
        Which thresholds each item has, shape (K, C).
    """
    tau = -scipy.special.ndtri(np.clip(p, MIN_SHARE, 1 - MIN_SHARE))
    phi = np.where(exists, normal_density(tau), 0.0)
    return np.stack([term.sum(axis=2) for term in hermite_series(tau, phi)], axis=2)


def hermite_series(tau: Floats, phi: Floats) -> Iterator[Floats]:
    """Yield ``phi He_(m-1)(tau)`` for m = 1 to 10, in the shape of tau (``He_(m+1) = tau He_m - m He_(m-1)``).

    Parameters
    ----------
    tau
        Thresholds, any shape.
    phi
        Their normal densities, same shape; 0 where there is no threshold.
    """
    before, term = np.zeros_like(tau), phi
    for m in range(ORDER):
        yield term
        before, term = term, tau * term - m * before


def _covariance_without_each(x: Floats, y: Floats) -> Floats:
    """Return the covariance (divisor n) over the first axis, of all organizations and without each."""
    less = len(x) - 1
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    products = x * y
    others = (products.sum(axis=0) - products) / less - (x / less) * (y / less)
    return np.concatenate([products.mean(axis=0)[None], others])


def _within(a: Floats, pairs: Floats) -> Floats:
    """Return the common correlation of the pairs of one block; NaN for a block of one item."""
    series = a.sum(axis=1) ** 2 - (a**2).sum(axis=1)
    return _root(series, pairs) if a.shape[1] > 1 else np.full(len(a), np.nan)


def _root(series: Floats, target: Floats) -> Floats:
    """Solve ``sum_m r^m / m! series_m = target`` for r in each row, by bisection; NaN without a solution."""
    weights = series / [factorial(m) for m in range(1, ORDER + 1)]
    powers = np.arange(1, ORDER + 1)

    def excess(r: Floats) -> Floats:
        return np.asarray((weights * r[:, None] ** powers).sum(axis=1) - target)

    low, high = np.full(len(target), -_LARGEST), np.full(len(target), _LARGEST)
    solvable = (excess(low) < 0) & (excess(high) > 0)
    for _ in range(60):
        middle = (low + high) / 2
        above = excess(middle) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(solvable, (low + high) / 2, np.nan)
