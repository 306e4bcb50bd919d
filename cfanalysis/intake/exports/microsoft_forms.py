"""Microsoft Forms: Excel as the form gives it, or saved as CSV.

``ID, Start time, Completion time, Email, Name`` stand before the questions. A row of a Likert grid is a column of its
own that bears the row's text alone; where a text stands twice, Excel puts a number behind it. Choices stand in one
cell, each with a semicolon behind it. A quiz adds points and feedback to each question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from cfanalysis.intake.exports.column_names import distinct_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool, Use
from cfanalysis.intake.folding import comparable_text

_USES: dict[Use, str] = {
    "respondent": "id",
    "start": (
        "start time, startzeit, heure de début, hora de inicio, ora di inizio, begintijd, hora de início, starttid, "
        "godzina rozpoczęcia"
    ),
    "submitted": (
        "completion time, fertigstellungszeit, heure de fin, hora de finalización, ora di completamento, "
        "tijd van voltooien, hora de conclusão, slutförandetid, godzina ukończenia"
    ),
    "own": (
        "email, e-mail, name, language, last modified time, total points, quiz feedback, grade posted time, nom, "
        "nombre, nome, naam, adresse de messagerie, correo electrónico, posta elettronica, sprache, langue, idioma, "
        "lingua, taal"
    ),
}
_QUIZ = re.compile(r"^(.{3,30}?) [-–] (.+)$", re.DOTALL)


class MicrosoftForms(Tool):
    """Layouts of Microsoft Forms."""

    name = "microsoft_forms"
    about = "a Microsoft Forms export (Excel or CSV; ID, start time and completion time come first)"
    uses: ClassVar[Mapping[str, Use]] = {
        n.strip(): use for use, names in _USES.items() for n in names.split(",")
    }

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by the start and completion times in the first columns."""
        first = [self.uses.get(name) for name in head.lower[:4]]
        if not ({"start", "submitted"} <= set(first) and len(head.lower) > 4):
            return None
        return self.laid_out(self._column(place, head) for place in range(len(head.headers)))

    def _column(self, place: int, head: Head) -> ExportColumn:
        header = head.headers[place]
        others = {comparable_text(h) for h in head.headers[:place]}
        quiz = _QUIZ.match(header)
        if head.lower[place] in self.uses and (place < 8 or self.uses[head.lower[place]] == "own"):
            return self.column(header, head)
        if quiz and comparable_text(quiz.group(2)) in others:
            return ExportColumn((header,), use="own")
        base = re.sub(r"\d+$", "", header).strip()
        return ExportColumn(
            (), distinct_names(header, base if base != header and comparable_text(base) in others else "")
        )
