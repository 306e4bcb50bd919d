"""The verdict: which one is given, what does not change it, and that null worlds are not claimed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.statistics.claim_test import criterion_verdict, judgement, quartile_contrast
from cfanalysis.statistics.claim_test.evidence import gather
from cfanalysis.statistics.claim_test.jackknife import latent_contrast
from cfanalysis.statistics.effects import Estimate

from .verdict_surveys import FACETS, survey

ABOVE, AROUND, BELOW = (Estimate(m, low=m - 1, high=m + 1) for m in (2.0, 0.0, -2.0))


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
