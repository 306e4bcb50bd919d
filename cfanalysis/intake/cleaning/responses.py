"""The way from raw answers to responses: the rules in their order, each on whole columns.

1. texts: marks of spreadsheets, white space, codes that mean "no answer"; blank rows, column names once more; the
   organization and its spelling
2. cells: answers, options of fields, durations
3. rows: duplicates, too few answers
4. care: straight lines, speed, open answers of next to nothing
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import IntakeError, ParameterError, nearest
from cfanalysis.intake.accepted_values import EVERYTHING
from cfanalysis.intake.answers import NO_ANSWER, Answer, anchored_label, parse_answer, parse_number
from cfanalysis.intake.cleaning.flags import short_answers, speeders, straight_lines
from cfanalysis.intake.cleaning.identity_checks import (
    RESPONDENT_KEY,
    date_names,
    lost_digits,
    merged_names,
    missing_waves,
    unknown_waves,
    whole_numbers,
)
from cfanalysis.intake.cleaning.log import FLAG_RULES, RULE_KINDS, RULES, CleaningLog
from cfanalysis.intake.cleaning.notes import empty_wave_notes
from cfanalysis.intake.cleaning.organizations import alias_proposals, alias_targets, spelling_corrections
from cfanalysis.intake.cleaning.state import CleaningState
from cfanalysis.intake.cleaning.submission import latest_day
from cfanalysis.intake.cleaning.summaries import summary_rows
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn
from cfanalysis.intake.cleaning.unreadable import Unread, unreadable_values
from cfanalysis.intake.cleaning.unusable_rows import (
    duplicate_rows,
    incomplete_rows,
    refuse_second_header,
    repeated_header_rows,
)
from cfanalysis.intake.folding import CELL_ERROR, PLACEHOLDERS, comparable_text
from cfanalysis.intake.reader import RawAnswers, RowMark
from cfanalysis.survey.instrument import DataField, Instrument

_NO_NAME = rf"^({CELL_ERROR}|[^\pL\pN]+)$"
"""As RE2 writes it: what is nobody's name (`_is_no_name`)."""


def clean(
    raw: RawAnswers,
    instrument: Instrument,
    *,
    aliases: Mapping[str, str] | None = None,
    drop: Collection[str] = (),
    lenient: bool = False,
) -> tuple[pd.DataFrame, CleaningLog]:
    """Return responses and the log of what was changed, flagged and dropped.

    Parameters
    ----------
    raw
        Answers as read.
    instrument
        What the survey asks.
    aliases
        Names that stand for another organization: alias -> name.
    drop
        Rules that flag (`FLAG_RULES`) and shall drop instead.
    lenient
        True to list what makes the answers unreadable as a whole in `CleaningLog.problems`, as ``check`` does.

    Returns
    -------
    responses : DataFrame
        One row per respondent and wave, as in ``docs/architecture.md``, sorted by organization, wave and
        respondent.
    log : CleaningLog

    Raises
    ------
    IntakeError
        The answers cannot be read correctly (`cfanalysis.intake.findings`), or no row is left.
    ParameterError
        `drop` names something that is no flag.
    """
    for name in drop:
        if name not in FLAG_RULES:
            raise ParameterError(
                "There is no such flag to drop rows by.",
                value=name,
                allowed=", ".join(nearest(name, FLAG_RULES) or FLAG_RULES),
            )
    log = CleaningLog(rows_in=len(raw.frame), ignored_columns=raw.ignored, notes=raw.notes)
    table = {str(name): TextColumn.of(raw.frame[name]) for name in raw.frame}
    rows, kept = raw.frame.index, np.ones(len(raw.frame), dtype=bool)
    work = CleaningState(instrument, log, rows, kept, table, raw.decimal, submitted=raw.submitted)
    work.given, work.accepted, work.titles = raw.constant_columns, raw.accepted, raw.titles
    file, headers, marks = raw.file, raw.headers, raw.marks
    refuse_second_header(work, file)
    answers = raw if raw.files else None
    del raw  # where nobody else holds the raw answers, each column is freed as soon as it is read
    _drop_marked(work, marks, drop)
    _normalize_cells(work)
    work.drop(repeated_header_rows(work, headers, file), "header_row")
    log.notes += tuple(date_names(work))
    log.problems += [*summary_rows(work), *lost_digits(work), *unknown_waves(work), *merged_names(work)]
    _find_organizations(work, aliases or {})
    waveless = _fill_keys(work)
    there = work.kept.copy()
    log.problems += unreadable_values(work, _read_cells(work))
    work.drop(duplicate_rows(work), "duplicate")
    log.latest_day = "" if work.submitted is None else latest_day(work.submitted)
    work.submitted = None  # needed no longer, and as long as the file
    work.drop(incomplete_rows(work), "too_few_answers")
    log.problems += missing_waves(work, waveless)
    _flag(work, drop)
    _flag_marked(work, marks, drop)
    log.notes += tuple(empty_wave_notes(work, there))
    log.rows_out = int(work.kept.sum())
    log.keys = _log_keys(work)
    if answers is not None:
        log.problems = [answers.with_files(problem) for problem in log.problems]
    if not lenient:
        log.refuse(file)
    if not log.rows_out:
        raise IntakeError(
            "After cleaning, no answers are left.",
            where=file,
            value=", ".join(f"{n:,} rows: {RULES[rule]}" for rule, n in log.rows_dropped.items()),
            next_step="Take them all the same: --keep tests."
            if set(log.rows_dropped) == {"test_response"}
            else "Check that the answers are coded as the instrument's scales say.",
        )
    return _responses(work), log


