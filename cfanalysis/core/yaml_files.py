"""Safe reading of YAML files: instruments, brands, column maps.

What is read is made of lists, mappings, texts, numbers, true, false and nothing; no tag makes anything else of it.
Size, depth, the number of values and of digits, and what aliases stand for are bounded before anything is made. Each
key occurs once. A refusal names the file, the line, what stands there and what is allowed.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any, ClassVar

import yaml

from cfanalysis.core.errors import CfAnalysisError, shorten

MAX_FILE_BYTES = 4_000_000  # bytes of a file
_DEEPEST = 24  # lists and mappings inside each other
MOST_VALUES = 25_000  # ten times those of the longest instruments; who expects more asks for it
MOST_REPEATED = 10_000  # values that all aliases of a file together may stand for

_REFUSED_ANYWHERE = re.compile(f"{yaml.SafeLoader.NON_PRINTABLE.pattern}|^%.*", re.MULTILINE)
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})?(?:\.\d{0,20})?(?:[eE][-+]\d{1,2})?")
_YAML = "tag:yaml.org,2002:"
_KEPT = [_YAML + kind for kind in ("null", "bool", "str", "seq", "map")]
# LibYAML, where PyYAML was built with it, parses in a tenth of the time; each report reads an instrument.
_Parser: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser):  # type: ignore[misc, valid-type]
    """Makes what files of ours may hold, and nothing else."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for scalar in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if (key := self.construct_object(scalar)) in seen:
                raise _refusal(f"the key {key!r} occurs 2 times", scalar.start_mark)
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        """Return a number that is written as people write them."""
        if not _NUMBER.fullmatch(node.value):
            raise _refusal(f"{node.value} (more than 15 digits, or not a plain number)", node.start_mark)
        return int(node.value) if node.tag == f"{_YAML}int" else float(node.value)

    def construct_other(self, node: yaml.Node) -> Any:
        """Refuse a tag, and what is a date by its looks."""
        value = f": {node.value}" if isinstance(node, yaml.ScalarNode) else ""
        raise _refusal(f"{node.tag.replace(_YAML, '!!')}{value}", node.start_mark)

    yaml_constructors: ClassVar[dict[str | None, Any]] = {
        **{name: yaml.SafeLoader.yaml_constructors[name] for name in _KEPT},
        **dict.fromkeys((f"{_YAML}merge", f"{_YAML}value"), yaml.SafeLoader.construct_yaml_str),
        **dict.fromkeys((f"{_YAML}int", f"{_YAML}float"), construct_number),
        None: construct_other,
    }


def read_yaml(path: Path, *, kind: str, error: type[CfAnalysisError], most: int = MOST_VALUES) -> Any:
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


def read_text(path: Path, *, kind: str, error: type[CfAnalysisError]) -> str:
    """Return the text of a file for `parse_yaml`.

    Parameters
    ----------
    path
        The file.
    kind
        What it should be, for messages, e.g. ``"column map"``.
    error
        The class of error to raise.

    Raises
    ------
    CfAnalysisError
        It is not a file, is too large, cannot be read, or is not UTF-8.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_FILE_BYTES:
            raise OSError(0, f"not a file, or larger than {MAX_FILE_BYTES // 1_000_000} MB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        value = problem.strerror
    except UnicodeDecodeError as problem:
        value = f"line {problem.object.count(10, 0, problem.start) + 1}: bytes that are not UTF-8"
    step = f"Give the {kind} as a UTF-8 YAML file."
    raise error(f"The {kind} cannot be read.", where=path, value=value, next_step=step)


def parse_yaml(
    text: str, *, name: str, kind: str, error: type[CfAnalysisError], most: int = MOST_VALUES
) -> Any:
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
    value, line = "", 0
    try:
        if found := _REFUSED_ANYWHERE.search(text):
            line = text.count("\n", 0, found.start())
            raise ValueError(found[0] if len(found[0]) > 1 else f"the character U+{ord(found[0]):04X}")
        _check(text, most)
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark, began = problem.problem_mark or problem.context_mark, problem.context_mark
        line = mark.line if mark else 0
        context = f"{problem.context} that begins in line {began.line + 1}: " if began else ""
        value = f"{context}{problem.problem}"
    except (yaml.YAMLError, ValueError, KeyError) as problem:  # of characters, and values that fit no tag
        value = str(problem)
    raise error(
        f"The {kind} is not valid YAML, or contains what is not allowed.",
        where=f"{name}, line {line + 1}",
        value=shorten(value, limit=200),
        allowed="names and values, indented by spaces; texts with : # or quotation marks, dates and numbers that are "
        "codes (007, more than 15 digits) in quotation marks; no tags; each key once",
        next_step="Correct the line and run the command again.",
    )


def _check(text: str, most: int) -> None:
    """Refuse a text that would take too long, before anything is made of it."""
    sizes, stack = dict[Any, int](), list[tuple[Any, int]]()
    written = total = 0
    for event in yaml.parse(text, Loader=_Parser):
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, began = stack.pop()
            sizes[anchor] = total - began
        elif isinstance(event, yaml.AliasEvent):
            total += sizes.get(anchor, MOST_REPEATED + 1)
        elif isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append((anchor, total))  # its size is known at its end: until then no alias may name it
            if isinstance(event, yaml.ScalarEvent):
                sizes[anchor] = 1
                if _NO_CHARACTER.search(event.value):
                    raise _refusal("an escape sequence that is not a character", event.start_mark)
            written, total = written + 1, total + 1
        if written > most or len(stack) > _DEEPEST:
            raise _refusal(f"more than {most:,} values, or {_DEEPEST} inside each other", event.start_mark)
        if total - written > MOST_REPEATED:
            few = f"aliases that stand for more than {MOST_REPEATED:,} values, for themselves or for nothing"
            raise _refusal(few, event.start_mark)


def _refusal(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
