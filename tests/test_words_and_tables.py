"""Sentences, tables and blocks are written from the numbers, and only from them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cfanalysis.analyses.client_report import client_pairs, client_profile, client_standing
from cfanalysis.analyses.gap_slope import GapSlope, gap_slope
from cfanalysis.analyses.quartile_gaps import QuartileGaps, quartile_gaps
from cfanalysis.analyses.say_do_profile import SayDoProfile, say_do_profile
from cfanalysis.charts import gap_against_performance, quartile_gap, say_do_dumbbell
from cfanalysis.charts.captions.gap_captions import gap_against_performance_caption, quartile_gap_caption
from cfanalysis.charts.captions.score_captions import say_do_dumbbell_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Column, Prose, Table, escape_markdown
from cfanalysis.reports import claim_test
from cfanalysis.reports.common import page_blocks, result_tables
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import ClientExtract

UNFIT = re.compile(r"\bnan\b|\bNone\b|\binf\b|-0\.0|\d\.\d{6}", re.IGNORECASE)


@pytest.fixture(scope="module")
def gaps(sample_study: Study) -> QuartileGaps:
    return quartile_gaps(sample_study.survey, repetitions=500)


@pytest.fixture(scope="module")
def profile(sample_study: Study) -> SayDoProfile:
    return say_do_profile(sample_study.survey)


@pytest.fixture(scope="module")
def slope(sample_study: Study) -> GapSlope:
    return gap_slope(sample_study.survey)


@pytest.fixture(scope="module")
def extract(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    folder = tmp_path_factory.mktemp("extract") / "one"
    return open_extract(cut_extract(sample_study, sample_study.clients[0], folder))


def test_descriptions_hold_the_numbers(gaps: QuartileGaps, profile: SayDoProfile, slope: GapSlope) -> None:
    """Each description says every plotted group with its value; the short alternative text begins with the finding."""
    caption = quartile_gap_caption(gaps)
    for quartile in gaps.frame.to_dict(orient="records"):
        assert f"{quartile['quartile']} quartile {quartile['gap']:.2f}" in caption.description
    assert caption.alt.startswith(caption.title)
    assert len(caption.alt) <= 250
    for row in profile.frame.to_dict(orient="records"):
        words = f"{row['group']} Say {row['say']:.1f} and Do {row['do']:.1f}"
        assert words in say_do_dumbbell_caption(profile).description
    assert str(slope.n) in gap_against_performance_caption(slope).subtitle()


def test_everything_said_of_a_client_is_fit_to_print(extract: ClientExtract) -> None:
    """No NaN, None or endless decimals in sentences, tables and blocks; n and source in every table's note."""
    standing = client_standing(extract)
    blocks = [
        page_blocks.client_masthead(extract),
        page_blocks.client_summary(standing),
        result_tables.standing_table(standing),
        result_tables.profile_table(client_profile(extract)),
        result_tables.pair_table(client_pairs(extract)),
    ]
    for block in blocks:
        assert not UNFIT.search(str(block)), block
        if isinstance(block, Table):
            assert "Source:" in block.note
            assert "organizations" in block.note
            assert block.rows


def test_everything_said_of_a_study_is_fit_to_print(
    sample_study: Study, gaps: QuartileGaps, profile: SayDoProfile
) -> None:
    """The same for the research report."""
    verdict = sample_study.verdict
    for block in (
        page_blocks.study_masthead(sample_study, "Title"),
        page_blocks.gap_method(gaps),
        claim_test.verdict_narrative(verdict),
        claim_test.verdict_figures(verdict),
        claim_test.verdict_notice(verdict),
        claim_test.verdict_table(verdict, source=sample_study.survey.source),
        claim_test.verdict_method(verdict),
        result_tables.quartile_table(gaps),
        result_tables.profile_table(profile),
        result_tables.index_table(sample_study),
    ):
        assert not UNFIT.search(str(block)), block


