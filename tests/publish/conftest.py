from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from cfanalysis.core import blocks

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200pt" height="50pt" viewBox="0 0 200 50">'
    "<style>*{stroke-linejoin: round}</style>"
    '<defs><clipPath id="clip"><rect width="10" height="10"/></clipPath></defs>'
    '<g clip-path="url(#clip)"><rect width="200" height="50" fill="#0b6e75"/></g>'
    '<text x="5" y="20" style="font-family: \'IBM Plex Sans\'; font-weight: 600">Leadership</text></svg>'
)


def code(source: str = "", *outputs: Any, tags: tuple[str, ...] = ()) -> Any:
    """Return a code cell with outputs."""
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs), execution_count=1)
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def markdown(source: str, **fields: Any) -> Any:
    """Return a markdown cell."""
    return nbformat.v4.new_markdown_cell(source, **fields)


def shown(thing: Any) -> Any:
    """Return the output that a block, or a bundle of media types, makes in a notebook."""
    if isinstance(thing, dict):
        return nbformat.v4.new_output("display_data", thing)
    data, metadata = thing._repr_mimebundle_()
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def notebook(*cells: Any, report: bool = True, **settings: Any) -> Any:
    """Return a notebook of these cells with fixed identifiers."""
    made = nbformat.v4.new_notebook(cells=list(cells))
    made.metadata["cfanalysis"] = {"report": report, **settings}
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def png(width: int = 4, height: int = 2) -> bytes:
    """Return a plain PNG."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x0b\x6e\x75" * width for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


HOSTILE = (
    '#read("/etc/passwd") #panic() <script>alert(1)</script> "); import os # {{7*7}} \\input{x} '
    "\u202eturned\u202c \u200f 😀 日本 nul\0 $x$ `code` @ref <label> =cmd|x"
)


@pytest.fixture
def make() -> SimpleNamespace:
    """The makers of cells, outputs and notebooks above."""
    return SimpleNamespace(
        code=code, markdown=markdown, shown=shown, notebook=notebook, png=png, hostile=HOSTILE, svg=SVG
    )


@pytest.fixture
def full_report() -> Any:
    """A report with each kind of block, and a hostile text in each of its fields."""
    table = blocks.Table(
        f"Table {HOSTILE}",
        [blocks.Column("Dimension", "left"), blocks.Column("Gap")],
        [["Leadership", "9.1"], [HOSTILE, "13.8"], ["W" * 300, "1.0"]],
        f"Note {HOSTILE}",
        [1],
    )
    return notebook(
        markdown("# The notebook's own title\n\nWhat it asks."),
        code(
            "Masthead(...)",
            shown(
                blocks.Masthead(
                    "Self Assessment",
                    f"Client {HOSTILE}",
                    [("Wave", "2025"), (HOSTILE, HOSTILE)],
                    "Synthetic data",
                    "Study sample",
                )
            ),
        ),
        code("KeyFigures(...)", shown(blocks.KeyFigures([blocks.KeyFigure("Gap", "9.4", HOSTILE)]))),
        code("Notice(...)", shown(blocks.Notice(HOSTILE, "Careful.", "caution"))),
        markdown("## Say and Do\n\nA *sentence* with $x^2$ and a note.[^1]\n\n[^1]: The note's words."),
        code("Figure(...)", shown(blocks.Figure(SVG, "Say exceeds Do by 9 points.", 200))),
        code("Table(...)", shown(table)),
        code("Prose(...)", shown(blocks.Prose("Client " + blocks.escape_markdown(HOSTILE)))),
        code("print()", nbformat.v4.new_output("stream", name="stdout", text="printed words")),
        code("warn()", nbformat.v4.new_output("stream", name="stderr", text="UserWarning: warned")),
        markdown(
            "Raw <script>alert(2)</script> and [bad](javascript:alert(3)).\n\n<div onclick='x()'>Div</div>"
        ),
    )


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes cells as a notebook file and gives its path."""

    def write(*cells: Any, name: str = "trial.ipynb", **settings: Any) -> Path:
        path = tmp_path / name
        nbformat.write(notebook(*cells, **settings), path)
        return path

    return write
