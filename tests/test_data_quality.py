"""Data quality: what came in, what was done to it, which answers lack, who answered. Hand-counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.analyses.cleaning_record import CleaningRecord, cleaning_record
from cfanalysis.analyses.item_quality import ItemQuality, item_quality
from cfanalysis.analyses.participation import Participation, participation
from cfanalysis.charts import cleaning_flow, missing_answers, respondents_per_organization, scale_ends
from cfanalysis.core.blocks import Figure, Notice, Table
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports import data_quality as pages
from cfanalysis.reports.common.page_blocks import study_masthead
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

from .conftest import ROOT, TINY

ROWS = """Company,sector,respondent,wave,role,s1,d1,d2,s2,d3,p1,why,more
Acme,Retail,a1,2024,leader,5,4,1,5,4,3,secret words here,x
Acme,Retail,a2,2024,leader,Agree,9,2,4,3,n/a,,x
acme,Retail,a3,2024,front line,5,9,1,5,5,,,x
Beta,Energy,b1,2024,,5, 3,5,4,3,2,,x
,,,,,,,,,,,,
Beta,Energy,b2,2025,leader,1,,5,,,,,x
Beta,Energy,b1,2025,leader,5,3,6,4,3,,,x
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Seven rows of two organizations, with a label, don't-knows, a blank row and one that answers too little."""
    folder = tmp_path_factory.mktemp("quality")
    (folder / "tiny.yaml").write_text(TINY.replace("criterion: performance\n", ""), encoding="utf-8")
    (folder / "tiny.csv").write_text(ROWS, encoding="utf-8")
    return prepare(folder / "tiny.csv", folder / "tiny.yaml", folder / "prepared" / "tiny")


@pytest.fixture(scope="module")
def record(study: Study) -> CleaningRecord:
    return cleaning_record(study.cleaning_log, study.survey)


@pytest.fixture(scope="module")
def items(study: Study) -> ItemQuality:
    return item_quality(study.survey)


@pytest.fixture(scope="module")
def people(study: Study) -> Participation:
    return participation(study.survey)


