"""The respondents behind the shares: how organizations differ beside how people do, and who answered.

Shares say what an organization answered. Two things they do not say: how much of the difference between organizations
is the chance of who was asked, and whether organizations differ because other people answered. Both are sums over
the respondents of each organization, taken here once.

A *trait* is a category of a field (a position, a function) as a dummy variable. What a trait goes with is read from
colleagues alone, from differences within organizations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cfanalysis.core.language import message

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

LEAST_VARIATION = 2.5
"""Sum of squares within organizations that a trait needs: ten respondents, half with it and half without."""

MOST_CATEGORIES = 30
"""Of a field with more categories than this the rarest are put together."""

PER_TRAIT = 3
"""Respondents, beyond one for each organization, that there must be for each trait."""

_ROWS = 20_000
"""Respondents whose answers are turned into floating-point numbers at once."""


class Traits(NamedTuple):
    """What is known of respondents: names (field, category) of q traits, and who has them, (respondents, q)."""

    names: tuple[tuple[str, str], ...] = ()
    has: NDArray[np.int8] = np.zeros((0, 0), dtype=np.int8)


NOTHING_KNOWN = Traits()


class FacetScores(NamedTuple):
    """Respondents' scores of S sets of items, by organization.

    Parameters
    ----------
    respondents
        Who answered at least one item of the set, shape (n, S).
    mean
        Mean over respondents of the mean over answered items of the answer less the item's centre, shape (n, S).
    squares
        Sum of squares within the organization, shape (n, S).
    with_traits
        Sums of products with the traits within the organization, shape (n, q, S).
    """

    respondents: Floats
    mean: Floats
    squares: Floats
    with_traits: Floats


@dataclass(frozen=True, eq=False)
class Composition:
    """Who answered, in the q traits that vary enough.

    Parameters
    ----------
    fields
        Titles of the fields that are standardized for.
    dropped
        What could not be: traits that hardly vary, and fields that vary within no organization, in words.
    traits
        Which traits, as places.
    means
        Mean traits of each organization among those who answered the gap, shape (halvings, n, q).
    overall
        The same among all respondents, shape (n, q).
    squares
        Sums of squares and products within each organization, shape (n, q, q).
    products
        Sums of products of traits with answers above each threshold, shape (n, q, K, C).
    """

    fields: tuple[str, ...]
    dropped: tuple[str, ...]
    traits: NDArray[np.intp]
    means: Floats
    overall: Floats
    squares: Floats
    products: Floats


@dataclass(frozen=True, eq=False)
class Respondents:
    """The answers of single respondents.

    Parameters
    ----------
    answers
        Steps above the lowest answer after reverse keying, shape (respondents, K); -1 where there is none.
    organization
        The place of each respondent's organization among those of the shares, shape (respondents,).
    n
        Number of organizations.
    traits
        What is known of respondents.
    half_means
        For each halving the organizations' mean traits among those who answer the gap, shape (halvings, n, q); None
        where nobody is halved.
    """

    answers: NDArray[np.int8]
    organization: NDArray[np.intp]
    n: int
    traits: Traits = NOTHING_KNOWN
    half_means: Floats | None = None

    def of_organizations(self, kept: NDArray[np.intp]) -> Respondents:
        """Return the respondents of some organizations, renumbered in the order given."""
        if kept.size == self.n:
            return self
        place = np.full(self.n, -1)
        place[kept] = np.arange(kept.size)
        there = place[self.organization] >= 0
        traits = self.traits if not self.traits.names else self.traits._replace(has=self.traits.has[there])
        means = None if self.half_means is None else self.half_means[:, kept]
        return Respondents(self.answers[there], place[self.organization[there]], kept.size, traits, means)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Respondents of each organization, shape (n,)."""
        return np.bincount(self.organization, minlength=self.n)

    def answered(self) -> Booleans:
        """Return whether anybody in each organization answered each item, shape (n, K)."""
        lacking = [np.bincount(self.organization[a < 0], minlength=self.n) for a in self.answers.T]
        return np.asarray(np.stack(lacking, axis=1) < self.sizes[:, None])

    def above(self, exists: Booleans) -> Floats:
        """Return the shares of all respondents' answers above each threshold, shape (n, K, C); 0 where none is."""
        shares = np.zeros((self.n, *exists.shape))
        for k in range(exists.shape[0]):
            counts = self._by_answer(k, exists.shape[1] + 2)
            shares[:, k] = _above(counts) / np.maximum(counts[:, :-1].sum(axis=1), 1)[:, None]
        return shares

    def facet_scores(
        self, sets: Booleans, centre: Floats, traits: Sequence[int] | NDArray[np.intp] = ()
    ) -> FacetScores:
        """Return the respondents' scores of some sets of items, by organization.

        Parameters
        ----------
        sets
            Which items belong to each set, shape (K, S).
        centre
            What is taken from the answers to each item, steps above the lowest, shape (K,).
        traits
            With which of the traits products are wanted.
        """
        members, n, width = sets.astype(float), self.n, sets.shape[1]
        sums, by_trait = np.zeros((3, n, width)), np.zeros((2, n, len(traits), width))
        for first in range(0, len(self.answers), _ROWS):
            rows = np.arange(first, min(first + _ROWS, len(self.answers)))
            answers = self.answers[rows[0] : rows[-1] + 1]
            missing = (answers < 0).astype(float)  # they stand as -1, which is taken out again
            count = members.sum(axis=0) - missing @ members
            total = answers @ members + missing @ (members * (1 + centre)[:, None]) - centre @ members
            given, score = (count > 0).astype(float), total / np.maximum(count, 1)
            sums += np.stack([self._sums(values, rows) for values in (given, score, score**2)])
            for t, trait in enumerate(traits):
                own = self.traits.has[rows, trait] == 1
                by_trait[:, :, t] += np.stack([self._sums(v[own], rows[own]) for v in (given, score)])
        m, mean = sums[0], sums[1] / np.maximum(sums[0], 1)
        products = by_trait[1] - by_trait[0] * mean[:, None]
        return FacetScores(m, mean, np.maximum(sums[2] - m * mean**2, 0.0), products)

    def composition(self, exists: Booleans) -> Composition | None:
        """Return who answered; None where nothing is known of respondents.

        Parameters
        ----------
        exists
            Which thresholds each item has, shape (K, C).
        """
        names = self.traits.names
        if not names:
            return None
        overall = mean_traits(self.traits, self.organization, self.n)
        variation = (self.sizes[:, None] * overall * (1 - overall)).sum(axis=0)
        chosen = np.flatnonzero(variation >= LEAST_VARIATION)
        spare = self.organization.size - int((self.sizes > 0).sum())
        chosen = chosen if spare >= PER_TRAIT * chosen.size else chosen[:0]
        used = tuple(dict.fromkeys(names[t][0] for t in chosen))
        dropped = dict.fromkeys(field for field, _ in names if field not in used)
        unstated = message("{field}: not stated", context="stored")
        rare = [
            f"{f}: {c}" if c else unstated.format(field=f)
            for t, (f, c) in enumerate(names)
            if f in used and t not in chosen
        ]
        means = (overall[None] if self.half_means is None else self.half_means)[..., chosen]
        squares = self._squares(chosen, overall)
        products = self._products(chosen, exists, squares.sum(axis=0))
        return Composition(used, (*dropped, *rare), chosen, means, overall[:, chosen], squares, products)

    def _sums(self, values: Floats | NDArray[np.int8], rows: NDArray[np.intp] | None = None) -> Floats:
        """Return sums by organization of respondents' values, shape (n, S)."""
        owner = self.organization if rows is None else self.organization[rows]
        return np.stack([np.bincount(owner, column, minlength=self.n) for column in values.T], axis=1)

    def _squares(self, chosen: NDArray[np.intp], mean: Floats) -> Floats:
        """Return sums of squares and products of traits within organizations, shape (n, q, q)."""
        squares = -self.sizes[:, None, None] * mean[:, chosen, None] * mean[:, None, chosen]
        for a, trait in enumerate(chosen):
            own = np.flatnonzero(self.traits.has[:, trait])
            squares[:, a] += self._sums(self.traits.has[np.ix_(own, chosen)], own)
        return np.asarray(squares)

    def _products(self, chosen: NDArray[np.intp], exists: Booleans, squares: Floats) -> Floats:
        """Return sums of products of traits and answers above each threshold, shape (n, q, K, C).

        Where an item was not answered by all, the effect of a trait on it comes from those who did: the products are
        turned so that the squares of all respondents give the same effect.
        """
        width = exists.shape[1] + 2
        products = np.zeros((self.n, chosen.size, *exists.shape))
        if not chosen.size:
            return products
        rows = [np.flatnonzero(self.traits.has[:, trait]) for trait in chosen]
        every = self.traits.has[:, chosen].astype(np.float32)  # whole numbers, exact up to 16 million
        for k in range(exists.shape[0]):
            counts = self._by_answer(k, width)
            tables = np.stack([self._by_answer(k, width, own) for own in rows], axis=1)
            size = np.maximum(counts[:, :-1].sum(axis=1), 1)[:, None, None]
            answered = tables[..., :-1].sum(axis=2, keepdims=True)
            products[:, :, k] = _above(tables) - answered / size * _above(counts)[:, None]
            lacking = self.answers[:, k] < 0
            if lacking.any():
                sums = answered[..., 0]
                own_squares = squares_of(every) - squares_of(every[lacking]) - sums.T @ (sums / size[..., 0])
                turn = squares @ np.linalg.pinv(own_squares, rcond=1e-9, hermitian=True)
                products[:, :, k] = np.einsum("ab,nbc->nac", turn, products[:, :, k])
        return products

    def _by_answer(self, k: int, width: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
        """Return how many of each organization gave each answer to an item (the last: none), shape (n, width)."""
        answer, owner = self.answers[:, k], self.organization
        if rows is not None:
            answer, owner = answer[rows], owner[rows]
        cell = owner * width + np.where(answer < 0, width - 1, answer)
        return np.bincount(cell, minlength=self.n * width).reshape(self.n, width)


def squares_of(values: NDArray[np.float32]) -> Floats:
    """Return the sums of squares and products of columns."""
    return np.asarray(values.T @ values, dtype=float)


def mean_traits(
    traits: Traits, organization: NDArray[np.intp], n: int, half: Booleans | None = None
) -> Floats:
    """Return the mean traits of n organizations, shape (n, q), of all respondents or of one half; 0 where nobody is.

    Parameters
    ----------
    traits, organization, n
        As of `Respondents`.
    half
        Who is in the half, shape (respondents,).
    """
    has, owner = (traits.has, organization) if half is None else (traits.has[half], organization[half])
    sums = [np.bincount(owner, column, minlength=n) for column in has.T]
    size = np.maximum(np.bincount(owner, minlength=n), 1)
    return np.stack(sums, axis=1) / size[:, None] if sums else np.zeros((n, 0))


def traits_of(title: str, codes: NDArray[np.intp], labels: Sequence[str]) -> Traits:
    """Return a field's categories as traits: all but the most frequent, the rarest of very many put together.

    Parameters
    ----------
    title
        What the field is called.
    codes
        Each respondent's category as a number from 0, shape (respondents,).
    labels
        Names of the categories; an empty one for those who did not say.

    Examples
    --------
    >>> traits_of("Role", np.array([0, 1, 1]), ["leader", "staff"])
    Traits(names=(('Role', 'leader'),), has=array([[1],
           [0],
           [0]], dtype=int8))
    """
    counts = np.bincount(codes, minlength=len(labels))
    order = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
    own, rest = order[1:MOST_CATEGORIES], order[MOST_CATEGORIES:]
    names = [(title, labels[c]) for c in own]
    columns = [codes == c for c in own]
    if rest.size:
        names, columns = [*names, (title, "others")], [*columns, np.isin(codes, rest)]
    has = np.stack(columns, axis=1) if columns else np.zeros((codes.size, 0))
    return Traits(tuple(names), has.astype(np.int8))


def _above(counts: NDArray[np.intp]) -> Floats:
    """Return how many answered above each threshold, of counts (..., C + 2) whose last are those without answer."""
    answers = counts[..., :-1]
    return np.asarray(answers[..., ::-1].cumsum(axis=-1)[..., ::-1][..., 1:], dtype=float)
