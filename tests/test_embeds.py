"""A chart for a page of somebody else's: variants, the snippet that chooses, the interactive file."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.charts.gallery import write_chart, write_charts
from cfanalysis.charts.gallery.embeds import dark_colour, dark_svg
from cfanalysis.study.prepared_study import Study
from cfanalysis.theme.brand.colours import contrast_ratio
from cfanalysis.theme.style import THEME, apply_theme, preset

SHOWN = ("quartile_gap", "gap_against_performance", "say_do_dumbbell", "forest", "trend", "gap_histogram")


@pytest.fixture(scope="module")
def folder(sample_results: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Charts of rows, of dots and of lines with all that embeds them."""
    path = tmp_path_factory.mktemp("embeds")
    with apply_theme(preset("blog")):
        for name in SHOWN:
            write_chart(name, sample_results[name], folder=path, formats=["svg"], narrow=preset("narrow"))
    return path


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHOWN)
def test_snippet_never_is_wider_than_its_place_and_chooses(folder: Path, name: str) -> None:
    """The picture shrinks; narrow and dark variants lie beside it; the finding is in it and in its alternative text."""
    html = text(folder / f"{name}.html")
    assert "max-width: 100%; height: auto" in html
    files = re.findall(r'srcset="([^"]+)"', html)
    assert files == [f"{name}-{kind}.svg" for kind in ("narrow-dark", "narrow", "dark")]
    assert all((folder / file).stat().st_size < 200_000 for file in files)
    title = text(folder / f"{name}.txt").split(". ")[0]
    assert unescape(html.split("<figcaption>")[0]).count(title) == 1


@pytest.mark.parametrize("name", SHOWN)
def test_interactive_file_says_every_value_and_fetches_nothing(folder: Path, name: str) -> None:
    """Each place has words with a number; nothing is loaded, and no two parts have one name."""
    html = text(folder / f"{name}.interactive.html")
    words = re.findall(r'class="spot" role="img" aria-label="([^"]*)"', html)
    assert len(words) >= 4 * 4
    assert all(re.search(r"\d", unescape(label)) for label in words)
    assert not re.search(r"%\w+%", html)
    assert not re.search(r'(src|href|url)\s*[=(]\s*["\']?(https?:)?//', html)
    names = re.findall(r' id="([^"]+)"', html)
    assert len(names) == len(set(names))
    assert len(html) < 350_000


def test_anonymous_dots_stay_so(sample_study: Study, tmp_path: Path) -> None:
    """Of a study whose figures are not public, values are shown and no name."""
    from dataclasses import replace

    survey = replace(sample_study.survey, source=replace(sample_study.survey.source, synthetic=False))
    write_charts(survey, folder=tmp_path, only=["gap_against_performance"], formats=["svg"], embed=True)
    html = text(tmp_path / "gap_against_performance.interactive.html")
    assert "Top quartile, gap" in html
    assert not [name for name in sample_study.clients if name in html]


def test_dark_keeps_contrast_and_names_apart() -> None:
    """What is read keeps 4.5:1 on the dark ground; parts are named anew."""
    ground = dark_colour(THEME.paper)
    for colour in (THEME.ink, THEME.muted, THEME.accent, THEME.finding):
        assert contrast_ratio(dark_colour(colour), ground) >= 4.5
    svg = '<path id="m1"/><use href="#m1" clip-path="url(#p2)" style="fill: #ffffff"/>'
    assert dark_svg(svg) == (
        f'<path id="dark-m1"/><use href="#dark-m1" clip-path="url(#dark-p2)" style="fill: {ground}"/>'
    )
