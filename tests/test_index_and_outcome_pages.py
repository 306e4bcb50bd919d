"""What is said of a customer satisfaction index and of outcomes is written from the numbers and fit to print."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cfanalysis import index_pages, outcome_pages
from cfanalysis.analyses.outcomes import OutcomeRelations
from cfanalysis.analyses.sector_index import SectorIndex, sector_index
from cfanalysis.analyses.self_rating import SelfRating
from cfanalysis.blocks import Table
from cfanalysis.numerals import decimal
from cfanalysis.resources import workbook_file
from cfanalysis.sample.customers import write_sample_customers
from cfanalysis.sample.outcomes import with_outcomes
from cfanalysis.study import Study, prepare

UNFIT = re.compile(r"\b[Nn]a[Nn]\b|\bNone\b|\binf\b|\d\.\d{6}|<NA>")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SectorIndex:
    folder = tmp_path_factory.mktemp("customers")
    write_sample_customers(folder / "customers.csv", organizations=24)
    instrument = workbook_file("data", "instruments", "customer_index.yaml")
    return sector_index(prepare(folder / "customers.csv", instrument, folder / "study").survey)


@pytest.fixture(scope="module")
def found(sample_study: Study) -> tuple[OutcomeRelations, ...]:
    return outcome_pages.relations(with_outcomes(sample_study.survey), repetitions=100)


@pytest.fixture(scope="module")
def rating(sample_study: Study) -> SelfRating:
    rating = outcome_pages.rating_or_none(with_outcomes(sample_study.survey), "")
    assert rating is not None
    return rating


def test_the_index_in_words_and_tables(index: SectorIndex) -> None:
    """The answer holds the index with interval and n; every table its source; organizations are not named unasked."""
    last = index.frame[index.frame["scope"] == "all"].iloc[-1]
    answer = str(index_pages.index_answer(index))
    assert decimal(last["score"]) in answer
    assert f"{int(last['n']):,} customers" in answer
    blocks = [
        index_pages.index_figures(index),
        index_pages.sector_table(index),
        index_pages.formulas_table(index, index),
        index_pages.published_table(index),
        index_pages.organization_table(index),
        index_pages.index_method(index),
    ]
    for block in blocks:
        assert not UNFIT.search(str(block)), block
        if isinstance(block, Table):
            assert "Source:" in block.note
    names = set(index.frame.loc[index.frame["scope"] == "organization", "name"])
    assert not names & {row[0] for row in index_pages.organization_table(index).rows}
    assert names & {row[0] for row in index_pages.organization_table(index, named=True).rows}


def test_one_wave_has_no_change(index: SectorIndex) -> None:
    """Without a wave before nothing is said of change."""
    one = replace(
        index,
        frame=index.frame[index.frame["wave"] == "2025"],
        changes=index.changes.iloc[:0],
        source=replace(index.source, waves=("2025",)),
    )
    assert "no wave before" in str(index_pages.index_answer(one))
    assert not UNFIT.search(str(index_pages.sector_table(one)))


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
    assert outcome_pages.relations(survey) == ()
    assert "--outcomes FILE" in str(outcome_pages.outcomes_answer(()))
    assert outcome_pages.slopes_table(()) is None
    assert outcome_pages.rating_or_none(survey, "") is None
    assert "left out" in str(outcome_pages.rating_answer(None))
