"""The protocol of a job's owner, the fork server and a worker process: a job's files, and the steps of its work."""

from __future__ import annotations

import os
import struct
import time
from mmap import mmap
from pathlib import Path

JOB_FILE = "job.json"
RESULT_FILE = "done.json"
EXECUTED_FILE = "executed.ipynb"

PULSE_FORMAT = struct.Struct("d")
"""How a moment of `time.monotonic` is kept in shared memory."""

job_folder: Path | None = None
"""In a worker process: the folder of its job; None in any other process."""

_progress: int | None = None
_pulse: mmap | None = None


def begin_job(folder: Path, progress: int | None, pulse: mmap) -> None:
    """Note which job this process works on.

    Parameters
    ----------
    folder
        The job's folder.
    progress
        The descriptor that takes the lines of `report_progress`; None where nobody follows the job.
    pulse
        Memory shared with the fork server: the moment of the last step.
    """
    global job_folder, _progress, _pulse
    job_folder, _progress, _pulse = folder, progress, pulse


def report_progress(kind: str, value: object) -> None:
    """Note that a step is done, which restarts the time allowed for a step; report it if anybody follows the job.

    The report passes through the fork server's memory, which later jobs inherit: never anything from data.

    Parameters
    ----------
    kind
        The kind of step, e.g. ``"page"``.
    value
        Which step it is.
    """
    if _pulse is not None:
        _pulse[: PULSE_FORMAT.size] = PULSE_FORMAT.pack(time.monotonic())
    if _progress is not None:
        os.write(_progress, f"{kind} {value}\n".encode())
