"""How well a survey measures: scales, agreement, ends, and what frequency tables leave out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.analyses.measurement_quality import measurement_quality
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports import reliability
from cfanalysis.statistics.reliability import cronbach_alpha, intraclass, within_group_agreement

from .surveys import INSTRUMENT, made_instrument, made_survey, published, survey_of


def test_numbers_are_those_of_the_measurement_functions() -> None:
    """Alpha, ICC and rwg(j) of Do, reverse-keyed, are those of the arrays-only functions."""
    survey = made_survey()
    assert survey.raw_responses is not None
    do = survey.raw_responses[["d1", "d2", "d3", "d4"]].astype(float).assign(d4=lambda t: 6 - t["d4"])
    scale = next(s for s in measurement_quality(survey).of("facet") if s.title == "Do")
    groups = survey.raw_responses["organization"]
    assert scale.alpha is not None
    assert scale.icc is not None
    assert scale.alpha.raw == pytest.approx(cronbach_alpha(do).raw)
    assert scale.icc.icc1 == pytest.approx(intraclass(do.mean(axis=1), groups).icc1)
    uniform = within_group_agreement(do, groups, options=5)
    assert scale.agreement["uniform"].median == pytest.approx(uniform.median)
    assert scale.agreement["slight_skew"].median < uniform.median


def test_scales_are_facets_performance_dimensions_and_both() -> None:
    """Two facets, performance, two dimensions, four facets in dimensions."""
    quality = measurement_quality(made_survey())
    assert [(s.kind, s.title) for s in quality.scales][:5] == [
        ("facet", "Say"),
        ("facet", "Do"),
        ("performance", "Performance"),
        ("dimension", "Leadership"),
        ("dimension", "Processes"),
    ]
    assert len(quality.of("facet in dimension")) == 4
    assert [gap.title for gap in quality.gaps] == ["Overall", "Leadership", "Processes"]


def test_ends_are_counted_after_reverse_keying() -> None:
    """The highest answer is the most favourable; organizations count equally."""
    survey = made_survey(organizations=4, respondents=2)
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    for item in ("d1", "d2", "d3"):
        responses[item] = pd.array([5] * len(responses), dtype="Int8")
    responses["d4"] = pd.array([1] * len(responses), dtype="Int8")
    do = measurement_quality(survey_of(responses, survey.instrument)).of("facet")[1]
    assert (do.floor, do.ceiling) == (0.0, 1.0)
    assert do.alpha is None
    assert "same answer" in dict(do.reasons)["items"]


def test_respondents_who_left_an_item_out_do_not_count() -> None:
    """Reliability is of those who answered all items of the scale, and its n says how many."""
    survey = made_survey()
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    responses.loc[:9, "d1"] = pd.NA
    do = measurement_quality(survey_of(responses, survey.instrument)).of("facet")[1]
    assert do.n == len(responses) - 10
    assert do.n_answering == len(responses)


def test_reliability_says_on_how_many_people_it_rests() -> None:
    """The answer, the cards and the notes name those who answered all items, and out of how many."""
    survey = made_survey()
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    responses.loc[:9, "d1"] = pd.NA
    quality = measurement_quality(survey_of(responses, survey.instrument))
    n, known = len(responses), len(responses) - 10
    answer = str(reliability.measurement_summary(quality))
    assert f"and {known:,} of {n:,} respondents who answered every item of the facet" in answer
    assert f"n = {known:,} of {n:,}" in str(reliability.measurement_figures(quality))
    assert f"{n:,} respondents" in reliability.reliability_table(quality, "facet").note


def test_frequency_tables_give_the_ends_and_say_what_is_missing() -> None:
    """Published tables have no alpha, no ICC, no agreement: one line says so in each place."""
    quality = measurement_quality(published(made_survey()))
    assert all(s.alpha is None and s.icc is None and not s.agreement for s in quality.scales)
    assert all(s.ceiling is not None for s in quality.scales)
    assert "Only frequency tables" in reliability.measurement_limits(quality).body
    for table in (reliability.reliability_table, reliability.agreement_table):
        with pytest.raises(AnalysisError, match="cannot be computed from frequency tables"):
            table(quality, "facet")
    assert "frequency tables" in str(reliability.measurement_summary(quality))


def test_the_interval_of_alpha_counts_organizations() -> None:
    """Where colleagues resemble each other it covers as often as it says; Feldt's, of single respondents, does not."""
    random, groups, people, items = np.random.default_rng(3), 40, 15, 8
    organization = np.repeat(np.arange(groups), people)
    true = items * 0.49 / (items * 0.49 + 1)
    covered = np.zeros(2)
    for _ in range(200):
        trait = np.sqrt(0.4) * random.normal(size=groups)[organization]
        trait = trait + np.sqrt(0.6) * random.normal(size=organization.size)
        answers = 0.7 * trait[:, None] + random.normal(size=(organization.size, items))
        for way, cluster in enumerate((None, organization)):
            alpha = cronbach_alpha(answers, cluster=cluster)
            covered[way] += alpha.low < true < alpha.high
    assert covered[0] / 200 < 0.87
    assert covered[1] / 200 > 0.9


