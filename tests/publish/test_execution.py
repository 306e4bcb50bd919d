from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cfanalysis.core.errors import PublishError
from cfanalysis.publish.execution.notebook_run import execute

Write = Callable[..., Path]


def _text(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    outputs = [o for c in cells for o in c.get("outputs", [])]
    return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in outputs)


def test_parameters_reach_the_notebook_and_two_runs_give_the_same_bytes(
    make: Any,
    write_notebook: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Given values replace the defaults; the executed notebook holds nothing that varies; nothing is printed."""
    kernels = tmp_path / "data" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "language": "python", "display_name": "Other"})
    )
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    source = write_notebook(
        make.markdown("# Title"),
        make.code("name: str = 'nobody'  # who", tags=("parameters",)),
        make.code("import sys, warnings\nprint(name, sys.executable)\nwarnings.warn('warned')"),
        make.code("import os; os.system('echo below python'); 1 + 1"),
        make.code("raise ValueError('meant')", tags=("raises-exception",)),
    )
    given = {"name": 'a"b\\c\n{d}'}
    first = execute(source, given, output=tmp_path / "first{x}.ipynb").read_bytes()
    second = execute(source, given, output=tmp_path / "second.ipynb").read_bytes()
    assert first == second
    printed = _text(tmp_path / "second.ipynb")
    assert 'a"b\\c\n{d}' in printed
    assert sys.executable in printed  # and not the other kernel of that name
    assert "ipykernel_" not in first.decode()
    assert b"meant" in first
    for varying in (b"start_time", b"duration", b"iopub", str(tmp_path).encode()):
        assert varying not in first
    assert capfd.readouterr() == ("", "")


def test_a_failing_cell_is_named_and_its_notebook_kept(
    make: Any, write_notebook: Write, tmp_path: Path
) -> None:
    """The message names notebook, cell, first line and error; the notebook is kept; no output is left."""
    source = write_notebook(
        make.markdown("# Title"), make.code("total = 0\n1 / total"), make.code("print('never')")
    )
    output = tmp_path / "out" / "report.ipynb"
    with pytest.raises(PublishError) as caught:
        execute(source, {}, output=output)
    message = str(caught.value)
    kept = tmp_path / "out" / "report.failed.ipynb"
    for part in ("trial.ipynb, cell 2: total = 0", "ZeroDivisionError: division by zero", str(kept)):
        assert part in message
    assert "Traceback" not in message
    assert [p.name for p in output.parent.iterdir()] == ["report.failed.ipynb"]
    assert nbformat.read(kept, as_version=4).cells[1].outputs[0].ename == "ZeroDivisionError"


def test_our_own_errors_are_shown_as_they_are(make: Any, write_notebook: Write, tmp_path: Path) -> None:
    """An error of ours in a cell says everything itself; the cell is added to it."""
    raising = (
        "from cfanalysis.core.errors import StudyError\n"
        "raise StudyError('No such study.', value='GSAA', next_step='Try GSA')"
    )
    with pytest.raises(PublishError) as caught:
        execute(write_notebook(make.code(raising)), {}, output=tmp_path / "out.ipynb")
    lines = str(caught.value).splitlines()
    assert lines[:3] == ["No such study.", "  found:   GSAA", "  next:    Try GSA"]
    assert lines[3].startswith("  cell:    trial.ipynb, cell 1: from cfanalysis.core.errors")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "seconds", "message"),
    [
        ("import os; os._exit(0)", 600, "The cell ended its own process"),
        ("import time; time.sleep(600)", 5, "The cell took longer than 5 seconds"),
    ],
)
def test_a_lost_kernel_is_the_failure_of_its_cell(
    make: Any, write_notebook: Write, tmp_path: Path, source: str, seconds: int, message: str
) -> None:
    """A cell that ends its process or hangs fails like any other, and the notebook is kept."""
    with pytest.raises(PublishError, match=message):
        execute(write_notebook(make.code(source)), {}, output=tmp_path / "out.ipynb", timeout=seconds)
    assert (tmp_path / "out.failed.ipynb").exists()


def test_what_is_no_notebook_is_an_error(tmp_path: Path) -> None:
    """A missing file and a file of another kind are refused before a kernel starts."""
    with pytest.raises(PublishError, match="cannot be read"):
        execute(tmp_path / "absent.ipynb", {}, output=tmp_path / "out.ipynb")
    (tmp_path / "text.ipynb").write_text("no")
    with pytest.raises(PublishError, match="not a Jupyter notebook"):
        execute(tmp_path / "text.ipynb", {}, output=tmp_path / "out.ipynb")
