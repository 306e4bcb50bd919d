"""What a verdict is reached on: cumulative answer shares, a criterion, and the two facets.

Everything starts from ``E[j, k, c]``, the share of organization j's respondents whose answer to item k lies
above the c-th answer option. It can be counted from responses or taken from a published frequency table, and
holds all that the test uses: the item mean is the lowest answer plus the sum of E over c.

This module checks the arrays once and lays them out for the computations: one common number of answer options
(shorter grids padded), and for each halving the organizations that are complete in it (a single halving unless the
criterion comes from other respondents of the same organizations). Who is complete in none is left out and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.statistics.claim_test.groups import numbered_groups
from cfanalysis.statistics.claim_test.layout import (
    SHARE_TOLERANCE,
    Booleans,
    Floats,
    check_shares,
    stacked_criterion,
    stacked_shares,
    which_are_do,
)
from cfanalysis.statistics.claim_test.respondent_traits import Composition, FacetScores, Respondents
from cfanalysis.statistics.claim_test.split_halves import with_items_of_half
from cfanalysis.statistics.quartiles import in_top, normal_scores, rounded_criterion

NO_ITEM = message("nobody answered an item of the gap")


@dataclass(frozen=True, eq=False)
class Halving:
    """The organizations that are complete in one halving (or all there are); m of n.

    Parameters
    ----------
    members
        Their places among the n organizations of the evidence, shape (m,).
    shares
        E, shape (m, K, C); 0 where an item has fewer options.
    criterion
        Rounded to 9 decimals, shape (m,).
    scores
        Normal scores of the criterion, shape (m,).
    top
        Who is in the top quartile, shape (m,).
    say, do
        Facet means above the lowest answer, shape (m,), in the unit of the evidence.
    """

    members: NDArray[np.intp]
    shares: Floats
    criterion: Floats
    scores: Floats
    top: Booleans
    say: Floats
    do: Floats


@dataclass(frozen=True, eq=False)
class Evidence:
    """The checked arrays of n organizations.

    Parameters
    ----------
    halvings
        For each halving the organizations that are complete in it; one where nobody was halved.
    exists
        Which of the C thresholds each item has, shape (K, C).
    is_do
        Which items are of the facet Do, shape (K,).
    one_grid
        Whether all items, Say and Do, are answered on one grid.
    left_out
        Organizations that are complete in no halving, by reason.
    kept
        Positions, in the input, of the n organizations that stayed.
    group
        The group of each, as a number from 0, shape (n,).
    people
        The respondents of the n organizations, where they are known one by one.
    counts
        Respondents behind the shares of each item, shape (n, K), where only that is known.
    """

    halvings: tuple[Halving, ...]
    exists: Booleans
    is_do: Booleans
    one_grid: bool
    left_out: dict[str, int]
    kept: NDArray[np.intp]
    group: NDArray[np.intp]
    people: Respondents | None = None
    counts: Floats | None = None

    @property
    def n(self) -> int:
        """Number of organizations."""
        return int(self.kept.size)

    @property
    def least(self) -> int:
        """Organizations that are complete in the halving that has the fewest."""
        return min(h.members.size for h in self.halvings)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.group.max()) + 1

    @property
    def unit(self) -> Floats:
        """What one answer step counts in a gap: 1 scale point; on mixed grids, percent of the item's range."""
        return step_unit(self.exists, one_grid=self.one_grid)

    @property
    def length(self) -> float:
        """Length of the scale in the unit of the gap: scale points, or 100 percent."""
        return float(self.exists[0].sum()) if self.one_grid else 100.0

    @property
    def n_top(self) -> float:
        """Organizations in the top quartile, the mean over halvings."""
        return float(np.mean([h.top.sum() for h in self.halvings]))

    @property
    def top_share(self) -> float:
        """Their share."""
        return float(np.mean([h.top.mean() for h in self.halvings]))

    @cached_property
    def facets(self) -> Booleans:
        """Which items are of Say and which of Do, shape (K, 2)."""
        return np.column_stack([~self.is_do, self.is_do])

    @cached_property
    def above(self) -> Floats:
        """Shares of all respondents above each threshold, shape (n, K, C); 0 where an item has fewer options."""
        return self.halvings[0].shares if self.people is None else self.people.above(self.exists)

    @cached_property
    def composition(self) -> Composition | None:
        """Who answered; None where nothing is known of respondents."""
        return None if self.people is None else self.people.composition(self.exists)

    def scores(self, sets: Booleans) -> FacetScores | None:
        """Return respondents' scores of sets of items, shape (K, S); those of the facets are computed once."""
        return self._facet_scores if sets is self.facets else self._scores(sets)

    @cached_property
    def _facet_scores(self) -> FacetScores | None:
        return self._scores(self.facets)

    def _scores(self, sets: Booleans) -> FacetScores | None:
        if self.people is None:
            return None
        traits = () if self.composition is None else self.composition.traits
        return self.people.facet_scores(sets, self.above.sum(axis=2).mean(axis=0), traits)

    def spread(self, values: Floats, halving: Halving) -> Floats:
        """Return a halving's values placed among all n organizations, NaN for organizations that are not in it.

        Parameters
        ----------
        values
            One value or row for each organization of the halving, shape (m, ...).
        halving
            The halving.

        Returns
        -------
        numpy.ndarray
            Shape (n, ...).
        """
        everywhere = np.full((self.n, *values.shape[1:]), np.nan)
        everywhere[halving.members] = values
        return everywhere


