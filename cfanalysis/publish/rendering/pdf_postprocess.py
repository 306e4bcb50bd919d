"""The last step on a PDF: row headers for screen readers, and a smaller file.

Typst tags the head of a table; it cannot say yet that the first cell of a row labels the row. Here such cells become
header cells of their row in the structure tree. The objects of the file are then packed in compressed streams, which
Typst leaves open: a report is less than half as large. The same PDF gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

_WITHOUT_TABLES = ("/P", "/Span", "/Link", "/Figure", "/Formula", "/Code", *(f"/H{n}" for n in range(1, 7)))
"""Elements with words and pictures alone."""

Heads = list[list[bool]]
"""Of the rows of a table's body, which cells label their row."""


def postprocess_pdf(written: bytes, tables: Sequence[Heads]) -> bytes:
    """Return a PDF with the header cells of its rows tagged, and packed.

    Parameters
    ----------
    written
        The PDF as Typst wrote it.
    tables
        Its tables in reading order.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(written)) as pdf:
        tree = pdf.Root.get("/StructTreeRoot")
        drawn = list(_tables(tree, nested=False))  # hardly ever is there a table in a table
        if len(drawn) != len(tables):
            drawn = list(_tables(tree, nested=True))
        if len(drawn) == len(tables):
            for table, heads in zip(drawn, tables, strict=True):
                _tag_rows(table, heads)
        packed = io.BytesIO()
        pdf.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=False,
            deterministic_id=True,
        )
    return packed.getvalue()


def row_heads(value: Any) -> Iterator[Heads]:
    """Yield the rows of each table of a document's tree, in reading order.

    Examples
    --------
    >>> body = [[{"head": True}, {"head": False}]]
    >>> list(row_heads([{"kind": "quote", "blocks": [{"kind": "table", "head": [], "body": body}]}]))
    [[[True, False]]]
    """
    if isinstance(value, dict):
        if value.get("kind") == "table":
            yield [[bool(cell["head"]) for cell in row] for row in value["body"]]
        for item in value.values():
            yield from row_heads(item)
    elif isinstance(value, list):
        for item in value:
            yield from row_heads(item)


def _tables(element: Any, *, nested: bool) -> Iterator[Any]:
    """Yield the tables of a structure tree in its order, which is the order of reading."""
    import pikepdf

    if not isinstance(element, pikepdf.Dictionary):
        return
    kind = element.get("/S")
    if kind == "/Table":
        yield element
        if not nested:
            return
    if kind in _WITHOUT_TABLES:
        return
    for child in _children(element):
        yield from _tables(child, nested=nested)


def _children(element: Any) -> list[Any]:
    import pikepdf

    inside = element.get("/K")
    if inside is None or isinstance(inside, int):
        return []
    items = list(inside) if isinstance(inside, pikepdf.Array) else [inside]
    return [item for item in items if isinstance(item, pikepdf.Dictionary) and "/S" in item]


def _tag_rows(table: Any, heads: Heads) -> None:
    """Turn the labelling cells of a table's body into header cells of their rows."""
    import pikepdf

    groups = [group for group in _children(table) if group.get("/S") == "/TBody"] or [table]
    rows = [row for group in groups for row in _children(group) if row.get("/S") == "/TR"]
    if len(rows) != len(heads):
        return
    for row, labels in zip(rows, heads, strict=True):
        cells = _children(row)
        if len(cells) != len(labels):
            continue
        for cell, labelling in zip(cells, labels, strict=True):
            if labelling and cell.get("/S") == "/TD":
                cell["/S"] = pikepdf.Name("/TH")
                _set_scope(cell)


def _set_scope(cell: Any) -> None:
    import pikepdf

    attributes = cell.get("/A")
    listed = (
        list(attributes)
        if isinstance(attributes, pikepdf.Array)
        else [attributes]
        if attributes is not None
        else []
    )
    for entry in listed:
        if isinstance(entry, pikepdf.Dictionary) and entry.get("/O") == "/Table":
            entry["/Scope"] = pikepdf.Name("/Row")
            return
    scope = pikepdf.Dictionary(O=pikepdf.Name("/Table"), Scope=pikepdf.Name("/Row"))
    cell["/A"] = pikepdf.Array([*listed, scope])
