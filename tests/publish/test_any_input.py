from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from cfanalysis.core import blocks
from cfanalysis.publish.execution.local_modules import local_modules
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.html import html_page
from cfanalysis.publish.rendering.pdf import typst_pdf

PIECES = [
    "# ", "- ", "1. ", "> ", "| a | b |\n|---|---|\n| ", "```\n", "`", "$", "$$", "\\frac{", "}", "\\begin{align}",
    "[^1]", "[^1]: ", "![x](", "](", "[", "**", "*", "~~", "<b>", "</b>", "<table><tr><td>", "</table>", "<script>",
    "<img src=x onerror=alert(1)>", "<!--", "\n\n", "\n", "&#0;", "http://x.y", "#read(", '"', "\\", "\0", "\x1b[1m",
    "\u202e", "\u2028", "\ue000", "😀", "日", "ع", "e\u0301", "\u0301", "\u200b", "\ud800", "word ", "1.5",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=25).map("".join)


@settings(max_examples=40, derandomize=True)
@given(words=texts, name=texts, tone=st.sampled_from(["note", "caution", "verdict"]))
def test_whatever_is_written_both_pages_are_made_and_nothing_acts(
    make: SimpleNamespace, words: str, name: str, tone: str
) -> None:
    """Any text in any place gives a page without scripts or handlers, and a valid PDF/UA."""
    table = blocks.Table(name, [blocks.Column(name, "left"), blocks.Column(words)], [[words, name]], words)
    made = document(
        make.notebook(
            make.code("", make.shown(blocks.Masthead(name, words, [(name, words)], name, words))),
            make.markdown(words),
            make.code("", make.shown(blocks.KeyFigures([blocks.KeyFigure(name, words, name)]))),
            make.code("", make.shown(blocks.Notice(words, name, tone))),
            make.code("", make.shown(table)),
            make.code("", make.shown(blocks.Figure(make.svg, name.strip() + "alt", 100))),
            make.code("", make.shown({"text/html": words})),
            make.code("", make.shown(blocks.Prose(blocks.escape_markdown(words)))),
        ),
        name="trial",
        folder=None,
    )
    tree = html.fromstring(html_page(made).encode())
    assert tree.xpath("//script") == []
    assert [name for e in tree.iter() for name in e.attrib if name.lower().startswith("on")] == []
    written, _ = typst_pdf(made)
    assert written.startswith(b"%PDF")


def test_code_of_very_long_words_has_no_modules(tmp_path: Path) -> None:
    """A word that is longer than a file's name can be is looked for beside the notebook all the same."""
    notebook = {"cells": [{"cell_type": "code", "source": f"x = '{'y' * 3000}'\nimport own"}]}
    (tmp_path / "own.py").write_text("")
    assert list(local_modules(tmp_path / "a.ipynb", read=notebook)) == ["own.py"]
