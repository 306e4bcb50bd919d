"""A notebook as a document: what the reader sees, in order, as neutral nodes.

A notebook whose metadata says ``"cfanalysis": {"report": true}`` is a report: its code, its prints and
warnings and the numbers of its rows are left out, its masthead stands first and gives the title. Any other notebook is
shown as it is, with its code.

A figure's alternative text is that of its output, of ``cf.describe`` in its cell, or of a tag of the cell that begins
with ``alt:``. A figure without one is remarked on and the page claims no accessibility; where the metadata say
``"accessible": true`` it is an error.

The notebook's own metadata ``title``, ``authors`` (names, or mappings with a ``name``), ``date`` (``"2025-03-11"``)
and ``lang`` (``"de"``) reach the page. The date of the stamp comes before the notebook's own. Further metadata under
``cfanalysis``: ``lang``, ``paper`` (``"a4"`` or ``"us-letter"``) and ``stamp`` (see the module `provenance`). The
brand of this process (`cfanalysis.theme.brand`) gives logo, accent, contact and paper. Cells tagged ``remove-cell``,
``remove-input`` or ``remove-output`` (or ``hide-``) are treated so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from pathlib import Path
from typing import Any

from cfanalysis.core.blocks import DESCRIPTION
from cfanalysis.core.errors import PublishError
from cfanalysis.core.formatting import date_text
from cfanalysis.core.language import SOURCE, message, translated
from cfanalysis.core.publication import current_publication
from cfanalysis.core.templates import sentence
from cfanalysis.publish.execution.other_kernel import notebook_language
from cfanalysis.publish.provenance import UNCHECKED
from cfanalysis.publish.rendering.directions import with_directions
from cfanalysis.publish.rendering.link_targets import resolve_links
from cfanalysis.publish.rendering.markdown_reader import read_markdown
from cfanalysis.publish.rendering.nodes import Node, code, notice, paragraph, plain_text, text
from cfanalysis.publish.rendering.outputs import read_outputs, read_raw
from cfanalysis.publish.rendering.pictures import Picture, picture
from cfanalysis.publish.rendering.reading_context import ReadingContext, cell_names
from cfanalysis.publish.rendering.unicode_safety import a_few, has_visible_text, printable_text
from cfanalysis.theme.brand import DEFAULT_BRAND, Brand, current_brand

_UNCHECKED = message("Not checked for confidentiality: the notebook alone decides what it shows about whom.")


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Document:
    """What both exporters draw.

    Parameters
    ----------
    title
        The title of the document, for its metadata.
    lang
        Its language, as in HTML.
    authors
        Who wrote it; by default the brand's name.
    date
        Its date, as ``2025-03-11``; "" where it has none.
    paper
        ``"a4"`` or ``"us-letter"``.
    report
        Whether it is a report (see the module).
    accessible
        Whether each of its pictures has an alternative text.
    masthead
        The fields of its `blocks.Masthead`, if it has one.
    blocks
        The block nodes, in reading order.
    pictures
        The pictures by the file name that the nodes use.
    remarks
        What its author should know.
    stamp
        From what it was made, as hashes.
    brand
        Whose it is.
    logo
        The brand's logo.
    """

    title: str
    lang: str
    paper: str
    report: bool
    accessible: bool
    masthead: Node | None
    blocks: list[Node]
    pictures: Mapping[str, Picture]
    remarks: list[str]
    provenance: Mapping[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    date: str = ""
    brand: Brand = DEFAULT_BRAND
    logo: Picture | None = None


def document(notebook: Any, *, name: str, folder: Path | None) -> Document:
    """Return a notebook as a document.

    Parameters
    ----------
    notebook
        An nbformat notebook, executed or not.
    name
        Its title where it has neither masthead nor heading.
    folder
        The folder that its markdown may take pictures from.

    Raises
    ------
    PublishError
        A figure has no alternative text, and the notebook requires it.
    """
    settings = own_settings(notebook.metadata)
    report = bool(settings.get("report", False))
    brand = current_brand()
    gathering = ReadingContext(folder, report)
    blocks: list[Node] = []
    language = notebook_language(notebook.metadata)
    for number, cell in enumerate(notebook.cells, start=1):
        gathering.cell, gathering.attachments = number, cell.get("attachments", {})
        blocks.extend(_cell(cell, gathering, language))
    blocks = _in_order(blocks)
    _require_alt(gathering, required=bool(settings.get("accessible", False)), name=name)
    masthead = next((b for b in blocks if b["kind"] == "masthead"), None)
    if masthead is not None and not has_visible_text(masthead["title"]):
        masthead = {**masthead, "title": printable_text(name)}
    blocks = [b for b in blocks if b["kind"] != "masthead"]
    if masthead is not None:
        blocks = _without_title(blocks)
    own_title = printable_text(str(notebook.metadata.get("title") or "")).strip() if masthead is None else ""
    title = own_title or _title(masthead, blocks, name)
    titled = report or bool(own_title)
    blocks = _with_levels(blocks, title, has_masthead=masthead is not None, titled=titled)
    authors = _authors(notebook.metadata.get("authors"))
    for number in settings["as_written"]:
        gathering.remark("a text that was edited is not translated", number)
    lang = document_language(notebook.metadata)
    stamp = settings.get("stamp", {})
    date = _date(stamp.get("date") or notebook.metadata.get("date"))
    day = date and date_text(date, lang)
    if masthead is not None:
        masthead = {**masthead, "facts": [*masthead["facts"], *edition_facts(stamp, day, lang)]}
    byline = [*authors, *([day] if masthead is None and day else [])]
    if byline:
        after = sum(block["kind"] == "heading" for block in blocks[:1])
        blocks.insert(after, paragraph([text(", ".join(byline))]))
    if UNCHECKED.items() <= stamp.items():
        after = sum(block["kind"] == "heading" for block in blocks[:1])
        blocks.insert(after, notice("caution", "", [paragraph([text(translated(_UNCHECKED))])]))
    blocks, lost = resolve_links(with_directions(blocks, lang))
    if lost:
        gathering.remark(f"links lead to parts that are not there, and are text: {a_few(lost)}", 0)
    return Document(
        title=title,
        lang=lang,
        authors=authors or tuple(filter(None, [brand.name])),
        date=date,
        accessible=not gathering.without_alt,
        paper="us-letter" if "letter" in (brand.paper or str(settings.get("paper", "")).lower()) else "a4",
        report=report,
        masthead=masthead,
        blocks=blocks,
        pictures=gathering.pictures,
        remarks=gathering.remarks,
        provenance={name: printable_text(value) for name, value in stamp.items()},
        brand=brand,
        logo=_logo(brand),
    )


def document_language(metadata: Any) -> str:
    """Return the language of a notebook's page, as in HTML: that it was published in, or that its metadata name.

    Raises
    ------
    PublishError
        What they name is no language.
    """
    told, settings = current_publication(), own_settings(metadata)
    named = (settings.get("lang"), metadata.get("lang"), settings.get("language"), SOURCE)
    own = str(next(filter(None, named))).replace("_", "-")
    if not _LANGUAGE.fullmatch(own):
        raise PublishError(
            "The language that the notebook's metadata name is none.",
            where='metadata, "lang"', value=own, allowed='a language tag, such as "de" or "pt-BR"',
        )  # fmt: skip
    return told.language if told and told.language not in ("", SOURCE) else own


def own_settings(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a notebook's metadata say under ``cfanalysis``; what has not the form of settings says nothing."""
    found = metadata.get("cfanalysis")
    settings = dict(found) if isinstance(found, Mapping) else {}
    if "stamp" in settings:
        stamp = settings["stamp"] if isinstance(settings["stamp"], Mapping) else {}
        settings["stamp"] = {str(name): str(value) for name, value in stamp.items()}
    listed = settings.get("as_written")
    settings["as_written"] = [n for n in listed if isinstance(n, int)] if isinstance(listed, list) else []
    return settings


