"""The cleaning log: every change, flag and drop with its place and its reason.

Each rule does one *kind* of thing: it changes a cell, flags a row (which stays as it is), or drops a row. An
entry says which rule, which row of the file, whose it is, which column, what was there and what is there now. Of
a flag, before and after are the same: nothing was changed.

A rule that changes very many cells of one column (a column exported as labels, a code for "no answer" in every
second row) is not dirt but the way in which the column is written: beyond `MAX_LISTED` cells it is logged by value,
one line for each distinct value with its number of cells, so that the log of a million rows can still be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.intake.findings import Finding, refuse_findings

ChangeKind = Literal["changed", "flagged", "dropped"]


_RULES = re.findall(
    r"^(\w+) (\w+): (.+(?:\n .+)*)",
    """
changed formula_mark: an apostrophe that keeps a spreadsheet from taking a text for a formula is taken off
changed white_space: white space around a value or doubled inside it is removed, as are characters that nobody sees
changed missing_code: a text or code that means 'no answer' becomes missing
changed label: an answer's label becomes its code
changed not_an_answer: a value that is neither a code nor a label of the scale becomes missing
changed out_of_range: a code outside the scale becomes missing
changed not_an_option: a value that is none of the field's options becomes missing
changed not_a_number: a duration that is not a positive number becomes missing
changed number_as_name: the '.0' that programs put behind a name or id that is a number is taken off
changed wave_spelling: a wave is written as the instrument writes it
changed organization_spelling: spellings that differ only by case or spacing become the most frequent one
changed organization_alias: a name that the organizations file lists as an alias becomes the organization's name
dropped test_response: a row that the survey tool marks as a preview, a test or spam is dropped (--keep tests keeps
    it)
dropped rejected: a row that the survey tool marks as rejected, screened out or over quota is dropped
dropped not_counted: a row whose status is one that does not count, by the instrument or the column map, is dropped
changed suppressed: a published figure that is withheld makes the item missing for that organization and wave
changed suppressed_dont_know: a withheld number of don't knows makes the item's don't knows unknown for all
dropped blank_row: a row without any value is dropped
dropped header_row: a row that repeats the column names is dropped
dropped no_organization: a row without an organization is dropped
dropped duplicate: of several rows of one respondent and wave the latest complete one stays; of incomplete ones the
    fullest
