"""Which imports count, now or on a given day, and how an import stops counting.

An import counts from the moment at which it came in until a corrected file replaced it or it was removed. So the
state of any day is known from the list of imports, and nothing has to be copied to keep it. What erasing took away is
the one thing that cannot be brought back: a day on which it counted is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, true, update

from cfanalysis.database.database_errors import DatabaseError
from cfanalysis.database.schema import erasures, imports, instruments
from cfanalysis.database.timestamps import as_of_moment, later_timestamp, timestamp_text

Import = Row  # of `imports`, joined with its instrument


def all_imports() -> Select[Any]:
    """Return the query of all imports, each with its instrument, oldest first."""
    return (
        select(imports, instruments.c.name.label("instrument"), instruments.c.version.label("version"))
        .join(instruments, imports.c.instrument_id == instruments.c.id)
        .order_by(imports.c.id)
    )


def counting_imports(
    connection: Connection, moment: str | None = None, *, kind: str | None = None
) -> list[Import]:
    """Return the imports that count, now or at a moment, oldest first.

    Parameters
    ----------
    connection
        An open connection.
    moment
        A moment in the past; None for now.
    kind
        The kind of file; None for all.
    """
    statement = all_imports()
    if moment is None:
        statement = statement.where(imports.c.ended_at.is_(None))
    else:
        ended = or_(imports.c.ended_at.is_(None), imports.c.ended_at > moment)
        statement = statement.where(imports.c.imported_at <= moment, ended)
    if kind is not None:
        statement = statement.where(imports.c.kind == kind)
    return list(connection.execute(statement).all())


def moment_of(connection: Connection, day: str | None, *, now: datetime) -> str | None:
    """Return the last moment of a day, or the moment itself where a time is given.

    Parameters
    ----------
    connection
        An open connection.
    day
        ``2026-03-01``, or with a time ``2026-03-01T12:00``; UTC unless it says otherwise. None for the present.
    now
        The present moment.

    Returns
    -------
    str or None
        None for the present.

    Raises
    ------
    ParameterError
        This is no day, or it has not come yet.
    DatabaseError
        Nothing counted on that day, or a client was erased that counted on it.
    """
    if day is None:
        return None
    moment = as_of_moment(day, now=now)
    gone = connection.execute(
        select(erasures.c.erased_at, erasures.c.rows)
        .where(erasures.c.erased_at > moment, erasures.c.first_at <= moment)
        .order_by(erasures.c.erased_at)
    ).first()
    if gone is not None:
        raise DatabaseError(
            "The benchmark of that day cannot be reproduced: a client that counted in it was erased.",
            value=f"as of {day}; erased on {gone.erased_at[:10]}, {gone.rows:,} rows",
            allowed=f"days from the erasure on ({gone.erased_at[:19]}Z), or before the client's first answers",
            next_step="Use the study that was made then, if you kept it.",
        )
    if not counting_imports(connection, moment):
        first = connection.scalar(select(func.min(imports.c.imported_at)))
        raise DatabaseError(
            "Nothing in the database counted on that day.",
            value=f"as of {day}",
            allowed=f"days from {first[:10]} on" if first else None,
        )
    return moment


def change_moment(connection: Connection, now: datetime) -> str:
    """Return the moment of a change: now, or just after the latest recorded change if the clock is behind it.

    Parameters
    ----------
    connection
        An open connection.
    now
        The present moment.
    """
    return later_timestamp(timestamp_text(now), last_change(connection) or None)


def last_change(connection: Connection, moment: str | None = None) -> str:
    """Return when what counts was changed last: by an import, its end, or an erasure; "" where nothing ever was.

    Parameters
    ----------
    connection
        An open connection.
    moment
        A moment in the past, up to which changes count; None for now.
    """
    columns = (imports.c.imported_at, imports.c.ended_at, erasures.c.erased_at)
    found = [
        connection.scalar(select(func.max(column)).where(true() if moment is None else column <= moment))
        for column in columns
    ]
    return max(filter(None, found), default="")


def find_import(connection: Connection, number: int) -> Import:
    """Return an import.

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
    found = connection.execute(all_imports().where(imports.c.id == number)).first()
    if found is None:
        last = connection.scalar(select(func.max(imports.c.id)))
        raise DatabaseError(
            "There is no such import.",
            value=number,
            allowed=f"1 to {last}" if last else "none: nothing was imported yet",
            next_step="List them: cfanalysis database list",
        )
    return found


def end_import(connection: Connection, number: int, moment: str, *, why: str, by: int | None = None) -> None:
    """Record that an import no longer counts.

    Parameters
    ----------
    connection
        An open transaction.
    number
        The import's number.
    moment
        When it stopped counting.
    why
        ``"replaced"`` or ``"removed"``.
    by
        The import that replaces it; None where none does.
    """
    connection.execute(
        update(imports).where(imports.c.id == number).values(ended_at=moment, ended_why=why, replaced_by=by)
    )


def remove_import(connection: Connection, number: int, *, now: datetime) -> Import:
    """Record that an import no longer counts from now on; its rows stay for ``--as-of``.

    Parameters
    ----------
    connection
        An open transaction.
    number
        The import's number.
    now
        The present moment.

    Returns
    -------
    Import
        As it stands afterwards.

    Raises
    ------
    DatabaseError
        There is none of that number, or it does not count any more.
    """
    found = find_import(connection, number)
    if found.ended_at is not None:
        by = f" by import {found.replaced_by}" if found.replaced_by else ""
        raise DatabaseError(
            "The import no longer counts.",
            value=f"import {number}, {found.ended_why}{by} on {found.ended_at[:10]}",
            next_step="List what counts: cfanalysis database list",
        )
    end_import(connection, number, change_moment(connection, now), why="removed")
    return find_import(connection, number)
