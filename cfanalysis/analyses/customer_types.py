"""Internal and external customers: how an organization serves colleagues, and how it serves those who buy.

Do items say whom they are about. The difference, internal minus external, shows whether service inside keeps up
with service outside. Its interval comes from the respondents: each rates both, so the differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.benchmark_comparison import client_measures, latest_responses, may_split_respondents
from cfanalysis.analyses.respondent_scores import item_answers, mean_answered, with_intervals
from cfanalysis.core.language import message
from cfanalysis.scoring.means import UNIT, set_scores_side_by_side
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source

CUSTOMER_TYPES = ("external", "internal")
DIFFERENCE = "difference"
_MEASURES = (*CUSTOMER_TYPES, DIFFERENCE)
_METHOD = message(
    "Means of the Do items about external and internal customers, 0 to 100; difference: internal minus external."
)


@dataclass(frozen=True)
class ClientCustomerTypeScores:
    """The same of one client, beside the benchmark.

    Parameters
    ----------
    frame
        Rows ``external, internal, difference``: ``side, score, low, high`` (95 % interval over respondents; missing
        below the minimum), ``benchmark, top, percentile`` (0-100), ``third, n`` (answers), ``n_organizations``.
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


def customer_type_measures(shares: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return both scores and their difference as measures (scope ``customer``) of organizations that have all items.

    Parameters
    ----------
    shares
        Answer shares.
    instrument
        What the survey asks.
    """
    table = set_scores_side_by_side(shares, instrument, customer_type_items(instrument))
    if table.empty:
        return table
    table = table.assign(difference=table["internal"] - table["external"])
    parts = table.melt([*UNIT, "n"], var_name="name", value_name="score")
    return parts.assign(scope="customer", facet="all")


def client_customer_types(extract: ClientExtract) -> ClientCustomerTypeScores | None:
    """Return the client's scores for external and internal customers; None where it has none."""
    own = client_measures(extract, "customer").set_index("name")
    if own.empty:
        return None
    people = _people(extract) if may_split_respondents(extract) else None
    columns = ["score", "benchmark", "top", "percentile", "third", "n", "n_organizations"]
    frame = own.loc[list(_MEASURES), columns]
    lowest = {DIFFERENCE: -100.0}
    frame = with_intervals(frame, people, minima=extract.instrument.minima, lowest=lowest)
    frame = frame.reset_index(names="side")
    return ClientCustomerTypeScores(frame, extract.n, _METHOD, extract.source)


def _people(extract: ClientExtract) -> pd.DataFrame:
    """Return each respondent's two scores and their difference."""
    responses, instrument = latest_responses(extract), extract.instrument
    scores = pd.DataFrame(index=responses.index)
    for side, ids in customer_type_items(instrument).items():
        scores[side] = mean_answered(item_answers(responses, instrument, [instrument.item(i) for i in ids]))
    return scores.assign(difference=scores["internal"] - scores["external"]).replace({None: np.nan})
