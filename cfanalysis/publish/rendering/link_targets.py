"""Where links within a document lead: each heading has a name, and a link finds the heading or anchor that it means.

Jupyter names a heading by its words with hyphens, as they are; GitHub and others in small letters without signs. Both
are understood, and so is any name that the author set. A link that finds nothing is the text that it stands on.
"""

from __future__ import annotations

import re

from cfanalysis.publish.rendering.nodes import Node, plain_text, walk


def resolve_links(blocks: list[Node]) -> tuple[list[Node], list[str]]:
    """Return blocks in which each heading has a name of its own and each link leads somewhere, and the names not found.

    Parameters
    ----------
    blocks
        The blocks of a document; their headings, anchors and links are changed.
    """
    parts = list(walk(blocks))
    nodes = [node for node in parts if isinstance(node, dict)]
    exact: dict[str, Node] = {}
    loose: dict[str, Node] = {}
    bare: dict[str, Node] = {}
    for node in (n for kind in ("heading", "anchor") for n in nodes if n.get("kind") == kind):
        words = plain_text(node["items"]).strip() if node["kind"] == "heading" else node["name"]
        base = re.sub(r"[^\w]+", "-", words.casefold()).strip("-")[:60] or "section"
        slug = next(s for s in (base, *(f"{base}-{n}" for n in range(1, len(loose) + 2))) if s not in loose)
        node |= {"anchor": slug, "wanted": False}
        exact.setdefault(words.replace(" ", "-"), node)
        loose[slug] = node
        bare.setdefault(_bare(words), node)
    lost: list[str] = []
    for node in (n for n in nodes if "target" in n):
        name = node["target"]
        words = name.replace(" ", "-").replace("$", "")
        slug = name.casefold().strip("-")
        place = exact.get(name) or exact.get(words) or loose.get(slug) or bare.get(_bare(name))
        if place is None:
            lost.append(f"#{name}")
            node |= {"kind": "styled", "colour": None, "fill": None}
        else:
            node["target"], place["wanted"] = place["anchor"], True
    unwanted = {id(node) for node in nodes if node.get("kind") == "anchor" and not node["wanted"]}
    for part in parts if unwanted else ():
        if isinstance(part, list):
            part[:] = [node for node in part if id(node) not in unwanted]
    return blocks, lost


def _bare(name: str) -> str:
    """Return the letters and digits of a name, which has some: what GitHub leaves of "1.2 Data" is "12-data"."""
    return re.sub(r"[\W_]", "", name.casefold()) or name
