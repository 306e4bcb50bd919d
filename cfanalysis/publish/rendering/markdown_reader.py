r"""Markdown to nodes, as JupyterLab reads it: GitHub's dialect, with formulas.

As in JupyterLab, formulas are taken out first, markdown-it makes HTML of the rest, and the HTML, with that of the
author's own in it, is read by `html_reader`. So markdown and HTML have one reader, and no tag goes through unread.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from cfanalysis.publish.rendering.formula_text import END, ENVIRONMENT, INLINE, START, unmarked
from cfanalysis.publish.rendering.html_reader import read_html
from cfanalysis.publish.rendering.nodes import Node
from cfanalysis.publish.rendering.reading_context import ReadingContext
from cfanalysis.publish.rendering.unicode_safety import printable_text

_SOURCE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)|\Z)"
    r"|(?P<span>`+)(?!`).+?(?<!`)(?P=span)(?!`)"
    rf"|(?P<formula>\$\$.+?\$\$|\\\\\(.+?\\\\\)|\\\\\[.+?\\\\\]|{ENVIRONMENT}|(?<!\$){INLINE})"
    r"|\\.",
    re.DOTALL | re.MULTILINE,
)
"""What formulas are not looked for in (code, escapes), or a formula."""

_PLACE = re.compile(f"{START}(\\d+){END}")
_IN_TAG = re.compile(f"(?:{START}|{quote(START)})(\\d+)(?:{END}|{quote(END)})")
_TAG = re.compile(r"<[^<>]*>")


def read_markdown(source: str, gathering: ReadingContext) -> list[Node]:
    """Return the block nodes of markdown.

    Parameters
    ----------
    source
        The markdown.
    gathering
        Takes the pictures, the number of footnotes and the remarks.
    """
    formulas: list[str] = []
    source = unmarked(printable_text(source))

    def keep(found: re.Match[str]) -> str:
        written = found["formula"]
        if written is None:
            line = source[source.rfind("\n", 0, found.start()) + 1 : found.start()]
            in_table = found["span"] is not None and line.lstrip().startswith("|")
            return re.sub(r"(?<!\\)\|", r"\|", found[0]) if in_table else found[0]
        formulas.append(written[1:-3] + written[-2:] if written.startswith("\\\\") else written)
        return f"{START}{len(formulas) - 1}{END}"

    words, known = _SOURCE.sub(keep, source), dict[str, Any]()
    markup = str(markdown_parser().render(words, known))
    lone = [name for name, number in known.get("footnotes", {}).get("refs", {}).items() if number < 0]
    if lone:
        gathering.remark("nothing in its cell refers to a footnote, which is shown all the same")
        markup = str(markdown_parser().render(words + "\n\n" + " ".join(f"[^{name[1:]}]" for name in lone)))
    if formulas:
        markup = _TAG.sub(lambda tag: _IN_TAG.sub(lambda m: escape(formulas[int(m[1])]), tag[0]), markup)
        markup = _PLACE.sub(lambda m: f"{START}{escape(formulas[int(m[1])])}{END}", markup)
    return read_html(markup, gathering, marked=True)


@lru_cache(maxsize=1)
def markdown_parser() -> Any:
    """Return the parser of markdown, which is built once."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.gfm import gfm_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": 100}).use(gfm_plugin).use(deflist_plugin)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # the reader of the HTML decides
    return parser