def step_unit(exists: Booleans, *, one_grid: bool) -> Floats:
    """Return how much one answer step of each item counts in a gap, shape (K,); see `Evidence.unit`.

    Parameters
    ----------
    exists
        Which thresholds each item has, shape (K, C).
    one_grid
        Whether all items are answered on one grid: then a step counts 1, otherwise 100 divided by the item's
        steps.
    """
    return np.ones(len(exists)) if one_grid else 100 / exists.sum(axis=1)


def checked_evidence(
    cumulative: ArrayLike | Sequence[ArrayLike],
    criterion: ArrayLike,
    facets: ArrayLike,
    *,
    same_grid: bool = True,
    composite: bool = False,
    groups: ArrayLike | None = None,
    people: Respondents | None = None,
    counts: ArrayLike | None = None,
) -> Evidence:
    """Return the checked evidence; see `cfanalysis.statistics.claim_test.criterion_verdict` for the arguments.

    In composite mode the criterion may be made of the gap's own items.

    Parameters
    ----------
    cumulative
        Share of answers above each threshold, shape (n, K, C) or one such array for each halving.
    criterion
        One value for each organization, shape (n,), or (halvings, n).
    facets
        ``"say"`` or ``"do"`` for each item, shape (K,).
    same_grid
        Whether all items are answered on one grid.
    composite
        True in composite mode, where the criterion may be made of the gap's own items.
    groups
        The parent of each organization, shape (n,); empty where it has none, None where none has.
    people
        The respondents, where they are known one by one.
    counts
        Respondents behind the shares of each item, shape (n, K), where only that is known.

    Raises
    ------
    AnalysisError
        Shapes that do not fit, shares outside 0 to 1 or rising, one facet only, a facet without any variation,
        a criterion without a top quartile or made of the gap's own items, fewer than 4 complete organizations.
    """
    shares = stacked_shares(cumulative)
    is_do = which_are_do(facets, items=shares.shape[2])
    values = stacked_criterion(criterion, shares.shape[:2])
    exists = np.asarray(np.any([np.isfinite(halving).any(axis=0) for halving in shares], axis=0))
    if not exists[:, 0].all():
        item = int(np.flatnonzero(~exists[:, 0])[0])
        raise AnalysisError(
            message("An item has no answers at all."),
            where=message("item {n:d} of {all:d}", context="stored").format(n=item + 1, all=is_do.size),
        )
    if people is not None and len(shares) > 1:
        shares = with_items_of_half(shares, is_do, exists, people.answered())
    answered = np.stack([(np.isfinite(halving) | ~exists).all(axis=(1, 2)) for halving in shares])
    complete = answered & np.isfinite(values)
    kept = np.flatnonzero(complete.any(axis=0))
    fewest = int(complete.sum(axis=1).min())
    if fewest < 4:
        raise AnalysisError(
            message("There are too few organizations with all items and the criterion."),
            value=message("{n:d} of {all:d}", context="stored").format(n=fewest, all=complete.shape[1]),
            allowed=message("at least 4, for a verdict 40"),
        )
    one_grid = same_grid and len(set(exists.sum(axis=1).tolist())) == 1
    halvings = [
        _halving(e, c, there, kept, exists, is_do, step_unit(exists, one_grid=one_grid))
        for e, c, there in zip(shares, values, complete, strict=True)
    ]
    group = numbered_groups(groups, complete.shape[1])[kept]
    evidence = Evidence(
        halvings=tuple(halvings),
        exists=exists,
        is_do=is_do,
        one_grid=one_grid,
        left_out=_left_out(answered, np.isfinite(values), people),
        kept=kept,
        group=np.unique(group, return_inverse=True)[1],
        people=None if people is None else people.of_organizations(kept),
        counts=None if counts is None else np.asarray(counts, dtype=float)[kept],
    )
    _check_variation(evidence)
    if not composite:
        _check_circularity(evidence)
    return evidence


