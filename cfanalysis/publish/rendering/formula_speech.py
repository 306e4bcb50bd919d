"""A formula in words, for those who have a page read to them: its tree spoken in English."""

from __future__ import annotations

import unicodedata
from typing import Any

_WORDS = {
    "+": "plus", "-": "minus", "−": "minus", "±": "plus or minus",
    "×": "times", "⋅": "times", "·": "times", "*": "times",
    "/": "divided by", "=": "equals", "≠": "is not equal to", "<": "is less than", ">": "is greater than",
    "≤": "is at most", "≥": "is at least", "≈": "is about", "∼": "is distributed as", "∈": "in", "∉": "not in",
    "∑": "sum", "∏": "product", "∫": "integral", "∞": "infinity", "→": "to", "∂": "partial", "∇": "nabla",
    "∀": "for all", "∃": "there is", "|": "bar", "∣": "bar", "‖": "norm", "!": "factorial", "%": "percent",
    "(": "open parenthesis", ")": "close parenthesis", "[": "open bracket", "]": "close bracket", "′": "prime",
    "{": "open brace", "}": "close brace", "…": "and so on", "⋯": "and so on", "∪": "union", "∩": "intersection",
}  # fmt: skip
_FORMS = {
    "sqrt": "square root of {0} end root", "root": "root {1} of {0} end root", "cancel": "{0} crossed out",
    "overline": "{0} with a line over it", "underline": "{0} with a line under it", "boxed": "{0} in a box",
    "space": "", "hidden": "",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u0308": "double dot", "\u20d7": "vector",
}  # fmt: skip
_POWERS = {"2": "squared", "3": "cubed", "prime": "prime", "double prime": "double prime"}


def spoken_formula(tree: Any) -> str:
    r"""Return a formula's tree in words.

    Parameters
    ----------
    tree
        As `cfanalysis.publish.rendering.formulas.formula_tree` gives it.

    Examples
    --------
    >>> from cfanalysis.publish.rendering.formulas import formula_tree
    >>> spoken_formula(formula_tree(r"\frac{x^2}{n} = \hat\theta", display=True))
    'fraction x squared over n end fraction equals theta hat'
    """
    return " ".join(_spoken(tree).split()).replace(" ,", ",")


def _spoken(node: Any) -> str:
    items = [_spoken(item) for item in node.get("items", ())]
    inner, kind = " ".join(items), node["math"]
    if kind in _FORMS:
        return _FORMS[kind].format(*items)
    if "text" in node:
        return _character(node["text"]) if len(node["text"]) == 1 else str(node["text"])
    match kind:
        case "frac" if node["bar"]:
            return f"fraction {items[0]} over {items[1]} end fraction"
        case "accent":
            return f"{inner} {_ACCENTS.get(node['mark'], 'accent')}"
        case "attach":
            return _attached(node, inner)
        case "table" | "lines":
            rows = (", ".join(filter(str.strip, map(_spoken, row))) for row in node["rows"])
            return "; ".join(f"line {number}: {row}" for number, row in enumerate(rows, start=1))
    return inner


def _attached(node: Any, base: str) -> str:
    lower, upper = (_spoken(node[key]).strip() if node[key] else "" for key in ("lower", "upper"))
    if base in ("sum", "product", "integral"):
        return f"{base}{f' from {lower}' if lower else ''}{f' to {upper}' if upper else ''} of"
    if node["limits"]:
        return f"{base}{f' under {lower}' if lower else ''}{f' with {upper} above' if upper else ''}"
    power = _POWERS.get(upper, f"to the power {upper} end power" if upper else "")
    return f"{base}{f' sub {lower} end sub' if ' ' in lower else f' sub {lower}' if lower else ''} {power}"


def _character(sign: str) -> str:
    if sign in _WORDS or not sign.strip() or (sign.isascii() and sign.isalnum()):
        return _WORDS.get(sign, f"capital {sign}" if sign.isupper() else sign)
    name = unicodedata.name(sign, sign).lower()
    for part in ("mathematical ", "greek ", "small ", "letter ", "latin ", " symbol", " sign"):
        name = name.replace(part, "")
    return name
