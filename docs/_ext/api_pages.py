"""The pages of the API reference: one for each package that architecture.md shows.

A package that passes names on (``from .a import b as b``, or in ``__all__``) is described by these; of any other, each
module is described.
The pages are written to ``docs/api`` before the site is read and are not kept in the repository.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import GenericAlias
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


LEFT_OUT = ("cli",)  # has a reference of its own
_PASSED_ON = re.compile(r"^from \S+ import (\w+) as \1$|^__all__ = ", flags=re.MULTILINE)
_PACKAGE = re.compile(r"^  (\w+)(?:\.py|/) ", flags=re.MULTILINE)


def packages(architecture: str) -> list[str]:
    """Return the packages that are described."""
    return [name for name in _PACKAGE.findall(architecture.split("```")[1]) if name not in LEFT_OUT]


def described(package: str) -> list[str]:
    """Return the modules that the page of a package describes, with those of the packages in it."""
    name = f"cfanalysis.{package}"
    module = import_module(name)
    if not hasattr(module, "__path__") or _passes_on(name):
        return [name]
    parts = (described(f"{package}.{part.name}") for part in iter_modules(module.__path__))
    return [name, *(inner for names in parts for inner in names)]


def page(package: str) -> str:
    """Return the page of a package, as reStructuredText."""
    first, *parts = described(package)
    title = f"``{first}``"
    lines = [title, "=" * len(title), "", f".. automodule:: {first}", *_members(first)]
    for part in parts:
        heading = f"``{part}``"
        lines += ["", heading, "-" * len(heading), "", f".. automodule:: {part}", *_members(part)]
    return "\n".join(lines) + "\n"


def _members(name: str) -> list[str]:
    imported = ["   :imported-members:"] if _passes_on(name) else []
    return ["   :members:", *imported, ""]


def _passes_on(name: str) -> bool:
    """Whether a package passes on names of its modules."""
    module = import_module(name)
    return hasattr(module, "__path__") and bool(_PASSED_ON.search(inspect.getsource(module)))


def write(app: Sphinx) -> None:
    """Write the pages; leave one that would not change, so that the next build is quick."""
    source = Path(app.srcdir)
    found = packages((source / "architecture.md").read_text(encoding="utf-8"))
    texts = {f"{package}.rst": page(package) for package in found}
    folder = source / "api"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.rst"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def literal_blocks(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Show what stands indented below a sentence that ends in a colon as it is written: formulas, layouts."""
    for i, line in enumerate(lines[:-2]):
        begins = not lines[i + 1].strip() and re.match(r"(    +)\S", lines[i + 2])
        if (
            line.rstrip().endswith(":")
            and not line.rstrip().endswith("::")
            and not line.startswith(" ")
            and begins
        ):
            lines[i] = line.rstrip() + ":"


def without_aliases(
    app: Sphinx, what: str, name: str, obj: object, skip: bool, options: object
) -> bool | None:
    """Leave out names of types (``Pair = tuple[str, str]``), whose signature autodoc cannot write."""
    return True if isinstance(obj, GenericAlias) else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages when a build begins, and read docstrings as they are meant."""
    app.connect("builder-inited", write)
    app.connect("autodoc-skip-member", without_aliases)
    app.connect("autodoc-process-docstring", literal_blocks, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
