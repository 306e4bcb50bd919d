"""Do the items of a scale measure one thing, and how precisely: alpha, item-rest correlations, reliability.

All take one row for each respondent (or organization) and one column for each item, after reverse keying,
without missing answers. None of this decides anything about the gap; it says how far the scores can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test.groups import by_group, jackknife_estimate, without_each
from cfanalysis.statistics.claim_test.result import LEAST_GROUPS
from cfanalysis.statistics.effects.estimate import Floats, as_floats, check_complete, check_confidence


@dataclass(frozen=True)
class CronbachAlpha:
    """Cronbach's alpha in both variants.

    Parameters
    ----------
    raw
        From the items' covariances.
    low, high
        Interval of `raw`: Feldt's, or over clusters where they were given.
    standardized
        From their correlations: as if all items had the same variance.
    n, k
        Respondents and items.
    confidence
        Level of the interval.
    """

    raw: float
    low: float
    high: float
    standardized: float
    n: int
    k: int
    confidence: float = 0.95

    @property
    def estimate(self) -> float:
        """The raw alpha, to which the interval belongs."""
        return self.raw


@dataclass(frozen=True, eq=False)
class ItemRest:
    """How each item goes with the others.

    Parameters
    ----------
    names
        The items: the columns of a frame, else 1, 2, ...
    item_rest
        Correlation of each item with the sum of the others.
    alpha_if_dropped
        Raw alpha of the others; None for a scale of two items, where one is left.
    mean, sd
        Of each item.
    n
        Respondents.
    """

    names: tuple[str, ...]
    item_rest: Floats
    alpha_if_dropped: Floats | None
    mean: Floats
    sd: Floats
    n: int


@dataclass(frozen=True)
class DifferenceReliability:
    """Reliability of the gap, Say minus Do.

    Parameters
    ----------
    estimate
        Share of the gap's variance that is not error (at most 1; below 0 where error exceeds it).
    say_alpha, do_alpha
        Raw alpha of each facet.
    correlation
        Of the facet means; the higher, the less of the gap is signal.
    n
        Respondents.
    """

    estimate: float
    say_alpha: float
    do_alpha: float
    correlation: float
    n: int


def cronbach_alpha(
    items: ArrayLike, *, cluster: NDArray[np.intp] | None = None, confidence: float = 0.95
) -> CronbachAlpha:
    """Return Cronbach's alpha, raw with its interval, and standardized.

    Parameters
    ----------
    items
        Answers, shape (n, k), n at least 3, k at least 2.
    cluster
        The organization of each respondent as a number from 0, shape (n,): colleagues resemble each other, and of eight
        organizations or more the interval is the jackknife's over organizations, for ``log(1 - alpha)``. Otherwise, and
        without clusters, it is Feldt's.
    confidence
        Level of the interval.

    Returns
    -------
    CronbachAlpha
        In R: ``psych::alpha(items)``, `raw_alpha`, `std.alpha` and `feldt`.

    Raises
    ------
    AnalysisError
        Missing answers, too few rows or columns, or a constant item.

    References
    ----------
    Feldt, L. S., Woodruff, D. J., and Salih, F. A. (1987). Statistical inference for coefficient alpha. Applied
    Psychological Measurement 11.

    Examples
    --------
    >>> alpha = cronbach_alpha([[1, 2], [2, 2], [3, 4], [4, 5]])
    >>> round(alpha.raw, 4), round(alpha.low, 4)
    (0.967, 0.491)
    """
    check_confidence(confidence)
    matrix = answer_matrix(items)
    n, k = matrix.shape
    raw = _alpha(np.cov(matrix, rowvar=False))
    low, high = _alpha_interval(matrix, raw, cluster, confidence)
    return CronbachAlpha(
        raw=raw,
        low=low,
        high=high,
        standardized=_alpha(np.atleast_2d(np.corrcoef(matrix, rowvar=False))),
        n=n,
        k=k,
        confidence=confidence,
    )


def _alpha_interval(
    matrix: Floats, raw: float, cluster: NDArray[np.intp] | None, confidence: float
) -> tuple[float, float]:
    """Return the interval of alpha, over clusters where there are enough; else Feldt's."""
    n, k = matrix.shape
    groups = 0 if cluster is None else int(np.unique(cluster).size)
    if cluster is not None and groups >= LEAST_GROUPS:
        number = np.unique(cluster, return_inverse=True)[1]
        answers = np.column_stack(
            [matrix - matrix.mean(axis=0), matrix.sum(axis=1) - matrix.sum(axis=1).mean()]
        )
        moments = np.hstack([np.ones((n, 1)), answers, answers**2])
        sums = without_each(by_group(moments, number, groups), np.arange(groups), groups)
        size = sums[:, :1]
        variance = sums[:, k + 2 :] - sums[:, 1 : k + 2] ** 2 / size
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.log(1 - k / (k - 1) * (1 - variance[:, :k].sum(axis=1) / variance[:, k]))
        found = jackknife_estimate(error, confidence=confidence)
        if found is not None and found.low is not None and found.high is not None:
            return float(1 - np.exp(found.high)), float(1 - np.exp(found.low))
    sides = np.array([(1 + confidence) / 2, (1 - confidence) / 2])
    upper, lower = scipy.special.fdtri(n - 1, (n - 1) * (k - 1), sides)
    return float(1 - (1 - raw) * upper), float(1 - (1 - raw) * lower)


