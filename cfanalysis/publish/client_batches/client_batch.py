"""Making client reports: one, or many side by side, from extracts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from cfanalysis.core.files import safe_name
from cfanalysis.core.resources import notebook_file
from cfanalysis.publish.batches.batch import WORK, Backend, Batch, BatchPlan
from cfanalysis.publish.batches.destinations import Destination, clear_work
from cfanalysis.publish.batches.index_page import write_index
from cfanalysis.publish.batches.ledger import LedgerEntry, lock_folder
from cfanalysis.publish.batches.local_backend import ForkBackend, SerialBackend
from cfanalysis.publish.client_batches.differencing_guard import record_state
from cfanalysis.publish.client_batches.extract_worker import (
    ExtractSource,
    InProcessExtractSource,
    extract_hashes,
    report_parameters,
)
from cfanalysis.publish.client_batches.selection import ReportSelection
from cfanalysis.publish.execution.fork_client import fork_client
from cfanalysis.publish.execution.parameters import parse_parameters
from cfanalysis.publish.execution.preload import imported_modules
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.publish.single_report import publish
from cfanalysis.study.benchmark import ALL_ORGANIZATIONS

NOTEBOOK = "client_report"
OTHER_FORMATS = {"xlsx": "cfanalysis.publish.client_batches:write_extract_workbook"}
"""The formats that are written from the extract itself."""

_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
_RESERVED = {"index", "ledger"} | _DEVICES


def publish_extract(
    extract: Path,
    folder: Path,
    *,
    name: str,
    formats: Sequence[str],
    note: str = "",
    brand: Path | None = None,
    notebook: Path | None = None,
) -> dict[str, Path]:
    """Write a report from a client's extract alone and return the path of each format.

    Parameters
    ----------
    extract
        The folder of the extract.
    folder
        Where the files go.
    name
        Their name without suffix.
    formats
        As for `cfanalysis.publish.single_report.publish`, and those of `OTHER_FORMATS`.
    note
        A personal note for the client.
    brand
        The brand file.
    notebook
        The notebook; the workspace's or the shipped one if None.
    """
    notebook, parameters = notebook or notebook_file(NOTEBOOK), report_parameters(extract, note)
    hashes = extract_hashes(extract)
    files = {form: folder / f"{name}.{form}" for form in formats if form in OTHER_FORMATS}
    for path in files.values():
        write_extract_workbook(parameters, path)
    if pages := [form for form in formats if form not in OTHER_FORMATS]:
        files |= publish(
            notebook, parameters, output_folder=folder, name=name, formats=pages, inputs=hashes, brand=brand
        )
    return files


def write_client_reports(
    wanted: ReportSelection,
    place: Destination,
    *,
    formats: Sequence[str] = ("html", "pdf"),
    jobs: int = 2,
    brand: Path | None = None,
    maker: Callable[[BatchPlan], Backend] | None = None,
    begun: Callable[[int], None] = lambda _: None,
    watch: Callable[[LedgerEntry], None] = lambda _: None,
) -> list[LedgerEntry]:
    """Write the reports of many clients; one that fails does not stop the others.

    Parameters
    ----------
    wanted
        Whose, compared with whom, with which notes.
    place
        Where the reports, the ledger and ``index.html`` go.
    formats
        As for `cfanalysis.publish.single_report.publish`, and those of `OTHER_FORMATS`.
    jobs
        How many at once.
    brand
        The brand file.
    maker
        What makes them, from the plan; this machine if None.
    begun
        Called with the number of reports, when it is known.
    watch
        Called with each ledger entry as it is settled.

    Returns
    -------
    list of Entry
        What became of each, in the study's order.

    Raises
    ------
    CfAnalysisError
        The study or a client cannot be found, the notebook takes no extract (or no note, where notes are given), or
        the place cannot be written.
    """
    notebook = wanted.notebook or notebook_file(NOTEBOOK)
    parse_parameters(notebook, {"extract": ""})
    with ExitStack() as stack:
        supply = ExtractSource(wanted, 1 if maker else jobs) if can_fork() else InProcessExtractSource(wanted)
        stack.callback(supply.close)
        if can_fork() and maker is None:
            fork_client(_preload_names(notebook), pages=False)  # which it imports while the study is opened
        facts = supply.facts()
        if facts["notes"]:
            parse_parameters(notebook, {"note": ""})
        stack.enter_context(lock_folder(place.folder))
        clear_work(place.folder, WORK)
        record_state(place.folder, facts["states"], facts["minimum"])
        plan = BatchPlan(
            notebook,
            tuple(formats),
            brand,
            f"{facts['fingerprint']} {wanted.benchmark}",
            others=OTHER_FORMATS,
            given=_report_options(wanted, facts),
        )
        batch = Batch(
            plan, place, maker(plan) if maker else _local_backend(plan, jobs, len(facts["clients"])), watch
        )
        begun(len(facts["clients"]))
        try:
            files = file_names(facts["all"])
            return batch.run({name: files[name] for name in facts["clients"]}, supply)
        finally:
            write_index(
                place.folder, batch.ledger.entries.values(), title=facts["title"], notice=facts["notice"]
            )
            place.finish()


def write_extract_workbook(parameters: Mapping[str, Any], path: Path) -> None:
    """Write a client's figures as an Excel workbook, from the extract that its notebook was given.

    Parameters
    ----------
    parameters
        The notebook's parameters; ``extract`` is the folder of the extract.
    path
        The workbook to write.
    """
    from cfanalysis.reports.client.client_workbook import write_client_workbook
    from cfanalysis.study.client_extract import open_extract

    write_client_workbook(open_extract(Path(parameters["extract"])), path)


def file_names(clients: Sequence[str]) -> dict[str, str]:
    """Return a safe file name for each client, unique also where case is not told apart.

    Examples
    --------
    >>> file_names(["Alder", "ALDER"]) == {"Alder": "alder-" + "3e1b97ea", "ALDER": "alder-" + "b34dbf1c"}
    False
    >>> len(set(file_names(["Alder", "ALDER", "con", "../x"]).values()))
    4
    """
    names = {client: safe_name(client) for client in clients}
    counts = Counter(names.values())
    # A name with a mark that no file name has gets a piece of its hash from safe_name.
    return {
        client: name
        if name and counts[name] == 1 and name not in _RESERVED
        else safe_name(f"{client}\0").strip("-")
        for client, name in names.items()
    }


def _local_backend(plan: BatchPlan, jobs: int, reports: int) -> Backend:
    """Return what makes so many reports on this machine."""
    if not can_fork():
        return SerialBackend(plan)
    lone = reports == 1
    return ForkBackend(plan, jobs, fork_client(_preload_names(plan.notebook), pages=not lone), lone=lone)


def _preload_names(notebook: Path) -> list[str]:
    """Return what the fork server preloads for client reports."""
    return [*imported_modules(notebook), "cfanalysis.publish.client_batches.chart_preload:preload_charts"]


def _report_options(wanted: ReportSelection, facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what each report was asked for with that is not the usual: benchmark, notebook, note, quotes."""
    common = {} if wanted.benchmark == ALL_ORGANIZATIONS else {"benchmark": wanted.benchmark}
    if wanted.notebook is not None:
        common["notebook"] = str(wanted.notebook)
    own: dict[str, Mapping[str, str]] = {"note": facts["notes"], "quotes": facts["quotes"]}
    return {
        name: {**common, **{option: texts[name] for option, texts in own.items() if name in texts}}
        for name in facts["clients"]
    }
