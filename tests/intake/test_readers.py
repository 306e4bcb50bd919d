"""Exports of survey tools: the same answers through every reader give the same study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import READERS, ReadingOptions, read, read_columns
from cfanalysis.intake.column_map import column_map
from cfanalysis.survey.instrument import Instrument

from .. import export_files as made_by
from ..conftest import ROOT
from ..export_files import Made, all_made, people, written
from .common_survey import changed, cleaned, expected


@pytest.mark.parametrize(
    ("kind", "made"), list(all_made(people())), ids=[kind for kind, _ in all_made(people())]
)
def test_the_same_answers_give_the_same_responses(
    kind: str, made: Made, tmp_path: Path, common: Instrument
) -> None:
    """Whatever tool exports them, and however, the answers of the same people are the same frame."""
    raw, responses, _ = cleaned(written(made, tmp_path), common)
    assert raw.reader == made.reader
    pd.testing.assert_frame_equal(responses, expected(seconds=made.seconds))


def test_what_was_detected_is_said(tmp_path: Path, common: Instrument) -> None:
    """The tool, its header rows, and what was made of choices stand in the notes."""
    raw, _, log = cleaned(written(made_by.surveymonkey(people()), tmp_path), common)
    said = "\n".join(raw.notes)
    assert "SurveyMonkey export, 2 header rows" in said
    assert "2 choices read as chosen or not chosen" in said
    assert "choices that nobody chose: w3" in said
    assert "12 rows" in said
    assert log.notes == raw.notes


def test_a_code_and_a_text_that_contradict_each_other_are_an_error(
    tmp_path: Path, common: Instrument
) -> None:
    """A column that is one item by its code and another by its text is refused, not guessed."""
    made = made_by.qualtrics(people())
    made.rows[0] = [{"Q1_3": "d2", "Q1_4": "d1"}.get(cell, cell) for cell in made.rows[0]]
    with pytest.raises(IntakeError, match="'d2' is 'd2' by its code and 'd1' by its text"):
        read(written(made, tmp_path), common)


def test_a_near_miss_is_proposed_not_taken(tmp_path: Path, common: Instrument) -> None:
    """A question's text that only resembles an item's is an error that proposes the item."""
    made = made_by.google_forms(people())
    made.rows[0] = [cell.replace("We listen.", "We do listen.") for cell in made.rows[0]]
    with pytest.raises(IntakeError, match=r"unknown item 'We do listen\.' \(the nearest: We listen"):
        read(written(made, tmp_path), common)
    headers = [c.name for c in read_columns(tmp_path / "export.csv", common)]
    entry = next(e for e in column_map(headers, common) if e.get("proposal") == "d1")
    assert entry["column"] == "We do listen."
    decided = ReadingOptions(columns={entry["column"]: "d1"})
    _, responses, _ = cleaned(tmp_path / "export.csv", common, decided)
    pd.testing.assert_frame_equal(responses, expected(seconds=False))


def test_a_missing_row_of_a_grid_is_no_choice_that_nobody_made(tmp_path: Path, common: Instrument) -> None:
    """Only questions of which several answers are chosen may lack a column; a grid may not."""
    made = made_by.kobo(people())
    rows = [[c for head, c in zip(made.rows[0], row, strict=True) if head != "w/nobody"] for row in made.rows]
    with pytest.raises(IntakeError, match=r"Items have no column: w3\."):
        read(written(made._replace(rows=rows), tmp_path), common)


def test_who_chose_nothing_is_missing(tmp_path: Path, common: Instrument) -> None:
    """A respondent with no choice at all may have skipped the question: neither yes nor no."""
    made = made_by.surveymonkey(people())
    first = made.rows[0].index(made_by.QUESTION)
    made.rows[2][first : first + 3] = ["", "", ""]
    _, responses, _ = cleaned(written(made, tmp_path), common)
    row = responses.set_index("respondent").loc["118000000000"]
    assert row[["w1", "w2", "w3"]].isna().all()


def test_codes_win_over_the_texts_of_other_columns(tmp_path: Path, common: Instrument) -> None:
    """Two questions of one text: the one with the item's code is the item, the other is ignored."""
    made = made_by.qualtrics(people())
    rows = [[*row, row[made.rows[0].index("Q1_3")]] for row in made.rows]
    rows[0][rows[0].index("Q1_3")] = "d1"
    rows[0][-1] = "Q9"
    for row in rows[3:]:
        row[-1] = "1"
    raw, responses, _ = cleaned(written(made._replace(rows=rows), tmp_path), common)
    pd.testing.assert_frame_equal(responses, expected(seconds=True))
    assert "Q9" in raw.ignored


