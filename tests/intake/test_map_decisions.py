"""The column map is no dead end: positions and codes, branches, value labels and status of single columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.column_map import column_map, load_map
from cfanalysis.intake.columns import match_columns
from cfanalysis.survey.instrument import Instrument, parse_instrument

HEAD = "respondent,p1,p1,p2,state\n"
ROWS = "1,4,,Always,done\n2,,3,Never,done\n3,5,,Often,Screened out\n4,2,,Never,done\n"
SURVEY = """
format: 1
id: small
title: Small
version: "1"
unit: respondent
scales: {five: {min: 1, max: 5}}
items:
  - {id: p1, text: We perform., role: performance, scale: five}
  - {id: p2, text: We deliver in time., role: performance, scale: five}
"""
BRANCHES = """
columns:
  - {column: p1, position: 2, is: p1}
  - {column: p1, position: 3, is: p1}
  - {column: p2, is: p2, labels: {Never: 1, Often: 4, Always: 5}}
  - {column: state, is: status, not_counted: [screened out]}
"""


@pytest.fixture
def small() -> Instrument:
    """Two items of people."""
    return parse_instrument(SURVEY)


def mapped(
    folder: Path, small: Instrument, text: str, rows: str = ROWS
) -> tuple[RawAnswers, list[list[object]]]:
    (folder / "a.csv").write_text(HEAD + rows)
    (folder / "map.yaml").write_text(text)
    raw = read(folder / "a.csv", small, options=load_map(folder / "map.yaml", small))
    assert isinstance(raw, RawAnswers)
    responses, log = clean(raw, small)
    assert sum(log.rows_dropped.values()) == log.rows_in - log.rows_out
    return raw, responses[["respondent", "p1", "p2"]].to_numpy().tolist()


def test_branches_labels_and_status_of_single_columns(tmp_path: Path, small: Instrument) -> None:
    """Two columns are one item, one has labels of its own, one says who does not count."""
    raw, rows = mapped(tmp_path, small, BRANCHES)
    assert rows == [["1", 4, 5], ["2", 3, 1], ["4", 2, 1]]
    assert any("not counted by their status 1" in note for note in raw.notes)


def test_branches_that_answer_differently_are_refused_with_the_row(tmp_path: Path, small: Instrument) -> None:
    """An item has one answer; the first row with two is named."""
    with pytest.raises(IntakeError, match=r"row 5") as caught:
        mapped(tmp_path, small, BRANCHES, ROWS.replace("4,2,,", "4,2,1,"))
    assert "'2' and '1'" in str(caught.value)


def test_a_position_that_holds_another_column_is_refused(tmp_path: Path, small: Instrument) -> None:
    """A map of another file does not move answers to other items."""
    with pytest.raises(IntakeError, match="at position 4, but the file has another column there"):
        mapped(tmp_path, small, BRANCHES.replace("position: 3", "position: 4"))


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{column: p2, is: p2, labels: {Never: 9}}", "label 'Never': 9 is no code of the scale"),
        ("{column: p2, is: ignore, labels: {Never: 1}}", "belongs to a rated item"),
        ("{column: state, is: status}", "not_counted is a list"),
        ("{column: state, is: ignore, not_counted: [x]}", "not_counted is a list"),
        ("{position: 0, is: p2}", "position is 0"),
    ],
)
def test_what_is_wrong_in_an_entry_is_said(
    entry: str, problem: str, tmp_path: Path, small: Instrument
) -> None:
    """A map that cannot be meant is refused before the file is read."""
    (tmp_path / "map.yaml").write_text(f"columns:\n  - {entry}\n")
    with pytest.raises(IntakeError, match=problem):
        load_map(tmp_path / "map.yaml", small)


def test_columns_of_one_name_are_offered_with_their_positions(small: Instrument) -> None:
    """What stands twice is a proposal to be decided, told apart by its position."""
    entries = column_map(["respondent", "p1", "p1", "p2"], small)
    assert [e for e in entries if e["column"] == "p1"] == [
        {"column": "p1", "position": n, "is": "", "proposal": "p1", "score": 1.0} for n in (2, 3)
    ]


def test_a_missing_item_names_the_nearest_unused_column(small: Instrument) -> None:
    """Who renamed a question is told which column it may be."""
    with pytest.raises(
        IntakeError, match=r"missing column 'p2' \(the nearest unused column: 'We always deliver"
    ):
        match_columns(["p1", "We always deliver on time"], small, where="a.csv")


def test_the_instrument_may_say_whose_answers_do_not_count(tmp_path: Path) -> None:
    """A status that every file of a survey has is written into the instrument once."""
    asked = parse_instrument(SURVEY + "status:\n  - {columns: [state], not_counted: [Screened out]}\n")
    (tmp_path / "a.csv").write_text("respondent,p1,p2,state\n1,4,5,done\n2,3,3,screened  out\n3,2,2,done\n")
    raw = read(tmp_path / "a.csv", asked)
    assert isinstance(raw, RawAnswers)
    responses, log = clean(raw, asked)
    assert responses["respondent"].tolist() == ["1", "3"]
    assert log.rows_dropped == {"not_counted": 1}


def test_a_column_of_status_that_nobody_named_is_pointed_out(tmp_path: Path, small: Instrument) -> None:
    """It is not used, and it is said that it may be."""
    (tmp_path / "a.csv").write_text("respondent,p1,p2,Status\n1,4,5,1\n2,3,3,3\n")
    raw = read(tmp_path / "a.csv", small)
    assert any("names it as status: Status" in n or "name it as status: Status" in n for n in raw.notes)


def test_a_map_of_another_instrument_is_refused(tmp_path: Path, small: Instrument) -> None:
    """Its ids may mean other items here: the message names both instruments."""
    (tmp_path / "map.yaml").write_text("instrument: large" + BRANCHES)
    with pytest.raises(IntakeError, match="made for the instrument 'large', and not for 'small'"):
        load_map(tmp_path / "map.yaml", small)
    (tmp_path / "map.yaml").write_text("instrument: small" + BRANCHES)
    assert load_map(tmp_path / "map.yaml", small).columns["p2"] == "p2"
