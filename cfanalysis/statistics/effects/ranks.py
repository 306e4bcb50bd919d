"""Two groups compared by ranks: Cliff's delta, Brunner and Munzel's test.

Rank statistics see values rounded to 9 decimals: item means carry floating-point noise, and two organizations
with the same gap must tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import (
    Estimate,
    Floats,
    TestedEstimate,
    as_sample,
    check_confidence,
)
from cfanalysis.statistics.quartiles import DECIMALS

if TYPE_CHECKING:
    from statsmodels.stats.nonparametric import RankCompareResult


def cliffs_delta(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return Cliff's delta: P(x > y) - P(x < y) for one value drawn from each group.

    Parameters
    ----------
    x, y
        The two groups, at least 2 values each; compared after rounding to 9 decimals.
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        -1 to 1, above 0 where x tends to be larger. Where the groups do not overlap, or all values tie, the
        variance cannot be estimated, and there is the number alone.

    Raises
    ------
    AnalysisError
        Too few or missing values.

    Notes
    -----
    Interval and p of Brunner and Munzel (2000) through statsmodels' ``rank_compare_2indep``, cut to [-1, 1].

    Examples
    --------
    >>> cliffs_delta([2, 3, 4, 5], [1, 2, 3, 4]).estimate
    0.4375
    """
    check_confidence(confidence)
    compared = _rank_comparison(_tied(x, name="x"), _tied(y, name="y"))
    delta = float(2 * compared.prob1 - 1)
    if compared.var_prob == 0:
        return Estimate(delta, confidence=confidence)
    low, high = compared.conf_int(alpha=1 - confidence)
    return Estimate(
        estimate=delta,
        low=max(-1.0, float(2 * low - 1)),
        high=min(1.0, float(2 * high - 1)),
        se=float(2 * np.sqrt(compared.var_prob)),
        p=float(compared.pvalue),
        confidence=confidence,
    )


def brunner_munzel(x: ArrayLike, y: ArrayLike) -> TestedEstimate:
    """Return Brunner and Munzel's test of "neither group tends to larger values".

    Parameters
    ----------
    x, y
        The two groups, at least 2 values each; compared after rounding to 9 decimals.

    Returns
    -------
    TestedEstimate
        `estimate` is the relative effect P(x < y) + P(x = y) / 2 (0-1; .5 is no effect) with its standard
        error and 95 % interval; `statistic` is above 0 where y tends to be larger, as in the paper and in
        SciPy; `p` tests "the relative effect is .5". Cliff's delta is 1 - 2 estimate.

    Raises
    ------
    AnalysisError
        Too few or missing values, or groups that do not overlap or tie throughout: the test's variance is 0.

    References
    ----------
    Brunner, E., and Munzel, U. (2000). The nonparametric Behrens-Fisher problem. Biometrical Journal 42.

    Examples
    --------
    >>> test = brunner_munzel([2, 3, 4, 5], [1, 2, 3, 4])
    >>> test.estimate, round(test.p, 4)
    (0.28125, 0.3071)
    """
    compared = _rank_comparison(_tied(x, name="x"), _tied(y, name="y"))
    if compared.var_prob == 0:
        raise AnalysisError(
            "The groups do not overlap, or all values tie: Brunner and Munzel's variance is 0.",
            value=f"Cliff's delta {2 * compared.prob1 - 1:g}",
            next_step="Report Cliff's delta without a test.",
        )
    low, high = compared.conf_int()
    return TestedEstimate(
        estimate=float(compared.prob2),
        low=max(0.0, float(1 - high)),
        high=min(1.0, float(1 - low)),
        se=float(np.sqrt(compared.var_prob)),
        p=float(compared.pvalue),
        statistic=float(-compared.statistic),
        df=float(compared.df),
    )


def _tied(values: ArrayLike, *, name: str) -> Floats:
    """Return a sample in which values that are equal but for floating-point noise tie."""
    return np.round(as_sample(values, name=name), DECIMALS)


def _rank_comparison(x: Floats, y: Floats) -> RankCompareResult:
    """Return statsmodels' comparison; a variance of 0 is the caller's to see, not a warning."""
    # Imported here, as a second's import would be paid by every report that needs no ranks.
    from statsmodels.stats.nonparametric import rank_compare_2indep

    with np.errstate(invalid="ignore", divide="ignore"):
        return rank_compare_2indep(x, y)
