"""Folders that a killed `prepare` leaves behind, and how the next run removes them.

A study is written into a folder with a temporary name. While that goes on, the folder holds a file that the process
has locked; when the process dies, the lock dies with it. A folder whose lock can be had is a leftover. Where the
platform has no such locks, a leftover is a folder that nobody has touched for a day.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".writing"
LONG_AGO = 24 * 3600.0
A_WHILE = 60.0
"""A folder is without its lock only for a moment: after it is made, and before it is moved."""


@contextmanager
def mark_in_progress(folder: Path) -> Iterator[None]:
    """Mark a folder as being written as long as the block lasts."""
    path = folder / LOCK
    with path.open("w", encoding="utf-8") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    path.unlink(missing_ok=True)


def clear_leftovers(target: Path) -> list[Path]:
    """Remove folders that killed writers of `target` left beside it, and return their paths.

    A study that was moved aside to be replaced, and whose replacement never came, is moved back.
    """
    removed: list[Path] = []
    if not target.parent.is_dir():
        return removed
    for folder in sorted(target.parent.glob(f".{escape(target.name[:40])}-*")):
        if not folder.is_dir() or not _is_leftover(folder):
            continue
        if folder.name.endswith("-former") and (folder / "manifest.json").is_file() and not target.exists():
            folder.rename(target)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _is_leftover(folder: Path) -> bool:
    path = folder / LOCK
    writer = folder.with_name(folder.name.removesuffix("-former"))
    if writer != folder:
        return not writer.exists() or _is_leftover(writer)
    if fcntl is None or not path.is_file():
        return time.time() - folder.stat().st_mtime > (LONG_AGO if fcntl is None else A_WHILE)
    try:
        with path.open("r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
