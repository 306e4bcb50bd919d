"""Mutations of files that hold a tree (YAML, JSON): parts of it, its text, its bytes.

A tree's parts are changed, dropped, doubled, renamed, wrapped, exchanged, named twice by an alias; a text's lines are
doubled, indented, joined, given anchors, tags and marks of other documents. `CFANALYSIS_FUZZ` sets the number of files.
"""

from __future__ import annotations

import copy
import datetime
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import settings
from hypothesis import strategies as st

from cfanalysis.core.errors import CfAnalysisError

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>'
EXAMPLES = int(os.environ.get("CFANALYSIS_FUZZ", "24"))
FUZZ = settings(max_examples=EXAMPLES, database=None, print_blob=True)
SLOWER = settings(FUZZ, max_examples=max(EXAMPLES // 10, 12))
FEWER = settings(FUZZ, max_examples=max(EXAMPLES // 100, 4))

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "../x", "/dev/zero", "a\0b", "#fff", "y" * 5000, "{{7*7}}", "=1+2", "\ud800", "\u200b"]
    ),
    st.sampled_from(
        ["s1", "do", "say", "logo", "007", "1e999", "2024-01-01", "yes", "~", "overall", "benchmark"]
    ),
    st.sampled_from(
        [datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1, 9), b"\0\xff", {"a", "b"}, 10**400]
    ),
    st.sampled_from(
        [[[[]] * 30] * 30, dict.fromkeys(map(str, range(300)), 1), [0] * 3000, "\n".join("ab" * 99)]
    ),
    st.sampled_from([[], {}, [[]], [None], {"a": {}}, [[[[[[]]]]]], {"id": "s1"}, {1: 2}, {"": ""}]),
)
NAMES = ["id", "name", "item", "is", "min", "max", "labels", "role", "scale", "cells", "tags", "source"]
KEYS = st.one_of(st.text(max_size=6), st.sampled_from(NAMES))
MUTATION = st.tuples(
    st.sampled_from(
        ["replace", "replace", "drop", "double", "rename", "wrap", "exchange", "insert", "alias", "deepen"]
    ),
    st.integers(0, 10_000), st.integers(0, 10_000), ODD, KEYS,
)  # fmt: skip
MUTATIONS = st.lists(MUTATION, min_size=1, max_size=4)
DAMAGE = st.one_of(
    st.none(), st.none(), st.tuples(st.integers(0, 100_000), st.integers(0, 40), st.binary(max_size=6))
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Each part of a tree, as what holds it and where."""
    found: list[tuple[Any, Any]] = []
    waiting, seen = [tree], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        keys = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        found += [(part, key) for key in keys]
        waiting += [part[key] for key in keys]
    return found


def mutated(tree: Any, mutations: list[tuple[str, int, int, Any, str]], *, aliases: bool = True) -> Any:
    """The tree, changed as the mutations say; the numbers say where. An alias may lead to what it stands in."""
    root = {"root": copy.deepcopy(tree)}
    for kind, i, j, odd, key in mutations:
        found = places(root)
        holder, at = found[i % len(found)]
        other, place = found[j % len(found)]
        if kind == "drop":
            del holder[at]
            root.setdefault("root", None)
        elif kind == "double" and isinstance(holder, list):
            holder.insert(at, copy.deepcopy(holder[at]))
        elif kind == "rename" and isinstance(holder, dict) and holder is not root:
            holder[key] = holder.pop(at)
        elif kind == "wrap":
            holder[at] = [holder[at]]
        elif kind == "alias" and aliases:
            holder[at] = other[place]
        elif kind == "deepen":
            for _ in range(j % 40):
                holder[at] = {key: holder[at]}
        elif kind == "exchange":
            holder[at], other[place] = copy.deepcopy(other[place]), copy.deepcopy(holder[at])
        elif kind == "insert" and isinstance(holder[at], dict):
            holder[at][key] = copy.deepcopy(odd)
        else:
            holder[at] = copy.deepcopy(odd)
    return root["root"]


def damaged(data: bytes, damage: tuple[int, int, bytes] | None) -> bytes:
    """The bytes, with some of them replaced."""
    if damage is None or not data:
        return data
    at, length, put = damage
    return data[: at % len(data)] + put + data[at % len(data) + length :]


PIECES = (
    "&a ", "*a", "<<: *a", "!!python/object:os.system ", "!!set ", "!!binary ", "? ", "- ", "--- ", "...", "%YAML 1.1",
    "\t", "| ", "> ", "'", '"', "{", "]", "#", ": ", "=", "!", "0x1F", "1:30", "1_000", ".nan", "-.inf", "null",
    "2024-01-01", "1e400", "9" * 400, "\\x00", "\u2028", "\ufeff", "&a [*a, *a]", "&a {b: *a}",
)  # fmt: skip
LINES = st.lists(
    st.tuples(
        st.sampled_from(["double", "indent", "join", "begin", "end", "value", "cut"]),
        st.integers(0, 10_000), st.sampled_from(PIECES),
    ),
    max_size=2,
)  # fmt: skip
"""Changes of a YAML text: what is done, to which line, with what."""


def as_yaml(tree: Any, changes: list[tuple[str, int, str]]) -> bytes:
    """A tree as YAML, some of whose lines were changed."""
    lines = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).split("\n")
    for kind, number, piece in changes:
        at = number % len(lines)
        key, colon, value = lines[at].partition(": ")
        lines[at : at + 1] = {
            "double": [lines[at], lines[at]],
            "indent": [f"  {lines[at]}"],
            "join": [lines[at].rstrip() + lines[(at + 1) % len(lines)]],
            "begin": [piece + lines[at]],
            "end": [lines[at] + piece],
            "value": [f"{key}{colon}{piece}{value}" if colon else piece],
            "cut": [lines[at][: number % 9]],
        }[kind]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def as_json(tree: Any) -> bytes:
    """A tree as JSON."""
    return json.dumps(tree, default=str).encode("utf-8", "surrogatepass")


def read_or_refused(read: Callable[[Path], object], content: bytes, name: str, folder: str = "") -> None:
    """A file is read, or refused with a message that fits on a page."""
    with tempfile.TemporaryDirectory() as own:
        path = Path(folder or own) / name
        path.write_bytes(content)
        (path.parent / "logo.svg").write_text(LOGO)
        done_or_refused(lambda: read(path))


def done_or_refused(do: Callable[[], object]) -> None:
    """Something is done, or refused with a message that fits on a page."""
    refusal = "none"
    try:
        do()
    except CfAnalysisError as error:
        refusal = str(error)
    assert 0 < len(refusal) < 6000, refusal
