"""The parameters of a notebook: the typed lines of its cell tagged ``parameters``.

Each parameter stands on a line of its own, typed, with a default and a remark that is its help::

    study: str = "sample"  # the study: a name or a folder
    top_share: float = 0.25  # share of organizations in the top group

The cell is read, never executed. A value that is given must have the declared type; text, as it comes from
a command line, is converted to it first. What is typed ``"Path"`` (in quotes: the cell imports nothing) must be a file
or folder that exists, or empty; so a missing file is found before anything runs.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import math
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import ParameterError, PublishError, nearest
from cfanalysis.publish.execution.local_modules import notebook_file_errors
from cfanalysis.publish.execution.other_kernel import PYTHON, Kernel, notebook_language

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_NONE = ("none", "null", "")
_ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:[A-Za-z][\w<>?\[\]]*[ \t]+)*      # let, val, string
    [$@]?(?P<name>[A-Za-z_][\w.]*)
    [ \t]*(?::{1,2}[ \t]*[\w{}\[\]<>?]+)?            # its type
    [ \t]*(?:<-|:?=(?![=>]))[ \t]*
    (?P<value>(?P<quoted>"[^"\n]*"|'[^'\n]*')|[^#\n]*?)
    [ \t]*;?[ \t]*(?:(?:\#|//|%|--)(?P<help>.*))?$""",
    re.MULTILINE | re.VERBOSE,
)
"""An assignment of one line, in any of the languages that papermill gives parameters to."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name
        Its name in the notebook.
    type
        Its type as annotated, e.g. ``"str | None"``; without an annotation the type of the default.
    default
        The value that the notebook uses when none is given.
    help
        The remark behind it.
    """

    name: str
    type: str
    default: Any
    help: str = ""

    def convert(self, value: object) -> Any:
        """Return the value as the declared type; text is read as a command line would mean it.

        Raises
        ------
        ValueError
            The value is not of this type; the message says what is allowed.

        Examples
        --------
        >>> Parameter("limit", "int", 10).convert("5")
        5
        """
        return _convert(value, ast.parse(self.type, mode="eval").body)


def notebook_parameters(notebook: Path, kernel: Kernel | None = None) -> dict[str, Parameter]:
    """Return the notebook's parameters by name, in their order.

    Parameters
    ----------
    notebook
        The notebook.
    kernel
        The kernel of its cells; None for this Python's own. In another language a parameter is a line that assigns a
        value, whose type is that of a number, truth value or text in quotes, if it is one.

    Raises
    ------
    PublishError
        The file is no notebook, is in another language than Python, or its parameters cell is not plain assignments
        of literals.
    """
    source, language = _parameters_source(notebook)
    if kernel is not None and kernel.language.casefold() != PYTHON:
        return {p.name: p for p in map(_assigned, _ASSIGNMENT.finditer(source))}
    if kernel is None and language != PYTHON:
        raise PublishError(
            "The notebook is in another language.",
            where=notebook,
            value=language,
            allowed="Python",
            next_step="Execute it with cfanalysis run, or with papermill, "
            "then: jupyter nbconvert --to cfanalysis_pdf NOTEBOOK",
        )
    try:
        tree = ast.parse(source)
        remarks = _comments(source)
        return {p.name: p for p in _parameters(tree, remarks)}
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise PublishError(
            "The parameters cell cannot be read.",
            where=notebook,
            value=error,
            allowed="lines like: name: type = value  # what it is",
        ) from error


def parse_parameters(
    notebook: Path, given: Mapping[str, object], kernel: Kernel | None = None
) -> dict[str, Any]:
    """Return the given parameters, converted to the types that the notebook declares.

    Parameters
    ----------
    notebook
        The notebook whose ``parameters`` cell decides.
    given
        Values by name; strings are converted (``"5"`` to 5, ``"true"`` to True).
    kernel
        As of `notebook_parameters`.

    Raises
    ------
    ParameterError
        A name that the notebook does not know (the nearest is named), or a value of another type.
    """
    known = notebook_parameters(notebook, kernel)
    unknown = [name for name in given if name not in known]
    if unknown:
        alike = nearest(unknown[0], known)
        raise ParameterError(
            f"The notebook {notebook.name} has no such parameter.",
            value=", ".join(unknown),
            allowed=", ".join(known) or "none: it has no cell tagged parameters",
            next_step=f"Did you mean {alike[0]}?" if alike else None,
        )
    if given and kernel is not None:
        _check_language(kernel)
    return {name: _parse(known[name], value, notebook) for name, value in given.items()}


def _check_language(kernel: Kernel) -> None:
    """Raise if papermill cannot write parameters in a kernel's language."""
    from papermill.exceptions import PapermillException
    from papermill.translators import papermill_translators

    try:
        papermill_translators.find_translator(kernel.name, kernel.language)
    except PapermillException as error:
        raise ParameterError(
            "Notebooks in this language cannot be given parameters.",
            value=kernel.language,
            allowed="Python, R, Julia, Scala, Matlab, Bash, C#, F# and PowerShell",
            next_step="Run it without parameters.",
        ) from error


