"""What a client is compared with: the organizations, and their aggregates as far as they may be shown.

The benchmark is all organizations of a study, or those that share a fact with the client (its sector, its size). It
holds n, mean, deciles and quartile means of every measure, the client included, never leave-one-out, and never a row
of an organization. Everything that is the same for all clients of a study is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import pandas as pd

from cfanalysis.analyses.comments import survey_words
from cfanalysis.analyses.measures import all_measures
from cfanalysis.analyses.priorities import item_importance
from cfanalysis.analyses.roles import role_effects, shareable_effects
from cfanalysis.analyses.trends import trend_measures
from cfanalysis.confidentiality import shows_benchmark, shows_deciles
from cfanalysis.errors import AnalysisError, ConfidentialityError, ParameterError, nearest
from cfanalysis.instrument import Minima
from cfanalysis.quartiles import QUARTILES, quartile_groups
from cfanalysis.scores import MEASURE
from cfanalysis.scoring import one_wave, ranked_only
from cfanalysis.study import Study
from cfanalysis.survey import BenchmarkFacts

ALL = "all"
OTHERS = "others"
DECILES = tuple(range(10, 100, 10))
QUARTILE_COLUMNS = {name: name.lower().replace(" ", "_") for name in QUARTILES}
TREND_COLUMNS = ["scope", "name", "facet", "before", "after", "mean", "n"]


@dataclass(frozen=True)
class StudyMeasures:
    """What is the same for all clients of a study, each thing computed when it is first asked for.

    Parameters
    ----------
    study
        The study.
    """

    study: Study

    @cached_property
    def everything(self) -> pd.DataFrame:
        """Every measure of every organization and wave."""
        return all_measures(self.study.survey, self.study.scores)

    @cached_property
    def latest(self) -> pd.DataFrame:
        """Every measure of every organization's latest wave."""
        waves = one_wave(self.organizations, self.study.survey.source.waves, "latest")
        return ranked_only(self.everything.merge(waves[["organization", "wave"]]))

    @cached_property
    def organizations(self) -> pd.DataFrame:
        """The organizations by wave, without totals."""
        return ranked_only(self.study.survey.organizations)

    @cached_property
    def importance(self) -> pd.DataFrame:
        """How Do items go with the criterion."""
        return item_importance(self.study.survey)

    @cached_property
    def role_effects(self) -> pd.DataFrame:
        """How roles go with what is answered; empty where nothing is known of roles."""
        try:
            return shareable_effects(role_effects(self.study.survey), self.study.survey.instrument)
        except AnalysisError:
            return pd.DataFrame()

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the survey's language, for masking."""
        return survey_words(self.study.survey)


_KNOWN: dict[tuple[str, str], StudyMeasures] = {}


def study_measures(study: Study) -> StudyMeasures:
    """Return what is the same for all clients of a study; of the study asked for last it is kept."""
    key = (str(study.folder), study.survey.source.fingerprint)
    if key not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[key] = StudyMeasures(study)
    return _KNOWN[key]


def peers(study: Study, client: str, benchmark: str) -> tuple[list[str], str]:
    """Return the organizations of a client's benchmark, and what they are in words.

    Parameters
    ----------
    study, client
        The study and an organization of it.
    benchmark
        ``"all"``, or one of the instrument's organization fields, e.g. ``"sector"``: those with the client's value.

    Raises
    ------
    ParameterError
        The instrument has no such field.
    ConfidentialityError
        The client's value is unknown, too few organizations share it, or too few do not: the two benchmarks
        subtracted would then show them.
    """
    instrument = study.survey.instrument
    everybody = study_measures(study).organizations
    latest = one_wave(everybody, study.survey.source.waves, "latest").drop_duplicates("organization")
    if benchmark == ALL:
        return latest["organization"].tolist(), "all organizations"
    fields = {f.id: f.title for f in instrument.organization_fields if f.id in latest}
    if benchmark not in fields:
        raise ParameterError(
            "There is no such benchmark.",
            value=benchmark,
            allowed=", ".join(nearest(benchmark, [ALL, *fields]) or [ALL, *fields]),
        )
    value = str(latest.loc[latest["organization"] == client, benchmark].fillna("").iloc[0])
    inside = latest.loc[latest[benchmark] == value, "organization"].tolist()
    outside = len(latest) - len(inside)
    few = not shows_benchmark(len(inside), instrument.minima)
    if value == "" or few or (outside and not shows_benchmark(outside, instrument.minima)):
        raise ConfidentialityError(
            "The peer group is too small."
            if few or value == ""
            else "Too few organizations are outside the peers.",
            where=f"{fields[benchmark]}: {value or 'unknown'}",
            value=f"{len(inside)} organizations, {outside} others",
            allowed=f"at least {instrument.minima.organizations} of each",
            next_step="Take the benchmark of all organizations.",
        )
    return inside, f"{fields[benchmark]}: {value}"


