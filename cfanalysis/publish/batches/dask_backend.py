"""Making reports on a cluster, through Dask distributed.

A report's data travels to a worker as bytes, and the report comes back as bytes: no shared disk is needed. Each
worker process has a fork server of its own and makes each report in a child of it, as on one machine. Dask gives
the reports of a lost worker to the others; there is no queue of our own.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import CfAnalysisError, PublishError
from cfanalysis.core.resources import outline_file, recommendation_files
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.batches.batch import BatchPlan, ReportOrder, ReportResult
from cfanalysis.publish.batches.local_backend import (
    folder_report_result,
    job_report_result,
    report_job,
    report_task,
    seconds_since,
)
from cfanalysis.publish.execution.fork_client import fork_client
from cfanalysis.publish.execution.local_modules import local_modules
from cfanalysis.publish.execution.other_kernel import other_kernel
from cfanalysis.publish.execution.preload import imported_modules
from cfanalysis.publish.provenance import code_hash
from cfanalysis.publish.single_report import ABOUT_FILES, MAKE_REPORT, ReportTask
from cfanalysis.theme.brand import brand_files

_PATIENCE = 10
"""Seconds to wait for a scheduler, and for its first worker."""

_AHEAD = 2  # reports sent to a worker's thread beyond the one that it works on


class DaskBackend:
    """Makes reports on the workers of a Dask scheduler.

    Parameters
    ----------
    plan
        What the reports have in common.
    address
        The scheduler's address, ``tcp://HOST:PORT``.

    Raises
    ------
    PublishError
        Dask is not installed, or there is no scheduler or no worker at the address.
    """

    def __init__(self, plan: BatchPlan, address: str) -> None:
        self._plan = plan
        self._client = _connect(address)
        self.width = _AHEAD * max(1, sum(self._client.nthreads().values()))
        folder = plan.notebook.parent
        beside = [*filter(None, [outline_file(folder)]), *recommendation_files(folder)]
        own = {path.name: path for path in (plan.notebook, *beside)}
        self._notebook = _pack({**local_modules(plan.notebook, plan.cwd), **own})
        files = brand_files(plan.brand) if plan.brand else ()
        self._brand = _pack({str(p.resolve().relative_to(_folder(plan.brand))): p for p in files})
        self._futures: dict[str, Any] = {}

    def make(self, order: ReportOrder, then: Callable[[ReportResult], None]) -> None:
        """Have a report made on a worker."""
        parcel = {
            "code": code_hash(),
            "notebook": self._notebook,
            "brand": self._brand,
            "brand_name": self._plan.brand.name if self._plan.brand else "",
            "places": {key: (str(path), _pack({_place(path): path})) for key, path in order.places.items()},
            "task": vars(report_task(self._plan, order)),
            "memory": self._plan.memory,
        }
        began = time.perf_counter()
        future = self._client.submit(make_on_worker, parcel, pure=False, retries=0)
        self._futures[order.name] = future

        def finished(done: Any) -> None:
            self._futures.pop(order.name, None)
            then(self._receive(done, order, seconds_since(began)))

        future.add_done_callback(finished)

    def close(self) -> None:
        """Give up what is still at work."""
        for future in list(self._futures.values()):
            future.cancel()
        self._client.close()

    def _receive(self, done: Any, order: ReportOrder, seconds: float) -> ReportResult:
        """Return what came back from a worker, as files of this machine."""
        folder = Path(tempfile.mkdtemp(prefix="report-", dir=order.work))
        error: CfAnalysisError | None = None
        try:
            result = done.result()
            for name, content in result["files"].items():
                (folder / name).write_bytes(content)
            if result["error"]:
                error = PublishError(result["error"])
        except Exception as problem:  # whatever Dask or the network raises
            error = PublishError("The cluster lost the report.", value=f"{type(problem).__name__}: {problem}")
        return folder_report_result(folder, order, error, seconds)


def dask_backend_factory(address: str) -> Callable[[BatchPlan], DaskBackend]:
    """Return what makes a `DaskBackend` of a plan."""

    def maker(plan: BatchPlan) -> DaskBackend:
        return DaskBackend(plan, address)

    return maker


def make_on_worker(parcel: Mapping[str, Any]) -> dict[str, Any]:
    """Make a report on a worker; return its files and what went wrong.

    Parameters
    ----------
    parcel
        What `DaskBackend` sends.
    """
    if parcel["code"] != code_hash():
        return {
            "files": {},
            "error": "The worker has another version of cfanalysis: install the same one there.",
        }
    with work_folder() as work:
        root = work.path
        given = ReportTask(**parcel["task"])
        folder, cwd = root / "report", root / "work"
        folder.mkdir()
        notebook = _unpack(parcel["notebook"], cwd) / given.notebook.name
        brand = _unpack(parcel["brand"], root / "brand") / parcel["brand_name"]
        parameters = dict(given.parameters)
        for key, (path, packed) in parcel["places"].items():
            if (place := _place(Path(path))) == path:
                _unpack(packed, cwd)
            else:
                parameters[key] = str(_unpack(packed, root / "given" / key) / place)
        plan = BatchPlan(
            notebook,
            given.formats,
            brand if parcel["brand_name"] else None,
            timeout=given.timeout,
            memory=parcel["memory"],
            language=given.stamp.get("language", ""),
            cwd=cwd,
        )
        try:
            kernel = other_kernel(notebook, given.kernel.name) if given.kernel else None
        except CfAnalysisError as error:
            return {"files": {}, "error": str(error)}
        task = replace(given, notebook=notebook, parameters=parameters, kernel=kernel)
        return _make_here(folder, replace(plan, kernel=kernel), task)


def _make_here(folder: Path, plan: BatchPlan, task: ReportTask) -> dict[str, Any]:
    order = ReportOrder("", task.parameters, {}, file="report", formats=task.formats)
    job = report_job(plan, order, folder, MAKE_REPORT, {"task": task})
    ended = fork_client(imported_modules(plan.notebook)).run(job)
    made = job_report_result(ended, order, plan, 0.0, folder)
    files = {path.name: path.read_bytes() for path in made.files.values()}
    for path in (made.failed, *folder.glob(ABOUT_FILES)):
        if path is not None and path.is_file():
            files[path.name] = path.read_bytes()
    return {"files": files, "error": str(made.error) if made.error else ""}


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise PublishError(
            "Dask is not installed.", value=error, next_step="Install it: pip install 'cfanalysis[cluster]'"
        ) from error
    try:
        client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise PublishError(
            "There is no Dask scheduler at this address.", where=address, value=error
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)  # which may have been started a moment ago
    except TimeoutError:
        client.close()
        raise PublishError(
            "The scheduler has no worker.", where=address, next_step="Start one: dask worker ADDRESS"
        ) from None
    return client


def _place(path: Path) -> str:
    """Return where a file travels: one below the working directory by its path, any other by its name alone."""
    return path.name or "given" if path.is_absolute() or ".." in path.parts else str(path)


def _folder(file: Path | None) -> Path:
    return file.resolve().parent if file else Path()


def _pack(files: Mapping[str, Path]) -> bytes:
    """Return files and folders as bytes, by the places that they are to have."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for place, path in files.items():
            archive.add(path.resolve(), arcname=place)
    return stream.getvalue()


def _unpack(content: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")
    return folder
