"""The web page: a document's nodes in one file that needs no network and runs no script.

Fonts, pictures and styles are inside the file, formulas are MathML. A policy in its head forbids scripts and
anything from outside, so that even a page made from hostile text stays a page.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from cfanalysis.core.language import translated
from cfanalysis.core.resources import font_folder
from cfanalysis.core.templates import sentence
from cfanalysis.publish.exporter import DocumentExporter
from cfanalysis.publish.provenance import fonts_provenance, short_form
from cfanalysis.publish.rendering.directions import document_direction
from cfanalysis.publish.rendering.document import Document
from cfanalysis.publish.rendering.html_writer import PageMarkup
from cfanalysis.publish.rendering.page_style import brand_rules, font_rules, logo_image
from cfanalysis.publish.rendering.unicode_safety import FontCoverage
from cfanalysis.publish.templates import template
from cfanalysis.theme.brand import DEFAULT_BRAND


class PageHTMLExporter(DocumentExporter):
    """Exports a notebook as one self-contained web page."""

    export_from_notebook = "Web page (self-contained)"
    output_mimetype = "text/html"
    suffix = ".html"

    def export(self, read: Document) -> tuple[str, list[str]]:
        """Return the page of a document; there is nothing that its author should know besides."""
        return html_page(read), []


def html_page(read: Document) -> str:
    """Return the web page of a document."""
    markup = PageMarkup(read.pictures)
    masthead = markup.masthead(read.masthead) if read.masthead else ""
    body = markup.blocks(read.blocks)
    page = {
        "document": read,
        "direction": document_direction(read.lang),
        "masthead": masthead,
        "body": body,
        "endnotes": markup.endnotes(),
        "contents": [h for h in markup.headings if h[0] == 2],
        "style": _style(),
        "print_notice": _css_string(read.masthead["notice"] if read.masthead else ""),
        "logo": logo_image(read.brand, read.logo),
        "foot": _foot(read),
    }
    characters = set(_template("page.html.j2").render(page, fonts="", colours="", stamp=[]))
    coverage = FontCoverage(
        read.brand.typeface, characters, language=read.lang, folder=read.brand.script_fonts
    )
    fonts = font_rules(read.brand, characters) + (_math_face() if "<math" in body else "")
    return str(
        _template("page.html.j2").render(
            page,
            fonts=fonts + "".join(font.font_face_rule(characters) for font in coverage.fonts),
            colours=brand_rules(read.brand, [font.family for font in coverage.fonts]),
            stamp=sorted({**read.provenance, **fonts_provenance(coverage.fonts)}.items()),
        )
    )


def _foot(read: Document) -> str:
    """Return the line at the foot of the page."""
    parts = [
        read.masthead["footer"] if read.masthead else "",
        sentence("stamp {stamp}", stamp=short_form(read.provenance)) if read.provenance else "",
    ]
    return " · ".join(part for part in parts if part)


def _css_string(words: str) -> str:
    r"""Return text as a CSS string in which every character that is not plain is escaped.

    Examples
    --------
    >>> _css_string('a"</style>')
    '"a\\22 \\3c \\2f style\\3e "'
    """
    plain = (c if (c.isascii() and c.isalnum()) or c == " " else f"\\{ord(c):x} " for c in words)
    return f'"{"".join(plain)}"'


def prepare_page() -> None:
    """Compile the template and read the styles and the fonts that nearly every page needs."""
    _template("page.html.j2")
    _style()
    font_rules(DEFAULT_BRAND, {"a"})


@lru_cache(maxsize=1)
def _style() -> str:
    return template("page.css")


@lru_cache(maxsize=1)
def _template(name: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["translated"] = translated
    return environment.from_string(template(name))


def _math_face() -> str:
    """Return the rule of the font of formulas, whose brackets grow with what they enclose."""
    data = base64.b64encode((font_folder() / "WorkbookMath-Regular.woff2").read_bytes()).decode()
    return f'@font-face{{font-family:"Workbook Math";src:url(data:font/woff2;base64,{data}) format("woff2")}}'
