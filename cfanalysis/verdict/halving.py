"""A criterion from other respondents: one half of an organization rates performance, the other answers the gap.

Where performance and practice are rated by the same people, a respondent's mood moves both (common-method bias;
Podsakoff et al. 2003). So each organization's respondents are halved at random: one half gives the criterion, the
other the answer shares. As the halving is chance, it is repeated, and every statistic is the mean over the halvings.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.effects.estimate import floats
from cfanalysis.errors import AnalysisError
from cfanalysis.verdict.evidence import Booleans, Floats

HALVINGS = 20
"""Random halvings that are averaged."""


class Halves(NamedTuple):
    """What `cfanalysis.verdict.criterion_verdict` takes: H halvings of n organizations.

    Parameters
    ----------
    organizations
        Labels of the n organizations, sorted.
    shares
        Cumulative shares from one half, shape (H, n, K, C); NaN where nobody in that half answered the item, and
        where an item has fewer options.
    criterion
        Mean performance from the other half, shape (H, n); NaN where nobody in that half rated it.
    """

    organizations: NDArray[np.generic]
    shares: Floats
    criterion: Floats


def respondent_halves(
    answers: ArrayLike,
    performance: ArrayLike,
    organization: ArrayLike,
    *,
    minimum: ArrayLike,
    maximum: ArrayLike,
    halvings: int = HALVINGS,
    seed: int = 1,
) -> Halves:
    """Return answer shares from one half of each organization's respondents, the criterion from the other.

    Parameters
    ----------
    answers
        Answers to the gap items after reverse keying, shape (respondents, K), whole numbers, NaN where missing.
    performance
        Ratings of the performance items, shape (respondents, P), NaN where missing, in any unit; the criterion is
        the mean over items of the half's mean. For percent positive, 0 or 100 for each answer.
    organization
        Label of each respondent's organization, shape (respondents,).
    minimum, maximum
        Lowest and highest answer, one number or one for each item.
    halvings, seed
        How many, and from which random numbers.

    Returns
    -------
    Halves
        An organization with one respondent is NaN throughout, and will be left out and counted. Of an odd number
        the larger part answers the gap items.

    Raises
    ------
    AnalysisError
        Shapes that do not fit, or answers outside the scale.

    Examples
    --------
    >>> halves = respondent_halves([[1], [5], [2]], [[3], [3], [4]], ["a", "a", "b"], minimum=1, maximum=5)
    >>> halves.shares.shape, halves.criterion[0].tolist()
    ((20, 2, 1, 4), [3.0, nan])
    """
    steps, highest = _steps(answers, minimum, maximum)
    ratings = floats(performance)
    ratings = ratings[:, None] if ratings.ndim == 1 else ratings
    labels = np.asarray(organization)
    if labels.shape != steps.shape[:1] or ratings.shape[:1] != steps.shape[:1] or halvings < 1:
        raise AnalysisError(
            "Answers, performance and organization are not of the same respondents.",
            value=f"{len(steps)}, {len(ratings)} and {labels.size} rows, {halvings} halvings",
        )
    unique, member = np.unique(labels, return_inverse=True)
    random = np.random.default_rng(seed)
    shares, criterion = [], []
    for _ in range(halvings):
        rates = _first_half(member, random)
        shares.append(_cumulative_shares(steps[~rates], member[~rates], unique.size, highest))
        criterion.append(_mean_of_item_means(ratings[rates], member[rates], unique.size))
    return Halves(unique, np.stack(shares), np.stack(criterion))


def _steps(answers: ArrayLike, minimum: ArrayLike, maximum: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Return answers as steps above the lowest (NaN where missing), and each item's highest step."""
    matrix = floats(answers)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise AnalysisError("The answers are not respondents x items.", value=f"shape {matrix.shape}")
    lowest = np.broadcast_to(np.asarray(minimum, dtype=float), matrix.shape[1:])
    highest = np.broadcast_to(np.asarray(maximum, dtype=float), matrix.shape[1:]) - lowest
    steps = matrix - lowest
    wrong = np.isfinite(steps) & ((steps < 0) | (steps > highest) | (steps != np.round(steps)))
    if wrong.any():
        row, item = (int(i) for i in np.argwhere(wrong)[0])
        raise AnalysisError(
            f"{int(wrong.sum())} answer(s) are not on the scale.",
            where=f"respondent {row + 1}, item {item + 1}",
            value=float(matrix[row, item]),
            allowed=f"whole numbers from {lowest[item]:g} to {lowest[item] + highest[item]:g}",
        )
    return steps, highest.astype(np.int64)


def _first_half(member: NDArray[np.int64], random: np.random.Generator) -> Booleans:
    """Return a random half of each organization's respondents, the smaller part of an odd number."""
    order = np.lexsort((random.random(member.size), member))
    sizes = np.bincount(member)
    place = np.arange(member.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    half = np.zeros(member.size, dtype=bool)
    half[order] = place < sizes[member[order]] // 2
    return half


def _cumulative_shares(
    steps: Floats, member: NDArray[np.int64], organizations: int, highest: NDArray[np.int64]
) -> Floats:
    """Return E of shape (n, K, C); NaN without answers and beyond an item's options."""
    widest = int(highest.max())
    shares = np.full((organizations, highest.size, widest), np.nan)
    for k, top in enumerate(highest):
        given = np.isfinite(steps[:, k])
        cell = member[given] * (top + 1) + steps[given, k].astype(np.int64)
        counts = np.bincount(cell, minlength=organizations * (top + 1)).reshape(organizations, top + 1)
        n = counts.sum(axis=1, keepdims=True)
        above = counts[:, ::-1].cumsum(axis=1)[:, -2::-1]
        shares[:, k, :top] = np.where(n > 0, above / np.maximum(n, 1), np.nan)
    return shares


def _mean_of_item_means(ratings: Floats, member: NDArray[np.int64], organizations: int) -> Floats:
    """Return each organization's mean over items of the respondents' mean; NaN where an item has none."""
    given = np.isfinite(ratings)
    sums, counts = np.zeros((2, organizations, ratings.shape[1]))
    np.add.at(sums, member, np.where(given, ratings, 0.0))
    np.add.at(counts, member, given.astype(float))
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return np.asarray(means.mean(axis=1))
