"""Outputs are written to a temporary place and moved when complete; files are identified by their hash.

A reader never meets half a file: `atomic_file` and `atomic_folder` give a temporary place beside the target
and move it there in one step when the block ends well; otherwise nothing is left and nothing was changed.
What a killed process leaves all the same is removed by the next command (`cfanalysis.core.unfinished`).
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cfanalysis.core.errors import OutputError
from cfanalysis.core.unfinished import Aside, clear_unfinished

_LONGEST_NAME = 60  # characters, not counting the hash


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """Give a temporary path; move it to `target` when the block ends well.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or the disk is full.
    """
    with _translated_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with Aside(target.parent, f"-{target.stem[:40]}{target.suffix}") as aside:
            aside.path.touch(mode=0o600, exist_ok=False)
            yield aside.path
            aside.path.chmod(0o666 & ~_umask())
            aside.path.replace(target)


@contextmanager
def atomic_folder(target: Path, *, replace: bool) -> Iterator[Path]:
    """Give a temporary folder; move it to `target` when the block ends well.

    Parameters
    ----------
    target
        The folder to make.
    replace
        Whether an existing `target` may be replaced; it is kept until the new one is whole.

    Raises
    ------
    OutputError
        `target` exists and may not be replaced, or the place cannot be written.
    """
    clear_unfinished()
    if target.exists() and not replace:
        raise OutputError(
            "The folder exists already.", where=target, next_step="Choose another name, or --replace."
        )
    with _translated_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with Aside(target.parent, f"-{target.name[:40]}", target=target) as aside:
            aside.path.mkdir()
            yield aside.path
            if target.exists():
                target.rename(aside.former)
            try:
                aside.path.rename(target)
            except OSError:
                if aside.former.exists():
                    aside.former.rename(target)
                raise


@contextmanager
def export_folder(target: Path, *, mark: str, replace: bool) -> Iterator[Path]:
    """Give a temporary folder, as `atomic_folder` does; of folders that exist, only a former export is replaced.

    Parameters
    ----------
    target
        The folder to make.
    mark
        The file by which a folder is known as a former export.
    replace
        Whether a former export may be replaced.

    Raises
    ------
    OutputError
        `target` exists and may not be replaced, or the place cannot be written.
    """
    if replace and target.exists() and not (target / mark).is_file():
        raise OutputError(
            "The folder is not an earlier export, so it is not replaced.",
            where=target,
            next_step="Choose another folder: --out.",
        )
    with atomic_folder(target, replace=replace) as aside:
        yield aside


@contextmanager
def _translated_errors(target: Path) -> Iterator[None]:
    """Turn an error of the operating system into a message for the user."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            "The output cannot be written.",
            where=error.filename or target,
            value=error.strerror or error,
            next_step="Choose a folder that you can write to and that has enough space; nothing was changed.",
        ) from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def safe_name(name: str) -> str:
    """Return a file name for any text: small letters, digits and hyphens, unique for each text.

    A text that is not made of plain letters, digits and single spaces gets a piece of its hash, so that no
    two texts share a file.

    Examples
    --------
    >>> safe_name("Alder Logistics"), safe_name("../x")
    ('alder-logistics', 'x-d6b96a97')
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", folded)
    slug = "-".join(words)[:_LONGEST_NAME].strip("-")
    if slug.replace("-", " ") == name.lower():
        return slug
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug}-{digest}" if slug else digest
