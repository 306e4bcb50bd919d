"""Cleaning: every change in the log, rows in equal rows out plus rows dropped."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.cleaning import DONT_KNOW, RULES, clean
from cfanalysis.errors import IntakeError
from cfanalysis.instrument import Instrument, load_instrument, parse_instrument
from cfanalysis.intake import RawAnswers, read
from cfanalysis.sample import sample_responses

from .conftest import TINY

GOOD = {
    "organization": "A",
    "respondent": "r1",
    "wave": "2024",
    "seconds": "60",
    "role": "leader",
    "sector": "Retail",
}
ANSWERS = {"s1": "5", "d1": "4", "d2": "2", "s2": "5", "d3": "3", "p1": "4", "why": "More time."}


def raw(*rows: dict[str, str]) -> RawAnswers:
    """Rows as a reader would give them; what a row does not say is as in the good row."""
    frame = pd.DataFrame([{**GOOD, **ANSWERS, **row} for row in rows], dtype=str)
    frame.index = pd.RangeIndex(2, 2 + len(frame), name="row")
    return RawAnswers(frame, "answers.csv", "delimited")


def logged(rows: list[dict[str, str]], tiny: Instrument) -> list[tuple[str, int, str, str, str]]:
    _, log = clean(raw(*rows), tiny)
    return [
        tuple(r) for r in log.changes[["rule", "row", "column", "before", "after"]].itertuples(index=False)
    ]


def test_clean_answers_pass_unchanged(tiny: Instrument) -> None:
    """Nothing is logged where nothing is wrong, and the responses hold the codes as given."""
    responses, log = clean(raw({}), tiny)
    assert log.changes.empty
    assert (log.rows_in, log.rows_out) == (1, 1)
    assert responses[["s1", "d1", "d2", "s2", "d3", "p1"]].iloc[0].tolist() == [5, 4, 2, 5, 3, 4]
    assert str(responses["d2"].dtype) == "Int8"


@pytest.mark.parametrize(
    ("row", "entry"),
    [
        ({"s1": " 5 "}, ("white_space", 2, "s1", " 5 ", "5")),
        ({"s1": "strongly  AGREE"}, ("label", 2, "s1", "strongly AGREE", "5")),
        ({"s1": "Don't know"}, ("label", 2, "s1", "Don't know", str(DONT_KNOW))),
        ({"s1": "-99"}, ("missing_code", 2, "s1", "-99", "")),
        ({"s1": "6"}, ("out_of_range", 2, "s1", "6", "")),
        ({"s1": "3.5"}, ("out_of_range", 2, "s1", "3.5", "")),
        ({"s1": "nan"}, ("not_an_answer", 2, "s1", "nan", "")),
        ({"s1": "agreee"}, ("not_an_answer", 2, "s1", "agreee", "")),
        ({"seconds": "soon"}, ("not_a_number", 2, "seconds", "soon", "")),
        ({"role": "Boss"}, ("not_an_option", 2, "role", "Boss", "")),
        ({"role": "LEADER"}, ("not_an_option", 2, "role", "LEADER", "leader")),
    ],
)
def test_each_rule_logs_the_cell(
    row: dict[str, str], entry: tuple[str, int, str, str, str], tiny: Instrument
) -> None:
    """A rule that changes a cell logs rule, row, column, before and after."""
    assert entry in logged([row, {"respondent": "r2"}], tiny)


def test_dont_know_is_kept_apart_from_missing(tiny: Instrument) -> None:
    """The don't-know code is an answer that says nothing; it is stored, not lost."""
    responses, _ = clean(raw({"s1": "9"}), tiny)
    assert responses["s1"].tolist() == [DONT_KNOW]


