"""What can be worked out from published totals by subtraction, and how to keep it from being worked out.

A mean with its n is a total over a set of organizations. Two totals of the same thing over sets that differ by one
organization reveal that organization; more generally, a reader of several totals can form every linear combination of
them. A set of totals is safe if no combination rests on fewer organizations than the minimum. Arrays only.

A quantile between two organizations is the mean of their two values, and each of the two can work out the other's
value. So quantiles are weighted means over all organizations here (Harrell and Davis), which is also the more precise
estimate.

References
----------
Harrell, F. E., and Davis, C. E. (1982). A new distribution-free quantile estimator. Biometrika 69.
Hundepool, A., et al. (2012). Statistical Disclosure Control. Wiley, ch. 4 (secondary suppression, differencing).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

Sets = NDArray[np.bool_]

_TOLERANCE = 1e-7
_DIRECTIONS = 12
"""Random directions on which dependent rows are looked for: rows that agree on all of them agree."""

_LINE = np.random.default_rng(1).normal(size=_DIRECTIONS)


@dataclass(frozen=True)
class Relation:
    """A measure that is a sum of others, so that its total can be compared with theirs.

    Parameters
    ----------
    whole
        The column of the measure.
    parts
        The columns of those that it is a sum of (with any weights).
    touched
        The columns of all measures that share something with it, itself included.
    """

    whole: int
    parts: tuple[int, ...]
    touched: tuple[int, ...]


def without_small_differences(sets: Sets, relations: Sequence[Relation], minimum: int) -> Sets:
    """Return the sets without the organizations that a sum and its parts would reveal.

    Where 1 to `minimum` - 1 organizations count in a part and not in the whole, the total of the parts less that of
    the whole is theirs. They are left out of everything that has to do with the whole.

    Parameters
    ----------
    sets
        Who counts in which measure, shape (organizations, measures).
    relations
        Which measures are sums of which.
    minimum
        The fewest organizations about which something may be known.

    Returns
    -------
    numpy.ndarray
        A copy, of the same shape; True only where `sets` is.

    Examples
    --------
    >>> sets = np.ones((8, 2), bool)
    >>> sets[0, 1] = False
    >>> without_small_differences(sets, [Relation(1, (0,), (0, 1))], 5).sum(axis=0).tolist()
    [7, 7]
    """
    kept = np.array(sets, dtype=bool)
    changed = True
    while changed:
        changed = False
        for relation in relations:
            lacking = kept[:, np.array(relation.parts)].any(axis=1) & ~kept[:, relation.whole]
            if 0 < lacking.sum() < minimum:
                kept[np.ix_(lacking, np.array(relation.touched))] = False
                changed = True
    return kept


def publishable_parts(sizes: dict[str, int], minimum: int, *, whole: int) -> set[str]:
    """Return the parts of a whole that may be shown beside it, so that none of the hidden ones can be worked out.

    A part is shown from the minimum on. Where what is hidden comes to fewer than the minimum, the smallest shown part
    is hidden, too (complementary suppression).

    Parameters
    ----------
    sizes
        How many are in each part.
    minimum
        The fewest about whom something may be known.
    whole
        How many are in the whole; those in no part count as hidden.

    Examples
    --------
    >>> sorted(publishable_parts({"Top": 6, "Middle": 8, "Bottom": 2}, 5, whole=16))
    ['Middle']
    >>> sorted(publishable_parts({"Top": 6, "Middle": 8, "Bottom": 2}, 5, whole=20))
    ['Middle', 'Top']
    """
    shown = {part for part, n in sizes.items() if n >= minimum}
    while shown and 0 < whole - sum(sizes[part] for part in shown) < minimum:
        shown.remove(min(shown, key=lambda part: (sizes[part], part)))
    return shown


def small_combination(sets: Sets, minimum: int) -> list[int] | None:
    """Return a group smaller than the minimum whose total follows from the totals of the sets; None if there is none.

    The totals that can be worked out are those whose weights lie in the span of the sets' indicator vectors. A vector
    of the span that is zero outside a group exists exactly where the group's rows of a basis of the orthogonal
    complement are linearly dependent; that is looked for among groups of up to `minimum` - 1 organizations.
    Organizations that are in the same sets stand or fall together.

    Parameters
    ----------
    sets
        Who is in which set, shape (organizations, sets).
    minimum
        The fewest organizations about which something may be known.

    Returns
    -------
    list of int or None
        Rows of `sets`.

    Examples
    --------
    >>> whole = np.ones(12, bool)
    >>> north = np.arange(12) < 6
    >>> small_combination(np.column_stack([whole, north]), 5) is None
    True
    >>> small_combination(np.column_stack([whole, north, np.arange(12) < 7]), 5)
    [6]
    """
    member = np.asarray(sets, dtype=float)
    kinds, place, sizes = np.unique(member, axis=0, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(kinds.any(axis=1))
    if rows.size == 0:
        return None
    outside_span = _complement(kinds[rows])
    small = np.flatnonzero(sizes[rows] < minimum)
    directions = np.random.default_rng(0).normal(size=(outside_span.shape[1], _DIRECTIONS))
    seen = outside_span[small] @ directions
    for group in _dependent(seen, sizes[rows][small], minimum - 1):
        chosen = rows[small[list(group)]]
        return [int(i) for i in np.flatnonzero(np.isin(place.ravel(), chosen))]
    return None


def _complement(kinds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an orthonormal basis of what is orthogonal to the columns, as columns."""
    left, values, _ = np.linalg.svd(kinds, full_matrices=True)
    rank = int((values > _TOLERANCE * values[0]).sum())
    return np.asarray(left[:, rank:])


