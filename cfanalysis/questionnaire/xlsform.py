"""The questionnaire as an XLSForm, which KoboToolbox, ODK Central, SurveyCTO and others take.

An XLSForm is a workbook of three sheets (https://xlsform.org): *survey* has a row for each question, *choices* a row
for each answer of a list, *settings* the form's title, id and version. Here

- a question's name is the item's or field's id, and its label the item's text or the field's title: an export with
  names and one with labels are both matched by intake;
- a choice's name is the answer's code; a field's options have no codes, so their own words are the names, which
  xlsform.org allows where one answer is chosen;
- counts that must add up are checked at the last of them, which is required once another is given;
- the wave, an id of the respondent and, where it is known beforehand, the organization are calculated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_file
from cfanalysis.core.language import language_name, translated, use_language
from cfanalysis.core.spreadsheets import cell_text, excel_workbook
from cfanalysis.core.templates import sentence
from cfanalysis.questionnaire.form import Choice, Form, Page, Question

_Row = dict[str, str]

SURVEY = (
    *("type", "name", "label", "hint", "required", "required_message"),
    *("constraint", "constraint_message", "calculation", "appearance"),
)
_CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version", "style")
_TEXTS = ("label", "hint", "required_message", "constraint_message")
_RESERVED = {"meta"}
"""Names that forms reserve."""


def write_xlsform(form: Form, path: Path) -> Path:
    """Write a questionnaire as an XLSForm; the same questionnaire gives the same bytes.

    Parameters
    ----------
    form
        The questionnaire.
    path
        The file, ``.xlsx``.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        The place cannot be written, or a name is one that forms reserve.
    """
    sheets = xlsform_sheets(form)
    with atomic_file(path) as aside, excel_workbook(aside, title=form.instrument.title) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for (name, rows), columns in zip(sheets.items(), (SURVEY, _CHOICES, SETTINGS), strict=True):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(each for c in columns for each in _headers(c, form)):
                sheet.set_column(place, place, 60 if column.startswith("label") else 24)
                sheet.write_string(0, place, column, bold)
                for number, row in enumerate(rows, start=1):
                    if row.get(column):
                        sheet.write_string(number, place, cell_text(row[column], safe=False), wrapped)
    return path


def xlsform_sheets(form: Form) -> dict[str, list[_Row]]:
    """Return the sheets ``survey``, ``choices`` and ``settings``, each as rows of texts.

    Raises
    ------
    OutputError
        An item or field has a name that forms reserve.
    """
    taken = {question.name for question in form.questions}
    if clash := sorted({name for name in taken if name.lower() in _RESERVED}):
        raise OutputError(
            "Forms reserve this name.",
            where=f"instrument {form.instrument.id}",
            value=", ".join(clash),
            next_step="Give the item or field another id.",
        )
    forms, lists = (form, *form.others), _lists(form)
    if len(forms) == 1:
        return _sheets(form, lists, taken)
    each = [_sheets(one, lists, taken) for one in forms]
    sheets = {
        name: [_spoken(rows, forms) for rows in zip(*(one[name] for one in each), strict=True)]
        for name in ("survey", "choices")
    }
    settings = each[0]["settings"][0] | {"default_language": _language_name(form)}
    return {**sheets, "settings": [settings]}


def _sheets(form: Form, lists: dict[str, str], taken: set[str]) -> dict[str, list[_Row]]:
    """Return the sheets in one language."""
    with use_language(form.language):
        survey = list(_metadata(form, taken))
        for number, page in enumerate(form.pages, start=1):
            survey += _page(page, _free(f"page_{number}", taken), form if number == 1 else None, lists)
    first = {lists[q.name]: q for q in reversed(form.questions) if q.name in lists}
    choices = [
        {"list_name": name, "name": choice.value, "label": _label(choice.label)}
        for name in dict.fromkeys(lists.values())
        for choice in _answers(first[name])
    ]
    return {"survey": survey, "choices": choices, "settings": [_settings(form)]}


def _headers(column: str, form: Form) -> list[str]:
    """Return a column, or one for each language where it holds texts in several."""
    if column not in _TEXTS or not form.others:
        return ["default_language"] * bool(form.others) + [column] if column == "style" else [column]
    return [f"{column}::{_language_name(one)}" for one in (form, *form.others)]


def _language_name(form: Form) -> str:
    """Return a language as forms have it: its own name and its code."""
    return f"{language_name(form.instrument.language)} ({form.instrument.language})"


def _spoken(rows: tuple[_Row, ...], forms: Sequence[Form]) -> _Row:
    """Return a row of a sheet with its texts in every language."""
    spoken = {name: value for name, value in rows[0].items() if name not in _TEXTS}
    for row, form in zip(rows, forms, strict=True):
        spoken |= {f"{name}::{_language_name(form)}": row[name] for name in _TEXTS if name in row}
    return spoken


def _metadata(form: Form, taken: set[str]) -> Iterator[_Row]:
    """Yield what the form records by itself."""
    for name in ("start", "end"):
        if name not in taken:
            yield {"type": name, "name": name}
    yield {"type": "calculate", "name": "respondent", "calculation": "once(uuid())"}
    if form.wave:
        yield {"type": "calculate", "name": "wave", "calculation": _literal(form.wave)}
    if form.organization:
        yield {"type": "calculate", "name": "organization", "calculation": _literal(form.organization)}


def _page(page: Page, group: str, first: Form | None, lists: dict[str, str]) -> Iterator[_Row]:
    """Yield a page: a group that is shown as a whole, with what it is about above its questions."""
    yield {"type": "begin_group", "name": group, "label": _label(page.title), "appearance": "field-list"}
    if first is not None:
        about = " ".join(
            filter(None, [first.organization and f"{first.organization}.", first.instrument.about])
        )
        if about:
            yield {"type": "note", "name": f"{group}_about", "label": _label(about)}
    elif page.about:
        yield {"type": "note", "name": f"{group}_about", "label": _label(page.about)}
    for question in page.questions:
        yield {**_question(question, lists), **_count_check(question, page)}
    yield {"type": "end_group", "name": group}


def _question(question: Question, lists: dict[str, str]) -> _Row:
    """Return the row of a question."""
    row = {"name": question.name, "label": _label(question.text)}
    if question.required:
        row |= {"required": "yes", "required_message": translated("This is needed.")}
    if question.name == "organization":
        row["hint"] = translated("The name of the organization that you are asked about.")
    if question.kind == "choice":
        row["type"] = f"select_one {lists[question.name]}"
        if question.fact and len(_answers(question)) > 5:
            row["appearance"] = "minimal"
    elif question.kind == "number":
        row |= {"type": "integer", **_range_check(question)}
    else:
        row["type"] = "text"
        if question.kind == "text":
            row |= {"appearance": "multiline", "hint": translated("Please name no persons.")}
    return row


def _range_check(question: Question) -> _Row:
    """Return the check of a number by itself."""
    code = _code(question)
    hint, wrong = "{low:d} to {high:d}", "Please give a whole number from {low:d} to {high:d}."
    if code is not None:
        hint = "{low:d} to {high:d}; {code} if you do not know"
        wrong = "Please give a whole number from {low:d} to {high:d}; {code} if you do not know."
    ends = {"low": question.low, "high": question.high, "code": code}
    return {
        "hint": sentence(hint, ends),
        "constraint": _either(f". >= {question.low} and . <= {question.high}", code, "."),
        "constraint_message": sentence(wrong, ends),
    }


def _count_check(question: Question, page: Page) -> _Row:
    """Return the check of a count with the others of its page; it stands at the last of them."""
    if page.total is None:
        return {}
    others = [f"${{{q.name}}}" for q in page.questions if q.name != question.name]
    code = _code(question)
    counts = {"n": len(page.questions), "total": page.total, "code": code}
    sums = sentence("The {n} counts add up to {total:d}.", counts)
    unknown = "The {n} counts add up to {total:d}; {code} in each if you do not know."
    hint = sums if code is None else sentence(unknown, counts)
    row = {"hint": hint}
    if question.name != page.questions[-1].name:
        return row
    fits = [f"{name} <= {page.total}" for name in others]
    total = f". >= 0 and {' and '.join(fits)} and . + {' + '.join(others)} = {page.total}"
    nobody = None if code is None else " and ".join(f"{name} = {code}" for name in (".", *others))
    return row | {
        "required": " or ".join(f"{name} != ''" for name in others),
        "required_message": sums,
        "constraint": total if nobody is None else f"({total}) or ({nobody})",
        "constraint_message": hint,
    }


def _either(condition: str, code: str | None, name: str) -> str:
    return condition if code is None else f"({condition}) or {name} = {code}"


def _code(question: Question) -> str | None:
    """Return the number that stands for "don't know"; a label cannot be given as a number."""
    value = None if question.unknown is None else question.unknown.value
    return value if value is not None and re.fullmatch(r"-?\d+", value) else None


def _answers(question: Question) -> tuple[Choice, ...]:
    return (*question.choices, *([question.unknown] if question.unknown else []))


def _lists(form: Form) -> dict[str, str]:
    """Return the name of each question's list of answers; those with the same answers in each language share one."""
    names: dict[tuple[tuple[Choice, ...], ...], str] = {}
    lists: dict[str, str] = {}
    for spoken in zip(*(one.questions for one in (form, *form.others)), strict=True):
        if spoken[0].kind == "choice":
            answers = tuple(_answers(question) for question in spoken)
            lists[spoken[0].name] = names.setdefault(answers, f"answers_{len(names) + 1}")
    return lists


