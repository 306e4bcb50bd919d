"""Executing a notebook: papermill as a library, on a fresh kernel of the interpreter that runs now.

The kernel is always this interpreter's own, also where the user's home has another kernel named ``python3``,
and it takes neither the user's IPython profile nor its history. What varies from run to run (times, random
cell ids, paths) is taken out of the executed notebook, so that the same input gives the same bytes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfanalysis import errors
from cfanalysis.errors import CfAnalysisError, PublishError, shorten
from cfanalysis.files import whole_file

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.exceptions import PapermillExecutionError

_CELL_FILE = re.compile(r"[^\s\"'\x1b]*ipykernel_\d+[/\\]")

TIMEOUT = 600
"""Seconds that one cell may take unless told otherwise."""


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    output: Path,
    cwd: Path | None = None,
    timeout: int = TIMEOUT,
    failed: Path | None = None,
) -> Path:
    """Execute a notebook and write the executed notebook when it is whole.

    Parameters
    ----------
    notebook
        The notebook; it is not changed.
    parameters
        Values for its ``parameters`` cell, already checked (see `checked_parameters`).
    output
        Where the executed notebook goes.
    cwd
        The kernel's working directory; this process's own if None.
    timeout
        Seconds that one cell may take.
    failed
        Where the executed notebook goes if a cell fails; ``<output>.failed.ipynb`` if None.

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
    with tempfile.TemporaryDirectory(prefix="cfanalysis-") as folder, _quiet():
        raw = Path(folder) / "executed.ipynb"
        failure = _run(source, parameters, raw, cwd=cwd, timeout=timeout, private=Path(folder))
        executed = _settled(raw, original=source, parameters=parameters)
    if failure is not None:
        _write(executed, failed)
        raise _explained(failure, notebook, failed) from None
    failed.unlink(missing_ok=True)
    _write(executed, output)
    return output


def _read(notebook: Path) -> NotebookNode:
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are given some in _settled
            return nbformat.read(notebook, as_version=4)  # type: ignore[no-any-return, no-untyped-call]
    except OSError as error:
        raise PublishError("The notebook cannot be read.", where=notebook, value=error.strerror) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError("The file is not a Jupyter notebook.", where=notebook) from error


def _run(
    source: NotebookNode,
    parameters: Mapping[str, Any],
    raw: Path,
    *,
    cwd: Path | None,
    timeout: int,
    private: Path,
) -> PapermillExecutionError | None:
    """Let papermill execute the notebook into `raw`; return the error of the failing cell, if any."""
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from cfanalysis.publish.kernel import OrdinaryEngine, OwnKernelManager

    papermill_engines.register("cfanalysis-kernel", OrdinaryEngine)
    try:
        papermill.execute_notebook(
            source,
            str(raw).replace("{", "{{").replace("}", "}}"),  # papermill formats paths
            parameters=dict(parameters),
            engine_name="cfanalysis-kernel",
            kernel_name="python3",
            language="python",
            request_save_on_cell_execute=False,
            progress_bar=False,
            execution_timeout=timeout,
            kernel_manager_class=OwnKernelManager.printing_to(private / "printed.txt"),
            extra_arguments=[f"--ipython-dir={private}"],
            resources={"metadata": {"path": str(cwd or Path.cwd())}},
        )
    except PapermillExecutionError as error:
        return error
    return None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' remarks off the user's screen while a notebook runs."""
    loggers = [logging.getLogger(name) for name in ("papermill", "traitlets", "nbclient", "asyncio")]
    levels = [logger.level for logger in loggers]
    former = os.environ.get("PYDEVD_DISABLE_FILE_VALIDATION")
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else the kernel remarks on frozen modules
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if former is None:
            del os.environ["PYDEVD_DISABLE_FILE_VALIDATION"]
        else:
            os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = former


def _settled(raw: Path, *, original: NotebookNode, parameters: Mapping[str, Any]) -> NotebookNode:
    """Return the executed notebook without what differs from run to run."""
    import nbformat
    from papermill.execute import remove_error_markers

    from cfanalysis.publish.kernel import restore_meant_errors

    notebook: NotebookNode = remove_error_markers(nbformat.read(raw, as_version=4))  # type: ignore[no-untyped-call]
    restore_meant_errors(notebook)
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

    with whole_file(target) as aside:
        aside.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")  # type: ignore[no-untyped-call]


def _explained(failure: PapermillExecutionError, notebook: Path, kept: Path) -> PublishError:
    """Say in the user's words which cell failed and why."""
    lines = str(failure.source).strip().splitlines()
    place = f"{notebook.name}, cell {failure.cell_index + 1}: {lines[0] if lines else ''}"
    if failure.ename in _own_errors():
        # Our own errors say what is wrong, where and what to do; nothing is to be added but the cell.
        message = f"{failure.evalue}\n  cell:    {shorten(place)}\n  kept:    {kept}"
        return PublishError(message)
    return PublishError(
        "The notebook stopped with an error.",
        where=place,
        value=f"{failure.ename}: {failure.evalue}" if failure.evalue else failure.ename,
        next_step=f"See the executed notebook, kept at {kept}",
    )


def _own_errors() -> set[str]:
    return {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, CfAnalysisError)
    }
