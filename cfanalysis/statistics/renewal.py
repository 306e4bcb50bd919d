"""Which totals may be published beside all that were published before, so that no combination shows few.

The totals that a reader can work out are the span of the weights of all published ones. A new total is safe if the
span, with it, has no vector that rests on fewer units than the minimum. Such vectors are looked for as light words of a
linear code: a basis of the span is reduced so that each of its vectors is the only one that touches one unit of a
chosen set; a light word is found as soon as the chosen set holds just one of its units. One of a single unit is found
in the first round; one of more is missed in all rounds with a probability below one in a million.

References
----------
Lee, P. J., and Brickell, E. F. (1988). An observation on the security of McEliece's public-key cryptosystem.
EUROCRYPT '88 (search for light words by information sets).
Hundepool, A., et al. (2012). Statistical Disclosure Control. Wiley, ch. 4 (secondary suppression, differencing).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

Weights = NDArray[np.float64]
"""Weights of units in totals, shape (units, totals)."""

_TOLERANCE = 1e-7
_ROUNDS = 60
"""A round misses a light word with a probability of about 0.7 or less, also where the groups are small."""


def light_combination(totals: Weights, minimum: int, *, rounds: int = _ROUNDS) -> Weights | None:
    """Return the weights of a combination of totals that rests on fewer units than the minimum; None without one.

    Parameters
    ----------
    totals
        Weights of the units in each total, shape (units, totals).
    minimum
        The fewest units about which something may be known.
    rounds
        How often it is looked for.

    Returns
    -------
    numpy.ndarray or None
        One weight a unit, zero for all but fewer than `minimum` units.

    Examples
    --------
    >>> whole, north = np.ones(12), (np.arange(12) < 6) * 1.0
    >>> light_combination(np.column_stack([whole, north]), 5) is None
    True
    >>> np.flatnonzero(light_combination(np.column_stack([whole, north, (np.arange(12) < 7) * 1.0]), 5)).tolist()
    [6]
    """
    kinds, place, sizes = np.unique(totals, axis=0, return_inverse=True, return_counts=True)
    left, values, _ = np.linalg.svd(kinds, full_matrices=False)
    basis = left[:, values > _TOLERANCE * max(values[0], 1.0)].T if values.size else np.zeros((0, len(kinds)))
    if not len(basis):
        return None
    random = np.random.default_rng(0)
    for _ in range(rounds):
        # Pivots are drawn nearly at random, and never dependent ones.
        scale = np.exp(2 * random.normal(size=len(kinds)))
        pivots = scipy.linalg.qr(basis * scale, mode="r", pivoting=True, check_finite=False)[1][: len(basis)]
        words = np.linalg.solve(basis[:, pivots], basis)
        weights = (np.abs(words) > _TOLERANCE) @ sizes
        lightest = int(np.argmin(weights))
        if weights[lightest] < minimum:
            word = np.where(np.abs(words[lightest]) > _TOLERANCE, words[lightest], 0.0)
            return np.asarray(word[place.ravel()])
    return None


def publishable_totals(published: Weights, candidates: Sequence[Weights], minimum: int) -> set[int]:
    """Return which candidates may be published together beside what is published.

    All are tried at once. As long as a combination rests on too few units, the last of the candidates that it is made
    of goes; those that went are tried once more, one by one, when the others are safe.

    Parameters
    ----------
    published
        Weights of the units in what is published already, shape (units, totals); safe in itself.
    candidates
        Those of the totals that each candidate publishes, the most wanted first.
    minimum
        The fewest units about which something may be known.

    Examples
    --------
    >>> whole, north = np.ones((12, 1)), (np.arange(12) < 6).reshape(-1, 1) * 1.0
    >>> nearly = (np.arange(12) < 7).reshape(-1, 1) * 1.0
    >>> publishable_totals(whole, [north, nearly], 5), publishable_totals(whole, [nearly, north], 5)
    ({0}, {0})
    """
    shown = list(range(len(candidates)))
    left_out: list[int] = []
    while shown:
        word = light_combination(np.hstack([published, *(candidates[i] for i in shown)]), minimum)
        if word is None:
            break
        culprit = _last_used(word, published, candidates, shown)
        shown.remove(culprit)
        left_out.append(culprit)
    for index in sorted(left_out[:-1]):
        wider = [published, *(candidates[i] for i in shown), candidates[index]]
        if shown and light_combination(np.hstack(wider), minimum) is None:
            shown.append(index)
    return set(shown)


def _last_used(word: Weights, published: Weights, candidates: Sequence[Weights], shown: Sequence[int]) -> int:
    """Return the least wanted candidate without which the combination cannot be formed, or that it uses most."""
    columns = np.hstack([published, *(candidates[i] for i in shown)])
    owner = np.repeat([-1, *shown], [published.shape[1], *(candidates[i].shape[1] for i in shown)])
    factors = np.linalg.lstsq(columns, word, rcond=None)[0]
    used = {int(i) for i in owner[np.abs(factors) > 1e-6] if i >= 0}
    return max(used or shown)