def test_header_rows_that_somebody_deleted(tmp_path: Path, common: Instrument) -> None:
    """A Qualtrics export without its row of import ids, or with the codes alone, is still read as such."""
    made = made_by.qualtrics(people())
    for row in made.rows[3:]:
        place = made.rows[0].index("ResponseId")
        row[place] = f"R_{row[place]}"
    two = made._replace(rows=[*made.rows[:2], *made.rows[3:]])
    raw, responses, _ = cleaned(written(two, tmp_path), common)
    assert (raw.reader, len(responses)) == ("qualtrics", 12)
    codes = [
        {"Q1_1": "s1", "Q1_2": "s2", "Q1_3": "d1", "Q1_4": "d2", "Q1_5": "p1"}.get(c, c) for c in made.rows[0]
    ]
    codes = [{"Q2_1": "w1", "Q2_2": "w2", "Q2_3": "w3"}.get(c, c) for c in codes]
    one = made._replace(rows=[codes, *changed(made, "Status", {0: "1"}, header=3).rows[3:]])
    raw, responses, log = cleaned(written(one, tmp_path), common)
    assert (raw.reader, log.rows_dropped) == ("qualtrics", {"test_response": 1})


def test_events_are_waves(tmp_path: Path, common: Instrument) -> None:
    """The events of a longitudinal REDCap project are the waves; a record has a row for each."""
    made = made_by.redcap(people(), event=True)
    later = [[*row[:1], "2025_arm_1", *row[2:]] for row in made.rows[1:]]
    _, responses, _ = cleaned(written(made._replace(rows=[*made.rows, *later]), tmp_path), common)
    assert responses.groupby("wave").size().to_dict() == {"2024": 12, "2025": 12}


def test_facts_of_another_event_are_the_records(tmp_path: Path, common: Instrument) -> None:
    """Where organization and sector were asked at the first event only, the later rows of the record have them, too."""
    made = made_by.redcap(people(), event=True)
    place = made.rows[0].index("organization")
    later = [[*row[:1], "2025_arm_1", *row[2:]] for row in made.rows[1:]]
    for row in later:
        row[place : place + 2] = ["", ""]
    raw, responses, _ = cleaned(written(made._replace(rows=[*made.rows, *later]), tmp_path), common)
    assert responses.groupby("wave").size().to_dict() == {"2024": 12, "2025": 12}
    assert (responses.groupby("respondent")["sector"].nunique() == 1).all()
    assert "organization: 12 cells from another row of the same record" in raw.notes[0]


@pytest.mark.parametrize(
    ("head", "text"), [(b"PK\x03\x04" + bytes(40), "unpack it"), (b"\xd0\xcf\x11\xe0", ".xlsx")]
)
def test_archives_and_old_workbooks_say_what_to_do(
    head: bytes, text: str, tmp_path: Path, common: Instrument
) -> None:
    """A ZIP, as some tools deliver it, and an .xls are refused with the way out."""
    (tmp_path / "export.zip").write_bytes(head)
    with pytest.raises(IntakeError, match=text):
        read(tmp_path / "export.zip", common)


def test_a_wrong_encoding_is_refused(tmp_path: Path, common: Instrument) -> None:
    """Bytes that the given encoding does not know are an error, also where a quotation mark is left open."""
    made = made_by.google_forms(people())
    made.rows[3][-1] = "À vous"
    path = written(made, tmp_path)
    path.write_bytes(path.read_bytes() + b'"')
    with pytest.raises(IntakeError, match="not text in this encoding"):
        read(path, common, options=ReadingOptions(encoding="cp949"))


def test_a_reader_can_be_given(tmp_path: Path, common: Instrument) -> None:
    """The reader that is given is taken; a file that is not laid out so is refused with its name."""
    path = written(made_by.google_forms(people()), tmp_path)
    assert read(path, common, reader="google_forms").reader == "google_forms"
    with pytest.raises(IntakeError, match="does not look like a Qualtrics export"):
        read(path, common, reader="qualtrics")
    with pytest.raises(IntakeError, match="no such reader"):
        read(path, common, reader="qualtrix")


def test_every_reader_is_in_the_documentation() -> None:
    """docs/exports.md names each reader by which a file can be read."""
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert [d.name for d in READERS if f"`{d.name}`" not in text] == []
