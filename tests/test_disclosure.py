"""An attacker with everybody's reports: nothing about few organizations follows from what is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.analyses.measures import measure_items
from cfanalysis.scoring.means import one_wave
from cfanalysis.scoring.score_table import MEASURE, score_table
from cfanalysis.statistics.disclosure import quantile_weights, small_combination
from cfanalysis.study.benchmark.aggregates import QUARTILE_COLUMNS, aggregates
from cfanalysis.study.benchmark.membership import BenchmarkMembership, benchmark_membership
from cfanalysis.study.benchmark.peers import study_benchmarks
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures
from cfanalysis.survey.confidentiality import publishable_splits
from cfanalysis.survey.instrument import Minima
from cfanalysis.survey.survey_data import ClientExtract, Survey

from .surveys import made_instrument, made_survey, survey_of

MINIMUM = 5
Equation = tuple[dict[tuple[str, str], float], float]
"""Weights of the unknown scores (organization, item), and what their sum is published to be."""


# ---- what can be worked out from sets ----------------------------------------------------------------------


def brute_force(sets: np.ndarray, minimum: int) -> bool:
    """Whether leaving out a small group's rows lowers the rank: then a combination rests on it alone."""
    whole = np.linalg.matrix_rank(sets)
    rows = np.arange(len(sets))
    groups = (g for size in range(1, minimum) for g in combinations(rows, size))
    return any(np.linalg.matrix_rank(sets[np.setdiff1d(rows, g)]) < whole for g in groups)


def test_small_groups_are_found_as_by_brute_force() -> None:
    """Over random families of sets; the group that is returned is one that brute force confirms."""
    random = np.random.default_rng(5)
    found = 0
    for _ in range(120):
        shape = (random.integers(6, 12), random.integers(2, 6))
        sets = (random.random(shape) < random.choice([0.5, 0.8])).astype(float)
        group = small_combination(sets.astype(bool), 4)
        assert (group is not None) == brute_force(sets, 4)
        if group is not None:
            found += 1
            others = np.setdiff1d(np.arange(len(sets)), group)
            assert len(group) < 4
            assert np.linalg.matrix_rank(sets[others]) < np.linalg.matrix_rank(sets)
    assert 40 < found < 120


def test_one_respondent_is_not_left_over_between_two_fields() -> None:
    """Leaders, all but one of them in sales: sales is not shown beside leaders; alone it would be."""
    role = pd.Series(["leader"] * 6 + ["staff"] * 9)
    sales = pd.Series(["yes"] * 5 + ["no"] * 10)
    assert publishable_splits({"role": role, "sales": sales}, Minima()) == {
        ("role", "leader"),
        ("role", "staff"),
    }
    assert publishable_splits({"sales": sales}, Minima()) == {("sales", "yes"), ("sales", "no")}


def test_no_quantile_is_an_organization_s_value() -> None:
    """Every quantile of 20 values or more mixes at least four, none with more than two thirds of the weight."""
    for n in (20, 21, 41, 200):
        weights = quantile_weights(n, (0.1, 0.25, 0.5, 0.75, 0.9))
        assert weights.sum(axis=1) == pytest.approx(1)
        assert weights.max() < 2 / 3
        assert ((weights > 0.01).sum(axis=1) >= 4).all()


# ---- the attacker ------------------------------------------------------------------------------------------


def published_totals(
    extract: ClientExtract, counts: BenchmarkMembership, items: dict[tuple[str, str, str], dict[str, float]]
) -> Iterator[Equation]:
    """Every mean of an extract as an equation in the items' scores, by an attacker who knows who counts where."""
    held = counts.rows.groupby(MEASURE)["organization"].agg(list)
    for row in extract.benchmark.to_dict("records"):
        measure = (row["scope"], row["name"], row["facet"])
        if measure not in items:
            continue
        assert row["n"] == len(held[measure])
        groups = {"mean": held[measure]}
        for name, column in QUARTILE_COLUMNS.items():
            groups[column] = [o for o in held[measure] if counts.quartiles.get(o) == name]
        for column, members in groups.items():
            if not np.isnan(row[column]):
                weights = {(o, i): w for o in members for i, w in items[measure].items()}
                yield weights, row[column] * len(members)


