"""How far the respondents of one organization agree: rwg and rwg(j).

Agreement is measured against a null of no agreement, and stands or falls with it: all options equally likely is
easy to beat, a slight skew towards one end, as most surveys show, is not. Both are computed and named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects.estimate import Floats, as_floats, check_complete
from cfanalysis.statistics.reliability.clustering import group_members

SLIGHT_SKEW = {5: 1.34, 6: 1.85, 7: 2.90, 8: 3.47, 9: 5.66, 10: 6.30, 11: 7.31}
"""Variance of the slightly skewed null by number of options (LeBreton and Senter 2008, table 2)."""


@dataclass(frozen=True, eq=False)
class WithinGroupAgreement:
    """rwg (one item) or rwg(j) (several) of every group with at least two respondents.

    Parameters
    ----------
    groups
        Their labels.
    values
        rwg(j) of each, 0 (at most as much agreement as by chance) to 1.
    sizes
        Respondents of each.
    mean, median
        Over the groups.
    share_at_least_70
        Share of groups at or above .70.
    null, expected_variance
        The null and its variance.
    single
        Groups with one respondent, for which agreement does not exist.
    """

    groups: tuple[object, ...]
    values: Floats
    sizes: NDArray[np.int64]
    mean: float
    median: float
    share_at_least_70: float
    null: str
    expected_variance: float
    single: int

    @property
    def estimate(self) -> float:
        """The mean over groups."""
        return self.mean


def within_group_agreement(
    items: ArrayLike, groups: ArrayLike, *, options: int, null: str = "uniform"
) -> WithinGroupAgreement:
    """Return how far the respondents of each group agree, compared with a null of no agreement.

    Parameters
    ----------
    items
        Answers, shape (n, k), or (n,) for one item.
    groups
        The group of each respondent, shape (n,).
    options
        Number of answer options of the items.
    null
        `uniform`, all options equally likely, variance ``(options^2 - 1) / 12``; or `slight_skew`, leaning to
        one end, which is harder to beat (LeBreton and Senter 2008; 5 to 11 options).

    Returns
    -------
    WithinGroupAgreement
        In R: ``multilevel::rwg.j(items, groups, ranvar)``: the mean item variance (divisor n - 1) over the null's,
        cut to 0 where it is larger; groups with one respondent are left out and counted.

    Raises
    ------
    AnalysisError
        Missing answers, lengths that differ, no group with two respondents, an unknown null, or one that has no
        variance for so many options.

    References
    ----------
    James, L. R., Demaree, R. G., and Wolf, G. (1984). Journal of Applied Psychology 69.
    LeBreton, J. M., and Senter, J. L. (2008). Organizational Research Methods 11.

    Examples
    --------
    >>> agreement = within_group_agreement([[4, 5], [4, 4], [1, 5], [5, 1]], ["a", "a", "b", "b"], options=5)
    >>> agreement.values.round(4).tolist()
    [0.9333, 0.0]
    """
    matrix = as_floats(items)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2 or matrix.size == 0:
        raise AnalysisError("The items are not respondents x items.", value=f"shape {matrix.shape}")
    check_complete(matrix, name="The items")
    expected = _null_variance(options, null)
    labels, member = group_members(groups, n=len(matrix))
    sizes = np.bincount(member)
    several = sizes >= 2
    if not several.any():
        raise AnalysisError(
            "No group has two respondents: agreement does not exist.", value=f"{sizes.size} groups"
        )
    ratio = np.minimum(_item_variances(matrix, member, sizes).mean(axis=1)[several] / expected, 1)
    k = matrix.shape[1]
    values = k * (1 - ratio) / (k * (1 - ratio) + ratio)
    return WithinGroupAgreement(
        groups=tuple(labels[several].tolist()),
        values=values,
        sizes=sizes[several],
        mean=float(values.mean()),
        median=float(np.median(values)),
        share_at_least_70=float((values >= 0.7).mean()),
        null=null,
        expected_variance=expected,
        single=int((sizes == 1).sum()),
    )


def _item_variances(matrix: Floats, member: NDArray[np.int64], sizes: NDArray[np.int64]) -> Floats:
    """Return the variance (divisor n - 1) of each item in each group; NaN in groups of one."""
    sums = np.zeros((sizes.size, matrix.shape[1]))
    np.add.at(sums, member, matrix)
    deviations = matrix - (sums / sizes[:, None])[member]
    squares = np.zeros_like(sums)
    np.add.at(squares, member, deviations**2)
    return np.asarray(np.where(sizes[:, None] > 1, squares / np.maximum(sizes - 1, 1)[:, None], np.nan))


def _null_variance(options: int, null: str) -> float:
    if options < 2:
        raise AnalysisError("An item needs at least 2 answer options.", value=options)
    if null == "uniform":
        return (options**2 - 1) / 12
    if null != "slight_skew":
        raise AnalysisError("This null is unknown.", value=null, allowed="uniform, slight_skew")
    if options not in SLIGHT_SKEW:
        raise AnalysisError(
            "The slightly skewed null is not tabulated for so many options.",
            value=options,
            allowed="5 to 11",
            next_step="Use the uniform null.",
        )
    return SLIGHT_SKEW[options]
