"""Which of a respondent's rows is the later: by the moment of submission where the file says it, else by its order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.intake import RawAnswers, read, read_columns
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.cleaning.submission import parse_moment
from cfanalysis.intake.column_map import column_map
from cfanalysis.survey.instrument import Instrument, parse_instrument

from . import export_files as made_by
from .export_files import INSTRUMENT, Made, people, written
from .test_cleaning import raw


def sent(*moments: str, rows: list[dict[str, str]] | None = None) -> RawAnswers:
    """Rows of one respondent, the first answer to s1 counting up from 1, each with its moment of submission."""
    given = rows or [{} for _ in moments]
    answers = raw(*({"s1": str(1 + k), **row} for k, row in enumerate(given)))
    return replace(answers, submitted=pd.Series(list(moments), index=answers.frame.index, dtype="str"))


@pytest.mark.parametrize(
    ("moments", "kept"),
    [
        (["2025-03-02 10:00:00", "2025-03-01 10:00:00"], 1),
        (["2025-03-01 10:00:00", "2025-03-02 10:00:00", "2025-03-01 12:00:00"], 2),
        (["2025-03-01T10:00:00+02:00", "2025-03-01T09:30:00+01:00", "2025-03-01T08:15:00Z"], 2),
        (["2025/03/14 1:05:00 PM GMT+1", "2025/03/14 12:30:00 PM GMT+1"], 1),
        (["2025/03/14 1:05:00 PM MEZ", "2025/03/14 12:30:00 PM MEZ"], 1),
        (["Mar 2, 2025 1:00:00 AM", "Mar 1, 2025 11:00:00 PM"], 1),
        (["2-Mar-2025 01:00:00", "01-Mar-2025 23:00:00"], 1),
        (["14.03.2025 10:00:00", "02.04.2025 10:00:00", "01.04.2025 10:00:00"], 2),
        (["03/14/2025 10:00:00", "04/02/2025 10:00:00", "03/15/2025 10:00:00"], 2),
    ],
)
def test_the_row_that_was_submitted_last_counts(moments: list[str], kept: int, tiny: Instrument) -> None:
    """Each row answers its own number to s1; the one of the latest moment stays."""
    responses, log = clean(sent(*moments), tiny)
    assert responses["s1"].tolist() == [kept]
    assert log.notes == ("repeated respondents: the later row is told by the time of submission for 1",)


@pytest.mark.parametrize(
    "moments",
    [
        ["2025-03-01", "2025-03-01"],
        ["2025-03-02 10:00", ""],
        ["2025-03-02 10:00", "yesterday"],
        ["04/02/2025 10:00", "03/04/2025 10:00"],
        ["14/03/2025 10:00", "03/15/2025 10:00"],
        ["2025-03-02 10:00:00", "2025-03-01T10:00:00Z"],
        ["2025/03/14 1:05:00 PM MEZ", "2025/03/14 12:30:00 PM MESZ"],
        ["2025-13-45 10:00", "2025-03-01 10:00"],
    ],
)
def test_the_order_of_the_file_counts_where_moments_do_not_tell(moments: list[str], tiny: Instrument) -> None:
    """Ties, missing and unreadable moments, and days that may be months: the lowest row stays, and it is said."""
    responses, log = clean(sent(*moments), tiny)
    assert responses["s1"].tolist() == [2]
    told = "by the time of submission for 1" if moments[0] == moments[1] else "by the order of the rows for 1"
    assert told in log.notes[-1]


def test_the_ambiguous_moment_is_shown_in_one_note(tiny: Instrument) -> None:
    """The note counts respondents and names a text that was not understood."""
    two = [{}, {}, {"respondent": "r2"}, {"respondent": "r2"}]
    moments = ("03/04/2025 10:00", "02/04/2025 10:00", "2025-03-02", "2025-03-01")
    responses, log = clean(sent(*moments, rows=two), tiny)
    assert responses["s1"].tolist() == [2, 3]
    assert log.notes == (
        "repeated respondents: the later row is told by the time of submission for 1, by the order of the rows for 1 "
        "(no times that can be compared; '03/04/2025 10:00' may be read in two ways or not at all)",
    )


def test_a_complete_row_goes_before_a_later_incomplete_one(tiny: Instrument) -> None:
    """Moments decide among the complete rows alone; an incomplete row without a moment does not spoil that."""
    rows = [{}, {}, {"d1": "", "p1": ""}]
    responses, log = clean(sent("2025-03-02", "2025-03-01", "", rows=rows), tiny)
    assert responses["s1"].tolist() == [1]
    assert log.rows_dropped == {"duplicate": 2}
    assert log.notes[-1].endswith("by the time of submission for 1")


def test_without_repeated_rows_nothing_is_said(tiny: Instrument) -> None:
    """The moments of a file in which everybody stands once are not looked at."""
    rows = [{}, {"respondent": "r2"}]
    assert clean(sent("x", "y", rows=rows), tiny)[1].notes == ()


@pytest.mark.parametrize("header", ["submitted", "Submitted_At", "Timestamp"])
@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_plain_table_may_say_when(header: str, kind: str, tmp_path: Path, tiny: Instrument) -> None:
    """The column is read beside the answers: it is no answer, not ignored, and fills no blank row."""
    names = ["Company", "respondent", "wave", "s1", "d1", "d2", "s2", "d3", "Performance", header]
    rows = [
        ["A", "r1", "2024", "1", *"23454", "2025-03-02 10:00"],
        ["A", "r1", "2024", "5", *"23454", "2025-03-01 10:00"],
    ]
    frame = pd.DataFrame([*rows, [*[""] * 9, "2025-03-01 10:00"]], columns=names)
    path = tmp_path / f"a.{kind}"
    {"csv": frame.to_csv, "parquet": frame.to_parquet, "xlsx": frame.to_excel}[kind](path, index=False)
    answers = read(path, tiny)
    assert isinstance(answers, RawAnswers)
    assert answers.submitted is not None
    assert (header in answers.ignored, "submitted" in answers.frame) == (False, False)
    responses, log = clean(answers, tiny)
    assert responses["s1"].tolist() == [1]
    assert "submitted" not in responses
    assert log.rows_dropped == {"blank_row": 1, "duplicate": 1}


def test_of_several_columns_the_surest_name_is_taken(tmp_path: Path, tiny: Instrument) -> None:
    """A second column that may be the moment is no error, and a map may keep the column as it is."""
    path = tmp_path / "a.csv"
    path.write_text(
        "Company,timestamp,submitted,s1,d1,d2,s2,d3,p1\nA,x,2025-03-01,1,2,3,4,5,4\n", encoding="utf-8"
    )
    answers = read(path, tiny)
    assert isinstance(answers, RawAnswers)
    assert answers.submitted is not None
    assert answers.submitted.tolist() == ["2025-03-01"]
    assert answers.ignored == ("timestamp",)
    entries = column_map(read_columns(path, tiny), tiny)
    assert [e["is"] for e in entries[:3]] == ["organization", "ignore", "submitted"]


def doubled(made: Made, column: str, late: str, early: str, *, header: int) -> Made:
    """A file in which the first respondent stands twice, the later row first; the earlier says nothing else."""
    place = made.rows[0].index(column)
    first = [*made.rows[header][:place], late, *made.rows[header][place + 1 :]]
    again = [*made.rows[header][:place], early, *made.rows[header][place + 1 :]]
    return made._replace(rows=[*made.rows[:header], first, *made.rows[header + 1 :], again])


@pytest.mark.parametrize(
    ("made", "column", "late", "early", "header"),
    [
        (made_by.qualtrics(people()), "EndDate", "2025-03-05 10:00:00", "2025-03-04 11:00:00", 3),
        (made_by.limesurvey(people()), "submitdate", "2025-03-05 10:00:00", "2025-03-04 11:00:00", 1),
        (made_by.kobo(people()), "_submission_time", "2025-03-05T10:00:00", "2025-03-04T11:00:00", 1),
        (made_by.google_forms(people()), "Timestamp", "14/03/2025 10:00:00", "13/03/2025 10:00:00", 1),
        (made_by.surveymonkey(people()), "End Date", "03/14/2025 10:00:00 AM", "03/13/2025 10:00:00 AM", 2),
    ],
    ids=["qualtrics", "limesurvey", "kobo", "google_forms", "surveymonkey"],
)
def test_every_tool_says_when(
    made: Made, column: str, late: str, early: str, header: int, tmp_path: Path
) -> None:
    """The row that was sent later stays, although it stands above the other."""
    common = parse_instrument(INSTRUMENT)
    answers = read(written(doubled(made, column, late, early, header=header), tmp_path), common)
    assert isinstance(answers, RawAnswers)
    _, log = clean(answers, common)
    dropped = log.changes.query("rule == 'duplicate'")["row"].tolist()
    assert dropped == [int(answers.frame.index[-1])]


def test_redcap_tells_by_the_last_form(tmp_path: Path) -> None:
    """A form's timestamp is known by the column that says whether the form is complete."""
    made = made_by.redcap(people())
    rows = [
        [*row, row_end]
        for row, row_end in zip(made.rows, ["survey_timestamp", *["2025-03-04"] * 99], strict=False)
    ]
    late = doubled(
        made._replace(rows=rows), "survey_timestamp", "2025-03-05 10:00", "2025-03-04 10:00", header=1
    )
    common = parse_instrument(INSTRUMENT)
    answers = read(written(late, tmp_path), common)
    assert isinstance(answers, RawAnswers)
    _, log = clean(answers, common)
    assert log.changes.query("rule == 'duplicate'")["row"].tolist() == [int(answers.frame.index[-1])]


def test_noon_and_midnight() -> None:
    """12 AM is the beginning of the day, 12 PM its middle."""
    found = [parse_moment(f"2025/03/01 12:00:00 {half}") for half in ("AM", "PM")]
    assert found == [parse_moment("2025-03-01 00:00:00"), parse_moment("2025-03-01 12:00:00")]
