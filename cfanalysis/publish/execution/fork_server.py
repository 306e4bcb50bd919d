"""The fork server: a process that has imported what notebooks need and forks a child for each job.

It runs as ``python -m cfanalysis.publish.execution.fork_server DESCRIPTOR``; the descriptor is a socket to its owner,
and when the owner is gone it ends its children and itself. It opens no study and no extract and executes no notebook:
what a child inherits is imported code alone. It stays single-threaded, as a lock held by another thread would never be
released in a child: where a library starts a thread when it is imported, the server begins anew in the same process,
with the same children, and leaves that library to the notebooks that need it.

Messages are JSON, each a packet. The owner sends ``{"run": folder, "memory": MiB}``, ``{"import": module}``, ``{"stop":
folder}`` and ``{"interrupt": folder}``, which are handled in this order: a job that was asked for first has its child,
and goes on in it, while the parent imports what a later one needs. The owner receives ``{"job": folder, "event": kind,
"value": ...}``, of each step from the child itself, of its end from the fork server.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cfanalysis.publish.execution import worker
from cfanalysis.publish.execution.preload import CHECKERS, DEFERRED_MODULES, PRELOADED_MODULES
from cfanalysis.publish.execution.resource_limits import (
    adopt_orphans,
    die_with_parent,
    end_group,
    own_children,
    thread_count,
)

_HOUSE = {*PRELOADED_MODULES, *DEFERRED_MODULES}
_COLLECTION_THRESHOLD = 4
"""The job after the last import before which the collector runs."""


class ForkServer:
    """Forks a child for each job that is asked for through the socket.

    Parameters
    ----------
    owner
        The socket to the owner.
    imports
        What it is to import at once.
    left_out
        What it is not to import.
    jobs
        The children that it has already, by process: the folder of the job of each.
    """

    def __init__(
        self,
        owner: socket.socket,
        imports: Sequence[str] = (),
        left_out: Sequence[str] = (),
        jobs: Mapping[int, str] | None = None,
    ) -> None:
        self._owner = owner
        self._jobs = dict(jobs or {})
        self._forked = 0
        self._threads = 1
        self._left_out = list(left_out)
        self._imports: list[str] = []
        self._imports_left = list(imports)

    def serve(self) -> None:
        """Work until the owner is gone."""
        ended, wake = socket.socketpair()
        for end in (ended, wake):
            end.setblocking(False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        adopt_orphans()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while self._imports_left:
                self._import(self._imports_left.pop(0))
            self._reap()
            while True:
                ready, _, _ = select.select([self._owner, ended], [], [])
                if ended in ready:
                    ended.recv(4096)
                    self._reap()
                if self._owner in ready:
                    packet = self._owner.recv(1 << 16)
                    if not packet:
                        break
                    self._handle(json.loads(packet))
        for process in self._jobs:
            end_group(process)
        with contextlib.suppress(ChildProcessError):
            while (
                left := own_children()
            ):  # jobs, and what they leave behind: other kernels and their programs
                for process in left:
                    os.kill(process, signal.SIGKILL)
                os.waitpid(-1, 0)

    def _handle(self, message: dict[str, Any]) -> None:
        match message:
            case {"import": name}:
                self._import(name)
            case {"run": folder, "memory": memory}:
                self._fork(folder, memory)
            case {"stop": folder}:
                for process in self._processes(folder):
                    end_group(process)
            case {"interrupt": folder}:
                for process in self._processes(folder):
                    os.kill(process, signal.SIGINT)

    def _processes(self, folder: str) -> list[int]:
        return [process for process, job in self._jobs.items() if job == folder]

    def _import(self, name: str) -> None:
        """Import a module, and call its function (``"module:function"``); begin anew if that started a thread."""
        if any(f"{name}.".startswith(f"{culprit}.") for culprit in self._left_out):
            return
        # What is missing or broken is left to the notebook that needs it.
        with notebook_context(), _no_socket(), contextlib.suppress(Exception):
            module, _, function = name.partition(":")
            imported = import_module(module)
            if function:
                getattr(imported, function)()
        self._forked = 0
        if (threads := thread_count()) > self._threads:
            if name not in _HOUSE and not name.startswith("cfanalysis."):
                self._begin_anew(name)
            self._threads = threads  # of what no report can do without
        self._imports.append(name)

    def _begin_anew(self, culprit: str) -> None:
        """Replace this program by itself, without the module at fault; process, socket and children stay."""
        imports = [*self._imports, *self._imports_left]
        state = {"imports": imports, "left_out": [*self._left_out, culprit], "jobs": self._jobs}
        handed = os.memfd_create("fork-server", 0)
        os.write(handed, json.dumps(state).encode())
        os.set_inheritable(self._owner.fileno(), True)
        given = [str(self._owner.fileno()), str(handed)]
        os.execv(sys.executable, [sys.executable, "-P", "-m", __spec__.name, *given])

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

    def _fork(self, folder: str, memory: int) -> None:
        self._settle_memory()
        parent = os.getpid()
        try:
            process = os.fork()
        except OSError:
            answer = {"job": folder, "event": "ended", "value": "NotForked"}
            self._owner.send(json.dumps(answer).encode())
            return
        if process == 0:
            status = 1
            try:
                die_with_parent(parent)
                worker.isolate_process(memory)
                status = worker.run_job(Path(folder), self._owner)
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
            finally:
                worker.exit_without_cleanup(status)
        with contextlib.suppress(OSError):
            os.setpgid(process, process)  # by both, so that the group exists whichever comes first
        self._jobs[process] = folder

    def _reap(self) -> None:
        """Take note of the children that have ended; end what they left behind, and tell the owner."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                process, status = ended
                folder = self._jobs.pop(process, None)
                if folder is not None:
                    end_group(process)
                for orphan in own_children() - self._jobs.keys():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(orphan, signal.SIGKILL)
                if folder is not None:
                    answer = {"job": folder, "event": "ended", "value": os.waitstatus_to_exitcode(status)}
                    self._owner.send(json.dumps(answer).encode())


def notebook_context() -> contextlib.AbstractContextManager[object]:
    """Return what lets a library that is imported find itself in a notebook, as pandas asks when it sets its widths.

    Until the shell is there, whose own import takes long, something stands for it that has a kernel as it has.
    """
    if (shell := sys.modules.get("cfanalysis.publish.execution.in_process_kernel")) is not None:
        trap: contextlib.AbstractContextManager[object] = shell.new_shell().builtin_trap
        return trap
    return _fake_shell()


@contextlib.contextmanager
def _no_socket() -> Iterator[None]:
    """Keep urllib3, which papermill imports, from opening a socket to find out whether there is IPv6."""
    socket.has_ipv6, known = False, socket.has_ipv6
    try:
        yield
    finally:
        socket.has_ipv6 = known
        if (asked := sys.modules.get("urllib3.util.connection")) is not None:
            asked.HAS_IPV6 = known  # type: ignore[attr-defined]


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
    owner = socket.socket(fileno=int(sys.argv[1]))
    for checker in CHECKERS:
        sys.modules.setdefault(checker, None)  # type: ignore[arg-type]
    ForkServer(owner, **_handed_state()).serve()
    os._exit(0)


def _handed_state() -> dict[str, Any]:
    """Return what the program that this one replaces has handed over; nothing at the first start."""
    if len(sys.argv) < 3:
        return {}
    with os.fdopen(int(sys.argv[2]), "rb") as stream:
        stream.seek(0)
        state: dict[str, Any] = json.load(stream)
    return {**state, "jobs": {int(process): folder for process, folder in state["jobs"].items()}}


if __name__ == "__main__":
    main()
