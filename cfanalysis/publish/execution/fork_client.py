"""The caller's side of the fork server: jobs go in, results come out.

One fork client serves a whole process and ends with it. It may be used from several threads.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from cfanalysis.core.errors import OutputError, PublishError, error_class
from cfanalysis.core.publication import current_publication
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.execution.preload import DEFERRED_MODULES, PRELOADED_MODULES
from cfanalysis.publish.execution.protocol import RESULT_FILE, Job

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

Event = dict[str, Any]
_SERVER = "cfanalysis.publish.execution.fork_server"
RUN_CELLS = "cfanalysis.publish.execution.worker:run_prepared_cells"
LOSS_REASONS = {
    "KernelDied": "The cell ended its own process, or the memory was used up.",
    "Timeout": "The cell took longer than {timeout} seconds.",
    "Stopped": "The report was stopped.",
    "NoRoom": "Its files could not be written: make room on the disk.",
    "NotForked": "The computer allows no more processes: close other programs or raise the limit (ulimit -u).",
}
"""Why a process was lost, as the error of the cell that it was running."""


@dataclass(frozen=True)
class JobResult:
    """The result of a job.

    Parameters
    ----------
    job
        The job.
    done
        Its result as its child wrote it; empty where the child was lost.
    lost
        Why its child was lost, a key of `LOSS_REASONS`; empty where it was not.
    """

    job: Job
    done: Mapping[str, Any]
    lost: str = ""

    @property
    def loss(self) -> str:
        """Why its child was lost, in words."""
        return LOSS_REASONS[self.lost].format(timeout=f"{self.job.timeout:g}")

    def result(self) -> Any:
        """Return what the job returned.

        Raises
        ------
        CfAnalysisError
            What it raised, or that its process was lost.
        """
        if self.lost:
            kind = OutputError if self.lost == "NoRoom" else PublishError
            raise kind(
                "A process that the report needs was lost; no cell was running.",
                value=f"{self.lost}: {self.loss.replace('The cell', 'It')}",
            )
        error = self.done.get("error")
        if error is None:
            return self.done["result"]
        if known := error_class(error["type"]):
            raise known(error["message"])
        raise RuntimeError(f"{error['type']}: {error['message']}\n{error.get('traceback', '')}")


@dataclass
class _RunningJob:
    """A job at work: who hears of it, when its present step must end, why it was ended."""

    job: Job
    listener: Callable[[Event | JobResult], None]
    deadline: float = math.inf
    why: str = ""


class ForkClient:
    """A fork server and the way to it. It imports what `preload` says, and does what `submit` says, in that order.

    Raises
    ------
    PublishError
        The fork server cannot be started.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._folder = work_folder()
        self._log = self._folder.path / "warm.log"
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", _SERVER, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=_environment(self._folder.path),
                )
        except OSError:
            self._folder.close()
            raise
        theirs.close()
        self._running: dict[str, _RunningJob] = {}
        self._preloaded: set[str] = set()
        self._over = False
        self._lock = threading.Lock()
        self.process = self._process.pid
        atexit.register(self.close)
        threading.Thread(target=self._listen, daemon=True, name="cfanalysis-fork-client").start()

    def submit(self, job: Job, listener: Callable[[Event | JobResult], None]) -> None:
        """Have a job done; `listener` is called with each of its events, and finally with the `JobResult`.

        Parameters
        ----------
        job
            The job.
        listener
            Called from another thread.

        Raises
        ------
        PublishError
            The fork server has ended.
        """
        job.write()
        with self._lock:
            if self._over:
                raise self._early_end_error()
            self._running[str(job.folder)] = _RunningJob(job, listener)
        self._send(run=str(job.folder), memory=job.memory)

    def run(self, job: Job, on_event: Callable[[Event], None] | None = None) -> JobResult:
        """Have a job done and wait for it; Ctrl-C interrupts it, as it does a kernel.

        Parameters
        ----------
        job
            The job.
        on_event
            Called with each event on the way.
        """
        events: SimpleQueue[Event | JobResult] = SimpleQueue()
        self.submit(job, events.put)
        interrupted = stopped = False
        while True:
            try:
                event = events.get(timeout=2 if interrupted else None)
            except Empty:
                if stopped:  # the fork server is in the middle of an import; its children die with it
                    self._process.kill()
                self.stop(job)
                stopped = True
                continue
            except KeyboardInterrupt:
                if interrupted:
                    self.stop(job)
                else:
                    self._send(interrupt=str(job.folder))
                interrupted = True
                continue
            if isinstance(event, JobResult):
                break
            if on_event is not None:
                on_event(event)
        if interrupted:
            raise KeyboardInterrupt
        return event

    def stop(self, job: Job, why: str = "Stopped") -> None:
        """End a job's process and all that it started.

        Parameters
        ----------
        job
            The job.
        why
            A key of `LOSS_REASONS`.
        """
        if running := self._running.get(str(job.folder)):
            running.why = running.why or why
            self._send(stop=str(job.folder))

    def preload(self, modules: Iterable[str]) -> None:
        """Have the fork server import these modules before the jobs that come after."""
        new = [name for name in modules if name not in self._preloaded]
        self._preloaded.update(new)
        for name in new:
            self._send(**{"import": name})

    def close(self) -> None:
        """End the fork server and its children."""
        if os.getpid() != self._owner:
            return
        atexit.unregister(self.close)
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        if not self._running:  # it has no child: nothing is lost if it is in the middle of an import
            self._process.kill()
        try:
            self._process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._control.close()
        self._folder.close()

    @property
    def usable(self) -> bool:
        """Whether jobs can be given to it, by this process."""
        return os.getpid() == self._owner and not self._over

    def _listen(self) -> None:
        """Hear the fork server and its children until the former ends; end jobs whose step takes too long."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            while True:
                now, running = time.monotonic(), list(self._running.values())
                for late in (job for job in running if job.deadline <= now and not job.why):
                    self.stop(late.job, "Timeout")
                waiting = min((job.deadline for job in running if not job.why), default=math.inf) - now
                if select.select([self._control], [], [], None if waiting == math.inf else waiting)[0]:
                    packet = self._control.recv(1 << 16)
                    if not packet:
                        break
                    self._dispatch(json.loads(packet))
        with self._lock:
            self._over, left = True, list(self._running.values())
            self._running.clear()
        for lost in left:
            lost.listener(JobResult(lost.job, {}, "KernelDied"))

    def _dispatch(self, event: Event) -> None:
        if (running := self._running.get(event["job"])) is None:
            return
        if event["event"] == "ended":
            del self._running[event["job"]]
            running.listener(_job_result(running, event["value"]))
            return
        if event["event"] == "lost":
            running.why = event["value"]
        running.deadline = time.monotonic() + running.job.timeout
        running.listener(event)

    def _send(self, **message: Any) -> None:
        with contextlib.suppress(OSError):  # it has ended, and `_listen` says so
            self._control.send(json.dumps(message).encode())

    def _early_end_error(self) -> PublishError:
        said = self._log.read_text(errors="replace").strip() if self._log.exists() else ""
        return PublishError("The fork server of reports has ended.", value=said[-400:] or None)


_own: ForkClient | None = None
_making = threading.Lock()


def fork_client(modules: Iterable[str] = (), *, pages: bool = True) -> ForkClient:
    """Return this process's fork client, which preloads what every report needs.

    Parameters
    ----------
    modules
        What the notebook at hand needs besides.
    pages
        Whether what pages need is preloaded, too, and not only what cells need.
    """
    shop = start_fork_client()
    shop.preload([*PRELOADED_MODULES, *modules, *(DEFERRED_MODULES if pages else ())])
    return shop


def start_fork_client() -> ForkClient:
    """Return this process's fork client as it is, started when it is first asked for."""
    global _own
    with _making:
        if _own is None or not _own.usable:
            _own = ForkClient()
        return _own


