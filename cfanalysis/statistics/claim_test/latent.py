"""The contrast off the ceiling: latent slopes of Say and Do on the criterion.

Answers on a bounded scale are taken as a normal latent variable cut at thresholds. From the shares above
each option come the thresholds, and from the covariance of the item means with the criterion's normal scores
the latent slope of each facet; a ceiling, which squeezes points near the end of the scale, drops out.

Several metrics, as nothing in the data says which is right. *Metric A* gives every item's latent variable the
standard deviation 1. *Metric B* takes the thresholds of all items as the same distances on the answer grid,
and so gives each item a standard deviation of its own (sigma), in scale points. *Metric L* lets the spread of answers
change with performance, too, and takes the rise of their middle. An effect that is there on one metric alone is an
effect of the metric.

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
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike, NDArray

from cfanalysis.statistics.claim_test.layout import SHARE_TOLERANCE, Booleans, Floats

LEAST_SPREAD = 0.01
"""Variance that a set's thresholds must have for metric L to exist."""

MIN_SLOPE = 0.05
"""Floor of 1/sigma: beyond it an item's thresholds say nothing of its spread."""

MAX_CORRELATION = 0.95
"""Bound of the latent correlation of an item with the criterion in the ceiling benchmark."""

LATENT_CELLS = 250_000
"""Replicates x nodes x items x thresholds held in memory at once."""

FEWER = (6, 8, 10, 12, 16)
"""Nodes of a quadrature that are tried before 24."""

_EXACT = 1e-13
"""By how much a mean may differ to count as exact."""


@dataclass(frozen=True, eq=False)
class Latent:
    """Thresholds and covariances of r replicates, K items and C thresholds.

    Parameters
    ----------
    p
        Shares above each threshold, clipped, shape (r, K, C).
    tau, phi
        Thresholds and their densities, shape (r, K, C).
    v
        Covariance of the shares above each threshold with the criterion's scores, shape (r, K, C).
    sigma
        Items' standard deviations in answer steps, shape (r, K); NaN where no item has two thresholds.
    one_grid
        Whether metric B exists.
    """

    p: Floats
    tau: Floats
    phi: Floats
    v: Floats
    sigma: Floats
    one_grid: bool

    @property
    def whole(self) -> Latent:
        """The first replicate alone: the sample itself."""
        return self.cut(slice(1))

    def cut(self, *where: slice | Booleans) -> Latent:
        """Return some replicates, or of all replicates some items."""
        return Latent(
            self.p[where], self.tau[where], self.phi[where], self.v[where], self.sigma[where], self.one_grid
        )


class Slopes(NamedTuple):
    """How S sets of items rise with the criterion, in r replicates: shape (r, S) each.

    Parameters
    ----------
    beta
        Metric A: latent standard deviations per standard deviation of the criterion.
    b
        Metric B: answer steps free of the ceiling; NaN where it does not exist.
    location, scale
        Metric L: rise of the latent mean, and of the logarithm of the latent spread; NaN with one threshold.
    """

    beta: Floats
    b: Floats
    location: Floats
    scale: Floats


