"""Answer shares become means and scores.

A mean is in the scale's points. A score is the same on 0 to 100: score = 100 (x - min) / (max - min). An
index follows the formula that the instrument names:

=====================  =====================================================================================
``mean``               mean of the items' 0-100 scores
``percent_positive``   mean of the items' percentages of answers at or above `positive_from`
``top2box``            the same of the two highest answers
``nps``                percentage of 9 and 10 minus percentage of 0 to 6, on 0-10 (Reichheld 2003); from -100 to 100
``ukcsi``              mean of 1-10 ratings times 10 (Institute of Customer Service, UK Customer Satisfaction
                       Index)
``acsi``               mean of 1-10 ratings on 0-100, items weighted equally (American Customer Satisfaction
                       Index, unweighted form)
=====================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence
from cfanalysis.survey.instrument import Index, Instrument

INDEX_FORMULAS = {
    "mean": message("The mean of its items on 0 to 100."),
    "percent_positive": message("The percentage of positive answers."),
    "top2box": message("The percentage of the two highest answers."),
    "nps": message(
        "The percentage of 9 and 10 minus the percentage of 0 to 6, from \N{MINUS SIGN}100 to 100."
    ),
    "ukcsi": message("The mean of ratings from 1 to 10, times 10 (UKCSI)."),
    "acsi": message("The mean of ratings from 1 to 10, stretched to 0 to 100 (ACSI, equal weights)."),
}
"""What each formula of an index is, in a sentence."""

Floats = NDArray[np.float64]
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
    """Return `item_means` with a column ``score`` (0-100).

    Parameters
    ----------
    shares
        Answer shares, as from `count_shares`.
    instrument
        Its scales give the lowest and highest answer of each item.

    Returns
    -------
    DataFrame
        As from `item_means`, with ``score``: the mean as a share of its scale's range, in per cent.
    """
    means, scales = item_means(shares), {i.id: instrument.scale_of(i.id) for i in instrument.rated_items}
    ends = ({name: getattr(scale, end) for name, scale in scales.items()} for end in ("min", "max"))
    low, high = (means["item"].map(of).astype("float64") for of in ends)
    return means.assign(score=100 * (means["mean"] - low) / (high - low))


def score_unit(instrument: Instrument, shown: Collection[str]) -> str:
    """Return in a sentence what scores run from and to; a net promoter score runs from -100.

    Parameters
    ----------
    instrument
        What the survey asks.
    shown
        Ids of the indices among the scores.
    """
    net = ", ".join(i.title for i in instrument.indices if i.formula == "nps" and i.id in shown)
    return sentence(
        "Scores from 0 to 100; {net} from \N{MINUS SIGN}100 to 100." if net else "Scores from 0 to 100.",
        net=net,
    )


def index_scores(shares: pd.DataFrame, instrument: Instrument, index: Index) -> pd.DataFrame:
    """Return an index for every organization and wave that has all its items.

    Parameters
    ----------
    shares
        Answer shares, as from `count_shares`.
    instrument
        Its scales give the lowest and highest answer of each item.
    index
        The index: its items and its formula.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, score`` (as `answer_points`), ``n`` (fewest valid answers to one of its items).
    """
    chosen = shares[shares["item"].isin(index.items)]
    parts = []
    for name in index.items:
        own = chosen[chosen["item"] == name]
        points, low = answer_points(instrument, index, name), instrument.scale_of(name).min
        parts.append(own.assign(score=own["share"] * points[own["category"].to_numpy(int) - low]))
    items = pd.concat(parts).groupby([*UNIT, "item"], sort=False, as_index=False)
    scores = items.agg(score=("score", "sum"), n=("n", "first"))
    means = scores.groupby(UNIT, sort=True, as_index=False).agg(
        score=("score", "mean"), n=("n", "min"), n_items=("item", "size")
    )
    complete = means[means["n_items"] == len(index.items)].drop(columns="n_items")
    return complete.reset_index(drop=True)


def set_scores(
    shares: pd.DataFrame, instrument: Instrument, sets: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return the mean score of each set of items for every organization and wave that has all items of the set.

    Parameters
    ----------
    shares
        Answer shares, as from `count_shares`.
    instrument
        Its scales give the lowest and highest answer of each item.
    sets
        The items of each set by its name; an item can be in several.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, name, score`` (0-100), ``n`` (fewest valid answers to one of its items).
    """
    pairs = pd.DataFrame([(name, i) for name, items in sets.items() for i in items], columns=["name", "item"])
    scores = item_scores(shares[shares["item"].isin(pairs["item"])], instrument).merge(pairs, on="item")
    table = scores.groupby([*UNIT, "name"], as_index=False).agg(
        score=("score", "mean"), n=("n", "min"), size=("item", "size")
    )
    complete = table["size"] == table["name"].map({name: len(items) for name, items in sets.items()})
    return table[complete].drop(columns="size")


