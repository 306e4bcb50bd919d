"""From wave to wave, with intervals.

People who answered in both waves, by their ids, are compared with themselves: the change of an organization has the
variance of its people's parts in the difference, which is that of the paired test where all answered twice and Welch's
where nobody did. Ids that mean nothing from wave to wave leave the interval as wide as that of independent samples.
Over organizations the change is paired: the same organizations in both waves.

A group that was chosen for its score in the first wave moves towards the mean in the next by chance alone (Galton
1886). For each quartile of the first wave, the change that this regression to the mean alone would give stands
beside the change that was seen: with r the correlation between the waves, ``(r s2/s1 - 1) (mean of the group - mean
of all)`` plus the change of all. The change of a selected group is never read as an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.analyses.respondent_scores import (
    facet_scores,
    lowest_value,
    respondent_values,
    with_respondent_interval,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import organizations_only
from cfanalysis.scoring.score_table import score_table
from cfanalysis.statistics.effects import Estimate, weighted_change
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.statistics.quartiles import QUARTILES, quartile_groups
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import PERSON, ClientExtract, Source, Survey

_METHOD = message(
    "Respondents who answered in both waves, by their ids, are compared with themselves, others count as independent "
    "samples; over organizations the change is that of the same organizations. A change is no effect of anything by "
    "itself."
)


_FACETS = {"say": message("Say"), "do": message("Do"), "gap": message("Say-Do gap")}


@dataclass(frozen=True)
class Trends:
    """All organizations from wave to wave.

    Parameters
    ----------
    waves
        One row per measure and wave: ``measure, scope, name, facet, wave, score, low, high`` (mean, 0-100, over the
        organizations that took part in both waves of `last_change`, so that it is the distance of two means), ``n``.
    changes
        One row per measure and pair of waves in a row: ``measure, scope, name, facet, before, after, change, low,
        high, p`` (paired, 0-100), ``n`` (organizations in both).
    selected
        One row per measure, pair of waves and quartile of the earlier one: ``measure, before, after, quartile,
        change`` (seen), ``by_regression`` (from regression to the mean and the change of all), ``n``.
    last_change
        The two last waves in a row that have organizations in common.
    n, method, source
        Organizations in both of these, how, and where the data come from.
    """

    waves: pd.DataFrame
    changes: pd.DataFrame
    selected: pd.DataFrame
    last_change: tuple[str, str]
    n: int
    method: str
    source: Source


@dataclass(frozen=True)
class ClientTrend:
    """One client from wave to wave, beside the benchmark.

    Parameters
    ----------
    waves
        One row per measure and wave: ``measure, scope, name, facet, wave, score, low, high`` (95 % interval over
        respondents; missing below the minimum), ``n`` (respondents), ``benchmark`` (mean of the wave's
        organizations), ``n_organizations``.
    changes
        One row per measure, latest wave against the one before: ``measure, scope, name, facet, before, after, change,
        low, high, score_before, score_after, benchmark`` (change of the organizations in both waves),
        ``n_organizations``.
    n, method, source
        Respondents of the latest wave, how, and where the data come from.
    """

    waves: pd.DataFrame
    changes: pd.DataFrame
    n: int
    method: str
    source: Source


def trend_measures(instrument: Instrument) -> dict[tuple[str, str, str], str]:
    """Return the measures that are followed, with their titles: Say, Do, gap, and the indices."""
    facets = {("overall", "overall", f): t for f, t in _FACETS.items()}
    followed = facets if instrument.gap_dimensions else {}
    return {**{("index", i.id, "all"): i.title for i in instrument.indices}, **followed}


def trends(survey: Survey) -> Trends:
    """Return how the organizations changed from wave to wave.

    Raises
    ------
    AnalysisError
        There is only one wave, or no organization took part in two in a row.
    """
    scores = organizations_only(score_table(survey.shares, survey.instrument))
    order = list(survey.source.waves)
    if len(order) < 2:
        raise AnalysisError("There is only one wave, so nothing changes.", value=", ".join(order))
    waves, changes, selected, tables = [], [], [], []
    steps: dict[tuple[str, str], int] = {}
    for key, title in trend_measures(survey.instrument).items():
        named = dict(zip(("measure", "scope", "name", "facet"), (title, *key), strict=True))
        chosen = (scores[["scope", "name", "facet"]] == list(key)).all(axis=1)
        wide = scores[chosen].pivot(index="organization", columns="wave", values="score")
        wide = wide.reindex(columns=order)
        tables.append((named, wide))
        for before, after in pairwise(order):
            both = wide[[before, after]].dropna()
            if len(both) < 2:
                continue
            steps[before, after] = max(len(both), steps.get((before, after), 0))
            widest = 100 - lowest_value(key, survey.instrument)
            mean = mean_estimate(both[after] - both[before]).cut_to(-widest, widest)
            step = {**named, "before": before, "after": after}
            changes.append({**step, **_bounds(mean, "change"), "p": mean.p, "n": len(both)})
            selected += [{**step, **row} for row in _selected(both[before], both[after])]
    if not changes:
        raise AnalysisError("No organizations took part in two waves in a row.", value=", ".join(order))
    last = max(steps, key=lambda step: order.index(step[1]))
    for named, wide in tables:
        panel = wide.dropna(subset=list(last))
        for wave in order:
            mean = mean_estimate(panel[wave].dropna()) if panel[wave].notna().any() else Estimate(np.nan)
            lowest = lowest_value((named["scope"], named["name"], named["facet"]), survey.instrument)
            mean = mean.cut_to(lowest, 100)
            waves.append({**named, "wave": wave, **_bounds(mean, "score"), "n": int(panel[wave].count())})
    w, c, s = (pd.DataFrame(rows) for rows in (waves, changes, selected))
    return Trends(w, c, s, last, steps[last], _METHOD, survey.source)


def followed_measures(waves: pd.DataFrame) -> list[str]:
    """Return the measures of waves that a chart shows unless others are asked for: Say, Do and gap, or four indices."""
    facets = waves[waves["scope"] == "overall"]
    return list((facets if len(facets) else waves)["measure"].drop_duplicates())[
        : 4 if facets.empty else None
    ]


def client_trend(extract: ClientExtract) -> ClientTrend | None:
    """Return the client's waves and its last change; None where it has followed scores of one wave at most."""
    measures = trend_measures(extract.instrument)
    followed = pd.MultiIndex.from_frame(extract.scores[["scope", "name", "facet"]]).isin(list(measures))
    waves = [w for w in extract.source.waves if (extract.scores.loc[followed, "wave"] == w).any()]
    if len(waves) < 2 or not measures:
        return None
    rows, changes = [], []
    people, beside = _people(extract, waves), _benchmarks(extract)
    minima, unknown = extract.instrument.minima, {"benchmark": np.nan, "n_organizations": np.nan}
    for key, title in measures.items():
        named = dict(zip(("measure", "scope", "name", "facet"), (title, *key), strict=True))
        lowest = lowest_value(key, extract.instrument)
        chosen = (extract.scores[["scope", "name", "facet"]] == list(key)).all(axis=1)
        own = extract.scores[chosen].set_index("wave")["score"]
        present = [wave for wave in waves if wave in own.index]
        known = {wave: _values(extract, key, people[wave]) for wave in present if wave in people}
        for wave in present:
            estimate, n = Estimate(float(own.loc[wave])), extract.respondents[wave]
            if wave in people:
                estimate = with_respondent_interval(
                    estimate.estimate, known[wave], minima=minima, lowest=lowest
                )
                n = len(people[wave][0])
            at = {"wave": wave, **_bounds(estimate, "score"), "n": n}
            rows.append({**named, **at, **beside.get((*key, "", wave), unknown)})
        if len(present) > 1:
            before, after = present[-2:]
            here: dict[str, dict[str, Any]] = {str(row["wave"]): row for row in rows[-len(present) :]}
            change = round(here[after]["score"] - here[before]["score"], 9)
            bounds = Estimate(change)
            if not any(np.isnan(here[wave]["low"]) for wave in (before, after)):
                bounds = _paired(change, known[before], known[after]).cut_to(lowest - 100, 100 - lowest)
            step = {**named, "before": before, "after": after, **_bounds(bounds, "change")}
            step |= {"score_before": here[before]["score"], "score_after": here[after]["score"]}
            changes.append({**step, **beside.get((*key, before, after), unknown)})
    return ClientTrend(pd.DataFrame(rows), pd.DataFrame(changes), extract.n, _METHOD, extract.source)


