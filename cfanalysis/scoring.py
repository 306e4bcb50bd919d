"""Answer shares become means and scores.

A mean is in the scale's points. A score is the same on 0 to 100: score = 100 (x - min) / (max - min). An
index follows the formula that the instrument names:

=====================  =====================================================================================
``mean``               mean of the items' 0-100 scores
``percent_positive``   mean of the items' percentages of answers at or above `positive_from`
``ukcsi``              mean of 1-10 ratings times 10 (Institute of Customer Service, UK Customer Satisfaction
                       Index)
``acsi``               mean of 1-10 ratings on 0-100, items weighted equally (American Customer Satisfaction
                       Index, unweighted form)
=====================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from cfanalysis.instrument import Index, Instrument

WhichWave = Literal["first", "latest"]
UNIT = ["organization", "wave", "kind"]


def item_means(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of every item of every organization and wave.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, item, mean`` (scale points), ``n`` (valid answers).

    Examples
    --------
    >>> shares = pd.DataFrame({"organization": "A", "wave": "1", "kind": "organization", "item": "q",
    ...                        "category": [1, 2, 3], "share": [0.5, 0.25, 0.25], "n": 4, "n_dont_know": 0})
    >>> float(item_means(shares)["mean"].iloc[0])
    1.75
    """
    part = shares.assign(mean=shares["share"] * shares["category"])
    return part.groupby([*UNIT, "item"], sort=False, as_index=False).agg(
        mean=("mean", "sum"), n=("n", "first")
    )


def item_scores(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return `item_means` with a column ``score`` (0-100)."""
    means = item_means(shares)
    low = (
        means["item"]
        .map({i.id: instrument.scale_of(i.id).min for i in instrument.rated_items})
        .astype("float64")
    )
    high = (
        means["item"]
        .map({i.id: instrument.scale_of(i.id).max for i in instrument.rated_items})
        .astype("float64")
    )
    return means.assign(score=100 * (means["mean"] - low) / (high - low))


def index_scores(shares: pd.DataFrame, instrument: Instrument, index: Index) -> pd.DataFrame:
    """Return an index for every organization and wave that has all its items.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, score`` (0-100), ``n`` (fewest valid answers to one of its items).
    """
    chosen = shares[shares["item"].isin(index.items)]
    if index.formula == "percent_positive":
        positive = chosen[chosen["category"] >= (index.positive_from or 0)]
        values = positive.groupby([*UNIT, "item"], sort=False)["share"].sum().mul(100).rename("score")
        n = chosen.groupby([*UNIT, "item"], sort=False)["n"].first()
        scores = pd.concat([values, n], axis=1).reset_index()
    elif index.formula == "ukcsi":
        scores = item_means(chosen).assign(score=lambda t: 10 * t["mean"])
    else:
        scores = item_scores(chosen, instrument)
    means = scores.groupby(UNIT, sort=True, as_index=False).agg(
        score=("score", "mean"), n=("n", "min"), n_items=("item", "size")
    )
    complete = means[means["n_items"] == len(index.items)].drop(columns="n_items")
    return complete.reset_index(drop=True)


def one_wave(frame: pd.DataFrame, order: Sequence[str], which: WhichWave) -> pd.DataFrame:
    """Return each organization's rows of its first or its latest wave.

    Parameters
    ----------
    frame
        A frame with ``organization`` and ``wave``.
    order
        The waves, first to last.
    which
        ``"first"`` (the verdict) or ``"latest"`` (client reports, benchmarks, charts).
    """
    rank = frame["wave"].map({wave: i for i, wave in enumerate(order)})
    edge = rank.groupby(frame["organization"]).transform("min" if which == "first" else "max")
    return frame[rank == edge].reset_index(drop=True)


def ranked_only(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of organizations: totals are shown, never ranked or pooled."""
    return frame[frame["kind"] == "organization"].reset_index(drop=True)


def mean_of_columns(frame: pd.DataFrame) -> np.ndarray:
    """Return the row means, missing where any column is missing."""
    return np.asarray(frame.to_numpy(dtype=float, na_value=np.nan).mean(axis=1))
