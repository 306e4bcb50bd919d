"""Count the code lines of each package: ``make lines``. Docstrings, blank lines and comments do not count."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "cfanalysis"

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> int:
    r"""Return how many lines of a module hold code.

    Examples
    --------
    >>> code_lines("'What it is.'\n\n# why\nx = (\n    1\n)\n")
    3
    """
    lines = set[int]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)


def main() -> None:
    """Print the lines of each package or module that lies directly in the package, the largest first, and of all."""
    counts = Counter[str]()
    for path in ROOT.rglob("*.py"):
        counts[path.relative_to(ROOT).parts[0]] += code_lines(path.read_text(encoding="utf-8"))
    for name, lines in [*counts.most_common(), ("total", counts.total())]:
        print(f"{lines:>7,}  {name}")


if __name__ == "__main__":
    main()
