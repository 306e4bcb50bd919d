"""Running a notebook's cells in this process, a child of the warm parent, and keeping a record of them.

The record is what survives of a child that hangs, is killed or ends itself: the notebook as it started, then a
line for each cell that ended. The failing cell is the first without a line.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager

from cfanalysis.publish.shell import RecordingShell, at_work, new_shell, run_cell

STARTED = "started.ipynb"
CELLS = "cells.jsonl"
_MEANT = "cfanalysis_meant_outputs"


def run_cells(nb_man: NotebookExecutionManager, folder: Path) -> None:
    """Run the notebook's cells one after the other, until one fails.

    Parameters
    ----------
    nb_man
        Papermill's record of the execution; its notebook is filled.
    folder
        Where the record goes: `STARTED` and `CELLS`.
    """
    from cfanalysis.publish.child import report_progress

    notebook = nb_man.nb
    (folder / STARTED).write_text(nbformat.writes(notebook), encoding="utf-8")  # type: ignore[no-untyped-call]
    client = PapermillNotebookClient(nb_man, record_timing=False)
    client.reset_execution_trackers()
    shell, owner = new_shell(), os.getpid()
    with (folder / CELLS).open("a", encoding="utf-8") as record:
        for index, cell in enumerate(notebook.cells):
            nb_man.cell_start(cell, index)
            report_progress("cell", index)
            failed = _run(shell, client, cell, index)
            if os.getpid() != owner:
                os._exit(1)  # a copy that the cell forked off has come out of it
            line = {k: cell[k] for k in ("outputs", "execution_count") if k in cell}
            record.write(json.dumps({"cell": index, "failed": failed, **line}) + "\n")
            record.flush()
            if failed:
                nb_man.cell_exception(cell, cell_index=index)
            nb_man.cell_complete(cell, cell_index=index)
            if failed:
                break
    client.set_widgets_metadata()
    set_language(notebook)


def _run(shell: RecordingShell, client: PapermillNotebookClient, cell: NotebookNode, index: int) -> bool:
    """Run one cell; tell whether it failed."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not cell.source.strip() or client.skip_cells_with_tag in tags:
        return False
    cell.outputs = []
    client.clear_before_next_output = False

    def deliver(message: dict[str, Any]) -> None:
        client.process_message(message, cell, index)

    count = shell.execution_count
    with at_work(shell, deliver):
        raised = run_cell(shell, cell.source, cell.get("id"))
    cell["execution_count"] = count
    if raised is None:
        return False
    if "raises-exception" in tags:
        set_meant_error_aside(cell)
        return False
    return True


def set_language(notebook: NotebookNode) -> None:
    """Write into the notebook what language it was run in, as a kernel tells it."""
    import sys

    version = sys.version_info
    notebook.metadata["language_info"] = {
        "name": "python",
        "version": sys.version.split()[0],
        "mimetype": "text/x-python",
        "codemirror_mode": {"name": "ipython", "version": version[0]},
        "pygments_lexer": f"ipython{version[0]}",
        "nbconvert_exporter": "python",
        "file_extension": ".py",
    }


def set_meant_error_aside(cell: NotebookNode) -> None:
    """Hide from papermill the error of a cell tagged ``raises-exception``: it takes each as a failure."""
    cell.metadata[_MEANT] = cell.get("outputs", [])
    cell.outputs = []


def restore_meant_errors(notebook: NotebookNode) -> None:
    """Put back the errors of cells that were meant to raise one."""
    for cell in notebook.cells:
        if _MEANT in cell.metadata:
            cell.outputs = cell.metadata.pop(_MEANT)


def recovered(folder: Path, name: str, message: str) -> NotebookNode | None:
    """Return the notebook as far as it came before its process was lost.

    Parameters
    ----------
    folder
        The folder of its record.
    name, message
        What happened, as the error of the cell that was running.

    Returns
    -------
    NotebookNode or None
        None where no notebook was started.
    """
    try:
        notebook = nbformat.read(folder / STARTED, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        return None
    ended = -1
    for line in read_record(folder):
        ended = line.pop("cell")
        line.pop("failed")
        notebook.cells[ended].update(nbformat.from_dict(line))  # type: ignore[no-untyped-call]
    rest = [c for c in notebook.cells[ended + 1 :] if c.cell_type == "code" and c.source.strip()]
    if rest:
        failure = new_output("error", ename=name, evalue=message, traceback=[])  # type: ignore[no-untyped-call]
        rest[0].outputs = [failure]
    return notebook  # type: ignore[no-any-return]


def read_record(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a record; one that was cut off by the end of its process is left out."""
    try:
        lines = (folder / CELLS).read_text(encoding="utf-8").split("\n")
    except OSError:
        return []
    return [json.loads(line) for line in lines[:-1]]
