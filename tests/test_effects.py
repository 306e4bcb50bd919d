from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.effects import (
    Estimate,
    adjust_p_values,
    bootstrap_difference,
    brunner_munzel,
    cliffs_delta,
    exact_j,
    hedges_g,
    relative_importance,
    weighted_mean,
    welch,
)

X, Y = [2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 4.0]
SAMPLE = st.lists(st.integers(0, 20).map(float), min_size=3, max_size=15)


def test_an_estimate_shows_only_what_it_has() -> None:
    """What is None is not in the JSON; the confidence level stands beside an interval alone."""
    assert Estimate(1.0).as_dict() == {"estimate": 1.0}
    assert json.dumps(Estimate(1.0, low=0.5, high=1.5, se=0.2, p=0.01).as_dict())
    assert float(Estimate(2.5)) == 2.5


def test_hedges_g_by_hand() -> None:
    """Means 3.5 and 2.5, pooled variance 5/3, J(6) by gamma functions."""
    assert exact_j(6) == pytest.approx(0.8686267, abs=1e-6)
    assert hedges_g(X, Y).estimate == pytest.approx(exact_j(6) / np.sqrt(5 / 3), rel=1e-12)


def test_the_interval_of_g_is_the_pivot_of_noncentral_t() -> None:
    """At its limits, t is the 2.5 % and 97.5 % quantile of noncentral t."""
    g = hedges_g(X, Y)
    t = stats.ttest_ind(X, Y).statistic
    for limit, tail in ((g.low, 0.975), (g.high, 0.025)):
        assert limit is not None
        ncp = limit / exact_j(6) / np.sqrt(1 / 4 + 1 / 4)
        assert stats.nct.cdf(t, 6, ncp) == pytest.approx(tail, abs=1e-9)


def test_g_of_groups_far_apart_has_finite_limits_or_none() -> None:
    """A g of 10 with 200 values has limits around it; one of a million has none, and is no error."""
    random = np.random.default_rng(1)
    far, near = random.normal(10, 1, 100), random.normal(0, 1, 100)
    for g in (hedges_g(far, near), hedges_g(near, far)):
        assert g.low is not None
        assert g.high is not None
        assert g.low < g.estimate < g.high
    assert hedges_g(far * 1e-6 + 10, near * 1e-6).low is None


def test_cliffs_delta_by_hand() -> None:
    """Of 16 pairs x is larger in 10 and smaller in 3."""
    assert cliffs_delta(X, Y).estimate == (10 - 3) / 16


def test_cliffs_delta_without_overlap_is_one_without_interval() -> None:
    """All of x above all of y: delta 1; a variance of 0 is no certainty."""
    delta = cliffs_delta([3, 4, 5], [0, 1, 2])
    assert delta == Estimate(1.0)
    with pytest.raises(AnalysisError, match="do not overlap"):
        brunner_munzel([3, 4, 5], [0, 1, 2])


def test_cliffs_delta_sees_ties_through_floating_point_noise() -> None:
    """0.1 + 0.2 ties with 0.3."""
    assert cliffs_delta([0.1 + 0.2, 1], [0.3, 1]).estimate == 0.0


def test_brunner_munzel_is_scipys() -> None:
    """Statistic, p and sign are those of scipy.stats.brunnermunzel."""
    ours, theirs = brunner_munzel(X, Y), stats.brunnermunzel(X, Y)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-12)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-12)
    assert ours.estimate == pytest.approx((1 - cliffs_delta(X, Y).estimate) / 2)


def test_welch_is_scipys_with_its_difference() -> None:
    """t, df and p from SciPy; the difference and its interval beside."""
    test = welch(X, [1.0, 2.0, 9.0])
    theirs = stats.ttest_ind(X, [1.0, 2.0, 9.0], equal_var=False)
    assert (test.statistic, test.df, test.p) == pytest.approx((theirs.statistic, theirs.df, theirs.pvalue))
    assert test.estimate == pytest.approx(-0.5)
    assert test.low is not None
    assert test.high is not None
    assert (test.low + test.high) / 2 == pytest.approx(-0.5)


def test_the_bootstrap_is_seeded_and_brackets_the_difference() -> None:
    """The same seed gives the same interval, another seed another."""
    first = bootstrap_difference(X, Y, repetitions=500, seed=1)
    assert first == bootstrap_difference(X, Y, repetitions=500, seed=1)
    assert first != bootstrap_difference(X, Y, repetitions=500, seed=2)
    assert first.estimate == 1.0
    assert first.percentile_low < 1.0 < first.percentile_high


