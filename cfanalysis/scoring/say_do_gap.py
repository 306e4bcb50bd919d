"""The Say-Do gap: what an organization intends minus what it does.

Gap = Say - Do, each the mean of its items' means, in scale points; positive where intention runs ahead of
practice. Overall, only dimensions with both facets count. An organization that lacks a gap item has no
overall gap. On 0-100 a gap is 100 gap / (max - min).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

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
    wide = _Wide.of(scores)
    parts = [_gap(name, say, do, wide) for name, say, do in _item_sets(instrument, scope)]
    return pd.concat(parts, ignore_index=True)[GAP_COLUMNS]


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
class _Wide:
    """Means, scores and counts as arrays of shape (items, organizations): sixteen pairs cost hardly more than one."""

    index: pd.DataFrame
    items: dict[str, int]
    values: dict[str, np.ndarray]

    @classmethod
    def of(cls, scores: pd.DataFrame) -> _Wide:
        tables = {v: scores.pivot(index=UNIT, columns="item", values=v) for v in ("mean", "score", "n")}
        first = tables["mean"]
        items = {str(name): place for place, name in enumerate(first.columns)}
        arrays = {v: table.to_numpy(dtype=float, na_value=np.nan).T for v, table in tables.items()}
        return cls(first.index.to_frame(index=False), items, arrays)

    def rows(self, value: str, items: list[str]) -> np.ndarray:
        """Return the rows of some items; an item that nobody answered is missing everywhere."""
        absent = np.full(len(self.index), np.nan)
        table = self.values[value]
        return np.array([table[self.items[item]] if item in self.items else absent for item in items])


def _gap(name: str, say: list[str], do: list[str], wide: _Wide) -> pd.DataFrame:
    """Return one row of a scope for every organization and wave that has all its items."""
    columns: dict[str, Any] = {"n": wide.rows("n", [*say, *do]).min(axis=0)}
    for value, ending in (("mean", ""), ("score", "_score")):
        for facet, items in (("say", say), ("do", do)):
            # Along rows of organizations, so that the last digit is that of a mean over a row, too.
            columns[facet + ending] = np.ascontiguousarray(wide.rows(value, items).T).mean(axis=1)
        columns[f"gap{ending}"] = columns[f"say{ending}"] - columns[f"do{ending}"]
    known = np.isfinite(np.array(list(columns.values()))).all(axis=0)
    frame = wide.index[known].reset_index(drop=True)
    columns = {key: values[known] for key, values in columns.items()}
    complete: pd.DataFrame = frame.assign(name=name, **columns).astype({"n": "int64"})
    return complete
