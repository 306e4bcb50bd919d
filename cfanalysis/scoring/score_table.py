"""All scores of a study in one table: items, dimensions, pairs, the whole, and the indices.

This is what benchmarks are made of and what ``scores.parquet`` holds: one row per organization, wave and
measure. A measure is named by `scope` ("item", "dimension", "pair", "overall", "index"), `name` and `facet`
("say", "do", "gap", or "all" where there is no facet).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.scoring.means import UNIT, index_scores, item_scores
from cfanalysis.scoring.say_do_gap import ItemTable, Scope, table_gaps
from cfanalysis.survey.instrument import Instrument

MEASURE = ["scope", "name", "facet"]
MeasureKey = tuple[str, str, str]
"""The values of `MEASURE` that name one measure."""

SCORE_COLUMNS = [*UNIT, *MEASURE, "mean", "score", "n"]
GAP_SCOPES: tuple[Scope, ...] = ("overall", "dimension", "pair")


def score_table(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return every score of every organization and wave.

    Parameters
    ----------
    shares
        Answer shares, as from `count_shares`.
    instrument
        Says which items make a facet, a gap and an index.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, scope, name, facet, mean`` (scale points; missing for an index),
        ``score`` (0-100), ``n`` (valid answers to the item, or the fewest to one of the items).
    """
    scores = item_scores(shares, instrument)
    parts = [scores.rename(columns={"item": "name"}).assign(scope="item", facet="all")]
    if instrument.gap_dimensions:
        scopes, table = [s for s in GAP_SCOPES if s != "pair" or instrument.pairs], ItemTable.of(scores)
        parts += [_facets(table_gaps(table, instrument, s), s) for s in scopes]
    for index in instrument.indices:
        scores = index_scores(shares, instrument, index)
        parts.append(scores.assign(scope="index", name=index.id, facet="all", mean=np.nan))
    filled = [part[SCORE_COLUMNS] for part in parts if not part.empty]
    text = dict.fromkeys([*UNIT, *MEASURE], "str")
    return pd.concat(filled, ignore_index=True).astype({**text, "n": "int64"})


def _facets(gaps: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return gaps with one row per facet."""
    keys = [*UNIT, "name", "n"]
    parts = [
        gaps[[*keys, facet, f"{facet}_score"]]
        .rename(columns={facet: "mean", f"{facet}_score": "score"})
        .assign(scope=scope, facet=facet)
        for facet in ("say", "do", "gap")
    ]
    return pd.concat(parts, ignore_index=True)
