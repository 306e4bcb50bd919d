"""Opening a database: recognized, created where there is none, or refused.

Readers see one state from beginning to end. There is one writer at a time: a second one waits and says so; after the
time limit it gives up with a message. A writer's block is one transaction: all of it or nothing, even when the
process is killed halfway (SQLite's write-ahead log, PostgreSQL's own).
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from cfanalysis.database.database_errors import DatabaseError, display_url, is_busy, translated_errors
from cfanalysis.database.database_url import check_place, connection_details, database_url, is_file
from cfanalysis.database.schema import SCHEMA, about, metadata

WAIT = 300.0
"""Seconds for which a writer waits for another."""

_LOCK = 0x63666462
"""The advisory lock of writers on a PostgreSQL server ("cfdb")."""

MessageHandler = Callable[[str], None]


@dataclass(frozen=True)
class Database:
    """An open benchmark database.

    Parameters
    ----------
    url
        Where it is.
    engine
        How it is reached.
    wait
        Seconds for which a writer waits for another.
    say
        Who is told that there is something to wait for.
    """

    url: URL
    engine: Engine
    wait: float = WAIT
    say: MessageHandler = lambda _: None

    @property
    def place(self) -> str:
        """The place in words, without a password."""
        return display_url(self.url)

    @contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """Give a connection that sees one state throughout.

        Raises
        ------
        DatabaseError
            The database cannot be read.
        """
        with translated_errors(self.url), self.engine.connect() as connection:
            if not is_file(self.url):
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """Give a connection whose changes are made all together at the end, or not at all.

        Raises
        ------
        DatabaseError
            Another writer did not end in time, or the database cannot be written.
        """
        with translated_errors(self.url), self.engine.connect() as connection:
            if is_file(self.url):
                connection.execution_options(writes=True)
            with self._begin_writing(connection):
                yield connection

    @contextmanager
    def _begin_writing(self, connection: Connection) -> Iterator[None]:
        """Begin as the one writer: at once, or after another has ended."""
        try:
            self._set_patience(connection, 0)
            transaction = self._try_lock(connection)
        except DBAPIError as error:
            if not is_busy(error):
                raise
            connection.rollback()
            self.say(f"Another process is writing to {self.place}; waiting up to {self.wait:.0f} s ...")
            self._set_patience(connection, self.wait)
            transaction = self._try_lock(connection)
        with transaction:
            yield

    def _set_patience(self, connection: Connection, seconds: float) -> None:
        if is_file(self.url):
            driver: Any = connection.connection.dbapi_connection
            driver.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        else:
            connection.execute(text(f"SET lock_timeout = {max(int(seconds * 1000), 1)}"))
            connection.commit()

    def _try_lock(self, connection: Connection) -> Any:
        transaction = connection.begin()
        if not is_file(self.url):
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
        return transaction


@contextmanager
def open_database(
    place: str | None = None, *, create: bool = False, wait: float = WAIT, say: MessageHandler | None = None
) -> Iterator[Database]:
    """Open a benchmark database for the time of a block.

    Parameters
    ----------
    place
        A path or URL (`cfanalysis.database.database_url.database_url`).
    create
        Whether one is made where there is none.
    wait
        Seconds for which a writer waits for another.
    say
        Who is told that there is something to wait for.

    Raises
    ------
    DatabaseError
        There is none, it is no benchmark database, or of another layout.
    """
    url = database_url(place)
    check_place(url, create=create)
    database = Database(url, _engine(url), wait, say or (lambda _: None))
    try:
        _make_tables(database, create=create)
        yield database
    finally:
        database.engine.dispose()


def _engine(url: URL) -> Engine:
    """Return an engine; for SQLite, one that leaves transactions to us and cleans what it deletes."""
    reached, told_besides = connection_details(url)
    engine = create_engine(reached, connect_args=told_besides)
    if is_file(url):

        @event.listens_for(engine, "connect")
        def connected(driver: Any, _: Any) -> None:
            driver.isolation_level = None
            driver.executescript(
                "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; "
                "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"
            )

        @event.listens_for(engine, "begin")
        def begun(connection: Connection) -> None:
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_tables(database: Database, *, create: bool) -> None:
    """Make the tables where there are none."""
    with database.read_transaction() as connection:
        if has_tables(connection, database):
            return
    if not create:
        raise DatabaseError(
            "The database is empty.",
            where=database.place,
            next_step="Import a file: cfanalysis database import FILE --instrument INSTRUMENT",
        )
    if is_file(database.url):
        with translated_errors(database.url), database.engine.connect() as connection:
            _write_ahead(connection.connection.dbapi_connection, database.wait)
    with database.write_transaction() as connection:
        # Another process may have done it while this one waited.
        if not has_tables(connection, database):
            metadata.create_all(connection)
            known = {"schema": str(SCHEMA), "salt": secrets.token_hex(32)}
            connection.execute(insert(about), [{"key": k, "value": v} for k, v in known.items()])


def _write_ahead(driver: Any, wait: float) -> None:
    """Set the journal of a file; where another process holds the file, SQLite waits by itself in some cases only."""
    driver.execute("PRAGMA busy_timeout = 0")
    until = time.monotonic() + wait
    while True:
        try:
            driver.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if time.monotonic() > until or "locked" not in str(error):
                raise
            time.sleep(0.05)


def has_tables(connection: Connection, database: Database) -> bool:
    """Return whether the tables of a benchmark database are there, False where there is nothing yet.

    Parameters
    ----------
    connection
        Of a reader or writer.
    database
        Whose.

    Raises
    ------
    DatabaseError
        It is something else, or of another layout than this version of cfanalysis reads.
    """
    tables = set(inspect(connection).get_table_names())
    if about.name not in tables:
        foreign = tables if is_file(database.url) else tables & set(metadata.tables)
        if foreign:
            raise DatabaseError(
                "This is a database, but not a benchmark database of cfanalysis.",
                where=database.place,
                value=f"tables {', '.join(sorted(foreign)[:5])}",
                next_step="Give another place: --database.",
            )
        return False
    layout = connection.scalar(select(about.c.value).where(about.c.key == "schema"))
    if layout != str(SCHEMA):
        raise DatabaseError(
            "The database has a layout that this version of cfanalysis does not read.",
            where=database.place,
            value=f"layout {layout or 'not given'}",
            allowed=f"layout {SCHEMA}",
            next_step="Open it with the cfanalysis that wrote it, or import its files into a new database.",
        )
    return True
