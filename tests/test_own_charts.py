"""What an author makes an own of a chart: words, colours and names, by the command as in Python."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cfanalysis import charts
from cfanalysis.charts.captions import CAPTIONS
from cfanalysis.charts.chart_rendering import chart_drawing
from cfanalysis.charts.gallery import CHARTS, chart_result, write_charts
from cfanalysis.charts.spots import chart_spots
from cfanalysis.cli import cfanalysis
from cfanalysis.core.errors import ConfidentialityError, ParameterError
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.style import Preset, apply_theme, preset

from . import surveys


@pytest.fixture(scope="module")
def confidential() -> Survey:
    """Organizations that answered in confidence."""
    survey = surveys.made_survey()
    return replace(survey, source=replace(survey.source, synthetic=False))


def written(axes: Any) -> str:
    return " ".join(text.get_text() for text in axes.texts)


def test_command_writes_the_words_and_colours_of_its_author(sample_study: Study, tmp_path: Path) -> None:
    """Title, subtitle, source and palette are in the picture; the title in the alternative text, too."""
    name = sample_study.clients[0]
    call = [
        "charts",
        str(sample_study.folder),
        "--only",
        "quartile_gap",
        "--format",
        "svg",
        "--out",
        str(tmp_path),
    ]
    own = ["--title", "Is it wide?", "--subtitle", "Mine", "--source", "Me", "--palette", "#123456,0.5"]
    result = CliRunner().invoke(cfanalysis, [*call, *own, "--highlight", name.upper()])
    assert result.exit_code == 0, result.output
    svg = (tmp_path / "quartile_gap.svg").read_text(encoding="utf-8")
    for words in (
        "Is it wide?",
        "Mine",
        "Me. For research, not for publication. Synthetic data.",
        "#123456",
        name,
    ):
        assert words in svg
    alt = (tmp_path / "quartile_gap.txt").read_text(encoding="utf-8")
    assert alt.startswith("Is it wide? Dots")
    assert f"{name}: " in alt
    assert name not in (tmp_path / "quartile_gap.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "own",
    [{"title": "x"}, {"highlight": ["x"]}, {"title": "x", "only": ["trend", "forest"]},
     {"palette": "no-such"}, {"highlight": ["Proceses"], "only": ["say_do_dumbbell"]}],
)  # fmt: skip
def test_words_that_fit_no_chart_are_refused(
    sample_study: Study, tmp_path: Path, own: dict[str, Any]
) -> None:
    """A title for several charts, a palette or a name that does not exist: nothing is written."""
    with pytest.raises(ParameterError):
        write_charts(sample_study.survey, folder=tmp_path, **own)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["quartile_gap", "gap_against_performance"])
def test_dots_keep_names_where_figures_are_public_or_for_research(
    confidential: Survey, tmp_path: Path, name: str
) -> None:
    """Else no organization can be highlighted, and none is in what is drawn."""
    organization = str(confidential.organizations["organization"].iloc[3])
    with pytest.raises(ConfidentialityError, match="dots have no names"):
        write_charts(confidential, folder=tmp_path, only=[name], formats=["svg"], highlight=organization)
    write_charts(
        confidential, folder=tmp_path, only=[name], formats=["svg"], highlight=organization, research=True
    )
    svg = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
    assert organization in svg
    assert "For research, not for publication." in svg
    public = replace(confidential, instrument=confidential.instrument.model_copy(update={"public": True}))
    assert organization in set(chart_result(CHARTS[name], public).organizations["organization"])
    assert set(chart_result(CHARTS[name], confidential).organizations["organization"]) == {""}


PASSING = ("social", "square", "portrait", "story")


@pytest.mark.parametrize("size", PASSING)
def test_pictures_for_phones_show_few_rows_and_title_what_they_show(
    sample_results: dict[str, Any], size: Preset
) -> None:
    """At most six rows, none of them left out by the drawing, letters of 24 pixels, and a title of these rows."""
    theme = preset(size)
    for name in ("likert_bars", "pair_heat_table", "gap_by_aspect", "sector_change", "forest"):
        with apply_theme(theme):
            figure, words = chart_drawing(CHARTS[name].chart, sample_results[name])
        spots = [spot for spot in chart_spots(figure.axes[0]) if not spot.dot]
        assert 3 <= len(spots) <= 6, name
        assert not [spot for spot in spots if spot.omitted]
        assert " shown" in words.measure
        letters = [text.get_fontsize() for text in figure.axes[0].texts if text.get_text().strip()]
        assert min(letters) >= 24 * 0.75 - 1e-6, name
        if name == "pair_heat_table":
            assert f"Gaps of {len(spots)} pairs" in words.title


@pytest.mark.parametrize("name", ["say_do_dumbbell", "gap_by_aspect", "dimension_profile", "pair_heat_table"])
def test_one_row_makes_a_number_card(sample_results: dict[str, Any], name: str) -> None:
    """Where the height is given, a study of one pair shows the number of each group, not an empty chart."""
    result = sample_results[name]
    column = next(c for c in ("dimension", "aspect", "pair") if c in result.frame)
    one = replace(result, frame=result.frame[result.frame[column] == result.frame[column].iloc[0]])
    for size in ("social", "slide"):
        with apply_theme(preset(size)):
            figure, _ = chart_drawing(CHARTS[name].chart, one)
        texts = [text.get_text() for text in figure.axes[0].texts]
        assert sum(text.replace(".", "").isdigit() for text in texts) == one.frame["group"].nunique()
        assert any("n = " in text for text in texts)


@pytest.mark.parametrize("name", ["forest", "sector_change"])
def test_one_estimate_is_a_number_card(sample_results: dict[str, Any], name: str) -> None:
    """The estimate stands alone with its interval and n; in a column of text it stays a row."""
    rows = sample_results[name]
    frame = rows.frame if name == "forest" else rows.frame[rows.frame["wave"] == rows.source.waves[-1]]
    one = replace(rows, frame=frame.head(1))
    for size, card in (("story", True), ("print", True), ("blog", False)):
        with apply_theme(preset(size)):
            figure, _ = chart_drawing(CHARTS[name].chart, one)
        assert (f"n = {one.frame['n'].iloc[0]:,})" in written(figure.axes[0])) == card


@pytest.mark.parametrize(
    "name", ["practice_profile", "dimension_profile", "role_differences", "say_do_dumbbell"]
)
def test_a_title_of_few_rows_counts_all_and_names_one_that_is_shown(
    sample_results: dict[str, Any], name: str
) -> None:
    """Two rows of many: the title is that of the whole study, and the row it names is in the picture."""
    result, chart = sample_results[name], CHARTS[name].chart
    whole = CAPTIONS[chart](result)
    with apply_theme(preset("square").replace(rows=1 if name == "role_differences" else 2)):
        figure, words = chart_drawing(chart, result)
    assert words.title == whole.title
    assert " shown" in words.measure
    labels = [spot.label.casefold() for spot in chart_spots(figure.axes[0])]
    assert any(label.split(" against ")[0] in words.title.casefold() for label in labels)


def test_rows_that_stand_out_are_among_few(sample_results: dict[str, Any]) -> None:
    """Whoever highlights a row finds it in the picture, in place of the last of the others."""
    result = sample_results["practice_profile"]
    last = result.frame.sort_values("difference")["title"].iloc[0]
    with apply_theme(preset("story")):
        figure, _ = chart_drawing(CHARTS["practice_profile"].chart, result, highlight=last)
    labels = [spot.label for spot in chart_spots(figure.axes[0])]
    assert last in labels
    assert len(labels) == 6


def test_a_function_writes_the_finding_unless_given_another_title(sample_results: dict[str, Any]) -> None:
    """Called by itself, a chart has the words that the command writes; each can be replaced or left out."""
    result = sample_results["say_do_dumbbell"]
    caption = CHARTS["say_do_dumbbell"].words(result)
    assert " ".join(caption.title.split()[:4]) in written(charts.say_do_dumbbell(result))
    own = written(charts.say_do_dumbbell(result, title="Mine", subtitle="", source="", highlight="Processes"))
    assert own.count("Mine") == 1
    assert caption.measure.split(";")[0] not in own
    assert "Synthetic data." in own
