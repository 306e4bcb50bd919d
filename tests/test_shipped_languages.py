"""The shipped instrument in its four languages: whole, short enough, answered in any; readers see options in theirs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cfanalysis import charts
from cfanalysis.charts.captions.score_captions import role_differences_caption
from cfanalysis.core.language import use_language
from cfanalysis.reports.client.appendix import benchmark_table
from cfanalysis.reports.client.client_sentences import roles_sentences
from cfanalysis.reports.common.page_blocks import client_masthead
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, load_instrument
from cfanalysis.survey.survey_data import BenchmarkFacts, ClientExtract

from .charts import results

SHIPPED = ("de", "fr", "es")


@pytest.fixture(scope="module")
def shipped() -> dict[str, Instrument]:
    """The instrument, read in each language."""
    return {code: load_instrument(Path("customer_focus"), language=code) for code in ("en", *SHIPPED)}


@pytest.mark.parametrize("code", SHIPPED)
def test_every_text_is_translated(shipped: dict[str, Instrument], code: str) -> None:
    """No question, label, dimension or practice stands in English, and short titles fit tables and charts."""
    english, other = shipped["en"], shipped[code]
    assert other.languages == ("en", *SHIPPED)
    titled = [*zip(english.dimensions, other.dimensions, strict=True)]
    titled += zip(english.practices, other.practices, strict=True)
    assert not [a.id for a, b in titled if a.title == b.title or a.about == b.about]
    items = [*zip(english.items, other.items, strict=True)]
    assert not [a.id for a, b in items if a.text == b.text or a.short == b.short]
    assert not [item.id for item in other.items if len(item.short) > 38]
    assert len({item.title for item in other.items}) == len({item.title for item in english.items})
    for name, scale in english.scales.items():
        same = [c for c in scale.labels if scale.label(c) == other.scales[name].label(c)]
        assert same == ([0] if (name, code) == ("yes_no", "es") else [])  # "No" is Spanish, too
        assert scale.dont_know.labels[0] != other.scales[name].dont_know.labels[0]


@pytest.mark.parametrize("code", SHIPPED)
def test_answers_in_a_language_are_answers_to_the_same_items(
    shipped: dict[str, Instrument], sample_file: Path, tmp_path: Path, code: str
) -> None:
    """A file with questions, labels and options of a language gives the study that codes and English options give."""
    asked = shipped[code]
    numbers = pd.read_csv(sample_file, dtype=str, keep_default_na=False).head(150)
    told = numbers.copy()
    for item in asked.rated_items:
        scale = asked.scale_of(item.id)
        labels = {str(c): scale.label(c) for c in scale.labels}
        labels |= {str(c): scale.dont_know.labels[0] for c in scale.dont_know.codes}
        told[item.id] = told[item.id].map(lambda cell, labels=labels: labels.get(cell, cell))
    for field in (*asked.organization_fields, *asked.respondent_fields):
        told[field.id] = told[field.id].map(field.shown_option)
    headers = {item.id: item.text for item in asked.items} | {
        field.id: field.title for field in (*asked.organization_fields, *asked.respondent_fields)
    }
    studies = []
    for name, frame in (("numbers", numbers), ("told", told.rename(columns=headers))):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        studies.append(prepare(tmp_path / f"{name}.csv", Path("customer_focus"), tmp_path / name))
    one, other = (study.survey.raw_responses for study in studies)
    assert one is not None
    assert other is not None
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(studies[0].survey.organizations, studies[1].survey.organizations)


@pytest.fixture(scope="module")
def german(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    """A client's extract, cut in German and compared with its sector."""
    folder = tmp_path_factory.mktemp("german") / "extract"
    return open_extract(
        cut_extract(sample_study, sample_study.clients[0], folder, benchmark="sector", language="de")
    )


def test_a_report_shows_options_in_its_language(german: ClientExtract, sample_study: Study) -> None:
    """Masthead, peers and what the benchmark is made of show options as they are written; the data keep them."""
    sector = german.facts["sector"]
    shown = german.source.shown_option("Branche", sector)
    counted = sample_study.survey.instrument.organization_fields[0].options
    assert sector in counted
    assert shown not in counted
    assert ("Branche", shown) in client_masthead(german).facts
    assert german.benchmark_facts.title == f"Branche: {shown}"
    cells = " ".join(str(cell) for row in benchmark_table(german).rows for cell in row)
    assert shown in cells
    assert sector not in cells
    assert german.raw_responses is not None
    assert {*german.raw_responses["role"]} <= {*sample_study.survey.instrument.respondent_fields[0].options}


