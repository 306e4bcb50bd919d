"""Executing a notebook: papermill as a library, in a fresh process of the interpreter that runs now.

A notebook of the workbook runs on the fork engine, any other on an ordinary kernel. Unless another one is named the
kernel is this interpreter's own, also where the user's home has another kernel named ``python3``, and it takes neither
the user's IPython profile nor its history. What varies from run to run (times, random
cell ids, paths) is taken out of the executed notebook, so that the same input gives the same bytes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfanalysis.core.errors import PublishError, error_class, shorten
from cfanalysis.core.files import atomic_file
from cfanalysis.core.notebook_texts import translate_notebook
from cfanalysis.core.publication import current_publication
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.execution.local_modules import notebook_file_errors
from cfanalysis.publish.execution.other_kernel import OWN_KERNEL, PYTHON, Kernel
from cfanalysis.publish.execution.resource_limits import TIMEOUT

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ORDINARY = "cfanalysis-kernel"
# Anchored at the start of a word: else a long one would be searched from each of its letters.
_CELL_FILE = re.compile(r"(?<![^\s\"'\x1b])[^\s\"'\x1b]*ipykernel_\d+[/\\]")


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    output: Path,
    timeout: int = TIMEOUT,
    failed: Path | None = None,
    kept: Path | None = None,
    ordinary: bool = False,
    kernel: Kernel | None = None,
    stamp: Mapping[str, str] | None = None,
) -> Path:
    """Execute a notebook and write the executed notebook when it is whole.

    Parameters
    ----------
    notebook
        The notebook; it is not changed.
    parameters
        Values for its ``parameters`` cell, already checked (see `parse_parameters`).
    output
        Where the executed notebook goes.
    timeout
        Seconds that one cell may take.
    failed
        Where the executed notebook goes if a cell fails; ``<output>.failed.ipynb`` if None.
    kept
        The place that the message names; `failed` if None.
    ordinary
        Whether an ordinary kernel is to be used in any case.
    kernel
        Another kernel than this interpreter's own.
    stamp
        What the executed notebook, and so its pages, say about their making (see `report_provenance`).

    Returns
    -------
    Path
        `output`.

    Raises
    ------
    PublishError
        A cell failed, took too long or ended its kernel; the notebook is kept at `failed`.
    OutputError
        The output cannot be written.
    """
    failed = failed or output.with_name(f"{output.stem}.failed.ipynb")
    source = _read(notebook)
    if left := translate_notebook(source):
        source.metadata["cfanalysis"]["as_written"] = left
    with work_folder() as private, _silenced():
        engine = _ORDINARY if ordinary or kernel else _engine(source)
        beside = str(notebook.resolve().parent)
        options = _kernel_options(private.path, beside, kernel) if engine == _ORDINARY else {}
        options |= {"execution_timeout": timeout, "modules_beside": beside}
        options |= {"kernel_name": kernel.name if kernel else OWN_KERNEL}
        options |= {"language": kernel.language if kernel else PYTHON}
        raw, fine = _run(source, parameters, engine_name=engine, options=options)
        executed = _deterministic(raw, original=source, parameters=parameters)
    if not fine:
        _write(executed, failed)
        raise execution_error(executed, notebook, kept or failed)
    failed.unlink(missing_ok=True)
    if stamp:
        executed.metadata.setdefault("cfanalysis", {})["stamp"] = dict(stamp)
    _write(executed, output)
    return output


def _read(notebook: Path) -> NotebookNode:
    import nbformat

    with notebook_file_errors(notebook), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cells without ids are given some in _settled
        read: NotebookNode = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        check_format(read, notebook.name)
        if not isinstance(own := read.metadata.get("cfanalysis", {}), Mapping):
            raise PublishError(
                "The notebook's settings are not as they should be.",
                where=f"{notebook.name}, metadata.cfanalysis",
                value=own,
                allowed='names and values, such as {"report": true}',
            )
        return read


def check_format(notebook: Any, name: str) -> None:
    """Check that a notebook is as its format asks, as nbconvert's exporters do.

    Parameters
    ----------
    notebook
        As nbformat reads it.
    name
        Its name, for the message.

    Raises
    ------
    PublishError
        It is not.
    """
    import nbformat

    try:
        nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:  # nbformat's own, or what it fails with on a cell of no kind
        place = ".".join(map(str, getattr(error, "relative_path", ())))
        known = isinstance(error, nbformat.ValidationError)
        raise PublishError(
            "The notebook is not as its format asks.",
            where=f"{name}, {place}" if place else name,
            value=str(error).partition("\n")[0].removeprefix("NotebookValidationError: ") if known else None,
            allowed=None if known else "cells whose cell_type is code, markdown or raw",
        ) from error


def _run(
    source: NotebookNode, parameters: Mapping[str, Any], *, engine_name: str, options: Mapping[str, Any]
) -> tuple[NotebookNode, bool]:
    """Let papermill execute the notebook; return the executed one, and whether no cell failed."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    # Also where a cell fails: papermill would report it only through a file.
    executed: list[NotebookNode] = []
    try:
        papermill.execute_notebook(
            source,
            None,
            parameters=dict(parameters),
            engine_name=engine_name,
            request_save_on_cell_execute=False,
            progress_bar=False,
            meant_errors_aside=True,
            hand_over=executed.append,
            **options,
        )
    except PapermillExecutionError:
        return executed[0], False
    return executed[0], True


