"""An attacker with the files that are really written: charts, a client's workbook, the questionnaire's page.

Who counts where is known to the attacker, and two clients share what they know. Numbers are read from CSV and cells,
and measured in pictures; organizations are then looked for by linear algebra and linear programming. With
``CFANALYSIS_ATTACKS=all`` more measures are attacked than fit into the ordinary tests (``make attacks``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from cfanalysis.cli import cfanalysis
from cfanalysis.questionnaire import page_benchmark
from cfanalysis.reports.client.client_workbook import write_client_workbook
from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.statistics.disclosure import quantile_weights
from cfanalysis.study.benchmark.aggregates import LEAST_PLAY, PERCENTAGES, QUARTILE_COLUMNS
from cfanalysis.study.benchmark.peers import StudyBenchmarks, study_benchmarks
from cfanalysis.study.benchmark.row_numbers import places_by_number
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.study_measures import study_measures
from cfanalysis.survey.confidentiality import quantiles_shown
from cfanalysis.survey.instrument import Minima

WHOLE = os.environ.get("CFANALYSIS_ATTACKS") == "all"
COLLUDERS = 2
Key = tuple[str, str, str, str]
"""Scope, name and facet of a measure, and which figure of it."""


@dataclass(frozen=True)
class Written:
    """A number read from a file; ``n`` is missing where the file does not tell it."""

    file: str
    value: float
    n: float


# ---- what the files say ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def charts(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the public gets."""
    folder = tmp_path_factory.mktemp("charts")
    call = ["charts", str(sample_study.folder), "--format", "svg", "--jobs", "1", "--out", str(folder)]
    assert CliRunner().invoke(cfanalysis, call).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def benchmarks(sample_study: Study) -> StudyBenchmarks:
    """Who counts where, which the attacker is told."""
    return study_benchmarks(study_measures(sample_study))


def chart_figures(folder: Path) -> Iterator[tuple[Key, Written]]:
    """Every figure beside the public charts."""

    def rows(name: str) -> list[dict[str, object]]:
        return pd.read_csv(folder / f"{name}.csv").to_dict("records")  # type: ignore[return-value]

    for chart, scope, column in (
        ("warning_sign_bars", "warning_sign", "sign"),
        ("expectation_bars", "expectation", "name"),
    ):
        for row in rows(chart):
            yield (
                (scope, str(row[column]), "all", "mean"),
                Written(chart, 100 * float(str(row["share"])), float(str(row["n"]))),
            )
    for row in rows("pair_heat_table"):
        figure = QUARTILE_COLUMNS.get(str(row["group"]), "mean")
        yield (
            ("pair", str(row["pair"]), "gap", figure),
            Written("pair_heat_table", float(str(row["gap"])), float(str(row["n"]))),
        )
    for chart in ("say_do_dumbbell", "dimension_profile"):
        for row in rows(chart):
            figure = {"Top quartile": "top", "Rest": "rest"}[str(row["group"])]
            for facet in ("say", "do", "gap"):
                yield (
                    ("dimension", str(row["dimension"]), facet, figure),
                    Written(chart, float(str(row[facet])), float(str(row["n"]))),
                )
    for row in rows("quartile_bands"):
        name, facet = str(row["measure"]).rsplit("_", 1)
        scope = "overall" if name == "overall" else "index" if facet == "all" else "dimension"
        for column, figure in (
            ("low", "p10"),
            ("q1", "p25"),
            ("median", "p50"),
            ("q3", "p75"),
            ("high", "p90"),
        ):
            yield (
                (scope, name, facet, figure),
                Written("quartile_bands", float(str(row[column])), float(str(row["n"]))),
            )


def page_figures(study: Study) -> Iterator[tuple[Key, Written]]:
    """Every figure of the questionnaire's page."""
    for measure, figures in page_benchmark(study, study.survey.instrument).measures.items():
        scope, name, facet = measure.split("/")
        for figure in figures.keys() - {"n"}:
            n = figures["n"] if figure != "top" else np.nan
            yield (scope, name, facet, figure), Written("questionnaire", figures[figure], n)


def workbook_figures(study: Study, client: str, folder: Path) -> Iterator[tuple[Key, Written]]:
    """Benchmark figures of a client's workbook: dimensions and warning signs, by their titles."""
    cut_extract(study, client, folder / "extract")
    book = openpyxl.load_workbook(
        write_client_workbook(open_extract(folder / "extract"), folder / "client.xlsx")
    )
    instrument = study.survey.instrument
    dimensions = {d.title: d.id for d in instrument.dimensions}
    groups = {"Top quartile": "top", "Benchmark mean": "mean"}
    for row in book["Dimensions"].iter_rows(values_only=True):
        if row[0] in dimensions and row[1] in groups:
            for facet, value in zip(("say", "do", "gap"), row[2:5], strict=True):
                yield (
                    ("dimension", dimensions[row[0]], facet, groups[str(row[1])]),
                    Written("workbook", float(value), float(row[5])),
                )
    signs = {item.title: item.id for item in instrument.select(role="warning_sign")}
    heads: list[object] = []
    for row in book["Warning signs"].iter_rows(values_only=True):
        if "Benchmark" in row:
            heads = list(row)
        if row[0] in signs:
            yield (
                ("warning_sign", signs[str(row[0])], "all", "mean"),
                Written("workbook", 100 * float(row[heads.index("Benchmark")]), np.nan),
            )


