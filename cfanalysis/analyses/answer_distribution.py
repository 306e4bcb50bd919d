"""How answers spread over the scale, item by item: what a mean hides.

Shares are means over organizations, each counting once, after they were made to sum to 1 within an
organization (published percentages are rounded). Reverse-keyed items are reversed first: the high end is the good one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only
from cfanalysis.survey.confidentiality import may_show_benchmark
from cfanalysis.survey.instrument import Instrument, Item
from cfanalysis.survey.survey_data import Source, Survey

_FEW = 3  # Do items, below which all items are shown


@dataclass(frozen=True)
class AnswerDistribution:
    """The answers to items that share one scale.

    Parameters
    ----------
    frame
        One row per item and category, items in the instrument's order, categories from lowest to highest: ``item``
        (id), ``title, section`` (title of the dimension, or empty), ``facet, category, share`` (0-1, sums to 1
        within an item), ``n`` (organizations), ``n_answers``.
    categories
        The points of the scale, lowest first.
    labels
        What each is called.
    n
        Organizations, the most for any item.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    source
        Where the data come from.
    """

    frame: pd.DataFrame
    categories: tuple[int, ...]
    labels: tuple[str, ...]
    n: int
    wave: WhichWave
    source: Source


def answer_distribution(
    survey: Survey, *, items: Sequence[str] = (), wave: WhichWave = "latest"
) -> AnswerDistribution:
    """Return how the answers to items spread over their scale.

    Parameters
    ----------
    survey
        The evidence.
    items
        Ids of items with one scale; none means the gap's Do items, or all rated ones where there are fewer than
        three of these. Of several scales the one that most of them have is taken.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        No item was answered by as many organizations as a benchmark needs.
    """
    instrument = survey.instrument
    chosen = _items_on_common_scale(instrument, items)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    shares = shares[shares["item"].isin([item.id for item in chosen])]
    whole = shares.groupby(["organization", "item"])["share"].transform("sum")
    shares = shares.assign(share=shares["share"] / whole).dropna(subset=["share"])
    cells = shares.groupby(["item", "category"], as_index=False).agg(
        share=("share", "mean"), n=("organization", "nunique"), n_answers=("n", "sum")
    )
    cells = cells[cells["n"].map(lambda n: may_show_benchmark(int(n), instrument.minima))]
    if cells.empty:
        raise AnalysisError("No item was answered by enough organizations to show how its answers spread.")
    scale = instrument.scale_of(chosen[0].id)
    return AnswerDistribution(
        frame=_labelled_cells(cells, chosen, instrument),
        categories=tuple(scale.categories),
        labels=tuple(scale.label(category) for category in scale.categories),
        n=int(cells["n"].max()),
        wave=wave,
        source=survey.source,
    )


def _items_on_common_scale(instrument: Instrument, items: Sequence[str]) -> list[Item]:
    """Return the items asked for, or the Do items, that have the most frequent scale among them."""
    do = list(instrument.select(role="gap", facet="do"))
    usual = do if len(do) >= _FEW else list(instrument.rated_items)
    wanted = [item for item in [instrument.item(i) for i in items] or usual if item.scale is not None]
    if not wanted:
        raise AnalysisError("There is no rated item, so no answers spread over a scale.")
    [(most, _)] = Counter(item.scale for item in wanted).most_common(1)
    return [item for item in wanted if item.scale == most]


def _labelled_cells(cells: pd.DataFrame, chosen: list[Item], instrument: Instrument) -> pd.DataFrame:
    titles = {d.id: d.title for d in instrument.dimensions}
    about = pd.DataFrame(
        [(i.id, i.title, titles.get(i.dimension or "", ""), i.facet or "") for i in chosen],
        columns=["item", "title", "section", "facet"],
    )
    table = about.merge(cells, on="item", how="inner")
    return table[["item", "title", "section", "facet", "category", "share", "n", "n_answers"]]
