"""Priorities, outcomes, self-ratings, sector index: formulas by hand, truths of the samples found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cfanalysis.analyses.outcome_relations import outcome_names, outcome_relations, slope_per_sd
from cfanalysis.analyses.priorities import PRIORITIES_SHOWN, item_importance, priorities, say_items
from cfanalysis.analyses.sector_index import SectorIndex, design_mean, sector_index, wave_change
from cfanalysis.analyses.self_rating import limits_of_agreement, self_rating
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.resources import shipped_file
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.sample.customer_survey import CUSTOMER_TRUTH, sample_customers, write_sample_customers
from cfanalysis.study.sample.outcome_model import OUTCOME_TRUTH, sample_outcomes, with_outcomes
from cfanalysis.survey.survey_data import ClientExtract, Survey


@pytest.fixture(scope="module")
def client(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    sizes = sample_study.survey.organizations.query("wave == '2025'").sort_values("n")
    folder = tmp_path_factory.mktemp("extract") / "x"
    return open_extract(cut_extract(sample_study, sizes["organization"].iloc[-1], folder))


@pytest.fixture(scope="module")
def with_results(sample_study: Study) -> Survey:
    return with_outcomes(sample_study.survey)


@pytest.fixture(scope="module")
def customer_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("customers")
    write_sample_customers(folder / "customers.csv")
    instrument = shipped_file("data", "instruments", "customer_index.yaml")
    return prepare(folder / "customers.csv", instrument, folder / "study")


@pytest.fixture(scope="module")
def ukcsi(customer_study: Study) -> SectorIndex:
    return sector_index(customer_study.survey)


# ---- priorities --------------------------------------------------------------------------------------------


def test_priorities_by_hand(client: ClientExtract) -> None:
    """Points above the benchmark, or short of the best or of the own intention; the largest names the subject."""
    found = priorities(client, repetitions=50)
    assert found is not None
    assert found.best == "the top quartile"
    for row in found.frame.to_dict(orient="records"):
        lead = row["do"] - row["do_benchmark"]
        gap = row["gap_benchmark"] - row["gap"] if lead >= 0 else 0
        assert row["strength"] == pytest.approx(max(lead, gap, 0), abs=1e-6)
        unsaid = row["say_best"] - row["say"] if row["paired"] else 0
        short = max(row["do_best"] - row["do"], unsaid, row["gap"], 0)
        assert row["opportunity"] == pytest.approx(short * row["importance"], abs=1e-5)
        own = client.scores.query("wave == @client.wave and scope == 'item' and name == @row['item']")
        assert row["do"] == own["score"].iloc[0]


def test_an_item_is_held_against_its_pair(client: ClientExtract) -> None:
    """An item of a pair stands against the pair's Say; one without against all Say items of its dimension."""
    pair = client.instrument.pairs[0]
    assert say_items(client.instrument, pair.do.id) == [pair.say.id]
    alone = next(i for i in client.instrument.gap_items if i.facet == "do" and i.pair is None)
    same = client.instrument.select(role="gap", facet="say", dimension=alone.dimension)
    assert say_items(client.instrument, alone.id) == [i.id for i in same]


def test_priorities_are_three_and_three_and_stable_in_order(client: ClientExtract) -> None:
    """At most three each, no item in both; shares of samples sum to three; the same seed gives the same."""
    found, again = priorities(client), priorities(client)
    assert found is not None
    assert again is not None
    assert len(found.strengths) == PRIORITIES_SHOWN
    assert len(found.opportunities) <= PRIORITIES_SHOWN
    assert not set(found.strengths["item"]) & set(found.opportunities["item"])
    assert found.frame["opportunity_stability"].sum() == pytest.approx(PRIORITIES_SHOWN)
    pd.testing.assert_frame_equal(found.frame, again.frame)
    assert found.opportunities["opportunity"].is_monotonic_decreasing