def _halving(
    shares: Floats,
    criterion: Floats,
    complete: Booleans,
    kept: NDArray[np.intp],
    exists: Booleans,
    is_do: Booleans,
    unit: Floats,
) -> Halving:
    """Return one halving's organizations, checked; a criterion that leaves nobody below its top is refused."""
    own = shares if complete.all() else shares[complete]
    own = own if exists.all() else np.where(exists, own, 0.0)
    check_shares(own, np.flatnonzero(complete))
    if own.min() < 0 or own.max() > 1:
        own = np.clip(own, 0.0, 1.0)
    ranked = rounded_criterion(criterion[complete])
    means = own.sum(axis=2) * unit
    return Halving(
        members=np.flatnonzero(complete[kept]),
        shares=own,
        criterion=ranked,
        scores=normal_scores(ranked),
        top=in_top(ranked),
        say=means[:, ~is_do].mean(axis=1),
        do=means[:, is_do].mean(axis=1),
    )


def _left_out(answered: Booleans, rated: Booleans, people: Respondents | None) -> dict[str, int]:
    """Return how many organizations are complete in no halving, by the first reason that is true of each."""
    out: Booleans = ~np.asarray((answered & rated).any(axis=0))
    nobody: Booleans = np.zeros(out.size, dtype=bool)
    if len(answered) == 1:
        reasons = {NO_ITEM: ~answered[0], message("no value of the criterion"): ~rated[0]}
    else:
        asked = None if people is None else people.answered()
        size = np.zeros(out.size) if people is None else people.sizes
        reasons = {
            message("one respondent, who cannot rate both"): np.isin(size, 1),
            NO_ITEM: nobody if asked is None else ~asked.all(axis=1),
            message("too few answers for two complete halves"): ~nobody,
        }
    found: dict[str, int] = {}
    for reason, true in reasons.items():
        if count := int((out & true).sum()):
            found[reason] = count
        out = np.asarray(out & ~np.asarray(true))
    return found


def overall_score(cumulative: ArrayLike | Sequence[ArrayLike]) -> Floats:
    """Return the mean of all items of each organization, 0 to 1 of the scale; NaN where it lacks one.

    Parameters
    ----------
    cumulative
        As for `cfanalysis.statistics.claim_test.criterion_verdict`, without halvings.
    """
    shares = stacked_shares(cumulative)[0]
    exists = np.isfinite(shares).any(axis=0)
    complete = (np.isfinite(shares) | ~exists).all(axis=(1, 2))
    levels = np.where(exists, shares, 0.0).sum(axis=2) / np.maximum(exists.sum(axis=1), 1)
    return np.where(complete, levels.mean(axis=1), np.nan)


def _check_variation(evidence: Evidence) -> None:
    """Raise an AnalysisError where a facet has a single answer throughout."""
    constant = constant_items(evidence)
    for facet, chosen in (("Say", ~evidence.is_do), ("Do", evidence.is_do)):
        if constant[chosen].all():
            level = evidence.halvings[0].shares[0, chosen].sum(axis=1) / evidence.exists[chosen].sum(axis=1)
            places = {
                0.0: message("the same answer at the bottom of the scale"),
                1.0: message("the same answer at the top of the scale"),
            }
            raise AnalysisError(
                message(
                    "All answers to the {facet:s} items are the same, in every organization: nothing can be compared.",
                    context="stored",
                ).format(facet=facet),
                value=places.get(float(level.mean()), message("the same answer")),
            )


def constant_items(evidence: Evidence) -> Booleans:
    """Return the items to which everybody gave the same answer, shape (K,)."""
    mean = np.stack([halving.shares.mean(axis=0) for halving in evidence.halvings])
    inner = (mean > SHARE_TOLERANCE) & (mean < 1 - SHARE_TOLERANCE)
    return np.asarray(~inner.any(axis=(0, 2)))


def _check_circularity(evidence: Evidence) -> None:
    """Refuse a criterion that the gap's own items determine.

    A quartile cut on the items of the gap tests whether Do varies more than Say, not the claim. An exact
    linear function of many items shows only where there are clearly more organizations than items.
    """
    if len(evidence.halvings) > 1 or evidence.n < 2 * evidence.is_do.size + 4:
        return
    only = evidence.halvings[0]
    design = np.column_stack([np.ones(evidence.n), only.shares.sum(axis=2)])
    criterion = only.criterion - only.criterion.mean()
    residual = criterion - design @ np.linalg.lstsq(design, criterion, rcond=None)[0]
    if residual @ residual < 1e-12 * (criterion @ criterion):
        raise AnalysisError(
            message(
                "The criterion is made of the gap's own items: quartiles cut on it find a gap where there is none."
            ),
            next_step="Take an external outcome or performance items; or describe it in composite mode.",
        )
