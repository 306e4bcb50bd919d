from __future__ import annotations

import importlib.util
import json
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cfanalysis.effects import Estimate, hedges_g
from cfanalysis.errors import AnalysisError
from cfanalysis.quartiles import quartile_groups
from cfanalysis.verdict import (
    composite_verdict,
    criterion_verdict,
    judgement,
    power,
    quartile_contrast,
    respondent_halves,
)
from cfanalysis.verdict.evidence import gather
from cfanalysis.verdict.hermite import latent_correlations
from cfanalysis.verdict.jackknife import latent_contrast
from cfanalysis.verdict.latent import item_sigma, quadrature, thresholds
from cfanalysis.verdict.resampling import recut, resamples
from cfanalysis.verdict.worlds import World, simulated_survey

FACETS = ["say", "say", "do", "do"]
ABOVE, AROUND, BELOW = (Estimate(m, low=m - 1, high=m + 1) for m in (2.0, 0.0, -2.0))


def survey(
    n: int = 80,
    *,
    say: float = 0.4,
    do: float = 0.4,
    say_level: float = 0.0,
    items: int = 4,
    respondents: int = 3,
    seed: int = 1,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return cumulative shares on 1-5, a criterion and facets; `say` and `do` are latent slopes."""
    random = np.random.default_rng(seed)
    criterion = random.normal(size=n)
    facets = ["say"] * (items // 2) + ["do"] * (items // 2)
    slope = np.where(np.array(facets) == "do", do, say)
    level = np.where(np.array(facets) == "do", 0.0, say_level)
    latent = level + np.outer(criterion, slope) + 0.3 * random.normal(size=(n, 1))
    answers = latent[:, None] + random.normal(size=(n, respondents, items))
    return (answers[..., None] > [-1.5, -0.5, 0.5, 1.5]).mean(axis=1), criterion, facets


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The speed benchmark, whose plain loops say what the numbers must be."""
    file = Path(__file__).resolve().parents[1] / "benchmarks" / "verdict_speed.py"
    spec = importlib.util.spec_from_file_location("verdict_speed", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The rules of the verdict


@pytest.mark.parametrize(
    ("delta", "theta_a", "theta_b", "expected"),
    [
        (ABOVE, ABOVE, ABOVE, "supported"),
        (ABOVE, ABOVE, AROUND, "scale-dependent"),
        (ABOVE, AROUND, ABOVE, "scale-dependent"),
        (ABOVE, BELOW, BELOW, "contradicted"),
        (BELOW, BELOW, BELOW, "contradicted"),
        (AROUND, ABOVE, ABOVE, "inconclusive"),
        (AROUND, BELOW, AROUND, "inconclusive"),
        (BELOW, AROUND, AROUND, "inconclusive"),
        (ABOVE, ABOVE, None, "scale-dependent"),
        (BELOW, BELOW, None, "inconclusive"),
        (ABOVE, Estimate(2.0), ABOVE, "scale-dependent"),
    ],
)
def test_the_first_verdict_that_applies_is_given(
    delta: Estimate, theta_a: Estimate, theta_b: Estimate | None, expected: str
) -> None:
    """Supported needs all three intervals above 0, contradicted both thetas below, scale-dependent delta."""
    assert judgement(40, mode="criterion", delta=delta, theta_a=theta_a, theta_b=theta_b) == expected


def test_few_organizations_and_composite_mode_are_described_not_tested() -> None:
    """39 organizations, or quartiles cut on the overall score: descriptive, whatever the numbers."""
    assert judgement(39, mode="criterion", delta=ABOVE, theta_a=ABOVE, theta_b=ABOVE) == "descriptive"
    assert judgement(400, mode="composite", delta=ABOVE, theta_a=None, theta_b=None) == "descriptive"


def test_do_rising_more_than_say_is_supported() -> None:
    """A true difference of slopes is found on both metrics."""
    verdict = criterion_verdict(*survey(300, say=0.2, do=0.8, items=8), repetitions=500, label="Revenue")
    assert (verdict.verdict, verdict.mode, verdict.criterion) == ("supported", "criterion", "Revenue")
    assert verdict.theta_a is not None
    assert verdict.theta_a.p is not None
    assert verdict.theta_a.p < 1e-6


def test_say_rising_more_than_do_is_contradicted() -> None:
    """The gap is narrower below the top quartile."""
    verdict = criterion_verdict(*survey(300, say=0.8, do=0.2, items=8), repetitions=500)
    assert verdict.verdict == "contradicted"


def test_a_ceiling_on_say_alone_is_scale_dependent() -> None:
    """Both facets rise equally, Say near the end of the scale: points show a gap that the metrics do not."""
    verdict = criterion_verdict(*survey(400, say=0.6, do=0.6, say_level=1.6, items=12), repetitions=500)
    assert verdict.verdict == "scale-dependent"
    assert verdict.ceiling_benchmark is not None
    assert verdict.excess is not None
    assert verdict.ceiling_benchmark.estimate > 0.5 * verdict.delta.estimate
    assert abs(verdict.excess.estimate) < 0.4 * verdict.delta.estimate


def test_the_parts_of_a_verdict_add_up() -> None:
    """delta = delta_do - delta_say = benchmark + excess; detectable is 2.8 standard errors."""
    verdict = criterion_verdict(*survey(), repetitions=500)
    assert verdict.ceiling_benchmark is not None
    assert verdict.excess is not None
    assert verdict.delta.se is not None
    delta = verdict.delta.estimate
    assert delta == pytest.approx(verdict.delta_do.estimate - verdict.delta_say.estimate)
    assert delta == pytest.approx(verdict.ceiling_benchmark.estimate + verdict.excess.estimate)
    assert verdict.smallest_detectable == pytest.approx(2.8 * verdict.delta.se)
    assert (verdict.n, verdict.n_top, verdict.top_share) == (80, 20, 0.25)


def test_json_has_the_agreed_fields_and_no_nan() -> None:
    """Every field of the agreement is there; strict JSON can hold it."""
    fields = criterion_verdict(*survey(), repetitions=200).as_dict()
    text = json.dumps(fields, allow_nan=False)
    assert "NaN" not in text
    agreed = (
        "verdict mode criterion n n_top top_share delta delta_say delta_do ceiling_benchmark excess theta_a "
        "theta_b smallest_detectable seed method_version"
    )
    assert set(agreed.split()) <= set(fields)
    for name in ("delta", "theta_a", "theta_b", "excess"):
        estimate = fields[name]
        assert isinstance(estimate, dict)
        assert {"estimate", "low", "high"} <= set(estimate)


# The numbers, by hand and by plain loops


def test_the_latent_slope_of_one_threshold_by_hand() -> None:
    """Two options: a is the density at the threshold, v the covariance with the scores."""
    above = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 1], [1, 1]], dtype=float)
    evidence = gather(above[:, :, None], [1, 2, 3, 4, 5, 6], ["say", "do"])
    z = evidence.scores[0]
    density = stats.norm.pdf(stats.norm.ppf(4 / 6))
    beta = [np.mean(above[:, k] * z) / density for k in (0, 1)]
    contrast = latent_contrast(evidence)
    assert contrast.beta_say.estimate == pytest.approx(beta[0])
    assert contrast.theta_a.estimate == pytest.approx(beta[1] - beta[0])
    assert contrast.theta_b is None


