"""A client compared with a norm as it stood, whether the client is in it or not.

Places are read off the norm's quantiles, as far as it has them, so that no more of the others is used than what is
published: a percentile lies between two quantiles, and beyond the last of them half way to the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.core.errors import ConfidentialityError
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.quartiles import DECIMALS, QUARTILES
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS, DRAFT, check_benchmark
from cfanalysis.study.benchmark.aggregates import THIRD_COLUMNS, THIRDS
from cfanalysis.study.benchmark.norm import (
    MEMBER,
    GroupKey,
    Members,
    Norm,
    find_norm,
    latest_norm,
    norms_folder,
    read_members,
)
from cfanalysis.study.benchmark.peers import Benchmark, study_benchmarks
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import StudyMeasures, study_measures
from cfanalysis.survey.confidentiality import QUANTILES
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS, BenchmarkFacts


@dataclass(frozen=True, eq=False)
class NormBenchmark:
    """One group of a norm; it offers a client what `cfanalysis.study.benchmark.peers.Benchmark` does.

    Parameters
    ----------
    norm
        The norm.
    key
        The group.
    measures
        Of the client's study, adjusted with the norm's effects of roles.
    members
        By which it is found who counts in the norm.
    """

    norm: Norm
    key: GroupKey
    measures: StudyMeasures
    members: Members

    @cached_property
    def aggregates(self) -> pd.DataFrame:
        """The figures of the group."""
        table = self.norm.aggregates
        rows = table[(table["field"] == self.key[0]) & (table["value"] == self.key[1])]
        return rows.drop(columns=["field", "value"]).reset_index(drop=True)

    @property
    def trend(self) -> pd.DataFrame:
        """Wave means of all organizations."""
        trend = self.norm.trend.drop(columns=["field", "value", "as_of"])
        return trend if self.key[0] == ALL_ORGANIZATIONS else trend.iloc[:0]

    @property
    def importance(self) -> pd.DataFrame:
        """How Do items went with the criterion."""
        return self.norm.importance

    @property
    def role_effects(self) -> pd.DataFrame:
        """How roles went with what was answered."""
        return self.norm.role_effects

    def facts(self, client: str) -> BenchmarkFacts:
        """Return what the group is made of, and whether a client counts in it."""
        dates = Counter(self.aggregates[["as_of", "quartiles_as_of"]].stack().dropna())
        counted = self.norm.counted.get(self.key, frozenset())
        known = client in self.members.secret_by_name
        return replace(
            self.norm.groups[self.key],
            included=known and self.members.token(client, MEMBER) in counted,
            norm=self.norm.name,
            date=self.norm.date,
            draft=not self.norm.published,
            repeated=tuple(sorted((str(name), n) for name, n in dates.items() if name != self.norm.name)),
        )

    def percentiles(self, client: str) -> pd.DataFrame:
        """Return a client's places: ``wave, scope, name, facet, percentile, third``."""
        own = self.measures.latest_rows.of(client)
        keys = zip(*(own[column] for column in MEASURE), strict=True)
        figures = [self._figures.get(key, {}) for key in keys]
        places = [
            norm_place({**row, "score": score})
            for row, score in zip(figures, own["score"], strict=True)
            if row
        ]
        found = own.loc[[bool(row) for row in figures], ["wave", *MEASURE]].reset_index(drop=True)
        percentile = np.array([place[0] for place in places], dtype=float)
        return found.assign(percentile=percentile, third=[place[1] for place in places])

    def quartile(self, client: str) -> str | None:
        """Return the quartile of the criterion in which a client lies; None without a criterion or its quartiles."""
        index, own = self.measures.instrument.criterion_index, self.measures.latest_rows.of(client)
        if index is None:
            return None
        score = own.loc[(own["name"] == index.id) & (own["scope"] == "index"), "score"]
        figures = self._figures.get(("index", index.id, "all"), {})
        cuts = np.array([figures.get(column, np.nan) for column in ("p25", "p50", "p75")], dtype=float)
        if score.empty or np.isnan(cuts).any():
            return None
        place = np.searchsorted(cuts.round(DECIMALS), round(float(score.iloc[0]), DECIMALS), "right")
        return str(QUARTILES[3 - int(place)])

    @cached_property
    def _figures(self) -> dict[tuple[Any, ...], dict[Any, Any]]:
        """The figures of each measure."""
        rows = self.aggregates.to_dict("records")
        return {tuple(row[column] for column in MEASURE): row for row in rows}


