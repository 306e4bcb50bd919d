"""An attacker who has every norm of a workspace: studies grow, shrink and are corrected, all by the command line.

It is known who counted where, who was corrected in which answer, and all figures as they are printed. The figures of a
norm are read as clients get them; each is traced to the state of the study in which it was renewed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from cfanalysis.cli import cfanalysis
from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.renewal import light_combination
from cfanalysis.study.benchmark.aggregates import PERCENTAGES, QUARTILE_COLUMNS
from cfanalysis.study.benchmark.norm import find_norm, norms_folder
from cfanalysis.study.benchmark.norm_renewal import QUARTILE_MEANS
from cfanalysis.study.benchmark.peers import StudyBenchmarks, study_benchmarks
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.study.study_measures import StudyMeasures, study_measures

from .test_client_truth import ASKED, answers

MINIMUM, FIRST = 5, 36
LEAST_PLAY_OF_ITEMS = 10.0


def states() -> dict[str, tuple[str, pd.DataFrame]]:
    """The answers of each norm's state by its name, and the study that they are prepared as."""
    rows = answers(FIRST + 16)
    rows["sector"] = ["ABC"[int(name[-2:]) % 3] for name in rows["organization"]]
    number = rows["organization"].str[-2:].astype(int)
    old = number.between(FIRST, FIRST + 2)  # newcomers with an older questionnaire
    rows["d4"] = rows["d4"].mask(old, "")
    s0, s8, s16 = (rows[number < FIRST + more] for more in (0, 8, 16))
    s1 = rows[number < FIRST + 1]
    say = s8.assign(s1=s8["s1"].mask(number[s8.index] < 4, 5))  # four are corrected in Say alone
    one = say[~say["organization"].eq("Organization 07")]
    return {
        "s0": ("study", s0),
        "s8": ("study", s8),
        "s1": ("study", s1),  # seven leave again
        "removed": ("other", s0),  # an import is removed, in another study
        "corrected": ("study", pd.concat([say, rows[number == FIRST + 8]])),
        "gone": ("other", one),
        "s16": ("study", s16),
    }


def by_measure(table: pd.DataFrame) -> dict[MeasureKey, pd.DataFrame]:
    """The rows of each measure."""
    return dict(iter(table.groupby(MEASURE)))  # type: ignore[arg-type]


class Reader:
    """All published figures of a measure: who counts in them, and what is printed."""

    def __init__(self, folder: Path) -> None:
        (folder / "asked.yaml").write_text(ASKED, encoding="utf-8")
        self.measures: dict[str, StudyMeasures] = {}
        self.benchmarks: dict[str, StudyBenchmarks] = {}
        for name, (study, rows) in states().items():
            file, out = folder / f"{name}.csv", folder / "data" / "prepared" / study
            rows.to_csv(file, index=False)
            self.command(["prepare", file, "--instrument", folder / "asked.yaml", "--out", out, "--replace"])
            self.command(["norm", "make", out, "--name", name, "--publish"])
            opened: Study = open_study(out)
            self.measures[name] = study_measures(opened)  # those that the norm was made of
            self.benchmarks[name] = study_benchmarks(self.measures[name])
        self.norms = {name: find_norm(norms_folder(opened), name) for name in self.made(norms_folder(opened))}
        self.printed = [by_measure(norm.aggregates) for norm in self.norms.values()]
        self.scores = {name: by_measure(measures.latest) for name, measures in self.measures.items()}
        self.counting: dict[tuple[str, tuple[str, str]], dict[MeasureKey, pd.DataFrame]] = {}

    def command(self, call: list[str | Path]) -> None:
        """Run a command of the command line."""
        result = CliRunner().invoke(cfanalysis, [str(part) for part in call])
        assert result.exit_code == 0, result.output

    def made(self, folder: Path) -> list[str]:
        """The names of the norms that were made; a state with the content of an earlier norm made none."""
        return [name for name in states() if (folder / name).is_dir()]

    def figures(self, measure: MeasureKey) -> Iterator[tuple[str, set[str], float]]:
        """The state, the organizations and the printed mean of each figure, each figure once."""
        known = set()
        for tables in self.printed:
            for row in tables[measure].to_dict("records") if measure in tables else ():
                group = (str(row["field"]), str(row["value"]))
                for column, date in [
                    ("mean", "as_of"),
                    *((c, "quartiles_as_of") for c in QUARTILE_COLUMNS.values()),
                ]:
                    state = row[date]
                    if pd.isna(row[column]) or (group, column, state) in known:
                        continue
                    known.add((group, column, state))
                    yield str(state), self.members(str(state), group, measure, column), float(row[column])

    def members(self, state: str, group: tuple[str, str], measure: MeasureKey, column: str) -> set[str]:
        """Who counted in a figure when it was renewed."""
        benchmarks = self.benchmarks[state]
        benchmark = benchmarks.all_organizations if group[0] == "all" else benchmarks.groups[group]
        if (state, group) not in self.counting:
            self.counting[state, group] = by_measure(benchmark.membership.rows)
        inside = set(self.counting[state, group][measure]["organization"])
        names = {c: quartile for quartile, c in QUARTILE_COLUMNS.items()}
        if column == "mean":
            return inside
        return {who for who in inside if benchmark.membership.quartiles.get(who) == names[column]}

    def score(self, state: str, measure: MeasureKey) -> dict[str, float]:
        """What each organization's score was in a state."""
        rows = self.scores[state][measure]
        return dict(zip(rows["organization"], rows["score"].round(6), strict=True))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("over_time"))


