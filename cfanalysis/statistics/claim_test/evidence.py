"""What a verdict is reached on: cumulative answer shares, a criterion, and the two facets.

Everything starts from ``E[j, k, c]``, the share of organization j's respondents whose answer to item k lies
above the c-th answer option. It can be counted from responses or taken from a published frequency table, and
holds all that the test uses: the item mean is the lowest answer plus the sum of E over c.

This module checks the arrays once, leaves out and counts what is incomplete, and lays them out for the
computations: one common number of answer options (shorter grids padded), one stack of halvings (a single one
unless the criterion comes from other respondents of the same organizations).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.quartiles import in_top, normal_scores, rounded_criterion, top_cut

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

FACETS = ("say", "do")
TOLERANCE = 1e-9
"""How far a share may lie outside 0 to 1, or a cumulative share rise, through rounding."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The checked arrays; H halvings (1 unless other respondents give the criterion), n organizations.

    Parameters
    ----------
    shares
        E, shape (H, n, K, C); 0 where an item has fewer options.
    exists
        Which of the C thresholds each item has, shape (K, C).
    is_do
        Which items are of the facet Do, shape (K,).
    criterion
        Rounded to 9 decimals, shape (H, n).
    one_grid
        Whether all items, Say and Do, are answered on one grid.
    left_out
        Organizations that lacked an item or the criterion.
    kept
        Positions, in the input, of the n organizations that stayed.
    """

    shares: Floats
    exists: Booleans
    is_do: Booleans
    criterion: Floats
    one_grid: bool
    left_out: int
    kept: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of organizations."""
        return int(self.shares.shape[1])

    @property
    def unit(self) -> Floats:
        """What one answer step counts in a gap: 1 scale point; on mixed grids, percent of the item's range."""
        return np.ones(self.is_do.size) if self.one_grid else 100 / self.exists.sum(axis=1)

    @cached_property
    def item_means(self) -> Floats:
        """Item means above the lowest answer, shape (H, n, K), in answer steps."""
        return np.asarray(self.shares.sum(axis=3))

    @cached_property
    def scores(self) -> Floats:
        """Normal scores of the criterion, shape (H, n)."""
        return np.stack([normal_scores(c) for c in self.criterion])

    @cached_property
    def top(self) -> Booleans:
        """Who is in the top quartile, shape (H, n)."""
        return np.stack([in_top(c) for c in self.criterion])

    def facet_means(self, halving: int) -> tuple[Floats, Floats]:
        """Return Say and Do of each organization, shape (n,) each, above the lowest answer."""
        scaled = self.item_means[halving] * self.unit
        return scaled[:, ~self.is_do].mean(axis=1), scaled[:, self.is_do].mean(axis=1)


def gather(
    cumulative: ArrayLike | Sequence[ArrayLike],
    criterion: ArrayLike,
    facets: ArrayLike,
    *,
    same_grid: bool = True,
    composite: bool = False,
) -> Evidence:
    """Return the checked evidence; see `cfanalysis.statistics.claim_test.criterion_verdict` for the arguments.

    In composite mode the criterion may be made of the gap's own items.

    Raises
    ------
    AnalysisError
        Shapes that do not fit, shares outside 0 to 1 or rising, one facet only, a facet without any variation,
        a criterion without a top quartile or made of the gap's own items, fewer than 4 complete organizations.
    """
    shares = _stack(cumulative)
    is_do = _is_do(facets, items=shares.shape[2])
    values = _stacked_criterion(criterion, shares.shape[:2])
    exists = np.asarray(np.any([np.isfinite(halving).any(axis=0) for halving in shares], axis=0))
    if not exists[:, 0].all():
        item = int(np.flatnonzero(~exists[:, 0])[0])
        raise AnalysisError("An item has no answers at all.", where=f"item {item + 1} of {is_do.size}")
    complete = np.isfinite(values).all(axis=0)
    for halving in shares:
        complete &= (np.isfinite(halving) | ~exists).all(axis=(1, 2))
    kept = np.flatnonzero(complete)
    if kept.size < 4:
        raise AnalysisError(
            "There are too few organizations with all items and the criterion.",
            value=f"{kept.size} of {complete.size}",
            allowed="at least 4, for a verdict 40",
        )
    if kept.size < complete.size:
        shares = shares[:, kept]
    if not exists.all():
        shares = np.where(exists, shares, 0.0)
    _check_shares(shares)
    if shares.min() < 0 or shares.max() > 1:
        shares = np.clip(shares, 0.0, 1.0)
    evidence = Evidence(
        shares=shares,
        exists=exists,
        is_do=is_do,
        criterion=np.stack([rounded_criterion(c[kept]) for c in values]),
        one_grid=same_grid and len(set(exists.sum(axis=1).tolist())) == 1,
        left_out=int(complete.size - kept.size),
        kept=kept,
    )
    for values_of_halving in evidence.criterion:
        top_cut(values_of_halving)  # refuses a criterion that leaves nobody below the top quartile
    _check_variation(evidence)
    if not composite:
        _check_circularity(evidence)
    return evidence


def overall_score(cumulative: ArrayLike | Sequence[ArrayLike]) -> Floats:
    """Return the mean of all items of each organization, 0 to 1 of the scale; NaN where it lacks one.

    Parameters
    ----------
    cumulative
        As for `cfanalysis.statistics.claim_test.criterion_verdict`, without halvings.
    """
    shares = _stack(cumulative)[0]
    exists = np.isfinite(shares).any(axis=0)
    complete = (np.isfinite(shares) | ~exists).all(axis=(1, 2))
    levels = np.where(exists, shares, 0.0).sum(axis=2) / np.maximum(exists.sum(axis=1), 1)
    return np.where(complete, levels.mean(axis=1), np.nan)


