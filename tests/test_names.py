"""Every public name stands for one thing, and so does every module name.

Commands of the command line are named for what the user types, and modules of ``cli`` for their command.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from .conftest import ROOT

SHARED_NAMES = {"main"}
"""Names that stand for the same thing wherever they are defined."""

THE_DOOR = "jupyter/study_analyses.py"
"""Has the names of what it offers: an analysis of a study is the same analysis."""

SHARED_MODULES = {"__init__", "__main__"}


def _is_command(node: ast.AST) -> bool:
    """Tell whether a function is a command of the command line, which is named for what the user types."""
    decorators = getattr(node, "decorator_list", [])
    return any(
        isinstance(part, ast.Attribute) and part.attr in ("command", "group")
        for decorator in decorators
        for part in ast.walk(decorator)
    )


def _definitions(module: Path) -> dict[str, str]:
    """Return the public top-level names of a module, each with its definition."""
    found: dict[str, str] = {}
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not _is_command(node):
                found[node.name] = f"{module}: {ast.dump(node)}"
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for part in ast.walk(target):
                    if isinstance(part, ast.Name):
                        found[part.id] = ast.dump(node.value)  # the same alias or number may be written twice
    return {name: what for name, what in found.items() if not name.startswith("_")}


def double_names(package: Path) -> dict[str, list[str]]:
    """Return the public names that are defined in several modules for different things, with these modules."""
    where: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module in sorted(package.rglob("*.py")):
        if module == package / THE_DOOR:
            continue
        for name, what in _definitions(module).items():
            where[name][what].append(str(module.relative_to(package)))
    return {
        name: sorted(module for modules in meanings.values() for module in modules)
        for name, meanings in where.items()
        if len(meanings) > 1 and name not in SHARED_NAMES
    }


def double_modules(package: Path) -> dict[str, list[str]]:
    """Return the names of several modules; those in ``cli`` are named for their command."""
    where = defaultdict(list)
    for module in sorted(package.rglob("*.py")):
        if "cli" not in module.relative_to(package).parts and module.stem not in SHARED_MODULES:
            where[module.stem].append(str(module.relative_to(package)))
    return {name: modules for name, modules in where.items() if len(modules) > 1}


def test_a_public_name_stands_for_one_thing() -> None:
    """No public name is defined in two modules for two things."""
    assert double_names(ROOT / "cfanalysis") == {}


def test_a_module_name_stands_for_one_thing() -> None:
    """No two modules have the same name."""
    assert double_modules(ROOT / "cfanalysis") == {}
