"""A criterion from other respondents: halves and their counts."""

from __future__ import annotations

import numpy as np
import pytest

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test import criterion_verdict, respondent_halves

from .verdict_surveys import FACETS


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
