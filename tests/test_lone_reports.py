"""One report alone is made faster, in more processes, and is the same report."""

from __future__ import annotations

import errno
from pathlib import Path
from queue import SimpleQueue

import nbformat
import pytest

from cfanalysis.cli import main
from cfanalysis.core.errors import OutputError
from cfanalysis.publish.batches.batch import BatchPlan, ReportOrder, ReportResult
from cfanalysis.publish.batches.local_backend import ForkBackend
from cfanalysis.publish.execution.fork_client import fork_client
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.study.prepared_study import Study

from .short_reports import short_report

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")


def test_a_lone_report_has_the_bytes_of_the_same_report_among_others(
    sample_study: Study, tmp_path: Path
) -> None:
    """Its cells and its formats are made in processes of their own; nothing of that can be seen in them."""
    names = sample_study.clients[:2]
    common = ["--notebook", str(short_report(tmp_path / "short.ipynb", "dimensions", "comments"))]
    for folder, clients in (("lone", names[:1]), ("among", names)):
        given = [part for name in clients for part in ("--client", name)]
        with pytest.raises(SystemExit, match=r"^0$"):
            main(["report", str(sample_study.folder), *given, *common, "--out", str(tmp_path / folder)])
    for suffix in ("pdf", "html"):
        (lone,) = (tmp_path / "lone").glob(f"*-*.{suffix}")
        assert lone.read_bytes() == (tmp_path / "among" / lone.name).read_bytes()


def test_a_lone_report_whose_page_cannot_be_made_fails_with_the_reason(tmp_path: Path) -> None:
    """One format fails, the other is made: the report is not out, and its entry says why."""
    notebook = tmp_path / "bare.ipynb"
    cells = [nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")]
    ours = {"cfanalysis": {"report": True, "accessible": True}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=ours), notebook)
    made: SimpleQueue[ReportResult] = SimpleQueue()
    plan = BatchPlan(notebook, ("html", "pdf"))
    ForkBackend(plan, 2, fork_client(), lone=True).make(
        ReportOrder("Alder", {}, {}, file="alder", formats=["html"]), made.put
    )
    error = made.get(timeout=600).error
    assert error is not None
    assert "alternative text" in str(error)


def test_a_full_disk_between_cells_and_pages_is_the_report_s_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that hears of the cells' end goes on: the report fails with the reason, and nothing waits for ever."""
    notebook = tmp_path / "bare.ipynb"
    nbformat.write(nbformat.v4.new_notebook(metadata={"cfanalysis": {}}), notebook)
    made: SimpleQueue[ReportResult] = SimpleQueue()
    maker = ForkBackend(BatchPlan(notebook, ("html",)), 2, fork_client(), lone=True)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(maker, "_make_pages", full)
    maker.make(ReportOrder("Alder", {}, {}, file="alder", formats=["html"]), made.put)
    error = made.get(timeout=600).error
    assert isinstance(error, OutputError)
    assert "No space left" in str(error)
