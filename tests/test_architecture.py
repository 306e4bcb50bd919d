"""Imports go one way between the packages and within each, and modules stay small enough to be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .conftest import ROOT

PACKAGE = ROOT / "cfanalysis"
PUBLISH_MAY_IMPORT = {"core", "theme", "publish"}
KNOWS_STUDIES = {"publish.client_batches", "publish.verification"}
LINES = 400


@cache
def modules() -> dict[str, Path]:
    """Every module by its name below the package; a package stands for its ``__init__``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name and name != "__main__":
            found[name] = path
    return found


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax tree of every module."""
    return {name: ast.parse(path.read_text("utf-8")) for name, path in modules().items()}


@cache
def imports() -> dict[str, set[str]]:
    """The modules of the package that each module imports: anywhere in it, also for types alone."""
    known = modules()
    found: dict[str, set[str]] = {}
    for name, tree in trees().items():
        names = {n.removeprefix("cfanalysis.") for n in _names(tree, known)}
        found[name] = {n for n in names if n in known} - {name}
    return found


def _names(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cfanalysis":
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below.removeprefix("cfanalysis.") in known else str(node.module)


def listed() -> list[tuple[str, bool]]:
    """What docs/architecture.md lists, in its order: the dotted name, and whether it is said to be a folder."""
    block = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("```")[1]
    found: list[tuple[str, bool]] = []
    above: list[str] = []
    for line in block.splitlines()[2:]:
        match = re.match(r"( +)(\w+)(/|\.py) ", line)
        assert match, f"not a line of the list: {line!r}"
        depth = len(match[1]) // 2 - 1
        above = [*above[:depth], match[2]]
        found.append((".".join(above), match[3] == "/"))
    return found


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Return the modules that reach themselves over their imports, each with the way."""
    found: list[list[str]] = []
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            found.append([*way[way.index(name) :], name])
            return
        if name in done:
            return
        for other in sorted(arrows.get(name, ())):
            walk(other, [*way, name])
        done.add(name)

    for name in sorted(arrows):
        walk(name, [])
    return found


def test_only_packages_lie_in_the_package() -> None:
    """Directly in the package lie ``__init__``, ``__main__``, ``py.typed`` and folders, nothing else."""
    files = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert files == {"__init__.py", "__main__.py", "py.typed"}


def test_the_list_shows_every_package_as_what_it_is() -> None:
    """docs/architecture.md lists every package and subpackage; a folder is no file, and a file no folder."""
    wrong = [
        name
        for name, folder in listed()
        if PACKAGE.joinpath(*name.split(".")).is_dir() != folder
        or (not folder and not PACKAGE.joinpath(*name.split(".")).with_suffix(".py").is_file())
    ]
    assert wrong == []
    packages = {name for name, path in modules().items() if path.name == "__init__.py"}
    assert {name for name, folder in listed() if folder} == packages


def test_imports_go_up_the_list() -> None:
    """A module imports only from its own package and from packages above it in the list."""
    order = [name for name, _ in listed() if "." not in name]
    downward = [
        f"{name} imports {other}"
        for name, others in imports().items()
        for other in sorted(others)
        if order.index(other.split(".")[0]) > order.index(name.split(".")[0])
    ]
    assert downward == []


def test_no_circle_of_imports() -> None:
    """No module imports itself over others, also not for types, also not within a function."""
    assert circles(imports()) == []


def test_the_search_for_circles_finds_one() -> None:
    """A circle over three modules is found, with its way."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]


def test_publish_knows_notebooks_and_files_only() -> None:
    """Publishing imports no statistics, charts or studies; only what is for clients knows studies and extracts."""
    foreign = [
        f"{name} imports {other}"
        for name, others in imports().items()
        if name.split(".")[0] == "publish" and ".".join(name.split(".")[:2]) not in KNOWS_STUDIES
        for other in sorted(others)
        if other.split(".")[0] not in PUBLISH_MAY_IMPORT
    ]
    assert foreign == []


def test_no_module_for_odds_and_ends() -> None:
    """There is no utils and no helpers module."""
    names = {name.rsplit(".", 1)[-1] for name in modules()}
    assert not {name for name in names if re.search(r"util|helper|misc", name)}


def test_modules_are_of_a_size_to_be_read() -> None:
    """No module is longer than 400 lines."""
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules().items()}
    assert {name: n for name, n in lengths.items() if n > LINES} == {}


def test_models_are_imported_where_they_are_fitted() -> None:
    """No module loads statsmodels or a part of scipy when it is imported: together more than a second of a command."""
    eager = [
        f"{name}: line {node.lineno}"
        for name, tree in trees().items()
        for node in tree.body
        if (isinstance(node, ast.Import) and re.match(r"scipy\.|statsmodels", node.names[0].name))
        or (isinstance(node, ast.ImportFrom) and re.match("scipy|statsmodels", node.module or ""))
    ]
    assert eager == []
