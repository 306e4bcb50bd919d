"""The outputs of a cell to nodes: of each bundle the richest form that a page can draw."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cfanalysis.core.blocks import BLOCK_KINDS, MEDIA_TYPE
from cfanalysis.publish.rendering import pictures
from cfanalysis.publish.rendering.html_reader import read_html
from cfanalysis.publish.rendering.markdown_reader import formula, read_markdown
from cfanalysis.publish.rendering.nodes import Node, cell, table, text
from cfanalysis.publish.rendering.reading_context import ReadingContext
from cfanalysis.publish.rendering.unicode_safety import final_text, printable_text, without_ansi

_MAX_LINES = 500
_RASTERS = ("image/png", "image/jpeg", "image/gif", "image/webp")


def read_outputs(outputs: Iterable[Any], gathering: ReadingContext, *, report: bool) -> list[Node]:
    """Return the block nodes of a cell's outputs; a report shows no prints and no warnings.

    Parameters
    ----------
    outputs
        The outputs as nbformat has them.
    gathering
        Collects the document's pictures and remarks.
    report
        Whether the page is a report.
    """
    nodes: list[Node] = []
    for output in outputs:
        match output.output_type:
            case "stream":
                if not report:
                    nodes.append(printed_output(_joined(output.text), stream=output.name))
            case "error":
                traceback = without_ansi("\n".join(output.get("traceback", [])))
                lines = "" if report else printed_output(traceback)["text"]
                nodes.append(
                    {
                        "kind": "error",
                        "name": printable_text(output.ename),
                        "text": printable_text(output.evalue),
                    }
                )
                nodes[-1]["traceback"] = lines
            case _:
                nodes.extend(_bundle(output.data, output.get("metadata", {}), gathering, report=report))
    return nodes


def printed_output(words: str, *, stream: str = "") -> Node:
    """Return plain text as it was printed; very much of it is cut, and the cut is stated.

    Parameters
    ----------
    words
        The text; ANSI sequences in it are removed.
    stream
        ``"stdout"`` or ``"stderr"``; "" for neither.
    """
    lines = printable_text(final_text(without_ansi(words))).rstrip("\n").split("\n")
    if len(lines) > _MAX_LINES:
        left = len(lines) - _MAX_LINES
        lines = [*lines[: _MAX_LINES // 2], f"… {left:,} lines left out …", *lines[-_MAX_LINES // 2 :]]
    return {"kind": "output", "text": "\n".join(line[:2000] for line in lines), "stream": stream}


def _bundle(
    data: Mapping[str, Any], metadata: Mapping[str, Any], gathering: ReadingContext, *, report: bool
) -> list[Node]:
    """Return the nodes of one output from the first of its forms that can be drawn."""
    for kind in BLOCK_KINDS:
        media_type = MEDIA_TYPE.format(kind=kind)
        if media_type in data:
            return [_BLOCKS[kind](data[media_type])]
    for media_type in ("image/svg+xml", *_RASTERS):
        if media_type in data:
            return [_image(media_type, _joined(data[media_type]), metadata, gathering)]
    if "text/markdown" in data:
        return read_markdown(_joined(data["text/markdown"]), gathering)
    if "text/latex" in data:
        node = formula(_joined(data["text/latex"]).strip().strip("$"), display=True)
        if node["tree"] is not None:  # else it is a LaTeX table or the like, which has other forms
            return [node]
    if "text/html" in data:
        nodes = read_html(_joined(data["text/html"]), gathering, drop_index=report)
        if nodes:
            return nodes
    words = _joined(data.get("text/plain", ""))
    if words.strip():
        return [printed_output(words)]
    if report or not data:
        return []
    gathering.remark(f"an output has no form that a page can show ({', '.join(sorted(data))})")
    return [printed_output("[output that a page cannot show]")]


def _image(media_type: str, body: str, metadata: Mapping[str, Any], gathering: ReadingContext) -> Node:
    own = metadata.get(media_type, {})
    own = own if isinstance(own, Mapping) else {}
    width = own.get("width_pt") or (
        own["width"] * 0.75 if isinstance(own.get("width"), int | float) else None
    )
    if media_type == "image/svg+xml":
        found = pictures.svg_picture(body)
    else:
        found = pictures.raster_picture(base64.b64decode(body))
    alt = own.get("alt") or metadata.get("alt")
    caption = own.get("caption") or metadata.get("caption") or ""
    return gathering.image(found, alt, width=width, caption=caption)


def _masthead(fields: Mapping[str, Any]) -> Node:
    facts = [[printable_text(label), printable_text(value)] for label, value in fields.get("facts", ())]
    words = {key: printable_text(fields.get(key, "")) for key in ("title", "subtitle", "notice", "footer")}
    return {"kind": "masthead", "facts": facts, **words}


def _key_figures(fields: Mapping[str, Any]) -> Node:
    figures = [
        {key: printable_text(f.get(key, "")) for key in ("label", "value", "note")} for f in fields["figures"]
    ]
    return {"kind": "keyfigures", "figures": figures}


def _notice(fields: Mapping[str, Any]) -> Node:
    words = {key: printable_text(fields.get(key, "")) for key in ("title", "body")}
    return {"kind": "notice", "tone": fields.get("tone", "note"), **words}


def _table(fields: Mapping[str, Any]) -> Node:
    columns = fields["columns"]
    head = [cell([text(c["label"])], align=c["align"], head=True) for c in columns]
    body = [
        [
            cell([text(words)], align=column["align"], head=index == 0)
            for index, (words, column) in enumerate(zip(row, columns, strict=True))
        ]
        for row in fields["rows"]
    ]
    return table(
        [head], body, title=fields["title"], note=fields.get("note", ""), emphasis=fields.get("emphasis", ())
    )


_BLOCKS: dict[str, Callable[[Mapping[str, Any]], Node]] = {
    "masthead": _masthead,
    "keyfigures": _key_figures,
    "notice": _notice,
    "table": _table,
}


def _joined(body: str | list[str]) -> str:
    return body if isinstance(body, str) else "".join(body)
