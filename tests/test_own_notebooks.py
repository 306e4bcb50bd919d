"""A consultant's changed copy of a notebook is published as the shipped one is: batch, ledger, resume, verify."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cfanalysis.cli import main
from cfanalysis.core.files import file_slug
from cfanalysis.core.resources import notebook_file, shipped_file
from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.execution.preload import imported_modules
from cfanalysis.study.prepared_study import Study


def command(*arguments: str | Path) -> int:
    """The exit code of a command."""
    try:
        main([*map(str, arguments)])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def changed_copy(name: str, path: Path, change: Callable[[Any], object]) -> Path:
    """A copy of a shipped notebook, changed."""
    notebook = nbformat.read(shipped_file("notebooks", f"{name}.ipynb"), as_version=4)
    change(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def shorter(notebook: Any) -> None:
    """Leave most sections out, and end with a German sentence."""
    first = [cell for cell in notebook.cells if cell.cell_type == "code"][:4]
    notebook.cells = [nbformat.v4.new_markdown_cell("# Kundenorientierung"), *first]
    notebook.cells.append(nbformat.v4.new_markdown_cell("## Fazit\n\nDie Lücke ist klein."))
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    notebook.metadata["cfanalysis"]["lang"] = "de"


def test_a_changed_copy_is_reported_resumed_and_verified(
    sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger keeps which notebook it was, so that resuming and verifying need no name."""
    own, out = changed_copy("client_report", tmp_path / "mine.ipynb", shorter), tmp_path / "out"
    study = str(sample_study.folder)
    asked = ["--out", str(out), "--format", "html"]
    assert command("report", study, "--all", "--limit", "2", "--notebook", own, *asked) == 0
    entries = read_ledger(out / LEDGER)
    assert [entry.state for entry in entries] == ["done", "done"]
    pages = [(out / f"{entry.file}.html") for entry in entries]
    assert all("Die Lücke ist klein." in page.read_text(encoding="utf-8") for page in pages)
    assert command("report", study, "--resume", *asked) == 0
    assert [entry.state for entry in read_ledger(out / LEDGER)] == ["unchanged", "unchanged"]
    capsys.readouterr()
    assert command("verify", pages[0], "--study", study, "--notebook", own) == 0, capsys.readouterr().err
    assert command("verify", pages[0], "--study", study) == 0
    assert command("verify", pages[0], "--notebook", notebook_file("client_report")) == 1
    assert "notebook    differs" in capsys.readouterr().err


