"""The protocol of a job's owner, the fork server and a worker process: a job's files, and the steps of its work."""

from __future__ import annotations

import json
import socket
from pathlib import Path

JOB_FILE = "job.json"
RESULT_FILE = "done.json"
EXECUTED_FILE = "executed.ipynb"

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
