"""Nodes to the markup of a web page: every text escaped, no script, nothing from outside the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.publish.rendering import formulas
from cfanalysis.publish.rendering.nodes import Node, plain_text
from cfanalysis.publish.rendering.pictures import Picture, svg_in_page, svg_picture
from cfanalysis.publish.rendering.table_layout import is_form, table_widths

_ON_SCREEN = 5 / 3  # CSS pixels for a point of a picture: a quarter larger than on paper
_FULL = 24.0  # em from which a table takes the whole width
_PHONE = 25.0  # em that fit on a phone; of wider tables the first column stays while others scroll
_PRINTED = 62.0  # em that fit on a printed page; wider tables are set smaller there
_SIDEWAYS = message("Scroll sideways for all columns.")
_LONG = 28  # characters from which a word may break
_WRAPPING = {
    "strong": "strong",
    "emphasis": "em",
    "strike": "s",
    "underline": "u",
    "sub": "sub",
    "sup": "sup",
}


class PageMarkup:
    """Writes the nodes of one document as HTML.

    Parameters
    ----------
    pictures
        The document's pictures by name.
    """

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self.pictures = pictures
        self.notes: dict[int, str] = {}
        self.headings: list[tuple[int, str, str]] = []
        self._tables = 0

    def blocks(self, nodes: Sequence[Node]) -> str:
        """Return the markup of block nodes."""
        return "\n".join(self.block(node) for node in nodes)

    def block(self, node: Node) -> str:
        """Return the markup of one block node."""
        return str(getattr(self, f"_{node['kind']}")(node))

    def inlines(self, nodes: Sequence[Node]) -> str:
        """Return the markup of inline nodes."""
        return "".join(map(self.inline, nodes))

    def inline(self, node: Node) -> str:
        """Return the markup of one inline node."""
        kind = node["kind"]
        if kind in _WRAPPING:
            return f"<{_WRAPPING[kind]}>{self.inlines(node['items'])}</{_WRAPPING[kind]}>"
        match kind:
            case "text":
                return escape(node["text"])
            case "code":
                return f"<code>{escape(node['text'])}</code>"
            case "link":
                address = f"#{node['target']}" if "target" in node else node["url"]
                return f'<a href="{escape(address)}" rel="noopener">{self.inlines(node["items"])}</a>'
            case "anchor":
                return self._anchor(node)
            case "styled":
                return f"<span{_look(node, 'tinted')}>{self.inlines(node['items'])}</span>"
            case "break":
                return "<br>"
            case "math":
                return self._math(node)
            case "image":
                return self._inline_image(node)
            case "footnote":
                return self._footnote(node)
        return ""

    def endnotes(self) -> str:
        """Return the markup of the footnotes that were met, for the end of the page."""
        if not self.notes:
            return ""
        back = escape(translated("Back to the text"))
        entries = "".join(
            f'<li id="note-{number}">{body} <a href="#note-{number}-at" aria-label="{back}">↩</a></li>'
            for number, body in sorted(self.notes.items())
        )
        label = escape(translated("Footnotes"))
        return f'<section class="notes" aria-label="{label}"><hr><ol>{entries}</ol></section>'

    def masthead(self, node: Node) -> str:
        """Return the markup of a masthead's inside; its notice stands in a bar of its own."""
        facts = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in node["facts"])
        return (
            f"<h1>{escape(node['title'])}</h1>"
            + (f'<p class="subtitle">{escape(node["subtitle"])}</p>' if node["subtitle"] else "")
            + (f'<dl class="facts">{facts}</dl>' if facts else "")
        )

    def _paragraph(self, node: Node) -> str:
        return f"<p{_attributes(node)}>{self.inlines(node['items'])}</p>"

    def _anchor(self, node: Node) -> str:
        return f'<span id="{escape(node["anchor"])}"></span>'

    def _heading(self, node: Node) -> str:
        name, level = escape(node["anchor"]), node["level"]
        self.headings.append((level, node["anchor"], plain_text(node["items"])))
        return f'<h{level} id="{name}"{_attributes(node)}>{self.inlines(node["items"])}</h{level}>'

    def _details(self, node: Node) -> str:
        opened = " open" if node["open"] else ""
        summary = f"<summary>{self.inlines(node['summary'])}</summary>"
        return f"<details{opened}{_attributes(node)}>{summary}{self.blocks(node['blocks'])}</details>"

    def _list(self, node: Node) -> str:
        entries = "".join(f"<li>{self._inside(item['blocks'])}</li>" for item in node["items"])
        if node["ordered"]:
            start = f' start="{node["start"]}"' if node["start"] != 1 else ""
            return f"<ol{start}{_attributes(node)}>{entries}</ol>"
        return f"<ul{_attributes(node)}>{entries}</ul>"

    def _definitions(self, node: Node) -> str:
        pairs = (
            f"<dt>{self.inlines(i['term'])}</dt><dd>{self._inside(i['blocks'])}</dd>" for i in node["items"]
        )
        return f"<dl{_attributes(node)}>{''.join(pairs)}</dl>"

    def _quote(self, node: Node) -> str:
        return f"<blockquote{_attributes(node)}>{self.blocks(node['blocks'])}</blockquote>"

    def _rule(self, node: Node) -> str:
        return "<hr>"

    def _code(self, node: Node) -> str:
        body = highlight_code(node["text"], node["language"])
        if not node.get("cell"):
            return f'<pre class="code" tabindex="0"><code>{body}</code></pre>'
        count = "" if node["count"] is None else node["count"]
        return (
            f'<div class="cell"><span class="prompt" aria-hidden="true">[{count}]</span>'
            f'<pre class="code" tabindex="0"><code>{body}</code></pre></div>'
        )

    def _output(self, node: Node) -> str:
        kind = "stderr" if node["stream"] == "stderr" else "plain"
        return f'<pre class="output {kind}" tabindex="0">{escape(node["text"])}</pre>'

    def _error(self, node: Node) -> str:
        words = f"{node['name']}: {node['text']}" if node["text"] else node["name"]
        trace = f'<pre tabindex="0">{escape(node["traceback"])}</pre>' if node["traceback"] else ""
        return f'<div class="error"><p><strong>{escape(words)}</strong></p>{trace}</div>'

    def _math(self, node: Node) -> str:
        markup = formulas.formula_html(node["source"], display=node["display"], words=node["words"])
        if not markup:
            return f'<code class="latex">{escape(node["latex"])}</code>'
        return f'<div class="equation" tabindex="0">{markup}</div>' if node["display"] else str(markup)

    def _keyfigures(self, node: Node) -> str:
        cards = (
            f"<div><dt>{escape(f['label'])}</dt><dd><strong{_long(f['value'])}>{escape(f['value'])}</strong>"
            + (f"<small>{escape(f['note'])}</small>" if f["note"] else "")
            + "</dd></div>"
            for f in node["figures"]
        )
        return f'<dl class="keyfigures">{"".join(cards)}</dl>'

    def _notice(self, node: Node) -> str:
        tone = node["tone"] if node["tone"] in ("note", "caution", "verdict") else "note"
        title = f"<p><strong>{escape(node['title'])}</strong></p>" if node["title"] else ""
        look = f' style="background:{node["fill"]};color:#1b2a3a;border:0"' if node["fill"] else ""
        return f'<div class="notice {tone}" role="note"{look}>{title}{self.blocks(node["blocks"])}</div>'

    def _image(self, node: Node) -> str:
        picture = self.pictures[node["file"]]
        style = f' style="max-width:{node["width"] * _ON_SCREEN:.0f}px"' if node["width"] else ""
        prefix = node["file"].partition(".")[0] + "-"
        inner = svg_in_page(picture, prefix=prefix, label=node["alt"]) if picture.suffix == "svg" else None
        looks = "picture drawn" if inner else "picture"
        if inner is None:
            natural = "" if node["width"] else ' class="natural"'
            inner = f'<img{natural} src="{picture.data_uri}" alt="{escape(node["alt"] or "")}">'
        elif narrow := svg_picture(node.get("narrow", "")):
            looks += " twice"
            inner += svg_in_page(narrow, prefix=f"narrow-{prefix}", label=node["alt"]) or ""
        caption = f"<figcaption>{escape(node['caption'])}</figcaption>" if node["caption"] else ""
        return f'<figure{_attributes(node)}><div class="{looks}"{style}>{inner}</div>{caption}</figure>'

    def _inline_image(self, node: Node) -> str:
        uri = self.pictures[node["file"]].data_uri
        size = f' style="width:{node["width"] / 0.75:.0f}px"' if node["width"] else ' class="inline"'
        return f'<img{size} src="{uri}" alt="{escape(node["alt"] or "")}">'

    def _table(self, node: Node) -> str:
        self._tables += 1
        label = f"table-{self._tables}"
        caption = f'<caption id="{label}">{escape(node["title"])}</caption>' if node["title"] else ""
        words = escape(sentence("Table {n:d}", n=self._tables))
        named = f'aria-labelledby="{label}"' if node["title"] else f'aria-label="{words}"'
        head = "".join(f"<tr>{self._cells(row, scope='col')}</tr>" for row in node["head"])
        body = "".join(
            f'<tr class="emphasis">{self._cells(row)}</tr>'
            if number in node["emphasis"]
            else f"<tr>{self._cells(row)}</tr>"
            for number, row in enumerate(node["body"])
        )
        least, wanted = table_widths(node)
        form = is_form(node)
        names = ["full"] * (form or wanted > _FULL) + ["wide"] * (least > _PHONE) + ["form"] * form
        look = f' class="{" ".join(names)}"' if names else ""
        look += f' style="--fit:{max(_PRINTED / least, 0.3):.2f}"' if least > _PRINTED else ""
        note = f'<p class="remark">{escape(node["note"])}</p>' if node["note"] else ""
        return (
            f'<div class="table"><p class="sideways" style="--least:{least:.1f}">{escape(translated(_SIDEWAYS))}</p>'
            f'<div class="scroll" role="group" {named} tabindex="0"><table{look}>{caption}'
            + (f"<thead>{head}</thead>" if head else "")
            + f"<tbody>{body}</tbody></table></div>{note}</div>"
        )

    def _cells(self, row: Sequence[Node], *, scope: str = "row") -> str:
        return "".join(self._cell(cell, scope) for cell in row)

    def _cell(self, cell: Node, scope: str) -> str:
        tag = "th" if cell["head"] and cell["items"] else "td"
        attributes = [f' scope="{scope}{"group" if cell["columns"] > 1 else ""}"'] if tag == "th" else []
        attributes += [f' colspan="{cell["columns"]}"'] if cell["columns"] > 1 else []
        attributes += [f' rowspan="{cell["rows"]}"'] if cell["rows"] > 1 else []
        classes = [cell["align"]] if cell["align"] != "left" else []
        classes += ["long"] if any(len(word) > _LONG for word in plain_text(cell["items"]).split()) else []
        attributes += [f' class="{" ".join(classes)}"'] if classes else []
        attributes += [f' dir="{cell["dir"]}"'] if "dir" in cell else []
        attributes += [_look(cell)]
        return f"<{tag}{''.join(attributes)}>{self.inlines(cell['items'])}</{tag}>"

    def _footnote(self, node: Node) -> str:
        number = int(node["number"])
        first = node["blocks"] is not None
        if first:
            self.notes[number] = ""  # holds its place while a note within the note is written
            self.notes[number] = self._inside(node["blocks"])
        at = f' id="note-{number}-at"' if first else ""
        words = escape(sentence("Footnote {n:d}", n=number))
        return f'<sup><a{at} href="#note-{number}" aria-label="{words}">{number}</a></sup>'

    def _inside(self, nodes: Sequence[Node]) -> str:
        """Return blocks inside an item; a first paragraph stands in its line."""
        if nodes and nodes[0]["kind"] == "paragraph":
            return self.inlines(nodes[0]["items"]) + self.blocks(nodes[1:])
        return self.blocks(nodes)


