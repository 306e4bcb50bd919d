"""Which column of a file holds which item or field.

A header names a column by the item's id, by one of its export ids (``source``), or by its text; a field or
a reserved column by its id, its export names or its title. Headers are compared without case and extra
spaces. Nothing is guessed: a header that only resembles an item is an error that proposes the nearest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from cfanalysis.core.errors import IntakeError, shorten
from cfanalysis.intake.findings import Finding, refuse_findings
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.personal_data import personal_columns_note, personal_kind
from cfanalysis.intake.reading_options import DETECT_ALL, IGNORE, PERSONAL_COLUMNS, STATUS, ReadingOptions
from cfanalysis.intake.similarity import alike
from cfanalysis.survey.instrument import Instrument

Reserved = Literal["organization", "respondent", "wave", "seconds", "origin"]
RESERVED: tuple[Reserved, ...] = ("organization", "respondent", "wave", "seconds", "origin")
SUBMITTED = "submitted"
"""The moment at which a row was sent: it decides which of several rows is the later, and is not kept."""

SUBMITTED_NAMES = ("timestamp", "submitted at", "submitted_at", SUBMITTED)
"""How that column is called in plain tables, the surest name last."""

Decided = Mapping[str | int, str]
"""What columns hold by the user's decision: header, or position counted from 1, -> name."""

ONE_ORGANIZATION = "if all answers are one organization's, name it: --organization NAME"
RESEMBLES = 0.85
_SHOWN = 20
SAMPLED_TEXTS = 500
"""Unknown headers that are compared with the items; a table of 100,000 columns is another survey's."""


class ListedColumn(NamedTuple):
    """A column that the user may decide about: name, position from 1, code; what its text means instead."""

    name: str
    position: int
    code: str = ""
    doubt: str = ""


class ColumnMatch(NamedTuple):
    """The name of each used column by position, the unknown headers, the problems, and the personal columns.

    `titles`: canonical name -> header. `twins`: unknown columns that nearly equal a column in use, in words.
    `lacking`: columns that somebody decided about and the file lacks.
    """

    names: dict[int, str]
    ignored: tuple[str, ...]
    problems: tuple[Finding, ...] = ()
    personal: tuple[str, ...] = ()
    titles: Mapping[str, str] = MappingProxyType({})
    twins: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    def notes(self, where: str) -> tuple[str, ...]:
        """Return the notes on columns that are not read: personal data, or nearly the same as another column."""
        said = [personal_columns_note(self.personal)] if self.personal else []
        told = {
            "not read, though nearly the same as another column: ": self.twins,
            "columns of the map that the file lacks: ": self.lacking,
        }
        said += [head + "; ".join(columns) for head, columns in told.items() if columns]
        return tuple(f"{where}: {text}" for text in said)


def header_meanings(instrument: Instrument, decided: Decided | None = None) -> dict[str, str]:
    """Return what each folded header means; decisions of the user override the instrument's own names.

    Parameters
    ----------
    instrument
        What the survey asks.
    decided
        What columns hold by the user's decision, by header or position (from 1).
    """
    own = {name: canonical for canonical, name in _names(instrument)}
    return {**own, **by_header(decided or {})}


def by_header(decided: Decided) -> dict[str, str]:
    """Return the decisions by folded header, without those by position."""
    return {comparable_text(key): name for key, name in decided.items() if isinstance(key, str)}


def recognized_columns(
    headers: Sequence[str], instrument: Instrument, decided: Decided | None = None
) -> dict[int, str]:
    """Return the meaning of each column that has one, by position from 0, including columns to be ignored.

    Parameters
    ----------
    headers
        The column names, in order.
    instrument
        What the survey asks.
    decided
        What columns hold by the user's decision; a decision by position (from 1) overrides one by header.
    """
    known = header_meanings(instrument, decided)
    found = {i: known[comparable_text(h)] for i, h in enumerate(headers) if comparable_text(h) in known}
    return found | {
        key - 1: name for key, name in (decided or {}).items() if isinstance(key, int) and key <= len(headers)
    }


def by_hand(place: int, header: str, decided: Decided) -> bool:
    """Return whether the user decided what a column holds.

    Parameters
    ----------
    place
        The column's position, from 0.
    header
        Its name.
    decided
        The user's decisions, by header or position (from 1).
    """
    return place + 1 in decided or comparable_text(header) in by_header(decided)


def asks_for_submission(instrument: Instrument) -> bool:
    """Return whether an item or field of the instrument has the name under which moments of submission are read."""
    fields = (*instrument.organization_fields, *instrument.respondent_fields)
    return SUBMITTED in {item.id for item in instrument.items} | {field.id for field in fields}


