"""The contrast off the ceiling: latent slopes of Say and Do on the criterion.

Answers on a bounded scale are taken as a normal latent variable cut at thresholds. From the shares above
each option come the thresholds, and from the covariance of the item means with the criterion's normal scores
the latent slope of each facet; a ceiling, which squeezes points near the end of the scale, drops out.

Two metrics, as nothing in the data says which is right. *Metric A* gives every item's latent variable the
standard deviation 1. *Metric B* takes the thresholds of all items as the same distances on the answer grid,
and so gives each item a standard deviation of its own (sigma), in scale points. An effect that is there on one
metric alone is an effect of the metric.

The ceiling benchmark m0 is the contrast in scale points that the thresholds alone would give if both facets
rose equally with performance.

All functions take a leading axis of replicates: the delete-one-organization jackknife is one call.

References
----------
Loftus, G. R. (1978). On interpretation of interactions. Memory & Cognition 6.
Liddell, T. M., and Kruschke, J. K. (2018). Analyzing ordinal data with metric models. Journal of
Experimental Social Psychology 79.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.statistics.claim_test.evidence import TOLERANCE, Booleans, Floats

Metric = Literal["a", "b"]

LEAST_SLOPE = 0.05
"""Floor of 1/sigma: beyond it an item's thresholds say nothing of its spread."""

LARGEST_CORRELATION = 0.95
"""Bound of the latent correlation of an item with the criterion in the ceiling benchmark."""

CELLS = 250_000
"""Replicates x nodes x items x thresholds held in memory at once."""

FEWER = (6, 8, 10, 12, 16)
"""Nodes of a quadrature that are tried before 24."""