def every_measure(reader: Reader) -> list[MeasureKey]:
    """The measures that have figures."""
    table = reader.norms["s0"].aggregates[MEASURE].drop_duplicates()
    return list(table.itertuples(index=False, name=None))


def test_norms_of_many_states_show_nobody(reader: Reader) -> None:
    """No combination of all figures of a measure, of all norms and groups, rests on fewer than five organizations.

    An organization with another score of the measure is another; who is corrected elsewhere is not.
    """
    assert len(reader.norms) >= 4, list(reader.norms)
    renewed = 0
    for measure in every_measure(reader):
        totals = []
        for state, members, _ in reader.figures(measure):
            scores = reader.score(state, measure)
            totals.append({f"{who} {scores[who]}": 1.0 for who in members})
            renewed += state != "s0"
        weights = pd.DataFrame(totals).fillna(0.0).to_numpy().T
        assert light_combination(weights, MINIMUM) is None, measure
    assert renewed > 50


def test_plain_means_of_the_same_states_give_a_newcomer_away(reader: Reader) -> None:
    """The same attack succeeds on the studies' own means: s1 less s0 is the newcomer's answer."""
    measure = ("item", "s1", "all")
    first, then = (reader.score(state, measure) for state in ("s0", "s1"))
    (newcomer,) = set(then) - set(first)
    found = sum(then.values()) - sum(first.values())
    assert found == pytest.approx(then[newcomer], abs=1e-4)


@pytest.mark.parametrize("facet", ["say", "do"])
def test_dimensions_and_their_items_over_all_norms_leave_room(reader: Reader, facet: str) -> None:
    """By linear programming over all figures of a dimension and its items, of all norms, groups and quartiles.

    No organization's answer to an item is known within ten points, though combinations of several measures are not
    tested when a norm is made.
    """
    narrowest = min(play_of_dimension(reader, name, facet) for name in ("lead", "proc"))
    assert narrowest > LEAST_PLAY_OF_ITEMS


def play_of_dimension(reader: Reader, dimension: str, facet: str) -> float:
    """The narrowest range that is left to an answer to an item of a dimension, in any state."""
    items = [
        i.id
        for i in reader.measures["s0"].instrument.gap_items
        if (i.dimension, i.facet) == (dimension, facet)
    ]
    whole: MeasureKey = ("dimension", dimension, facet)
    place: dict[tuple[str, str, float], int] = {}
    rows: list[dict[int, float]] = []
    printed: list[float] = []
    for measure in [whole, *(("item", item, "all") for item in items)]:
        made_of = items if measure == whole else [measure[1]]
        for state, members, mean in reader.figures(measure):
            row: dict[int, float] = {}
            for item in made_of:
                scores = reader.score(state, ("item", item, "all"))
                for who in members:
                    cell = place.setdefault((who, item, scores[who]), len(place))
                    row[cell] = 1 / len(members) / len(made_of)
            rows.append(row)
            printed.append(round(mean, 0 if measure[0] in PERCENTAGES else 1))
    known = pd.DataFrame(rows).reindex(columns=range(len(place))).fillna(0.0).to_numpy()
    limits, sides = (
        np.vstack([known, -known]),
        np.concatenate([np.array(printed) + 0.051, 0.051 - np.array(printed)]),
    )
    random, least, most = np.random.default_rng(0), np.full(len(place), np.inf), np.full(len(place), -np.inf)

    def look(direction: np.ndarray) -> None:
        for sign in (1, -1):
            found = linprog(sign * direction, limits, sides, bounds=(0, 100))
            assert found.status == 0, found.message
            assert found.x is not None
            least[:], most[:] = np.minimum(least, found.x), np.maximum(most, found.x)

    for direction in random.normal(size=(6, len(place))):
        look(direction)
    for target in np.flatnonzero(most - least < 3 * LEAST_PLAY_OF_ITEMS):
        look(np.eye(len(place))[target])
    return float((most - least).min())


def test_every_repeated_figure_is_of_a_norm_that_was_published(reader: Reader) -> None:
    """A figure is that of the norm it is dated by, to the last digit, whatever came between."""
    for norm in reader.norms.values():
        for part, column, date in (("", "mean", "as_of"), (QUARTILE_MEANS, "top", "quartiles_as_of")):
            own = norm.aggregates.dropna(subset=[column])
            for name, rows in own.groupby(date):
                former = reader.norms[str(name)].aggregates
                both = rows.merge(former, on=["field", "value", *MEASURE], suffixes=("", "_then"))
                assert len(both) == len(rows), part
                assert (both[column] == both[f"{column}_then"]).all()
