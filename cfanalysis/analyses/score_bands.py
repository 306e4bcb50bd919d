"""The distribution of organizations on each measure in quarters, and where one client stands.

A band runs from the 10 % to the 90 % quantile, cut at the quartiles of the measure itself: a quarter of the
organizations lies below the first cut. (The *top quartile* elsewhere is that of the criterion.) From a study the
quantiles are computed; a client's extract holds them, of few organizations the quartiles alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only, score_unit
from cfanalysis.scoring.score_table import score_table
from cfanalysis.survey.confidentiality import may_show_deciles
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

BANDS = {"low": 0.1, "q1": 0.25, "median": 0.5, "q3": 0.75, "high": 0.9}
_COLUMNS = ["measure", "title", "section", *BANDS, "client", "percentile", "n"]
_FACETS = (
    ("say", message("Say"), message("Say by dimension")),
    ("do", message("Do"), message("Do by dimension")),
)


@dataclass(frozen=True)
class ScoreBands:
    """The spread of organizations on each measure.

    Parameters
    ----------
    frame
        One row per measure: ``measure`` (id), ``title, section`` (empty or a heading), ``low, q1, median, q3,
        high`` (quantiles at 10, 25, 50, 75 and 90 %, 0-100; of few organizations the first and last are missing),
        ``client, percentile`` (the client's score and its percentile; missing without a client), ``n``
        (organizations).
    client
        The client's name, None where no client is marked.
    n
        Organizations, the most on any measure.
    unit
        What the scores run from and to.
    source
        Where the data come from.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    method
        How the quantiles are estimated.
    """

    frame: pd.DataFrame
    client: str | None
    n: int
    unit: str
    source: Source
    wave: WhichWave = "latest"
    method: str = message("by linear interpolation")


def score_bands(survey: Survey, *, wave: WhichWave = "latest") -> ScoreBands:
    """Return the quantiles of Say and Do, overall and by dimension, and of the indices.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        No measure has as many organizations as quantiles need.
    """
    shares = one_wave(survey.shares, survey.source.waves, wave)
    scores = organizations_only(score_table(shares, survey.instrument))
    rows: list[tuple[object, ...]] = []
    for title, section, scope, name, facet in _measures(survey.instrument):
        hit = (scores["scope"] == scope) & (scores["name"] == name) & (scores["facet"] == facet)
        values = scores.loc[hit, "score"].dropna()
        if may_show_deciles(len(values), survey.instrument.minima):
            quantiles = [float(values.quantile(q)) for q in BANDS.values()]
            rows.append(
                (f"{name}_{facet}", title, section, *quantiles, float("nan"), float("nan"), len(values))
            )
    return replace(_bands(rows, None, survey.instrument, survey.source), wave=wave)


def client_bands(extract: ClientExtract) -> ScoreBands:
    """Return the same measures with the client's mark, from its extract alone.

    Raises
    ------
    AnalysisError
        The benchmark has no quartiles: it rests on too few organizations.
    """
    own = extract.scores[extract.scores["wave"] == extract.wave]
    benchmark = extract.benchmark.rename(columns={"n": "n_organizations"})
    both = own.merge(benchmark, on=["scope", "name", "facet"], suffixes=("", "_benchmark"))
    found = {(r["scope"], r["name"], r["facet"]): r for r in both.to_dict(orient="records")}
    rows: list[tuple[object, ...]] = []
    for title, section, scope, name, facet in _measures(extract.instrument):
        row = found.get((scope, name, facet))
        if row is None or pd.isna(row["p50"]):
            continue
        cuts = tuple(float(row[f"p{q}"]) for q in (10, 25, 50, 75, 90))
        client = (float(row["score"]), float(row["percentile"]))
        rows.append((f"{name}_{facet}", title, section, *cuts, *client, int(row["n_organizations"])))
    return _bands(rows, extract.client, extract.instrument, extract.source)


def _measures(instrument: Instrument) -> list[tuple[str, str, str, str, str]]:
    """Return title, section, scope, name and facet of what is shown."""
    measures = []
    if instrument.gap_dimensions:
        measures = [(title, message("Overall"), "overall", "overall", facet) for facet, title, _ in _FACETS]
        for facet, _, section in _FACETS if len(instrument.gap_dimensions) > 1 else ():
            measures += [(d.title, section, "dimension", d.id, facet) for d in instrument.gap_dimensions]
    indices = ((index.title, message("Indices"), "index", index.id, "all") for index in instrument.indices)
    return [*measures, *indices]


def _bands(
    rows: list[tuple[object, ...]], client: str | None, instrument: Instrument, source: Source
) -> ScoreBands:
    if not rows:
        raise AnalysisError(
            "There are too few organizations for quartiles of scores.",
            next_step="Leave the bands out, or show the benchmark's means.",
        )
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    unit = score_unit(instrument, set(frame["measure"].str.removesuffix("_all"))).rstrip(".")
    return ScoreBands(frame, client, int(frame["n"].max()), unit, source)
