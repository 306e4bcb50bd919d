"""What is asked, page by page: the same pages for a form of a survey tool and for the offline page.

The first page asks for the organization and the facts about organization and respondent. Then comes one page for each
dimension, and for items without a dimension one page (or several) for each role, in the order of the instrument. The
name of every question is the item's or field's id, so that whatever comes back is matched by intake as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any, Literal

from cfanalysis.core.errors import ParameterError, nearest
from cfanalysis.core.language import (
    SOURCE,
    current_language,
    message,
    spoken_language,
    translated,
    use_language,
)
from cfanalysis.core.templates import sentence
from cfanalysis.survey.instrument import DataField, Instrument, Item, Role, Scale

QuestionKind = Literal["choice", "number", "line", "text"]

MAX_ON_A_PAGE = 12
"""Items without a dimension are divided into pages of at most so many; a dimension is always one page."""

MAX_CHOICES = 11
"""A scale of more categories asks for a number instead of showing each."""

DONT_KNOW_TEXT = message("Don't know")
FACTS = message("A few facts first")
PLAIN_TITLE = message("Your answers")
TITLES: dict[Role, str] = {
    "gap": message("Your organization and its customers"),
    "performance": message("How your organization is doing"),
    "level": message("What you are for your customers"),
    "warning_sign": message("How things are done here"),
    "expectation": message("Recent customer contacts"),
    "open": message("In your own words"),
}
"""Titles of pages of items without a dimension; they do not say what an answer is taken for. Where an instrument has
no gap, those who answer need not belong to the organization, and the title is `PLAIN_TITLE`."""


@dataclass(frozen=True)
class Choice:
    """An answer that can be chosen: what stands in the file, and what the respondent reads."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question.

    Parameters
    ----------
    name
        Column of the file: id of the item or field, or ``organization``.
    text
        What is asked.
    kind
        ``choice`` of one answer, whole ``number`` from `low` to `high`, ``line`` or ``text`` in own words.
    choices
        The answers of a choice, lowest first, without `unknown`.
    unknown
        The answer "don't know", where the scale has one.
    low, high
        Ends of a number.
    required
        Whether the file is useless without it.
    fact
        Whether it is about organization or respondent, and no item.
    """

    name: str
    text: str
    kind: QuestionKind
    choices: tuple[Choice, ...] = ()
    unknown: Choice | None = None
    low: int | None = None
    high: int | None = None
    required: bool = False
    fact: bool = False


@dataclass(frozen=True)
class Page:
    """Questions that are asked together; the numbers of a page with a `total` must add up to it."""

    title: str
    questions: tuple[Question, ...]
    about: str = ""
    total: int | None = None


@dataclass(frozen=True)
class Form:
    """A questionnaire.

    Parameters
    ----------
    instrument
        What the survey asks.
    wave
        The wave of all answers; "" leaves it to intake.
    organization
        The organization of all answers; "" asks for it.
    pages
        The pages.
    language
        The language of the words around the instrument's texts.
    others
        The same questionnaire in other languages.
    """

    instrument: Instrument
    wave: str
    organization: str
    pages: tuple[Page, ...]
    language: str = SOURCE
    others: tuple[Form, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(q for page in self.pages for q in page.questions)


def questionnaire_in_languages(instruments: Sequence[Instrument], language: str = "", **options: Any) -> Form:
    """Return the questionnaire of an instrument in each language in which it was read; the first one leads.

    Parameters
    ----------
    instruments
        The instrument, once for each language.
    language
        The language of the words around its texts; "" for that of the texts, or English where it has no catalog.
    **options
        As for `questionnaire`.

    Raises
    ------
    ParameterError
        As for `questionnaire`.
    """
    forms = []
    for instrument in instruments:
        with use_language(language or spoken_language(instrument.language) or SOURCE):
            forms.append(questionnaire(instrument, **options))
    return replace(forms[0], others=tuple(forms[1:]))


def questionnaire(
    instrument: Instrument,
    *,
    wave: str | None = None,
    organization: str = "",
    omit: Collection[str] = (),
    today: date | None = None,
) -> Form:
    """Return the questionnaire of an instrument.

    Parameters
    ----------
    instrument
        What the survey asks.
    wave
        The wave of the answers; None takes the instrument's last, unless it is past.
    organization
        The organization that all answers are about; "" asks the respondent.
    omit
        Ids of organization or respondent fields that are not asked, because they are known or computed.
    today
        The day by which a wave is past; None is the day of the call.

    Raises
    ------
    ParameterError
        No wave is given and the instrument's last is past; wave or organization is a text that the instrument takes
        for "no answer"; an organization is given where each respondent is a unit of its own; or a field to be omitted
        does not exist.
    """
    name = " ".join(organization.split())
    chosen = (instrument.waves[-1] if instrument.waves else "") if wave is None else " ".join(wave.split())
    if name and instrument.unit == "respondent":
        raise ParameterError(
            f"The instrument {instrument.id!r} compares respondents; it asks for no organization.", value=name
        )
    day = date.today() if today is None else today
    if wave is None and _ends(chosen) < (day.year, day.month):
        raise ParameterError(
            "The last wave of the instrument is past: which wave do these answers belong to?",
            where=f"instrument {instrument.id}",
            value=", ".join(instrument.waves),
            allowed="the name of any wave, also one of these",
            next_step=f"Name it: --wave {day.year}",
        )
    missing = {" ".join(text.split()).casefold() for text in instrument.missing} - {""}
    for what, given in (("organization", name), ("wave", chosen)):
        if given.casefold() in missing:
            raise ParameterError(
                f"The instrument takes this {what} for no answer.",
                value=given,
                allowed=f"anything but {', '.join(sorted(missing))}",
            )
    fields = {f.id: f for f in (*instrument.organization_fields, *instrument.respondent_fields)}
    for left_out in omit:
        if left_out not in fields:
            raise ParameterError(
                f"The instrument {instrument.id!r} has no such field.",
                value=left_out,
                allowed=", ".join(nearest(left_out, fields) or fields) or "none",
            )
    asked = [_field_question(f) for f in fields.values() if f.id not in omit]
    who = Question("organization", translated("Organization"), "line", required=True, fact=True)
    facts = (*([who] if instrument.unit == "organization" and not name else []), *asked)
    first = (Page(translated(FACTS), facts),) if facts else ()
    return Form(instrument, chosen, name, (*first, *_item_pages(instrument)), current_language().code)


def _ends(wave: str) -> tuple[int, int]:
    """Return the year and month in which a wave ends; a name without a year never ends.

    Examples
    --------
    >>> [_ends(wave) for wave in ("2025", "2026-Q2", "H1 2026", "2026-05", "2025/26", "spring 2025")]
    [(2025, 12), (2026, 6), (2026, 6), (2026, 5), (2026, 12), (2025, 12)]
    >>> _ends("W3") > (2999, 12)
    True
    """
    years = list(re.finditer(r"(?<!\d)(?:19|20)\d\d(?!\d)", wave))
    if not years:
        return (9999, 12)
    year, rest = int(years[-1].group()), wave[years[-1].end() :]
    if re.match(rf"\W{(year + 1) % 100:02d}\b", rest):
        return (year + 1, 12)
    if part := re.search(r"\b(?:Q([1-4])|[HS]([12]))(?!\d)", wave, re.IGNORECASE):
        return (year, 3 * int(part[1] or 0) + 6 * int(part[2] or 0))
    month = re.match(r"\W?(0[1-9]|1[0-2])\b", rest)
    return (year, int(month[1]) if month else 12)


def _field_question(field: DataField) -> Question:
    options = tuple(Choice(option, field.shown_option(option)) for option in dict.fromkeys(field.options))
    return Question(field.id, field.title, "choice" if options else "line", options, fact=True)


def _item_pages(instrument: Instrument) -> Iterator[Page]:
    """Yield the pages of items, each where its first item stands."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in instrument.items:
        key = ("dimension", item.dimension) if item.dimension is not None else ("role", item.role)
        groups.setdefault(key, []).append(item)
    dimensions = {d.id: d for d in instrument.dimensions}
    for (kind, name), items in groups.items():
        if kind == "dimension":
            dimension = dimensions[name]
            yield Page(dimension.title, _questions(items, instrument), dimension.about)
            continue
        parts = list(_parts(items))
        for number, part in enumerate(parts, start=1):
            role = part[0].role
            title = TITLES[role] if instrument.gap_items or role == "open" else PLAIN_TITLE
            title = translated(title)
            if len(parts) > 1:
                title = sentence(
                    "{title} ({number} of {parts})", title=title, number=number, parts=len(parts)
                )
            yield Page(title, _questions(part, instrument), total=_total(part, instrument))


