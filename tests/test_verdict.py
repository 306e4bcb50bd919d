"""The verdict: which one is given, what does not change it, and that null worlds are not claimed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.statistics.claim_test import criterion_verdict, judgement
from cfanalysis.statistics.claim_test.evidence import checked_evidence
from cfanalysis.statistics.claim_test.jackknife import latent_contrast
from cfanalysis.statistics.claim_test.null_models import SimulationModel, simulated_evidence
from cfanalysis.statistics.claim_test.respondent_traits import Traits
from cfanalysis.statistics.claim_test.subscales import recut_differences
from cfanalysis.statistics.effects import Estimate

from .verdict_surveys import FACETS, survey

ABOVE, AROUND, BELOW = (Estimate(m, low=m - 1, high=m + 1) for m in (2.0, 0.0, -2.0))
NO_INTERVAL = Estimate(2.0)


def judged(delta: Estimate, *metrics: Estimate | None, equal: bool = False, tested: bool = True) -> str:
    """The verdict on metrics A, B, L and C."""
    names = ("theta_a", "theta_b", "theta_l", "theta_c")
    return judgement(tested=tested, delta=delta, metrics=dict(zip(names, metrics, strict=True)), equal=equal)


@pytest.mark.parametrize(
    ("delta", "metrics", "expected"),
    [
        (ABOVE, (ABOVE, ABOVE, ABOVE, ABOVE), "supported"),
        (ABOVE, (ABOVE, None, ABOVE, ABOVE), "supported"),
        (ABOVE, (ABOVE, ABOVE, ABOVE, None), "supported if"),
        (ABOVE, (ABOVE, ABOVE, None, None), "supported if"),
        (ABOVE, (ABOVE, ABOVE, ABOVE, AROUND), "scale-dependent"),
        (ABOVE, (ABOVE, AROUND, ABOVE, ABOVE), "scale-dependent"),
        (ABOVE, (ABOVE, ABOVE, ABOVE, NO_INTERVAL), "scale-dependent"),
        (AROUND, (ABOVE, ABOVE, ABOVE, ABOVE), "inconclusive"),
        (BELOW, (ABOVE, ABOVE, ABOVE, ABOVE), "reversed"),
        (ABOVE, (BELOW, BELOW, BELOW, BELOW), "contradicted"),
        (BELOW, (BELOW, None, BELOW, BELOW), "contradicted"),
        (AROUND, (BELOW, BELOW, BELOW, None), "contradicted if"),
        (AROUND, (BELOW, AROUND, BELOW, BELOW), "inconclusive"),
        (BELOW, (BELOW, BELOW, BELOW, AROUND), "reversed"),
        (AROUND, (AROUND, AROUND, AROUND, AROUND), "inconclusive"),
    ],
)
def test_the_first_verdict_that_applies_is_given(
    delta: Estimate, metrics: tuple[Estimate | None, ...], expected: str
) -> None:
    """Supported needs all intervals above 0, contradicted every metric's below; without C both say if."""
    assert judged(delta, *metrics) == expected


def test_no_difference_is_only_what_is_nothing_else() -> None:
    """Within the margin and not told from 0: no difference; told from 0, it keeps its name."""
    assert judged(AROUND, *[AROUND] * 4, equal=True) == "no difference"
    assert judged(ABOVE, *[ABOVE] * 4, equal=True) == "supported"
    assert judged(BELOW, *[AROUND] * 4, equal=True) == "reversed"


def test_what_cannot_be_tested_is_described() -> None:
    """Too few organizations or groups, or quartiles cut on the overall score: descriptive, whatever the numbers."""
    assert judged(ABOVE, *[ABOVE] * 4, tested=False) == "descriptive"


def of_people(
    n: int = 300,
    *,
    say: float = 0.3,
    do: float = 0.3,
    own: float = 0.3,
    fields: bool = False,
    **changed: float,
) -> dict[str, object]:
    """What `criterion_verdict` takes of a made-up survey with respondents, by name."""
    world = SimulationModel(n=n, slope=say, say_spread=own, do_spread=own, items=8, respondents=5, **changed)  # type: ignore[arg-type]
    effect = replace_effect(world, do - say)
    evidence = simulated_evidence(effect, np.random.default_rng(1))
    halving, people = evidence.halvings[0], evidence.people
    assert people is not None
    return {
        "cumulative": halving.shares,
        "criterion": halving.criterion,
        "facets": world.facets,
        "people": people if fields else replace(people, traits=Traits()),
        "groups": evidence.group,
    }


