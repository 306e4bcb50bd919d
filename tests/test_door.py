"""``import cfanalysis as cf``: what those who use Python meet, without codes, and with cards."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.analyses.not_possible import NotPossible
from cfanalysis.analyses.robustness import models
from cfanalysis.core.blocks import Notice, Table
from cfanalysis.core.errors import AnalysisError, CfAnalysisError, ParameterError, StudyError
from cfanalysis.jupyter.study_result import StudyResult, result_frame
from cfanalysis.scoring.score_table import score_table
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import DONT_KNOW_CODE, Survey

from .surveys import INSTRUMENT, made_instrument, made_survey, published, survey_of

TOOLS = {
    "describe",
    "attempt",
    "brand_file_theme",
    "chart",
    "figure_numbers",
    "index_table",
    "open_study",
    "prepare",
}
SLOW = {"robustness"}
OPTIONS: dict[str, dict[str, Any]] = {
    "all_outcome_relations": {"repetitions": 20},
    "outcome_relations": {"outcome": "customer retention (%)", "repetitions": 20},
    "study_power": {"simulations": 20},
}
ANALYSES = sorted({*cf.__all__} - TOOLS - {"study_masthead"})
KEYS = ["organization", "wave"]


def study_of(survey: Survey, folder: Path) -> Study:
    """A study in memory, without a verdict."""
    study = Study(folder / "made", survey, {})
    none = {"verdict": "none", "reason": "it was not tested."}
    vars(study).update(scores=score_table(survey.shares, survey.instrument), verdict=none)
    return study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A made-up study of two waves in which an answer is "don't know", one is missing, and one field is blank."""
    survey = made_survey(organizations=24, waves=2)
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    responses.loc[0, ["d4", "s1"]] = DONT_KNOW_CODE
    responses.loc[1, "d4"] = pd.NA
    responses.loc[2, "d4"] = 2
    responses.loc[2, "sector"] = ""
    return study_of(survey_of(responses, survey.instrument), tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def results(sample_study: Study) -> dict[str, StudyResult[Any]]:
    """The result of every quick analysis of the sample."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cfanalysis.analyses.contrast_specifications.CLAIM_REPETITIONS", 200)
        return {
            name: getattr(cf, name)(sample_study, **OPTIONS.get(name, {}))
            for name in ANALYSES
            if name not in SLOW
        }


def test_importing_the_package_is_light() -> None:
    """``import cfanalysis`` imports neither pandas nor numpy nor matplotlib; an unknown name is an AttributeError."""
    program = (
        "import sys, cfanalysis as cf; assert not {'pandas', 'numpy', 'matplotlib'} & set(sys.modules);"
        "assert cf.__version__; assert not hasattr(cf, 'nonsense') and 'quartile_gaps' in dir(cf);"
        "from cfanalysis import core; assert 'pandas' not in sys.modules; cf.quartile_gaps"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_study_is_opened_by_name_or_folder(sample_study: Study) -> None:
    """A folder opens; a name that is no study's gives the nearest names."""
    assert cf.open_study(sample_study.folder).name == "sample"
    with pytest.raises(StudyError, match="sample"):
        cf.open_study("sampel")


def test_a_study_is_made_from_a_file(sample_file: Path, tmp_path: Path) -> None:
    """Names and paths may be texts; the instrument is one that ships; a file that is missing is one message."""
    study = cf.prepare(str(sample_file), "customer_focus", str(tmp_path / "made"))
    assert cf.open_study(str(tmp_path / "made")).name == study.name == "made"
    with pytest.raises(CfAnalysisError, match=r"nowhere\.csv"):
        cf.prepare("nowhere.csv", "customer_focus", str(tmp_path / "other"))


def test_items_have_no_codes_and_are_turned(made: Study) -> None:
    """Don't know and no answer are missing, reverse-keyed items turned; facts are the organization's."""
    items: Any = made.items()
    assert list(items.columns[:4]) == ["organization", "wave", "respondent", "sector"]
    assert items.loc[[0, 1], "d4"].isna().all()
    assert np.isnan(items.loc[0, "s1"])
    assert items.loc[2, "d4"] == 4  # answered 2 on a scale of 1 to 5
    assert items.loc[2, "sector"] == items.loc[0, "sector"]  # the same organization
    ratings = items[[i.id for i in made.survey.instrument.rated_items]]
    assert ratings.min().min() >= 1
    assert ratings.max().max() <= 5
    assert ratings.corr().loc["d4", ["d1", "d2", "d3"]].gt(0).all()  # as answered it would be negative


def test_labels_are_ordered_as_the_points_are(tmp_path: Path) -> None:
    """A label says what was chosen; in the order of a reverse-keyed item the least favourable answer is first."""
    labels = "agreement: {min: 1, max: 5, labels: {1: never, 5: ever, 3: ever}}"
    instrument = made_instrument(INSTRUMENT.replace("agreement: {min: 1, max: 5}", labels))
    study = study_of(made_survey(organizations=8, instrument=instrument), tmp_path)
    points, chosen = study.items(), study.items(labels=True)
    assert chosen["d4"].cat.ordered
    assert list(chosen["d4"].cat.categories) == ["5 ever", "4 4", "3 ever", "2 2", "1 never"]
    for item in study.survey.instrument.rated_items:
        assert (chosen[item.id].cat.codes + 1).tolist() == points[item.id].astype(int).tolist()


def test_respondents_have_scores(made: Study) -> None:
    """Say, Do and gap are 0 to 100, over all and by dimension; where less than half is answered they are missing."""
    people = made.respondents()
    items = made.items()
    assert len(people) == len(items)
    row, points = people.loc[5], items.loc[5]
    assert row["say_lead"] == pytest.approx(25 * (points[["s1", "s2"]].mean() - 1))
    assert row["do"] == pytest.approx(25 * (points[["d1", "d2", "d3", "d4"]].mean() - 1))
    assert row["gap"] == pytest.approx(row["say"] - row["do"])
    assert row["performance"] == pytest.approx(25 * (points[["p1", "p2"]].mean() - 1))
    scores = people.drop(columns=[*KEYS, "respondent"])
    assert scores.abs().max().max() <= 100


def test_organizations_are_one_row_each_and_wave(made: Study) -> None:
    """The wide table has one level of columns, agrees with the scores, and takes the items' scores on request."""
    table = made.organizations()
    assert not table.duplicated(KEYS).any()
    assert all(isinstance(column, str) for column in table)
    scores = made.scores.query("scope == 'dimension' and name == 'proc' and facet == 'gap'")
    both = table.merge(scores, on=KEYS)
    assert both["organization_gap_proc"].tolist() == both["score"].tolist()
    assert "organization_d4" not in table
    assert made.organizations(items=True)["organization_d4"].between(0, 100).all()


def joined(study: Study) -> dict[tuple[str, str], pd.DataFrame]:
    """Every pair of a study's tables, joined on all that both have; of respondents and organizations on their keys."""
    tables = {
        "items": study.items(),
        "labels": study.items(labels=True),
        "respondents": study.respondents(),
        "organizations": study.organizations(items=True),
    }
    pairs = combinations(tables, 2)
    return {(one, other): tables[one].merge(tables[other]) for one, other in pairs if other != "labels"} | {
        ("respondents", "on their keys"): tables["respondents"].merge(tables["organizations"], on=KEYS)
    }


def same_names(tmp_path: Path) -> Study:
    """A study in which items, indices and facts have the names of columns, or of each other."""
    names = {
        "s1": "n",
        "s2": "do",
        "d1": "score",
        "performance": "sector",
        "p1": "performance",
        "p2": "gap_lead",
    }
    text = re.sub(
        r"\b(s1|s2|d1|performance|p1|p2)\b(?=[,\]]|$)", lambda m: names[m[0]], INSTRUMENT, flags=re.M
    )
    text = text.replace("role: sector", "role: performance")
    return study_of(made_survey(organizations=8, waves=2, instrument=made_instrument(text)), tmp_path)


def test_every_two_tables_join(made: Study, sample_study: Study, tmp_path: Path) -> None:
    """Nobody is lost or doubled, no column has a suffix, and no fact or score takes another's name."""
    for study in (made, sample_study, same_names(tmp_path)):
        items = study.items()
        assert items.groupby("organization")["sector"].nunique(dropna=False).eq(1).all()
        for pair, both in joined(study).items():
            assert len(both) == len(items), pair
            assert not [column for column in both if column.endswith(("_x", "_y"))], pair
            assert both.columns.is_unique, pair


def test_names_that_are_taken_are_told_apart(tmp_path: Path) -> None:
    """An index called like a facet or a field takes nothing away: its column says what it is."""
    text = INSTRUMENT.replace("{id: performance, title", "{id: say, title").replace(
        "criterion: performance", "criterion: say"
    )
    study = study_of(made_survey(organizations=8, instrument=made_instrument(text)), tmp_path)
    people, organizations = study.respondents(), study.organizations(items=True)
    assert {"say", "index_say"} <= set(people)
    assert not people["say"].equals(people["index_say"])
    assert {"organization_say", "organization_index_say"} <= set(organizations)
    assert organizations.columns.is_unique
    assert people.columns.is_unique


def test_published_tables_have_organizations_only(made: Study, tmp_path: Path) -> None:
    """Without respondents their tables say so, and name the table that there is; the card does not offer them."""
    study = study_of(published(made.survey), tmp_path)
    for table in (study.items, study.respondents):
        with pytest.raises(AnalysisError, match=r"study\.organizations\(\)"):
            table()
    assert study.organizations()["organization_gap"].notna().all()
    assert "study.items" not in repr(study)


def tables_in(value: object) -> list[pd.DataFrame]:
    """Every table in a result."""
    if isinstance(value, pd.DataFrame):
        return [value]
    if dataclasses.is_dataclass(value):
        return [t for f in dataclasses.fields(value) for t in tables_in(getattr(value, f.name))]
    return [t for part in value for t in tables_in(part)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("name", sorted(set(ANALYSES) - SLOW))
def test_no_code_leaves_by_the_door(name: str, results: dict[str, StudyResult[Any]]) -> None:
    """No table of any result holds the code of "don't know"."""
    result = results[name]
    for table in [result.frame, result.to_frame(), *tables_in(result.result)]:
        numbers = table.select_dtypes("number").astype(float)
        assert not (numbers == DONT_KNOW_CODE).any().any()


@pytest.mark.parametrize("name", sorted(set(ANALYSES) - SLOW))
def test_every_result_shows_a_card(name: str, results: dict[str, StudyResult[Any]]) -> None:
    """A result shows what was found in short, as text and as HTML, and what to call next; each of that works."""
    result = results[name]
    text, html = repr(result), result._repr_html_()
    assert len(text) < 4000
    assert "result.to_frame()" in text
    assert "cfa-card" in html
    assert "R01336" not in html  # a respondent
    copy = result.to_frame()
    copy["mine"] = 1
    assert "mine" not in result.frame
    for called in result.charts:
        assert result.plot(chart=called).get_figure() is not None
    assert set(result.charts) <= set(dir(result)) | set(result.charts)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(ANALYSES) - SLOW))
