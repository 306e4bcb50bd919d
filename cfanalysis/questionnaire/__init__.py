"""The questionnaire of an instrument: a form for survey tools (XLSForm), or one page that needs no network.

Both ask the same questions on the same pages, and both give files whose columns are named as the instrument's items and
fields, so that answers come back through intake as any export does.
"""

from __future__ import annotations

from cfanalysis.questionnaire.form import Choice, Form, Page, Question, questionnaire
from cfanalysis.questionnaire.offline_page import questionnaire_page, write_offline_page
from cfanalysis.questionnaire.respondent_profile import PageBenchmark, page_benchmark
from cfanalysis.questionnaire.xlsform import write_xlsform, xlsform_sheets

__all__ = [
    "Choice",
    "Form",
    "Page",
    "PageBenchmark",
    "Question",
    "page_benchmark",
    "questionnaire",
    "questionnaire_page",
    "write_offline_page",
    "write_xlsform",
    "xlsform_sheets",
]
