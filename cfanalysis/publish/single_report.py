"""One report: a notebook is executed with its parameters and published in each format that was asked for.

Everything is made aside, and the files are moved into the output folder when all of them are whole. If
anything fails nothing half-written is left; only the executed notebook with its failing cell is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfanalysis.core.errors import OutputError, ParameterError, PublishError, nearest
from cfanalysis.core.files import atomic_file, sha256
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.execution.other_kernel import Kernel
from cfanalysis.publish.execution.protocol import EXECUTED_FILE, Job, report_progress
from cfanalysis.publish.execution.resource_limits import TIMEOUT, can_fork, lift_bounds
from cfanalysis.publish.provenance import language_imprint, report_provenance
from cfanalysis.publish.rendering.logo import check_brand

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from cfanalysis.publish.execution.fork_client import JobResult

FAILED_FILE = "failed.ipynb"
ABOUT_FILES = "about.*.json"
"""What a report's pages say of themselves: title, language, date, notice, remarks; one file a format."""

MAKE_REPORT = "cfanalysis.publish.single_report:make_report"
EXPORT_PAGE = "cfanalysis.publish.single_report:export_page"
"""What a job is to do, by name."""

Export = Callable[[Path, Path], bytes]
"""From the executed notebook, and the notebook that it was made from, to the bytes of a published file."""


def exporter(module: str, exporter: str) -> Export:
    """Return an export through an nbconvert exporter, which is imported when it is first used.

    Parameters
    ----------
    module, exporter
        The module that holds the exporter class, and the name of the class.
    """

    def export(executed: Path, notebook: Path) -> bytes:
        exporter_class = getattr(import_module(module), exporter)
        # The page is about the notebook as it was written: its name, and the pictures beside it.
        resources = {"metadata": {"name": notebook.stem, "path": str(notebook.resolve().parent)}}
        read, document = _read_once(executed, executed.stat().st_mtime_ns)
        # Checked once, not after each of nbconvert's preprocessors, all of which are off.
        own = exporter_class(optimistic_validation=True)
        own.known = document
        output, about = own.from_notebook_node(read, resources)
        _keep_about(executed.parent, exporter_class.suffix, about["about"])
        return output if isinstance(output, bytes) else str(output).encode()

    return export


@lru_cache(maxsize=1)
def _read_once(executed: Path, _: int) -> tuple[NotebookNode, list[Any]]:
    """Return an executed notebook, and the list that takes it as a document, for all of its formats."""
    import nbformat

    return nbformat.read(executed, as_version=4), []  # type: ignore[no-untyped-call]


REPORT_FORMATS: dict[str, Export] = {
    "html": exporter("cfanalysis.publish.rendering.html", "PageHTMLExporter"),
    "pdf": exporter("cfanalysis.publish.rendering.pdf", "TypstPDFExporter"),
}
"""The formats that a report can have, by file name suffix; a new format is one more entry."""