def test_thresholds_that_nobody_crossed_have_no_density() -> None:
    """The share is clipped to half an organization, the density is 0."""
    tau, phi, clipped = thresholds(np.array([0.0, 0.5, 1.0]), 50)
    assert clipped.tolist() == [0.01, 0.5, 0.99]
    np.testing.assert_allclose(tau, [stats.norm.ppf(0.99), 0, -stats.norm.ppf(0.99)], atol=1e-12)
    np.testing.assert_allclose(phi, [0, stats.norm.pdf(0), 0])


def test_sigma_recovers_the_spread_of_thresholds() -> None:
    """Thresholds 1/2, 3/2, 5/2, 7/2 seen with mean 2 and standard deviation 1.6."""
    tau = ((np.arange(4) + 0.5 - 2) / 1.6)[None, None]
    p = stats.norm.sf(tau)
    assert item_sigma(tau, stats.norm.pdf(tau), p)[0, 0] == pytest.approx(1.6)


def test_an_item_with_one_threshold_takes_the_median_spread_of_the_others() -> None:
    """Nothing of its own can be fitted."""
    tau = np.array([[[-0.5, 0.5], [-1.0, 1.0], [0.0, 3.0]]])
    phi = np.where(tau == 3.0, 0.0, stats.norm.pdf(tau))
    sigma = item_sigma(tau, phi, stats.norm.sf(tau))[0]
    assert sigma.tolist() == pytest.approx([1.0, 0.5, 0.75])


