"""Making reports on this machine: each in a child of the fork server, or, without a fork, one after the other here."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import CfAnalysisError, OutputError, PublishError
from cfanalysis.core.publication import use_publication
from cfanalysis.publish.batches.batch import BatchPlan, ReportOrder, ReportResult
from cfanalysis.publish.execution.fork_client import Event, ForkClient, JobResult
from cfanalysis.publish.execution.preload import DEFERRED_MODULES
from cfanalysis.publish.execution.protocol import Job
from cfanalysis.publish.single_report import (
    EXPORT_PAGE,
    FAILED_FILE,
    MAKE_REPORT,
    ReportTask,
    lost_cell_error,
    make_report,
    needs_notebook,
)

_KERNEL_START = 90
"""Seconds that another kernel may take to start and to end besides what a cell may take."""

_ENDING = 30
"""Seconds that processes which were killed may take to end."""


class ForkBackend:
    """Makes reports in children of the fork server.

    Parameters
    ----------
    plan
        What the reports have in common.
    width
        How many at once.
    shop
        The way to the fork server.
    lone
        Whether there is but one report: its cells run while the parent imports what its pages need, and its formats
        are made side by side.
    """

    def __init__(self, plan: BatchPlan, width: int, shop: ForkClient, *, lone: bool = False) -> None:
        self.width = width
        self._plan = plan
        self._shop = shop
        self._lone = lone
        self._running: dict[Path, Job] = {}
        self._ended = threading.Condition()

    def make(self, order: ReportOrder, then: Callable[[ReportResult], None]) -> None:
        """Have a report made in a child."""
        folder = Path(tempfile.mkdtemp(prefix="report-", dir=order.work))
        task = report_task(self._plan, order)
        began = time.perf_counter()

        def settle(ended: JobResult) -> None:
            then(job_report_result(ended, order, self._plan, seconds_since(began), folder))

        def executed(ended: JobResult) -> None:
            if ended.lost or "error" in ended.done:
                settle(ended)
                return
            try:
                self._make_pages(order, task, folder, settle)
            except (OSError, CfAnalysisError) as problem:  # on the thread that listens, which must go on
                error = problem if isinstance(problem, CfAnalysisError) else _unwritable(problem)
                then(folder_report_result(folder, order, error, seconds_since(began)))

        if self._lone and needs_notebook(order.formats):
            cells = {"task": replace(task, formats=())}
            self._submit(report_job(self._plan, order, folder, MAKE_REPORT, cells), executed)
            self._shop.preload(DEFERRED_MODULES)
        else:
            self._submit(report_job(self._plan, order, folder, MAKE_REPORT, {"task": task}), settle)

    def close(self) -> None:
        """End the reports that are at work; none writes into its folder any more."""
        for job in list(self._running.values()):
            self._shop.stop(job)
        with self._ended:
            self._ended.wait_for(lambda: not self._running, timeout=_ENDING)

    def _make_pages(
        self, order: ReportOrder, task: ReportTask, folder: Path, settle: Callable[[JobResult], None]
    ) -> None:
        """Have each format made in a child of its own; the first failure, or else the last to end, stands for all."""
        left, worst, lock = len(order.formats), [], threading.Lock()

        def heard(ended: JobResult) -> None:
            nonlocal left
            with lock:
                left -= 1
                if ended.lost or "error" in ended.done:
                    worst.append(ended)
                over = left == 0
            if over:
                settle(worst[0] if worst else ended)

        jobs = []
        for suffix in order.formats:
            own = folder / f"page-{suffix}"
            own.mkdir()
            page = {"report": folder, "suffix": suffix, "task": task}
            jobs.append(report_job(self._plan, order, own, EXPORT_PAGE, page))
            jobs[-1].write()  # all of them before the first begins: where one cannot be written, none does
        for job in jobs:
            self._submit(job, heard)

    def _submit(self, job: Job, ended: Callable[[JobResult], None]) -> None:
        def heard(event: Event | JobResult) -> None:
            if isinstance(event, JobResult):
                ended(event)
                with self._ended:
                    self._running.pop(job.folder, None)
                    self._ended.notify_all()

        self._running[job.folder] = job
        self._shop.submit(job, heard)


class SerialBackend:
    """Makes reports without a fork: each on an ordinary kernel, from this process.

    Parameters
    ----------
    plan
        What the reports have in common.
    """

    def __init__(self, plan: BatchPlan) -> None:
        self.width = 1
        self._plan = plan

    def make(self, order: ReportOrder, then: Callable[[ReportResult], None]) -> None:
        """Have a report made on another thread, so that the batch can go on listening."""
        folder = Path(tempfile.mkdtemp(prefix="report-", dir=order.work))

        def work() -> None:
            began = time.perf_counter()
            error: CfAnalysisError | None = None
            try:
                with use_publication(self._plan.publication(order)):
                    make_report(folder, report_task(self._plan, order))
            except CfAnalysisError as problem:
                error = problem
            except Exception as problem:
                error = PublishError(f"{type(problem).__name__}: {problem}")
            then(folder_report_result(folder, order, error, seconds_since(began)))

        threading.Thread(target=work, daemon=True).start()

    def close(self) -> None:
        """Do nothing: what is at work ends with this process."""


def report_job(
    plan: BatchPlan, order: ReportOrder, folder: Path, do: str, arguments: Mapping[str, Any]
) -> Job:
    """Return a job of a report.

    Parameters
    ----------
    plan
        What all reports of the batch have in common.
    order
        The order.
    folder, do, arguments
        As of a `Job`.
    """
    timeout = plan.timeout + _KERNEL_START if plan.kernel else plan.timeout
    cwd, publication = plan.cwd or folder, plan.publication(order)
    return Job(folder, do, arguments, timeout, plan.memory, cwd=cwd, publication=publication)


def report_task(plan: BatchPlan, order: ReportOrder) -> ReportTask:
    """Return what a process needs for an order.

    Parameters
    ----------
    plan
        What all reports of the batch have in common.
    order
        The order.
    """
    kept, timeout = Path(f"{order.file}.failed.ipynb"), int(plan.timeout)
    return ReportTask(
        plan.notebook.resolve(),
        order.parameters,
        order.formats,
        kept,
        order.stamp,
        timeout,
        plan.others,
        plan.kernel,
    )


def job_report_result(
    ended: JobResult, order: ReportOrder, plan: BatchPlan, seconds: float, folder: Path
) -> ReportResult:
    """Return the result of an order whose child has ended.

    Parameters
    ----------
    ended
        The result of the child.
    order
        The order.
    plan
        What all reports of the batch have in common.
    seconds
        Time that the report took.
    folder
        The folder that holds its files.
    """
    error: CfAnalysisError | None = None
    try:
        if ended.lost:
            error = lost_cell_error(ended, plan.notebook, Path(f"{order.file}.failed.ipynb"))
        if error is None:
            ended.result()
    except CfAnalysisError as problem:
        error = problem
    except OSError as problem:
        error = _unwritable(problem)
    except Exception as problem:  # a defect of ours or of a library: this report's failure alone
        error = PublishError(f"An unexpected problem: {(str(problem).splitlines() or [''])[0]}")
    return folder_report_result(folder, order, error, seconds)


def _unwritable(problem: OSError) -> OutputError:
    return OutputError("The output cannot be written.", value=problem.strerror or problem)


def folder_report_result(
    folder: Path, order: ReportOrder, error: CfAnalysisError | None, seconds: float
) -> ReportResult:
    """Return the result of an order whose files are in a folder; a missing file is a failure.

    Parameters
    ----------
    folder
        The folder that holds the report's files.
    order
        The order.
    error
        Why the report failed; None where it did not.
    seconds
        Time that the report took.
    """
    files = {suffix: folder / f"report.{suffix}" for suffix in order.formats}
    missing = [suffix for suffix, path in files.items() if not path.is_file()]
    if error is None and missing:
        error = PublishError("The report's process left files out.", value=", ".join(missing))
    failed = folder / FAILED_FILE
    return ReportResult(
        order, {} if error else files, error, failed if error and failed.is_file() else None, seconds, folder
    )


def seconds_since(since: float) -> float:
    """Return the seconds since a moment of `time.perf_counter`, to a hundredth."""
    return round(time.perf_counter() - since, 2)