def test_a_result_is_pickled_copied_and_compared(name: str, results: dict[str, StudyResult[Any]]) -> None:
    """A result and its study can be kept in a cache, sent to another process, compared and hashed."""
    result = results[name]
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(result)).frame, result.frame)
    assert copy.copy(result).charts.keys() == result.charts.keys()
    assert result == result
    assert result in {result}
    assert result != results["trends"] or name == "trends"
    assert result.study in {result.study}


def test_two_organizations_are_an_error_with_its_reason(tmp_path: Path) -> None:
    """Where there are too few organizations, or nothing was asked, every analysis and chart says why."""
    survey = made_survey(organizations=2, waves=2)
    assert survey.raw_responses is not None
    responses = survey.raw_responses.assign(seconds=np.nan)
    study = study_of(survey_of(responses, survey.instrument), tmp_path)
    problems = []
    for name in sorted(set(ANALYSES) - SLOW - {"cleaning_record"}):
        try:
            result = getattr(cf, name)(study, **OPTIONS.get(name, {}))
            for chart in result.charts:
                result.plot(chart=chart)
        except CfAnalysisError as error:
            problems.append(error.problem)
    assert len(problems) > 10
    assert all(problems)
    with pytest.raises(AnalysisError, match="no data for this analysis"):
        cf.all_outcome_relations(study).frame  # noqa: B018