@pytest.mark.parametrize(
    ("rows", "rule", "dropped"),
    [
        ([{}, dict.fromkeys([*GOOD, *ANSWERS], "")], "blank_row", [3]),
        ([{}, {"organization": " ", "respondent": "r2"}], "no_organization", [3]),
        ([{}, {}], "duplicate", [2]),
        ([{}, {"d1": ""}], "duplicate", [3]),
        ([{}, {"respondent": "r2", "s1": "", "s2": "9"}], "too_few_answers", [3]),
    ],
)
def test_dropped_rows_are_logged(
    rows: list[dict[str, str]], rule: str, dropped: list[int], tiny: Instrument
) -> None:
    """A row that cannot be used is dropped by one rule and logged; the later of equally full duplicates stays."""
    _, log = clean(raw(*rows), tiny)
    changes = log.changes
    assert changes.loc[changes["column"] == "*", ["rule", "row"]].to_numpy().tolist() == [
        [rule, r] for r in dropped
    ]
    assert log.rows_in == log.rows_out + sum(log.rows_dropped.values())


def test_the_most_frequent_spelling_of_an_organization_wins(tiny: Instrument) -> None:
    """Names that differ only by case or spacing are one organization; other names stay apart."""
    names = ["Alder Co", "alder  co", "Alder Co", "Alder Company"]
    responses, log = clean(
        raw(*({"organization": n, "respondent": str(i)} for i, n in enumerate(names))), tiny
    )
    assert sorted(responses["organization"].unique()) == ["Alder Co", "Alder Company"]
    assert log.changes["rule"].tolist() == ["white_space", "organization_spelling"]


def test_nothing_left_is_an_error(tiny: Instrument) -> None:
    """A file whose every row is dropped says why."""
    with pytest.raises(IntakeError, match=r"no answers are left(.|\n)*without an organization"):
        clean(raw({"organization": ""}), tiny)


def test_input_is_not_changed(tiny: Instrument) -> None:
    """Cleaning makes new frames."""
    answers = raw({"s1": " 5 "}, {"respondent": "r2"})
    before = answers.frame.copy()
    clean(answers, tiny)
    pd.testing.assert_frame_equal(answers.frame, before)


CELL = st.sampled_from(
    ["", " ", "1", "5", "9", "6", "-99", "agree", "Agree", "n/a", "x", "0", "1e3", "\u00a0", "=1"]
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys([*GOOD, *ANSWERS], CELL)), min_size=1, max_size=8))
def test_counts_always_add_up(rows: list[dict[str, str]]) -> None:
    """Whatever the cells hold: rows in = out + dropped, answers are on the scale, each change has a known rule."""
    instrument = parse_instrument(TINY)
    try:
        responses, log = clean(raw(*rows), instrument)
    except IntakeError:
        return
    assert log.rows_in == log.rows_out + sum(log.rows_dropped.values()) == len(rows)
    assert len(responses) == log.rows_out
    assert set(log.changes["rule"]) <= set(RULES)
    for item in instrument.rated_items:
        assert set(responses[item.id].dropna()) <= {1, 2, 3, 4, 5, DONT_KNOW}


def test_cleaning_finds_what_the_sample_planted(sample_file: Path, instrument_file: Path) -> None:
    """The log holds every piece of dirt that the generator planted and nothing else, cell by cell."""
    instrument = load_instrument(instrument_file)
    planted = sample_responses().planted
    _, log = clean(read(sample_file, instrument), instrument)
    changes = log.changes
    dropped, cells, flagged = (changes[changes["kind"] == k] for k in ("dropped", "changed", "flagged"))
    assert set(dropped["row"]) == set(planted.loc[planted["fate"] == "dropped", "row"])
    changed = planted[planted["fate"] == "changed"]
    found = set(cells[["row", "column"]].itertuples(index=False, name=None))
    assert found == set(changed[["row", "column"]].itertuples(index=False, name=None))
    assert log.rows_in == log.rows_out + sum(log.rows_dropped.values())
    kinds = {"straight_liner": "straight_lining", "speeder": "speeding"}
    careless = planted[planted["kind"].isin(kinds)]
    expected = set(zip(careless["kind"].map(kinds), careless["row"], careless["respondent"], strict=True))
    assert set(flagged[["rule", "row", "respondent"]].itertuples(index=False, name=None)) == expected
