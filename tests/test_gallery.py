"""The charts of a study as files: what is written, what it says, whom it does not name."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from cfanalysis import charts
from cfanalysis.charts.captions import CAPTIONS
from cfanalysis.charts.gallery import (
    CHARTS,
    brand_file_theme,
    chart_result,
    published_chart,
    write_chart,
    write_charts,
)
from cfanalysis.charts.gallery.chart_processes import chart_groups
from cfanalysis.charts.gallery.gallery_page import write_gallery
from cfanalysis.cli import cfanalysis
from cfanalysis.core.blocks import Figure, Notice
from cfanalysis.core.errors import AnalysisError, ConfidentialityError, ParameterError
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.style import THEME, Preset, apply_theme, preset

LARGEST_FILES = ("likert_bars", "practice_profile", "pair_heat_table")
BESIDE = ("txt", "description.txt", "csv", "html")


@pytest.fixture(scope="module")
def folder(sample_results: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All charts of the sample in all formats."""
    path = tmp_path_factory.mktemp("charts")
    with apply_theme(preset("blog")):
        for name, result in sample_results.items():
            write_chart(name, result, folder=path, formats=["svg", "png", "pdf"])
    return path


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_there_are_at_least_sixteen_kinds() -> None:
    """Each kind has a chart of its own and the words that go with it."""
    assert len(CHARTS) >= 16
    assert len({kind.chart for kind in CHARTS.values()}) == len(CHARTS)
    assert {kind.chart for kind in CHARTS.values()} <= set(CAPTIONS)


@pytest.mark.parametrize("name", CHARTS)
def test_each_chart_comes_with_everything(folder: Path, name: str) -> None:
    """Three pictures and beside them alternative text, description, numbers and a snippet, none above 200 kB."""
    for ending in ("svg", "png", "pdf", *BESIDE):
        size = (folder / f"{name}.{ending}").stat().st_size
        assert 0 < size < 200_000, ending


@pytest.mark.parametrize("name", CHARTS)
def test_words_are_written_from_the_numbers(folder: Path, name: str) -> None:
    """Alternative text and description begin with the title that stands in the picture; synthetic data say so."""
    alt, description = text(folder / f"{name}.txt"), text(folder / f"{name}.description.txt")
    root = ElementTree.fromstring(text(folder / f"{name}.svg"))
    titles = [element.text for element in root if element.tag.endswith("title")]
    assert alt.startswith(f"{titles[0]}.")
    assert description.startswith(f"{titles[0]}.")
    assert "Synthetic data." in description
    assert len(alt) < 1000
    assert re.search(r"\d", alt)
    assert not re.search(r"\b(nan|None|inf)\b", alt + description)


@pytest.mark.parametrize("name", CHARTS)
def test_snippet_is_a_figure_with_alternative_text_and_caption(folder: Path, name: str) -> None:
    """The HTML parses; its picture lies beside it and has an alternative text and its size in CSS pixels."""
    found: dict[str, dict[str, str | None]] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found[tag] = dict(attrs)

    Reader().feed(text(folder / f"{name}.html"))
    assert {"figure", "img", "figcaption", "details"} <= set(found)
    image = found["img"]
    assert (folder / str(image["src"])).is_file()
    assert str(image["alt"]) == text(folder / f"{name}.txt").strip()
    with Image.open(folder / f"{name}.png") as picture:
        assert abs(picture.width - 2 * int(str(image["width"]))) <= 2
        assert abs(picture.height - 2 * int(str(image["height"]))) <= 2


@pytest.mark.parametrize("name", CHARTS)
def test_numbers_are_a_table(folder: Path, name: str) -> None:
    """The CSV has rows, unique columns and no index."""
    table = pd.read_csv(folder / f"{name}.csv")
    assert len(table)
    assert not [column for column in table.columns if column.startswith("Unnamed")]


def test_no_organization_is_named(folder: Path, sample_study: Study) -> None:
    """Neither in a picture's text nor beside it."""
    names = [name.encode() for name in sample_study.clients]
    for path in folder.iterdir():
        if path.suffix not in (".png", ".pdf"):
            content = path.read_bytes()
            assert not [name for name in names if name in content], path.name