def match_columns(
    headers: Sequence[str],
    instrument: Instrument,
    *,
    where: str,
    options: ReadingOptions = DETECT_ALL,
    personal: Mapping[int, str] | None = None,
    found: Collection[Finding] = (),
) -> ColumnMatch:
    """Return which header holds what.

    Parameters
    ----------
    headers
        The column names of the file.
    instrument
        What the survey asks.
    where
        The place, for messages.
    options
        What columns hold by the user's decision, and whether a table that does not fit is to be read.
    personal
        Columns that say who somebody is though their header does not: place -> what it is called.
    found
        What is known to be wrong with the columns before.

    Raises
    ------
    IntakeError
        A column stands twice, a header resembles an item but is none, or a needed column is missing; all
        such problems in one message.
    """
    matched = match_headers(headers, instrument, options.columns)
    if PERSONAL_COLUMNS not in options.keep:
        matched = _without_personal(headers, matched, instrument, options.columns, personal or {})
    if not {item.id for item in instrument.items} & set(matched.names.values()):
        raise IntakeError(
            f"None of the columns is an item of the instrument {instrument.id!r}.",
            where=where,
            value=", ".join(headers[:8]) + (" …" if len(headers) > 8 else ""),
            allowed=f"columns such as organization, {', '.join(i.id for i in instrument.items[:3])}",
            next_step="Check that file and instrument belong together.",
        )
    matched = matched._replace(titles={name: headers[i] for i, name in matched.names.items()})
    problems = (*found, *column_problems(headers, matched, instrument, options))
    if options.lenient:
        twice = {p.column for p in problems if p.rule == "twice"}
        first = {name: i for i, name in reversed(matched.names.items())}
        names = {i: name for i, name in matched.names.items() if name not in twice or first[name] == i}
        return matched._replace(names=names, problems=problems)
    refuse_findings(
        problems,
        f"The columns do not fit the instrument {instrument.id!r}:",
        where=where,
        allowed="each item once, under its id, its export id or its text",
        next_step=_way_out(problems),
    )
    return matched


def _way_out(problems: Sequence[Finding]) -> str:
    """Return what to do about columns that do not fit."""
    mapped = "Rename the columns, or decide what they hold: cfanalysis map FILE --instrument INSTRUMENT"
    if any(p.rule == "twice" for p in problems):
        mapped += " (columns of which each respondent saw one, as in branches, may be the same item there)"
    if all(p.rule == "given" for p in problems):
        return "Leave out what the file says itself."
    if not any(p.rule == "missing" and p.column == "organization" for p in problems):
        return mapped
    alone = f"I{ONE_ORGANIZATION[1:]}"
    return alone if len(problems) == 1 else f"{mapped}. {alone}"


def match_headers(
    headers: Sequence[str], instrument: Instrument, decided: Decided | None = None
) -> ColumnMatch:
    """Return which header holds what, whether or not all of it fits.

    Parameters
    ----------
    headers
        The column names, in order.
    instrument
        What the survey asks.
    decided
        What columns hold by the user's decision, by header or position (from 1).
    """
    found = _one_submission(recognized_columns(headers, instrument, decided), headers)
    names = {i: name for i, name in found.items() if name not in (IGNORE, STATUS)}
    return ColumnMatch(names, tuple(h for i, h in enumerate(headers) if i not in names and h.strip()))


def _one_submission(found: dict[int, str], headers: Sequence[str]) -> dict[int, str]:
    """Return what columns hold with one moment of submission: of several the one with the surest name."""
    moments = [i for i, name in found.items() if name == SUBMITTED]
    if len(moments) < 2:
        return found
    sure = {name: rank for rank, name in enumerate(SUBMITTED_NAMES)}
    # What is none of the usual names was decided by hand.
    best = max(moments, key=lambda i: (sure.get(comparable_text(headers[i]), len(sure)), -i))
    return {i: name for i, name in found.items() if name != SUBMITTED or i == best}


def _without_personal(
    headers: Sequence[str],
    matched: ColumnMatch,
    instrument: Instrument,
    decided: Decided,
    personal: Mapping[int, str],
) -> ColumnMatch:
    """Return the columns without those with personal data, unless the instrument or the user asks for them."""
    fields = (*instrument.organization_fields, *instrument.respondent_fields)
    wanted = {"organization", "wave", "seconds", "origin", *(item.id for item in instrument.rated_items)}
    # What is chosen from a list says nothing of a person, whatever its name: the device, say.
    wanted |= {f.id for f in fields if f.options}
    places = {
        i: personal.get(i, header)
        for i, header in enumerate(headers)
        if (i in personal or personal_kind(header))
        and matched.names.get(i) not in wanted
        and not by_hand(i, header, decided)
    }
    names = {i: name for i, name in matched.names.items() if i not in places}
    ignored = tuple(
        h for i, h in enumerate(headers) if i not in matched.names and i not in places and h.strip()
    )
    return matched._replace(names=names, ignored=ignored, personal=tuple(places.values()))


