"""The ordinary kernel for papermill: this interpreter's own, private and quiet.

A kernel that dies or takes too long is recorded as the failure of the cell that it was working on, so that
every failure reaches the user in the same form.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, NotebookExecutionManager
from traitlets import default

from cfanalysis.core.errors import PublishError
from cfanalysis.publish.execution.expected_errors import hide_expected_errors


class OwnKernelManager(AsyncKernelManager):
    """Starts the running interpreter's own kernel, whatever kernels the user has installed."""

    printed: ClassVar[Path]
    """The file that takes what libraries print below Python; what cells print is sent as output."""

    @classmethod
    def printing_to(cls, printed: Path) -> type[OwnKernelManager]:
        """Return this class with its kernels' stray output going to a file."""
        return type("OwnKernelManager", (cls,), {"printed": printed})

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        # No folders to look into: what remains is the native kernel, which is sys.executable.
        return KernelSpecManager(parent=self, kernel_dirs=[])

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        with self.printed.open("wb") as stream:
            await super()._async_start_kernel(**{"stdout": stream, "stderr": stream, **kwargs})

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
        manager: type[OwnKernelManager] = kwargs["kernel_manager_class"]
        hand_over: Callable[[Any], None] = kwargs.pop("hand_over")
        kwargs.pop("meant_errors_aside")
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
            hide_expected_errors(nb_man.nb)
        except DeadKernelError:
            _record(nb_man, "KernelDied", "The cell ended its own process, or the memory was used up.")
        except CellTimeoutError:
            _record(
                nb_man, "Timeout", f"The cell took longer than {kwargs.get('execution_timeout')} seconds."
            )
        except RuntimeError as error:
            said = manager.printed.read_text(errors="replace") if manager.printed.exists() else ""
            raise PublishError(
                "The Python kernel cannot be started.",
                value=said.strip()[-400:] or error,
                next_step="Check that ipykernel is installed beside cfanalysis.",
            ) from error
        hand_over(nb_man.nb)


def _record(nb_man: NotebookExecutionManager, name: str, message: str) -> None:
    """Write the failure into the cell that was started last."""
    cell = [cell for cell in nb_man.nb.cells if cell.metadata.papermill.get("start_time")][-1]
    others = [output for output in cell.outputs if output.output_type != "error"]
    failure = new_output("error", ename=name, evalue=message, traceback=[])  # type: ignore[no-untyped-call]
    cell.outputs = [*others, failure]
