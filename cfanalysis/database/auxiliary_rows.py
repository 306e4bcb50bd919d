"""Auxiliary files are written as they were read, row by row, and read back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from cfanalysis.core.text_folding import fold_text
from cfanalysis.database.bulk import insert_rows
from cfanalysis.database.row_writer import count_organizations
from cfanalysis.database.schema import aliases, facts, outcomes

OUTCOME_COLUMNS = ["organization", "wave", "outcome", "value", "n"]


def write_outcomes(
    connection: Connection, number: int, table: pd.DataFrame, organization: Mapping[str, int]
) -> None:
    """Write the outcomes of an import.

    Parameters
    ----------
    connection
        An open transaction.
    number
        The import's number.
    table
        The outcomes, as from `cfanalysis.intake.auxiliary_files.read_outcomes`.
    organization
        Name in the file -> number of the organization.
    """
    lines = [
        (number, int(row), organization[name], name, wave, outcome, value, None if pd.isna(n) else int(n))
        for row, name, wave, outcome, value, n in zip(
            table.index, *(table[c].tolist() for c in OUTCOME_COLUMNS), strict=True
        )
    ]
    insert_rows(connection, outcomes, [c.name for c in outcomes.columns], lines)
    count_organizations(connection, number, table, organization)


def write_facts(
    connection: Connection,
    number: int,
    table: pd.DataFrame,
    other_names: Mapping[str, str],
    organization: Mapping[str, int],
) -> None:
    """Write the facts and aliases of an import, as from `cfanalysis.intake.auxiliary_files.read_organizations`.

    Parameters
    ----------
    connection, number, table, organization
        As of `write_outcomes`.
    other_names
        Alias -> organization.
    """
    lines = []
    for row, cells in zip(table.index, table.to_dict(orient="records"), strict=True):
        name = str(cells.pop("organization"))
        said = {str(k): _plain(v) for k, v in cells.items()}
        lines.append((number, int(row), organization[name], name, json.dumps(said)))
    insert_rows(connection, facts, [c.name for c in facts.columns], lines)
    named = [(number, fold_text(alias), organization[name], name) for alias, name in other_names.items()]
    insert_rows(connection, aliases, ["import_id", "key", "organization_id", "name"], named)
    count_organizations(connection, number, table, organization)


def stored_outcomes(connection: Connection, number: int) -> pd.DataFrame:
    """Return the outcomes of an import as they were read, with the organizations' numbers (``organization_id``).

    Parameters
    ----------
    connection
        An open connection.
    number
        The import's number.

    Returns
    -------
    DataFrame
        Indexed by row of the file, in its order.
    """
    columns = ["row", "organization_id", *OUTCOME_COLUMNS]
    statement = select(*(outcomes.c["name" if name == "organization" else name] for name in columns))
    rows = connection.execute(statement.where(outcomes.c.import_id == number).order_by(outcomes.c.row)).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=columns).set_index("row")
    texts = dict.fromkeys(("organization", "wave", "outcome"), "str")
    return frame.astype({**texts, "value": "float64", "n": "Int64"})


def stored_facts(connection: Connection, number: int) -> pd.DataFrame:
    """Return the facts of an import as they were read, with the organizations' numbers (``organization_id``).

    Parameters
    ----------
    connection
        An open connection.
    number
        The import's number.

    Returns
    -------
    DataFrame
        Indexed by row of the file, in its order.
    """
    statement = select(facts.c.row, facts.c.organization_id, facts.c.name, facts.c.facts)
    rows = connection.execute(statement.where(facts.c.import_id == number).order_by(facts.c.row)).all()
    lines = [{"row": r, "organization_id": o, "organization": n, **json.loads(f)} for r, o, n, f in rows]
    columns = list(lines[0]) if lines else ["row", "organization_id", "organization"]
    frame = pd.DataFrame(lines, columns=columns).set_index("row")
    kinds = {name: "str" for name in frame if name not in ("organization_id", "invited")}
    return frame.astype(kinds | ({"invited": "Int64"} if "invited" in frame else {}))


def _plain(value: Any) -> Any:
    """Return a cell as JSON has it."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value if isinstance(value, str) else int(value)
