"""Many reports from one notebook: made side by side, each in a process of its own, each on disk or not at all.

A batch takes orders as they come, leaves out what is out already from the same input, has the others made, moves
complete files into place and records the outcome of each in the ledger. One that fails does not stop the others.
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from cfanalysis.core.errors import CfAnalysisError, OutputError, shorten
from cfanalysis.core.files import sha256
from cfanalysis.core.publication import Publication
from cfanalysis.core.unfinished import clear_unfinished, work_folder
from cfanalysis.publish.batches.destinations import Destination, output_errors, unwritable
from cfanalysis.publish.batches.editions import Edition
from cfanalysis.publish.batches.ledger import DONE_STATES, Ledger, LedgerEntry
from cfanalysis.publish.execution.other_kernel import Kernel
from cfanalysis.publish.provenance import Provenance, language_imprint, mapping_hash, report_provenance
from cfanalysis.publish.single_report import REPORT_FORMATS, page_facts

_BY_CONTENT = ("date", "brand")  # options that are no reason by themselves to make a report again
_ROOM = 4 << 20  # bytes free below which a failure is taken for a full disk


@dataclass(frozen=True)
class ReportOrder:
    """One report to be made.

    Parameters
    ----------
    name
        Whose it is.
    parameters
        For the notebook.
    inputs
        Hashes of what it is made from, for the stamp.
    series
        What its editions are counted in (`cfanalysis.publish.batches.editions.Edition`).
    discard
        A folder that is removed when the report is made: its own data.
    file, work, stamp, formats
        Path of the report's files without suffix, the folder in which it is made, the provenance that the pages
        state, its formats; the batch knows them.
    """

    name: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    series: str = ""
    discard: Path | None = None
    file: str = ""
    work: Path | None = None
    stamp: Provenance = field(default_factory=dict)
    formats: Sequence[str] = ()

    @property
    def places(self) -> dict[str, Path]:
        """The parameters that name a file or folder that is there."""
        return {key: Path(value) for key, value in self.parameters.items() if _is_place(value)}


def _is_place(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(value) and Path(value).exists()
    except (OSError, ValueError):
        return False


@dataclass(frozen=True)
class ReportResult:
    """The result of an order.

    Parameters
    ----------
    order
        The order.
    files
        The local file of each format; empty where it failed.
    error
        What went wrong.
    failed
        The local file of the executed notebook with the failing cell.
    seconds
        What it took.
    folder
        Where these files lie; it is removed.
    """

    order: ReportOrder
    files: Mapping[str, Path] = field(default_factory=dict)
    error: CfAnalysisError | None = None
    failed: Path | None = None
    seconds: float = 0.0
    folder: Path | None = None


BatchEvent = ReportOrder | ReportResult | BaseException | None
"""The events of a batch (see `OrderSource.begin`)."""


@dataclass(frozen=True)
class BatchPlan:
    """What every report of a batch has in common.

    Parameters
    ----------
    notebook
        The notebook.
    formats
        The formats of each report; one that is out in others, too, is made in these again: none stays behind.
    brand
        The brand file.
    basis
        A hash of what all orders come from (the study): the same basis and name give the same report.
    timeout, memory
        Seconds for a cell; MiB for a report's process.
    others
        What writes the formats that are not made from the notebook (see
        `cfanalysis.publish.single_report.make_report`).
    known, gone
        As of `cfanalysis.publish.batches.ledger.Ledger.plan`.
    given
        The options of single reports, by name, for the ledger; all but date and brand are part of the basis as is.
    imprint
        What the stamps say of the edition (`IMPRINT`), for which none is made again, unless its date was asked for.
    language
        The language of reports for which none was asked; empty for the notebook's own.
    cwd
        The working directory of the cells; None for a folder of the report's own.
    again
        Whether what is out from the same input is made again.
    kernel
        The kernel of the cells; None for this Python's own.
    """

    notebook: Path
    formats: Sequence[str]
    brand: Path | None = None
    basis: str = ""
    timeout: float = 600
    memory: int = 4096
    others: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    gone: Collection[str] = ()
    given: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    imprint: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    cwd: Path | None = None
    again: bool = False
    kernel: Kernel | None = None

    def publication(self, order: ReportOrder) -> Publication:
        """Return the settings of a process that makes a report."""
        brand, folder = str(self.brand.resolve()) if self.brand else "", str(self.notebook.resolve().parent)
        return Publication(brand, "", folder, "html" in order.formats, self.language_of(order.name))

    def language_of(self, name: str) -> str:
        """Return the language of a report, by its name."""
        return self.given.get(name, {}).get("language", self.language)


class Backend(Protocol):
    """Makes reports: on this machine, or on a cluster.

    Parameters
    ----------
    width
        How many reports it works on at once.
    """

    width: int

    def make(self, order: ReportOrder, then: Callable[[ReportResult], None]) -> None:
        """Have a report made; `then` is called with the result, from any thread."""

    def close(self) -> None:
        """End what is still at work."""


class OrderSource(Protocol):
    """Brings the orders of a batch.

    Parameters
    ----------
    working
        Processes that it has at work at present; the batch makes that many fewer reports at once.
    """

    working: int

    def begin(self, names: Sequence[str], folder: Path, take: Callable[[BatchEvent], None]) -> None:
        """Bring an order for each name.

        One that failed before it could be ordered is brought as `ReportResult`; an exception says that no more can
        come, None that `working` has decreased.
        """

    def order_done(self, order: ReportOrder) -> None:
        """Note that an order was completed, so that the next one may come."""


class Batch:
    """A batch at work.

    Parameters
    ----------
    plan, place, maker
        What its reports have in common, where they go, and what makes them.
    watch
        Called with each entry as it is settled.
    """

    def __init__(
        self,
        plan: BatchPlan,
        place: Destination,
        maker: Backend,
        watch: Callable[[LedgerEntry], None] = lambda _: None,
    ) -> None:
        self.plan = plan
        self.place = place
        self.ledger = Ledger(place.folder)
        self._maker = maker
        self._watch = watch
        self._news: SimpleQueue[BatchEvent] = SimpleQueue()
        self._ready: deque[ReportOrder] = deque()
        self._working: set[str] = set()
        self._hashes: dict[str, str] = {}
        self._editions: dict[str, Edition] = {}
        self._work: Path | None = None

    def run(self, names: Sequence[str], supply: OrderSource) -> list[LedgerEntry]:
        """Make the reports of these names and return their entries.

        Parameters
        ----------
        names
            Whose.
        supply
            Brings the orders.

        Raises
        ------
        OutputError
            The place can no longer be written to; the ledger lists the finished reports.
        """
        clear_unfinished()
        with output_errors(self.place):
            self.ledger.plan(names, self.plan.known, self.plan.gone, self.place.rename, self.plan.given)
        waiting = [name for name in names if not self._unchanged_basis(name)]
        try:
            if waiting:
                with output_errors(self.place):
                    work = work_folder(self.place.folder)
                with work, closing(self._maker):
                    self._work = work.path
                    with output_errors(self.place):
                        supply.begin(waiting, work.path, self._news.put)
                    self._work_off(set(waiting), supply)
        finally:
            self.ledger.compact()
        return [self.ledger.entries[name] for name in names]

    def _work_off(self, waiting: set[str], supply: OrderSource) -> None:
        while waiting:
            news = self._news.get()
            if isinstance(news, BaseException):
                raise news
            if isinstance(news, ReportOrder):
                if self._unchanged(news):
                    waiting.discard(news.name)
                    self._discard(news, supply)
                else:
                    self._ready.append(news)
            elif news is not None:
                self._settle(news)
                waiting.discard(news.order.name)
                self._working.discard(news.order.name)
                self._discard(news.order, supply)
            with output_errors(self.place):
                while self._ready and len(self._working) < self._maker.width - supply.working:
                    self._begin(self._ready.popleft())

    def _begin(self, order: ReportOrder) -> None:
        self._working.add(order.name)
        entry = self.ledger.entries[order.name]
        edition = [Edition(), *entry.issues][-1].next(order.inputs, order.series)
        self._editions[order.name] = edition
        own = {**edition.imprint, **language_imprint(self.plan.language_of(order.name))}
        stamp = self._stamp(order, {**self.plan.imprint, **own})
        formats = self._formats(order.name)
        order = replace(order, file=entry.file, work=self._work, stamp=stamp, formats=formats)
        self._maker.make(order, self._news.put)

    def _stamp(self, order: ReportOrder, imprint: Mapping[str, str] | None = None) -> Provenance:
        plan, inputs = self.plan, order.inputs
        return report_provenance(
            plan.notebook, order.parameters, inputs=inputs, brand=plan.brand, cwd=plan.cwd, imprint=imprint
        )

    def _unchanged_basis(self, name: str) -> bool:
        """Tell whether a report is out from the same basis."""
        entry = self.ledger.entries[name]
        if not self.plan.basis or entry.basis != self._basis(name) or not self._is_out(entry):
            return False
        self._enter(replace(entry, state="unchanged"))
        return True

    def _unchanged(self, order: ReportOrder) -> bool:
        """Tell whether a report is out from the same input."""
        entry = self.ledger.entries[order.name]
        known = {**self._stamp(order), "formats": ",".join(self._formats(order.name))}
        self._hashes[order.name] = mapping_hash(known)
        if self.plan.again or entry.hash != self._hashes[order.name] or not self._is_out(entry):
            return False
        self._enter(replace(entry, state="unchanged", basis=self._basis(order.name)))
        return True

    def _formats(self, name: str) -> list[str]:
        """Return the formats of a report: those that are asked for, and those in which it is out."""
        makable = {*REPORT_FORMATS, *self.plan.others}
        out = [Edition(), *self.ledger.entries[name].issues][-1].files
        return sorted({*self.plan.formats, *out} & makable)

    def _is_out(self, entry: LedgerEntry) -> bool:
        return (
            entry.state in DONE_STATES
            and set(entry.files) >= set(self.plan.formats)
            and self.plan.given.get(entry.name, {}).get("date", entry.date) == entry.date
            and all(self.place.holds(f"{entry.file}.{suffix}", d) for suffix, d in entry.files.items())
        )

    def _settle(self, made: ReportResult) -> None:
        """Move a report's files into place and enter it."""
        entry = self.ledger.entries[made.order.name]
        tried = replace(
            entry,
            seconds=made.seconds,
            attempt=1 if entry.state in DONE_STATES else entry.attempt + 1,
            hash=self._hashes.get(entry.name, ""),
            basis=self._basis(entry.name),
        )
        kept = f"{entry.file}.failed.ipynb"
        if made.error is None:
            files = {suffix: sha256(path) for suffix, path in made.files.items()}
            sizes = {suffix: path.stat().st_size for suffix, path in made.files.items()}
            day = time.strftime("%Y-%m-%d", time.gmtime())
            with output_errors(self.place):
                for suffix, path in made.files.items():
                    self.place.put(path, f"{entry.file}.{suffix}")
            Path(self.place.folder, kept).unlink(missing_ok=True)
            tried = replace(tried, state="done", files=files, error="", kept="", **page_facts(made.folder))
            edition = self._editions[entry.name].issued(files, made.order.stamp, tried.date)
            editions = [*entry.editions, edition.as_dict()]
            tried = replace(tried, edition=edition.number, editions=editions)
            self._enter(replace(tried, sizes=sizes, made=day))
        else:
            self._check_room(made.error)  # first: where the disk is full no notebook is kept
            if made.failed is not None:
                with output_errors(self.place):
                    made.failed.replace(self.place.folder / kept)
            message = shorten(" ".join(str(made.error).split()), limit=1000)
            kept = kept if made.failed else ""
            self._enter(replace(tried, state="failed", files={}, error=message, kept=kept))
        if made.folder is not None:
            shutil.rmtree(made.folder, ignore_errors=True)

    def _check_room(self, error: CfAnalysisError) -> None:
        """Stop the batch where the disk is at fault, not the report."""
        full = shutil.disk_usage(self.place.folder).free < _ROOM
        if full or isinstance(error, OutputError):
            raise unwritable(self.place, "No space left on device" if full else error.value or error)

    def _discard(self, order: ReportOrder, supply: OrderSource) -> None:
        if order.discard is not None:
            shutil.rmtree(order.discard, ignore_errors=True)
        supply.order_done(order)

    def _enter(self, entry: LedgerEntry) -> None:
        self.ledger.record(entry)
        self._watch(entry)

    def _basis(self, name: str) -> str:
        if not self.plan.basis:
            return ""
        own = {key: text for key, text in self.plan.given.get(name, {}).items() if key not in _BY_CONTENT}
        given = report_provenance(
            self.plan.notebook, own, inputs={"basis": self.plan.basis}, brand=self.plan.brand
        )
        return mapping_hash({**given, "name": name, "formats": ",".join(self._formats(name))})
