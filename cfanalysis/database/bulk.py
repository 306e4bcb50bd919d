"""Fast reading and writing of many rows: an executemany on SQLite, a COPY on PostgreSQL."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table

_Row = Sequence[Any]
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[_Row]) -> None:
    """Insert rows.

    Parameters
    ----------
    connection
        Of a writer.
    table
        Where they go.
    columns
        Names of the columns in the order of the cells.
    rows
        Tuples of numbers, texts, bytes and None.
    """
    lines = list(rows)
    if not lines:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, lines)
        return
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({places})", lines)


def row_blocks(connection: Connection, statement: Select[Any], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield a query's rows as plain tuples, some at a time.

    Parameters
    ----------
    connection
        Of a reader.
    statement
        A query whose parameters are numbers.
    size
        Rows at a time.
    """
    text = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    try:
        cursor.execute(text)
        while rows := cursor.fetchmany(size):
            yield list(rows)
    finally:
        cursor.close()


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[_Row]) -> None:
    """Send rows to a PostgreSQL server in its text format."""
    text = "".join("\t".join(map(_cell, row)) + "\n" for row in rows)
    names = ", ".join(f'"{name}"' for name in columns)
    driver: Any = connection.connection.dbapi_connection
    with io.BytesIO(text.encode("utf-8")) as stream:
        cursor = driver.cursor()
        cursor.execute(f"COPY {table.name} ({names}) FROM STDIN", stream=stream)
        cursor.close()


def _cell(value: Any) -> str:
    r"""Return a cell as COPY reads it.

    Examples
    --------
    >>> print(_cell(None), _cell(bytes([5])), _cell("a" + chr(9) + "b"), _cell(1.5))
    \N \\x05 a\tb 1.5
    """
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    return value.translate(_ESCAPES) if isinstance(value, str) else repr(value)
