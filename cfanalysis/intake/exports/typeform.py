"""Typeform: CSV and Excel. Each choice has a column that bears the choice alone; *Response Type* says who completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.intake.exports.export_layout import Tool, Use, marked


class Typeform(Tool):
    """Layouts of Typeform."""

    name = "typeform"
    about = "a Typeform export (CSV or Excel)"
    uses: ClassVar[Mapping[str, Use]] = {
        "#": "respondent",
        "start date (utc)": "start",
        "submit date (utc)": "submitted",
        "response type": "finished",
    }
    own = ("stage date (utc)", "network id", "tags", "ending")
    signs = ("#", "submit date (utc)")
    marks = (marked("incomplete", "finished", "partial", "started"),)