def test_sentences_name_positions_as_they_are_shown(german: ClientExtract) -> None:
    """Several positions are joined in the reader's language."""
    contrast = pd.DataFrame(
        [(facet, 70.0, 60.0, 10.0, 5.0, 15.0) for facet in ("say", "do", "gap")],
        columns=["facet", "above", "below", "difference", "low", "high"],
    )
    roles: Any = SimpleNamespace(
        contrast=contrast, above=("Leader",), below=("Manager", "Front line"), n_above=5, n_below=9
    )
    with use_language("de"):
        told = roles_sentences(roles, german)
    assert "**Leitung**" in told
    assert "**Mittlere Führung oder Mitarbeitende**" in told
    assert "Leader" not in told
    assert "Front line" not in told


def test_a_norm_s_titles_are_read_in_the_reader_s_language(shipped: dict[str, Instrument]) -> None:
    """A norm that was made in English names its groups in the language of the report; what is no field stays."""
    made = BenchmarkFacts(
        "Sector: Public services",
        composition=(("Sector", (("Public services", 9), ("others", 6))), ("Legal form", (("Ltd", 15),))),
    )
    told = made.shown_in(shipped["fr"])
    assert told.title == "Secteur: Services publics"
    assert told.composition == (
        ("Secteur", (("Services publics", 9), ("others", 6))),
        ("Legal form", (("Ltd", 15),)),
    )
    assert made.shown_in(shipped["en"]) == made
    assert BenchmarkFacts().shown_in(shipped["fr"]) == BenchmarkFacts()


def test_a_study_is_read_in_a_language_that_it_has(sample_study: Study) -> None:
    """Its texts change, its data and the options that are counted do not; a language that it lacks changes nothing."""
    french = sample_study.in_language("fr-CA")
    assert french.survey.instrument.language == french.survey.source.language == "fr"
    assert french.survey.shares is sample_study.survey.shares
    assert french is sample_study.in_language("fr-CA")
    fields = [study.survey.instrument.respondent_fields for study in (french, sample_study)]
    assert [f.options for f in fields[0]] == [f.options for f in fields[1]]
    assert all(sample_study.in_language(code) is sample_study for code in ("", "en", "xx"))


def test_a_chart_of_roles_shows_options_in_the_language_of_the_survey() -> None:
    """The rows and the caption have the options as they are shown; the frame keeps them."""
    roles = results.roles(3)
    title = str(roles.frame["title"].iloc[0])
    names = {option: f"Rolle {k}" for k, option in enumerate(roles.frame["option"].unique())}
    roles.source = replace(roles.source, shown={title: names})
    axes = charts.role_differences(roles)
    written = " ".join(text.get_text() for text in axes.figure.findobj() if hasattr(text, "get_text"))
    told = str(role_differences_caption(roles))
    assert "Rolle 0" in written
    assert "Rolle 0" in told
    assert not [option for option in names if option in written or option in told]


@pytest.mark.parametrize("code", ["en", *SHIPPED])
def test_what_stands_above_the_centre_is_agreement_in_each_language(
    shipped: dict[str, Instrument], code: str
) -> None:
    """The column of sums says "Agree" where the labels above the centre do, and "Above" of any other scale."""
    for scale, expected in (("agreement", "Agree"), ("comparison", "Above")):
        answers = results.answers(2)
        grid = shipped[code].scales[scale]
        answers.labels = tuple(grid.label(c) for c in grid.categories)
        figure = charts.likert_bars(answers).figure
        written = {text.get_text() for text in figure.findobj() if hasattr(text, "get_text")}
        assert expected in written


def test_a_verdict_names_what_it_rests_on_in_the_language_of_the_study(sample_study: Study) -> None:
    """The file keeps the titles of its own language; a study in another tells them in that."""
    german = sample_study.in_language("de").verdict
    assert sample_study.verdict["criterion"].startswith("Performance against competitors, ")
    assert german["criterion"].startswith("Leistung gegenüber Wettbewerbern, ")
    assert german["standardized_for"] == ["Rolle", "Funktion", "Arbeitet direkt mit Kunden"]
    assert {
        **german,
        **{name: sample_study.verdict[name] for name in ("criterion", "standardized_for")},
    } == sample_study.verdict
