"""What an import says of what it changed: organizations new, renamed and gone, and cells that differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cfanalysis.cli import cfanalysis
from cfanalysis.database import CorrectionOptions, Database, DatabaseError, import_files, open_database
from cfanalysis.database.import_changes import OrganizationChange
from cfanalysis.database.overview import import_list

from .database_files import day, many, write_rows

NAMES = ("Alder", "Birch", "Cedar", "Elm")
Answers = list[dict[str, Any]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(str(tmp_path / "benchmark.sqlite"), create=True) as opened:
        yield opened


@pytest.fixture
def rows() -> Answers:
    """Answers of four organizations."""
    return many(*NAMES)


def changes(
    database: Database,
    instrument: Path,
    file: Path,
    rows: Answers,
    *,
    number: int,
    without: tuple[str, ...] = (),
    **options: Any,
) -> list[str]:
    """Import rows and return what changed, in words."""
    write_rows(file, rows, without=without)
    (made,) = import_files(database, instrument, answers=file, now=day(number), **options)
    return [f"{c.organization}: {c.reason}" for c in made.changes]


@pytest.mark.parametrize("without", [(), ("respondent",)])
def test_a_corrected_cell_is_named(
    database: Database, tiny_file: Path, tmp_path: Path, rows: Answers, without: tuple[str, ...]
) -> None:
    """Organization, wave, person or row, column, what stood there and what stands there: answers, facts and texts."""
    first = changes(database, tiny_file, tmp_path / "a.csv", rows, number=1, without=without)
    assert first == [f"{name}: new client, 6 respondents in 2024" for name in NAMES]
    rows[8].update(s2="3", role="front line")
    rows[13]["why"] = "Less haste."
    found = changes(database, tiny_file, tmp_path / "a.csv", rows, number=2, without=without)
    who = "row 15" if without else "r1"
    assert found == [
        f"Birch: 2024, {'row 10' if without else 'r2'}, s2: 2 -> 3",
        f"Cedar: 2024, {who}, why: More time. -> Less haste.",
    ]


def test_the_order_of_rows_changes_nothing(
    database: Database, tiny_file: Path, tmp_path: Path, rows: Answers
) -> None:
    """People without ids are known by their answers; one answer taken away is one cell, one person one respondent."""
    changes(database, tiny_file, tmp_path / "a.csv", rows, number=1, without=("respondent",))
    shuffled = rows[::-1]
    same = changes(database, tiny_file, tmp_path / "a.csv", shuffled, number=2, without=("respondent",))
    assert same == []
    shuffled[0] = {**shuffled[0], "d1": ""}
    fewer = [row for place, row in enumerate(shuffled) if place != 20]
    found = changes(database, tiny_file, tmp_path / "a.csv", fewer, number=3, without=("respondent",))
    assert found == [
        "Alder: 2024, 1 respondent removed",
        f"Elm: 2024, row 2, d1: {rows[-1]['d1']} -> nothing",
    ]


def test_new_renamed_and_gone(database: Database, tiny_file: Path, tmp_path: Path, rows: Answers) -> None:
    """A client whose name looks alike, or whose people all answer the same, was renamed; a later wave is not new."""
    changes(database, tiny_file, tmp_path / "a.csv", rows, number=1)
    for row in rows:
        row["Company"] = {"Alder": "Älder Ltd.", "Birch": "Birke und Partner"}.get(
            row["Company"], row["Company"]
        )
    rows[0]["d1"] = "5"
    kept = [row for row in rows if row["Company"] != "Elm"] + many("Fir", people=7)
    found = changes(
        database, tiny_file, tmp_path / "a.csv", kept, number=2, plan=CorrectionOptions(replaces=1)
    )
    assert found == [
        "Birke und Partner: 2024, was called Birch",
        "Elm: no longer in the data, 6 respondents in 2024",
        "Fir: new client, 7 respondents in 2024",
        "Älder Ltd.: 2024, was called Alder, r0, d1: 2 -> 5",
    ]
    later = changes(database, tiny_file, tmp_path / "b.csv", many("Cedar", "Gum", wave="2025"), number=3)
    assert later == ["Cedar: new wave, 6 respondents in 2025", "Gum: new client, 6 respondents in 2025"]


def test_facts_outcomes_and_aliases_are_changes_too(
    database: Database, tiny_file: Path, tmp_path: Path, rows: Answers
) -> None:
    """Of organizations with answers; a file that says the same again changes nothing."""
    changes(database, tiny_file, tmp_path / "a.csv", rows, number=1)
    facts, outcomes = tmp_path / "o.csv", tmp_path / "x.csv"
    facts.write_text("organization,aliases,invited\nAlder,Birch,9\nNobody,,4\n", encoding="utf-8")
    outcomes.write_text("organization,wave,outcome,value\nElm,2024,growth,2.5\n", encoding="utf-8")
    made = import_files(database, tiny_file, organizations=facts, outcomes=outcomes, now=day(2))
    assert [[f"{c.organization} {c.reason}" for c in one.changes] for one in made] == [
        ["Alder was called Birch", "Alder invited: nothing -> 9"],
        ["Elm 2024, growth: nothing -> 2.5"],
    ]
    facts.write_text("organization,aliases,invited\nAlder,Birch,9\n", encoding="utf-8")
    (again,) = import_files(database, tiny_file, organizations=facts, now=day(3))
    assert again.changes == ()


def test_a_dry_run_changes_nothing(
    database: Database, tiny_file: Path, tmp_path: Path, rows: Answers
) -> None:
    """It says what the import would say; the database holds what it held."""
    changes(database, tiny_file, tmp_path / "a.csv", rows, number=1)
    rows[0]["d1"] = "5"
    found = changes(database, tiny_file, tmp_path / "a.csv", rows, number=2, dry_run=True)
    assert found == ["Alder: 2024, r0, d1: 2 -> 5"]
    with database.read_transaction() as connection:
        assert [entry["state"] for entry in import_list(connection)] == ["counts"]
    assert changes(database, tiny_file, tmp_path / "a.csv", rows, number=2) == found


def test_answers_that_are_there_already_are_refused(
    database: Database, tiny_file: Path, tmp_path: Path, rows: Answers
) -> None:
    """A correction under another name, without ids: nobody counts twice by accident; the message has both ways out."""
    no_ids = {"without": ("respondent",)}
    changes(database, tiny_file, tmp_path / "a.csv", rows, number=1, **no_ids)
    rows[0]["d1"] = "5"
    with pytest.raises(DatabaseError, match=r"23 of 24 rows of import 1(.|\n)*--replaces 1(.|\n)*--separate"):
        changes(database, tiny_file, tmp_path / "b.csv", rows, number=2, **no_ids)
    separate = CorrectionOptions(separate=True)
    changes(database, tiny_file, tmp_path / "b.csv", rows, number=2, plan=separate, **no_ids)
    half = many("Alder", "Fir", people=3)
    half[0]["s1"] = half[1]["d2"] = "5"
    assert changes(database, tiny_file, tmp_path / "c.csv", half, number=3, **no_ids)


def test_the_command_says_what_changed(
    database: Database, tiny_file: Path, tmp_path: Path, rows: Answers
) -> None:
    """A few lines for people, every cell for programs."""
    changes(database, tiny_file, tmp_path / "a.csv", rows, number=1)
    for row in rows[:2]:
        row["d1"] = "5"
    write_rows(tmp_path / "a.csv", rows)
    place = ["--database", str(tmp_path / "benchmark.sqlite"), "--instrument", str(tiny_file), "--json"]
    run = CliRunner().invoke(cfanalysis, ["database", "import", str(tmp_path / "a.csv"), *place])
    assert "change    Alder: 2024, 2 cells changed" in run.stderr
    (change,) = json.loads(run.stdout)["imports"][0]["changes"]
    assert [cell["respondent"] for cell in change["cells"]] == ["r0", "r1"]


def test_counts_stand_in_the_plural() -> None:
    """One respondent, two respondents; nothing is said of what did not change."""
    assert OrganizationChange("A", "2024", "changed", added=1, removed=2).reason == (
        "2024, 1 respondent added, 2 respondents removed"
    )
    assert (
        OrganizationChange("A", "2024", "gone", rows=1).reason
        == "no longer in the data, 1 respondent in 2024"
    )
