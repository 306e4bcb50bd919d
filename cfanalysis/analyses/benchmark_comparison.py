"""A client's measures with the benchmark's aggregates beside them, from its extract alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.templates import sentence
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.survey_data import ClientExtract

AGGREGATES = ["n", "mean", "top"]


def benchmark_label(extract: ClientExtract) -> str:
    """Return what the client is compared with, in the reader's language: the benchmark's mean, or that of its peers.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> benchmark_label(SimpleNamespace(benchmark_facts=SimpleNamespace(title="Sector: Public services")))
    'Public services mean'
    """
    shared = extract.benchmark_facts.title.partition(": ")[2]
    return sentence("{peers} mean" if shared else "Benchmark mean", peers=shared)


def client_measures(extract: ClientExtract, scope: str) -> pd.DataFrame:
    """Return the client's measures of one scope beside the benchmark, one row each.

    Parameters
    ----------
    extract
        The client's extract.
    scope
        A scope of the score table, e.g. ``"dimension"``.
    """
    table = extract.benchmark_comparison
    return table[table["scope"] == scope].reset_index(drop=True)


def benchmark_aggregate(extract: ClientExtract, scope: str, name: str) -> dict[str, float]:
    """Return the benchmark's aggregates of one measure: ``n, mean, top``; missing where none may be shown.

    Parameters
    ----------
    extract
        The client's extract.
    scope, name
        Which measure, as in the score table; of no facet.
    """
    rows = extract.benchmark
    hit = rows[(rows["scope"] == scope) & (rows["name"] == name) & (rows["facet"] == "all")]
    if hit.empty:
        return dict.fromkeys(AGGREGATES, np.nan)
    return {column: float(hit[column].iloc[0]) for column in AGGREGATES}


def latest_responses(extract: ClientExtract) -> pd.DataFrame:
    """Return the client's own responses of its latest wave.

    Raises
    ------
    AnalysisError
        The extract has none: only frequency tables were published.
    """
    if extract.latest_responses is None:
        raise AnalysisError(
            "There are no responses, only frequency tables.", next_step="Leave out what needs respondents."
        )
    return extract.latest_responses


def may_split_respondents(extract: ClientExtract) -> bool:
    """Return whether answers of this client's people may be split and spread out: enough respondents, and known."""
    return extract.raw_responses is not None and may_show_distribution(extract.n, extract.instrument.minima)
