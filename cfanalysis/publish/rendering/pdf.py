"""The PDF: a document's nodes drawn by Typst, tagged for screen readers.

What is compiled is always the same template; the document goes to it as a JSON file in a folder made for this one
compilation, the only folder that the compiler sees. A report claims PDF/UA-1, and the compiler refuses what does not
conform. The same document gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import PublishError
from cfanalysis.core.language import translated
from cfanalysis.core.resources import font_folder
from cfanalysis.core.templates import sentence
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.exporter import DocumentExporter
from cfanalysis.publish.provenance import fonts_provenance, provenance_keywords, short_form
from cfanalysis.publish.rendering.document import Document
from cfanalysis.publish.rendering.nodes import Node, paragraph, plain_text, text, walk
from cfanalysis.publish.rendering.pdf_postprocess import cell_heads, postprocess_pdf
from cfanalysis.publish.rendering.picture_bands import svg_bands
from cfanalysis.publish.rendering.pictures import svg_for_typst
from cfanalysis.publish.rendering.table_layout import fit_table
from cfanalysis.publish.rendering.unicode_safety import FontCoverage, printable_text
from cfanalysis.publish.templates import template
from cfanalysis.theme.brand import DEFAULT_BRAND
from cfanalysis.theme.script_fonts import fallback_fonts

_HEAVY = "IBM Plex Sans SmBld"
_MARGIN = 62.4  # points left and right, as in the template
_TYPEWRITTEN = ("code", "output", "error")
_NAMES = ("anchor", "target", "file")  # nobody reads them
_SHORT = 400  # characters of a paragraph that only introduces what follows
_LONG = 900  # characters from which a box, a quotation or a list may break over pages
_MANY = 7  # items of a list that stay together
_LONG_WORD = re.compile(r"\S{28}")
_WIDTHS = {"a4": 595.28, "us-letter": 612.0}


class TypstPDFExporter(DocumentExporter):
    """Exports a notebook as a PDF through Typst: no TeX, no browser, no network."""

    export_from_notebook = "PDF (Typst)"
    output_mimetype = "application/pdf"
    suffix = ".pdf"

    def export(self, read: Document) -> tuple[bytes, list[str]]:
        """Return the PDF of a document, and what its author should know."""
        return typst_pdf(read)


def typst_pdf(read: Document) -> tuple[bytes, list[str]]:
    """Return the PDF of a document, and what its author should know.

    Raises
    ------
    PublishError
        Typst refuses the document.
    """
    tree = _tree(read)
    drawing = FontCoverage(
        read.brand.typeface, _characters(tree, read), language=read.lang, folder=read.brand.script_fonts
    )
    tree["brand"]["scripts"] = [font.family for font in drawing.fonts]
    tree["keywords"] += provenance_keywords(fonts_provenance(drawing.fonts))
    with work_folder() as work:
        folder = work.path
        tree = {**_drawable(tree, drawing.text, drawing), "name": read.title, "alone": False}
        for file, picture in read.pictures.items():
            data = picture.data
            if picture.suffix == "svg":
                data = svg_for_typst(picture, heavy=_HEAVY, drawable=drawing.text)
            (folder / file).write_bytes(data)
        for node in tree["blocks"]:
            if node.get("row_ends") and node["width"]:
                node["bands"] = _write_bands(folder, node["file"], node["row_ends"])
        if read.logo is not None:
            logo = read.logo
            data = svg_for_typst(logo, heavy=_HEAVY, drawable=str) if logo.suffix == "svg" else logo.data
            (folder / f"brand-logo.{logo.suffix}").write_bytes(data)
        (folder / "main.typ").write_text(template("report.typ"), encoding="utf-8")
        own = [read.brand.typeface.folder] if read.brand.typeface is not None else []
        fonts = _fonts((*own, *sorted({Path(font.path).parent for font in drawing.fonts})))
        standards = _standards(read)
        compiled, tree, remarks = _compile_any(
            folder, tree, fonts=fonts, claims=[standards] if read.report else [standards, []]
        )
        written = postprocess_pdf(compiled, list(cell_heads(tree["blocks"])))
    return written, [*drawing.remarks(), *remarks]


def _write_bands(folder: Path, file: str, row_ends: list[Any]) -> list[Node]:
    """Write the bands of a high chart beside it, and return what the template reads of them."""
    bands = svg_bands((folder / file).read_bytes(), row_ends)
    names = [f"band-{number}-{file}" for number in range(len(bands))]
    for name, (data, _) in zip(names, bands, strict=True):
        (folder / name).write_bytes(data)
    return [{"file": name, "shape": shape} for name, (_, shape) in zip(names, bands, strict=True)]


def _tree(read: Document) -> Node:
    """Return what the template reads."""
    width = _WIDTHS[read.paper] - 2 * _MARGIN
    blocks: list[Node] = []
    for block in read.blocks:
        if block["kind"] == "table":
            blocks.extend(fit_table(block, width=width))
        else:
            blocks.append(_fit_inside(block, width * 0.85))
    blocks = _keep_with_next(blocks)
    strings = (value for value in walk([read.title, read.masthead, blocks]) if isinstance(value, str))
    return {
        "title": read.title,
        "lang": read.lang,
        "authors": list(read.authors),
        # PDF/A asks for a date: where there is none, Typst's, which is 1970.
        "date": list(map(int, read.date.split("-"))) if read.date else "auto" if _archival(read) else None,
        "paper": read.paper,
        "report": read.report,
        "keywords": provenance_keywords(read.provenance),
        "stamp": sentence("Stamp {stamp}", stamp=short_form(read.provenance)) if read.provenance else "",
        "page": translated("Page {page} of {pages}"),
        "brand": _brand(read),
        "masthead": read.masthead,
        "blocks": blocks,
        "long-words": any(map(_LONG_WORD.search, strings)),
    }


def _characters(tree: Node, read: Document) -> set[str]:
    """Return the characters of a document and its pictures."""
    strings = (value for value in walk(tree) if isinstance(value, str))
    drawn = (p.data.decode("utf-8", "replace") for p in read.pictures.values() if p.suffix == "svg")
    return set[str]().union(*strings, *map(unescape, drawn))


def _standards(read: Document) -> list[str]:
    """Return the standards that the PDF claims: only those that its notebook supports."""
    if not read.accessible:
        return []
    return ["ua-1", "a-2a"] if _archival(read) else ["ua-1"]


def _archival(read: Document) -> bool:
    return read.report and read.brand.archival


def _brand(read: Document) -> Node:
    """Return what the template reads of the brand."""
    brand, head = read.brand, read.masthead
    wanted = bool(head and head["client"]) if brand.cover is None else brand.cover
    return {
        "name": printable_text(brand.name),
        "family": brand.typeface.family if brand.typeface is not None else None,
        "accent": brand.colours.accent,
        "tint": "#edf6f6" if brand.colours == DEFAULT_BRAND.colours else brand.colours.tint,
        "logo": f"brand-logo.{read.logo.suffix}" if read.logo else None,
        "logo_width": brand.logo_width,
        "contact": [printable_text(line) for line in brand.contact],
        "cover": wanted and head is not None,
    }


def _fit_inside(value: Any, width: float) -> Any:
    """Return a block with the tables inside it (in a list, a quotation, a note) fitted to its width."""
    if isinstance(value, dict):
        if value.get("kind") == "table":
            (table,) = fit_table(value, width=width, parted=False)
            return table
        inner = {key: _fit_inside(item, width) for key, item in value.items()}
        if value.get("kind") in ("notice", "quote", "definitions", "list"):
            parts: list[Any] = value.get("blocks") or value.get("items") or []
            words = sum(len(s) for s in walk(parts) if isinstance(s, str))
            columns = 2 if value["kind"] == "definitions" else 1
            inner["long"] = words > _LONG * columns or (value["kind"] == "list" and len(parts) > _MANY)
        elif value.get("kind") == "keyfigures":
            count = len(value["figures"])
            inner["columns"] = max(count, 1) if count <= 4 else 3 if count % 3 == 0 or count == 5 else 4
        return inner
    if isinstance(value, list):
        return [_fit_inside(item, width) for item in value]
    return value


def _keep_with_next(blocks: list[Node]) -> list[Node]:
    """Keep a short paragraph below a heading, or with a colon above a list, on the page of what follows.

    One that is all that stands below its heading introduces nothing: the next section may begin a page.
    """
    kept = list(blocks)
    for index, (block, after) in enumerate(pairwise(blocks)):
        if block["kind"] == "paragraph" and after["kind"] == "list":
            words = plain_text(block["items"])
            if words.rstrip().endswith(":") and len(words) < _SHORT:
                kept[index] = {**block, "keep": True, "close": True}
    for index, (before, block, after) in enumerate(
        zip(blocks, blocks[1:], blocks[2:], strict=False), start=1
    ):
        introduces = (before["kind"], block["kind"]) == ("heading", "paragraph") and after[
            "kind"
        ] != "heading"
        if introduces and len(plain_text(block["items"])) < _SHORT:
            kept[index] = {**kept[index], "keep": True}
    return kept


def _drawable(value: Any, draw: Callable[[str], str], drawing: FontCoverage) -> Any:
    """Return the value, a formula's tree or another, with all its text drawable."""
    if isinstance(value, str):
        return draw(value)
    if isinstance(value, dict):
        ways = {
            "math": drawing.formula,
            "heading": drawing.heading,
            **dict.fromkeys(_TYPEWRITTEN, drawing.code),
        }
        draw = ways.get(value.get("kind", ""), draw)
        return {key: item if key in _NAMES else _drawable(item, draw, drawing) for key, item in value.items()}
    if isinstance(value, list):
        return [_drawable(item, draw, drawing) for item in value]
    return value


