"""What whoever publishes tells the processes that run cells and make pages, on any kernel and by no environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cfanalysis.core.publication import Publication, current_publication, use_publication
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.rendering.html import PageHTMLExporter
from cfanalysis.publish.single_report import publish
from cfanalysis.theme.brand import DEFAULT_BRAND, current_brand

ACCENT = "#5b2a86"
CELLS = (
    "from cfanalysis.core.publication import current_publication\nfrom cfanalysis.theme.style import current_theme",
    "print(current_theme().accent, current_publication() and current_publication().numbers)",
)


@pytest.fixture
def workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook with a brand; the working directory is its folder of notebooks."""
    for name in ("data/prepared", "notebooks"):
        (tmp_path / "workbook" / name).mkdir(parents=True)
    (tmp_path / "workbook" / "brand.yaml").write_text(f"name: Northwind\ncolours: {{accent: '{ACCENT}'}}")
    monkeypatch.chdir(tmp_path / "workbook" / "notebooks")
    return tmp_path / "workbook"


def printed(executed: Path) -> str:
    """What the last cell of an executed notebook printed."""
    outputs = json.loads(executed.read_text(encoding="utf-8"))["cells"][-1]["outputs"]
    return "".join("".join(output["text"]) for output in outputs).strip()


@pytest.mark.parametrize("ordinary", [False, True])
def test_cells_know_what_their_process_was_told(
    ordinary: bool, make: Any, write_notebook: Callable[..., Path], workbook: Path, tmp_path: Path
) -> None:
    """Warm and on an ordinary kernel: the brand that is named, none where none is, by hand the workspace's own."""
    source = write_notebook(*(make.code(cell) for cell in CELLS))
    other = tmp_path / 'it\'s "other".yaml'
    other.write_text("colours: {accent: '#0a4a8f'}")
    found = []
    for publication in (Publication(str(other), "somewhere"), Publication(), None):
        with use_publication(publication):
            found.append(printed(execute(source, {}, output=tmp_path / "done.ipynb", ordinary=ordinary)))
    assert found == ["#0a4a8f somewhere", DEFAULT_BRAND.colours.accent, f"{ACCENT} None"]
    assert current_publication() is None


def test_publishing_without_a_brand_wears_none(
    make: Any, write_notebook: Callable[..., Path], workbook: Path, tmp_path: Path
) -> None:
    """A brand is named or there is none: what lies in the folder does not change a published report."""
    source = write_notebook(*(make.code(cell) for cell in CELLS))
    made = publish(source, {}, output_folder=tmp_path / "out", name="r", formats=["html"])
    assert ACCENT not in made["html"].read_text(encoding="utf-8")


def test_a_notebook_by_hand_and_its_export_wear_the_workbooks_brand(make: Any, workbook: Path) -> None:
    """In JupyterLab nobody publishes: cells, and pages from the menu, take brand.yaml."""
    assert current_brand().name == "Northwind"
    page, _ = PageHTMLExporter().from_notebook_node(
        nbformat.v4.new_notebook(cells=[make.markdown("# Title")])
    )
    assert ACCENT in page
    (workbook / "brand.yaml").unlink()
    assert current_brand() == DEFAULT_BRAND


def test_the_environment_names_no_brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a parameter says, no variable says."""
    (tmp_path / "brand.yaml").write_text("name: Northwind")
    monkeypatch.setenv("CFANALYSIS_BRAND", str(tmp_path / "brand.yaml"))
    monkeypatch.setenv("CFANALYSIS_FIGURES", str(tmp_path))
    assert current_brand() == DEFAULT_BRAND
    assert current_publication() is None