def test_fonts_travel_in_every_picture(folder: Path) -> None:
    """SVG and PDF bring the font; nothing is fetched from elsewhere."""
    for name in CHARTS:
        svg = text(folder / f"{name}.svg")
        assert "@font-face" in svg
        assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", svg)
        assert b"FontFile2" in (folder / f"{name}.pdf").read_bytes()


def test_same_study_gives_the_same_files(sample_study: Study, tmp_path: Path) -> None:
    """Byte for byte, whether one process draws or two."""
    one, two = (
        write_charts(
            sample_study.survey,
            folder=tmp_path / str(jobs),
            only=["say_do_dumbbell", "trend"],
            formats=["svg", "png", "pdf"],
            jobs=jobs,
        ).files
        for jobs in (1, 2)
    )
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_charts_that_share_the_dearest_analysis_are_drawn_first_and_together() -> None:
    """Those that divide respondents again and again are one group, ahead of the others."""
    groups = chart_groups(list(CHARTS))
    assert {name for name, kind in CHARTS.items() if kind.halves} == set(groups[0])
    assert ["say_do_dumbbell", "dimension_profile"] in groups
    assert sorted(name for group in groups for name in group) == sorted(CHARTS)


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("document", None),
        ("print", None),
        ("social", (2400, 1350)),
        ("square", (2160, 2160)),
        ("portrait", (2160, 2700)),
        ("story", (2160, 3840)),
        ("thumbnail", (960, 720)),
        ("slide", (2560, 1440)),
    ],
)
@pytest.mark.parametrize("name", LARGEST_FILES)
def test_presets_have_their_pixels(
    sample_results: dict[str, Any], tmp_path: Path, name: str, size: Preset, pixels: tuple[int, int] | None
) -> None:
    """A PNG is twice the size of its preset, and no picture reaches 200 kB; in print there are PDFs, too."""
    formats = ["svg", "png", *(["pdf"] if size == "print" else [])]
    with apply_theme(preset(size)):
        files = write_chart(name, sample_results[name], folder=tmp_path, formats=formats)
    assert max(path.stat().st_size for path in files) < 200_000
    with Image.open(tmp_path / f"{name}.png") as picture:
        assert picture.size == (pixels or picture.size)


def test_a_brand_colours_the_pictures(sample_study: Study, tmp_path: Path) -> None:
    """What stands in the house's accent stands in the brand's, in files and on pages."""
    brand = tmp_path / "brand.yaml"
    brand.write_text('name: Alder\ncolours: {accent: "#5b2a86"}\n', encoding="utf-8")
    call = ["charts", str(sample_study.folder), "--only", "trend", "--format", "svg", "--brand", str(brand)]
    assert CliRunner().invoke(cfanalysis, [*call, "--out", str(tmp_path)]).exit_code == 0
    block = published_chart("trend", sample_study.survey, look=brand_file_theme(str(brand)))
    assert isinstance(block, Figure)
    for svg in (text(tmp_path / "trend.svg"), block.svg):
        assert "#5b2a86" in svg
        assert THEME.accent not in svg
    assert brand_file_theme("") is None


def test_statistics_are_told_as_asked(sample_results: dict[str, Any]) -> None:
    """None: the measure. Short: n, too. Full: the estimate with its interval, too."""
    result = sample_results["quartile_gap"]
    caption = CAPTIONS[charts.quartile_gap](result)
    none, short, full = (caption.subtitle(s) for s in ("none", "short", "full"))
    assert "organizations" not in none
    assert short.startswith(none)
    assert f"{result.n} organizations" in short
    assert full.startswith(short)
    assert "95% interval" in full


def without(survey: Survey, least: int) -> Survey:
    """Return the survey with another minimum of organizations."""
    minima = survey.instrument.minima.model_copy(update={"organizations": least})
    instrument = survey.instrument.model_copy(update={"minima": minima})
    return Survey(instrument, survey.shares, survey.organizations, survey.raw_responses, survey.source)


