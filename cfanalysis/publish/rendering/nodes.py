"""The neutral tree between notebook and page: nodes that both exporters draw.

A node is a dictionary that JSON can hold. Its ``kind`` says what it is; text stands in it as text and never
as markup, so a page writer decides alone what becomes of it.

Inline nodes: text, strong, emphasis, strike, underline, styled (a colour), sub, sup, code, link, break, image, math,
footnote, anchor.
Block nodes: heading, paragraph, list, definitions, quote, code, rule, table, image, math, keyfigures, notice (a box),
details (a part that folds), anchor, output (plain text of a cell), error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from cfanalysis.publish.rendering.unicode_safety import printable_text

Node = dict[str, Any]

_SCHEMES = ("http", "https", "mailto")
_NUMBER = re.compile(
    r"[-+−–(]?\s*[$€£]?\s*\d[\d\s.,'\u2009\u202f]*\s*%?\)?|[-–—]|nan|NaN|NaT|<NA>|None|", re.ASCII
)


def text(words: str) -> Node:
    """Return a run of text; a line's end in it is a space."""
    return {"kind": "text", "text": printable_text(words).replace("\n", " ")}


def inline_wrapper(kind: str, items: Sequence[Node]) -> Node:
    """Return inline nodes inside another one (strong, emphasis, strike, underline, sub, sup).

    Parameters
    ----------
    kind
        Kind of the outer node.
    items
        The inner nodes.
    """
    return {"kind": kind, "items": list(items)}


def link(url: str, items: Sequence[Node], remark: Callable[[str], None]) -> list[Node]:
    """Return a link to a web page, a mail address or a part of the document; anything else stays the text that it is.

    Parameters
    ----------
    url
        Where it leads.
    items
        Its text; where it is empty, the address.
    remark
        Takes what the author should know.
    """
    address = printable_text(url.strip()).replace("\n", "")
    items = [
        inner for n in items for inner in (n["items"] if n["kind"] == "link" else [n])
    ]  # none in another
    if len(address) > 1 and address.startswith("#"):
        return [{"kind": "link", "target": unquote(address[1:]), "items": list(items)}]
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme not in _SCHEMES:
        if address:
            remark("a link leads neither to the web nor to a part of the page: its text alone is shown")
        return list(items)
    return [{"kind": "link", "url": address, "items": list(items) or [text(url)]}]


def anchor(name: str) -> Node:
    """Return a place that links of the document can lead to."""
    return {"kind": "anchor", "name": printable_text(name)}


def styled(items: Sequence[Node], colour: str | None, fill: str | None) -> list[Node]:
    """Return inline nodes in colours; as they are where none is given.

    Parameters
    ----------
    items
        The inner nodes.
    colour, fill
        Colours of text and ground as #rrggbb; None for the page's own.
    """
    if not colour and not fill:
        return list(items)
    return [{"kind": "styled", "items": list(items), "colour": colour, "fill": fill}]


def notice(tone: str, title: str, blocks: Sequence[Node], *, fill: str | None = None) -> Node:
    """Return a box.

    Parameters
    ----------
    tone
        ``"note"``, ``"caution"`` or ``"verdict"``.
    title
        Its first line; "" for none.
    blocks
        What stands in it.
    fill
        Colour of its ground; None for that of its tone.
    """
    return {"kind": "notice", "tone": tone, "title": title, "blocks": list(blocks), "fill": fill}


def paragraph(items: Sequence[Node]) -> Node:
    """Return a paragraph."""
    return {"kind": "paragraph", "items": trim(items)}


def heading(level: int, items: Sequence[Node]) -> Node:
    """Return a heading.

    Parameters
    ----------
    level
        From 1.
    items
        Inline nodes of its text.
    """
    return {"kind": "heading", "level": level, "items": trim(items)}


def code(source: str, language: str = "") -> Node:
    """Return a block of code.

    Parameters
    ----------
    source
        The code.
    language
        Its language; "" where it is not known.
    """
    return {"kind": "code", "text": printable_text(source.rstrip("\n")), "language": language}


def cell(
    items: Sequence[Node],
    *,
    align: str = "left",
    head: bool = False,
    columns: int = 1,
    rows: int = 1,
    fill: str | None = None,
    colour: str | None = None,
    bar: Sequence[tuple[str, float]] | None = None,
) -> Node:
    """Return a cell of a table; `head` marks one that labels its row or column.

    Parameters
    ----------
    items
        Nodes of its content.
    align
        ``"left"``, ``"center"`` or ``"right"``.
    head
        Whether it labels its row or column.
    columns, rows
        Columns and rows that it spans.
    fill, colour
        Colours of ground and text; None for those of the table.
    bar
        A bar behind its text: colours at places of 0 to 100 %; None for none.
    """
    return {
        "items": trim(items),
        "align": align,
        "head": head,
        "columns": columns,
        "rows": rows,
        "fill": fill,
        "colour": colour,
        "bar": bar,
    }


