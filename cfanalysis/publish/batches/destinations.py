"""Where a batch's reports go: a folder, or a URL that fsspec knows (``s3://``, ``abfs://``, ``memory://``, ...).

In a folder each file is moved into place in one step. At a URL the ledger, the index and the executed notebooks of
failures are kept in a local folder too, and copied at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import sha256


class Destination(Protocol):
    """Takes the files of a batch.

    Parameters
    ----------
    folder
        The local folder of ledger, index and work.
    """

    folder: Path

    def put(self, file: Path, name: str) -> None:
        """Move a whole local file there."""

    def holds(self, name: str, digest: str) -> bool:
        """Tell whether a file of that SHA-256 is there."""

    def rename(self, old: str, new: str) -> None:
        """Give the files of a report another name, without suffix."""

    def finish(self) -> None:
        """Copy what is kept locally."""

    def describe(self, name: str) -> str:
        """Return where a file is, for people."""


class FolderDestination:
    """A local folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, file: Path, name: str) -> None:
        """Move a file into the folder in one step."""
        file.chmod(0o644)
        file.replace(self.folder / name)

    def holds(self, name: str, digest: str) -> bool:
        """Tell whether the file is there, unchanged."""
        path = self.folder / name
        return path.is_file() and sha256(path) == digest

    def rename(self, old: str, new: str) -> None:
        """Rename the files."""
        rename_local(self.folder, old, new)

    def finish(self) -> None:
        """Do nothing: everything is there."""

    def describe(self, name: str) -> str:
        """Return the path."""
        return str(self.folder / name)


class UrlDestination:
    """A folder at a URL.

    Parameters
    ----------
    url
        The folder's URL.
    folder
        The local folder of ledger and index.

    Raises
    ------
    OutputError
        fsspec is not installed, or does not know such URLs.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url.rstrip("/")
        self.folder = folder
        try:
            import fsspec

            self._files: Any
            self._files, self._root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise OutputError(
                "Reports cannot be written to this URL.",
                where=url,
                value=error,
                next_step="Install what it needs: pip install 'cfanalysis[cluster]' and fsspec's package for it.",
            ) from error

    def put(self, file: Path, name: str) -> None:
        """Send a file."""
        self._send(name, file.read_bytes())
        file.unlink()

    def holds(self, name: str, digest: str) -> bool:
        """Tell whether a file of that name is there; the ledger is trusted for its content."""
        return bool(self._call("exists", f"{self._root}/{name}"))

    def rename(self, old: str, new: str) -> None:
        """Rename the files at the URL, and what is kept locally."""
        rename_local(self.folder, old, new)
        for path in self._call("glob", f"{self._root}/{old}.*"):
            self._call("mv", path, f"{self._root}/{new}{str(path).rpartition('/')[2].removeprefix(old)}")

    def finish(self) -> None:
        """Send ledger, index and the executed notebooks of failures."""
        for path in sorted(self.folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                self._send(path.name, path.read_bytes())

    def describe(self, name: str) -> str:
        """Return the URL."""
        return f"{self.url}/{name}"

    def _send(self, name: str, content: bytes) -> None:
        """Write a file; where the address has true folders, make them when one turns out to be missing."""
        path = f"{self._root}/{name}"
        try:
            self._call("pipe_file", path, content)
        except OutputError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            self._call("makedirs", self._root, True)
            self._call("pipe_file", path, content)

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self._files, method)(*arguments)
        except Exception as error:  # each file system raises its own
            raise OutputError(
                "The output cannot be written.",
                where=self.url,
                value=f"{type(error).__name__}: {error}",
                next_step="Check the address and your rights; then call again with --resume.",
            ) from error


def rename_local(folder: Path, old: str, new: str) -> None:
    """Give a report's files in a folder another name.

    Parameters
    ----------
    folder
        The folder.
    old, new
        The names, without suffix.
    """
    for path in folder.glob(f"{old}.*"):
        path.rename(folder / f"{new}{path.name.removeprefix(old)}")


def open_destination(out: str, local: Path) -> Destination:
    """Return the place that a path or URL names.

    Parameters
    ----------
    out
        A folder, or a URL with a scheme.
    local
        The folder of ledger and index where `out` is a URL.
    """
    return UrlDestination(out, local) if "://" in out else FolderDestination(Path(out))


@contextmanager
def output_errors(place: Destination) -> Iterator[None]:
    """Turn an error of the operating system into a message for the user."""
    try:
        yield
    except OSError as error:
        raise unwritable(place, error.strerror or error) from error


def unwritable(place: Destination, why: object) -> OutputError:
    """Return the error of a batch that can go on later.

    Parameters
    ----------
    place
        Where it writes.
    why
        What is in the way.
    """
    return OutputError(
        "The output cannot be written.",
        where=place.folder,
        value=why,
        next_step="Make room or choose another folder, then call again with --resume; what is out is kept.",
    )
