"""What is to be read of a table: which columns are items and fields, which are choices, which say who counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.columns import SAMPLED_TEXTS, ColumnMatch, match_columns, recognized_columns
from cfanalysis.intake.exports.export_layout import ExportColumn, Layout
from cfanalysis.intake.exports.header_names import header_names
from cfanalysis.intake.exports.multiple_choice import (
    ChoiceSet,
    ItemWithoutColumn,
    choice_sets,
    items_without_column,
)
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.personal_data import personal_kind
from cfanalysis.intake.reading_options import IGNORE, ReadingOptions
from cfanalysis.intake.similarity import alike
from cfanalysis.survey.instrument import Instrument

_COPY = re.compile(r"(\s*\(\d+\)|\.\d+|\s+\(?copy\)?)$")
_LONG, NEARLY = 20, 0.93
"""The length in characters and the similarity from which two questions are nearly the same."""

_Decision = TypeVar("_Decision")


class ReadingPlan(NamedTuple):
    """What is to be read: the columns that are items or fields, and items that are choices without a column."""

    matched: ColumnMatch
    absent: list[ItemWithoutColumn]
    sets: list[ChoiceSet]
    status: dict[int, frozenset[str]]
    labels: dict[int, dict[str, str]]

    def places(self, layout: Layout) -> list[int]:
        """Return the columns that have to be read."""
        uses = {mark.use for mark in layout.marks} | {"start", "end", "event", "instance"}
        wanted = set(self.matched.names)
        wanted |= {i for i, column in enumerate(layout.columns) if column.use in uses}
        wanted |= {place for one in self.sets for place in one.places} | set(self.status)
        wanted |= {place for absent in self.absent for place in absent.columns}
        return sorted(wanted)


def reading_plan(
    columns: Sequence[ExportColumn], instrument: Instrument, options: ReadingOptions, *, where: str
) -> ReadingPlan:
    """Return which columns of an export are to be read, and as what.

    Parameters
    ----------
    columns
        All columns, in order.
    instrument
        What the survey asks.
    options
        The user's decisions about columns.
    where
        The file, for messages.

    Raises
    ------
    IntakeError
        The columns do not fit the instrument; all problems in one message.
    """
    for position in [key for key in options.columns if isinstance(key, int)]:
        names = columns[position - 1].names if position <= len(columns) else ()
        header = options.expected.get(position, next(iter(names), ""))
        if not names or comparable_text(header) not in {comparable_text(name) for name in names}:
            raise IntakeError(
                f"The column map expects {header!r} at position {position}, but the file has another column there.",
                where=where,
                value=next(iter(names), "no column"),
                next_step="Write a new map for this file: cfanalysis map FILE --instrument INSTRUMENT",
            )
    named = header_names(columns, instrument, options)
    first = recognized_columns(named.headers, instrument, options.columns)
    absent = items_without_column(columns, first, instrument)
    personal = {
        place: column.names[0]
        for place, column in enumerate(columns)
        if len(column.names) > 1 and any(personal_kind(name) for name in column.names)
    }
    matched = match_columns(
        [*named.headers, *(item.item for item in absent)],
        instrument,
        where=where,
        options=options,
        personal=personal,
        found=named.problems,
    )
    real = {place: name for place, name in matched.names.items() if place < len(columns)}
    kept = {name for place, name in matched.names.items() if place >= len(columns)}
    used = {header for header, column in zip(named.headers, columns, strict=True) if column.use}
    titles = {name: next(iter(columns[place].names), name) for place, name in real.items()}
    matched = matched._replace(
        names=real,
        twins=tuple(_twins(columns, real, instrument)),
        lacking=tuple(_lacking(columns, options)),
        titles=titles,
        ignored=tuple(h for h in matched.ignored if h not in used),
    )
    return ReadingPlan(
        matched,
        [a for a in absent if a.item in kept],
        choice_sets(columns, real, instrument),
        _status(columns, instrument, options),
        {place: found for place, c in enumerate(columns) if (found := _decision(options.labels, place, c))},
    )


def _twins(columns: Sequence[ExportColumn], used: Mapping[int, str], instrument: Instrument) -> Iterator[str]:
    """Yield columns that are not used and ask nearly the same as one that is, as after a copied question."""
    items = {item.id for item in instrument.rated_items}
    asked = {
        text: place
        for place, name in used.items()
        if name in items
        for text in _question_texts(columns[place])
    }
    unused = [p for p, column in enumerate(columns) if p not in used and column.use is None][:SAMPLED_TEXTS]
    for place in unused:
        for text in _question_texts(columns[place]):
            known = [(name, name) for name in asked]
            copied = comparable_text(_COPY.sub("", text))
            twin = copied if copied in asked and copied != text else ""
            near, score = (
                (twin, 1.0) if twin else alike(text, known, least=NEARLY) if len(text) >= _LONG else ("", 0.0)
            )
            if score >= NEARLY:
                other = columns[asked[near]]
                yield f"column {place + 1} ({columns[place].names[0][:60]!r}) beside {other.names[0][:60]!r}"
                break


def _lacking(columns: Sequence[ExportColumn], options: ReadingOptions) -> Iterator[str]:
    """Yield the columns, known by name or code, that somebody decided about and the file lacks."""
    there = {comparable_text(name) for column in columns for name in column.names}
    decided = (key for key, name in options.columns.items() if isinstance(key, str) and name != IGNORE)
    yield from (repr(key[:60]) for key in decided if comparable_text(key) not in there)


def _question_texts(column: ExportColumn) -> list[str]:
    return [comparable_text(text)[:300] for text in column.names]


def _status(
    columns: Sequence[ExportColumn], instrument: Instrument, options: ReadingOptions
) -> dict[int, frozenset[str]]:
    """Return the columns of status, each with the folded values whose rows do not count."""
    asked = {comparable_text(name): one.not_counted for one in instrument.status for name in one.columns}
    found: dict[int, frozenset[str]] = {}
    for place, column in enumerate(columns):
        own = next(
            (asked[comparable_text(name)] for name in column.names if comparable_text(name) in asked), ()
        )
        values = _decision(options.not_counted, place, column) or own
        if values:
            found[place] = frozenset(map(comparable_text, values))
    return found


def _decision(decisions: Mapping[str | int, _Decision], place: int, column: ExportColumn) -> _Decision | None:
    """Return what was decided by hand about a column, by its position or one of its names."""
    if place + 1 in decisions:
        return decisions[place + 1]
    names = {comparable_text(name) for name in column.names}
    return next(
        (d for key, d in decisions.items() if isinstance(key, str) and comparable_text(key) in names), None
    )
