r"""Formulas: LaTeX is read once and serves both pages.

LaTeX is turned into MathML by latex2mathml, checked against a list of plain presentation elements, and either
written into the web page or handed to Typst as a tree that its template draws with functions. No formula text
is ever spliced into Typst markup: a converter that writes Typst source would let ``\text{#read(...)}`` through.
A formula that cannot be read is shown as its source.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from lxml import etree

from cfanalysis.publish.rendering.css import colour
from cfanalysis.publish.rendering.latex import is_known, readable_latex

Node = dict[str, Any]

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = frozenset({
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "munder", "mover",
    "munderover", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose",
})  # fmt: skip
_ARITY = dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2) | {
    "msubsup": 3,
    "munderover": 3,
}
_ATTRIBUTES = frozenset({
    "display", "mathvariant", "stretchy", "fence", "form", "accent", "linethickness", "columnalign",
    "displaystyle", "scriptlevel", "width", "minsize", "maxsize", "mathcolor", "notation", "rowlines", "columnlines",
})  # fmt: skip
_VALUE = re.compile(r"[\w.#%\- ]*")
_VARIANTS = {
    "bold": "BOLD", "italic": "ITALIC", "bold-italic": "BOLD ITALIC", "script": "SCRIPT", "fraktur": "FRAKTUR",
    "double-struck": "DOUBLE-STRUCK", "sans-serif": "SANS-SERIF", "monospace": "MONOSPACE",
}  # fmt: skip
_LIMITS = frozenset("∑∏∐⋃⋂⋁⋀⨁⨂") | {"lim", "max", "min", "sup", "inf", "argmax", "argmin", "liminf", "limsup"}
_IN_LINE = _ARITY.keys() - {"mroot"}  # set in text style
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "ˉ": "\u0304", "˙": "\u0307",
    "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306", "→": "\u20d7", "⃗": "\u20d7", "´": "\u0301", "`": "\u0300",
    "←": "\u20d6", "↔": "\u20e1", "˚": "\u030a", "⃛": "\u20db",
}  # fmt: skip
_OVER = {"―": "overline", "‾": "overline", "_": "overline", "⏞": "overbrace", "⏟": "underbrace"}


def mathml(latex: str, *, display: bool) -> etree._Element | None:
    r"""Return the formula as a checked MathML element, or None where it cannot be read.

    Parameters
    ----------
    latex
        The formula without its dollar signs.
    display
        Whether it stands on a line of its own.

    Examples
    --------
    >>> mathml(r"x^2", display=False).get("display")
    'inline'
    >>> mathml(r"\frac{", display=False) is None
    True
    """
    readable = readable_latex(latex)
    if not is_known(readable):
        return None  # such as a table of text, which has a better form beside it
    tried = (readable, readable.replace("\\limits", ""))  # which a macro may bring to where none are
    root = next((root for words in tried if (root := _checked(words, display)) is not None), None)
    if root is not None and display:
        _set_limits(root)
    return root


def _checked(latex: str, display: bool) -> etree._Element | None:
    """Return the MathML of a formula, with the elements and attributes of the list alone, or None."""
    from latex2mathml.converter import convert

    try:
        written = convert(latex, display="block" if display else "inline")
        root = etree.fromstring(re.sub(r"&(?!#?\w+;)", "&amp;", written))
    except Exception:  # latex2mathml raises many kinds of errors on what it does not know
        return None
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or _name(element) not in _ELEMENTS:
            return None
        if len(element) != _ARITY.get(_name(element), len(element)):
            return None
        if re.fullmatch(r"\\[A-Za-z]+.*", element.text or "", re.DOTALL):
            return None  # a command that it does not know
        element.text = re.sub(r"\\(?=[%#&_{}$])", "", element.text or "").removeprefix("\\") or element.text
        _spell_out(element)
        for name, value in list(element.attrib.items()):
            if name not in _ATTRIBUTES or not _VALUE.fullmatch(str(value)):
                del element.attrib[name]
    return root


def formula_html(latex: str, *, display: bool, words: str = "") -> str | None:
    """Return the formula as MathML markup for a page, or None where it cannot be read.

    Parameters
    ----------
    latex
        The formula in LaTeX, without dollar signs.
    display
        Whether it stands on a line of its own.
    words
        The formula in words, for those who have it read to them; "" for its LaTeX.
    """
    root = mathml(latex, display=display)
    if root is None:
        return None
    root.set("alttext", words or latex.strip())
    for element in list(root.iter()):
        _style_for_core(element)
    return str(etree.tostring(root, encoding="unicode", with_tail=False))


def _style_for_core(element: etree._Element) -> None:
    """Say in CSS what MathML Core leaves to it: alignment, lines between cells, boxes and strokes; marks that grow."""
    if _name(element) == "mtable":
        below, beside = element.attrib.pop("rowlines", ""), element.attrib.pop("columnlines", "")
        for number, row in enumerate(element):
            for place, cell in enumerate(row):
                align = cell.attrib.pop("columnalign", "")
                style = f"text-align:{align};" if align in ("left", "right") and len(row) > 1 else ""
                style += "border-bottom:.05em solid;" * _has_line(below, number, len(element))
                style += "border-right:.05em solid;" * _has_line(beside, place, len(row))
                if style:
                    cell.set("style", style)
    elif _name(element) in ("mover", "munder") and _OVER.get(element[1].text or "") == "overline":
        side = "top" if _name(element) == "mover" else "bottom"  # a line as long as what it stands over
        element.remove(element[1])
        element.tag = f"{_NAMESPACE}mrow"
        element.set("style", f"border-{side}:.06em solid;padding-{side}:.12em")
    elif _name(element) in ("mover", "munder") and _name(element[1]) == "mo":
        wide = len("".join(element[0].itertext())) > 1
        element[1].text = element[1].text if wide else _ACCENTS.get(element[1].text or "", element[1].text)
        element[1].set("stretchy", "true" if wide else "false")
        element.set("accent" if _name(element) == "mover" else "accentunder", "true")
    elif _name(element) == "menclose":
        boxed = "box" in element.attrib.pop("notation", "")
        element.tag = f"{_NAMESPACE}mrow"
        struck = (
            "background:linear-gradient(to top right,transparent 45%,currentcolor 45% 55%,transparent 55%)"
        )
        element.set("style", "border:.05em solid;padding:.2em" if boxed else struck)


def _has_line(lines: str | bytes, number: int, count: int) -> bool:
    """Tell whether MathML's list of lines, whose last entry is repeated, has one after this row or column."""
    kinds = str(lines).split()
    return bool(kinds) and number + 1 < count and kinds[min(number, len(kinds) - 1)] != "none"


