"""A database is opened, made, or refused with the reason."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from cfanalysis.database import SCHEMA, DatabaseError, import_files, open_database
from cfanalysis.database.database_errors import display_url
from cfanalysis.database.database_url import database_url

from .database_files import day, many, write_rows


@pytest.mark.parametrize("layout", [str(SCHEMA + 1), str(SCHEMA - 1), "first"])
def test_another_layout_is_refused(tmp_path: Path, layout: str) -> None:
    """A program does not touch what it does not know, newer or older."""
    place = tmp_path / "b.sqlite"
    with open_database(str(place), create=True):
        pass
    with sqlite3.connect(place) as driver:
        driver.execute("UPDATE cfanalysis_about SET value = ? WHERE key = 'schema'", (layout,))
    driver.close()
    with (
        pytest.raises(DatabaseError, match=rf"does not read(.*\n)*.*layout {layout}(.*\n)*.*layout {SCHEMA}"),
        open_database(str(place)),
    ):
        pass


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    """A SQLite file of something else gets no tables."""
    place = tmp_path / "other.sqlite"
    with sqlite3.connect(place) as driver:
        driver.execute("CREATE TABLE songs (name TEXT)")
    driver.close()
    before = place.read_bytes()
    with (
        pytest.raises(DatabaseError, match=r"not a benchmark database(.*\n)*.*songs"),
        open_database(str(place), create=True),
    ):
        pass
    assert place.read_bytes() == before


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("{tmp}/none.sqlite", "There is no database"),
        ("{tmp}", "folder, not a database"),
        ("{tmp}/text.sqlite", "not a benchmark database"),
        ("mysql://host/x", "not known"),
        ("sqlite://", "names no file"),
        ("postgresql://host", "names no database"),
        ("http:// x", "not the URL|not known"),
        ("postgresql://host:port/x", "not the URL"),
        ("postgresql://host/x?sslmode=maybe", "has an unknown setting"),
        ("postgresql://host/x?application=1", "has an unknown setting"),
    ],
)
def test_a_wrong_place_is_said(tmp_path: Path, place: str, problem: str) -> None:
    """One message, no traceback of a driver."""
    (tmp_path / "text.sqlite").write_text("a text that is no database at all")
    with pytest.raises(DatabaseError, match=problem), open_database(place.format(tmp=tmp_path)):
        pass


def test_a_password_is_never_shown() -> None:
    """Not in messages about the database's place."""
    assert (
        display_url(database_url("postgresql://ann:secret@127.0.0.1/b")) == "postgresql://ann:***@127.0.0.1/b"
    )


def test_a_server_that_is_not_there_is_said() -> None:
    """Without the password."""
    with (
        pytest.raises(DatabaseError, match="cannot be reached") as caught,
        open_database("postgresql://ann:secret@127.0.0.1:1/b"),
    ):
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    """The next step says what is lacking."""
    tmp_path.chmod(0o500)
    with (
        pytest.raises(DatabaseError, match="cannot be"),
        open_database(str(tmp_path / "b.sqlite"), create=True),
    ):
        pass


def test_a_damaged_database_is_said(tmp_path: Path, tiny_file: Path) -> None:
    """Not as a traceback."""
    place = tmp_path / "b.sqlite"
    with open_database(str(place), create=True) as database:
        import_files(database, tiny_file, answers=write_rows(tmp_path / "a.csv", many("Oak")), now=day(1))
    content = bytearray(place.read_bytes())
    content[100:] = b"\x5a" * (len(content) - 100)
    place.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"damaged|not a benchmark"), open_database(str(place)):
        pass
