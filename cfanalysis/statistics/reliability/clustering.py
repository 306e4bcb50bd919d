"""How much respondents of one organization resemble each other: intraclass correlations.

ICC(1) says how much of the variance lies between organizations, ICC(2) how reliable their means are. ICC(1) is
computed in three ways in the literature, which differ where groups are unequal; each has its name here. They
are printed and never decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.optimize import minimize_scalar

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Floats, sample
from cfanalysis.statistics.reliability.internal_consistency import answers


@dataclass(frozen=True)
class Intraclass:
    """One-way intraclass correlations of respondents in groups.

    Parameters
    ----------
    icc1
        ICC(1) from the analysis of variance with n0, the size that unequal groups stand for.
    icc1_mean_size
        The same with the plain mean group size (R's ``multilevel::ICC1``).
    icc1_reml
        From the variance components by restricted maximum likelihood; never below 0.
    icc2
        ICC(2), reliability of group means: ``(MSB - MSW) / MSB``.
    f, df_between, df_within, p
        The F test of "groups do not differ".
    n0, mean_size
        Both group sizes.
    groups, n
        Groups and respondents.
    """

    icc1: float
    icc1_mean_size: float
    icc1_reml: float
    icc2: float
    f: float
    df_between: int
    df_within: int
    p: float
    n0: float
    mean_size: float
    groups: int
    n: int

    @property
    def estimate(self) -> float:
        """ICC(1) with n0."""
        return self.icc1


@dataclass(frozen=True)
class TwoWayIntraclass:
    """Intraclass correlations where every rater (or item) rated every target (Shrout and Fleiss 1979).

    Parameters
    ----------
    icc11, icc21, icc31
        One rater: raters differ from target to target; raters are a sample; raters are fixed (consistency).
    icc1k, icc2k, icc3k
        The mean of all k raters; `icc3k` equals raw alpha.
    icc11_low, icc11_high
        95 % F interval of `icc11`.
    n, k
        Targets and raters.
    """

    icc11: float
    icc21: float
    icc31: float
    icc1k: float
    icc2k: float
    icc3k: float
    icc11_low: float
    icc11_high: float
    n: int
    k: int


def intraclass(values: ArrayLike, groups: ArrayLike) -> Intraclass:
    """Return ICC(1) in its three variants, ICC(2) and the F test.

    Parameters
    ----------
    values
        One number for each respondent, shape (n,).
    groups
        The group of each, shape (n,); at least two groups, and more respondents than groups.

    Returns
    -------
    Intraclass

    Raises
    ------
    AnalysisError
        Missing values, lengths that differ, one group, no group with two respondents, or no variation.

    References
    ----------
    Bliese, P. D. (2000), in Klein and Kozlowski (eds.), Multilevel Theory, Research, and Methods.

    Examples
    --------
    >>> icc = intraclass([1, 2, 4, 5, 8, 9], ["a", "a", "b", "b", "c", "c"])
    >>> round(icc.icc1, 4), round(icc.icc2, 4), icc.f
    (0.9603, 0.9797, 49.33333333333333)
    """
    numbers = sample(values, name="The values", least=3)
    _, member = group_members(groups, n=numbers.size)
    size = np.bincount(member)
    n, g = numbers.size, size.size
    means = np.bincount(member, weights=numbers) / size
    within = float(((numbers - means[member]) ** 2).sum())
    between = float((size * (means - numbers.mean()) ** 2).sum())
    if g < 2 or n == g:
        raise AnalysisError(
            "Intraclass correlations need at least two groups, one of them with two respondents.",
            value=f"{n} respondents in {g} group(s)",
        )
    if within <= 1e-12 * between or within == 0:
        raise AnalysisError(
            "Nobody differs from the others of the same group: there is no variance within.",
            value=f"{g} groups, {n} respondents",
        )
    msb, msw = between / (g - 1), within / (n - g)
    n0 = (n - float((size**2).sum()) / n) / (g - 1)
    return Intraclass(
        icc1=_share(msb, msw, n0),
        icc1_mean_size=_share(msb, msw, n / g),
        icc1_reml=_reml_share(means, size, within),
        icc2=(msb - msw) / msb if msb > 0 else float("-inf"),
        f=msb / msw,
        df_between=g - 1,
        df_within=n - g,
        p=float(stats.f.sf(msb / msw, g - 1, n - g)),
        n0=n0,
        mean_size=n / g,
        groups=g,
        n=n,
    )


def two_way_intraclass(items: ArrayLike) -> TwoWayIntraclass:
    """Return Shrout and Fleiss's six intraclass correlations.

    Parameters
    ----------
    items
        Ratings, shape (n, k): targets in rows, raters (or items) in columns.

    Returns
    -------
    TwoWayIntraclass
        In R: ``psych::ICC(items, lmer = FALSE)``.

    Raises
    ------
    AnalysisError
        As for `cronbach_alpha`, or raters that agree perfectly.

    Examples
    --------
    >>> icc = two_way_intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
    ...                           [6, 2, 4, 7]])
    >>> [round(v, 2) for v in (icc.icc11, icc.icc21, icc.icc31)]
    [0.17, 0.29, 0.71]
    """
    matrix = answers(items)
    n, k = matrix.shape
    deviations = matrix - matrix.mean()
    targets = k * float((deviations.mean(axis=1) ** 2).sum())
    raters = n * float((deviations.mean(axis=0) ** 2).sum())
    total = float((deviations**2).sum())
    rest = total - targets - raters
    if rest <= 1e-12 * total or targets <= 1e-12 * total:
        raise AnalysisError(
            "The raters agree perfectly, or the targets do not differ: no variance to compare."
        )
    bms, jms, ems = targets / (n - 1), raters / (k - 1), rest / ((n - 1) * (k - 1))
    wms = (total - targets) / (n * (k - 1))
    f_high, f_low = stats.f.ppf(np.array([0.975, 0.025]), n - 1, n * (k - 1))
    low, high = bms / wms / f_high, bms / wms / f_low
    return TwoWayIntraclass(
        icc11=(bms - wms) / (bms + (k - 1) * wms),
        icc21=(bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n),
        icc31=(bms - ems) / (bms + (k - 1) * ems),
        icc1k=(bms - wms) / bms,
        icc2k=(bms - ems) / (bms + (jms - ems) / n),
        icc3k=(bms - ems) / bms,
        icc11_low=float((low - 1) / (low + k - 1)),
        icc11_high=float((high - 1) / (high + k - 1)),
        n=n,
        k=k,
    )


def _share(msb: float, msw: float, size: float) -> float:
    return (msb - msw) / (msb + (size - 1) * msw)


def _reml_share(means: Floats, size: NDArray[np.int64], within: float) -> float:
    """Return the share of variance between groups by REML: its likelihood has one free ratio."""
    n = int(size.sum())

    def deviance(share: float) -> float:
        weight = size / (1 + size * share / (1 - share))
        centre = weight @ means / weight.sum()
        squares = within + weight @ (means - centre) ** 2
        return float((n - 1) * np.log(squares) + np.log(size / weight).sum() + np.log(weight.sum()))

    grid = np.linspace(0, 0.999, 200)
    best = grid[int(np.argmin([deviance(share) for share in grid]))]
    bounds = max(0.0, best - 0.006), min(0.99999, best + 0.006)
    found = minimize_scalar(deviance, bounds=bounds, method="bounded", options={"xatol": 1e-12})
    return 0.0 if deviance(0.0) <= found.fun else float(found.x)


def group_members(groups: ArrayLike, *, n: int) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """Return the sorted labels and, for each respondent, which of them is his group's."""
    labels = np.asarray(groups)
    if labels.shape != (n,):
        raise AnalysisError("There is not one group for each respondent.", value=labels.shape, allowed=(n,))
    missing = sum(1 for label in labels.tolist() if label is None or label != label)
    if missing:
        raise AnalysisError(
            f"{missing} respondent(s) have no group.", next_step="Leave them out, and count them."
        )
    unique, member = np.unique(labels, return_inverse=True)
    return unique, member.astype(np.int64)
