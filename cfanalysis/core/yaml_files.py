"""YAML files, read so that none can do harm: instruments, brands, column maps.

What is read is made of lists, mappings, texts, numbers, true, false and nothing; no tag makes anything else of it.
Size, depth, the number of values and of digits, and what aliases stand for are bounded while the file is parsed. A key
stands once. A refusal names the file, the line, what stands there and what is allowed.
"""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from cfanalysis.core.errors import CfAnalysisError, shorten

LARGEST = 4_000_000
"""Bytes of a file."""
DEEPEST = 24
"""Lists and mappings inside each other."""
MOST_VALUES = 50_000
"""Ten times those of the longest instruments; who expects more asks for it."""
MOST_REPEATED = 10_000
"""Values that all aliases of a file together may stand for."""

# LibYAML, where PyYAML was built with it, parses in a tenth of the time; each report reads an instrument.
_Parser: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REFUSED_ANYWHERE = re.compile(f"{yaml.SafeLoader.NON_PRINTABLE.pattern}|^%.*", re.MULTILINE)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})")
_FLOAT = re.compile(r"[-+]?\d{0,15}\.\d{0,20}(?:[eE][-+]\d{1,3})?")
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_NO_KEY: Any = object()
_MERGE: Any = object()
Error = TypeVar("Error", bound=CfAnalysisError)


class _RefusalError(Exception):
    """What the parser allows and a file of ours may not hold: its line, what was found, what is allowed."""


@dataclass
class _Open:
    """A list or mapping whose end has not been read; `size` counts its values and those that aliases stand for."""

    made: Any
    anchor: str | None
    size: int = 1
    key: Any = _NO_KEY
    merged: dict[Any, Any] = field(default_factory=dict)


def read_yaml(path: Path, *, kind: str, error: type[Error], most: int = MOST_VALUES) -> Any:
    """Return what a YAML file holds; None for an empty one.

    Parameters
    ----------
    path
        The file.
    kind
        What it should be, for messages, e.g. ``"column map"``.
    error
        What is raised.
    most
        Values that it may hold.

    Raises
    ------
    CfAnalysisError
        It is no file, cannot be read, is too large, or is refused by `parse_yaml`.
    """
    text = read_text(path, kind=kind, error=error)
    return parse_yaml(text, name=str(path), kind=kind, error=error, most=most)


