"""report.yaml: sections, their order and titles, own texts, and paragraphs that depend on a score."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cfanalysis.core.blocks import Prose, SectionMark
from cfanalysis.core.errors import ParameterError, PublishError
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.provenance import source_hashes
from cfanalysis.publish.single_report import REPORT_FORMATS
from cfanalysis.reports.client import SECTIONS, ClientReport
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.report_outline import Condition, Outline, report_outline
from cfanalysis.survey.survey_data import ClientExtract

from .conftest import ROOT
from .test_cli import run

NOTEBOOK = ROOT / "notebooks" / "client_report.ipynb"
ENDS = "  - participation\n  - method\n"


@pytest.fixture(scope="module")
def folder(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_extract(sample_study, sample_study.clients[0], tmp_path_factory.mktemp("extract") / "e")


@pytest.fixture(scope="module")
def extract(folder: Path) -> ClientExtract:
    return open_extract(folder)


def report(extract: ClientExtract, folder: Path, text: str) -> ClientReport:
    """A client's report with an outline, read while the notebook's folder is known."""
    (folder / "report.yaml").write_text(f"format: 1\n{text}", encoding="utf-8")
    made = ClientReport(extract)
    with use_publication(Publication(notebooks=str(folder))):
        assert isinstance(made.outline, Outline)
    return made


def words(made: ClientReport, name: str) -> list[str]:
    """The prose of a section."""
    return [block.markdown for block in made.section(name).blocks if isinstance(block, Prose)]


def test_without_an_outline_all_sections_stand_in_the_notebook_s_order(extract: ClientExtract) -> None:
    """No mark, and the usual titles."""
    made = ClientReport(extract)
    blocks = [block for name in SECTIONS for block in made.section(name).blocks]
    assert not [block for block in blocks if isinstance(block, SectionMark)]
    titles = [
        b.markdown.splitlines()[0][3:] for b in blocks if isinstance(b, Prose) and b.markdown[:3] == "## "
    ]
    assert titles == [kind.title for name, kind in SECTIONS.items() if name != "glossary"]
    with pytest.raises(ParameterError, match="dimensions"):
        made.section("dimension")


def test_titles_texts_and_paragraphs_are_the_consultants_own(extract: ClientExtract, tmp_path: Path) -> None:
    """What is written is printed as text with its emphasis; what is not named is left out."""
    text = (
        "title: Our compass\nintroduction: For {client}.\nsections:\n"
        "  - id: dimensions\n    title: Four *fields*\n    text: 'Read **first**.'\n    paragraphs: [At the end.]\n"
    )
    made = report(extract, tmp_path, text + ENDS)
    assert words(made, "dimensions")[0] == "## Four \\*fields\\*\n\nRead **first**\\."
    assert words(made, "dimensions")[-1] == "At the end\\."
    assert made.section("practices").blocks == ()
    head, introduction = made.masthead().blocks
    assert head.subtitle == "Our compass"  # type: ignore[union-attr]
    assert extract.client.split()[0] in str(introduction)


def test_the_page_has_the_outline_s_order(folder: Path, tmp_path: Path) -> None:
    """Sections, own ones and glossary stand in the published page as the outline has them, once each."""
    text = (
        "sections:\n  - {title: Before, text: First.}\n  - method\n  - {title: Between, text: Then.}\n"
        "  - {title: Between, text: Again.}\n  - participation\n  - pairs\n  - {title: After, text: Last.}\n"
        "glossary: {Say: What is intended.}\n"
    )
    (tmp_path / "report.yaml").write_text(f"format: 1\n{text}", encoding="utf-8")
    with use_publication(Publication(notebooks=str(tmp_path))):
        executed = execute(NOTEBOOK, {"extract": str(folder)}, output=tmp_path / "report.ipynb")
        page = REPORT_FORMATS["html"](executed, NOTEBOOK).decode()
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    expected = ["Before", SECTIONS["method"].title, "Between", "Between", SECTIONS["participation"].title]
    assert headings == [*expected, SECTIONS["pairs"].title, "After", SECTIONS["glossary"].title]


@pytest.mark.parametrize(
    ("limits", "holds"),
    [
        ({"above": -101}, True),
        ({"below": -100}, False),
        ({"above": "benchmark", "below": "benchmark"}, False),
        ({"above": -100, "below": 100}, True),
        ({"above": 100}, False),
    ],
)
def test_a_condition_holds_within_its_limits(
    extract: ClientExtract, limits: dict[str, object], holds: bool
) -> None:
    """Above and below, a number or the benchmark; both together are an interval."""
    assert Condition.model_validate({"measure": "gap", "name": "overall", **limits}).holds(extract) is holds


def test_equal_is_neither_above_nor_below(extract: ClientExtract) -> None:
    """The score as printed decides, at its limit too."""
    condition = Condition(measure="gap", above=0)
    score, _ = condition.values(extract) or (0.0, 0.0)
    for side in ("above", "below"):
        assert not Condition.model_validate({"measure": "gap", side: score}).holds(extract)
        assert Condition.model_validate({"measure": "respondents", side: 3 * (1 + (side == "below"))}).values(
            extract
        )


@pytest.mark.parametrize("side", ["above", "below"])
def test_what_is_not_shown_prints_no_paragraph(extract: ClientExtract, tmp_path: Path, side: str) -> None:
    """A score that the client does not have is neither above nor below anything."""
    condition = f"{{measure: item, name: one_thing_, {side}: 50}}".replace("one_thing_", "lead_d1")
    text = f"sections:\n  - id: pairs\n    paragraphs: [{{text: Told., when: {condition}}}]\n"
    made = report(extract, tmp_path, text + ENDS)
    kept = extract.benchmark_comparison.query("name != 'lead_d1'")
    vars(extract)["benchmark_comparison"], whole = kept, extract.benchmark_comparison
    try:
        assert "Told\\." not in words(made, "pairs")
    finally:
        vars(extract)["benchmark_comparison"] = whole


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sections: [summary, method]\n", "no participation"),
        ("sections: [participation, method, method]\n", "method twice"),
        ("sections: [participation, method, dimension]\n", "dimension"),
        ("sections:\n  - {title: Alone}\n" + ENDS, "a title and a text"),
        ("sections:\n  - {id: pairs, titel: Other}\n" + ENDS, "did you mean title?"),
        ("sections:\n  - {id: pairs, paragraphs: [{text: A, when: {measure: gap}}]}\n" + ENDS, "no limit"),
        (
            "sections:\n  - {id: pairs, paragraphs: [{text: A, when: {measure: gap, above: much}}]}\n" + ENDS,
            "sections, line 1.paragraphs, line 1.when.above",
        ),
        (
            "sections:\n  - {id: pairs, paragraphs: [{text: A, when: {measure: gap, name: leader, above: 1}}]}\n"
            + ENDS,
            "the instrument has no gap 'leader'; allowed: leadership",
        ),
        ("glossary: [Say]\n", "names, each with what belongs to it"),
        ("seccions: []\n", "did you mean sections?"),
        ("sections: [participation, method]\nsections: []\n", "occurs 2 times"),
    ],
)
def test_what_is_wrong_with_an_outline_is_named(
    extract: ClientExtract, tmp_path: Path, text: str, told: str
) -> None:
    """Place, what was found, what is allowed."""
    (tmp_path / "report.yaml").write_text(f"format: 1\n{text}", encoding="utf-8")
    with pytest.raises(PublishError) as error:
        report_outline(extract.instrument, tmp_path)
    assert told in str(error.value)
    assert "report.yaml" in str(error.value)


def test_the_outline_is_part_of_the_notebook_s_hash(tmp_path: Path) -> None:
    """A report is made again when its outline changes."""
    notebook = tmp_path / "client_report.ipynb"
    notebook.write_bytes(NOTEBOOK.read_bytes())
    before = source_hashes(notebook)["notebook"]
    (tmp_path / "report.yaml").write_text("format: 1\n", encoding="utf-8")
    assert source_hashes(notebook)["notebook"] != before


def test_check_shows_each_paragraph_with_its_case(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, tiny: Instrument
) -> None:
    """Sections in order, those never printed, those left out, and when each paragraph is printed."""
    text = (
        "format: 1\nsections:\n  - id: dimensions\n    title: Fields\n    paragraphs:\n      - Always here.\n"
        "      - {text: Wide., when: {measure: gap, name: leadership, above: 15, below: benchmark}}\n" + ENDS
    )
    (tmp_path / "report.yaml").write_text(text, encoding="utf-8")
    code, out, _ = run(capsys, "check", "--report", tmp_path, "--instrument", "customer_focus")
    assert code == 0
    assert " 1. Fields\n    always: Always here.\n" in out
    assert (
        "    where the gap of Leadership is above 15 and below the benchmark (and that is shown): Wide."
        in out
    )
    assert "left out: In short; " in out
