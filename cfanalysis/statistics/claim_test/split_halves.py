"""A criterion from other respondents: one half of an organization rates performance, the other answers the gap.

Where performance and practice are rated by the same people, a respondent's mood moves both (common-method bias;
Podsakoff et al. 2003). So each organization's respondents are halved at random: one half gives the criterion, the
other the answer shares. As the halving is chance, it is repeated, and every statistic is the mean over the halvings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

HALVINGS = 20
"""Random halvings that are averaged."""

EXACT_BITS = 53
"""Whole numbers of so many bits are exact in floating point."""


def random_halves(group: NDArray[np.intp], *, seed: int, halvings: int = HALVINGS) -> Iterator[Booleans]:
    """Yield random halves of the respondents of every organization: True answers for the gap.

    Of an odd number the larger half falls on either side.

    Parameters
    ----------
    group
        The organization of each respondent, as a number from 0.
    seed
        Of the halvings; the first ones are the same however many are drawn.
    halvings
        How many.

    Examples
    --------
    >>> [half.sum() for half in random_halves(np.array([0, 0, 0, 0]), seed=1, halvings=2)]
    [np.int64(2), np.int64(2)]
    """
    random = np.random.default_rng(seed)
    size = np.bincount(group)
    narrow = group.astype(np.min_scalar_type(max(size.size - 1, 0)))
    rows = np.arange(group.size, dtype=np.int32 if group.size < 2**31 else np.int64)
    place = rows - np.repeat(np.cumsum(size) - size, size).astype(rows.dtype)
    for _ in range(halvings):
        # Shuffled, then sorted by group: a stable sort of 16-bit numbers takes time in proportion to the rows.
        shuffled = random.permutation(rows)
        order = shuffled[np.argsort(narrow[shuffled], kind="stable")]
        half = (size + random.integers(0, 2, size.size)) // 2
        mask = np.empty(group.size, dtype=bool)
        mask[order] = place < np.repeat(half, size)
        yield mask


class HalfCounts:
    """Counts answers in many halves at once.

    To be in a half is a digit, and the digits of several halvings make one number for each respondent: the sum of
    these numbers over those who gave an answer holds the counts of all halves, digit by digit.

    Parameters
    ----------
    group
        The organization of each respondent, as a number from 0.
    halves
        Who is in each half.
    groups
        Number of organizations.

    Examples
    --------
    >>> group, half = np.array([0, 0, 1]), np.array([True, False, True])
    >>> HalfCounts(group, [half, ~half], groups=2).of(np.array([1, 1, 0], dtype=np.int8), width=2).tolist()
    [[[0, 1], [1, 0]], [[0, 1], [0, 0]]]
    """

    def __init__(self, group: NDArray[np.intp], halves: Iterable[Booleans], *, groups: int) -> None:
        self._group, self._groups, self._halvings = group, groups, 0
        self._bits = int(np.bincount(group, minlength=1).max()).bit_length()
        self._digits = max(1, EXACT_BITS // max(self._bits, 1))
        self._packed: list[Floats] = []
        for half in halves:
            digit = self._halvings % self._digits
            if digit == 0:
                self._packed.append(np.zeros(group.size))
            self._packed[-1][half] += float(2 ** (self._bits * digit))
            self._halvings += 1

    def of(self, keyed: NDArray[np.int8], *, width: int) -> NDArray[np.int64]:
        """Return how many in each half of each organization gave each answer, shape (halvings, groups, width).

        Parameters
        ----------
        keyed
            Answers as 0 to ``width - 1``; `width` stands for no answer.
        width
            Number of answers.
        """
        cells = self._groups * (width + 1)
        cell = self._group * (width + 1) + keyed
        counts = np.empty((self._halvings, self._groups, width), dtype=np.int64)
        for i, number in enumerate(self._packed):
            sums = np.bincount(cell, weights=number, minlength=cells).astype(np.int64)
            for half in counts[i * self._digits : (i + 1) * self._digits]:
                half[:] = (sums & ((1 << self._bits) - 1)).reshape(self._groups, width + 1)[:, :width]
                sums >>= self._bits
        return counts


def answer_counts(
    keyed: NDArray[np.int8], group: NDArray[np.intp], *, groups: int, width: int
) -> NDArray[np.int64]:
    """Return how many answers each group gave in each category, shape (groups, width); see `HalfCounts.of`.

    Parameters
    ----------
    keyed
        The respondents' answers to an item, 0 to ``width - 1``; `width` stands for no answer.
    group
        The organization of each respondent, as a number from 0.
    groups
        Number of organizations.
    width
        Number of categories.
    """
    count = np.bincount(group * (width + 1) + keyed, minlength=groups * (width + 1))
    return count.reshape(groups, width + 1)[:, :width]


def shares_above(counts: NDArray[np.int64]) -> Floats:
    """Return shares of answers above each category but the last, of counts (..., width); NaN without an answer."""
    with np.errstate(invalid="ignore"):
        shares = np.cumsum(counts, axis=-1)[..., :-1] / counts.sum(axis=-1, keepdims=True)
    return np.asarray(1 - shares)


def with_items_of_half(shares: Floats, is_do: Booleans, exists: Booleans, answered: Booleans) -> Floats:
    """Return shares in which an item that nobody of one half answered is what the half's other answers suggest.

    Without this an organization of two respondents would count only where neither left out an item. The item is
    set to the mean of all organizations, moved by as many latent standard deviations as the half's answers to the
    other items of the facet lie from theirs (two-way imputation). An item that nobody of the organization answered
    stays missing, and so does all where less than half of a facet was answered.

    Parameters
    ----------
    shares
        Shape (H, n, K, C); NaN where nobody of the half answered.
    is_do, exists
        Which items are of Do, shape (K,), and which thresholds they have, (K, C).
    answered
        Whether anybody of the organization answered the item, shape (n, K).
    """
    lacking = np.isnan(shares[..., 0])
    if not (lacking & answered).any():
        return shares
    p = np.nanmean(np.where(exists, shares, 0.0), axis=(0, 1))
    tau = -scipy.special.ndtri(np.clip(p, 1e-4, 1 - 1e-4))
    phi = np.where(exists, np.exp(-0.5 * tau**2) / np.sqrt(2 * np.pi), 0.0)
    filled = shares.copy()
    for facet in (is_do, ~is_do):
        known = ~lacking[..., facet]
        moved = np.where(known, np.where(exists, shares - p, 0.0)[..., facet, :].sum(axis=-1), 0.0).sum(
            axis=-1
        )
        moves = (known * phi[facet].sum(axis=-1)).sum(axis=-1)
        enough = 2 * known.sum(axis=-1) >= facet.sum()
        distance = np.where(enough, moved / np.maximum(moves, 1e-9), np.nan)
        guess = np.clip(p + phi * distance[..., None, None], 0.0, 1.0)
        guess = np.where(exists, np.minimum.accumulate(guess, axis=-1), np.nan)
        own = (lacking & answered & facet)[..., None]
        filled = np.where(own, guess, filled)
    return filled
