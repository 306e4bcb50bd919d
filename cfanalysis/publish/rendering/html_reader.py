"""HTML to nodes: what an output shows and what markdown becomes, as a browser without scripts would lay it out.

Text, headings, lists, tables with their spans, alignment, colours and bars, pictures that the HTML holds itself,
folded parts, boxes and anchors are taken. What only a script or the web could show (a film, a frame, a chart drawn by
a script) leaves a placeholder and a remark; scripts, styles and what is hidden leave nothing. Formulas stand in the
text as MathJax finds them in JupyterLab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from cfanalysis.publish.rendering.css import Style, bar, colour, declarations, identified_styles, readable
from cfanalysis.publish.rendering.nodes import (
    Node,
    align_numbers,
    anchor,
    cell,
    code,
    heading,
    inline_wrapper,
    link,
    notice,
    paragraph,
    plain_text,
    styled,
    table,
    text,
    trim,
)
from cfanalysis.publish.rendering.reading_context import Attachments, ReadingContext
from cfanalysis.publish.rendering.unicode_safety import has_visible_text, printable_text

FORMULA_START, FORMULA_END = "\ue000", "\ue001"
"""What a formula's source stands between in marked text: characters that no font has a meaning for."""

INLINE_FORMULA = r"\$(?:(?![\s$])(?:\\.|[^$`\\\n]|\n(?!\s*\n))+?(?<!\s)|\s(?:\\.|[^$`\\\n])+?\s)\$(?![\d$])"
"""A formula between single dollars; two amounts of money in a line are none."""

_FORMULA = re.compile(
    r"\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)|\\begin\{([A-Za-z]+\*?)\}.*?\\end\{\1\}|" + INLINE_FORMULA,
    re.DOTALL,
)
_MARKED = re.compile(f"{FORMULA_START}(.*?){FORMULA_END}", re.DOTALL)
_WRAPPING = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis", "var": "emphasis",
    "dfn": "emphasis", "s": "strike", "del": "strike", "strike": "strike", "u": "underline", "ins": "underline",
    "sub": "sub", "sup": "sup",
}  # fmt: skip
_CODE = ("code", "kbd", "samp", "tt")
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
})  # fmt: skip
_DROPPED = frozenset({
    "script", "style", "template", "noscript", "head", "title", "link", "meta", "base", "source", "param", "rp",
    "datalist", "optgroup", "select",
})  # fmt: skip
_MEDIA = {
    "video": "video", "audio": "sound", "iframe": "embedded page", "object": "embedded object",
    "embed": "embedded object", "canvas": "drawing", "frameset": "embedded page",
}  # fmt: skip
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_ALERTS = {
    "warning": "caution",
    "caution": "caution",
    "danger": "caution",
    "success": "verdict",
    "tip": "verdict",
}
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")


