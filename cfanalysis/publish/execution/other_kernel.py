"""Kernels of other languages, or of another Python: which one a notebook asks for, and how it is started.

What was found here goes to the process that runs the cells as name and folder, so that what was checked is used.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfanalysis.core.errors import PublishError
from cfanalysis.publish.execution.local_modules import notebook_file_errors
from cfanalysis.publish.execution.resource_limits import die_with_parent, lift_bounds

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

OWN_KERNEL = "python3"
PYTHON = "python"


@dataclass(frozen=True)
class Kernel:
    """An installed kernel.

    Parameters
    ----------
    name
        Its name in Jupyter.
    language
        The language of its cells.
    folder
        The folder that holds the folder of its description.
    """

    name: str
    language: str
    folder: Path

    def manager_class(self, printed: Path, beside: str) -> type[AsyncKernelManager]:
        """Return what starts it, for as long as this process lasts.

        Parameters
        ----------
        printed
            The file that takes its stray output.
        beside
            A folder whose modules its cells can import, if it is a Python.
        """
        from cfanalysis.publish.execution.kernel import QuietKernelManager

        path = os.pathsep.join(filter(None, (beside, os.environ.get("PYTHONPATH"))))
        environment, begin = {**os.environ, "PYTHONPATH": path}, partial(_begin, os.getpid())
        return QuietKernelManager.printing_to(printed, [str(self.folder)], env=environment, preexec_fn=begin)


def _begin(parent: int) -> None:
    lift_bounds()  # of memory: a runtime may reserve far more than it uses
    die_with_parent(parent)


def notebook_language(metadata: Mapping[str, Any]) -> str:
    """Return the language that a notebook's metadata name, in small letters; Python where they name none."""
    named = (metadata.get("language_info", {}).get("name"), metadata.get("kernelspec", {}).get("language"))
    return str(next(filter(None, named), PYTHON)).casefold()


def other_kernel(notebook: Path, asked: str | None = None) -> Kernel | None:
    """Return the kernel that a notebook's cells need; None where it is this Python's own.

    Parameters
    ----------
    notebook
        The notebook.
    asked
        The name of a kernel to take; None takes the notebook's.

    Raises
    ------
    PublishError
        The file is no notebook, or names a language without a kernel. The kernel is not installed: those that are,
        are named.
    """
    with notebook_file_errors(notebook):
        about = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
        language = notebook_language(about)
        name = str(asked or about.get("kernelspec", {}).get("name") or "")
    if language == PYTHON and name in ("", OWN_KERNEL):
        return None
    if name in ("", OWN_KERNEL):
        raise PublishError(
            "The notebook is in another language.",
            where=notebook,
            value=language,
            allowed="Python, or any language with the name of a kernel",
            next_step="Name one: --kernel NAME (jupyter kernelspec list shows them).",
        )
    return _installed_kernel(name, language, notebook)


def _installed_kernel(name: str, language: str, notebook: Path) -> Kernel | None:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    try:
        spec = manager.get_kernel_spec(name)
    except (NoSuchKernel, OSError, ValueError) as error:
        raise PublishError(
            "The notebook's kernel is not installed, or its description cannot be read.",
            where=notebook,
            value=name,
            allowed=", ".join(sorted(manager.find_kernel_specs())),
            next_step=f"Install it, or name another: --kernel {OWN_KERNEL}",
        ) from error
    program = Path(spec.argv[0]) if spec.argv else Path()
    here = program.parent == Path(sys.executable).parent or program.name == str(program) == PYTHON
    if here and not spec.env and {"ipykernel", "ipykernel_launcher"} & set(spec.argv):
        return None
    return Kernel(name, spec.language or language, Path(spec.resource_dir).parent)