def _engine(source: NotebookNode) -> str:
    """Return the name of the engine for a notebook, known to papermill also where nothing was installed."""
    from papermill.engines import papermill_engines

    from cfanalysis.publish.execution import protocol
    from cfanalysis.publish.execution.engine import ForkEngine, is_supported

    papermill_engines.register("cfanalysis", ForkEngine)
    return "cfanalysis" if protocol.job_folder is not None or is_supported(source) else _ORDINARY


def _kernel_options(private: Path, beside: str, kernel: Kernel | None) -> dict[str, Any]:
    """Return what papermill's ordinary engine needs for a kernel; our own takes nothing from the user's home."""
    from papermill.engines import papermill_engines

    from cfanalysis.publish.execution.kernel import OrdinaryEngine, QuietKernelManager

    papermill_engines.register(_ORDINARY, OrdinaryEngine)
    printed, resources = private / "printed.txt", {"metadata": {"path": str(Path.cwd())}}
    if kernel is not None:
        return {"kernel_manager_class": kernel.manager_class(printed, beside), "resources": resources}
    tell = "__import__('cfanalysis.core.publication').core.publication.set_publication"
    lines = [f"__import__('sys').path.insert(0, {beside!r})"]
    if published := current_publication():
        lines.append(f"{tell}(*{astuple(published)!r})")
    return {
        "kernel_manager_class": QuietKernelManager.printing_to(printed),
        "extra_arguments": [f"--ipython-dir={private}", f"--IPKernelApp.exec_lines={lines!r}"],
        "resources": resources,
    }


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep the libraries' messages off the user's screen while a notebook runs."""
    loggers = [logging.getLogger(name) for name in ("papermill", "traitlets", "nbclient", "asyncio")]
    levels = [logger.level for logger in loggers]
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else a kernel warns about frozen modules
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _deterministic(
    raw: NotebookNode, *, original: NotebookNode, parameters: Mapping[str, Any]
) -> NotebookNode:
    """Return the executed notebook without what differs from run to run."""
    from papermill.execute import remove_error_markers

    from cfanalysis.publish.execution.expected_errors import restore_expected_errors

    notebook: NotebookNode = remove_error_markers(raw)
    restore_expected_errors(notebook)
    declared = {cell.get("id") for cell in original.cells}
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "parameters-given"
        elif cell.get("id") not in declared:
            cell["id"] = f"cell-{number}"
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        for output in cell.get("outputs", []):
            _name_cells_alike(output)
    notebook.metadata["papermill"] = {"parameters": dict(parameters)}
    return notebook


def _name_cells_alike(output: NotebookNode) -> None:
    """Take the number of the process out of the file names that the kernel gives to cells."""
    if output.output_type == "stream":
        output.text = _CELL_FILE.sub("", output.text)
    elif output.output_type == "error":
        output.traceback = [_CELL_FILE.sub("", line) for line in output.traceback]


def _write(notebook: NotebookNode, target: Path) -> None:
    import nbformat

    with atomic_file(target) as aside:
        aside.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")  # type: ignore[no-untyped-call]


def execution_error(executed: NotebookNode, notebook: Path, kept: Path) -> PublishError:
    """Say in the user's words which cell failed and why.

    Parameters
    ----------
    executed
        The executed notebook.
    notebook
        The notebook that it was made from.
    kept
        Where the executed notebook is kept.
    """
    index, source, failure = next(_failures(executed), (0, "", {"ename": "Error", "evalue": ""}))
    lines = source.strip().splitlines()
    # The notebook's own count: the cell that papermill adds is not one of its cells.
    added = any("injected-parameters" in c.metadata.get("tags", []) for c in executed.cells[:index])
    place = f"{notebook.name}, cell {index + 1 - added}: {lines[0] if lines else ''}"
    name, message = failure["ename"], failure["evalue"]
    if error_class(name):
        # Our own errors say what is wrong, where and what to do; nothing is to be added but the cell.
        return PublishError(f"{message}\n  cell:    {shorten(place)}\n  kept:    {kept}")
    return PublishError(
        "The notebook stopped with an error.",
        where=place,
        value=f"{name}: {message}" if message else name,
        next_step=f"See the executed notebook, kept at {kept}",
    )


def _failures(executed: NotebookNode) -> Iterator[tuple[int, str, Mapping[str, str]]]:
    """Yield the cells that failed: index, source and error."""
    for index, cell in enumerate(executed.cells):
        if "raises-exception" in cell.metadata.get("tags", []):
            continue
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield index, cell.source, output
