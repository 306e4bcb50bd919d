"""Norms: what is published once stays, and what follows it cannot be subtracted from it."""

from __future__ import annotations

import os
import shutil
from copy import copy
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.core.errors import OutputError, StudyError
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.disclosure import small_combination
from cfanalysis.statistics.renewal import light_combination, publishable_totals
from cfanalysis.study.benchmark import norm_benchmark
from cfanalysis.study.benchmark.norm import (
    MEMBER,
    RECORD,
    Members,
    Norm,
    find_norm,
    forget_member,
    norms,
    read_members,
    write_members,
    write_norm,
)
from cfanalysis.study.benchmark.norm_making import make_norm, make_study_norm
from cfanalysis.study.benchmark.norm_renewal import renewed_figures
from cfanalysis.study.benchmark.peers import study_benchmarks
from cfanalysis.study.benchmark.wave_means import trend_means
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.study.study_measures import StudyMeasures, study_measures

EVERY = 1 if os.environ.get("CFANALYSIS_ATTACKS") == "all" else 6  # of so many measures, one is in the norms


def random_totals(seed: int) -> np.ndarray:
    """Groups of two fields over some organizations, of which some lack an answer."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 40))
    fields = [rng.integers(0, 3, n) for _ in range(2)]
    totals = np.column_stack([np.ones(n), *(field == v for field in fields for v in range(3))]).astype(float)
    totals *= (rng.random(n) > 0.05)[:, np.newaxis]
    return np.hstack([totals, totals * (rng.random(totals.shape) > 0.03)]) if seed % 2 else totals


def test_the_quick_search_finds_what_the_exact_one_finds() -> None:
    """In forty sets of totals it agrees with the search through all groups, and both answers occur."""
    answers = set()
    for seed in range(40):
        totals = random_totals(seed)
        exact = small_combination(totals > 0, 5) is not None
        assert (light_combination(totals, 5) is not None) == exact
        answers.add(exact)
    assert answers == {True, False}


def say_do_gap(seed: int) -> np.ndarray:
    """Totals of Say, Do and gap of a few groups, two parts a unit; some have no Do."""
    rng, n = np.random.default_rng(seed), 12
    groups = 1.0 * np.column_stack([np.ones(n), rng.integers(0, 2, n) == 0, rng.integers(0, 2, n) == 0])
    have = (rng.random(n) > 0.2)[:, np.newaxis]
    terms = [(groups, (1, 0)), (groups * have, (0, 1)), (groups * have, (1, -1))]
    totals = [
        of[:, np.newaxis, [k]] * np.array(part).reshape(1, 2, 1) for of, part in terms for k in range(3)
    ]
    some = rng.choice(len(totals), 6, replace=False)
    return np.concatenate([totals[k] for k in some], axis=2).reshape(2 * n, -1)


def test_what_follows_from_say_do_and_gap_together_is_found() -> None:
    """As by brute force: leaving out both parts of a few units lowers the rank."""
    answers = []
    for seed in range(30):
        totals = say_do_gap(seed)
        units = np.arange(len(totals) // 2)
        rank = np.linalg.matrix_rank(totals)
        left = (np.isin(np.arange(len(totals)) // 2, few, invert=True)
                for size in (1, 2, 3) for few in combinations(units, size))  # fmt: skip
        exact = any(np.linalg.matrix_rank(totals[rest]) < rank for rest in left)
        word = light_combination(totals, 4, parts=2)
        assert (word is not None) == exact, seed
        assert word is None or word.reshape(-1, 2).any(axis=1).sum() < 4
        answers.append(exact)
    assert 5 < sum(answers) < 25


def test_say_do_and_gap_are_renewed_together() -> None:
    """Nine newcomers, four of whom have no Do: their Say would be Say less Do less gap, so all three wait."""
    old, five, four = ([f"{c}{n}" for n in range(k)] for c, k in (("o", 20), ("f", 5), ("m", 4)))

    def facets(whole: list[str], both: list[str]) -> pd.DataFrame:
        parts = [
            record({"": whole if facet == "say" else both}).assign(facet=facet)
            for facet in ("say", "do", "gap")
        ]
        return pd.concat(parts, ignore_index=True)

    before = facets(old, old)
    assert renewed_figures(facets([*old, *five, *four], [*old, *five]), [before], {}, 5) == set()
    assert len(renewed_figures(facets([*old, *five], [*old, *five]), [before], {}, 5)) == 3
    alone = facets([*old, *five, *four], [*old, *five]).query("facet == 'say'")
    assert len(renewed_figures(alone, [before.query("facet == 'say'")], {}, 5)) == 1


def test_corrections_of_say_do_not_cover_a_newcomer_in_do() -> None:
    """Four have another Say and somebody came: of Do only the newcomer is new. All three wait, till five have come."""
    old, corrected = [f"o{n}" for n in range(20)], 4

    def facets(newcomers: int, version: str) -> pd.DataFrame:
        who = [*old, *(f"n{n}" for n in range(newcomers))]
        units = [f"{name} {version}" if name in old[:corrected] else name for name in who]
        parts = [record({"": units}).assign(facet=facet) for facet in ("say", "do", "gap")]
        parts[1] = parts[1].assign(own=who)
        return pd.concat(parts, ignore_index=True)

    before = facets(0, "first")
    assert renewed_figures(facets(1, "second"), [before], {}, 5) == set()
    assert renewed_figures(facets(1, "first"), [before], {}, 5) == set()
    assert len(renewed_figures(facets(5, "second"), [before], {}, 5)) == 3


def test_an_item_and_its_pair_are_one_score() -> None:
    """Eight have no pair. An item renewed a norm before its pair, less that pair, would be one less another one."""
    old, eight, four = ([f"{c}{n}" for n in range(k)] for c, k in (("o", 20), ("e", 8), ("f", 4)))
    item, pair = (
        (lambda units, key=key: record({"": units}).assign(scope=key[0], name=key[1], facet=key[2]))
        for key in SAME_SCORE
    )
    before = [pd.concat([item([*old, *eight]), pair(old)]), item([*old, *eight, *four, "without"])]
    now = pair([*old, *four, "newcomer"])
    assert len(renewed_figures(now, before, {}, 5)) == 1
    items = dict.fromkeys(SAME_SCORE, frozenset({"s1"}))
    assert renewed_figures(now, before, {}, 5, items=items) == set()
    assert len(renewed_figures(pair([*old, *four, *"nopqr"]), before, {}, 5, items=items)) == 1


def test_a_mean_of_items_counts_as_a_total_of_each() -> None:
    """Whoever knows the other items works it out: a dimension waits for newcomers to its item, and an item for its."""
    old, four, five = ([f"{c}{n}" for n in range(k)] for c, k in (("o", 20), ("f", 4), ("n", 5)))

    def item(units: list[str]) -> pd.DataFrame:
        return record({"": units}).assign(scope="item", name="s1", facet="all")

    def mean(units: list[str]) -> pd.DataFrame:
        whole = record({"": units}).assign(scope="dimension", name="lead")
        return pd.concat([whole, whole.assign(through="s1")], ignore_index=True)

    for first, then in ((item, mean), (mean, item)):
        assert renewed_figures(then([*old, *four]), [first(old)], {}, 5) == set()
        assert len(renewed_figures(then([*old, *five]), [first(old)], {}, 5)) == 1


def test_a_change_rests_on_those_who_changed() -> None:
    """Two of twenty with another score in the later wave are shown by the mean change, three are six versions."""
    first = [f"o{n}" for n in range(20)]
    for changed, renewed in ((2, 0), (3, 1)):
        then = [f"{name} then" if n < changed else name for n, name in enumerate(first)]
        change = pd.concat([record({"": then}), record({"": first}).assign(weight=-1.0)])
        assert len(renewed_figures(change, [], {}, 5)) == renewed


def test_what_is_found_is_a_combination() -> None:
    """The weights lie in the span of the totals, and rest on fewer units than the minimum."""
    totals = next(t for t in map(random_totals, range(1, 40, 2)) if light_combination(t, 5) is not None)
    word = light_combination(totals, 5)
    assert word is not None
    assert 0 < (word != 0).sum() < 5
    assert totals @ np.linalg.lstsq(totals, word, rcond=None)[0] == pytest.approx(word, abs=1e-6)


def test_what_may_be_published_together_is_safe_together() -> None:
    """Candidates that are accepted are safe beside what was published; the first is never given up for a later one."""
    for seed in range(1, 20, 2):
        totals = random_totals(seed)
        candidates = [totals[:, [k]] for k in range(totals.shape[1]) if (totals[:, k] > 0).sum() >= 5]
        shown = publishable_totals(np.zeros((len(totals), 0)), candidates, 5)
        assert 0 in shown
        assert small_combination(np.hstack([candidates[i] for i in shown]) > 0, 5) is None


SAME_SCORE = (("item", "s1", "all"), ("pair", "p", "say"))
"""An item, and the side of its pair."""


def record(groups: dict[str, list[str]]) -> pd.DataFrame:
    """The record of one measure: the units of each group."""
    rows = [("all" if not name else "f", name, "overall", "overall", "say", "", "", unit, unit, 1.0)
            for name, units in groups.items() for unit in units]  # fmt: skip
    return pd.DataFrame(rows, columns=RECORD)


def renewed_groups(now: dict[str, list[str]], *before: dict[str, list[str]]) -> set[str]:
    """The groups whose figure is renewed."""
    return {key[1] for key in renewed_figures(record(now), [record(b) for b in before], {}, 5)}


def test_newcomers_are_shown_when_enough_have_come() -> None:
    """Four newcomers wait, in whatever group; five are shown; who came between two norms is found, too."""
    old = [f"o{n}" for n in range(20)]
    four, five = [f"n{n}" for n in range(4)], [f"n{n}" for n in range(5)]
    assert renewed_groups({"": [*old, *four]}, {"": old}) == set()
    assert renewed_groups({"": [*old, *five]}, {"": old}) == {""}
    assert renewed_groups({"": [*old, *five, "m"]}, {"": old}, {"": [*old, *five]}) == set()
    # Nine newcomers, of whom one is in the north.
    north = {"": old, "north": old[:10]}
    nine = [f"n{n}" for n in range(9)]
    assert renewed_groups({"": [*old, *nine], "north": [*old[:10], "n0"]}, north) == {""}


def test_a_raised_minimum_does_not_stop_norms() -> None:
    """Six newcomers were shown under a minimum of five; under eight, what follows is judged by what it adds."""
    old, six, ten = [f"o{n}" for n in range(20)], [f"n{n}" for n in range(6)], [f"m{n}" for n in range(10)]
    before = [record({"": old}), record({"": [*old, *six]})]
    assert renewed_figures(record({"": [*old, *six, *ten[:7]]}), before, {}, 8) == set()
    assert len(renewed_figures(record({"": [*old, *six, *ten]}), before, {}, 8)) == 1


def test_a_corrected_organization_counts_as_another() -> None:
    """One that left and came back with other answers is two units: fewer than five wait."""
    old = [f"o{n}" for n in range(20)]
    assert renewed_groups({"": [*old[2:], "o0 corrected", "o1 corrected"]}, {"": old}) == set()
    assert renewed_groups({"": [*old[3:], *(f"o{n} corrected" for n in range(3))]}, {"": old}) == {""}


@pytest.fixture(scope="module")
def members() -> Members:
    return Members()


@pytest.fixture(scope="module")
def few(sample_study: Study) -> StudyMeasures:
    """Some measures of the sample, in `make attacks` all: what holds of each measure for itself is seen in them."""
    measures = copy(study_measures(sample_study))
    keys = pd.MultiIndex.from_frame(measures.latest[MEASURE])
    measures.__dict__["latest"] = measures.latest[keys.isin(keys.unique()[::EVERY])]
    return measures


@pytest.fixture(scope="module")
def first(few: StudyMeasures, members: Members) -> Norm:
    return make_norm(study_benchmarks(few), "2025", (), members)


def test_the_same_study_has_the_same_content(few: StudyMeasures, first: Norm, members: Members) -> None:
    """Made again beside its publication, everything is renewed and nothing is different."""
    again = make_norm(study_benchmarks(few), "later", [first], members)
    assert again.content == first.content
    assert again.n_repeated == 0
    assert len(again.groups) > 10
    assert again.date == few.waves[-1]


def test_correlations_and_effects_of_a_norm_are_rounded(first: Norm) -> None:
    """Their last digits depend on the processor; a norm is the same wherever it was made."""
    for frame in (first.importance, first.role_effects):
        floats = frame.select_dtypes("float64")
        pd.testing.assert_frame_equal(floats, floats.round(9), check_exact=True)


def test_all_totals_of_a_norm_together_show_nobody(first: Norm) -> None:
    """Measure by measure, over all groups, quartiles and waves: no combination rests on fewer than five."""
    alike = set()
    rows = first.record[first.record["scope"] != MEMBER]
    totals = rows.assign(total=rows.groupby(["field", "value", "figure"]).ngroup())
    for measure, of in totals.groupby(MEASURE):
        units, columns = pd.factorize(of["unit"])[0], pd.factorize(of["total"])[0]
        table = np.zeros((units.max() + 1, columns.max() + 1))
        np.add.at(table, (units, columns), of["weight"])
        form = table[np.lexsort(table.T)].tobytes()  # the same for measures that rest on the same units
        assert form in alike or light_combination(table, 5) is None, measure
        alike.add(form)


def test_a_new_name_makes_no_new_organization(
    sample_study: Study, few: StudyMeasures, first: Norm, members: Members
) -> None:
    """Five organizations that are only called otherwise are no newcomers behind whom a sixth could be hidden."""
    renamed, five = copy(few), {name: f"{name} Ltd" for name in sample_study.clients[:5]}
    renamed.__dict__["latest"] = few.latest.replace({"organization": five})
    renamed.__dict__["facts"] = few.facts.rename(index=five)
    renamed.__dict__["role_states"] = few.role_states.replace({"organization": five})
    both = Members(dict(members.secret_by_name))
    again = make_norm(study_benchmarks(renamed), "later", [first], both)
    assert {both.secret_by_name[new] for new in five.values()} == {members.secret_by_name[n] for n in five}
    key = ["field", "value", *MEASURE, "figure"]
    now, then = (set(map(tuple, n.record[[*key, "unit"]].to_numpy())) for n in (again, first))
    assert {row for row in now - then if row[2] != MEMBER and row[0] != "trend"} == set()


def test_a_norm_names_nobody(sample_study: Study, first: Norm, members: Members, tmp_path: Path) -> None:
    """No file of it holds a name; the tokens of a forgotten organization lead nowhere."""
    write_members(tmp_path, members)
    folder = write_norm(first, tmp_path)
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert [name for name in sample_study.clients if name.encode() in content] == []
    client = sample_study.clients[0]
    assert client in (tmp_path / "members.json").read_text("utf-8")
    assert forget_member(tmp_path, client)
    assert client not in (tmp_path / "members.json").read_text("utf-8")
    assert not forget_member(tmp_path, client)
    assert read_members(tmp_path).token(client, "x") != members.token(client, "x")


def test_drafts_are_replaced_and_published_norms_are_not(first: Norm, tmp_path: Path) -> None:
    """A second write of a draft is taken, of a published norm refused; what is read is what was written."""
    write_norm(first, tmp_path)
    write_norm(replace(first, published=True), tmp_path)
    with pytest.raises(StudyError, match="is published"):
        write_norm(first, tmp_path)
    write_norm(replace(first, name="2026"), tmp_path)
    assert [(norm.name, norm.published) for norm in norms(tmp_path)] == [("2025", True), ("2026", False)]
    assert find_norm(tmp_path, "2025").content == first.content
    with pytest.raises(StudyError, match=r"no such norm(.|\n)*2026"):
        find_norm(tmp_path, "2027")
    with pytest.raises(StudyError, match="cannot have this name"):
        write_norm(replace(first, name="../x"), tmp_path)


def test_a_norm_that_was_changed_is_not_opened(first: Norm, tmp_path: Path) -> None:
    """One mean that is another than it was: the norm says so."""
    folder = write_norm(first, tmp_path)
    table = pd.read_parquet(folder / "aggregates.parquet")
    table.assign(mean=table["mean"] + 0.1).to_parquet(folder / "aggregates.parquet", index=False)
    with pytest.raises(StudyError, match="changed after it was made"):
        norms(tmp_path)
    (folder / "record.parquet").unlink()
    with pytest.raises(StudyError, match=r"cannot be read(.|\n)*backup"):
        norms(tmp_path)
    (folder / "norm.json").write_text("{}")
    with pytest.raises(StudyError, match="cannot be read"):
        norms(tmp_path)


def test_wave_means_are_read_as_they_were_written_where_all_are_repeated(first: Norm, tmp_path: Path) -> None:
    """A later state without wave means of its own repeats the former, and its norm can be opened."""
    none = trend_means([]).assign(field="trend", value="", as_of="later")
    later = replace(first, name="later", trend=pd.concat([none, first.trend[list(none)]], ignore_index=True))
    assert len(later.trend)
    write_norm(later, tmp_path)
    assert find_norm(tmp_path, "later").content == later.content


def test_a_client_is_reported_against_the_norm_as_it_stood(
    sample_study: Study, first: Norm, members: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures are the norm's; the report says whether the client is in it; without a norm it is a draft."""
    place = "cfanalysis.study.benchmark.norm_benchmark.norms_folder"
    monkeypatch.setattr(place, lambda _: tmp_path / "norms")
    client, drafted = first_client(sample_study, first, members), tmp_path / "draft"
    draft = open_extract(cut_extract(sample_study, client, drafted))
    assert draft.benchmark_facts.draft
    shifted = first.aggregates.assign(mean=first.aggregates["mean"] + 1)
    write_norm(replace(first, aggregates=shifted, published=True), tmp_path / "norms")
    for known in (True, False):
        if known:
            write_members(tmp_path / "norms", members)
        else:
            forget_member(tmp_path / "norms", client)
            norm_benchmark._norm_benchmark.cache_clear()
        extract = open_extract(cut_extract(sample_study, client, tmp_path / f"x{known}"))
        assert extract.benchmark_facts.included == known
        assert (extract.benchmark_facts.norm, extract.benchmark_facts.draft) == ("2025", False)
        both = extract.benchmark.merge(first.aggregates.query("field == 'all'"), on=MEASURE)
        terms = both[both["facet"].ne("gap") & both["scope"].eq("item")]
        assert len(terms) > 3
        assert (terms["mean_x"] - terms["mean_y"]).to_numpy() == pytest.approx(1, abs=0.06)
        assert extract.scores["score"].tolist() == draft.scores["score"].tolist()
    again = open_extract(cut_extract(sample_study, client, tmp_path / "again", norm="draft"))
    assert again.benchmark_facts.draft


def first_client(study: Study, norm: Norm, members: Members) -> str:
    """An organization that counts in the norm."""
    counted = set(norm.record.loc[norm.record["scope"] == MEMBER, "unit"])
    return next(name for name in study.clients if members.token(name, MEMBER) in counted)


def test_no_norm_is_kept_without_the_secrets_of_its_members(
    sample_study: Study, first: Norm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where these cannot be written, as on a disk that is full by then, the norm is not there either."""
    shutil.copytree(sample_study.folder, tmp_path / "study")

    def fail(*_: object) -> None:
        raise OutputError("The output cannot be written.")

    making = "cfanalysis.study.benchmark.norm_making"
    monkeypatch.setattr(f"{making}.make_norm", lambda *_, **__: first)
    monkeypatch.setattr(f"{making}.write_members", fail)
    with pytest.raises(OutputError):
        make_study_norm(open_study(tmp_path / "study"), "2026", publish=True)
    assert not list(tmp_path.rglob("norm.json"))
