"""``import cfanalysis as cf`` with wrong arguments and unlucky names: one message, and nothing of the study changed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import cfanalysis as cf
from cfanalysis.core.blocks import Figure
from cfanalysis.core.errors import AnalysisError, CfAnalysisError, InstrumentError, ParameterError
from cfanalysis.study.prepared_study import Study

from .surveys import INSTRUMENT, made_instrument, made_survey
from .test_door import study_of

OUTCOMES = ("say", "customer rating", "n")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study whose facts about organizations and whose outcomes are called like scores."""
    text = re.sub(r"\bsector\b(?=,)", "say", INSTRUMENT).replace("title: Sector", "title: Say of sectors")
    survey = made_survey(organizations=24, waves=2, instrument=made_instrument(text))
    facts = survey.organizations.rename(columns={"sector": "say"})
    rows = [
        facts[["organization", "wave"]].assign(outcome=name, value=np.arange(len(facts)) % 7, n=5)
        for name in OUTCOMES
    ]
    vars(survey).update(organizations=facts, outcomes=pd.concat(rows, ignore_index=True))
    return study_of(survey, tmp_path_factory.mktemp("studies"))


WRONG: dict[str, tuple[Callable[[Study], Any], str]] = {
    "no study": (lambda _: cf.quartile_gaps(), r"missing a required argument: 'study'"),  # type: ignore[call-arg]
    "a study's name": (lambda _: cf.chart("trend", "sample"), r"study is needed.*\n.*str\n.*open_study"),  # type: ignore[arg-type]
    "a table": (lambda _: cf.study_masthead(pd.DataFrame(), "Title"), r"DataFrame\n.*open_study"),  # type: ignore[arg-type]
    "no name": (lambda _: cf.open_study(None), "text or Path"),  # type: ignore[arg-type]
    "a misspelt option": (lambda s: cf.quartile_gaps(s, waves="first"), r"quartile_gaps\(\).*'waves'.*\n.*wave, repe"),  # type: ignore[call-arg]
    "a wave": (lambda s: cf.chart("trend", s, wave="2024"), "'first' or 'latest'"),  # type: ignore[arg-type]
    "a design": (lambda s: cf.sector_index(s, design="both"), "'customers' or 'organizations'"),  # type: ignore[arg-type]
    "a field": (lambda s: cf.sector_index(s, by="country"), "no organization field 'country'"),
    "one item": (lambda s: cf.answer_distribution(s, items="s1"), "a list of text"),
    "no repetitions": (lambda s: cf.all_outcome_relations(s, repetitions=0), "at least 20"),
    "a number as text": (lambda s: cf.study_power(s, simulations="many"), "a whole number, at least 20"),  # type: ignore[arg-type]
    "a truth as text": (lambda s: cf.self_rating(s, same_scale="no"), "True or False"),  # type: ignore[arg-type]
    "an outcome": (lambda s: cf.self_rating(s, "rating"), "There is no outcome 'rating'"),
    "a name of an analysis": (lambda s: cf.attempt("trends", s), "an analysis, e.g."),  # type: ignore[type-var]
    "no theme": (lambda s: cf.chart("gap_histogram", s, look="dark"), "Theme or None"),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_one_message(name: str, study: Study) -> None:
    """It says what is wrong with which argument, and what is allowed."""
    call, words = WRONG[name]
    with pytest.raises(CfAnalysisError, match=words):
        call(study)


PLOTS: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt option": ({"higlight": "O001"}, "no such option.*\n.*higlight\n.*title, subtitle"),
    "a title": ({"title": 5}, "text"),
    "names": ({"highlight": 5}, "a name, or several"),
    "a palette": ({"palette": 5}, "a name that seaborn knows"),
    "a theme": ({"theme": 5}, "no theme"),
    "an axis": ({"ax": "left"}, "one matplotlib Axes"),
    "several axes": ({"ax": np.array([1, 2])}, "one matplotlib Axes"),
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_wrong_option_of_a_chart_is_one_message(name: str, study: Study) -> None:
    """Nothing is passed over in silence, and nothing fails within the drawing."""
    options, words = PLOTS[name]
    with pytest.raises(ParameterError, match=words):
        cf.gap_distribution(study).plot(**options)


def test_round_axes_take_no_chart(study: Study) -> None:
    """A chart would be drawn wrongly in polar axes, and not at all in three dimensions."""
    gaps = cf.gap_distribution(study)
    for kind in ("polar", "3d"):
        axes = plt.figure().add_subplot(projection=kind)
        with pytest.raises(ParameterError, match="one matplotlib Axes"):
            gaps.plot(ax=axes)


def test_names_may_come_in_whatever_holds_them(study: Study) -> None:
    """A column, a set, nothing: a study is given by its name, too."""
    slope = cf.gap_slope(study=study)
    for names in (pd.Series(["O001"]), {"O001"}, np.array(["O001", "O002"]), None):
        assert slope.plot(highlight=names).get_figure() is not None


def test_a_published_chart_takes_what_an_author_makes_an_own(study: Study) -> None:
    """Words, statistics, colours and the wave."""
    block = cf.chart("gap_histogram", study, title="Mine", statistics="none", palette="Set2", wave="first")
    assert isinstance(block, Figure)
    assert "Mine" in block.alt
    with pytest.raises(ParameterError, match="no such option"):
        cf.chart("gap_histogram", study, titel="Mine")  # type: ignore[call-arg]


def test_what_is_handed_out_is_ones_own(study: Study) -> None:
    """Tables of a result may be changed: the result, and what another asks for, stay as they are."""
    gaps, verdict = cf.quartile_gaps(study), cf.verdict(study)
    frame, organizations = gaps.frame, gaps.organizations
    frame["mine"], organizations["gap"] = 1, 0.0
    verdict.result["verdict"] = "mine"
    assert "mine" not in gaps.frame
    assert gaps.organizations["gap"].ne(0.0).any()
    assert cf.verdict(study)["verdict"] == study.verdict["verdict"] == "none"


def test_a_table_has_no_empty_text_and_one_level_of_names(study: Study) -> None:
    """What is not known is missing; a field of a field is called by both names."""
    parts = cf.claim_parts(study, repetitions=20).frame
    assert {"delta_low", "delta_high"} <= set(parts)
    assert not any("." in column for column in parts)
    assert parts["facet"].isna().any()
    assert not parts.select_dtypes(["object", "str"]).eq("").any().any()


def test_outcomes_stand_beside_facts_of_the_same_name(study: Study) -> None:
    """A field that is called like a score takes nothing away."""
    found = cf.outcome_relations(study, "n", repetitions=20)
    assert {"say", "field_say", "outcome"} <= set(found.frame)
    assert found.frame["say"].max() > 1
    assert set(found.frame["field_say"]) == {"north", "south"}
    organizations = study.organizations(items=True)
    assert {"organization_say", "organization_outcome_say", "organization_n", "say"} <= set(organizations)
    with pytest.raises(InstrumentError, match="no organization field 'sector'"):
        cf.outcome_relations(study, "n", by="sector", repetitions=20)


def test_items_that_are_called_like_columns_of_scores_join(tmp_path: Path) -> None:
    """Every two tables join on what they share, whatever the items are called."""
    names = {
        "s1": "organization_say",
        "s2": "score_say",
        "d1": "organization_score_do",
        "p1": "say",
        "d2": "n_respondents",
        "d3": "n",
    }
    text = re.sub(r"\b(s1|s2|d1|p1|d2|d3)\b(?=[,\]]|$)", lambda m: names[m[0]], INSTRUMENT, flags=re.M)
    study = study_of(made_survey(organizations=8, waves=2, instrument=made_instrument(text)), tmp_path)
    items, people, organizations = study.items(), study.respondents(), study.organizations(items=True)
    for one, other in ((items, people), (items, organizations), (people, organizations)):
        both = one.merge(other)
        assert len(both) == len(items)
        assert both.columns.is_unique
        assert not [column for column in both if column.endswith(("_x", "_y"))]


def test_what_is_not_asked_is_called_so(study: Study) -> None:
    """It is no lack of answers where the instrument asks for no warning signs or contacts."""
    for analysis, words in ((cf.warning_signs, "asks for no"), (cf.expectation, "does not ask")):
        with pytest.raises(AnalysisError, match=words):
            analysis(study)


def test_nothing_to_draw_is_said_on_the_card(tmp_path: Path) -> None:
    """Where nobody may be shown, a card shows the table, and the chart gives the reason."""
    study = study_of(made_survey(organizations=4, respondents=1), tmp_path)
    index = cf.sector_index(study)
    assert "result.to_frame()" in repr(index)
    with pytest.raises(CfAnalysisError, match=r"enough people|too few"):
        index.plot()
    with pytest.raises(AnalysisError, match="Too few organizations"):
        cf.aspect_gaps(study)


def test_a_card_shows_no_respondents(tmp_path: Path) -> None:
    """Where each respondent is a unit, the rows of a result are persons: the card says how many there are."""
    instrument = made_instrument(INSTRUMENT.replace('version: "1"', 'version: "1"\nunit: respondent'))
    survey = made_survey(respondents=1, instrument=instrument)
    vars(survey).update(source=dataclasses.replace(survey.source, unit="respondent"))
    people, groups = cf.gap_slope(study_of(survey, tmp_path)), cf.say_do_profile(study_of(survey, tmp_path))
    assert "O001" not in people._repr_html_() + repr(people)
    assert "60 rows: organization" in repr(people)
    assert people._repr_html_().count("<table") == 1  # what to call next
    assert groups._repr_html_().count("<table") == 2
