from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.reliability import (
    cronbach_alpha,
    difference_reliability,
    intraclass,
    item_rest,
    omega_total,
    two_way_intraclass,
    within_group_agreement,
)

ITEMS = np.array([[1, 2], [2, 2], [3, 4], [4, 5]])


def parallel(n: int = 200, k: int = 5, *, seed: int = 1) -> np.ndarray:
    """Return items that share one factor."""
    random = np.random.default_rng(seed)
    return np.asarray(random.normal(size=(n, 1)) + random.normal(size=(n, k)))


def test_alpha_by_hand() -> None:
    """Variances 5/3 and 9/4, covariance 11/6: 2 (1 - 47/91)."""
    alpha = cronbach_alpha(ITEMS)
    assert alpha.raw == pytest.approx(2 * (1 - 47 / 91))
    r = (11 / 6) / np.sqrt(5 / 3 * 9 / 4)
    assert alpha.standardized == pytest.approx(2 * r / (1 + r))
    assert alpha.low < alpha.raw < alpha.high
    assert alpha.estimate == alpha.raw


def test_item_rest_of_two_items_is_their_correlation() -> None:
    """With one other item there is no alpha without it."""
    rest = item_rest(pd.DataFrame(ITEMS, columns=["a", "b"]))
    assert rest.names == ("a", "b")
    np.testing.assert_allclose(rest.item_rest, np.corrcoef(ITEMS.T)[0, 1])
    assert rest.alpha_if_dropped is None


def test_alpha_if_dropped_is_alpha_of_the_others() -> None:
    """Leaving an item out is the same as never having had it."""
    items = parallel()
    dropped = item_rest(items).alpha_if_dropped
    assert dropped is not None
    assert dropped[2] == pytest.approx(cronbach_alpha(np.delete(items, 2, axis=1)).raw)


def test_omega_of_parallel_items_is_near_their_reliability() -> None:
    """Five items of reliability one half: Spearman-Brown says 5/6."""
    omega = omega_total(parallel(5000))
    assert omega.converged
    assert omega.notes == ()
    for value in (omega.model, omega.observed, omega.minres_std, omega.estimate):
        assert value == pytest.approx(5 / 6, abs=0.01)


def test_a_heywood_case_is_noticed() -> None:
    """An item without variance of its own is named, not passed over."""
    parts = np.random.default_rng(3).normal(size=(300, 3))
    items = np.column_stack([parts.sum(axis=1), parts])
    items[:, 0] += 0.3 * np.random.default_rng(4).normal(size=300)
    assert any("no variance of their own" in note for note in omega_total(items).notes)


def test_items_without_a_common_factor_are_reported_or_refused_not_passed_over() -> None:
    """Unrelated items: omega is low, whatever the optimizer says."""
    omega = omega_total(np.random.default_rng(4).normal(size=(300, 4)))
    assert omega.model < 0.4
    assert omega.converged or omega.notes


def test_intraclass_by_hand() -> None:
    """Groups 1 2, 4 5, 8 9: mean squares 74/3 between and 1/2 within."""
    icc = intraclass([1, 2, 4, 5, 8, 9], list("aabbcc"))
    msb, msw = 74 / 3, 0.5
    assert icc.f == pytest.approx(msb / msw)
    assert icc.icc1 == pytest.approx((msb - msw) / (msb + msw))
    assert icc.icc2 == pytest.approx(1 - msw / msb)
    assert (icc.df_between, icc.df_within, icc.groups, icc.n) == (2, 3, 3, 6)


def test_shrout_and_fleiss_example() -> None:
    """Their table of six targets and four judges (1979): .17, .29, .71, .44, .62, .91."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    icc = two_way_intraclass(ratings)
    single = np.array([icc.one_way.estimate, icc.agreement.estimate, icc.consistency.estimate])
    of_four = 4 * single / (1 + 3 * single)
    assert single.round(2).tolist() == [0.17, 0.29, 0.71]
    assert of_four.round(2).tolist() == [0.44, 0.62, 0.91]
    assert of_four[2] == pytest.approx(cronbach_alpha(ratings).raw)


def test_two_judges_of_shrout_and_fleiss() -> None:
    """Two of the judges of their table 2, by hand from the analysis of variance, as R's irr::icc has it."""
    x, y = np.array([9.0, 6, 8, 7, 10, 6]), np.array([2.0, 1, 4, 1, 5, 2])
    icc = two_way_intraclass(np.column_stack([x, y]))
    msr = 2 * ((x + y) / 2).var(ddof=1)
    mse = (x - y).var(ddof=1) / 2
    msc = 6 * ((x.mean() - y.mean()) / 2) ** 2 * 2
    assert icc.consistency.estimate == pytest.approx((msr - mse) / (msr + mse))
    assert icc.agreement.estimate == pytest.approx((msr - mse) / (msr + mse + 2 / 6 * (msc - mse)))
    assert icc.agreement.low is not None
    assert icc.agreement.low < icc.agreement.estimate
    low = msr / mse / stats.f.ppf(0.975, 5, 5)
    assert icc.consistency.low == pytest.approx((low - 1) / (low + 1))


def test_raters_that_differ_by_a_constant_are_consistent_without_an_interval() -> None:
    """Consistency is 1; agreement is what the constant leaves of it."""
    icc = two_way_intraclass([[1, 2], [2, 3], [3, 4], [4, 5]])
    assert (icc.consistency.estimate, icc.consistency.low) == (1.0, None)
    assert icc.agreement.estimate == pytest.approx(0.7692, abs=5e-5)


