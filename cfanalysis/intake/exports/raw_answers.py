"""From columns to raw answers: branches make one item, choices become answers, two times become seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from cfanalysis.core.errors import IntakeError
from cfanalysis.core.language import message
from cfanalysis.intake.answers import NO_ANSWER, parse_answer
from cfanalysis.intake.columns import SUBMITTED
from cfanalysis.intake.decimals import decimal_sign
from cfanalysis.intake.exports.distinct_texts import distinct_texts, map_texts, rows_where, text_categories
from cfanalysis.intake.exports.durations import seconds_between
from cfanalysis.intake.exports.events import event_waves, fill_within_record
from cfanalysis.intake.exports.export_layout import Layout
from cfanalysis.intake.exports.multiple_choice import (
    ItemWithoutColumn,
    answers_without_column,
    are_choices,
    chosen_code,
    set_answers,
)
from cfanalysis.intake.exports.reading_plan import ReadingPlan
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.intake.reader import RawAnswers, RowMark
from cfanalysis.intake.reading_options import TEST_ROWS, ReadingOptions
from cfanalysis.survey.instrument import Instrument, Scale


class Origin(NamedTuple):
    """Where columns come from: reader, file, the place for messages, what was detected, more notes, what is wrong."""

    reader: str
    file: str
    where: str
    detected: tuple[str, ...]
    notes: tuple[str, ...] = ()
    problems: tuple[Finding, ...] = ()


@dataclass
class _Answers:
    """The columns while they become answers."""

    texts: Mapping[int, pd.Series]
    layout: Layout
    plan: ReadingPlan
    instrument: Instrument
    where: str
    columns: dict[str, pd.Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def of_use(self, use: str) -> list[pd.Series]:
        """Return the columns that the tool uses so."""
        columns = enumerate(self.layout.columns)
        return [self.texts[i] for i, column in columns if column.use == use and i in self.texts]

    def take(self) -> None:
        """Take the matched columns: choices as chosen or not, the tool's own words put right, branches as one."""
        names, layout = self.plan.matched.names, self.layout
        scales = {item.id: self.instrument.scale_of(item.id) for item in self.instrument.rated_items}
        taken: dict[int, pd.Series] = {}
        for place, name in names.items():
            scale = scales.get(name)
            words = {code: "" for code in layout.unanswered if _means_nothing(code, scale)}
            words |= {**layout.columns[place].words, **self.plan.labels.get(place, {})}
            column = self.texts[place]
            for mark, sign in layout.escapes.items():
                column = map_texts(column, lambda t, m=mark, s=sign: t.replace(m, s))  # type: ignore[misc]
            if words:
                column = map_texts(column, lambda t, w=words: w.get(comparable_text(t), t))  # type: ignore[misc]
            taken[place] = column
        for one in self.plan.sets:
            found = set_answers(one, {**self.texts, **taken}, names, layout, scales)
            if found:
                taken |= found
                question = layout.columns[one.places[0]].question or one.question.removeprefix("stem ")
                self.notes.append(f"{question[:80]!r}: {len(found)} choices read as chosen or not chosen")
        for place, name in sorted(names.items()):
            column = taken[place]
            self.columns[name] = (
                column if name not in self.columns else self.branch(name, self.columns[name], column)
            )

    def branch(self, name: str, first: pd.Series, second: pd.Series) -> pd.Series:
        """Return two columns of one item as one, each filled where the other is empty."""
        one, other = (c.astype("str").to_numpy(dtype=object) for c in (first, second))
        clash = (one != "") & (other != "") & (one != other)
        if clash.any():
            place = int(clash.argmax())
            raise IntakeError(
                f"Two columns that the column map assigns to {name!r} have different answers.",
                where=f"{self.where}, row {first.index[place]}",
                value=f"{one[place][:60]!r} and {other[place][:60]!r}; {int(clash.sum()):,} rows in all",
                allowed="branches: in each row at most one of the columns is filled",
                next_step="Set one of them to ignore in the column map.",
            )
        return text_categories(np.where(one != "", one, other), first.index)

    def choose(self) -> None:
        """Make answers of choices that have no column of their own."""
        scales = {item.id: self.instrument.scale_of(item.id) for item in self.instrument.rated_items}
        questions: dict[tuple[int, ...], list[ItemWithoutColumn]] = {}
        for absent in self.plan.absent:
            questions.setdefault(absent.columns, []).append(absent)
        for places, same in questions.items():
            fits = same[0].joined or are_choices(places, self.texts, scales[same[0].item], self.layout)
            found = answers_without_column(same, self.texts, scales, self.layout) if fits else {}
            needed = [one.item for one in same if not self.instrument.item(one.item).optional]
            if not found and needed:
                column = self.layout.columns[places[0]]
                raise IntakeError(
                    f"Items have no column: {', '.join(needed)}.",
                    where=self.where,
                    value=f"the question {(column.question or column.names[0])[:100]!r}, which takes a single answer",
                    allowed="a column for each item, or a question of which several answers may be chosen",
                    next_step="Export all columns, or make the items optional in the instrument.",
                )
            self.columns |= found
            how = "looked for in the cells of their question" if same[0].joined else "that nobody chose"
            self.notes += [f"choices {how}: {', '.join(found)}"] if found else []

    def one_sided(self) -> Iterator[str]:
        """Yield notes on items with two answers that are all yes, or have no answer at all."""
        for item in self.instrument.rated_items:
            scale = self.instrument.scale_of(item.id)
            if len(scale.categories) == 2 and item.id in self.columns:
                codes = {
                    parse_answer(t.strip(), scale).code for t in distinct_texts(self.columns[item.id])
                } - {NO_ANSWER}
                if codes == {chosen_code(scale)}:
                    yield f"{item.id}: 100 % yes; if a blank means no, write it into the file"
                elif not codes:
                    yield f"{item.id}: no answers"

    def time(self) -> None:
        """Make seconds of start and end, and take the end for the submission, where the file lacks them."""
        start, end = self.of_use("start"), self.of_use("end") or self.of_use("submitted")
        if SUBMITTED not in self.columns and end:
            self.columns[SUBMITTED] = end[0]
        if "seconds" not in self.columns and start and end:
            self.columns["seconds"] = seconds_between(*(c.astype("str") for c in (start[0], end[0])))
            self.notes.append("seconds from start and end")

    def spread_events(self) -> None:
        """Take a longitudinal project's events for waves, and facts that were asked at one event for the record's."""
        events, instances = self.of_use("event"), self.of_use("instance")
        if not events and not instances:
            return
        waves = event_waves(events[0], self.instrument.waves) if events else None
        if waves is not None and "wave" not in self.columns:
            self.columns["wave"] = waves
            self.notes.append(f"waves are the events {', '.join(sorted(distinct_texts(waves))[:6])}")
        facts = {f.id for f in (*self.instrument.organization_fields, *self.instrument.respondent_fields)}
        records = self.columns.get("respondent")
        if records is None:
            return
        for name in sorted({"organization", *facts} & set(self.columns)):
            self.columns[name], n = fill_within_record(self.columns[name], records)
            self.notes += [f"{name}: {n:,} cells from another row of the same record"] if n else []
        for column in instances:
            # Who answers a form that repeats is another person each time.
            own = column.astype("str").to_numpy(dtype=object)
            joined = np.where(own != "", records.astype("str").to_numpy(dtype=object) + "/" + own, records)
            self.columns["respondent"] = text_categories(joined, records.index)
            self.notes.append("respondents are records and their repeat instances")

    def marks(self, keep: Sequence[str]) -> Iterator[RowMark]:
        """Yield the rows that the tool marks, and say how many."""
        for mark in self.layout.marks:
            columns = self.of_use(mark.use)
            if not columns or (mark.rule == "test_response" and TEST_ROWS in keep):
                continue
            hit = rows_where(columns[0], mark.test)
            for column in columns[1:]:
                hit &= rows_where(column, mark.test)
            if hit.any():
                yield RowMark(mark.rule, columns[0].index[hit])
        for place, values in self.plan.status.items():
            texts, codes = self.texts[place], frozenset(values)
            hit = rows_where(texts, lambda t, v=codes: comparable_text(t).removesuffix(".0") in v)  # type: ignore[misc]
            if hit.any():
                yield RowMark("not_counted", self.texts[place].index[hit])


