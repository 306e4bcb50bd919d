"""Disappointed, satisfied, impressed: of ten recent customers, how many were which.

Each respondent divides ten contacts among the expectation items, which the instrument lists from worst to best. An
organization's shares are the means of the counts over their sum. The interval is over respondents, because the ten
contacts of one person are not ten independent observations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.benchmark_comparison import client_measures, latest_responses, may_split_respondents
from cfanalysis.analyses.respondent_scores import item_answers, with_intervals
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import UNIT, WhichWave, item_means, one_wave, organizations_only
from cfanalysis.statistics.effects.one_sample import mean_estimate
from cfanalysis.survey.confidentiality import may_show_benchmark
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

_METHOD = message(
    "Mean counts of ten recent contacts as shares of their sum; intervals by Student's t over respondents (of one "
    "organization) or over organizations, cut to 0 and 100%."
)


@dataclass(frozen=True)
class Expectation:
    """How customers' expectations were met, over all organizations.

    Parameters
    ----------
    organizations
        One row per organization and outcome: ``organization, wave, name`` (item id), ``share`` (0-1), ``n``.
    frame
        One row per outcome, worst first: ``name, title, share, low, high`` (mean over organizations, 0-1), ``n``.
    n_not_adding_up
        Responses whose counts do not add up to the number of contacts; they stay in, as answered.
    n, method, source
        Organizations, how, and where the data come from.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    """

    organizations: pd.DataFrame
    frame: pd.DataFrame
    n_not_adding_up: int
    n: int
    method: str
    source: Source
    wave: WhichWave = "latest"


@dataclass(frozen=True)
class ClientExpectation:
    """The same of one client, beside the benchmark.

    Parameters
    ----------
    frame
        One row per outcome, worst first: ``name, title, share, low, high`` (interval missing below the minimum of
        respondents), ``benchmark, top`` (0-1), ``percentile, n, n_organizations``.
    n, method, source
        Respondents, how, and where the data come from.
    """

    frame: pd.DataFrame
    n: int
    method: str
    source: Source


def contact_shares(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the share (0-1) of each outcome: ``organization, wave, kind, name, share, n``, where all are known.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    items = [item.id for item in instrument.select(role="expectation")]
    if len(items) < 2:
        return pd.DataFrame(columns=[*UNIT, "name", "share", "n"])
    means = item_means(shares[shares["item"].isin(items)])
    grouped = means.groupby(UNIT)["mean"]
    total, known = grouped.transform("sum"), grouped.transform("size")
    table = means.assign(share=means["mean"] / total)[(known == len(items)) & (total > 0)]
    return table.rename(columns={"item": "name"})[[*UNIT, "name", "share", "n"]].reset_index(drop=True)


def expectation_measures(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the shares as measures (scope ``expectation``, 0-100).

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    table = contact_shares(shares, instrument)
    return table.assign(score=100 * table["share"], scope="expectation", facet="all").drop(columns="share")


def expectation(survey: Survey, *, wave: WhichWave = "latest") -> Expectation:
    """Return how customers' expectations were met, as seen from inside.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument does not ask for it, or too few organizations answered.
    """
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    table = contact_shares(shares, survey.instrument)
    if len(survey.instrument.select(role="expectation")) < 2:
        raise AnalysisError("The instrument does not ask how many customers were disappointed.")
    n = table["organization"].nunique()
    if not may_show_benchmark(n, survey.instrument.minima):
        raise AnalysisError("Too few organizations say how many customers were disappointed.", value=n)
    rows = []
    for item in survey.instrument.select(role="expectation"):
        mean = mean_estimate(table.loc[table["name"] == item.id, "share"]).cut_to(0, 1)
        row = {"share": mean.estimate, "low": mean.low, "high": mean.high, "n": n}
        rows.append({"name": item.id, "title": item.title, **row})
    off = 0 if survey.raw_responses is None else _not_adding_up(survey.raw_responses, survey.instrument)
    columns = ["organization", "wave", "name", "share", "n"]
    return Expectation(table[columns], pd.DataFrame(rows), off, n, _METHOD, survey.source, wave)


def client_expectation(extract: ClientExtract) -> ClientExpectation | None:
    """Return the client's shares beside the benchmark; None where it has none."""
    own = client_measures(extract, "expectation").set_index("name")
    if own.empty:
        return None
    people = _people(extract) if may_split_respondents(extract) else None
    items = extract.instrument.select(role="expectation")
    shares = ["score", "benchmark", "top"]
    frame = own.loc[[item.id for item in items], [*shares, "percentile", "n", "n_organizations"]]
    frame = frame.assign(**{name: frame[name] / 100 for name in shares})
    frame = with_intervals(frame, people, minima=extract.instrument.minima, highest=1.0)
    frame = frame.rename(columns={"score": "share"}).reset_index()
    frame.insert(1, "title", [item.title for item in items])
    return ClientExpectation(frame, extract.n, _METHOD, extract.source)


def _people(extract: ClientExtract) -> pd.DataFrame:
    """Return each respondent's shares of the contacts."""
    items = extract.instrument.select(role="expectation")
    counts = item_answers(latest_responses(extract), extract.instrument, items).dropna()
    total = counts.sum(axis=1)
    return counts[total > 0].div(total[total > 0], axis=0)


def _not_adding_up(responses: pd.DataFrame, instrument: Instrument) -> int:
    counts = item_answers(responses, instrument, instrument.select(role="expectation")).dropna()
    return int((np.abs(counts.sum(axis=1) - 100) > 1e-9).sum())
