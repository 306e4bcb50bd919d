"""Modules beside a notebook: files of code in its folder that its cells can import or call, as in Jupyter.

They are part of what a report is made from. Which ones count is read from the code: a module of whose name nothing is
said, neither in the cells nor in a module that counts, cannot be imported. So none is overlooked, however it is loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import CfAnalysisError, PublishError, computer_error

_CODE = frozenset((".py", ".r", ".jl", ".sh", ".js", ".m", ".scala", ".csx", ".fsx", ".ps1", ".sql"))
_WORD = re.compile(r"[^\W\d]\w*")


def local_modules(
    notebook: Path, cwd: Path | None = None, read: Mapping[str, Any] | None = None
) -> dict[str, Path]:
    """Return the files of the modules that a notebook has to itself, by their places in its folder.

    Parameters
    ----------
    notebook
        The notebook.
    cwd
        The working directory of its cells, whose modules they can import, too; None where it has none.
    read
        The content of the notebook; None reads it.
    """
    found: dict[str, Path] = {}
    seen = {"cfanalysis"}
    texts = code_cells(read_json(notebook) if read is None else read)
    beside = [
        (folder, _named_beside(folder))
        for folder in (notebook.resolve().parent, *([cwd.resolve()] if cwd else []))
    ]
    while texts:
        words = set(_WORD.findall(texts.pop())) - seen
        seen |= words
        for folder, named in beside:
            for path in (
                path for word in sorted(words & named.keys()) for path in _module_files(named[word])
            ):
                if (place := path.relative_to(folder).as_posix()) not in found:
                    found[place] = path
                    if path.suffix.casefold() in _CODE:
                        texts.append(path.read_text("utf-8", "replace"))
    return dict(sorted(found.items()))


def _named_beside(folder: Path) -> dict[str, list[Path]]:
    """Return what lies in a folder and can be a module or package, by the name that code calls it by."""
    named: dict[str, list[Path]] = {}
    for path in folder.iterdir():
        is_code = path.suffix.casefold() in _CODE and path.is_file()
        named.setdefault(path.stem if is_code else path.name, []).append(path)
    return named


def _module_files(beside: Sequence[Path]) -> list[Path]:
    """Return the files of a module or package: all files of one with an ``__init__``, else its modules."""
    if modules := [path for path in beside if path.is_file() and path.suffix]:
        return modules
    package = next((path for path in beside if path.is_dir()), None)
    if package is None or not any(package.glob("*.py")):
        return []
    files = package.rglob("*" if (package / "__init__.py").is_file() else "*.py")
    return [path for path in files if path.is_file() and "__pycache__" not in path.parts]


def read_json(notebook: Path) -> Any:
    """Return what a notebook's file holds; nothing where it cannot be read."""
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


@contextmanager
def notebook_file_errors(notebook: Path) -> Iterator[None]:
    """Turn what goes wrong while a notebook's file is read into a message for the user.

    Raises
    ------
    PublishError
        The file cannot be read, or is no notebook.
    """
    try:
        yield
    except CfAnalysisError:
        raise
    except OSError as error:
        raise PublishError("The notebook cannot be read.", where=notebook, value=error.strerror) from error
    except Exception as error:  # whatever nbformat and its schemas fail with
        refused = computer_error(error) or PublishError("The file is not a Jupyter notebook.", where=notebook)
        raise refused from error


def code_cells(read: Mapping[str, Any]) -> list[str]:
    """Return the sources of a notebook's code cells; none where it is no notebook."""
    try:
        return ["".join(cell["source"]) for cell in read["cells"] if cell["cell_type"] == "code"]
    except (KeyError, TypeError):
        return []
