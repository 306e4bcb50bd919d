"""Writing the rows of one file: respondents, their facts, their answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from cfanalysis.database.bulk import insert_rows
from cfanalysis.database.identities import NUMBERED, next_number, wave_numbers
from cfanalysis.database.packed_answers import flag_bits, pack_answers
from cfanalysis.database.schema import import_organizations, profiles, respondents, responses
from cfanalysis.intake.cleaning import CleaningLog
from cfanalysis.survey.instrument import Instrument

ROWS_PER_BLOCK = 50_000
"""Rows that are written at a time: what is held besides the answers themselves."""


@dataclass(frozen=True)
class WrittenRows:
    """How many rows an import has, and how many of them have no respondent's id."""

    rows: int
    numbered: int


def profile_columns(instrument: Instrument) -> list[str]:
    """Return which columns of responses a profile holds, in its order."""
    return ["origin", *(f.id for f in (*instrument.organization_fields, *instrument.respondent_fields))]


def write_responses(
    connection: Connection,
    number: int,
    table: pd.DataFrame,
    log: CleaningLog,
    instrument: Instrument,
    organization: Mapping[str, int],
) -> WrittenRows:
    """Write the responses of an import.

    Parameters
    ----------
    connection
        Of a writer.
    number
        The import's.
    table, log
        As from `cfanalysis.intake.cleaning.clean`.
    instrument
        What was asked.
    organization
        The number of each organization's name.
    """
    code, names = pd.factorize(table["organization"])
    owner = np.array([organization[name] for name in names], dtype=np.int64)[code]
    count_organizations(connection, number, table, organization)
    persons, numbered = _respondent_numbers(connection, number, owner, table["respondent"])
    when, waves = pd.factorize(table["wave"])
    known = wave_numbers(connection, waves)
    wave = np.array([known[name] for name in waves], dtype=np.int64)[when]
    facts = _profile_numbers(connection, number, table, instrument)
    bits = flag_bits(table, log)
    open_items = [i.id for i in instrument.items if i.scale is None]
    rated = [i.id for i in instrument.rated_items]
    order = np.lexsort([wave, persons])
    for start in range(0, len(order), ROWS_PER_BLOCK):
        places = order[start : start + ROWS_PER_BLOCK]
        block = table.iloc[places]
        cells = (
            [number] * len(places),
            persons[places].tolist(),
            wave[places].tolist(),
            facts[places].tolist(),
            block["seconds"].astype(object).where(block["seconds"].notna(), None).tolist(),
            bits[places].tolist(),
            pack_answers(block, rated),
            _open_answers(block, open_items),
        )
        insert_rows(connection, responses, [c.name for c in responses.columns], zip(*cells, strict=True))
    return WrittenRows(len(table), numbered)


def count_organizations(
    connection: Connection, number: int, table: pd.DataFrame, organization: Mapping[str, int]
) -> None:
    """Write how many rows an import has of each organization and wave.

    Parameters
    ----------
    connection
        Of a writer.
    number
        The import's.
    table
        With the column ``organization`` and perhaps ``wave``.
    organization
        The number of each organization's name.
    """
    named = pd.DataFrame({"name": table["organization"], "wave": table.get("wave", "")})
    named["id"] = named["name"].map(organization)
    counts = named.groupby(["id", "wave"], as_index=False).agg(name=("name", "first"), rows=("name", "size"))
    cells = (counts[c].tolist() for c in ("id", "wave", "name", "rows"))
    columns = ["import_id", "organization_id", "wave", "name", "rows"]
    insert_rows(
        connection, import_organizations, columns, [(number, *line) for line in zip(*cells, strict=True)]
    )


def _respondent_numbers(
    connection: Connection, number: int, owner: NDArray[np.int64], codes: pd.Series
) -> tuple[NDArray[np.int64], int]:
    """Return the number of each row's respondent, made where it is new; and how many rows are numbered ones."""
    text, distinct = pd.factorize(codes)
    scope = np.array([number if NUMBERED.fullmatch(c) else 0 for c in distinct], dtype=np.int64)
    pair = owner * len(distinct) + text
    _, first, back = np.unique(pair, return_index=True, return_inverse=True)
    of_each = pd.DataFrame(
        {"owner": owner[first], "scope": scope[text[first]], "code": distinct.take(text[first])}
    )
    known = _known_respondents(connection, number)
    found = of_each.merge(known, on=["owner", "scope", "code"], how="left")["id"]
    new = found.isna().to_numpy()
    numbers = found.fillna(0).to_numpy(dtype=np.int64)
    # In the order of the rows, which are sorted: so the answers of an organization lie together.
    rank = np.argsort(np.argsort(first[new]))
    numbers[new] = next_number(connection, respondents) + rank
    fresh = of_each[new].assign(id=numbers[new]).sort_values("id")
    for start in range(0, len(fresh), ROWS_PER_BLOCK):
        block = fresh.iloc[start : start + ROWS_PER_BLOCK]
        lines = zip(*(block[c].tolist() for c in ("id", "owner", "scope", "code")), strict=True)
        insert_rows(connection, respondents, ["id", "organization_id", "scope", "code"], lines)
    return numbers[back], int((scope[text] > 0).sum())


def _known_respondents(connection: Connection, number: int) -> pd.DataFrame:
    """Return the respondents with an id that the import's organizations have already."""
    own = select(import_organizations.c.organization_id).where(import_organizations.c.import_id == number)
    statement = select(
        respondents.c.organization_id, respondents.c.scope, respondents.c.code, respondents.c.id
    ).where(respondents.c.scope == 0, respondents.c.organization_id.in_(own))
    rows = [tuple(row) for row in connection.execute(statement)]
    frame = pd.DataFrame(rows, columns=["owner", "scope", "code", "id"])
    return frame.astype({"owner": "int64", "scope": "int64", "code": "str", "id": "Int64"})


def _profile_numbers(
    connection: Connection, number: int, table: pd.DataFrame, instrument: Instrument
) -> NDArray[np.int64]:
    """Return the number of each row's combination of facts; all are new rows."""
    columns = profile_columns(instrument)
    combined = np.zeros(len(table), dtype=np.int64)
    for name in columns:
        code, distinct = pd.factorize(table[name])
        combined = np.unique(combined * len(distinct) + code, return_inverse=True)[1]
    each, first = np.unique(combined, return_index=True)
    start = next_number(connection, profiles)
    values = zip(*(table[name].iloc[first].tolist() for name in columns), strict=True)
    lines = [(start + k, number, json.dumps(list(facts))) for k, facts in enumerate(values)]
    insert_rows(connection, profiles, ["id", "import_id", "facts"], lines)
    return start + np.searchsorted(each, combined)


def _open_answers(block: pd.DataFrame, items: list[str]) -> list[str | None]:
    """Return each row's open answers as JSON, None where there are none."""
    texts: list[str | None] = [None] * len(block)
    given = [(item, block[item].tolist()) for item in items if block[item].ne("").any()]
    if given:
        for row in range(len(block)):
            said = {item: cells[row] for item, cells in given if cells[row]}
            texts[row] = json.dumps(said) if said else None
    return texts