dropped too_few_answers: a row that answers too few of the Say or of the Do items is dropped
flagged incomplete: a row that the survey tool marks as not finished is flagged
flagged straight_lining: one and the same answer to all items of a grid is flagged
flagged speeding: far less time for each answer than is usual in the survey is flagged
flagged short_answer: an open answer of a few characters is flagged
""",
    re.MULTILINE,
)
RULES = {name: " ".join(about.split()) for _, name, about in _RULES}
"""What each rule does, in one sentence."""

RULE_KINDS: dict[str, ChangeKind] = {name: cast(ChangeKind, kind) for kind, name, _ in _RULES}
"""What each rule does to a row or cell, unless a flag is dropped by option."""

FLAG_RULES = tuple(name for name, kind in RULE_KINDS.items() if kind == "flagged")
"""The rules that flag; `drop` makes them drop."""

MAX_LISTED = 10_000
_KEYS = ("organization", "respondent", "wave")
CHANGES = ["rule", "kind", "row", *_KEYS, "column", "before", "after"]
MAX_TEXT = 500
"""Longer texts are cut in the log."""


@dataclass(frozen=True)
class Proposal:
    """A near miss that was not taken: what stands there, what it may mean, and how similar the two are.

    Parameters
    ----------
    subject
        What is proposed: ``"label"`` (an answer), ``"option"`` (a field's value) or ``"organization"`` (an alias).
    column, value, proposal
        Where, what stands there, what it resembles.
    score
        Likeness, 0 to 1 (Ratcliff and Obershelp); 1 where only accents or punctuation differ.
    n
        Rows concerned.
    """

    subject: Literal["label", "option", "organization"]
    column: str
    value: str
    proposal: str
    score: float
    n: int


class LogEntry(NamedTuple):
    """What one rule did in one column: rows of the file, and for each what was there and what is there now."""

    rule: str
    kind: ChangeKind
    column: str
    rows: NDArray[np.int64]
    before: list[str]
    after: list[str]


@dataclass
class CleaningLog:
    """Every change made while cleaning.

    Parameters
    ----------
    rows_in, rows_out
        Rows before and after.
    entries
        One for each rule and column; an entry about a whole row has the column ``*``.
    lines
        Entries of published tables, where a row's number does not tell whose it is: dicts as in ``changes``.
    by_value
        Rules that changed more than `MAX_LISTED` cells of a column: ``rule, column, before, after, n``.
    keys
        ``organization, respondent, wave`` of the rows that are logged, by row.
    proposals
        Near misses that were not taken.
    unmatched
        What stands in auxiliary files and fits nothing in the study.
    ignored_columns
        Headers that belong to nothing in the instrument.
    notes
        What was detected while reading and cleaning.
    problems
        What makes the answers unreadable as a whole; no study is made of them.
    latest_day
        The day on which the last answers were sent; "" where the file does not say. It is no part of the summary.
    """

    rows_in: int = 0
    rows_out: int = 0
    entries: list[LogEntry] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    by_value: list[dict[str, Any]] = field(default_factory=list)
    keys: pd.DataFrame | None = None
    proposals: list[Proposal] = field(default_factory=list)
    unmatched: list[dict[str, str]] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: list[Finding] = field(default_factory=list)
    latest_day: str = ""

    def add(
        self,
        rule: str,
        rows: pd.Index,
        column: str,
        before: Any,
        after: Any,
        *,
        kind: ChangeKind | None = None,
    ) -> None:
        """Log what one rule did in one column.

        Parameters
        ----------
        rule
            One of `RULES`.
        rows
            Rows of the file.
        column
            The column, or ``*`` for the whole row.
        before, after
            Texts, one for each row or one for all.
        kind
            Where it is not the rule's own: a flag that drops.
        """
        if len(rows):
            texts = (
                [cells] * len(rows) if isinstance(cells, str) else list(map(str, cells))
                for cells in (before, after)
            )
            places = np.asarray(rows, dtype="int64")
            self.entries.append(LogEntry(rule, kind or RULE_KINDS[rule], column, places, *texts))

    def add_values(
        self, rule: str, column: str, found: Mapping[str, int], changes: Mapping[str, str]
    ) -> None:
        """Log by value what one rule did in very many cells of a column.

        Parameters
        ----------
        rule
            One of `RULES`.
        column
            The column.
        found
            Value -> number of cells.
        changes
            Value -> what it was changed to.
        """
        self.by_value += [
            {"rule": rule, "column": column, "before": _cut(b), "after": _cut(changes[b]), "n": n}
            for b, n in sorted(found.items())
        ]

    def refuse(self, file: str) -> None:
        """Raise one error for all problems, if there are any; `file` is the file's name."""
        refuse_findings(
            self.problems,
            "The answers cannot be read correctly:",
            where=file,
            next_step="Correct the file or the instrument, or accept the values that are meant; "
            "cfanalysis check FILE --instrument INSTRUMENT lists everything that is wrong.",
            line=lambda finding: (
                f"{finding.files and f'file {finding.files}: '}{finding.problem}. {finding.proposal}"
            ),
        )

    @property
    def logged_rows(self) -> pd.Index:
        """The rows of the file that have an entry."""
        rows = [entry.rows for entry in self.entries]
        return pd.Index(np.unique(np.concatenate(rows)) if rows else [], dtype="int64")

    @property
    def changes(self) -> pd.DataFrame:
        """All entries: rule, kind, row, organization, respondent, wave, column, before, after; by row, then as made."""
        if not self.entries:
            return pd.DataFrame(self.lines, columns=CHANGES).sort_values(
                "row", kind="stable", ignore_index=True
            )
        length = [len(entry.rows) for entry in self.entries]
        cells: dict[str, Any] = {"row": np.concatenate([entry.rows for entry in self.entries])}
        for name in ("rule", "kind", "column"):
            cells[name] = np.repeat(np.array([getattr(e, name) for e in self.entries], dtype=object), length)
        cells["before"] = list(chain.from_iterable(entry.before for entry in self.entries))
        cells["after"] = list(chain.from_iterable(entry.after for entry in self.entries))
        for name in _KEYS:
            known = None if self.keys is None else self.keys[name].reindex(cells["row"]).fillna("").to_numpy()
            cells[name] = "" if known is None else known
        texts = dict.fromkeys([name for name in CHANGES if name != "row"], "str")
        frame = pd.DataFrame(cells)[CHANGES].astype(texts)
        return frame.sort_values("row", kind="stable", ignore_index=True)

    @property
    def rows_dropped(self) -> dict[str, int]:
        """Number of rows dropped by each rule that dropped any."""
        return self._rows("dropped")

    @property
    def rows_flagged(self) -> dict[str, int]:
        """Number of rows flagged by each rule that flagged any."""
        return self._rows("flagged")

    @property
    def cells_changed(self) -> dict[str, int]:
        """Number of cells changed by each rule that was used; 0 for rules about rows."""
        counts = {entry.rule: 0 for entry in self.entries}
        for rule, n in Counter(line["rule"] for line in self.lines).items():
            counts[rule] = n
        for entry in self.entries:
            counts[entry.rule] += len(entry.rows) if entry.kind == "changed" else 0
        for line in self.by_value:
            counts[line["rule"]] = counts.get(line["rule"], 0) + line["n"]
        return {rule: counts[rule] for rule in RULES if rule in counts}

    def _rows(self, kind: ChangeKind) -> dict[str, int]:
        rows: dict[str, list[NDArray[np.int64]]] = {}
        for entry in self.entries:
            if entry.kind == kind:
                rows.setdefault(entry.rule, []).append(entry.rows)
        return {rule: len(np.unique(np.concatenate(rows[rule]))) for rule in sorted(rows)}

    def as_dict(self) -> dict[str, Any]:
        """Return the log as it is written to ``cleaning_log.json``."""
        return {**self.summary, "changes": list(self.iter_changes())}

    @property
    def summary(self) -> dict[str, Any]:
        """The log without its single changes."""
        used = self.cells_changed
        return {
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "rows_dropped": self.rows_dropped,
            "rows_flagged": self.rows_flagged,
            "cells_changed": used,
            "rules": {rule: RULES[rule] for rule in used},
            "ignored_columns": list(self.ignored_columns),
            "notes": list(self.notes),
            "proposals": [asdict(p) for p in self.proposals],
            "unmatched": self.unmatched,
            "by_value": self.by_value,
        }

    def iter_changes(self) -> Iterator[dict[str, Any]]:
        """Yield `changes` row by row, long texts cut."""
        changes = self.changes
        for start in range(0, len(changes), MAX_LISTED):
            part = changes[start : start + MAX_LISTED]
            for line in zip(*(part[name].tolist() for name in CHANGES), strict=True):
                change = dict(zip(CHANGES, line, strict=True))
                yield {**change, "before": _cut(change["before"]), "after": _cut(change["after"])}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