def read_text(path: Path, *, kind: str, error: type[Error]) -> str:
    """Return the text of a file that `parse_yaml` can take; parameters and errors as for `read_yaml`."""
    about: dict[str, Any] = {"where": path, "next_step": f"Give the {kind} as a UTF-8 YAML file."}
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise error(f"The {kind} cannot be read.", value="a folder, a pipe or a device", **about)
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            size = f"{found.st_size / 1e6:,.0f} MB"
            raise error(
                f"The {kind} is too large.", value=size, allowed=f"{LARGEST // 1_000_000} MB", **about
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        about["where"] = f"{path}, line {line}"
        raise error(f"The {kind} cannot be read.", value="bytes that are not UTF-8", **about) from None
    except FileNotFoundError:
        raise error(f"There is no such {kind}.", **about) from None
    except OSError as problem:
        raise error(f"The {kind} cannot be read.", value=problem.strerror, **about) from None


def parse_yaml(text: str, *, name: str, kind: str, error: type[Error], most: int = MOST_VALUES) -> Any:
    """Return what a YAML text holds; None for an empty one.

    Parameters
    ----------
    text
        The text.
    name
        The file that it came from, for messages.
    kind, error, most
        As for `read_yaml`.

    Raises
    ------
    CfAnalysisError
        It is not YAML, or holds more or other than this module allows.

    Examples
    --------
    >>> parse_yaml("a: [1, 2.5, yes, text, ~]", name="x.yaml", kind="file", error=CfAnalysisError)
    {'a': [1, 2.5, True, 'text', None]}
    """
    state, line, value = "not valid YAML", 0, ""
    allowed = "names and values, indented by spaces; texts with : # or quotation marks quoted"
    try:
        if refused := _REFUSED_ANYWHERE.search(text):
            line, found = text.count("\n", 0, refused.start()), refused[0]
            value = found if found.startswith("%") else f"the character U+{ord(found):04X}"
            raise _RefusalError(line, value, "text without control characters and directives")
        return _built(yaml.parse(text, Loader=_Parser), most)
    except _RefusalError as refusal:
        state, (line, value, allowed) = "not right", refusal.args
    except yaml.MarkedYAMLError as problem:
        mark, began = problem.problem_mark or problem.context_mark, problem.context_mark
        line = mark.line if mark else 0
        context = f" {problem.context} that begins in line {began.line + 1}" if began else ""
        value = f"{problem.problem}{context}"
    except (yaml.YAMLError, ValueError) as problem:  # what the parser says of escapes that are no characters
        value = str(problem)
    raise error(
        f"The {kind} is {state}.",
        where=f"{name}, line {line + 1}",
        value=shorten(value, limit=200),
        allowed=allowed,
        next_step="Correct the line and run the command again.",
    )


def _built(events: Iterator[Any], most: int) -> Any:
    """Return what the events of a parser describe; refuse it as soon as a bound is passed."""
    document, stack = _Open([], None), list[_Open]()
    anchors: dict[str, tuple[Any, int]] = {}
    values = repeated = 0
    for event in events:
        line, value, size, anchor = event.start_mark.line, None, 1, getattr(event, "anchor", None)
        if tag := getattr(event, "tag", None):
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            raise _RefusalError(line, f"the tag {tag}", "values without tags")
        match event:
            case yaml.ScalarEvent():
                top = stack[-1] if stack else document
                value = _scalar(event, is_key=isinstance(top.made, dict) and top.key is _NO_KEY)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                if len(stack) == DEEPEST:
                    raise _RefusalError(
                        line, f"more than {DEEPEST} lists inside each other", f"at most {DEEPEST}"
                    )
                stack.append(_Open([] if isinstance(event, yaml.SequenceStartEvent) else {}, anchor))
                continue
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = stack.pop()
                value, size, anchor = done.made, done.size, done.anchor
                value = done.merged | value if done.merged else value
            case yaml.AliasEvent():
                if anchor not in anchors:
                    raise _RefusalError(line, f"*{anchor}", f"an alias after the end of its &{anchor}")
                (value, size), anchor = anchors[anchor], None
                repeated += size
                if repeated > MOST_REPEATED:
                    raise _RefusalError(
                        line, f"aliases that stand for more than {MOST_REPEATED:,} values", "fewer"
                    )
            case yaml.DocumentStartEvent():
                if document.made:
                    raise _RefusalError(line, "a second document", "one document")
                continue
            case _:
                continue
        values += 1
        if values > most:
            raise _RefusalError(line, f"more than {most:,} values", "fewer")
        if anchor:
            anchors[anchor] = value, size
        _put(stack[-1] if stack else document, value, size, line)
    return document.made[0] if document.made else None


def _put(into: _Open, value: Any, size: int, line: int) -> None:
    """Put a value into the list or mapping that is being read: as a key, or behind one."""
    into.size += size
    if isinstance(into.made, list):
        into.made.append(value)
    elif into.key is _NO_KEY:
        if isinstance(value, list | dict):
            raise _RefusalError(line, "a list or mapping as a key", "a name, then a colon")
        if value in into.made:
            raise _RefusalError(line, f"the key {value!r} stands 2 times", "each key once")
        into.key = value
    elif into.key is _MERGE:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise _RefusalError(line, "<< before what is no mapping", "<<: *NAME of a mapping")
        for part in parts:
            for key, item in part.items():
                into.merged.setdefault(key, item)
        into.key = _NO_KEY
    else:
        into.made[into.key], into.key = value, _NO_KEY


def _scalar(event: Any, *, is_key: bool) -> Any:
    """Return a scalar's value: a quoted one is text; a plain one is what it looks like, where that is certain."""
    text, line = event.value, event.start_mark.line
    if _NO_CHARACTER.search(text):
        raise _RefusalError(line, "an escape that is no character", "text")
    if not event.implicit[0]:
        return text
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    match next((tag.rpartition(":")[2] for tag, pattern in resolvers if pattern.match(text)), "str"):
        case "null":
            return None
        case "bool":
            return yaml.SafeLoader.bool_values[text.lower()]
        case "int" if _INTEGER.fullmatch(text):
            return int(text)
        case "float" if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        case "int" | "float":
            allowed = "a number of at most 15 digits, without leading zeros; text in quotation marks"
            raise _RefusalError(line, text, allowed)
        case "timestamp":
            raise _RefusalError(line, text, "a date in quotation marks")
        case "merge" if is_key:
            return _MERGE
    return text
