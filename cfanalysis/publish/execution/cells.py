"""Running a notebook's cells in this process, a child of the fork server.

A record of them (`record`) is kept on disk: it survives a child that hangs, is killed or ends itself.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager

from cfanalysis.publish.execution.in_process_kernel import (
    RecordingShell,
    new_shell,
    notebook_process,
    run_cell,
)
from cfanalysis.publish.execution.preload import CHECKERS
from cfanalysis.publish.execution.protocol import report_progress
from cfanalysis.publish.execution.record import CELLS_FILE, STARTED_FILE


def run_cells(nb_man: NotebookExecutionManager, folder: Path, beside: str = "") -> None:
    """Run the notebook's cells one after the other, until one fails.

    Parameters
    ----------
    nb_man
        Papermill's record of the execution; its notebook is filled.
    folder
        Where the record goes: `STARTED_FILE` and `CELLS_FILE`.
    beside
        The folder of the notebook, whose modules its cells can import; "" where it has none.
    """
    notebook = nb_man.nb
    (folder / STARTED_FILE).write_text(json.dumps(notebook), encoding="utf-8")
    client = PapermillNotebookClient(nb_man, record_timing=False)
    client.reset_execution_trackers()
    shell, owner = new_shell(), os.getpid()
    sys.path[:0] = [beside, ""] if beside else [""]  # "" as in a kernel: the working directory
    sys.dont_write_bytecode = True  # what was written a moment ago can hide a change of the same length
    for checker in CHECKERS:
        if sys.modules.get(checker, sys) is None:
            del sys.modules[checker]
    with (folder / CELLS_FILE).open("a", encoding="utf-8") as record:
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
    """Run one cell; tell whether it failed (a cell that is expected to raise does not)."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not cell.source.strip() or client.skip_cells_with_tag in tags:
        return False
    cell.outputs = []
    client.clear_before_next_output = False

    def deliver(message: dict[str, Any]) -> None:
        client.process_message(message, cell, index)

    count = shell.execution_count
    with notebook_process(shell, deliver):
        raised = run_cell(shell, cell.source, cell.get("id"))
    cell["execution_count"] = count
    return raised is not None and "raises-exception" not in tags


def set_language(notebook: NotebookNode) -> None:
    """Write into the notebook what language it was run in, as a kernel tells it."""
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
