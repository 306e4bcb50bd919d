"""The ledger of a batch: one JSON line for each report, for people and programs.

While a batch runs each change is one appended line, so that however the batch ends, the lines before are complete;
the last line of a report counts, and a line that was cut off is dropped. When a run begins and ends the file is
rewritten with one line for each report. A lock file keeps two batches out of one folder.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_file, file_slug, text_digest
from cfanalysis.core.text_folding import fold_text
from cfanalysis.publish.batches.editions import Edition

LEDGER = "ledger.jsonl"
_LOCK = ".batch.lock"
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
_RESERVED = {"index", "ledger"} | _DEVICES
State = Literal["waiting", "done", "unchanged", "failed", "gone"]
DONE_STATES: tuple[State, ...] = ("done", "unchanged")
"""The states of a finished report."""


@dataclass(frozen=True)
class LedgerEntry:
    """What the ledger says of one report.

    Parameters
    ----------
    name
        Whose report it is.
    file
        The file name without suffix.
    state
        ``waiting``, ``done``, ``unchanged`` (done before, from the same input), ``failed`` or ``gone`` (the study has
        this name no longer: what was made is not sent any more).
    seconds
        What it took.
    attempt
        How often it was tried since it last was out.
    hash
        The hash over all that it is made from.
    basis
        The same, known before its own data are read: equal means equal.
    files
        SHA-256 of each file by format.
    sizes
        Bytes of each file by format.
    made
        The day (UTC) on which they were made, as in ISO 8601.
    error
        What went wrong, one line.
    kept
        The executed notebook with the failing cell.
    given
        Its own options, besides those that all reports of the batch have.
    remarks
        What its author should know, such as characters that no font has.
    title, language, date, notice
        What its pages say of themselves; ``notice`` stands on each of them, e.g. that they are a draft.
    edition
        Which edition it is.
    editions
        Every edition that came out, the present one last (`cfanalysis.publish.batches.editions.Edition`).
    """

    name: str
    file: str
    state: State = "waiting"
    seconds: float = 0.0
    attempt: int = 0
    hash: str = ""
    basis: str = ""
    files: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    made: str = ""
    error: str = ""
    kept: str = ""
    given: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    title: str = ""
    language: str = ""
    date: str = ""
    notice: str = ""
    edition: int = 1
    editions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def issues(self) -> list[Edition]:
        """Every edition that came out, the present one last."""
        return [Edition.read(content) for content in self.editions]

    @property
    def is_draft(self) -> bool:
        """Whether the present edition is a draft."""
        return bool(self.editions) and self.issues[-1].is_draft

    def line(self) -> str:
        """Return the entry as a line."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


class Ledger:
    """The entries of a folder, by name.

    Parameters
    ----------
    folder
        The folder; made if it is absent.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEDGER
        self.entries: dict[str, LedgerEntry] = {entry.name: entry for entry in read_ledger(self.path)}

    def plan(
        self,
        names: Sequence[str],
        known: Mapping[str, str],
        gone: Collection[str],
        rename: Callable[[str, str], None],
        given: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Add reports that are to be made; what is known of them stays.

        Parameters
        ----------
        names
            Whose.
        known
            Whose reports may follow, by each of their names (`fold_text`): a report under another name of one of them
            follows it, and all names together decide what a file is called.
        gone
            Those of which there is nothing to report any more.
        rename
            Called with the old and the new name of a report's files, where an earlier version, or fewer names, gave
            another: no folder has names of two kinds.
        given
            The options of single reports, by name: known from now on, also if the batch ends before it comes to them.
        """
        for name, entry in list(self.entries.items()):
            present = known.get(fold_text(name), name)
            if present != name and present not in self.entries:
                self.entries[present] = replace(self.entries.pop(name), name=present)
            elif present != name or name in gone:
                self.entries[name] = replace(entry, state="gone")
        files = file_names(sorted({*self.entries, *names, *known.values()}))
        for name, entry in self.entries.items():
            if (file := files[name]) != entry.file:
                rename(entry.file, file)
                kept = entry.kept and f"{file}{entry.kept.removeprefix(entry.file)}"
                self.entries[name] = replace(entry, file=file, kept=kept)
        for name in names:
            entry = self.entries.get(name) or LedgerEntry(name, files[name])
            self.entries[name] = replace(entry, given=dict(given.get(name, {})))
        self.compact()

    def record(self, entry: LedgerEntry) -> None:
        """Record the outcome of a report; it is on disk when this returns.

        Raises
        ------
        OutputError
            The ledger cannot be written.
        """
        self.entries[entry.name] = entry
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                line = entry.line().encode()
                if os.write(descriptor, line) != len(line):
                    raise OSError(28, "No space left on device")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise OutputError(
                "The ledger cannot be written.",
                where=self.path,
                value=error.strerror,
                next_step="Make room and call again with --resume.",
            ) from error

    def compact(self) -> None:
        """Rewrite the file with one line for each report, by name."""
        with atomic_file(self.path) as aside:
            lines = (self.entries[name].line() for name in sorted(self.entries))
            aside.write_text("".join(lines), encoding="utf-8")


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name without suffix for each name; a piece of a hash is added where another would have the same.

    Examples
    --------
    >>> file_names(["Müller & Söhne", "con"])
    {'Müller & Söhne': 'mueller-soehne', 'con': 'con-1143da2b'}
    >>> len(set(file_names(["Alder", "ALDER", "../alder"]).values()))
    3
    """
    slugs = {name: file_slug(name) for name in names}
    counts = Counter(map(str.casefold, slugs.values()))
    return {
        name: f"{slug}-{text_digest(name)}" if counts[slug.casefold()] > 1 or slug in _RESERVED else slug
        for name, slug in slugs.items()
    }


def read_ledger(path: Path) -> list[LedgerEntry]:
    """Return the entries of a ledger, the last one of each report; none where there is no ledger."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutputError("The ledger cannot be read.", where=path, value=error.strerror) from error
    found = {entry.name: entry for entry in map(_entry, lines) if entry is not None}
    return list(found.values())


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Keep other batches out of a folder; the lock ends with the process.

    Raises
    ------
    OutputError
        Another batch is at work there, or the folder cannot be written.
    """
    try:
        import fcntl
    except ImportError:  # no such locks on this platform
        folder.mkdir(parents=True, exist_ok=True)
        yield
        return
    path = folder / _LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = path.open("w")
    except OSError as error:
        raise OutputError(
            "The output cannot be written.",
            where=folder,
            value=error.strerror,
            next_step="Choose a folder that you may write.",
        ) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(stream.fileno()).st_ino != path.stat().st_ino:
                raise BlockingIOError  # its owner has just ended and removed it
        except OSError:
            raise OutputError(
                "Another batch is writing to this folder.", where=folder, next_step="Wait for it to end."
            ) from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _entry(line: str) -> LedgerEntry | None:
    """Return the entry of a line; None for one that is empty or was cut off."""
    try:
        content: Any = json.loads(line)
        known = {f.name for f in fields(LedgerEntry)}
        return LedgerEntry(**{k: v for k, v in content.items() if k in known})
    except (ValueError, TypeError, AttributeError):
        return None
