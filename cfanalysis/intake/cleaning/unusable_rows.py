"""Rows that cannot be used: more column names, repeats of a respondent, too few answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.accepted_values import EVERYTHING, acceptance
from cfanalysis.intake.answers import NO_ANSWER, parse_answer
from cfanalysis.intake.cleaning.identity_checks import RESPONDENT_KEY
from cfanalysis.intake.cleaning.state import CleaningState
from cfanalysis.intake.cleaning.submission import SubmissionOrder, submission_order
from cfanalysis.intake.cleaning.text_column import Booleans
from cfanalysis.intake.columns import header_meanings
from cfanalysis.intake.findings import Finding
from cfanalysis.intake.folding import comparable_text
from cfanalysis.survey.instrument import Instrument

_MANY, MUCH = 3, 0.2
"""From how many rows, and what share of all, repeats with other answers are no corrections."""


def refuse_second_header(work: CleaningState, file: str) -> None:
    """Refuse a file whose first row of answers is a second row of column names.

    Parameters
    ----------
    work
        The rows as they were read.
    file
        The file's name, for messages.

    Raises
    ------
    IntakeError
        Most of the first row cannot be read as answers, and most of the next one can.
    """
    rows = [_item_texts(work, place) for place in range(min(2, len(work.rows)))]
    unread = [_unread(row, work.instrument) for row in rows]
    if len(unread) == 2 and unread[0] > 0.8 and unread[1] < 0.5:
        raise IntakeError(
            f"Row {work.rows[0]} looks like a second row of column names.",
            where=file,
            value=", ".join(rows[0][i.id][:60] for i in work.instrument.rated_items[:4] if i.id in rows[0]),
            allowed="answers: codes or labels of the scales",
            next_step="Delete the row, or add its texts to the instrument (source of the items), and try again.",
        )


def _item_texts(work: CleaningState, place: int) -> dict[str, str]:
    """Return what a row holds for each rated item."""
    columns = {i.id: work.table[i.id] for i in work.instrument.rated_items if i.id in work.table}
    return {item: str(column.values[column.codes[place]]) for item, column in columns.items()}


def _unread(row: Mapping[str, str], instrument: Instrument) -> float:
    """Return which share of a row's answers cannot be read, 0 where there are fewer than three."""
    missing = {comparable_text(text) for text in instrument.missing} | {""}
    wrong = [
        parse_answer(text.strip(), instrument.scale_of(item)).rule == "not_an_answer"
        for item, text in row.items()
        if comparable_text(text) not in missing
    ]
    return sum(wrong) / len(wrong) if len(wrong) > 2 else 0.0


def repeated_header_rows(work: CleaningState, headers: Mapping[str | int, str], file: str) -> Booleans:
    """Return which rows repeat the column names, as where files were pasted one below the other.

    Parameters
    ----------
    work
        The rows, white space smoothed.
    headers
        What columns hold by the user's decision: header -> name.
    file
        The file's name, for messages.

    Raises
    ------
    IntakeError
        A row names the columns in another order: what stands below it belongs to other items than its columns say.
    """
    own, any_name = (np.zeros(len(work.rows), dtype=np.int16) for _ in range(2))
    known = header_meanings(work.instrument, headers)
    items = [item for item in work.instrument.rated_items if item.id in work.table]
    for item in items:
        scale = work.instrument.scale_of(item.id)
        column = work.table[item.id]
        names = {text: comparable_text(text) for text in column.values_among(set(known))}
        # A column's name such as "1" is an answer, too, and tells nothing.
        found = [t for t, name in names.items() if parse_answer(name, scale).rule == "not_an_answer"]
        if found:
            any_name += column.where(column.among(found))
            own += column.where(column.among([text for text in found if known.get(names[text]) == item.id]))
    header = work.kept & (2 * any_name > len(items))
    elsewhere = header & (own < any_name)
    if elsewhere.any():
        raise IntakeError(
            f"Row {work.rows[elsewhere][0]} repeats the column names in another order.",
            where=file,
            allowed="one row of column names, or exact repeats of it",
            next_step="Files with different columns were pasted together: put the columns into one order first.",
        )
    return header


def duplicate_rows(work: CleaningState) -> Booleans:
    """Return which rows repeat a respondent and wave and are not the one that counts.

    The latest complete row counts; where none is complete the fullest one, among equals the latest. A row is complete
    from `Minima.complete_share` of the items on that anybody answered in its wave, if it may be used at all
    (`incomplete_rows`). "Don't know" is an answer here. The latest is the one that was sent last, where the file says
    when (`cfanalysis.intake.cleaning.submission`), else the lowest in the file.
    """
    key = np.zeros(len(work.rows), dtype=np.int64)
    for name in RESPONDENT_KEY:
        column = work.table[name]
        key = key * len(column.values) + column.codes
    places = np.flatnonzero(work.kept)
    several = pd.Series(key[places]).duplicated(keep=False).to_numpy()
    hit = np.zeros(len(key), dtype=bool)
    if several.any():
        chosen = places[several]
        fullness = _fullness(work, chosen)
        order = np.lexsort(
            (chosen, _submission_ranks(work, chosen, key[chosen], fullness), fullness, key[chosen])
        )
        ranked = chosen[order]
        last = np.r_[key[ranked][1:] != key[ranked][:-1], True]
        hit[ranked[~last]] = True
        work.log.problems += _too_many_repeats(work, ranked, last, fullness[order])
    return hit


