"""How norms are renewed: `python benchmarks/norm_renewal.py [--organizations N] [--years Y] [--measures M]`.

Organizations are made up after those of a prepared study: each takes the latest answers of one of them, moved a little.
Three fields have 25 values together; 3 % of the items lack an answer. Each year newcomers come, answers are corrected
and organizations are deleted; then a norm is made with `make_norm` and published. Printed for each year, over all
measures of the instrument: how many groups are shown, renewed, and not older than two norms (fewest, median, most), and
the processor seconds. The aims for 150 organizations: at least 10 groups renewed in the second norm and 13 in the
third, 20 of 24 not older than two norms after the fourth; for 500 organizations at most 600 processor seconds a norm.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.study.benchmark.aggregates import linked_measures, score_text
from cfanalysis.study.benchmark.norm import Members, Norm
from cfanalysis.study.benchmark.norm_making import make_norm
from cfanalysis.study.benchmark.peers import StudyBenchmarks
from cfanalysis.study.study_measures import StudyMeasures, study_measures
from cfanalysis.study.workspace import find_study

VALUES = (8, 8, 9)
"""How many values each of three fields has."""

LACKING = 0.03
NEWCOMERS, CORRECTED, DELETED = 20, 5, 3


@dataclass
class Trial:
    """Organizations that come, are corrected, and go; it offers a year's measures as `StudyMeasures` does.

    Parameters
    ----------
    template
        Of the study after which they are made up.
    measures
        How many of its measures are taken, with those that are linked to them; None for all.
    seed
        Of what is drawn at random.
    """

    template: StudyMeasures
    measures: int | None = None
    seed: int = 0
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    year: int = 0

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        keys = pd.DataFrame(list(self.template.items), columns=MEASURE)
        linked = linked_measures(keys, self.template.items)
        every = linked.unique()
        chosen = every[:: len(every) // (self.measures or len(every))][: self.measures]
        self.items: dict[MeasureKey, frozenset[str]] = {
            key: self.template.items[key]
            for key in keys[linked.isin(chosen)].itertuples(index=False, name=None)
        }
        self.fields = [f.id for f in self.template.instrument.organization_fields][: len(VALUES)]
        latest = self.template.latest
        keys = pd.MultiIndex.from_frame(latest[MEASURE])
        self._models = [rows for _, rows in latest[keys.isin(list(self.items))].groupby("organization")]
        names = sorted(set().union(*self.items.values()))
        self._lacking = {key: np.isin(names, list(items)) for key, items in self.items.items()}
        self._n_items = len(names)

    def come(self, number: int) -> None:
        """Let some organizations come."""
        for _ in range(number):
            name = f"Organization {len(self.values):05d}"
            self.values[name] = tuple(f"value {self.random.integers(n)}" for n in VALUES)
            self.rows[name] = self._answers(name)

    def pass_year(self) -> None:
        """Let a year pass: some go, some are corrected, some come."""
        self.year += 1
        for name in self.random.choice(list(self.rows), DELETED, replace=False):
            del self.rows[name]
        for name in self.random.choice(list(self.rows), CORRECTED, replace=False):
            self.rows[name] = self._answers(str(name))
        self.come(NEWCOMERS)

    def _answers(self, name: str) -> pd.DataFrame:
        model = self._models[self.random.integers(len(self._models))]
        lacking = self.random.random(self._n_items) < LACKING
        keys = list(zip(*(model[c] for c in MEASURE), strict=True))
        there = [not lacking[self._lacking[key]].any() for key in keys]
        # The same score in all its measures, as of an item and its pair.
        moved = pd.Series([score_text(key, self.items) for key in keys]).factorize()[0]
        score = np.clip(model["score"] + self.random.normal(0, 3, len(model))[moved], 0, 100)
        return model.assign(organization=name, score=score)[there]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.template, name)

    @property
    def latest(self) -> pd.DataFrame:
        """Every measure of the organizations."""
        return pd.concat(self.rows.values(), ignore_index=True)

    @property
    def facts(self) -> pd.DataFrame:
        """Their facts."""
        columns = dict(zip(self.fields, zip(*(self.values[n] for n in self.rows), strict=True), strict=True))
        return pd.DataFrame({**columns, "wave": self.waves[-1]}, index=list(self.rows))


def play(trial: Trial, organizations: int, years: int) -> tuple[list[Norm], list[float]]:
    """Return the norms of some years, and the processor seconds of each."""
    norms: list[Norm] = []
    seconds, members = [], Members()
    trial.come(organizations)
    for year in range(years):
        if year:
            trial.pass_year()
        start = time.process_time()
        norms.append(make_norm(StudyBenchmarks(trial), str(2025 + year), norms, members))  # type: ignore[arg-type]
        seconds.append(time.process_time() - start)
    return norms, seconds


def counts(norm: Norm, number: int, *, oldest: int = 0) -> np.ndarray:
    """Return for each measure the groups whose figure is at most so many norms old, ascending."""
    fresh = norm.aggregates["as_of"].astype(int) >= int(norm.name) - oldest
    found = norm.aggregates[fresh].groupby(MEASURE).size().to_numpy()
    return np.sort(np.concatenate([np.zeros(number - len(found), int), found]))


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", default="sample")
    parser.add_argument("--organizations", type=int, default=150)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--measures", type=int, help="how many; all by default")
    wanted = parser.parse_args()
    trial = Trial(study_measures(find_study(wanted.study)), wanted.measures)
    norms, seconds = play(trial, wanted.organizations, wanted.years)
    print("norm   groups shown   renewed   at most two norms old (fewest, median, most)   seconds")
    for norm, spent in zip(norms, seconds, strict=True):
        parts = [counts(norm, len(trial.items), oldest=oldest) for oldest in (10_000, 0, 2)]
        cells = [f"{part[0]:3d} {int(np.median(part)):3d} {part[-1]:3d}" for part in parts]
        print(norm.name, *cells, f"{spent:8.1f}", sep="   ")
    last = norms[-1].aggregates
    print("Renewed in the last norm, by scope (median over measures; organizations that have the measure):")
    for scope, rows in last.groupby("scope", sort=False):
        fresh = (rows["as_of"] == norms[-1].name).groupby([rows["name"], rows["facet"]]).sum()
        print(
            f"  {scope:14s} {int(fresh.median()):3d} {int(rows.loc[rows['field'] == 'all', 'n'].median()):5d}"
        )


if __name__ == "__main__":
    main()
