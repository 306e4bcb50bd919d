"""Tables in HTML, of pandas, Styler and others: spans, alignment, colours and bars of their cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis.publish.rendering.css import Style, bar, look
from cfanalysis.publish.rendering.nodes import (
    Node,
    align_numbers,
    cell,
    inline_wrapper,
    plain_text,
    table,
)

_BOLD = ("bold", "bolder", "600", "700", "800", "900")


def html_table(
    element: Any,
    *,
    inlines: Callable[[Any], list[Node]],
    style: Callable[[Any], Style],
    drop_index: bool,
) -> Node:
    """Return a table.

    Parameters
    ----------
    element
        The element of the table.
    inlines, style
        Give the inline nodes in an element, and its style.
    drop_index
        Whether a first column that only numbers the rows (0, 1, 2, ...) is left out.
    """

    def read_cell(item: Any) -> Node:
        own, above = style(item), style(item.getparent())
        given = {**{name: above[name] for name in above if name.startswith(("background", "color"))}, **own}
        ink, fill = look(given)
        drawn = [bar(style(e), fill) for e in (item, *item.iterdescendants("div", "span"))]
        stops = next((found for found in reversed(drawn) if found), None)
        items = inlines(item)
        if own.get("font-weight") in _BOLD and item.tag == "td":
            items = [inline_wrapper("strong", items)]
        where = own.get("text-align") or item.get("align") or ""
        return cell(
            items,
            align=where if where in ("left", "right", "center") else "",
            head=item.tag == "th",
            columns=_span(item.get("colspan")),
            rows=_span(item.get("rowspan")),
            fill=fill or ("#ffffff" if stops else None),
            colour=ink,
            bar=stops,
        )

    def read_rows(path: str) -> list[list[Node]]:
        rows = ([read_cell(item) for item in row.iterchildren("td", "th")] for row in element.xpath(path))
        kept = [row for row in rows if row]
        for left, row in zip(range(len(kept), 0, -1), kept, strict=True):
            for item in row:
                item["rows"] = min(item["rows"], left)
        return kept

    head, body = read_rows("./thead/tr"), read_rows("./tbody/tr | ./tr | ./tfoot/tr")
    if not head and body and all(c["head"] for c in body[0]):
        head, body = body[:1], body[1:]
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
