"""Means of weighted samples.

The weights here say how many units of the population a value stands for (sampling weights), not how often
it was observed: a weight of 2 is one observation. Standard errors come from the design, by linearization
(Binder 1983), as in R's survey package.
"""

from __future__ import annotations

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Estimate, Floats, as_sample


def weighted_mean(
    x: ArrayLike, w: ArrayLike, *, strata: ArrayLike | None = None, cluster: ArrayLike | None = None
) -> Estimate:
    """Return a weighted mean with the standard error of its design.

    Parameters
    ----------
    x
        The values, shape (n,).
    w
        Their weights, all above 0; only their ratios matter.
    strata
        The stratum of each value; None for one stratum.
    cluster
        The cluster (e.g. the organization of a respondent) of each value, counted within strata; None where
        every value was drawn by itself.

    Returns
    -------
    Estimate
        In the unit of x; 95 % interval by t with clusters minus strata degrees of freedom; `p` tests "the
        mean is 0". In R: ``svymean(~x, svydesign(~cluster, strata = ~strata, weights = ~w, nest = TRUE))``
        of the survey package. Without strata the standard error is that of the WLS intercept with HC1, with
        clusters the cluster-robust one.

    Raises
    ------
    AnalysisError
        Missing values, weights that are not above 0, lengths that differ, or a stratum with one cluster.

    Examples
    --------
    >>> mean = weighted_mean([1, 2, 4], [1, 1, 2])
    >>> mean.estimate, round(mean.se, 4)
    (2.75, 0.9622)
    """
    values = as_sample(x, name="x")
    weights = _weights(w, n=values.size)
    stratum = _codes(strata, name="strata", n=values.size, default=np.zeros(values.size, dtype=np.int64))
    unit = _codes(cluster, name="cluster", n=values.size, default=np.arange(values.size))
    mean = float(weights @ values / weights.sum())
    scores = weights * (values - mean) / weights.sum()
    totals, _, df = _cluster_scores(scores, stratum, unit)
    return _with_interval(mean, float(np.sqrt(totals @ totals)), df)


def weighted_change(
    x: ArrayLike, w: ArrayLike, later: ArrayLike, cluster: ArrayLike, *, strata: ArrayLike | None = None
) -> Estimate:
    """Return the change of a weighted mean from one wave to the next; what is in both waves is compared with itself.

    Parameters
    ----------
    x, w
        Values and weights of both waves, as for `weighted_mean`.
    later
        Whether each value is of the later wave, shape (n,).
    cluster
        Who gave each value: a person, or an organization where these were drawn.
    strata
        The stratum of each value; None for one stratum.

    Returns
    -------
    Estimate
        The variance is that of the clusters' parts in the difference: with everybody in both waves that of the paired
        t test, with nobody Welch's. Interval and p by t with the degrees of freedom of the smaller wave.

    Raises
    ------
    AnalysisError
        As for `weighted_mean`, in either wave.

    Examples
    --------
    Three people in both waves, each of whom gains about one point:

    >>> change = weighted_change([1, 3, 5, 2, 4, 6.3], [1] * 6, [False] * 3 + [True] * 3, list("abcabc"))
    >>> round(change.estimate, 2), round(change.se, 2)
    (1.1, 0.1)
    """
    values, after = as_sample(x, name="x"), np.asarray(later, dtype=bool)
    weights = _weights(w, n=values.size)
    stratum = _codes(strata, name="strata", n=values.size, default=np.zeros(values.size, dtype=np.int64))
    unit = _codes(cluster, name="cluster", n=values.size, default=np.arange(values.size))
    parts, change, degrees = np.zeros(int(unit.max()) + 1), 0.0, []
    for sign, here in ((-1, ~after), (1, after)):
        if not here.any():
            raise AnalysisError("A wave has no values.")
        mean = float(weights[here] @ values[here] / weights[here].sum())
        scores = weights[here] * (values[here] - mean) / weights[here].sum()
        totals, units, df = _cluster_scores(
            scores, np.unique(stratum[here], return_inverse=True)[1], unit[here]
        )
        np.add.at(parts, units, sign * totals)
        change += sign * mean
        degrees.append(df)
    return _with_interval(change, float(np.sqrt(parts @ parts)), min(degrees))


def _with_interval(estimate: float, se: float, df: int) -> Estimate:
    """Return an estimate with 95 % interval and p by t."""
    reach = float(scipy.special.stdtrit(df, 0.975)) * se
    p = float(2 * scipy.special.stdtr(df, -abs(estimate) / se)) if se > 0 else None
    return Estimate(estimate, low=estimate - reach, high=estimate + reach, se=se, p=p)


def _weights(w: ArrayLike, *, n: int) -> Floats:
    weights = as_sample(w, name="The weights", least=1)
    if weights.size != n:
        raise AnalysisError("There is not one weight for each value.", value=weights.size, allowed=n)
    if wrong := int((weights <= 0).sum()):
        raise AnalysisError(
            f"{wrong} weight(s) are zero or negative.",
            where=f"position {int(np.flatnonzero(weights <= 0)[0])}",
            value=float(weights.min()),
            allowed="above 0",
            next_step="Leave out what should not count.",
        )
    return weights


def _codes(labels: ArrayLike | None, *, name: str, n: int, default: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return labels as numbers 0, 1, ..., in the order of the sorted labels."""
    if labels is None:
        return default
    array = np.asarray(labels)
    if array.shape != (n,):
        raise AnalysisError(f"{name} has not one label for each value.", value=array.shape, allowed=(n,))
    missing = array != array  # only a missing value differs from itself
    if np.any(missing) or any(label is None for label in array.tolist()):
        raise AnalysisError(f"{name} has missing labels.")
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def _cluster_scores(
    scores: Floats, stratum: NDArray[np.int64], unit: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64], int]:
    """Return each cluster's part in a mean, its number, and the degrees of freedom.

    Parts are centred within strata and scaled so that the sum of their squares is the variance of the mean.
    """
    pairs, member = np.unique(np.column_stack([stratum, unit]), axis=0, return_inverse=True)
    totals = np.bincount(member.ravel(), weights=scores)
    group = pairs[:, 0]
    size = np.bincount(group)
    if lonely := int((size == 1).sum()):
        raise AnalysisError(
            "A stratum with a single cluster has no variance within."
            if size.size > 1
            else "All values are of one cluster: there is no variance between clusters.",
            value=f"{lonely} of {size.size} strata",
            allowed="at least 2 clusters in each stratum",
            next_step="Join it with a similar stratum.",
        )
    means = np.bincount(group, weights=totals) / size
    parts = (totals - means[group]) * np.sqrt(size / (size - 1))[group]
    return parts, pairs[:, 1], int(size.sum() - size.size)