def read_html(
    markup: str,
    gathering: ReadingContext,
    *,
    attachments: Attachments | None = None,
    drop_index: bool = False,
    marked: bool = False,
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
    marked
        Whether its formulas are marked already; else they are found as MathJax finds them.
    """
    drawings: list[str] = []

    def note_drawing(found: re.Match[str]) -> str:
        drawings.append(found[0])
        return f'<img data-drawing="{len(drawings) - 1}">'

    markup = _SVG.sub(note_drawing, printable_text(markup))
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return [paragraph([text(markup)])] if has_visible_text(markup) else []
    return _Reader(root, gathering, attachments or {}, drawings, drop_index=drop_index, marked=marked).blocks(
        root
    )


class _Reader:
    def __init__(
        self,
        root: Any,
        gathering: ReadingContext,
        attachments: Attachments,
        drawings: Sequence[str],
        *,
        drop_index: bool,
        marked: bool,
    ) -> None:
        self.gathering = gathering
        self.attachments = attachments
        self.drawings = drawings
        self.drop_index = drop_index
        self.marked = marked
        self.styles = identified_styles(element.text or "" for element in root.iter("style"))
        self.scripted = next(root.iter("script"), None) is not None
        self.notes = {
            item.get("id"): item for item in root.iter("li") if item.get("class") == "footnote-item"
        }
        self.numbers: dict[str, int] = {}

    def blocks(self, parent: Any) -> list[Node]:
        """Return the blocks inside an element; text between them makes paragraphs."""
        nodes: list[Node] = []
        line = self.words(parent.text)
        for element in parent:
            tag = _tag(element)
            inside = (
                tag not in _BLOCKS
                and tag not in (*_MEDIA, "math")
                and any(_tag(e) in _BLOCKS for e in element.iter())
            )
            if tag in _BLOCKS or (inside and tag not in _DROPPED):
                nodes.extend([*_paragraphs(line), *self.block(element, tag)])
                line = []
            else:
                line.extend(self.inline(element))
            line.extend(self.words(element.tail))
        return [*nodes, *_paragraphs(line)]

    def block(self, element: Any, tag: str) -> list[Node]:
        """Return the blocks of an element that stands apart, with its anchor, alignment and colours."""
        style = self.style(element)
        if _is_hidden(element) or element.get("class") in ("footnotes", "footnotes-sep"):
            return []
        nodes = self.inner_blocks(element, tag)
        if not nodes and tag == "div" and self.scripted and element.get("id"):
            nodes = [paragraph([self.gathering.placeholder("content drawn by a script")])]
        if not nodes and "height" in style and "background" in " ".join(style):
            nodes = [paragraph([self.gathering.placeholder("coloured area")])]
        where = "center" if tag == "center" else style.get("text-align") or element.get("align")
        fill = colour(style.get("background-color") or style.get("background"))
        ink = readable(colour(style.get("color")), fill)
        nodes = [_with_look(node, where if where in ("center", "right") else None, ink) for node in nodes]
        if fill and tag in ("div", "p", "section") and nodes:
            nodes = [notice("note", "", nodes, fill=fill)]
        names = [element.get("id") or "", element.get("name") or ""]
        return [*(anchor(name) for name in names if name and tag != "table"), *nodes]

    def inner_blocks(self, element: Any, tag: str) -> list[Node]:
        classes = re.split(r"[\s-]+", element.get("class") or "")
        if "alert" in classes:
            tone = next((_ALERTS[c] for c in classes if c in _ALERTS), "note")
            first = element.find("p[@class='markdown-alert-title']")
            title = plain_text(self.inlines(first)) if first is not None else ""
            if first is not None:
                element.remove(first)
            return [notice(tone, title, self.blocks(element))]
        match tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return [heading(int(tag[1]), self.inlines(element))]
            case "table":
                return [self.table(element)]
            case "ul" | "ol" | "menu":
                return [self.list_of(element, ordered=tag == "ol")]
            case "dl":
                return [self.definitions(element)]
            case "blockquote":
                return [{"kind": "quote", "blocks": self.blocks(element)}]
            case "pre":
                inner = element.find("code")
                name = re.search(r"language-(\S+)", inner.get("class") or "" if inner is not None else "")
                return [code(_unmarked(element.text_content()), name[1] if name else "")]
            case "hr":
                return [{"kind": "rule"}]
            case "details":
                return [self.details(element)]
        return self.blocks(element)

    def list_of(self, element: Any, *, ordered: bool) -> Node:
        start = element.get("start") or ""
        return {
            "kind": "list",
            "ordered": ordered,
            "start": int(start) if start.isdecimal() else 1,
            "tight": element.find("li/p") is None,
            "items": [{"blocks": self.blocks(item)} for item in element if _tag(item) not in ("", *_DROPPED)],
        }

    def definitions(self, element: Any) -> Node:
        pairs: list[Node] = []
        for item in element.iter("dt", "dd"):
            if _tag(item) == "dt" or not pairs:
                pairs.append({"term": trim(self.inlines(item)) if _tag(item) == "dt" else [], "blocks": []})
            if _tag(item) == "dd":
                pairs[-1]["blocks"].extend(self.blocks(item))
        return {"kind": "definitions", "items": pairs}

    def details(self, element: Any) -> Node:
        summary = element.find("summary")
        words = trim(self.inlines(summary)) if summary is not None else [text("Details")]
        if summary is not None:
            summary.drop_tree()
        blocks = self.blocks(element)
        return {
            "kind": "details",
            "summary": words,
            "blocks": blocks,
            "open": element.get("open") is not None,
        }

    def inlines(self, parent: Any) -> list[Node]:
        nodes = self.words(parent.text)
        for element in parent:
            apart = _tag(element) in _BLOCKS or _tag(element) == "tr"
            if apart and has_visible_text(plain_text(nodes)) and nodes[-1]["kind"] != "break":
                nodes.append({"kind": "break"})
            nodes.extend(self.inline(element))
            following = self.words(element.tail)
            if apart and has_visible_text(plain_text(following)):
                nodes.append({"kind": "break"})
            nodes.extend(following)
        return nodes

    def inline(self, element: Any) -> list[Node]:
        tag = _tag(element)
        if not tag or tag in _DROPPED or _is_hidden(element):
            return []
        name = element.get("id") or (element.get("name") if tag == "a" else "") or ""
        return [
            *([anchor(name)] if name and tag not in ("td", "th") else []),
            *self.inner_inlines(element, tag),
        ]

    def inner_inlines(self, element: Any, tag: str) -> list[Node]:
        if tag in _MEDIA:
            return [self.media(element, tag)]
        if tag in _WRAPPING and not self.is_reference(element):
            return [inline_wrapper(_WRAPPING[tag], self.inlines(element))]
        if tag in _CODE:
            return [{"kind": "code", "text": text(_unmarked(element.text_content()))["text"]}]
        match tag:
            case "sup":
                return self.footnote(element[0].get("href", "#")[1:])
            case "br":
                return [{"kind": "break"}]
            case "img":
                return [self.picture(element)]
            case "a":
                if element.get("class") == "footnote-backref":
                    return []
                return link(
                    _unmarked(element.get("href") or ""), self.inlines(element), self.gathering.remark
                )
            case "input":
                box = element.get("type") in ("checkbox", "radio")
                sign = "☐" if element.get("checked") is None else "☑"
                return [text(sign if box else element.get("value") or "")]
            case "q":
                return [text("“"), *self.inlines(element), text("”")]
            case "rt":
                return [text("("), *self.inlines(element), text(")")]
            case "math":
                return self.gathering.inline_formula(element)
        style = self.style(element)
        fill = colour(style.get("background-color") or style.get("background"))
        fill = fill or ("#fff3bf" if tag == "mark" else None)
        ink = colour(style.get("color") or element.get("color"))
        return styled(self.inlines(element), readable(ink, fill), fill)

    def is_reference(self, element: Any) -> bool:
        """Tell whether an element refers to a footnote of this text."""
        return (
            element.get("class") == "footnote-ref"
            and len(element) > 0
            and element[0].get("href", "#")[1:] in self.notes
        )

    def footnote(self, key: str) -> list[Node]:
        if key in self.numbers:
            return [{"kind": "footnote", "number": self.numbers[key], "blocks": None}]
        self.gathering.footnotes += 1
        self.numbers[key] = self.gathering.footnotes
        return [{"kind": "footnote", "number": self.numbers[key], "blocks": self.blocks(self.notes[key])}]

    def media(self, element: Any, tag: str) -> Node:
        inner = element.find("source")
        source = (
            element.get("src") or element.get("data") or (inner.get("src") if inner is not None else "") or ""
        )
        kind = _MEDIA[tag]
        words = element.get("title") or ("" if source.startswith("data:") else source)
        return self.gathering.placeholder(kind, words, source)

    def picture(self, element: Any) -> Node:
        number = element.get("data-drawing") or ""
        if number.isdecimal() and int(number) < len(self.drawings):
            return self.gathering.drawing(self.drawings[int(number)])
        source, width = _unmarked(element.get("src") or ""), element.get("width") or ""
        alt = _unmarked(element.get("alt") or element.get("title") or "")
        return self.gathering.image_from(
            source, alt, self.attachments, width=float(width) * 0.75 if width.isdecimal() else None
        )

    def words(self, words: str | None) -> list[Node]:
        """Return the inline nodes of text: its formulas, and the text between them."""
        if not words:
            return []
        if not self.marked and ("$" in words or "\\" in words):
            words = mark_formulas(words, _FORMULA)
        if FORMULA_START not in words:
            return [text(re.sub(r"[ \t\r\n]+", " ", words))]
        nodes: list[Node] = []
        for number, part in enumerate(_MARKED.split(words)):
            if number % 2:
                nodes.extend(self.gathering.formula(*without_delimiters(part)))
            else:
                nodes.append(text(re.sub(r"[ \t\r\n]+", " ", part)))
        return nodes

    def style(self, element: Any) -> Style:
        """Return what a style sheet says of an element by its identifier, and its own style."""
        return {**self.styles.get(element.get("id") or "", {}), **declarations(element.get("style") or "")}

    def table(self, element: Any) -> Node:
        marked, ignored = self.marked, re.search(r"(?:tex2|math)jax_ignore", element.get("class") or "")
        self.marked = self.marked or ignored is not None
        head = [self.row(row) for row in element.xpath("./thead/tr")]
        body = [self.row(row) for row in element.xpath("./tbody/tr | ./tr | ./tfoot/tr")]
        if not head and body and body[0] and all(c["head"] for c in body[0]):
            head, body = body[:1], body[1:]
        head, body = [row for row in head if row], [row for row in body if row]
        if self.drop_index and _numbers_its_rows(head, body):
            head, body = [row[1:] for row in head], [row[1:] for row in body]
        align_numbers(head, body)
        caption = element.find("caption")
        title = plain_text(self.inlines(caption)).strip() if caption is not None else ""
        self.marked = marked
        return table(head, body, title=title)

    def row(self, element: Any) -> list[Node]:
        return [
            self.cell(item, self.style(element))
            for item in element
            if _tag(item) in ("td", "th") and not _is_hidden(item)
        ]

    def cell(self, item: Any, row_style: Style) -> Node:
        style = {**{name: v for name, v in row_style.items() if name != "text-align"}, **self.style(item)}
        fill = colour(style.get("background-color") or style.get("background"))
        drawn = (bar(self.style(e), fill) for e in (item, *item.iterdescendants("div", "span")))
        stops = next(
            (found for found in reversed([*drawn, bar(style, fill)]) if found and len(found) > 3), None
        )
        fill = fill or ("#ffffff" if stops else None)
        items = self.inlines(item)
        if style.get("font-weight") in ("bold", "bolder", "600", "700", "800", "900") and _tag(item) == "td":
            items = [inline_wrapper("strong", items)]
        where = style.get("text-align") or item.get("align") or ""
        return cell(
            items,
            align=where if where in ("left", "right", "center") else "",
            head=_tag(item) == "th",
            columns=_span(item.get("colspan")),
            rows=_span(item.get("rowspan")),
            fill=fill,
            colour=readable(colour(style.get("color")), fill),
            bar=stops,
        )


def mark_formulas(words: str, pattern: re.Pattern[str]) -> str:
    """Return text with its formulas between the two marks.

    Parameters
    ----------
    words
        Text.
    pattern
        Matches a formula with its delimiters.
    """
    return pattern.sub(lambda found: f"{FORMULA_START}{found[0]}{FORMULA_END}", words)


def without_delimiters(source: str) -> tuple[str, bool]:
    r"""Return a formula without what stands around it, and whether it stands on a line of its own.

    Examples
    --------
    >>> without_delimiters(r"\(x\)"), without_delimiters("$$x$$")
    (('x', False), ('x', True))
    """
    if source.startswith("\\begin"):
        return source, True
    size = 1 if source.startswith("$") and not source.startswith("$$") else 2
    return source[size:-size], source.startswith(("$$", "\\["))


def escaped_formula(source: str) -> str:
    """Return a formula's source as markup, between the marks."""
    return f"{FORMULA_START}{escape(source)}{FORMULA_END}"


def _unmarked(words: str) -> str:
    return words.replace(FORMULA_START, "").replace(FORMULA_END, "")


def _tag(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _with_look(node: Node, where: str | None, ink: str | None) -> Node:
    """Return a paragraph, heading or picture with the alignment and colour of what is around it."""
    if node["kind"] not in ("paragraph", "heading", "image"):
        return node
    if where and "align" not in node:
        node = {**node, "align": where}
    return {**node, "items": styled(node["items"], ink, None)} if ink and "items" in node else node


def _paragraphs(line: Sequence[Node]) -> Iterator[Node]:
    """Yield what a line holds: formulas on lines of their own and lone pictures apart, the rest as paragraphs."""
    part: list[Node] = []
    for node in [*line, None]:
        apart = node is not None and node["kind"] == "math" and node["display"]
        if node is not None and not apart:
            part.append(node)
            continue
        drawn = [n for n in part if n["kind"] == "image"]
        if drawn and not plain_text(n for n in part if n["kind"] != "image").strip():
            yield from (n for n in part if n["kind"] in ("image", "anchor"))
        elif plain_text(part).strip() or any(n["kind"] not in ("text", "break") for n in part):
            yield paragraph(part)
        part = []
        if node is not None:
            yield node


def _numbers_its_rows(head: list[list[Node]], body: list[list[Node]]) -> bool:
    """Tell whether the first column is pandas' default index."""
    if not body or any(plain_text(row[0]["items"]).strip() for row in head):
        return False
    return all(row[0]["head"] and plain_text(row[0]["items"]).strip() == str(n) for n, row in enumerate(body))


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdecimal() and int(value) > 0 else 1