def rounding(weights: Mapping[tuple[str, str], float]) -> float:
    """How far a total may be off: a published mean is rounded to a tenth, a gap is the difference of two such means."""
    return 0.1 * len({organization for organization, _ in weights}) + 1e-6


def formulas(study: Study, dimension: str) -> dict[tuple[str, str, str], dict[str, float]]:
    """The measures that are made of one dimension's items alone, with the weights of the items."""
    instrument = study.survey.instrument
    items = instrument.select(role="gap", dimension=dimension)
    by_facet = {f: [i.id for i in items if i.facet == f] for f in ("say", "do")}
    made: dict[tuple[str, str, str], dict[str, float]] = {("item", i.id, "all"): {i.id: 1.0} for i in items}
    sets = {("dimension", dimension): by_facet}
    for pair in instrument.pairs:
        if pair.say.id in by_facet["say"]:
            sets["pair", pair.id] = {"say": [pair.say.id], "do": [pair.do.id]}
    for (scope, name), ids in sets.items():
        for facet, members in ids.items():
            made[scope, name, facet] = {i: 1 / len(members) for i in members}
        say, do = made[scope, name, "say"], made[scope, name, "do"]
        made[scope, name, "gap"] = {**say, **{i: -w for i, w in do.items()}}
    return made


def matrix(equations: list[Equation]) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """The equations' weights, and the unknown of each column."""
    unknown = sorted({u for weights, _ in equations for u in weights})
    place = {u: i for i, u in enumerate(unknown)}
    weights = np.zeros((len(equations), len(unknown)))
    for row, (known, _) in enumerate(equations):
        for u, weight in known.items():
            weights[row, place[u]] = weight
    return weights, unknown


def given_away(equations: list[Equation], *, pairs: bool = True) -> list[tuple[str, ...]]:
    """Organizations, and pairs of them, about which alone something follows from the equations.

    Something does where leaving out their columns lowers the rank: where their rows of a basis of the null space are
    dependent. The null space is looked at along random directions.
    """
    weights, unknown = matrix(equations)
    _, values, right = np.linalg.svd(weights, full_matrices=True)
    null = right[(values > 1e-9 * values[0]).sum() :].T
    null = null @ np.random.default_rng(0).normal(size=(null.shape[1], 60)) / np.sqrt(60)
    rows: dict[str, list[int]] = {}
    for column, (organization, _) in enumerate(unknown):
        rows.setdefault(organization, []).append(column)
    names = sorted(rows)
    own = {}
    for name in names:
        left, values, _ = np.linalg.svd(null[rows[name]].T, full_matrices=False)
        if (values < 1e-7).any():
            return [(name,)]
        own[name] = left
    if not pairs:
        return []
    # Two subspaces share a direction where the cosine of their least angle is 1.
    bases = np.stack([own[n] for n in names if own[n].shape[1] == max(o.shape[1] for o in own.values())])
    kept = [n for n in names if own[n].shape[1] == bases.shape[2]]
    return [
        (kept[i], kept[j])
        for i in range(len(kept))
        for j in range(i + 1, len(kept))
        if np.linalg.norm(bases[i].T @ bases[j], 2) > 1 - 1e-9
    ]


@pytest.fixture(scope="module")
def extracts(
    sample_study: Study, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[ClientExtract, BenchmarkMembership]]:
    """An extract with the benchmark of all, and one for each group of peers of each fact."""
    known, folder = study_measures(sample_study), tmp_path_factory.mktemp("extracts")
    benchmarks = study_benchmarks(known)
    wanted: dict[tuple[str, str], str] = {("all", ""): sample_study.clients[0]}
    for field, value in sorted(benchmarks.groups):
        wanted[field, value] = str(known.facts.index[known.facts[field] == value][0])
    found = []
    for number, ((field, value), client) in enumerate(wanted.items()):
        extract = open_extract(cut_extract(sample_study, client, folder / str(number), benchmark=field))
        benchmark = benchmarks.groups[field, value] if value else benchmarks.all_organizations
        found.append((extract, benchmark.membership))
    return found


