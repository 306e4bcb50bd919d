"""Decipher (Forsta): CSV and Excel, codes as column names.

``status`` is 1 (terminated), 2 (over quota), 3 (qualified) or 4 (partial), or one of these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.intake.exports.export_layout import Tool, Use, marked


class Decipher(Tool):
    """Layouts of Decipher."""

    name = "decipher"
    about = "a Decipher (Forsta) export (CSV or Excel)"
    uses: ClassVar[Mapping[str, Use]] = {
        "record": "respondent",
        "start_date": "start",
        "date": "submitted",
        "qtime": "seconds",
        "status": "status",
    }
    own = (
        "uuid", "markers", "session", "ipaddress", "useragent", "url", "list", "declang", "dcua", "vlist",
        "source",
    )  # fmt: skip
    signs = ("record", "status")
    marks = (
        marked("rejected", "status", "1", "2", "terminated", "overquota", "over quota"),
        marked("incomplete", "status", "4", "partial"),
    )
    needed = 4