@pytest.fixture(scope="module")
def fevs(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of published frequency tables."""
    return prepare(
        real_data / "fevs" / "fevs_2023_govwide_report_by_agency.xlsx",
        ROOT / "data" / "instruments" / "fevs_2023.yaml",
        tmp_path_factory.mktemp("fevs") / "fevs_2023",
    )


def test_rows_in_are_rows_out_plus_dropped(record: CleaningRecord, sample_study: Study) -> None:
    """The record's sum holds, in the tiny study and in the sample."""
    assert (record.rows_in, record.rows_out, record.rows_dropped) == (7, 5, 2)
    sample = cleaning_record(sample_study.cleaning_log, sample_study.survey)
    assert sample.rows_in == sample.rows_out + sample.rows_dropped


def test_rules_are_counted_with_an_example(record: CleaningRecord) -> None:
    """Each rule has its kind, its count and a place; what a blank row or a drop holds is not repeated."""
    rules = record.rules.set_index("rule")
    assert rules.loc["label", ["kind", "n", "column", "before", "after"]].tolist() == [
        *("changed", 1, "s1", "Agree", "4"),
    ]
    assert rules.loc["out_of_range", ["row", "column", "before", "after"]].tolist() == [8, "d2", "6", ""]
    assert rules.loc["organization_spelling", ["before", "after"]].tolist() == ["acme", "Acme"]
    assert rules.loc["white_space", "before"] == " 3"
    assert rules.loc["too_few_answers", ["kind", "n", "row", "before"]].tolist() == ["dropped", 1, 7, ""]
    assert rules.loc["blank_row", ["kind", "n", "row"]].tolist() == ["dropped", 1, 6]
    assert record.ignored_columns == ("more",)
    assert record.cells_changed == rules.loc[rules["kind"] == "changed", "n"].sum()


def test_open_answers_and_codes_of_respondents_are_no_examples(study: Study) -> None:
    """A rule that touched only open answers or respondents' codes is counted without showing the text."""
    entries = [
        {
            "rule": "white_space",
            "kind": "changed",
            "row": 2,
            "column": c,
            "before": "secret ",
            "after": "secret",
        }
        for c in ("why", "respondent")
    ]
    log = {**study.cleaning_log, "changes": entries}
    rules = cleaning_record(log, study.survey).rules
    assert rules["n"].tolist() == [2]
    assert rules[["before", "after"]].to_numpy().tolist() == [["", ""]]


def test_changes_logged_by_value_are_counted(study: Study) -> None:
    """A column that was rewritten as a whole counts all its cells; its example has no row."""
    lines = [{"rule": "label", "column": "s1", "before": "Agree", "after": "4", "n": 40_000}]
    record = cleaning_record({**study.cleaning_log, "changes": [], "by_value": lines}, study.survey)
    assert record.cells_changed == 40_000
    assert pd.isna(record.rules["row"].iloc[0])
    assert "s1: “Agree” → “4”" in str(pages.rule_table(record))


def test_flagged_rows_are_counted_once(study: Study) -> None:
    """A row that two rules flag is one flagged row; none of them is dropped."""
    entries = [
        {"rule": rule, "kind": "flagged", "row": 2, "column": "*", "before": "5", "after": "5"}
        for rule in ("straight_lining", "speeding")
    ]
    record = cleaning_record({**study.cleaning_log, "changes": entries}, study.survey)
    assert record.rows_flagged == 1
    assert record.rows_dropped == 0
    assert record.rules["kind"].tolist() == ["flagged", "flagged"]


def test_missing_and_dont_know_by_item(items: ItemQuality) -> None:
    """Rows asked are those of the waves that have the item: nobody has an answer to p1 in 2025, so four count."""
    frame = items.frame.set_index("item")
    assert frame.loc["s1", ["n", "n_asked", "n_missing", "n_dont_know"]].tolist() == [5, 5, 0, 0]
    assert frame.loc["d1", ["n", "n_asked", "n_missing", "n_dont_know"]].tolist() == [3, 5, 0, 2]
    assert frame.loc["d2", ["n", "n_asked", "n_missing"]].tolist() == [4, 4, 0]
    assert frame.loc["p1", ["n", "n_asked", "n_missing"]].tolist() == [2, 4, 2]
    assert frame.loc["p1", "missing"] == 0.5
    assert items.missing == pytest.approx(2 / 28)
    assert items.dont_know == pytest.approx(2 / 28)
    assert items.least_answered["item"].tolist() == ["p1", "d1"]


def test_ends_of_the_scale_after_reverse_keying(items: ItemQuality) -> None:
    """d2 was answered 1, 2, 1, 5 and is reverse-keyed: half of the answers are the highest, a quarter the lowest."""
    frame = items.frame.set_index("item")
    assert frame.loc["d2", ["floor", "ceiling"]].tolist() == pytest.approx([0.25, 0.5])
    assert frame.loc["s1", ["floor", "ceiling"]].tolist() == pytest.approx([0.0, 0.8])
    groups = items.groups.set_index("group")
    assert groups.index.tolist() == ["Say", "Do", "Performance"]
    assert groups.loc["Say", "ceiling"] == pytest.approx((0.8 + 0.4) / 2)


def test_participation_by_size_role_and_wave(people: Participation) -> None:
    """Sizes are of the latest wave; both organizations are below the minimum; roles count over all waves."""
    assert people.sizes["organizations"].tolist() == [1, 1]
    assert people.sizes["label"].tolist() == ["1", "2 or more"]
    assert people.sizes["below"].all()
    assert (people.n, people.n_below) == (2, 2)
    roles = people.fields.set_index("option")
    assert roles.loc["leader", ["respondents", "organizations", "shown"]].tolist() == [3, 2, 0]
    assert roles.loc["not said", "respondents"] == 1
    waves = people.waves.set_index("wave")
    assert waves.loc["2025", ["organizations", "respondents", "returning", "n_items"]].tolist() == [
        1,
        1,
        1,
        4,
    ]
    assert waves.loc["2025", "absent"] == ("We do not.", "We perform.")
    assert people.durations.empty


def test_sizes_have_the_minimum_as_an_edge_and_count_everybody(sample_study: Study) -> None:
    """The classes add up to the organizations, and exactly those below the minimum are marked."""
    people = participation(sample_study.survey)
    assert people.sizes["organizations"].sum() == people.n == 120
    assert people.sizes.loc[people.sizes["below"], "organizations"].sum() == people.n_below
    durations = people.durations
    assert (durations["n"] + durations["n_unknown"]).tolist() == people.waves["respondents"].tolist()


def test_the_answer_is_three_sentences(
    record: CleaningRecord, items: ItemQuality, people: Participation
) -> None:
    """Rows, answers, people, each with its numbers."""
    text = str(pages.quality_summary(record, items, people))
    assert "Of **7 rows** in the file **5** went into the study: 2 were dropped" in text
    assert "7.1% holds no answer and 7.1% “don't know”; most is lacking in “We perform\\.” (50.0%)." in text
    assert "2 organizations took part, with a median of 2 respondents in their latest wave; 2 of them" in text


def bars(axes: object) -> list[tuple[float, float]]:
    """Start and length of each bar, top first."""
    patches = [p for p in axes.patches if p.get_transform() != axes.transAxes and p.get_clip_on()]  # type: ignore[attr-defined]
    return [(round(p.get_x(), 6), round(p.get_width(), 6)) for p in patches]


def test_the_flow_takes_each_rule_off_the_end(record: CleaningRecord) -> None:
    """Seven rows, then one and one off their end, then five; the numbers stand beside the bars."""
    axes = cleaning_flow(record)
    assert bars(axes) == [(0, 7), (6, 1), (5, 1), (0, 5)]
    assert {"7", "−1", "5"} <= {t.get_text() for t in axes.texts}
    labels = sorted(
        axes.get_yticklabels(), key=lambda label: axes.transData.transform((0, label.get_position()[1]))[1]
    )
    assert [label.get_text() for label in reversed(labels)] == [
        "In the file",
        "Blank row",
        "Too few answers",
        "In the study",
    ]


def test_missing_answers_end_to_end(items: ItemQuality) -> None:
    """The item that lacks most stands first; a share of 0 has no piece of a bar; per cent."""
    axes = missing_answers(items)
    assert bars(axes) == [(0, 50), (0, 40)]
    assert {"50.0%", "40.0%", "no answer", "don’t know"} <= {t.get_text() for t in axes.texts}


def test_small_organizations_are_hollow_and_unnamed(people: Participation, sample_study: Study) -> None:
    """Classes below the minimum have no fill; no chart names an organization."""
    axes = respondents_per_organization(participation(sample_study.survey))
    faces = [p.get_facecolor()[:3] for p in axes.patches if p.get_clip_on()]
    below = participation(sample_study.survey).sizes["below"]
    assert [face == (1.0, 1.0, 1.0) for face in faces] == below.tolist()
    shown = " ".join(t.get_text() for t in respondents_per_organization(people).texts)
    assert "Acme" not in shown
    assert "Beta" not in shown


def test_ends_are_drawn_by_group(items: ItemQuality) -> None:
    """Say, Do and Performance, the highest answer above the lowest; a share of 0 has no bar."""
    axes = scale_ends(items)
    say, do, low = bars(axes)[:3]
    assert say == (0, pytest.approx(60))
    table = items.groups.set_index("group")
    assert do[1] == pytest.approx(100 * table.loc["Do", "ceiling"])
    assert low[1] == pytest.approx(100 * table.loc["Do", "floor"])


def test_every_figure_has_its_numbers_in_words(sample_study: Study) -> None:
    """The alternative text of each chart holds the finding and the numbers that are drawn."""
    items = cf.item_quality(sample_study)
    alts = []
    for figure in (
        cf.cleaning_record(sample_study).figure(),
        items.figure(),
        cf.participation(sample_study).figure(),
        items.figure("scale_ends"),
    ):
        assert isinstance(figure, Figure)
        alts.append(figure.alt)
    assert "2,060 of 2,070 rows went into the study" in alts[0]
    assert "duplicate −3" in alts[0]
    assert "no answer and" in alts[1]
    assert "2 to 4: 35 organizations" in alts[2]
    assert "Say highest 41.6%" in alts[3]


def test_published_tables_say_what_they_cannot_say(fevs: Study) -> None:
    """No rows, no missing answers, no roles, no durations: each in one line, nothing invented."""
    record = cleaning_record(fevs.cleaning_log, fevs.survey)
    items, people = item_quality(fevs.survey), participation(fevs.survey)
    assert record.published
    assert items.missing is None
    assert items.frame["n_asked"].isna().all()
    for block in (
        cf.cleaning_record(fevs).figure(),
        pages.rule_table(record),
        cf.item_quality(fevs).figure(),
        pages.field_table(people),
        pages.duration_table(people),
    ):
        assert isinstance(block, Notice)
    with pytest.raises(AnalysisError, match="no rows came in"):
        cleaning_flow(record)
    summary = str(pages.quality_summary(record, items, people))
    assert "25 items for 40 organizations; nothing is withheld in them" in summary
    limits = str(pages.quality_limits(items, people))
    assert limits.count("\n") == 5
    assert "published tables count valid answers only" in limits
    table = pages.item_quality_table(items)
    assert {row[3] for row in table.rows} == {"–"}


def test_ceiling_of_published_tables_is_the_pooled_share(fevs: Study) -> None:
    """The highest answer's share is the mean of the agencies' shares, weighted by their answers, totals left out."""
    shares = fevs.survey.shares.query("kind == 'organization' and item == 'customer_needs_priority'")
    top = shares[shares["category"] == 5]
    expected = (top["share"] * top["n"]).sum() / top["n"].sum()
    frame = item_quality(fevs.survey).frame.set_index("item")
    assert frame.loc["customer_needs_priority", "ceiling"] == pytest.approx(expected)
    assert frame.loc["customer_needs_priority", "n"] == top["n"].sum()


def test_tables_have_note_and_source(
    record: CleaningRecord, items: ItemQuality, people: Participation
) -> None:
    """Each table ends with its source; items that a wave lacks are named below the waves."""
    tables = [
        pages.rule_table(record),
        pages.item_quality_table(items),
        pages.wave_table(people),
        pages.field_table(people),
    ]
    for table in tables:
        assert isinstance(table, Table)
        assert "Source: Tiny Survey" in table.note
    assert "In wave 2025 nobody answered 2 items: We do not.; We perform." in tables[2].note


def test_the_text_of_a_comment_is_nowhere(
    record: CleaningRecord, items: ItemQuality, people: Participation, study: Study
) -> None:
    """No block of the report repeats an open answer or a respondent's code."""
    blocks = [
        pages.quality_summary(record, items, people),
        pages.rule_table(record),
        pages.proposal_table(record),
        pages.reading_notes(record),
        pages.item_quality_table(items),
        pages.field_table(people),
        pages.wave_table(people),
        study_masthead(study, "How good are the data?"),
    ]
    text = "\n".join(str(block) for block in blocks)
    assert "secret" not in text
    assert "a1" not in text.split()