def test_stability_does_not_depend_on_the_order_of_people(client: ClientExtract) -> None:
    """The same people in another order give the same stability."""
    assert client.raw_responses is not None
    turned = replace(client, raw_responses=client.raw_responses.iloc[::-1].reset_index(drop=True))
    first, second = priorities(client), priorities(turned)
    assert first is not None
    assert second is not None
    assert first.frame["strength_stability"].tolist() == second.frame["strength_stability"].tolist()


def test_below_the_minimum_there_are_no_priorities(sample_study: Study, tmp_path: Path) -> None:
    """Of one person nothing is shown statement by statement, and nothing is ranked."""
    one = sample_study.survey.organizations.query("wave == '2025' and n == 1")["organization"].iloc[0]
    assert priorities(open_extract(cut_extract(sample_study, one, tmp_path / "x"))) is None


def test_without_people_the_shares_are_drawn(client: ClientExtract) -> None:
    """A published table gives stability, too, from each item's mean and variance."""
    found = priorities(replace(client, raw_responses=None))
    assert found is not None
    assert found.frame["opportunity_stability"].sum() == pytest.approx(PRIORITIES_SHOWN)


def test_importance_is_pearson_s(sample_study: Study) -> None:
    """Importance is the correlation with the criterion over organizations; all planted ones are above 0."""
    found = item_importance(sample_study.survey)
    scores = sample_study.scores.query("kind == 'organization'").sort_values("wave")
    latest = scores.drop_duplicates(["organization", "scope", "name", "facet"], keep="last")
    wide = latest.query("scope in ['item', 'index']").pivot(
        index="organization", columns="name", values="score"
    )
    # organizations without an item in their latest wave may have it in the first; leave these out here
    both = wide[["lead_d1", "performance"]].dropna()
    expected = stats.pearsonr(both["lead_d1"], both["performance"]).statistic
    assert found.set_index("item")["importance"]["lead_d1"] == pytest.approx(expected, abs=0.02)
    assert (found["low"] > 0).all()


# ---- outcomes ----------------------------------------------------------------------------------------------


def test_slope_per_standard_deviation_by_hand() -> None:
    """Change of y for one standard deviation of x; with groups only differences within groups count."""
    x, y = np.array([1.0, 2, 3, 4, 6]), np.array([2.0, 1, 4, 3, 7])
    slope = np.cov(x, y)[0, 1] / x.var(ddof=1)
    assert slope_per_sd(y, x).estimate == pytest.approx(slope * x.std(ddof=1))
    groups = np.array([0, 0, 0, 1, 1, 1])
    x, y = np.array([1.0, 2, 3, 1, 2, 3]), np.array([1.0, 2.1, 3, 11, 12, 12.9])
    within = slope_per_sd(y, x, groups)
    assert within.estimate / x.std(ddof=1) == pytest.approx(0.975)


def test_outcomes_of_the_sample_have_the_planted_direction(with_results: Survey) -> None:
    """Slopes of Do have the planted signs and, as Do measures performance with error, at most the planted size."""
    for name in outcome_names(with_results):
        found = outcome_relations(with_results, name, repetitions=100)
        do = found.slopes.set_index("measure").loc["Do"]
        planted = OUTCOME_TRUTH[name].slope
        assert np.sign(do["slope"]) == np.sign(planted)
        assert abs(do["slope"]) < abs(planted) * 1.2
        assert found.importance["lmg"].sum() == pytest.approx(found.r_squared)
        assert (found.importance["low"] <= found.importance["high"]).all()
        assert len(found.partial) == 9
        assert found.n == len(found.organizations) > 100


def test_doses_are_means_of_quartiles(with_results: Survey) -> None:
    """Quartiles of Do, top first, with the outcome's mean and n."""
    found = outcome_relations(with_results, "customer rating (0 to 100)", repetitions=100)
    assert found.doses["quartile"].tolist() == ["Top", "Upper middle", "Lower middle", "Bottom"]
    assert found.doses["n"].sum() == found.n
    whole = (found.doses["value"] * found.doses["n"]).sum() / found.n
    assert whole == pytest.approx(found.organizations["outcome"].mean())