def replace_effect(world: SimulationModel, extra: float) -> SimulationModel:
    """The world in which Do rises by so much more."""
    scale = replace(world, effect=0.5).extra_slope / 0.5
    guess = extra / scale
    for _ in range(30):
        found = replace(world, effect=guess).extra_slope
        guess *= extra / found if found else 1.0
    return replace(world, effect=guess)


def test_do_rising_more_than_say_is_supported() -> None:
    """A true difference of slopes is found on every metric."""
    verdict = criterion_verdict(**of_people(say=0.3, do=0.55), repetitions=500, label="Revenue")  # type: ignore[arg-type]
    assert (verdict.verdict, verdict.mode, verdict.criterion) == ("supported", "criterion", "Revenue")
    for metric in (verdict.theta_a, verdict.theta_b, verdict.theta_l, verdict.theta_c):
        assert metric is not None
        assert metric.p is not None
        assert metric.p < 1e-3


def test_without_respondents_the_same_is_supported_if() -> None:
    """Nothing then tells whether Say and Do tell organizations apart equally well; the reason is kept."""
    survey_ = of_people(say=0.3, do=0.55)
    del survey_["people"]
    verdict = criterion_verdict(**survey_, repetitions=500)  # type: ignore[arg-type]
    assert verdict.verdict == "supported if"
    assert verdict.theta_c is None
    assert "not known how many answered" in verdict.without_c


def test_say_rising_more_than_do_is_contradicted() -> None:
    """The gap is narrower below the top quartile."""
    verdict = criterion_verdict(*survey(300, say=0.8, do=0.2, items=8), repetitions=500)
    assert verdict.verdict == "contradicted if"


def test_weaker_say_questions_are_not_taken_for_the_claim() -> None:
    """Say that loads .7 rises less on three metrics; per true difference between organizations it does not."""
    verdict = criterion_verdict(**of_people(600, say_loading=0.6), repetitions=500)  # type: ignore[arg-type]
    assert verdict.verdict == "scale-dependent"
    assert verdict.theta_a is not None
    assert verdict.theta_c is not None
    assert verdict.theta_a.low is not None
    assert verdict.theta_a.low > 0
    assert abs(verdict.theta_c.estimate) < 2.5 * (verdict.theta_c.se or 0)
    assert verdict.between is not None
    assert verdict.between[0] < 0.7 * verdict.between[1]


def test_a_spread_that_grows_is_not_taken_for_the_claim() -> None:
    """Answers that spread more in good organizations move A and B, not L."""
    verdict = criterion_verdict(
        **of_people(3000, growth=0.3, say_level=1.0, do_level=-0.5),
        repetitions=200,  # type: ignore[arg-type]
    )
    assert verdict.theta_a is not None
    assert verdict.theta_l is not None
    assert verdict.theta_a.estimate > 0.05
    assert abs(verdict.theta_l.estimate) < 2.5 * (verdict.theta_l.se or 0)
    assert verdict.scale is not None
    assert min(verdict.scale) > 0.1


def test_a_mix_of_roles_is_made_equal() -> None:
    """Leaders rate Do higher and answer more in good organizations: claimed as measured, not when made equal."""
    world = {"role_do": 1.0, "role_mix": 0.9}
    verdict = criterion_verdict(**of_people(400, fields=True, **world), repetitions=300)  # type: ignore[arg-type]
    assert verdict.raw is not None
    assert verdict.raw["verdict"] == "supported"
    assert verdict.verdict != "supported"
    assert verdict.standardized_for == ("role",)
    raw = verdict.raw["delta"]
    assert isinstance(raw, Estimate)
    assert verdict.delta.estimate < 0.5 * raw.estimate


def test_parents_are_drawn_and_left_out_together() -> None:
    """Intervals are those of the parents: much wider where organizations of one parent are alike."""
    grouped = of_people(240, parents=12, parent_share=0.8)
    one = criterion_verdict(**grouped, repetitions=300)  # type: ignore[arg-type]
    other = criterion_verdict(**{**grouped, "groups": None}, repetitions=300)  # type: ignore[arg-type]
    assert (one.groups, other.groups) == (12, 240)
    for name in ("delta", "theta_a", "theta_c"):
        grouped_estimate, single = getattr(one, name), getattr(other, name)
        assert grouped_estimate.estimate == pytest.approx(single.estimate)
        assert grouped_estimate.se > 1.3 * single.se


