"""Markdown to nodes, with the math of Jupyter's own dialect.

mistune parses, with nbconvert's math-aware rules, so that a page shows what JupyterLab shows. HTML inside
markdown is not passed on: plain formatting becomes nodes, anything else is shown as the text that it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from cfanalysis.publish.rendering import formulas
from cfanalysis.publish.rendering.html_reader import INLINE_TAGS, read_html
from cfanalysis.publish.rendering.nodes import (
    Node,
    cell,
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

Token = dict[str, Any]

_PLUGINS = ("strikethrough", "table", "url", "task_lists", "def_list", "footnotes")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^>]*?(/?)>")
_WRAPPING = {"strong": "strong", "emphasis": "emphasis", "strikethrough": "strike"}


def read_markdown(
    source: str, gathering: ReadingContext, *, attachments: Mapping[str, Mapping[str, str]] | None = None
) -> list[Node]:
    """Return the block nodes of markdown.

    Parameters
    ----------
    source
        The markdown.
    gathering
        Takes the pictures, the number of footnotes and the remarks.
    attachments
        The pictures attached to the cell, by name.
    """
    tokens, _ = _parser().parse(printable_text(source))
    return _Reader(gathering, attachments or {}, tokens).blocks(tokens)


@lru_cache(maxsize=1)
def _parser() -> Any:
    from mistune import Markdown
    from mistune.plugins import import_plugin
    from nbconvert.filters.markdown_mistune import MathBlockParser, MathInlineParser

    return Markdown(
        renderer=None,
        block=MathBlockParser(),
        inline=MathInlineParser(hard_wrap=False),
        plugins=[import_plugin(name) for name in _PLUGINS],
    )


def formula(latex: str, *, display: bool) -> Node:
    """Return the node of a formula.

    Parameters
    ----------
    latex, display
        As for `cfanalysis.publish.rendering.formulas.formula_tree`.
    """
    latex = printable_text(latex).strip()
    tree = formulas.formula_tree(latex, display=display)
    return {"kind": "math", "latex": latex, "display": display, "tree": tree}


class _Reader:
    def __init__(
        self, gathering: ReadingContext, attachments: Mapping[str, Mapping[str, str]], tokens: Sequence[Token]
    ) -> None:
        self.gathering = gathering
        self.attachments = attachments
        items = [item for t in tokens if t["type"] == "footnotes" for item in t["children"]]
        self.notes: dict[str, Token] = {item["attrs"]["key"]: item for item in items}
        self.numbers: dict[str, int] = {}

    def blocks(self, tokens: Iterable[Token]) -> list[Node]:
        nodes: list[Node] = []
        for token in tokens:
            nodes.extend(self.block(token))
        return nodes

    def block(self, token: Token) -> list[Node]:
        match token["type"]:
            case "heading":
                return [heading(int(token["attrs"]["level"]), self.inlines(token["children"]))]
            case "paragraph" | "block_text":
                return self.paragraphs(token["children"])
            case "block_code":
                words = (token.get("attrs", {}).get("info") or "").split()
                return [code(token["raw"], words[0] if words else "")]
            case "block_quote":
                return [{"kind": "quote", "blocks": self.blocks(token["children"])}]
            case "list":
                return [self.list_of(token)]
            case "def_list":
                return [self.definitions(token["children"])]
            case "thematic_break":
                return [{"kind": "rule"}]
            case "table":
                return [self.table_of(token["children"])]
            case "block_html":
                return read_html(token["raw"], self.gathering, attachments=self.attachments)
        return []

    def paragraphs(self, tokens: Sequence[Token]) -> list[Node]:
        """Return a paragraph; a formula on its own line, or a picture alone, stands apart from it."""
        nodes: list[Node] = []
        line: list[Node] = []
        for node in [*self.inlines(tokens), None]:
            apart = node is not None and node["kind"] == "math" and node["display"]
            if node is None or apart:
                if plain_text(line).strip() or any(n["kind"] != "text" for n in line):
                    nodes.append(line[0] if _is_picture(line) else paragraph(line))
                line = []
            if apart and node is not None:
                nodes.append(node)
            elif node is not None:
                line.append(node)
        return nodes

    def list_of(self, token: Token) -> Node:
        items = [
            {"blocks": self.blocks(item["children"]), "checked": item.get("attrs", {}).get("checked")}
            for item in token["children"]
        ]
        attributes = token["attrs"]
        return {
            "kind": "list",
            "ordered": bool(attributes["ordered"]),
            "start": int(attributes.get("start") or 1),
            "tight": bool(token.get("tight", True)),
            "items": items,
        }

    def definitions(self, tokens: Sequence[Token]) -> Node:
        pairs: list[Node] = []
        for token in tokens:
            if token["type"] == "def_list_head":
                pairs.append({"term": self.inlines(token["children"]), "blocks": []})
            elif pairs:
                pairs[-1]["blocks"].extend(self.blocks(token["children"]))
        return {"kind": "definitions", "items": pairs}

    def table_of(self, parts: Sequence[Token]) -> Node:
        head = [self.cells(part["children"]) for part in parts if part["type"] == "table_head"]
        bodies = [part for part in parts if part["type"] == "table_body"]
        return table(head, [self.cells(row["children"]) for body in bodies for row in body["children"]])

    def cells(self, tokens: Sequence[Token]) -> list[Node]:
        return [
            cell(
                self.inlines(token["children"]),
                align=token["attrs"].get("align") or "left",
                head=bool(token["attrs"].get("head")),
            )
            for token in tokens
        ]

    def inlines(self, tokens: Sequence[Token]) -> list[Node]:
        """Return inline nodes; an HTML tag that wraps text is matched with its closing tag."""
        stack: list[tuple[str, str, list[Node]]] = [("", "", [])]
        for token in tokens:
            tag = _TAG.fullmatch(token["raw"].strip()) if token["type"] == "inline_html" else None
            name = tag[2].lower() if tag else ""
            if tag is None or (name not in INLINE_TAGS and name not in ("br", "img")):
                stack[-1][2].extend(self.inline(token))
            elif name == "br":
                stack[-1][2].append({"kind": "break"})
            elif name == "img":
                found = read_html(token["raw"], self.gathering, attachments=self.attachments)
                stack[-1][2].extend(n for n in found if n["kind"] in ("image", "text"))
            elif not tag[1]:
                stack.append((name, token["raw"], []))
            elif stack[-1][0] == name:
                _, _, inner = stack.pop()
                stack[-1][2].extend(_tagged(name, inner))
            else:
                stack[-1][2].append(text(token["raw"]))
        while len(stack) > 1:  # never closed: shown as it was written
            _, raw, inner = stack.pop()
            stack[-1][2].extend([text(raw), *inner])
        return stack[0][2]

    def inline(self, token: Token) -> list[Node]:
        kind, children = token["type"], token.get("children", [])
        if kind in _WRAPPING:
            return [inline_wrapper(_WRAPPING[kind], self.inlines(children))]
        match kind:
            case "text":
                return [text(html.unescape(token["raw"]))]
            case "softbreak":
                return [text(" ")]
            case "linebreak":
                return [{"kind": "break"}]
            case "codespan":
                return [{"kind": "code", "text": text(html.unescape(token["raw"]))["text"]}]
            case "link":
                return link(token["attrs"]["url"], self.inlines(children))
            case "image":
                alt = plain_text(self.inlines(children))
                return [self.gathering.image_from(token["attrs"]["url"], alt, self.attachments)]
            case "inline_math":
                return [formula(token["raw"], display=False)]
            case "block_math":
                return [formula(token["raw"], display=True)]
            case "latex_environment":
                name, body = token["attrs"]["name"], token["attrs"]["body"]
                return [formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)]
            case "footnote_ref":
                return self.footnote(token["raw"])
            case "inline_html" if token["raw"].startswith("<!--"):
                return []
        return [text(token.get("raw", ""))]

    def footnote(self, key: str) -> list[Node]:
        if key not in self.notes:
            return [text(f"[^{key}]")]
        if key in self.numbers:
            return [{"kind": "footnote", "number": self.numbers[key], "blocks": None}]
        self.gathering.footnotes += 1
        self.numbers[key] = self.gathering.footnotes
        blocks = self.blocks(self.notes[key]["children"])
        return [{"kind": "footnote", "number": self.numbers[key], "blocks": blocks}]


def _tagged(tag: str, inner: list[Node]) -> list[Node]:
    """Return what stands in an inline HTML tag as nodes."""
    kind = INLINE_TAGS[tag]
    if kind == "mono":
        return [{"kind": "code", "text": plain_text(inner)}]
    return inner if kind == "plain" else [inline_wrapper(kind, inner)]


def _is_picture(line: Sequence[Node]) -> bool:
    return len(line) == 1 and line[0]["kind"] == "image"