def _selected(before: pd.Series, after: pd.Series) -> list[dict[str, object]]:
    """Return the change of each quartile of the first wave, and what regression to the mean alone would give."""
    try:
        groups = quartile_groups(before)
    except AnalysisError:
        return []
    slope = float(np.cov(before, after)[0, 1] / before.var(ddof=1))
    whole = float(after.mean() - before.mean())
    rows: list[dict[str, object]] = []
    for quartile in QUARTILES:
        here = groups.labels == quartile
        if here.any():
            expected = whole + (slope - 1) * float(before[here].mean() - before.mean())
            seen = float((after - before)[here].mean())
            rows.append(
                {"quartile": quartile, "change": seen, "by_regression": expected, "n": int(here.sum())}
            )
    return rows


def _people(extract: ClientExtract, waves: list[str]) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the respondents of each wave, and their Say, Do and gap; nothing where there are only tables."""
    if extract.raw_responses is None:
        return {}
    known = [(wave, extract.raw_responses[extract.raw_responses["wave"] == wave]) for wave in waves]
    return {wave: (people, facet_scores(people, extract.instrument)) for wave, people in known if len(people)}


def _values(
    extract: ClientExtract, key: tuple[str, str, str], wave: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.Series:
    """Return a measure of each respondent of a wave who has it, by the respondent's number."""
    people, facets = wave
    return respondent_values(people, extract.instrument, key, facets).set_axis(people[PERSON]).dropna()


def _paired(change: float, before: pd.Series, after: pd.Series) -> Estimate:
    """Return a change with the interval of the people in two waves, given by their numbers."""
    both = pd.concat([before, after])
    later = np.repeat([False, True], [len(before), len(after)])
    found = weighted_change(both, np.ones(len(both)), later, both.index)
    reach = float(found.high or 0.0) - found.estimate
    return Estimate(change, change - reach, change + reach)


def _bounds(estimate: Estimate, name: str) -> dict[str, float]:
    return dict(zip((name, "low", "high"), (estimate.estimate, *estimate.ends), strict=True))


def _benchmarks(extract: ClientExtract) -> dict[tuple[str, ...], dict[str, float]]:
    """Return the organizations' mean in a wave (``before`` is empty) or their mean change, and how many they are."""
    columns = ["scope", "name", "facet", "before", "after", "mean", "n"]
    return {
        tuple(key): {"benchmark": float(mean), "n_organizations": int(n)}
        for *key, mean, n in extract.trend[columns].itertuples(index=False)
    }