def test_fewer_than_eight_parents_are_described() -> None:
    """Seven groups cannot carry a test."""
    verdict = criterion_verdict(**of_people(240, parents=7), repetitions=200)  # type: ignore[arg-type]
    assert verdict.verdict == "descriptive"
    assert any("7 groups are fewer than 8" in note for note in verdict.notes)


def test_a_large_study_without_a_difference_says_so() -> None:
    """With 900 organizations alike the gap is the same within a twentieth of the scale."""
    verdict = criterion_verdict(**of_people(900), repetitions=300)  # type: ignore[arg-type]
    assert (verdict.verdict, verdict.small, verdict.margin) == ("no difference", True, pytest.approx(0.2))


def test_a_ceiling_on_say_alone_is_scale_dependent() -> None:
    """Both facets rise equally, Say near the end of the scale: points show a gap that the metrics do not."""
    verdict = criterion_verdict(*survey(400, say=0.6, do=0.6, say_level=1.6, items=12), repetitions=500)
    assert verdict.verdict == "scale-dependent"
    assert verdict.ceiling_benchmark is not None
    assert verdict.excess is not None
    assert verdict.ceiling_benchmark.estimate > 0.5 * verdict.delta.estimate
    assert abs(verdict.excess.estimate) < 0.4 * verdict.delta.estimate


def test_the_parts_of_a_verdict_add_up() -> None:
    """delta = delta_do - delta_say = benchmark + excess; detectable is 2.8 standard errors of the widest metric."""
    verdict = criterion_verdict(*survey(), repetitions=500)
    assert verdict.ceiling_benchmark is not None
    assert verdict.excess is not None
    assert verdict.delta.se is not None
    delta = verdict.delta.estimate
    assert delta == pytest.approx(verdict.delta_do.estimate - verdict.delta_say.estimate)
    assert delta == pytest.approx(verdict.ceiling_benchmark.estimate + verdict.excess.estimate)
    widest = max(e.se for e in (verdict.delta, *verdict.points.values()) if e.se is not None)
    assert verdict.smallest_detectable == pytest.approx(2.8 * widest)
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


@settings(max_examples=15)
@given(seed=st.integers(0, 500))
def test_order_and_unit_of_the_criterion_change_nothing(seed: int) -> None:
    """Organizations and items in another order, the criterion on another scale: the same latent contrast."""
    shares, criterion, facets = survey(40, seed=seed)
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(40), random.permutation(4)
    first = latent_contrast(checked_evidence(shares, criterion, facets))
    other = latent_contrast(
        checked_evidence(shares[rows][:, columns], 3 * criterion[rows] + 7, np.array(facets)[columns])
    )
    for name in ("delta", "theta_a", "theta_b", "excess", "excess_a"):
        one, two = getattr(first, name), getattr(other, name)
        assert two.estimate == pytest.approx(one.estimate, abs=1e-9)
        assert two.se == pytest.approx(one.se, abs=1e-9)


@settings(max_examples=15)
@given(seed=st.integers(0, 500))
def test_exchanging_the_facets_turns_the_sign(seed: int) -> None:
    """Say for Do: every contrast is its own negative."""
    shares, criterion, facets = survey(40, seed=seed)
    first = latent_contrast(checked_evidence(shares, criterion, facets))
    turned = latent_contrast(checked_evidence(shares, criterion, facets[::-1]))
    for name in ("delta", "theta_a", "theta_b", "m0", "m0_a"):
        assert getattr(turned, name).estimate == pytest.approx(-getattr(first, name).estimate, abs=1e-9)


@settings(max_examples=15)
@given(seed=st.integers(0, 500))
def test_turning_the_scale_turns_the_thetas(seed: int) -> None:
    """Answers counted from the other end are other people's ceilings, with the opposite slope."""
    shares, criterion, facets = survey(40, seed=seed)
    first = latent_contrast(checked_evidence(shares, criterion, facets))
    turned = latent_contrast(checked_evidence((1 - shares)[:, :, ::-1], criterion, facets))
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
    both = latent_contrast(checked_evidence(shares, criteria, FACETS))
    each = [latent_contrast(checked_evidence(p[0], p[1], FACETS)) for p in parts]
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
        ours += criterion_verdict(shares, criterion, facets, repetitions=200).verdict.startswith("supported")
        say, do = (shares[:, np.array(facets) == f].sum(axis=2).mean(axis=1) for f in ("say", "do"))
        low = recut_differences([(say - do)[:, None]], [say + do], repetitions=100, seed=1)[0][0].low
        naive += low is not None and low > 0
    assert ours <= 5
    assert naive >= 20
