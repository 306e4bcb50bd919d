"""What a tree of processes takes: its memory (PSS) over time, and its CPU."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path

EVERY = 0.25
"""Seconds between samples."""


class Tree:
    """Watches the memory and CPU of the processes that descend from this one."""

    def __init__(self) -> None:
        self.peak = 0.0
        self.curve: list[tuple[float, float]] = []
        self.cpu = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Tree:
        self._before = os.times()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        after, before = os.times(), self._before
        self.cpu = after.children_user + after.children_system - before.children_user - before.children_system

    def peak_until(self, moment: float) -> float:
        """Return the peak up to a moment of `time.perf_counter`, MiB."""
        return max((memory for when, memory in self.curve if when <= moment), default=0.0)

    def peak_after(self, moment: float) -> float:
        """Return the peak from a moment on, MiB."""
        return max((memory for when, memory in self.curve if when > moment), default=0.0)

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            total = sum(map(pss, descendants(os.getpid())))
            self.curve.append((time.perf_counter(), total))
            self.peak = max(self.peak, total)


def descendants(pid: int) -> list[int]:
    """Return the processes below one; those that end meanwhile are left out."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(word) for word in task.read_text().split()]
    except OSError:
        return found
    return found + [below for child in found for below in descendants(child)]


def pss(pid: int) -> float:
    """Return a process's proportional set size in MiB."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found.group(1)) / 1024 if found else 0.0
