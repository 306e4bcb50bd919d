"""What is for clients or the public, and what is for research only and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cfanalysis.reports.common.page_blocks import study_masthead
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey


def declared_public(survey: Survey) -> Survey:
    """Return a survey whose instrument says that the figures of organizations are public."""
    return replace(survey, instrument=survey.instrument.model_copy(update={"public": True}))


@pytest.mark.parametrize(("public", "research"), [(False, True), (False, False), (True, True)])
def test_a_research_report_says_on_its_first_page_that_it_is_not_for_clients(
    sample_study: Study, public: bool, research: bool
) -> None:
    """Not where all figures are public, and not the page of charts for publication."""
    survey = declared_public(sample_study.survey) if public else sample_study.survey
    study = replace(sample_study, survey=survey)
    notice = study_masthead(study, "Title", research=research).notice
    assert ("For research, not for clients" in notice) == (research and not public)
    assert "Synthetic data" in notice
