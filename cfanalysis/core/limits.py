"""What a process needs at least: below that, libraries wait without end or end it without a word."""

from __future__ import annotations

import threading

from cfanalysis.core.errors import CfAnalysisError

_LEAST_MEMORY = 1 << 30  # with less, OpenBLAS never comes to the end of its start
_LEAST_THREADS = 4  # with less, pyarrow waits for a thread that it did not get


def require_memory() -> None:
    """Refuse to begin where a limit leaves less memory than the libraries need to start.

    Raises
    ------
    CfAnalysisError
        The limit, and what it should be.
    """
    try:
        import resource
    except ImportError:  # no such limits on this platform
        return
    limits = (resource.getrlimit(what)[0] for what in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    least = min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=_LEAST_MEMORY)
    if least < _LEAST_MEMORY:
        raise CfAnalysisError(
            "The limit on memory is too low for any command.",
            value=f"{least >> 20:,} MB",
            allowed=f"at least {_LEAST_MEMORY >> 20:,} MB",
            next_step="Raise it: ulimit -v unlimited, ulimit -d unlimited.",
        )


def require_threads() -> None:
    """Refuse to go on where the computer does not allow the threads that the libraries start.

    Raises
    ------
    RuntimeError
        A thread could not be started (`cfanalysis.core.errors.computer_error` has the words).
    """
    over, started = threading.Event(), list[threading.Thread]()
    try:
        for _ in range(_LEAST_THREADS):
            thread = threading.Thread(target=over.wait, daemon=True)
            thread.start()
            started.append(thread)
    finally:
        over.set()
        for thread in started:
            thread.join()