def _in_order(blocks: list[Node]) -> list[Node]:
    """Return the blocks with marked sections at their places; what precedes the first mark stays first."""
    parts: list[tuple[int, list[Node]]] = [(-1, [])]
    for block in blocks:
        if block["kind"] == "section":
            parts.append((block["place"], []))
        else:
            parts[-1][1].append(block)
    return [block for _, part in sorted(parts, key=lambda part: part[0]) for block in part]


def _logo(brand: Brand) -> Picture | None:
    """Return the brand's logo as a picture that was checked."""
    if brand.logo is None:
        return None
    found = picture(brand.logo.read_bytes())
    if found is None:
        raise PublishError("The logo is not a picture.", where=brand.logo, allowed="SVG, PNG or JPEG")
    return found


def _cell(cell: Any, gathering: ReadingContext, language: str) -> list[Node]:
    tags = {tag.replace("_", "-") for tag in cell.metadata.get("tags", [])}
    if tags & {"remove-cell", "hide-cell"}:
        return []
    if cell.cell_type == "markdown":
        return read_markdown(cell.source, gathering)
    if cell.cell_type != "code":
        return read_raw(cell, gathering)
    nodes: list[Node] = []
    if not gathering.report and cell.source.strip() and not tags & {"remove-input", "hide-input"}:
        nodes.append({**code(cell.source, language), "count": cell.get("execution_count"), "cell": True})
    if not tags & {"remove-output", "hide-output"}:
        gathering.descriptions = _descriptions(cell)
        nodes.extend(read_outputs(cell.outputs, gathering))
        gathering.descriptions = []
    return nodes


