"""A client is erased: nothing of it is left, and days on which it counted are refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cfanalysis.database import Database, DatabaseError, import_files, open_database, prepare_from_database
from cfanalysis.database.erasure import erase_client
from cfanalysis.database.overview import database_summary
from cfanalysis.database.study_from_database import database_snapshot

from .database_files import day, many, write_rows

SECRET = "Quillfeather Partners"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(str(tmp_path / "b.sqlite"), create=True) as opened:
        yield opened


@pytest.fixture
def filled(database: Database, tiny_file: Path, tmp_path: Path) -> Database:
    """A database in which one client stands everywhere: spelled in three ways, with outcomes, facts and an alias."""
    rows = many("Alder", "Birch", SECRET)
    rows[13]["Company"] = "QUILLFEATHER  partners"
    rows[14]["Company"] = "Quillfeather-Partners"
    rows[15]["why"] = "We at the Quillery could do better."
    rows[16]["s1"] = "agreee"
    answers = write_rows(tmp_path / "quillfeather_partners.csv", rows)
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text(f"organization,outcome,value\n{SECRET},growth,1\nAlder,growth,2\n")
    facts = tmp_path / "organizations.csv"
    facts.write_text(
        f"organization,aliases,country\n{SECRET},Quillfeather-Partners|The Quillery,AT\nAlder,,DE\n"
    )
    import_files(
        database,
        tiny_file,
        answers=write_rows(tmp_path / "first.csv", many("Alder", wave="2025")),
        now=day(1),
    )
    import_files(database, tiny_file, answers=answers, outcomes=outcomes, organizations=facts, now=day(2))
    return database


def bytes_of(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.glob("b.sqlite*")))


def test_nothing_of_the_client_is_left(filled: Database, tmp_path: Path) -> None:
    """Not a row, not a name in a log or a file's name, not a byte in the file or its write-ahead log."""
    assert b"Quillfeather" in bytes_of(tmp_path)
    erased = erase_client(filled, SECRET, now=day(3))
    assert (erased.responses, erased.respondents, erased.outcomes) == (6, 6, 1)
    content = bytes_of(tmp_path).lower()
    for trace in (b"quillfeather", b"quillery"):
        assert trace not in content
    with filled.read_transaction() as connection:
        found = database_snapshot(connection)
        assert set(found.table["organization"]) == {"Alder", "Birch"}
        assert database_summary(connection)["erasures"][0]["rows"] == 6
        log = str(found.log.as_dict())
    assert "uill" not in log
    assert "uill" not in str(found.inputs)


def test_a_day_on_which_it_counted_is_refused(filled: Database, tmp_path: Path) -> None:
    """A day before its first answers can still be made, and the days from the erasure on."""
    place = str(tmp_path / "b.sqlite")
    erase_client(filled, SECRET, now=day(3))
    with pytest.raises(DatabaseError, match=r"was erased(.*\n)*.*erased on 2026-03-03"):
        prepare_from_database(place, tmp_path / "s", as_of="2026-03-02", now=day(5))
    prepare_from_database(place, tmp_path / "before", as_of="2026-03-01", now=day(5))
    prepare_from_database(place, tmp_path / "after", as_of="2026-03-03", now=day(5))


def test_the_client_does_not_come_back_by_accident(filled: Database, tiny_file: Path, tmp_path: Path) -> None:
    """A later file's rows of it are kept out and counted, until it is readmitted by name."""
    erase_client(filled, SECRET, now=day(3))
    later = write_rows(tmp_path / "later.csv", many("Alder", SECRET, wave="2025"))
    made = import_files(filled, tiny_file, answers=later, now=day(4))
    assert made[0].rows == 6
    assert any("6 rows of 1 erased client(s) were kept out" in note for note in made[0].notes)
    assert b"quillfeather" not in bytes_of(tmp_path).lower()
    only = write_rows(tmp_path / "only.csv", many(SECRET, wave="2025"))
    with pytest.raises(DatabaseError, match="Every organization of the file was erased"):
        import_files(filled, tiny_file, answers=only, now=day(5))
    with pytest.raises(DatabaseError, match="No client of this name was erased"):
        import_files(filled, tiny_file, answers=only, readmit=["Alder"], now=day(5))
    back = import_files(filled, tiny_file, answers=only, readmit=[SECRET.upper()], now=day(6))
    assert back[0].rows == 6


def test_an_unknown_client_is_not_erased(filled: Database) -> None:
    """The nearest name is given."""
    with pytest.raises(DatabaseError, match=r"no such client(.*\n)*.*Alder"):
        erase_client(filled, "Aldr")


def test_erasing_an_alias_erases_the_client(filled: Database) -> None:
    """Whoever asks under a former name is meant."""
    erase_client(filled, "the quillery", now=day(3))
    with filled.read_transaction() as connection:
        assert set(database_snapshot(connection).table["organization"]) == {"Alder", "Birch"}
