"""How much respondents of one organization resemble each other: intraclass correlations.

ICC(1) says how much of the variance lies between organizations, ICC(2) how reliable their means are. Where groups are
unequal the literature computes ICC(1) in three ways; here it is that of the analysis of variance with n0 (R's
``multilevel::ICC1`` takes the mean size). They are printed and never decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Estimate, as_sample
from cfanalysis.statistics.reliability.internal_consistency import answer_matrix


@dataclass(frozen=True)
class Intraclass:
    """One-way intraclass correlations of respondents in groups.

    Parameters
    ----------
    icc1
        ICC(1) from the analysis of variance with n0.
    icc2
        ICC(2), reliability of group means: ``(MSB - MSW) / MSB``.
    f, df_between, df_within, p
        The F test of "groups do not differ".
    n0
        The size that unequal groups stand for.
    groups, n
        Groups and respondents.
    """

    icc1: float
    icc2: float
    f: float
    df_between: int
    df_within: int
    p: float
    n0: float
    groups: int
    n: int


@dataclass(frozen=True)
class TwoWayIntraclass:
    """Intraclass correlations of single ratings where every rater rated every target.

    That of the mean of all k ratings follows by Spearman and Brown: ``k r / (1 + (k - 1) r)``.

    Parameters
    ----------
    one_way
        ICC(1): raters differ from target to target (Shrout and Fleiss 1979, case 1).
    agreement
        ICC(A,1): raters are a sample, and their levels count (McGraw and Wong 1996, case 2).
    consistency
        ICC(C,1): the order of targets counts, whatever the raters' levels (case 3); of the mean, it is raw alpha.
    n, k
        Targets and raters.
    """

    one_way: Estimate
    agreement: Estimate
    consistency: Estimate
    n: int
    k: int


def intraclass(values: ArrayLike, groups: ArrayLike) -> Intraclass:
    """Return ICC(1), ICC(2) and the F test.

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
    numbers = as_sample(values, name="The values", least=3)
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
        icc2=(msb - msw) / msb if msb > 0 else float("-inf"),
        f=msb / msw,
        df_between=g - 1,
        df_within=n - g,
        p=float(scipy.special.fdtrc(g - 1, n - g, msb / msw)),
        n0=n0,
        groups=g,
        n=n,
    )


def two_way_intraclass(ratings: ArrayLike) -> TwoWayIntraclass:
    """Return the intraclass correlations of ratings of the same targets, with 95 % intervals by F.

    Parameters
    ----------
    ratings
        Shape (n, k): targets in rows, raters (or items) in columns.

    Returns
    -------
    TwoWayIntraclass
        Without intervals where the raters differ by a constant at most. In R: ``psych::ICC(ratings, lmer = FALSE)``,
        ``irr::icc(ratings, "twoway", "agreement" or "consistency")``.

    Raises
    ------
    AnalysisError
        As for `cronbach_alpha`.

    References
    ----------
    McGraw, K. O., and Wong, S. P. (1996). Psychological Methods 1.

    Examples
    --------
    >>> icc = two_way_intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
    ...                           [6, 2, 4, 7]])
    >>> [round(float(v), 2) for v in (icc.one_way, icc.agreement, icc.consistency)]
    [0.17, 0.29, 0.71]
    """
    matrix = answer_matrix(ratings)
    n, k = matrix.shape
    rows, columns, grand = matrix.mean(axis=1), matrix.mean(axis=0), matrix.mean()
    between = k * float(((rows - grand) ** 2).sum()) / (n - 1)
    raters = n * float(((columns - grand) ** 2).sum()) / (k - 1)
    error = float(((matrix - rows[:, None] - columns + grand) ** 2).sum()) / ((n - 1) * (k - 1))
    within = float(((matrix - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    agreement = (between - error) / (between + (k - 1) * error + k / n * (raters - error))
    if error <= 1e-12 * max(between, raters):
        return TwoWayIntraclass(
            Estimate(_share(between, within, k)), Estimate(agreement), Estimate(1.0), n, k
        )
    a, b = k * agreement / (n * (1 - agreement)), 1 + k * agreement * (n - 1) / (n * (1 - agreement))
    df = (a * raters + b * error) ** 2 / (
        (a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    )
    below, above = float(scipy.special.fdtri(n - 1, df, 0.975)), float(scipy.special.fdtri(df, n - 1, 0.975))
    spread = k * raters + (k * n - k - n) * error
    low = n * (between - below * error) / (below * spread + n * between)
    high = n * (above * between - error) / (spread + n * above * between)
    return TwoWayIntraclass(
        one_way=_by_f(between, within, k, n - 1, n * (k - 1)),
        agreement=Estimate(agreement, low, high),
        consistency=_by_f(between, error, k, n - 1, (n - 1) * (k - 1)),
        n=n,
        k=k,
    )


def _by_f(between: float, within: float, k: int, df: int, df_within: int) -> Estimate:
    """Return the share of variance between targets with its interval by the F distribution."""
    lower = between / float(scipy.special.fdtri(df, df_within, 0.975))
    upper = between * float(scipy.special.fdtri(df_within, df, 0.975))
    return Estimate(*(_share(each, within, k) for each in (between, lower, upper)))


def _share(between: float, within: float, size: float) -> float:
    return (between - within) / (between + (size - 1) * within)


def group_members(groups: ArrayLike, *, n: int) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """Return the sorted group labels and, for each respondent, the position of their group's label.

    Parameters
    ----------
    groups
        A label for each respondent, shape (n,).
    n
        Number of respondents.

    Raises
    ------
    AnalysisError
        Not one label for each respondent, or a missing label.
    """
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
