"""What can go wrong with a database, as one message each; a password in a URL is never shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from cfanalysis.core.errors import CfAnalysisError

BUSY = ("database is locked", "database table is locked", "55P03", "lock timeout")


class DatabaseError(CfAnalysisError):
    """The benchmark database cannot be opened, read or written as was asked."""


def display_url(url: URL) -> str:
    """Return a database's place for messages: the file, or the URL without its password.

    Examples
    --------
    >>> from sqlalchemy import make_url
    >>> display_url(make_url("postgresql+pg8000://ann:secret@host/benchmark"))
    'postgresql://ann:***@host/benchmark'
    """
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def is_busy(error: DBAPIError) -> bool:
    """Return whether an error says that somebody else holds the lock."""
    return any(mark in str(error.orig) for mark in BUSY)


@contextmanager
def translated_errors(url: URL) -> Iterator[None]:
    """Turn an error of the database's driver into a message for the user."""
    try:
        yield
    except DBAPIError as error:
        raise database_error(error, url) from error
    except sqlite3.Error as error:  # of what is asked of the driver itself
        raise database_error(DBAPIError(None, None, error), url) from error


def database_error(error: DBAPIError, url: URL) -> DatabaseError:
    """Return the message for the user that a driver's error amounts to.

    Parameters
    ----------
    error
        What the driver reported.
    url
        The database; its password is not shown.
    """
    text = _driver_message(error)
    if is_busy(error):
        return busy_error(url)
    for mark, problem, next_step in _KNOWN:
        if mark.casefold() in text.casefold():
            return DatabaseError(problem, where=display_url(url), value=text, next_step=next_step)
    return DatabaseError(
        "The database refused the operation, of which nothing was kept.",
        where=display_url(url),
        value=text,
        next_step="Check the place and the permissions, then try again.",
    )


def busy_error(url: URL) -> DatabaseError:
    """Return the message that somebody else is writing."""
    return DatabaseError(
        "Another process is writing to the database; the operation was not begun.",
        where=display_url(url),
        next_step="Try again when it is done, or wait longer: --wait SECONDS.",
    )


_KNOWN = [
    line.split(" | ")
    for line in """
file is not a database | This is not a benchmark database. | Give the path of another file: --database.
malformed | The database is damaged. | Take the last copy of it.
readonly | The database cannot be written. | Ask for the permission to write the file and its folder.
unable to open | The database cannot be opened. | Check the folder and your permissions.
is full | The disk is full; nothing of the operation was kept. | Make room, then try again.
disk I/O error | The disk is full, or broken; nothing of the operation was kept. | Make room, then try again.
28P01 | The database server refuses the user or the password. | Correct the URL.
28000 | The database server refuses the user. | Correct the URL.
3D000 | The server has no database of that name. | Make it (createdb), or correct the URL.
42501 | The database server refuses: the user lacks a permission. | Ask the server's administrator.
Can't create a connection | The database server cannot be reached. | Check host, port and that it runs.
""".strip().splitlines()
]
"""What a driver's words hold, what that means, and what to do."""


def _driver_message(error: DBAPIError) -> str:
    """Return the driver's own words in one line."""
    said = error.orig.args[0] if error.orig is not None and error.orig.args else error.orig
    if isinstance(said, dict):  # pg8000: fields of PostgreSQL's message, M the text and C the code
        return f"{said.get('M', '')} ({said.get('C', '')})"
    return " ".join(str(said).split())
