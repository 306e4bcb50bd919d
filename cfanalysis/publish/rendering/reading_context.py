"""What is gathered while a notebook is read: pictures, footnotes, and remarks for the author.

One `ReadingContext` goes through the whole reading, so that pictures and footnotes are numbered over the document,
macros of one cell's formulas serve the next, and every remark knows its cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cfanalysis.publish.rendering import formulas, pictures
from cfanalysis.publish.rendering.formula_speech import spoken_formula
from cfanalysis.publish.rendering.latex import definitions
from cfanalysis.publish.rendering.nodes import Node, inline_wrapper, link, text
from cfanalysis.publish.rendering.pictures import Picture
from cfanalysis.publish.rendering.unicode_safety import a_few, printable_text

_LONG = 60  # characters of an address or name in a placeholder


@dataclass
class ReadingContext:
    """The pictures, footnotes and remarks of one document.

    Parameters
    ----------
    folder
        The notebook's folder: pictures are read from below it and from nowhere else.
    report
        Whether the page is a report.
    cell
        The number of the cell that is being read.
    attachments
        The pictures attached to it: base64 text by media type, by name.
    descriptions
        Alternative texts for those of its figures that bring none, in their order.
    """

    folder: Path | None = None
    report: bool = False
    cell: int = 0
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    descriptions: list[str] = field(default_factory=list)
    footnotes: int = 0
    without_alt: list[int] = field(default_factory=list)
    _macros: list[str] = field(default_factory=list)
    _remarks: dict[str, list[int]] = field(default_factory=dict)

    def remark(self, message: str, cell: int | None = None) -> None:
        """Note something that the author should know.

        Parameters
        ----------
        message
            What it is.
        cell
            The number of its cell; None for the one that is being read, 0 for the whole document.
        """
        self._remarks.setdefault(message, []).append(self.cell if cell is None else cell)

    @property
    def remarks(self) -> list[str]:
        """What the author should know: each kind once, with its cells and how often."""
        return [
            f"{cell_names(cells)}: {message}" if any(cells) else message
            for message, cells in self._remarks.items()
        ]

    def placeholder(self, kind: str, words: str = "", url: str = "") -> Node:
        """Return what stands in the place of something that a page cannot show, and note it.

        Parameters
        ----------
        kind
            What it is.
        words
            Its name or address; "" for none.
        url
            Its address, to which the placeholder leads if it is one of the web.
        """
        self.remark(f"a placeholder stands for what a page cannot show: {kind}")
        words = words if len(words) <= _LONG else words[: _LONG - 1] + "…"
        items = [text(f"[{kind}: {words}]" if words else f"[{kind}]")]
        web = url.startswith(("http://", "https://"))
        return inline_wrapper("emphasis", link(url, items, self.remark) if web else items)

    def formula(self, latex: str, display: bool) -> list[Node]:
        """Return the node of a formula; none for definitions of macros alone, which serve the formulas that follow.

        Parameters
        ----------
        latex, display
            As for `cfanalysis.publish.rendering.formulas.formula_tree`.
        """
        latex = printable_text(latex).strip()
        own, rest = definitions(latex)
        self._macros.extend(own)
        if not rest:
            return []
        source = "".join([*self._macros, rest])
        tree = formulas.formula_tree(source, display=display)
        if tree is None:
            self.remark("a formula is shown as its source")
        node = {"kind": "math", "latex": rest, "source": source, "display": display, "tree": tree}
        return [{**node, "words": spoken_formula(tree) if tree is not None else rest}]

    def inline_formula(self, element: Any) -> list[Node]:
        """Return the nodes of a MathML element: its LaTeX where it says it, else its text."""
        source = next((e.text for e in element.iter("annotation") if "tex" in e.get("encoding", "")), None)
        source = source or element.get("alttext")
        if source:
            return self.formula(source, display=element.get("display") == "block")
        self.remark("a formula in MathML that does not hold its LaTeX is shown as its letters alone")
        return [text(re.sub(r"\s+", "", element.text_content()))]

    def image(
        self,
        found: Picture | None,
        alt: str | None,
        *,
        width: float | None = None,
        height: float | None = None,
        caption: str = "",
    ) -> Node:
        """Return the node of a picture; its words alone where there is none.

        Parameters
        ----------
        found
            The picture; None where it could not be read.
        alt
            Its alternative text; a picture without it is reported to the author.
        width, height
            Size on the page, points; None for the picture's own. The width decides.
        caption
            A caption; "" for none.
        """
        words = printable_text(str(alt or "")).strip()
        if found is None:
            self.remark("a picture cannot be read")
            return text(f"[{words or 'picture'}]")
        if not words and self.descriptions:
            words = self.descriptions.pop(0)
        if not words:
            self.without_alt.append(self.cell)
        if width is None and height and found.shape:
            width = height * found.shape
        name = f"picture-{len(self.pictures) + 1}.{found.suffix}"
        self.pictures[name] = found
        return {
            "kind": "image",
            "file": name,
            "alt": words or None,
            "width": width or found.width,
            "caption": printable_text(str(caption)),
        }

    def drawing(self, markup: str) -> Node:
        """Return the node of an SVG that stands in HTML; nothing where it draws nothing itself."""
        if "<symbol" in markup or ("<use" in markup and " id=" not in markup):
            return text("")
        found = pictures.svg_picture(markup, lenient=True)
        title = re.search(r"<title[^>]*>([^<]*)</title|aria-label=[\"']([^\"']*)", markup)
        return self.image(found, (title[1] or title[2]) if title else None)

    def image_from(
        self, url: str, alt: str, *, width: float | None = None, height: float | None = None
    ) -> Node:
        """Return the node of a picture that markdown or HTML refers to; one of the web is a link to it.

        Parameters
        ----------
        url
            A ``data:`` or ``attachment:`` address, or a path below the notebook's folder.
        alt
            Its alternative text.
        width, height
            As for `image`.
        """
        bundle = (
            self.attachments.get(unquote(url.removeprefix("attachment:")), {}) if "attachment:" in url else {}
        )
        uris = [f"data:{media};base64,{body}" for media, body in sorted(bundle.items(), reverse=True)]
        found = next((p for p in map(pictures.picture_from_uri, [*uris, url]) if p), None)
        node = self.image(found or pictures.picture_beside(self.folder, url), alt, width=width, height=height)
        web = url.startswith(("http://", "https://"))
        return link(url, [node], self.remark)[0] if web else node


def cell_names(cells: list[int]) -> str:
    """Return the numbers of cells for a message, and how often something was met if more often than in them.

    Examples
    --------
    >>> cell_names([3]), cell_names([3, 3, 5]), cell_names([1, 2, 3, 4, 5, 6])
    ('cell 3', 'cells 3, 5 (3 times)', 'cells 1, 2, 3 and 3 more')
    """
    different = list(dict.fromkeys(cells))
    times = f" ({len(cells)} times)" if len(cells) > len(different) else ""
    return f"cell{'s' if len(different) > 1 else ''} {a_few(map(str, different))}{times}"
