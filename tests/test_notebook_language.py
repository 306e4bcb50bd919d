"""The texts of notebooks in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from cfanalysis.core import language
from cfanalysis.core.language import use_language
from cfanalysis.core.notebook_texts import translate_notebook
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.resources import notebook_file
from cfanalysis.jupyter import first_steps
from cfanalysis.study.new_workspace import create_workspace
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.workspace import report_language
from tests.pseudo_language import CODE, OPEN, use_catalogs


@pytest.fixture(autouse=True)
def pseudo(pseudo_catalogs: Path) -> Iterator[None]:
    """The pseudo-language is at hand."""
    with use_catalogs(pseudo_catalogs):
        yield


def test_shipped_texts_are_translated_and_an_edited_one_stays() -> None:
    """Each text cell of a shipped notebook is in the catalog; one that its author changed is left, and named."""
    read = nbformat.read(notebook_file("quartile_gaps"), as_version=4)
    number = next(k for k, cell in enumerate(read.cells, start=1) if cell.cell_type == "markdown")
    read.cells[number - 1].source += " With a word of my own."
    with use_language(CODE):
        assert translate_notebook(read) == [number]
    others = [c.source for c in read.cells if c.cell_type == "markdown" and not c.source.endswith("own.")]
    assert all(text.startswith(OPEN) for text in others)
    assert read.metadata["cfanalysis"]["title"].startswith(OPEN)


def test_a_notebook_of_ones_own_is_left_alone_without_a_remark() -> None:
    """Where nothing of a notebook is known, its author wrote it."""
    own = new_notebook(cells=[new_markdown_cell("Meine eigenen Worte")])
    with use_language(CODE):
        assert translate_notebook(own) == []
    assert own.cells[0].source == "Meine eigenen Worte"


def test_a_workspace_is_laid_out_in_a_language(tmp_path: Path) -> None:
    """The notebooks of a new workspace have translated texts and say their language; the cells' code is the same."""
    create_workspace(tmp_path / "mine", CODE)
    for path in (tmp_path / "mine" / "notebooks").glob("*.ipynb"):
        read, shipped = (json.loads(p.read_text("utf-8")) for p in (path, notebook_file(path.stem)))
        assert read["metadata"]["cfanalysis"]["language"] == CODE
        codes = [[c["source"] for c in n["cells"] if c["cell_type"] == "code"] for n in (read, shipped)]
        assert codes[0] == codes[1]
        assert all(OPEN in "".join(c["source"]) for c in read["cells"] if c["cell_type"] == "markdown")
        with use_language(CODE):
            assert translate_notebook(read) == []


@pytest.mark.parametrize(("former", "later"), [("de", "fr"), ("es", "en"), ("fr", CODE)])
def test_a_workspace_of_one_language_is_published_in_another(tmp_path: Path, former: str, later: str) -> None:
    """Texts that were laid out in one language are found again in any other; an own cell stays, and is named."""
    create_workspace(tmp_path / "first", former)
    create_workspace(tmp_path / "second", later)
    for path in sorted((tmp_path / "first" / "notebooks").glob("*.ipynb")):
        read, wanted = (
            json.loads((tmp_path / f / "notebooks" / path.name).read_text("utf-8"))
            for f in ("first", "second")
        )
        for notebook in (read, wanted):
            notebook["cells"].append({"cell_type": "markdown", "source": "My own words"})
        with use_language(later):
            assert translate_notebook(read) == [len(read["cells"])]
        texts = [["".join(cell["source"]) for cell in n["cells"]] for n in (read, wanted)]
        assert texts[0] == texts[1]
        assert read["metadata"]["cfanalysis"]["title"] == wanted["metadata"]["cfanalysis"]["title"]


def test_a_notebook_by_hand_speaks_the_language_of_its_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a kernel, cells and forms are in the language that the notebooks were laid out in; a command says its own."""
    create_workspace(tmp_path / "mine", "de")
    monkeypatch.chdir(tmp_path / "mine" / "notebooks")
    assert language.current_language().code == "de"
    own = first_steps.survey_export("data/sample/customer_focus_responses.csv", "customer_focus")
    assert [figure.label for figure in first_steps.export_figures(own).figures] == [
        "Datei",
        "Gefragt wurde",
        "Fragen",
    ]
    assert own.instrument.dimensions[0].title == "Führung"
    with use_publication(Publication()):
        assert language.current_language().code == "en"


def test_a_study_is_the_same_for_readers_of_any_language(
    sample_study: Study, tmp_path: Path, sample_file: Path, instrument_file: Path
) -> None:
    """What is made in a German notebook has the bytes of what the command makes; only what is shown is German."""
    with use_publication(Publication(language="de")):
        german = prepare(sample_file, instrument_file, tmp_path / "sample")
    titles = [study.survey.instrument.dimensions[0].title for study in (sample_study, german)]
    assert german.manifest == sample_study.manifest
    assert titles == ["Leadership", "Führung"]


def test_commands_follow_the_language_of_the_workspace(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is asked for, reports are in the language of the notebooks they are made from."""
    create_workspace(tmp_path / "mine", "es")
    assert report_language(sample_study) == "en"
    monkeypatch.chdir(tmp_path / "mine")
    assert report_language(sample_study) == "es"
