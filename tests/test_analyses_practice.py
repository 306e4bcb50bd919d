"""Levels, practices, warning signs, customers, expectation: formulas by hand, truths of the sample found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cfanalysis.analyses import customer_types, expectation, performance_levels, practices, warning_signs
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import organizations_only
from cfanalysis.scoring.shares import count_shares
from cfanalysis.statistics.effects.one_sample import mean_estimate, rank_correlation, share_estimate
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.sample.truth import TRUTH
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

SMALL = """
format: 1
id: small
title: Small
version: "1"
scales:
  agreement: {min: 1, max: 5}
  yes_no: {min: 0, max: 1}
  contacts: {min: 0, max: 10}
dimensions: [{id: one, title: One}]
practices: [{id: listen, title: Listening}, {id: praise, title: Praise}, {id: unused, title: Unused}]
items:
  - {id: s, text: Say., role: gap, facet: say, dimension: one, scale: agreement}
  - {id: d1, text: Do., role: gap, facet: do, dimension: one, scale: agreement, practices: [listen], customer: external}
  - {id: d2, text: Do 2., role: gap, facet: do, dimension: one, scale: agreement, practices: [listen, praise],
     customer: internal, reverse: true}
  - {id: l1, text: Low., role: level, level: low, scale: agreement}
  - {id: l2, text: Moderate., role: level, level: moderate, scale: agreement}
  - {id: l3, text: High., role: level, level: high, scale: agreement}
  - {id: w1, text: A sign, role: warning_sign, scale: yes_no}
  - {id: c1, text: Disappointed, role: expectation, scale: contacts}
  - {id: c2, text: Impressed, role: expectation, scale: contacts}
  - {id: p, text: Performance., role: performance, scale: agreement}
indices: [{id: performance, title: Performance, items: [p]}]
criterion: performance
"""
ITEMS = ["s", "d1", "d2", "l1", "l2", "l3", "w1", "c1", "c2", "p"]


@pytest.fixture(scope="module")
def small() -> Instrument:
    return parse_instrument(SMALL)


def survey_of(instrument: Instrument, answers: dict[str, list[list[int]]]) -> Survey:
    """A survey of one wave: for each organization the answers of its people, in the order of ITEMS."""
    rows = [
        (name, f"{name}{k}", "1", *row) for name, people in answers.items() for k, row in enumerate(people)
    ]
    responses = pd.DataFrame(rows, columns=["organization", "respondent", "wave", *ITEMS])
    responses = responses.astype(dict.fromkeys(ITEMS, "Int8"))
    shares = count_shares(responses, instrument)
    organizations = responses.groupby(["organization", "wave"]).size().rename("n").reset_index()
    return Survey(
        instrument, shares, organizations.assign(kind="organization"), responses, Source("s", "S", ("1",))
    )


@pytest.fixture(scope="module")
def client(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    """The sample's organization with the most respondents."""
    sizes = sample_study.survey.organizations.query("wave == '2025'").sort_values("n")
    folder = tmp_path_factory.mktemp("extract") / "x"
    return open_extract(cut_extract(sample_study, sizes["organization"].iloc[-1], folder))


