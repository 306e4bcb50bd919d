"""A batch on a Dask cluster: real scheduler, real workers, one of them killed in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pypdf
import pytest

from cfanalysis.cli import main
from cfanalysis.core.errors import PublishError
from cfanalysis.publish.batches.batch import Batch, BatchPlan
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
from cfanalysis.publish.execution.resource_limits import can_fork
from tests import batch_program as program

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

ROOT = Path(__file__).resolve().parents[2]
NAMES = [f"{n:03d}" for n in range(16)]


@pytest.fixture(scope="module")
def scheduler(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two worker processes, of which one test may end one."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("cluster")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    common = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    begun = [subprocess.Popen([*dask, "scheduler", "--port", "0", "--host", "127.0.0.1", *options], **common)]  # type: ignore[call-overload]
    while not file.exists():
        time.sleep(0.1)
    worker = [*dask, "worker", "--nthreads", "1", "--no-nanny", *options]
    begun += [subprocess.Popen(worker, **common) for _ in range(2)]  # type: ignore[call-overload]
    address = json.loads(file.read_text())["address"]
    try:
        wait_for_workers(address, 2)
        yield address, begun[1:]
    finally:
        for process in begun:
            process.kill()
            process.wait()


def wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=600)


def test_a_killed_worker_loses_no_report(
    scheduler: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    """The reports of a lost worker are made by the other; each is there once; failures keep their notebook."""
    from cfanalysis.publish.batches.dask_backend import DaskBackend

    address, workers = scheduler
    place = FolderDestination(tmp_path / "out")
    place.folder.mkdir()
    plan = BatchPlan(program.notebook(tmp_path / "word.ipynb"), ("pdf", "html"), basis="words", timeout=300)
    settled: list[str] = []

    def watch(entry: object) -> None:
        settled.append(str(entry))
        if len(settled) == 3:
            workers[0].send_signal(signal.SIGKILL)

    batch = Batch(plan, place, DaskBackend(plan, address), watch)
    names = [*NAMES, "x-bad"]
    entries = batch.run(names, program.Words())
    assert [e.state for e in entries] == ["done"] * len(NAMES) + ["failed"]
    assert "ValueError: a bad word" in entries[-1].error
    assert (place.folder / entries[-1].kept).exists()
    for name in NAMES:
        text = pypdf.PdfReader(place.folder / f"{name}.pdf").pages[0].extract_text()
        assert re.findall(r"canary-\d+", text) == [f"canary-{name}"]


def test_any_notebook_is_made_on_a_cluster(
    scheduler: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The modules beside it and the files that its parameters name travel with it."""
    monkeypatch.chdir(tmp_path)
    cells = [
        nbformat.v4.new_code_cell("table = ''\nother = ''\nfolder = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "from pathlib import Path\nimport helpers\n"
            "helpers.read(table), helpers.read(other), helpers.read(folder + '/c.txt'), table"
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), "own.ipynb")
    Path("helpers.py").write_text("def read(name):\n    return 'read ' + open(name).read()\n")
    for name in ("here/a.txt", "folder/c.txt", "out/b.txt"):
        Path(name).parent.mkdir()
        Path(name).write_text(Path(name).stem)
    given = {"table": "here/a.txt", "other": str(tmp_path / "out" / "b.txt"), "folder": "folder"}
    Path("rows.yaml").write_text(json.dumps([{"name": "one", **given}]))
    for option in (["--table", "rows.yaml"], ["--table", "rows.yaml", "--resume"]):
        main_exit("run", "own.ipynb", *option, "--scheduler", scheduler[0], "--format", "html")
    page = Path("reports", "own", "one.html").read_text(encoding="utf-8")
    (entry,) = read_ledger(Path("reports", "own", LEDGER))
    assert entry.state == "unchanged"
    text = re.sub(r"<[^>]+>", "", page)
    assert all(f"read {word}" in text for word in "abc"), text
    assert "here/a.txt" in text


def main_exit(*arguments: str) -> None:
    """Call a command, which ends well."""
    with contextlib.suppress(SystemExit):
        main([*arguments])


def test_no_scheduler_is_told(tmp_path: Path) -> None:
    """A wrong address is one message."""
    pytest.importorskip("distributed")
    from cfanalysis.publish.batches.dask_backend import DaskBackend

    plan = BatchPlan(program.notebook(tmp_path / "word.ipynb"), ("pdf",))
    with pytest.raises(PublishError, match="no Dask scheduler"):
        DaskBackend(plan, "tcp://127.0.0.1:1")