def test_wrong_options_are_errors_that_name_what_is_allowed(sample_study: Study) -> None:
    """A wave or an amount of statistics that does not exist is no silent default."""
    with pytest.raises(ParameterError, match="'first' or 'latest'"):
        cf.say_do_profile(sample_study, wave="last")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="none, short, full"):
        cf.gap_distribution(sample_study).plot(statistics="lots")  # type: ignore[arg-type]


def test_facts_without_options_are_no_roles(tmp_path: Path) -> None:
    """A field of respondents without options, or in which no colleagues differ, gives no effects but the reason."""
    fields = "respondent_fields:\n  - {id: sector, title: Unit}\n"
    instrument = INSTRUMENT.replace("organization_fields:\n  - {id: sector, title: Sector}\n", fields)
    study = study_of(made_survey(instrument=made_instrument(instrument)), tmp_path)
    with pytest.raises(AnalysisError, match="No fact about respondents has two options"):
        cf.role_effects(study)


def test_names_from_the_data_keep_their_letters(tmp_path: Path) -> None:
    """A title writes the name of a sector as it is: German nouns begin with a capital."""
    survey = made_survey()
    responses = survey.raw_responses
    assert responses is not None
    names = responses.assign(
        sector=responses["sector"].map({"north": "Handel", "south": "Öffentlicher Dienst"})
    )
    title = cf.sector_index(study_of(survey_of(names, survey.instrument), tmp_path)).caption.title
    assert "Handel" in title
    assert "Öffentlicher Dienst" in title


