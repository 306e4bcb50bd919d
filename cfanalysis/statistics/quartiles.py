"""Who is in the top quartile, and how a criterion is ranked.

Quartiles are cut on the organizations of one study. The cut is the linear quantile (type 7 of Hyndman and
Fan 1996, the default of R and NumPy), and an organization that equals a cut belongs to the group above it:
ties go up. So the groups can be larger or smaller than a quarter, and the realised share of the top
quartile is always returned beside them.

A criterion is often a mean of percentages, and two organizations that tie on paper then differ in the
sixteenth digit. Every function here rounds to 9 decimals first, so that ties are ties.

References
----------
Hyndman, R. J., and Fan, Y. (1996). Sample quantiles in statistical packages. The American Statistician 50.
Blom, G. (1958). Statistical Estimates and Transformed Beta-Variables (the scores of `normal_scores`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message

QUARTILES = ("Top", "Upper middle", "Lower middle", "Bottom")
"""The names of the quartiles, best first."""

DECIMALS = 9
"""Digits after the point that count when a criterion is ranked or cut."""


@dataclass(frozen=True, eq=False)
class QuartileGroups:
    """The quartile of each organization.

    Parameters
    ----------
    labels
        One of `QUARTILES` for each value, in the order of the values.
    cuts
        The 25, 50 and 75 % quantiles of the criterion, in its own unit.
    top_share
        Realised share of organizations in the top quartile (0-1); above .25 where there are ties at the cut.
    n
        Number of organizations.
    """

    labels: NDArray[np.str_]
    cuts: tuple[float, float, float]
    top_share: float
    n: int

    @property
    def is_top(self) -> NDArray[np.bool_]:
        """Whether each organization is in the top quartile."""
        return np.asarray(self.labels == QUARTILES[0])

    @property
    def n_top(self) -> int:
        """Number of organizations in the top quartile."""
        return int(self.is_top.sum())

    @property
    def sizes(self) -> dict[str, int]:
        """Number of organizations in each quartile, best first; ties can leave one empty."""
        return {name: int((self.labels == name).sum()) for name in QUARTILES}


def quartile_groups(values: ArrayLike) -> QuartileGroups:
    """Return the quartile of each organization by a criterion where more is better.

    Parameters
    ----------
    values
        The criterion, one finite number for each organization, shape (n,), n at least 4.

    Returns
    -------
    QuartileGroups

    Raises
    ------
    AnalysisError
        Fewer than 4 values, a missing value, or so many ties that nobody is below the top quartile.

    Notes
    -----
    In R: ``findInterval(round(x, 9), quantile(round(x, 9), c(.25, .5, .75), type = 7))``.

    Examples
    --------
    >>> groups = quartile_groups([1, 2, 3, 4, 5])
    >>> groups.labels.tolist()
    ['Bottom', 'Lower middle', 'Upper middle', 'Top', 'Top']
    >>> groups.cuts, groups.top_share
    ((2.0, 3.0, 4.0), 0.4)
    """
    rounded = _criterion(values)
    low, middle, high = (_cut(rounded, share) for share in (0.25, 0.5, 0.75))
    place = (rounded < high).astype(int) + (rounded < middle) + (rounded < low)
    return QuartileGroups(
        labels=np.array(QUARTILES)[place],
        cuts=(low, middle, high),
        top_share=float((place == 0).mean()),
        n=rounded.size,
    )


def top_cut(values: ArrayLike, *, share: float = 0.75) -> float:
    """Return the least value that is in the top group.

    Parameters
    ----------
    values
        The criterion, shape (n,), n at least 4.
    share
        Share of organizations below the cut, between 0 and 1; .75 cuts the top quartile.

    Returns
    -------
    float
        In the criterion's unit; every value (rounded to 9 decimals) at or above it is in the top group.

    Raises
    ------
    AnalysisError
        As for `quartile_groups`, or a share that is not between 0 and 1.

    Examples
    --------
    >>> top_cut([10, 20, 30, 40])
    32.5
    """
    if not 0 < share < 1:
        raise AnalysisError(
            "The share below the cut is not between 0 and 1.", value=share, allowed="e.g. 0.75"
        )
    return _cut(_criterion(values, share=share), share)


def in_top(values: ArrayLike, *, share: float = 0.75) -> NDArray[np.bool_]:
    """Return whether each organization is in the top group; see `top_cut`.

    Parameters
    ----------
    values
        The criterion, shape (n,), n at least 4.
    share
        Share of organizations below the cut, between 0 and 1.

    Returns
    -------
    numpy.ndarray
        Shape (n,).

    Examples
    --------
    >>> in_top([10, 20, 30, 40]).tolist()
    [False, False, False, True]
    """
    return np.asarray(rounded_criterion(values) >= top_cut(values, share=share))


def normal_scores(values: ArrayLike) -> NDArray[np.float64]:
    """Return the standardized normal scores of a criterion: its ranks, spread like a normal distribution.

    Blom's scores, ``Phi^-1((rank - 3/8) / (n + 1/4))`` with mean ranks for ties, then standardized to mean 0
    and standard deviation 1 (divisor n).

    Parameters
    ----------
    values
        The criterion, shape (n,), n at least 4.

    Returns
    -------
    numpy.ndarray
        Shape (n,), without unit.

    Raises
    ------
    AnalysisError
        Fewer than 4 values, a missing value, or all values equal.

    Examples
    --------
    >>> normal_scores([1, 2, 3, 3]).round(3).tolist()
    [-1.459, -0.393, 0.926, 0.926]
    """
    rounded = rounded_criterion(values)
    scores = scipy.special.ndtri((mean_ranks(rounded) - 0.375) / (rounded.size + 0.25))
    deviations = scores - scores.mean()
    return np.asarray(deviations / np.sqrt(np.mean(deviations**2)))


def mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks of values, from 1 for the lowest; equal values share the mean of their ranks.

    In SciPy ``scipy.stats.rankdata``, whose import takes longer than most of what is computed with it here.

    Examples
    --------
    >>> mean_ranks(np.array([7.0, 3.0, 7.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    ordered = np.sort(values)
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray((below + upto + 1) / 2)


def rounded_criterion(values: ArrayLike) -> NDArray[np.float64]:
    """Return the criterion rounded to 9 decimals, after the checks of `quartile_groups` but for the cut.

    Raises
    ------
    AnalysisError
        Fewer than 4 values, a missing value, or all values equal.
    """
    rounded = _finite(values, least=4)
    if rounded.min() == rounded.max():
        raise AnalysisError(
            message(
                "All {n:d} organizations have the same value of the criterion; there are no quartiles.",
                context="stored",
            ).format(n=rounded.size),
            value=float(rounded[0]),
            next_step="Take a criterion on which organizations differ.",
        )
    return rounded


def _criterion(values: ArrayLike, *, share: float = 0.75) -> NDArray[np.float64]:
    """Return the rounded criterion if some organization is below the cut at `share`."""
    rounded = rounded_criterion(values)
    if _cut(rounded, share) <= rounded.min():
        tied = int((rounded == rounded.min()).sum())
        raise AnalysisError(
            message(
                "{tied:d} of {n:d} organizations tie at the lowest value of the criterion, which is also the cut: "
                "nobody is below the top group.",
                context="stored",
            ).format(tied=tied, n=rounded.size),
            value=float(rounded.min()),
            next_step="Take a finer criterion.",
        )
    return rounded


def top_order(n: ArrayLike, share: float) -> NDArray[np.int64]:
    """Return the position, from 0 in ascending order, of the lowest value in the top group.

    The linear quantile lies at the place (n - 1) * share, between two values or on one; nothing of the n
    values lies between, so the value at or next above that place begins the top group.

    Parameters
    ----------
    n
        Number of values, or several such numbers.
    share
        Share of values below the cut, between 0 and 1.

    Examples
    --------
    >>> int(top_order(5, 0.75)), top_order([6, 9], 0.75).tolist()
    (3, [4, 6])
    """
    return np.ceil(np.round((np.asarray(n) - 1) * share, DECIMALS)).astype(np.int64)


def _place(n: int, share: float) -> float:
    """Return the quantile's place in the order; rounded, as (101 - 1) * .7 is not 70 in floating point."""
    return round((n - 1) * share, DECIMALS)


def _cut(rounded: NDArray[np.float64], share: float) -> float:
    """Return the type-7 quantile of the rounded criterion."""
    place = _place(rounded.size, share)
    low = int(place)
    ordered = np.sort(rounded)
    if low == place:
        return float(ordered[low])
    below, above = float(ordered[low]), float(ordered[low + 1])
    return above - (above - below) * (1 - (place - low))


def _finite(values: ArrayLike, *, least: int) -> NDArray[np.float64]:
    """Return the values as rounded floats, or say what is wrong with them."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise AnalysisError("The criterion is not made of numbers.", value=values) from None
    if array.ndim != 1:
        raise AnalysisError("The criterion is not one number for each organization.", value=array.shape)
    if array.size < least:
        raise AnalysisError(
            message("There are too few organizations to rank."),
            value=array.size,
            allowed=message("at least {n:d}", context="stored").format(n=least),
        )
    if missing := int((~np.isfinite(array)).sum()):
        raise AnalysisError(
            f"The criterion is missing or infinite for {missing} of {array.size} organizations.",
            where=f"position {int(np.flatnonzero(~np.isfinite(array))[0])}",
            next_step="Leave these organizations out, and count them.",
        )
    return np.round(array, DECIMALS)