def _drop_marked(work: CleaningState, marks: Collection[RowMark], drop: Collection[str]) -> None:
    """Drop rows that the survey tool marks as not being answers, or as unwanted."""
    for mark in marks:
        if RULE_KINDS[mark.rule] == "dropped" or mark.rule in drop:
            work.drop(work.rows.isin(mark.rows), mark.rule)


def _flag_marked(work: CleaningState, marks: Collection[RowMark], drop: Collection[str]) -> None:
    """Flag rows that the survey tool marks."""
    for mark in marks:
        if RULE_KINDS[mark.rule] == "flagged" and mark.rule not in drop:
            work.log.add(mark.rule, work.rows[work.rows.isin(mark.rows) & work.kept], "*", "", "")


def _normalize_cells(work: CleaningState) -> None:
    """Remove marks of spreadsheets, white space and what means no answer; drop rows with nothing in them.

    What was given for every row (`RawAnswers.constant_columns`) does not fill a row.
    """
    missing = {comparable_text(text) for text in work.instrument.missing} - {""}
    rated = {item.id for item in work.instrument.rated_items}
    everywhere = work.accepted.get(EVERYTHING, frozenset())
    for name in work.table:
        work.change(name, work.table[name].apostrophe_fixes(), "formula_mark")
        work.change(name, work.table[name].white_space_fixes(), "white_space")
        own = work.accepted.get(name, frozenset())
        nothing = missing | own | everywhere if name in rated else missing
        unnamed: list[str] = []
        if name in RESPONDENT_KEY:
            nothing = (missing | PLACEHOLDERS) - own
            marks = filter(_is_no_name, work.table[name].candidates(_NO_NAME))
            unnamed = [t for t in marks if comparable_text(t) not in own]
        if nothing:
            gone = [*work.table[name].values_among(nothing), *unnamed]
            work.change(name, dict.fromkeys(gone, ""), "missing_code")
    whole_numbers(work)
    blank = np.ones(len(work.rows), dtype=bool)
    for name, column in work.table.items():
        if name not in work.given:
            blank &= column.equals("")
    work.drop(blank, "blank_row")


