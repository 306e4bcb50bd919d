"""Questionnaires in several languages: columns of an XLSForm, a switch on the page, the words around the questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from cfanalysis.core import language
from cfanalysis.questionnaire import (
    questionnaire_in_languages,
    questionnaire_page,
    write_xlsform,
    xlsform_sheets,
)
from cfanalysis.survey.instrument import load_instrument, parse_instrument
from tests.pseudo_language import CODE, OPEN, unmarked_words, use_catalogs
from tests.test_instrument_languages import TEXT


@pytest.fixture(autouse=True)
def pseudo(pseudo_catalogs: Path, tmp_path: Path) -> Iterator[None]:
    """The pseudo-language is at hand, also as French; German has no catalog here."""
    (tmp_path / "catalogs").mkdir()
    for code in (CODE, "fr"):
        (tmp_path / "catalogs" / f"{code}.mo").write_bytes((pseudo_catalogs / f"{CODE}.mo").read_bytes())
    with use_catalogs(tmp_path / "catalogs") as patch:
        patch.setattr(language, "CATALOGS", tmp_path / "none")
        yield


def test_a_form_has_a_column_for_each_language(tmp_path: Path) -> None:
    """Labels, hints and messages have language columns; names, codes and options are the same for all."""
    form = questionnaire_in_languages([parse_instrument(TEXT, language=code) for code in ("de", "fr")])
    sheets = xlsform_sheets(form)
    row = next(row for row in sheets["survey"] if row.get("name") == "d1")
    assert row["label::Deutsch (de)"] == "Wir antworten."
    assert row["label::Français (fr)"] == "Nous répondons."
    trade = next(row for row in sheets["choices"] if row["name"] == "Handel")
    assert (trade["label::Deutsch (de)"], trade["label::Français (fr)"]) == ("Handel", "Commerce")
    assert sheets["settings"][0]["default_language"] == "Deutsch (de)"
    converted = convert(str(write_xlsform(form, tmp_path / "form.xlsx")))
    assert {'lang="Deutsch (de)"', 'lang="Français (fr)"'} <= set(
        re.findall(r'lang="[^"]+"', converted.xform)
    )


def test_a_page_holds_every_language() -> None:
    """The page's definition has the texts of each language once; answers have the same names and codes in all."""
    form = questionnaire_in_languages([parse_instrument(TEXT, language=code) for code in ("de", "fr")])
    page = questionnaire_page(form, fonts=False)
    found = re.search(r'id="definition">(.*?)</script>', page, flags=re.DOTALL)
    assert found is not None
    definition = json.loads(found[1])
    german, french = definition["languages"]
    assert (german["name"], french["name"]) == ("Deutsch", "Français")
    answers = [
        [q.get("choices", []) for p in each["pages"] for q in p["questions"]] for each in (german, french)
    ]
    assert [[a[0] for a in q] for q in answers[0]] == [[a[0] for a in q] for q in answers[1]]
    assert answers[0] != answers[1]
    assert french["words"]["next"].startswith(OPEN)
    assert german["words"]["next"] == "Next"


def test_every_word_of_the_page_is_in_the_catalog() -> None:
    """In the pseudo-language only the instrument's own texts are not marked."""
    form = questionnaire_in_languages([load_instrument(Path("customer_focus"))], CODE, wave="2025")
    assert [unmarked_words(title) for title in (form.pages[0].title, form.questions[0].text)] == [[], []]
    hints = [r["hint"] for r in xlsform_sheets(form)["survey"] if "hint" in r]
    assert hints
    assert [unmarked_words(hint) for hint in hints if unmarked_words(hint)] == []
    found = re.search(
        r'id="definition">(.*?)</script>', questionnaire_page(form, fonts=False), flags=re.DOTALL
    )
    assert found is not None
    words = json.loads(found[1])["words"].values()
    assert [text for text in words if unmarked_words(re.sub(r"\{\w+\}", "", text))] == []
