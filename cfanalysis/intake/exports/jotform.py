"""Jotform: CSV and Excel.

The row of a grid stands behind its question: ``How far do you agree? >> We listen``. Choices stand in one cell, each on
a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.intake.exports.layout import Column, Head, Tool, Use, distinct, joined_names


class Jotform(Tool):
    """Layouts of Jotform."""

    name = "jotform"
    about = "a Jotform export (CSV or Excel; submission date and id)"
    uses: ClassVar[Mapping[str, Use]] = {"submission date": "submitted", "submission id": "respondent"}
    own = ("ip", "last update date", "flow status", "submission ip")
    signs = ("submission date", "submission id")
    needed = 2

    def column(self, header: str, head: Head) -> Column:
        """Return a column; what stands behind ``>>`` is the row of a grid."""
        question, arrow, row = (part.strip() for part in header.rpartition(">>"))
        if not arrow:
            return super().column(header, head)
        return Column(
            (), distinct(header, *joined_names(question, row)), (row,), question=question, choice=row
        )
