"""What a child of the fork server does: one job, found in a folder, and its result written there.

A job is ``job.pickle`` in a folder of its own. Its result is ``done.json``, moved into place when everything else is
on disk: a process that ended without it has failed, whatever its exit status says.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import astuple
from importlib import import_module
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import CfAnalysisError, computer_error
from cfanalysis.core.limits import require_threads
from cfanalysis.core.publication import set_publication
from cfanalysis.publish.execution.protocol import (
    EXECUTED_FILE,
    JOB_FILE,
    RESULT_FILE,
    Job,
    begin_job,
    report_progress,
)


def run_job(folder: Path, sender: socket.socket) -> int:
    """Do the job in the folder; return the exit status.

    Parameters
    ----------
    folder
        The job's folder.
    sender
        The socket to the job's owner.
    """
    owner = os.getpid()
    began = time.perf_counter(), time.process_time()
    job: Job = pickle.loads((folder / JOB_FILE).read_bytes())
    begin_job(folder, sender)
    try:
        require_threads()
        if job.publication:
            set_publication(*astuple(job.publication))
        os.chdir(job.cwd or folder)
        result: dict[str, Any] = {"result": _function(job.do)(folder, **job.arguments)}
    except Exception as error:
        known = error if isinstance(error, CfAnalysisError) else computer_error(error)
        where = "" if known else "".join(traceback.format_exception(error)[-6:])
        raised = known or error
        result = {"error": {"type": type(raised).__name__, "message": str(raised), "traceback": where}}
    if os.getpid() != owner:
        return 1
    result["seconds"] = round(time.perf_counter() - began[0], 3)
    result["cpu"] = round(time.process_time() - began[1], 3)
    aside = folder / f".{RESULT_FILE}"
    try:
        aside.write_text(json.dumps(result), encoding="utf-8")
        aside.replace(folder / RESULT_FILE)
    except OSError:
        report_progress("lost", "NoRoom")
        return 1
    return 0


def _function(name: str) -> Callable[..., Any]:
    """Return a function by its name, ``"package.module:function"``."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def isolate_process(memory: int) -> None:
    """Make this process, just forked, one of its own: group, signals, bounds, standard input."""
    from cfanalysis.publish.execution.resource_limits import bound_resources

    os.setpgid(0, 0)
    # A report's process does not live long: the usual 700 took a tenth of its time, 50,000 a twentieth. What the
    # figures of a report leave behind until the end are 12 MB.
    gc.set_threshold(300_000, 10, 20)
    gc.enable()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGPIPE else signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    bound_resources(memory)


def run_prepared_cells(folder: Path, notebook: str) -> dict[str, Any]:
    """Run the cells of a notebook that papermill has prepared elsewhere; the executed one goes beside it.

    Parameters
    ----------
    folder
        The job's folder; it holds the notebook.
    notebook
        Name of the notebook's file.
    """
    import nbformat
    from papermill.engines import NotebookExecutionManager

    from cfanalysis.publish.execution.cells import run_cells

    given = nbformat.read(folder / notebook, as_version=4)  # type: ignore[no-untyped-call]
    nb_man = NotebookExecutionManager(given, progress_bar=False)
    nb_man.notebook_start()
    run_cells(nb_man, folder)
    text = nbformat.writes(nb_man.nb)  # type: ignore[no-untyped-call]
    (folder / EXECUTED_FILE).write_text(text, encoding="utf-8")
    return {"executed": EXECUTED_FILE}


def exit_without_cleanup(status: int) -> None:
    """Leave without running what the parent's libraries registered for its end."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    os._exit(status)