@pytest.fixture(scope="module")
def single(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    """An organization with one respondent."""
    sizes = sample_study.survey.organizations.query("wave == '2025' and n == 1")
    folder = tmp_path_factory.mktemp("extract") / "x"
    return open_extract(cut_extract(sample_study, sizes["organization"].iloc[0], folder))


def test_one_sample_estimates_are_those_of_scipy() -> None:
    """Mean, share and rank correlation agree with SciPy; of one value there is no interval."""
    x, y = np.array([3.0, 1, 4, 1, 5, 9, 2, 6]), np.array([2.0, 7, 1, 8, 2, 8, 1, 8])
    mean = mean_estimate(x)
    low, high = stats.t.interval(0.95, 7, loc=x.mean(), scale=stats.sem(x))
    assert (mean.low, mean.high) == pytest.approx((low, high))
    assert mean.p == pytest.approx(stats.ttest_1samp(x, 0).pvalue)
    assert mean_estimate([4.0]).low is None
    wilson = stats.binomtest(3, 17).proportion_ci(method="wilson")
    share = share_estimate(3, 17)
    assert (share.low, share.high) == pytest.approx((wilson.low, wilson.high))
    assert share_estimate(0, 5).low == 0
    with pytest.raises(AnalysisError, match="no such share"):
        share_estimate(6, 5)
    r = rank_correlation(x, y)
    assert r.estimate == pytest.approx(stats.spearmanr(x, y).statistic)
    assert rank_correlation([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]).low is None


# ---- levels ------------------------------------------------------------------------------------------------


def test_levels_by_hand(small: Instrument) -> None:
    """Low is the floor; high needs moderate; a mean at the middle of the scale is not agreement."""
    base = [3, 3, 3]
    answers = {
        "A": [[*base, 5, 3, 5, 0, 5, 5, 3]] * 5,  # moderate at the middle: low, though people agree with high
        "B": [[*base, 5, 4, 3, 0, 5, 5, 3]] * 5,
        "C": [[*base, 5, 4, 4, 0, 5, 5, 3]] * 5,
        "D": [[*base, 1, 1, 1, 0, 5, 5, 3]] * 4 + [[*base, 5, 5, 5, 0, 5, 5, 3]],
    }
    found = performance_levels.organization_levels(survey_of(small, answers))
    frame = found.frame.set_index("organization")
    assert frame["level"].to_dict() == {"A": "low", "B": "moderate", "C": "high", "D": "low"}
    assert frame.loc["B", "moderate"] == 75
    assert frame.loc["D", ["share_low", "share_moderate", "share_high"]].tolist() == [0.8, 0, 0.2]
    assert frame.loc["D", "agreement"] == 0.8
    assert found.by_level["n"].tolist() == [2, 1, 1]
    assert found.n == 4


def test_spread_needs_the_minimum_of_respondents(small: Instrument) -> None:
    """Of four respondents there is a level, but not who placed it where."""
    answers = {name: [[3, 3, 3, 5, 4, 3, 0, 5, 5, 3]] * 4 for name in "ABCDE"}
    frame = performance_levels.organization_levels(survey_of(small, answers)).frame
    assert frame["level"].eq("moderate").all()
    assert frame["share_moderate"].isna().all()


def test_levels_of_the_sample_go_with_performance(sample_study: Study) -> None:
    """The planted slopes: higher levels have better performance and narrower gaps; shares of levels are sensible."""
    found = performance_levels.organization_levels(sample_study.survey)
    assert found.with_criterion is not None
    assert found.with_gap is not None
    assert found.with_criterion.low is not None
    assert found.with_criterion.low > 0.3
    assert found.with_gap.high is not None
    assert found.with_gap.high < 0
    assert found.by_level["criterion"].is_monotonic_increasing
    assert found.by_level["share"].sum() == pytest.approx(1)


def test_client_level_stands_beside_the_benchmark(client: ClientExtract, single: ClientExtract) -> None:
    """Shares of organizations at each level sum to 1; a single respondent has no spread."""
    found = performance_levels.client_level(client)
    assert found is not None
    assert found.frame["organizations"].sum() == pytest.approx(1)
    assert found.frame["respondents"].sum() == pytest.approx(1)
    assert (found.frame["low"] <= found.frame["score"]).all()
    alone = performance_levels.client_level(single)
    assert alone is None or alone.frame["respondents"].isna().all()


def test_without_level_items_there_is_no_level(tiny: Instrument, small: Instrument) -> None:
    """An instrument without level items says so; a client's report gets nothing."""
    survey = survey_of(small, {"A": [[3] * 6 + [0, 5, 5, 3]]})
    with pytest.raises(AnalysisError, match="no external performance level"):
        performance_levels.organization_levels(replace(survey, instrument=tiny))


# ---- practices ---------------------------------------------------------------------------------------------


def test_practice_scores_by_hand(small: Instrument) -> None:
    """Mean of the tagged Do items on 0 to 100, reverse-keyed items turned; unused practices do not appear."""
    survey = survey_of(small, {"A": [[3, 5, 2, 3, 3, 3, 0, 5, 5, 3], [3, 4, 4, 3, 3, 3, 0, 5, 5, 3]]})
    frame = practices.practice_measures(survey.shares, small).set_index("name")
    # d1: 5, 4 -> 4.5 -> 87.5; d2 reversed: 4, 2 -> 3 -> 50
    assert frame["score"].to_dict() == {"listen": 68.75, "praise": 50.0}
    assert frame["n"].tolist() == [2, 2]


def test_practice_contrast_is_welch_and_adjusted(sample_study: Study) -> None:
    """Difference, interval and p are Welch's; Holm's p is at least Benjamini and Hochberg's, that at least the raw."""
    found = practices.practice_contrast(sample_study.survey)
    frame = found.frame
    assert len(frame) == len(sample_study.survey.instrument.practices) == 12
    assert ((frame["top"] - frame["rest"]) - frame["difference"]).abs().max() < 1e-9
    assert (frame["p_holm"] >= frame["p_bh"] - 1e-12).all()
    assert (frame["p_bh"] >= frame["p"] - 1e-12).all()
    # The sample's Do items rise with performance alike, so every practice sets the top quartile apart.
    assert (frame["p_holm"] < 0.05).all()
    assert (frame["low"] > 0).all()


def test_practice_profile_of_a_client(client: ClientExtract, sample_study: Study) -> None:
    """The client's practice scores are the study's, in the instrument's order, with n of items and organizations."""
    found = practices.client_practices(client).frame
    shares = organizations_only(sample_study.survey.shares)
    own = shares[(shares["organization"] == client.client) & (shares["wave"] == client.wave)]
    expected = practices.practice_measures(own, client.instrument).set_index("name")["score"]
    assert found.set_index("practice")["score"].to_dict() == pytest.approx(expected.to_dict(), abs=0.0501)
    assert found["practice"].tolist() == [p.id for p in client.instrument.practices]
    assert (found["n_organizations"] > 100).all()


# ---- warning signs -----------------------------------------------------------------------------------------


def test_warning_signs_by_hand(small: Instrument) -> None:
    """Share, presence and agreement: 4 of 5 yes is rwg 1 - .2/.25 = .2; a split of 2 to 2 has the sign in nobody."""
    answer = [3, 3, 3, 3, 3, 3]
    people = {"A": [1, 1, 1, 1, 0], "B": [1, 1, 0, 0], "C": [0] * 5, "D": [1] * 6, "E": [0] * 5}
    survey = survey_of(
        small, {name: [[*answer, w, 5, 5, 3] for w in signs] for name, signs in people.items()}
    )
    found = warning_signs.warning_signs(survey)
    table = found.organizations.set_index("organization")
    assert table["share"].to_dict() == {"A": 0.8, "B": 0.5, "C": 0.0, "D": 1.0, "E": 0.0}
    assert table["present"].to_dict() == {"A": True, "B": False, "C": False, "D": True, "E": False}
    assert table.loc["A", "agreement"] == pytest.approx(0.2)
    assert np.isnan(table.loc["B", "agreement"])  # four respondents: not shown
    assert found.frame["organizations"].iloc[0] == pytest.approx(0.4)
    assert found.per_organization.estimate == pytest.approx(0.4)


def test_warning_signs_of_the_sample_fall_with_performance(sample_study: Study) -> None:
    """The planted probit: fewer signs where performance is better, and the mean share near the planted one."""
    found = warning_signs.warning_signs(sample_study.survey)
    assert found.with_criterion is not None
    assert found.with_criterion.high is not None
    assert found.with_criterion.high < 0
    # Probit with level -.7, slope -.45 per SD of performance, item effects of SD .3.
    expected = stats.norm.cdf(
        TRUTH.warning_level / np.sqrt(1 + TRUTH.warning_slope**2 + (2 * TRUTH.item_sd) ** 2)
    )
    assert found.frame["share"].mean() == pytest.approx(expected, abs=0.06)


def test_client_signs_come_most_seen_first(client: ClientExtract, single: ClientExtract) -> None:
    """In order of their share, with Wilson's interval; of a single respondent there are none."""
    found = warning_signs.client_warning_signs(client)
    assert found is not None
    assert found.frame["share"].is_monotonic_decreasing
    assert (found.frame["low"] <= found.frame["share"]).all()
    assert (found.frame["present"] == (found.frame["share"] > 0.5)).all()
    assert warning_signs.client_warning_signs(single) is None


# ---- customers ---------------------------------------------------------------------------------------------


def test_sides_by_hand(small: Instrument) -> None:
    """External is d1, internal is d2 turned round; the difference is internal minus external."""
    answers = {
        name: [[3, a, b, 3, 3, 3, 0, 5, 5, 3]] * 5
        for name, a, b in zip("ABCDE", (5, 4, 3, 2, 4), (1, 1, 3, 3, 2), strict=True)
    }
    measures = customer_types.customer_type_measures(survey_of(small, answers).shares, small)
    table = measures.pivot(index="organization", columns="name", values="score")
    assert table["external"].tolist() == [100, 75, 50, 25, 75]
    assert table["internal"].tolist() == [100, 100, 50, 50, 75]
    assert table["difference"].tolist() == [0, 25, 0, 25, 0]


def test_client_sides(client: ClientExtract, single: ClientExtract) -> None:
    """The difference is internal minus external; intervals only from the minimum of respondents on."""
    found = customer_types.client_customer_types(client)
    assert found is not None
    score = found.frame.set_index("side")["score"]
    assert score["difference"] == pytest.approx(score["internal"] - score["external"])
    assert found.frame["low"].notna().all()
    alone = customer_types.client_customer_types(single)
    assert alone is None or alone.frame["low"].isna().all()


# ---- expectation -------------------------------------------------------------------------------------------


def test_contact_shares_by_hand(small: Instrument) -> None:
    """Counts over their sum; rows that do not add up to ten are counted and kept."""
    base = [3, 3, 3, 3, 3, 3, 0]
    answers = {name: [[*base, 2, 8, 3]] * 4 + [[*base, 5, 4, 3]] for name in "ABCDE"}
    found = expectation.expectation(survey_of(small, answers))
    # Means 2.6 and 7.2, sum 9.8
    assert found.frame["share"].tolist() == pytest.approx([2.6 / 9.8, 7.2 / 9.8])
    assert found.n_not_adding_up == 5
    assert found.frame["name"].tolist() == ["c1", "c2"]


def test_expectation_of_the_sample_is_what_was_planted(sample_study: Study) -> None:
    """Shares of disappointed and impressed contacts follow the planted cuts of the latent distribution."""
    found = expectation.expectation(sample_study.survey)
    share = found.frame.set_index("name")["share"].tolist()
    spread = np.sqrt(1 + TRUTH.contact_slope**2 + TRUTH.halo_sd**2)
    low, high = (cut / spread for cut in TRUTH.contact_cuts)
    # Chances of the latent value with performance and halo of SD .35 each around the middle.
    assert share[0] == pytest.approx(stats.norm.cdf(low), abs=0.03)
    assert share[2] == pytest.approx(stats.norm.sf(high), abs=0.03)
    assert sum(share) == pytest.approx(1)
    assert found.n_not_adding_up == 0


def test_client_expectation(client: ClientExtract) -> None:
    """Three shares that sum to 1, each within its interval, beside the benchmark's."""
    found = expectation.client_expectation(client)
    assert found is not None
    assert found.frame["share"].sum() == pytest.approx(1)
    assert found.frame["benchmark"].sum() == pytest.approx(1, abs=0.015)  # each is rounded as printed
    assert (
        (found.frame["low"] <= found.frame["share"]) & (found.frame["share"] <= found.frame["high"])
    ).all()


def test_inputs_stay_as_they_are(small: Instrument, tmp_path: Path) -> None:
    """No analysis changes the survey that it is given."""
    survey = survey_of(small, {name: [[3, 4, 2, 5, 4, 3, 1, 2, 8, 3]] * 5 for name in "ABCDE"})
    assert survey.raw_responses is not None
    before = (survey.shares.copy(), survey.raw_responses.copy())
    performance_levels.organization_levels(survey)
    warning_signs.warning_signs(survey)
    customer_types.customer_type_measures(survey.shares, small)
    expectation.expectation(survey)
    pd.testing.assert_frame_equal(survey.shares, before[0])
    pd.testing.assert_frame_equal(survey.raw_responses, before[1])