def aggregates(latest: pd.DataFrame, quartiles: dict[str, str], minima: Minima) -> pd.DataFrame:
    """Return n, mean, deciles and quartile means of every measure, as far as they may be shown."""
    grouped = latest.groupby(MEASURE, sort=False)["score"]
    table = grouped.agg(n="size", mean="mean")
    deciles = grouped.quantile(pd.Index([d / 100 for d in DECILES])).unstack()
    deciles.columns = pd.Index([f"p{d}" for d in DECILES])
    many = table["n"].map(lambda n: shows_deciles(int(n), minima))
    table = table.join(deciles.where(many, axis=0))
    by_quartile = latest.assign(quartile=latest["organization"].map(quartiles)).dropna(subset=["quartile"])
    cells = (
        by_quartile.groupby([*MEASURE, "quartile"], sort=False)["score"].agg(["mean", "size"]).reset_index()
    )
    cells = cells[cells["size"].map(lambda n: shows_benchmark(int(n), minima))]
    means = cells.pivot(index=MEASURE, columns="quartile", values="mean").reindex(columns=list(QUARTILES))
    table = table.join(means.rename(columns=QUARTILE_COLUMNS))
    enough = table["n"].map(lambda n: shows_benchmark(int(n), minima))
    return pd.DataFrame(table[enough].reset_index())


def quartile_names(latest: pd.DataFrame, study: Study) -> dict[str, str]:
    """Return each organization's quartile of the criterion, in words; nobody's where there is none."""
    index = study.survey.instrument.criterion_index
    if index is None:
        return {}
    table = latest[(latest["scope"] == "index") & (latest["name"] == index.id)]
    if len(table) < len(QUARTILES):
        return {}
    try:
        labels = quartile_groups(table["score"]).labels
    except AnalysisError:
        return {}
    return dict(zip(table["organization"], map(str, labels), strict=True))


def wave_means(study: Study, members: list[str]) -> pd.DataFrame:
    """Return the benchmark's mean of each wave, and its change, for the measures that are followed.

    Returns
    -------
    DataFrame
        As `cfanalysis.survey.ClientExtract.trend`; what rests on too few organizations is left out.
    """
    minima = study.survey.instrument.minima
    scores = ranked_only(study.scores)
    scores = scores[scores["organization"].isin(members)]
    order = list(study.survey.source.waves)
    rows: list[tuple[object, ...]] = []
    for scope, name, facet in trend_measures(study.survey.instrument):
        chosen = scores[(scores["scope"] == scope) & (scores["name"] == name) & (scores["facet"] == facet)]
        wide = chosen.pivot(index="organization", columns="wave", values="score").reindex(columns=order)
        for wave in order:
            values = wide[wave].dropna()
            rows.append((scope, name, facet, "", wave, values.mean(), len(values)))
        for before, after in pairwise(order):
            both = (wide[after] - wide[before]).dropna()
            rows.append((scope, name, facet, before, after, both.mean(), len(both)))
    kept = [row for row in rows if shows_benchmark(int(str(row[-1])), minima)]
    return pd.DataFrame(kept, columns=TREND_COLUMNS)


def benchmark_facts(study: Study, members: list[str], title: str) -> BenchmarkFacts:
    """Return what a benchmark is made of; options and waves of too few organizations are put together."""
    minima = study.survey.instrument.minima
    everybody = study_measures(study).organizations
    latest = one_wave(everybody, study.survey.source.waves, "latest").drop_duplicates("organization")
    latest = latest[latest["organization"].isin(members)]
    composition = tuple(
        (field.title, _counts(latest[field.id].replace("", pd.NA).fillna("not said"), field.options, minima))
        for field in study.survey.instrument.organization_fields
        if field.id in latest
    )
    waves = _counts(latest["wave"], study.survey.source.waves, minima)
    return BenchmarkFacts(title, len(latest), waves, composition)


def _counts(values: pd.Series, order: tuple[str, ...], minima: Minima) -> tuple[tuple[str, int], ...]:
    """Return how many organizations have each value; values of too few are put together."""
    found = values.value_counts()
    named = [v for v in (*order, *(v for v in found.index if v not in order)) if v in found.index]
    large = [(str(v), int(found[v])) for v in named if shows_benchmark(int(found[v]), minima)]
    rest = len(values) - sum(n for _, n in large)
    return (*large, (OTHERS, rest)) if rest else tuple(large)
