"""A batch on a bad day: a report's process without memory or killed, a disk full at the very end, no fork."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from cfanalysis.core.errors import OutputError, PublishError
from cfanalysis.core.unfinished import UNFINISHED
from cfanalysis.publish.batches.batch import Batch, BatchPlan, ReportOrder
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.batches.ledger import LedgerEntry, read_ledger
from cfanalysis.publish.batches.local_backend import ForkBackend, SerialBackend
from cfanalysis.publish.execution import fork_client as forks
from cfanalysis.publish.execution.fork_client import JobResult
from cfanalysis.publish.execution.fork_server import ForkServer
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.execution.protocol import Job
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.publish.single_report import publish

from . import batch_program as program

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

FAULTS = {
    "memory in pieces": ("blocks = []\nwhile True:\n    blocks.append(b'x' * (1 << 24))", "MemoryError"),
    "memory of an array": ("import numpy\nnumpy.zeros(1 << 37)", "MemoryError"),
    "memory of a frame": ("import pandas\npandas.DataFrame(1.0, range(1 << 26), range(99))", "MemoryError"),
    "killed in a cell": ("import os\nos.kill(os.getpid(), 9)", "KernelDied: The cell ended its own process"),
    "killed as its page is made": (
        "import os\nimport cfanalysis.publish.single_report as s\n"
        "s.report_progress = lambda *_: os.kill(os.getpid(), 9)",
        "no cell was running. found: KernelDied: It ended its own process, or the memory was used up",
    ),
    "no memory for its page": (
        "import cfanalysis.publish.single_report as s\n"
        "def fail(*_):\n    raise MemoryError\ns.report_progress = fail",
        "The memory is used up",
    ),
}
"""What the cell of one report does, and what the ledger says of it."""


def ailing(path: Path, source: str) -> Path:
    """The notebook of words, in which the report of the word ``ill`` alone runs the source as well."""
    program.notebook(path)
    notebook = nbformat.read(path, as_version=4)
    lines = "\n".join(f"    {line}" for line in source.split("\n"))
    notebook.cells.append(nbformat.v4.new_code_cell(f"if word.endswith('-ill'):\n{lines}", id="ill"))
    nbformat.write(notebook, path)
    return path


def run(notebook: Path, folder: Path, names: list[str], *, forked: bool = True) -> dict[str, LedgerEntry]:
    """Make the reports of these names, each by a process with 1 GB more than its parent has."""
    plan = BatchPlan(notebook, ("pdf", "html"), basis="words", timeout=300, memory=1024)
    backend = ForkBackend(plan, 2, forks.fork_client()) if forked else SerialBackend(plan)
    folder.mkdir(exist_ok=True)
    entries = Batch(plan, FolderDestination(folder), backend).run(names, program.Words())
    return {entry.name: entry for entry in entries}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_report_without_memory_fails_alone(fault: str, tmp_path: Path) -> None:
    """It fails with a message, the others are made, and once the memory is there the next run makes it alone."""
    source, said = FAULTS[fault]
    folder = tmp_path / "out"
    entries = run(ailing(tmp_path / "word.ipynb", source), folder, ["a", "ill", "b", "c"])
    assert {name: entry.state for name, entry in entries.items()} == {
        "a": "done", "ill": "failed", "b": "done", "c": "done",
    }  # fmt: skip
    assert said in entries["ill"].error
    assert "Traceback" not in entries["ill"].error
    left = {path.name for path in folder.iterdir()}
    whole = {f"{name}.{suffix}" for name in "abc" for suffix in ("pdf", "html")}
    assert left == whole | {"ledger.jsonl"} | ({entries["ill"].kept} - {""})
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("[abc].*")}
    entries = run(program.notebook(tmp_path / "word.ipynb"), folder, ["ill"])
    assert entries["ill"].state == "done"
    assert {path.name for path in folder.iterdir()} == whole | {"ledger.jsonl", "ill.pdf", "ill.html"}
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("[abc].*")} == before


@pytest.mark.parametrize("ordinary", [False, True])
def test_a_killed_cell_that_may_fail_has_failed(ordinary: bool, tmp_path: Path) -> None:
    """An error that a tag allows is shown; the loss of the process is none of these, on either kernel."""
    notebook = nbformat.v4.new_notebook(metadata={"cfanalysis": {}})
    for source in ("1 / 0", "import os\nos.kill(os.getpid(), 9)", "1"):
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": ["raises-exception"]}))
    nbformat.write(notebook, tmp_path / "may.ipynb")
    with pytest.raises(PublishError, match=r"cell 2: import os\n.*KernelDied"):
        execute(tmp_path / "may.ipynb", {}, output=tmp_path / "out.ipynb", ordinary=ordinary)
    assert not (tmp_path / "out.ipynb").exists()


class NotForked:
    """A fork client whose server gets no more processes."""

    def run(self, job: Job, _: object = None) -> JobResult:
        """Return at once."""
        return JobResult(job, {}, "NotForked")


def test_no_process_for_a_report_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a single report, and by a notebook that is executed; nothing is written."""
    monkeypatch.setattr(forks, "fork_client", lambda *_, **__: NotForked())
    notebook = program.notebook(tmp_path / "word.ipynb")
    (tmp_path / "word").write_text("x")
    for make in (
        lambda: publish(notebook, {"data": str(tmp_path)}, output_folder=tmp_path / "out", name="a"),
        lambda: execute(notebook, {"data": str(tmp_path)}, output=tmp_path / "out" / "a.ipynb"),
    ):
        with pytest.raises(PublishError, match="NotForked: The computer allows no more processes"):
            make()
        assert not list((tmp_path / "out").iterdir())