def column_problems(
    headers: Sequence[str], matched: ColumnMatch, instrument: Instrument, options: ReadingOptions = DETECT_ALL
) -> Iterator[Finding]:
    """Yield the problems of columns: duplicates, redundant values, names that resemble an item, missing items.

    Parameters
    ----------
    headers
        The column names, in order.
    matched
        Which header holds what.
    instrument
        What the survey asks.
    options
        The user's decisions, and the values given for all rows.
    """
    for name, count in Counter(matched.names.values()).items():
        own = [i for i, n in matched.names.items() if n == name]
        # Branches of a survey: several columns that somebody said are one item.
        if count > 1 and not all(by_hand(i, headers[i], options.columns) for i in own):
            places = ", ".join(f"column {i + 1} ({shorten(headers[i], limit=60)!r})" for i in own[:4])
            yield Finding("twice", f"{name!r} stands in {count} columns: {places}", name)
    for place, name in matched.names.items():
        if name in options.constant_columns:
            yield redundant_value_problem(name, options.constant_columns[name], headers[place])
    settled = by_header(options.columns)
    unmatched = [h for h in matched.ignored if comparable_text(h) not in settled]
    yield from _resembling(unmatched, set(matched.names.values()), instrument)
    yield from _missing(
        {*matched.names.values(), *options.constant_columns}, instrument, unmatched[:SAMPLED_TEXTS]
    )


def redundant_value_problem(name: str, value: str, header: str = "") -> Finding:
    """Return the problem of a value given for all rows of a file that has such values itself.

    Parameters
    ----------
    name
        What was given: ``organization`` or ``wave``.
    value
        The value that was given.
    header
        The column that has such values; empty where the file has them in its events.
    """
    if not header:
        return Finding("given", f"the file gives the {name} itself, by its events; leave out --{name}", name)
    problem = (
        f"the file gives the {name} itself, in column {header!r}, so {value!r} cannot stand for every row: leave out "
        f"--{name}, or set the column to ignore in a column map"
    )
    return Finding("given", problem, header)


def _names(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Yield canonical name and folded header, the weakest claim first so that an id wins over a text."""
    if not asks_for_submission(instrument):
        yield from ((SUBMITTED, name) for name in SUBMITTED_NAMES)
    for item in instrument.items:
        yield item.id, comparable_text(item.text)
    for field in (*instrument.organization_fields, *instrument.respondent_fields):
        yield from ((field.id, comparable_text(n)) for n in (field.title, *field.source, field.id))
    for name in RESERVED:
        yield from ((name, comparable_text(n)) for n in (*instrument.columns.get(name, ()), name))
    for item in instrument.items:
        yield from ((item.id, comparable_text(n)) for n in (*item.source, item.id))


def _resembling(unmatched: Sequence[str], found: set[str], instrument: Instrument) -> Iterator[Finding]:
    # Only what was not found can be meant: q11 is no slip of q1 where q1 stands beside it.
    ids = [name for item in instrument.items if item.id not in found for name in (item.id, *item.source)]
    ids += [item.text for item in instrument.rated_items if item.id not in found and not item.optional]
    for header in unmatched[:SAMPLED_TEXTS]:
        near, score = alike(header[:200], ((name, name) for name in ids), least=RESEMBLES)
        if near:
            problem = f"unknown item {header[:200]!r} (the nearest: {near})"
            yield Finding("resembles", problem, header[:200], proposal=f"{near} ({score:.2f})")


def _missing(found: set[str], instrument: Instrument, unused: Sequence[str]) -> Iterator[Finding]:
    needed = [item.id for item in instrument.rated_items if not item.optional]
    if instrument.unit == "organization":
        needed.insert(0, "organization")
    for name in needed:
        if name not in found:
            texts = [(name, text) for canonical, text in known_texts(instrument) if canonical == name]
            score, header = max(((alike(h, texts)[1], h) for h in unused), default=(0.0, ""))
            near = f" (the nearest unused column: {header[:100]!r}, alike {score:.2f})" if score else ""
            proposal = f"{header} ({score:.2f})" if score else ""
            proposal = ONE_ORGANIZATION if name == "organization" else proposal
            yield Finding("missing", f"missing column {name!r}{near}", name, proposal=proposal)


def known_texts(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Yield every canonical name with each text under which it may be meant."""
    for item in instrument.items:
        yield from ((item.id, t) for t in (item.id, *item.source, item.text, item.short) if t)
    for field in (*instrument.organization_fields, *instrument.respondent_fields):
        yield from ((field.id, t) for t in (field.id, *field.source, field.title))
    for name in RESERVED:
        yield from ((name, t) for t in (name, *instrument.columns.get(name, ())))
