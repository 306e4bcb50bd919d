from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.quartiles import (
    QUARTILES,
    in_top,
    normal_scores,
    quartile_groups,
    top_cut,
    top_order,
)

SPREAD = st.lists(st.integers(-50, 50), min_size=5, max_size=60, unique=True)


def test_quartile_cuts_are_type_7_and_ties_go_up() -> None:
    """1 to 5 are cut at 2, 3 and 4, and the values on a cut belong to the group above."""
    groups = quartile_groups([3, 1, 2, 5, 4])
    assert groups.cuts == (2.0, 3.0, 4.0)
    assert groups.labels.tolist() == ["Upper middle", "Bottom", "Lower middle", "Top", "Top"]
    assert (groups.n, groups.n_top, groups.top_share) == (5, 2, 0.4)
    assert groups.sizes == {"Top": 2, "Upper middle": 1, "Lower middle": 1, "Bottom": 1}


def test_ties_at_the_cut_enlarge_the_top_quartile_and_the_share_says_so() -> None:
    """Six of ten tie at the third quartile: all six are top, 60 %."""
    groups = quartile_groups([1, 2, 3, 4, 5, 5, 5, 5, 5, 5])
    assert groups.n_top == 6
    assert groups.top_share == pytest.approx(0.6)
    assert groups.sizes["Upper middle"] == 0


def test_floating_point_noise_does_not_break_a_tie() -> None:
    """0.1 + 0.2 and 0.3 are the same criterion."""
    noisy = [0.0, 0.1, 0.2, 0.3, 0.1 + 0.2, 0.3, 0.1, 0.2]
    clean = [0.0, 0.1, 0.2, 0.3, 0.3, 0.3, 0.1, 0.2]
    assert quartile_groups(noisy).labels.tolist() == quartile_groups(clean).labels.tolist()


def test_the_cut_of_70_percent_falls_on_a_value_where_it_must() -> None:
    """(101 - 1) x .7 is 70, though floating point says 69.99999999999999."""
    assert top_order(101, 0.7) == 70
    assert top_cut(np.arange(101), share=0.7) == 70.0


@pytest.mark.parametrize("share", [0.25, 0.5, 0.67, 0.7, 0.75, 0.8])
def test_cuts_are_those_of_numpy(share: float) -> None:
    """The cut is NumPy's linear quantile."""
    values = np.random.default_rng(1).normal(size=57)
    assert top_cut(values, share=share) == pytest.approx(np.quantile(np.round(values, 9), share), abs=1e-12)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1, 1, 1, 1, 1], "same value"),
        ([1, 2, 3], "too few organizations"),
        ([1, 2, np.nan, 4], "missing or infinite for 1 of 4"),
        ([1, 2, np.inf, 4], "missing or infinite for 1 of 4"),
        (["a", "b", "c", "d"], "not made of numbers"),
        ([[1, 2], [3, 4]], "not one number for each organization"),
        ([1, 1, 1, 1, 1, 1, 1, 2], "nobody is below the top group"),
    ],
)
def test_a_criterion_that_cannot_be_cut_is_refused(values: list[float], text: str) -> None:
    """Ties throughout, too few, missing, not numbers: one clear message each."""
    with pytest.raises(AnalysisError, match=text):
        quartile_groups(values)


def test_a_share_outside_0_to_1_is_refused() -> None:
    """75 is not a share."""
    with pytest.raises(AnalysisError, match="not between 0 and 1"):
        top_cut([1, 2, 3, 4], share=75)


def test_normal_scores_are_blom_scores_with_mean_ranks_standardized() -> None:
    """Ranks 1, 2, 3.5, 3.5 of four, by hand."""
    blom = stats.norm.ppf((np.array([1, 2, 3.5, 3.5]) - 0.375) / 4.25)
    expected = (blom - blom.mean()) / blom.std()
    np.testing.assert_allclose(normal_scores([10, 20, 30, 30]), expected, rtol=1e-12)


@given(values=SPREAD, shift=st.integers(-100, 100), factor=st.sampled_from([0.5, 2, 10]))
def test_quartiles_do_not_depend_on_unit_or_origin(values: list[int], shift: int, factor: float) -> None:
    """Shifting and stretching the criterion leaves every organization in its quartile."""
    before = quartile_groups(values)
    after = quartile_groups(np.array(values) * factor + shift)
    assert before.labels.tolist() == after.labels.tolist()
    np.testing.assert_allclose(normal_scores(values), normal_scores(np.exp(np.array(values) / 10)))


@given(values=SPREAD, seed=st.integers(0, 99))
def test_quartiles_do_not_depend_on_the_order_of_rows(values: list[int], seed: int) -> None:
    """A permutation of the organizations permutes the labels."""
    order = np.random.default_rng(seed).permutation(len(values))
    shuffled = np.array(values)[order]
    assert quartile_groups(values).labels[order].tolist() == quartile_groups(shuffled).labels.tolist()


@given(values=SPREAD)
def test_better_organizations_are_in_better_quartiles(values: list[int]) -> None:
    """Labels fall with the criterion, every value has one, and top is at least a quarter."""
    groups = quartile_groups(values)
    ordered = [QUARTILES.index(label) for label in groups.labels[np.argsort(values)]]
    assert ordered == sorted(ordered, reverse=True)
    assert groups.top_share >= 0.25
    assert in_top(values).tolist() == groups.is_top.tolist()


def test_inputs_are_not_changed() -> None:
    """Rounding happens on a copy."""
    values = np.array([0.1 + 0.2, 1.0, 2.0, 3.0])
    kept = values.copy()
    quartile_groups(values)
    normal_scores(values)
    assert np.array_equal(values, kept)
