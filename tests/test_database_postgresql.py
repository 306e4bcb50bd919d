"""The benchmark database on a real PostgreSQL server that the tests start on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cfanalysis.database import DatabaseError, import_files, open_database, prepare_from_database
from cfanalysis.database.aliases import decide_alias, proposed_aliases
from cfanalysis.database.database_url import database_url
from cfanalysis.database.erasure import erase_client
from cfanalysis.database.history import remove_import
from cfanalysis.database.overview import database_summary, import_list
from cfanalysis.study.preparation import prepare

from .database_files import day, many, write_rows
from .database_server import PASSWORD, running_server, server_programs
from .test_norm_database import norms_are_kept

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server's first database."""
    pytest.importorskip("pg8000", reason="needs the extra postgres")
    programs = server_programs()
    if programs is None:
        pytest.skip("needs PostgreSQL (tests/install_system_packages.sh)")
    with running_server(programs) as url:
        yield url


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of this test's own."""
    name = f"t{abs(hash(request.node.name))}"
    engine = create_engine(database_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rsplit("/", 1)[0] + f"/{name}"


def test_a_study_of_one_import_is_the_study_of_its_file(
    url: str, sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """Byte for byte, as from SQLite; the same file again changes nothing."""
    prepare(sample_file, instrument_file, tmp_path / "file" / "s")
    with open_database(url, create=True) as database:
        assert import_files(database, instrument_file, answers=sample_file)[0].status == "imported"
        assert import_files(database, instrument_file, answers=sample_file)[0].status == "unchanged"
    prepare_from_database(url, tmp_path / "database" / "s")
    one, two = (tmp_path / name / "s" for name in ("file", "database"))
    manifests = [json.loads((folder / "manifest.json").read_bytes()) for folder in (one, two)]
    assert manifests[1].pop("date")  # of the database's last change
    assert manifests[0] == manifests[1]
    for path in one.iterdir():
        same = path.name == "manifest.json" or path.read_bytes() == (two / path.name).read_bytes()
        assert same, path.name


def test_history_and_erasure(url: str, tiny_file: Path, tmp_path: Path) -> None:
    """A correction, a day before it, odd texts, a client erased, a day refused."""
    rows = many("Alder", "Birch\\Sons", "Cedar")
    rows[0]["why"] = 'tab\there, "quotes", back\\slash, new\nline, Ünï'
    file = write_rows(tmp_path / "a.csv", rows)
    with open_database(url, create=True) as database:
        import_files(database, tiny_file, answers=file, now=day(1))
        write_rows(file, many("Alder", "Cedar"))
        assert import_files(database, tiny_file, answers=file, now=day(2))[0].replaced == (1,)
        study = prepare_from_database(url, tmp_path / "s", as_of="2026-03-01", now=day(3))
        assert study.survey.raw_responses is not None
        assert set(study.survey.raw_responses["organization"]) == {"Alder", "Birch\\Sons", "Cedar"}
        assert study.survey.raw_responses["why"].iloc[0] == rows[0]["why"].replace("\t", " ").replace(
            "\n", " "
        )
        assert erase_client(database, "birch\\sons", now=day(4)).responses == 6
        with pytest.raises(DatabaseError, match="was erased"):
            prepare_from_database(url, tmp_path / "t", as_of="2026-03-01", now=day(5))
        prepare_from_database(url, tmp_path / "t", as_of="2026-03-04", now=day(5))


def test_one_writer_at_a_time(url: str, tiny_file: Path, tmp_path: Path) -> None:
    """A second one waits, is told so, and gives up with the reason; readers go on."""
    said: list[str] = []
    with open_database(url, create=True) as holder:
        import_files(holder, tiny_file, answers=write_rows(tmp_path / "a.csv", many("Oak")))
        with (
            holder.write_transaction(),
            open_database(url, wait=0.3, say=said.append) as database,
        ):
            with database.read_transaction() as connection:
                assert database_summary(connection)["rows"] == 6
            with (
                pytest.raises(DatabaseError, match="Another process is writing"),
                database.write_transaction() as connection,
            ):
                remove_import(connection, 1, now=day(2))
        assert "waiting up to" in said[0]
        with holder.write_transaction() as connection:
            remove_import(connection, 1, now=day(2))


def test_two_consultants_at_once(url: str, tiny_file: Path, tmp_path: Path) -> None:
    """Files of both come in, whoever waits; what changed, proposals and a trial run are as in a file."""
    names = ("Müller GmbH", "Mueller", "Elm", "Fir")
    files = [write_rows(tmp_path / f"{k}.csv", many(name, people=7 - k)) for k, name in enumerate(names)]
    with open_database(url, create=True) as opened:
        import_files(opened, tiny_file, answers=files[0])

    def bring_in(file: Path) -> list[str]:
        with open_database(url) as own:
            (made,) = import_files(own, tiny_file, answers=file)
        return [change.reason for change in made.changes]

    with ThreadPoolExecutor(3) as both:
        assert sorted(both.map(bring_in, files[1:])) == [
            ["new client, 4 respondents in 2024"],
            ["new client, 5 respondents in 2024"],
            ["new client, 6 respondents in 2024"],
        ]
    rows = many("Elm", people=5)
    rows[0]["d1"] = "5" if rows[0]["d1"] != "5" else "1"
    with open_database(url) as opened:
        (made,) = import_files(opened, tiny_file, answers=write_rows(files[2], rows), dry_run=True)
        assert [len(change.cells) for change in made.changes] == [1]
        with opened.write_transaction() as connection:
            assert [p.value for p in proposed_aliases(connection)] == ["Mueller"]
            decide_alias(connection, "Mueller", "Müller GmbH", now=day(28))
        with opened.read_transaction() as connection:
            found = database_summary(connection)
    assert (found["imports"], found["organizations"], found["rows"]) == (5, 3, 22)


def test_a_killed_import_leaves_the_former_state(url: str, tiny_file: Path, tmp_path: Path) -> None:
    """The server undoes what the killed process began."""
    large = write_rows(tmp_path / "large.csv", many(*(f"Organization {k}" for k in range(200)), people=100))
    with open_database(url, create=True) as database:
        import_files(database, tiny_file, answers=write_rows(tmp_path / "a.csv", many("Oak")))
        command = [sys.executable, "-m", "cfanalysis", "database", "import", large, "--instrument", tiny_file]
        process = subprocess.Popen([*command, "--database", url], stderr=subprocess.DEVNULL)
        with database.engine.connect() as connection:
            held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            while not connection.scalar(held):
                assert process.poll() is None
                connection.rollback()
                time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert import_files(database, tiny_file, answers=large)[0].number == 2
        with database.read_transaction() as connection:
            assert [line["rows"] for line in import_list(connection)] == [6, 20_000]


def test_two_imports_at_once_killed_at_any_moment(url: str, tiny_file: Path, tmp_path: Path) -> None:
    """Whenever both are killed, each file is there as a whole or not at all; then both come in, once each."""
    files = [
        write_rows(tmp_path / f"{name}.csv", many(*(f"{name} {k}" for k in range(50)), people=60))
        for name in ("Oak", "Elm", "Fir")
    ]
    command = [sys.executable, "-m", "cfanalysis", "database", "import", "--instrument", tiny_file]
    command += ["--database", url]

    def begun(file: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*command, file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def rows() -> list[int]:
        with open_database(url) as database, database.read_transaction() as connection:
            counted = connection.scalar(text("SELECT count(*) FROM responses"))
            found = [line["rows"] for line in import_list(connection)]
        assert counted == sum(found)
        return found

    began = time.monotonic()
    assert begun(files[0]).wait() == 0
    whole = time.monotonic() - began
    for share in (0.5, 0.7, 0.8, 0.9, 1.1):
        both = [begun(file) for file in files[1:]]
        time.sleep(whole * share)
        for process in both:
            process.kill()
            process.wait()
        assert set(rows()) == {3000}
    assert [process.wait() for process in [begun(file) for file in files[1:]]] == [0, 0]
    assert rows() == [3000, 3000, 3000]


def test_the_password_may_come_from_the_environment(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it stands in no command's history."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    without = server.replace(":" + PASSWORD.replace(" ", "%20"), "")
    with pytest.raises(DatabaseError, match="The database is empty"), open_database(without):
        pass
    with (
        pytest.raises(DatabaseError, match=r"could not|refuses|encrypt"),
        open_database(without + "?sslmode=require"),
    ):
        pass


def test_what_the_server_refuses_is_said(server: str, url: str) -> None:
    """Wrong password, no such database, tables of somebody else; the password is never shown."""
    wrong = server.replace(PASSWORD.replace(" ", "%20"), "wrong")
    for place, problem in (
        (wrong, "refuses the user or the password"),
        (server.rsplit("/", 1)[0] + "/nothing", "no database of that name"),
        (url, "The database is empty"),
    ):
        with pytest.raises(DatabaseError, match=problem) as caught, open_database(place):
            pass
        assert "secret" not in str(caught.value)
    engine = create_engine(database_url(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE responses (x integer)"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="not a benchmark database"), open_database(url, create=True):
        pass


def test_norms_are_kept_on_a_server(
    url: str, sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """As in a file: every workspace has the same norms, and an erased client's secret is gone."""
    norms_are_kept(url, sample_file, instrument_file, tmp_path)
