"""Files with one row per answer: one answer of each person to a rated item in each wave, or the place is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.survey.instrument import Instrument, parse_instrument

SURVEY = """
format: 1
id: small
title: Small
version: "1"
waves: ["2024", "2025"]
scales:
  five: {min: 1, max: 5, labels: {1: Never, 5: Always}}
  two: {min: 0, max: 1, labels: {0: "No", 1: "Yes"}}
items:
  - {id: p1, text: We perform., role: performance, scale: five}
  - {id: p2, text: We deliver in time., role: performance, scale: five}
  - {id: phone, text: Which channels? - Phone, role: performance, scale: two, optional: true}
  - {id: mail, text: Which channels? - Mail, role: performance, scale: two, optional: true}
"""


@pytest.fixture
def small() -> Instrument:
    """Two rated items and one question of several choices."""
    return parse_instrument(SURVEY)


def file_of(folder: Path, *lines: str) -> Path:
    (folder / "a.csv").write_text("\n".join(("Respondent,organization,wave,Question,Answer", *lines)) + "\n")
    return folder / "a.csv"


def test_one_person_answers_in_each_wave(tmp_path: Path, small: Instrument) -> None:
    """The same id in two waves is one respondent in each; several choices stand in several rows."""
    path = file_of(
        tmp_path,
        "1,A,2024,We perform.,Always", "1,A,2024,We deliver in time.,2", "1,A,2025,We perform.,4",
        "1,A,2025,We deliver in time.,3", "1,A,2025,Which channels?,Phone", "1,A,2025,Which channels?,Mail",
        "2,A,2025,Which channels?,Mail", "2,A,2025,We perform.,1",
    )  # fmt: skip
    raw = read(path, small)
    assert isinstance(raw, RawAnswers)
    responses, _ = clean(raw, small)
    found = responses[["respondent", "wave", "p1", "p2", "phone", "mail"]].fillna(-1).to_numpy().tolist()
    assert found == [
        ["1", "2024", 5, 2, -1, -1],
        ["1", "2025", 4, 3, 1, 1],
        ["2", "2025", 1, -1, 0, 1],
    ]


def test_two_answers_of_one_person_are_an_error(tmp_path: Path, small: Instrument) -> None:
    """Which of them counts is not known; the same answer twice is one answer."""
    lines = ["1,A,2024,We perform.,4", "1,A,2024,We deliver in time.,2", "1,A,2024,We perform.,5"]
    with pytest.raises(
        IntakeError,
        match=r"another answer than an earlier row to 'We perform\.'(.|\n)*row 4(.|\n)*'4' and '5'",
    ):
        read(file_of(tmp_path, *lines), small)
    lines[2] = "1,A,2024,We perform.,4"
    assert len(read(file_of(tmp_path, *lines), small).frame) == 1


def test_questions_that_no_item_asks_are_named(tmp_path: Path, small: Instrument) -> None:
    """A file of another survey is told as such, not as a file of strange columns."""
    path = file_of(tmp_path, "1,A,2024,We sing.,4", "1,A,2024,We dance.,2", "2,A,2024,We sing.,4")
    with pytest.raises(IntakeError, match=r"None of the columns is an item(.|\n)*We sing\."):
        read(path, small)
