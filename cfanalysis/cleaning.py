"""Raw answers become responses, and every change is in the log with its reason.

Nothing is lost and nothing is guessed: a cell that cannot be read as an answer becomes missing, a row that
cannot be used is dropped, and both stand in the `CleaningLog` with row, column and what was there. Rows in
equal rows out plus rows dropped, always. Reverse keying is not done here: responses hold answers as given;
`cfanalysis.shares` turns them round.

In responses an item is a nullable ``Int8``: the answer, `DONT_KNOW` where the respondent said so, missing
where nothing usable was there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument, Item, Scale
from cfanalysis.intake.columns import folded
from cfanalysis.intake.dialect import RawAnswers

DONT_KNOW = -128
"""How "don't know" is stored in an Int8 item column; no scale reaches so far down."""

RULES = {
    "white_space": "white space around a value or doubled inside it is removed",
    "missing_code": "a text or code that means 'no answer' becomes missing",
    "label": "an answer's label becomes its code",
    "not_an_answer": "a value that is neither a code nor a label of the scale becomes missing",
    "out_of_range": "a code outside the scale becomes missing",
    "not_an_option": "a value that is none of the field's options becomes missing",
    "not_a_number": "a duration that is not a positive number becomes missing",
    "organization_spelling": "spellings that differ only by case or spacing become the most frequent one",
    "blank_row": "a row without any value is dropped",
    "no_organization": "a row without an organization is dropped",
    "duplicate": "of several rows of one respondent and wave the fullest stays, among equals the last",
    "too_few_answers": "a row that answers too few of the Say or of the Do items is dropped",
}


@dataclass
class CleaningLog:
    """Every change made while cleaning.

    Parameters
    ----------
    rows_in, rows_out
        Rows before and after.
    entries
        One frame a rule: ``rule, row, column, before, after``; a dropped row has the column ``*``.
    ignored_columns
        Headers that belong to nothing in the instrument.
    notes
        What was detected while reading.
    """

    rows_in: int = 0
    rows_out: int = 0
    entries: list[pd.DataFrame] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def add(self, rule: str, rows: pd.Index, column: str, before: pd.Series, after: Any) -> None:
        """Log one rule's changes in one column."""
        if len(rows):
            cells = {"rule": rule, "row": rows, "column": column, "before": before.to_numpy(), "after": after}
            self.entries.append(pd.DataFrame(cells).astype({"before": str, "after": str}))

    @property
    def changes(self) -> pd.DataFrame:
        """All changes: rule, row, column, before, after; by row, then as made."""
        columns = ["rule", "row", "column", "before", "after"]
        if not self.entries:
            return pd.DataFrame(columns=columns)
        return pd.concat(self.entries, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)

    @property
    def rows_dropped(self) -> dict[str, int]:
        """Number of rows dropped by each rule that dropped any."""
        dropped = self.changes.query("column == '*'")
        return {str(rule): int(n) for rule, n in dropped.groupby("rule", sort=True).size().items()}

    def as_dict(self) -> dict[str, Any]:
        """Return the log as it is written to ``cleaning_log.json``."""
        changes = self.changes
        used = [rule for rule in RULES if rule in set(changes["rule"])]
        return {
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "rows_dropped": self.rows_dropped,
            "cells_changed": {
                r: int(((changes["rule"] == r) & (changes["column"] != "*")).sum()) for r in used
            },
            "rules": {rule: RULES[rule] for rule in used},
            "ignored_columns": list(self.ignored_columns),
            "notes": list(self.notes),
            "changes": changes.to_dict(orient="records"),
        }