@pytest.mark.parametrize("n", [60, 400])
def test_quadrature_stands_for_the_mean_over_all_organizations(n: int) -> None:
    """24 nodes give the mean of a steep normal curve over normal scores to nine digits."""
    z = stats.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    nodes, weights = quadrature(z)
    assert weights.sum() == pytest.approx(1.0)
    for slope in (0.3, 1.0):
        exact = stats.norm.cdf(slope * z - 0.7).mean()
        assert weights @ stats.norm.cdf(slope * nodes - 0.7) == pytest.approx(exact, abs=1e-9)


def test_the_vectorized_computation_is_the_plain_loop(benchmark: ModuleType) -> None:
    """Jackknife and bootstrap, one organization and one resample at a time: the same numbers."""
    for seed, options in ((1, 5), (2, 3), (3, 10)):
        evidence = gather(*benchmark.made_up(45, 6, options=options, seed=seed))
        assert benchmark.largest_difference(evidence, organizations=45, repetitions=40) < 1e-9


def test_the_bootstrap_does_not_depend_on_how_it_is_cut_into_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by chunks; the random numbers are the same."""
    whole = np.concatenate(list(resamples(30, repetitions=50, seed=3)), axis=1)
    monkeypatch.setattr("cfanalysis.verdict.resampling.CELLS", 100)
    parts = list(resamples(30, repetitions=50, seed=3))
    assert len(parts) == 17
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert (whole.sum(axis=0) == 30).all()


def test_a_resample_is_cut_as_its_own_sample_would_be() -> None:
    """Quartile means of a weighted sample equal those of the drawn organizations, ties and all."""
    random = np.random.default_rng(4)
    say, do, criterion = random.normal(size=25), random.normal(size=25), random.integers(0, 9, size=25) / 3
    counts = next(resamples(25, repetitions=60, seed=1))
    drawn = recut([say], [do], [np.round(criterion, 9)], counts, quartiles=True)
    for row, weights in enumerate(counts.T):
        index = np.repeat(np.arange(25), weights)
        labels = quartile_groups(criterion[index]).labels
        for column, name in enumerate(("Top", "Upper middle", "Lower middle", "Bottom")):
            members = index[labels == name]
            if members.size:
                assert drawn.gap[row, column] == pytest.approx((say - do)[members].mean())
            else:
                assert np.isnan(drawn.gap[row, column])


def test_the_quartile_contrast_by_hand() -> None:
    """Top 4 and 5: gaps 1 and 0; rest 3, 2, 2. Delta 7/3 - 1/2."""
    contrast = quartile_contrast([5, 5, 5, 5, 5], [2, 3, 3, 4, 5], [1, 2, 3, 4, 5], repetitions=200)
    assert contrast.delta.estimate == pytest.approx(7 / 3 - 1 / 2)
    assert contrast.delta_say.estimate == pytest.approx(0)
    assert contrast.delta_do.estimate == pytest.approx(7 / 3 - 1 / 2)
    assert [q.n for q in contrast.quartiles] == [2, 1, 1, 1]
    assert all(worse.gap >= better.gap for better, worse in pairwise(contrast.quartiles))


def test_a_constant_gap_has_no_hedges_g() -> None:
    """There is no standard deviation to measure by; the rest stands."""
    contrast = quartile_contrast([3, 4, 5, 2, 1], [2, 3, 4, 1, 0], [1, 2, 3, 4, 5], repetitions=100)
    assert contrast.hedges_g is None
    assert contrast.delta.estimate == pytest.approx(0)
    assert contrast.cliffs_delta.estimate == 0


# What does not change the verdict


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500))
def test_order_and_unit_of_the_criterion_change_nothing(seed: int) -> None:
    """Organizations and items in another order, the criterion on another scale: the same latent contrast."""
    shares, criterion, facets = survey(40, seed=seed)
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(40), random.permutation(4)
    first = latent_contrast(gather(shares, criterion, facets))
    other = latent_contrast(
        gather(shares[rows][:, columns], 3 * criterion[rows] + 7, np.array(facets)[columns])
    )
    for name in ("delta", "theta_a", "theta_b", "excess", "excess_a"):
        one, two = getattr(first, name), getattr(other, name)
        assert two.estimate == pytest.approx(one.estimate, abs=1e-9)
        assert two.se == pytest.approx(one.se, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500))
def test_exchanging_the_facets_turns_the_sign(seed: int) -> None:
    """Say for Do: every contrast is its own negative."""
    shares, criterion, facets = survey(40, seed=seed)
    first = latent_contrast(gather(shares, criterion, facets))
    turned = latent_contrast(gather(shares, criterion, facets[::-1]))
    for name in ("delta", "theta_a", "theta_b", "m0", "m0_a"):
        assert getattr(turned, name).estimate == pytest.approx(-getattr(first, name).estimate, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500))
def test_turning_the_scale_turns_the_thetas(seed: int) -> None:
    """Answers counted from the other end are other people's ceilings, with the opposite slope."""
    shares, criterion, facets = survey(40, seed=seed)
    first = latent_contrast(gather(shares, criterion, facets))
    turned = latent_contrast(gather((1 - shares)[:, :, ::-1], criterion, facets))
    for name in ("theta_a", "theta_b"):
        one, two = getattr(first, name), getattr(turned, name)
        assert two.estimate == pytest.approx(-one.estimate, abs=1e-9)
        assert two.se == pytest.approx(one.se, abs=1e-9)