def test_all_files_tell_the_same_figure_of_the_same_organizations(
    charts: Path, sample_study: Study, tmp_path: Path
) -> None:
    """No two of them can be subtracted: a figure has one value and one n wherever it is written."""
    sizes = sample_study.survey.organizations.query("kind == 'organization'").sort_values("n")
    client = str(sizes["organization"].iloc[-1])
    found: dict[Key, list[Written]] = {}
    sources = (
        chart_figures(charts),
        page_figures(sample_study),
        workbook_figures(sample_study, client, tmp_path),
    )
    for source in sources:
        for key, written in source:
            found.setdefault(key, []).append(written)
    several = {key: each for key, each in found.items() if len({w.file for w in each}) > 1}
    assert {w.file for each in several.values() for w in each} >= {
        "questionnaire",
        "workbook",
        "warning_sign_bars",
    }
    assert len(several) > 40
    for key, each in several.items():
        assert np.ptp([w.value for w in each]) < 1e-6, (key, each)
        assert len({w.n for w in each if not np.isnan(w.n)}) <= 1, (key, each)


def test_a_picture_tells_no_more_digits_than_its_labels(charts: Path) -> None:
    """Measured in the coordinates of the bars, every share is the whole percentage that is printed."""
    svg = (charts / "warning_sign_bars.svg").read_text(encoding="utf-8")
    ticks = {int(p): float(x) for x, p in re.findall(r'<text class="\w+" x="([\d.]+)" y="[\d.]+">(\d+)%</text>', svg)
             if re.search(rf"M {re.escape(x)} [\d.]+L {re.escape(x)} ", svg)}  # fmt: skip
    unit = (ticks[20] - ticks[0]) / 20
    bars = re.findall(r"M ([\d.]+) ([\d.]+)L ([\d.]+) \2L \3 [\d.]+L \1 [\d.]+z", svg)
    shares = [(float(right) - float(left)) / unit for left, _, right in bars if float(left) == ticks[0]]
    assert len(shares) == 9
    assert np.abs(np.array(shares) - np.round(shares)).max() < 0.01


# ---- linear algebra and linear programming -------------------------------------------------------------------


@lru_cache(maxsize=1)
def by_measure(
    benchmarks: StudyBenchmarks,
) -> list[tuple[dict[MeasureKey, set[str]], dict[MeasureKey, dict[str, float]], dict[str, str]]]:
    """Who counts in each measure of each group, what is published of it, and the quartiles of organizations."""
    tables = []
    for group in (benchmarks.all_organizations, *dict(sorted(benchmarks.groups.items())).values()):
        number, keys = group.membership.measures
        names = group.membership.rows["organization"].to_numpy(dtype=object)
        inside = (set(names[places]) for places in places_by_number(number))
        rows = group.aggregates[["mean", *QUARTILE_COLUMNS.values()]].to_dict("records")
        measures = group.aggregates[MEASURE].itertuples(index=False, name=None)
        tables.append(
            (
                dict(zip(keys, inside, strict=True)),
                dict(zip(measures, rows, strict=True)),
                group.membership.quartiles,
            )
        )
    return tables


def totals(
    benchmarks: StudyBenchmarks, measure: tuple[str, str, str]
) -> tuple[np.ndarray, list[str], list[float]]:
    """Who counts in each published total of a measure (0 or 1), the organizations, and the totals as printed."""
    rows, means, names = [], [], benchmarks.all_organizations.membership.organizations
    for counting, published, quartiles in by_measure(benchmarks):
        if measure not in published:
            continue
        inside, found = counting[measure], published[measure]
        parts = {"mean": inside} | {
            column: {o for o in inside if quartiles.get(o) == name}
            for name, column in QUARTILE_COLUMNS.items()
        }
        for column, members in parts.items():
            if not np.isnan(found[column]):
                rows.append([float(name in members) for name in names])
                means.append(round(found[column], 0 if measure[0] in PERCENTAGES else 1))
    return np.array(rows), names, means