def set_scores_side_by_side(
    shares: pd.DataFrame, instrument: Instrument, sets: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return the scores of `set_scores` in a column each, where an organization has all sets, and the fewest ``n``.

    Parameters
    ----------
    shares, instrument, sets
        As for `set_scores`.
    """
    table = set_scores(shares, instrument, sets)
    wide = table.pivot(index=UNIT, columns="name", values="score").reindex(columns=list(sets)).dropna()
    return wide.assign(n=table.groupby(UNIT)["n"].min()).reset_index()


def index_of_shares(shares: Mapping[str, Floats], instrument: Instrument, index: Index) -> Floats:
    """Return an index of answer shares that are held as arrays; see `index_scores`.

    Parameters
    ----------
    shares
        For each of the index's items the shares of its categories, lowest first, shape (..., categories); NaN where
        nobody answered.
    instrument, index
        What the survey asks.

    Returns
    -------
    numpy.ndarray
        As `answer_points`, shape (...); NaN where an item is missing.
    """
    scores = [(shares[name] * answer_points(instrument, index, name)).sum(axis=-1) for name in index.items]
    return np.asarray(np.mean(scores, axis=0))


def answer_points(instrument: Instrument, index: Index, item: str) -> Floats:
    """Return what each answer to an item counts in an index, lowest answer first.

    Parameters
    ----------
    instrument, index
        What the survey asks.
    item
        Id of one of the index's items.

    Returns
    -------
    numpy.ndarray
        Points, 0 to 100 (net promoter score: -100 to 100), shape (categories,).
    """
    scale = instrument.scale_of(item)
    answers = np.arange(scale.min, scale.max + 1, dtype=float)
    match index.formula:
        case "percent_positive":
            return np.where(answers >= (index.positive_from or 0), 100.0, 0.0)
        case "top2box":
            return np.where(answers >= scale.max - 1, 100.0, 0.0)
        case "nps":
            return 100.0 * (answers >= 9) - 100.0 * (answers <= 6)
        case "ukcsi":
            return 10 * answers
    return 100 * (answers - scale.min) / (scale.max - scale.min)


def one_wave(frame: pd.DataFrame, order: Sequence[str], which: WhichWave) -> pd.DataFrame:
    """Return each organization's rows of its first or its latest wave.

    Parameters
    ----------
    frame
        A frame with ``organization`` and ``wave``.
    order
        The waves, first to last.
    which
        ``"latest"`` everywhere, unless another is asked for; ``"first"`` is a row of the robustness table.
    """
    kept = in_one_wave(frame, order, which)
    return (frame if kept.all() else frame[kept]).reset_index(drop=True)


def in_one_wave(frame: pd.DataFrame, order: Sequence[str], which: WhichWave) -> NDArray[np.bool_]:
    """Return which rows `one_wave` keeps.

    Parameters
    ----------
    frame
        A frame with ``organization`` and ``wave``.
    order
        The waves, first to last; rows of any other wave are not kept.
    which
        ``"latest"`` or ``"first"``.

    Returns
    -------
    numpy.ndarray
        One boolean for each row.
    """
    owner, owners = text_codes(frame["organization"])
    wave, waves = text_codes(frame["wave"])
    rank = pd.Index(list(order), dtype="str").get_indexer(waves).astype(np.int32)
    # The last place is for waves that nobody knows.
    there = np.zeros((len(owners), len(order) + 1), dtype=bool)
    there[owner, rank[wave]] = True
    known = there[:, :-1]
    edge = known.argmax(axis=1) if which == "first" else len(order) - 1 - known[:, ::-1].argmax(axis=1)
    kept = np.zeros((len(owners), len(waves)), dtype=bool)
    kept[:] = (rank == edge[:, None]) & (rank >= 0)
    return np.asarray(kept[owner, wave])


def text_codes(texts: pd.Series) -> tuple[NDArray[np.int32], pd.Index]:
    """Return for each text the number of its distinct text, and these in the order in which they appear."""
    number, found = pd.factorize(texts)
    return number.astype(np.int32), found


def organizations_only(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of organizations: totals are shown, never ranked or pooled."""
    kept = (frame["kind"] == "organization").to_numpy()
    return (frame if kept.all() else frame[kept]).reset_index(drop=True)