@pytest.mark.slow
def test_no_organization_follows_from_all_reports(
    sample_study: Study, extracts: list[tuple[ClientExtract, BenchmarkMembership]]
) -> None:
    """Items, pairs, dimension, of all and of every group of peers, with quartiles, solved together: nothing."""
    assert len(extracts) > 15
    made = formulas(sample_study, sample_study.survey.instrument.gap_dimensions[0].id)
    equations = [e for extract, counts in extracts for e in published_totals(extract, counts, made)]
    assert len(equations) > 400
    scores = study_measures(sample_study).latest.query("scope == 'item'")
    truth = scores.set_index(["organization", "name"])["score"].to_dict()
    wrong = [t for w, t in equations if abs(sum(truth[u] * k for u, k in w.items()) - t) > rounding(w)]
    assert wrong == [], "the attacker's picture of what is published is not right"
    assert given_away(equations) == []


def test_the_attacker_finds_what_a_careless_benchmark_gives_away(sample_study: Study) -> None:
    """Means over whoever has an answer: an organization's own answers follow to the last digit."""
    made = formulas(sample_study, sample_study.survey.instrument.gap_dimensions[0].id)
    latest = study_measures(sample_study).latest.set_index(MEASURE)
    equations: list[Equation] = []
    for measure, weights in made.items():
        rows = latest.loc[[measure]]
        known = {(o, i): w for o in rows["organization"] for i, w in weights.items()}
        equations.append((known, float(rows["score"].sum())))
    ((name,),) = given_away(equations, pairs=False)
    matrix_, unknown = matrix(equations)
    mine = [i for i, (o, _) in enumerate(unknown) if o == name]
    others = np.setdiff1d(np.arange(len(unknown)), mine)
    _, values, right = np.linalg.svd(matrix_[:, others].T, full_matrices=True)
    combination = right[(values > 1e-9 * values[0]).sum() :]
    combination = combination[np.abs(combination @ matrix_[:, mine]).max(axis=1) > 1e-6][0]
    scores = study_measures(sample_study).latest.query("scope == 'item' and organization == @name")
    truth = scores.set_index("name")["score"]
    worked_out = float(combination @ [total for _, total in equations])
    direct = sum(w * truth[unknown[i][1]] for i, w in zip(mine, combination @ matrix_[:, mine], strict=True))
    assert worked_out == pytest.approx(direct, abs=1e-6)


def test_waves_and_quartiles_together_show_nobody(sample_study: Study, tmp_path: Path) -> None:
    """Wave means, changes, quartile means and the mean of all, solved over organizations and waves."""
    extract = open_extract(cut_extract(sample_study, sample_study.clients[0], tmp_path / "x"))
    counts = study_benchmarks(study_measures(sample_study)).all_organizations.membership
    assert {"", extract.source.waves[0]} == set(extract.trend["before"])
    before, after = extract.source.waves
    scores = sample_study.scores.query("scope == 'overall' and facet == 'gap' and kind == 'organization'")
    truth = scores.set_index(["organization", "wave"])["score"]
    rows = counts.rows.query("scope == 'overall' and facet == 'gap'")
    latest = list(zip(rows["organization"], rows["wave"], strict=True))
    equations: list[Equation] = [(dict.fromkeys(latest, 1.0), float(rows["score"].sum()))]
    for name in QUARTILE_COLUMNS:
        members = [u for u in latest if counts.quartiles.get(u[0]) == name]
        equations.append((dict.fromkeys(members, 1.0), float(truth[members].sum())))
    trend = extract.trend.query("scope == 'overall' and facet == 'gap'").set_index(["before", "after"])
    in_wave = {w: {o for o, v in truth.index if v == w} for w in (before, after)}
    both = in_wave[before] & in_wave[after]
    sets = {("", before): in_wave[before], ("", after): in_wave[after], (before, after): both}
    for key, members in sets.items():
        who = counted_in_trend(members, set(rows["organization"]))
        assert trend.loc[key, "n"] == len(who)
        weights = {(o, key[1]): 1.0 for o in who} | ({(o, key[0]): -1.0 for o in who} if key[0] else {})
        total = float(trend.loc[key, "mean"]) * len(who)
        assert sum(truth[u] * w for u, w in weights.items()) == pytest.approx(total, abs=rounding(weights))
        equations.append((weights, total))
    assert given_away(equations) == []