def test_groups_that_are_too_small_are_not_published(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chart whose quartiles hold fewer organizations than the minimum is left out, with the reason."""
    small = ("quartile_gap", "gap_by_aspect", "pair_heat_table")
    some = {name: CHARTS[name] for name in (*small, "likert_bars")}
    monkeypatch.setattr("cfanalysis.charts.gallery.chart_files.CHARTS", some)
    strict = without(sample_study.survey, 40)
    made = write_charts(strict, folder=tmp_path, formats=["svg"], research=True)
    assert set(made.omitted) == set(small)
    assert all("too few organizations" in reason for reason in made.omitted.values())
    assert not (tmp_path / "quartile_gap.svg").exists()
    with pytest.raises(ConfidentialityError, match="too few organizations"):
        write_charts(strict, folder=tmp_path, only=["quartile_gap"])


def test_small_sectors_are_left_out(sample_study: Study, sample_results: dict[str, Any]) -> None:
    """A sector of fewer organizations than the minimum does not appear, the whole does."""
    usual = sample_results["sector_change"].frame
    sizes = usual[usual["scope"] == "sector"].groupby("name")["n_organizations"].min()
    least = int(sizes.median()) + 1
    strict = chart_result(CHARTS["sector_change"], without(sample_study.survey, least)).frame
    kept = set(strict.loc[strict["scope"] == "sector", "name"])
    assert kept == set(sizes[sizes >= least].index)
    assert set(strict["scope"]) <= {"all", "sector"}
    assert "all" in set(strict["scope"])


def test_unknown_names_and_formats_are_refused_first(sample_study: Study, tmp_path: Path) -> None:
    """The message names what there is; nothing is written."""
    with pytest.raises(ParameterError, match="Did you mean quartile_gap"):
        write_charts(sample_study.survey, folder=tmp_path, only=["quartile_gaps"])
    with pytest.raises(ParameterError, match="svg, png, pdf"):
        write_charts(sample_study.survey, folder=tmp_path, formats=["gif"])
    with pytest.raises(ParameterError, match="blog, narrow"):
        write_charts(sample_study.survey, folder=tmp_path, size="poster")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_without_a_norm_no_chart_is_for_the_public(sample_study: Study, tmp_path: Path) -> None:
    """Whoever calls the function with a survey alone is told what is missing, and nothing is written."""
    with pytest.raises(AnalysisError, match=r"norm's figures(.|\n)*for research"):
        write_charts(sample_study.survey, folder=tmp_path, formats=["svg"])
    assert list(tmp_path.iterdir()) == []


def test_a_page_shows_the_chart_or_why_there_is_none(sample_study: Study) -> None:
    """A block with the words of the files; a notice where a group is too small."""
    block = published_chart("likert_bars", sample_study.survey, statistics="none")
    assert isinstance(block, Figure)
    assert "least agreement" in block.alt
    notice = published_chart("quartile_gap", without(sample_study.survey, 40))
    assert isinstance(notice, Notice)
    assert "too few organizations" in notice.body


def test_command_takes_preset_formats_and_names(sample_study: Study, tmp_path: Path) -> None:
    """The command writes what was asked for at the preset's size, and says which charts are not possible."""
    call = ["charts", str(sample_study.folder), "--only", "trend", "--preset", "thumbnail", "--format", "png"]
    result = CliRunner().invoke(cfanalysis, [*call, "--statistics", "full", "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"trend.{e}" for e in ("png", *BESIDE))
    with Image.open(tmp_path / "trend.png") as picture:
        assert picture.size == (960, 720)


def test_help_states_the_sizes() -> None:
    """Every preset stands in the help with its size."""
    text = " ".join(CliRunner().invoke(cfanalysis, ["charts", "--help"]).output.split())
    for size in (
        "800 px",
        "1200 x 675 px",
        "1080 x 1080",
        "1080 x 1350",
        "1080 x 1920",
        "170 x 120 mm",
        "1280 x 720 px",
        "480 x 360 px",
    ):
        assert size in text


@pytest.mark.slow
def test_gallery_page_shows_every_chart_with_its_words(sample_study: Study, tmp_path: Path) -> None:
    """Each picture of the page exists, is small and has an alternative text."""
    files = write_gallery([("Sample", sample_study.survey)], tmp_path / "gallery.md")
    page = text(files[0])
    images = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", page)
    assert len(images) == len(files) - 1 >= len(CHARTS)
    for alt, name in images:
        assert alt
        assert (tmp_path / name).stat().st_size < 100_000
    for name in CHARTS:
        assert f"### {name}" in page