def table(
    head: Sequence[Sequence[Node]],
    body: Sequence[Sequence[Node]],
    *,
    title: str = "",
    note: str = "",
    emphasis: Iterable[int] = (),
) -> Node:
    """Return a table from rows of cells.

    Parameters
    ----------
    head, body
        Rows of cells.
    title, note
        Above and below the table; "" for none.
    emphasis
        Numbers of the body's rows that stand out, from 0.
    """
    return {
        "kind": "table",
        "title": printable_text(title),
        "note": printable_text(note),
        "head": [list(row) for row in head],
        "body": [list(row) for row in body],
        "emphasis": sorted(set(emphasis)),
    }


def cell_positions(rows: Sequence[Sequence[Node]]) -> Iterator[tuple[int, Node]]:
    """Yield each cell with the number of its first column; cells may reach over several rows.

    Examples
    --------
    >>> tall = cell([text("north")], rows=2)
    >>> rows = [[tall, cell([text("a")])], [cell([text("b")])]]
    >>> [(column, plain_text(c["items"])) for column, c in cell_positions(rows)]
    [(0, 'north'), (1, 'a'), (1, 'b')]
    """
    taken: dict[int, int] = {}
    for row in rows:
        at, reaching = 0, {column: left - 1 for column, left in taken.items() if left > 1}
        for item in row:
            while at in taken:
                at += 1
            yield at, item
            if item["rows"] > 1:
                reaching |= dict.fromkeys(range(at, at + item["columns"]), item["rows"] - 1)
            at += item["columns"]
        taken = reaching


def fill_rows(rows: Sequence[Sequence[Node]]) -> list[list[Node]]:
    """Return the rows with empty cells at the end of those that are shorter than others.

    Examples
    --------
    >>> short = [[cell([text("a")])], [cell([text("b")]), cell([text("c")])]]
    >>> [len(row) for row in fill_rows(short)]
    [2, 2]
    """
    count, positions = column_count(rows), cell_positions(rows)
    filled, taken_until = [], dict[int, int]()
    for number, row in enumerate(rows):
        for at, item in (next(positions) for _ in row):
            taken_until |= dict.fromkeys(range(at, at + item["columns"]), number + item["rows"])
        free = (column for column in range(count) if taken_until.get(column, 0) <= number)
        filled.append([*row, *(cell([]) for _ in free)])
    return filled


def align_numbers(head: Sequence[Sequence[Node]], body: Sequence[Sequence[Node]]) -> None:
    """Set columns of numbers flush right, with their heads, where nothing else was declared.

    Parameters
    ----------
    head, body
        Rows of cells, whose alignment is filled in.
    """
    columns: dict[int, list[Node]] = {}
    for part in (head, body):
        for column, item in cell_positions(part):
            columns.setdefault(column, []).append(item)
    for items in columns.values():
        values = [plain_text(item["items"]).strip() for item in items if not item["head"]]
        numeric = bool(values) and any(values) and all(_NUMBER.fullmatch(value) for value in values)
        for item in items:
            if not item["align"]:
                item["align"] = "center" if item["columns"] > 1 else "right" if numeric else "left"


def column_count(rows: Sequence[Sequence[Node]]) -> int:
    """Return the number of columns that these rows take."""
    return max((at + int(c["columns"]) for at, c in cell_positions(rows)), default=0)


def plain_text(items: Iterable[Node]) -> str:
    """Return the words of inline nodes.

    Examples
    --------
    >>> plain_text([text("a "), inline_wrapper("strong", [text("b")])])
    'a b'
    """
    words = []
    for node in items:
        match node["kind"]:
            case "break":
                words.append(" ")
            case "footnote" | "anchor":
                pass
            case "image":
                words.append(node.get("alt") or "")
            case "math":
                words.append(node["latex"])
            case _:
                words.append(node.get("text") or plain_text(node.get("items", ())))
    return re.sub(r"\s+", " ", "".join(words))


def walk(value: Any) -> Iterator[Any]:
    """Yield a value and all that lies in it, in reading order.

    Examples
    --------
    >>> list(walk({"items": ["a", {"kind": "b"}]}))[-1]
    'b'
    """
    waiting = [value]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, dict | list):
            waiting.extend(reversed(value.values() if isinstance(value, dict) else value))


def trim(items: Sequence[Node]) -> list[Node]:
    """Return inline nodes without white space at either end of a line; runs of text that touch become one."""
    merged: list[Node] = []
    for node in items:
        if node["kind"] == "text" and merged and merged[-1]["kind"] == "break":
            merged.append({"kind": "text", "text": node["text"].lstrip(" ")})
        elif node["kind"] == "text" and merged and merged[-1]["kind"] == "text":
            merged[-1] = {"kind": "text", "text": merged[-1]["text"] + node["text"]}
        else:
            merged.append(node)
    if merged and merged[0]["kind"] == "text":
        merged[0] = {"kind": "text", "text": merged[0]["text"].lstrip()}
    if merged and merged[-1]["kind"] == "text":
        merged[-1] = {"kind": "text", "text": merged[-1]["text"].rstrip()}
    return [node for node in merged if node["kind"] != "text" or node["text"]]
