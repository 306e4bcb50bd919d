"""Exports of survey tools: one tool, one file, all read in one way.

Each module knows how one tool lays out its tables (`export_layout.Layout`) and nothing else. `reading.Export` reads
all of them, as text or as a workbook; `statistics_files` reads what statistics programs write. A new tool is one new
module and one line in `EXPORTS`. What is detected, what is left out and how to export from each tool:
``docs/exports.md``.
"""

from __future__ import annotations

from cfanalysis.intake.exports.alchemer import Alchemer
from cfanalysis.intake.exports.answer_rows import AnswerRows
from cfanalysis.intake.exports.export_layout import Tool
from cfanalysis.intake.exports.export_reader import ExportReader
from cfanalysis.intake.exports.google_forms import GoogleForms
from cfanalysis.intake.exports.microsoft_forms import MicrosoftForms
from cfanalysis.intake.exports.statistics_files import _TOOLS as STATISTICS
from cfanalysis.intake.exports.statistics_files import SPSS, STATA
from cfanalysis.intake.exports.surveymonkey import SurveyMonkey
from cfanalysis.intake.exports.typeform import Typeform
from cfanalysis.intake.reader import Reader

_TOOLS: tuple[Tool, ...] = (
    *STATISTICS,
    GoogleForms(),
    SurveyMonkey(),
    MicrosoftForms(),
    Typeform(),
    Alchemer(),
)

__all__ = ["EXPORTS", "ExportReader"]

EXPORTS: tuple[Reader, ...] = (SPSS, STATA, *map(ExportReader, _TOOLS), AnswerRows())
"""Readers of statistics programs and survey tools, the most certainly recognized first."""
