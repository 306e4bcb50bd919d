"""A criterion from other respondents: halves and their counts."""

from __future__ import annotations

import numpy as np
import pytest

from cfanalysis.statistics.claim_test import criterion_verdict
from cfanalysis.statistics.claim_test.null_models import SimulationModel, simulated_evidence
from cfanalysis.statistics.claim_test.respondent_traits import Respondents
from cfanalysis.statistics.claim_test.split_halves import (
    HalfCounts,
    random_halves,
    shares_above,
    with_items_of_half,
)


def test_halves_share_no_respondent_and_use_all() -> None:
    """Respondent i answers i: what one half says, the other does not."""
    group, answers = np.zeros(6, dtype=np.intp), np.arange(6, dtype=np.int8)
    masks = list(random_halves(group, seed=2, halvings=30))
    counts = HalfCounts(group, masks, groups=1).of(answers, width=6)
    others = HalfCounts(group, [~mask for mask in masks], groups=1).of(answers, width=6)
    assert (counts + others == 1).all()
    assert (counts.sum(axis=2) == 3).all()
    assert len({tuple(c[0]) for c in counts}) > 5


def test_cumulative_shares_of_a_half_by_hand() -> None:
    """Of answers 1, none, 2 a half holds one or two; without an answer there are no shares."""
    group, answers = np.zeros(3, dtype=np.intp), np.array([0, 3, 1], dtype=np.int8)
    masks = [np.array([True, False, True]), np.array([False, True, False])]
    shares = shares_above(HalfCounts(group, masks, groups=1).of(answers, width=3))
    np.testing.assert_allclose(shares[0, 0], [0.5, 0.0])
    assert np.isnan(shares[1]).all()


def test_an_item_that_one_half_left_out_is_what_its_other_answers_suggest() -> None:
    """Moved by as much as the other item of the facet lies from the mean; what nobody answered stays missing."""
    shares = np.full((1, 3, 4, 1), 0.5)
    shares[0, 0, 0], shares[0, 1, 0] = 0.7, 0.3
    shares[0, 0, 1], shares[0, 2, 3] = np.nan, np.nan
    answered = np.ones((3, 4), dtype=bool)
    answered[2, 3] = False
    is_do = np.array([False, False, True, True])
    filled = with_items_of_half(shares, is_do, np.ones((4, 1), dtype=bool), answered)
    assert filled[0, 0, 1, 0] == pytest.approx(0.7)
    assert np.isnan(filled[0, 2, 3, 0])
    assert np.isnan(shares[0, 0, 1, 0])
    kept = ~np.isnan(shares)
    assert np.array_equal(filled[kept], shares[kept])


def test_an_organization_with_one_respondent_leaves_the_verdict_counted() -> None:
    """It cannot be halved, and that is the reason that is given."""
    random = np.random.default_rng(1)
    member = np.repeat(np.arange(45), [1, *[4] * 44])
    answers = random.integers(0, 5, size=(member.size, 4)).astype(np.int8)
    masks = list(random_halves(member, seed=1))
    counts = HalfCounts(member, masks, groups=45)
    shares = np.stack([shares_above(counts.of(a, width=5)) for a in answers.T], axis=2)
    ratings = random.normal(size=member.size)
    with np.errstate(invalid="ignore"):
        criterion = np.stack(
            [
                np.bincount(member[~m], ratings[~m], minlength=45) / np.bincount(member[~m], minlength=45)
                for m in masks
            ]
        )
    people = Respondents(answers, member, 45)
    facets = ["say", "say", "do", "do"]
    verdict = criterion_verdict(shares, criterion, facets, people=people, repetitions=200)
    assert (verdict.n, verdict.left_out, verdict.halvings) == (44, 1, 20)
    assert verdict.left_out_reasons == {"one respondent, who cannot rate both": 1}


def test_a_made_up_survey_is_halved_as_a_real_one() -> None:
    """Twenty halvings, each with everybody; the criterion is not what the gap's half rated."""
    evidence = simulated_evidence(
        SimulationModel(n=45, criterion="others", items=4), np.random.default_rng(1)
    )
    assert len(evidence.halvings) == 20
    assert evidence.least == 45
