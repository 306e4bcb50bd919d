"""The arrays of a verdict as they are given, checked and laid out: shares, facets, criterion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cfanalysis.core.errors import AnalysisError

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

FACETS = ("say", "do")
SHARE_TOLERANCE = 1e-9
"""How far a share may lie outside 0 to 1, or a cumulative share rise, through rounding."""


def stacked_shares(cumulative: ArrayLike | Sequence[ArrayLike]) -> Floats:
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


def which_are_do(facets: ArrayLike, *, items: int) -> Booleans:
    """Return which items belong to Do, shape (items,).

    Parameters
    ----------
    facets
        ``"say"`` or ``"do"`` for each item, in any case.
    items
        Number of items.

    Raises
    ------
    AnalysisError
        Not one facet for each item, an unknown facet, or one facet only.
    """
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


def stacked_criterion(criterion: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Return the criterion as an array of shape (halvings, organizations).

    Parameters
    ----------
    criterion
        One number for each organization, or one row of them for each halving.
    shape
        The shape that it must have.

    Raises
    ------
    AnalysisError
        It is not made of numbers, or has another shape.
    """
    try:
        values = np.atleast_2d(np.asarray(criterion, dtype=float))
    except (TypeError, ValueError):
        raise AnalysisError("The criterion is not made of numbers.", value=criterion) from None
    if values.shape != shape:
        raise AnalysisError(
            "The criterion does not have one value for each organization (and halving) of the shares.",
            value=values.shape,
            allowed=shape,
        )
    return values


def check_shares(shares: Floats, places: NDArray[np.intp]) -> None:
    """Check that cumulative shares lie within 0 to 1 and do not rise from one answer option to the next.

    Parameters
    ----------
    shares
        Share of answers above each threshold, shape (organizations, items, thresholds), no missing values.
    places
        Position of each organization in the input, from 0, for messages.

    Raises
    ------
    AnalysisError
        A share lies outside 0 to 1, or shares rise.
    """
    if shares.min() < -SHARE_TOLERANCE or shares.max() > 1 + SHARE_TOLERANCE:
        raise AnalysisError(
            "A cumulative share lies outside 0 to 1.",
            value=f"{shares.min():g} to {shares.max():g}",
            next_step="Give shares, not percentages or counts.",
        )
    rise = np.diff(shares, axis=2)
    if rise.size and rise.max() > SHARE_TOLERANCE:
        j, k, c = (int(i) for i in np.argwhere(rise > SHARE_TOLERANCE)[0])
        raise AnalysisError(
            "Cumulative shares rise from one answer option to the next.",
            where=f"organization {places[j] + 1}, item {k + 1}, option {c + 2}",
            allowed="the share of answers above each option, lowest option first",
        )
