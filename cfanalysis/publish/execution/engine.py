"""The fork engine for papermill: a notebook's cells run in a process forked from a fork server.

``papermill report.ipynb out.ipynb --engine cfanalysis`` finds it by its entry point. Notebooks of the workbook (those
with ``cfanalysis`` in their metadata) run in a forked process; any other notebook, and platforms without a safe fork,
get papermill's ordinary kernel. The executed notebook is the same.

Papermill imports this module whenever it starts, so it imports nothing that papermill has not imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager

from cfanalysis.publish.execution import protocol
from cfanalysis.publish.execution.resource_limits import TIMEOUT, can_fork


class ForkEngine(Engine):  # type: ignore[misc]  # papermill ships no types
    """Runs cells in a child of the fork server; inside such a child, in the child itself."""

    @classmethod
    def nb_kernel_name(cls, nb: Mapping[str, Any], name: str | None = None) -> str:
        """Return the kernel's name; a notebook that names none is Python's.

        Parameters
        ----------
        nb
            The notebook.
        name
            The name that was asked for; None for the notebook's own.
        """
        return str(name or nb["metadata"].get("kernelspec", {}).get("name") or "python3")

    @classmethod
    def nb_language(cls, nb: Mapping[str, Any], language: str | None = None) -> str:
        """Return the language of the cells; a notebook that names none is Python's.

        Parameters
        ----------
        nb
            The notebook.
        language
            The language that was asked for; None for the notebook's own.
        """
        about = nb["metadata"]
        named = (about.get("language_info", {}).get("name"), about.get("kernelspec", {}).get("language"))
        return str(language or next(filter(None, named), "python"))

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> None:
        """Execute the notebook's cells.

        Parameters
        ----------
        nb_man
            Papermill's record of the execution; its notebook is filled.
        kernel_name
            The kernel to use where the notebook cannot run in a fork.
        **kwargs
            ``execution_timeout`` (seconds for a cell), ``hand_over`` (called with the executed notebook, failed or
            not), ``modules_beside`` (a folder whose modules the cells can import) and what the ordinary engine takes.
        """
        if protocol.job_folder is not None:
            from cfanalysis.publish.execution.cells import run_cells

            run_cells(nb_man, protocol.job_folder, kwargs.get("modules_beside", ""))
        elif is_supported(nb_man.nb):
            from cfanalysis.publish.execution.fork_client import run_on_fork_server

            run_on_fork_server(nb_man, timeout=int(kwargs.get("execution_timeout") or TIMEOUT))
        else:
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **kwargs)
            return
        if kwargs.get("meant_errors_aside"):
            from cfanalysis.publish.execution.expected_errors import hide_expected_errors

            hide_expected_errors(nb_man.nb)
        if hand_over := kwargs.get("hand_over"):
            hand_over(nb_man.nb)


def is_supported(notebook: Mapping[str, Any]) -> bool:
    """Tell whether a notebook is one that the fork engine runs itself."""
    return can_fork() and "cfanalysis" in notebook["metadata"]
