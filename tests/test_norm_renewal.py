"""Norms over the years: what comes, is corrected and goes is taken in within a few norms, and shows nobody."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from cfanalysis.core.errors import StudyError
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.renewal import light_combination
from cfanalysis.study.benchmark.norm import FIGURE, MEMBER, Members, Norm
from cfanalysis.study.benchmark.norm_benchmark import NormBenchmark
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures

MEASURES = 3 if os.environ.get("CFANALYSIS_ATTACKS") == "all" else 1
TRIAL = Path(__file__).parents[1] / "benchmarks" / "norm_renewal.py"


@pytest.fixture(scope="module")
def trial() -> ModuleType:
    """The script of the long form, of all measures."""
    spec = importlib.util.spec_from_file_location("norm_renewal", TRIAL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def four_years(trial: ModuleType, sample_study: Study) -> list[Norm]:
    """Four norms of 150 organizations, of two items and their pair; of more in the long form."""
    return trial.play(trial.Trial(study_measures(sample_study), MEASURES), 150, 4)[0]  # type: ignore[no-any-return]


def test_figures_are_renewed_within_a_few_norms(trial: ModuleType, four_years: list[Norm]) -> None:
    """Of 26 groups, eight are renewed in the second norm and 13 in the third; most are young in the fourth."""
    first, second, third, fourth = four_years
    measures = len(fourth.aggregates[MEASURE].drop_duplicates())
    assert measures >= 5  # Say, Do and gap of a pair are three
    assert trial.counts(first, measures)[0] >= 20
    assert trial.counts(second, measures)[0] >= 8
    assert trial.counts(third, measures)[0] >= 13
    assert trial.counts(fourth, measures, oldest=2)[0] >= 20
    assert trial.counts(fourth, measures, oldest=9)[0] >= 25


def test_published_tables_are_renewed_at_once(trial: ModuleType, sample_study: Study) -> None:
    """Everybody may read the figures of a public instrument's organizations: nothing waits."""
    public = trial.Trial(study_measures(sample_study), 1)
    public.instrument = public.instrument.model_copy(update={"public": True})
    second = trial.play(public, 40, 2)[0][1]
    assert second.n_repeated == 0
    assert len(second.aggregates) > 5


def test_too_few_organizations_make_no_norm(trial: ModuleType, sample_study: Study) -> None:
    """Of four there is no figure that could be shown."""
    with pytest.raises(StudyError, match=r"too few organizations(.|\n)*at least 5"):
        trial.play(trial.Trial(study_measures(sample_study), 1), 4, 1)


def test_figures_say_of_which_norm_they_are(four_years: list[Norm], sample_study: Study) -> None:
    """What the fourth norm repeats is counted by the norm that it is of, as the figures themselves say."""
    fourth = four_years[-1]
    group = ("all", "") if ("all", "") in fourth.groups else next(iter(fourth.groups))
    facts = NormBenchmark(fourth, group, study_measures(sample_study), Members()).facts("Nobody")
    rows = fourth.aggregates[(fourth.aggregates[["field", "value"]] == list(group)).all(axis=1)]
    for name, n in facts.repeated:
        assert name != fourth.name
        assert n == (rows[["as_of", "quartiles_as_of"]] == name).to_numpy().sum()
    assert len(facts.repeated) == len({*rows["as_of"], *rows["quartiles_as_of"].dropna()} - {fourth.name})


def test_all_norms_together_show_nobody(four_years: list[Norm]) -> None:
    """A reader of all four, of all groups and quartiles, finds no combination that rests on fewer than five.

    Neither of a measure alone nor of Say, Do and gap together: the gap of somebody is its Say less its Do.
    """
    every = pd.concat([norm.record.assign(norm=norm.name) for norm in four_years])
    every = every[~every["scope"].isin([MEMBER, "statistics"]) & (every["through"] == "")]
    facets = 0
    for name, rows in every.groupby(["scope", "name"]):
        table = rows.pivot_table(
            index="unit", columns=["norm", "field", "value", "figure", "facet"], values="weight", fill_value=0
        )
        facet = table.columns.get_level_values("facet")
        signs = np.array(
            [[1.0, 0.0] if f == "say" else [0.0, 1.0] if f == "do" else [1.0, -1.0] for f in facet]
        )
        parts = 2 if "say" in facet else 1
        facets += parts == 2
        weights = table.to_numpy(float)[:, np.newaxis] * signs.T[:parts]
        assert light_combination(weights.reshape(-1, len(facet)), 5, parts=parts) is None, name
    assert facets or MEASURES == 1


def test_measures_of_one_score_show_nobody_together(four_years: list[Norm]) -> None:
    """An item and the side of its pair are the same score; a reader of both finds no combination of fewer than five."""
    every = pd.concat([norm.record.assign(norm=norm.name) for norm in four_years], ignore_index=True)
    every = every[~every["scope"].isin([MEMBER, "statistics"])]
    joined = 0
    for item, rows in every[every["scope"] == "item"].groupby("name"):
        same = every[every["own"].isin(rows["own"])]
        joined += same["scope"].nunique() > 1
        table = same.pivot_table(
            index="own", columns=["norm", *FIGURE, "figure"], values="weight", fill_value=0
        )
        assert light_combination(table.to_numpy(float), 5) is None, item
    assert joined >= 2
