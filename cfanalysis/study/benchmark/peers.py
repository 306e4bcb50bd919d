"""The benchmarks of a study: all organizations, and each group that shares a fact, such as the sector.

Who counts, and what is shown, is the same for all clients of a benchmark, and computed once. These are drafts, each
safe by itself: which figures of several may be published side by side is decided one by one when a norm is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from cfanalysis.core.errors import ConfidentialityError
from cfanalysis.statistics.quartiles import quartile_groups
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS, check_benchmark
from cfanalysis.study.benchmark.aggregates import aggregates, option_counts, percentiles
from cfanalysis.study.benchmark.membership import BenchmarkMembership, benchmark_membership
from cfanalysis.study.benchmark.wave_means import WaveFigure, trend_means, wave_figures
from cfanalysis.study.study_measures import RowsByOrganization, StudyMeasures
from cfanalysis.survey.confidentiality import may_show_deciles
from cfanalysis.survey.instrument import Instrument, Minima
from cfanalysis.survey.survey_data import BenchmarkFacts


@dataclass(frozen=True, eq=False)
class Benchmark:
    """What clients are compared with, each part computed when it is first asked for.

    Parameters
    ----------
    title
        Who they are in words, e.g. ``"all organizations"`` or ``"Sector: Public services"``.
    measures
        The measures of the study.
    membership
        Who counts.
    quartiles
        The quartile of each organization that has one.
    has_trend
        Whether wave means are shown.
    """

    title: str
    measures: StudyMeasures
    membership: BenchmarkMembership
    quartiles: Mapping[str, str]
    has_trend: bool

    @property
    def minima(self) -> Minima:
        """On how many organizations a figure must rest."""
        return self.measures.instrument.minima

    @cached_property
    def aggregates(self) -> pd.DataFrame:
        """As `cfanalysis.study.benchmark.aggregates.aggregates`."""
        return aggregates(self.membership, self.minima)

    @cached_property
    def wave_figures(self) -> list[WaveFigure]:
        """As `cfanalysis.study.benchmark.wave_means.wave_figures`; none where none are shown."""
        measures, minimum = self.measures, self.minima.organizations
        if not self.has_trend:
            return []
        return wave_figures(
            measures.trend_scores, self.membership, measures.trend_items, measures.waves, minimum
        )

    @cached_property
    def trend(self) -> pd.DataFrame:
        """As `cfanalysis.study.benchmark.wave_means.trend_means`; no rows where none are shown."""
        return trend_means(self.wave_figures)

    def percentiles(self, client: str) -> pd.DataFrame:
        """Return a client's places: ``wave, scope, name, facet, percentile, third`` (`aggregates.percentiles`)."""
        return self._percentiles.of(client).drop(columns="organization")

    @cached_property
    def _percentiles(self) -> RowsByOrganization:
        return RowsByOrganization(
            percentiles(self.measures.latest, self.membership, self.aggregates, self.minima)
        )

    @property
    def importance(self) -> pd.DataFrame:
        """How Do items go with the criterion."""
        return self.measures.importance

    @property
    def role_effects(self) -> pd.DataFrame:
        """How roles go with what is answered."""
        return self.measures.role_effects

    def quartile(self, client: str) -> str | None:
        """Return a client's quartile of the criterion; None where it has none."""
        return self.quartiles.get(client)

    def facts(self, client: str) -> BenchmarkFacts:
        """Return what the benchmark is made of, and whether a client counts in it."""
        facts = self.measures.facts
        inside = facts[facts.index.isin(self.membership.organizations)]
        composition = tuple(
            (field.title, option_counts(_option_names(inside[field.id]), field.options, self.minima))
            for field in self.measures.instrument.organization_fields
            if field.id in facts
        )
        return BenchmarkFacts(
            self.title,
            len(inside),
            option_counts(inside["wave"], self.measures.waves, self.minima),
            composition,
            left_out=self.membership.n_excluded,
            included=client in inside.index,
            draft=not self.measures.instrument.public,
        )


