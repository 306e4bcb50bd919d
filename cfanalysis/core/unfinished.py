"""What is being written, and how the next command removes what a killed one left.

Files and folders are made under a name that says what they are, ``.cfanalysis-unfinished-...``, and moved into place
when they are whole. Each is entered in a register before it is made: a small file in the user's state folder, which
the process keeps locked. When the process dies, the lock dies with it, and whoever comes next removes what it was
making, wherever that is. Where there are no such locks or no such folder, nothing is entered and nothing removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO
from uuid import uuid4

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

UNFINISHED = ".cfanalysis-unfinished-"
"""The beginning of the name of everything that is being written."""


class Aside:
    """A place of its own for what is being written; nothing is there yet.

    Parameters
    ----------
    parent
        The folder that it lies in; the folder for temporary files if None.
    name
        The end of its name.
    target
        What will be replaced by it: while that is done, `former` is the only copy, which must not be lost.
    """

    def __init__(self, parent: Path | None = None, name: str = "", *, target: Path | None = None) -> None:
        token = uuid4().hex[:12]
        self.path = (parent or Path(tempfile.gettempdir())).absolute() / f"{UNFINISHED}{token}{name}"
        content = {"path": str(self.path), "target": target and str(target.absolute())}
        self._entry = _enter(token, json.dumps(content))

    @property
    def former(self) -> Path:
        """Where what is replaced lies until the new one is in its place."""
        return self.path.with_name(f"{self.path.name}-former")

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what is still there, and the entry."""
        for path in (self.path, self.former):
            _remove(path)
        if self._entry is not None:
            Path(self._entry.name).unlink(missing_ok=True)
            self._entry.close()


def work_folder(parent: Path | None = None) -> Aside:
    """Return a new folder for temporary files; it is gone when it is closed.

    Parameters
    ----------
    parent
        The folder that it lies in; the one for temporary files if None.
    """
    made = Aside(parent)
    made.path.mkdir(mode=0o700)
    return made


def clear_unfinished() -> list[Path]:
    """Remove what killed processes of this user were writing, and return the paths.

    Something that was moved aside to be replaced, and whose replacement never came, is moved back.
    """
    removed: list[Path] = []
    folder = _register()
    for entry in sorted(folder.glob("*.json")) if folder else ():
        with contextlib.suppress(OSError), entry.open("r+", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # else its process lives
            removed += _clear(stream.read())
            entry.unlink(missing_ok=True)
    return removed


def _clear(content: str) -> list[Path]:
    try:
        said = json.loads(content)
        path, target = Path(said["path"]), said["target"] and Path(said["target"])
    except (ValueError, KeyError, TypeError):  # killed before it was written
        return []
    if not path.name.startswith(UNFINISHED):
        return []
    former = path.with_name(f"{path.name}-former")
    if target and former.exists() and not target.exists():
        former.rename(target)
    found = [each for each in (path, former) if each.exists()]
    for each in found:
        _remove(each)
    return found


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _register() -> Path | None:
    """Return the folder of entries: below home, or else among the temporary files; None where this user has none."""
    from platformdirs import user_state_path

    if fcntl is None:
        return None
    places = [Path(tempfile.gettempdir(), f"cfanalysis-{os.geteuid()}-unfinished")]
    with contextlib.suppress(RuntimeError):  # nobody's home
        places.insert(0, user_state_path("cfanalysis", appauthor=False) / "unfinished")
    for place in places:
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = place.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
            if ours and os.access(place, os.W_OK):
                return place
    return None


def _enter(token: str, content: str) -> IO[str] | None:
    """Return an open, locked entry of the register; None where there can be none."""
    if (folder := _register()) is None:
        return None
    try:
        stream = (folder / f"{token}.json").open("w", encoding="utf-8")
    except OSError:
        return None
    try:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write(content)
        stream.flush()
    except OSError:  # no locks on this file system, or no room
        Path(stream.name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            stream.close()
        return None
    return stream
