"""Reading back the rows of one import, as columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from cfanalysis.database.bulk import row_blocks
from cfanalysis.database.packed_answers import unpack_answers
from cfanalysis.database.row_writer import profile_columns
from cfanalysis.database.schema import profiles, respondents, responses, waves
from cfanalysis.intake.answers import NO_ANSWER
from cfanalysis.intake.cleaning.text_column import TextColumn
from cfanalysis.survey.instrument import Instrument

_BLOCK = 50_000


@dataclass
class StoredRows:
    """The rows of an import.

    Parameters
    ----------
    organization, scope
        Numbers, as stored.
    respondent, wave
        Texts.
    seconds
        Durations, NaN where there is none.
    flags
        Bits.
    facts, texts
        The profile's facts and the open answers, by column.
    answers
        Codes by item; -127 where nothing usable was there.
    """

    organization: NDArray[np.int64]
    scope: NDArray[np.int64]
    respondent: TextColumn
    wave: TextColumn
    seconds: NDArray[np.float64]
    flags: NDArray[np.int64]
    facts: dict[str, TextColumn]
    texts: dict[str, TextColumn]
    answers: dict[str, NDArray[np.int8]]

    def without(self, hit: NDArray[np.bool_]) -> StoredRows:
        """Return the rows without some."""
        return StoredRows(**{name: _taken(column, ~hit) for name, column in vars(self).items()})


def _taken(column: Any, keep: NDArray[np.bool_]) -> Any:
    """Return some rows of a column, or of each of several."""
    if isinstance(column, dict):
        return {name: _taken(each, keep) for name, each in column.items()}
    return column.take(keep) if isinstance(column, TextColumn) else column[keep]


def stored_rows(
    connection: Connection, number: int, stored_as: Instrument, wanted: Instrument
) -> tuple[StoredRows, list[str]]:
    """Return the rows of an import, in the columns of an instrument.

    Parameters
    ----------
    connection
        Of a reader.
    number
        The import's.
    stored_as
        The version of the instrument with which the answers came in.
    wanted
        The version in which they are wanted: an item that it lacks is left out, an item that the other lacks or asks
        on another scale is missing.

    Returns
    -------
    StoredRows
    notes : list of str
        What is missing for that reason.
    """
    statement = (
        select(
            respondents.c.organization_id,
            respondents.c.scope,
            respondents.c.code,
            responses.c.wave_id,
            responses.c.profile_id,
            responses.c.seconds,
            responses.c.flags,
            responses.c.answers,
            responses.c.texts,
        )
        .join(respondents, responses.c.respondent_id == respondents.c.id)
        .where(responses.c.import_id == number)
    )
    blocks = [_block(rows, stored_as, wanted) for rows in row_blocks(connection, statement, _BLOCK)]
    blocks = blocks or [_block([], stored_as, wanted)]
    persons = _texts(list(chain.from_iterable(b.codes for b in blocks)))
    numbers = np.concatenate([b.numbers for b in blocks], axis=1)
    seconds = np.concatenate([b.seconds for b in blocks])
    matrix = np.concatenate([b.answers for b in blocks])
    said = {item: list(chain.from_iterable(b.texts[item] for b in blocks)) for item in blocks[0].texts}
    del blocks
    organization, scope, wave, profile, flags = numbers
    answers, notes = _answers(matrix, stored_as, wanted)
    facts = _facts(connection, number, profile, stored_as, wanted)
    texts = {item: _texts(cells) for item, cells in said.items()}
    when = _coded(wave, _wave_names(connection))
    rows = StoredRows(organization, scope, persons, when, seconds, flags, facts, texts, answers)
    return rows, notes


class _Block(NamedTuple):
    """Some rows as columns: numbers are organization, scope, wave, profile, flags."""

    numbers: NDArray[np.int64]
    seconds: NDArray[np.float64]
    codes: list[str]
    answers: NDArray[np.int8]
    texts: dict[str, list[str]]


def _block(rows: list[tuple[Any, ...]], stored_as: Instrument, wanted: Instrument) -> _Block:
    """Return rows as columns; numbers leave Python's own objects at once."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    organization, scope, codes, wave, profile, seconds, flags, answers, texts = columns
    return _Block(
        np.array([organization, scope, wave, profile, flags], dtype=np.int64),
        np.array(seconds, dtype=np.float64),
        list(codes),
        unpack_answers(answers, len(stored_as.rated_items)),
        _open_answers(texts, wanted),
    )


def _answers(
    matrix: NDArray[np.int8], stored_as: Instrument, wanted: Instrument
) -> tuple[dict[str, NDArray[np.int8]], list[str]]:
    place = {item.id: k for k, item in enumerate(stored_as.rated_items)}
    nothing = np.full(len(matrix), NO_ANSWER, dtype=np.int8)
    answers: dict[str, NDArray[np.int8]] = {}
    lacking: list[str] = []
    for item in wanted.rated_items:
        if item.id in place and _same_grid(item.id, stored_as, wanted):
            answers[item.id] = matrix[:, place[item.id]]
        else:
            answers[item.id] = nothing
            lacking.append(item.id)
    return answers, _lacking_notes(lacking, stored_as)


def _lacking_notes(lacking: list[str], stored_as: Instrument) -> list[str]:
    if not lacking:
        return []
    shown = ", ".join(lacking[:10]) + (f" and {len(lacking) - 10} more" if len(lacking) > 10 else "")
    return [
        f"came in with version {stored_as.version}, which lacks {len(lacking)} item(s) or asks them on another scale: "
        f"missing for these answers: {shown}"
    ]


def _same_grid(item: str, one: Instrument, other: Instrument) -> bool:
    """Return whether two versions ask an item in the same way."""
    scales = [(v.scale_of(item).min, v.scale_of(item).max, v.item(item).reverse) for v in (one, other)]
    return scales[0] == scales[1]


def _wave_names(connection: Connection) -> dict[int, str]:
    return dict(connection.execute(select(waves.c.id, waves.c.name)).all())


def _texts(cells: list[str]) -> TextColumn:
    return TextColumn.of(pd.Series(cells, dtype="str"))


def _coded(numbers: NDArray[np.int64], texts: dict[int, str]) -> TextColumn:
    """Return a column of texts from numbers that stand for them."""
    each, back = np.unique(numbers, return_inverse=True)
    column = _texts([texts[int(n)] for n in each])
    return TextColumn(column.codes[back], column.values)


def _facts(
    connection: Connection, number: int, profile: NDArray[np.int64], stored_as: Instrument, wanted: Instrument
) -> dict[str, TextColumn]:
    """Return the facts of each row's profile."""
    statement = select(profiles.c.id, profiles.c.facts).where(profiles.c.import_id == number)
    said = {n: json.loads(f) for n, f in connection.execute(statement)}
    place = {name: k for k, name in enumerate(profile_columns(stored_as))}
    return {
        name: _coded(profile, {n: f[place[name]] if name in place else "" for n, f in said.items()})
        for name in profile_columns(wanted)
    }


def _open_answers(cells: Sequence[str | None], wanted: Instrument) -> dict[str, list[str]]:
    """Return the open answers by item, an empty text where there is none."""
    columns = {item.id: [""] * len(cells) for item in wanted.items if item.scale is None}
    for row, cell in enumerate(cells):
        if cell is not None:
            for item, text in json.loads(cell).items():
                if item in columns:
                    columns[item][row] = text
    return columns
