"""A chart as it is published."""

from __future__ import annotations

import re
from io import BytesIO
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image
from pypdf import PdfReader

from cfanalysis.charts import likert_bars, say_do_dumbbell
from cfanalysis.charts.chart_rendering import (
    MAX_PNG_BYTES,
    chart_figure,
    figure,
    save_chart,
    self_contained_svg,
    svg_text,
)
from cfanalysis.core.blocks import Figure as Block
from cfanalysis.core.errors import OutputError
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.reports.common.page_blocks import figure_numbers
from cfanalysis.survey.survey_data import Source
from cfanalysis.theme.style import THEME, apply_theme, preset
from cfanalysis.theme.svg_fonts import font_style

from .charts import results

ALT = "Say and Do for two groups; the gap is 3 and 17.5 points."


@pytest.fixture
def profile():
    """A profile of one dimension and two groups."""
    frame = pd.DataFrame(
        [
            ("people", "People", "Łódź <b>& Co</b>", 81.0, 78.0, 3.0, 1),
            ("people", "People", "Rest", 80.0, 62.5, 17.5, 90),
        ],
        columns=["dimension", "title", "group", "say", "do", "gap", "n"],
    )
    source = Source("sample", "Self Assessment", ("2024",), synthetic=True)
    groups = ("Łódź <b>& Co</b>", "Rest")
    return SimpleNamespace(
        frame=frame, groups=groups, criterion="Performance", wave="latest", n=90, source=source
    )


def test_a_chart_on_a_page_is_a_figure_block(profile):
    """It holds the drawing, its words and its width, the theme's unless given."""
    block = figure(say_do_dumbbell, profile)
    assert isinstance(block, Block)
    assert block.alt.startswith("At Łódź <b>& Co</b> the gap in People is 3.0 points of 100. Pairs of marks")
    assert block.width == pytest.approx(THEME.width)
    assert figure(say_do_dumbbell, profile, width=300, height=200).width == pytest.approx(300)


def test_same_result_gives_the_same_bytes(profile):
    """No clock and no chance takes part."""
    one, two = (figure(say_do_dumbbell, profile).svg for _ in range(2))
    assert one == two
    assert "<metadata>" not in one


def test_svg_is_well_formed_and_stands_alone(profile):
    """It parses, begins with its element, has its size in points and fetches nothing from outside."""
    svg = figure(say_do_dumbbell, profile).svg
    root = ElementTree.fromstring(svg)
    assert svg.startswith("<svg")
    assert root.get("width", "").endswith("pt")
    addresses = set(re.findall(r"""(?:href|src)\s*[=:]\s*["']?\s*(\S+)|url\(([^)]{0,20})""", svg))
    assert all((a or b).lstrip("\"'").startswith(("#", "data:", "url(data:")) for a, b in addresses)


def test_svg_text_is_text_in_the_house_font(profile):
    """Letters are not outlines: names and numbers can be found, in our family, escaped."""
    svg = figure(say_do_dumbbell, profile).svg
    assert "Łódź &lt;b&gt;&amp; Co&lt;/b&gt;" in svg
    assert "'IBM Plex Sans'" in svg
    assert "font-weight: 600" in svg


def test_font_travels_in_style_elements_that_can_be_taken_out(profile):
    """Latin always comes, the letter Ł brings its subset; without the styles the drawing is still whole."""
    svg = figure(say_do_dumbbell, profile).svg
    assert svg.count('<style class="cfa-font"') == 2
    assert font_style() in svg
    assert font_style("Latin2") in svg
    bare = re.sub(r'<style class="cfa-font".*?</style>', "", svg)
    ElementTree.fromstring(bare)
    assert len(bare) < 30_000


def test_prologue_and_metadata_are_taken_off():
    """What remains is the element with the font."""
    svg = self_contained_svg(
        '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x">\n<svg a="b"><metadata>d</metadata></svg>'
    )
    assert svg == f'<svg a="b">\n{font_style()}</svg>'


def test_no_global_figure_is_left(profile):
    """A notebook does not show the chart a second time: pyplot does not know it."""
    before = plt.get_fignums()
    figure(say_do_dumbbell, profile)
    assert plt.get_fignums() == before


def test_result_is_not_changed(profile):
    """The frame is as before."""
    before = profile.frame.copy(deep=True)
    figure(say_do_dumbbell, profile)
    pd.testing.assert_frame_equal(profile.frame, before)


def test_brand_reaches_the_drawing(profile):
    """Another theme changes the colours of the figure."""
    with apply_theme(THEME.replace(accent="#5b2a86")):
        assert "#5b2a86" in figure(say_do_dumbbell, profile).svg


def test_letters_that_no_font_has_do_not_warn(profile):
    """A name in another script is left to the reader's fonts."""
    profile.frame["title"] = "株式会社"
    assert "株式会社" in figure(say_do_dumbbell, profile).svg


