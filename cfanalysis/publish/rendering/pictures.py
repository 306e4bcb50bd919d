"""Pictures: charts as SVG, and PNG, JPEG, GIF or WebP from outputs, attachments and files beside the notebook.

An SVG is a document of its own that may carry scripts, links and styles. It is read with entities and network
off and reduced to what draws: elements, attributes and references from a short list. What remains is safe to
stand inside a page, where its text can be selected and takes the page's font, and to hand to Typst.
"""

from __future__ import annotations

import base64
import io
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from cfanalysis.publish.rendering.css import declarations
from cfanalysis.publish.rendering.unicode_safety import printable_text

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_DRAWING = frozenset({
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "textPath", "title", "desc", "image", "clipPath", "mask", "pattern",
    "linearGradient", "radialGradient", "stop", "marker", "style", "switch", "filter", "feGaussianBlur",
    "feDropShadow", "feComponentTransfer", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feMorphology",
    "feOffset", "feBlend", "feFlood", "feComposite", "feMerge", "feMergeNode", "feColorMatrix",
})  # fmt: skip
_EMBEDDED = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_OUTSIDE = re.compile(r"url\((?!#)|expression\(|@import|javascript:", re.IGNORECASE)
_QUOTED = re.compile(r"""url\(\s*(['"]?)#([^'"()]*)\1\s*\)""")
_FONT_FACE = re.compile(r"@font-face\s*\{[^{}]*\}")
_EVERYWHERE = re.compile(r"^\s*(?:\*\s*\{([^{}]*)\}\s*)?$")
_HEAVY = re.compile(r"font-weight:\s*(?:bold|bolder|semibold|[6-9]00)\b|font:[^;]*\b(?:bold|[6-9]00)\b")
_PLEX = re.compile(r"IBM Plex Sans(?=\s*(?:['\",;]|&quot;|$))")
_START = re.compile(r"""<([A-Za-z][\w:.-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*?)(/?)>""")
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?"""
)
_COARSEST = 20.0  # pixels to an inch below which a picture's own number says nothing
_SUFFIXES = ("png", "jpeg", "gif", "webp")
_LENGTH = re.compile(r"\s*(\d*\.?\d+)\s*(pt|px|in|mm|cm|r?em|%)?\s*")
_POINTS = {
    "pt": 1.0,
    "px": 0.75,
    None: 0.75,
    "in": 72.0,
    "mm": 72 / 25.4,
    "cm": 72 / 2.54,
    "em": 12.0,
    "rem": 12.0,
}


@dataclass(frozen=True)
class Picture:
    """A picture that was checked.

    Parameters
    ----------
    suffix
        svg, png, jpeg, gif or webp.
    data
        Its bytes; an SVG reduced to what draws.
    width
        Its natural width in points, where it says so; pixels are 96 to an inch where it does not say otherwise.
    shape
        Its width as a multiple of its height, where it says so.
    """

    suffix: str
    data: bytes
    width: float | None = None
    shape: float | None = None

    @property
    def data_uri(self) -> str:
        """The picture as a URI that holds it."""
        media_type = "svg+xml" if self.suffix == "svg" else self.suffix
        return f"data:image/{media_type};base64,{base64.b64encode(self.data).decode()}"


def svg_picture(markup: str | bytes, *, lenient: bool = False) -> Picture | None:
    """Return an SVG reduced to what draws, or None if it is not one.

    Parameters
    ----------
    markup
        Its XML.
    lenient
        Whether it may be as loose as in HTML: without a namespace, not well-formed.
    """
    if not lenient:
        return _reduced_svg(markup)
    words = markup if isinstance(markup, str) else markup.decode("utf-8", "replace")
    if "http://www.w3.org/2000/svg" not in words:
        words = re.sub("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', words, count=1, flags=re.IGNORECASE)
    return _reduced_svg(words) or _reduced_svg(_START.sub(_xml_tag, words), recover=True)


def _reduced_svg(markup: str | bytes, *, recover: bool = False) -> Picture | None:
    """Return an SVG reduced to what draws; what was recovered of one that is no XML must be XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True,
        recover=recover,
    )  # fmt: skip
    try:
        root = etree.fromstring(markup.encode() if isinstance(markup, str) else markup, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None or root.tag != f"{_SVG}svg":
        return None
    _reduce(root)
    if recover:
        return _reduced_svg(etree.tostring(root)) if len(root) else None
    root.attrib.pop("preserveAspectRatio", None)  # a page gives one of its sizes, and the shape the other
    width, height = _svg_size(root)
    return Picture("svg", etree.tostring(root), width, width / height if width and height else None)


def _xml_tag(tag: re.Match[str]) -> str:
    """Return a tag of HTML as one of XML: attributes have values and stand once, prefixes stand for something."""
    own: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(tag[2]):
        if ":" not in (name := name.removeprefix("xlink:")) or name.startswith("xmlns:"):
            own.setdefault(name, "".join(values).replace("<", "&lt;").replace('"', "&quot;"))
    written = "".join(f' {name}="{value}"' for name, value in own.items())
    return f"<{tag[1]}{written}{tag[3]}>"


def raster_picture(data: bytes) -> Picture | None:
    """Return a picture of pixels, or None if the bytes cannot be decoded; other formats than a page's become PNG."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            suffix = (image.format or "").lower()
            if suffix not in _SUFFIXES or (suffix == "png" and not _is_whole(data)):
                image.convert("RGBA").save(written := io.BytesIO(), "PNG")
                suffix, data = "png", written.getvalue()
            per_inch = float(image.info.get("dpi", (0, 0))[0])
            per_inch = per_inch if per_inch >= _COARSEST else 96.0
            width, shape = image.width / per_inch * 72, image.width / image.height
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError):
        return None
    return Picture(suffix, data, width, shape)


def _is_whole(data: bytes) -> bool:
    """Tell whether no part of a PNG is damaged; its pixels may be there all the same."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
    except (OSError, ValueError, SyntaxError, EOFError, struct.error):
        return False
    return data.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")


def picture(data: bytes) -> Picture | None:
    """Return the picture that the bytes hold, or None."""
    return svg_picture(data) if data.lstrip().startswith(b"<") else raster_picture(data)


def picture_from_uri(uri: str) -> Picture | None:
    """Return the picture that a ``data:`` URI holds, or None."""
    head, _, body = uri.partition(",")
    try:
        return picture(base64.b64decode(body) if head.rstrip().endswith("base64") else unquote(body).encode())
    except ValueError:
        return None


def picture_beside(folder: Path | None, url: str) -> Picture | None:
    """Return the picture in a file below the notebook's folder; nothing else is read.

    Parameters
    ----------
    folder
        The notebook's folder; None where it has none.
    url
        Path relative to it, percent-encoded.

    Returns
    -------
    Picture or None
        None where there is no such picture.
    """
    if folder is None or "://" in url or "\0" in url:
        return None
    try:
        root = folder.resolve()
        path = (root / unquote(url)).resolve()
        return picture(path.read_bytes()) if path.is_relative_to(root) else None
    except (OSError, ValueError):  # no file, or no name that a file can have
        return None


def length_in_points(length: str, *, whole: float | None = None) -> float | None:
    """Return a length of HTML or SVG in points; None where it is none or nothing.

    Parameters
    ----------
    length
        A number with a unit; pixels without one.
    whole
        What a percentage is taken of, points; None where there can be none.

    Examples
    --------
    >>> length_in_points("40px"), length_in_points("50%", whole=470.0), length_in_points("50%")
    (30.0, 235.0, None)
    """
    found = _LENGTH.fullmatch(length)
    unit = whole and whole / 100 if found and found[2] == "%" else _POINTS[found[2]] if found else None
    return float(found[1]) * unit or None if found and unit else None


def svg_in_page(chart: Picture, *, prefix: str, label: str | None) -> str | None:
    """Return the SVG as an element of a web page, or None if its styles would reach beyond it.

    Inside the page (and not as an ``<img>``) its text uses the page's own embedded font and can be found and
    copied; the identifiers get a prefix, so that two charts do not share any.

    Parameters
    ----------
    chart
        An SVG picture.
    prefix
        What its identifiers are to begin with, different for each picture of the page.
    label
        Its alternative text; None hides it from screen readers.
    """
    root = etree.fromstring(chart.data)
    style = _own_style(root)
    if style is None:
        return None
    _prefix_identifiers(root, prefix)
    width, height = root.attrib.pop("width", None), root.attrib.pop("height", None)
    if root.get("viewBox") is None and width and height:
        size = ((length_in_points(length) or 0) / _POINTS["px"] for length in (width, height))
        root.set("viewBox", "0 0 {:g} {:g}".format(*size))
    if style:
        root.set("style", style)
    root.set("role", "img")
    root.set("focusable", "false")
    root.set(*(("aria-label", label) if label else ("aria-hidden", "true")))
    markup = etree.tostring(root, encoding="unicode", with_tail=False)
    return re.sub(rf"(</?)(?:{re.escape(root.prefix)}:)", r"\1", markup) if root.prefix else str(markup)


def svg_for_typst(chart: Picture, *, heavy: str, drawable: Callable[[str], str]) -> bytes:
    """Return the SVG with its fonts named as Typst knows them.

    Parameters
    ----------
    chart
        The SVG.
    heavy
        Typst's name of the semibold family: it takes a font's name from the file, where this weight is a
        family of its own.
    drawable
        What replaces characters that no font has.
    """
    root = etree.fromstring(chart.data)
    for element in root.iter():
        if element.text and element.text.strip():
            element.text = drawable(element.text)
        style = element.get("style", "")
        if _HEAVY.search(style) or re.fullmatch("bold|[6-9]00", element.get("font-weight", "")):
            element.set("style", _PLEX.sub(heavy, style))
            if element.get("font-family"):
                element.set("font-family", _PLEX.sub(heavy, element.get("font-family", "")))
    return bytes(etree.tostring(root))


def _reduce(root: etree._Element) -> None:
    """Remove from the tree whatever does not draw or refers to something outside."""
    for element in list(root.iter()):
        kind = str(element.tag).removeprefix(_SVG)
        if kind == "foreignObject":
            _set_as_text(element)
        elif kind == "a":  # a link around what it draws
            element.tag = f"{_SVG}g"
        elif kind not in _DRAWING:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for name, value in list(element.attrib.items()):
            text = str(value)
            if "url(" in text:
                text = _QUOTED.sub(r"url(#\2)", text)
                element.set(name, text)
            if name in (_HREF, "href"):
                keep = text.startswith("#") or bool(_EMBEDDED.fullmatch(text))
            else:
                keep = not str(name).lower().startswith("on") and not _OUTSIDE.search(text)
            if not keep:
                del element.attrib[name]
        if element.text:
            css = element.tag == f"{_SVG}style"
            element.text = _without_outside(element.text) if css else printable_text(element.text)


def _set_as_text(element: etree._Element) -> None:
    """Make text of what a drawing holds as HTML: its words in one line, at the middle of its place."""
    found = element.xpath(".//text()[not(ancestor::*[local-name() = 'script' or local-name() = 'style'])]")
    words = " ".join("".join(map(str, found)).split())
    names = ("x", "y", "width", "height")
    x, y, width, height = ((length_in_points(element.get(name, "")) or 0) / _POINTS["px"] for name in names)
    element.clear()
    element.tag, element.text = f"{_SVG}text", words
    place = {"x": f"{x + width / 2:g}", "y": f"{y + height / 2:g}", "text-anchor": "middle"}
    element.attrib.update({**place, "dominant-baseline": "middle", "font-size": "14px"})


def _without_outside(css: str) -> str:
    """Return the styles without embedded fonts (the page has its own) and without references outside."""
    css = _QUOTED.sub(r"url(#\2)", _FONT_FACE.sub("", css))
    return "" if _OUTSIDE.search(css) else css


def _own_style(root: etree._Element) -> str | None:
    """Take the ``<style>`` elements out; return their rule for everything, None if there are others.

    Matplotlib's one rule is ``*{stroke-linejoin: round; stroke-linecap: butt}``: both are inherited, so they
    may stand on the root, where they do not reach the page around it.
    """
    found = [root.get("style", "")]
    for element in list(root.iter(f"{_SVG}style")):
        rule = _EVERYWHERE.match(element.text or "")
        if rule is None:
            return None
        found.append(rule[1] or "")
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return ";".join(part.strip() for part in found if part.strip())


def _prefix_identifiers(root: etree._Element, prefix: str) -> None:
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            text = str(value)
            if name == "id":
                element.set(name, prefix + text)
            elif name in (_HREF, "href") and text.startswith("#"):
                element.set(name, f"#{prefix}{text[1:]}")
            elif "url(#" in text:
                element.set(name, text.replace("url(#", f"url(#{prefix}"))


def _svg_size(root: etree._Element) -> list[float | None]:
    """Return width and height in points, as its style, its attributes or its view box say."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())[2:] or ["", ""]
    whole = [length_in_points(box[0]), length_in_points(box[-1])]
    style = declarations(root.get("style", ""))
    own = [
        length_in_points(style.get(n, "")) or length_in_points(root.get(n, "")) for n in ("width", "height")
    ]
    shape = whole[0] / whole[1] if whole[0] and whole[1] else None
    if shape and (own[0] or own[1]):
        return [own[0] or (own[1] or 0) * shape, own[1] or (own[0] or 0) / shape]
    return [own[0] or whole[0], own[1] or whole[1]]
