"""The texts that a module may print, read from its source: whole templates, with {} where a value stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]{2,}")
_PLACE = re.compile(r"\{[^}]*\}")


def templates(path: Path, *names: str) -> list[str]:
    """Return every text of three words or more in a module, or in some of its functions and constants.

    Docstrings and the messages of errors are not printed and left out; an f-string counts as a whole.
    """
    tree = ast.parse(path.read_text("utf-8"))
    parts = [node for node in tree.body if not names or _names(node) & set(names)]
    found = [_PLACE.sub("{}", text) for part in parts for text in _texts(part)]
    return list(dict.fromkeys(text for text in found if len(_WORD.findall(text)) >= 3))


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        parts: list[ast.AST] = [p for p in node.values if isinstance(p, ast.FormattedValue)]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
        parts = []
    else:
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _texts(part)
