"""The means of two groups compared, always x minus y: Hedges' g, Welch's test, the bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import (
    Estimate,
    Floats,
    TestedEstimate,
    as_sample,
    check_confidence,
)


def hedges_g(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return Hedges' g: the difference of two means in pooled standard deviations, free of small-sample bias.

    Parameters
    ----------
    x, y
        The two groups, shapes (n1,) and (n2,), at least 2 values each.
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        Standard deviations; above 0 where x is larger. `p` is that of Student's t test. Without interval where
        the groups are so far apart that the noncentral t distribution cannot be computed.

    Raises
    ------
    AnalysisError
        Too few or missing values, or both groups constant.

    Notes
    -----
    Exact correction J (Hedges 1981); interval by the noncentral t distribution, times J (Cumming and Finch
    2001). In R: ``effectsize::hedges_g(x, y)``.

    Examples
    --------
    >>> g = hedges_g([2, 3, 4, 5], [1, 2, 3, 4])
    >>> [round(v, 4) for v in (g.estimate, g.low, g.high)]
    [0.6728, -0.612, 1.908]
    """
    check_confidence(confidence)
    first, second = as_sample(x, name="x"), as_sample(y, name="y")
    df = first.size + second.size - 2
    within = ((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum()
    pooled = float(np.sqrt(within / df))
    largest = max(np.abs(first).max(), np.abs(second).max())
    if pooled <= 1e-12 * largest or pooled == 0:
        raise AnalysisError(
            "Both groups are constant: a difference in standard deviations does not exist.",
            value=f"x = {first[0]:g}, y = {second[0]:g}",
        )
    unit = float(np.sqrt(1 / first.size + 1 / second.size))
    difference = float(first.mean() - second.mean())
    t = difference / (pooled * unit)
    g, p = exact_j(df) * t * unit, float(2 * scipy.special.stdtr(df, -abs(t)))
    limits = _noncentrality_limits(t, df, confidence)
    if limits is None:
        return Estimate(g, p=p, confidence=confidence)
    low, high = (exact_j(df) * limit * unit for limit in limits)
    return Estimate(g, low=low, high=high, p=p, confidence=confidence)


def welch(x: ArrayLike, y: ArrayLike) -> TestedEstimate:
    """Return the difference of two means with Welch's test: the variances need not be equal.

    Parameters
    ----------
    x, y
        The two groups, at least 2 values each.

    Returns
    -------
    TestedEstimate
        The difference x - y in their unit, its standard error and 95 % interval, `statistic` (t), `df`
        (Satterthwaite's) and `p`. In R: ``t.test(x, y)``.

    Raises
    ------
    AnalysisError
        Too few or missing values, or both groups constant.

    Examples
    --------
    >>> test = welch([2, 3, 4, 5], [1, 2, 3, 4])
    >>> round(test.statistic, 4), round(test.df, 4), round(test.p, 4)
    (1.0954, 6.0, 0.3153)
    """
    first, second = as_sample(x, name="x"), as_sample(y, name="y")
    if np.ptp(first) == 0 and np.ptp(second) == 0:
        raise AnalysisError(
            "Both groups are constant: there is no variance to test a difference against.",
            value=f"x = {first[0]:g}, y = {second[0]:g}",
        )
    one, other = first.var(ddof=1) / first.size, second.var(ddof=1) / second.size
    se, difference = float(np.sqrt(one + other)), float(first.mean() - second.mean())
    df = float((one + other) ** 2 / (one**2 / (first.size - 1) + other**2 / (second.size - 1)))
    reach = float(scipy.special.stdtrit(df, 0.975)) * se
    return TestedEstimate(
        estimate=difference,
        low=difference - reach,
        high=difference + reach,
        se=se,
        p=float(2 * scipy.special.stdtr(df, -abs(difference) / se)),
        statistic=difference / se,
        df=df,
    )


@dataclass(frozen=True, kw_only=True)
class BootstrapDifference(Estimate):
    """A difference of means with bootstrap intervals: `low` and `high` are BCa.

    Parameters
    ----------
    percentile_low, percentile_high
        The percentile interval from the same resamples.
    repetitions, seed
        Of the bootstrap.
    """

    percentile_low: float
    percentile_high: float
    repetitions: int
    seed: int


def bootstrap_difference(x: ArrayLike, y: ArrayLike, *, repetitions: int, seed: int) -> BootstrapDifference:
    """Return the difference of two means with its 95 % BCa and percentile bootstrap intervals.

    Each group is resampled by itself, its size kept. Where the grouping itself is estimated, as in a top
    quartile, use `cfanalysis.statistics.claim_test.subscales.recut_differences`, which cuts again in each resample.

    Parameters
    ----------
    x, y
        The two groups, at least 2 values each.
    repetitions
        Resamples, at least 100.
    seed
        Seed of the resamples; the same seed gives the same interval.

    Returns
    -------
    BootstrapDifference
        x - y in their unit. In R: ``boot::boot.ci(boot(..., strata = group), type = c("bca", "perc"))``.

    Raises
    ------
    AnalysisError
        Too few or missing values, fewer than 100 repetitions, or both groups constant.
    """
    first, second = as_sample(x, name="x"), as_sample(y, name="y")
    if repetitions < 100:
        raise AnalysisError("Too few resamples for an interval.", value=repetitions, allowed="at least 100")
    if np.ptp(first) == 0 and np.ptp(second) == 0:
        raise AnalysisError("Both groups are constant: resampling them gives no interval.")
    drawn = scipy.stats.bootstrap(
        (first, second),
        _mean_difference,
        n_resamples=repetitions,
        batch=max(1, 2_000_000 // (first.size + second.size)),
        vectorized=True,
        method="BCa",
        rng=np.random.default_rng(seed),
    )
    percentile = np.quantile(drawn.bootstrap_distribution, [0.025, 0.975])
    return BootstrapDifference(
        estimate=float(first.mean() - second.mean()),
        low=float(drawn.confidence_interval.low),
        high=float(drawn.confidence_interval.high),
        se=float(drawn.standard_error),
        percentile_low=float(percentile[0]),
        percentile_high=float(percentile[1]),
        repetitions=repetitions,
        seed=seed,
    )


def exact_j(df: int) -> float:
    """Return Hedges' exact correction of a standardized mean difference for `df` degrees of freedom.

    ``gamma(df/2) / (sqrt(df/2) gamma((df-1)/2))``, Hedges, L. V. (1981), Journal of Educational
    Statistics 6.

    Examples
    --------
    >>> round(exact_j(10), 6)
    0.922746
    """
    return float(
        np.exp(scipy.special.gammaln(df / 2) - scipy.special.gammaln((df - 1) / 2) - np.log(df / 2) / 2)
    )


def _noncentrality_limits(t: float, df: int, confidence: float) -> tuple[float, float] | None:
    """Return the noncentrality parameters for which t is an upper and a lower quantile; None if none is found."""
    if t < 0:  # by symmetry; SciPy's far left tail is not a number
        mirrored = _noncentrality_limits(-t, df, confidence)
        return None if mirrored is None else (-mirrored[1], -mirrored[0])

    def excess(tail: float) -> Callable[[float], float]:
        return lambda ncp: float(scipy.stats.nct.cdf(t, df, ncp)) - tail

    # The limits lie within a few standard errors of t; that of noncentral t is about sqrt(1 + t^2 / (2 df)).
    reach = 8 * float(np.sqrt(1 + t * t / (2 * df)))
    tails = (1 + confidence) / 2, (1 - confidence) / 2
    brentq = scipy.optimize.brentq
    try:
        low, high = (
            float(brentq(excess(tail), t - reach, t + reach, xtol=1e-12, rtol=1e-14)) for tail in tails
        )
    except ValueError:
        return None
    return low, high


def _mean_difference(x: Floats, y: Floats, axis: int = -1) -> Floats:
    return np.asarray(x.mean(axis=axis) - y.mean(axis=axis))
