"""How a batch shows its progress: a bar with rate and time left on a terminal, sparse lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from cfanalysis.cli.output import say, write_result
from cfanalysis.core.errors import shorten
from cfanalysis.publish.batches.destinations import Destination
from cfanalysis.publish.batches.ledger import DONE_STATES, LedgerEntry

_EVERY = 10  # seconds between lines
_RECENT = 31  # reports whose rate is taken for that of those to come
_REMARKS = 5  # remarks that are printed one by one


class BatchProgress:
    """Shows a batch's progress: as a bar on a terminal, as plain lines elsewhere.

    Parameters
    ----------
    verb
        What is being done.
    bar
        A `rich.progress.Progress` at work; None for plain lines.
    """

    def __init__(self, verb: str, bar: Any = None) -> None:
        self.verb = verb
        self.total = 0
        self.settled_so_far = 0
        self._began = self._said = time.monotonic()
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._round = float("inf")  # seconds that a report takes
        self._bar = bar
        self._task = bar and bar.add_task(verb, total=None, pace="")

    def begin(self, total: int) -> None:
        """Hear how many reports there are."""
        self.total = total
        if self._bar:
            self._bar.update(self._task, total=total)
        else:
            say(f"{self.verb} {total} report{'s' if total != 1 else ''} ...")
        self._began = self._said = time.monotonic()

    def report_done(self, entry: LedgerEntry) -> None:
        """Hear what became of one."""
        self.settled_so_far += 1
        now = time.monotonic()
        if entry.state != "unchanged":
            self._recent.append(now)
        if entry.state == "done":
            self._round = min(self._round, entry.seconds)
        if entry.state == "failed":
            line = f"failed    {shorten(entry.name, limit=80)}: {entry.error}"
            self._bar.console.print(line, markup=False, highlight=False) if self._bar else say(line)
        if self._bar:
            self._bar.update(self._task, completed=self.settled_so_far, pace=self.pace_text(now))
        elif now - self._said >= _EVERY and self.settled_so_far < self.total:
            self._said = now
            say(", ".join(filter(None, [f"{self.settled_so_far} of {self.total}", self.pace_text(now)])))

    def pace_text(self, now: float) -> str:
        """Return rate and time left as text; "" before a whole round of reports has followed the first ones.

        The rate is that of the latest reports: the first ones wait for what is loaded once.
        """
        took = now - self._recent[0] if self._recent else 0.0
        if took <= self._round:
            return ""
        rate = (len(self._recent) - 1) / took
        left = (self.total - self.settled_so_far) / rate
        return f"{rate * 60:.0f} a minute, {_duration(left)} left"

    def summarize(self, entries: Iterable[LedgerEntry], place: Destination) -> None:
        """Print a summary of all reports.

        Parameters
        ----------
        entries
            The ledger's entries of this batch.
        place
            Where the reports are.
        """
        entries = list(entries)
        states = [entry.state for entry in entries]
        counts = {state: states.count(state) for state in ("done", "unchanged", "failed", "waiting")}
        parts = [f"{count} {state}" for state, count in counts.items() if count]
        took = time.monotonic() - self._began
        if len(states) > 1 or counts["failed"]:
            say(f"{', '.join(parts)} in {_duration(took)}; see {place.describe('index.html')}")
        remarks = Counter(remark for entry in entries if entry.state == "done" for remark in entry.remarks)
        for remark, count in remarks.most_common(_REMARKS):
            say(f"{count} report{'s' * (count > 1)}: {shorten(remark)}")
        if any(state not in DONE_STATES for state in states):
            say("Call again with --resume to retry what failed.")


def write_batch_result(
    entries: Iterable[LedgerEntry],
    place: Destination,
    progress: BatchProgress,
    *,
    kind: str,
    as_json: bool,
    verbose: bool,
) -> None:
    """Print what became of a batch, and end with exit code 1 where a report was not made.

    Parameters
    ----------
    entries
        The ledger's entries of this batch.
    place
        Where the reports are.
    progress
        The batch's progress.
    kind
        What the names are of, in JSON.
    as_json, verbose
        As of `write_result`.
    """
    entries = list(entries)
    out = [entry for entry in entries if entry.state in DONE_STATES]
    files = [place.describe(f"{e.file}.{suffix}") for e in out for suffix in e.files]
    failed = {e.name: e.error for e in entries if e.state not in DONE_STATES}
    progress.summarize(entries, place)
    result = {kind: [e.name for e in out], "failed": failed, "files": files}
    write_result(result, as_json=as_json, verbose=verbose, to_open=place.describe("index.html"))
    if failed:
        sys.exit(1)


@contextmanager
def show_progress(verb: str) -> Iterator[BatchProgress]:
    """Follow a batch on standard error."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield BatchProgress(verb)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("{task.fields[pace]}"), console=console, transient=True) as bar:
        yield BatchProgress(verb, bar)


@contextmanager
def show_count(message: str, things: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many of some things are done; what is yielded hears it.

    Parameters
    ----------
    message
        What is being done.
    things
        To what, in the plural.
    """
    from rich.console import Console
    from rich.progress import Progress

    console, said = Console(stderr=True), time.monotonic()

    def hear(done: int, number: int) -> None:
        nonlocal said
        bar.update(task, completed=done, total=number)
        if not console.is_terminal and time.monotonic() - said >= _EVERY and done < number:
            said = time.monotonic()
            say(f"{done} of {number} {things}")

    if not console.is_terminal:
        say(message)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(message, total=None)
        yield hear


def _duration(seconds: float) -> str:
    """Return seconds in words.

    Examples
    --------
    >>> _duration(4.2), _duration(185)
    ('4 s', '3 min 5 s')
    """
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