def test_agreement_by_hand_under_both_nulls() -> None:
    """Item variances 0 and 1/2 over 2 (or 1.34): ratio 1/8, rwg(2) = 2 (7/8) / (2 (7/8) + 1/8)."""
    items, groups = [[4, 5], [4, 4], [1, 5], [5, 1], [3, 3]], ["a", "a", "b", "b", "c"]
    uniform = within_group_agreement(items, groups, options=5)
    assert uniform.values.tolist() == pytest.approx([1.75 / 1.875, 0.0])
    assert uniform.expected_variance == 2.0
    assert (uniform.groups, uniform.single, uniform.share_at_least_70) == (("a", "b"), 1, 0.5)
    skewed = within_group_agreement(items, groups, options=5, null="slight_skew")
    ratio = 0.25 / 1.34
    assert skewed.values[0] == pytest.approx(2 * (1 - ratio) / (2 * (1 - ratio) + ratio))
    assert skewed.values[0] < uniform.values[0]


def test_agreement_on_one_item_is_rwg() -> None:
    """1 - variance / expected variance."""
    assert within_group_agreement([4, 5], ["a", "a"], options=5).values[0] == pytest.approx(1 - 0.5 / 2)


def test_reliability_of_the_gap_falls_with_the_correlation_of_its_sides() -> None:
    """Two reliable facets that go together leave little gap to be reliable."""
    random = np.random.default_rng(6)
    level = random.normal(size=(500, 1))
    say, do = (level + 0.5 * random.normal(size=(500, 4)) for _ in range(2))
    apart = difference_reliability(say, random.permutation(do))
    together = difference_reliability(say, do)
    assert together.estimate < 0.2 < 0.8 < apart.estimate
    assert together.correlation > 0.8 > apart.correlation


@pytest.mark.parametrize("statistic", [cronbach_alpha, item_rest, omega_total, two_way_intraclass])
@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([[1, 2, 3], [np.nan, 2, 4], [1, 3, 3]], "missing"),
        ([[1, 2, 3], [2, 2, 4], [1, 2, 3]], "same answer"),
        ([[1, 2, 3]], "too few"),
        ([["a", "b", "c"]] * 3, "not numbers"),
    ],
)
def test_bad_items_are_refused(statistic: object, items: list[list[float]], text: str) -> None:
    """Missing answers, a constant item, one row, words: one clear message each."""
    with pytest.raises(AnalysisError, match=text):
        statistic(items)  # type: ignore[operator]


def test_missing_answers_of_nullable_integers_are_seen_as_missing() -> None:
    """A frame of Int8 with a gap, as responses are kept: the message says missing, not "no numbers"."""
    items = pd.DataFrame({"a": [1, 2, 3, 5], "b": [2, None, 1, 4]}).astype("Int8")
    with pytest.raises(AnalysisError, match="1 missing"):
        cronbach_alpha(items)
    assert cronbach_alpha(items.dropna()).n == 3


def test_a_constant_item_is_named() -> None:
    """The message says which."""
    with pytest.raises(AnalysisError, match="warmth"):
        cronbach_alpha(pd.DataFrame({"care": [1, 2, 3], "warmth": [5, 5, 5]}))


def test_items_that_cancel_out_have_no_alpha() -> None:
    """A reverse-keyed item left as it was: the sum is constant."""
    with pytest.raises(AnalysisError, match="reverse-keyed"):
        cronbach_alpha([[1, 5], [2, 4], [5, 1]])


def test_items_that_determine_each_other_have_no_factor() -> None:
    """Fewer rows than items, or a sum among them."""
    items = parallel(50, 3)
    with pytest.raises(AnalysisError, match="determine each other"):
        omega_total(np.column_stack([items, items.sum(axis=1)]))


@pytest.mark.parametrize(
    ("values", "groups", "text"),
    [
        ([1, 2, 3], ["a", "a", "a"], "at least two groups"),
        ([1, 2, 3], ["a", "b", "c"], "at least two groups"),
        ([1, 1, 2, 2], ["a", "a", "b", "b"], "no variance within"),
        ([1, 2, 3], ["a", "b"], "one group for each"),
        ([1, 2, 3], ["a", None, "b"], "have no group"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(
    values: list[float], groups: list[object], text: str
) -> None:
    """One group, groups of one, no difference within, missing labels."""
    with pytest.raises(AnalysisError, match=text):
        intraclass(values, np.array(groups, dtype=object))


@pytest.mark.parametrize(
    ("options", "null", "text"),
    [(4, "slight_skew", "not tabulated"), (5, "triangle", "unknown"), (1, "uniform", "at least 2")],
)
def test_nulls_that_do_not_exist_are_refused(options: int, null: str, text: str) -> None:
    """Four options have no slightly skewed null."""
    with pytest.raises(AnalysisError, match=text):
        within_group_agreement([[1], [2]], ["a", "a"], options=options, null=null)


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), factor=st.sampled_from([0.5, 2.0, 10.0]), shift=st.floats(-5, 5))
def test_reliability_does_not_depend_on_unit_origin_or_order(seed: int, factor: float, shift: float) -> None:
    """Answers in another unit, items and rows in another order: the same alpha, omega and ICC."""
    items = parallel(40, 4, seed=seed)
    random = np.random.default_rng(seed)
    other = (items * factor + shift)[random.permutation(40)][:, random.permutation(4)]
    assert cronbach_alpha(other).raw == pytest.approx(cronbach_alpha(items).raw)
    assert omega_total(other).minres_std == pytest.approx(omega_total(items).minres_std, abs=1e-5)
    groups = np.repeat(np.arange(10), 4)
    scaled = intraclass(items[:, 0] * factor + shift, groups[::-1])
    assert scaled.icc1 == pytest.approx(intraclass(items[:, 0], groups).icc1)
