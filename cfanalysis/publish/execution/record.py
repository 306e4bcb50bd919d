"""The record that a notebook's process keeps of its cells, and what can be recovered from it when the process is lost.

It is the notebook as it started, then a line for each cell that ended. The cell that was running is the first
without a line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from cfanalysis.publish.execution.expected_errors import expect_none

STARTED_FILE = "started.ipynb"
CELLS_FILE = "cells.jsonl"


def recover_notebook(folder: Path, name: str, message: str) -> NotebookNode | None:
    """Return the notebook as far as it ran before its process was lost.

    Parameters
    ----------
    folder
        The folder of its record.
    name, message
        What happened, as the error of the cell that was running.

    Returns
    -------
    NotebookNode or None
        None where no cell was running: before the first one, or after the last.
    """
    try:
        notebook = nbformat.read(folder / STARTED_FILE, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        return None
    ended = -1
    for line in read_record(folder):
        ended = line.pop("cell")
        line.pop("failed")
        notebook.cells[ended].update(nbformat.from_dict(line))  # type: ignore[no-untyped-call]
    rest = [c for c in notebook.cells[ended + 1 :] if c.cell_type == "code" and c.source.strip()]
    if not rest:
        return None
    # Papermill's own message is made of the count and the traceback alone.
    failure = new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])  # type: ignore[no-untyped-call]
    rest[0].outputs = [failure]
    expect_none(rest[0])
    rest[0].execution_count = 1 + max((c.get("execution_count") or 0 for c in notebook.cells), default=0)
    return notebook  # type: ignore[no-any-return]


def read_record(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a record; one that was cut off by the end of its process is left out."""
    try:
        lines = (folder / CELLS_FILE).read_text(encoding="utf-8").split("\n")
    except OSError:
        return []
    return [json.loads(line) for line in lines[:-1]]
