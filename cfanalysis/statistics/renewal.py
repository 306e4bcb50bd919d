"""Which totals may be published beside all that were published before, so that no combination shows few.

The totals that a reader can work out are the span of the weights of all published ones. A new total is safe if the
span, with it, has no vector that rests on fewer units than the minimum. Such vectors are looked for as light words of a
linear code: a basis of the span is reduced so that each of its vectors is the only one that touches one unit of a
chosen set; a light word is found as soon as the chosen set holds just one of its units. From round to round a part of
the chosen set is exchanged, at random.

Of a unit several things may be asked that follow from one another: Say, Do, and the gap between them. It then has so
many *parts*, each with a weight in every total, and a combination rests on a unit if it touches one of its parts.

References
----------
Lee, P. J., and Brickell, E. F. (1988). An observation on the security of McEliece's public-key cryptosystem.
EUROCRYPT '88 (search for light words by information sets).
Canteaut, A., and Chabaud, F. (1998). A new algorithm for finding minimum-weight words in a linear code. IEEE
Transactions on Information Theory 44 (sets that follow from one another).
Hundepool, A., et al. (2012). Statistical Disclosure Control. Wiley, ch. 4 (secondary suppression, differencing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

Weights = NDArray[np.float64]
"""Weights of units in totals, shape (units, totals); of several parts, shape (units times parts, totals)."""

_TOLERANCE = 1e-7
_EXCHANGED = 1 / 4
"""The share of the chosen units that a round exchanges."""

_QUICK_ROUNDS = 40
_ROUNDS = 240
"""A round that exchanges all misses a light word with a probability of about 0.7; a quarter of them, of about 0.9."""


@dataclass(frozen=True, eq=False)
class _Span:
    """A basis of which each vector is the only one that touches its chosen unit.

    Parameters
    ----------
    basis
        Shape (vectors, kinds of units times parts).
    chosen
        The chosen part of a kind of each vector.
    """

    basis: Weights
    chosen: NDArray[np.int_]

    def with_totals(self, totals: Weights) -> _Span:
        """Return the span with more totals, shape (kinds, totals); itself if they lie in it."""
        rest = totals.T - totals.T[:, self.chosen] @ self.basis
        triangle, order = scipy.linalg.qr(rest, mode="r", pivoting=True, check_finite=False)
        rank = int((np.abs(np.diag(triangle)) > _TOLERANCE).sum())
        if not rank:
            return self
        own, chosen = np.empty((rank, len(order))), order[:rank]
        own[:, order] = scipy.linalg.solve_triangular(triangle[:rank, :rank], triangle[:rank])
        basis = np.vstack([self.basis - self.basis[:, chosen] @ own, own])
        return _Span(basis, np.concatenate([self.chosen, chosen]))

    def has(self, word: Weights) -> bool:
        """Return whether a vector lies in the span."""
        rest = word - word[np.newaxis, self.chosen] @ self.basis
        return bool((np.abs(rest) <= _TOLERANCE).all())

    def exchanged(self, random: np.random.Generator) -> _Span:
        """Return the span with other chosen units for some of its vectors, drawn nearly at random."""
        some = random.permutation(len(self.basis))[: max(2, round(_EXCHANGED * len(self.basis)))]
        own, scale = self.basis[some], np.exp(random.normal(size=self.basis.shape[1]))
        # Drawn in the order of a decomposition, so that they are never dependent.
        drawn = scipy.linalg.lapack.dgeqp3(own * scale)[1][: len(some)] - 1
        own = scipy.linalg.lapack.dgesv(own[:, drawn], own)[2]
        basis, chosen = self.basis - self.basis[:, drawn] @ own, self.chosen.copy()
        basis[some], chosen[some] = own, drawn
        return _Span(basis, chosen)

    def light_word(
        self, sizes: NDArray[np.int_], minimum: int, rounds: int, known: _Span | None = None
    ) -> Weights | None:
        """Return a vector, not known, that rests on fewer units than the minimum, by kind; None if none is found."""
        span, random, parts = self, np.random.default_rng(0), self.basis.shape[1] // len(sizes)
        size = sizes.astype(float)
        for _ in range(rounds if len(self.basis) else 0):
            touched = np.abs(span.basis) > _TOLERANCE
            kinds = touched[:, ::parts]
            for part in range(1, parts):
                kinds = kinds | touched[:, part::parts]
            for number in (kinds @ size < minimum).nonzero()[0]:
                word = np.where(touched[number], span.basis[number], 0.0)
                if known is None or not known.has(word):
                    return word
            span = span.exchanged(random)
        return None


def light_combination(totals: Weights, minimum: int, *, parts: int = 1) -> Weights | None:
    """Return the weights of a combination of totals that rests on fewer units than the minimum; None without one.

    Parameters
    ----------
    totals
        Weights of the units in each total, shape (units, totals).
    minimum
        The fewest units about which something may be known.
    parts
        How many parts a unit has.

    Returns
    -------
    numpy.ndarray or None
        The weights of the units, zero for all but fewer than `minimum` of these.

    Examples
    --------
    >>> whole, north = np.ones(12), (np.arange(12) < 6) * 1.0
    >>> light_combination(np.column_stack([whole, north]), 5) is None
    True
    >>> np.flatnonzero(light_combination(np.column_stack([whole, north, (np.arange(12) < 7) * 1.0]), 5)).tolist()
    [6]
    """
    kinds, place, sizes = _kinds(totals, parts)
    word = _span(kinds).light_word(sizes, minimum, _ROUNDS)
    return None if word is None else word.reshape(-1, parts)[place].ravel()


def publishable_totals(
    published: Weights, candidates: Sequence[Weights], minimum: int, *, parts: int = 1
) -> set[int]:
    """Return which candidates may be published together beside what is published.

    All are taken in if no combination is found that rests on too few units. Of one that is found, the last candidate
    that it is made of goes, as soon as those before it are found safe together: none goes for the sake of a later one.
    What can be worked out from what is published already, under a lower minimum, holds nothing up.

    Parameters
    ----------
    published
        Weights of the units in what is published already, shape (units, totals).
    candidates
        Those of the totals that each candidate publishes, the most wanted first.
    minimum
        The fewest units about which something may be known.
    parts
        How many parts a unit has.

    Examples
    --------
    >>> whole, north = np.ones((12, 1)), (np.arange(12) < 6).reshape(-1, 1) * 1.0
    >>> nearly = (np.arange(12) < 7).reshape(-1, 1) * 1.0
    >>> publishable_totals(whole, [north, nearly], 5), publishable_totals(whole, [nearly, north], 5)
    ({0}, {0})
    """
    kinds, _, sizes = _kinds(np.hstack([published, *candidates]), parts)
    ends = np.cumsum([published.shape[1], *(each.shape[1] for each in candidates)])
    own = [kinds[:, start:end] for start, end in pairwise(ends)]
    spans, shown = [_span(kinds[:, : ends[0]])], list(range(len(own)))
    safe, number = 0, len(own)  # the first so many shown candidates are safe together; so many are looked at
    while number:
        for index in shown[len(spans) - 1 : number]:
            spans.append(spans[-1].with_totals(own[index]))
        rounds = _ROUNDS if number == len(shown) else _QUICK_ROUNDS
        word = spans[number].light_word(sizes, minimum, rounds, spans[0])
        place = number
        while word is not None and spans[place - 1].has(word):
            place -= 1
        if word is None and number == len(shown):
            break
        if word is None:
            safe, number = number, len(shown)
        elif place - 1 > safe:
            number = place - 1
        else:
            del shown[place - 1], spans[place:]
            safe, number = min(safe, len(shown)), len(shown)
    return set(shown)


def _kinds(totals: Weights, parts: int) -> tuple[Weights, NDArray[np.int_], NDArray[np.int_]]:
    """Return the totals over units that are not alike, the kind of each unit, and how many there are of each."""
    units = totals.reshape(len(totals) // parts, -1)
    kinds, place, sizes = np.unique(units, axis=0, return_inverse=True, return_counts=True)
    return kinds.reshape(-1, totals.shape[1]), place.ravel(), sizes


def _span(totals: Weights) -> _Span:
    return _Span(np.zeros((0, len(totals))), np.zeros(0, dtype=int)).with_totals(totals)
