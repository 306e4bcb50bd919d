"""The distribution of one client's answers, and which of its items stand out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.answer_distribution import AnswerDistribution
from cfanalysis.analyses.client_report import ClientScores, client_items, client_pairs
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Facet
from cfanalysis.survey.survey_data import ClientExtract, Source

_HOW_MANY = 4


@dataclass(frozen=True)
class Extremes:
    """The items with the highest and lowest scores, and the pairs with the widest gaps.

    Parameters
    ----------
    highest, lowest
        Rows of `cfanalysis.analyses.client_report.ClientScores`, at most four each, the extreme first.
    widest
        Pairs with gaps above 0, widest first, at most four.
    source
        Where the data come from.
    """

    highest: pd.DataFrame
    lowest: pd.DataFrame
    widest: pd.DataFrame
    source: Source


def client_distribution(extract: ClientExtract, facet: Facet) -> AnswerDistribution | None:
    """Return the distribution of a client's answers to the items of a facet; None where it may not be shown.

    An item is left out that fewer respondents answered than the minimum.

    Parameters
    ----------
    extract
        The client's extract.
    facet
        ``"say"`` or ``"do"``.
    """
    instrument = extract.instrument
    items = [item for item in instrument.gap_items if item.facet == facet]
    if not items or not may_show_distribution(extract.n, instrument.minima):
        return None
    chosen = [item for item in items if item.scale == items[0].scale]
    titles = {d.id: d.title for d in instrument.dimensions}
    about = pd.DataFrame(
        [(i.id, i.title, titles[i.dimension or ""], facet) for i in chosen],
        columns=["item", "title", "section", "facet"],
    )
    own = extract.shares[extract.shares["wave"] == extract.wave]
    own = own[own["n"].map(lambda n: may_show_distribution(int(n), instrument.minima))]
    frame = about.merge(own[["item", "category", "share", "n"]].rename(columns={"n": "n_answers"}), on="item")
    if frame.empty:
        return None
    scale = instrument.scale_of(items[0].id)
    labels = tuple(scale.label(category) for category in scale.categories)
    return AnswerDistribution(frame.assign(n=1), tuple(scale.categories), labels, 1, "latest", extract.source)


def extremes(extract: ClientExtract) -> Extremes | None:
    """Return a client's highest and lowest items and widest gaps; None where it has no items."""
    items: ClientScores = client_items(extract)
    if items.frame.empty:
        return None
    ranked = items.frame.sort_values(["score", "name"], ascending=[False, True])
    half = min(_HOW_MANY, len(ranked) // 2)
    pairs = client_pairs(extract).frame
    return Extremes(
        ranked.head(half).reset_index(drop=True),
        ranked.tail(half).iloc[::-1].reset_index(drop=True),
        pairs[pairs["score"] > 0].head(_HOW_MANY).reset_index(drop=True),
        extract.source,
    )