def publish(
    notebook: Path,
    parameters: Mapping[str, object],
    *,
    output_folder: Path,
    name: str,
    formats: Sequence[str] = ("html", "pdf"),
    inputs: Mapping[str, str] | None = None,
    brand: Path | None = None,
    numbers: Path | None = None,
    stamp: Mapping[str, str] | None = None,
    imprint: Mapping[str, str] | None = None,
    language: str = "",
) -> dict[str, Path]:
    """Execute the notebook and write ``<name>.<format>`` into the output folder.

    Parameters
    ----------
    notebook
        The notebook to execute.
    parameters
        Values for the names in its ``parameters`` cell.
    output_folder
        Where the files go; made if it is absent.
    name
        The files' name without suffix.
    formats
        Keys of `REPORT_FORMATS`.
    inputs
        Hashes for the stamp, of what the report is made from.
    brand
        The brand file (see `cfanalysis.theme.brand`).
    numbers
        The folder that takes the numbers of each figure as CSV.
    stamp
        The stamp of the files; that of what they are made from if None.
    imprint
        What it then says of the edition (`cfanalysis.publish.provenance.IMPRINT`).
    language
        As of `cfanalysis.core.publication.Publication`.

    Returns
    -------
    dict
        The path of each file by format.

    Raises
    ------
    ParameterError
        A parameter that the notebook does not take; an unknown format.
    PublishError
        A cell failed, or a page could not be made.
    OutputError
        The output folder cannot be written.
    """
    from cfanalysis.publish.execution.parameters import parse_parameters

    check_formats(formats)
    _check_name(name)
    if brand is not None:
        check_brand(brand)
    given = parse_parameters(notebook, parameters)
    targets = {suffix: output_folder / f"{name}.{suffix}" for suffix in formats}
    failed = output_folder / f"{name}.failed.ipynb"
    imprint = {**(imprint or {}), **language_imprint(language)}
    stamp = stamp or report_provenance(notebook, given, inputs=inputs or {}, brand=brand, imprint=imprint)
    task = ReportTask(notebook.resolve(), given, formats, failed, stamp)
    folders = [str(place.resolve()) if place else "" for place in (brand, numbers, notebook.parent)]
    publication = Publication(folders[0], folders[1], folders[2], "html" in formats, language)
    with ExitStack() as stack:
        # Entered before the notebook runs, so that a folder that cannot be written to is found at once.
        aside = {suffix: stack.enter_context(atomic_file(target)) for suffix, target in targets.items()}
        folder = stack.enter_context(work_folder()).path
        try:
            _make_files(folder, task, publication, warm=runs_on_fork_server(notebook))
        except PublishError:
            if (folder / FAILED_FILE).exists():
                with atomic_file(failed) as place:
                    place.write_bytes((folder / FAILED_FILE).read_bytes())
            raise
        for suffix, path in aside.items():
            path.write_bytes((folder / f"report.{suffix}").read_bytes())
    failed.unlink(missing_ok=True)
    return targets


@dataclass(frozen=True)
class ReportTask:
    """A report to be made: what a process needs for it.

    Parameters
    ----------
    notebook, parameters, formats
        As for `publish`, checked already.
    kept
        Where the executed notebook will be kept if a cell fails, for the message.
    stamp
        The provenance that the pages state.
    timeout
        Seconds that a cell may take.
    others
        Formats that are not made from the notebook: the function that writes each, ``"package.module:function"``,
        called with the parameters, the path and the stamp; it returns what the file says of itself, as `ABOUT_FILES`.
    kernel
        The kernel of its cells; None for this Python's own.
    """

    notebook: Path
    parameters: Mapping[str, Any]
    formats: Sequence[str]
    kept: Path
    stamp: Mapping[str, str]
    timeout: int = TIMEOUT
    others: Mapping[str, str] = field(default_factory=dict)
    kernel: Kernel | None = None


def make_report(folder: Path, task: ReportTask) -> dict[str, str]:
    """Make a report in this process: execute the notebook where it is needed and write each format into `folder`.

    Parameters
    ----------
    folder
        Takes ``report.<format>``, ``executed.ipynb``, if a cell fails ``failed.ipynb``, and `ABOUT_FILES`.
    task
        What is to be made.

    Returns
    -------
    dict
        The SHA-256 of each file by format.

    Raises
    ------
    PublishError
        A cell failed, or a page could not be made.
    """
    from cfanalysis.publish.execution.notebook_run import execute

    if not task.formats or needs_notebook(task.formats):
        execute(
            task.notebook,
            task.parameters,
            output=folder / EXECUTED_FILE,
            failed=folder / FAILED_FILE,
            kept=task.kept,
            timeout=task.timeout,
            stamp=task.stamp,
            kernel=task.kernel,
        )
    lift_bounds()
    return {suffix: export_page(folder, folder, suffix, task) for suffix in task.formats}


def needs_notebook(formats: Iterable[str]) -> bool:
    """Tell whether any of these formats is made from the executed notebook."""
    return not REPORT_FORMATS.keys().isdisjoint(formats)


