"""HTML to nodes: tables of pandas, Styler and others, and the plain HTML that stands in markdown.

Only what the page knows to draw is taken: tables with their spans, alignment and cell colours, headings,
paragraphs, lists, pictures that the HTML holds itself. Scripts, styles, forms and frames are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from cfanalysis.publish.rendering.nodes import (
    Node,
    cell,
    cell_positions,
    code,
    heading,
    inline_wrapper,
    link,
    paragraph,
    plain_text,
    table,
    text,
)
from cfanalysis.publish.rendering.reading_context import ReadingContext
from cfanalysis.publish.rendering.unicode_safety import printable_text
from cfanalysis.theme.brand import contrast_ratio

INLINE_TAGS = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis", "var": "emphasis",
    "s": "strike", "del": "strike", "strike": "strike", "u": "underline", "ins": "underline",
    "sub": "sub", "sup": "sup", "code": "mono", "kbd": "mono", "samp": "mono", "tt": "mono",
    "span": "plain", "small": "plain", "mark": "plain", "font": "plain", "abbr": "plain", "q": "plain",
}  # fmt: skip
"""The inline tags that are understood, and the nodes that they become."""

_DROPPED = frozenset({
    "script", "style", "template", "noscript", "iframe", "object", "embed", "form", "input", "button",
    "select", "textarea", "svg", "canvas", "video", "audio", "head", "title", "link", "meta", "base",
    "math",
})  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NUMBER = re.compile(
    r"[-+−–(]?\s*[$€£]?\s*\d[\d\s.,'\u2009\u202f]*\s*%?\)?|[-–—]|nan|NaN|NaT|<NA>|None|", re.ASCII
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK = "#1b2a3a"
_NEEDED = 3.0  # WCAG 2.2, 1.4.3, large text: below it a Styler's own choice is not kept
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}")


def read_html(
    markup: str,
    gathering: ReadingContext,
    *,
    attachments: Mapping[str, Mapping[str, str]] | None = None,
    drop_index: bool = False,
) -> list[Node]:
    """Return the block nodes of HTML.

    Parameters
    ----------
    markup
        A fragment of HTML.
    gathering
        Takes the pictures and the remarks.
    attachments
        The pictures attached to the cell, by name.
    drop_index
        Whether a first column that only numbers the rows (0, 1, 2, ...) is left out.
    """
    try:
        root = lxml_html.fragment_fromstring(printable_text(markup), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return [paragraph([text(markup)])]
    return _Reader(gathering, attachments or {}, drop_index=drop_index, styles=_cell_styles(root)).blocks(
        root
    )


class _Reader:
    def __init__(
        self,
        gathering: ReadingContext,
        attachments: Mapping[str, Mapping[str, str]],
        *,
        drop_index: bool,
        styles: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.gathering = gathering
        self.attachments = attachments
        self.drop_index = drop_index
        self.styles = styles

    def blocks(self, parent: Any) -> list[Node]:
        """Return the blocks inside an element; text between them makes paragraphs."""
        nodes: list[Node] = []
        line: list[Node] = [text(_spaced(parent.text))]
        for element in parent:
            tag = _tag(element)
            if tag in INLINE_TAGS or tag in ("a", "br", "img"):
                line.extend(self.inline(element))
            elif tag and tag not in _DROPPED:
                nodes.extend([*_paragraph(line), *self.block(element, tag)])
                line = []
            line.append(text(_spaced(element.tail)))
        return [*nodes, *_paragraph(line)]

    def block(self, element: Any, tag: str) -> list[Node]:
        if tag in _HEADINGS:
            return [heading(_HEADINGS[tag], self.inlines(element))]
        match tag:
            case "table":
                return [self.table(element)]
            case "ul" | "ol":
                items = [{"blocks": self.blocks(i), "checked": None} for i in element if _tag(i) == "li"]
                ordered = tag == "ol"
                return [{"kind": "list", "ordered": ordered, "start": 1, "tight": True, "items": items}]
            case "blockquote":
                return [{"kind": "quote", "blocks": self.blocks(element)}]
            case "pre":
                return [code(element.text_content())]
            case "hr":
                return [{"kind": "rule"}]
        return self.blocks(element)

    def inlines(self, parent: Any) -> list[Node]:
        nodes = [text(_spaced(parent.text))]
        for element in parent:
            nodes.extend(self.inline(element))
            nodes.append(text(_spaced(element.tail)))
        return nodes

    def inline(self, element: Any) -> list[Node]:
        tag = _tag(element)
        if not tag or tag in _DROPPED:
            return []
        match tag:
            case "br":
                return [{"kind": "break"}]
            case "img":
                alt, source = element.get("alt", ""), element.get("src", "")
                return [self.gathering.image_from(source, alt, self.attachments)]
            case "a":
                return link(element.get("href", ""), self.inlines(element))
        kind = INLINE_TAGS.get(tag, "plain")
        if kind == "mono":
            return [{"kind": "code", "text": text(element.text_content())["text"]}]
        return self.inlines(element) if kind == "plain" else [inline_wrapper(kind, self.inlines(element))]

    def table(self, element: Any) -> Node:
        head = [self.row(row) for row in element.xpath("./thead/tr")]
        body = [self.row(row) for row in element.xpath("./tbody/tr | ./tr | ./tfoot/tr")]
        if not head and body and all(c["head"] for c in body[0]):
            head, body = body[:1], body[1:]
        head, body = [row for row in head if row], [row for row in body if row]
        if self.drop_index and _numbers_its_rows(head, body):
            head, body = [row[1:] for row in head], [row[1:] for row in body]
        _align_numbers(head, body)
        caption = element.find("caption")
        return table(head, body, title=plain_text(self.inlines(caption)) if caption is not None else "")

    def row(self, element: Any) -> list[Node]:
        cells = []
        for item in element:
            if _tag(item) not in ("td", "th"):
                continue
            style = {**self.styles.get(item.get("id", ""), {}), **_declarations(item.get("style", ""))}
            fill = _colour(style.get("background-color"))
            cells.append(
                cell(
                    self.inlines(item),
                    align=_alignment(style, item) or "",
                    head=_tag(item) == "th",
                    columns=_span(item.get("colspan")),
                    rows=_span(item.get("rowspan")),
                    fill=fill,
                    colour=_readable(_colour(style.get("color")), fill),
                )
            )
        return cells


def _tag(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _spaced(words: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", words or "")


def _paragraph(line: list[Node]) -> Iterator[Node]:
    if plain_text(line).strip() or any(node["kind"] not in ("text", "break") for node in line):
        pictures = [node for node in line if node["kind"] == "image"]
        if pictures and not plain_text(n for n in line if n["kind"] != "image").strip():
            yield from pictures
        else:
            yield paragraph(line)


def _numbers_its_rows(head: list[list[Node]], body: list[list[Node]]) -> bool:
    """Tell whether the first column is pandas' default index."""
    if not body or any(plain_text(row[0]["items"]).strip() for row in head):
        return False
    return all(row[0]["head"] and plain_text(row[0]["items"]).strip() == str(n) for n, row in enumerate(body))