def normal_density(x: Floats) -> Floats:
    """Return the standard normal density."""
    return np.asarray(np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


def thresholds(p: Floats, n: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return thresholds, their densities (0 where everybody is on one side) and the clipped shares.

    Parameters
    ----------
    p
        Share of answers above each threshold, any shape.
    n
        Number of organizations, one or one for each replicate; shares are clipped to ``[.5/n, 1 - .5/n]``.
    """
    edge = np.reshape(0.5 / np.asarray(n, dtype=float), (-1, *[1] * (p.ndim - 1)))
    clipped = np.clip(p, edge, 1 - edge)
    tau = -scipy.special.ndtri(clipped)
    inner = (p > SHARE_TOLERANCE) & (p < 1 - SHARE_TOLERANCE)
    return tau, np.where(inner, normal_density(tau), 0.0), clipped


def latent(p: Floats, v: Floats, n: ArrayLike, exists: Booleans, *, one_grid: bool) -> Latent:
    """Return thresholds and spreads of r replicates.

    Parameters
    ----------
    p
        Mean shares above each threshold, shape (r, K, C).
    v
        Covariance of these shares with the criterion's scores, shape (r, K, C).
    n
        Organizations behind p and v, one number or one for each replicate.
    exists
        Which thresholds each item has, shape (K, C).
    one_grid
        Whether metric B exists.
    """
    tau, phi, clipped = thresholds(p, n)
    phi = np.where(exists, phi, 0.0)
    return Latent(clipped, tau, phi, v, item_sigma(tau, phi, clipped), one_grid)


def slopes(found: Latent, sets: Booleans) -> Slopes:
    """Return the slopes of sets of items.

    Metric L fits ``v / phi = location + scale tau`` over the items and thresholds of a set by least squares, weighted
    by the information ``phi^2 / (p (1 - p))``: to first order the covariance of a share with the criterion is
    ``phi (location + scale tau)`` where the latent mean rises by `location` and the logarithm of the latent spread by
    `scale` (Stein's identity).

    Parameters
    ----------
    found
        Thresholds and covariances of r replicates.
    sets
        Which items belong to each set, shape (K, S).
    """
    members = sets.astype(float)
    v, a = (values.sum(axis=2) for values in (found.v, found.phi))
    with np.errstate(invalid="ignore", divide="ignore"):
        beta = (v @ members) / (a @ members)
        b = (v @ members) / ((a / found.sigma) @ members) if found.one_grid else np.full_like(beta, np.nan)
        location, scale = location_and_scale(found, found.v, members)
    return Slopes(*(np.where(np.isfinite(s), s, np.nan) for s in (beta, b, location, scale)))


def location_and_scale(found: Latent, v: Floats, members: Floats) -> tuple[Floats, Floats]:
    """Return the least-squares location and scale of sets of items; see `slopes`. Not finite with one threshold.

    Parameters
    ----------
    found
        Thresholds of r replicates.
    v
        Covariances of the shares above each threshold with the criterion's scores, shape (r, K, C).
    members
        Which items are in which set, shape (K, S).

    Returns
    -------
    tuple of numpy.ndarray
        Rise of the latent mean, and of the logarithm of the latent spread, shape (r, S) each.
    """
    information = found.phi / (found.p * (1 - found.p))
    weight = found.phi * information

    def total(values: Floats) -> Floats:
        return np.asarray(values.sum(axis=2) @ members)

    s0, s1, s2 = total(weight), total(weight * found.tau), total(weight * found.tau**2)
    t0, t1 = total(information * v), total(information * v * found.tau)
    spread = s0 * s2 - s1**2
    spread = np.where(spread > LEAST_SPREAD * s0**2, spread, np.nan)
    return (s2 * t0 - s1 * t1) / spread, (s0 * t1 - s1 * t0) / spread


def item_sigma(tau: Floats, phi: Floats, clipped: Floats) -> Floats:
    """Return each item's latent standard deviation in scale points, shape (r, K).

    ``tau_c = (c + 1/2 - mu) / sigma`` is fitted by least squares over c, weighted by the information
    ``phi^2 / (p (1 - p))``. An item whose answers cross one threshold only has no spread to fit and takes the
    median of the others; NaN where there are no others.

    Parameters
    ----------
    tau, phi
        Thresholds and their densities, shape (r, K, C).
    clipped
        Share of answers above each threshold, strictly between 0 and 1, shape (r, K, C).
    """
    weight = phi**2 / (clipped * (1 - clipped))
    place = np.arange(tau.shape[2]) + 0.5
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weight.sum(axis=2)
        t = place - ((weight * place).sum(axis=2) / total)[..., None]
        slope = (weight * t * tau).sum(axis=2) / (weight * t * t).sum(axis=2)
    fitted = (weight > 0).sum(axis=2) >= 2
    sigma = np.where(fitted, 1 / np.maximum(np.where(fitted, slope, 1.0), MIN_SLOPE), np.nan)
    return sigma if fitted.all() else np.where(fitted, sigma, _median_of_fitted(sigma)[:, None])


def expected_gap(tau: Floats, rise: Floats, z: Floats, *, exists: Booleans, weight: Floats) -> Floats:
    """Return the gap expected at each z if both facets rose equally with the criterion, shape (r, m) or (r, m, g).

    Parameters
    ----------
    tau
        Thresholds of r replicates, shape (r, K, C).
    rise
        Latent correlation of each item with the criterion, shape (r, K); bounded by .95.
    z
        Criterion scores of each replicate, shape (r, m).
    exists
        Which thresholds each item has, shape (K, C).
    weight
        What an item's mean counts in the gap, shape (K,): above 0 for Say, below for Do; or in g sums, (K, g).
    """
    r = np.clip(rise, -MAX_CORRELATION, MAX_CORRELATION)
    spread = np.sqrt(1 - r * r)
    slope, cut = r / spread, tau / spread[..., None]
    items, options = np.nonzero(exists)
    cuts = cut[:, items, options]
    rises = slope[:, items]
    counts = weight[items]
    rows = max(1, LATENT_CELLS // (z.shape[-1] * items.size))
    blocks = (slice(i, i + rows) for i in range(0, len(cuts), rows))
    return np.concatenate(
        [scipy.special.ndtr(rises[b, None] * z[b, :, None] - cuts[b, None]) @ counts for b in blocks]
    )


def quadrature(z: Floats, *, nodes: int = 24) -> tuple[Floats, Floats]:
    """Return nodes and weights for the mean over many scores (Gauss quadrature; Golub and Welsch 1969).

    The mean over z of a smooth function equals the weighted sum over the nodes, exactly for polynomials of
    degree up to 2 x nodes - 1; for the normal curves of `expected_gap` to about ten digits. It makes the
    jackknife of the ceiling benchmark linear in n.

    Parameters
    ----------
    z
        The scores, shape (n,).
    nodes
        The greatest number of nodes; no more distinct scores than this are returned themselves, which is exact.

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
        if np.abs(weights @ curves(x) - means).max() < _EXACT:
            return x, weights
    return largest


def _median_of_fitted(sigma: Floats) -> NDArray[np.float64]:
    """Return the median of each row over its finite values, NaN for a row without any."""
    ordered = np.sort(sigma, axis=1)  # NaN come last
    count = np.isfinite(sigma).sum(axis=1)
    rows = np.arange(len(sigma))
    lower, upper = ordered[rows, np.maximum(count - 1, 0) // 2], ordered[rows, count // 2 * (count > 0)]
    return np.where(count > 0, (lower + upper) / 2, np.nan)
