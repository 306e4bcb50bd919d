"""Files that a person writes, as pydantic models, and what is wrong with one in words: field, value, what is allowed.

So are a brand, recommendations and the outline of a report. Their validators raise ``ValueError(what was found, what is
allowed)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cfanalysis.core.errors import CfAnalysisError, nearest, problem_list, shorten
from cfanalysis.core.yaml_files import parse_yaml

Model = TypeVar("Model", bound=BaseModel)
Fields = Mapping[str, Any]
"""The fields of a file by name; those with fields of their own hold these in turn."""

ANY_NAME = "*"
"""Stands in a tree of fields for a name that the file's author chooses."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that a person writes.

    Parameters
    ----------
    name
        What it is, for messages, e.g. ``"brand file"``.
    guide
        The page that describes every field, e.g. ``"docs/brand.md"``.
    error
        The class of its errors.
    fields
        Its fields by name, for messages.
    """

    name: str
    guide: str
    error: type[CfAnalysisError]
    fields: Fields

    def parse(self, model: type[Model], text: str, path: Path) -> Model:
        """Return what a YAML text holds as a model.

        Parameters
        ----------
        model, path
            As of `check`.
        text
            The content of the file.

        Raises
        ------
        CfAnalysisError
            The text is not YAML, or not what the model says.
        """
        content = parse_yaml(text, name=str(path), kind=self.name, error=self.error)
        return self.check(model, content, path)

    def check(self, model: type[Model], content: Any, path: Path) -> Model:
        """Return what was read from a file as a model.

        Parameters
        ----------
        model
            The model.
        content
            What was read.
        path
            The file.

        Raises
        ------
        CfAnalysisError
            The content is not what the model says; one message names each wrong field.
        """
        if not isinstance(content, Mapping):
            fields = ", ".join(model.model_fields)
            raise self.error(f"The {self.name} is empty.", where=path, allowed=fields)
        try:
            return model.model_validate({str(name): value for name, value in content.items()})
        except ValidationError as found:
            raise self._error(found.errors(include_url=False), path) from found

    def _error(self, problems: Sequence[Mapping[str, Any]], path: Path) -> CfAnalysisError:
        """Return one message for all that pydantic found."""
        found = ((_field(problem), *_words(problem, self.fields)) for problem in problems)
        step = f"Correct the line and run the command again; {self.guide} describes every field."
        if len(problems) > 1:
            head = f"The {self.name} is not right in {len(problems):,} places:"
            each = (f"{field}: {value}; allowed: {allowed}" for field, value, allowed in found)
            step = step.replace("the line", "the lines")
            return self.error(problem_list(head, each, total=len(problems)), where=path, next_step=step)
        field, value, allowed = next(found)
        problem = f"The {self.name} has errors."
        return self.error(problem, where=f"{path}, {field}", value=value, allowed=allowed, next_step=step)


def _field(problem: Mapping[str, Any]) -> str:
    """Return a field as people write it: ``colours.accent``, ``contact, line 2``."""
    parts = [f", line {part + 1}" if isinstance(part, int) else f".{part}" for part in problem["loc"]]
    return shorten("".join(parts).lstrip("."), limit=100) or "the file"


def _words(problem: Mapping[str, Any], fields: Mapping[str, Any]) -> tuple[str, str]:
    """Return what was found and what is allowed."""
    kind, given, limits = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "value_error":
        value, allowed = limits["error"].args
        return str(value), str(allowed)
    if kind == "extra_forbidden":
        return "there is no such field", _fields_here(problem["loc"], fields)
    if kind == "missing":
        return "nothing", "a value: the field is needed"
    return shorten(repr(given), limit=60), _ALLOWED.get(kind, "{msg}").format(msg=problem["msg"], **limits)


_ALLOWED = {
    "string_pattern_mismatch": 'a colour in quotation marks, such as "#0b6e75"',
    "literal_error": "{expected}",
    "string_type": "text; put numbers and dates in quotation marks",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "a text: it is empty",
    "too_long": "at most {max_length} lines",
    "too_short": "at least {min_length}",
    "dict_type": "names, each with what belongs to it on the lines below",
    "tuple_type": "a list: each line begins with a hyphen",
    "path_type": "the name of a file",
    "model_type": "fields below it, each on an indented line",
    "model_attributes_type": "fields below it, each on an indented line",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
}


def _fields_here(place: tuple[Any, ...], fields: Mapping[str, Any]) -> str:
    """Return the fields that may stand at a place, the likeliest ones first."""
    here: Mapping[str, Any] = fields
    for part in place[:-1]:
        here = here if isinstance(part, int) else here.get(str(part)) or here.get(ANY_NAME) or {}
    likely = nearest(str(place[-1]), here)
    hint = f" (did you mean {likely[0]}?)" if likely else ""
    return ", ".join(here) + hint