def _is_no_name(text: str) -> bool:
    """Return whether a text is an error of a spreadsheet, or marks without a letter or digit."""
    return bool(text) and (not any(map(str.isalnum, text)) or re.fullmatch(CELL_ERROR, text) is not None)


def _find_organizations(work: CleaningState, aliases: Mapping[str, str]) -> None:
    """Make sure that every row has an organization, each with one spelling."""
    length, table = len(work.rows), work.table
    if work.instrument.unit == "respondent" and "organization" not in table:
        people = table.get("respondent", TextColumn.constant("", length))
        table["organization"] = _fill_numbers(people, "respondent ", work.rows)
        return
    work.drop(table["organization"].equals(""), "no_organization")
    work.change("organization", alias_targets(table["organization"], aliases), "organization_alias")
    spellings = spelling_corrections(table["organization"], work.kept)
    work.change("organization", spellings, "organization_spelling")
    work.log.proposals.extend(alias_proposals(table["organization"], work.kept))


def _fill_keys(work: CleaningState) -> Booleans:
    """Give rows without respondent or wave one: its row number, the instrument's first wave; return those without."""
    length, waves = len(work.rows), work.instrument.waves
    respondent = work.table.get("respondent", TextColumn.constant("", length))
    work.table["respondent"] = _fill_numbers(respondent, "row ", work.rows)
    wave = work.table.get("wave", TextColumn.constant("", length))
    work.table["wave"] = wave.replace_values({"": waves[0] if waves else "1"})
    return wave.equals("")


def _fill_numbers(column: TextColumn, prefix: str, rows: pd.Index) -> TextColumn:
    """Return a column in which empty texts became the prefix and the row's number."""
    empty = column.equals("")
    if not empty.any():
        return column
    texts = column.texts()
    texts[empty] = prefix + rows[empty].astype("str")
    return TextColumn.of(texts)


def _read_cells(work: CleaningState) -> dict[str, Unread]:
    """Read answers, options of fields and durations; return what could not be read, by scale."""
    unread: dict[str, Unread] = {}
    blank = TextColumn.constant("", len(work.rows))
    for name in ("seconds", "origin"):
        work.table.setdefault(name, blank)
    work.seconds = _seconds(work)
    for data_field in (*work.instrument.organization_fields, *work.instrument.respondent_fields):
        work.table.setdefault(data_field.id, blank)
        _read_options(work, data_field)
    for item in work.instrument.items:
        column = work.table.setdefault(item.id, blank)
        if item.scale is not None:
            own = unread.setdefault(item.scale, Unread(work.instrument.scales[item.scale]))
            work.answers[item.id] = _read_answers(work, item.id, column, own)
            del work.table[item.id]
    return unread


def _seconds(work: CleaningState) -> NDArray[np.float64]:
    """Return durations in seconds, missing where there is none."""
    column = work.table["seconds"]
    read = [parse_number(t, decimal=work.decimal) for t in column.values.to_pylist()]
    good = [v if v is not None and v > 0 else float("nan") for v in read]
    wrong = [t for t, v in zip(column.values.to_pylist(), good, strict=True) if t and not v > 0]
    work.change("seconds", dict.fromkeys(wrong, ""), "not_a_number")
    return np.array(good, dtype=float)[column.codes]


def _read_options(work: CleaningState, data_field: DataField) -> None:
    """Bring a field's values under the spelling of its options."""
    if not data_field.options:
        return
    spelling = {comparable_text(other): option for other, option in data_field.spellings.items()}
    spelling |= {comparable_text(option): option for option in data_field.options}
    column = work.table[data_field.id]
    changes = column.map_values(
        lambda t: (
            spelling.get(comparable_text(t)) or spelling.get(a.label if (a := anchored_label(t)) else "", "")
        )
    )
    lost = {t for t, after in changes.items() if not after}
    found = {t: n for t, n in column.frequencies(work.kept).items() if t in lost}
    work.proposals("option", data_field.id, found, data_field.options)
    work.change(data_field.id, changes, "not_an_option")


