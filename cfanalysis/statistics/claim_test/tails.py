"""Sums over the organizations above a cut, in all resamples at once.

A resample counts how often each organization was drawn, and its cut lies where the count from above reaches a quarter
(or another share) of all. It moves from resample to resample, but never far: the number drawn from below a place is
binomial. So of the organizations in the order of the criterion, those well above the cut are in the group of every
resample and those well below it in none, and only the few between are looked at resample by resample. Sums over the
others are one matrix product. That the cut of every resample lies between is checked, not assumed.

Counts are laid out organizations x resamples: to put organizations in another order then moves whole rows, and each
step of a running count adds two rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cfanalysis.statistics.quartiles import top_order

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Counts = NDArray[np.signedinteger]

REACH = 6.0
"""Standard deviations to either side within which the cuts of all resamples are looked for first."""

_BLOCK = 250_000
"""Counts that are turned into other numbers at once: what fits into a processor's cache."""

FEW = 64
"""With fewer resamples than this the step from row to row costs more than its additions."""


@dataclass(frozen=True, eq=False)
class Tail:
    """The organizations above one cut, in b resamples.

    Parameters
    ----------
    begins
        Place in the order of the criterion, lowest first, at which each resample's group begins, shape (b,).
    least
        A place below which no resample's group begins.
    sums
        Sums of the values over the group, shape (values, b).
    drawn
        How many were drawn from the group, shape (b,).
    """

    begins: Integers
    least: int
    sums: Floats
    drawn: Floats


class Tails:
    """What lies above one or more cuts of a criterion.

    Parameters
    ----------
    criterion
        Rounded, shape (n,); NaN for an organization that does not count.
    values
        What is summed, shape (values, n).
    shares
        Shares of organizations below each cut, e.g. .75.

    Examples
    --------
    Five organizations as they are; the top quartile holds the upper two:

    >>> tails = Tails(np.arange(5.0), np.array([[2.0, 3.0, 2.0, 1.0, 1.5]]), [0.75])
    >>> itself = np.ones((5, 1), dtype=np.int16)
    >>> tail = tails.of(weighted_sums(tails.fixed, itself), itself)[0]
    >>> tail.begins.tolist(), tail.sums.tolist(), tail.drawn.tolist()
    ([3], [[2.5]], [2.0])
    """

    def __init__(self, criterion: Floats, values: Floats, shares: Sequence[float]) -> None:
        there = np.isfinite(criterion)
        n = int(there.sum())
        self.order = np.argsort(criterion, kind="stable")[:n]  # what is missing comes last
        self.place = np.full(criterion.size, -1)
        self.place[self.order] = np.arange(n)
        ordered = criterion[self.order]
        self._tie = np.searchsorted(ordered, ordered, side="left")
        self._values = np.where(there, np.vstack([values, np.ones(criterion.size)]), 0.0)
        self._shares = shares
        bands = [
            (int(top_order(n, share)), int(np.ceil(REACH * np.sqrt(n * share * (1 - share)))))
            for share in shares
        ]
        self._bands = [(int(self._tie[max(cut - reach, 0)]), min(cut + reach + 1, n)) for cut, reach in bands]

    @property
    def fixed(self) -> Floats:
        """What weighs the same in all resamples: sums above and counts below each band, then everybody's count.

        Shape (cuts x (values + 2) + 1, n).
        """
        parts = []
        for first, last in self._bands:
            parts += [self._values * (self.place >= last), (self.place < first) & (self.place >= 0)]
        return np.vstack([*parts, self.place >= 0])

    def of(self, fixed_sums: Floats, counts: Counts) -> list[Tail]:
        """Return the tail above each cut.

        Parameters
        ----------
        fixed_sums
            `weighted_sums` of `fixed`.
        counts
            How often each organization was drawn, shape (n, b).
        """
        size = len(self._values) + 1
        rows = [fixed_sums[i : i + size] for i in range(0, len(fixed_sums) - 1, size)]
        drawn = fixed_sums[-1].astype(np.int64)
        return [
            self._tail(np.maximum(top_order(drawn, share), 0), band, known, counts)
            for share, band, known in zip(self._shares, self._bands, rows, strict=True)
        ]

    def _tail(self, cut: Integers, band: tuple[int, int], known: Floats, counts: Counts) -> Tail:
        first, last = band
        below = known[-1].astype(np.int64)
        reached = running_counts(counts, self.order[first:last])[1:]
        if (first, last) != (0, self.order.size) and ((below > cut) | (below + reached[-1] <= cut)).any():
            return self._tail(cut, (0, self.order.size), np.zeros_like(known), counts)
        place = first + (reached <= (cut - below).astype(reached.dtype)).sum(axis=0)
        begins = np.append(self._tie, self.order.size)[place]  # nobody was drawn: the group is empty
        between = counts[self.order[first:last]] * (np.arange(first, last)[:, None] >= begins)
        sums = known[:-1] + weighted_sums(self._values[:, self.order[first:last]], between)
        return Tail(begins, first, sums[:-1], sums[-1])


def weighted_sums(values: Floats, counts: Counts) -> Floats:
    """Return ``values @ counts``, shape (values, b), some organizations at a time.

    Parameters
    ----------
    values
        Shape (values, n). A row of zeros, such as that of a band which leaves nobody above it, costs nothing.
    counts
        Shape (n, b).
    """
    there = values.any(axis=1) if counts.shape[1] >= FEW else np.ones(len(values), dtype=bool)
    held = values if there.all() else values[there]
    sums = np.zeros((len(held), counts.shape[1]))
    for rows in blocks(counts):
        sums += held[:, rows] @ counts[rows].astype(np.float64)
    if held is values:
        return sums
    everything = np.zeros((len(values), counts.shape[1]))
    everything[there] = sums
    return everything


def blocks(counts: Counts, rows: int | None = None) -> list[slice]:
    """Return slices of the rows of an array, in blocks of about equally many cells.

    Parameters
    ----------
    counts
        The array, shape (organizations, resamples).
    rows
        Number of rows to cover; None for all.
    """
    step = max(1, _BLOCK // max(counts.shape[1], 1))
    return [slice(i, i + step) for i in range(0, len(counts) if rows is None else rows, step)]


def running_counts(counts: Counts, order: Integers) -> Counts:
    """Return how many were drawn from the first 0, 1, ... organizations of an order, shape (len(order) + 1, b).

    Parameters
    ----------
    counts
        How often each organization was drawn in each of b resamples, shape (organizations, b).
    order
        Positions of organizations.
    """
    reached = np.zeros((order.size + 1, counts.shape[1]), dtype=counts.dtype)
    if counts.shape[1] < FEW:
        np.cumsum(counts[order], axis=0, out=reached[1:])
        return reached
    before = reached[0]
    for row, after in zip(order.tolist(), reached[1:], strict=True):
        np.add(before, counts[row], out=after)
        before = after
    return reached