def run_on_fork_server(nb_man: NotebookExecutionManager, *, timeout: int) -> None:
    """Run a notebook's cells in a child of the fork server, as a papermill engine does.

    Parameters
    ----------
    nb_man
        Papermill's record of the execution; its notebook is filled.
    timeout
        Seconds for each cell.
    """
    import nbformat

    from cfanalysis.publish.execution.record import read_record, recover_notebook

    notebook = nb_man.nb
    with work_folder() as work:
        folder = work.path
        given = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        (folder / "given.ipynb").write_text(given, encoding="utf-8")

        def on_event(event: Event) -> None:
            if event["event"] == "cell":
                _follow(nb_man, int(event["value"]))

        arguments = {"notebook": "given.ipynb"}
        job = Job(folder, RUN_CELLS, arguments, timeout, publication=current_publication())
        ended = fork_client(pages=False).run(job, on_event)
        executed = ended.lost and recover_notebook(folder, ended.lost, ended.loss)
        if not executed:
            ended.result()
            executed = nbformat.read(folder / "executed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        failed = {line["cell"] for line in read_record(folder) if line["failed"]}
    for index, (cell, after) in enumerate(zip(notebook.cells, executed.cells, strict=True)):
        cell.update({k: after[k] for k in ("outputs", "execution_count") if k in after})
        cell.metadata.update({k: v for k, v in after.metadata.items() if k == "tags"})
        if index in failed:
            nb_man.cell_exception(cell, cell_index=index)
        if cell.metadata.papermill["status"] in (nb_man.RUNNING, nb_man.FAILED):
            nb_man.cell_complete(cell, cell_index=index)
    notebook.metadata.update(
        {k: v for k, v in executed.metadata.items() if k in ("language_info", "widgets")}
    )


def _follow(nb_man: NotebookExecutionManager, index: int) -> None:
    """Tell papermill that a cell has begun, and with it that the one before is complete."""
    cells = nb_man.nb.cells
    if index:
        nb_man.cell_complete(cells[index - 1], cell_index=index - 1)
    nb_man.cell_start(cells[index], index)


def _job_result(running: _RunningJob, status: int | str) -> JobResult:
    lost = "KernelDied" if status else ""
    try:
        done = json.loads((running.job.folder / RESULT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        done, lost = {}, running.why or ("KernelDied" if isinstance(status, int) else status)
    return JobResult(running.job, {} if lost else done, lost)


def _environment(private: Path) -> dict[str, str]:
    """Return the fork server's environment: libraries with one thread, drawing into notebooks, no user profile."""
    single = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS")
    return {
        **os.environ,
        **dict.fromkeys(single, "1"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # pyarrow's own keep memory that is free
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "IPYTHONDIR": str(private / "ipython"),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