def _dependent(rows: NDArray[np.float64], sizes: NDArray[np.int_], budget: int) -> Iterator[tuple[int, ...]]:
    """Yield groups of linearly dependent rows whose sizes sum to at most the budget."""
    norms = np.linalg.norm(rows, axis=1)
    nothing = norms < _TOLERANCE
    for index in np.flatnonzero(nothing & (sizes <= budget)):
        yield (int(index),)
    some = np.flatnonzero(~nothing & (sizes < budget))
    if budget < 2 or some.size < 2:
        return
    units = rows[some] / norms[some, np.newaxis]
    for one, other in _parallel(units):
        if sizes[some[one]] + sizes[some[other]] <= budget:
            yield int(some[one]), int(some[other])
    if budget < 3:
        return
    for place, index in enumerate(some[:-2]):
        left = some[place + 1 :]
        rest = rows[left] - np.outer(rows[left] @ units[place], units[place])
        for group in _dependent(rest, sizes[left], budget - int(sizes[index])):
            yield (int(index), *(int(left[member]) for member in group))


def _parallel(units: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Yield pairs of unit vectors that are equal or opposite: neighbours on a line drawn at random."""
    place = np.abs(units @ _LINE)
    order = np.argsort(place)
    close = np.flatnonzero(np.diff(place[order]) < _TOLERANCE)
    for one, other in zip(order[close], order[close + 1], strict=True):
        if abs(abs(units[one] @ units[other]) - 1) < _TOLERANCE:
            yield int(one), int(other)


@lru_cache(maxsize=256)
def quantile_weights(n: int, shares: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the weights of `n` ordered values in their Harrell-Davis quantiles.

    The weight of the i-th value is the probability of a Beta((n + 1) p, (n + 1) (1 - p)) variable between (i - 1)/n
    and i/n. In R: ``Hmisc::hdquantile``; in SciPy: ``scipy.stats.mstats.hdquantiles``.

    Parameters
    ----------
    n
        How many values.
    shares
        The quantiles, each between 0 and 1.

    Returns
    -------
    numpy.ndarray
        Shape (len(shares), n); each row sums to 1.

    Examples
    --------
    >>> quantile_weights(3, (0.5,)).round(4).tolist()
    [[0.2593, 0.4815, 0.2593]]
    """
    share = np.array(shares)[:, np.newaxis]
    return np.diff(
        scipy.special.betainc((n + 1) * share, (n + 1) * (1 - share), np.arange(n + 1) / n), axis=1
    )
