"""The Say-Do gap: what an organization intends minus what it does.

Gap = Say - Do, each the mean of its items' means, in scale points; positive where intention runs ahead of
practice. Overall, only dimensions with both facets count. An organization that lacks a gap item has no
overall gap. On 0-100 a gap is 100 gap / (max - min).
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from cfanalysis.errors import AnalysisError
from cfanalysis.instrument import Instrument, Item
from cfanalysis.scoring import UNIT, item_scores, mean_of_columns

Scope = Literal["overall", "dimension", "pair"]
COLUMNS = [*UNIT, "name", "say", "do", "gap", "say_score", "do_score", "gap_score", "n"]


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
    wide = {v: scores.pivot(index=UNIT, columns="item", values=v) for v in ("mean", "score", "n")}
    parts = [_gap(name, say, do, wide) for name, say, do in _item_sets(instrument, scope)]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


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


def _gap(name: str, say: list[str], do: list[str], wide: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row of a scope for every organization and wave that has all its items."""

    def mean(value: str, items: list[str]) -> pd.Series:
        table = wide[value].reindex(columns=items)
        return pd.Series(mean_of_columns(table), index=table.index)

    frame = pd.DataFrame(
        {
            "say": mean("mean", say),
            "do": mean("mean", do),
            "say_score": mean("score", say),
            "do_score": mean("score", do),
            "n": wide["n"].reindex(columns=[*say, *do]).min(axis=1),
        }
    )
    frame = frame.dropna().assign(
        name=name, gap=lambda t: t["say"] - t["do"], gap_score=lambda t: t["say_score"] - t["do_score"]
    )
    return frame.reset_index().astype({"n": "int64"})
