"""Select all that apply: every form in which tools write it gives the same answers, in every kind of table."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.exports.multiple_choice import cells_choices
from cfanalysis.survey.instrument import Instrument, parse_instrument

SURVEY = """
format: 1
id: channels
title: Channels
version: "1"
unit: respondent
scales:
  five: {{min: 1, max: 5}}
  two: {scale}
items:
  - {{id: p1, text: We perform., role: performance, scale: five}}
  - {{id: ch_phone, text: "How can we be reached? - Phone", role: performance, scale: two}}
  - {{id: ch_mail, text: "How can we be reached? - Mail", role: performance, scale: two}}
  - {{id: ch_post, text: "How can we be reached? - Mail, also by post", role: performance, scale: two}}
"""
PEOPLE = ("phone", "phone mail", "mail post", "", "post", "phone mail post", "mail", "phone post")
ITEMS = ("phone", "mail", "post")
TEXT = {"phone": "Phone", "mail": "Mail", "post": "Mail, also by post"}


def instrument(scale: str = "{min: 0, max: 1, labels: {0: 'No', 1: 'Yes'}}") -> Instrument:
    return parse_instrument(SURVEY.format(scale=scale))


def answers(path: Path, asked: Instrument) -> list[str]:
    """What each person chose as the responses have it, with ? for missing."""
    raw = read(path, asked)
    assert isinstance(raw, RawAnswers)
    responses, _ = clean(raw, asked)
    rows = responses.sort_values("respondent", key=lambda s: s.str.extract(r"(\d+)")[0].astype(int))
    frame = rows[[f"ch_{i}" for i in ITEMS]].astype("object")
    return [
        "?"
        if row.isna().all()
        else " ".join(i for i in ITEMS if row.fillna(0)[f"ch_{i}"] == 1) + "!" * int(row.isna().sum())
        for _, row in frame.iterrows()
    ]


def written(path: Path, rows: list[list[str]]) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([cell or None for cell in row])
        book.save(path)
    elif path.suffix == ".parquet":
        pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(path)
    else:
        pd.DataFrame(rows[1:], columns=rows[0]).to_csv(path, index=False)
    return path


def table(mark: str, filler: str, *, heads: str = "ids", other: bool = False) -> list[list[str]]:
    """A table with a column for each choice; `mark` "text" is the choice's own text."""
    names = [f"ch_{i}" if heads == "ids" else f"How can we be reached? - {TEXT[i]}" for i in ITEMS]
    rows = [["respondent", "p1", *names, *(["How can we be reached? - Other"] if other else [])]]
    for n, chosen in enumerate(PEOPLE, start=1):
        cells = [(TEXT[i] if mark == "text" else mark) if i in chosen.split() else filler for i in ITEMS]
        rows.append([str(n), "4", *cells, *(["Pigeon" if n == 2 else ""] if other else [])])
    return rows


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
@pytest.mark.parametrize("heads", ["ids", "texts"])
@pytest.mark.parametrize(
    ("mark", "filler"),
    [
        ("1", ""),
        ("x", ""),
        ("text", ""),
        ("Yes", ""),
        ("Ausgewählt", ""),
        ("1", "-99"),
        ("text", "-77"),
        ("TRUE", ""),
    ],
)
def test_a_blank_beside_a_mark_is_not_chosen_and_who_marked_nothing_is_missing(
    mark: str, filler: str, heads: str, suffix: str, tmp_path: Path
) -> None:
    """Without a filler for "not chosen", the row says whether the question was answered."""
    found = answers(written(tmp_path / f"a{suffix}", table(mark, filler, heads=heads)), instrument())
    assert found == [chosen or "?" for chosen in PEOPLE]


