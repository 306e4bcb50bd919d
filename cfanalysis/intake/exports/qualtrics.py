"""Qualtrics: CSV, TSV and Excel.

Three header rows: question codes, question texts, import ids (JSON, or with single quotes). Older exports have two, the
first of them often ``V1 ... V10``. Where somebody deleted header rows, what is left is taken. Previews, tests and spam
are known by ``Status`` or ``DistributionChannel``; who did not finish, by ``Finished``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.exports.column_names import distinct_names
from cfanalysis.intake.exports.export_layout import ExportColumn, Head, Layout, Mark, Tool, Use, marked
from cfanalysis.intake.folding import without_markup

_USES: dict[str, Use] = {
    "responseid": "respondent",
    "duration (in seconds)": "seconds",
    "duration__in_seconds_": "seconds",
    "startdate": "start",
    "enddate": "end",
    "recordeddate": "submitted",
    "status": "status",
    "finished": "finished",
    "distributionchannel": "channel",
}
META = {"startdate", "enddate", "status", "finished", "responseid", "responseset", "progress", "recordeddate"}
_TESTS = {"1", "2", "8", "9", "10", "12", "17", "40"}
"""Values of Status that mean preview, test or spam; 0 is a response, 4 imported, 16 offline."""

_IMPORT = re.compile(r"""^\s*\{\s*["']ImportId["']\s*:\s*["']([^"']*)["']""")
_CHOICE = re.compile(r"""["']choiceId["']\s*:\s*["']([^"']*)["']""")
_RESPONSE = re.compile(r"^R_[A-Za-z0-9]{8,}$")
_WORDS = re.compile(
    r"\b(preview|test|spam|aperçu|vista previa|prueba|anteprima|prova|teste|visualização)\b|vorschau|umfragetest",
    re.IGNORECASE,
)


def is_test(status: str) -> bool:
    """Return whether a status means preview, test or spam.

    Examples
    --------
    >>> [is_test(s) for s in ("0", "2", "Survey Preview", "IP Address", "Spam")]
    [False, True, True, False, True]
    """
    text = status.strip()
    return text.removesuffix(".0") in _TESTS or bool(_WORDS.search(text))


_MARKS = (
    Mark("test_response", "status", is_test),
    marked("test_response", "channel", "preview", "test"),
    marked("incomplete", "finished", "0", "false", "no", "falsch", "nein", "faux", "falso"),
)


class Qualtrics(Tool):
    """Layouts of Qualtrics."""

    name = "qualtrics"
    about = "a Qualtrics export (CSV, TSV or Excel; two or three header rows)"

    marks = _MARKS
    unanswered = ("-99",)

    def recognized(self, head: Head) -> Layout | None:
        """Return the layout, recognized by the row of import ids, legacy names, or Qualtrics' own columns."""
        table = head.rows
        ids = next((i for i, row in enumerate(table[1:4], start=1) if _is_import_row(row)), None)
        codes = table[0]
        legacy = sum(bool(re.fullmatch(r"V\d{1,2}", c.strip())) for c in codes) >= 3 and len(table) > 1
        if legacy:
            codes = [
                b if re.fullmatch(r"V\d{1,2}", a.strip()) else a for a, b in zip(*table[:2], strict=True)
            ]
        meta = {fold_text(c) for c in codes} & META
        if ids is None and (len(meta) < 3 or not meta & {"responseid"}):
            return None
        depth = _answers_begin(table, codes) if ids is None else ids + 1
        texts = table[1] if depth > 1 and ids != 1 else [""] * len(codes)
        imports = table[ids] if ids is not None else [""] * len(codes)
        columns = tuple(
            _column(code, raw, text, tag)
            for code, raw, text, tag in zip(codes, table[0], texts, imports, strict=True)
        )
        kind = "legacy Qualtrics export" if legacy or (ids is None and depth == 2) else "Qualtrics export"
        said = f"{kind}, {depth} header row{'s' if depth > 1 else ''}"
        return self.laid_out(columns, depth, said)


def _is_import_row(row: list[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return len(filled) > 1 and 2 * sum(bool(_IMPORT.match(c)) for c in filled) > len(filled)


def _answers_begin(table: list[list[str]], codes: list[str]) -> int:
    """Return the first row that has the id of a response where it belongs."""
    place = next(i for i, c in enumerate(codes) if fold_text(c) == "responseid")
    found = (i for i, row in enumerate(table[1:4], start=1) if _RESPONSE.match(row[place].strip()))
    repeats = 2 if len(table) > 1 and fold_text(table[1][place]) in {"responseid", "response id"} else 1
    return next(found, repeats)


def _column(code: str, raw: str, text: str, tag: str) -> ExportColumn:
    use = _USES.get(fold_text(code))
    if use is not None:
        return ExportColumn(distinct_names(code, raw), use=use)
    found, choice = _IMPORT.match(tag), _CHOICE.search(tag)
    own = found.group(1) if found else ""
    ids = [own, own.replace("-", "_")]
    if choice:
        ids = [f"{own}_{choice.group(1)}", f"{own}-{choice.group(1)}"]
    text = without_markup(text)
    tails = tuple(_tails(text))
    group = own if choice else text[: text.index(tails[0])].rstrip(" -") if tails else ""
    return ExportColumn(
        distinct_names(code, raw, *ids),
        distinct_names(text, text.replace(" - Selected Choice", ""), *_spaced(text)),
        distinct_names(*tails),
        question=group,
        choice=tails[0] if tails else "",
    )


def _tails(text: str) -> Iterator[str]:
    """Yield what stands after each dash: the statement of a matrix stands after the question's text."""
    for match in re.finditer(r" - |-(?=\S)", text):
        tail = text[match.end() :].strip()
        if tail:
            yield tail.removeprefix("Selected Choice - ")


def _spaced(text: str) -> Iterator[str]:
    """Yield a text with question and statement divided as newer exports do it."""
    for match in re.finditer(r"(?<=\S)-(?=\S)", text):
        yield f"{text[: match.start()]} - {text[match.end() :]}"
