"""From the table of an export to raw answers: one way for all dialects.

1. The dialect says how the table is laid out (`Layout`).
2. Columns are matched to items by their names (`naming`, then `cfanalysis.intake.columns`); personal ones stay out.
3. The columns that are wanted are read, and no other.
4. Rows that the tool marks are noted, choices become answers, two moments become seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cfanalysis.core.errors import CfAnalysisError, IntakeError
from cfanalysis.intake.columns import SUBMITTED, Matched, known_names, match_columns
from cfanalysis.intake.exports.choices import (
    Absent,
    absent_answers,
    absent_items,
    are_choices,
    choices_without_column,
    chosen,
    chosen_sets,
)
from cfanalysis.intake.exports.durations import seconds_between
from cfanalysis.intake.exports.events import event_waves, filled_within
from cfanalysis.intake.exports.layout import Column, Layout, LayoutReader
from cfanalysis.intake.exports.naming import named_columns
from cfanalysis.intake.exports.tables import ExportTable, tables
from cfanalysis.intake.exports.texts import changed_texts, distinct_texts, rows_where
from cfanalysis.intake.folding import plain
from cfanalysis.intake.numbers import answers_decimal
from cfanalysis.intake.options import DETECTED, TESTS, ReadingOptions
from cfanalysis.intake.personal import personal_kind
from cfanalysis.intake.reader import RawAnswers, RowMark
from cfanalysis.survey.instrument import Instrument


class Export:
    """A dialect whose exports are text or workbooks.

    Parameters
    ----------
    reader
        What knows the tool's layouts.
    """

    def __init__(self, reader: LayoutReader) -> None:
        self._reader = reader
        self.name = reader.name
        self.about = reader.about

    def recognizes(self, path: Path, instrument: Instrument) -> bool:
        """Return whether the first rows are laid out as this tool does."""
        try:
            return self._laid_out(path, instrument, DETECTED, look=True) is not None
        except CfAnalysisError:
            return False

    def headers(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> list[str]:
        """Return the names by which columns are matched, or under which they are listed."""
        _, layout = self._found(path, instrument, options)
        return listed_headers(layout.columns, instrument, options)

    def read(self, path: Path, instrument: Instrument, options: ReadingOptions = DETECTED) -> RawAnswers:
        """Read the columns that are wanted; see `read` in the package."""
        table, layout = self._found(path, instrument, options)
        plan = planned(layout.columns, instrument, options, where=table.where)
        sources = {place: str(place) for place in plan.places(layout)}
        frame = table.frame(layout.depth, len(layout.columns), sources)
        if frame.empty:
            raise IntakeError("The export has column names and no answers.", where=table.where)
        texts = {place: frame[name] for place, name in sources.items()}
        origin = Origin(self.name, path.name, table.where, (layout.said, *table.said), tuple(table.notes))
        return answers(texts, layout, plan, instrument, options, origin)

    def _found(
        self, path: Path, instrument: Instrument, options: ReadingOptions
    ) -> tuple[ExportTable, Layout]:
        found = self._laid_out(path, instrument, options)
        if found is None:
            raise IntakeError(
                f"This does not look like {self.about}.",
                where=path.name,
                next_step="Leave --dialect out to let the file be recognized, or export it again.",
            )
        return found

    def _laid_out(
        self, path: Path, instrument: Instrument, options: ReadingOptions, *, look: bool = False
    ) -> tuple[ExportTable, Layout] | None:
        known = known_names(instrument, options.columns)
        for table in tables(path, instrument, options, look=look):
            layout = self._reader.layout(table.rows, known)
            if layout is not None:
                return table, layout
        return None


def listed_headers(columns: Sequence[Column], instrument: Instrument, options: ReadingOptions) -> list[str]:
    """Return the headers about which there is something to decide: not those that only the tool has a use for."""
    headers = named_columns(columns, instrument, options).headers
    matched = meant_columns(headers, instrument, options)
    settled = {place for place, column in enumerate(columns) if column.use is not None}
    settled |= {p for absent in absent_items(columns, matched, instrument) for p in absent.columns}
    return [h for place, h in enumerate(headers) if place in matched or place not in settled]


class Origin(NamedTuple):
    """Where columns come from: the dialect, the file, the place for messages, what was detected, and more notes."""

    dialect: str
    file: str
    where: str
    said: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Plan(NamedTuple):
    """What is to be read: the columns that are items or fields, and items that are choices without a column."""

    matched: Matched
    absent: list[Absent]
    sets: list[tuple[list[int], list[int]]]

    def places(self, layout: Layout) -> list[int]:
        """Return the columns that have to be read."""
        uses = {mark.use for mark in layout.marks} | {"start", "end", "event"}
        wanted = set(self.matched.names)
        wanted |= {i for i, column in enumerate(layout.columns) if column.use in uses}
        wanted |= {place for _, places in self.sets for place in places}
        wanted |= {place for absent in self.absent for place in absent.columns}
        return sorted(wanted)


def planned(
    columns: Sequence[Column], instrument: Instrument, options: ReadingOptions, *, where: str
) -> Plan:
    """Return what is to be read of the columns of an export.

    Raises
    ------
    IntakeError
        The columns do not fit the instrument; all problems in one message.
    """
    named = named_columns(columns, instrument, options)
    first = meant_columns(named.headers, instrument, options)
    absent = absent_items(columns, first, instrument)
    personal = {
        place: column.names[0]
        for place, column in enumerate(columns)
        if any(personal_kind(name) for name in column.names)
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
    matched = matched._replace(names=real, ignored=tuple(h for h in matched.ignored if h not in used))
    return Plan(matched, [a for a in absent if a.item in kept], chosen_sets(columns, real, instrument))


def meant_columns(headers: Sequence[str], instrument: Instrument, options: ReadingOptions) -> dict[int, str]:
    """Return which columns mean something, whatever is wrong with the rest."""
    known = known_names(instrument, options.columns)
    return {place: known[plain(h)] for place, h in enumerate(headers) if plain(h) in known}


@dataclass
class _Answers:
    """The columns while they become answers."""

    texts: Mapping[int, pd.Series]
    layout: Layout
    plan: Plan
    instrument: Instrument
    where: str
    made: dict[str, pd.Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def of_use(self, use: str) -> list[pd.Series]:
        """Return the columns that the tool uses so."""
        columns = enumerate(self.layout.columns)
        return [self.texts[i] for i, column in columns if column.use == use and i in self.texts]

    def take(self) -> None:
        """Take the matched columns, with the tool's own words for chosen and not chosen put right."""
        cells = self.layout.cells
        for place, name in sorted(self.plan.matched.names.items()):
            column = self.texts[place]
            if cells and self.layout.columns[place].question:
                column = changed_texts(column, lambda t: cells.get(plain(t), t))
            self.made[name] = column

    def choose(self) -> None:
        """Make answers of choices."""
        names = self.plan.matched.names
        for mine, places in self.plan.sets:
            if are_choices(self.texts, self.layout.columns, places):
                for place in mine:
                    scale = self.instrument.scale_of(names[place])
                    self.made[names[place]] = chosen(self.texts, places, scale, place)
                question = self.layout.columns[places[0]].question
                self.notes.append(f"{question[:80]!r}: {len(mine)} choices read as chosen or not chosen")
        for absent in choices_without_column(
            self.plan.absent, self.texts, self.layout, self.instrument, where=self.where
        ):
            scale = self.instrument.scale_of(absent.item)
            self.made[absent.item] = absent_answers(absent, self.texts, scale, self.layout.joiners)
            how = (
                "is looked for in the cells of its question"
                if absent.joined
                else "has no column: nobody chose it"
            )
            self.notes.append(f"the choice {absent.choice!r} ({absent.item}) {how}")

    def time(self) -> None:
        """Make seconds of start and end, and take the end for the submission, where the file lacks them."""
        start, end = self.of_use("start"), self.of_use("end")
        if SUBMITTED not in self.made and end:
            self.made[SUBMITTED] = end[0]
        if "seconds" not in self.made and start and end:
            self.made["seconds"] = seconds_between(start[0], end[0])
            self.notes.append("seconds from start and end")

    def spread_events(self) -> None:
        """Take a longitudinal project's events for waves, and facts that were asked at one event for the record's."""
        events = self.of_use("event")
        if not events:
            return
        waves = event_waves(events[0], self.instrument.waves)
        if waves is not None and "wave" not in self.made:
            self.made["wave"] = waves
            self.notes.append(f"waves are the events {', '.join(sorted(distinct_texts(waves))[:6])}")
        facts = {f.id for f in (*self.instrument.organization_fields, *self.instrument.respondent_fields)}
        records = self.made.get("respondent")
        if records is None:
            return
        for name in sorted({"organization", *facts} & set(self.made)):
            self.made[name], n = filled_within(self.made[name], records)
            self.notes += [f"{name}: {n:,} cells from another event of the same record"] if n else []

    def marks(self, keep: Sequence[str]) -> Iterator[RowMark]:
        """Yield the rows that the tool marks, and say how many."""
        for mark in self.layout.marks:
            columns = self.of_use(mark.use)
            if not columns or (mark.rule == "test_response" and TESTS in keep):
                continue
            hit = rows_where(columns[0], mark.test)
            for column in columns[1:]:
                hit &= rows_where(column, mark.test)
            if hit.any():
                yield RowMark(mark.rule, columns[0].index[hit])