@pytest.mark.parametrize(
    ("mark", "filler"),
    [("1", "0"), ("text", "0"), ("True", "False"), ("Selected", "Not selected"), ("Yes", "No"), ("text", "No"),
     ("Ja", "Nein"), ("checked", "unchecked"), ("Quoted", "Not quoted")],
)  # fmt: skip
def test_a_filler_for_not_chosen_is_an_answer(mark: str, filler: str, tmp_path: Path) -> None:
    """Where the tool writes "not chosen", who chose nothing has said so, and a blank is missing."""
    rows = table(mark, filler)
    rows[1][3] = ""
    found = answers(written(tmp_path / "a.csv", rows), instrument())
    assert found == ["phone!", *PEOPLE[1:]]


def test_one_other_text_does_not_hide_the_choices(tmp_path: Path) -> None:
    """A column of free text beside the choices is an answer to the question, also where it holds one text."""
    rows = table("text", "", heads="texts", other=True)
    rows[4][-1] = "Pigeon"
    assert answers(written(tmp_path / "a.csv", rows), instrument()) == [*PEOPLE[:3], "", *PEOPLE[4:]]


@pytest.mark.parametrize("joiner", [";", ", ", "; ", "\n", " | "])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_choices_in_one_cell_are_read_the_longest_first(joiner: str, suffix: str, tmp_path: Path) -> None:
    """A choice that is the beginning of another is not taken for it."""
    rows = [["respondent", "p1", "How can we be reached?"]]
    rows += [[str(n), "4", joiner.join(TEXT[i] for i in c.split())] for n, c in enumerate(PEOPLE, start=1)]
    found = answers(written(tmp_path / f"a{suffix}", rows), instrument())
    assert found == [chosen or "?" for chosen in PEOPLE]


def test_a_choice_that_the_instrument_does_not_know_is_not_its_beginning() -> None:
    """Where semicolons divide, a comma is part of a choice."""
    found = cells_choices(["Mail, also by post;Phone", "Phone;"], {"m": ["Mail"], "p": ["Phone"]})
    assert list(found.values()) == [{"p"}, {"p"}]


@pytest.mark.parametrize(
    ("scale", "mark", "filler"),
    [
        ("{min: 1, max: 2, labels: {1: 'No', 2: 'Yes'}}", "2", "1"),
        ("{min: 1, max: 2, labels: {1: 'Not selected', 2: Selected}}", "Selected", "Not selected"),
    ],
)
def test_codes_of_the_scale_mean_what_the_scale_says(
    scale: str, mark: str, filler: str, tmp_path: Path
) -> None:
    """A scale of 1 and 2 is read by its own codes and labels."""
    path = written(tmp_path / "a.csv", table(mark, filler))
    raw = read(path, instrument(scale))
    assert isinstance(raw, RawAnswers)
    responses, _ = clean(raw, instrument(scale))
    assert responses["ch_phone"].tolist() == [2 if "phone" in c else 1 for c in PEOPLE]


def test_numbers_of_choices_count_through_the_question(tmp_path: Path) -> None:
    """Where each column holds the number of its own choice and nothing else, the number is a mark."""
    rows = table("text", "")
    for row in rows[1:]:
        row[2:] = [str(i) if cell else "" for i, cell in enumerate(row[2:], start=1)]
    assert answers(written(tmp_path / "a.csv", rows), instrument()) == [c or "?" for c in PEOPLE]


def test_codes_of_another_scale_are_refused(tmp_path: Path) -> None:
    """1 and 2 in choices on a scale of 0 and 1 are no marks: what 1 means nobody knows."""
    with pytest.raises(IntakeError, match="'2'"):
        answers(written(tmp_path / "a.csv", table("2", "1")), instrument())


def test_a_choice_that_is_all_yes_or_has_no_answers_is_said(tmp_path: Path) -> None:
    """What a tick box without a question beside it means for others nobody knows."""
    rows = [["respondent", "p1", "ch_phone", "ch_mail", "ch_post"]]
    rows += [[str(n), "4", "Yes", "No", ""] for n in range(4)]
    raw = read(written(tmp_path / "a.csv", rows), instrument())
    said = " ".join(raw.notes)
    assert "ch_phone: 100 % yes" in said
    assert "ch_post: no answers" in said
    assert "ch_mail" not in said
