"""``cfanalysis run`` with another kernel: the notebook's own, for its language or its Python."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import nbformat
import pytest

from cfanalysis.cli import main
from cfanalysis.publish.batches.ledger import LEDGER, LedgerEntry, read_ledger
from cfanalysis.publish.execution.other_kernel import Kernel, other_kernel
from cfanalysis.publish.execution.parameters import notebook_parameters

KERNEL = """
import subprocess
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Bash(Kernel):
    implementation, implementation_version, banner, past = "bash", "1", "Bash", ""
    language_info = {"name": "bash", "mimetype": "text/x-sh", "file_extension": ".sh"}

    def do_execute(self, code, silent, *_, **__):
        whole = "{ :\\n" + self.past + "\\n} > /dev/null\\n" + code
        done = subprocess.run(["bash", "-c", whole], capture_output=True, text=True)
        self.past += "\\n" + code
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": done.stdout})
        failed = {"status": "error", "ename": "1", "evalue": done.stderr, "traceback": []}
        return {"status": "ok", "execution_count": 1, "user_expressions": {}} if not done.returncode else failed

IPKernelApp.launch_instance(kernel_class=Bash)
"""


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of kernels that Jupyter finds, with one for Bash; the working directory is empty."""
    (tmp_path / "bash_kernel.py").write_text(KERNEL)
    folder = tmp_path / "jupyter" / "kernels"
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    install(folder, "small_bash", "bash", [sys.executable, str(tmp_path / "bash_kernel.py")])
    return folder


def install(folder: Path, name: str, language: str, program: list[str], **environment: str) -> None:
    """Describe a kernel where Jupyter looks for it."""
    (folder / name).mkdir(parents=True)
    given = {"argv": [*program, "-f", "{connection_file}"], "display_name": name, "language": language}
    (folder / name / "kernel.json").write_text(json.dumps({**given, "env": environment}))


def notebook(kernel: str, language: str, *cells: str) -> Path:
    """A notebook whose first cell has its parameters."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    made.cells[0].metadata["tags"] = ["parameters"]
    made.metadata["kernelspec"] = {"name": kernel, "language": language, "display_name": kernel}
    nbformat.write(made, "own.ipynb")
    return Path("own.ipynb")


def command(*arguments: str | Path) -> int:
    """The exit code of ``cfanalysis run``, for web pages."""
    try:
        main(["run", *map(str, arguments), "--format", "html"])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def entries() -> dict[str, LedgerEntry]:
    """The ledger's entries by name."""
    return {entry.name: entry for entry in read_ledger(Path("reports", "own", LEDGER))}


def test_a_notebook_of_another_language_runs_on_its_own_kernel(kernels: Path) -> None:
    """Over a table, with ledger and resume; a cell that fails, fails its row alone."""
    own = notebook(
        "small_bash", "bash", "region='all'  # which\nyear=2024", "echo $region in $((year + 1))",
        "source helpers.sh",
    )  # fmt: skip
    Path("helpers.sh").write_text("echo first")
    Path("rows.csv").write_text("region,year\nNorth East,1999\nSouth,exit\nWest,\n")
    given = [own, "--table", "rows.csv", "--name", "{region}"]
    assert command(*given) == 1, "a year is a number, as the notebook's is"
    Path("rows.csv").write_text("region,year\nNorth East,1999\nSouth,2001\nWest,\n")
    assert command(*given, "--jobs", "2") == 0
    pages = {name: Path("reports/own", f"{entry.file}.html") for name, entry in entries().items()}
    assert "North East in 2000" in pages["North East"].read_text(encoding="utf-8")
    assert "West in 2025" in pages["West"].read_text(encoding="utf-8")
    assert command(*given, "--resume") == 0
    assert {entry.state for entry in entries().values()} == {"unchanged"}
    Path("helpers.sh").write_text("echo second")
    assert command(*given, "--resume") == 0
    assert {entry.state for entry in entries().values()} == {"done"}
    notebook("small_bash", "bash", "region='all'\nyear=2024", '[ "$region" != South ]', "echo after")
    assert command(*given) == 1
    assert {name: entry.state for name, entry in entries().items()} == {
        "North East": "done", "South": "failed", "West": "done",
    }  # fmt: skip
    assert 'cell 2: [ "$region" != South ]' in entries()["South"].error
    assert Path("reports/own/south.failed.ipynb").is_file()