def _parse(parameter: Parameter, value: object, notebook: Path) -> Any:
    try:
        return parameter.convert(value)
    except ValueError as error:
        raise ParameterError(
            f"The parameter {parameter.name} does not take this value.",
            where=notebook.name,
            value=repr(value),
            allowed=f"{error}" + (f" ({parameter.help})" if parameter.help else ""),
        ) from None


def _parameters_source(notebook: Path) -> tuple[str, str]:
    """Return the source of the first cell tagged ``parameters`` (empty where there is none), and its language."""
    with notebook_file_errors(notebook):
        read = json.loads(notebook.read_text(encoding="utf-8"))
        cells, language = read["cells"], notebook_language(read.get("metadata", {}))
        sources = [
            "".join(cell["source"])
            for cell in cells
            if cell["cell_type"] == "code" and "parameters" in cell.get("metadata", {}).get("tags", [])
        ]
    return sources[0] if sources else "", language


def _assigned(found: re.Match[str]) -> Parameter:
    """Return the parameter that a line in another language assigns."""
    value, help_ = found["value"].strip().rstrip(";").strip(), (found["help"] or "").strip()
    if found["quoted"]:
        return Parameter(found["name"], "str", value[1:-1], help_)
    if value.casefold() in ("true", "false"):
        return Parameter(found["name"], "bool", value.casefold() == "true", help_)
    number = re.fullmatch(r"[-+]?[\d_]*\.?\d+(e[-+]?\d+)?[LlfFdDmM]?", value, re.IGNORECASE)
    return Parameter(found["name"], "int | float" if number else "Any", value, help_)


def _comments(source: str) -> dict[int, str]:
    """Return the comments by line number."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").rstrip() for t in tokens if t.type == tokenize.COMMENT}


def _parameters(tree: ast.Module, remarks: Mapping[int, str]) -> Iterator[Parameter]:
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                type_ = ast.unparse(annotation)
                default = ast.literal_eval(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                default = ast.literal_eval(value)
                type_ = type(default).__name__ if default is not None else "str | None"
            case ast.Expr(value=ast.Constant(value=str())):
                continue  # a docstring
            case _:
                raise ValueError(f"line {statement.lineno}: {ast.unparse(statement)}")
        yield Parameter(name, type_, default, remarks.get(statement.end_lineno or statement.lineno, ""))


def _convert(value: object, annotation: ast.expr) -> Any:
    match annotation:
        case ast.Constant(value=None):
            return _none(value)
        case ast.Constant(value=str() as quoted):
            return _convert(value, ast.parse(quoted, mode="eval").body)
        case ast.Name(id="str"):
            return _string(value)
        case ast.Name(id="Path"):
            return _place(value)
        case ast.Name(id="bool"):
            return _boolean(value)
        case ast.Name(id="int"):
            return _number(value, int, "a whole number")
        case ast.Name(id="float"):
            return _number(value, float, "a number")
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _either(value, left, right)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _either(value, inner, ast.Constant(None))
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            return _choice(value, choices)
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return [_convert(each, item) for each in _sequence(value)]
        case ast.Name(id="list"):
            return list(_sequence(value))
    return value  # a type that cannot be checked here is left to the notebook


def _none(value: object) -> None:
    if value is None or (isinstance(value, str) and value.casefold() in _NONE):
        return
    raise ValueError("nothing (none)")


def _string(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str):
        return value
    raise ValueError("text")


def _place(value: object) -> str:
    """Return the path of a file or folder that is there; empty stays empty, for none."""
    text = _string(value)
    if text and ("\0" in text or not Path(text).exists()):
        raise ValueError("a file or folder that exists")
    return text


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in _TRUE + _FALSE:
        return value.casefold() in _TRUE
    raise ValueError("true or false")


def _number(value: Any, kind: type[int] | type[float], what: str) -> Any:
    """Return a number of a kind; a whole one is also a float, True and False are neither."""
    whole = isinstance(value, int | str) and not isinstance(value, bool)
    if whole or (kind is float and isinstance(value, float)):
        with contextlib.suppress(ValueError, OverflowError):
            if math.isfinite(number := kind(value)):
                return number
    raise ValueError(what)


def _either(value: object, *alternatives: ast.expr) -> Any:
    """Return the value as the first alternative that takes it; None is tried first for None alone."""
    if value is None:
        alternatives = tuple(sorted(alternatives, key=lambda a: not isinstance(a, ast.Constant)))
    refusals = []
    for alternative in alternatives:
        try:
            return _convert(value, alternative)
        except ValueError as error:
            refusals.append(str(error))
    raise ValueError(" or ".join(refusals))


def _choice(value: object, choices: ast.expr) -> Any:
    allowed = ast.literal_eval(choices)
    allowed = allowed if isinstance(allowed, tuple) else (allowed,)
    for choice in allowed:
        if value == choice or (isinstance(value, str) and value == str(choice)):
            return choice
    raise ValueError("one of " + ", ".join(map(str, allowed)))


def _sequence(value: object) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    raise ValueError("a list")