def test_quartile_table_by_hand(gaps: QuartileGaps) -> None:
    """One row a quartile and the contrast, which is set bold; its gap is Do's lead minus Say's."""
    table = result_tables.quartile_table(gaps)
    assert [row[0] for row in table.rows] == [
        "Top",
        "Upper middle",
        "Lower middle",
        "Bottom",
        "Rest minus top",
    ]
    assert table.emphasis == (4,)
    assert table.rows[4][4] == f"+{gaps.delta.estimate:.2f}"
    assert sum(int(row[1]) for row in table.rows[:4]) == int(table.rows[4][1]) == gaps.n


@pytest.mark.parametrize(
    "chart", [say_do_dumbbell, quartile_gap, gap_against_performance], ids=lambda c: c.__name__
)
def test_figures_carry_alt_text_and_source(
    chart: object, gaps: QuartileGaps, profile: SayDoProfile, slope: GapSlope
) -> None:
    """A figure has its alternative text, says the finding, and says that the data are synthetic."""
    result = {say_do_dumbbell: profile, quartile_gap: gaps, gap_against_performance: slope}[chart]  # type: ignore[index]
    shown = figure(chart, result)  # type: ignore[arg-type]
    bundle, metadata = shown._repr_mimebundle_()
    assert metadata["image/svg+xml"]["alt"] == shown.alt
    assert "Synthetic data" in re.sub(r"<[^>]+>", "", shown.svg)
    assert bundle["text/plain"] == shown.alt


def test_names_from_data_are_text_in_markdown(extract: ClientExtract) -> None:
    """A benchmark called like markup is shown as text."""
    nasty = replace(client_standing(extract), benchmark="*Bold* [x](http://y) <script> #read")
    text = str(page_blocks.client_summary(nasty))
    assert "*Bold* [x](http" not in text
    assert "<script>" not in text
    assert escape_markdown("*Bold* [x](http://y) <script> #read") in text


def test_one_respondent_is_said_so(extract: ClientExtract) -> None:
    """A client with a single respondent is labelled."""
    single = replace(extract, n=1)
    assert "One respondent answered" in str(page_blocks.client_summary(client_standing(single)))
    assert ("Who answered", "one respondent") in page_blocks.client_masthead(single).facts


def test_a_client_without_benchmark_has_no_column_for_it(extract: ClientExtract) -> None:
    """Where nothing may be shown of the benchmark, no column stands, and no sentence compares."""
    alone = replace(extract, benchmark=extract.benchmark.iloc[:0], quartile=None)
    standing = client_standing(alone)
    table = result_tables.standing_table(standing)
    assert not {"Benchmark mean", "Top quartile"} & {column.label for column in table.columns}
    assert "in the benchmark" not in str(page_blocks.client_summary(standing))


def test_table_text_and_html_are_escaped_and_whole() -> None:
    """A table shows every cell in text and HTML, markup in cells as text."""
    table = Table("Title", [Column("A", "left"), Column("B")], [("<b>x</b>", "1")], "note", (0,))
    assert "<b>x</b>" in table.text()
    assert "&lt;b&gt;x&lt;/b&gt;" in table.html()
    assert '<th scope="row"' in table.html()
    with pytest.raises(ValueError, match="row 0 has 1 cells"):
        Table("Title", [Column("A"), Column("B")], [("x",)])


def test_prose_is_markdown() -> None:
    """Sentences show as Markdown, and as text where there is none."""
    bundle, _ = Prose("*x*")._repr_mimebundle_()
    assert bundle == {"text/plain": "*x*", "text/markdown": "*x*"}


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ({"verdict": "none", "reason": "No gap."}, "There is no verdict. No gap."),
    ],
)
def test_no_verdict_says_why(verdict: dict[str, str], text: str) -> None:
    """Where no verdict is possible its reason is said."""
    assert str(claim_test.verdict_narrative(verdict)) == text
