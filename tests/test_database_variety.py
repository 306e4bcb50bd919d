"""What consultants' files are like: several languages, several files a year, a client twice. Each has a clear end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.database import ImportResult, import_files, open_database

from .conftest import TINY
from .database_files import ITEMS, many, write_rows

ENGLISH = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
GERMAN = ("Stimme gar nicht zu", "Stimme nicht zu", "Weder noch", "Stimme zu", "Stimme voll zu")
Answers = list[dict[str, Any]]


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., ImportResult]:
    """Import rows with an instrument."""

    def bring_in(name: str, rows: Answers, instrument: str = TINY) -> ImportResult:
        file = tmp_path / "instrument.yaml"
        file.write_text(instrument, encoding="utf-8")
        with open_database(str(tmp_path / "b.sqlite"), create=True) as database:
            (made,) = import_files(database, file, answers=write_rows(tmp_path / name, rows))
        return made

    return bring_in


def labelled(rows: Answers, labels: tuple[str, ...]) -> Answers:
    return [{**row, **{item: labels[int(row[item]) - 1] for item in ITEMS}} for row in rows]


def reasons(made: ImportResult) -> list[str]:
    return [f"{change.organization}: {change.reason}" for change in made.changes]


def test_answers_in_two_languages_are_read_with_the_labels_of_both(take: Callable[..., ImportResult]) -> None:
    """Without the second language nothing is imported and its labels are named; a label may have several texts."""
    rows = labelled(many("Alder", "Birch"), ENGLISH) + labelled(many("Cedar", "Elm"), GERMAN)
    with pytest.raises(IntakeError, match=r"'stimme gar nicht zu'(.|\n)*add it to the scale"):
        take("a.csv", rows)
    both = TINY
    for number, words in enumerate(zip(ENGLISH, GERMAN, strict=True), start=1):
        both = both.replace(f"{number}: {words[0]}", f"{number}: [{', '.join(words)}]")
    made = take("a.csv", rows, both)
    assert (made.rows, made.cells_changed) == (24, {"label": 24 * len(ITEMS)})


def test_several_files_a_year_add_up(take: Callable[..., ImportResult]) -> None:
    """Other people are added, people who are there already count once with their later answers, and it is said."""
    take("spring.csv", many("Alder", "Birch"))
    late = [{**row, "respondent": f"late {row['respondent']}"} for row in many("Alder")]
    assert reasons(take("autumn.csv", late)) == ["Alder: 2024, 6 respondents added"]
    again = many("Birch", people=2)
    again[0]["d1"] = "4"
    made = take("reminder.csv", again)
    assert any("2 respondents are also in import 1" in note for note in made.notes)
    assert [change.organization for change in made.changes] == ["Birch"]


def test_a_client_twice_in_a_file_is_one_or_proposed(take: Callable[..., ImportResult]) -> None:
    """Case and spaces tell nobody apart, people twice are one; names that look alike are two until somebody decides."""
    rows = many("Jay GmbH", "JAY  gmbh ", "Jay")
    for number, row in enumerate(rows):
        row["respondent"] = f"p{number}"
    made = take("a.csv", [*rows, rows[0]])
    assert (made.rows_in, made.rows, made.rows_dropped) == (19, 18, {"duplicate": 1})
    assert len(made.changes) == 2
    assert [(entry["value"], entry["n"]) for entry in made.alike] == [("Jay", 6)]