def attacked(benchmarks: StudyBenchmarks) -> list[tuple[str, str, str]]:
    """The measures that are attacked."""
    table = benchmarks.all_organizations.aggregates.dropna(subset=["mean"])
    every = list(table[MEASURE].itertuples(index=False, name=None))
    return every if WHOLE else every[:: len(every) // 6]


def test_two_who_share_what_they_know_find_no_third(benchmarks: StudyBenchmarks) -> None:
    """Of all groups, quartiles and peers: with the scores of two clients known, no other organization's follows."""
    random = np.random.default_rng(3)
    for measure in attacked(benchmarks):
        known, names, _ = totals(benchmarks, measure)
        for _ in range(40 if WHOLE else 3):
            pair = random.choice(len(names), COLLUDERS, replace=False)
            rows = np.vstack([known, np.eye(len(names))[pair]])
            # What can be worked out is the span of the rows; an organization in it has leverage 1.
            leverage = np.einsum("ij,ji->i", rows.T, np.linalg.pinv(rows.T))
            assert set(np.flatnonzero(leverage > 1 - 1e-9)) == set(pair), measure


def play(
    known: np.ndarray, low: np.ndarray, high: np.ndarray, ends: tuple[float, float], needed: float
) -> np.ndarray:
    """How far apart the values are that each organization may have, by linear programming; at least, from `needed` on.

    A few corners of what is possible show it for most organizations, the rest are looked at one by one.
    """
    random, n = np.random.default_rng(0), known.shape[1]
    limits, sides = np.vstack([known, -known]), np.concatenate([high, -low])
    least, most = np.full(n, np.inf), np.full(n, -np.inf)

    def look(direction: np.ndarray) -> None:
        for sign in (1, -1):
            found = linprog(sign * direction, limits, sides, bounds=ends)
            assert found.status == 0
            least[:], most[:] = np.minimum(least, found.x), np.maximum(most, found.x)

    for direction in random.normal(size=(4, n)):
        look(direction)
    for target in np.flatnonzero((most - least < needed) & known.any(axis=0)):
        look(np.eye(n)[target])
    return np.asarray((most - least)[known.any(axis=0)])


def test_no_score_is_bounded_narrowly_by_the_printed_totals(benchmarks: StudyBenchmarks) -> None:
    """A score runs from 0 to 100 and a mean is printed to a tenth or a whole: no score is known within ten points.

    Of all measures, shares of rare answers among them, from the totals of all groups and quartiles at once.
    """
    measures = attacked(benchmarks)
    rarest = benchmarks.all_organizations.aggregates.query("scope == 'theme'").sort_values("mean")
    measures += list(rarest[MEASURE].head(2).itertuples(index=False, name=None))
    for measure in measures:
        known, _, means = totals(benchmarks, measure)
        half = (
            0.5 if measure[0] in PERCENTAGES else 0.1 if "gap" in measure or "difference" in measure else 0.05
        )
        size, lowest = known.sum(axis=1), -100.0 if "gap" in measure or "difference" in measure else 0.0
        low, high = (size * (np.array(means) + sign * (half + 1e-9)) for sign in (-1, 1))
        assert play(known, low, high, (lowest, 100), LEAST_PLAY).min() >= LEAST_PLAY, measure


def test_plain_means_of_rare_answers_are_bounded_narrowly() -> None:
    """The same attack succeeds on means that are printed whatever they are: 0 % of five is 0 % of each."""
    known = np.vstack([np.ones(12), np.arange(12) < 5]).astype(float)
    low, high = known.sum(axis=1) * np.array([9.5, 0.0]), known.sum(axis=1) * np.array([10.5, 0.5])
    found = play(known, low, high, (0, 100), LEAST_PLAY)
    assert found[:5].max() < 3
    assert found[5:].min() > 25


@pytest.mark.parametrize("n", [20, 49, 50, 79, 80, 115])
def test_quantiles_do_not_pin_an_order_statistic(n: int) -> None:
    """From the printed mean and quantiles no value in order is known within six points; of 80 or more, two."""
    values = np.sort(np.clip(np.random.default_rng(n).normal(65, 12, n), 0, 100))
    shares = tuple(q / 100 for q in quantiles_shown(n, Minima()))
    weights = np.vstack([np.full(n, 1 / n), quantile_weights(n, shares)])
    printed = (weights @ values).round(1)
    order = np.diff(np.eye(n), axis=0)
    limits = np.vstack([weights, -weights, -order])
    sides = np.concatenate([printed + 0.05, -(printed - 0.05), np.zeros(n - 1)])
    widths = []
    for place in range(n) if WHOLE else range(n // 10, n, n // 5):
        ends = [linprog(sign * np.eye(n)[place], limits, sides, bounds=(0, 100)) for sign in (1, -1)]
        widths.append(-ends[1].fun - ends[0].fun)
    assert min(widths) > (2 if n >= 80 else 6)
