"""Where to begin, and what to keep: gap, importance and distance to the top quartile in one order, with uncertainty.

For each Do item k of an organization, all scores on 0 to 100:

    gap_k         Say minus Do: of its pair, or, for an item without one, the dimension's Say minus the item
    importance_k  Pearson's correlation of the item with the criterion over the study's organizations, at least 0
    distance_k    mean of the top quartile minus the organization's score

    opportunity_k = max(gap_k, 0) x importance_k x max(distance_k, 0) / 100
    strength_k    = lead_k x importance_k, lead_k being the score minus the benchmark's mean; lead_k alone where
                    it is below 0, as importance would turn the order round

So an opportunity is a practice that falls short of the organization's own word and of the best, on a subject that is
associated with performance; a strength lies above the benchmark on such a subject. Importance is an association over
organizations, not an effect.

An order of 24 items from a dozen people is uncertain. The respondents are resampled with replacement (bootstrap; Efron
1979) 1,000 times, and each time the first three are recorded: an item's stability is the share of samples in which it
is among them. Where only frequency tables exist each item's mean is drawn from its normal approximation. With one
respondent there is no stability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.benchmark_comparison import benchmark_aggregate, client_measures, latest_responses
from cfanalysis.analyses.respondent_scores import item_answers
from cfanalysis.scoring.means import index_scores, item_scores, one_wave, organizations_only
from cfanalysis.statistics.effects.one_sample import correlation
from cfanalysis.survey.confidentiality import may_show_deciles
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

Floats = NDArray[np.float64]
PRIORITIES_SHOWN = 3
_REPETITIONS = 1000
_SEED = 2026
STABLE = 0.5
PRIORITY_METHOD = (
    "Opportunity: gap × importance × distance to the top quartile; strength: lead over the benchmark × importance. "
    "Importance is the item's correlation with the criterion over organizations, an association and no effect. "
    "Stability is the share of 1,000 samples of respondents, drawn with replacement, in which an item is among the "
    "first three."
)


@dataclass(frozen=True)
class Priorities:
    """Strengths and opportunities of one client.

    Parameters
    ----------
    frame
        One row per Do item: ``item, reverse, title, text, dimension`` (title), ``practice`` (title; "" where untagged),
        ``about`` (of the practice), ``score, say, gap, benchmark`` (mean), ``top`` (the benchmark's mean where
        the top quartile is too small to be shown: ``top_known``), ``distance, lead`` (0-100),
        ``importance`` (0-1), ``opportunity, strength`` (the orders' values), ``opportunity_stability,
        strength_stability`` (0-1; missing where there is one respondent), ``n``.
    strengths, opportunities
        Up to three rows of `frame` each, first things first; ``stable`` says whether at least half of the samples
        agree. No item is in both.
    weighted
        Whether importance entered; False where organizations are too few for it.
    people
        Whether respondents were drawn; False where only each item's mean could be.
    n, repetitions, seed, method, source
        Respondents; of the resampling; how; where the data come from.
    """

    frame: pd.DataFrame
    strengths: pd.DataFrame
    opportunities: pd.DataFrame
    weighted: bool
    people: bool
    n: int
    repetitions: int
    seed: int
    method: str
    source: Source


def item_importance(survey: Survey) -> pd.DataFrame:
    """Return the correlation of each Do item with the criterion over organizations, latest wave.

    Returns
    -------
    DataFrame
        ``item, importance, low, high`` (Pearson's r, Fisher's interval), ``n`` (organizations); empty where there is
        no criterion or there are fewer organizations than deciles need.
    """
    columns = ["item", "importance", "low", "high", "n"]
    index = survey.instrument.criterion_index
    items = [item.id for item in survey.instrument.gap_items if item.facet == "do"]
    if index is None or not items:
        return pd.DataFrame(columns=columns)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, "latest"))
    criterion = index_scores(shares, survey.instrument, index).set_index("organization")["score"]
    scores = item_scores(shares[shares["item"].isin(items)], survey.instrument)
    wide = scores.pivot(index="organization", columns="item", values="score")
    rows = []
    for item in items:
        both = pd.concat([wide.get(item, pd.Series(dtype=float)), criterion], axis=1, join="inner").dropna()
        if not may_show_deciles(len(both), survey.instrument.minima) or both.round(9).nunique().min() < 2:
            continue
        r = correlation(both.iloc[:, 0], both.iloc[:, 1])
        rows.append((item, r.estimate, r.low, r.high, len(both)))
    return pd.DataFrame(rows, columns=columns)


def priorities(
    extract: ClientExtract, *, repetitions: int = _REPETITIONS, seed: int = _SEED
) -> Priorities | None:
    """Return strengths and opportunities of a client; None where it has no Do item with a benchmark.

    Parameters
    ----------
    extract
        The client's extract.
    repetitions, seed
        Of the resampling; the same seed gives the same stability.
    """
    table = _items(extract)
    if table.empty:
        return None
    drawn = _resampled_scores(extract, _ids(table), repetitions, seed)
    say, do = _say_do(table, drawn) if drawn is not None else (None, None)
    values = _values(table, table["say"].to_numpy(float), table["score"].to_numpy(float))
    table = table.assign(**values)
    stability = {
        f"{name}_stability": np.nan
        if say is None or do is None
        else _among_first(_values(table, say, do)[name])
        for name in values
    }
    table = table.assign(**stability)
    opportunities = _first(table[table["opportunity"] > 0], "opportunity")
    rest = table[~table["item"].isin(opportunities["item"])]
    return Priorities(
        table,
        _first(rest, "strength"),
        opportunities,
        bool(len(extract.importance)),
        extract.raw_responses is not None,
        extract.n,
        repetitions,
        seed,
        PRIORITY_METHOD,
        extract.source,
    )


def _items(extract: ClientExtract) -> pd.DataFrame:
    """Return the client's Do items with Say, benchmark, top quartile, importance and practice."""
    instrument = extract.instrument
    own = client_measures(extract, "item").set_index("name")
    weights = extract.importance.set_index("item")["importance"] if len(extract.importance) else None
    practices = {p.id: p for p in instrument.practices}
    dimensions = {d.id: d.title for d in instrument.dimensions}
    rows = []
    for item in instrument.gap_items:
        say = say_items(instrument, item.id)
        if item.facet != "do" or item.id not in own.index or not set(say) <= set(own.index):
            continue
        beside = benchmark_aggregate(extract, "item", item.id)
        shown = practices.get(item.practices[0]) if item.practices else None
        top = beside["top"]
        rows.append(
            {
                "item": item.id,
                "reverse": item.reverse,
                "title": item.title,
                "text": item.text,
                "dimension": dimensions[item.dimension or ""],
                "practice": "" if shown is None else shown.title,
                "about": "" if shown is None else shown.about,
                "score": float(own["score"].loc[item.id]),
                "say": float(own["score"].loc[say].mean()),
                "say_items": tuple(say),
                "benchmark": beside["mean"],
                "top": top if np.isfinite(top) else beside["mean"],
                "top_known": bool(np.isfinite(top)),
                "importance": 1.0 if weights is None else max(0.0, float(weights.get(item.id, 0.0))),
                "n": int(own["n"].loc[item.id]),
            }
        )
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    table = table[table["benchmark"].notna()].reset_index(drop=True)
    return table.assign(
        gap=table["say"] - table["score"],
        distance=table["top"] - table["score"],
        lead=table["score"] - table["benchmark"],
    )


def say_items(instrument: Instrument, item_id: str) -> list[str]:
    """Return the Say items that a Do item is compared with: its pair's, or all of its dimension.

    Parameters
    ----------
    instrument
        What the survey asks.
    item_id
        Id of a Do item.

    Returns
    -------
    list of str
        Ids; empty where there is no such Say item.
    """
    item = instrument.item(item_id)
    same = [
        i
        for i in instrument.gap_items
        if i.facet == "say" and i.dimension == item.dimension and (item.pair is None or i.pair == item.pair)
    ]
    return [i.id for i in same]


def _values(table: pd.DataFrame, say: Floats, do: Floats) -> dict[str, Floats]:
    """Return opportunity and strength of each item (last axis), for one or many sets of scores."""
    importance = table["importance"].to_numpy(float)
    distance = np.maximum(table["top"].to_numpy(float) - do, 0)
    opportunity = np.maximum(say - do, 0) * importance * distance / 100
    lead = do - table["benchmark"].to_numpy(float)
    return {"opportunity": opportunity, "strength": np.where(lead > 0, lead * importance, lead)}


def _among_first(values: Floats) -> Floats:
    """Return the share of samples (rows) in which each item (column) is among the first three."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :PRIORITIES_SHOWN]
    return np.bincount(order.ravel(), minlength=values.shape[1]) / len(values)


def _first(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the first three by value, and whether the samples agree, to the whole per cent that is printed."""
    first = table.sort_values(name, ascending=False, kind="stable").head(PRIORITIES_SHOWN)
    return first.assign(stable=first[f"{name}_stability"].round(2) >= STABLE).reset_index(drop=True)


def _ids(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*table["item"], *(i for items in table["say_items"] for i in items)]))


