"""Where links within a document lead: each heading has a name, and a link finds the heading or anchor that it means.

Jupyter names a heading by its words with hyphens, as they are; GitHub and others in small letters without signs. Both
are understood, and so is any name that the author set. A link that finds nothing is the text that it stands on.
"""

from __future__ import annotations

import re
from typing import Any

from cfanalysis.publish.rendering.nodes import Node, plain_text


def resolve_links(blocks: list[Node]) -> tuple[list[Node], list[str]]:
    """Return blocks in which each heading has a name of its own and each link leads somewhere, and the names not found.

    Parameters
    ----------
    blocks
        The blocks of a document; their headings, anchors and links are changed.
    """
    found: dict[str, list[Node]] = {"heading": [], "anchor": [], "link": []}
    _gather(blocks, found)
    exact: dict[str, Node] = {}
    loose: dict[str, Node] = {}
    for node in (*found["heading"], *found["anchor"]):
        words = plain_text(node["items"]).strip() if node["kind"] == "heading" else node["name"]
        base = re.sub(r"[^\w]+", "-", words.casefold()).strip("-")[:60] or "section"
        slug = next(s for s in (base, *(f"{base}-{n}" for n in range(2, len(loose) + 3))) if s not in loose)
        node |= {"anchor": slug, "wanted": False}
        exact.setdefault(words.replace(" ", "-"), node)
        loose[slug] = node
    lost: list[str] = []
    for node in found["link"]:
        if "target" not in node:
            continue
        name = node["target"]
        place = exact.get(name) or exact.get(name.replace(" ", "-")) or loose.get(name.casefold().strip("-"))
        if place is None:
            lost.append(f"#{name}")
            node |= {"kind": "styled", "colour": None, "fill": None}
        else:
            node["target"], place["wanted"] = place["anchor"], True
    return [block for block in blocks if block["kind"] != "anchor" or block["wanted"]], lost


def _gather(value: Any, found: dict[str, list[Node]]) -> None:
    if isinstance(value, dict):
        kind = value.get("kind")
        if kind in found:
            found[kind].append(value)
        value = value.values() if kind != "math" else ()
    elif not isinstance(value, list):
        return
    for item in value:
        if isinstance(item, dict | list):
            _gather(item, found)
