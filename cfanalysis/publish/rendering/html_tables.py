"""Tables in HTML, of pandas, Styler and others: spans, alignment, colours and bars of their cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from cfanalysis.publish.rendering.css import Style, bar, declarations, is_hidden, look, wrappers
from cfanalysis.publish.rendering.nodes import (
    Node,
    align_numbers,
    anchor,
    cell,
    inline_wrapper,
    plain_text,
    table,
)
from cfanalysis.publish.rendering.pictures import length_in_points

_PARTS = frozenset({
    "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "style", "script", "template",
})  # fmt: skip
_ADDED = "cells without a row"
_INHERITED = ("background", "color", "font", "text-decoration")


def outside_cells(element: Any) -> Any:
    """Return an element with what stands in a table but in none of its cells; browsers set it before the table.

    Cells that stand in no row get one, as in browsers.

    Parameters
    ----------
    element
        The element of the table, out of which it is taken.
    """
    for item in element.xpath("(. | ./thead | ./tbody | ./tfoot)/*[self::td or self::th]"):
        row = item.getprevious()
        if row is None or row.tag != "tr" or row.get("class") != _ADDED:
            row = etree.Element("tr", {"class": _ADDED})
            item.addprevious(row)
        row.append(item)
    outside = lxml_html.Element("div")
    for part in element.xpath(". | ./thead | ./tbody | ./tfoot | ./tr | ./*/tr"):
        for piece in part.xpath("./text()[normalize-space()] | ./*"):
            if isinstance(piece, str):
                etree.SubElement(outside, "span").text = f" {piece} "
            elif piece.tag not in _PARTS:
                outside.append(piece)
                piece.tail = None
    return outside


def html_table(element: Any, *, inlines: Callable[[Any], list[Node]], drop_index: bool) -> Node:
    """Return a table.

    Parameters
    ----------
    element
        The element of the table.
    inlines
        Gives the inline nodes in an element.
    drop_index
        Whether a first column that only numbers the rows (0, 1, 2, ...) is left out.
    """

    def inherited(item: Any) -> Style:
        above = inherited(item.getparent()) if item is not element else {}
        style = declarations(item.get("style") or "")
        return {**above, **{name: style[name] for name in style if name.startswith(_INHERITED)}}

    def read_cell(item: Any, above: Style) -> Node:
        given = {**above, **declarations(item.get("style") or "")}
        ink, fill = look(given)
        drawn = [bar({**given, "width": ""}, fill)]
        for part in item.iterdescendants("div", "span"):
            style, around = (declarations(e.get("style") or "") for e in (part, part.getparent()))
            share, whole = (length_in_points(each.get("width", "")) for each in (style, around))
            style = {**style, "width": f"{100 * share / whole}%"} if share and whole else style
            drawn.append(bar(style, look(around)[1] or fill))
        stops = next((found for found in reversed(drawn) if found), None)
        items = inlines(item)
        for kind in wrappers(given):
            items = items if kind == "strong" and item.tag == "th" else [inline_wrapper(kind, items)]
        where = given.get("text-align", "")
        return cell(
            [*([anchor(item.get("id"))] if item.get("id") else []), *items],
            align=where if where in ("left", "right", "center") else "",
            head=item.tag == "th",
            columns=_span(item.get("colspan")),
            rows=_span(item.get("rowspan")),
            fill=fill or ("#ffffff" if stops else None),
            colour=ink,
            bar=stops,
        )

    def read_rows(path: str) -> list[list[Node]]:
        rows = []
        for row in element.xpath(path):
            above, cells = inherited(row), row.iterchildren("td", "th")
            shown = () if is_hidden(row) else [item for item in cells if not is_hidden(item)]
            rows.append([read_cell(item, above) for item in shown])
            if shown and row.get("id"):
                rows[-1][0]["items"].insert(0, anchor(row.get("id")))
        kept = [row for row in rows if row]
        for left, row in zip(range(len(kept), 0, -1), kept, strict=True):
            for item in row:
                item["rows"] = min(item["rows"], left)
        return kept

    head, body = read_rows("./thead/tr"), read_rows("./tbody/tr | ./tr | ./tfoot/tr")
    tall = max((c["rows"] for c in body[0]), default=0) if body else 0
    if not head and tall and all(c["head"] for row in body[:tall] for c in row):
        head, body = body[:tall], body[tall:]
    if drop_index and _numbers_its_rows(head, body):
        head, body = [row[1:] for row in head], [row[1:] for row in body]
    align_numbers(head, body)
    return table(
        head, body, title=" ".join(plain_text(inlines(c)) for c in element.findall("caption")).strip()
    )


def _numbers_its_rows(head: list[list[Node]], body: list[list[Node]]) -> bool:
    """Tell whether the first column is pandas' default index."""
    if not body or any(plain_text(row[0]["items"]).strip() for row in head):
        return False
    return all(row[0]["head"] and plain_text(row[0]["items"]).strip() == str(n) for n, row in enumerate(body))


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdecimal() and int(value) > 0 else 1