def test_an_unknown_outcome_names_the_known(with_results: Survey, sample_study: Study) -> None:
    """What is not there is said, with what is."""
    with pytest.raises(AnalysisError, match="no outcome 'growth'"):
        outcome_relations(with_results, "growth")
    with pytest.raises(AnalysisError, match="the study has no outcomes"):
        outcome_relations(replace(sample_study.survey, outcomes=None), "growth")


def test_sample_outcomes_are_the_same_each_time() -> None:
    """Seeded: two draws are equal; bounds hold."""
    first, second = sample_outcomes(organizations=5), sample_outcomes(organizations=5)
    pd.testing.assert_frame_equal(first, second)
    assert first.query("outcome == 'customer retention (%)'")["value"].between(0, 100).all()


# ---- self-rating -------------------------------------------------------------------------------------------


def test_limits_of_agreement_by_hand() -> None:
    """Mean difference plus and minus 1.96 standard deviations."""
    low, high = limits_of_agreement(np.array([1.0, 2, 3, 4]))
    s = np.std([1, 2, 3, 4], ddof=1)
    assert (low.estimate, high.estimate) == pytest.approx((2.5 - 1.96 * s, 2.5 + 1.96 * s))


def test_self_ratings_of_the_sample_regress_to_the_mean(with_results: Survey) -> None:
    """The customers' rating lies nearer to the mean; on one scale three groups cover everybody, else there are none."""
    assert self_rating(with_results, "customer rating (0 to 100)").agreement is None
    found = self_rating(with_results, "customer rating (0 to 100)", same_scale=True)
    assert found.agreement is not None
    assert found.agreement.groups["n"].sum() == found.n
    top = found.by_quartile.set_index("quartile").loc["Top"]
    assert 0 < top["customers"] < top["own"]
    assert found.rank.low is not None
    assert found.rank.low > 0


# ---- sector index ------------------------------------------------------------------------------------------


def test_design_means_by_hand() -> None:
    """Strata take the differences between organizations out of the standard error; a lonely customer joins one."""
    values, weights = pd.Series([60.0, 80, 70, 90]), pd.Series([1.0, 1, 1, 1])
    organizations = pd.Series(["a", "a", "b", "b"])
    within = design_mean(values, weights, organizations)
    # Each stratum: variance of the sum 2 x 200 / 2 ... = n^2 s^2 / n / 16
    assert within.se == pytest.approx(np.sqrt(2 * (2**2 * 200 / 2)) / 4)
    weighted = design_mean(values, pd.Series([3.0, 1, 1, 1]), organizations)
    assert weighted.estimate == pytest.approx((3 * 60 + 80 + 70 + 90) / 6)
    assert design_mean(values, weights, pd.Series(["a", "a", "a", "b"])).se is not None
    assert design_mean(values.iloc[:1], weights, organizations).se is None


def test_formulas_of_the_indices(customer_study: Study, ukcsi: SectorIndex) -> None:
    """UKCSI is ten times the mean rating, ACSI the mean rating from 0 to 100."""
    survey = customer_study.survey
    assert survey.raw_responses is not None
    whole = ukcsi.frame.query("scope == 'all'").set_index("wave")
    items = [i.id for i in survey.instrument.select(role="performance")]
    ratings = survey.raw_responses[items].astype("float64").where(lambda t: t > 0)
    weight = survey.raw_responses["weight"].astype(float)
    own = ratings.mean(axis=1) * 10
    here = survey.raw_responses["wave"] == "2024"
    expected = (own * weight)[here].sum() / weight[here].sum()
    assert whole.loc["2024", "score"] == pytest.approx(expected)
    acsi = sector_index(survey, index="acsi", scopes=("all",)).frame.query("scope == 'all'").set_index("wave")
    three = (ratings[["overall", "expectations", "ideal"]].mean(axis=1) - 1) / 9 * 100
    kept = ratings[["overall", "expectations", "ideal"]].notna().sum(axis=1) >= 2
    expected = (three * weight)[here & kept].sum() / weight[here & kept].sum()
    assert acsi.loc["2024", "score"] == pytest.approx(expected)


