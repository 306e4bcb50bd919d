"""What is in the database: all of it, one import, one client."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from cfanalysis.database.erasure import find_client_keys
from cfanalysis.database.history import Import, all_imports, counting_imports, find_import
from cfanalysis.database.logs import decompress_log
from cfanalysis.database.schema import SCHEMA, erasures, import_organizations, imports
from cfanalysis.database.snapshot import current_names

Lines = list[dict[str, Any]]


def import_list(connection: Connection) -> Lines:
    """Return every import, oldest first: when, kind, file, rows, organizations, waves, and whether it counts."""
    return [_import_line(connection, row) for row in connection.execute(all_imports()).all()]


def _import_line(connection: Connection, row: Import) -> dict[str, Any]:
    own = import_organizations.c.import_id == row.id
    count = func.count(import_organizations.c.organization_id.distinct())
    present = select(count, func.sum(import_organizations.c.rows)).where(own)
    number, rows = connection.execute(present).one()
    waves = connection.scalars(
        select(import_organizations.c.wave).where(own).distinct().order_by("wave")
    ).all()
    return {
        "import": row.id,
        "imported_at": row.imported_at,
        "kind": row.kind,
        "file": row.file,
        "sha256": row.sha256,
        "instrument": f"{row.instrument} {row.version}",
        "rows_in": row.rows_in,
        "rows": int(rows or 0),
        "organizations": number,
        "waves": [w for w in waves if w],
        "state": _state(row),
    }


def _state(row: Import) -> str:
    """Return whether an import counts, in words."""
    if row.ended_at is None:
        return "counts"
    by = f" by import {row.replaced_by}" if row.replaced_by else ""
    return f"{row.ended_why}{by} on {row.ended_at[:10]}"


def import_details(connection: Connection, number: int) -> dict[str, Any]:
    """Return what is known about an import: its entry in the list, and what its cleaning did.

    Parameters
    ----------
    connection
        An open connection.
    number
        The import's number.

    Raises
    ------
    DatabaseError
        There is none of that number.
    """
    row = find_import(connection, number)
    log = decompress_log(row.log)
    cleaning = {
        k: log.get(k, {}) for k in ("rows_dropped", "rows_flagged", "cells_changed", "notes", "proposals")
    }
    return {**_import_line(connection, row), "bytes": row.bytes, **cleaning}


def database_summary(connection: Connection) -> dict[str, Any]:
    """Return the size of the data that count."""
    counting = counting_imports(connection)
    answers = [i.id for i in counting if i.kind == "responses"]
    table = import_organizations
    rows = connection.execute(
        select(table.c.wave, func.count(table.c.organization_id.distinct()), func.sum(table.c.rows))
        .where(table.c.import_id.in_(answers))
        .group_by(table.c.wave)
        .order_by(table.c.wave)
    ).all()
    gone = connection.execute(
        select(erasures.c.erased_at, erasures.c.rows, erasures.c.readmitted_at).order_by(erasures.c.id)
    ).all()
    versions = sorted({f"{i.instrument} {i.version}" for i in counting})
    names = current_names(connection, counting).name if answers else {}
    return {
        "layout": SCHEMA,
        "instruments": versions,
        "imports": int(connection.scalar(select(func.count()).select_from(imports)) or 0),
        "imports_that_count": len(counting),
        "organizations": len(names),
        "waves": [{"wave": w, "organizations": n, "rows": int(r)} for w, n, r in rows],
        "rows": sum(int(r) for _, _, r in rows),
        "outcomes": sum(i.rows_kept for i in counting if i.kind == "outcomes"),
        "erasures": [{"erased_at": e, "rows": r, "readmitted_at": a} for e, r, a in gone],
    }


def client_details(connection: Connection, name: str) -> dict[str, Any]:
    """Return what the database holds about a client: its names, and rows by import and wave.

    Parameters
    ----------
    connection
        An open connection.
    name
        The client's name or an alias.

    Raises
    ------
    DatabaseError
        There is no such client.
    """
    numbers, keys = find_client_keys(connection, name)
    table = import_organizations
    counts = imports.c.ended_at.is_(None).label("counts")
    shown = (imports.c.id.label("import"), imports.c.kind, table.c.name, table.c.wave, table.c.rows, counts)
    statement = select(*shown).join(imports, imports.c.id == table.c.import_id)
    found = connection.execute(
        statement.where(table.c.organization_id.in_(numbers)).order_by(table.c.import_id, table.c.wave)
    )
    rows = [dict(row) for row in found.mappings()]
    called = current_names(connection, counting_imports(connection)).name
    client = next((called[n] for n in numbers if n in called), name)
    others = {key for key in keys if "\t" not in key and key != client.casefold()}
    return {"client": client, "names": sorted({row["name"] for row in rows} | others), "rows": rows}
