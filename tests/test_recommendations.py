"""Recommendations: what ships is complete, what a consultant writes is checked, and a report takes what fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.analyses.priorities import priorities
from cfanalysis.analyses.warning_signs import client_warning_signs
from cfanalysis.core.errors import InstrumentError
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.resources import shipped_recommendations
from cfanalysis.publish.provenance import source_hashes
from cfanalysis.reports import client as pages
from cfanalysis.reports.client.advice import priority_recommendations
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, load_instrument
from cfanalysis.survey.recommendations import (
    instrument_recommendations,
    load_recommendations,
    recommendation_problems,
)
from cfanalysis.survey.survey_data import ClientExtract

from .conftest import ROOT
from .test_cli import run

HEAD = "format: 1\ninstrument: tiny\n"


@pytest.fixture(scope="module")
def extract(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    folder = tmp_path_factory.mktemp("extract") / "e"
    return open_extract(cut_extract(sample_study, sample_study.clients[0], folder))


def library(folder: Path, text: str, name: str = "recommendations.yaml") -> Path:
    """A file of recommendations for the tiny instrument, in a folder."""
    (folder / name).write_text(HEAD + text, encoding="utf-8")
    return folder


def test_what_ships_names_all_that_the_instrument_has() -> None:
    """Every practice, sign, level and dimension has at least two recommendations, every text once by itself."""
    instrument = load_instrument(Path("customer_focus"))
    shipped = load_recommendations(shipped_recommendations())
    assert recommendation_problems(shipped, instrument) == []
    wanted = {
        "practices": [p.id for p in instrument.practices],
        "dimensions": [d.id for d in instrument.dimensions],
        "levels": ["low", "moderate", "high"],
        "warning_signs": [i.id for i in instrument.select(role="warning_sign")],
    }
    for part, ids in wanted.items():
        advice = getattr(shipped, part)
        assert list(advice) == ids
        assert all(len(one.improve) >= 2 for one in advice.values())
        if part in ("practices", "dimensions"):
            assert all(len(one.keep) >= 2 for one in advice.values())
        sentences = [s for one in advice.values() for s in (*one.improve, *one.keep)]
        assert len(sentences) == len(set(sentences))
        assert all(s[0].isupper() and s[-1] in ".?" for s in sentences)


def test_an_items_own_advice_comes_first_and_nothing_twice(tmp_path: Path, tiny: Instrument) -> None:
    """Item, then practice, then dimension; a sentence that was taken is not taken again."""
    d1 = tiny.item("d1")
    folder = library(
        tmp_path,
        f"items: {{d1: [Own.]}}\ndimensions: {{{d1.dimension}: {{improve: [Field.], keep: [Hold.]}}}}\n",
    )
    found = instrument_recommendations(tiny, folder)
    assert found is not None
    assert list(found.of_item(d1, "improve")) == ["Own.", "Field."]
    used: set[str] = set()
    assert found.first_of_items([d1], "improve", used) == {"d1": "Own."}
    assert found.first_of_items([d1], "improve", used) == {"d1": "Field."}
    assert found.first_of_items([d1], "improve", used) == {}
    assert found.first_of_items([d1], "keep", used) == {"d1": "Hold."}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("items: {d1: [Own.], d11: [Other.]}\n", "items.d11: the instrument has no such one; allowed: d1"),
        ("levels: {low: [Up.]}\n", "levels.low: the instrument has no such one; allowed: none"),
        ("itmes: {d1: [Own.]}\n", "did you mean items?"),
        ("items: {d1: {improv: [Own.]}}\n", "did you mean improve?"),
        ("items: {d1: [12]}\n", "text; put numbers and dates in quotation marks"),
        ("items: {d1: ['']}\n", "a text: it is empty"),
        ("items: {d1: Own.}\n", "items.d1"),
        (f"items: {{d1: [{'x' * 401}]}}\n", "at most 400 characters"),
        ("items: [d1]\n", "names, each with what belongs to it"),
        ("items: {d1: [Own.]}\nitems: {}\n", "occurs 2 times"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, tiny: Instrument, text: str, told: str) -> None:
    """The field, what was found and what is allowed, in one message."""
    with pytest.raises(InstrumentError) as error:
        instrument_recommendations(tiny, library(tmp_path, text))
    assert told in str(error.value)
    assert "recommendations.yaml" in str(error.value)


def test_each_instrument_has_its_own_file(tmp_path: Path, tiny: Instrument) -> None:
    """Several libraries lie side by side; two for the same instrument are an error, one for another is not used."""
    (tmp_path / "recommendations.yaml").write_bytes(shipped_recommendations().read_bytes())
    assert instrument_recommendations(tiny, tmp_path) is None
    library(tmp_path, "items: {d1: [Own.]}\n", "recommendations_tiny.yaml")
    assert instrument_recommendations(tiny, tmp_path) is not None
    library(tmp_path, "", "recommendations_again.yaml")
    with pytest.raises(InstrumentError, match="2 files of recommendations are for the same instrument"):
        instrument_recommendations(tiny, tmp_path)


def test_what_ships_serves_an_instrument_without_some_parts() -> None:
    """Who takes the warning signs out of the instrument that ships still gets the other recommendations."""
    whole = load_instrument(Path("customer_focus"))
    kept = tuple(item for item in whole.items if item.role != "warning_sign")
    assert (
        instrument_recommendations(whole.model_copy(update={"items": kept}), ROOT / "notebooks") is not None
    )


def test_a_report_recommends_one_thing_for_each_finding(extract: ClientExtract) -> None:
    """Each strength and each opportunity has a sentence of its own, and more follows in the part on action."""
    found = priorities(extract)
    assert found is not None
    advised = priority_recommendations(found, extract)
    assert set(advised) == {*found.strengths["item"], *found.opportunities["item"]}
    assert len(set(advised.values())) == len(advised)
    more = pages.further_recommendations(found, extract)
    assert more is not None
    assert not [sentence for sentence in advised.values() if sentence in more.markdown]


def test_signs_are_advised_where_the_client_has_them(extract: ClientExtract) -> None:
    """A sign that half or fewer see is not spoken about."""
    signs = client_warning_signs(extract)
    assert signs is not None
    told = pages.sign_recommendations(signs, extract)
    present = list(signs.frame[signs.frame["present"].astype(bool)]["title"])
    assert (told.markdown.count("\n- ") if told else 0) == len(present)


def test_a_report_without_a_library_recommends_nothing(
    extract: ClientExtract, tmp_path: Path, tiny: Instrument
) -> None:
    """The column is not there, and no sentence stands alone."""
    library(tmp_path, "items: {d1: [Own.]}\n")
    with use_publication(Publication(notebooks=str(tmp_path))):
        found = priorities(extract)
        assert found is not None
        table = pages.opportunities_table(found, extract)
        assert "What to do" not in str(table)
        assert pages.further_recommendations(found, extract) is None


def test_the_files_beside_a_notebook_are_part_of_what_it_is(tmp_path: Path) -> None:
    """A changed recommendation makes client reports anew, and no research report."""
    for name in ("client_report", "quartile_gaps"):
        (tmp_path / f"{name}.ipynb").write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
    before = [source_hashes(path)["notebook"] for path in sorted(tmp_path.glob("*.ipynb"))]
    library(tmp_path, "items: {d1: [Own.]}\n")
    after = [source_hashes(path)["notebook"] for path in sorted(tmp_path.glob("*.ipynb"))]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True]


def test_check_shows_what_is_recommended(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Counts by part, Do items for which nothing is said, and exit code 1 for what is wrong."""
    given = ("check", "--instrument", "customer_focus", "--report")
    code, out, _ = run(capsys, *given, ROOT / "notebooks")
    assert code == 0
    assert out.startswith(
        "no report.yaml: all sections, in their usual order\nrecommendations for customer_focus: "
    )
    text = "format: 1\ninstrument: customer_focus\nitems: {lead_d1: [Own.]}\n"
    (tmp_path / "recommendations.yaml").write_text(text, encoding="utf-8")
    code, out, _ = run(capsys, *given, tmp_path)
    assert "nothing is recommended as an opportunity for 23 of 24 Do items: lead_d2," in out
    (tmp_path / "recommendations.yaml").write_text(f"{text}levels: {{lo: [Up.]}}\n", encoding="utf-8")
    code, _, err = run(capsys, *given, tmp_path)
    assert code == 1
    assert "levels.lo: the instrument has no such one; allowed: low" in err
    assert run(capsys, "check", "--instrument", "customer_focus")[0] == 2
    assert run(capsys, *given, tmp_path / "nowhere")[0] == 1
