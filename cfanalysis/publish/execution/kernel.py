"""Kernels for papermill: this interpreter's own, private and quiet, or one that a notebook asks for.

A kernel that dies or takes too long is recorded as the failure of the cell that it was working on, so that
every failure reaches the user in the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, NotebookExecutionManager
from traitlets import default

from cfanalysis.core.errors import PublishError
from cfanalysis.publish.execution.expected_errors import expect_none, hide_expected_errors
from cfanalysis.publish.execution.protocol import report_progress

_PORT_TAKEN = "Address already in use"
"""What a kernel says whose port was free when it was chosen, and was taken by another program before it began."""


class QuietKernelManager(AsyncKernelManager):
    """Starts a kernel of given folders, whatever kernels the user has installed elsewhere."""

    printed: ClassVar[Path]
    """The file that takes what libraries print below the kernel; what cells print is sent as output."""

    kernel_dirs: ClassVar[Sequence[str]] = ()
    """Where kernels are looked for. Without any what remains is the native kernel, which is sys.executable."""

    options: ClassVar[Mapping[str, Any]] = {}
    """How its process is started, as of ``subprocess.Popen``."""

    @classmethod
    def printing_to(
        cls, printed: Path, kernel_dirs: Sequence[str] = (), **options: Any
    ) -> type[QuietKernelManager]:
        """Return this class with its kernels' stray output going to a file.

        Parameters
        ----------
        printed, kernel_dirs
            See the class.
        **options
            How the process is started, as of ``subprocess.Popen``.
        """
        own = {"printed": printed, "kernel_dirs": kernel_dirs, "options": options}
        return type("QuietKernelManager", (cls,), own)

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(parent=self, kernel_dirs=list(self.kernel_dirs))

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        with self.printed.open("wb") as stream:
            given = {"stdout": stream, "stderr": stream, **self.options, **kwargs}
            await super()._async_start_kernel(**given)

    start_kernel = _async_start_kernel


class OrdinaryEngine(NBClientEngine):  # type: ignore[misc]  # papermill ships no types
    """Papermill's own engine, with a lost kernel recorded as its cell's failure."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> None:
        """Execute the notebook's cells on a kernel.

        Parameters
        ----------
        nb_man
            papermill's manager of the notebook.
        kernel_name
            Name of the kernel.
        **kwargs
            As papermill passes them; ``hand_over`` is called with the executed notebook.

        Raises
        ------
        PublishError
            No kernel could be started.
        """
        manager: type[QuietKernelManager] = kwargs["kernel_manager_class"]
        hand_over: Callable[[Any], None] = kwargs.pop("hand_over")
        kwargs.pop("meant_errors_aside")
        kwargs.pop("modules_beside")
        _watch(nb_man)
        try:
            try:
                super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
            except RuntimeError:
                if _PORT_TAKEN not in _printed(manager):
                    raise
                super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
            hide_expected_errors(nb_man.nb)
        except DeadKernelError:
            _record(nb_man, "KernelDied", "The cell ended its own process, or the memory was used up.")
        except CellTimeoutError:
            _record(
                nb_man, "Timeout", f"The cell took longer than {kwargs.get('execution_timeout')} seconds."
            )
        except (RuntimeError, OSError) as error:
            raise PublishError(
                f"The kernel {kernel_name} cannot be started.",
                value=_printed(manager)[-400:] or error,
                next_step="Check that it starts in JupyterLab; Python's own is ipykernel, beside cfanalysis.",
            ) from error
        hand_over(nb_man.nb)


def _printed(manager: type[QuietKernelManager]) -> str:
    return manager.printed.read_text(errors="replace").strip() if manager.printed.exists() else ""


def _watch(nb_man: NotebookExecutionManager) -> None:
    """Report each cell as it begins, and give a failure that the kernel has not shown an error of its own."""
    begin, fail = nb_man.cell_start, nb_man.cell_exception

    def cell_start(cell: Any, cell_index: int) -> None:
        report_progress("cell", cell_index)
        begin(cell, cell_index)

    def cell_exception(cell: Any, cell_index: int, exception: CellExecutionError) -> None:
        fail(cell, cell_index=cell_index, exception=exception)
        if not any(
            output.output_type == "error" for output in cell.outputs
        ):  # papermill looks for these alone
            _record(nb_man, exception.ename or "Error", exception.evalue.strip() or "The cell failed.")

    nb_man.cell_start, nb_man.cell_exception = cell_start, cell_exception


def _record(nb_man: NotebookExecutionManager, name: str, message: str) -> None:
    """Write the failure into the cell that was started last."""
    cell = [cell for cell in nb_man.nb.cells if cell.metadata.papermill.get("start_time")][-1]
    others = [output for output in cell.outputs if output.output_type != "error"]
    failure = new_output("error", ename=name, evalue=message, traceback=[])  # type: ignore[no-untyped-call]
    cell.outputs = [*others, failure]
    expect_none(cell)
