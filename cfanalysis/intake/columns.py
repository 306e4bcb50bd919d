"""Which column of a file holds which item or field.

A header names a column by the item's id, by one of its export ids (``source``), or by its text; a field or
a reserved column by its id, its export names or its title. Headers are compared without case and extra
spaces. Nothing is guessed: a header that only resembles an item is an error that proposes the nearest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from cfanalysis.errors import IntakeError, nearest
from cfanalysis.instrument import Instrument

Reserved = Literal["organization", "respondent", "wave", "seconds", "origin"]
RESERVED: tuple[Reserved, ...] = ("organization", "respondent", "wave", "seconds", "origin")
RESEMBLES = 0.85


class Matched(NamedTuple):
    """For each used header's position its canonical name, and the headers that belong to nothing."""

    names: dict[int, str]
    ignored: tuple[str, ...]


def folded(text: str) -> str:
    r"""Return text without case and extra white space, as headers and labels are compared.

    Examples
    --------
    >>> folded(" Neither Agree\n nor\u00a0Disagree ")
    'neither agree nor disagree'
    """
    return " ".join(text.split()).casefold()


def match_columns(headers: Sequence[str], instrument: Instrument, *, where: str) -> Matched:
    """Return which header holds what.

    Raises
    ------
    IntakeError
        A column stands twice, a header resembles an item but is none, or a needed column is missing; all
        such problems in one message.
    """
    known = {name: canonical for canonical, name in _names(instrument)}
    names = {i: known[folded(h)] for i, h in enumerate(headers) if folded(h) in known}
    unmatched = [h for i, h in enumerate(headers) if i not in names and h.strip()]
    problems = [
        *(f"column {c!r} stands {n} times" for c, n in Counter(names.values()).items() if n > 1),
        *_resembling(unmatched, instrument),
        *_missing(set(names.values()), instrument),
    ]
    if not {item.id for item in instrument.items} & set(names.values()):
        raise IntakeError(
            f"None of the columns is an item of the instrument {instrument.id!r}.",
            where=where,
            value=", ".join(headers[:8]) + (" …" if len(headers) > 8 else ""),
            allowed=f"columns such as organization, {', '.join(i.id for i in instrument.items[:3])}",
            next_step="Check that file and instrument belong together.",
        )
    if problems:
        shown = [*problems[:20], *([f"and {len(problems) - 20} more"] if len(problems) > 20 else [])]
        raise IntakeError(
            "\n  - ".join([f"The columns do not fit the instrument {instrument.id!r}:", *shown]),
            where=where,
            allowed="each item once, under its id, its export id or its text",
            next_step="Rename the columns, or name them in the instrument (source of the item or field).",
        )
    return Matched(names, tuple(unmatched))


def _names(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Yield canonical name and folded header, the weakest claim first so that an id wins over a text."""
    for item in instrument.items:
        yield item.id, folded(item.text)
    for field in (*instrument.organization_fields, *instrument.respondent_fields):
        yield from ((field.id, folded(n)) for n in (field.title, *field.source, field.id))
    for name in RESERVED:
        yield from ((name, folded(n)) for n in (*instrument.columns.get(name, ()), name))
    for item in instrument.items:
        yield from ((item.id, folded(n)) for n in (*item.source, item.id))


def _resembling(unmatched: Sequence[str], instrument: Instrument) -> Iterator[str]:
    ids = [name for item in instrument.items for name in (item.id, *item.source)]
    for header in unmatched:
        close = [
            name
            for name in nearest(header, ids)
            if SequenceMatcher(None, header.casefold(), name.casefold()).ratio() >= RESEMBLES
        ]
        if close:
            yield f"unknown item {header!r} (the nearest: {', '.join(close)})"


def _missing(found: set[str], instrument: Instrument) -> Iterator[str]:
    needed = [item.id for item in instrument.rated_items if not item.optional]
    if instrument.unit == "organization":
        needed.insert(0, "organization")
    yield from (f"missing column {name!r}" for name in needed if name not in found)