def test_a_kernel_whose_port_was_taken_is_started_again(kernels: Path, tmp_path: Path) -> None:
    """A port that was free when it was chosen may not be so any more: that is no fault of the notebook."""
    taken = "import pathlib, sys\ntold = pathlib.Path(__file__ + '.told')\n"
    taken += "if not told.exists():\n    told.touch()\n    sys.exit('zmq.error.ZMQError: Address already in use')\n"
    (tmp_path / "bash_kernel.py").write_text(taken + KERNEL)
    assert command(notebook("small_bash", "bash", "year=2024", "echo made in $year")) == 0
    assert (tmp_path / "bash_kernel.py.told").exists()
    assert "made in 2024" in Path("reports/own/own.html").read_text(encoding="utf-8")


def test_a_cell_that_takes_too_long_ends_with_all_that_it_started(kernels: Path) -> None:
    """The time limit holds for any kernel, and nothing of it is left."""
    own = notebook("small_bash", "bash", "year=2024", f"sleep 7{time.time_ns() % 10**6:06}", "echo after")
    assert command(own, "--timeout", "2") == 1
    assert "Timeout: The cell took longer than 2 seconds" in entries()["own"].error
    sleeping = nbformat.read(own, as_version=4).cells[1].source.replace(" ", "\0")
    running = (path for path in Path("/proc").glob("[0-9]*/cmdline"))
    assert not [path for path in running if path.exists() and sleeping in path.read_text(errors="replace")]


def test_another_python_has_the_modules_beside_the_notebook(kernels: Path) -> None:
    """A second Python is another kernel, unless it is the very one that runs the command."""
    module = [sys.executable, "-m", "ipykernel_launcher"]
    install(kernels, "second", "python", module, WHICH="second")
    install(kernels, "same", "python", module)
    own = notebook(
        "second", "python", "year: int = 1", "import os, helpers\nprint(os.environ['WHICH'], helpers.x, year)"
    )
    Path("helpers.py").write_text("x = 'beside'")
    assert command(own, "-p", "year", "5") == 0, entries()["own"].error
    assert "second beside 5" in Path("reports/own/own.html").read_text(encoding="utf-8")
    assert other_kernel(own) == Kernel("second", "python", kernels)
    assert other_kernel(own, "same") is None
    assert other_kernel(own, "python3") is None


@pytest.mark.parametrize(
    ("kernel", "language", "words"),
    [
        ("ir", "R", ["not installed", "found:   ir", "small_bash"]),
        ("conda-env-x-py", "python", ["not installed", "conda-env-x-py", "--kernel python3"]),
        ("", "R", ["another language", "--kernel NAME"]),
        ("broken", "R", ["cannot be started", "broken"]),
        ("small_cobol", "cobol", ["cannot be given parameters", "cobol"]),
    ],
)
def test_a_kernel_that_cannot_be_had_is_named(
    kernel: str, language: str, words: list[str], kernels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With those that there are, and what to do."""
    install(kernels, "broken", "R", ["/absent/R"])
    install(kernels, "small_cobol", "cobol", ["cobol"])
    assert command(notebook(kernel, language, "year = 1"), "-p", "year", "2") in (1, 2)
    message = capsys.readouterr().err
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("R", 'region <- "all"  # which region', ("region", "str", "all", "which region")),
        ("R", "share.of <- .5", ("share.of", "int | float", ".5", "")),
        ("R", "n <- 5L", ("n", "int | float", "5L", "")),
        ("R", "rows <- NULL", ("rows", "Any", "NULL", "")),
        ("julia", "deep::Bool = true # whether", ("deep", "bool", True, "whether")),
        ("scala", 'val where: String = "a # b" // place', ("where", "str", "a # b", "place")),
        ("C#", 'string where = "all";', ("where", "str", "all", "")),
        ("PowerShell", "$year = 2024", ("year", "int | float", "2024", "")),
        ("bash", "region=all", ("region", "Any", "all", "")),
        ("matlab", "x = -1.5e3; % size", ("x", "int | float", "-1.5e3", "size")),
    ],
)
def test_parameters_are_read_in_any_language(
    language: str, line: str, expected: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their names, types and help, one on a line; what compares assigns nothing."""
    monkeypatch.chdir(tmp_path)
    own = notebook("any", language, f"{line}\nif (a == 1) stop()")
    (found,) = notebook_parameters(own, Kernel("any", language, tmp_path)).values()
    assert (found.name, found.type, found.default, found.help) == expected