def _descriptions(cell: Any) -> list[str]:
    """Return the alternative texts that a cell gives to its figures, by calls of `describe` or by tags."""
    called = [output.data[DESCRIPTION] for output in cell.outputs if DESCRIPTION in output.get("data", {})]
    tags = (str(tag) for tag in cell.metadata.get("tags", []))
    tagged = [tag.partition(":")[2] for tag in tags if tag.lower().startswith("alt:")]
    return [words for given in called or tagged if (words := printable_text(str(given)).strip())]


def _require_alt(gathering: ReadingContext, *, required: bool, name: str) -> None:
    if not gathering.without_alt:
        return
    if required:
        raise PublishError(
            "A figure has no alternative text, which the notebook requires.",
            where=f"{name}, {cell_names(gathering.without_alt)}",
            allowed='text that says what the figure shows: cf.describe("...") in the cell, or ![the text](picture)',
            next_step='Describe it, or take "accessible" out of the notebook\'s metadata.',
        )
    for cell in gathering.without_alt:
        gathering.remark("a figure has no alternative text", cell)


def _without_title(blocks: list[Node]) -> list[Node]:
    """Leave out the notebook's own title: the masthead says it."""
    for index, block in enumerate(blocks):
        if block["kind"] == "heading":
            return blocks[:index] + blocks[index + 1 :] if block["level"] == 1 else blocks
    return blocks


def _title(masthead: Node | None, blocks: list[Node], name: str) -> str:
    if masthead is not None:
        return " – ".join(
            part for part in (masthead["title"], masthead["subtitle"]) if has_visible_text(part)
        )
    headings = (plain_text(block["items"]).strip() for block in blocks if block["kind"] == "heading")
    return next((heading for heading in headings if has_visible_text(heading)), printable_text(name))


def _authors(given: Any) -> tuple[str, ...]:
    """Return the names in a notebook's metadata, which are texts or mappings with a name."""
    entries = given if isinstance(given, list) else [given]
    named = (entry.get("name") if isinstance(entry, Mapping) else entry for entry in entries)
    return tuple(name for entry in named if entry and (name := printable_text(str(entry)).strip()))


def edition_facts(stamp: Mapping[str, str], day: str, lang: str) -> list[list[str]]:
    """Return date and edition as facts of the masthead; a first edition is not called so.

    Parameters
    ----------
    stamp
        The report's stamp.
    day, lang
        Its date in words, and the language of these.
    """
    facts = [[translated("Date"), day]] if day else []
    if stamp.get("edition") and len(replaces := stamp.get("replaces", "").split()) > 1:
        number, when = replaces[:2]
        former = date_text(when, lang) if _date(when) else when
        words = sentence(
            "{edition}, replaces edition {number} of {former}",
            edition=stamp["edition"], number=number, former=former,
        )  # fmt: skip
        facts.append([translated("Edition"), words])
    return facts


def _date(given: Any) -> str:
    """Return a day in ISO 8601; "" for what is none."""
    try:
        return Date.fromisoformat(str(given)).isoformat()
    except ValueError:
        return ""


def _with_levels(blocks: list[Node], title: str, *, has_masthead: bool, titled: bool) -> list[Node]:
    """Return the blocks with heading levels that begin at the top and never skip one downwards."""
    blocks = [b for b in blocks if b["kind"] != "heading" or has_visible_text(plain_text(b["items"]))]
    first = next((b for b in blocks if b["kind"] == "heading"), None)
    if not has_masthead and titled and (first is None or first["level"] > 1):
        heading = {"kind": "heading", "level": 1, "items": [{"kind": "text", "text": title}]}
        blocks = [heading, *blocks]
    top = 2 if has_masthead else 1
    levelled, former = [], top - 1
    for block in blocks:
        if block["kind"] == "heading":
            former = max(top, min(block["level"], former + 1))
            block = {**block, "level": former}
        levelled.append(block)
    return levelled
