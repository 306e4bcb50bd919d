"""Texts in the reader's language: catalogs, numbers, dates, lists."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo

from cfanalysis.charts.text_metrics import one_line, text_width, wrap_lines
from cfanalysis.core import language
from cfanalysis.core.errors import ParameterError
from cfanalysis.core.formatting import decimal, interval_cell, ordinal, p_value, percent, whole_number
from cfanalysis.core.language import known_language, listing, spoken_language, translated, use_language
from cfanalysis.core.templates import plural, sentence
from tests.pseudo_language import CODE, extraction, marked, unmarked_words, use_catalogs


@pytest.fixture
def catalogs(pseudo_catalogs: Path, tmp_path: Path) -> Iterator[None]:
    """A folder of catalogs that are being worked on: the pseudo-language, also as four other languages."""
    for code in (CODE, "de", "fr", "es", "pt"):
        (tmp_path / f"{code}.mo").write_bytes((pseudo_catalogs / f"{CODE}.mo").read_bytes())
    with use_catalogs(tmp_path):
        yield


def test_english_is_as_the_source_has_it() -> None:
    """Without a catalog a text is the English one."""
    assert translated("Contents") == "Contents"
    assert sentence("{low} to {high}", low=1, high=2.5) == "1 to 2.5"


@pytest.mark.parametrize(
    ("code", "number", "share"),
    [
        ("de", "\N{MINUS SIGN}1.234,6", "25,4\N{NO-BREAK SPACE}%"),
        ("fr", "\N{MINUS SIGN}1\N{NARROW NO-BREAK SPACE}234,6", "25,4\N{NO-BREAK SPACE}%"),
        ("es", "\N{MINUS SIGN}1.234,6", "25,4\N{NO-BREAK SPACE}%"),
    ],
)
def test_numbers_have_the_signs_of_the_language(catalogs: None, code: str, number: str, share: str) -> None:
    """Decimal sign, thousands and per cent are those of Unicode's repository; digits are the same."""
    with use_language(code):
        assert (decimal(-1234.56), percent(0.2543, 1)) == (number, share)
        assert p_value(0.0314) == "0,031"
        assert whole_number(1234) == number[1:-2]
    assert decimal(-1234.56) == "\N{MINUS SIGN}1,234.6"


def test_lists_have_the_word_of_the_language(catalogs: None) -> None:
    """The last of several words follows the language's own "and"."""
    assert listing(["a", "b", "c"]) == "a, b and c"
    with use_language("de"):
        assert listing(["a", "b", "c"]) == "a, b und c"


def test_each_template_is_translated_and_its_values_are_not(catalogs: None) -> None:
    """The pseudo-language marks the words of a template, and not what stands in its places."""
    assert marked("{n} rows of {all:%}") == "{n}⟦ rows of ⟧{all:%}"
    with use_language(CODE):
        assert interval_cell(1, 2) == "1.0⟦ to ⟧2.0"
        assert ordinal(22) == "22⟦nd⟧"
        assert plural(1, "one", "many") == "one"
        assert unmarked_words(sentence("{low} to {high}", low="left", high=2)) == ["left"]


def test_a_language_is_known_by_its_catalog(catalogs: None) -> None:
    """A region falls back on its language; what has no catalog is refused with those that have one."""
    assert known_language("de-AT") == "de"
    assert spoken_language("tlh") is None
    with pytest.raises(ParameterError, match="allowed: en, de"):
        known_language("tlh")


@pytest.mark.parametrize("code", extraction.languages())
def test_a_catalog_is_whole(code: str) -> None:
    """No text of a client's report, a chart or a questionnaire lacks in a catalog, and none names other places."""
    lacking = [problem for problem in extraction.problems(code) if f"{code}/research.po" not in problem]
    assert lacking == [], "run make messages"


@pytest.mark.parametrize("code", extraction.languages())
def test_a_compiled_catalog_is_that_of_its_texts(code: str) -> None:
    """The file that the package reads holds what the catalogs say."""
    with (language.CATALOGS / f"{code}.mo").open("rb") as stream:
        shipped = vars(GNUTranslations(stream))["_catalog"]
    compiled = BytesIO()
    write_mo(compiled, extraction.compiled(code))
    compiled.seek(0)
    assert shipped == vars(GNUTranslations(compiled))["_catalog"], "run make messages"


def test_texts_are_whole() -> None:
    """No text that readers see is put together from pieces, so that each can be translated."""
    for area in extraction.AREAS:
        extraction.messages(area)
    assert sorted(extraction.glued) + extraction.unmarked_templates() == []


def test_signs_and_numbers_after_arabic_words_stay_where_they_belong() -> None:
    """A mark behind an Arabic value ends its direction; a text that is only the value has none."""
    assert sentence("The gap in {title}: {n} points", title="العمليات", n=12) == (
        "The gap in العمليات\u200e: 12 points"
    )
    assert sentence("{title}", title="العمليات") == "العمليات"
    assert one_line("العمليات\u200e: 12") == "العمليات\u200e: 12"


def test_a_line_with_arabic_words_has_room_for_the_font_in_which_a_pdf_sets_it() -> None:
    """The whole line is set in the font behind the theme's, which is wider: lines break before the edge."""
    latin = "Correlation of each practice with the criterion, with 95% intervals"
    assert text_width(f"{latin} الأداء", 10) > 1.05 * text_width(f"{latin} Oxford", 10)
    for line in wrap_lines(f"{latin} الأداء", 200, 10):
        assert text_width(line, 10, behind=True) <= 200
