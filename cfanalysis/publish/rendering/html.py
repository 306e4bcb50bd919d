"""The web page: a document's nodes in one file that needs no network and runs no script.

Fonts, pictures and styles are inside the file, formulas are MathML. A policy in its head forbids scripts and
anything from outside, so that even a page made from hostile text stays a page.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from cfanalysis.core.resources import font_folder
from cfanalysis.publish.exporter import DocumentExporter
from cfanalysis.publish.provenance import fonts_provenance, short_form
from cfanalysis.publish.rendering.directions import document_direction
from cfanalysis.publish.rendering.document import Document
from cfanalysis.publish.rendering.html_writer import PageMarkup
from cfanalysis.publish.rendering.unicode_safety import FontCoverage
from cfanalysis.publish.templates import template
from cfanalysis.theme.brand import DEFAULT_BRAND, Brand

_FACES = (("Regular", "normal", 400), ("Italic", "italic", 400), ("SemiBold", "normal", 600))
_SPLITS = {
    "Latin1": ((0x20, 0x7E), (0xA0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2C6, 0x2C6), (0x2DA, 0x2DA),
               (0x2DC, 0x2DC), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022),
               (0x2026, 0x2026), (0x2030, 0x2030), (0x2039, 0x203A), (0x2044, 0x2044), (0x20AC, 0x20AC),
               (0x2122, 0x2122), (0x2212, 0x2212), (0xFB01, 0xFB02)),
    "Latin2": ((0x100, 0x130), (0x132, 0x151), (0x154, 0x17F), (0x18F, 0x18F), (0x192, 0x192), (0x1A0, 0x1B0),
               (0x1FA, 0x1FF), (0x218, 0x21B), (0x237, 0x237), (0x259, 0x259), (0x1E80, 0x1E85),
               (0x1E9E, 0x1E9E), (0x20A1, 0x20AB), (0x20AD, 0x20BF)),
    "Greek": ((0x37E, 0x37E), (0x386, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3CE)),
    "Pi": ((0x2000, 0x200D), (0x2015, 0x2015), (0x202F, 0x202F), (0x2032, 0x2033), (0x2070, 0x2079),
           (0x2080, 0x2089), (0x2113, 0x2126), (0x2150, 0x215E), (0x2190, 0x21C6), (0x2202, 0x2211),
           (0x2215, 0x222B), (0x2248, 0x2265), (0x25CA, 0x25CA), (0x2713, 0x274C)),
}  # fmt: skip
"""The parts that each face of IBM Plex Sans comes in, and the characters that each part holds."""


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
        "logo": _logo(read),
        "foot": _foot(read),
    }
    characters = set(_template("page.html.j2").render(page, fonts="", colours="", stamp=[]))
    coverage = FontCoverage(
        read.brand.typeface, characters, language=read.lang, folder=read.brand.script_fonts
    )
    fonts = _letters(read.brand, characters) + (_math_face() if "<math" in body else "")
    return str(
        _template("page.html.j2").render(
            page,
            fonts=fonts + "".join(font.font_face_rule(characters) for font in coverage.fonts),
            colours=_colours(read.brand) + _families(read.brand, [font.family for font in coverage.fonts]),
            stamp=sorted({**read.provenance, **fonts_provenance(coverage.fonts)}.items()),
        )
    )


def _colours(brand: Brand) -> str:
    """Return the rules of the brand's colours; checked values alone stand in them."""
    if brand.colours == DEFAULT_BRAND.colours:
        return ""
    light, dark, tint = brand.colours.accent, brand.colours.accent_in_the_dark, brand.colours.tint
    return (
        f":root{{--accent:{light};--teal-panel:{tint}}}"
        f"@media (prefers-color-scheme: dark){{:root{{--accent:{dark};--teal-panel:#1d2731}}}}"
        f"@media print{{:root{{--accent:{light};--teal-panel:{tint}}}}}"
    )


def _families(brand: Brand, more: Sequence[str]) -> str:
    """Return the rule that names fonts besides the house's: a brand's own, those of other scripts; none without."""
    own = [brand.typeface.family] if brand.typeface is not None else []
    if not own and not more:
        return ""
    named = "','".join([*own, "IBM Plex Sans", *more, "DejaVu Sans"])
    return f":root{{--sans:'{named}',system-ui,sans-serif}}"


def _letters(brand: Brand, characters: set[str]) -> str:
    """Return the fonts that the characters need: the brand's, and ours for what it lacks."""
    if brand.typeface is None:
        return _font_faces(characters)
    lacking = brand.typeface.missing_characters(characters)
    return "\n".join(
        part for part in (brand.typeface.font_face_rules(characters), _font_faces(lacking)) if part
    )


def _logo(read: Document) -> str:
    if read.logo is None:
        return ""
    alt, width = escape(read.brand.name or "Logo"), read.brand.logo_width / 0.75
    return f'<img class="logo" src="{read.logo.data_uri}" alt="{alt}" style="width:{width:.0f}px">'


def _foot(read: Document) -> str:
    """Return the line at the foot of the page."""
    parts = [
        read.masthead["footer"] if read.masthead else "",
        f"stamp {short_form(read.provenance)}" if read.provenance else "",
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
    for face, _, _ in _FACES:
        _font(face, "Latin1")


@lru_cache(maxsize=1)
def _style() -> str:
    return template("page.css")


@lru_cache(maxsize=1)
def _template(name: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template(name))


def _font_faces(characters: set[str]) -> str:
    """Return the ``@font-face`` rules of the parts that these characters need."""
    codes = {ord(c) for c in characters}
    rules = []
    for part, ranges in _SPLITS.items():
        if not any(low <= code <= high for code in codes for low, high in ranges):
            continue
        covered = ",".join(f"U+{low:X}" + (f"-{high:X}" if high > low else "") for low, high in ranges)
        for face, style, weight in _FACES:
            rules.append(
                f'@font-face{{font-family:"IBM Plex Sans";font-style:{style};font-weight:{weight};'
                f"font-display:swap;src:url(data:font/woff2;base64,{_font(face, part)}) "
                f'format("woff2");unicode-range:{covered}}}'
            )
    return "\n".join(rules)


def _math_face() -> str:
    """Return the rule of the font of formulas, whose brackets grow with what they enclose."""
    data = base64.b64encode((font_folder() / "WorkbookMath-Regular.woff2").read_bytes()).decode()
    return f'@font-face{{font-family:"Workbook Math";src:url(data:font/woff2;base64,{data}) format("woff2")}}'


@lru_cache(maxsize=16)
def _font(face: str, part: str) -> str:
    data = (font_folder() / f"IBMPlexSans-{face}-{part}.woff2").read_bytes()
    return base64.b64encode(data).decode()
