"""What is said of a customer satisfaction index and of outcomes is written from the numbers and fit to print."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cfanalysis.analyses.outcome_forests import dose_forest, importance_forest
from cfanalysis.analyses.outcome_relations import OutcomeRelations
from cfanalysis.analyses.sector_index import SectorIndex, sector_index
from cfanalysis.analyses.self_rating import SelfRating
from cfanalysis.core.blocks import Table
from cfanalysis.core.formatting import decimal
from cfanalysis.core.resources import shipped_file
from cfanalysis.reports import outcomes as outcome_pages
from cfanalysis.reports import satisfaction_index
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.sample.customer_survey import write_sample_customers
from cfanalysis.study.sample.outcome_model import with_outcomes

UNFIT = re.compile(r"\b[Nn]a[Nn]\b|\bNone\b|\binf\b|\d\.\d{6}|<NA>")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SectorIndex:
    folder = tmp_path_factory.mktemp("customers")
    write_sample_customers(folder / "customers.csv", organizations=24)
    instrument = shipped_file("data", "instruments", "customer_index.yaml")
    return sector_index(prepare(folder / "customers.csv", instrument, folder / "study").survey)


@pytest.fixture(scope="module")
def found(sample_study: Study) -> tuple[OutcomeRelations, ...]:
    return outcome_pages.all_outcome_relations(with_outcomes(sample_study.survey), repetitions=100)


@pytest.fixture(scope="module")
def rating(sample_study: Study) -> SelfRating:
    rating = outcome_pages.rating_or_none(with_outcomes(sample_study.survey), "", same_scale=True)
    assert rating is not None
    return rating


def test_the_index_in_words_and_tables(index: SectorIndex) -> None:
    """The answer holds the index with interval and n; every table its source; organizations are not named unasked."""
    last = index.frame[index.frame["scope"] == "all"].iloc[-1]
    answer = str(satisfaction_index.index_answer(index))
    assert decimal(last["score"]) in answer
    assert f"{int(last['n']):,} customers" in answer
    blocks = [
        satisfaction_index.index_figures(index),
        satisfaction_index.sector_table(index),
        satisfaction_index.formulas_table(index, index),
        satisfaction_index.published_table(index),
        satisfaction_index.organization_table(index),
        satisfaction_index.index_method(index),
    ]
    for block in blocks:
        assert not UNFIT.search(str(block)), block
        if isinstance(block, Table):
            assert "Source:" in block.note
    names = set(index.frame.loc[index.frame["scope"] == "organization", "name"])
    assert not names & {row[0] for row in satisfaction_index.organization_table(index).rows}
    assert names & {row[0] for row in satisfaction_index.organization_table(index, named=True).rows}


def test_one_wave_has_no_change(index: SectorIndex) -> None:
    """Without a wave before nothing is said of change."""
    one = replace(
        index,
        frame=index.frame[index.frame["wave"] == "2025"],
        changes=index.changes.iloc[:0],
        source=replace(index.source, waves=("2025",)),
    )
    assert "no wave before" in str(satisfaction_index.index_answer(one))
    assert not UNFIT.search(str(satisfaction_index.sector_table(one)))


def test_outcomes_in_words_and_tables(found: tuple[OutcomeRelations, ...], rating: SelfRating) -> None:
    """The answer counts relations told from chance and says that these are associations."""
    answer = str(outcome_pages.outcomes_answer(found))
    assert "of 5**" in answer
    assert "associations" in answer
    blocks = [
        outcome_pages.slopes_table(found),
        outcome_pages.dose_table(found),
        outcome_pages.importance_table(found),
        outcome_pages.partial_table(found),
        outcome_pages.rating_answer(rating),
        outcome_pages.rating_figures(rating),
        outcome_pages.rating_table(rating),
        outcome_pages.regression_table(rating),
        outcome_pages.outcome_method(found, rating),
    ]
    for block in blocks:
        assert block is not None
        assert not UNFIT.search(str(block)), block


def test_without_outcomes_the_report_says_so(sample_study: Study) -> None:
    """A study without outcomes: one notice, no tables, nothing fails."""
    survey = replace(sample_study.survey, outcomes=None)
    assert outcome_pages.all_outcome_relations(survey) == ()
    assert "--outcomes FILE" in str(outcome_pages.outcomes_answer(()))
    assert outcome_pages.slopes_table(()) is None
    assert outcome_pages.rating_or_none(survey, "") is None
    assert "left out" in str(outcome_pages.rating_answer(None))


def test_doses_are_differences_from_the_mean_of_all(found: tuple[OutcomeRelations, ...]) -> None:
    """By hand: a quartile's mean minus the mean of the outcome; weighted by n they cancel."""
    rows = dose_forest(found)
    assert rows is not None
    for relation in found:
        own = rows.frame[rows.frame["group"] == relation.outcome]
        mean = relation.organizations["outcome"].mean()
        assert own["estimate"].tolist() == pytest.approx((relation.doses["value"] - mean).tolist())
        assert float((own["estimate"] * own["n"]).sum()) == pytest.approx(0, abs=1e-6)
        assert own["strong"].tolist() == ((own["low"] > 0) | (own["high"] < 0)).tolist()
    figure = outcome_pages.dose_figure(found)
    assert figure is not None
    assert not UNFIT.search(figure.alt)


def test_importance_is_drawn_in_per_cent_of_the_variance(found: tuple[OutcomeRelations, ...]) -> None:
    """The shares of an outcome add up to its R squared; the largest of each outcome stands out."""
    rows = importance_forest(found)
    assert rows is not None
    assert not rows.signed
    for relation in found:
        own = rows.frame[rows.frame["group"] == relation.outcome]
        assert own["estimate"].sum() == pytest.approx(100 * relation.r_squared, abs=1e-6)
        assert own["strong"].sum() == 1
    assert outcome_pages.importance_figure(found) is not None
    assert outcome_pages.dose_figure(()) is None
    assert outcome_pages.importance_figure(()) is None
