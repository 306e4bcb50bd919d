"""Making client reports: one, or many side by side, from extracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from cfanalysis.core.formatting import date_text
from cfanalysis.core.language import SOURCE, asked_language, translated, use_language
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.resources import notebook_file
from cfanalysis.core.templates import sentence
from cfanalysis.publish.batches.batch import Backend, BatchPlan
from cfanalysis.publish.batches.destinations import Destination
from cfanalysis.publish.batches.folder_batch import local_backend, write_batch
from cfanalysis.publish.batches.ledger import LedgerEntry, lock_folder
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

PRELOADED = ("cfanalysis.publish.client_batches.chart_preload:preload_charts",)
"""What the fork server does for client reports besides importing what their notebook imports."""


def publish_extract(
    extract: Path,
    folder: Path,
    *,
    name: str,
    formats: Sequence[str],
    note: str = "",
    brand: Path | None = None,
    notebook: Path | None = None,
    stamp: Mapping[str, str] | None = None,
    imprint: Mapping[str, str] | None = None,
    language: str = "",
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
    stamp, imprint, language
        As for `cfanalysis.publish.single_report.publish`.
    """
    notebook, parameters = notebook or notebook_file(NOTEBOOK), report_parameters(extract, note)
    hashes = extract_hashes(extract)
    files = {form: folder / f"{name}.{form}" for form in formats if form in OTHER_FORMATS}
    with use_publication(Publication(notebooks=str(notebook.resolve().parent), language=language)):
        for path in files.values():
            write_extract_workbook(parameters, path, imprint or {})
    if pages := [form for form in formats if form not in OTHER_FORMATS]:
        files |= publish(
            notebook, parameters, output_folder=folder, name=name, formats=pages, inputs=hashes, brand=brand,
            stamp=stamp, imprint=imprint, language=language,
        )  # fmt: skip
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
            fork_client(
                [*imported_modules(notebook), *PRELOADED], pages=False
            )  # which it imports while the study is opened
        facts = supply.facts()
        if facts["notes"]:
            parse_parameters(notebook, {"note": ""})
        stack.enter_context(lock_folder(place.folder))
        plan = BatchPlan(
            notebook,
            tuple(formats),
            brand,
            f"{facts['fingerprint']} {wanted.benchmark}",
            others=OTHER_FORMATS,
            known=facts["all"],
            gone=facts["gone"],
            given=_report_options(wanted, facts, brand),
            imprint={**facts["imprint"], **wanted.dated},
            language=facts["language"],
        )
        number = len(facts["clients"])
        begun(number)
        backend = maker(plan) if maker else local_backend(plan, jobs, number, PRELOADED)
        language = wanted.language or facts["language"]
        with use_language(language):
            words = {
                "title": sentence("{title}: client reports", title=facts["title"]),
                "notice": translated("Synthetic data") if facts["synthetic"] else "",
            }
        return write_batch(plan, place, backend, supply, facts["clients"], watch, language=language, **words)


def write_extract_workbook(
    parameters: Mapping[str, Any], path: Path, stamp: Mapping[str, str]
) -> dict[str, Any]:
    """Write a client's figures as an Excel workbook, from the extract that its notebook was given.

    Parameters
    ----------
    parameters
        The notebook's parameters; ``extract`` is the folder of the extract.
    path
        The workbook to write.
    stamp
        What says its date and edition.

    Returns
    -------
    dict
        What it says of itself, as `cfanalysis.publish.single_report.ABOUT_FILES`.
    """
    from cfanalysis.publish.rendering.document import edition_facts
    from cfanalysis.reports.client.client_workbook import write_client_workbook
    from cfanalysis.reports.common.page_blocks import client_masthead
    from cfanalysis.study.client_extract import open_extract

    day, language = stamp.get("date", ""), asked_language() or SOURCE
    facts = edition_facts(stamp, day and date_text(day, language), language)
    extract = open_extract(Path(parameters["extract"]))
    write_client_workbook(extract, path, imprint=facts)
    head = client_masthead(extract)
    title = f"{head.title} – {head.subtitle}"
    return {"title": title, "language": language, "date": day, "notice": head.notice, "remarks": []}


def _report_options(
    wanted: ReportSelection, facts: Mapping[str, Any], brand: Path | None
) -> dict[str, dict[str, str]]:
    """Return what each report was asked for with that is not the usual: benchmark, norm, brand, note and the like."""
    common = {} if wanted.benchmark == ALL_ORGANIZATIONS else {"benchmark": wanted.benchmark}
    if facts["norm"]:
        common["norm"] = facts["norm"]
    common |= wanted.dated
    if wanted.notebook is not None:
        common["notebook"] = str(wanted.notebook)
    if brand is not None:
        common["brand"] = str(brand)
    own: dict[str, Mapping[str, str]] = {
        "note": facts["notes"], "quotes": facts["quotes"], "language": facts["languages"],
    }  # fmt: skip
    return {
        name: {**common, **{option: texts[name] for option, texts in own.items() if name in texts}}
        for name in facts["clients"]
    }
