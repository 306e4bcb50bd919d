"""Forsta Plus (Confirmit): CSV and Excel, codes as column names.

``status`` is complete, incomplete, screened, quota full or error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.intake.exports.export_layout import Tool, Use, marked


class Confirmit(Tool):
    """Layouts of Forsta Plus."""

    name = "confirmit"
    about = "a Forsta Plus (Confirmit) export (CSV or Excel)"
    uses: ClassVar[Mapping[str, Use]] = {
        "responseid": "respondent",
        "interview_start": "start",
        "interview_end": "submitted",
        "status": "status",
    }
    own = ("respid", "sid", "smtpstatus", "last_touched", "lastcomplete", "noofemailssent", "catirecstatus")
    signs = ("responseid", "respid", "status")
    marks = (
        marked("rejected", "status", "screened", "quotafull", "quota full", "error"),
        marked("incomplete", "status", "incomplete"),
    )
