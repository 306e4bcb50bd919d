"""What is not shown because it would tell what each organization answered: all the same, at an end of the scale."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.statistics.quartiles import QUARTILES
from cfanalysis.study.benchmark.aggregates import LEAST_PLAY, QUARTILE_COLUMNS, aggregates, percentiles
from cfanalysis.study.benchmark.membership import BenchmarkMembership
from cfanalysis.survey.instrument import Minima

THEME, GAP = ("theme", "open: Speed", "all"), ("pair", "P1", "gap")


def members(
    scores: dict[tuple[str, str, str], list[float]], *, n: int = 20, quartiles: int = 0
) -> BenchmarkMembership:
    """Organizations with these scores; the first so many are in the first quartile, the next in the second, ..."""
    parts = [
        pd.DataFrame(
            {"organization": [f"o{i:03d}" for i in range(len(values))], "wave": "2025", "score": values}
        ).assign(**dict(zip(MEASURE, measure, strict=True)), n=n)
        for measure, values in scores.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    names = rows["organization"].unique()
    places = {
        name: QUARTILES[i // quartiles] for i, name in enumerate(names) if quartiles and i < 4 * quartiles
    }
    return BenchmarkMembership(rows, places)


def shown(scores: dict[tuple[str, str, str], list[float]], **options: int) -> set[tuple[str, str, str]]:
    """The measures whose mean is shown."""
    table = aggregates(members(scores, **options), Minima())
    return set(table[MEASURE].itertuples(index=False, name=None))


@pytest.mark.parametrize(("measure", "end"), [(THEME, 0.0), (THEME, 100.0), (GAP, -100.0), (GAP, 100.0)])
@pytest.mark.parametrize("others", [(), (40.0,), (9.0, 40.0)])
def test_a_mean_at_an_end_of_the_scale_is_not_shown(
    measure: tuple[str, str, str], end: float, others: tuple[float, ...]
) -> None:
    """Neither if all are there, nor if all but one are, who would know it of all the others."""
    inwards = -np.sign(end) if end else 1.0
    values = [end] * (8 - len(others)) + [end + inwards * distance for distance in others]
    assert shown({measure: values}) == set()
    two = [end] * 6 + [end + inwards * 40, end + inwards * 12]
    assert shown({measure: two}) == {measure}


def test_one_answer_of_a_small_organization_is_left_open() -> None:
    """With five respondents a share goes by twenties: fifteen points that are left to four others say 0 % of each."""
    values = [0.0, 0.0, 0.0, 40.0, 15.0]
    assert shown({THEME: values}, n=20) == {THEME}
    assert shown({THEME: values}, n=5) == set()


def test_what_follows_from_others_goes_with_them() -> None:
    """Say is Do and gap; two of three shares that add up give the third."""
    say, do = [100.0] * 6, [30.0, 40.0, 50.0, 60.0, 70.0, 80.0]
    gap = [s - d for s, d in zip(say, do, strict=True)]
    facets = {("pair", "P1", "say"): say, ("pair", "P1", "do"): do, GAP: gap}
    assert shown(facets) == set()
    assert shown({**facets, ("pair", "P2", "do"): do}) == {("pair", "P2", "do")}
    levels = {
        ("at_level", name, "all"): [100.0 * (i % 2 == k) for i in range(8)] for k, name in enumerate("abc")
    }
    assert shown(levels) == set()


def test_a_hidden_quartile_does_not_follow_from_the_others() -> None:
    """Where one of four says too much, another one is hidden; the hidden ones, taken together, say nothing."""
    values = [0.0] * 5 + [10.0, 30.0, 50.0, 20.0, 40.0] * 3
    table = aggregates(members({THEME: values}, quartiles=5), Minima())
    assert table["mean"].tolist() == [np.mean(values)]
    hidden = table[list(QUARTILE_COLUMNS.values())].isna().iloc[0]
    assert hidden["top"]
    assert hidden.sum() == 2
    assert table[[f"n_{c}" for c in QUARTILE_COLUMNS.values()]].isna().iloc[0].tolist() == hidden.tolist()


def test_quantiles_that_say_where_most_lie_are_not_shown() -> None:
    """Thirty organizations within a point in the middle of the scale: their mean, and no places."""
    scores = {THEME: [50 + i / 30 for i in range(30)], GAP: [2.0 * i for i in range(30)]}
    table = aggregates(members(scores), Minima()).set_index(MEASURE)
    assert table["p50"].isna().to_dict() == {THEME: True, GAP: False}
    places = percentiles(members(scores).rows, members(scores), table.reset_index(), Minima())
    assert places.groupby(MEASURE)["percentile"].count().to_dict() == {THEME: 0, GAP: 30}


def test_whoever_knows_itself_leaves_the_others_ten_points() -> None:
    """Sixty groups of rare and common answers: to each member of each group and quartile that is shown."""
    random, kept = np.random.default_rng(4), 0
    for _ in range(60):
        size, rate = int(random.integers(5, 30)), random.choice([0.01, 0.05, 0.3, 0.95, 0.99])
        n = int(random.choice([5, 10, 40]))
        values = (100 * random.binomial(n, rate, size) / n).tolist()
        counted = members({THEME: values}, n=n, quartiles=size // 4)
        table = aggregates(counted, Minima())
        kept += len(table)
        for column, quartile in [("mean", None), *((c, q) for q, c in QUARTILE_COLUMNS.items())]:
            own = counted.rows["organization"].map(counted.quartiles)
            inside = counted.rows.loc[own.eq(quartile) | (quartile is None), "score"].to_numpy()
            if len(table) and not np.isnan(table[column].iloc[0]):
                assert table[column].iloc[0] == pytest.approx(inside.mean())
                for mine, ends in product(inside, ((0, 1), (100, -1))):
                    end, sign = ends
                    assert (sign * (inside - end)).sum() - sign * (mine - end) >= max(
                        LEAST_PLAY, 100 / n
                    ) - 1e-9
    assert 15 < kept < 50