@pytest.mark.parametrize("compare", [hedges_g, cliffs_delta, welch, brunner_munzel])
@pytest.mark.parametrize(
    ("x", "text"),
    [([], "too few values"), ([1.0], "too few values"), ([1, np.nan, 3], "missing"), (["a", "b"], "numbers")],
)
def test_bad_samples_are_refused(compare: object, x: list[float], text: str) -> None:
    """Empty, single, missing, not numbers: one clear message each."""
    with pytest.raises(AnalysisError, match=text):
        compare(x, Y)  # type: ignore[operator]


@pytest.mark.parametrize("compare", [hedges_g, welch])
def test_constant_groups_have_no_standardized_difference(compare: object) -> None:
    """Nothing varies: no standard deviation to measure by."""
    with pytest.raises(AnalysisError, match="constant"):
        compare([1, 1, 1], [2, 2, 2])  # type: ignore[operator]


def test_settings_that_make_no_sense_are_refused() -> None:
    """A confidence of 95 or ten resamples are mistakes."""
    with pytest.raises(AnalysisError, match="confidence level"):
        hedges_g(X, Y, confidence=95)
    with pytest.raises(AnalysisError, match="resamples"):
        bootstrap_difference(X, Y, repetitions=10, seed=1)
    with pytest.raises(AnalysisError, match="constant"):
        bootstrap_difference([1, 1], [2, 2], repetitions=100, seed=1)


def test_holm_and_benjamini_hochberg_by_hand() -> None:
    """Holm: 3 x .01, 2 x .03, then not below; BH: .04 x 3/3, .03 x 3/2, .01 x 3."""
    np.testing.assert_allclose(
        adjust_p_values([0.01, 0.04, 0.03], method="holm").adjusted, [0.03, 0.06, 0.06]
    )
    np.testing.assert_allclose(adjust_p_values([0.01, 0.04, 0.03], method="BH").adjusted, [0.03, 0.04, 0.04])
    assert adjust_p_values([0.01, 0.04], method="fdr_by").method == "by"
    assert np.asarray(adjust_p_values([0.01, 0.2], method="bonferroni")).tolist() == [0.02, 0.4]
    assert adjust_p_values([0.01, 0.2], method="holm").below(0.05).tolist() == [True, False]


@pytest.mark.parametrize("method", ["holm", "fdr_bh", "fdr_by", "bonferroni", "hommel"])
def test_adjusted_p_values_are_those_of_another_program(method: str) -> None:
    """Ties, zeros and ones included, they are statsmodels', to the last bit but for Hommel's."""
    many = np.random.default_rng(5).beta(0.3, 1, size=60).round(2)
    for p in (np.array([*many, 0.0, 0.0, 1.0]), np.array([0.2])):
        adjusted, other = adjust_p_values(p, method=method).adjusted, multipletests(p, method=method)[1]
        np.testing.assert_allclose(adjusted, other, rtol=1e-12 if method == "hommel" else 0)


@pytest.mark.parametrize(("p", "method", "text"), [([1.2], "holm", "outside"), ([0.1], "tukey", "unknown")])
def test_adjusting_nonsense_is_refused(p: list[float], method: str, text: str) -> None:
    """A p above 1, a method that is not offered."""
    with pytest.raises(AnalysisError, match=text):
        adjust_p_values(p, method=method)


def test_weighted_mean_is_wls_with_hc1() -> None:
    """The intercept of WLS and its HC1 error."""
    random = np.random.default_rng(2)
    x, w = random.normal(size=40), random.uniform(0.5, 2, size=40)
    fit = sm.WLS(x, np.ones(40), weights=w).fit(cov_type="HC1")
    mean = weighted_mean(x, w)
    assert (mean.estimate, mean.se) == pytest.approx((fit.params[0], fit.bse[0]))


def test_weighted_mean_of_clusters_is_wls_with_cluster_errors() -> None:
    """Respondents of one organization count together."""
    random = np.random.default_rng(3)
    x, w, g = random.normal(size=40), random.uniform(0.5, 2, size=40), np.repeat(np.arange(8), 5)
    fit = sm.WLS(x, np.ones(40), weights=w).fit(cov_type="cluster", cov_kwds={"groups": g})
    assert weighted_mean(x, w, cluster=g.astype(str)).se == pytest.approx(fit.bse[0])


def test_weighted_mean_of_strata_by_hand() -> None:
    """Two strata of two: scores (1-3)/4, (3-3)/4 and (3-3)/4, (5-3)/4; variance 2 x (2 x .25^2) x 2 / 1."""
    mean = weighted_mean([1, 3, 3, 5], [1, 1, 1, 1], strata=["a", "a", "b", "b"])
    assert mean.estimate == 3.0
    assert mean.se == pytest.approx(np.sqrt(2 * 2 * 2 * 0.25**2))


