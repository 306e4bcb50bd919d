"""The client's index in one line: score and percentile, each with its uncertainty.

The interval of the score is Student's t over the respondents. The percentile's interval is that interval read off
the benchmark's deciles, between which the distribution is taken as linear: it says how far the client's place
could move if other people of the organization had answered. Beyond the outer deciles no more than "below the 10th"
or "above the 90th" is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cfanalysis.analyses.benchmark_comparison import latest_responses, may_split_respondents
from cfanalysis.analyses.respondent_scores import lowest_value, respondent_values, with_respondent_interval
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import ClientExtract, Source

DECILES = tuple(range(10, 100, 10))


@dataclass(frozen=True)
class IndexStanding:
    """The client's first index, or Do where the instrument has no index.

    Parameters
    ----------
    title
        Of the measure.
    score
        0-100 with interval over respondents; none below the minimum.
    percentile
        Among the benchmark's organizations, None where there are too few for one.
    third
        The third in which it lies where these are few: "lower", "middle" or "upper"; else "".
    low, high
        The percentile's interval, 10 and 90 meaning "or beyond"; None where there is none.
    n_organizations
        In the benchmark; None where there is none.
    source
        Where the data come from.
    """

    title: str
    score: Estimate
    percentile: float | None
    low: float | None
    high: float | None
    third: str
    n_organizations: int | None
    source: Source


def index_standing(extract: ClientExtract) -> IndexStanding | None:
    """Return where the client's index stands; None where it has none."""
    titles = {("index", index.id, "all"): index.title for index in extract.instrument.indices}
    titles[("overall", "overall", "do")] = "Do"
    table = extract.benchmark_comparison
    for key, title in titles.items():
        hit = table[(table[["scope", "name", "facet"]] == list(key)).all(axis=1)]
        if len(hit):
            row = hit.iloc[0]
            score = _score(extract, key, float(row["score"]))
            known, third = bool(np.isfinite(row["percentile"])), str(row["third"])
            bounds = percentile_bounds(extract, key, score) if known else (None, None)
            return IndexStanding(
                title,
                score,
                float(row["percentile"]) if known else None,
                *bounds,
                third,
                int(row["n_organizations"]) if known or third else None,
                extract.source,
            )
    return None


def percentile_bounds(
    extract: ClientExtract, key: tuple[str, str, str], score: Estimate
) -> tuple[float | None, float | None]:
    """Return a score's interval in percentiles, read off the benchmark's deciles; None where these are not known.

    Parameters
    ----------
    extract
        The client's extract.
    key
        Scope, name and facet of the measure in the benchmark.
    score
        The client's score (0-100) with its interval.

    Returns
    -------
    tuple
        Lower and upper end, percentiles (0-100).
    """
    rows = extract.benchmark
    hit = rows[(rows[["scope", "name", "facet"]] == list(key)).all(axis=1)]
    if hit.empty or score.low is None or score.high is None:
        return None, None
    deciles = hit[[f"p{d}" for d in DECILES]].iloc[0].to_numpy(float)
    if not np.isfinite(deciles).all():
        return None, None
    low, high = np.interp([score.low, score.high], deciles, DECILES)
    return float(low), float(high)


def _score(extract: ClientExtract, key: tuple[str, str, str], score: float) -> Estimate:
    if not may_split_respondents(extract):
        return Estimate(score)
    instrument = extract.instrument
    values = respondent_values(latest_responses(extract), instrument, key)
    lowest = lowest_value(key, instrument)
    return with_respondent_interval(score, values, minima=instrument.minima, lowest=lowest)
