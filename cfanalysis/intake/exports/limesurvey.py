"""LimeSurvey: CSV and Excel, headers as codes, as full texts or as both, answers as codes or in full.

A question of several columns is ``Q[SQ001]``; exports for other programs write ``Q_SQ001`` or ``Q.SQ001.``. Who did not
finish has no ``submitdate``. ``interviewtime`` is the duration in seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names, joined_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Tool, Use, marked
from cfanalysis.intake.folding import without_markup

_USES: dict[str, Use] = {
    "id": "respondent",
    "submitdate": "submitted",
    "startdate": "start",
    "datestamp": "end",
    "interviewtime": "seconds",
}
_OWN = {"id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr", "refurl", "token",
       "interviewtime"}  # fmt: skip
IN_WORDS = {
    "id": (
        "response id, antwort id, antwort-id, id de la réponse, id de respuesta, id risposta, antwoord id, "
        "id da resposta"
    ),
    "submitdate": (
        "date submitted, datum abgeschickt, datum der übermittlung, date de soumission, fecha de envío, data invio, "
        "data di invio, datum ingediend, data de envio"
    ),
    "lastpage": "last page, letzte seite, dernière page, última página, ultima pagina, laatste pagina",
    "startlanguage": (
        "start language, start-sprache, startsprache, langue de départ, lenguaje inicial, idioma inicial, "
        "lingua di partenza, lingua iniziale, begintaal, starttaal"
    ),
    "seed": "seed, zufallsstartwert, graine, semilla, seme",
    "startdate": (
        "date started, datum gestartet, date de lancement, date de début, fecha de inicio, data di inizio, "
        "datum gestart"
    ),
    "datestamp": "date last action, datum letzte aktivität, date de la dernière action, fecha de la última acción",
    "interviewtime": "total time, gesamtzeit, temps total, tiempo total, tempo totale, totale tijd",
    "ipaddr": "ip address, ip-adresse, adresse ip, dirección ip, indirizzo ip, ip adres",
    "refurl": "referrer url, weiterleitungs-url, url de référence, url de referencia",
    "token": "access code, zugangscode, zugangsschlüssel, code d'accès, código de acceso",
}
_CODES = {name.strip(): code for code, names in IN_WORDS.items() for name in names.split(",")}
_CODED = re.compile(r"^([A-Za-z][A-Za-z0-9_]*(?:\s?\[[^\]]*\])*)(?:\s*[.:|]\s+| - )(\S.*)$", re.DOTALL)
_BRACKETS = re.compile(r"^(.+?)\s?\[([^\[\]]*)\](?:\s?\[([^\[\]]*)\])?$", re.DOTALL)
_DOTS = re.compile(r"^([A-Za-z][A-Za-z0-9_]*)\.([A-Za-z0-9_]+)\.?(?:\.([A-Za-z0-9]+)\.?)?$")
_UNDERSCORE = re.compile(r"^([A-Za-z][A-Za-z0-9]*)_([A-Za-z0-9]+)$")
_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_.\[\] ]*$")

NOT_SHOWN = "{question_not_shown}"
ESCAPES = {"{newline}": "\n", "{cr}": "", "{tab}": " ", "{quote}": '"', "{lbrace}": "{"}
"""What a VV file writes for what a table of tabs cannot hold."""

_MARKS = (marked("incomplete", "submitted", "", "n/a", NOT_SHOWN),)


class LimeSurvey(Tool):
    """Layouts of LimeSurvey."""

    name = "limesurvey"
    about = "a LimeSurvey export (CSV or Excel; codes, full texts or both as column names)"

    marks = _MARKS

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by LimeSurvey's own columns."""
        vv = len(head.rows) > 1 and _is_own(head.rows[1]) and not _CODES.keys().isdisjoint(head.lower)
        if vv:
            return self._vv(head)
        names = head.rows[0]
        if not _is_own(names):
            # The export may put underscores for the spaces of question texts.
            names = [name.replace("_", " ") for name in names]
            if not _is_own(names):
                return None
        columns = tuple(_column(name, *_parts(name)) for name in names)
        in_words = sum(fold_text(name) in _CODES for name in names) > 1
        how = "full question texts" if in_words else "codes"
        return self.laid_out(columns, 1, f"LimeSurvey export, column names are {how}")

    def _vv(self, head: Head) -> Layout:
        """Return the layout of a file for the tool's own import: full texts above, codes below, no quotation marks."""
        pairs = zip(head.rows[1], head.headers, strict=True)
        columns = [
            column
            if column.use
            else replace(column, texts=distinct_names(text, *_column(text, *_parts(text)).texts))
            for column, text in ((_column(code, *_parts(code)), text) for code, text in pairs)
        ]
        layout = self.laid_out(columns, 2, "LimeSurvey VV export, 2 header rows")
        return replace(layout, unanswered=frozenset({NOT_SHOWN}), escapes=ESCAPES)


def _is_own(names: Sequence[str]) -> bool:
    """Return whether LimeSurvey's own columns are among the names."""
    own = {code for code, _ in map(_parts, names) if code in _OWN}
    return "id" in own and len(own & {"id", "submitdate", "lastpage", "startlanguage", "seed"}) > 2


def _parts(cell: str) -> tuple[str, str]:
    """Return the code and the text of a header, either perhaps empty."""
    name = without_markup(cell)
    lower = fold_text(name)
    if lower in _OWN:
        return lower, ""
    if lower in _CODES:
        return _CODES[lower], name
    both = _CODED.match(name)
    if both:
        code = both.group(1)
        return (fold_text(code) if fold_text(code) in _OWN else code), both.group(2).strip()
    return (name, "") if _CODE.match(name) and (" " not in name or "[" in name) else ("", name)


def _column(cell: str, code: str, text: str) -> ExportColumn:
    if code in _OWN:
        return ExportColumn(distinct_names(code, text), use=_USES.get(code))
    codes, question, choice = _code_names(code)
    texts: tuple[str, ...] = distinct_names(text, without_markup(cell) if not code or text else "")
    parts: tuple[str, ...] = ()
    grid = _BRACKETS.match(text)
    if grid:
        asked, row = grid.group(1).strip(), grid.group(2).strip()
        texts = distinct_names(*texts, *(() if grid.group(3) else joined_names(asked, row)))
        # Of a grid of two dimensions the row alone names several columns.
        parts = () if grid.group(3) else (row,)
        question, choice = question or asked, row
    return ExportColumn(codes, texts, parts, question=question, choice=choice)


def _code_names(code: str) -> tuple[tuple[str, ...], str, str]:
    """Return the ways in which a code is written, the question's code and the subquestion's.

    Examples
    --------
    >>> _code_names("Q1.SQ001.")
    (('Q1.SQ001.', 'Q1[SQ001]', 'Q1_SQ001', 'Q1.SQ001', 'Q1 [SQ001]'), 'Q1', 'SQ001')
    """
    match = _BRACKETS.match(code) or _DOTS.match(code) or _UNDERSCORE.match(code)
    if not match:
        return distinct_names(code), "", ""
    question, row, scale = (*(text or "" for text in match.groups()), "")[:3]
    more, under, dots = (f"[{scale}]", f"_{scale}", f".{scale}.") if scale else ("", "", "")
    ways = (
        f"{question}[{row}]{more}",
        f"{question}_{row}{under}",
        f"{question}.{row}.{dots}",
        f"{question}.{row}{dots}",
        f"{question} [{row}]{more and ' ' + more}",
    )
    return distinct_names(code, *ways), question, row