def test_identical_halvings_change_nothing() -> None:
    """The mean of equal halvings is the single one, jackknife and bootstrap too."""
    shares, criterion, facets = survey(50)
    one = criterion_verdict(shares, criterion, facets, repetitions=200)
    stacked = criterion_verdict(np.stack([shares] * 3), np.stack([criterion] * 3), facets, repetitions=200)
    assert stacked.halvings == 3
    for name in ("delta", "theta_a", "theta_b", "excess", "hedges_g"):
        single, several = getattr(one, name), getattr(stacked, name)
        assert several.as_dict() == pytest.approx(single.as_dict())


def test_halvings_are_averaged() -> None:
    """Two different halvings: the statistic is the mean of both."""
    parts = [survey(50, seed=seed) for seed in (1, 2)]
    shares, criteria = np.stack([p[0] for p in parts]), np.stack([p[1] for p in parts])
    both = latent_contrast(gather(shares, criteria, FACETS))
    each = [latent_contrast(gather(p[0], p[1], FACETS)) for p in parts]
    assert both.theta_a.estimate == pytest.approx(np.mean([e.theta_a.estimate for e in each]))
    assert both.excess is not None
    assert both.excess.estimate == pytest.approx(np.mean([e.excess.estimate for e in each if e.excess]))


def test_a_seed_gives_the_same_verdict_and_inputs_stay_as_they_were() -> None:
    """Reproducible, and nothing is changed in place."""
    shares, criterion, facets = survey(50)
    kept = shares.copy(), criterion.copy()
    first = criterion_verdict(shares, criterion, facets, repetitions=200, seed=5)
    assert criterion_verdict(shares, criterion, facets, repetitions=200, seed=5) == first
    assert criterion_verdict(shares, criterion, facets, repetitions=200, seed=6).delta != first.delta
    assert np.array_equal(shares, kept[0])
    assert np.array_equal(criterion, kept[1])


