"""The benchmark database: a study of it, of any day; what it tells and exports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

from cfanalysis.core.errors import ParameterError
from cfanalysis.database import Database, DatabaseError, import_files, open_database, prepare_from_database
from cfanalysis.database.csv_export import export_database
from cfanalysis.database.overview import client_details, database_summary, import_details, import_list
from cfanalysis.database.study_from_database import database_snapshot
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

from .database_files import day, many, write_rows

NAMES = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Gum", "Hazel", "Ivy")


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Where the database is."""
    return str(tmp_path / "benchmark.sqlite")


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    """An empty database."""
    with open_database(place, create=True) as opened:
        yield opened


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Answers of eight organizations."""
    return write_rows(tmp_path / "answers.csv", many(*NAMES))


def responses(database: Database, moment: str | None = None) -> pd.DataFrame:
    with database.read_transaction() as connection:
        return database_snapshot(connection, moment).table


def same_files(one: Path, other: Path, *, but: tuple[str, ...] = ()) -> bool:
    names = sorted(p.name for p in one.iterdir())
    return names == sorted(p.name for p in other.iterdir()) and all(
        (one / n).read_bytes() == (other / n).read_bytes() for n in names if n not in but
    )


def same_study(of_file: Path, of_database: Path) -> bool:
    one, other = (json.loads((study / "manifest.json").read_text()) for study in (of_file, of_database))
    dated = re.fullmatch(r"\d{4}-\d\d-\d\d", other.pop("date"))
    one.pop("date", None)
    return bool(dated) and one == other and same_files(of_file, of_database, but=("manifest.json",))


@pytest.fixture(scope="module")
def sample_place(sample_file: Path, instrument_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a database with the sample's answers is; its tests read it."""
    place = str(tmp_path_factory.mktemp("sample") / "benchmark.sqlite")
    with open_database(place, create=True) as database:
        import_files(database, instrument_file, answers=sample_file)
    return place


def test_a_study_of_one_import_is_the_study_of_its_file(
    sample_study: Study, tmp_path: Path, sample_place: str
) -> None:
    """Byte for byte: responses, shares, scores, verdict, cleaning log; the manifest has the day of the import, too."""
    prepare_from_database(sample_place, tmp_path / "sample")
    assert same_study(sample_study.folder, tmp_path / "sample")


def test_side_files_come_back_as_they_were(
    answers: Path, tiny_file: Path, tmp_path: Path, place: str
) -> None:
    """Outcomes, facts, invitations and aliases of a database make the study that their files make."""
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text(
        "organization,wave,outcome,value,n\nAlder,2024,growth,0.1,\nNobody,2024,growth,0.30000001,7\n"
    )
    facts = tmp_path / "organizations.csv"
    facts.write_text("organization,aliases,invited,country\nAlder,Birch|Erle,40,AT\nCedar,,,\n")
    side = {"outcomes": outcomes, "organizations": facts}
    prepare(answers, tiny_file, tmp_path / "file" / "s", **side)  # type: ignore[arg-type]
    with open_database(place, create=True) as database:
        made = import_files(database, tiny_file, answers=answers, **side)  # type: ignore[arg-type]
    assert [(m.kind, m.rows) for m in made] == [("organizations", 2), ("outcomes", 2), ("responses", 42)]
    prepare_from_database(place, tmp_path / "database" / "s")
    assert same_study(tmp_path / "file" / "s", tmp_path / "database" / "s")


