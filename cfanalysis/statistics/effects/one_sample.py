"""One sample: a mean, a share, a correlation, each with its interval.

Where a sample is too small for an interval, the number stands alone: an interval is never made up.
"""

from __future__ import annotations

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Estimate, as_sample, check_confidence
from cfanalysis.statistics.quartiles import DECIMALS


def mean_estimate(x: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return a mean with its interval by Student's t.

    Parameters
    ----------
    x
        The values, shape (n,), at least one; of one there is no interval.
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        In the unit of x; `p` tests "the mean is 0". In R: ``t.test(x)``.

    Raises
    ------
    AnalysisError
        No values, or one that is missing.

    Examples
    --------
    >>> mean = mean_estimate([1, 2, 3])
    >>> [round(v, 3) for v in (mean.estimate, mean.low, mean.high)]
    [2.0, -0.484, 4.484]
    """
    check_confidence(confidence)
    values = as_sample(x, name="x", least=1)
    mean = float(values.mean())
    if values.size == 1:
        return Estimate(mean, confidence=confidence)
    se = float(values.std(ddof=1) / np.sqrt(values.size))
    reach = float(scipy.special.stdtrit(values.size - 1, (1 + confidence) / 2)) * se
    p = float(2 * scipy.special.stdtr(values.size - 1, -abs(mean) / se)) if se > 0 else None
    return Estimate(mean, low=mean - reach, high=mean + reach, se=se, p=p, confidence=confidence)


def share_estimate(count: float, n: int, *, confidence: float = 0.95) -> Estimate:
    """Return a share with Wilson's score interval.

    Parameters
    ----------
    count
        How many of n, 0 to n.
    n
        How many in all, at least 1.
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        0 to 1. In R: ``prop.test(count, n, correct = FALSE)$conf.int``.

    Raises
    ------
    AnalysisError
        n below 1, or a count outside 0 to n.

    References
    ----------
    Wilson, E. B. (1927). Journal of the American Statistical Association 22.

    Examples
    --------
    >>> share = share_estimate(2, 10)
    >>> [round(v, 4) for v in (share.estimate, share.low, share.high)]
    [0.2, 0.0567, 0.5098]
    """
    check_confidence(confidence)
    if n < 1 or not 0 <= count <= n:
        raise AnalysisError("There is no such share.", value=f"{count} of {n}", allowed="0 to n of n")
    z = float(scipy.special.ndtri((1 + confidence) / 2))
    share = count / n
    center = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    low, high = max(0.0, center - reach), min(1.0, center + reach)
    return Estimate(share, low=low, high=high, confidence=confidence)


def correlation(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return Pearson's correlation with Fisher's interval.

    Parameters
    ----------
    x, y
        Pairs of values, shape (n,), n at least 4.
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        -1 to 1; Fisher's z with standard error ``1 / sqrt(n - 3)``; `p` of the t distribution. In SciPy:
        ``pearsonr(x, y)``. Without interval where r is 1 or -1.

    Raises
    ------
    AnalysisError
        Too few or missing values, lengths that differ, or a constant.

    Examples
    --------
    >>> r = correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(r.estimate, 4), round(r.low, 4), round(r.high, 4), round(r.p, 4)
    (0.8, -0.2796, 0.9862, 0.1041)
    """
    check_confidence(confidence)
    first, second = as_sample(x, name="x", least=4), as_sample(y, name="y", least=4)
    if first.size != second.size:
        raise AnalysisError("x and y have different lengths.", value=f"{first.size} and {second.size}")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise AnalysisError("A constant has no correlation.", where="x" if np.ptp(first) == 0 else "y")
    one, other = first - first.mean(), second - second.mean()
    r = float(one / np.linalg.norm(one) @ (other / np.linalg.norm(other)))
    if abs(r) >= 1 - 1e-12:
        return Estimate(float(np.sign(r)), p=0.0, confidence=confidence)
    df = first.size - 2
    p = float(2 * scipy.special.stdtr(df, -abs(r) * np.sqrt(df / (1 - r * r))))
    reach = float(scipy.special.ndtri((1 + confidence) / 2)) / float(np.sqrt(first.size - 3))
    low, high = (float(np.tanh(np.arctanh(r) + sign * reach)) for sign in (-1, 1))
    return Estimate(r, low=low, high=high, p=p, confidence=confidence)


def rank_correlation(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Return Spearman's rank correlation with the interval of Bonett and Wright.

    Parameters
    ----------
    x, y
        Pairs of values, shape (n,), n at least 5; compared after rounding to 9 decimals.
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        -1 to 1; Fisher's z with standard error ``sqrt((1 + r^2 / 2) / (n - 3))``; `p` of the t approximation, as
        in ``scipy.stats.spearmanr``. Without interval where r is 1 or -1.

    Raises
    ------
    AnalysisError
        Too few or missing values, lengths that differ, or a constant.

    References
    ----------
    Bonett, D. G., and Wright, T. A. (2000). Psychometrika 65.

    Examples
    --------
    >>> r = rank_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    >>> round(r.estimate, 4), round(r.low, 4), round(r.high, 4)
    (0.8286, -0.1272, 0.9865)
    """
    check_confidence(confidence)
    first = np.round(as_sample(x, name="x", least=5), DECIMALS)
    second = np.round(as_sample(y, name="y", least=5), DECIMALS)
    if first.size != second.size:
        raise AnalysisError("x and y have different lengths.", value=f"{first.size} and {second.size}")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise AnalysisError("A constant has no correlation.", where="x" if np.ptp(first) == 0 else "y")
    test = scipy.stats.spearmanr(first, second)
    r = float(test.statistic)
    if abs(r) >= 1 - 1e-12:
        return Estimate(float(np.sign(r)), p=float(test.pvalue), confidence=confidence)
    reach = float(scipy.special.ndtri((1 + confidence) / 2)) * float(
        np.sqrt((1 + r * r / 2) / (first.size - 3))
    )
    z = float(np.arctanh(r))
    low, high = float(np.tanh(z - reach)), float(np.tanh(z + reach))
    return Estimate(r, low=low, high=high, p=float(test.pvalue), confidence=confidence)
