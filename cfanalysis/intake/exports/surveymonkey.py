"""SurveyMonkey: CSV and Excel, "all responses data", expanded columns.

Two header rows: the question stands above the first of its columns and the cells beside it are blank; below stand the
rows of a grid, the choices, or a word such as *Response*. A choice that nobody chose may have no column at all.
"""

from __future__ import annotations

import re

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool, Use
from cfanalysis.intake.folding import without_markup

_RESPONDENT = {
    "respondent id", "respondentid", "respondent_id", "befragten-id", "teilnehmer-id", "id du répondant",
    "identifiant du répondant", "id. del encuestado", "id del encuestado", "id do respondente", "id rispondente",
    "respondent-id",
}  # fmt: skip
_USES: dict[str, Use] = {
    "start date": "start",
    "startdate": "start",
    "date created": "start",
    "end date": "end",
    "enddate": "end",
    "date modified": "end",
}
_ANSWER = {
    "response", "open-ended response", "antwort", "offene antwort", "beantwortung mit freitext", "réponse",
    "réponse ouverte", "respuesta", "respuesta abierta", "resposta", "resposta aberta", "risposta", "risposta aperta",
    "antwoord", "open antwoord", "",
}  # fmt: skip
"""What stands below a question that has one column."""

_ID = re.compile(r"\d{6,}")


class SurveyMonkey(Tool):
    """Layouts of SurveyMonkey."""

    name = "surveymonkey"
    about = "a SurveyMonkey export (CSV or Excel; two header rows)"

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by the respondent's id in the first column and blanks in the first row."""
        table = head.rows
        if len(table) < 2 or not _is_header(table):
            return None
        columns: list[ExportColumn] = []
        question, first = "", 0
        for place, (upper, lower) in enumerate(zip(*table[:2], strict=True)):
            if upper.strip() or place == 0:
                question, first = without_markup(upper), place
            wide = _width(table[0], first) > 1
            columns.append(_column(question, without_markup(lower), wide=wide, first=place == 0))
        return self.laid_out(columns, 2, "SurveyMonkey export, 2 header rows")


def _is_header(table: list[list[str]]) -> bool:
    upper, lower = table[0], table[1]
    named = fold_text(upper[0]) in _RESPONDENT
    answers = any(fold_text(cell) in _ANSWER - {""} for cell in lower)
    numbered = len(table) > 2 and all(_ID.fullmatch(row[0].strip()) for row in table[2:] if row[0].strip())
    return not lower[0].strip() and (
        (named and (answers or not all(c.strip() for c in upper) or numbered))
        or (answers and numbered and len(table) > 2)
    )


def _width(row: list[str], first: int) -> int:
    """Return over how many columns a question stands."""
    last = next((i for i in range(first + 1, len(row)) if row[i].strip()), len(row))
    return last - first


def _column(question: str, row: str, *, wide: bool, first: bool) -> ExportColumn:
    if first:
        return ExportColumn((question,) if question else (), use="respondent")
    use = _USES.get(fold_text(question))
    if use is not None and not row:
        return ExportColumn((question,), use=use)
    if not wide:
        alone = fold_text(row) in _ANSWER
        return ExportColumn((), distinct_names(question, *(() if alone else joined_names(question, row))), ())
    return ExportColumn(
        (),
        joined_names(question, row) if row else (question,),
        distinct_names(row),
        question=question,
        choice=row,
    )
