"""HTML to nodes: what an output shows and what markdown becomes, as a browser without scripts would lay it out.

Text, headings, lists, tables, pictures that the HTML holds itself, folded parts, boxes, colours and anchors are taken.
What only a script or the web could show (a film, a frame, a chart drawn by a script) leaves a placeholder and a remark;
scripts, styles and what is hidden leave nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from lxml.html.defs import block_tags

from cfanalysis.publish.rendering.css import apply_style_sheets, declarations, is_hidden, look, wrappers
from cfanalysis.publish.rendering.formula_text import mark_formulas, split_formulas, unmarked
from cfanalysis.publish.rendering.html_tables import html_table, outside_cells
from cfanalysis.publish.rendering.nodes import (
    Node,
    anchor,
    code,
    heading,
    inline_wrapper,
    link,
    notice,
    paragraph,
    plain_text,
    styled,
    text,
    trim,
)
from cfanalysis.publish.rendering.pictures import length_in_points
from cfanalysis.publish.rendering.reading_context import ReadingContext
from cfanalysis.publish.rendering.unicode_safety import has_visible_text, printable_text

_WRAPPING = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis", "var": "emphasis",
    "dfn": "emphasis", "s": "strike", "del": "strike", "strike": "strike", "u": "underline", "ins": "underline",
    "sub": "sub", "sup": "sup",
}  # fmt: skip
_BLOCKS = (block_tags - {"del", "ins", "caption", "option", "select", "td", "th", "tr"}) | {
    "article", "aside", "body", "details", "dialog", "figcaption", "figure", "footer", "header", "main", "nav",
    "section", "summary",
}  # fmt: skip
_DROPPED = frozenset({
    "script", "style", "template", "head", "title", "link", "meta", "base", "param", "rp",
})  # fmt: skip
_MEDIA = {
    "video": "video", "audio": "sound", "iframe": "embedded page", "object": "embedded object",
    "embed": "embedded object", "canvas": "drawing",
}  # fmt: skip
_AROUND = {"q": "“”", "rt": "()"}
_DEEPEST = 50  # elements within each other
_LINE = 470.0  # points of a line of text, of which a picture may take a share
_SVG = re.compile(
    r"=\s*(?:\"data:[^\"]*\"|'data:[^']*')|(?P<svg><svg\b.*?</svg\s*>)", re.DOTALL | re.IGNORECASE
)
"""An address that holds a picture, or a drawing."""

_EMPTY = re.compile(r"<(embed|source|track|wbr)\b[^<>]*>", re.IGNORECASE)
"""Tags of elements without content, which the parser takes for others."""
_TONES = dict.fromkeys(("warning", "caution", "danger"), "caution") | dict.fromkeys(
    ("success", "tip"), "verdict"
)


def read_html(markup: str, gathering: ReadingContext, *, marked: bool = False) -> list[Node]:
    """Return the block nodes of HTML.

    Parameters
    ----------
    markup
        A fragment of HTML.
    gathering
        Takes the pictures and the remarks.
    marked
        Whether its formulas are marked already; else they are found as MathJax finds them.
    """
    markup = printable_text(markup)
    drawings: list[str] = []

    def keep(found: re.Match[str]) -> str:
        drawings.extend([found["svg"]] if found["svg"] else [])
        return f'<img data-drawing="{len(drawings) - 1}">' if found["svg"] else found[0]

    parser = lxml_html.HTMLParser(huge_tree=True)
    try:
        root = lxml_html.fragment_fromstring(
            _EMPTY.sub(r"\g<0></\1>", _SVG.sub(keep, markup)), create_parent="div", parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return [paragraph([text(markup)])] if has_visible_text(markup) else []
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        gathering.remark("what is nested very deeply is shown as plain text")
        return [paragraph([text(re.sub(r"<[^<>]*>", " ", markup))])]
    apply_style_sheets(root)
    return _Reader(root, gathering, drawings, marked=marked).blocks(root)


class _Reader:
    def __init__(
        self, root: Any, gathering: ReadingContext, drawings: Sequence[str], *, marked: bool
    ) -> None:
        self.gathering = gathering
        self.drawings = drawings
        self.marked = marked
        self.scripted = next(root.iter("script"), None) is not None
        self.notes = {"#" + e.get("id", ""): e for e in root.iter("li") if e.get("class") == "footnote-item"}
        self.numbers: dict[str, int] = {}
        self.depth = 0

    def blocks(self, parent: Any) -> list[Node]:
        """Return the blocks inside an element; text between them makes paragraphs."""
        if self.depth >= _DEEPEST:
            return _paragraphs(self.flat(parent))
        self.depth += 1
        nodes: list[Node] = []
        here = _tag(parent) in ("li", "dd") and parent.get("class") != "footnote-item"
        name = parent.get("id") if here else None
        line = [*([anchor(name)] if name else []), *self.words(parent.text)]
        for element in parent:
            tag = _tag(element)
            lone = tag in _DROPPED or tag in _MEDIA or tag == "math"
            if tag in _BLOCKS or (not lone and any(_tag(e) in _BLOCKS for e in element.iter())):
                nodes.extend([*_paragraphs(line), *self.block(element, tag)])
                line = []
            else:
                line.extend(self.inline(element))
            line.extend(self.words(element.tail))
        self.depth -= 1
        return [*nodes, *_paragraphs(line)]

    def block(self, element: Any, tag: str) -> list[Node]:
        """Return the blocks of an element that stands apart, with its anchor, alignment and colours."""
        style = declarations(element.get("style") or "")
        if is_hidden(element) or element.get("class") in ("footnotes", "footnotes-sep"):
            return []
        nodes = self.inner_blocks(element, tag)
        ink, fill = look(style)
        if not nodes and (
            (tag == "div" and self.scripted and element.get("id")) or (fill and "height" in style)
        ):
            kind = "content drawn by a script" if self.scripted else "coloured area"
            nodes = [paragraph([self.gathering.placeholder(kind)])]
        where = "center" if tag == "center" else style.get("text-align")
        nodes = [
            _with_look(node, where if where in ("center", "right") else None, ink, wrappers(style))
            for node in nodes
        ]
        if fill and nodes and tag != "table":
            nodes = [notice("note", "", nodes, fill=fill)]
        name = element.get("id")
        return [anchor(name), *nodes] if name else nodes

    def inner_blocks(self, element: Any, tag: str) -> list[Node]:
        classes = re.split(r"[\s-]+", element.get("class") or "")
        if "alert" in classes:
            tone = next((_TONES[c] for c in classes if c in _TONES), "note")
            title = plain_text(self.taken(element, "p[@class='markdown-alert-title']"))
            return [notice(tone, title, self.blocks(element))]
        match tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return [heading(int(tag[1]), self.inlines(element))]
            case "table":
                marked, ignored = self.marked, re.search(r"(tex2|math)jax_ignore", element.get("class") or "")
                self.marked = marked or ignored is not None
                before = self.blocks(outside_cells(element))
                if element.find(".//table") is not None:  # it lays out tables: they follow one another
                    cells = element.xpath("(. | ./*)/tr/*")
                    return [*before, *(node for item in cells for node in self.blocks(item))]
                read = html_table(element, inlines=self.inlines, drop_index=self.gathering.report)
                self.marked = marked
                return [*before, read]
            case "ul" | "ol" | "menu":
                start = str(element.xpath("string(li[1]/@value)")) or element.get("start") or ""
                items = [i for i in element if _tag(i) not in ("", *_DROPPED)]
                return [{
                    "kind": "list",
                    "ordered": tag == "ol",
                    "start": int(start) if start.isdecimal() else 1,
                    "tight": element.find("li/p") is None,
                    "items": [{"blocks": [*self.blocks(i), *_paragraphs(self.words(i.tail))]} for i in items],
                }]  # fmt: skip
            case "dl":
                return [self.definitions(element)]
            case "blockquote":
                return [{"kind": "quote", "blocks": self.blocks(element)}]
            case "pre":
                name = re.search(
                    r"language-(\S+)", " ".join(e.get("class") or "" for e in element.iter("code"))
                )
                return [code(unmarked(element.text_content()), name[1] if name else "")]
            case "hr":
                return [{"kind": "rule"}]
            case "details":
                summary = self.taken(element, "summary") or [text("Details")]
                folds = {"kind": "details", "summary": summary, "open": element.get("open") is not None}
                return [{**folds, "blocks": self.blocks(element)}]
        return self.blocks(element)

    def definitions(self, element: Any) -> Node:
        pairs: list[Node] = []
        for item in element.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
            if _tag(item) == "dt" or not pairs:
                pairs.append({"term": trim(self.inlines(item)) if _tag(item) == "dt" else [], "blocks": []})
            if _tag(item) == "dd":
                pairs[-1]["blocks"].extend(self.blocks(item))
        return {"kind": "definitions", "items": pairs}

    def taken(self, element: Any, path: str) -> list[Node]:
        """Return the inline nodes of a part of an element, which is taken out of it."""
        part = element.find(path)
        if part is None:
            return []
        nodes = self.inline(part)
        part.drop_tree()
        return trim(nodes)

    def flat(self, parent: Any) -> list[Node]:
        """Return the words of what is nested too deeply for a page."""
        self.gathering.remark("what is nested very deeply is shown as plain text")
        return self.words(parent.text_content())

    def inlines(self, parent: Any) -> list[Node]:
        """Return the inline nodes inside an element; blocks in it begin on new lines."""
        if self.depth >= _DEEPEST:
            return self.flat(parent)
        self.depth += 1
        nodes = self.words(parent.text)
        for element in parent:
            apart = _tag(element) in _BLOCKS or _tag(element) == "tr"
            following = self.words(element.tail)
            if apart and has_visible_text(plain_text(nodes)) and nodes[-1]["kind"] != "break":
                nodes.append({"kind": "break"})
            ends = apart and has_visible_text(plain_text(following))
            nodes.extend([*self.inline(element), *([{"kind": "break"}] if ends else []), *following])
        self.depth -= 1
        return nodes

    def inline(self, element: Any) -> list[Node]:
        """Return the inline nodes of an element, with its anchor."""
        tag = _tag(element)
        if not tag or tag in _DROPPED or is_hidden(element):
            return []
        name = element.get("id") or (element.get("name") if tag == "a" else None)
        nodes = self.inner_inlines(element, tag)
        return [anchor(name), *nodes] if name else nodes

    def inner_inlines(self, element: Any, tag: str) -> list[Node]:
        reference = (
            element[0].get("href") if element.get("class") == "footnote-ref" and len(element) else None
        )
        if reference is not None and reference in self.notes:
            return self.footnote(reference)
        if tag in _WRAPPING:
            return [inline_wrapper(_WRAPPING[tag], self.inlines(element))]
        match tag:
            case "pre":
                lines = unmarked(element.text_content()).strip("\n").split("\n")
                coded = [[{"kind": "break"}, {"kind": "code", "text": text(line)["text"]}] for line in lines]
                return [node for line in coded for node in line][1:]
            case "code" | "kbd" | "samp" | "tt":
                return [{"kind": "code", "text": text(unmarked(element.text_content()))["text"]}]
            case "br":
                return [{"kind": "break"}]
            case "img":
                return [self.picture(element)]
            case "a" if element.get("class") == "footnote-backref":
                return []
            case "a":
                return link(unmarked(element.get("href")), self.inlines(element), self.gathering.remark)
            case "input":
                sign = "☐" if element.get("checked") is None else "☑"
                return [
                    text(sign if element.get("type") in ("checkbox", "radio") else element.get("value") or "")
                ]
            case "q" | "rt":
                return [text(_AROUND[tag][0]), *self.inlines(element), text(_AROUND[tag][1])]
            case "math":
                return self.gathering.inline_formula(element)
            case "select":
                options = element.findall(".//option")
                chosen = [o for o in options if o.get("selected") is not None] or options[:1]
                return [n for option in chosen for n in self.inlines(option)]
            case "progress" | "meter" if not has_visible_text(element.text_content()):
                return [text(f"{element.get('value') or '…'}/{element.get('max') or '1'}")]
        if tag in _MEDIA:
            found = (e.get("src") or e.get("data") for e in (element, *element.iter("source")))
            source = next(filter(None, found), "")
            name = element.get("title") or ("" if source.startswith("data:") else source)
            return [self.gathering.placeholder(_MEDIA[tag], name, source)]
        style = declarations(element.get("style") or "")
        style = {"background-color": "#fff3bf"} | style if tag == "mark" else style
        ink, fill = look(style)
        nodes = self.inlines(element)
        if not nodes and tag == "span" and fill and style.keys() & {"width", "padding", "border"}:
            nodes = [text("\u2003")]  # a patch of colour, as in a legend
        nodes = styled(nodes, ink, fill)
        for kind in wrappers(style):
            nodes = [inline_wrapper(kind, nodes)]
        return nodes

    def footnote(self, key: str) -> list[Node]:
        if key in self.numbers:
            return [{"kind": "footnote", "number": self.numbers[key], "blocks": None}]
        self.gathering.footnotes += 1
        self.numbers[key] = self.gathering.footnotes
        return [{"kind": "footnote", "number": self.numbers[key], "blocks": self.blocks(self.notes[key])}]

    def picture(self, element: Any) -> Node:
        number, style = element.get("data-drawing") or "", declarations(element.get("style") or "")
        if number.isdecimal() and int(number) < len(self.drawings):
            return self.gathering.drawing(self.drawings[int(number)])
        alt = unmarked(element.get("alt") or element.get("title"))
        width = length_in_points(style.get("width", ""), whole=_LINE)
        height = length_in_points(style.get("height", ""))
        return self.gathering.image_from(unmarked(element.get("src")), alt, width=width, height=height)

    def words(self, words: str | None) -> list[Node]:
        """Return the inline nodes of text: its formulas, and the text between them."""
        nodes: list[Node] = []
        for part, apart in split_formulas((words or "") if self.marked else mark_formulas(words or "")):
            if apart is not None:
                nodes.extend(self.gathering.formula(part, apart))
            elif part:
                nodes.append(text(re.sub(r"[ \t\r\n]+", " ", part)))
        return nodes


def _tag(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _with_look(node: Node, where: str | None, ink: str | None, kinds: Sequence[str]) -> Node:
    """Return a paragraph, heading or picture with the alignment, colour and letters of what is around it."""
    if node["kind"] not in ("paragraph", "heading", "image"):
        return node
    node = {**node, "align": where} if where and "align" not in node else node
    if "items" not in node:
        return node
    items = styled(node["items"], ink, None)
    for kind in kinds:
        items = [inline_wrapper(kind, items)]
    return {**node, "items": items}


def _paragraphs(line: Sequence[Node]) -> list[Node]:
    """Return what a line holds: formulas on lines of their own and lone pictures apart, the rest as paragraphs."""
    found: list[Node] = []
    part: list[Node] = []
    for node in [*line, None]:
        if node is not None and not (node["kind"] == "math" and node["display"]):
            part.append(node)
            continue
        shown = [n for n in part if n["kind"] != "break" and (n["kind"] != "text" or n["text"].strip())]
        if all(n["kind"] in ("image", "anchor") for n in shown):
            found.extend(shown)
        else:
            found.append(paragraph(part))
        found.extend([node] if node is not None else [])
        part = []
    return found
