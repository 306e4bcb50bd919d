"""Roles, trends, comments, masking: formulas by hand, truths of the sample found, nobody given away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS

from cfanalysis.analyses.client_roles import client_roles
from cfanalysis.analyses.open_answers import client_comments, frequent_phrases, has_theme
from cfanalysis.analyses.respondent_scores import facet_scores
from cfanalysis.analyses.roles import role_effects, within_effects
from cfanalysis.analyses.trends import client_trend, trends
from cfanalysis.core.resources import shipped_file
from cfanalysis.statistics.disclosure import publishable_parts
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.sample.truth import TRUTH
from cfanalysis.survey.instrument import Minima, load_instrument
from cfanalysis.survey.survey_data import PERSON, ClientExtract

POINT = 25.0  # one point of the scale 1 to 5 on 0 to 100


@pytest.fixture(scope="module")
def client(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    sizes = sample_study.survey.organizations.query("wave == '2025'").sort_values("n")
    folder = tmp_path_factory.mktemp("extract") / "x"
    return open_extract(cut_extract(sample_study, sizes["organization"].iloc[-1], folder))


# ---- roles -------------------------------------------------------------------------------------------------


def test_within_effects_are_those_of_dummies_for_every_organization() -> None:
    """The within estimator gives the coefficient of least squares with an effect for each organization."""
    rng = np.random.default_rng(1)
    cluster = np.repeat(np.arange(12), 5)
    x = (rng.random((60, 2)) < 0.4).astype(float)
    y = rng.normal(size=12)[cluster] + x @ [1.0, -0.5] + rng.normal(size=60)
    found = within_effects(y, x, cluster)
    dummies = np.eye(12)[cluster]
    expected = OLS(y, np.column_stack([x, dummies])).fit().params[:2]
    assert found["effect"] == pytest.approx(expected)
    robust = OLS(y - (dummies.T @ y / 5)[cluster], x - (dummies.T @ x / 5)[cluster]).fit(
        cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True
    )
    assert found["se"] == pytest.approx(robust.bse)
    assert found["low"] == pytest.approx(robust.conf_int()[:, 0])


def test_roles_of_the_sample_have_the_planted_effects(sample_study: Study) -> None:
    """Leaders' and managers' leads over the front line are the planted ones within their intervals, in Say and in Do.

    The planted shifts are latent; what the scale can report of them is less, most so in Say, near its end.
    """
    frame = role_effects(sample_study.survey).frame
    for number, option in enumerate(("Leader", "Manager")):
        found = frame[(frame["field"] == "role") & (frame["option"] == option)].set_index("facet")
        for facet in ("say", "do"):
            planted = TRUTH.reported_lead(facet, number)
            assert found.loc[facet, "low"] < planted < found.loc[facet, "high"], (option, facet)
            roles = TRUTH.say_role if facet == "say" else TRUTH.do_role
            assert 0.7 < planted / (POINT * (roles[number] - roles[2])) < 0.95
    leader = frame[(frame["field"] == "role") & (frame["option"] == "Leader")].set_index("facet")
    assert leader.loc["say", "effect"] < leader.loc["do", "effect"]
    gap = leader.loc["say", "effect"] - leader.loc["do", "effect"]
    assert leader.loc["gap", "effect"] == pytest.approx(gap)
    last = frame[(frame["field"] == "role") & (frame["option"] == "Front line")]
    assert (last["effect"] == 0).all()
    assert last["low"].isna().all()


def test_adjustment_lowers_organizations_where_leaders_answered(sample_study: Study, tmp_path: Path) -> None:
    """By hand: score minus (share of role - mean share) x effect, summed over roles."""
    survey = sample_study.survey
    assert survey.raw_responses is not None
    name = survey.organizations.query("wave == '2025'").sort_values("n")["organization"].iloc[-1]
    extract = open_extract(cut_extract(sample_study, name, tmp_path / "x"))
    frame = role_effects(survey).frame.query("field == 'role' and facet == 'do'").set_index("option")
    people = survey.raw_responses.query("organization == @name and wave == '2025'")["role"]
    shares = people[people != ""].value_counts(normalize=True).reindex(frame.index, fill_value=0)
    scores = extract.scores.query("wave == '2025' and facet == 'do'").set_index("scope")["score"]
    expected = scores["overall"] - ((shares - frame["share"]) * frame["effect"]).sum()
    assert scores["adjusted"] == pytest.approx(expected, abs=0.101)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 30), min_size=1))
def test_hidden_groups_cannot_be_found_by_subtraction(sizes: dict[str, int]) -> None:
    """What is hidden is nobody, or together at least the minimum; what is shown is at least the minimum."""
    shown = publishable_parts(sizes, Minima().respondents, whole=sum(sizes.values()))
    hidden = sum(n for group, n in sizes.items() if group not in shown)
    assert all(sizes[group] >= 5 for group in shown)
    assert hidden == 0 or hidden >= 5 or not shown


def test_client_roles_by_hand(client: ClientExtract) -> None:
    """Means of respondents; hidden groups have neither number nor score."""
    found = client_roles(client)
    assert found is not None
    hidden = found.frame[~found.frame["shown"]]
    assert hidden[["say", "do", "gap"]].isna().all(axis=None)
    assert hidden["n"].isna().all()
    shown = found.frame[found.frame["shown"]]
    assert (shown["n"] >= 5).all()
    contrast = found.contrast.set_index("facet")
    assert contrast.loc["gap", "difference"] == pytest.approx(
        contrast.loc["say", "difference"] - contrast.loc["do", "difference"]
    )
    assert found.n_above + found.n_below <= found.n


def test_few_respondents_have_no_roles(sample_study: Study, tmp_path: Path) -> None:
    """Below the minimum nothing is split."""
    few = sample_study.survey.organizations.query("wave == '2025' and n < 5")["organization"].iloc[0]
    assert client_roles(open_extract(cut_extract(sample_study, few, tmp_path / "x"))) is None


# ---- trends ------------------------------------------------------------------------------------------------


def test_trends_of_the_sample_are_the_planted_ones(sample_study: Study) -> None:
    """The planted improvements of Do and Say lie within the intervals of the paired change."""
    changes = trends(sample_study.survey).changes.set_index(["scope", "facet"])
    for facet, planted in (("do", TRUTH.do_improvement), ("say", TRUTH.say_improvement)):
        row = changes.loc[("overall", facet)]
        assert row["low"] < POINT * planted < row["high"]


def test_selected_groups_move_by_regression(sample_study: Study) -> None:
    """The bottom quartile of the first wave gains most, and regression to the mean says about as much beforehand."""
    selected = trends(sample_study.survey).selected.query("measure == 'Say-Do gap'").set_index("quartile")
    assert selected.loc["Top", "change"] < selected.loc["Bottom", "change"]
    assert (selected["change"] - selected["by_regression"]).abs().max() < 3
    weighted = (selected["change"] * selected["n"]).sum() / selected["n"].sum()
    expected = (selected["by_regression"] * selected["n"]).sum() / selected["n"].sum()
    assert weighted == pytest.approx(expected)


def test_change_of_a_client(client: ClientExtract) -> None:
    """The change is the difference of the waves' scores; its interval is paired for those who answered twice."""
    found = client_trend(client)
    assert found is not None
    wide = found.waves[found.waves["facet"] == "do"].set_index("wave")
    change = found.changes[found.changes["facet"] == "do"].iloc[0]
    assert change["change"] == pytest.approx(wide.loc["2025", "score"] - wide.loc["2024", "score"])
    people = client.raw_responses
    assert people is not None
    facets = (
        facet_scores(people, client.instrument).set_index([people["wave"], people[PERSON]])["do"].dropna()
    )
    parts = []
    for wave, sign in (("2024", -1), ("2025", 1)):
        own = facets[wave]
        parts.append(sign * (own - own.mean()) / np.sqrt(len(own) * (len(own) - 1)))
    se = np.sqrt((pd.concat(parts).groupby(level=0).sum() ** 2).sum())
    smaller = min(len(facets["2024"]), len(facets["2025"]))
    assert change["high"] - change["change"] == pytest.approx(stats.t.ppf(0.975, smaller - 1) * se)
    assert people.groupby(PERSON)["wave"].nunique().max() == 2
    strangers = replace(client, raw_responses=people.assign(**{PERSON: np.arange(len(people))}))
    wider = client_trend(strangers)
    assert wider is not None
    other = wider.changes[wider.changes["facet"] == "do"].iloc[0]
    assert other["high"] - other["low"] > change["high"] - change["low"]


