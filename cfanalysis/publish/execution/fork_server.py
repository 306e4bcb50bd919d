"""The fork server: a process that has imported what notebooks need and forks a child for each job.

It runs as ``python -m cfanalysis.publish.execution.fork_server DESCRIPTOR``; the descriptor is a socket to its owner,
and when the owner is gone it ends its children and itself. It opens no study and no extract and executes no notebook:
what a child inherits is imported code alone. It stays single-threaded, as a lock held by another thread would never be
released in a child.

Requests and answers are JSON, one a line: ``{"run": folder, "timeout": s, "memory": MiB, "early": bool}``, ``{"warm":
[modules]}``, ``{"stop": folder}``, ``{"interrupt": folder}``; ``{"job": folder, "event": "ready" | "ended" | ...,
...}``. Jobs and imports are handled in the order in which they arrive, one import at a time: a job that was asked
for first has its child, and goes on in it, while the parent imports what a later one needs. An early job goes before
what is needed later.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import json
import mmap
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cfanalysis.publish.execution import worker
from cfanalysis.publish.execution.preload import DEFERRED_MODULES
from cfanalysis.publish.execution.protocol import PULSE_FORMAT
from cfanalysis.publish.execution.resource_limits import (
    adopt_orphans,
    die_with_parent,
    end_group,
    own_children,
    threads,
)

_COLLECTION_THRESHOLD = 4
"""The job after the last import before which the collector runs."""


@dataclass(frozen=True)
class _PendingJob:
    """A job that was asked for and has no child yet."""

    folder: str
    timeout: float
    memory: int


@dataclass
class _RunningJob:
    """A job at work: its folder, its process, when its present step must end."""

    folder: str
    process: int
    progress: int
    timeout: float
    deadline: float
    pulse: mmap.mmap
    part: bytes = b""
    why: str = ""


class ForkServer:
    """Forks a child for each request that comes through the socket.

    Parameters
    ----------
    control
        The socket to the owner.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._due: deque[_PendingJob | str] = deque()
        self._forked = 0
        self._running: dict[int, _RunningJob] = {}
        self._selector = selectors.DefaultSelector()
        self._wake, wake = socket.socketpair()
        for end in (self._wake, wake):
            end.setblocking(False)
        self._waker = wake
        self._received = b""

    def serve(self) -> None:
        """Work until the owner is gone."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        adopt_orphans()
        self._selector.register(self._control, selectors.EVENT_READ, self._requests)
        self._selector.register(self._wake, selectors.EVENT_READ, self._reap)
        self._say(event="ready", threads=threads(), process=os.getpid())
        try:
            while True:
                for key, _ in self._selector.select(self._patience()):
                    key.data()
                self._end_late()
                if self._due:
                    self._begin(self._due.popleft())
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        finally:
            for running in self._running.values():
                end_group(running.process)

    def _patience(self) -> float | None:
        if self._due:
            return 0
        deadlines = [r.deadline for r in self._running.values() if not r.why]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _requests(self) -> None:
        received = self._control.recv(65536)
        if not received:
            raise EOFError
        *lines, self._received = (self._received + received).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if "run" in request:
                due = _PendingJob(request["run"], float(request["timeout"]), int(request["memory"]))
                self._due.insert(self._place_of_early() if request["early"] else len(self._due), due)
            elif "warm" in request:
                self._due.extend(request["warm"])
            else:
                self._signal(request)

    def _place_of_early(self) -> int:
        return next((n for n, due in enumerate(self._due) if due in DEFERRED_MODULES), len(self._due))

    def _begin(self, due: _PendingJob | str) -> None:
        """Import a module (and call its function, ``"module:function"``), or fork a child for a job."""
        if isinstance(due, str):
            # What is missing or broken is left to the notebook that needs it.
            with notebook_context(), contextlib.suppress(Exception):
                module, _, function = due.partition(":")
                imported = import_module(module)
                if function:
                    getattr(imported, function)()
            self._forked = 0
            return
        self._settle_memory()
        self._fork(due.folder, due.timeout, due.memory)

    def _settle_memory(self) -> None:
        """Have the collector leave alone what is there now: a child that touched it would get copies of its pages.

        What the imports left behind (tens of MiB) is collected first, but not before the first few jobs: to a single
        report it would be a delay and no gain.
        """
        self._forked += 1
        if self._forked == _COLLECTION_THRESHOLD:
            gc.unfreeze()
            gc.collect()
        if self._forked in (1, _COLLECTION_THRESHOLD):
            gc.freeze()

    def _signal(self, request: dict[str, str]) -> None:
        for due in [d for d in self._due if isinstance(d, _PendingJob) and d.folder in request.values()]:
            self._due.remove(due)
            self._say(job=due.folder, event="ended", status=-1, why="Stopped", peak=0)
        for running in self._running.values():
            if running.folder == request.get("stop"):
                running.why = "Stopped"
                end_group(running.process)
            elif running.folder == request.get("interrupt"):
                os.kill(running.process, signal.SIGINT)

    def _fork(self, folder: str, timeout: float, memory: int) -> None:
        parent = os.getpid()
        reading, writing = os.pipe()
        pulse = mmap.mmap(-1, PULSE_FORMAT.size)
        process = os.fork()
        if process == 0:
            status = 1
            try:
                die_with_parent(parent)
                self._control.close()
                os.close(reading)
                worker.isolate_process(memory)
                status = worker.run_job(Path(folder), writing, pulse)
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
            finally:
                worker.exit_without_cleanup(status)
        os.close(writing)
        with contextlib.suppress(OSError):
            os.setpgid(process, process)  # by both, so that the group exists whichever comes first
        os.set_blocking(reading, False)
        running = _RunningJob(folder, process, reading, timeout, time.monotonic() + timeout, pulse)
        self._running[process] = running
        self._selector.register(reading, selectors.EVENT_READ, lambda: self._progress(running))

    def _progress(self, running: _RunningJob) -> None:
        try:
            received = os.read(running.progress, 4096)
        except (BlockingIOError, OSError):
            return
        if not received:
            self._selector.unregister(running.progress)
            return
        *lines, running.part = (running.part + received).split(b"\n")
        for line in lines:
            kind, _, value = line.decode().partition(" ")
            self._say(job=running.folder, event=kind, value=value)

    def _end_late(self) -> None:
        now = time.monotonic()
        for running in self._running.values():
            if now >= running.deadline:
                (moved,) = PULSE_FORMAT.unpack_from(running.pulse)
                running.deadline = max(running.deadline, moved + running.timeout)
            if now >= running.deadline and not running.why:
                running.why = "Timeout"
                end_group(running.process)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake.recv(4096):
                pass
        while True:
            try:
                process, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            running = self._running.pop(process, None)
            if running is not None:
                self._on_end(running, status, usage.ru_maxrss)

    def _on_end(self, running: _RunningJob, status: int, peak: int) -> None:
        """End what the job left behind, and tell the owner."""
        end_group(running.process)
        for orphan in own_children() - self._running.keys():
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        with contextlib.suppress(KeyError):
            self._selector.unregister(running.progress)
        os.close(running.progress)
        running.pulse.close()
        ended = os.waitstatus_to_exitcode(status)
        self._say(job=running.folder, event="ended", status=ended, why=running.why, peak=peak)

    def _say(self, **message: Any) -> None:
        self._control.sendall(json.dumps(message).encode() + b"\n")


def notebook_context() -> contextlib.AbstractContextManager[object]:
    """Return what lets a library that is imported find itself in a notebook, as pandas asks when it sets its widths.

    Until the shell is there, whose own import takes long, something stands for it that has a kernel as it has.
    """
    if (shell := sys.modules.get("cfanalysis.publish.execution.in_process_kernel")) is not None:
        trap: contextlib.AbstractContextManager[object] = shell.new_shell().builtin_trap
        return trap
    return _fake_shell()


@contextlib.contextmanager
def _fake_shell() -> Iterator[None]:
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]


def main() -> None:
    """Serve the owner at the other end of the socket."""
    gc.disable()  # until a child has its own objects: imports leave next to nothing to be collected
    control = socket.socket(fileno=int(sys.argv[1]))
    # Optional checkers of formats, of which a notebook's scheme has none: jsonschema imports them where they are
    # installed, the first at one second a start.
    for checker in ("rfc3987_syntax", "isoduration", "webcolors", "rfc3986_validator", "uri_template"):
        sys.modules.setdefault(checker, None)  # type: ignore[arg-type]
    ForkServer(control).serve()
    os._exit(0)


if __name__ == "__main__":
    main()
