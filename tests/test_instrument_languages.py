"""Instruments in several languages: read in one, answered in any."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.analyses.open_answers import has_theme
from cfanalysis.core.errors import InstrumentError
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.instrument.instrument_file import load_instrument

TEXT = """
format: 1
id: kompass
title: {de: Servicekompass, fr: Boussole du service}
version: "1"
language: de
scales:
  zustimmung:
    min: 1
    max: 3
    labels:
      1: {de: nein, fr: [non, pas du tout]}
      2: {de: teils, fr: en partie}
      3: {de: ja, fr: oui}
    dont_know: {labels: {de: [weiß nicht], fr: [ne sais pas]}}
dimensions:
  - {id: ziel, title: {de: Ziele, fr: Objectifs}}
items:
  - {id: s1, text: {de: Wir versprechen Antworten., fr: Nous promettons des réponses.}, role: gap, dimension: ziel,
     facet: say, pair: antwort, scale: zustimmung}
  - {id: d1, text: {de: Wir antworten., fr: Nous répondons.}, role: gap, dimension: ziel, facet: do, pair: antwort,
     scale: zustimmung}
organization_fields:
  - {id: branche, title: {de: Branche, fr: Secteur}, options: {de: [Handel, Bau], fr: [Commerce, Construction]}}
"""


def test_it_is_read_in_its_own_language_or_the_one_asked_for() -> None:
    """Texts are those of the language; the answers' codes and the options that are counted are the same in each."""
    german, french = parse_instrument(TEXT), parse_instrument(TEXT, language="fr-CA")
    assert (german.title, french.title) == ("Servicekompass", "Boussole du service")
    assert german.languages == french.languages == ("de", "fr")
    assert (german.item("d1").text, french.item("d1").text) == ("Wir antworten.", "Nous répondons.")
    assert french.dimensions[0].title == "Objectifs"
    assert [i.scales["zustimmung"].label(1) for i in (german, french)] == ["nein", "non"]
    assert german.organization_fields[0].options == french.organization_fields[0].options == ("Handel", "Bau")
    assert french.organization_fields[0].shown == {"Handel": "Commerce", "Bau": "Construction"}
    assert parse_instrument(TEXT, language="es").title == "Servicekompass"


def test_labels_may_be_given_scale_by_scale() -> None:
    """All labels of a scale in one language, then all in the next, mean the same as label by label."""
    start, end = TEXT.index("    labels:\n"), TEXT.index("    dont_know")
    labels = (
        "    labels: {de: {1: nein, 2: teils, 3: ja}, fr: {1: [non, pas du tout], 2: en partie, 3: oui}}\n"
    )
    other = parse_instrument(TEXT[:start] + labels + TEXT[end:], language="fr")
    assert other.scales == parse_instrument(TEXT, language="fr").scales


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fr: Objectifs", "it: Obiettivi", "dimensions > ziel > title: no text in fr"),
        ("language: de", "language: en", "language is en, but the texts are in de, fr"),
        ("fr: [Commerce, Construction]", "fr: [Commerce]", "branche"),
    ],
)
def test_what_lacks_is_named(old: str, new: str, said: str) -> None:
    """A text that is not there in every language is an error with its place."""
    with pytest.raises(InstrumentError, match=said):
        parse_instrument(TEXT.replace(old, new))


def test_answers_in_any_language_are_one_item(tmp_path: Path) -> None:
    """Headers, answers and options in either language of one file or two give the same study."""
    from cfanalysis.study.preparation import prepare
    from cfanalysis.study.prepared_study import open_study

    (tmp_path / "kompass.yaml").write_text(TEXT, encoding="utf-8")
    instrument: Instrument = load_instrument(tmp_path / "kompass.yaml")
    rows = [
        {
            "organization": f"Firma {k}",
            "branche": "Handel",
            "Wir versprechen Antworten.": "ja",
            "Wir antworten.": "teils",
        }
        for k in (1, 1, 1, 1, 1, 2, 2, 2, 2, 2)
    ]
    names = {
        "Wir versprechen Antworten.": "Nous promettons des réponses.",
        "Wir antworten.": "Nous répondons.",
    }
    words = {"ja": "oui", "teils": "en partie", "Handel": "Commerce"}
    studies = []
    for name, table in (
        ("de", pd.DataFrame(rows)),
        ("fr", pd.DataFrame(rows).rename(columns=names).replace(words)),
        ("both", pd.concat([pd.DataFrame(rows[:5]), pd.DataFrame(rows[5:]).replace(words)])),
    ):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        prepare(tmp_path / f"{name}.csv", tmp_path / "kompass.yaml", tmp_path / name)
        studies.append(open_study(tmp_path / name))
    assert instrument.languages == ("de", "fr")
    for study in studies[1:]:
        pd.testing.assert_frame_equal(study.scores, studies[0].scores)
        assert set(study.organizations()["branche"]) == {"Handel"}


def test_themes_are_counted_in_all_languages_and_named_in_one() -> None:
    """A theme's words of every language find answers; its key is counted, its title is shown; plain lists stay."""
    themes = "themes:\n  Tempo:\n    title: {de: Tempo, fr: Rapidité}\n    words: [schnell*, vite]\n  Preis: [preis*]\n"
    for code, title in (("de", "Tempo"), ("fr", "Rapidité")):
        instrument = parse_instrument(TEXT + themes, language=code)
        assert instrument.theme_titles == {"Tempo": title}
        found = has_theme(pd.Series(["Plus vite !", "Schneller", "Zu hohe Preise"]), instrument)
        assert found.to_dict("list") == {"Tempo": [True, True, False], "Preis": [False, False, True]}