def test_clusters_are_counted_within_strata() -> None:
    """Cluster 1 of stratum a is not cluster 1 of stratum b."""
    x, w, strata = [1, 2, 4, 3, 6, 5], [1] * 6, list("aaabbb")
    same = weighted_mean(x, w, strata=strata, cluster=[1, 1, 2, 1, 1, 2])
    named = weighted_mean(x, w, strata=strata, cluster=["a1", "a1", "a2", "b1", "b1", "b2"])
    assert same == named


@pytest.mark.parametrize(
    ("w", "text"),
    [([1, 0, 1], "zero or negative"), ([1, -1, 1], "zero or negative"), ([1, 1], "one weight for each"),
     ([1, np.nan, 1], "missing")],
)  # fmt: skip
def test_bad_weights_are_refused(w: list[float], text: str) -> None:
    """Zero, negative, missing or too few weights."""
    with pytest.raises(AnalysisError, match=text):
        weighted_mean([1, 2, 3], w)


def test_a_stratum_with_one_cluster_is_refused() -> None:
    """It has no variance within; nor has a sample of one cluster."""
    with pytest.raises(AnalysisError, match="single cluster"):
        weighted_mean([1, 2, 3], [1, 1, 1], strata=["a", "a", "b"])
    with pytest.raises(AnalysisError, match="one cluster"):
        weighted_mean([1, 2, 3], [1, 1, 1], cluster=["a", "a", "a"])


def test_importance_of_uncorrelated_predictors_is_their_squared_correlation() -> None:
    """With nothing shared, LMG and Johnson's weights agree and the order of entry does not matter."""
    design = pd.DataFrame({"a": [1, 1, -1, -1, 1, 1, -1, -1], "b": [1, -1, 1, -1, 1, -1, 1, -1]})
    y = 2 * design["a"] + design["b"] + np.array([0.1, -0.1, -0.1, 0.1, -0.1, 0.1, 0.1, -0.1])
    result = relative_importance(y, design)
    expected = [np.corrcoef(y, design[c])[0, 1] ** 2 for c in design]
    assert result.names == ("a", "b")
    np.testing.assert_allclose(result.lmg, expected)
    np.testing.assert_allclose(result.johnson, expected)
    np.testing.assert_allclose(result.vif, 1)


@pytest.mark.parametrize(
    ("columns", "text"),
    [({"a": [1, 1, 1, 1, 1]}, "constant"), ({"a": [1, 2, 3, 4, 6], "b": [2, 4, 6, 8, 12]}, "collinear"),
     ({"a": [1, 2, 3, 4, np.nan]}, "missing"), ({c: [1, 2, 4, 3, 5] for c in "abcd"}, "too few rows")],
)  # fmt: skip
def test_importance_of_unusable_predictors_is_refused(columns: dict[str, list[float]], text: str) -> None:
    """Constant, collinear, missing, or more predictors than rows bear."""
    with pytest.raises(AnalysisError, match=text):
        relative_importance([1, 3, 2, 5, 4], pd.DataFrame(columns))


@given(x=SAMPLE, y=SAMPLE, shift=st.integers(-5, 5))
def test_effects_do_not_depend_on_the_origin_and_turn_with_the_groups(
    x: list[float], y: list[float], shift: int
) -> None:
    """Both groups moved: the same effect. Groups exchanged: the opposite effect."""
    assume(np.ptp(x) > 0 or np.ptp(y) > 0)
    moved = [v + shift for v in x], [v + shift for v in y]
    for effect in (hedges_g, cliffs_delta):
        assert effect(*moved).estimate == pytest.approx(effect(x, y).estimate, abs=1e-9)
        assert effect(y, x).estimate == pytest.approx(-effect(x, y).estimate, abs=1e-9)


@settings(max_examples=30)
@given(x=SAMPLE, y=SAMPLE)
def test_cliffs_delta_is_the_count_of_pairs(x: list[float], y: list[float]) -> None:
    """The mean sign over all pairs."""
    signs = np.sign(np.subtract.outer(x, y))
    assert cliffs_delta(x, y).estimate == pytest.approx(signs.mean())


@given(x=st.lists(st.integers(0, 9), min_size=3, max_size=10), scale=st.sampled_from([0.1, 3.0, 100.0]))
def test_only_the_ratios_of_weights_matter(x: list[int], scale: float) -> None:
    """Weights in another unit give the same mean and error."""
    w = np.arange(1, len(x) + 1)
    first, second = weighted_mean(x, w), weighted_mean(x, w * scale)
    assert first.estimate == pytest.approx(second.estimate)
    assert first.se == pytest.approx(second.se)
