"""What colleagues do not differ in cannot be standardized for, and takes no number out of its bounds."""

from __future__ import annotations

import numpy as np

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.statistics.claim_test.resampling import pooled_effects
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from .surveys import INSTRUMENT, made_instrument, made_survey, survey_of


def test_only_what_colleagues_differ_in_has_an_effect() -> None:
    """Effects are least squares; of a category nobody differs in there is none, of a pair that goes together a half."""
    squares = np.array([[[4.0, 1.0], [1.0, 3.0]], [[4.0, 0.0], [0.0, 0.0]], [[2.0, 2.0], [2.0, 2.0]]])
    products = np.array([[[2.0], [3.0]], [[2.0], [0.3]], [[2.0], [2.4]]])
    effects = pooled_effects(squares, products)[..., 0]
    np.testing.assert_allclose(effects[0], np.linalg.solve(squares[0], products[0, :, 0]), rtol=1e-6)
    np.testing.assert_allclose(effects[1], [0.5, 0.0], atol=1e-9)
    np.testing.assert_allclose(effects[2], [0.55, 0.55], atol=1e-9)


def test_a_category_of_one_organization_leaves_the_intervals_as_they_are() -> None:
    """Where it is seen beside colleagues in one organization alone, most resamples know nothing of its effect."""
    text = INSTRUMENT.replace(
        "waves:", "respondent_fields:\n  - {id: role, title: Role, options: [Leader, Staff, Guest]}\nwaves:"
    )
    plain = made_survey(organizations=44, respondents=6, instrument=made_instrument(text))
    assert plain.raw_responses is not None
    answers = plain.raw_responses.copy()
    number = answers.groupby("organization").cumcount()
    answers["role"] = np.where(number % 2, "Leader", "Staff")
    own = answers["organization"] == "O005"
    answers = answers.loc[np.repeat(answers.index, np.where(own, 4, 1))].reset_index(drop=True)
    answers["respondent"] = [f"R{i}" for i in range(len(answers))]
    own = answers["organization"] == "O005"
    answers.loc[own, "role"] = np.array(["Guest", "Leader", "Staff"])[np.arange(own.sum()) % 3]
    answers.loc[answers["organization"].isin(["O003", "O007", "O009"]), "role"] = "Guest"
    answers.loc[answers.index[::9], "d2"] = DONT_KNOW_CODE
    found = claim_verdict(survey_of(answers, plain.instrument))
    assert found.standardized_for == ("Role",)
    for estimate in (found.delta, found.theta_a, found.theta_b, found.theta_l):
        assert estimate is not None
        low, high = estimate.ends
        assert high - low < 2