@dataclass(frozen=True, eq=False)
class StudyBenchmarks:
    """The benchmarks that a study has.

    Parameters
    ----------
    measures
        The measures of the study.
    """

    measures: StudyMeasures

    @cached_property
    def all_organizations(self) -> Benchmark:
        """All organizations."""
        latest, instrument = self.measures.latest, self.measures.instrument
        quartiles = quartile_names(latest, instrument)
        return Benchmark(
            "all organizations", self.measures, self._membership(latest, quartiles), quartiles, has_trend=True
        )

    @cached_property
    def groups(self) -> dict[tuple[str, str], Benchmark]:
        """Each group of peers that is large enough, by field and value."""
        rows, instrument = self.all_organizations.membership.rows, self.measures.instrument
        found = {}
        for field in instrument.organization_fields:
            by_value = self.measures.facts.groupby(field.id).groups if field.id in self.measures.facts else {}
            for value, names in by_value.items():
                inside = rows[rows["organization"].isin(names)]
                if value == "" or inside["organization"].nunique() < instrument.minima.organizations:
                    continue
                membership = self._membership(inside, quartile_names(inside, instrument))
                # Wave means of several groups of peers would show few together.
                found[field.id, str(value)] = Benchmark(
                    f"{field.title}: {value}",
                    self.measures,
                    membership,
                    membership.quartiles,
                    has_trend=False,
                )
        return found

    def of_client(self, client: str, benchmark: str) -> Benchmark:
        """Return what a client is compared with.

        Parameters
        ----------
        client
            An organization of the study.
        benchmark
            ``"all"``, or one of the instrument's organization fields, e.g. ``"sector"``: those with the client's value.

        Raises
        ------
        ParameterError
            The instrument has no such field.
        ConfidentialityError
            The client's value is unknown, or too few organizations share it.
        """
        facts, fields = self.measures.facts, self.measures.instrument.organization_fields
        titles = {field.id: field.title for field in fields if field.id in facts}
        check_benchmark(benchmark, titles)
        if benchmark == ALL_ORGANIZATIONS:
            return self.all_organizations
        value = str(facts[benchmark].fillna("").get(client, ""))
        group = self.groups.get((benchmark, value))
        n = 0 if group is None else len(group.membership.organizations)
        if group is None or n < self._minimum:
            raise ConfidentialityError(
                "The peer group is too small.",
                where=f"{titles[benchmark]}: {value or 'unknown'}",
                value=f"{n} organizations",
                allowed=f"at least {self._minimum}",
                next_step="Take the benchmark of all organizations.",
            )
        return group

    @property
    def _minimum(self) -> int:
        return self.measures.instrument.minima.organizations

    def _membership(self, latest: pd.DataFrame, quartiles: Mapping[str, str]) -> BenchmarkMembership:
        return benchmark_membership(latest, quartiles, self.measures.items, self._minimum)


@lru_cache(maxsize=1)
def study_benchmarks(measures: StudyMeasures) -> StudyBenchmarks:
    """Return the benchmarks of a study; of the study asked for last they are kept."""
    return StudyBenchmarks(measures)


def quartile_names(latest: pd.DataFrame, instrument: Instrument) -> dict[str, str]:
    """Return each organization's quartile of the criterion, in words; nobody's where there is none or few have it.

    Parameters
    ----------
    latest
        Every measure of the latest wave of the organizations.
    instrument
        What the criterion is.
    """
    index = instrument.criterion_index
    if index is None:
        return {}
    table = latest[(latest["scope"] == "index") & (latest["name"] == index.id)]
    if not may_show_deciles(len(table), instrument.minima):
        return {}
    labels = quartile_groups(table["score"]).labels
    return dict(zip(table["organization"], map(str, labels), strict=True))


def _option_names(values: pd.Series) -> pd.Series:
    return values.replace("", pd.NA).fillna("not said")
