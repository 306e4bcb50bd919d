"""The protocol of a job's owner, the fork server and a worker process: a job's files, and the steps of its work."""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cfanalysis.core.publication import Publication
from cfanalysis.publish.execution.resource_limits import MEMORY

JOB_FILE = "job.pickle"
RESULT_FILE = "done.json"
EXECUTED_FILE = "executed.ipynb"


@dataclass(frozen=True)
class Job:
    """One thing to be done in a child of the fork server.

    Parameters
    ----------
    folder
        An empty folder of its own; what the child writes goes there.
    do
        The function to call, ``"package.module:function"``; it is given the folder and the arguments.
    arguments
        Its keyword arguments.
    timeout
        Seconds for each step of it (a cell, a page).
    memory
        MiB that it may take.
    cwd
        Its working directory; this process's if None.
    publication
        The settings of its process; None leaves it as a notebook that is run by hand.
    """

    folder: Path
    do: str
    arguments: Mapping[str, Any]
    timeout: float = 600
    memory: int = MEMORY
    cwd: Path | None = None
    publication: Publication | None = None

    def write(self) -> None:
        """Write the job where its child looks for it."""
        (self.folder / JOB_FILE).write_bytes(pickle.dumps(replace(self, cwd=self.cwd or Path.cwd())))


job_folder: Path | None = None
"""In a worker process: the folder of its job; None in any other process."""

_owner: socket.socket | None = None


def begin_job(folder: Path, owner: socket.socket) -> None:
    """Note which job this process works on, and that it has begun.

    Parameters
    ----------
    folder
        The job's folder.
    owner
        The socket to the job's owner.
    """
    global job_folder, _owner
    job_folder, _owner = folder, owner
    report_progress("begun", 0)


def report_progress(kind: str, value: object) -> None:
    """Report to the job's owner that a step is done, which restarts the time allowed for a step.

    Parameters
    ----------
    kind
        The kind of step, e.g. ``"page"``.
    value
        Which step it is; JSON.
    """
    if _owner is not None:
        _owner.send(json.dumps({"job": str(job_folder), "event": kind, "value": value}).encode())