def test_a_fork_that_is_refused_is_told_to_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes on: the next job may get its process."""

    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    owner, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with owner, server:
        ForkServer(server)._fork("/job", 100)
        assert json.loads(owner.recv(1 << 16)) == {"job": "/job", "event": "ended", "value": "NotForked"}


def test_without_a_fork_a_batch_is_made_one_report_after_the_other(tmp_path: Path) -> None:
    """To the same bytes; one that fails fails alone."""
    notebook = ailing(tmp_path / "word.ipynb", "raise MemoryError")
    folders = [tmp_path / "forked", tmp_path / "serial"]
    for folder, forked in zip(folders, (True, False), strict=True):
        entries = run(notebook, folder, ["a", "ill", "b"], forked=forked)
        assert [entry.state for entry in entries.values()] == ["done", "failed", "done"]
        assert "MemoryError" in entries["ill"].error
    one, two = ({p.name: p.read_bytes() for p in f.glob("[ab].*")} for f in folders)
    assert one == two


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A folder on a disk of its own, as large as is said; said again, its size is changed."""
    folder = tmp_path / "small"
    folder.mkdir()

    def sized(size: str) -> Path:
        how = f"remount,size={size}" if folder.is_mount() else f"size={size}"
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", how, "tmpfs", folder], capture_output=True
        ).returncode:
            pytest.skip("file systems cannot be mounted here")
        return folder

    yield sized
    subprocess.run(["umount", "-l", folder], capture_output=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of twelve reports on a disk that has room for them."""
    folder = tmp_path_factory.mktemp("roomy")
    run(program.notebook(folder / "word.ipynb"), folder / "whole", TWELVE)
    return {path.name: path.read_bytes() for path in (folder / "whole").glob("word-*")}


TWELVE = [f"word-{number:02d}" for number in range(12)]


@pytest.mark.skipif(not shutil.which("mount"), reason="needs mount")
@pytest.mark.parametrize("lacking", [4, 40, 120])
def test_a_disk_that_is_full_at_the_very_end(
    lacking: int,
    whole: dict[str, bytes],
    tmp_path: Path,
    small_disk: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was whole is kept and listed, nothing half is left, and with room the rest alone is made."""
    monkeypatch.setattr("cfanalysis.publish.batches.batch._ROOM", 0)  # the disk itself must say it
    notebook = program.notebook(tmp_path / "word.ipynb")
    pages = sum(-(-len(content) // 4096) * 4 for content in whole.values())
    folder = small_disk(f"{pages - lacking}k")
    with pytest.raises(OutputError, match=r"No space left|Make room"):
        run(notebook, folder, TWELVE)
    # A child that could not write what it found may have been taken for lost: its notebook is kept till it is made.
    left = {path.name: path for path in folder.glob("word-*") if path.suffix != ".ipynb"}
    assert left
    assert all(path.read_bytes() == whole[name] for name, path in left.items())
    assert not list(folder.glob(f"{UNFINISHED}*"))
    before = {name: path.stat().st_mtime_ns for name, path in left.items()}
    listed = {e.name for e in read_ledger(folder / "ledger.jsonl") if e.state == "done"}
    assert {f"{name}.{suffix}" for name in listed for suffix in ("pdf", "html")} <= set(left)
    entries = run(notebook, small_disk("50m"), TWELVE)
    assert {entry.state for entry in entries.values()} == {"done", "unchanged"}
    assert {path.name: path.read_bytes() for path in folder.glob("word-*")} == whole
    remade = {name for name, moment in before.items() if (folder / name).stat().st_mtime_ns != moment}
    assert not {name.partition(".")[0] for name in remade} & listed


def test_a_batch_that_ends_early_waits_for_its_children(tmp_path: Path) -> None:
    """What was killed has ended before the folder that it wrote into is removed."""
    ended: list[str] = []

    class SlowEnds:
        """A fork server whose children take a while to end."""

        def submit(self, _: Job, heard: Callable[[JobResult], None]) -> None:
            self.heard = heard

        def stop(self, job: Job) -> None:
            threading.Timer(0.2, lambda: self.heard(JobResult(job, {}, "Stopped"))).start()

    plan = BatchPlan(program.notebook(tmp_path / "word.ipynb"), ["pdf"])
    backend = ForkBackend(plan, 1, SlowEnds())  # type: ignore[arg-type]
    backend.make(
        ReportOrder("a", {}, {}, file="a", work=tmp_path), lambda made: ended.append(made.order.name)
    )
    backend.close()
    assert ended == ["a"]