# Input that is incomplete or wrong


def test_fewer_than_40_organizations_are_described() -> None:
    """The numbers are there, the verdict is descriptive and says why."""
    verdict = criterion_verdict(*survey(39, say=0.1, do=1.0), repetitions=200)
    assert verdict.verdict == "descriptive"
    assert any("39 organizations are fewer than 40" in note for note in verdict.notes)


def test_incomplete_organizations_are_left_out_and_counted() -> None:
    """One lacks an item, one the criterion: the verdict is that of the others."""
    shares, criterion, facets = survey(60)
    holes, missing = shares.copy(), criterion.copy()
    holes[3, 2] = np.nan
    missing[10] = np.nan
    verdict = criterion_verdict(holes, missing, facets, repetitions=200)
    kept = np.delete(np.arange(60), [3, 10])
    without = criterion_verdict(shares[kept], criterion[kept], facets, repetitions=200)
    assert (verdict.n, verdict.left_out) == (58, 2)
    assert verdict.theta_b == without.theta_b
    assert any("2 organization(s) lack" in note for note in verdict.notes)


def test_different_answer_grids_have_no_metric_b() -> None:
    """Say on five options, Do on seven: never supported, in percent, and it says so, list or padding."""
    shares, criterion, facets = survey(150, say=0.1, do=0.9)
    wider = np.stack([shares[..., min(c, 3)] for c in (0, 0, 1, 2, 3, 3)], axis=2)
    as_list = [shares[:, k] if facets[k] == "say" else wider[:, k] for k in range(4)]
    padded = np.full((150, 4, 6), np.nan)
    for k, item in enumerate(as_list):
        padded[:, k, : item.shape[1]] = item
    first, second = (criterion_verdict(e, criterion, facets, repetitions=200) for e in (as_list, padded))
    assert first == second
    assert first.verdict == "scale-dependent"
    assert first.theta_b is None
    assert first.unit == "percent"
    assert first.excess is not None
    assert any("not all answered on one grid" in note for note in first.notes)
    assert json.loads(json.dumps(first.as_dict(), allow_nan=False))["theta_b"] is None


def test_grids_of_equal_length_can_be_declared_different() -> None:
    """Five options of agreement are not five options of frequency."""
    verdict = criterion_verdict(*survey(150, say=0.1, do=0.9), same_grid=False, repetitions=200)
    assert verdict.theta_b is None
    assert verdict.verdict == "scale-dependent"


def test_two_options_have_no_metric_b() -> None:
    """Yes or no: one threshold has no spread."""
    shares, criterion, facets = survey(150, say=0.1, do=0.9)
    verdict = criterion_verdict(shares[:, :, 1:2], criterion, facets, repetitions=200)
    assert verdict.theta_b is None
    assert any("cross two thresholds" in note for note in verdict.notes)


def test_a_constant_item_is_counted_and_carries_nothing() -> None:
    """Everybody answered 5 to one Say item: noted, and metric A unchanged by it."""
    shares, criterion, facets = survey(80)
    shares[:, 0] = 1.0
    with_it = criterion_verdict(shares, criterion, facets, repetitions=200)
    without = criterion_verdict(shares[:, 1:], criterion, facets[1:], repetitions=200)
    assert with_it.theta_a is not None
    assert without.theta_a is not None
    assert with_it.theta_a.estimate == pytest.approx(without.theta_a.estimate)
    assert any("1 item(s) have the same answer" in note for note in with_it.notes)