def answers(
    texts: Mapping[int, pd.Series],
    layout: Layout,
    plan: Plan,
    instrument: Instrument,
    options: ReadingOptions,
    origin: Origin,
) -> RawAnswers:
    """Return the raw answers of columns that were read.

    Parameters
    ----------
    texts
        The columns by their places, in the order of the file.
    layout, plan
        What the columns are, and what is wanted of them.
    instrument, options
        As of `read` in the package.
    origin
        Where the columns come from.
    """
    where = origin.where
    work = _Answers(texts, layout, plan, instrument, where)
    work.take()
    work.choose()
    work.time()
    work.spread_events()
    frame = pd.DataFrame(work.made, index=next(iter(texts.values())).index)
    frame.index.name = "row"
    decimal, decimal_note = answers_decimal(frame, instrument, where=where, given=options.decimal)
    marks = tuple(work.marks(options.keep))
    read = ", ".join(filter(None, [*origin.said, decimal_note, *work.notes, f"{len(frame):,} rows"]))
    counted = [f"{_MARKED[mark.rule]} {len(mark.rows):,}" for mark in marks]
    notes = [f"{where}: {read}", *origin.notes, *plan.matched.notes(where)]
    notes += [f"{where}: rows that the tool marks: {', '.join(counted)}"] if counted else []
    return RawAnswers(
        frame,
        origin.file,
        origin.dialect,
        plan.matched.ignored,
        tuple(notes),
        decimal,
        plan.matched.problems,
        options.columns,
        marks,
    )


_MARKED = {
    "test_response": "previews, tests or spam",
    "rejected": "rejected in review",
    "incomplete": "not finished",
}
