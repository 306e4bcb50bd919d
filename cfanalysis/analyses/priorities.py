"""Where to begin, and what to keep: Say, Do and gap beside the benchmark, in one order, with their stability.

A subject is a Do item with its Say: its pair's, or, for an item without one, that of its dimension. All scores are on 0
to 100, and everything is in points:

    strength     how far Do lies above the benchmark's mean, or how much narrower the gap is than the benchmark's,
                 where Do is not below it: to promise and do little alike is no strength, and a high Say alone is a
                 promise
    opportunity  how far Do, or Say, lies below the top quartile's mean (below the benchmark's where no top quartile is
                 shown for some subject), or how far Do falls short of Say; times the importance of the subject. Say
                 counts only in a pair: a dimension's Say is not about this practice

Of each subject the largest counts, and names what the subject stands there for. Importance is Pearson's correlation of
the Do item with the criterion over the study's organizations, at least .1: an association, not an effect. Where nothing
lies above the benchmark the strengths are the highest Do scores, and are so named.

An order of 24 items from a dozen people is uncertain. The respondents are resampled with replacement (bootstrap; Efron
1979) 1,000 times, and each time the first three are recorded: a subject's stability is the share of samples in which it
is among them. Where only frequency tables exist each item's mean is drawn from its normal approximation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.benchmark_comparison import client_measures, latest_responses
from cfanalysis.analyses.respondent_scores import item_answers
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence
from cfanalysis.scoring.means import index_scores, item_scores, one_wave, organizations_only
from cfanalysis.statistics.effects.one_sample import correlation
from cfanalysis.survey.confidentiality import may_show_deciles, may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

Floats = NDArray[np.float64]
PRIORITIES_SHOWN = 3
KINDS = ("do", "say", "gap")
STEPS = ((0.8, message("firm")), (0.5, message("fair")), (0.0, message("tentative")))
"""How sure a place among the first three is: the least share of samples, and its mark."""

_LEAST_IMPORTANCE = 0.1
_NOTHING = 0.05
"""Points that are printed as 0.0."""

_REPETITIONS = 1000
_SEED = 2026
_STRENGTH_METHOD = message(
    "A strength is a practice (Do), or a narrow gap where the practice is not below the benchmark, by its points "
    "better than the benchmark's mean; an intention alone is none."
)
PRIORITY_METHOD = {
    ("the top quartile", True): message(
        "An opportunity is what falls short of the top quartile, or of your own intention, by its points times the "
        "subject's importance (its correlation with the criterion over organizations, at least {least}); an intention "
        "counts where it was asked in a pair with the practice."
    ),
    ("the benchmark", True): message(
        "An opportunity is what falls short of the benchmark, or of your own intention, by its points times the "
        "subject's importance (its correlation with the criterion over organizations, at least {least}); an intention "
        "counts where it was asked in a pair with the practice."
    ),
    ("the top quartile", False): message(
        "An opportunity is what falls short of the top quartile, or of your own intention, by its points; an intention "
        "counts where it was asked in a pair with the practice."
    ),
    ("the benchmark", False): message(
        "An opportunity is what falls short of the benchmark, or of your own intention, by its points; an intention "
        "counts where it was asked in a pair with the practice."
    ),
}
"""How opportunities are found: what they are held against, and whether importance counts."""


@dataclass(frozen=True)
class Priorities:
    """Strengths and opportunities of one client.

    Parameters
    ----------
    frame
        One row per subject: ``item, reverse, paired`` (with a Say of its own), ``title, text, dimension`` (title),
        ``practice`` (title; "" where untagged),
        ``about`` (of the practice), ``do, say, gap`` (scores), ``do_benchmark, say_benchmark, gap_benchmark`` (means;
        missing where there is none), ``do_best, say_best`` (what they are held against), ``importance`` (0-1),
        ``n``; for each order ``strength, strength_kind`` and ``opportunity, opportunity_kind`` (points, weighted; what
        they stand for), ``strength_stability, opportunity_stability`` (0-1; missing where respondents are too few).
    strengths, opportunities
        Up to three rows of `frame` each, first things first. No subject is in both.
    above
        Whether the strengths lie above the benchmark; else they are the highest Do scores.
    best
        What opportunities are held against: ``"the top quartile"`` or ``"the benchmark"``.
    weighted
        Whether importance entered; False where organizations are too few for it.
    people
        Whether respondents were drawn; False where only each item's mean could be.
    repetitions, method, source
        Of the resampling; how; where the data come from.
    """

    frame: pd.DataFrame
    strengths: pd.DataFrame
    opportunities: pd.DataFrame
    above: bool
    best: str
    weighted: bool
    people: bool
    repetitions: int
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
    """Return strengths and opportunities of a client; None where none of its Do items may be shown.

    Parameters
    ----------
    extract
        The client's extract.
    repetitions, seed
        Of the resampling; the same seed gives the same stability.
    """
    table = _subjects(extract)
    if table.empty:
        return None
    own = table["say"].to_numpy(float), table["do"].to_numpy(float)
    drawn = _resampled_scores(extract, _ids(table), repetitions, seed)
    for order, points in _orders(table, *own).items():
        table[order] = points.max(axis=-1)
        table[f"{order}_kind"] = np.array(KINDS)[points.argmax(axis=-1)]
    if drawn is not None:
        for order, points in _orders(table, *_say_do(table, drawn)).items():
            table[f"{order}_stability"] = _among_first(points.max(axis=-1))
    strengths = _first(table[table["strength"] > _NOTHING], "strength")
    rest = table[~table["item"].isin(strengths["item"])]
    opportunities = _first(rest[rest["opportunity"] > _NOTHING * rest["importance"]], "opportunity")
    above, weighted = bool(len(strengths)), bool(len(extract.importance))
    left = rest[~rest["item"].isin(opportunities["item"])]
    best = "the top quartile" if table["top_known"].all() else "the benchmark"
    return Priorities(
        table,
        strengths if above else _first(left, "do"),
        opportunities,
        above,
        best,
        weighted,
        extract.raw_responses is not None,
        repetitions,
        running_text(
            translated(_STRENGTH_METHOD),
            sentence(PRIORITY_METHOD[best, weighted], least=_LEAST_IMPORTANCE),
            translated("Each subject counts once."),
        ),
        extract.source,
    )


def stability_mark(share: float) -> str:
    """Return how sure a place among the first three is; "" where that is not known.

    Examples
    --------
    >>> stability_mark(0.8), stability_mark(0.64), stability_mark(0.2), stability_mark(float("nan"))
    ('firm', 'fair', 'tentative', '')
    """
    return next((mark for least, mark in STEPS if share >= least), "")


def _subjects(extract: ClientExtract) -> pd.DataFrame:
    """Return the client's Do items with their Say, benchmark, top quartile, importance and practice."""
    instrument = extract.instrument
    own = client_measures(extract, "item").set_index("name").to_dict("index")
    weights = extract.importance.set_index("item")["importance"] if len(extract.importance) else None
    practices = {p.id: p for p in instrument.practices}
    dimensions = {d.id: d.title for d in instrument.dimensions}
    rows = []
    for item in instrument.gap_items:
        say = say_items(instrument, item.id)
        if item.facet != "do" or not {item.id, *say} <= own.keys():
            continue
        shown = practices.get(item.practices[0]) if item.practices else None
        do = own[item.id]
        intended = {
            column: np.round(sum(own[name][column] for name in say) / len(say), 1) if say else np.nan
            for column in ("score", "benchmark", "top")
        }
        rows.append(
            {
                "item": item.id,
                "reverse": item.reverse,
                "title": item.title,
                "text": item.text,
                "dimension": dimensions[item.dimension or ""],
                "practice": "" if shown is None else shown.title,
                "about": "" if shown is None else shown.about,
                "do": float(do["score"]),
                "say": float(intended["score"]),
                "say_items": tuple(say),
                "paired": item.pair is not None,
                "do_benchmark": float(do["benchmark"]),
                "say_benchmark": float(intended["benchmark"]),
                "do_best": float(do["top"]),
                "say_best": float(intended["top"]),
                "importance": 1.0
                if weights is None
                else max(_LEAST_IMPORTANCE, float(weights.get(item.id, 0.0))),
                "n": int(do["n"]),
                "strength_stability": np.nan,
                "opportunity_stability": np.nan,
            }
        )
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    known = table[["do_best", "say_best"]].notna().all(axis=1)
    if not known.all():  # one yardstick for all subjects
        table[["do_best", "say_best"]] = table[["do_benchmark", "say_benchmark"]]
    return table.assign(
        top_known=known,
        gap=(table["say"] - table["do"]).round(1),
        gap_benchmark=(table["say_benchmark"] - table["do_benchmark"]).round(1),
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


def _orders(table: pd.DataFrame, say: Floats, do: Floats) -> dict[str, Floats]:
    """Return each subject's points as strength and as opportunity by `KINDS` (last axis), for one or many samples."""
    mean, best = (
        {facet: table[f"{facet}_{name}"].to_numpy(float) for facet in ("say", "do")}
        for name in ("benchmark", "best")
    )
    lead = do - mean["do"]
    paired = table["paired"].to_numpy(float)
    narrower = np.where(lead >= 0, mean["say"] - say + lead, 0.0)
    strength = np.stack([lead, np.zeros_like(lead), narrower], axis=-1)
    short = np.stack([best["do"] - do, (best["say"] - say) * paired, say - do], axis=-1)
    weight = table["importance"].to_numpy(float)[:, None]
    return {
        name: np.nan_to_num(np.maximum(points, 0)).round(6)
        for name, points in (("strength", strength), ("opportunity", short * weight))
    }


def _among_first(values: Floats) -> Floats:
    """Return the share of samples (rows) in which each item (column) is among the first three."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :PRIORITIES_SHOWN]
    return np.bincount(order.ravel(), minlength=values.shape[1]) / len(values)


def _first(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the first three by value."""
    ranked = table.sort_values([name, "item"], ascending=[False, True], kind="stable")
    return ranked.head(PRIORITIES_SHOWN).reset_index(drop=True)


def _ids(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*table["item"], *(i for items in table["say_items"] for i in items)]))


def _resampled_scores(
    extract: ClientExtract, items: list[str], repetitions: int, seed: int
) -> pd.DataFrame | None:
    """Return item scores of resampled respondents: one row per sample; None where they are too few to be shown."""
    rng = np.random.default_rng(seed)
    if not may_show_distribution(extract.n, extract.instrument.minima):
        return None
    if extract.raw_responses is None:
        return _scores_from_shares(extract, items, repetitions, rng)
    people = latest_responses(extract)
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
