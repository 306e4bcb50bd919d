"""What is gathered while a notebook is read: pictures, footnotes, and remarks for the author.

One `ReadingContext` goes through the whole reading, so that pictures and footnotes are numbered over the document
and every remark knows its cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cfanalysis.publish.rendering import pictures
from cfanalysis.publish.rendering.nodes import Node, text
from cfanalysis.publish.rendering.pictures import Picture
from cfanalysis.publish.rendering.unicode_safety import printable_text


@dataclass
class ReadingContext:
    """The pictures, footnotes and remarks of one document.

    Parameters
    ----------
    folder
        The notebook's folder: pictures are read from below it and from nowhere else.
    """

    folder: Path | None = None
    pictures: dict[str, Picture] = field(default_factory=dict)
    footnotes: int = 0
    cell: int = 0
    remarks: list[str] = field(default_factory=list)
    without_alt: list[int] = field(default_factory=list)

    def remark(self, message: str) -> None:
        """Note something that the author should know, with its cell."""
        self.remarks.append(f"cell {self.cell}: {message}")

    def image(
        self, found: Picture | None, alt: str | None, *, width: float | None = None, caption: str = ""
    ) -> Node:
        """Return the node of a picture; its words alone where there is none.

        Parameters
        ----------
        found
            The picture; None where it could not be read.
        alt
            Its alternative text; a picture without it is reported to the author.
        width
            Width on the page, points; None for the picture's own.
        caption
            A caption; "" for none.
        """
        words = printable_text(alt or "").strip()
        if found is None:
            self.remark(f"a picture cannot be read: {words or 'without alternative text'}")
            return text(f"[{words or 'picture'}]")
        if not words:
            self.without_alt.append(self.cell)
        name = f"picture-{len(self.pictures) + 1}.{found.suffix}"
        self.pictures[name] = found
        return {
            "kind": "image",
            "file": name,
            "alt": words or None,
            "width": width or found.width,
            "caption": printable_text(caption),
        }

    def image_from(self, url: str, alt: str, attachments: Mapping[str, Mapping[str, str]]) -> Node:
        """Return the node of a picture that markdown or HTML refers to.

        Parameters
        ----------
        url
            A ``data:`` or ``attachment:`` address, or a path below the notebook's folder.
        alt
            Its alternative text.
        attachments
            The cell's attachments: base64 text by media type, by name.
        """
        if url.startswith("attachment:"):
            bundle = attachments.get(url.removeprefix("attachment:"), {})
            uris = [f"data:{media};base64,{body}" for media, body in sorted(bundle.items(), reverse=True)]
            found = next((p for p in map(pictures.picture_from_uri, uris) if p), None)
        elif url.startswith("data:"):
            found = pictures.picture_from_uri(url)
        else:
            found = pictures.picture_beside(self.folder, url)
        return self.image(found, alt)
