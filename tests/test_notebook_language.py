"""The texts of notebooks in the reader's language."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from cfanalysis.core import language
from cfanalysis.core.language import use_language
from cfanalysis.core.notebook_texts import translate_notebook
from cfanalysis.core.resources import notebook_file
from cfanalysis.study.new_workspace import create_workspace
from tests.pseudo_language import CODE, OPEN, write_pseudo_catalog


@pytest.fixture(autouse=True)
def pseudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pseudo-language is at hand."""
    write_pseudo_catalog(tmp_path / "catalogs")
    monkeypatch.setenv(language.OTHER_CATALOGS, str(tmp_path / "catalogs"))
    language._language.cache_clear()


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
