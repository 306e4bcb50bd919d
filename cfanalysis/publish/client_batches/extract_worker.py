"""Cutting extracts: in a process of its own, the only one of a batch that has the study open.

It reports what a batch must know of the study, receives the list of clients, cuts the extracts of the first few
hundred, if need be side by side with copies of itself, and ends; no report is begun meanwhile. When most of these are
made another one cuts the next few hundred. So a study is in memory for a small part of a batch only, and hardly ever
beside a report. It is forked as soon as the fork server has imported what cutting needs, and works while the parent
imports what drawing needs. Where there is no fork, extracts are cut in the batch's own process.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from cfanalysis.core.errors import CfAnalysisError, PublishError, error_class
from cfanalysis.core.files import sha256
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.batches.batch import BatchEvent, OrderSource, ReportOrder, ReportResult
from cfanalysis.publish.batches.editions import DRAFT_SERIES
from cfanalysis.publish.client_batches.selection import (
    ReportSelection,
    ResolvedSelection,
    resolve_selection,
)
from cfanalysis.publish.execution.fork_client import Event, ForkClient, JobResult, start_fork_client
from cfanalysis.publish.execution.protocol import Job, report_progress
from cfanalysis.publish.execution.resource_limits import die_with_parent
from cfanalysis.publish.execution.worker import exit_without_cleanup
from cfanalysis.publish.provenance import folder_hash

if TYPE_CHECKING:
    from cfanalysis.study.prepared_study import Study

EXTRACT_MODULES = ("pandas", "pyarrow.dataset", "pyarrow.pandas_compat", "pyarrow.parquet")
"""What cutting needs and reports need, too; what it needs alone it imports itself, beside the fork server."""

_SERVE = "cfanalysis.publish.client_batches.extract_worker:serve_extracts"

_AT_ONCE = 400
"""Extracts that one process cuts."""

_FEW = 20
"""Extracts that are left when the next process begins."""

_SHARE = 20
"""Extracts that justify another process."""

_MEMORY = 64 * 1024
"""MiB that the process may take: it holds a whole study."""

Take = Callable[[BatchEvent], None]


def extract_hashes(extract: Path) -> dict[str, str]:
    """Return what a report's stamp says of a client's extract."""
    from cfanalysis.study.client_extract import INSTRUMENT_FILE

    return {"extract": folder_hash(extract), "instrument": sha256(extract / INSTRUMENT_FILE)}


def report_parameters(extract: Path, note: str) -> dict[str, str]:
    """Return the parameters of a report's notebook: the client's extract and, where there is one, the note.

    Parameters
    ----------
    extract
        The folder of the client's extract.
    note
        The consultant's note; "" for none.
    """
    return {"extract": str(extract), **({"note": note} if note else {})}


def study_facts(study: Study, those: ResolvedSelection) -> dict[str, Any]:
    """Return what a batch must know of a study.

    Parameters
    ----------
    study
        The study.
    those
        The clients to be reported on.

    Returns
    -------
    dict
        JSON-ready.
    """
    from cfanalysis.study.benchmark.norm_benchmark import report_norm
    from cfanalysis.study.comment_review import quotes_text
    from cfanalysis.study.workspace import report_language

    source, norm = study.survey.source, report_norm(study, those.norm)
    return {
        "clients": list(those.clients),
        "notes": dict(those.notes),
        "quotes": {name: quotes_text(quotes) for name, quotes in those.quotes.items()},
        "languages": dict(those.languages),
        "language": report_language(study),
        "all": study.client_of_name,
        "gone": list(those.gone),
        "norm": "" if norm is None else norm.name,
        "fingerprint": " ".join([sha256(study.folder / "manifest.json"), *([norm.content] if norm else [])]),
        "imprint": study.imprint,
        "title": source.title,
        "synthetic": source.synthetic,
    }


def serve_extracts(folder: Path, wanted: ReportSelection) -> dict[str, Any]:
    """Cut extracts on request.

    It reports its facts, waits for ``wanted.json`` in its folder (names, the folder to cut into, the number of the
    first) and cuts.

    Parameters
    ----------
    folder
        The folder of its job.
    wanted
        Whose extracts, compared with whom.
    """
    from cfanalysis.study.earlier_states import mark_reported
    from cfanalysis.study.memory import release_memory
    from cfanalysis.study.workspace import find_study

    study = find_study(wanted.study)
    those = resolve_selection(study, wanted)
    mark_reported(study)
    facts = study_facts(study.in_language(wanted.language), those)
    _write_json(folder / "facts.json", facts)  # more than a message holds
    report_progress("facts", 0)
    request = _wait_for(folder / "wanted.json", lambda: report_progress("waiting", 0))
    target = Path(request["folder"])

    def cut(numbered: Iterable[tuple[int, str]]) -> None:
        for number, name in numbered:
            done = _cut(study, name, target / f"extract-{number:06d}", wanted.benchmark, those)
            report_progress("cut", done)

    numbered = list(enumerate(request["names"], start=request["first"]))
    cut(numbered[:1])
    if len(numbered) > 1:
        release_memory()  # with the first one, the benchmark was computed
    width = min(int(request["jobs"]), len(numbered) // _SHARE + 1)
    _side_by_side([partial(cut, numbered[1:][k::width]) for k in range(width)])
    return {"cut": len(numbered)}


def _side_by_side(calls: Sequence[Callable[[], None]]) -> None:
    """Make the first call here and each of the others in a copy of this process.

    Raises
    ------
    PublishError
        A copy did not come to its end.
    """
    owner = os.getpid()
    copies = []
    for call in calls[1:]:
        copy = os.fork()
        if copy == 0:
            status = 1
            try:
                die_with_parent(owner)
                call()
                status = 0
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
            finally:
                exit_without_cleanup(status)
        copies.append(copy)
    calls[0]()
    statuses = [os.waitpid(copy, 0)[1] for copy in copies]  # of all, also where one has failed
    if any(statuses):
        raise PublishError("A process that cuts extracts was lost.", next_step="Repeat with --resume.")


class ExtractSource(OrderSource):
    """Extracts cut in a child of the fork server.

    Parameters
    ----------
    wanted
        Whose.
    jobs
        How many processes may cut at once; no report is made meanwhile, so that memory is never asked for both.
    """

    def __init__(self, wanted: ReportSelection, jobs: int = 1) -> None:
        self._folder = work_folder()
        self._wanted = wanted
        self._shop: ForkClient = start_fork_client()
        self._shop.preload(EXTRACT_MODULES)
        self._first: SimpleQueue[Event | JobResult] = SimpleQueue()
        self._take: Take | None = None
        self._left: list[str] = []
        self._begun = self._worked_off = 0
        self._lock = threading.Lock()
        self._jobs = self.working = jobs
        self._job = self._process()

    def facts(self) -> dict[str, Any]:
        """Return what is known of the study."""
        while True:
            event = self._first.get()
            if isinstance(event, JobResult):
                event.result()
                raise PublishError("The study's process ended before it reported its facts.")
            if event["event"] == "facts":
                told = self._job.folder / "facts.json"
                facts: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
                self._notes = facts["notes"]
                return facts

    def begin(self, names: Sequence[str], folder: Path, take: Take) -> None:
        """Have extracts cut into the folder."""
        self._left, self._target, self._take = list(names), str(folder.resolve()), take
        self._ask()

    def order_done(self, order: ReportOrder) -> None:
        """Have the next ones cut when few are left."""
        with self._lock:
            self._worked_off += 1
        self._go_on()

    def _go_on(self) -> None:
        """Start the next process once few extracts are left and the former process has ended, whichever comes last."""
        with self._lock:
            if self.working or not self._left or self._begun - self._worked_off > _FEW:
                return
            self.working = self._jobs
        self._job = self._process()
        self._ask()

    def _process(self) -> Job:
        """Begin a process that opens the study."""
        folder = self._folder.path / f"from-{self._begun}"
        folder.mkdir()
        job = Job(folder, _SERVE, {"wanted": self._wanted}, memory=_MEMORY)
        self._shop.submit(job, self._on_event)
        return job

    def _ask(self) -> None:
        """Tell the process which extracts to cut."""
        names, self._left = self._left[:_AT_ONCE], self._left[_AT_ONCE:]
        request = {"names": names, "folder": self._target, "first": self._begun, "jobs": self._jobs}
        self._begun += len(names)
        _write_json(self._job.folder / "wanted.json", request)

    def close(self) -> None:
        """End the process that cuts."""
        self._shop.stop(self._job)
        self._folder.close()

    def _on_event(self, event: Event | JobResult) -> None:
        if self._take is None:
            self._first.put(event)
        elif isinstance(event, JobResult):
            self._on_end(event, self._take)
        elif event["event"] == "cut":
            self._take(_order(event["value"], self._notes))

    def _on_end(self, ended: JobResult, take: Take) -> None:
        with self._lock:
            self.working = 0
        try:
            ended.result()
            self._go_on()
        except Exception as error:
            take(error)
        else:
            take(None)


class InProcessExtractSource(OrderSource):
    """Extracts cut in this process, one ahead, where there is no fork.

    Parameters
    ----------
    wanted
        Whose.
    """

    working = 0

    def __init__(self, wanted: ReportSelection) -> None:
        from cfanalysis.study.earlier_states import mark_reported
        from cfanalysis.study.workspace import find_study

        self._study = find_study(wanted.study)
        self._chosen = resolve_selection(self._study, wanted)
        mark_reported(self._study)
        self._benchmark, self._language = wanted.benchmark, wanted.language
        self._left: list[str] = []
        self._number = 0

    def facts(self) -> dict[str, Any]:
        """Return what is known of the study."""
        return study_facts(self._study.in_language(self._language), self._chosen)

    def begin(self, names: Sequence[str], folder: Path, take: Take) -> None:
        """Cut the first extract."""
        self._left, self._folder, self._take = list(names), folder.resolve(), take
        self._next()

    def order_done(self, order: ReportOrder) -> None:
        """Cut the next one."""
        self._next()

    def close(self) -> None:
        """Do nothing."""

    def _next(self) -> None:
        if self._left:
            self._number += 1
            folder = self._folder / f"extract-{self._number:06d}"
            name = self._left.pop(0)
            cut = _cut(self._study, name, folder, self._benchmark, self._chosen)
            self._take(_order(cut, self._chosen.notes))


def _cut(study: Study, name: str, folder: Path, benchmark: str, those: ResolvedSelection) -> dict[str, Any]:
    """Cut an extract and return where it is, or why it cannot be cut: that is one report's failure."""
    from cfanalysis.study.client_extract import cut_extract

    try:
        cut_extract(
            study, name, folder, benchmark=benchmark, norm=those.norm,
            quotes=those.quotes.get(name), language=those.languages.get(name, ""),
        )  # fmt: skip
    except CfAnalysisError as error:
        return {"name": name, "error": type(error).__name__, "message": str(error)}
    about = json.loads((folder / "extract.json").read_text(encoding="utf-8"))
    series = f"{about['wave']}{DRAFT_SERIES if about['benchmark'].get('draft') else ''}"
    return {"name": name, "folder": str(folder), "inputs": extract_hashes(folder), "series": series}


def _order(cut: Mapping[str, Any], notes: Mapping[str, str]) -> ReportOrder | ReportResult:
    """Return the order of a report from its extract, or the failure of the one that could not be cut."""
    if "error" in cut:
        kind = error_class(cut["error"]) or PublishError
        return ReportResult(ReportOrder(cut["name"], {}, {}), error=kind(cut["message"]))
    name, folder = cut["name"], Path(cut["folder"])
    return ReportOrder(
        name, report_parameters(folder, notes.get(name, "")), cut["inputs"], cut["series"], folder
    )


def _write_json(path: Path, content: Any) -> None:
    """Write a file that another process waits for: there is none, or it is whole."""
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(path)


def _wait_for(path: Path, beat: Callable[[], None]) -> dict[str, Any]:
    last = time.monotonic()
    while not path.exists():
        time.sleep(0.005)
        if time.monotonic() - last > 5:
            beat()
            last = time.monotonic()
    request: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return request
