"""The benchmark database: what comes in, what of it counts, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from cfanalysis.core.errors import IntakeError
from cfanalysis.database import CorrectionOptions, Database, DatabaseError, import_files, open_database
from cfanalysis.database.history import remove_import
from cfanalysis.database.overview import import_details
from cfanalysis.database.schema import metadata
from cfanalysis.database.study_from_database import database_snapshot

from .database_files import answer_rows, day, many, write_rows

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


def content(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is in the tables."""
    with database.read_transaction() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def test_the_same_file_again_changes_nothing(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """Under another name, too."""
    import_files(database, tiny_file, answers=answers)
    before = content(database)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(answers.read_bytes())
    for file in (answers, copy):
        again = import_files(database, tiny_file, answers=file)
        assert [(m.number, m.status) for m in again] == [(1, "unchanged")]
    assert content(database) == before


def test_a_corrected_file_replaces_its_own_rows_and_keeps_the_history(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """Other files' rows stay; the day before still has the former rows."""
    other = write_rows(tmp_path / "other.csv", many("Yew"))
    import_files(database, tiny_file, answers=answers, now=day(1))
    import_files(database, tiny_file, answers=other, now=day(2))
    write_rows(answers, many(*NAMES[1:]))
    corrected = import_files(database, tiny_file, answers=answers, now=day(3))
    assert corrected[0].replaced == (1,)
    assert set(responses(database)["organization"]) == {*NAMES[1:], "Yew"}
    assert set(responses(database, "2026-03-02T23:59:59Z")["organization"]) == {*NAMES, "Yew"}
    assert set(responses(database, "2026-03-01T23:59:59Z")["organization"]) == set(NAMES)


def test_the_former_file_does_not_come_back_by_accident(
    database: Database, answers: Path, tiny_file: Path
) -> None:
    """A file that a correction replaced changes nothing, unless it is said to be imported again."""
    former = answers.read_bytes()
    import_files(database, tiny_file, answers=answers)
    write_rows(answers, many(*NAMES[1:]))
    import_files(database, tiny_file, answers=answers)
    answers.write_bytes(former)
    assert import_files(database, tiny_file, answers=answers)[0].status == "superseded"
    assert "Alder" not in set(responses(database)["organization"])
    again = import_files(database, tiny_file, answers=answers, plan=CorrectionOptions(again=True))
    assert (again[0].status, again[0].replaced) == ("imported", (2,))
    assert "Alder" in set(responses(database)["organization"])


def test_a_file_of_the_same_name_about_others_is_not_taken_for_a_correction(
    database: Database, answers: Path, tiny_file: Path
) -> None:
    """It is refused until it is said what it is; nothing is lost."""
    import_files(database, tiny_file, answers=answers)
    write_rows(answers, many("Yew", "Zelkova"))
    with pytest.raises(DatabaseError, match=r"with other organizations or waves.*\n(.*\n)*.*--replaces 1"):
        import_files(database, tiny_file, answers=answers)
    assert len(responses(database)) == 48
    import_files(database, tiny_file, answers=answers, plan=CorrectionOptions(separate=True))
    assert len(responses(database)) == 60


def test_a_correction_of_another_name_is_said(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """With its import's number; an import that does not count cannot be corrected."""
    import_files(database, tiny_file, answers=answers)
    corrected = write_rows(tmp_path / "corrected.csv", many("Yew", "Zelkova"))
    made = import_files(database, tiny_file, answers=corrected, plan=CorrectionOptions(replaces=1))
    assert made[0].replaced == (1,)
    with pytest.raises(DatabaseError, match="cannot be replaced"):
        import_files(
            database,
            tiny_file,
            answers=write_rows(tmp_path / "x.csv", many("Oak")),
            plan=CorrectionOptions(replaces=1),
        )
    with pytest.raises(DatabaseError, match="no such import"):
        import_files(
            database,
            tiny_file,
            answers=write_rows(tmp_path / "x.csv", many("Oak")),
            plan=CorrectionOptions(replaces=99),
        )


def test_of_one_respondent_the_latest_answers_count(
    database: Database, tiny_file: Path, tmp_path: Path
) -> None:
    """A later export of the same survey holds people again: each counts once, with what the later file says."""
    early = write_rows(tmp_path / "october.csv", many(*NAMES))
    late = write_rows(tmp_path / "november.csv", [*answer_rows("Alder", people=8, first=2)])
    import_files(database, tiny_file, answers=early)
    made = import_files(database, tiny_file, answers=late)
    assert any("6 respondents are also in import 1" in note for note in made[0].notes)
    table = responses(database)
    alder = table[table["organization"] == "Alder"].set_index("respondent")
    assert len(alder) == 8
    assert alder.loc["r0", "s1"] == 1 + 2 % 5
    with database.read_transaction() as connection:
        log = database_snapshot(connection).log.as_dict()
    assert (log["rows_in"], log["rows_out"], log["rows_dropped"]) == (56, 50, {"duplicate": 6})


def test_people_without_ids_are_never_taken_for_each_other(
    database: Database, tiny_file: Path, tmp_path: Path
) -> None:
    """Numbered respondents of two files stay apart, and it is said that they may count twice."""
    one = write_rows(tmp_path / "one.csv", many(*NAMES), without=("respondent",))
    two = write_rows(tmp_path / "two.csv", answer_rows("Alder", people=3), without=("respondent",))
    import_files(database, tiny_file, answers=one)
    made = import_files(database, tiny_file, answers=two)
    assert any("people may count twice" in note for note in made[0].notes)
    table = responses(database)
    assert len(table) == 51
    assert not table.duplicated(["organization", "respondent", "wave"]).any()
    assert "row 2 of import 2" in set(table["respondent"])


def test_spellings_of_several_files_are_one_organization(
    database: Database, tiny_file: Path, tmp_path: Path
) -> None:
    """The name is the one that most rows have."""
    import_files(database, tiny_file, answers=write_rows(tmp_path / "a.csv", many("ALDER", *NAMES[1:])))
    import_files(
        database, tiny_file, answers=write_rows(tmp_path / "b.csv", answer_rows("Alder", "2025", people=9))
    )
    assert set(responses(database)["organization"]) == set(NAMES)


def test_a_removed_import_does_not_count_and_stays_in_the_history(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """Removing it twice is refused; the same file can come in again."""
    import_files(database, tiny_file, answers=write_rows(tmp_path / "o.csv", many("Oak")), now=day(1))
    import_files(database, tiny_file, answers=answers, now=day(2))
    with database.write_transaction() as connection:
        remove_import(connection, 2, now=day(3))
    assert set(responses(database)["organization"]) == {"Oak"}
    assert len(responses(database, "2026-03-02T23:00:00Z")) == 54
    with (
        pytest.raises(DatabaseError, match="no longer counts"),
        database.write_transaction() as connection,
    ):
        remove_import(connection, 2, now=day(4))
    assert import_files(database, tiny_file, answers=answers, now=day(5))[0].number == 3
    assert len(responses(database)) == 54


def test_an_import_that_fails_leaves_nothing(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the first of its files was written already."""
    import_files(database, tiny_file, answers=write_rows(tmp_path / "o.csv", many("Oak")))
    before = content(database)
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("organization,outcome,value\nAlder,growth,much\n")
    with pytest.raises(IntakeError, match="not a number"):
        import_files(database, tiny_file, answers=answers, outcomes=outcomes)
    outcomes.write_text("organization,outcome,value\nAlder,growth,1\n")

    def fails(*_: object, **__: object) -> None:
        raise OSError("no more")

    monkeypatch.setattr("cfanalysis.database.imports.write_responses", fails)
    with pytest.raises(OSError, match="no more"):
        import_files(database, tiny_file, answers=answers, outcomes=outcomes)
    assert content(database) == before


def test_a_newer_version_of_the_instrument_takes_the_older_answers(
    database: Database, answers: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """An item that came later is missing in older answers, one on another scale too; both are said."""
    import_files(database, tiny_file, answers=answers, now=day(1))
    text = tiny_file.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    text = text.replace(
        "  - {id: why,", "  - {id: p2, text: New., role: performance, scale: agreement}\n  - {id: why,"
    )
    text = text.replace(
        "text: We perform., role: performance, scale: agreement,",
        "text: We perform., role: performance, scale: ten,",
    )
    text = text.replace("dimensions:\n", "  ten: {min: 0, max: 10}\ndimensions:\n", 1)
    newer = tmp_path / "newer.yaml"
    newer.write_text(text, encoding="utf-8")
    rows = [{**row, "p2": "4"} for row in many("Alder", wave="2025")]
    import_files(database, newer, answers=write_rows(tmp_path / "next.csv", rows), now=day(2))
    with database.read_transaction() as connection:
        found = database_snapshot(connection)
    assert found.instrument.version == "2"
    old = found.table[found.table["wave"] == "2024"]
    assert old["p2"].isna().all()
    assert old["p1"].isna().all()
    assert old["s1"].notna().all()
    assert any("missing for these answers: p1, p2" in note for note in found.log.notes)
    with database.read_transaction() as connection:
        assert database_snapshot(connection, "2026-03-01T23:00:00Z").instrument.version == "1"


def test_several_instruments_are_told_apart(
    database: Database, answers: Path, tiny_file: Path, sample_file: Path, instrument_file: Path
) -> None:
    """A study takes one, chosen by its id where there are several."""
    import_files(database, tiny_file, answers=answers)
    import_files(database, instrument_file, answers=sample_file)
    with database.read_transaction() as connection:
        assert len(database_snapshot(connection, instrument="tiny").table) == 48
        with pytest.raises(DatabaseError, match=r"several instruments(.*\n)*.*tiny, customer_focus"):
            database_snapshot(connection)
        with pytest.raises(DatabaseError, match="no answers to this instrument"):
            database_snapshot(connection, instrument="tinny")


def test_units_without_names_stay_apart(database: Database, tiny_file: Path, tmp_path: Path) -> None:
    """Where respondents are the units and have no ids, those of two files are never one."""
    instrument = tmp_path / "people.yaml"
    text = tiny_file.read_text(encoding="utf-8")
    instrument.write_text(
        text.replace("title: Tiny Survey", "title: Tiny Survey\nunit: respondent"), encoding="utf-8"
    )
    for name in ("one.csv", "two.csv"):
        rows = many("x", people=3 if name == "one.csv" else 4)
        file = write_rows(tmp_path / name, rows, without=("respondent", "Company"))
        import_files(database, instrument, answers=file, plan=CorrectionOptions(separate=True))
    table = responses(database)
    assert table["organization"].nunique() == len(table) == 7


def test_frequency_tables_are_refused(database: Database, tiny_file: Path, tmp_path: Path) -> None:
    """With the way that they go."""
    from cfanalysis.intake.reader import FrequencyCounts

    file = tmp_path / "f.csv"
    file.write_text("x\n1\n")
    patch = pytest.MonkeyPatch()
    patch.setattr(
        "cfanalysis.database.source_files.read",
        lambda *a, **k: FrequencyCounts(pd.DataFrame(), "f.csv", "long"),
    )
    with patch.context(), pytest.raises(IntakeError, match="frequency tables"):
        import_files(database, tiny_file, answers=file)
    patch.undo()


def test_the_log_of_an_import_is_kept(database: Database, sample_file: Path, instrument_file: Path) -> None:
    """What the cleaning of the sample changed can be read from the database."""
    made = import_files(database, instrument_file, answers=sample_file)[0]
    with database.read_transaction() as connection:
        kept = import_details(connection, 1)
    assert made.cells_changed["label"] == kept["cells_changed"]["label"] == 7
    assert json.loads(json.dumps(made.as_dict()))["rows"] == 2060
