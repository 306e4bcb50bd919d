"""The rows of one import are read back, as columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from cfanalysis.cleaning.texts import Texts
from cfanalysis.database.packing import unpacked_answers
from cfanalysis.database.rows import profile_columns
from cfanalysis.database.schema import profiles, respondents, responses, waves
from cfanalysis.instrument import Instrument
from cfanalysis.intake.answers import NOTHING

BLOCK = 50_000


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
    respondent: Texts
    wave: Texts
    seconds: NDArray[np.float64]
    flags: NDArray[np.int64]
    facts: dict[str, Texts]
    texts: dict[str, Texts]
    answers: dict[str, NDArray[np.int8]]

    def without(self, hit: NDArray[np.bool_]) -> StoredRows:
        """Return the rows without some."""
        keep = ~hit
        return StoredRows(
            self.organization[keep],
            self.scope[keep],
            self.respondent.take(keep),
            self.wave.take(keep),
            self.seconds[keep],
            self.flags[keep],
            {n: t.take(keep) for n, t in self.facts.items()},
            {n: t.take(keep) for n, t in self.texts.items()},
            {n: a[keep] for n, a in self.answers.items()},
        )


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
    width = len(stored_as.rated_items)
    blocks: list[tuple[list[Any], ...]] = []
    codes: list[NDArray[np.int8]] = []
    for part in connection.execution_options(yield_per=BLOCK).execute(statement).partitions():
        columns = [list(c) for c in zip(*part, strict=True)]
        codes.append(unpacked_answers(columns[7], width))
        blocks.append((*columns[:7], columns[8]))
    whole = [list(chain.from_iterable(block[k] for block in blocks)) for k in range(8)]
    del blocks
    matrix = np.concatenate(codes) if codes else np.empty((0, width), dtype=np.int8)
    answers, notes = _answers(matrix, stored_as, wanted)
    rows = StoredRows(
        np.array(whole[0], dtype=np.int64),
        np.array(whole[1], dtype=np.int64),
        _texts(whole[2]),
        _coded(np.array(whole[3], dtype=np.int64), _wave_names(connection)),
        np.array([np.nan if s is None else s for s in whole[5]], dtype=np.float64),
        np.array(whole[6], dtype=np.int64),
        _facts(connection, number, np.array(whole[4], dtype=np.int64), stored_as, wanted),
        _open_answers(whole[7], wanted),
        answers,
    )
    return rows, notes


def _answers(
    matrix: NDArray[np.int8], stored_as: Instrument, wanted: Instrument
) -> tuple[dict[str, NDArray[np.int8]], list[str]]:
    place = {item.id: k for k, item in enumerate(stored_as.rated_items)}
    nothing = np.full(len(matrix), NOTHING, dtype=np.int8)
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


def _texts(cells: list[str]) -> Texts:
    return Texts.of(pd.Series(cells, dtype="str"))


def _coded(numbers: NDArray[np.int64], texts: dict[int, str]) -> Texts:
    """Return a column of texts from numbers that stand for them."""
    each, back = np.unique(numbers, return_inverse=True)
    column = _texts([texts[int(n)] for n in each])
    return Texts(column.codes[back], column.values)


def _facts(
    connection: Connection, number: int, profile: NDArray[np.int64], stored_as: Instrument, wanted: Instrument
) -> dict[str, Texts]:
    """Return the facts of each row's profile."""
    statement = select(profiles.c.id, profiles.c.facts).where(profiles.c.import_id == number)
    said = {n: json.loads(f) for n, f in connection.execute(statement)}
    place = {name: k for k, name in enumerate(profile_columns(stored_as))}
    return {
        name: _coded(profile, {n: f[place[name]] if name in place else "" for n, f in said.items()})
        for name in profile_columns(wanted)
    }


def _open_answers(cells: list[str | None], wanted: Instrument) -> dict[str, Texts]:
    """Return the open answers, an empty text where there is none."""
    items = [i.id for i in wanted.items if i.scale is None]
    columns: dict[str, list[str]] = {item: [""] * len(cells) for item in items}
    for row, cell in enumerate(cells):
        if cell is not None:
            for item, text in json.loads(cell).items():
                if item in columns:
                    columns[item][row] = text
    return {item: _texts(texts) for item, texts in columns.items()}
