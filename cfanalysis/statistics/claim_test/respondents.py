"""The respondents behind the shares: how organizations differ beside how people do, and who answered.

Shares say what an organization answered. Two things they do not say: how much of the difference between organizations
is the chance of who was asked, and whether organizations differ because other people answered. Both are sums over
the respondents of each organization, taken here once.

A *field* is a fact about respondents (a position, a function); each of its categories but one is a dummy variable.
What a category goes with is read from colleagues alone, from differences within organizations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

LEAST_VARIATION = 2.5
"""Sum of squares within organizations that a category needs: ten respondents, half with it and half without."""

MOST_CATEGORIES = 30
"""A field with more categories than this has its rarest put together."""

PER_DUMMY = 3
"""Respondents, beyond one for each organization, that there must be for each dummy."""

ROWS = 20_000
"""Respondents whose answers are turned into floating-point numbers at once."""


class Field(NamedTuple):
    """A fact about respondents.

    Parameters
    ----------
    title
        What it is called.
    codes
        Each respondent's category as a number from 0, shape (respondents,).
    labels
        Names of the categories; an empty one for those who did not say.
    halved
        Respondents of each category in the half that answers the gap, shape (halvings, organizations, categories);
        None where nobody is halved.
    """

    title: str
    codes: NDArray[np.intp]
    labels: tuple[str, ...]
    halved: NDArray[np.int64] | None = None


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
    with_dummies
        Sums of products with the dummies within the organization, shape (n, q, S).
    """

    respondents: Floats
    mean: Floats
    squares: Floats
    with_dummies: Floats


