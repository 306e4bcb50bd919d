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
from cfanalysis.core.unfinished import UNFINISHED, Aside, clear_unfinished

_OF_SYSTEMS = ("Thumbs.db", "desktop.ini", "__MACOSX", ":Zone.Identifier")
_LONGEST_NAME = 60  # characters, not counting a hash; of many bytes each, fewer
_LONGEST_BYTES = 150
_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ß": "ss", "ü": "ue", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa", "ł": "l", "đ": "d",
     "ð": "d", "þ": "th"}
)  # fmt: skip
_UNSEEN = re.compile("(?<=[a-z])[\u0300-\u036f]+|[\ufe00-\ufe0f]")
_KEPT = frozenset(f"L{kind}" for kind in "ultmo") | {"Nd", "Nl", "No", "Mn", "Mc"}
_INITIAL = re.compile(r"(?<=\b\w)\.")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal; of a folder, that of the names and hashes of its files."""
    if path.is_dir():
        parts = (f"{file.relative_to(path).as_posix()} {sha256(file)}\n" for file in files_within(path))
        return hashlib.sha256("".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_within(path: Path) -> Iterator[Path]:
    """Yield the files in a folder and in the folders within it, by name, without hidden ones; a file yields itself."""
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.iterdir()):
        hidden = entry.name.startswith((".", "~$")) or entry.name.endswith(_OF_SYSTEMS)
        if not hidden and not (entry.is_symlink() and entry.is_dir()):
            yield from files_within(entry)


def total_size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    return sum(file.stat().st_size for file in files_within(path))


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
    if target.exists() and (not replace or target.resolve() in (Path.cwd(), *Path.cwd().parents)):
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
    """Give a temporary folder, as `atomic_folder` does; of folders that exist, only one like it is replaced.

    Parameters
    ----------
    target
        The folder to make.
    mark
        The file by which a folder is known as what is made: an export, a study.
    replace
        Whether an earlier one may be replaced.

    Raises
    ------
    OutputError
        `target` exists and may not be replaced, or the place cannot be written.
    """
    if replace and target.exists() and not (target / mark).is_file() and not _is_empty(target):
        raise OutputError(
            "The folder is no earlier one of its kind, so it is not replaced.",
            where=target,
            next_step="Choose another folder: --out.",
        )
    with atomic_folder(target, replace=replace) as aside:
        yield aside


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


@contextmanager
def _translated_errors(target: Path) -> Iterator[None]:
    """Turn an error of the operating system into a message for the user."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            "The output cannot be written.",
            where=target if UNFINISHED in str(error.filename or UNFINISHED) else error.filename,
            value=error.strerror or error,
            next_step="Choose a folder that you can write to and that has enough space; no file is left half written.",
        ) from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def file_slug(text: str) -> str:
    """Return a text as a file name that every system and every mail program takes: small letters, digits, hyphens.

    Latin letters lose their marks, or are spelled with two letters as in German; those of other scripts stay. A long
    text is cut after a word. A text without letters and digits gives ``report``.

    Examples
    --------
    >>> file_slug("Müller Maschinenbau GmbH"), file_slug("Grupo Café S.A."), file_slug("../北京汽车 🚗")
    ('mueller-maschinenbau-gmbh', 'grupo-cafe-sa', '北京汽车')
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", unicodedata.normalize("NFKD", plain)))
    kept = (c if unicodedata.category(c) in _KEPT else " " for c in _INITIAL.sub("", plain))
    slug = "-".join(word for word in "".join(kept).split() if any(map(str.isalnum, word)))
    short = slug[:_LONGEST_NAME].encode()[:_LONGEST_BYTES].decode(errors="ignore")
    if short != slug and slug[len(short)] != "-":
        short = short.rpartition("-")[0] or short
    return short.strip("-") or "report"


def safe_name(text: str) -> str:
    """Return a file name of plain letters for any text, unique for each: with a piece of its hash where letters differ.

    Examples
    --------
    >>> safe_name("Alder Logistics"), safe_name("../x")
    ('alder-logistics', 'x-d6b96a97')
    """
    slug = file_slug(text).encode("ascii", "ignore").decode().strip("-")
    return slug if slug.replace("-", " ") == text.lower() else f"{slug}-{text_digest(text)}".strip("-")


def text_digest(text: str) -> str:
    """Return a piece of a text's hash, which tells it from others."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