def test_planted_changes_of_sectors_are_found(ukcsi: SectorIndex) -> None:
    """Each sector's planted change lies within its interval (99.9 %); improvement is expected by the planted share."""
    sectors = ukcsi.changes[ukcsi.changes["scope"] == "sector"].reset_index(drop=True)
    for k, row in enumerate(sectors.to_dict(orient="records")):
        planted = 10 * CUSTOMER_TRUTH.changes[k % len(CUSTOMER_TRUTH.changes)]
        assert abs(row["change"] - planted) < 3.3 * row["se"]
        assert row["p_holm"] >= row["p"]
    last = ukcsi.improvement.iloc[-1]
    assert last["low"] < CUSTOMER_TRUTH.improve < last["high"]


def test_weights_put_the_sample_right(customer_study: Study, ukcsi: SectorIndex) -> None:
    """Business customers are asked too often and rate lower: weighted, the index is higher."""
    survey = customer_study.survey
    assert survey.raw_responses is not None
    even = replace(survey, raw_responses=survey.raw_responses.assign(weight=""))
    weighted, plain = (found.frame["score"].iloc[0] for found in (ukcsi, sector_index(even, scopes=("all",))))
    asked, share = CUSTOMER_TRUTH.business_asked, CUSTOMER_TRUTH.business_share
    assert weighted - plain == pytest.approx(10 * CUSTOMER_TRUTH.business * (asked - share), abs=0.6)


def test_a_weight_that_is_no_number_is_refused(customer_study: Study) -> None:
    """Weights must be above 0."""
    survey = customer_study.survey
    assert survey.raw_responses is not None
    wrong = replace(survey, raw_responses=survey.raw_responses.assign(weight="many"))
    with pytest.raises(AnalysisError, match="no weight above 0"):
        sector_index(wrong)


def test_clusters_are_wider_than_strata(customer_study: Study, ukcsi: SectorIndex) -> None:
    """If organizations are a sample themselves, the whole index is less sure."""
    narrow = sector_index(customer_study.survey, design="customers", scopes=("all",))
    assert ukcsi.design == "organizations"
    assert ukcsi.frame["se"].iloc[0] > narrow.frame["se"].iloc[0]


def test_change_of_two_waves_by_hand() -> None:
    """Of other customers the standard errors add as the root of their squares; the same ones are paired."""
    random = np.random.default_rng(2)
    scores, steps = random.normal(70, 10, 30), random.normal(2, 1, 30)
    people = [f"p{i}" for i in range(30)]
    before = pd.DataFrame({"organization": "a", "person": people, "weight": 1.0, "score": scores})
    after = before.assign(score=scores + steps)
    paired, welch = wave_change(before, after), stats.ttest_rel(after["score"], before["score"])
    assert paired.se == pytest.approx(steps.std(ddof=1) / np.sqrt(30))
    assert paired.p == pytest.approx(welch.pvalue)
    others = wave_change(before, after.assign(person=[f"q{i}" for i in range(30)]))
    assert others.estimate == pytest.approx(paired.estimate)
    assert others.se == pytest.approx(
        np.hypot(scores.std(ddof=1), (scores + steps).std(ddof=1)) / np.sqrt(30)
    )
    drawn = pd.concat([before, before.assign(organization="b", score=scores + 8)])
    changed = drawn.assign(score=drawn["score"] + 3)
    assert wave_change(drawn, changed, design="organizations").se == pytest.approx(0)


def test_published_figures_are_quoted(customer_study: Study) -> None:
    """The published index stands in the instrument, as context."""
    published = customer_study.survey.instrument.index("ukcsi").published
    assert published["UKCSI January 2009"] == 72
    assert published["UKCSI July 2008"] == 71
    assert published["UKCSI January 2023"] == 77.7


def test_the_customers_are_synthetic_and_the_same_each_time() -> None:
    """Every row says so; two draws are equal."""
    first = sample_customers(organizations=4)
    assert (first["origin"] == "synthetic").all()
    pd.testing.assert_frame_equal(first, sample_customers(organizations=4))
