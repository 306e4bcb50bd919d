from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest

from cfanalysis.core.errors import OutputError, ParameterError, PublishError
from cfanalysis.publish.single_report import ReportTask, make_report, publish

Write = Callable[..., Path]


def test_a_notebook_becomes_a_page_and_a_pdf(make: Any, write_notebook: Write, tmp_path: Path) -> None:
    """Each format is a whole file in the output folder, made from the same execution; nothing else is left."""
    source = write_notebook(
        make.markdown("# Report\n\n![The local picture](picture.svg)"),
        make.code("name: str = 'nobody'", tags=("parameters",)),
        make.code("from cfanalysis.core.blocks import Notice\nNotice('for ' + name)"),
    )
    (tmp_path / "picture.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    folder = tmp_path / "reports" / "sample"
    made = publish(source, {"name": "Alder & Birch"}, output_folder=folder, name="alder")
    assert made == {"html": folder / "alder.html", "pdf": folder / "alder.pdf"}
    assert sorted(p.name for p in folder.iterdir()) == ["alder.html", "alder.pdf"]
    page = made["html"].read_text()
    assert "for Alder &amp; Birch" in page
    assert 'aria-label="The local picture"' in page
    assert "for Alder & Birch" in pypdf.PdfReader(made["pdf"]).pages[0].extract_text()


def test_a_failure_leaves_the_failing_notebook_alone(
    make: Any, write_notebook: Write, tmp_path: Path
) -> None:
    """When a cell fails, no page is left and an earlier one is not touched."""
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.pdf").write_text("earlier")
    with pytest.raises(PublishError, match=r"a\.failed\.ipynb"):
        publish(write_notebook(make.code("1 / 0")), {}, output_folder=folder, name="a")
    assert sorted(p.name for p in folder.iterdir()) == ["a.failed.ipynb", "a.pdf"]
    assert (folder / "a.pdf").read_text() == "earlier"


def test_what_is_wrong_is_found_before_anything_runs(
    make: Any, write_notebook: Write, tmp_path: Path
) -> None:
    """An unknown parameter or format, a name that is no file name, or a closed folder needs no execution."""
    source = write_notebook(make.code("raise SystemError"))
    folder = tmp_path / "reports"
    with pytest.raises(ParameterError):
        publish(source, {"x": 1}, output_folder=folder, name="a")
    with pytest.raises(ParameterError, match=r"(?s)pdff.*Did you mean pdf\?"):
        publish(source, {}, output_folder=folder, name="a", formats=["pdff"])
    for name in ("../a", "", ".hidden", "a/b", "a\0b", "é" * 101):
        with pytest.raises(OutputError, match="cannot be a file name"):
            publish(source, {}, output_folder=folder, name=name)
    assert not folder.exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        publish(source, {}, output_folder=tmp_path / "file", name="a")


def test_what_is_not_made_from_the_notebook_runs_none(
    make: Any, write_notebook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook alone is there although a cell would fail; a page beside it needs the cells."""

    def write(parameters: Mapping[str, Any], path: Path, _: object) -> dict[str, Any]:
        path.write_text(str(parameters["name"]), encoding="utf-8")
        return {"title": "Numbers"}

    monkeypatch.setitem(sys.modules, "numbers_alone", SimpleNamespace(write=write))
    source = write_notebook(make.code("name = ''", tags=("parameters",)), make.code("1 / 0"))
    task = ReportTask(
        source, {"name": "Alder"}, ("txt",), tmp_path / "kept", {}, others={"txt": "numbers_alone:write"}
    )
    assert list(make_report(tmp_path, task)) == ["txt"]
    assert (tmp_path / "report.txt").read_text("utf-8") == "Alder"
    with pytest.raises(PublishError, match="stopped with an error"):
        make_report(tmp_path, replace(task, formats=("html", "txt")))


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("publish", ("nbconvert", "papermill", "typst", "lxml", "markdown_it", "jinja2", "nbformat")),
        (
            "publish.client_batches.client_batch",
            ("nbconvert", "papermill", "typst", "markdown_it", "nbformat"),
        ),
    ],
)
def test_importing_the_room_imports_nothing_heavy(module: str, heavy: tuple[str, ...]) -> None:
    """The room can be imported for its parameters alone; the command of a batch counts no numbers and draws nothing."""
    heavy = (*heavy, "pandas", "numpy", "matplotlib")
    program = f"import sys, cfanalysis.{module}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