def export_page(_: Path, report: Path, suffix: str, task: ReportTask) -> str:
    """Write one format of a report as ``report.<suffix>`` and return its SHA-256.

    Parameters
    ----------
    _
        The folder of the job; the page is written elsewhere.
    report
        The folder in which `make_report` has executed the notebook; it takes the page.
    suffix
        The format.
    task
        The report.
    """
    report_progress("page", suffix)
    path = report / f"report.{suffix}"
    if suffix in REPORT_FORMATS:
        path.write_bytes(REPORT_FORMATS[suffix](report / EXECUTED_FILE, task.notebook))
    else:
        module, function = task.others[suffix].split(":")
        about = getattr(import_module(module), function)(task.parameters, path, task.stamp)
        _keep_about(report, f".{suffix}", about)
    return sha256(path)


def _keep_about(folder: Path, suffix: str, about: Mapping[str, Any]) -> None:
    """Keep beside a page what it says of itself."""
    content = json.dumps(about, ensure_ascii=False)
    (folder / ABOUT_FILES.replace(".*", suffix)).write_text(content, "utf-8")


def page_facts(folder: Path | None) -> dict[str, Any]:
    """Return what the pages of a report in this folder say of themselves (`ABOUT_FILES`), each remark once."""
    said = (
        [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(ABOUT_FILES))] if folder else []
    )
    remarks = dict.fromkeys(remark for facts in said for remark in facts["remarks"])
    return {**(said[-1] if said else {}), "remarks": list(remarks)}


def _make_files(folder: Path, task: ReportTask, publication: Publication, *, warm: bool) -> None:
    """Make a report's files in the folder: in a fork where that is possible, otherwise in this process."""
    if not warm:
        with use_publication(publication):
            make_report(folder, task)
        return
    from cfanalysis.publish.execution.fork_client import fork_client
    from cfanalysis.publish.execution.preload import imported_modules

    job = Job(folder, MAKE_REPORT, {"task": task}, publication=publication)
    ended = fork_client(imported_modules(task.notebook)).run(job)
    if ended.lost and (error := lost_cell_error(ended, task.notebook, task.kept)):
        raise error
    ended.result()


def lost_cell_error(ended: JobResult, notebook: Path, kept: Path) -> PublishError | None:
    """Return the error of a cell whose process was lost, None where none was running.

    The executed notebook is left in the job's folder.

    Parameters
    ----------
    ended
        The result of the child.
    notebook
        The notebook.
    kept
        Where the executed notebook will be kept, for the message.
    """
    import nbformat

    from cfanalysis.publish.execution.notebook_run import execution_error
    from cfanalysis.publish.execution.record import recover_notebook

    executed = recover_notebook(ended.job.folder, ended.lost, ended.loss)
    if executed is None:
        return None
    text = nbformat.writes(executed) + "\n"  # type: ignore[no-untyped-call]
    (ended.job.folder / FAILED_FILE).write_text(text, encoding="utf-8")
    return execution_error(executed, notebook, kept)


def runs_on_fork_server(notebook: Path) -> bool:
    """Tell whether a notebook is one that the fork engine runs (see `engine.is_supported`)."""
    try:
        metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
        return can_fork() and "cfanalysis" in metadata
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_formats(formats: Sequence[str], others: Iterable[str] = ()) -> None:
    """Raise if a format is unknown, or none is asked for.

    Parameters
    ----------
    formats
        What is asked for.
    others
        What can be made besides `REPORT_FORMATS`.

    Raises
    ------
    ParameterError
        It is; the nearest one is named.
    """
    known = (*REPORT_FORMATS, *others)
    unknown = [wanted for wanted in formats or [""] if wanted not in known]
    if unknown:
        alike = nearest(unknown[0], known)
        raise ParameterError(
            "There is no such format." if formats else "No format is named.",
            value=unknown[0] or None,
            allowed=", ".join(known),
            next_step=f"Did you mean {alike[0]}?" if alike else None,
        )


def _check_name(name: str) -> None:
    if not name or name.startswith(".") or set(name) & set('/\\\0:*?"<>|') or len(name.encode()) > 200:
        raise OutputError(
            "The report's name cannot be a file name.",
            value=name,
            allowed='at most 200 bytes, no leading dot and none of / \\ : * ? " < > |',
        )
