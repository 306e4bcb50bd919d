"""Cleaning: every change in the log, rows in equal rows out plus rows dropped."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.core.errors import IntakeError, ParameterError
from cfanalysis.intake import RawAnswers
from cfanalysis.intake.cleaning import RULES, clean
from cfanalysis.intake.cleaning.log import RULE_KINDS
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from .conftest import ROOT, TINY

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
        ({"s1": "Don't know"}, ("label", 2, "s1", "Don't know", str(DONT_KNOW_CODE))),
        ({"s1": "-99"}, ("missing_code", 2, "s1", "-99", "")),
        ({"s1": "6"}, ("out_of_range", 2, "s1", "6", "")),
        ({"s1": "3.5"}, ("out_of_range", 2, "s1", "3.5", "")),
        ({"s1": "nan"}, ("missing_code", 2, "s1", "nan", "")),
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
    assert responses["s1"].tolist() == [DONT_KNOW_CODE]


@pytest.mark.parametrize(
    ("rows", "rule", "dropped"),
    [
        ([{}, dict.fromkeys([*GOOD, *ANSWERS], "")], "blank_row", [3]),
        ([{}, {"organization": " ", "respondent": "r2"}], "no_organization", [3]),
        ([{}, {}], "duplicate", [2]),
        ([{}, {"d1": ""}], "duplicate", [2]),
        ([{}, {"d1": "9", "s1": "9"}], "duplicate", [2]),
        ([{}, {"d1": "", "p1": ""}], "duplicate", [3]),
        ([{"d1": "", "p1": ""}, {}, {"s1": "4"}], "duplicate", [2, 3]),
        (
            [{"d1": "", "p1": ""}, {"d1": "", "d2": "", "p1": ""}, {"respondent": "r2"}],
            "duplicate",
            [3],
        ),
        ([{"d1": ""}, {"d1": "", "p1": ""}], "duplicate", [2]),
        ([{"d1": "", "p1": ""}, {"d3": "", "p1": ""}, {"respondent": "r2"}], "duplicate", [2]),
        (
            [{"s1": "", "d1": "", "p1": ""}, {"d1": "", "d2": ""}, {"respondent": "r2"}],
            "duplicate",
            [3],
        ),
        (
            [{}, {"s1": "s1", "d1": "D1", "d2": "we do not.", "s2": "s2", "d3": "d3", "p1": "Performance"}],
            "header_row",
            [3],
        ),
        ([{}, {"respondent": "r2", "s1": "", "s2": "9"}], "too_few_answers", [3]),
    ],
)
def test_dropped_rows_are_logged(
    rows: list[dict[str, str]], rule: str, dropped: list[int], tiny: Instrument
) -> None:
    """A row that cannot be used is dropped by one rule and logged.

    Of duplicates the latest complete one stays (four fifths of the items, don't knows count); of incomplete ones the
    fullest, later among equals, and one that may be used at all before one that may not.
    """
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


@settings(max_examples=60)
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
        assert set(responses[item.id].dropna()) <= {1, 2, 3, 4, 5, DONT_KNOW_CODE}


WIDE = "".join(
    f"  - {{id: w{k}, text: wide {k}, role: performance, scale: agreement, optional: true}}\n"
    for k in range(8)
)


def wide() -> Instrument:
    """The tiny survey with eight more items, long enough to tell a straight line."""
    return parse_instrument(TINY.replace("organization_fields:", f"{WIDE}organization_fields:"))


def careless(**last: str) -> RawAnswers:
    """Twelve rows of varied answers in about a minute, and one as given."""
    varied = {f"w{k}": str(1 + k % 5) for k in range(8)}
    rows = [{**varied, "respondent": f"r{i}", "seconds": str(55 + i)} for i in range(12)]
    return raw(*rows, {**varied, "respondent": "last", **last})


STRAIGHT = dict.fromkeys(("s1", "d1", "d2", "s2", "d3", "p1", *(f"w{k}" for k in range(8))), "4")


@pytest.mark.parametrize(
    ("row", "entry"),
    [
        ({**STRAIGHT, "seconds": "60"}, ("straight_lining", "*", "4")),
        ({**STRAIGHT, "w3": "9", "w4": "", "seconds": "60"}, ("straight_lining", "*", "4")),
        ({"seconds": "19"}, ("speeding", "seconds", "19")),
        ({"seconds": "60", "why": "no."}, ("short_answer", "why", "no.")),
    ],
)
def test_flags_stay_and_drop_by_option_only(row: dict[str, str], entry: tuple[str, str, str]) -> None:
    """A careless row is flagged with what was found and kept; named in drop, it is dropped."""
    instrument = wide()
    responses, log = clean(careless(**row), instrument)
    flagged = log.changes.query("kind == 'flagged'")
    assert flagged[["rule", "column", "before", "after"]].to_numpy().tolist() == [[*entry, entry[2]]]
    assert flagged[["organization", "respondent", "wave"]].iloc[0].tolist() == ["A", "last", "2024"]
    assert (len(responses), log.rows_flagged, log.rows_dropped) == (13, {entry[0]: 1}, {})
    responses, log = clean(careless(**row), instrument, drop=[entry[0]])
    assert (len(responses), log.rows_flagged, log.rows_dropped) == (12, {}, {entry[0]: 1})
    assert log.rows_in == log.rows_out + 1


@pytest.mark.parametrize(
    "row", [{"seconds": "20"}, {"seconds": ""}, {**STRAIGHT, "w3": "5", "seconds": "60"}, {}]
)
def test_what_is_not_careless_is_not_flagged(row: dict[str, str]) -> None:
    """A third of the median is not too fast, no time is no speed, one other answer breaks the line."""
    _, log = clean(careless(**{"seconds": "60", **row}), wide())
    assert log.changes.empty


def test_only_flags_can_be_dropped_by_option(tiny: Instrument) -> None:
    """A rule that is no flag is refused; the nearest are named."""
    with pytest.raises(ParameterError, match=r"no such flag(.|\n)*speeding"):
        clean(raw({}), tiny, drop=["speding"])


def test_near_misses_are_proposed_and_not_taken(tiny: Instrument) -> None:
    """A label that is nearly one becomes missing; the log proposes what it resembles, with its score and rows."""
    rows = [{"s1": "agreee"}, {"respondent": "r2"}, {"respondent": "r3", "role": "leadr"}]
    responses, log = clean(raw(*rows), tiny)
    assert responses["s1"].isna().sum() == 1
    assert [(p.subject, p.column, p.value, p.proposal, p.n) for p in log.proposals] == [
        ("option", "role", "leadr", "leader", 1),
        ("label", "s1", "agreee", "Agree", 1),
    ]


def test_names_that_differ_by_accents_are_proposed_as_aliases(tiny: Instrument) -> None:
    """Accents and punctuation do not merge organizations; the rarer spelling is proposed as an alias."""
    names = ["Cafe Alder", "Cafe Alder", "Café Alder", "Café-Alder", "Cafe Alders"]
    rows = [{"organization": n, "respondent": str(i)} for i, n in enumerate(names)]
    responses, log = clean(raw(*rows), tiny)
    assert responses["organization"].nunique() == 4
    assert [(p.value, p.proposal) for p in log.proposals] == [
        ("Café Alder", "Cafe Alder"),
        ("Café-Alder", "Cafe Alder"),
    ]
    responses, log = clean(raw(*rows), tiny, aliases={"café alder": "Cafe Alder"})
    assert log.cells_changed == {"organization_alias": 1}


def test_a_column_of_labels_is_logged_by_value(tiny: Instrument) -> None:
    """Ten thousand labels in a column are one line for each label, and count as cells changed all the same."""
    rows = [{"respondent": str(i), "s1": "Agree"} for i in range(10_001)]
    _, log = clean(raw(*rows), tiny)
    assert log.changes.empty
    assert log.by_value == [{"rule": "label", "column": "s1", "before": "Agree", "after": "4", "n": 10_001}]
    assert log.cells_changed == {"label": 10_001}


def test_the_same_id_in_two_organizations_is_two_people(tiny: Instrument) -> None:
    """Respondents are numbered within organizations in many surveys."""
    _, log = clean(raw({}, {"organization": "B"}), tiny)
    assert log.rows_dropped == {}


def test_a_log_written_and_read_says_the_same(tiny: Instrument) -> None:
    """as_dict() has what the study's file has: counts, proposals, and each entry as a record."""
    _, log = clean(raw({"s1": "x"}, {"respondent": "r2"}, {"respondent": "r2"}), tiny)
    content = log.as_dict()
    assert (content["rows_in"], content["rows_out"], content["rows_dropped"]) == (3, 2, {"duplicate": 1})
    pd.testing.assert_frame_equal(
        pd.DataFrame(content["changes"]).astype(log.changes.dtypes.to_dict()), log.changes
    )


def test_every_rule_is_in_the_documentation() -> None:
    """docs/cleaning.md has a row for each rule with what it does to a cell or row, and no other."""
    text = (ROOT / "docs" / "cleaning.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (changed|flagged|dropped) \|", text, flags=re.MULTILINE)
    assert dict(rows) == RULE_KINDS
    assert len(rows) == len(RULE_KINDS)


@pytest.mark.parametrize("many", [False, True])
def test_many_values_are_judged_as_few_are(tiny: Instrument, many: bool) -> None:
    """What is looked at one by one is the same, whether an expression has chosen it among thousands or not."""
    short = ["-", "a b", "é", "ok", "4 2", "…", "ж", "- ж - ж -"]
    odd = {"  a": "a", "a\u2009b": "a b", "a\u200bb": "ab", "e\u0301": "é"}
    texts = [*short, "日本語", *odd]
    rows = [{"respondent": f"r{i}", "why": text, "organization": "A"} for i, text in enumerate(texts)]
    names = ["#NAME?", "#WERT!", "–", "?!", "ж", "Total", "Mean (n = 6)", "N=60", "A Total", "Totally"]
    rows += [{"respondent": f"x{i}", "why": "none", "organization": name} for i, name in enumerate(names)]
    if many:
        rows += [{"respondent": f"m{i}", "why": f"word{i}", "organization": f"Org{i}"} for i in range(1_200)]
    _, log = clean(raw(*rows), tiny, lenient=True)
    said = log.changes.groupby(["rule", "column"])["before"].agg(list)
    assert said["white_space", "why"] == list(odd)
    assert said["short_answer", "why"] == [*short, *odd.values()]
    assert said["missing_code", "organization"] == ["#NAME?", "#WERT!", "–", "?!"]
    summaries = [problem.value for problem in log.problems if problem.rule == "summary_row"]
    assert summaries == ["Total", "Mean (n = 6)", "N=60", "A Total"]