def test_a_facet_that_hangs_on_one_organization_has_no_interval() -> None:
    """Take it away and nothing varies: no standard error, inconclusive at most, no NaN."""
    shares, criterion, facets = survey(60)
    shares[:, :2] = 1.0
    shares[0, :2] = [1.0, 0.5, 0.5, 0.5]
    verdict = criterion_verdict(shares, criterion, facets, repetitions=200)
    assert verdict.theta_a is not None
    assert verdict.theta_a.se is None
    assert verdict.verdict in ("inconclusive", "scale-dependent")
    assert json.dumps(verdict.as_dict(), allow_nan=False)


def test_a_criterion_with_hardly_a_top_quartile_gives_no_interval() -> None:
    """Nearly three quarters tie at the lowest value: many resamples cannot be cut, and it says so."""
    shares, _, facets = survey(60)
    verdict = criterion_verdict(shares, np.r_[np.zeros(44), np.arange(16) + 1], facets, repetitions=200)
    assert verdict.delta.low is None
    assert verdict.smallest_detectable is None
    assert verdict.verdict == "inconclusive"
    assert any("delta has no interval" in note for note in verdict.notes)


def _broken(name: str) -> tuple[object, object, object]:
    shares, criterion, facets = survey(60)
    total = shares.sum(axis=(1, 2))
    top = shares.copy()
    top[:, :2] = 1.0
    rising = shares.copy()
    rising[5, 1, 3] = 1.0
    return {
        "one facet": (shares, criterion, ["say"] * 4),
        "unknown facet": (shares, criterion, ["say", "say", "do", "don't"]),
        "facets": (shares, criterion, ["say", "do"]),
        "gap items": (shares, total, facets),
        "top": (top, criterion, facets),
        "percent": (shares * 100, criterion, facets),
        "rising": (rising, criterion, facets),
        "criterion length": (shares, criterion[:-1], facets),
        "constant criterion": (shares, np.ones(60), facets),
        "tied criterion": (shares, np.r_[np.ones(55), np.arange(5) + 2], facets),
        "words": (shares, ["good"] * 60, facets),
        "shape": (shares[:, :, 0], criterion, facets),
        "empty": (shares[:0], criterion[:0], facets),
        "all missing": (shares * np.nan, criterion, facets),
        "few": (shares[:3], criterion[:3], facets),
    }[name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one facet", "no Do items"),
        ("unknown facet", "unknown"),
        ("facets", "one facet for each item"),
        ("gap items", "made of the gap's own items"),
        ("top", "at the top of the scale"),
        ("percent", "outside 0 to 1"),
        ("rising", "organization 6, item 2, option 4"),
        ("criterion length", "not one value for each organization"),
        ("constant criterion", "same value of the criterion"),
        ("tied criterion", "nobody is below the top"),
        ("words", "not made of numbers"),
        ("shape", "wrong shape"),
        ("empty", "wrong shape"),
        ("all missing", "no answers at all"),
        ("few", "too few organizations"),
    ],
)
def test_input_that_cannot_be_judged_is_refused_with_the_reason(name: str, text: str) -> None:
    """One facet, gap items in the criterion, everybody at the top, percentages: a message, never a number."""
    with pytest.raises(AnalysisError, match=text):
        criterion_verdict(*_broken(name), repetitions=200)  # type: ignore[arg-type]


# Composite mode


def test_composite_mode_describes_and_says_that_it_cannot_test() -> None:
    """Quartiles on the overall score: no thetas, a labelled result."""
    shares, _, facets = survey(100, items=8)
    verdict = composite_verdict(shares, facets, respondents=3, simulations=199, repetitions=200)
    assert (verdict.verdict, verdict.mode) == ("descriptive", "composite")
    assert verdict.theta_a is None
    assert verdict.theta_b is None
    assert "cannot test" in verdict.notes[0]
    assert json.dumps(verdict.as_dict(), allow_nan=False)


