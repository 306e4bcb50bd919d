"""Composite mode: it describes, and is compared with a simulated null."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cfanalysis.statistics.claim_test import composite_verdict, criterion_verdict
from cfanalysis.statistics.claim_test.latent_correlation import latent_correlations

from .verdict_surveys import survey


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