def _too_many_repeats(
    work: CleaningState, ranked: NDArray[np.intp], last: Booleans, fullness: NDArray[np.int32]
) -> Iterator[Finding]:
    """Yield that a column holds no respondents' ids, where many complete rows would be dropped for rows that differ.

    Parameters
    ----------
    work
        The rows.
    ranked
        Rows of respondents who stand in several, respondent by respondent, the one that counts last.
    last
        Which of them count.
    fullness
        Of each, as from `_fullness`.
    """
    counting = np.flatnonzero(last)
    kept = np.repeat(counting, np.diff(np.r_[-1, counting]))
    differs = np.zeros(len(ranked), dtype=bool)
    for code in work.answers.values():
        differs |= code[ranked] != code[ranked[kept]]
    lost = differs & ~last & (fullness == fullness[kept])
    n, people = int(lost.sum()), int(work.kept.sum())
    if n < _MANY or n < MUCH * people or work.accepts("respondent", EVERYTHING) or "respondent" in work.given:
        return
    name = work.title("respondent")
    example = str(work.table["respondent"].take(ranked[lost][:1]).texts().iloc[0])
    text = (
        f"column {name!r}: {n:,} of {people:,} rows repeat a respondent of their organization and wave ({example!r}, "
        "for one), as complete and with other answers: this is hardly the id of a respondent"
    )
    way = (
        "Name the right column in the instrument (columns: respondent), or let a map ignore this one, and each row "
        "is a person; if people did answer so often, their last answers count: "
        f"{acceptance('respondent', EVERYTHING)}"
    )
    yield Finding("repeated_respondent", text, "respondent", None, example, way, n)


def _submission_ranks(
    work: CleaningState, rows: NDArray[np.intp], key: NDArray[np.int64], fullness: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return a number that is larger for rows that were sent later, among the fullest of each respondent; else 0."""
    sent = np.zeros(len(rows), dtype=np.int64)
    if work.submitted is None:
        return sent
    fullest = pd.Series(fullness).groupby(key).transform("max").to_numpy() == fullness
    rivals = np.flatnonzero(fullest)
    rivals = rivals[pd.Series(key[rivals]).duplicated(keep=False).to_numpy()]
    if not len(rivals):
        return sent
    found = submission_order(work.submitted.iloc[rows[rivals]], key[rivals], work.submitted)
    sent[rivals] = found.rank
    work.log.notes += (_ordering_note(found),)
    return sent


def _ordering_note(found: SubmissionOrder) -> str:
    """Return in words how the latest of several rows was determined."""
    told = f"repeated respondents: the later row is told by the time of submission for {found.by_moment:,}"
    if not found.by_order:
        return told
    why = f"; {found.example!r} may be read in two ways or not at all" if found.example else ""
    return f"{told}, by the order of the rows for {found.by_order:,} (no times that can be compared{why})"


def _fullness(work: CleaningState, rows: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return how full rows are: one number for all complete ones, below it the number of answers.

    An incomplete row that may be used comes before any that may not, however full.
    """
    waves, instrument = work.table["wave"], work.instrument
    given, needed, asked = (np.zeros(len(rows), dtype=np.int32) for _ in range(3))
    kept = waves.codes[work.kept]
    for item in instrument.rated_items:
        code = work.answers[item.id]
        gave = code[rows] != NO_ANSWER
        given += gave
        if not item.optional:
            anybody = np.bincount(kept[code[work.kept] != NO_ANSWER], minlength=len(waves.values)) > 0
            asked += anybody[waves.codes[rows]]
            needed += gave
    usable = ~_too_few({item: code[rows] for item, code in work.answers.items()}, instrument)
    complete = usable & (needed >= instrument.minima.complete_share * asked)
    most = len(work.answers) + 1
    return np.where(complete, 2 * most, given + most * usable).astype(np.int32)


def incomplete_rows(work: CleaningState) -> Booleans:
    """Return which rows answer less than the demanded share of the items of a facet."""
    return _too_few(work.answers, work.instrument)


def _too_few(answers: Mapping[str, NDArray[np.int8]], instrument: Instrument) -> Booleans:
    length = len(next(iter(answers.values()))) if answers else 0
    too_few = np.zeros(length, dtype=bool)
    for facet in ("say", "do"):
        ids: Sequence[str] = [item.id for item in instrument.gap_items if item.facet == facet]
        if ids:
            valid = np.zeros(length, dtype=np.int16)
            for item in ids:
                valid += answers[item] > NO_ANSWER
            too_few |= valid / len(ids) < instrument.minima.answered_share
    return too_few
