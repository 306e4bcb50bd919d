"""Unipark, EFS Survey (Tivian): CSV and Excel, one column for each variable ``v_1``, ``v_2``, ...

``dispcode`` is the state of the interview: 31 and 32 are complete, 20 to 23 broken off, what follows 32 is rejected,
screened out or over quota. -77, -66 and -99 stand where nothing was answered or asked, 0 where a single choice was left
out; of several choices 0 is "not chosen".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.intake.exports.export_layout import Mark, Tool, Use


def _code(text: str) -> int:
    """Return a disposition code, that of a complete interview where the text is none."""
    digits = text.strip().removesuffix(".0")
    return int(digits) if digits.isdecimal() and len(digits) < 4 else 31


class Unipark(Tool):
    """Layouts of Unipark."""

    name = "unipark"
    about = "a Unipark (EFS Survey) export (CSV or Excel)"
    uses: ClassVar[Mapping[str, Use]] = {
        "lfdn": "respondent",
        "duration": "seconds",
        "datetime": "start",
        "date_of_last_access": "submitted",
        "tester": "status",
        "dispcode": "finished",
    }
    own = (
        "external_lfdn", "lastpage", "quality", "participant_browser", "participant_os", "rts_quota", "quota",
        "quota_assignment", "quota_rejected_id", "page_history", "hflip", "vflip", "output_mode", "javascript", "flash",
        "session_id", "language", "cleaned", "ats", "date_of_first_mail",
    )  # fmt: skip
    signs = ("lfdn", "dispcode")
    marks = (
        Mark("test_response", "status", lambda text: text.strip().removesuffix(".0") not in {"", "0", "-77"}),
        Mark("rejected", "finished", lambda text: _code(text) > 32),
        Mark("incomplete", "finished", lambda text: _code(text) < 31),
    )
    unanswered = ("0", "-77", "-66", "-99")
