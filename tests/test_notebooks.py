"""Every notebook: shape, and a run through the production path."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from contextlib import chdir
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from pypdf import PdfReader

from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.execution.parameters import notebook_parameters, parse_parameters
from cfanalysis.publish.single_report import REPORT_FORMATS
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.workspace import find_study

from .conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BY_HAND = ("client_report", "start")
"""Those that the ordinary tests run by hand, too, one for a client and one for all; the slow tests run every one."""


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_committed_without_outputs(path: Path) -> None:
    """No outputs, no execution counts."""
    assert all(not c.outputs and c.execution_count is None for c in cells(path, "code"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_have_one_typed_and_commented_parameters_cell(path: Path) -> None:
    """One cell is tagged parameters; each of its lines has a type and a comment."""
    tagged = [c for c in cells(path, "code") if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert all(isinstance(node, ast.AnnAssign) for node in ast.parse(tagged[0].source).body)
    assert all("  # " in line for line in tagged[0].source.splitlines())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_reports_open_with_their_code_collapsed(path: Path) -> None:
    """In JupyterLab a report shows its parameters and what its cells make; where code is to be changed, it is shown."""
    hidden = [c.metadata.get("jupyter", {}).get("source_hidden", False) for c in cells(path, "code")]
    settings = ["parameters" in c.metadata.get("tags", []) for c in cells(path, "code")]
    assert hidden == [path.stem not in ("start", "blog_charts") and not given for given in settings]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_thin(path: Path) -> None:
    """They begin with a title and hold no def, no loop and no path arithmetic."""
    assert cells(path, "markdown")[0].source.startswith("# ")
    for cell in cells(path, "code"):
        tree = ast.parse(cell.source)
        barred = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.ListComp, ast.DictComp, ast.With)
        assert not [n for n in ast.walk(tree) if isinstance(n, barred)]
        assert "Path" not in cell.source
        assert len(cell.source.splitlines()) <= 12


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workbook: the notebooks prepare the sample there by themselves."""
    folder = tmp_path_factory.mktemp("workbook")
    (folder / "data" / "prepared").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    return folder


@pytest.fixture(scope="module")
def published(workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Each notebook, executed for its report once."""
    folder = tmp_path_factory.mktemp("published")

    @cache
    def executed(path: Path) -> Path:
        study = workbook / "data" / "prepared" / notebook_parameters(path)["study"].default
        if not study.exists():
            with chdir(workbook):
                find_study(study.name)
        return execute(path, parse_parameters(path, {"study": str(study)}), output=folder / path.name)

    return executed


@pytest.fixture(scope="module")
def by_hand(workbook: Path, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What notebooks show that are run on their defaults, as in JupyterLab: one after the other in one kernel."""
    paths = {item.callspec.params["path"] for item in request.session.items if "by_hand" in item.fixturenames}  # type: ignore[attr-defined]
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in sorted(paths)}
    forget = partial(nbformat.v4.new_code_cell, "%reset -f")
    whole = nbformat.v4.new_notebook(cells=[c for n in notebooks.values() for c in (forget(), *n.cells)])
    place = {"metadata": {"path": str(workbook / "notebooks")}}
    NotebookClient(whole, kernel_name="python3", resources=place).execute()
    return {name: shown(notebook) for name, notebook in notebooks.items()}


def shown(notebook: nbformat.NotebookNode) -> list[str]:
    """What a reader of an executed notebook sees: the text form of each output."""
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert {o.output_type for o in outputs} <= {"execute_result", "display_data"}
    return [o.data["text/plain"] for o in outputs]


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.stem, marks=[] if p.stem in BY_HAND else [pytest.mark.slow]) for p in NOTEBOOKS],
)
def test_published_and_run_by_hand_are_the_same(
    path: Path, by_hand: dict[str, list[str]], published: Callable[[Path], Path]
) -> None:
    """A notebook run on its defaults, as in JupyterLab, shows what the published report shows."""
    assert by_hand[path.stem] == shown(nbformat.read(published(path), as_version=4))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_reports_are_whole_in_both_formats(
    path: Path, workbook: Path, sample_study: Study, published: Callable[[Path], Path]
) -> None:
    """PDF and page say whose data they show, and nothing that a program says to its author."""
    if not (study := workbook / "data" / "prepared" / "sample").exists():
        shutil.copytree(sample_study.folder, study)
    executed = published(path)
    text = pdf_text(exported("pdf", executed, path))
    page = exported("html", executed, path).decode()
    assert "Synthetic data" in text
    assert "Synthetic data" in page
    for sign in ("Traceback", "Warning:", "NaN", "nan ", "None", "DataFrame", "<Axes"):
        assert sign not in text
    assert "cfanalysis.analyses" not in text
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)


def exported(suffix: str, executed: Path, path: Path) -> bytes:
    return REPORT_FORMATS[suffix](executed, path)


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