def counted_in_trend(members: set[str], counting: set[str]) -> list[str]:
    return sorted(members & counting)


@pytest.mark.parametrize("seed", range(4))
def test_random_gaps_in_answers_give_nobody_away(seed: int) -> None:
    """Surveys of 10 to 60 organizations in which answers are missing at random, as few or many as it happens."""
    random = np.random.default_rng(seed)
    survey = with_holes(
        made_survey(organizations=int(random.integers(10, 60)), respondents=1, seed=seed), random
    )
    table = score_table(survey.shares, survey.instrument)
    latest = one_wave(table, survey.source.waves, "latest")
    index = latest.query("scope == 'index'").set_index("organization")["score"].rank(pct=True)
    names = {o: list(QUARTILE_COLUMNS)[min(int(4 * (1 - p)), 3)] for o, p in index.items()}
    keys = set(latest[MEASURE].itertuples(index=False, name=None))
    items = {key: measure_items(key, survey.instrument) for key in keys}
    counts = benchmark_membership(latest, names, items, MINIMUM)
    again = benchmark_membership(counts.rows, counts.quartiles, items, MINIMUM)
    assert len(again.rows) == len(counts.rows), "what counts among those who count is the same"
    equations = list(totals(survey, counts))
    assert given_away(equations) == []


def with_holes(survey: Survey, random: np.random.Generator) -> Survey:
    """The survey with some answers left out."""
    assert survey.raw_responses is not None
    people = survey.raw_responses.copy()
    for item in survey.instrument.rated_items:
        people.loc[random.random(len(people)) < random.choice([0.0, 0.01, 0.05]), item.id] = pd.NA
    return survey_of(people, survey.instrument)


def totals(survey: Survey, counts: BenchmarkMembership) -> Iterator[Equation]:
    """What would be published of items, pairs, dimensions and the whole, with quartiles."""
    instrument = survey.instrument
    ids = {f: [i for i in instrument.gap_items if i.facet == f] for f in ("say", "do")}
    held = counts.rows.groupby(MEASURE)["organization"].agg(list)
    for row in aggregates(counts, instrument.minima).to_dict("records"):
        measure = (row["scope"], row["name"], row["facet"])
        if row["scope"] == "item":
            made = {row["name"]: 1.0}
        elif row["facet"] in ("say", "do") and row["scope"] in ("overall", "dimension", "pair"):
            mine = [
                i.id
                for i in ids[row["facet"]]
                if row["scope"] == "overall" or row["name"] in (i.dimension, i.pair)
            ]
            made = dict.fromkeys(mine, 1 / len(mine))
        else:
            continue
        for column, name in [("mean", None), *((c, n) for n, c in QUARTILE_COLUMNS.items())]:
            if not np.isnan(row[column]):
                who = [o for o in held[measure] if name is None or counts.quartiles.get(o) == name]
                yield {(o, i): w for o in who for i, w in made.items()}, row[column] * len(who)


def test_a_questionnaire_page_and_reports_show_the_same_benchmark(
    sample_study: Study, tmp_path: Path
) -> None:
    """A page that is published beside client reports rests on the same organizations."""
    from cfanalysis.questionnaire.respondent_profile import page_benchmark

    page = page_benchmark(sample_study, sample_study.survey.instrument)
    extract = open_extract(cut_extract(sample_study, sample_study.clients[0], tmp_path / "x"))
    table = extract.benchmark.set_index(MEASURE)
    for name, shown in page.measures.items():
        assert shown["n"] == table.loc[tuple(name.split("/")), "n"]
    assert made_instrument().minima.organizations == MINIMUM
