"""Which way each part of a document runs: Arabic and Hebrew from the right, also in a page of another language."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from cfanalysis.publish.rendering.nodes import Node, walk

_FROM_THE_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001eeff]"
)
_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
_PARTS = frozenset({"paragraph", "heading", "list", "definitions", "quote", "details"})


def with_directions(blocks: list[Node], language: str) -> list[Node]:
    """Return the blocks with a ``dir`` for each part that does not run as its document does.

    A part runs as `text_direction` says of its words.

    Parameters
    ----------
    blocks
        Block nodes.
    language
        The document's language, as in HTML.
    """
    base = document_direction(language)
    texts = (value for value in walk(blocks) if isinstance(value, str))
    if base == "ltr" and not any(map(_FROM_THE_RIGHT.search, texts)):
        return blocks
    return [_directed(block, base) for block in blocks]


def document_direction(language: str) -> str:
    """Return ``"rtl"`` for a language that is written from the right, else ``"ltr"``.

    Examples
    --------
    >>> document_direction("he-IL"), document_direction("de")
    ('rtl', 'ltr')
    """
    return "rtl" if language.lower().split("-")[0] in _LANGUAGES else "ltr"


def text_direction(words: str) -> str:
    """Return how a text runs: as most of its letters do, or the first of as many; empty for digits and signs alone.

    The first alone (rules P2 and P3 of Unicode Standard Annex 9) would turn a sentence round that begins with a name.

    Examples
    --------
    >>> [text_direction(text) for text in ("1. Bericht", "(שלום)", "42 %", "שלום: 64 points")]
    ['ltr', 'rtl', '', 'ltr']
    """
    if "\u200e" in words:  # a sentence with a place for such words
        return "ltr"
    kinds = [unicodedata.bidirectional(letter) for letter in words]
    runs = ["ltr" if kind == "L" else "rtl" for kind in kinds if kind in ("L", "R", "AL")]
    return max(dict.fromkeys(runs), key=runs.count, default="")


def _directed(value: Any, base: str) -> Any:
    """Return a node with the directions of its parts."""
    if isinstance(value, list):
        return [_directed(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    node = {key: _directed(item, base) for key, item in value.items()}
    if node.get("kind") in _PARTS or ("head" in node and "items" in node):
        words = (n["text"] for n in walk(node) if isinstance(n, dict) and n.get("kind") == "text")
        own = text_direction(" ".join(words))
        if own and own != base:
            node["dir"] = own
    return node