def test_one_wave_is_no_trend(sample_study: Study, tmp_path: Path) -> None:
    """An organization that took part once has no trend."""
    waves = sample_study.survey.organizations.groupby("organization")["wave"].nunique()
    once = waves[waves == 1].index[0]
    assert client_trend(open_extract(cut_extract(sample_study, str(once), tmp_path / "x"))) is None


def test_two_waves_without_a_score_that_is_followed_are_no_trend(client: ClientExtract) -> None:
    """A client whose few answers make item scores alone has nothing to be followed; that is no error."""
    items = client.scores[client.scores["scope"] == "item"]
    assert items["wave"].nunique() == 2
    assert client_trend(replace(client, scores=items)) is None


# ---- comments ----------------------------------------------------------------------------------------------


def test_themes_are_counted_by_their_words(client: ClientExtract) -> None:
    """An answer can have several themes or none; stems end in a star, phrases stand as they are."""
    themes = has_theme(pd.Series(["We promised training", "Parking"]), client.instrument)
    assert themes.loc[0, "Keeping promises"]
    assert themes.loc[0, "People and training"]
    assert not themes.loc[1].any()


def test_comments_of_a_client(client: ClientExtract, sample_study: Study) -> None:
    """Counts are those of the answers, most frequent first; nothing is quoted that nobody has let pass."""
    (own,) = client_comments(client)
    survey = sample_study.survey
    assert survey.raw_responses is not None
    hit = (survey.raw_responses["organization"] == client.client) & (
        survey.raw_responses["wave"] == client.wave
    )
    assert own.n == int((survey.raw_responses.loc[hit, "one_thing"] != "").sum())
    assert own.themes["count"].is_monotonic_decreasing
    assert own.n_without_theme < own.n
    assert own.quotes == ()
    assert own.themes["benchmark"].notna().all()


def test_phrases_have_words_of_the_survey_alone() -> None:
    """A phrase counts once an answer; a word that the survey does not use is in none, whoever wrote it."""
    texts = ["Answer the phone", "answer the phone faster", "Answer the phone! Answer the phone!", "Parking"]
    assert frequent_phrases(texts, frozenset({"answer", "phone"})).to_numpy().tolist() == [
        ["answer the phone", 3]
    ]
    assert frequent_phrases(texts, frozenset({"phone"})).empty
    assert frequent_phrases([], frozenset()).empty


def test_themes_of_the_assessment_are_named_in_the_reports_language(client: ClientExtract) -> None:
    """A report in another language names themes in it, with the benchmark's share of the same theme."""
    shown = load_instrument(shipped_file("data", "instruments", "customer_focus.yaml"), language="es")
    own, other = (
        client_comments(replace(client, instrument=asked))[0].themes for asked in (client.instrument, shown)
    )
    assert set(other["theme"]) <= set(shown.theme_titles.values())
    assert not set(other["theme"]) & set(own["theme"])
    pd.testing.assert_frame_equal(own.drop(columns="theme"), other.drop(columns="theme"))
