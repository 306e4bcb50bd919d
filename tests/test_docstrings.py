"""A public function with two or more parameters has a Parameters section. Two kinds need none:

- a click command: its options have their help;
- a method that a protocol of the package describes (what every reader of files, every place for reports must do).

Modules that still owe such sections stand in ``docstrings_owing.txt``; no other may owe any, and one that has paid is
struck. ``python tests/test_docstrings.py`` rewrites the list.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OWING = ROOT / "tests" / "docstrings_owing.txt"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions(body: list[ast.stmt]) -> Iterator[Function]:
    """The public functions of a module, and the public methods of its public classes."""
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)


def protocol_methods(trees: Iterable[ast.Module]) -> set[str]:
    """The names of the methods that protocols describe."""
    return {
        method.name
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(getattr(b, "id", "") == "Protocol" for b in node.bases)
        for method in public_functions(node.body)
    }


def is_command(function: Function) -> bool:
    """Whether click calls the function."""
    calls = (d.func for d in function.decorator_list if isinstance(d, ast.Call))
    return any(getattr(call, "attr", "") in ("command", "group") for call in calls)


def owes(function: Function, described: Collection[str] = ()) -> bool:
    """Whether a function lacks the section that it should have."""
    arguments = function.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    names = [a.arg for a in every if a is not None]
    parameters = [name for name in names if name not in ("self", "cls")]
    exempt = is_command(function) or ("self" in names and function.name in described)
    section = "\nParameters\n----------\n" in (ast.get_docstring(function) or "")
    return len(parameters) > 1 and not exempt and not section


@cache
def functions_owing() -> dict[str, list[str]]:
    """The functions that lack their section, by the module's path."""
    paths = sorted((ROOT / "cfanalysis").rglob("*.py"))
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    described, found = protocol_methods(trees.values()), {}
    for path, tree in trees.items():
        names = [f"{f.name} (line {f.lineno})" for f in public_functions(tree.body) if owes(f, described)]
        if names:
            found[path.relative_to(ROOT).as_posix()] = names
    return found


def test_only_listed_modules_owe_parameters_sections() -> None:
    """A public function describes its two or more parameters."""
    owing, listed = functions_owing(), set(OWING.read_text(encoding="utf-8").split())
    new = [f"{module}: {', '.join(names)}" for module, names in owing.items() if module not in listed]
    assert not new, "no Parameters section:\n" + "\n".join(new)


def test_the_list_of_modules_that_owe_is_no_longer_than_it_must_be() -> None:
    """A module that owes nothing more, or is not there any more, is struck: python tests/test_docstrings.py."""
    assert sorted(set(OWING.read_text(encoding="utf-8").split()) - functions_owing().keys()) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('def f(a, b):\n    """Return a."""', True),
        ('def f(a):\n    """Return a."""', False),
        ('def f(a, *, b=1, **c):\n    """Return a."""', True),
        (
            'def f(a, b):\n    """Return a.\n\n    Parameters\n    ----------\n    a, b\n        Numbers.\n    """',
            False,
        ),
        ('@click.command(epilog="x")\ndef f(a, b):\n    """Do a."""', False),
        ('class C:\n    def f(self, a, b):\n        """Do a."""', True),
        ('class P(Protocol):\n    def f(self, a, b):\n        """Do a."""', False),
        ('class C:\n    @staticmethod\n    def f(a, b):\n        """Do a."""', True),
        ('def _f(a, b):\n    """Return a."""', False),
    ],
)
def test_the_rule_sees_what_it_should(source: str, expected: bool) -> None:
    """Counted are all kinds of parameters of what is public; kinds that are exempt owe nothing."""
    tree = ast.parse(source)
    described = protocol_methods([tree])
    assert any(owes(function, described) for function in public_functions(tree.body)) == expected


if __name__ == "__main__":
    OWING.write_text("".join(f"{module}\n" for module in functions_owing()), encoding="utf-8")