def item_rest(items: ArrayLike) -> ItemRest:
    """Return the correlation of each item with the sum of the others, and alpha without it.

    Parameters
    ----------
    items
        Answers, shape (n, k), k at least 2; a data frame keeps its names.

    Returns
    -------
    ItemRest
        In R: ``psych::alpha(items)``, `r.drop` and `alpha.drop`.

    Raises
    ------
    AnalysisError
        Missing answers, too few rows or columns, a constant item, or others whose sum is constant.

    Examples
    --------
    >>> rest = item_rest([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 5, 5]])
    >>> rest.item_rest.round(3).tolist(), rest.alpha_if_dropped.round(3).tolist()
    ([0.994, 0.885, 0.889], [0.897, 0.96, 0.967])
    """
    matrix = answer_matrix(items)
    n, k = matrix.shape
    covariance = np.cov(matrix, rowvar=False)
    variance = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - variance
    rest_variance = covariance.sum() - variance - 2 * with_rest
    if rest_variance.min() <= 1e-12 * variance.max():
        raise AnalysisError("The other items add up to a constant: nothing to correlate with.")
    dropped = [_alpha(np.delete(np.delete(covariance, i, 0), i, 1)) for i in range(k)] if k > 2 else None
    return ItemRest(
        names=_names(items, k),
        item_rest=with_rest / np.sqrt(variance * rest_variance),
        alpha_if_dropped=None if dropped is None else np.array(dropped),
        mean=matrix.mean(axis=0),
        sd=np.sqrt(variance),
        n=n,
    )


def difference_reliability(say: ArrayLike, do: ArrayLike) -> DifferenceReliability:
    """Return the reliability of the gap between two facet means.

    ``(var S alpha_S + var D alpha_D - 2 cov) / (var S + var D - 2 cov)``.

    Parameters
    ----------
    say, do
        Answers to the items of each facet, shapes (n, k1) and (n, k2), each k at least 2, the same respondents.

    Returns
    -------
    DifferenceReliability

    Raises
    ------
    AnalysisError
        As for `cronbach_alpha`, rows that differ, or a gap that does not vary.

    References
    ----------
    Rogosa, D. R., and Willett, J. B. (1983). Demonstrating the reliability of the difference score. Journal of
    Educational Measurement 20.

    Examples
    --------
    >>> say, do = [[1, 2], [2, 2], [3, 4], [4, 5]], [[2, 1], [1, 1], [3, 2], [2, 2]]
    >>> round(difference_reliability(say, do).estimate, 4)
    0.8627
    """
    first, second = answer_matrix(say, name="The Say items"), answer_matrix(do, name="The Do items")
    if len(first) != len(second):
        raise AnalysisError(
            "Say and Do have not the same respondents.", value=f"{len(first)} and {len(second)} rows"
        )
    alphas = _alpha(np.cov(first, rowvar=False)), _alpha(np.cov(second, rowvar=False))
    moments = np.cov(first.mean(axis=1), second.mean(axis=1))
    var_say, var_do, covariance = float(moments[0, 0]), float(moments[1, 1]), float(moments[0, 1])
    total = var_say + var_do - 2 * covariance
    if min(var_say, var_do, total) <= 1e-12 * max(var_say, var_do):
        raise AnalysisError("The gap or a facet mean does not vary: it has no reliability.")
    return DifferenceReliability(
        estimate=(var_say * alphas[0] + var_do * alphas[1] - 2 * covariance) / total,
        say_alpha=alphas[0],
        do_alpha=alphas[1],
        correlation=covariance / float(np.sqrt(var_say * var_do)),
        n=len(first),
    )


def answer_matrix(items: ArrayLike, *, name: str = "The items", least_items: int = 2) -> Floats:
    """Return answers as an array of floats, shape (n, k).

    Parameters
    ----------
    items
        Answers of n respondents (rows) to k items (columns).
    name
        What error messages call them.
    least_items
        The fewest items that make sense.

    Raises
    ------
    AnalysisError
        Not numbers, missing answers, fewer than 3 rows or than `least_items` columns, or a constant item.
    """
    try:
        matrix = as_floats(items)
    except (TypeError, ValueError):
        raise AnalysisError(f"{name} are not numbers.") from None
    if matrix.ndim != 2 or matrix.shape[1] < least_items or matrix.shape[0] < 3:
        raise AnalysisError(
            f"{name} are too few.",
            value=f"shape {matrix.shape}",
            allowed=f"at least 3 respondents and {least_items} items",
        )
    check_complete(matrix, name=name)
    names = _names(items, matrix.shape[1])
    if constant := [names[k] for k in np.flatnonzero(np.ptp(matrix, axis=0) == 0)]:
        raise AnalysisError(
            f"{name} include one or more to which everybody gave the same answer.",
            where=", ".join(constant),
            next_step="Leave them out: an item that does not vary says nothing about reliability.",
        )
    return matrix


def _names(items: ArrayLike, k: int) -> tuple[str, ...]:
    return tuple(str(name) for name in getattr(items, "columns", range(1, k + 1)))


def _alpha(covariance: Floats) -> float:
    """Return alpha from a covariance or correlation matrix."""
    k, total = len(covariance), float(covariance.sum())
    if total <= 1e-12 * np.trace(covariance):
        raise AnalysisError(
            "The items add up to a constant: alpha does not exist.",
            next_step="Check the reverse-keyed items.",
        )
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))