def test_a_notebook_without_the_extract_is_refused(
    sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is made, with what the notebook does take."""
    for name, word in (("measurement", "allowed: study, wave"), ("absent", "cannot be read")):
        path = shipped_file("notebooks", f"{name}.ipynb")
        asked = ["--all", "--notebook", path, "--out", tmp_path / "out"]
        assert command("report", sample_study.folder, *asked) == (1 if name == "absent" else 2)
        assert word in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_metadata_of_another_type_and_no_format_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what is wrong, before a cell runs; a batch of nothing does not wait for ever."""
    made = nbformat.v4.new_notebook()
    made.metadata["title"] = 5
    (tmp_path / "typed.ipynb").write_text(json.dumps(made), encoding="utf-8")
    assert command("run", tmp_path / "typed.ipynb", "--format", "html", "--out", tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert "not as its format asks" in said
    assert "5 is not of type 'string'" in said
    assert command("run", tmp_path / "typed.ipynb", "--format", " , ") == 2
    assert "No format is named" in capsys.readouterr().err


def test_a_workspaces_own_copies_are_what_commands_publish(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As laid out by init, which says so; a copy that was deleted gives way to the one that ships."""
    assert command("init", tmp_path / "workspace") == 0
    assert "publish these copies" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path / "workspace")
    own = changed_copy("client_report", Path("notebooks", "client_report.ipynb").resolve(), shorter)
    assert notebook_file("client_report") == own
    name = sample_study.clients[0]
    asked = ["report", sample_study.folder, "--client", name, "--format", "html", "--out", "out"]
    assert command(*asked, "--json") == 0
    (page,) = json.loads(capsys.readouterr().out)["files"]
    assert "Die Lücke ist klein." in Path(page).read_text(encoding="utf-8")
    own.unlink()
    assert notebook_file("client_report") == shipped_file("notebooks", "client_report.ipynb")


def test_an_own_research_notebook_is_published_of_a_study(
    sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Instead of the shipped ones; the wave is given to a notebook that takes one."""

    def change(notebook: Any) -> None:
        notebook.cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
        notebook.cells.append(nbformat.v4.new_code_cell(
            "from cfanalysis.core.blocks import Notice\nNotice(f'Wave: {wave}')", id="shown"))  # fmt: skip

    own = changed_copy("measurement", tmp_path / "own.ipynb", change)
    asked = ["--notebook", own, "--wave", "first", "--format", "html", "--out", tmp_path / "out"]
    assert command("analyze", sample_study.folder, *asked) == 0, capsys.readouterr().err
    assert "Wave: first" in (tmp_path / "out" / "own.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["own.html", "verdict.json"]


def test_what_a_notebook_imports_is_known_before_it_runs(tmp_path: Path) -> None:
    """At the top level of its cells, magics and cells of other languages left aside."""
    cells = [
        "%matplotlib inline\nimport pandas as pd, seaborn",
        "from matplotlib import (\n    pyplot,\n    cm as maps,\n)",
        "%%bash\nimport nothing",
        "if True:\n    import later",
        "from . import beside",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    nbformat.write(made, tmp_path / "notebook.ipynb")
    expected = ["pandas", "seaborn", "matplotlib", "matplotlib.pyplot", "matplotlib.cm"]
    assert imported_modules(tmp_path / "notebook.ipynb") == expected


def test_papermill_runs_a_notebook_that_names_no_kernel(tmp_path: Path) -> None:
    """On the engine a notebook without kernelspec is Python's; a lost process is named with cell and reason."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from cfanalysis.publish.execution.engine import ForkEngine

    papermill.engines.papermill_engines.register("cfanalysis", ForkEngine)
    made = nbformat.v4.new_notebook(metadata={"cfanalysis": {}})
    made.cells = [nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})]
    made.cells += [nbformat.v4.new_code_cell(source) for source in ("print(n)", "import os; os._exit(3)")]
    nbformat.write(made, tmp_path / "bare.ipynb")
    with pytest.raises(PapermillExecutionError, match=r'"In \[3\]":\nKernelDied: The cell ended') as caught:
        papermill.execute_notebook(
            str(tmp_path / "bare.ipynb"), str(tmp_path / "out.ipynb"), engine_name="cfanalysis",
            progress_bar=False,
        )  # fmt: skip
    assert caught.value.source == "import os; os._exit(3)"
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert [o.text for c in cells if c.cell_type == "code" for o in c.outputs if "text" in o] == ["1\n"]


@pytest.fixture(scope="module")
def opened(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A changed copy as it lies in a folder after JupyterLab ran it for a client: with its outputs."""

    def at_hand(notebook: Any) -> None:
        shorter(notebook)
        study, client = str(sample_study.folder), sample_study.clients[1]
        notebook.cells[1].source += f"\nstudy = {study!r}\nclient = {client!r}"

    folder = tmp_path_factory.mktemp("opened")
    own = changed_copy("client_report", folder / "mine.ipynb", at_hand)
    executed = execute(own, {}, output=folder / "run.ipynb", ordinary=True)
    return executed.replace(own)


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_what_jupyterlab_exports_is_named_stamped_and_verified(
    form: str, opened: Path, sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the client; verify knows the notebook, and with the study makes the report again."""
    from nbconvert.exporters import get_exporter

    name, study = sample_study.clients[1], str(sample_study.folder)

    def exported(notebook: Any) -> Path:
        about = {"metadata": {"name": "mine", "path": str(tmp_path)}}  # as the menu's server gives it
        output, told = get_exporter(f"cfanalysis_{form}")().from_notebook_node(notebook, resources=about)
        path = tmp_path / f"mine{told['output_extension']}"
        path.write_bytes(output if isinstance(output, bytes) else output.encode())
        return path

    own = Path(shutil.copy(opened, tmp_path))
    executed = nbformat.read(own, as_version=4)
    page = exported(executed)
    assert page.name == f"mine-{file_slug(name)}.{form}"
    assert command("verify", page, "--notebook", own) == 0, capsys.readouterr().err
    assert "exported from an open notebook" in capsys.readouterr().err
    asked = ["--notebook", own, "--study", study, "--client", name]
    assert command("verify", page, *asked) == 0, capsys.readouterr().err
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            for key, value in output.get("data", {}).items():
                if key.endswith("masthead.v1+json"):
                    value["facts"] = [["Wave", "another"]]
    assert command("verify", exported(executed), *asked) == 1
    assert "bytes       differs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], {"Sales", "6 * 7", "answer", "[9]"}),
        (["--no-input"], {"Sales", "answer"}),
        (["--no-prompt"], {"Sales", "6 * 7", "answer"}),
        (
            ["--TemplateExporter.exclude_markdown=True", "--TemplateExporter.exclude_output=True"],
            {"6 * 7", "[9]"},
        ),
        (["--TagRemovePreprocessor.remove_cell_tags=internal"], {"Sales"}),
    ],
)
def test_nbconverts_own_options_are_kept_to(options: list[str], shown: set[str], tmp_path: Path) -> None:
    """What its templates leave out is left out here."""
    from nbconvert.nbconvertapp import NbConvertApp

    result = nbformat.v4.new_output("execute_result", {"text/plain": "answer"}, execution_count=9)
    cell = nbformat.v4.new_code_cell(
        "6 * 7", execution_count=9, outputs=[result], metadata={"tags": ["internal"]}
    )
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("## Sales"), cell])
    nbformat.write(made, tmp_path / "n.ipynb")
    app = NbConvertApp()
    app.initialize(["--to", "cfanalysis_html", str(tmp_path / "n.ipynb"), *options])
    app.start()
    body = (tmp_path / "n.html").read_text(encoding="utf-8").partition("<body")[2]
    text = re.sub(r"<[^>]+>", "", body)
    assert {words for words in ("Sales", "6 * 7", "answer", "[9]") if words in text} == shown
