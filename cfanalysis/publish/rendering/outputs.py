"""The outputs of a cell to nodes: of each bundle the richest form that a page can draw.

A chart that lives in scripts is drawn as a picture where the library that can do so is installed (vl-convert for
Vega-Lite, plotly with kaleido for plotly); else, as anything that a page cannot show, it leaves a placeholder and a
remark. What shows nothing in JupyterLab either (a script that only acts) leaves nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from cfanalysis.core.blocks import BLOCK_KINDS, DESCRIPTION, MEDIA_TYPE, NARROW_PICTURE
from cfanalysis.publish.rendering import pictures
from cfanalysis.publish.rendering.formulas import formula_tree
from cfanalysis.publish.rendering.html_reader import read_html
from cfanalysis.publish.rendering.markdown_reader import read_markdown
from cfanalysis.publish.rendering.nodes import Node, cell, code, notice, paragraph, table, text
from cfanalysis.publish.rendering.reading_context import ReadingContext
from cfanalysis.publish.rendering.static_charts import static_chart, with_vega_chart
from cfanalysis.publish.rendering.unicode_safety import final_text, printable_text, without_ansi

_MAX_LINES = 500
_MAX_CHARACTERS = 60_000
_LONGEST = 1e6  # points of a picture
_RASTERS = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/avif")
_INTERACTIVE = {
    r"application/vnd\.vega(?:lite)?\.v\d.*": "Vega chart",
    r"application/vnd\.plotly\.v\d.*": "plotly chart",
    r"application/vnd\.bokehjs_exec\..*": "Bokeh chart",
    r"application/vnd\.holoviews_exec\..*": "HoloViews chart",
    r"application/vnd\.jupyter\.widget-view\+json": "widget",
    r"application/geo\+json": "map",
    r"application/pdf": "PDF file",
    r"(?:video|audio|model)/.*": "recording or model",
}
_TERMINAL = ("application/vnd.jupyter.stderr", "application/vnd.jupyter.stdout")
_SILENT = re.compile(r"application/(?:javascript|vnd\.\w+_load\..*)|text/javascript")


def read_outputs(outputs: Iterable[Any], gathering: ReadingContext) -> list[Node]:
    """Return the block nodes of a cell's outputs; a report shows no prints and no warnings.

    Parameters
    ----------
    outputs
        The outputs as nbformat has them.
    gathering
        Collects the document's pictures and remarks.
    """
    nodes: list[Node] = []
    for output in outputs:
        match output.output_type:
            case "stream":
                if not gathering.report:
                    nodes.append(printed_output(_joined(output.text), gathering, stream=output.name))
            case "error":
                traceback = without_ansi("\n".join(output.get("traceback", [])))
                nodes.append({
                    "kind": "error",
                    "name": printable_text(output.ename),
                    "text": printable_text(output.evalue),
                    "traceback": "" if gathering.report else printed_output(traceback, gathering)["text"],
                })  # fmt: skip
            case _:
                nodes.extend(_bundle(output.data, output.get("metadata", {}), gathering))
    return nodes


def read_raw(cell: Any, gathering: ReadingContext) -> list[Node]:
    """Return the block nodes of a raw cell, by its format; a report has none.

    Parameters
    ----------
    cell
        The cell.
    gathering
        Takes the pictures and the remarks.
    """
    kind = cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "text/plain"
    return [] if gathering.report else _bundle({str(kind): cell.source}, {}, gathering)


def printed_output(words: str, gathering: ReadingContext, *, stream: str = "") -> Node:
    """Return plain text as it was printed; very much of it is cut, and the cut is stated.

    Parameters
    ----------
    words
        The text; ANSI sequences in it are removed.
    gathering
        Takes the remark on a cut.
    stream
        ``"stdout"`` or ``"stderr"``; "" for neither.
    """
    whole = printable_text(final_text(without_ansi(words))).rstrip("\n")
    lines = whole.split("\n")
    if len(lines) > _MAX_LINES:
        left = len(lines) - _MAX_LINES
        lines = [*lines[: _MAX_LINES // 2], f"… {left:,} lines left out …", *lines[-_MAX_LINES // 2 :]]
    shown = "\n".join(lines)
    if len(shown) > _MAX_CHARACTERS:
        half, left = _MAX_CHARACTERS // 2, len(shown) - _MAX_CHARACTERS
        shown = f"{shown[:half]}\n… {left:,} characters left out …\n{shown[-half:]}"
    if shown != whole:
        gathering.remark("a long print is cut in its middle")
    return {"kind": "output", "text": shown, "stream": stream}


def _bundle(data: Mapping[str, Any], metadata: Mapping[str, Any], gathering: ReadingContext) -> list[Node]:
    """Return the nodes of one output from the first of its forms that can be drawn."""
    if DESCRIPTION in data:
        return []
    for kind in BLOCK_KINDS:
        media_type = MEDIA_TYPE.format(kind=kind)
        if media_type in data:
            try:
                return [_BLOCKS[kind](data[media_type])]
            except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
                gathering.remark(f"a {kind} lacks what belongs to one; another form of it is shown")
    for media_type in ("image/svg+xml", *_RASTERS):
        if media_type in data:
            found = _image(media_type, _joined(data[media_type]), metadata, gathering)
            return [{**found, "narrow": str(data.get(NARROW_PICTURE, ""))}]
    data = with_vega_chart(data, _joined(data.get("text/html", "")))
    chart = next(
        (name for pattern, name in _INTERACTIVE.items() for m in data if re.fullmatch(pattern, m)), None
    )
    drawn = static_chart(data) if chart else None
    if drawn is not None:
        return [gathering.image(drawn, metadata.get("alt") or chart)]
    if "text/markdown" in data:
        return read_markdown(_joined(data["text/markdown"]), gathering)
    if "text/latex" in data and (nodes := _latex(_joined(data["text/latex"]), data, gathering)):
        return nodes
    if chart is not None:
        return [paragraph([gathering.placeholder(chart)])]
    if "text/html" in data:
        return read_html(_joined(data["text/html"]), gathering)
    if "application/json" in data:
        return [code(json.dumps(data["application/json"], indent=2, ensure_ascii=False, default=str), "json")]
    if any(_SILENT.fullmatch(media_type) for media_type in data):
        return []
    words = next((_joined(data[m]) for m in (*_TERMINAL, "text/plain") if m in data), None)
    if words is None and data:
        return [paragraph([gathering.placeholder(", ".join(sorted(data)))])]
    stream = "stderr" if _TERMINAL[0] in data else ""
    return [printed_output(words, gathering, stream=stream)] if words and words.strip() else []


def _latex(source: str, data: Mapping[str, Any], gathering: ReadingContext) -> list[Node]:
    """Return the nodes of LaTeX; none where it cannot be read and there is another form, as for a table."""
    words = source.strip()
    lone = words.strip("$").strip()
    if "$" in lone.replace("\\$", "") or r"\(" in lone or r"\[" in lone:
        return read_html(escape(words), gathering)
    if {"text/html", "text/plain"} & set(data) and formula_tree(lone, display=True) is None:
        return []
    return gathering.formula(lone, display=True)


def _image(media_type: str, body: str, metadata: Mapping[str, Any], gathering: ReadingContext) -> Node:
    own = metadata.get(media_type, {})
    own = own if isinstance(own, Mapping) else {}
    known = own.get("width_pt")
    width = known if _is_length(known) else pictures.length_in_points(str(own.get("width")))
    height = pictures.length_in_points(str(own.get("height")))
    is_svg = media_type == "image/svg+xml"
    source = f"data:{media_type};base64,{body}"
    found = pictures.svg_picture(body) if is_svg else pictures.picture_from_uri(source)
    alt = own.get("alt") or metadata.get("alt")
    caption = own.get("caption") or metadata.get("caption") or ""
    node = gathering.image(found, alt, width=width, height=height, caption=caption)
    if found is None:
        return paragraph([node])
    ends = own.get("row_ends_pt")
    if is_svg and isinstance(ends, list) and all(map(_is_length, ends)):
        return {**node, "row_ends": ends}
    return node


def _is_length(value: object) -> bool:
    return isinstance(value, int | float) and 0 < value < _LONGEST


def _masthead(fields: Mapping[str, Any]) -> Node:
    facts = [[printable_text(label), printable_text(value)] for label, value in fields.get("facts", ())]
    words = {
        key: printable_text(fields.get(key, ""))
        for key in ("title", "subtitle", "notice", "footer", "client")
    }
    return {"kind": "masthead", "facts": facts, **words}


def _key_figures(fields: Mapping[str, Any]) -> Node:
    figures = [
        {key: printable_text(f.get(key, "")) for key in ("label", "value", "note")} for f in fields["figures"]
    ]
    return {"kind": "keyfigures", "figures": figures}


def _notice(fields: Mapping[str, Any]) -> Node:
    body = [paragraph([text(fields.get("body", ""))])] if fields.get("body") else []
    return notice(printable_text(fields.get("tone", "note")), printable_text(fields.get("title", "")), body)


def _table(fields: Mapping[str, Any]) -> Node:
    columns = fields["columns"]
    if not all(column["align"] in ("left", "right", "center") for column in columns):
        raise ValueError("a column is aligned in no known way")
    head = [cell([text(c["label"])], align=c["align"], head=True) for c in columns]
    body = [
        [
            cell([text(words)], align=column["align"], head=index == 0)
            for index, (words, column) in enumerate(zip(row, columns, strict=True))
        ]
        for row in fields["rows"]
    ]
    named = any(column["label"] for column in columns)
    return table(
        [head] if named else [],
        body,
        title=fields["title"],
        note=fields.get("note", ""),
        emphasis=fields.get("emphasis", ()),
    )


_BLOCKS: dict[str, Callable[[Mapping[str, Any]], Node]] = {
    "masthead": _masthead,
    "keyfigures": _key_figures,
    "notice": _notice,
    "table": _table,
    "section": lambda fields: {"kind": "section", "place": int(fields["place"])},
}


def _joined(body: Any) -> str:
    if isinstance(body, list):
        return "".join(map(str, body))
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