def _settings(form: Form) -> _Row:
    """Return title, id and version: a form for another wave or organization is another form."""
    words = "_".join(re.findall(r"[a-z0-9]+", form.organization.lower()))
    version = "-".join(filter(None, [form.instrument.version, form.wave]))
    return {
        "form_title": _label(form.instrument.title),
        "form_id": "_".join(filter(None, [form.instrument.id, words])),
        "version": version,
        "style": "pages",
    }


def _free(name: str, taken: set[str]) -> str:
    while name in taken or f"{name}_about" in taken:
        name += "_"
    return name


def _label(text: str) -> str:
    """Return a text in which nothing is taken for a reference to another question.

    A word joiner, which has no width, parts the dollar sign from the brace.
    """
    return text.replace("${", "$\u2060{")


def _literal(text: str) -> str:
    r"""Return a text as an expression (XPath 1.0 knows no escapes, and a form takes ``${`` for a reference).

    Examples
    --------
    >>> _literal("2025"), _literal("O'Hara")
    ("'2025'", '"O\'Hara"')
    """
    pieces = [p for p in re.split(r"(\$(?=\{)|')", text) if p]
    quoted = [f'"{p}"' if "'" in p else f"'{p}'" for p in pieces]
    if len(quoted) > 1 and '"' not in text and "${" not in text:
        return f'"{text}"'
    return quoted[0] if len(quoted) == 1 else f"concat({', '.join(quoted)})"
