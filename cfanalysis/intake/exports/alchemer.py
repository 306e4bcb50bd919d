"""Alchemer (SurveyGizmo): CSV and Excel.

A choice, or the row of a grid, stands before its question: ``Phone:Which channels do you use?``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Tool, Use, marked


class Alchemer(Tool):
    """Layouts of Alchemer."""

    name = "alchemer"
    about = "an Alchemer export (CSV or Excel)"
    uses: ClassVar[Mapping[str, Use]] = {
        "response id": "respondent",
        "time started": "start",
        "date submitted": "submitted",
        "status": "finished",
    }
    own = (
        "contact id", "legacy comments", "comments", "language", "referer", "sessionid", "user agent", "tags",
        "ip address", "longitude", "latitude", "country", "city", "state/region", "postal",
    )  # fmt: skip
    signs = ("response id", "date submitted", "status")
    needed = 5
    marks = (marked("rejected", "finished", "disqualified"), marked("incomplete", "finished", "partial"))

    def column(self, header: str, head: Head) -> ExportColumn:
        """Return a column; the part before a colon is a choice, or the row of a grid.

        Parameters
        ----------
        header
            The column's name.
        head
            The head of the table.
        """
        choice, colon, question = (part.strip() for part in header.partition(":"))
        if not (colon and choice and question) or fold_text(header) in {*self.uses, *self.own}:
            return super().column(header, head)
        names = distinct_names(header, *joined_names(question, choice))
        return ExportColumn((), names, (choice,), question=question, choice=choice)
