"""Where a database is: one SQLite file, or a database of a PostgreSQL server.

By default it is ``data/benchmark.sqlite`` of the workspace, beside its studies.
"""

from __future__ import annotations

import os
import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from cfanalysis.database.database_errors import DatabaseError, display_url
from cfanalysis.study.workspace import prepared_folder

DATABASE_VARIABLE = "CFANALYSIS_DATABASE"
ALLOWED = "a path such as data/benchmark.sqlite, sqlite:///PATH, or postgresql://USER@HOST/DATABASE"
_MODES = "sslmode=disable, sslmode=require or sslmode=verify-full"
_MAGIC = b"SQLite format 3\0"


def database_url(place: str | None) -> URL:
    """Return the URL of a database.

    Parameters
    ----------
    place
        A path, a URL, or None: what the environment's ``CFANALYSIS_DATABASE`` says, else the workspace's own file.

    Raises
    ------
    DatabaseError
        This is no place where a database can be.

    Examples
    --------
    >>> str(database_url("postgres://ann@host/benchmark"))
    'postgresql+pg8000://ann@host/benchmark'
    >>> str(database_url("data/benchmark.sqlite"))
    'sqlite+pysqlite:///data/benchmark.sqlite'
    """
    text = place or os.environ.get(DATABASE_VARIABLE) or str(prepared_folder().parent / "benchmark.sqlite")
    if "://" not in text:
        return URL.create("sqlite+pysqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseError("This is not the URL of a database.", allowed=ALLOWED) from None
    kind = url.drivername.split("+")[0]
    if kind in ("postgresql", "postgres"):
        if not url.database:
            raise DatabaseError("The URL names no database.", value=display_url(url), allowed=ALLOWED)
        if wrong := sorted({*url.query} - {"sslmode"}) or _wrong_mode(url):
            raise DatabaseError("The URL has an unknown setting.", value=", ".join(wrong), allowed=_MODES)
        return url.set(drivername="postgresql+pg8000")
    if kind != "sqlite":
        raise DatabaseError("This kind of database is not known.", value=kind, allowed=ALLOWED)
    if not url.database or url.database == ":memory:":
        raise DatabaseError("The URL names no file.", value=text, allowed=ALLOWED)
    return URL.create("sqlite+pysqlite", database=url.database)


def _wrong_mode(url: URL) -> list[str]:
    mode = url.query.get("sslmode", "disable")
    return [] if mode in ("disable", "require", "verify-full") else [f"sslmode={mode}"]


def connection_details(url: URL) -> tuple[URL, dict[str, Any]]:
    """Return a URL as the driver takes it, and its connection arguments: encryption and the password.

    ``sslmode`` is as libpq has it: ``require`` encrypts, ``verify-full`` also checks who the server is. A password that
    the URL lacks comes from the environment's ``PGPASSWORD``.
    """
    if is_file(url):
        return url, {}
    told: dict[str, Any] = {}
    mode = url.query.get("sslmode", "disable")
    if mode != "disable":
        told["ssl_context"] = ssl.create_default_context()
        if mode == "require":
            told["ssl_context"].check_hostname = False
            told["ssl_context"].verify_mode = ssl.CERT_NONE
    plain = url.set(query={})
    password = os.environ.get("PGPASSWORD")
    return (plain.set(password=password) if plain.password is None and password else plain), told


def is_file(url: URL) -> bool:
    """Return whether the database is a SQLite file."""
    return url.get_backend_name() == "sqlite"


def check_place(url: URL, *, create: bool) -> None:
    """Check that a database can be at a place, before anything is opened there.

    Parameters
    ----------
    url
        The database.
    create
        True if the file may be made where there is none.

    Raises
    ------
    DatabaseError
        There is no file, it is something else, or the driver of the server is not installed.
    """
    if not is_file(url):
        if find_spec("pg8000") is None:
            raise DatabaseError(
                "PostgreSQL needs the package pg8000.",
                next_step='Install it: pip install "cfanalysis[postgres]"',
            )
        return
    path = Path(str(url.database))
    if path.is_dir():
        raise DatabaseError("This is a folder, not a database.", where=path, allowed=ALLOWED)
    try:
        head = _head(path)
    except FileNotFoundError:
        if not create:
            raise DatabaseError(
                "There is no database.",
                where=path,
                next_step="Create it with the first import: cfanalysis database import FILE --instrument INSTRUMENT",
            ) from None
        _make_folder(path.parent)
        return
    except OSError as error:
        raise DatabaseError(
            "The database cannot be read.", where=path, value=error.strerror or error
        ) from None
    if head not in (_MAGIC, b""):
        raise DatabaseError("This is not a benchmark database.", where=path, allowed=ALLOWED)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(len(_MAGIC))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            "The folder of the database cannot be created.", where=folder, value=error.strerror or error
        ) from None
