"""Mutated notebooks, published: both pages are made, or a message says what is wrong with the notebook.

The notebook has every kind of cell and output; cells, metadata, attachments, outputs and their bundles are changed as
a tree. What an exporter is given is what JupyterLab and nbconvert read: they let much pass that the format forbids.
Markup (HTML, Markdown, LaTeX, SVG, print) is put together from pieces that are right, broken, nested, very long.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfanalysis.core import blocks
from cfanalysis.publish.rendering.html import PageHTMLExporter
from cfanalysis.publish.rendering.pdf import TypstPDFExporter

from ..publish.conftest import SVG, code, markdown, notebook, png, shown
from .mutations import DAMAGE, FUZZ, MUTATIONS, SLOWER, as_json, damaged, mutated, read_or_refused

pytestmark = pytest.mark.fuzz

PNG = base64.b64encode(png()).decode()
BUNDLES: list[dict[str, Any]] = [
    {"text/plain": "42"},
    {"text/html": "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>", "text/plain": "  a\n0 1"},
    {"text/markdown": "*Words* $x^2$", "text/plain": "Words"},
    {"text/latex": "$$\\frac{a}{b}$$", "text/plain": "a/b"},
    {"image/png": PNG, "text/plain": "<Figure>"},
    {"image/jpeg": PNG}, {"image/gif": PNG}, {"image/webp": PNG},
    {"image/svg+xml": SVG, "text/plain": "<Figure>"},
    {"application/json": {"a": [1, {"b": None}]}, "text/plain": "<JSON>"},
    {"application/geo+json": {"type": "Point"}, "text/plain": "Map()"},
    {"application/vnd.vegalite.v5+json": {"mark": "bar", "data": {"values": [{"a": 1}]}}, "text/plain": "Chart"},
    {"application/vnd.plotly.v1+json": {"data": [], "layout": {}}, "text/html": "<div></div>"},
    {"application/vnd.jupyter.widget-view+json": {"model_id": "x", "version_major": 2}, "text/plain": "Slider()"},
    {"application/javascript": "alert(1)", "text/plain": "<Javascript>"},
    {"application/pdf": PNG}, {"video/mp4": PNG}, {"application/x-own": "1"}, {"application/x-own+json": {"a": 1}},
    {"application/vnd.jupyter.stderr": "warned"},
]  # fmt: skip


ATTACHED = {"a.png": {"image/png": PNG}}
COLUMNS = [blocks.Column("Dimension", "left"), blocks.Column("Gap")]


def every_kind() -> Any:
    """A notebook with every kind of cell, output and block."""
    table = blocks.Table("T", COLUMNS, [["L", "9.1"]], "Note", [0])
    made = notebook(
        markdown("# Title\n\nWords, ![p](attachment:a.png) and [a link](#part).", attachments=ATTACHED),
        code("", shown(blocks.Masthead("Report", "Client", [("Wave", "2025")], "Synthetic data", "Study"))),
        code("", shown(blocks.KeyFigures([blocks.KeyFigure("Gap", "9.4", "points")]))),
        code("", shown(blocks.Notice("Body", "Title", "caution"))),
        code("", shown(blocks.Figure(SVG, "Say exceeds Do.", 200))),
        code("", shown(table)),
        code("", shown(blocks.Prose("Plain *words*."))),
        code("", *(shown(bundle) for bundle in BUNDLES[: len(BUNDLES) // 2]), tags=("alt:what is shown",)),
        code("1 / 0", *(shown(bundle) for bundle in BUNDLES[len(BUNDLES) // 2 :])),
        code("print(1)", nbformat.v4.new_output("stream", name="stdout", text="printed\n"),
             nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=["a", "b"])),
        nbformat.v4.new_raw_cell("<b>raw</b>", metadata={"raw_mimetype": "text/html"}),
        markdown("## Part\n\n| a |\n|---|\n| 1 |"),
    )  # fmt: skip
    made.metadata["cfanalysis"] |= {
        "stamp": {"date": "2025-01-01", "edition": "2", "replaces": "1 2024-01-01"}
    }
    made.metadata |= {"title": "Title", "authors": [{"name": "Ann"}], "date": "2025-03-11", "lang": "de"}
    made.metadata |= {
        "kernelspec": {"name": "python3", "display_name": "P"},
        "language_info": {"name": "python"},
    }
    return made


TREE = json.loads(nbformat.writes(every_kind()))
SINGLE = [{**TREE, "cells": [cell]} for cell in TREE["cells"]]


def content_of(which: int, report: bool, mutations: Any, damage: Any) -> bytes:
    """The whole notebook, or more often one cell of it, changed."""
    tree = TREE if which % 20 == 0 else SINGLE[which % len(SINGLE)]
    tree = {
        **tree,
        "metadata": {**tree["metadata"], "cfanalysis": {**tree["metadata"]["cfanalysis"], "report": report}},
    }
    return damaged(as_json(mutated(tree, mutations, aliases=False)), damage)


PIECES = {
    kind: ["".join(p * n for p, n in zip(piece[::2], piece[1::2], strict=True)) if isinstance(piece, list) else piece
           for piece in pieces]
    for kind, pieces in json.loads(Path(__file__).with_name("markup_pieces.json").read_text()).items()
}  # fmt: skip
"""Markup by its kind; a list is of pieces, each with the times that it stands there."""

WRITTEN = st.lists(
    st.tuples(
        st.sampled_from([*PIECES, "markdown", "raw"]),
        st.lists(st.sampled_from([p for own in PIECES.values() for p in own]) | st.text(max_size=4), max_size=1),
        st.integers(0, 999),
        st.integers(0, 40),
    ),
    min_size=1, max_size=2,
)  # fmt: skip
"""Of each cell: its kind, a foreign piece, the number of its own piece, and where the one is put into the other."""


def written_notebook(cells: Any, report: bool) -> bytes:
    """A notebook of cells and outputs of markup."""
    made = []
    for kind, foreign, number, at in cells:
        own = PIECES.get(kind, PIECES["text/markdown"])
        source = own[number % len(own)]
        source = source[:at] + "".join(foreign) + source[at:]
        if kind in PIECES:
            made.append(code("", shown({kind: source})))
        else:
            made.append(markdown(source) if kind == "markdown" else nbformat.v4.new_raw_cell(source))
    tree = json.loads(json.dumps(notebook(*made)))
    tree["metadata"]["cfanalysis"]["report"] = report
    return as_json(tree)


def exported(exporter: Any, path: Path) -> None:
    """Let nbconvert's own reading of a file come first: what it refuses never reaches an exporter."""
    try:
        read = nbformat.read(path, as_version=4)
    except Exception:
        return
    exporter().from_notebook_node(read, {"metadata": {"name": "own", "path": str(path.parent)}})