def _resampled_scores(
    extract: ClientExtract, items: list[str], repetitions: int, seed: int
) -> pd.DataFrame | None:
    """Return item scores of resampled respondents: one row per sample; None where one person answered."""
    rng = np.random.default_rng(seed)
    if extract.raw_responses is None:
        return _scores_from_shares(extract, items, repetitions, rng)
    people = latest_responses(extract)
    if len(people) < 2:
        return None
    # By value: the same people in another order give the same samples.
    answers = item_answers(people, extract.instrument, [extract.instrument.item(i) for i in items])
    answers = answers.sort_values(items, ignore_index=True)
    values = answers.to_numpy(float)
    counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), size=repetitions)
    known = counts @ np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = counts @ np.nan_to_num(values) / known
    # A sample in which nobody answered an item keeps the item's own mean.
    own = np.nan_to_num(np.nanmean(values, axis=0)) if np.isfinite(values).any() else np.zeros(len(items))
    return pd.DataFrame(np.where(known > 0, means, own), columns=items)


def _scores_from_shares(
    extract: ClientExtract, items: list[str], repetitions: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return item scores drawn from the normal approximation of each mean."""
    columns = {}
    own = extract.shares[extract.shares["wave"] == extract.wave]
    for item in items:
        rows, scale = own[own["item"] == item], extract.instrument.scale_of(item)
        score = 100 * (rows["category"].to_numpy(float) - scale.min) / (scale.max - scale.min)
        share = rows["share"].to_numpy(float)
        mean = float(share @ score)
        variance = float(share @ (score - mean) ** 2) / max(int(rows["n"].iloc[0]) - 1, 1)
        columns[item] = mean + np.sqrt(variance) * rng.standard_normal(repetitions)
    return pd.DataFrame(columns)


def _say_do(table: pd.DataFrame, drawn: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return Say and Do of each item (columns) in each sample (rows)."""
    say = np.column_stack([drawn[list(items)].mean(axis=1) for items in table["say_items"]])
    return say, drawn[list(table["item"])].to_numpy(float)