def test_the_composite_null_explains_a_ceiling() -> None:
    """Equal facets, Say at the end of the scale: delta is well above 0, its excess is not."""
    random = np.random.default_rng(2)
    facets = ["say"] * 6 + ["do"] * 6
    level = 0.7 * random.normal(size=(400, 1)) + np.repeat([1.5, 0.0], 6)
    answers = level + 0.7 * random.normal(size=(400, 12))
    shares = (answers[..., None] > [-1.5, -0.5, 0.5, 1.5]).astype(float)
    verdict = composite_verdict(shares, facets, simulations=199, repetitions=200)
    assert verdict.delta.low is not None
    assert verdict.delta.low > 0.2
    assert verdict.excess is not None
    assert verdict.excess.p is not None
    assert verdict.excess.p > 0.05


def test_do_varying_more_than_say_exceeds_the_composite_null() -> None:
    """Latent correlations within Do above those within Say: the excess is there, with its p."""
    random = np.random.default_rng(3)
    level = random.normal(size=(400, 1)) * np.repeat([0.4, 1.2], 6)
    answers = level + random.normal(size=(400, 12))
    shares = (answers[..., None] > [-1.5, -0.5, 0.5, 1.5]).astype(float)
    verdict = composite_verdict(shares, ["say"] * 6 + ["do"] * 6, simulations=199, repetitions=200)
    assert verdict.excess is not None
    assert verdict.excess.p is not None
    assert verdict.excess.p <= 0.01
    assert verdict.correlation_difference is not None
    assert verdict.correlation_difference.low is not None
    assert verdict.correlation_difference.low > 0


def test_hermite_moments_recover_the_latent_correlations() -> None:
    """Items cut from normal variables with correlations .5, .3 and .2."""
    random = np.random.default_rng(4)
    n, is_do = 20000, np.repeat([False, True], 4)
    common = random.normal(size=(n, 1)) * np.sqrt(0.2)
    own = random.normal(size=(n, 2)) * np.sqrt([0.3, 0.1])
    rest = random.normal(size=(n, 8)) * np.sqrt(np.repeat([0.5, 0.7], 4))
    latent = common + np.repeat(own, 4, axis=1) + rest
    shares = (latent[..., None] > [-1.0, 0.0, 0.5]).astype(float)
    r = latent_correlations(shares, np.ones((8, 3), dtype=bool), is_do)
    assert [float(v[0]) for v in r] == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_one_item_a_facet_has_no_composite_benchmark() -> None:
    """Nothing correlates within a facet of one item: described without, and said so."""
    shares, _, facets = survey(60)
    verdict = composite_verdict(shares[:, [0, 2]], [facets[0], facets[2]], simulations=99, repetitions=200)
    assert verdict.ceiling_benchmark is None
    assert verdict.excess is None
    assert any("no benchmark" in note for note in verdict.notes)


def test_an_overall_score_can_be_given() -> None:
    """Quartiles are cut on the published score, not on the mean of the items."""
    shares, criterion, facets = survey(60)
    given_score = composite_verdict(shares, facets, score=criterion, simulations=99, repetitions=200)
    by_criterion = criterion_verdict(shares, criterion, facets, repetitions=200)
    assert given_score.delta.estimate == pytest.approx(by_criterion.delta.estimate)


# The calibration, in small


def test_null_worlds_are_not_claimed_and_a_naive_comparison_would_be() -> None:
    """A ceiling and no true difference, 40 data sets: the naive claim nearly always, ours nearly never.

    At the nominal level one or two of 40 would be supported; six or more would mean a broken verdict.
    """
    ours = naive = 0
    for seed in range(40):
        shares, criterion, facets = survey(
            150, say=0.3, do=0.3, say_level=1.5, items=10, respondents=1, seed=seed
        )
        ours += criterion_verdict(shares, criterion, facets, repetitions=200).verdict == "supported"
        say, do = (shares[:, np.array(facets) == f].sum(axis=2).mean(axis=1) for f in ("say", "do"))
        low = quartile_contrast(say, do, say + do, repetitions=100).delta.low
        naive += low is not None and low > 0
    assert ours <= 5
    assert naive >= 20


# Other respondents


