"""Several processes and one database: killed writers, two at once, readers meanwhile."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from cfanalysis.database import DatabaseError, import_files, open_database
from cfanalysis.database.history import remove_import
from cfanalysis.database.overview import database_summary, import_list
from cfanalysis.database.study_from_database import database_snapshot

from .database_files import day, many, write_rows

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")


def import_process(place: Path, instrument: Path, file: Path, *more: str) -> subprocess.Popen[str]:
    """Start an import as its user would."""
    command = [
        sys.executable,
        "-m",
        "cfanalysis",
        "database",
        "import",
        str(file),
        "--instrument",
        str(instrument),
    ]
    return subprocess.Popen(
        [*command, "--database", str(place), "--json", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_writing(place: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the process holds the lock of the writer."""
    start = time.monotonic()
    probe = sqlite3.connect(place, timeout=0, isolation_level=None)
    try:
        while process.poll() is None:
            try:
                probe.execute("BEGIN IMMEDIATE")
                probe.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return
            if time.monotonic() > start + 600:
                break
            time.sleep(0.002)
    finally:
        probe.close()
    process.kill()
    pytest.fail(f"the import was not seen to write: {process.communicate()}")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers of many people, so that the writing takes a while."""
    rows = many(*(f"Organization {k}" for k in range(300)), people=100)
    return write_rows(tmp_path_factory.mktemp("large") / "large.csv", rows)


@pytest.fixture
def place(tmp_path: Path, tiny_file: Path) -> Path:
    """A database with one import."""
    with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
        import_files(database, tiny_file, answers=write_rows(tmp_path / "a.csv", many("Oak")), now=day(1))
    return tmp_path / "b.sqlite"


@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_a_killed_import_leaves_the_former_state(
    place: Path, tiny_file: Path, large: Path, delay: float
) -> None:
    """Killed with SIGKILL in the middle of its writing; the next import finds everything in order."""
    process = import_process(place, tiny_file, large)
    wait_for_writing(place, process)
    time.sleep(delay)
    process.send_signal(signal.SIGSTOP)
    wait_for_writing(place, process)  # stopped in the middle: it holds the lock still
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with open_database(str(place)) as database:
        with database.read_transaction() as connection:
            assert len(import_list(connection)) == 1
            assert database_summary(connection)["rows"] == 6
            assert len(database_snapshot(connection).table) == 6
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        made = import_files(database, tiny_file, answers=large)
        assert (made[0].number, made[0].rows) == (2, 30_000)


def test_of_two_imports_at_once_one_waits(place: Path, tiny_file: Path, large: Path, tmp_path: Path) -> None:
    """Both are in the database in the end, and the second was told that it waits."""
    other = write_rows(tmp_path / "other.csv", many("Yew"))
    first = import_process(place, tiny_file, large)
    wait_for_writing(place, first)
    second = import_process(place, tiny_file, other)
    ends = [process.communicate(timeout=600) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), ends
    assert [json.loads(out)["imports"][0]["status"] for out, _ in ends] == ["imported", "imported"]
    with open_database(str(place)) as database, database.read_transaction() as connection:
        assert database_summary(connection)["rows"] == 6 + 30_000 + 6


def test_who_does_not_want_to_wait_is_told_why(place: Path, tiny_file: Path) -> None:
    """A writer that waits in vain says that another one writes; nothing is changed."""
    said: list[str] = []
    holder = sqlite3.connect(place, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with open_database(str(place), wait=0.2, say=said.append) as database:
            with database.read_transaction() as connection:
                assert database_summary(connection)["rows"] == 6
            with (
                pytest.raises(DatabaseError, match="Another process is writing"),
                database.write_transaction() as connection,
            ):
                remove_import(connection, 1, now=day(2))
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert len(said) == 1
    assert "waiting up to" in said[0]


def test_the_same_file_by_two_processes_comes_in_once(place: Path, tiny_file: Path, large: Path) -> None:
    """Whoever comes second finds it there."""
    processes = [import_process(place, tiny_file, large) for _ in range(2)]
    ends = [process.communicate(timeout=600) for process in processes]
    statuses = sorted(json.loads(out)["imports"][0]["status"] for out, _ in ends)
    assert statuses == ["imported", "unchanged"]


def test_two_processes_make_the_database_at_once(tiny_file: Path, tmp_path: Path) -> None:
    """Neither finds half of it."""
    files = [write_rows(tmp_path / f"{name}.csv", many(name)) for name in ("Oak", "Yew")]
    processes = [import_process(tmp_path / "new.sqlite", tiny_file, file) for file in files]
    ends: Sequence[tuple[str, str]] = [process.communicate(timeout=600) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ends
    with open_database(str(tmp_path / "new.sqlite")) as database, database.read_transaction() as connection:
        assert sorted(line["import"] for line in import_list(connection)) == [1, 2]


def test_a_new_file_that_another_program_reads_is_waited_for(tmp_path: Path) -> None:
    """Its journal cannot be set meanwhile: whoever waits in vain is told why, after the time that was given."""
    place = tmp_path / "new.sqlite"
    holder = sqlite3.connect(place, isolation_level=None)
    holder.execute("BEGIN")
    holder.execute("SELECT * FROM sqlite_master")
    with (
        pytest.raises(DatabaseError, match="Another process is writing"),
        open_database(str(place), create=True, wait=0.2),
    ):
        pass
    holder.close()
    with (
        open_database(str(place), create=True, wait=0.2) as database,
        database.read_transaction() as connection,
    ):
        assert database_summary(connection)["rows"] == 0