def _stack(cumulative: ArrayLike | Sequence[ArrayLike]) -> Floats:
    """Return shares as (H, n, K, C), NaN where an item has fewer options than the largest grid."""
    if isinstance(cumulative, (list, tuple)) and all(isinstance(item, np.ndarray) for item in cumulative):
        items = [np.asarray(item, dtype=float) for item in cumulative]
        if not items or len({item.shape[:-1] for item in items}) != 1 or items[0].ndim not in (2, 3):
            raise AnalysisError(
                "A list of items must hold, for each, an array organizations x (options - 1).",
                value=[item.shape for item in items],
            )
        widest = max(item.shape[-1] for item in items)
        array = np.full((*items[0].shape[:-1], len(items), widest), np.nan)
        for k, item in enumerate(items):
            array[..., k, : item.shape[-1]] = item
    else:
        array = np.asarray(cumulative, dtype=float)
    if array.ndim == 3:
        array = array[None]
    if array.ndim != 4 or 0 in array.shape:
        raise AnalysisError(
            "The cumulative shares have the wrong shape.",
            value=array.shape,
            allowed="organizations x items x (options - 1), before it a stack of halvings if there is one",
        )
    return array


def _is_do(facets: ArrayLike, *, items: int) -> Booleans:
    names = np.char.lower(np.asarray(facets, dtype=str))
    if names.shape != (items,):
        raise AnalysisError("There is not one facet for each item.", value=names.shape, allowed=(items,))
    if strange := sorted(set(names.tolist()) - set(FACETS)):
        raise AnalysisError("A facet is unknown.", value=", ".join(strange), allowed="say, do")
    if missing := [facet for facet in FACETS if facet not in names]:
        raise AnalysisError(
            f"There are no {missing[0].title()} items: a gap needs both facets.",
            value=f"{items} items, all {names[0].title()}",
            next_step="Take dimensions with Say and Do items.",
        )
    return np.asarray(names == "do")


def _stacked_criterion(criterion: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Return the criterion as (H, n)."""
    try:
        values = np.atleast_2d(np.asarray(criterion, dtype=float))
    except (TypeError, ValueError):
        raise AnalysisError("The criterion is not made of numbers.", value=criterion) from None
    if values.shape != shape:
        raise AnalysisError(
            "The criterion has not one value for each organization (and halving) of the shares.",
            value=values.shape,
            allowed=shape,
        )
    return values


def _check_shares(shares: Floats) -> None:
    """Raise an AnalysisError for what cannot be cumulative shares."""
    if shares.min() < -TOLERANCE or shares.max() > 1 + TOLERANCE:
        raise AnalysisError(
            "A cumulative share lies outside 0 to 1.",
            value=f"{shares.min():g} to {shares.max():g}",
            next_step="Give shares, not percentages or counts.",
        )
    for halving in shares:
        rise = np.diff(halving, axis=2)
        if rise.size and rise.max() > TOLERANCE:
            j, k, c = (int(i) for i in np.argwhere(rise > TOLERANCE)[0])
            raise AnalysisError(
                "Cumulative shares rise from one answer option to the next.",
                where=f"organization {j + 1}, item {k + 1}, option {c + 2}",
                allowed="the share of answers above each option, lowest option first",
            )


def _check_variation(evidence: Evidence) -> None:
    """Raise an AnalysisError where a facet has a single answer throughout."""
    constant = constant_items(evidence)
    for facet, chosen in (("Say", ~evidence.is_do), ("Do", evidence.is_do)):
        if constant[chosen].all():
            level = evidence.item_means[0, 0, chosen] / evidence.exists[chosen].sum(axis=1)
            place = {0.0: " at the bottom of the scale", 1.0: " at the top of the scale"}
            raise AnalysisError(
                f"All answers to the {facet} items are the same, in every organization: nothing can be "
                "compared.",
                value="the same answer" + place.get(float(level.mean()), ""),
            )


def constant_items(evidence: Evidence) -> Booleans:
    """Return the items to which everybody gave the same answer, shape (K,)."""
    mean = evidence.shares.mean(axis=1)
    inner = (mean > TOLERANCE) & (mean < 1 - TOLERANCE)
    return np.asarray(~inner.any(axis=(0, 2)))


def _check_circularity(evidence: Evidence) -> None:
    """Refuse a criterion that the gap's own items determine.

    A quartile cut on the items of the gap tests whether Do varies more than Say, not the claim. An exact
    linear function of many items shows only where there are clearly more organizations than items.
    """
    if evidence.criterion.shape[0] > 1 or evidence.n < 2 * evidence.is_do.size + 4:
        return
    design = np.column_stack([np.ones(evidence.n), evidence.item_means[0]])
    criterion = evidence.criterion[0] - evidence.criterion[0].mean()
    residual = criterion - design @ np.linalg.lstsq(design, criterion, rcond=None)[0]
    if residual @ residual < 1e-12 * (criterion @ criterion):
        raise AnalysisError(
            "The criterion is made of the gap's own items: quartiles cut on it find a gap where there is none.",
            next_step="Take an external outcome or performance items; or describe it in composite mode.",
        )
