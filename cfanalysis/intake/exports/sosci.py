"""SoSci Survey: CSV (mostly UTF-16, divided by tabs) and Excel, codes as column names, perhaps a row of labels below.

Of several choices 1 is "not chosen" and 2 "chosen" in the columns ``CH01_01``, ``CH01_02``; the question is known by
the number of choices in ``CH01``. Without that column 1 and 2 may mean anything, and are left as they are. -9 stands
where nothing was answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool, Use, marked
from cfanalysis.intake.folding import without_markup

CHOICE = {"1": "not chosen", "2": "chosen"}
_ROW = re.compile(r"^([A-Z]{2}\d{2})_\d{2}$", re.IGNORECASE)
_LABEL = re.compile(r"^(.+?): (.+)$", re.DOTALL)


class SoSci(Tool):
    """Layouts of SoSci Survey."""

    name = "sosci"
    about = "a SoSci Survey export (CSV or Excel)"
    uses: ClassVar[Mapping[str, Use]] = {
        "case": "respondent",
        "started": "start",
        "lastdata": "submitted",
        "time_sum": "seconds",
        "finished": "finished",
        "mode": "status",
        "q_viewer": "channel",
    }
    own = (
        "serial", "ref", "questnnr", "mailsent", "lastpage", "maxpage", "missing", "missrel", "time_rsi",
        "deg_time",
    )  # fmt: skip
    signs = ("case", "questnnr")
    needed = 4
    marks = (
        marked("test_response", "status", "admin", "debug", "pretest", "test"),
        marked("test_response", "channel", "1"),
        marked("incomplete", "finished", "0"),
    )
    unanswered = ("-9", "-8", "-10")

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by the tool's own columns, with a second row of labels if there is one."""
        if super().recognized(head) is None:
            return None
        below = head.rows[1] if len(head.rows) > 1 else []
        case = below[head.lower.index("case")].strip() if below else ""
        labelled = bool(case) and not case.isdecimal()
        labels = [without_markup(cell) if labelled else "" for cell in below] or [""] * len(head.headers)
        columns = [self._labelled(h, text, head) for h, text in zip(head.headers, labels, strict=True)]
        return self.laid_out(columns, 1 + labelled)

    def _labelled(self, header: str, label: str, head: Head) -> ExportColumn:
        lower = fold_text(header)
        if lower in self.uses or lower in self.own or re.fullmatch(r"time\d{3}", lower):
            return self.column(header, head)
        if f"{lower}_01" in head.lower:
            return ExportColumn((header,), use="own")  # how many choices
        row, parts = _ROW.match(header), _LABEL.match(label)
        if row is None:
            return ExportColumn((header,), distinct_names(label))
        words = CHOICE if fold_text(row.group(1)) in head.lower else {}
        choice = parts.group(2) if parts else label
        texts = distinct_names(label, *(joined_names(*parts.groups()) if parts else ()))
        return ExportColumn((header,), texts, distinct_names(choice), None, row.group(1), choice, words)