def test_svg_file_tells_what_it_shows(profile, tmp_path):
    """The words stand in title and desc, escaped."""
    path = save_chart(
        chart_figure(say_do_dumbbell, profile), tmp_path / "a.svg", alt="3 < 17.5 & so on", title="The gap"
    )
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    texts = [element.text for element in root if element.tag.endswith(("title", "desc"))]
    assert texts == ["The gap", "3 < 17.5 & so on"]


def test_png_file_has_twice_the_pixels_and_its_words(profile, tmp_path):
    """192 pixels an inch; alt text and title in the file's metadata."""
    path = save_chart(chart_figure(say_do_dumbbell, profile), tmp_path / "a.png", alt=ALT, title="The gap")
    with Image.open(BytesIO(path.read_bytes())) as picture:
        assert picture.width == int(THEME.width / 72 * 192)
        assert picture.info["Description"] == ALT
        assert picture.info["Title"] == "The gap"
        assert "Software" not in picture.info


def test_pdf_file_has_its_fonts_and_words(profile, tmp_path):
    """Text can be searched, the fonts are embedded, the words are metadata."""
    path = save_chart(chart_figure(say_do_dumbbell, profile), tmp_path / "a.pdf", alt=ALT, title="The gap")
    reader = PdfReader(BytesIO(path.read_bytes()))
    assert "Synthetic data." in reader.pages[0].extract_text()
    assert b"FontFile2" in path.read_bytes()
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.subject) == ("The gap", ALT)


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_same_result_gives_the_same_file(profile, tmp_path, form):
    """Every format is free of dates."""
    paths = [tmp_path / f"{name}.{form}" for name in "ab"]
    one, two = (
        save_chart(chart_figure(say_do_dumbbell, profile), path, alt=ALT).read_bytes() for path in paths
    )
    assert one == two


@pytest.mark.parametrize("form", ["svg", "png"])
def test_files_are_small(profile, tmp_path, form):
    """A file stays below 200 kB."""
    path = save_chart(chart_figure(say_do_dumbbell, profile), tmp_path / f"a.{form}", alt=ALT)
    assert path.stat().st_size < 200_000


def test_chart_in_a_figure_of_ones_own_is_saved_whole(profile, tmp_path):
    """The Axes of a composed chart stands for its figure."""
    axes = say_do_dumbbell(profile, ax=Figure(figsize=(8, 4)).subplots())
    path = save_chart(axes, tmp_path / "deep" / "a.svg", alt=ALT)
    assert 'width="576pt"' in path.read_text(encoding="utf-8")


def test_other_formats_are_refused(profile, tmp_path):
    """The message names what there is, and nothing is written."""
    with pytest.raises(OutputError, match="svg, png, pdf"):
        save_chart(chart_figure(say_do_dumbbell, profile), tmp_path / "a.gif", alt=ALT)
    assert list(tmp_path.iterdir()) == []


def test_a_saved_svg_says_each_look_once(profile, tmp_path):
    """The picture in a file is smaller than matplotlib's, and draws the same marks and texts."""
    figure = chart_figure(say_do_dumbbell, profile)
    path = save_chart(figure, tmp_path / "a.svg", alt=ALT)
    text, plain = path.read_text(encoding="utf-8"), svg_text(figure, alt=ALT)
    assert len(text) < len(plain)
    assert text.count("<text") == plain.count("<text")
    assert text.count("<use") == plain.count("<use")
    assert not re.search(r"\d\.\d{3,}", re.sub(r"<style.*?</style>", "", text))
    named = set(re.findall(r'class="(c[0-9a-f]{8})"', text))
    assert named == set(re.findall(r"\.(c[0-9a-f]{8})\{", text))


def test_a_very_long_picture_stays_below_200_kb(tmp_path):
    """Sixty rows of seven answers: colours are spared first, then pixels; the SVG needs neither."""
    answers = results.answers(60, shares=(0.05, 0.1, 0.15, 0.2, 0.2, 0.2, 0.1))
    with apply_theme(preset("blog")):
        drawing = chart_figure(likert_bars, answers)
        for form in ("png", "svg", "pdf"):
            assert save_chart(drawing, tmp_path / f"a.{form}", alt=ALT).stat().st_size < MAX_PNG_BYTES
        with Image.open(tmp_path / "a.png") as picture:
            assert picture.width >= 800


def test_numbers_of_figures_are_written_where_the_process_is_told(profile, tmp_path):
    """Each figure's plotted numbers, numbered where a chart comes twice; without a folder, nothing."""
    figure(say_do_dumbbell, profile)
    with use_publication(Publication(numbers=str(tmp_path))):
        for _ in range(2):
            figure(say_do_dumbbell, profile)
        assert "say_do_dumbbell.csv" in str(figure_numbers())
    assert "cfanalysis analyze" in str(figure_numbers())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "say_do_dumbbell.csv",
        "say_do_dumbbell_2.csv",
    ]
    table = pd.read_csv(tmp_path / "say_do_dumbbell.csv")
    assert table["gap"].round(1).tolist() == profile.frame["gap"].round(1).tolist()