def test_both_surveys_agree_on_the_ends() -> None:
    """From respondents and from their frequency tables the ends of the scale are the same."""
    survey = made_survey()
    whole, tables = measurement_quality(survey), measurement_quality(published(survey))
    assert [s.ceiling for s in whole.scales] == [s.ceiling for s in tables.scales]


def test_single_respondents_have_no_agreement() -> None:
    """With one respondent in each organization agreement does not exist, and that is said."""
    survey = made_survey(respondents=1)
    assert survey.raw_responses is not None
    responses = survey.raw_responses.drop_duplicates("organization").reset_index(drop=True)
    quality = measurement_quality(survey_of(responses, survey.instrument))
    reasons = dict(quality.of("facet")[0].reasons)
    assert quality.of("facet")[0].icc is None
    assert "ICC" in reasons
    assert "cannot be told" in str(reliability.measurement_summary(quality))


def test_an_instrument_without_scales_is_refused() -> None:
    """Neither gap nor performance items: there is nothing to measure the quality of."""
    text = """
format: 1
id: bare
title: Bare
version: "1"
scales: {agreement: {min: 1, max: 5}}
items: [{id: w, text: Careful., role: warning_sign, scale: agreement}]
"""
    survey = made_survey()
    assert survey.raw_responses is not None
    bare = made_instrument(text)
    responses = survey.raw_responses.assign(w=survey.raw_responses["s1"])
    with pytest.raises(AnalysisError, match="no scale"):
        measurement_quality(survey_of(responses, bare))


def test_a_single_performance_item_has_no_alpha() -> None:
    """One item has no reliability: the cell is a dash, and the reason is listed."""
    text = INSTRUMENT.replace("items: [p1, p2]", "items: [p1]").replace(
        "  - {id: p2, text: We grow., role: performance, scale: agreement}\n", ""
    )
    quality = measurement_quality(made_survey(instrument=made_instrument(text)))
    table = reliability.reliability_table(quality, "performance")
    assert table.rows[0][3] == "–"
    assert "Performance, alpha" in reliability.measurement_limits(quality).body


def test_every_page_is_fit_to_print() -> None:
    """No page of a made-up study prints NaN or None."""
    quality = measurement_quality(made_survey())
    kinds = ("facet", "performance", "dimension", "facet in dimension")
    for block in (
        reliability.measurement_summary(quality),
        reliability.measurement_figures(quality),
        reliability.measurement_limits(quality),
        reliability.reliability_table(quality, *kinds),
        reliability.agreement_table(quality, *kinds),
        reliability.gap_table(quality),
        reliability.ends_table(quality),
        reliability.item_rest_table(quality),
    ):
        words = str(block).split()
        assert not {"nan", "NaN", "None", "inf"} & set(words) - {"None"}
