"""The Say-Do gap: what an organization intends minus what it does.

Gap = Say - Do, each the mean of its items' means, in scale points; positive where intention runs ahead of
practice. Overall, only dimensions with both facets count. An organization that lacks a gap item has no
overall gap. On 0-100 a gap is 100 gap / (max - min).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import UNIT, item_scores
from cfanalysis.survey.instrument import Instrument, Item

Scope = Literal["overall", "dimension", "pair"]
GAP_COLUMNS = [*UNIT, "name", "say", "do", "gap", "say_score", "do_score", "gap_score", "n"]


def say_do_gaps(shares: pd.DataFrame, instrument: Instrument, *, scope: Scope = "overall") -> pd.DataFrame:
    """Return Say, Do and gap of every organization and wave.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    scope
        ``"overall"``, or one row for each ``"dimension"`` or ``"pair"``.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, name`` (of the dimension or pair; "overall"), ``say, do, gap`` (scale
        points), ``say_score, do_score, gap_score`` (0-100), ``n`` (fewest valid answers to an item).
        Organizations that lack an item of a row's items do not have that row.

    Raises
    ------
    AnalysisError
        The instrument has no dimension with both Say and Do items.
    """
    if not instrument.gap_dimensions:
        raise AnalysisError(
            f"The instrument {instrument.id!r} has no gap: no dimension holds both Say and Do items.",
            next_step="Use it for data quality and measurement, or give items a facet and a dimension.",
        )
    scores = item_scores(shares[shares["item"].isin([i.id for i in instrument.gap_items])], instrument)
    return table_gaps(ItemTable.of(scores), instrument, scope)


def _item_sets(instrument: Instrument, scope: Scope) -> list[tuple[str, list[str], list[str]]]:
    """Return for each row of a scope its name, Say items and Do items."""
    if scope == "pair":
        return [(pair.id, [pair.say.id], [pair.do.id]) for pair in instrument.pairs]

    def ids(items: tuple[Item, ...], facet: str) -> list[str]:
        return [item.id for item in items if item.facet == facet]

    if scope == "overall":
        return [("overall", ids(instrument.gap_items, "say"), ids(instrument.gap_items, "do"))]
    sets = [(d.id, instrument.select(role="gap", dimension=d.id)) for d in instrument.gap_dimensions]
    return [(name, ids(items, "say"), ids(items, "do")) for name, items in sets]


@dataclass(frozen=True)
class ItemTable:
    """Means, scores and counts as arrays of shape (items, organizations): sixteen pairs cost hardly more than one.

    Parameters
    ----------
    index
        The organizations and waves.
    items
        The row of each item.
    values
        The arrays ``mean, score, n``.
    """

    index: pd.DataFrame
    items: dict[str, int]
    values: dict[str, np.ndarray]

    @classmethod
    def of(cls, scores: pd.DataFrame) -> ItemTable:
        """Return the table of scores as from `cfanalysis.scoring.means.item_scores`."""
        table = scores.pivot(index=UNIT, columns="item", values=["mean", "score", "n"])
        items = {str(name): place for place, name in enumerate(table["mean"].columns)}
        arrays = {v: table[v].to_numpy(dtype=float, na_value=np.nan).T for v in ("mean", "score", "n")}
        return cls(table.index.to_frame(index=False), items, arrays)

    def rows(self, value: str, items: list[str]) -> np.ndarray:
        """Return the rows of some items; an item that nobody answered is missing everywhere.

        Parameters
        ----------
        value
            Of which array.
        items
            Ids.
        """
        absent = np.full(len(self.index), np.nan)
        table = self.values[value]
        return np.array([table[self.items[item]] if item in self.items else absent for item in items])


def table_gaps(table: ItemTable, instrument: Instrument, scope: Scope) -> pd.DataFrame:
    """Return what `say_do_gaps` does from a table of items, for several scopes of which it is made once.

    Parameters
    ----------
    table
        Of all items of the gap; others may be in it.
    instrument, scope
        As for `say_do_gaps`.
    """
    sets = _item_sets(instrument, scope)
    parts = [_gap(say, do, table) for _, say, do in sets]
    places = [np.flatnonzero(np.isfinite(part).all(axis=0)) for part in parts]
    found = np.concatenate([part[:, known] for part, known in zip(parts, places, strict=True)], axis=1)
    names = np.repeat(np.array([name for name, _, _ in sets], dtype=object), [len(known) for known in places])
    frame = table.index.take(np.concatenate(places)).reset_index(drop=True)
    columns = dict(zip(GAP_COLUMNS[-7:], found, strict=True))
    complete: pd.DataFrame = frame.assign(name=names, **columns).astype({"name": "str", "n": "int64"})
    return complete[GAP_COLUMNS]


def _gap(say: list[str], do: list[str], table: ItemTable) -> np.ndarray:
    """Return the numbers of one row of a scope in every organization and wave, NaN where an item is missing."""
    columns: list[np.ndarray] = []
    for value in ("mean", "score"):
        # Along rows of organizations, so that the last digit is that of a mean over a row, too.
        means = [np.ascontiguousarray(table.rows(value, items).T).mean(axis=1) for items in (say, do)]
        columns += [*means, means[0] - means[1]]
    return np.array([*columns, table.rows("n", [*say, *do]).min(axis=0)])