def _compile_any(
    folder: Path, tree: Node, *, fonts: Any, claims: list[list[str]]
) -> tuple[bytes, Node, list[str]]:
    """Return the PDF of a document, what it was made of, and what its author should know.

    It is set with the first of the claims that it supports. Where a part cannot be set, its words stand there; where
    a link leads to it, links within the page are text.
    """
    for claimed in claims:
        try:
            return _compile(folder, tree, fonts=fonts, standards=claimed), tree, []
        except PublishError:
            continue
    blocks, failed = [], 0
    for block in tree["blocks"]:
        try:
            _compile(folder, {**tree, "blocks": [block], "alone": True}, fonts=fonts, standards=claims[-1])
            blocks.append(block)
        except PublishError:
            words = " ".join(str(n["text"]) for n in walk(block) if isinstance(n, dict) and "text" in n)
            blocks.append(paragraph([text(words or "[picture that cannot be set]")]))
            failed += 1
    remark = (
        f"{failed} of {len(blocks)} parts cannot be set as they are: their words, or placeholders, are shown"
    )
    tree = {**tree, "blocks": blocks}
    with suppress(PublishError):  # as where a link leads to one of these parts
        return _compile(folder, tree, fonts=fonts, standards=claims[-1]), tree, [remark]
    tree = {**tree, "alone": True}
    return _compile(folder, tree, fonts=fonts, standards=claims[-1]), tree, [remark]


def _compile(folder: Path, tree: Node, *, fonts: Any, standards: list[Any]) -> bytes:
    """Return the PDF of the template in the folder with this document."""
    import typst

    (folder / "document.json").write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
    try:
        written = typst.Compiler(
            folder / "main.typ",
            root=folder,
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path=folder / "no-packages",
            package_cache_path=folder / "no-packages",
        ).compile(format="pdf", timestamp=0, pdf_standards=standards)
    except typst.TypstError as error:
        hints = "; ".join(error.hints)
        raise PublishError(
            "The PDF cannot be set.", value=error.message, next_step=f"Typst says: {hints}" if hints else None
        ) from error
    if not isinstance(written, bytes):
        raise PublishError("The PDF cannot be set.", value="Typst gave no document")
    return written


@lru_cache(maxsize=4)
def _fonts(more: tuple[Path, ...]) -> Any:
    """Return the fonts for Typst, with those of more folders: found once in a process.

    DejaVu alone is taken from matplotlib's folder: a last-resort font is there too, which would draw boxes for what is
    missing.
    """
    import typst

    folders = [font_folder(), fallback_fonts()[0].parent, *more]
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in folders])
