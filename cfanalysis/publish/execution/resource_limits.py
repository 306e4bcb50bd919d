"""Limits on a process that executes a notebook, and how it and everything that it started is ended.

A child runs in a process group of its own, dies with its parent, and has bounds on memory and on the size of a
file. What it leaves behind (processes that it started and did not wait for) falls to the fork server, which
ends it. Where the operating system lacks one of these means, the others still hold.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

TIMEOUT = 600
"""Seconds that one cell may take unless told otherwise."""

MEMORY = 4096
"""MiB that a report's process may take beyond what its parent has, unless told otherwise."""

MAX_FILE = 1 << 30
"""Bytes of the largest file that a report's process may write."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def can_fork() -> bool:
    """Tell whether processes can be forked safely here: on Linux only, as macOS's libraries do not support it."""
    return hasattr(os, "fork") and sys.platform.startswith("linux")


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process when its parent ends, even by ``kill -9``."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of processes that children leave behind."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def bound_resources(memory: int) -> None:
    """Bound this process's memory (MiB beyond what it has now) and the size of its files.

    Beyond the first, Python raises MemoryError; beyond the second, OSError.
    """
    import resource

    most = _address_space() + (memory << 20)
    for what, bound in ((resource.RLIMIT_AS, most), (resource.RLIMIT_FSIZE, MAX_FILE)):
        _, hard = resource.getrlimit(what)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lift_bounds() -> None:
    """Take the bound on memory off again: for what comes after a notebook's own code."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def end_group(leader: int) -> None:
    """End a process and all of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def own_children() -> set[int]:
    """Return the process ids of this process's children; empty where they cannot be known."""
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except OSError:
        return set()
    return {int(word) for word in text.split()}


def thread_count() -> int:
    """Return how many threads this process has, those of libraries included."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _address_space() -> int:
    """Return the bytes of address space that this process has."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _prctl(option: int, value: int) -> None:
    """Call Linux's prctl; elsewhere there is none, and nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