def _read_answers(work: CleaningState, item: str, column: TextColumn, unread: Unread) -> NDArray[np.int8]:
    """Return an item's answers as codes."""
    scale = work.instrument.scale_of(item)
    texts = column.values.to_pylist()
    read = [parse_answer(t, scale, decimal=work.decimal) for t in texts]
    found = column.frequencies(work.kept)
    for rule in ("label", "missing_code", "out_of_range", "not_an_answer"):
        changes = {t: _answer_text(a) for t, a in zip(texts, read, strict=True) if a.rule == rule}
        if rule == "not_an_answer" and changes:
            shown = tuple(s for c in scale.categories for s in scale.spellings(c)) + scale.dont_know.labels
            work.proposals("label", item, {t: n for t, n in found.items() if t in changes}, shown)
        if changes:
            work.log_changes(item, column, changes, rule)
    unread.add(item, [(t, a, found.get(t, 0)) for t, a in zip(texts, read, strict=True)], work.decimal)
    return np.array([a.code for a in read], dtype=np.int8)[column.codes]


def _answer_text(read: Answer) -> str:
    return "" if read.code == NO_ANSWER else str(read.code)


def _flag(work: CleaningState, drop: Collection[str]) -> None:
    """Flag careless rows, or drop them where that was asked for."""
    straight, given = straight_lines(work.answers, work.instrument)
    _mark(work, "straight_lining", "*", straight, given.astype("str"), drop)
    fast = speeders(work.seconds, work.answers, work.instrument, work.kept)
    _mark(work, "speeding", "seconds", fast, None, drop)
    for item, short in list(short_answers(work.table, work.instrument)):
        _mark(work, "short_answer", item, short, None, drop)


def _mark(
    work: CleaningState,
    rule: str,
    column: str,
    hit: Booleans,
    found: NDArray[np.str_] | None,
    drop: Collection[str],
) -> None:
    if rule in drop:
        work.drop(hit, rule)
        return
    marked = hit & work.kept
    texts = work.table[column].texts(marked).to_numpy() if found is None else found[marked]
    work.log.add(rule, work.rows[marked], column, texts, texts)


def _log_keys(work: CleaningState) -> pd.DataFrame:
    """Return whose rows are in the log."""
    rows = work.log.logged_rows
    places = work.rows.get_indexer(rows)
    columns = {name: work.table[name].take(places).texts().to_numpy() for name in RESPONDENT_KEY}
    return pd.DataFrame(columns, index=rows)


def _responses(work: CleaningState) -> pd.DataFrame:
    """Return the kept rows as responses, sorted by organization, wave and respondent."""
    order = _order(work)
    columns: dict[str, object] = {}
    for name in ("organization", "respondent", "wave"):
        columns[name] = work.table.pop(name).take(order).texts()
    seconds = work.seconds[order]
    columns["seconds"] = pd.arrays.FloatingArray(np.nan_to_num(seconds), np.isnan(seconds))
    fields = (*work.instrument.organization_fields, *work.instrument.respondent_fields)
    for name in ("origin", *(f.id for f in fields)):
        columns[name] = work.table.pop(name).take(order).texts()
    for item in work.instrument.items:
        if item.scale is None:
            columns[item.id] = work.table.pop(item.id).take(order).texts()
        else:
            code = work.answers.pop(item.id)[order]
            nothing = code == NO_ANSWER
            code[nothing] = 1
            columns[item.id] = pd.arrays.IntegerArray(code, nothing)
    return pd.DataFrame(columns, copy=False)


def _order(work: CleaningState) -> NDArray[np.intp]:
    """Return the places of the kept rows by organization, wave and respondent."""
    places = np.flatnonzero(work.kept)
    ranks = [work.table[name].ranks()[0][places] for name in ("respondent", "wave", "organization")]
    return places[np.lexsort(ranks)]