def test_robustness_shows_a_card(made: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slowest analysis, too."""
    monkeypatch.setattr(models, "MIXED_HALVES", 1)
    result = cf.robustness(made)
    assert list(result.charts) == ["forest", "specification_curve"]
    assert "robustness_table" in dir(result)
    assert isinstance(result.robustness_table(), Table)


def test_attributes_and_blocks_pass_to_the_result(results: dict[str, StudyResult[Any]]) -> None:
    """A result has the fields of what the analysis returned, and the blocks of a page that show it."""
    gaps = results["quartile_gaps"]
    assert gaps.delta is gaps.result.delta
    assert isinstance(gaps.quartile_table(), Table)
    assert {"delta", "frame", "plot", "quartile_table"} <= set(dir(gaps))
    with pytest.raises(AttributeError, match="quartile_table"):
        _ = gaps.nonsense


def test_an_analysis_takes_a_study_alone(made: Study) -> None:
    """A survey or a name in place of the study is refused with what to do."""
    for wrong in (made.survey, "sample"):
        with pytest.raises(ParameterError, match="open_study"):
            cf.quartile_gaps(wrong)  # type: ignore[arg-type]


def test_what_is_not_possible_stands_in_its_place(tmp_path: Path) -> None:
    """An attempt gives the reason as a block in the place of the first that is missing; else it is an error."""
    small = study_of(made_survey(organizations=3), tmp_path)
    with pytest.raises(AnalysisError, match="too few organizations"):
        cf.quartile_gaps(small)
    gaps = cf.attempt(cf.quartile_gaps, small)
    assert isinstance(gaps.result, NotPossible)
    for _ in range(2):  # a cell that is run again shows the same
        notice = gaps.figure()
        assert isinstance(notice, Notice)
        assert "too few organizations" in notice.body
        assert gaps.quartile_table() is None
    with pytest.raises(AnalysisError, match="too few organizations"):
        gaps.plot()
    assert "too few organizations" in repr(gaps)


def test_cards_are_short_and_escaped(made: Study, tmp_path: Path) -> None:
    """A study's card has title, waves and n, no answers and no ids; markup in names stays text."""
    assert "waves 2024, 2025; 24 organizations" in repr(made)
    assert len(repr(made)) < 1000
    assert len(repr(made.survey)) < 300
    instrument = made_instrument(INSTRUMENT.replace("title: Made Survey", "title: <b onclick=x>Made</b>"))
    study = study_of(made_survey(organizations=8, instrument=instrument), tmp_path)
    html = study._repr_html_() + cf.item_quality(study)._repr_html_()
    assert "<b onclick" not in html
    assert "&lt;b onclick" in html


def test_a_table_of_a_result_without_one_is_made_of_its_fields() -> None:
    """Results in rows become a table of their single values; what is no single value is left out."""

    @dataclasses.dataclass(frozen=True)
    class Scale:
        title: str
        items: tuple[str, ...]

    @dataclasses.dataclass(frozen=True)
    class Scales:
        scales: tuple[Scale, ...]

    table = result_frame(Scales((Scale("A", ("a1", "a2")), Scale("B", ("b1",)))))
    assert table.to_dict("list") == {"title": ["A", "B"]}