def _align_numbers(head: list[list[Node]], body: list[list[Node]]) -> None:
    """Set columns of numbers flush right, with their heads, where nothing else was declared."""
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


def _cell_styles(root: Any) -> dict[str, dict[str, str]]:
    """Return a Styler's declarations by the identifier of the cell."""
    styles: dict[str, dict[str, str]] = {}
    for element in root.iter("style"):
        for selectors, body in _RULE.findall(element.text or ""):
            for selector in selectors.split(","):
                if selector.strip().startswith("#"):
                    styles.setdefault(selector.strip()[1:], {}).update(_declarations(body))
    return styles


def _declarations(css: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in css.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value}


def _alignment(style: Mapping[str, str], element: Any) -> str | None:
    wanted = style.get("text-align") or element.get("align") or ""
    return wanted if wanted in ("left", "right", "center") else None


def _colour(value: str | None) -> str | None:
    return value.lower() if value and _COLOUR.fullmatch(value) else None


def _readable(colour: str | None, fill: str | None) -> str | None:
    """Return a cell's colour; on a ground on which it could not be read, the better of dark and white."""
    if fill is None:
        return colour
    ground = _six(fill)
    if contrast_ratio(_six(colour or _DARK), ground) >= _NEEDED:
        return colour
    return max((_DARK, "#ffffff"), key=lambda each: contrast_ratio(each, ground))


def _six(colour: str) -> str:
    """Return #rgb as #rrggbb."""
    return colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdecimal() and int(value) > 0 else 1