def formula_tree(latex: str, *, display: bool) -> Node | None:
    """Return the formula as the tree that the Typst template draws, or None where it cannot be read.

    Parameters
    ----------
    latex, display
        As for `formula_html`.
    """
    root = mathml(latex, display=display)
    if root is None:
        return None
    inner = root
    while len(inner) == 1 and _name(inner[0]) in ("mrow", "mstyle"):
        inner = inner[0]
    if len(inner) == 1 and _name(inner[0]) == "mtable":
        table = _table(inner[0])
        if "right" in table["align"]:
            return {**table, "math": "lines"}  # aligned at its relation signs over the whole width
    return _row(list(inner))


def _spell_out(element: etree._Element) -> None:
    """Give a name of several letters one element, and letters of a style their own characters, as MathML Core asks."""
    if _name(element) in ("mo", "mi") and len(element):
        words = "".join("\u2009" if _name(e) == "mspace" else e.text or "" for e in element.iter())
        element[:] = []
        element.text = words
    variant = _VARIANTS.get(element.get("mathvariant", ""))
    if variant and _name(element) in ("mi", "mn") and element.text:
        element.text = "".join(_letter(c, variant) for c in element.text)
        del element.attrib["mathvariant"]


def _letter(character: str, variant: str) -> str:
    """Return a letter or digit in a style of mathematics."""
    plain = re.sub(r"^(LATIN|GREEK) |LETTER ", "", unicodedata.name(character, ""))
    for name in (f"MATHEMATICAL {variant} {plain}", f"{variant} {plain}", f"BLACK-LETTER {plain}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return character


def _set_limits(root: etree._Element) -> None:
    """Set the limits of sums and the like below and above them, as display style does."""
    for script, limit in (("msub", "munder"), ("msup", "mover"), ("msubsup", "munderover")):
        for element in list(root.iter(_NAMESPACE + script)):
            in_line = any(_name(parent) in _IN_LINE for parent in element.iterancestors())
            if len(element) and (element[0].text or "") in _LIMITS and not in_line:
                element.tag = _NAMESPACE + limit


def _row(elements: list[etree._Element]) -> Node:
    """Return the node of a row; one that begins with a growing delimiter encloses its content in delimiters."""
    fenced = len(elements) > 0 and elements[0].get("fence") == "true" and elements[0].get("form") == "prefix"
    return {"math": "fence" if fenced else "row", "items": [_node(element) for element in elements]}


def _node(element: etree._Element) -> Node:
    name, children, text = _name(element), list(element), element.text or ""
    match name:
        case "mi":
            upright = element.get("mathvariant") == "normal"
            return {"math": "upright" if upright else "symbol" if len(text) == 1 else "word", "text": text}
        case "mn" | "mtext":
            return {"math": "number" if name == "mn" else "text", "text": text}
        case "mo" if element.get("minsize") and len(text) == 1:
            return {"math": "big", "text": text, "em": _em(element.get("minsize", ""))}
        case "mo":
            return {"math": "symbol" if len(text) == 1 else "operator", "text": text}
        case "mspace":
            return {"math": "space", "em": _em(element.get("width", "0em"))}
        case "mfrac":
            bar = element.get("linethickness") != "0"
            return {"math": "frac", "items": [_node(c) for c in children], "bar": bar}
        case "mroot":
            return {"math": "root", "items": [_node(c) for c in children]}
        case "msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover":
            return _script_node(name, children)
        case "mtable":
            return _table(element)
        case "msqrt" | "mphantom":
            return {"math": "sqrt" if name == "msqrt" else "hidden", "items": [_row(children)]}
        case "menclose":
            boxed = "box" in element.get("notation", "")
            return {"math": "boxed" if boxed else "cancel", "items": [_row(children)]}
    shade = colour(element.get("mathcolor"))
    return {"math": "colour", "colour": shade, "items": [_row(children)]} if shade else _row(children)


def _script_node(name: str, children: list[etree._Element]) -> Node:
    base = _node(children[0])
    sign = (children[1].text or "") if len(children) == 2 and _name(children[1]) == "mo" else ""
    if name == "mover" and sign in _ACCENTS:
        return {"math": "accent", "items": [base], "mark": _ACCENTS[sign]}
    if name in ("mover", "munder") and sign in _OVER:
        style = _OVER[sign] if name == "mover" else _OVER[sign].replace("over", "under")
        return {"math": style, "items": [base]}
    return {
        "math": "attach",
        "items": [base],
        "lower": _node(children[1]) if "sub" in name or "under" in name else None,
        "upper": _node(children[-1]) if "sup" in name or "over" in name else None,
        "limits": name in ("munder", "mover", "munderover"),
        "grows": re.fullmatch(r"\s*[\u2190-\u21ff\u27f0-\u27ff]\s*", "".join(children[0].itertext()))
        is not None,
    }


def _table(element: etree._Element) -> Node:
    rows = list(element)
    cells = [[_row(list(cell)) for cell in row] for row in rows]
    first = list(rows[0]) if rows else []
    rules, lines = (
        [n + 1 for n in range(size) if _has_line(element.get(attribute, ""), n, size)]
        for attribute, size in (("rowlines", len(rows)), ("columnlines", len(first)))
    )
    align = [cell.get("columnalign", "") for cell in first]
    return {"math": "table", "rows": cells, "align": align, "rules": rules, "lines": lines}


def _em(width: str) -> float:
    try:
        return -0.167 if width == "negativethinmathspace" else float(width.removesuffix("em"))
    except ValueError:
        return 0.0


def _name(element: etree._Element) -> str:
    return str(element.tag).removeprefix(_NAMESPACE)