def _parts(items: list[Item]) -> Iterator[list[Item]]:
    """Yield items in parts of nearly equal size, none above `MAX_ON_A_PAGE`; counts stay together."""
    if items[0].role == "expectation":
        yield items
        return
    size = ceil(len(items) / ceil(len(items) / MAX_ON_A_PAGE))
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _total(items: list[Item], instrument: Instrument) -> int | None:
    """Return what counts must add up to: the highest count that their common scale has."""
    if len(items) < 2 or any(item.role != "expectation" for item in items):
        return None
    scales = {(instrument.scale_of(i.id).min, instrument.scale_of(i.id).max) for i in items}
    low, high = scales.pop()
    return high if not scales and low == 0 else None


def _questions(items: list[Item], instrument: Instrument) -> tuple[Question, ...]:
    counted = _total(items, instrument) is not None
    return tuple(_question(item, instrument, counted=counted) for item in items)


def _question(item: Item, instrument: Instrument, *, counted: bool) -> Question:
    """Return an item as a question."""
    if item.scale is None:
        return Question(item.id, item.text, "text")
    scale = instrument.scale_of(item.id)
    number = counted or len(scale.categories) > MAX_CHOICES
    choices = () if number else tuple(Choice(str(c), scale.label(c)) for c in scale.categories)
    kind: QuestionKind = "number" if number else "choice"
    return Question(item.id, item.text, kind, choices, _unknown(scale), scale.min, scale.max)


def _unknown(scale: Scale) -> Choice | None:
    """Return the answer "don't know": its first code in the file, or its label where it has no code."""
    codes, labels = scale.dont_know.codes, scale.dont_know.labels
    if not codes and not labels:
        return None
    return Choice(str(codes[0]) if codes else labels[0], labels[0] if labels else translated(DONT_KNOW_TEXT))
