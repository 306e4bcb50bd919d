"""Where one client stands: its scores beside the benchmark's aggregates, from its extract alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from cfanalysis.analyses.benchmark_comparison import benchmark_label, client_measures
from cfanalysis.analyses.say_do_profile import TOP_QUARTILE, SayDoProfile
from cfanalysis.analyses.trends import trend_measures
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import score_unit
from cfanalysis.survey.survey_data import ClientExtract, Source


@dataclass(frozen=True)
class Standing:
    """The client's main measures beside the benchmark.

    Parameters
    ----------
    frame
        One row per measure: ``measure`` (title), ``scope, name, facet, score`` (0-100), ``percentile, third`` (one of
        them, its place), ``benchmark`` (mean), ``top`` (mean of the criterion's top quartile), ``n`` (organizations in
        the benchmark).
    client
        The client's name.
    n
        The client's respondents.
    quartile
        The client's quartile of the criterion, in words; None where there is none.
    criterion
        Title of the criterion.
    wave
        The wave that the report is about.
    source
        Where the data come from.
    centre_label
        What ``benchmark`` is, in words: "Benchmark mean", or of the peers that were asked for.
    benchmark
        What the benchmark is made of, e.g. "all organizations" or "Sector: Retail".
    unit
        What the scores run from and to.
    """

    frame: pd.DataFrame
    client: str
    n: int
    quartile: str | None
    criterion: str | None
    wave: str
    source: Source
    centre_label: str = "Benchmark mean"
    benchmark: str = "all organizations"
    unit: str = "Scores from 0 to 100."

    def row(self, scope: str, facet: str = "all", name: str | None = None) -> pd.Series | None:
        """Return a measure's row, None where the client has no such score.

        Parameters
        ----------
        scope, facet
            Which measure, as in the score table.
        name
            Its name; None takes the first measure of that scope and facet.
        """
        frame = self.frame
        hit = (frame["scope"] == scope) & (frame["facet"] == facet)
        rows = frame[hit] if name is None else frame[hit & (frame["name"] == name)]
        return None if rows.empty else rows.iloc[0]


@dataclass(frozen=True)
class ClientScores:
    """The client's scores of one scope beside the benchmark.

    Parameters
    ----------
    frame
        One row per item, or per pair: ``name, title, dimension, facet, mean`` (scale points), ``score``
        (0-100), ``n`` (answers), ``benchmark`` (mean of organizations, 0-100), ``top``, ``difference``
        (score minus benchmark), ``percentile, third, n_organizations``.
    source, benchmark
        As in `Standing`.
    """

    frame: pd.DataFrame
    source: Source
    benchmark: str


def client_standing(extract: ClientExtract) -> Standing:
    """Return the indices, Say, Do and gap of the client beside the benchmark."""
    table = extract.benchmark_comparison.rename(columns={"n_organizations": "n", "n": "n_answers"})
    rows = [
        {"measure": title, **found.iloc[0].to_dict()}
        for (scope, name, facet), title in trend_measures(extract.instrument).items()
        if not (found := table.query("scope == @scope and name == @name and facet == @facet")).empty
    ]
    columns = ["measure", "scope", "name", "facet", "score", "percentile", "third", "benchmark", "top", "n"]
    frame = pd.DataFrame(rows, columns=columns)
    return Standing(
        frame,
        extract.client,
        extract.n,
        extract.quartile,
        extract.criterion,
        extract.wave,
        extract.source,
        benchmark_label(extract),
        extract.benchmark_facts.title,
        score_unit(extract.instrument, set(frame["name"])),
    )


def client_profile(extract: ClientExtract) -> SayDoProfile:
    """Return Say, Do and gap of each dimension: the client, the top quartile, the benchmark's mean.

    ``n`` is the client's respondents, and the organizations of the others.

    Raises
    ------
    AnalysisError
        The client has no complete dimension.
    """
    table = client_measures(extract, "dimension")
    columns = {extract.client: "score", TOP_QUARTILE: "top", benchmark_label(extract): "benchmark"}
    known = {(row["name"], row["facet"]): row for row in table.to_dict("records")}
    rows = []
    for dimension in extract.instrument.gap_dimensions:
        facets = [known.get((dimension.id, facet)) for facet in ("say", "do", "gap")]
        there = [row for row in facets if row is not None]
        for group, column in columns.items():
            say, do = (math.nan if row is None else float(row[column]) for row in facets[:2])
            counted = [row["n_top" if group == TOP_QUARTILE else "n_organizations"] for row in there]
            n = extract.n if group == extract.client else min(filter(pd.notna, counted), default=math.nan)
            rows.append((dimension.id, dimension.title, group, say, do, round(say - do, 1), n))
    frame = pd.DataFrame(rows, columns=["dimension", "title", "group", "say", "do", "gap", "n"])
    frame = frame.dropna(subset=["say", "do"], ignore_index=True)
    present = tuple(group for group in columns if (frame["group"] == group).any())
    if extract.client not in present:
        raise AnalysisError(
            f"{extract.client} answered no dimension completely, so it has no profile.",
            next_step="Leave the profile out of the report.",
        )
    n_benchmark = int(table["n_organizations"].max()) if table["n_organizations"].notna().any() else 0
    return SayDoProfile(frame, present, extract.criterion or "", "latest", n_benchmark, extract.source)


def client_items(extract: ClientExtract) -> ClientScores:
    """Return every Say and Do item of the client beside the benchmark, in the instrument's order."""
    items = {item.id: item for item in extract.instrument.gap_items}
    table = client_measures(extract, "item")
    table = table[table["name"].isin(items)].assign(
        title=lambda t: t["name"].map({i: item.title for i, item in items.items()}),
        dimension=lambda t: t["name"].map({i: item.dimension for i, item in items.items()}),
        facet=lambda t: t["name"].map({i: item.facet for i, item in items.items()}),
    )
    order = {item: k for k, item in enumerate(items)}
    return _scores(table.sort_values("name", key=lambda s: s.map(order), ignore_index=True), extract)


def client_pairs(extract: ClientExtract) -> ClientScores:
    """Return the gap of every pair of the client beside the benchmark, widest first.

    ``score`` is the gap (0-100); ``say`` and ``do`` stand beside it.
    """
    pairs = {pair.id: pair for pair in extract.instrument.pairs}
    table = client_measures(extract, "pair")
    facets = table.pivot(index="name", columns="facet", values="score")
    gaps = table[table["facet"] == "gap"].assign(
        title=lambda t: t["name"].map({i: pair.do.title for i, pair in pairs.items()}),
        dimension=lambda t: t["name"].map({i: pair.say.dimension for i, pair in pairs.items()}),
    )
    for facet in ("say", "do"):
        gaps[facet] = gaps["name"].map(facets[facet]) if facet in facets else float("nan")
    return _scores(gaps.sort_values(["score", "name"], ascending=[False, True], ignore_index=True), extract)


def _scores(table: pd.DataFrame, extract: ClientExtract) -> ClientScores:
    return ClientScores(table, extract.source, extract.benchmark_facts.title)
