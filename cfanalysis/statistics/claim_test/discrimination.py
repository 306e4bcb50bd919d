"""Metric C: the rise of each facet per true difference between organizations.

Items of one facet may tell organizations apart less than those of the other: vaguer questions, more noise. Then they
rise less with performance, too, without any organization acting less. What a facet tells apart is seen without the
criterion, in how much organizations differ beyond the chance of who was asked: the variance of organizations' means
less that chance. It is the mean over all possible random halvings of the covariance of the halves. The slope is
divided by it, on the latent scale, so that a ceiling does not pass for a lack of differences.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.groups import without_each
from cfanalysis.statistics.claim_test.latent import thresholds
from cfanalysis.statistics.claim_test.latent_correlation import ORDER, hermite_series
from cfanalysis.statistics.claim_test.layout import Booleans, Floats
from cfanalysis.statistics.claim_test.respondent_traits import FacetScores
from cfanalysis.statistics.claim_test.standardized import Standardization

_STEPS, _LARGEST, CLOSE = 12, 0.95, 1e-14
"""Newton steps to a latent share of variance, its bound, and a step that ends them."""


def shares_between(
    evidence: Evidence, sets: Booleans, standardization: Standardization | None = None
) -> Floats | None:
    """Return which share of the latent variance lies between organizations.

    Parameters
    ----------
    evidence
        Checked arrays, with respondents or their numbers.
    sets
        Which items belong to each of S sets, shape (K, S).
    standardization
        Of who answered, if any.

    Returns
    -------
    numpy.ndarray or None
        Shape (bounds, groups + 1, S): one bound where respondents are known; from published tables two, as an
        answer's chance may be its item's own or its respondent's. None where nothing tells chance from differences.
    """
    above, scores = evidence.above, evidence.scores(sets)
    if scores is not None:
        mean, errors = _of_respondents(scores, standardization)
    elif evidence.counts is not None:
        mean, errors = _of_tables(evidence.counts, sets, above)
    else:
        return None
    if not np.isfinite(errors).all():
        return None
    variance = np.stack([_true_variance(mean, error, evidence) for error in errors])
    n = without_each(np.ones(evidence.n), evidence.group, evidence.groups)
    p = without_each(above, evidence.group, evidence.groups) / n[:, None, None]
    tau, phi, _ = thresholds(p, n)
    members = sets / sets.sum(axis=0)
    phi = np.where(evidence.exists, phi, 0.0)
    series = np.stack([a.sum(axis=2) @ members for a in hermite_series(tau, phi)])
    return latent_share(series, variance)


def per_true_difference(location: Floats, beta: Floats, between: Floats) -> Floats:
    """Return the slope per true standard deviation between organizations; NaN where organizations do not differ.

    Parameters
    ----------
    location, beta
        Slopes on metrics L and A.
    between
        Share of the latent variance between organizations. What of it comes from the slope is counted at metric L.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = between - beta**2 + location**2
        return np.where(variance > 0, location / np.sqrt(variance), np.nan)


def latent_share(series: Floats, variance: Floats) -> Floats:
    """Return r that solves ``sum_m r^m / m! a_m^2 = variance``, by Newton's steps from the linear solution.

    Parameters
    ----------
    series
        a_m of each replicate and set, shape (10, r, S).
    variance
        Between organizations, shape (..., r, S).
    """
    squares = [a**2 / factorial(m) for m, a in enumerate(series, 1)]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(variance / squares[0], -_LARGEST, _LARGEST)
        for _ in range(_STEPS):
            value, slope = np.zeros_like(share), np.zeros_like(share)
            for m in range(ORDER - 1, -1, -1):
                slope = slope * share + (m + 1) * squares[m]
                value = value * share + squares[m]
            step = (value * share - variance) / slope
            share = np.clip(share - step, -_LARGEST, _LARGEST)
            if np.nanmax(np.abs(step), initial=0.0) < CLOSE:
                break
    return np.asarray(share)


def _true_variance(mean: Floats, error: Floats, evidence: Evidence) -> Floats:
    """Return the variance of organizations' means beyond their error variance, (groups + 1, S).

    The mean square less the mean product of two different organizations, less the mean error.
    """
    sums, squares, errors = (
        without_each(values, evidence.group, evidence.groups) for values in (mean, mean**2, error)
    )
    n = without_each(np.ones((evidence.n, 1)), evidence.group, evidence.groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((squares - errors) / n - (sums**2 - squares) / (n * (n - 1)))


def _of_respondents(scores: FacetScores, standardization: Standardization | None) -> tuple[Floats, Floats]:
    """Return organizations' means (n, S) and their error variance (1, n, S)."""
    mean, squares = scores.mean, scores.squares
    if standardization is not None:
        who = standardization.composition
        effects = standardization.effects(scores.with_traits)
        mean = mean - (who.overall - who.overall.mean(axis=0)) @ effects
        squares = squares - 2 * np.einsum("nqs,qs->ns", scores.with_traits, effects)
        squares = squares + np.einsum("npq,ps,qs->ns", who.squares, effects, effects)
    several = scores.respondents > 1
    with np.errstate(invalid="ignore", divide="ignore"):
        within = np.where(several, squares / (scores.respondents - 1), np.nan)
        usual = np.nansum(within, axis=0) / several.sum(axis=0)
    within = np.where(several, within, usual)
    return mean, (within / np.maximum(scores.respondents, 1))[None]


def _of_tables(counts: Floats, sets: Booleans, above: Floats) -> tuple[Floats, Floats]:
    """Return organizations' means (n, S) and the least and the largest error variance, (2, n, S).

    The items of a respondent are independent, or perfectly correlated.
    """
    mean = above.sum(axis=2)
    places = 2 * np.arange(above.shape[2]) + 1
    variance = np.maximum((above * places).sum(axis=2) - mean**2, 0.0)
    several = counts > 1
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(several, variance / (counts - 1), np.nan)
        usual = np.nansum(error, axis=0) / several.sum(axis=0)
    error = np.where(several, error, usual)
    members = sets / sets.sum(axis=0)
    return mean @ members, np.stack([error @ members**2, (np.sqrt(error) @ members) ** 2])