EXACT = 1e-13
"""By how much a mean may differ to count as exact."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """Latent slopes of r replicates; thresholds and sigma serve the ceiling benchmark.

    Parameters
    ----------
    tau
        Thresholds, shape (r, K, C).
    sigma
        Items' standard deviations in scale points, shape (r, K); NaN where metric B does not exist.
    beta_say, beta_do
        Metric A: latent standard deviations per standard deviation of the criterion, shape (r,).
    b_say, b_do
        Metric B: ceiling-free scale points per standard deviation of the criterion, shape (r,).
    """

    tau: Floats
    sigma: Floats
    beta_say: Floats
    beta_do: Floats
    b_say: Floats
    b_do: Floats

    @property
    def whole(self) -> Slopes:
        """The first replicate alone: the sample itself."""
        return Slopes(*(getattr(self, field.name)[:1] for field in fields(self)))


def normal_density(x: Floats) -> Floats:
    """Return the standard normal density."""
    return np.asarray(np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


def thresholds(p: Floats, n: int) -> tuple[Floats, Floats, Floats]:
    """Return thresholds, their densities (0 where everybody is on one side) and the clipped shares.

    Parameters
    ----------
    p
        Share of answers above each threshold, any shape.
    n
        Number of organizations; shares are clipped to ``[.5/n, 1 - .5/n]``.
    """
    clipped = np.clip(p, 0.5 / n, 1 - 0.5 / n)
    tau = -scipy.special.ndtri(clipped)
    inner = (p > TOLERANCE) & (p < 1 - TOLERANCE)
    return tau, np.where(inner, normal_density(tau), 0.0), clipped


def slopes(p: Floats, v: Floats, n: int, exists: Booleans, is_do: Booleans, one_grid: bool) -> Slopes:
    """Return the latent slopes of both facets in both metrics.

    Parameters
    ----------
    p
        Mean shares above each threshold, shape (r, K, C).
    v
        Covariance of each item's mean with the criterion's scores, shape (r, K).
    n
        Organizations behind p and v.
    exists
        Which thresholds each item has, shape (K, C).
    is_do
        Which items are of Do, shape (K,).
    one_grid
        Whether metric B exists.
    """
    tau, phi, clipped = thresholds(p, n)
    phi = np.where(exists, phi, 0.0)
    a = phi.sum(axis=2)
    sigma = item_sigma(tau, phi, clipped) if one_grid else np.full(a.shape, np.nan)
    beta = [_ratio(v, a, chosen) for chosen in (~is_do, is_do)]
    b = [_ratio(v, a / sigma, chosen) for chosen in (~is_do, is_do)]
    return Slopes(tau, sigma, beta[0], beta[1], b[0], b[1])


def item_sigma(tau: Floats, phi: Floats, clipped: Floats) -> Floats:
    """Return each item's latent standard deviation in scale points, shape (r, K).

    ``tau_c = (c + 1/2 - mu) / sigma`` is fitted by least squares over c, weighted by the information
    ``phi^2 / (p (1 - p))``. An item whose answers cross one threshold only has no spread to fit and takes the
    median of the others; NaN where there are no others.
    """
    weight = phi**2 / (clipped * (1 - clipped))
    place = np.arange(tau.shape[2]) + 0.5
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weight.sum(axis=2)
        t = place - ((weight * place).sum(axis=2) / total)[..., None]
        slope = (weight * t * tau).sum(axis=2) / (weight * t * t).sum(axis=2)
    fitted = (weight > 0).sum(axis=2) >= 2
    sigma = np.where(fitted, 1 / np.maximum(np.where(fitted, slope, 1.0), LEAST_SLOPE), np.nan)
    if fitted.all():
        return sigma
    return np.where(fitted, sigma, _median_of_fitted(sigma)[:, None])


def expected_gap(s: Slopes, z: Floats, *, metric: Metric, exists: Booleans, weight: Floats) -> Floats:
    """Return the gap expected at each z if both facets rose equally with the criterion, shape (r, m) or (r, m, g).

    Parameters
    ----------
    s
        Slopes of r replicates.
    z
        Criterion scores of each replicate, shape (r, m).
    metric
        `a` or `b`.
    exists
        Which thresholds each item has, shape (K, C).
    weight
        What an item's mean counts in the gap, shape (K,): above 0 for Say, below for Do; or in g sums, (K, g).
    """
    if metric == "b":
        r = ((s.b_say + s.b_do) / 2)[:, None] / s.sigma
    else:
        r = np.broadcast_to(((s.beta_say + s.beta_do) / 2)[:, None], s.sigma.shape)
    r = np.clip(r, -LARGEST_CORRELATION, LARGEST_CORRELATION)
    spread = np.sqrt(1 - r * r)
    slope, cut = r / spread, s.tau / spread[..., None]
    items, options = np.nonzero(exists)
    cuts = cut[:, items, options]
    rises = slope[:, items]
    counts = weight[items]
    rows = max(1, CELLS // (z.shape[-1] * items.size))
    return np.concatenate(
        [
            scipy.special.ndtr(
                rises[i : i + rows, None] * z[i : i + rows, :, None] - cuts[i : i + rows, None]
            )
            @ counts
            for i in range(0, len(cuts), rows)
        ]
    )


def quadrature(z: Floats, *, nodes: int = 24) -> tuple[Floats, Floats]:
    """Return nodes and weights that stand for the mean over many scores (Gauss quadrature, Golub and Welsch).

    The mean over z of a smooth function equals the weighted sum over the nodes, exactly for polynomials of
    degree up to 2 x nodes - 1; for the normal curves of `expected_gap` to about ten digits. It makes the
    jackknife of the ceiling benchmark linear in n.

    Examples
    --------
    >>> x, w = quadrature(np.linspace(-1, 1, 100))
    >>> len(x), abs(float(w @ x**2) - float(np.mean(np.linspace(-1, 1, 100) ** 2))) < 1e-12
    (24, True)
    """
    points, counts = np.unique(z, return_counts=True)
    if points.size <= nodes:
        return points, counts / z.size
    basis = np.zeros((nodes + 1, points.size))
    diagonal, beside = np.zeros(nodes), np.zeros(nodes)
    basis[0] = np.sqrt(counts / z.size)
    for i in range(nodes):
        step = points * basis[i]
        diagonal[i] = step @ basis[i]
        for _ in range(2):  # once more, as rounding leaves a rest
            step -= basis[: i + 1].T @ (basis[: i + 1] @ step)
        beside[i] = np.linalg.norm(step)
        basis[i + 1] = step / beside[i]
    jacobi = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    places, vectors = np.linalg.eigh(jacobi)
    return places, vectors[0] ** 2


def sparing_quadrature(z: Floats, curves: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Return the fewest nodes that give the means of some curves over many scores to thirteen digits.

    Curves that hardly bend over the scores, as the expected answers to items that go weakly with the criterion, need
    few; what is exact for them is exact for curves close to them, as are those of the jackknife.

    Parameters
    ----------
    z
        Scores, shape (n,).
    curves
        Values of c curves, about 1 in size, at any m scores, shape (m, c).

    Examples
    --------
    >>> z = np.linspace(-2, 3, 500)
    >>> [len(sparing_quadrature(z, lambda x: scipy.special.ndtr(slope * x[:, None]))[0]) for slope in (0.1, 1.0, 5.0)]
    [6, 16, 24]
    """
    largest = quadrature(z)
    means = largest[1] @ curves(largest[0])
    for nodes in FEWER:
        x, weights = quadrature(z, nodes=nodes)
        if np.abs(weights @ curves(x) - means).max() < EXACT:
            return x, weights
    return largest


def _ratio(v: Floats, a: Floats, chosen: Booleans) -> Floats:
    """Return sum(v) / sum(a) over a facet, NaN where nothing varies."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = v[:, chosen].sum(axis=1) / a[:, chosen].sum(axis=1)
    return np.where(np.isfinite(ratio), ratio, np.nan)


def _median_of_fitted(sigma: Floats) -> NDArray[np.float64]:
    """Return the median of each row over its finite values, NaN for a row without any."""
    ordered = np.sort(sigma, axis=1)  # NaN come last
    count = np.isfinite(sigma).sum(axis=1)
    rows = np.arange(len(sigma))
    lower, upper = ordered[rows, np.maximum(count - 1, 0) // 2], ordered[rows, count // 2 * (count > 0)]
    return np.where(count > 0, (lower + upper) / 2, np.nan)
