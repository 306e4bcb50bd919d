"""Research reports in the reader's language: every word is from the catalogs, the numbers are those of English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cfanalysis.analyses.measurement_quality import measurement_quality
from cfanalysis.analyses.sector_index import sector_index
from cfanalysis.core.language import use_language
from cfanalysis.core.resources import shipped_file
from cfanalysis.reports import claim_test, outcomes, reliability, satisfaction_index
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.sample.customer_survey import write_sample_customers
from cfanalysis.study.sample.outcome_model import with_outcomes
from cfanalysis.survey.survey_data import Survey
from tests.pseudo_language import CODE, unmarked_words, use_catalogs

SCALES = "facet", "performance", "dimension", "facet in dimension"
SAID = {"owner", "ukcsi", "acsi", "january", "july", "none"}
"""What the cases say as data: the title of a field, the names of published figures; no block."""


@pytest.fixture(scope="module")
def catalogs(pseudo_catalogs: Path) -> Iterator[None]:
    """The pseudo-language, and the three that ship."""
    with use_catalogs(pseudo_catalogs):
        yield


@dataclass(frozen=True)
class Evidence:
    """What the reports are about."""

    study: Study
    outcomes: Survey
    customers: Survey

    def words(self) -> set[str]:
        """The words that the instruments and the data say."""
        said = ""
        for survey in (self.outcomes, self.customers):
            names = survey.organizations.select_dtypes(exclude="number").to_numpy().ravel()
            said += f"{vars(survey.instrument)} {survey.source} {set(map(str, names))}"
        assert self.outcomes.outcomes is not None
        said += str(set(self.outcomes.outcomes["outcome"]))
        return {word.casefold() for word in re.findall(r"[^\W\d_]{2,}", said)} | SAID


@pytest.fixture(scope="module")
def evidence(sample_study: Study, tmp_path_factory: pytest.TempPathFactory, catalogs: None) -> Evidence:
    """The sample with its outcomes, and a survey of customers."""
    folder = tmp_path_factory.mktemp("customers")
    write_sample_customers(folder / "customers.csv", organizations=12)
    instrument = shipped_file("data", "instruments", "customer_index.yaml")
    customers = prepare(folder / "customers.csv", instrument, folder / "study").survey
    return Evidence(sample_study, with_outcomes(sample_study.survey), customers)


def on_outcomes(evidence: Evidence) -> list[object]:
    """The report on outcomes."""
    found = outcomes.all_outcome_relations(evidence.outcomes, repetitions=20)
    ratings = [outcomes.rating_or_none(evidence.outcomes, "", same_scale=same) for same in (True, False)]
    pages = (outcomes.slopes_table, outcomes.dose_table, outcomes.importance_table, outcomes.partial_table)
    said: list[object] = [make(found) for make in (outcomes.outcomes_answer, *pages)]
    said += [outcomes.outcomes_answer(()), outcomes.rating_answer(None), outcomes.outcome_method((), None)]
    for rating in ratings:
        said += [
            outcomes.rating_answer(rating),
            outcomes.rating_figures(rating),
            outcomes.rating_table(rating),
        ]
        said += [outcomes.regression_table(rating), outcomes.outcome_method(found, rating)]
    return said


def on_the_index(evidence: Evidence) -> list[object]:
    """The report on the index, with a change up, a change down and none, and of one wave."""
    index = sector_index(evidence.customers)
    changes = index.changes
    rise, fall = (changes.assign(low=side, high=side, p_holm=0.01) for side in (1.0, -1.0))
    said: list[object] = [
        satisfaction_index.index_answer(replace(index, changes=each))
        for each in (changes, rise, fall, changes.iloc[:0])
    ]
    said += [satisfaction_index.index_figures(index), satisfaction_index.sector_table(index)]
    said += [satisfaction_index.formulas_table(index, index), satisfaction_index.published_table(index)]
    return [*said, satisfaction_index.organization_table(index), satisfaction_index.index_method(index)]


def on_measurement(evidence: Evidence) -> list[object]:
    """The report on measurement, of respondents and of published tables."""
    survey = evidence.study.survey
    quality = measurement_quality(survey)
    published = measurement_quality(replace(survey, raw_responses=None))
    limits, summary = reliability.measurement_limits, reliability.measurement_summary
    said: list[object] = [make(each) for make in (limits, summary) for each in (quality, published)]
    said += [reliability.measurement_figures(quality), reliability.measurement_figures(published)]
    said += [reliability.reliability_table(quality, *SCALES), reliability.agreement_table(quality, *SCALES)]
    said += [reliability.ends_table(quality), reliability.gap_table(quality)]
    return [*said, reliability.item_rest_table(quality)]


def on_the_claim(evidence: Evidence) -> list[object]:
    """What is said of a verdict, also of groups and without halvings."""
    verdict = evidence.study.verdict
    said: list[object] = []
    for each in (verdict, {**verdict, "grouped_by": "owner", "halvings": 1, "small": not verdict["small"]}):
        said += [claim_test.verdict_narrative(each), claim_test.verdict_notice(each)]
        said += [claim_test.verdict_figures(each), claim_test.verdict_method(each)]
        said.append(claim_test.verdict_table(each, source=evidence.study.survey.source))
    return said


REPORTS: tuple[Callable[[Evidence], list[object]], ...] = (
    on_outcomes, on_the_index, on_measurement, on_the_claim,
)  # fmt: skip


@pytest.mark.parametrize("report", REPORTS)
def test_every_word_of_a_research_report_is_from_the_catalogs(
    evidence: Evidence, report: Callable[[Evidence], list[object]]
) -> None:
    """In the pseudo-language no word of a block is unmarked, data and names aside."""
    with use_language(CODE):
        said = [str(block) for block in report(evidence)]
    known = evidence.words()
    found = {text[:80]: unmarked_words(text, known) for text in said}
    assert {text: words for text, words in found.items() if words} == {}


@pytest.mark.parametrize("report", REPORTS)
def test_the_numbers_of_a_research_report_are_the_same_in_every_language(
    evidence: Evidence, report: Callable[[Evidence], list[object]]
) -> None:
    """Each block has the same digits in all languages; a p value has a leading zero in some."""

    def digits() -> list[Counter[str]]:
        return [Counter(re.findall(r"[1-9]", str(block))) for block in report(evidence)]

    english = digits()
    for code in ("de", "fr", "es"):
        with use_language(code):
            assert digits() == english
