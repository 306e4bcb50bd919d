"""A database is opened, made, brought to the present layout, or refused with the reason."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from cfanalysis.database import SCHEMA, DatabaseError, import_files, open_database, prepare_from_database
from cfanalysis.database.places import database_url
from cfanalysis.database.problems import shown
from cfanalysis.study.preparation import prepare

from .conftest import ROOT
from .database_files import day, many, write_rows

LAYOUT_1 = ROOT / "tests" / "database_layouts" / "layout_1.sql"


def older_database(place: Path, newer: Path) -> None:
    """Write a database as layout 1 had it, with the rows of a newer one."""
    with sqlite3.connect(place) as old:
        old.executescript(LAYOUT_1.read_text(encoding="utf-8"))
        old.execute("ATTACH ? AS newer", (str(newer),))
        for (table,) in old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            columns = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA main.table_info({table})"))
            old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
        old.execute("UPDATE main.cfanalysis_about SET value = '1' WHERE key = 'schema'")
        old.commit()
        old.execute("DETACH newer")
    old.close()


def test_an_older_layout_is_brought_to_the_present(
    sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """Flags, which layout 1 kept in the logs only, stand with the rows then; it is said, and done once."""
    with open_database(str(tmp_path / "new.sqlite"), create=True) as database:
        import_files(database, instrument_file, answers=sample_file)
    older_database(tmp_path / "old.sqlite", tmp_path / "new.sqlite")
    said: list[str] = []
    for _ in range(2):
        with open_database(str(tmp_path / "old.sqlite"), say=said.append):
            pass
    assert said == [f"{tmp_path / 'old.sqlite'}: layout 1 was brought to layout {SCHEMA}"]
    drop = ["straight_lining", "short_answer"]
    one = prepare(sample_file, instrument_file, tmp_path / "file" / "s", drop=drop)
    other = prepare_from_database(str(tmp_path / "old.sqlite"), tmp_path / "s", drop=drop)
    assert one.cleaning_log["rows_dropped"] == other.cleaning_log["rows_dropped"]
    assert one.survey.shares.equals(other.survey.shares)


def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    """An older program does not touch what it does not know."""
    place = tmp_path / "b.sqlite"
    with open_database(str(place), create=True):
        pass
    with sqlite3.connect(place) as driver:
        driver.execute("UPDATE cfanalysis_about SET value = ? WHERE key = 'schema'", (str(SCHEMA + 1),))
    driver.close()
    with (
        pytest.raises(DatabaseError, match=r"newer cfanalysis(.*\n)*.*Update cfanalysis"),
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
        ("postgresql://host/x?sslmode=maybe", "says what is not known"),
        ("postgresql://host/x?application=1", "says what is not known"),
    ],
)
def test_a_wrong_place_is_said(tmp_path: Path, place: str, problem: str) -> None:
    """One message, no traceback of a driver."""
    (tmp_path / "text.sqlite").write_text("a text that is no database at all")
    with pytest.raises(DatabaseError, match=problem), open_database(place.format(tmp=tmp_path)):
        pass


def test_a_password_is_never_shown() -> None:
    """Not in messages about the database's place."""
    assert shown(database_url("postgresql://ann:secret@127.0.0.1/b")) == "postgresql://ann:***@127.0.0.1/b"


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
