"""Internal and external customers: how an organization serves colleagues, and how it serves those who buy.

Do items say whom they are about. The difference, internal minus external, shows whether service inside keeps up
with service outside. Its interval comes from the respondents: each rates both, so the differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.benchmark_comparison import client_measures, latest_responses, may_split_respondents
from cfanalysis.analyses.respondent_scores import item_answers, mean_answered, with_respondent_interval
from cfanalysis.scoring.means import UNIT, item_scores
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source

CUSTOMER_TYPES = ("external", "internal")
DIFFERENCE = "difference"
_MEASURES = (*CUSTOMER_TYPES, DIFFERENCE)
_METHOD = "Means of the Do items about external and internal customers, 0 to 100; difference: internal minus external."


@dataclass(frozen=True)
class ClientCustomerTypeScores:
    """The same of one client, beside the benchmark.

    Parameters
    ----------
    frame
        Rows ``external, internal, difference``: ``side, score, low, high`` (95 % interval over respondents; missing
        below the minimum), ``benchmark, top, percentile`` (0-100), ``n`` (answers), ``n_organizations``.
    n, method, source
        Respondents, how, and where the data come from.
    """

    frame: pd.DataFrame
    n: int
    method: str
    source: Source


def customer_type_items(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """Return the Do items about external and about internal customers; empty unless there are both."""
    items = {
        side: tuple(i.id for i in instrument.select(role="gap", facet="do") if i.customer == side)
        for side in CUSTOMER_TYPES
    }
    return items if all(items.values()) else {}


def customer_type_scores(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return both scores and their difference for organizations that have all items.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.

    Returns
    -------
    DataFrame
        ``organization, wave, kind, external, internal, difference`` (0-100), ``n``.
    """
    items = customer_type_items(instrument)
    if not items:
        return pd.DataFrame(columns=[*UNIT, *_MEASURES, "n"])
    scores = item_scores(shares[shares["item"].isin({i for ids in items.values() for i in ids})], instrument)
    wide = scores.pivot(index=UNIT, columns="item", values="score")
    columns = {
        side: wide.reindex(columns=list(ids)).mean(axis=1, skipna=False) for side, ids in items.items()
    }
    table = pd.DataFrame(columns).assign(n=scores.groupby(UNIT)["n"].min()).dropna().reset_index()
    return table.assign(difference=table["internal"] - table["external"])[[*UNIT, *_MEASURES, "n"]]


def customer_type_measures(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return both scores and their difference as measures (scope ``customer``).

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    table = customer_type_scores(shares, instrument)
    parts = [table[[*UNIT, "n"]].assign(name=name, score=table[name]) for name in _MEASURES]
    return pd.concat(parts, ignore_index=True).assign(scope="customer", facet="all")


def client_customer_types(extract: ClientExtract) -> ClientCustomerTypeScores | None:
    """Return the client's scores for external and internal customers; None where it has none."""
    own = client_measures(extract, "customer").set_index("name")
    if own.empty:
        return None
    people = _people(extract) if may_split_respondents(extract) else None
    rows = []
    for side in _MEASURES:
        score = float(own["score"].loc[side])
        estimate = (
            Estimate(score)
            if people is None
            else with_respondent_interval(score, people[side], lowest=-100.0 if side == DIFFERENCE else 0.0)
        )
        beside = {k: own.loc[side, k] for k in ("benchmark", "top", "percentile", "n", "n_organizations")}
        rows.append({"side": side, "score": score, "low": estimate.low, "high": estimate.high, **beside})
    frame = pd.DataFrame(rows).astype({"low": float, "high": float})
    return ClientCustomerTypeScores(frame, extract.n, _METHOD, extract.source)


def _people(extract: ClientExtract) -> pd.DataFrame:
    """Return each respondent's two scores and their difference."""
    responses, instrument = latest_responses(extract), extract.instrument
    scores = pd.DataFrame(index=responses.index)
    for side, ids in customer_type_items(instrument).items():
        scores[side] = mean_answered(item_answers(responses, instrument, [instrument.item(i) for i in ids]))
    return scores.assign(difference=scores["internal"] - scores["external"]).replace({None: np.nan})
