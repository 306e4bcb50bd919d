"""A chart for a page of somebody else's: variants, the snippet that chooses, the interactive file."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.charts.gallery import write_chart, write_charts
from cfanalysis.charts.tones import diverging_tones, text_colour_on, value_tone
from cfanalysis.study.prepared_study import Study
from cfanalysis.theme.brand.colours import contrast_ratio
from cfanalysis.theme.own_style import dark_theme
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


def test_dark_keeps_contrast() -> None:
    """What is read keeps 4.5:1 on the dark ground, and so do numbers on the tones of bars and cells."""
    dark = dark_theme(THEME)
    for colour in (dark.ink, dark.muted, dark.accent, dark.finding):
        assert contrast_ratio(colour, dark.paper) >= 4.5
    tones = [*diverging_tones(range(-5, 6), dark), *(value_tone(v, -9, 9, dark) for v in range(-9, 10))]
    assert min(contrast_ratio(tone, text_colour_on(tone, dark)) for tone in tones) >= 4.5


def test_parts_of_a_dark_picture_have_names_of_their_own(folder: Path) -> None:
    """A light and a dark picture may stand on one page: what one refers to is its own; no light colour stays."""
    for name in SHOWN:
        light, dark = (text(folder / f"{name}{look}.svg") for look in ("", "-dark"))
        assert not set(re.findall(r' id="([^"]+)"', light)) & set(re.findall(r' id="([^"]+)"', dark))
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', dark)) <= set(re.findall(r' id="([^"]+)"', dark))
        assert THEME.paper not in dark
        assert THEME.ink not in dark