def test_a_day_is_rebuilt_byte_for_byte(
    database: Database, place: str, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """The study made then and the study of that day made later are the same files."""
    import_files(database, tiny_file, answers=answers, now=day(1))
    prepare_from_database(place, tmp_path / "then" / "s", now=day(1, 13))
    facts = tmp_path / "organizations.csv"
    facts.write_text("organization,aliases,country\nAlder,Birch,AT\n")
    import_files(database, tiny_file, organizations=facts, now=day(2))
    write_rows(answers, many(*NAMES[:7], people=9))
    import_files(database, tiny_file, answers=answers, now=day(3))
    prepare_from_database(place, tmp_path / "now" / "s", now=day(5))
    prepare_from_database(place, tmp_path / "again" / "s", as_of="2026-03-01", now=day(5))
    assert same_files(tmp_path / "then" / "s", tmp_path / "again" / "s")
    assert not same_files(tmp_path / "then" / "s", tmp_path / "now" / "s")


def test_an_alias_counts_from_the_day_it_is_told(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """Two names become one organization, and people of both who share an id count once."""
    import_files(database, tiny_file, answers=answers, now=day(1))
    facts = tmp_path / "organizations.csv"
    facts.write_text("organization,aliases\nAlder,Birch\n")
    import_files(database, tiny_file, organizations=facts, now=day(2))
    table = responses(database)
    assert "Birch" not in set(table["organization"])
    assert (table["organization"] == "Alder").sum() == 6
    assert "Birch" in set(responses(database, "2026-03-01T23:00:00Z")["organization"])


@pytest.mark.parametrize(
    ("as_of", "problem"),
    [
        ("2026-02-28", "counted on that day"),
        ("yesterday", "not a date"),
        ("2026-02-30", "not a date"),
        ("2026-03-09", "in the future"),
    ],
)
def test_a_day_that_cannot_be_made_says_why(
    database: Database, place: str, answers: Path, tiny_file: Path, tmp_path: Path, as_of: str, problem: str
) -> None:
    """Before the first import, no date at all, in the future."""
    import_files(database, tiny_file, answers=answers, now=day(1))
    with pytest.raises((DatabaseError, ParameterError), match=problem):
        prepare_from_database(place, tmp_path / "s", as_of=as_of, now=day(5))
    assert not (tmp_path / "s").exists()


def test_flagged_rows_can_be_left_out(
    sample_file: Path, instrument_file: Path, tmp_path: Path, sample_place: str
) -> None:
    """Straight lines are dropped from the database as from the file."""
    one = prepare(sample_file, instrument_file, tmp_path / "file" / "s", drop=["straight_lining"])
    other = prepare_from_database(sample_place, tmp_path / "database" / "s", drop=["straight_lining"])
    assert one.cleaning_log["rows_dropped"]["straight_lining"] > 0
    assert one.cleaning_log["rows_dropped"] == other.cleaning_log["rows_dropped"]
    pd.testing.assert_frame_equal(one.survey.shares, other.survey.shares)
    with pytest.raises(ParameterError, match="no such flag"):
        prepare_from_database(sample_place, tmp_path / "x", drop=["duplicate"])


def test_what_is_there_is_told(database: Database, answers: Path, tiny_file: Path) -> None:
    """The list, the summary, an import, a client."""
    import_files(database, tiny_file, answers=answers, now=day(1))
    with database.read_transaction() as connection:
        (line,) = import_list(connection)
        assert (line["file"], line["rows"], line["organizations"], line["waves"], line["state"]) == (
            "answers.csv", 48, 8, ["2024"], "counts",
        )  # fmt: skip
        whole = database_summary(connection)
        assert (whole["organizations"], whole["rows"], whole["instruments"]) == (8, 48, ["tiny 1"])
        assert import_details(connection, 1)["rows_dropped"] == {}
        client = client_details(connection, "alder")
        assert client["client"] == "Alder"
        assert client["rows"] == [
            {"import": 1, "kind": "responses", "name": "Alder", "wave": "2024", "rows": 6, "counts": True}
        ]
        with pytest.raises(DatabaseError, match=r"no such client(.*\n)*.*Alder"):
            client_details(connection, "Aldr")


def test_the_export_is_decoded_and_safe(database: Database, tiny_file: Path, tmp_path: Path) -> None:
    """Answers stand as numbers, a text like a formula gets an apostrophe; another folder is never replaced."""
    rows = many(*NAMES)
    rows[1]["why"] = "=1+1"
    import_files(database, tiny_file, answers=write_rows(tmp_path / "a.csv", rows))
    files = export_database(database, tmp_path / "out")
    assert {f.name for f in files} >= {
        "raw_responses.csv",
        "organizations.csv",
        "imports.csv",
        "instrument.yaml",
    }
    table = pd.read_csv(tmp_path / "out" / "raw_responses.csv")
    assert table.loc[table["organization"] == "Alder", "s1"].tolist() == [int(r["s1"]) for r in rows[:6]]
    assert "'=1+1" in set(table["why"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(ValueError, match="no earlier one of its kind"):
        export_database(database, tmp_path / "mine", replace=True)


def test_the_file_is_in_write_ahead_mode(database: Database) -> None:
    """So readers never wait for a writer."""
    with database.read_transaction() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