def raw_answers(
    texts: Mapping[int, pd.Series],
    layout: Layout,
    plan: ReadingPlan,
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
    frame = pd.DataFrame(work.columns, index=next(iter(texts.values())).index)
    frame.index.name = "row"
    numbers = [name for name in ("seconds", *(i.id for i in instrument.rated_items)) if name in frame]
    cells = (text for name in numbers for text in distinct_texts(frame[name]))
    decimal, decimal_note = decimal_sign(cells, where=where, given=options.decimal)
    marks = tuple(work.marks(options.keep))
    rows = message("{n:,d} rows", context="stored").format(n=len(frame))
    read = ", ".join(filter(None, [*origin.detected, decimal_note, *work.notes, rows]))
    counted = [f"{_MARKED[mark.rule]} {len(mark.rows):,}" for mark in marks]
    notes = [f"{where}: {read}", *origin.notes, *plan.matched.notes(where)]
    notes += [f"{where}: rows that are marked: {', '.join(counted)}"] if counted else []
    notes += [f"{where}: {said}" for said in work.one_sided()]
    unsure = [
        h
        for h in plan.matched.ignored
        if comparable_text(h) in STATUS_NAMES and not (plan.status or layout.marks)
    ]
    notes += [f"{where}: {UNSURE}: {', '.join(unsure)}"] if unsure else []
    return RawAnswers(
        frame,
        origin.file,
        origin.reader,
        plan.matched.ignored,
        tuple(notes),
        decimal,
        (*plan.matched.problems, *origin.problems),
        options.columns,
        marks,
        titles=plan.matched.titles,
    )


STATUS_NAMES = {
    "status", "state", "tester", "test", "is test", "finished", "complete", "completed", "completion status",
    "response status", "disposition", "screened out", "screenout", "terminated", "partial", "exclude",
}  # fmt: skip
UNSURE = "not used; if it says whose answers do not count, let a map or the instrument name it as status"
_MARKED = {
    "test_response": "previews, tests or spam",
    "rejected": "rejected, screened out or over quota",
    "incomplete": "not finished",
    "not_counted": "not counted by their status",
}


def _means_nothing(code: str, scale: Scale | None) -> bool:
    """Return whether a tool's code for "not answered" is no answer of a scale; a 0 in a text is a text."""
    return code != "0" if scale is None else parse_answer(code, scale).code == NO_ANSWER
