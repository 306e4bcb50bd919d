"""Google Forms: CSV as the form gives it, or its sheet as CSV or Excel.

The first column is the timestamp. A grid is ``Question [Row]``. Choices stand together in one cell, divided by commas
(in the sheet) or semicolons (in the form's own CSV); an address may be collected.
"""

from __future__ import annotations

import re

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool

TIMESTAMP = {
    "timestamp", "zeitstempel", "horodateur", "marca temporal", "carimbo de data/hora", "informazioni cronologiche",
    "tijdstempel", "sygnatura czasowa", "tidsstämpel", "tidsstempel", "aikaleima", "časové razítko", "časová značka",
    "időbélyeg", "marcaj de timp", "отметка времени", "позначка часу", "zaman damgası", "タイムスタンプ",
    "타임스탬프", "时间戳记", "時間戳記", "طابع زمني", "חותמת זמן", "dấu thời gian", "ประทับเวลา", "cap waktu",
    "marca de temps", "hora de submissão",
}  # fmt: skip
_GRID = re.compile(r"^(.*?)\s*\[(.+)\]\s*$", re.DOTALL)
_MOMENT = re.compile(r"\d.*\d[:.]\d{2}")
_QUIZ = {"score", "feedback", "punkte"}


class GoogleForms(Tool):
    """Layouts of Google Forms."""

    name = "google_forms"
    about = "a Google Forms export (CSV or Excel; the first column is the timestamp)"

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by timestamps in the first column."""
        if head.lower[0] not in TIMESTAMP or len(head.lower) < 2:
            return None
        moments = [row[0] for row in head.rows[1:] if row[0].strip()]
        if moments and 2 * sum(bool(_MOMENT.search(m)) for m in moments) < len(moments):
            return None
        first = ExportColumn((head.headers[0],), use="submitted")
        return self.laid_out((first, *map(_column, head.headers[1:])))


def _column(header: str) -> ExportColumn:
    grid = _GRID.match(header)
    if not grid or fold_text(grid.group(2)) in _QUIZ:
        return ExportColumn((), distinct_names(header))
    question, row = grid.group(1).strip(), grid.group(2).strip()
    names = joined_names(question, row) if question else ()
    return ExportColumn((), distinct_names(header, *names), (row,), question=question, choice=row)