def clean(raw: RawAnswers, instrument: Instrument) -> tuple[pd.DataFrame, CleaningLog]:
    """Return responses and the log of what was changed.

    Parameters
    ----------
    raw
        Answers as read.
    instrument
        What the survey asks.

    Returns
    -------
    responses : DataFrame
        One row per respondent and wave, as in ``docs/architecture.md``, sorted by organization, wave and
        respondent.
    log : CleaningLog

    Raises
    ------
    IntakeError
        No row is left.
    """
    log = CleaningLog(rows_in=len(raw.frame), ignored_columns=raw.ignored, notes=raw.notes)
    table = _without_spaces(raw.frame, log)
    table = _without_missing_codes(table, instrument, log)
    table = _drop(table, (table == "").all(axis=1), "blank_row", log)
    table = _with_organization(table, instrument, log)
    responses = _typed(table, instrument, log)
    responses = _without_duplicates(responses, instrument, log)
    responses = _drop(responses, _too_few(responses, instrument), "too_few_answers", log)
    log.rows_out = len(responses)
    if responses.empty:
        raise IntakeError(
            "After cleaning no answers are left.",
            where=raw.file,
            value=", ".join(f"{n} rows: {RULES[rule]}" for rule, n in log.rows_dropped.items()),
            next_step="Check that the answers are coded as the instrument's scales say.",
        )
    return responses.sort_values(["organization", "wave", "respondent"], ignore_index=True), log


def _without_spaces(frame: pd.DataFrame, log: CleaningLog) -> pd.DataFrame:
    """Return the texts with white space smoothed."""
    return frame.apply(lambda column: _recoded(column, lambda t: " ".join(t.split()), "white_space", log))


def _without_missing_codes(frame: pd.DataFrame, instrument: Instrument, log: CleaningLog) -> pd.DataFrame:
    missing = {folded(text) for text in instrument.missing}
    if not missing:
        return frame
    return frame.apply(
        lambda column: _recoded(column, lambda t: "" if folded(t) in missing else t, "missing_code", log)
    )


def _recoded(column: pd.Series, change: Callable[[str], str], rule: str, log: CleaningLog) -> pd.Series:
    """Return a text column changed value by value (each distinct value once), and log what changed."""
    codes, values = pd.factorize(column)
    changed = np.array([change(value) for value in values], dtype=object)
    differs = (changed != values.to_numpy(dtype=object))[codes] if len(values) else np.zeros(0, dtype=bool)
    new = pd.Series(changed[codes] if len(values) else [], index=column.index, name=column.name, dtype="str")
    log.add(rule, column.index[differs], str(column.name), column[differs], new[differs].to_numpy())
    return new


def _drop(frame: pd.DataFrame, rows: pd.Series, rule: str, log: CleaningLog) -> pd.DataFrame:
    """Return the frame without the rows, and log them."""
    dropped = frame[rows]
    log.add(rule, dropped.index, "*", pd.Series("row", index=dropped.index), "dropped")
    return frame[~rows]


def _with_organization(frame: pd.DataFrame, instrument: Instrument, log: CleaningLog) -> pd.DataFrame:
    """Return the frame with an organization in every row, each under one spelling."""
    if instrument.unit == "respondent" and "organization" not in frame:
        names = frame["respondent"] if "respondent" in frame else pd.Series("", index=frame.index)
        return frame.assign(organization=names.where(names.ne(""), "respondent " + frame.index.astype(str)))
    frame = _drop(frame, frame["organization"].eq(""), "no_organization", log)
    frequency = frame["organization"].value_counts()
    ranked = sorted(frequency.index, key=lambda name: (-frequency[name], name))
    spelling: dict[str, str] = {}
    for name in ranked:
        spelling.setdefault(folded(name), name)
    column = _recoded(frame["organization"], lambda t: spelling[folded(t)], "organization_spelling", log)
    return frame.assign(organization=column)