def norm_place(row: Mapping[Any, Any]) -> tuple[float, str]:
    """Return a percentile and a third; only one of them is known, the other is missing or "".

    Parameters
    ----------
    row
        The figures of a measure (0-100) and the client's ``score``.

    Examples
    --------
    >>> norm_place({"score": 50.0, "p10": 20.0, "p25": 40.0, "p50": 60.0})[0]
    37.5
    >>> norm_place({"score": 50.0, "third_1": 30.0, "third_2": 45.0})
    (nan, 'upper')
    """
    score = float(str(row["score"]))
    known = [(float(str(row[f"p{q}"])), float(q)) for q in QUANTILES if not pd.isna(row.get(f"p{q}", np.nan))]
    if known:
        values, levels = (np.array(each) for each in zip(*known, strict=True))
        # Of equal quantiles a score has the middle, as of equal scores.
        below, above = np.searchsorted(values, score, "left"), np.searchsorted(values, score, "right")
        ends = np.concatenate([[levels[0] / 2], levels, [(100 + levels[-1]) / 2]])
        if above > below:
            return float((levels[below] + levels[above - 1]) / 2), ""
        if below in (0, len(levels)):
            return float(ends[0] if below == 0 else ends[-1]), ""
        return float(np.interp(score, values[below - 1 : below + 1], levels[below - 1 : below + 1])), ""
    cuts = [row.get(column, np.nan) for column in THIRD_COLUMNS]
    if any(pd.isna(cut) for cut in cuts):
        return np.nan, ""
    return np.nan, THIRDS[int(np.searchsorted(np.array(cuts, dtype=float), score))]


def client_benchmark(
    study: Study, client: str, benchmark: str, norm: str | None
) -> Benchmark | NormBenchmark:
    """Return what a client is compared with.

    Parameters
    ----------
    study
        The client's study.
    client
        An organization of it.
    benchmark
        ``"all"``, or one of the instrument's organization fields.
    norm
        A norm's name; ``"draft"`` for the study's own figures, which are published nowhere; None for the norm
        published last, or else the study's own.

    Raises
    ------
    ParameterError
        The instrument has no such field.
    ConfidentialityError
        The norm has no group with the client's value.
    StudyError
        There is no such norm.
    """
    found = report_norm(study, norm)
    if found is None:
        return study_benchmarks(study_measures(study)).of_client(client, benchmark)
    measures = study_measures(study, found.role_effects)
    titles = {
        field.id: field.title
        for field in measures.instrument.organization_fields
        if field.id in measures.facts
    }
    check_benchmark(benchmark, titles)
    key = (benchmark, "")
    if benchmark != ALL_ORGANIZATIONS:
        key = (benchmark, str(measures.facts[benchmark].fillna("").get(client, "")))
    if key not in found.groups:
        raise ConfidentialityError(
            "The norm has no such peer group: too few organizations, or their figures would show some.",
            where=f"norm {found.name}",
            value=f"{titles.get(key[0], key[0])}: {key[1] or 'unknown'}",
            allowed=", ".join(facts.title for (field, _), facts in found.groups.items() if field == key[0])
            or "all organizations",
            next_step="Take the benchmark of all organizations.",
        )
    return _norm_benchmark(found, key, measures)


def whole_benchmark(study: Study, norm: str | None = None) -> Benchmark | NormBenchmark:
    """Return what the public may see of all organizations: a norm's figures, or else the study's own.

    Parameters
    ----------
    study, norm
        As for `client_benchmark`.
    """
    found = report_norm(study, norm)
    if found is None:
        return study_benchmarks(study_measures(study)).all_organizations
    return _norm_benchmark(found, (ALL_ORGANIZATIONS, ""), study_measures(study, found.role_effects))


def norm_waves(found: Benchmark | NormBenchmark) -> tuple[str, ...]:
    """Return the waves of the organizations in a norm; of the study's own figures, those of the study."""
    instrument, waves = found.measures.instrument, found.measures.waves
    if not isinstance(found, NormBenchmark):
        return waves
    named = [wave for wave, _ in found.norm.groups[found.key].waves if wave != OTHER_ORGANIZATIONS]
    return tuple(instrument.wave_order(named or [found.norm.date]))


def report_norm(study: Study, norm: str | None) -> Norm | None:
    """Return the norm that reports are made against; None for the study's own figures.

    Parameters
    ----------
    study, norm
        As for `client_benchmark`.
    """
    folder = norms_folder(study)
    if norm == DRAFT:
        return None
    stamp = tuple(sorted((str(path), path.stat().st_mtime_ns) for path in folder.glob("*/norm.json")))
    return _read_norm(folder, norm, stamp)


@lru_cache(maxsize=1)
def _read_norm(folder: Path, norm: str | None, stamp: tuple[tuple[str, int], ...]) -> Norm | None:
    """Read a norm; `stamp` changes when one of them does."""
    return latest_norm(folder) if norm is None else find_norm(folder, norm)


@lru_cache(maxsize=64)
def _norm_benchmark(norm: Norm, key: GroupKey, measures: StudyMeasures) -> NormBenchmark:
    return NormBenchmark(norm, key, measures, read_members(norms_folder(measures.study)))