GIVEN = {"which": st.integers(0, 1000), "report": st.booleans(), "mutations": MUTATIONS, "damage": DAMAGE}


@FUZZ
@given(**GIVEN)
def test_notebooks_as_web_pages(which, report, mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """A page, or a message."""
    content = content_of(which, report, mutations, damage)
    read_or_refused(lambda path: exported(PageHTMLExporter, path), content, "own.ipynb")


@SLOWER
@given(**GIVEN)
def test_notebooks_as_pdf(which, report, mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """A PDF, or a message."""
    content = content_of(which, report, mutations, damage)
    read_or_refused(lambda path: exported(TypstPDFExporter, path), content, "own.ipynb")


@FUZZ
@given(cells=WRITTEN, report=st.booleans())
def test_markup_in_notebooks_as_web_pages(cells, report) -> None:  # type: ignore[no-untyped-def]
    """A page, or a message."""
    content = written_notebook(cells, report)
    read_or_refused(lambda path: exported(PageHTMLExporter, path), content, "own.ipynb")


@SLOWER
@given(cells=WRITTEN, report=st.booleans())
def test_markup_in_notebooks_as_pdf(cells, report) -> None:  # type: ignore[no-untyped-def]
    """A PDF, or a message."""
    content = written_notebook(cells, report)
    read_or_refused(lambda path: exported(TypstPDFExporter, path), content, "own.ipynb")