def _typed(table: pd.DataFrame, instrument: Instrument, log: CleaningLog) -> pd.DataFrame:
    """Return the texts as the responses' columns, in the instrument's order."""
    index = table.index
    blank = pd.Series("", index=index, dtype="str")
    respondent = table.get("respondent", blank)
    columns: dict[str, pd.Series] = {
        "organization": table["organization"],
        "respondent": respondent.where(respondent.ne(""), "row " + index.astype(str)),
        "wave": table.get("wave", blank).where(
            lambda w: w.ne(""), instrument.waves[0] if instrument.waves else "1"
        ),
        "seconds": _seconds(table.get("seconds", blank), log),
        "origin": table.get("origin", blank),
    }
    for data_field in (*instrument.organization_fields, *instrument.respondent_fields):
        columns[data_field.id] = _optioned(
            table.get(data_field.id, blank).rename(data_field.id), data_field.options, log
        )
    for item in instrument.items:
        column = table.get(item.id, blank).rename(item.id)
        columns[item.id] = column if item.scale is None else _answers(column, item, instrument, log)
    return pd.DataFrame(columns, index=index)


def _seconds(column: pd.Series, log: CleaningLog) -> pd.Series:
    """Return durations in seconds."""
    numbers = pd.to_numeric(column, errors="coerce").astype("Float64")
    wrong = column.ne("") & ~(numbers.fillna(-1) > 0)
    log.add("not_a_number", column.index[wrong], "seconds", column[wrong], "")
    return numbers.mask(wrong.astype(bool))


def _optioned(column: pd.Series, options: tuple[str, ...], log: CleaningLog) -> pd.Series:
    """Return a field's values under the spelling of its options."""
    if not options:
        return column
    spelling = {folded(option): option for option in options}
    return _recoded(column, lambda t: spelling.get(folded(t), ""), "not_an_option", log)


def _answers(column: pd.Series, item: Item, instrument: Instrument, log: CleaningLog) -> pd.Series:
    """Return an item's answers as codes."""
    scale = instrument.scale_of(item.id)
    codes, values = pd.factorize(column)
    read = [_answer(str(value), scale) for value in values]
    for rule in ("label", "out_of_range", "not_an_answer"):
        hit = (
            np.array([r == rule for _, r in read], dtype=bool)[codes]
            if len(read)
            else np.zeros(0, dtype=bool)
        )
        if hit.any():
            after = np.array(["" if a is None else str(a) for a, _ in read], dtype=object)[codes][hit]
            log.add(rule, column.index[hit], item.id, column[hit], after)
    numbers = pd.array([a for a, _ in read], dtype="Int8")
    return pd.Series(numbers.take(codes), index=column.index, name=item.id)


def _answer(text: str, scale: Scale) -> tuple[int | None, str]:
    """Return the code that a text stands for, and the rule by which ("" where it is a code already)."""
    if not text:
        return None, ""
    try:
        number = float(text)
    except ValueError:
        label = folded(text)
        if label in {folded(spelling) for spelling in scale.dont_know.labels}:
            return DONT_KNOW, "label"
        for category in scale.categories:
            if label in {folded(spelling) for spelling in scale.spellings(category)}:
                return category, "label"
        return None, "not_an_answer"
    if number in scale.dont_know.codes:
        return DONT_KNOW, ""
    return (int(number), "") if number in scale.categories else (None, "out_of_range")


def _without_duplicates(responses: pd.DataFrame, instrument: Instrument, log: CleaningLog) -> pd.DataFrame:
    """Return one row for each respondent and wave."""
    key = ["organization", "respondent", "wave"]
    answered = responses[[item.id for item in instrument.rated_items]].notna().sum(axis=1)
    fullest_last = responses.loc[answered.sort_values(kind="stable").index]
    kept = fullest_last.drop_duplicates(key, keep="last").index
    return _drop(responses, pd.Series(~responses.index.isin(kept), index=responses.index), "duplicate", log)


def _too_few(responses: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Return which rows answer less than the demanded share of the items of a facet."""
    too_few = pd.Series(False, index=responses.index)
    for facet in ("say", "do"):
        ids = [item.id for item in instrument.gap_items if item.facet == facet]
        if ids:
            answers = responses[ids]
            valid = (answers.notna() & answers.ne(DONT_KNOW).fillna(False)).mean(axis=1)
            too_few |= valid < instrument.minima.answered_share
    return too_few
