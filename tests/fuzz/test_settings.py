"""Mutated brands, instruments, column maps and notebooks: each is read, or refused in words that fit on a page.

The mutations know the structure: they change, drop, double, rename, wrap and exchange parts of the tree that a file
holds, and then, sometimes, the text itself. `CFANALYSIS_FUZZ` sets the number of files (``make fuzz`` takes 10,000 of
each kind, of fonts and logos a hundredth); the ordinary tests take a few.
"""

from __future__ import annotations

import copy
import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cfanalysis.core.errors import CfAnalysisError
from cfanalysis.core.resources import font_folder
from cfanalysis.intake.column_map import load_map
from cfanalysis.publish.execution.parameters import notebook_parameters, parse_parameters
from cfanalysis.publish.execution.preload import imported_modules
from cfanalysis.publish.rendering.logo import draw
from cfanalysis.publish.single_report import runs_on_fork_server
from cfanalysis.survey.instrument import load_instrument, parse_instrument
from cfanalysis.theme.brand import load_brand

from ..conftest import ROOT, TINY

EXAMPLES = int(os.environ.get("CFANALYSIS_FUZZ", "40"))
FUZZ = settings(max_examples=EXAMPLES, database=None, print_blob=True)
FEWER = settings(FUZZ, max_examples=max(EXAMPLES // 100, 4))
pytestmark = pytest.mark.fuzz

BRAND = """
name: North
logo: logo.svg
logo_width: 110
colours: {accent: "#5b2a86", finding: "#a8480c"}
contact: [12 Harbour Street, reports@northwind.example]
cover: true
paper: letter
archival: false
"""
MAP = """
instrument: tiny
columns:
- {column: Company, is: organization}
- {column: Q1, is: s1, labels: {Often: 4, Never: 1}}
- {column: Q2, code: q2, is: d1}
- {column: Q2, position: 4, is: "", proposal: d2, score: 0.8}
- {column: Status, is: status, not_counted: [screened out]}
constants: {wave: "2024"}
accept: ["s1=6"]
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>'
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "../x", "/dev/zero", "a\0b", "#fff", "y" * 5000, "{{7*7}}", "=1+2", "\ud800", "\u200b"]
    ),
    st.sampled_from(["s1", "do", "say", "logo", "007", "1e999", "2024-01-01", "yes", "~"]),
    st.sampled_from([[], {}, [[]], [None], {"a": {}}, [[[[[[]]]]]], {"id": "s1"}, {1: 2}, {"": ""}]),
)
NAMES = ["id", "name", "item", "is", "min", "max", "labels", "role", "scale", "cells", "tags", "source"]
KEYS = st.one_of(st.text(max_size=6), st.sampled_from(NAMES))
MUTATION = st.tuples(
    st.sampled_from(["replace", "replace", "drop", "double", "rename", "wrap", "exchange", "insert"]),
    st.integers(0, 10_000), st.integers(0, 10_000), ODD, KEYS,
)  # fmt: skip
MUTATIONS = st.lists(MUTATION, min_size=1, max_size=4)
DAMAGE = st.one_of(
    st.none(), st.none(), st.tuples(st.integers(0, 100_000), st.integers(0, 40), st.binary(max_size=6))
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Each part of a tree, as what holds it and where."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        keys = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        found += [(part, key) for key in keys]
        waiting += [part[key] for key in keys]
    return found


def mutated(tree: Any, mutations: list[tuple[str, int, int, Any, str]]) -> Any:
    """The tree, changed as the mutations say; the numbers say where."""
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


def as_yaml(tree: Any) -> bytes:
    """A tree as YAML."""
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")


def as_json(tree: Any) -> bytes:
    """A tree as JSON."""
    return json.dumps(tree, default=str).encode("utf-8", "surrogatepass")


def read_or_refused(read: Callable[[Path], object], content: bytes, name: str, folder: str = "") -> None:
    """A file is read, or refused with a message that fits on a page."""
    refusal = "none"
    with tempfile.TemporaryDirectory() as own:
        path = Path(folder or own) / name
        path.write_bytes(content)
        (path.parent / "logo.svg").write_text(LOGO)
        try:
            read(path)
        except CfAnalysisError as error:
            refusal = str(error)
    assert 0 < len(refusal) < 6000, refusal


@FUZZ
@given(mutations=MUTATIONS, damage=DAMAGE)
def test_brands(mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """The brand file of a publisher."""
    content = damaged(as_yaml(mutated(yaml.safe_load(BRAND), mutations)), damage)
    read_or_refused(load_brand, content, "brand.yaml")


@FUZZ
@given(mutations=MUTATIONS, damage=DAMAGE)
def test_instruments(mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """The instrument file of a survey."""
    content = damaged(as_yaml(mutated(yaml.safe_load(TINY), mutations)), damage)
    read_or_refused(load_instrument, content, "instrument.yaml")


@FUZZ
@given(mutations=MUTATIONS, damage=DAMAGE)
def test_column_maps(mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """What the columns of a file hold."""
    content = damaged(as_yaml(mutated(yaml.safe_load(MAP), mutations)), damage)
    read_or_refused(lambda path: load_map(path, parse_instrument(TINY)), content, "map.yaml")


NOTEBOOK = json.loads((ROOT / "notebooks" / "quartile_gaps.ipynb").read_text(encoding="utf-8"))


def read_notebook(path: Path) -> None:
    """What is read of a notebook before it runs."""
    runs_on_fork_server(path)
    if notebook_parameters(path):
        parse_parameters(path, {"study": "x"})
    imported_modules(path)


@FUZZ
@given(mutations=MUTATIONS, damage=DAMAGE)
def test_notebooks(mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """A notebook's parameters and imports, which are read before it runs."""
    read_or_refused(read_notebook, damaged(as_json(mutated(NOTEBOOK, mutations)), damage), "own.ipynb")


@FEWER
@given(damage=DAMAGE, kind=st.sampled_from(["svg", "png", "jpeg"]), cut=st.integers(1, 400))
def test_logos(damage, kind, cut) -> None:  # type: ignore[no-untyped-def]
    """A picture whose bytes were changed or cut: it is drawn, or a sentence says why not."""
    stream = io.BytesIO()
    if kind == "svg":
        stream.write(LOGO.encode())
    else:
        Image.effect_noise((30, 20), 50).save(stream, kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"logo.{kind}"
        path.write_bytes(damaged(stream.getvalue(), damage)[: cut * 4])
        assert len(draw(path)) < 300


FONT = sorted(font_folder().glob("*.ttf"))[0].read_bytes()


@FEWER
@given(damage=DAMAGE, cut=st.one_of(st.none(), st.integers(0, len(FONT))))
def test_fonts(damage, cut) -> None:  # type: ignore[no-untyped-def]
    """A font whose bytes were changed or cut serves, or is refused as no font."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "own.ttf").write_bytes(damaged(FONT, damage)[:cut])
        read_or_refused(load_brand, b"fonts: {regular: own.ttf}", "brand.yaml", folder=folder)