@dataclass(frozen=True, eq=False)
class Composition:
    """Who answered, in q dummy variables.

    Parameters
    ----------
    fields
        Titles of the fields that are standardized for.
    dropped
        What could not be: categories that hardly vary, and fields that vary within no organization, in words.
    places
        The field and the category of each dummy.
    means
        Mean dummies of each organization among those who answered the gap, shape (halvings, n, q).
    overall
        The same among all respondents, shape (n, q).
    squares
        Sums of squares and products within each organization, shape (n, q, q).
    products
        Sums of products of dummies with answers above each threshold, shape (n, q, K, C).
    """

    fields: tuple[str, ...]
    dropped: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
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
    fields
        What is known of respondents.
    n
        Organizations, where there are more than the last one with a respondent.
    """

    answers: NDArray[np.int8]
    organization: NDArray[np.intp]
    fields: tuple[Field, ...] = ()
    n: int = 0

    @property
    def size(self) -> int:
        """Number of organizations."""
        return max(self.n, int(self.organization.max(initial=-1)) + 1)

    def answered(self, n: int) -> Booleans:
        """Return whether anybody in each of n organizations answered each item, shape (n, K)."""
        size = np.bincount(self.organization, minlength=n)
        lacking = [np.bincount(self.organization[a < 0], minlength=n) for a in self.answers.T]
        return np.asarray(np.stack(lacking, axis=1) < size[:, None])

    def of_organizations(self, kept: NDArray[np.intp], n: int) -> Respondents:
        """Return the respondents of some of n organizations, who are numbered anew in the order given."""
        if kept.size == n:
            return replace(self, n=n)
        place = np.full(n, -1)
        place[kept] = np.arange(kept.size)
        own = place[self.organization]
        there = own >= 0
        return Respondents(
            self.answers[there],
            own[there],
            tuple(
                f._replace(codes=f.codes[there], halved=None if f.halved is None else f.halved[:, kept])
                for f in self.fields
            ),
            kept.size,
        )

    def above(self, exists: Booleans) -> Floats:
        """Return the shares of all respondents' answers above each threshold, shape (n, K, C); 0 where none is."""
        shares = np.zeros((self.size, *exists.shape))
        for k, counts in self._tables(exists, np.zeros(self.organization.size, dtype=np.intp), 1):
            shares[:, k] = _above(counts)[:, 0] / np.maximum(counts[:, 0, :-1].sum(axis=1), 1)[:, None]
        return shares

    def facet_scores(
        self, sets: Booleans, centre: Floats, places: Sequence[tuple[int, int]] = ()
    ) -> FacetScores:
        """Return the respondents' scores of some sets of items, by organization.

        Parameters
        ----------
        sets
            Which items belong to each set, shape (K, S).
        centre
            What is taken from the answers to each item, steps above the lowest, shape (K,).
        places
            The dummies (`Composition.places`) with which products are wanted.
        """
        n, width = self.size, sets.shape[1]
        sums = np.zeros((3, n, width))
        by_dummy = np.zeros((2, n, len(places), width))
        dummies, members = self._masks(places), sets.astype(float)
        for rows in _blocks(len(self.answers)):
            answers = self.answers[rows]
            missing = (answers < 0).astype(float)  # they stand as -1, which is taken out again
            count = members.sum(axis=0) - missing @ members
            total = answers @ members + missing @ (members * (1 + centre)[:, None]) - centre @ members
            score = total / np.maximum(count, 1)
            given = (count > 0).astype(float)
            for s in range(width):
                for i, values in enumerate((given[:, s], score[:, s], score[:, s] ** 2)):
                    sums[i, :, s] += np.bincount(self.organization[rows], values, minlength=n)
                for d, dummy in enumerate(dummies):
                    own = dummy[rows]
                    place = self.organization[rows][own]
                    by_dummy[0, :, d, s] += np.bincount(place, given[own, s], minlength=n)
                    by_dummy[1, :, d, s] += np.bincount(place, score[own, s], minlength=n)
        m, mean = sums[0], sums[1] / np.maximum(sums[0], 1)
        products = by_dummy[1] - by_dummy[0] * mean[:, None]
        return FacetScores(m, mean, np.maximum(sums[2] - m * mean**2, 0.0), products)

    def composition(self, exists: Booleans) -> Composition | None:
        """Return who answered; None where nothing is known of respondents.

        Parameters
        ----------
        exists
            Which thresholds each item has, shape (K, C).
        """
        if not self.fields:
            return None
        candidates = [
            (f, c)
            for f, field in enumerate(self.fields)
            for c in range(len(field.labels))
            if c != np.bincount(field.codes).argmax()
        ]
        variation = self._squares(candidates, diagonal=True).sum(axis=0)
        places = [p for p, v in zip(candidates, variation, strict=True) if v >= LEAST_VARIATION]
        spare = self.organization.size - np.unique(self.organization).size
        places = places if spare >= PER_DUMMY * len(places) else []
        dropped = tuple(_dropped(self.fields, candidates, places))
        used = tuple(field.title for f, field in enumerate(self.fields) if any(p[0] == f for p in places))
        squares = self._squares(places)
        halvings = self.fields[0].halved
        each = [None] if halvings is None else list(range(len(halvings)))
        means = np.stack([self._means(places, halving) for halving in each])
        overall = self._means(places)
        products = self._products(places, exists, squares.sum(axis=0))
        return Composition(used, dropped, tuple(places), means, overall, squares, products)

    def _masks(self, places: Sequence[tuple[int, int]]) -> list[Booleans]:
        """Return the respondents of each dummy's category."""
        return [np.asarray(self.fields[f].codes == c) for f, c in places]

    def _means(self, places: Sequence[tuple[int, int]], halving: int | None = None) -> Floats:
        """Return the mean dummies of each organization, shape (n, q), of all respondents or of those of one half."""
        means = np.zeros((self.size, len(places)))
        for f, field in enumerate(self.fields):
            columns = [i for i, place in enumerate(places) if place[0] == f]
            if halving is None or field.halved is None:
                counts = _counts(field, self.organization, self.size)
            else:
                counts = field.halved[halving]
            chosen = counts[:, [places[i][1] for i in columns]]
            means[:, columns] = chosen / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        return means

    def _squares(self, places: Sequence[tuple[int, int]], *, diagonal: bool = False) -> Floats:
        """Return sums of squares and products within organizations, shape (n, q, q), or the squares alone, (n, q)."""
        size = np.bincount(self.organization, minlength=self.size)
        mean = self._means(places)
        if diagonal:
            return np.asarray(size[:, None] * mean * (1 - mean))
        squares = -size[:, None, None] * mean[:, :, None] * mean[:, None, :]
        masks = self._masks(places)
        for a, one in enumerate(masks):
            for b in range(a, len(masks)):
                if a == b or places[a][0] != places[b][0]:
                    both = np.bincount(self.organization[one & masks[b]], minlength=self.size)
                    squares[:, a, b] += both
                    squares[:, b, a] = squares[:, a, b]
        return np.asarray(squares)

    def _products(self, places: Sequence[tuple[int, int]], exists: Booleans, squares: Floats) -> Floats:
        """Return sums of products of dummies and answers above each threshold, shape (n, q, K, C).

        Where an item was not answered by all, the effect of a dummy on it comes from those who did: the products are
        turned so that the squares of all respondents give the same effect.
        """
        products = np.zeros((self.size, len(places), *exists.shape))
        profile, combinations = self._profiles(places)
        cell = self.organization * len(combinations) + profile
        table = np.bincount(cell, minlength=self.size * len(combinations)).reshape(self.size, -1)
        for f in range(len(self.fields)):
            columns = [i for i, place in enumerate(places) if place[0] == f]
            categories = [places[i][1] for i in columns]
            if not columns:
                continue
            for k, counts in self._tables(exists, self.fields[f].codes, len(self.fields[f].labels)):
                above = _above(counts)
                answered = counts[:, :, :-1].sum(axis=2)
                everybody = np.maximum(answered.sum(axis=1), 1)
                mean = answered[:, categories] / everybody[:, None]
                products[:, columns, k] = above[:, categories] - mean[:, :, None] * above.sum(axis=1)[:, None]
        for item in np.flatnonzero((self.answers < 0).any(axis=0)).tolist():
            own = self._squares_of_item(item, profile, combinations, table)
            turn = squares @ np.linalg.pinv(own, rcond=1e-9, hermitian=True)
            products[:, :, item] = np.einsum("ab,nbc->nac", turn, products[:, :, item])
        return products

    def _squares_of_item(
        self, k: int, profile: NDArray[np.intp], combinations: Floats, table: NDArray[np.intp]
    ) -> Floats:
        """Return sums of squares and products within organizations among those who answered an item, (q, q)."""
        lacking = self.answers[:, k] < 0
        cell = self.organization[lacking] * len(combinations) + profile[lacking]
        answered = table - np.bincount(cell, minlength=table.size).reshape(table.shape)
        sums, size = answered @ combinations, np.maximum(answered.sum(axis=1), 1)
        within = (combinations.T * answered.sum(axis=0)) @ combinations
        return np.asarray(within - sums.T @ (sums / size[:, None]))

    def _profiles(self, places: Sequence[tuple[int, int]]) -> tuple[NDArray[np.intp], Floats]:
        """Return which combination of dummies each respondent has, and the combinations, shape (P, q)."""
        dummies = np.zeros((self.organization.size, len(places)), dtype=np.int8)
        key = np.zeros(self.organization.size, dtype=np.int64)
        for field in self.fields:
            key = np.unique(key * len(field.labels) + field.codes, return_inverse=True)[1]
        for i, (f, c) in enumerate(places):
            dummies[:, i] = self.fields[f].codes == c
        _, first = np.unique(key, return_index=True)
        return key, dummies[first].astype(float)

    def _tables(
        self, exists: Booleans, codes: NDArray[np.intp], categories: int
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield each item's counts by organization, category and answer (the last: none), (n, categories, C + 2)."""
        width = exists.shape[1] + 2
        cells = (self.organization * categories + codes) * width
        for k in range(exists.shape[0]):
            answer = self.answers[:, k].astype(np.intp)
            answer[answer < 0] = width - 1
            counts = np.bincount(cells + answer, minlength=self.size * categories * width)
            yield k, counts.reshape(self.size, categories, width)


def _above(counts: NDArray[np.int64]) -> Floats:
    """Return how many answered above each threshold, of counts (..., C + 2) whose last are those without answer."""
    answers = counts[..., :-1]
    return np.asarray(answers[..., ::-1].cumsum(axis=-1)[..., ::-1][..., 1:], dtype=float)


def _blocks(rows: int) -> list[slice]:
    return [slice(i, i + ROWS) for i in range(0, rows, ROWS)]


def coded_field(title: str, codes: NDArray[np.intp], labels: Sequence[str]) -> Field:
    """Return a field; where there are very many categories, the rarest are put together.

    Parameters
    ----------
    title
        What it is called.
    codes
        Each respondent's category as a number from 0, shape (respondents,).
    labels
        Names of the categories.

    Examples
    --------
    >>> coded_field("Team", np.arange(50), [f"T{i}" for i in range(50)]).labels[-2:]
    ('T28', 'others')
    """
    if len(labels) <= MOST_CATEGORIES:
        return Field(title, codes, tuple(labels))
    counts = np.bincount(codes, minlength=len(labels))
    common = np.argsort(-counts, kind="stable")[: MOST_CATEGORIES - 1]
    place = np.full(len(labels), MOST_CATEGORIES - 1)
    place[common] = np.arange(common.size)
    return Field(title, place[codes], (*(labels[i] for i in common), "others"))


def _counts(field: Field, organization: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Return respondents by organization and category."""
    width = len(field.labels)
    return np.bincount(organization * width + field.codes, minlength=n * width).reshape(n, width)


def _dropped(
    fields: Sequence[Field], candidates: list[tuple[int, int]], places: list[tuple[int, int]]
) -> Iterator[str]:
    """Yield what is not standardized for."""
    for f, field in enumerate(fields):
        lost = [c for g, c in candidates if g == f and (g, c) not in places]
        if not any(place[0] == f for place in places):
            yield field.title
        elif lost:
            yield f"{field.title}: {', '.join(field.labels[c] or 'not stated' for c in lost)}"