def test_halves_share_no_respondent_and_use_all() -> None:
    """Respondent i answers i and rates i: what one half says, the other does not."""
    answers = np.arange(1, 7)[:, None]
    halves = respondent_halves(answers, answers * 10, ["a"] * 6, minimum=1, maximum=6, halvings=30, seed=2)
    assert halves.shares.shape == (30, 1, 1, 5)
    means = 1 + halves.shares.sum(axis=3)[:, 0, 0]
    np.testing.assert_allclose(means + halves.criterion[:, 0] / 10, 7.0)
    assert len(np.unique(means)) > 5


def test_cumulative_shares_of_a_half_by_hand() -> None:
    """Of three respondents one or two rate; a missing answer is not counted, and a half of it alone has no shares."""
    halves = respondent_halves(
        [[2, 1], [2, np.nan], [2, 2]], [[3], [3], [3]], [7, 7, 7], minimum=[1, 0], maximum=[3, 2], seed=1
    )
    np.testing.assert_allclose(halves.shares[:, 0, 0], np.broadcast_to([1.0, 0.0], (20, 2)))
    sums = np.round(halves.shares[:, 0, 1].sum(axis=1), 9)
    assert set(sums[np.isfinite(sums)].tolist()) == {1.0, 1.5, 2.0}
    assert 0 < np.isnan(sums).sum() < 10
    assert halves.criterion[:, 0].tolist() == [3.0] * 20


def test_an_organization_with_one_respondent_leaves_the_verdict_counted() -> None:
    """It cannot be halved."""
    random = np.random.default_rng(1)
    organization = np.repeat(np.arange(45), [1, *[4] * 44])
    answers = random.integers(1, 6, size=(organization.size, 4))
    halves = respondent_halves(
        answers, random.normal(size=(organization.size, 2)), organization, minimum=1, maximum=5
    )
    verdict = criterion_verdict(halves.shares, halves.criterion, FACETS, repetitions=200)
    assert (verdict.n, verdict.left_out, verdict.halvings) == (44, 1, 20)


def test_answers_outside_the_scale_are_not_halved() -> None:
    """A 6 on 1 to 5 is an error with its place."""
    with pytest.raises(AnalysisError, match="respondent 2, item 1"):
        respondent_halves([[1], [6]], [[1], [1]], ["a", "a"], minimum=1, maximum=5)
    with pytest.raises(AnalysisError, match="same respondents"):
        respondent_halves([[1], [5]], [[1]], ["a", "a"], minimum=1, maximum=5)


# Planning


def test_power_grows_with_the_study_and_is_the_error_rate_without_an_effect() -> None:
    """More organizations find more; no effect is nearly never claimed."""
    small, large = (power(n, 3, 8, 0.6, simulations=40, seed=1) for n in (60, 240))
    assert small.power < large.power
    assert small.smallest_detectable > large.smallest_detectable
    assert large.low <= large.power <= large.high
    assert power(100, 1, 8, 0.0, ceiling="strong", simulations=40).power <= 0.1


def test_the_simulated_effect_is_the_one_that_was_asked_for() -> None:
    """d of the latent gap, and nearly that of the answers where there is no ceiling."""
    world = World(n=20000, items=20, respondents=2, effect=0.5, slope=0.0)
    shares, criterion = simulated_survey(world, np.random.default_rng(1))
    gap = np.array(world.facets) == "say"
    values = shares.sum(axis=2) @ np.where(gap, 0.1, -0.1)
    top = quartile_groups(criterion).is_top
    assert hedges_g(values[~top], values[top]).estimate == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(
    ("changed", "text"),
    [({"n": 30}, "Too few organizations"), ({"items": 1}, "Too few items"), ({"effect": 5}, "out of range"),
     ({"ceiling": "glass"}, "unknown"), ({"simulations": 5}, "Too few simulations")],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(changed: dict[str, object], text: str) -> None:
    """Thirty organizations are never tested; an effect of five does not exist."""
    plan: dict[str, object] = {"n": 100, "respondents": 1, "items": 4, "effect": 0.5, **changed}
    with pytest.raises(AnalysisError, match=text):
        power(**plan)  # type: ignore[arg-type]
