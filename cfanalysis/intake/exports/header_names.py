"""Which of its names each column of an export is matched by: code, export id, question text, or a part of it.

The outcome is one header for each column, which `cfanalysis.intake.columns` then matches as it matches the headers of
any table. Names are compared exactly after normalization (`comparable_text`); what only resembles an item is
proposed there and never taken. A stronger name wins: a column that is an item by its code keeps another column from
being it by its text. A column that is one item by its code and another by its text is a contradiction, and an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cfanalysis.intake.columns import RESERVED, SUBMITTED, Decided, by_header, header_meanings
from cfanalysis.intake.exports.export_layout import ExportColumn
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.personal_data import personal_kind
from cfanalysis.intake.reading_options import IGNORE, ReadingOptions
from cfanalysis.survey.instrument import Instrument

_CUT = 30
"""Characters from which a text may be one that was cut."""


class HeaderNames(NamedTuple):
    """A header for each column, and columns whose names contradict each other."""

    headers: list[str]
    problems: tuple[Finding, ...]


class _Claim(NamedTuple):
    """What a column is by one of its names: strength (0 the strongest), the header, what it means, and the name."""

    strength: int
    header: str
    canonical: str
    name: str = ""


def header_names(
    columns: Sequence[ExportColumn], instrument: Instrument, options: ReadingOptions
) -> HeaderNames:
    """Return by which name each column is matched.

    Parameters
    ----------
    columns
        The columns of an export.
    instrument
        What the survey asks.
    options
        What was decided by hand goes first.
    """
    names = _Names(instrument, options.columns)
    claims = [names.claim(column, place) for place, column in enumerate(columns)]
    problems = [*_contradictions(columns, claims, names), *_cut_texts(columns, claims, instrument)]
    claims = _with_uses(_strongest(claims), columns)
    shown = Counter(
        comparable_text(text) for column in columns for text in {*column.texts[:1], *column.parts[:1]}
    )
    headers = [
        _listed_name(column, shown) if claim is None else claim.header
        for column, claim in zip(columns, claims, strict=True)
    ]
    return HeaderNames(headers, tuple(problems))


class _Names:
    """What texts mean to the instrument and by the user's decision."""

    def __init__(self, instrument: Instrument, decided: Decided) -> None:
        self.decided = by_header(decided)
        self.places = {key - 1: name for key, name in decided.items() if isinstance(key, int)}
        self.known = header_meanings(instrument)
        self.items = {item.id for item in instrument.items}

    def meaning(self, name: str) -> tuple[str, str] | None:
        """Return the header by which a name is known, and what it means."""
        canonical = self.known.get(comparable_text(name))
        return None if canonical is None else (name, canonical)

    def claim(self, column: ExportColumn, place: int) -> _Claim | None:
        """Return what a column is by decision, else by its strongest name."""
        if place in self.places:
            return _Claim(-1, next(iter(column.names), ""), self.places[place])
        for name in column.names:
            if comparable_text(name) in self.decided:
                return _Claim(-1, name, self.decided[comparable_text(name)])
        return next(self.claims(column), None)

    def claims(self, column: ExportColumn) -> Iterator[_Claim]:
        """Yield what a column is by each of its names, the strongest first."""
        for strength, names in enumerate((column.codes, column.texts, column.parts)):
            for name in names:
                meaning = self.meaning(name)
                if meaning and (strength < 2 or meaning[1] in self.items):
                    yield _Claim(strength, *meaning, name)


def _cut_texts(
    columns: Sequence[ExportColumn], claims: Sequence[_Claim | None], instrument: Instrument
) -> Iterator[Finding]:
    """Yield columns whose text is the beginning of an item's: programs cut labels at 40, 80 or 256 characters.

    Where several items begin so, the columns are proposed to be them in their order.
    """
    found = {claim.canonical for claim in claims if claim is not None}
    lacking = {i.id: comparable_text(i.text) for i in instrument.rated_items if i.id not in found}
    for column, claim in zip(columns, claims, strict=True):
        if claim is not None or column.use is not None or not lacking:
            continue
        for text in (text for text in map(comparable_text, column.texts) if len(text) >= _CUT):
            begun = [item for item, whole in lacking.items() if whole.startswith(text) and whole != text]
            if begun:
                name = column.names[0][:200]
                problem = (
                    f"column {name!r}: its text ({text[:40]} …) is cut; so begin {', '.join(begun[:6])} "
                    f"(proposal: {begun[0]})"
                )
                yield Finding("resembles", problem, name, proposal=begun[0])
                del lacking[begun[0]]
                break


def _contradictions(
    columns: Sequence[ExportColumn], claims: Sequence[_Claim | None], names: _Names
) -> list[Finding]:
    """Return columns that are one item by their code and another by what was asked.

    The rows of two grids may have the same text: where another column is that other item by code and by text, this one
    only resembles it.
    """
    asked = [[c for c in names.claims(column) if c.strength > 0] for column in columns]
    agreed = {
        claim.canonical
        for claim, others in zip(claims, asked, strict=True)
        if claim is not None and claim.strength == 0 and any(c.canonical == claim.canonical for c in others)
    }
    problems = []
    for column, claim, others in zip(columns, claims, asked, strict=True):
        if claim is None or claim.strength != 0 or column.use is not None:
            continue
        meant = {c.canonical: c for c in others}
        if not meant or claim.canonical in meant or set(meant) & agreed:
            continue
        other = next(iter(meant.values()))
        text = (
            f"column {claim.header!r} is {claim.canonical!r} by its code and {other.canonical!r} by its text "
            f"({other.name[:80]!r})"
        )
        problems.append(Finding("contradicts", text, claim.header, proposal=other.canonical))
    return problems


def _strongest(claims: Sequence[_Claim | None]) -> list[_Claim | None]:
    """Return the claims without those that a stronger claim to the same item beats."""
    best: dict[str, int] = {}
    for claim in claims:
        if claim is not None and claim.canonical != IGNORE:
            best[claim.canonical] = min(claim.strength, best.get(claim.canonical, claim.strength))
    return [c if c is None or c.strength <= best.get(c.canonical, c.strength) else None for c in claims]


def _with_uses(claims: Sequence[_Claim | None], columns: Sequence[ExportColumn]) -> list[_Claim | None]:
    """Return the claims with the tool's own respondent and duration, where no column is named for them."""
    filled = list(claims)
    taken = {claim.canonical for claim in filled if claim is not None}
    for name in (*RESERVED, SUBMITTED):
        if name in taken:
            continue
        place = next((i for i, c in enumerate(columns) if c.use == name and filled[i] is None), None)
        if place is not None:
            filled[place] = _Claim(0, name, name)
    return filled


def _listed_name(column: ExportColumn, texts: Counter[str]) -> str:
    """Return the name under which an unknown column is listed: its question, if no other column has the same."""
    if len(column.names) < 2:
        return next(iter(column.names), "")
    personal = next((name for name in column.names if personal_kind(name)), "")
    if personal:
        return personal
    choices = () if column.use else (*column.parts[:1], *column.texts[:1])
    telling = (text for text in choices if texts[comparable_text(text)] == 1)
    return next(telling, next(iter((*column.codes, *column.texts)), ""))
