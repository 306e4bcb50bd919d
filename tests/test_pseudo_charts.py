"""Charts in the reader's language: every text of a picture and of what is written with it comes from the catalogs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.text import Text

from cfanalysis.charts.captions import CAPTIONS
from cfanalysis.charts.chart_rendering import chart_drawing
from cfanalysis.charts.gallery import CHARTS
from cfanalysis.charts.spots import chart_spots
from cfanalysis.core import language
from cfanalysis.core.language import use_language
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.style import apply_theme, preset
from tests.pseudo_language import CODE, marked_words, pseudo_catalog, unmarked_words, use_catalogs

SIGNS = {"sd", "hc3"}


@pytest.fixture(scope="module")
def catalogs(once: Callable[[str, Callable[[], bytes]], Path]) -> Iterator[None]:
    """The pseudo-language with each word marked, and the languages that ship."""
    with use_catalogs(once(f"catalogs of words/{CODE}.mo", lambda: pseudo_catalog(marked_words)).parent):
        yield


def own_words(survey: Survey, *texts: str) -> set[str]:
    """Return the words that the instrument and the data say."""
    said = " ".join(
        [
            str(vars(survey.instrument)),
            str(vars(survey.source)),
            *survey.shares["organization"].unique(),
            *texts,
        ]
    )
    return {word.casefold() for word in re.findall(r"[^\W\d_]{2,}", said)}


def drawn_texts(name: str, result: Any, size: str) -> list[str]:
    """Return every text of a chart: in the picture, around it, and what is said of its places."""
    with apply_theme(preset(size)):
        figure, words = chart_drawing(CHARTS[name].chart, result)
        whole = CAPTIONS[CHARTS[name].chart](result)
        texts = [text.get_text() for text in figure.findobj(Text)]
        spots = [part for spot in chart_spots(figure.axes[0]) for part in (spot.label, spot.text)]
    return [" ".join(texts), *spots, whole.description, whole.subtitle("full"), words.alt]


@pytest.mark.parametrize("name", CHARTS)
def test_no_text_of_a_chart_is_left_in_english(
    catalogs: None, name: str, sample_results: dict[str, Any], sample_study: Any
) -> None:
    """In the pseudo-language every word of pictures and captions is marked, but names and what the instrument says."""
    result = sample_results[name]
    computed = [getattr(result, field, "") for field in ("criterion", "unit")]  # written with the numbers
    known = own_words(sample_study.survey, *computed) | SIGNS
    with use_language(CODE):
        for size in ("blog", "slide"):
            for text in drawn_texts(name, result, size):
                assert not unmarked_words(text, known), text


def numbers_in(text: str, code: str) -> list[str]:
    """Return the numbers of a text as programs write them, in the order of their signs."""
    with use_language(code):
        point, comma = (language.current_language().symbol(name) for name in ("decimal", "group"))
    found = re.findall(rf"\d(?:[\d{re.escape(point + comma)}]*\d)?", text)
    return sorted(number.replace(comma, "").replace(point, ".") for number in found)


@pytest.fixture(scope="module")
def english(sample_results: dict[str, Any]) -> dict[str, list[str]]:
    """Every text of each chart in English."""
    return {name: drawn_texts(name, result, "blog") for name, result in sample_results.items()}


@pytest.mark.parametrize("code", ["de", "fr", "es"])
@pytest.mark.parametrize("name", CHARTS)
def test_numbers_are_the_same_in_all_languages(
    catalogs: None, code: str, name: str, sample_results: dict[str, Any], english: dict[str, list[str]]
) -> None:
    """Descriptions and what is pointed at hold the same numbers, with the signs of the language; pictures no others.

    How many numbers a picture has room for depends on its words, as do the rows of an alternative text.
    """
    picture, *ours, _ = english[name]
    with use_language(code):
        shown, *texts, _ = drawn_texts(name, sample_results[name], "blog")
    assert [numbers_in(text, code) for text in texts] == [numbers_in(text, "en") for text in ours]
    known = {*numbers_in(picture, "en"), *numbers_in(" ".join(ours), "en")}
    assert {number for number in numbers_in(shown, code) if "." in number} <= known
