"""The last step on a PDF: header cells for screen readers, and a smaller file.

Typst tags all cells of a table's head as header cells and no others. Here the cells that label a row become header
cells of their row in the structure tree, and the empty corner above them becomes a plain cell. The objects of the file
are then packed in compressed streams, which Typst leaves open: a report is less than half as large. The same PDF gives
the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from cfanalysis.publish.rendering.nodes import walk

_WITHOUT_TABLES = ("/P", "/Span", "/Link", "/Figure", "/Formula", "/Code", *(f"/H{n}" for n in range(1, 7)))
"""Elements with words and pictures alone."""

Heads = list[list[bool]]
"""Of the rows of a table, which cells label their row or column."""


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


def cell_heads(value: Any) -> Iterator[Heads]:
    """Yield the rows of each table of a document's tree, in reading order; none of those whose tags are right already.

    Examples
    --------
    >>> body = [[{"head": True, "items": ["a"]}, {"head": False, "items": []}]]
    >>> list(cell_heads([{"kind": "quote", "blocks": [{"kind": "table", "head": [], "body": body}]}]))
    [[[True, False]]]
    """
    for node in walk(value):
        kind = node.get("kind") if isinstance(node, dict) else None
        if kind == "table":
            rows = [[bool(c["head"] and c["items"]) for c in row] for row in (*node["head"], *node["body"])]
            noted = node.get("note") and node.get("layout", {}).get("tail")
            yield [*rows, [False]] if noted else rows
        elif kind == "keyfigures":
            yield from ([] for _ in range(0, len(node["figures"]), node["columns"]))


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
    """Make header cells of those that label a row, and plain ones of the empty cells of the head."""
    import pikepdf

    groups = [g for g in _children(table) if g.get("/S") in ("/THead", "/TBody", "/TFoot")] or [table]
    rows = [row for group in groups for row in _children(group) if row.get("/S") == "/TR"]
    if len(rows) != len(heads):
        return
    for group in groups:
        if group.get("/S") == "/TFoot":  # the last rows, which stay together
            group["/S"] = pikepdf.Name("/TBody")
    for row, labels in zip(rows, heads, strict=True):
        cells = _children(row)
        if len(cells) != len(labels):
            continue
        for cell, labelling in zip(cells, labels, strict=True):
            if labelling and cell.get("/S") == "/TD":
                cell["/S"] = pikepdf.Name("/TH")
                _set_scope(cell, "/Row")
            elif not labelling and cell.get("/S") == "/TH":
                cell["/S"] = pikepdf.Name("/TD")
                _set_scope(cell, None)


def _set_scope(cell: Any, scope: str | None) -> None:
    """Say of what a header cell is one; None takes it away."""
    import pikepdf

    found = cell.get("/A", [])
    listed = list(found) if isinstance(found, pikepdf.Array) else [found]
    for entry in listed:
        if isinstance(entry, pikepdf.Dictionary) and "/Scope" in entry:
            del entry["/Scope"]
    if scope is not None:
        listed.append(pikepdf.Dictionary(O=pikepdf.Name("/Table"), Scope=pikepdf.Name(scope)))
    cell["/A"] = pikepdf.Array(listed)