def _attributes(node: Node) -> str:
    """Return the attributes of a block: where it stands, and which way it runs if not as the page does."""
    names = {"class": node.get("align"), "dir": node.get("dir")}
    return "".join(f' {name}="{value}"' for name, value in names.items() if value)


def _look(node: Node, name: str = "") -> str:
    """Return the attributes of colours; on a ground of its own, text without a colour is dark."""
    style = [f"background:{node['fill']}"] if node["fill"] else []
    if node.get("bar"):
        stops = ",".join(f"{shade} {at:g}%" for shade, at in node["bar"])
        style = [f"background:linear-gradient(90deg,{stops})"]
    style += [f"color:{node['colour'] or '#1b2a3a'}"] if node["fill"] or node["colour"] else []
    return (f' class="{name}"' if name else "") + f' style="{";".join(style)}"' if style else ""


def highlight_code(source: str, language: str) -> str:
    """Return code as escaped markup with its tokens marked by class.

    Parameters
    ----------
    source
        The code.
    language
        Its language, a name that Pygments knows; code in any other is only escaped.
    """
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name({"python": "ipython3"}.get(language, language), stripnl=False)
    except ClassNotFound:
        return escape(source)
    return str(highlight(source, lexer, HtmlFormatter(nowrap=True, classprefix="t-"))).rstrip("\n")


def _long(value: str) -> str:
    return ' class="long"' if len(value) > 9 else ""
