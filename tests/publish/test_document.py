from __future__ import annotations

from typing import Any

import nbformat
import pytest

from cfanalysis.core import blocks
from cfanalysis.core.blocks import DESCRIPTION
from cfanalysis.core.errors import PublishError
from cfanalysis.publish.rendering.document import Document, document
from cfanalysis.publish.rendering.html import PageHTMLExporter
from cfanalysis.publish.rendering.nodes import plain_text


def _document(notebook: Any) -> Document:
    return document(notebook, name="trial", folder=None)


def _kinds(notebook: Any) -> list[str]:
    return [block["kind"] for block in _document(notebook).blocks]


def test_a_report_shows_results_alone(full_report: Any) -> None:
    """Code, prints and warnings are left out; the masthead replaces the notebook's own title."""
    found = _document(full_report)
    assert [b["kind"] for b in found.blocks] == [
        "paragraph", "keyfigures", "notice", "heading", "paragraph", "image", "table", "paragraph",
        "paragraph", "paragraph",
    ]  # fmt: skip
    assert found.title.startswith("Self Assessment – Client #read")
    assert found.masthead is not None
    assert found.masthead["notice"] == "Synthetic data"


def test_another_notebook_shows_its_code_and_prints(full_report: Any) -> None:
    """Without the mark of a report, code with its count, prints and warnings are shown."""
    full_report.metadata["cfanalysis"]["report"] = False
    found = _document(full_report)
    codes = [b for b in found.blocks if b["kind"] == "code"]
    assert codes[0] == {
        "kind": "code",
        "text": "Masthead(...)",
        "language": "python",
        "count": 1,
        "cell": True,
    }
    assert [b["stream"] for b in found.blocks if b["kind"] == "output"] == ["stdout", "stderr"]


@pytest.mark.parametrize(
    ("tag", "kinds"),
    [
        ("remove-cell", []),
        ("remove_cell", []),
        ("hide-input", ["output"]),
        ("remove-output", ["code"]),
        ("other", ["code", "output"]),
    ],
)
def test_tags_hide_cells(make: Any, tag: str, kinds: list[str]) -> None:
    """The tags that Jupyter's tools share are kept to."""
    output = nbformat.v4.new_output("stream", text="words")
    assert _kinds(make.notebook(make.code("x", output, tags=(tag,)), report=False)) == kinds


def test_a_figure_without_alternative_text_is_remarked_on(make: Any) -> None:
    """With its cell; it is an error where the notebook requires accessibility, as a report or not."""
    cells = [make.markdown("# T"), make.code("plot()", make.shown({"image/svg+xml": make.svg}))]
    for report in (True, False):
        notebook = make.notebook(*cells, report=report)
        found = _document(notebook)
        assert found.remarks == ["cell 2: a figure has no alternative text"]
        assert not found.accessible
        notebook.metadata.setdefault("cfanalysis", {})["accessible"] = True
        with pytest.raises(PublishError, match="trial, cell 2"):
            _document(notebook)


@pytest.mark.parametrize("by_tag", [True, False])
def test_figures_are_described_by_a_line_or_a_tag_of_their_cell(make: Any, by_tag: bool) -> None:
    """In their order; a figure's own text comes first, and the next cell's figures have nothing of it."""
    figure = make.shown({"image/svg+xml": make.svg})
    words = ["Sales rise.", "Costs fall."]
    lines = [] if by_tag else [make.shown({DESCRIPTION: text, "text/plain": ""}) for text in words]
    tags = tuple(f"alt: {text}" for text in words) if by_tag else ()
    cells = [make.code("plot()", *lines, figure, figure, tags=tags), make.code("plot()", figure)]
    found = _document(make.notebook(make.markdown("# T"), *cells))
    images = [block for block in found.blocks if block["kind"] == "image"]
    assert [image["alt"] for image in images] == [*words, None]
    assert found.remarks == ["cell 3: a figure has no alternative text"]
    assert not [block for block in found.blocks if block["kind"] == "output"]


def test_title_authors_and_language_of_the_metadata_reach_the_page(make: Any) -> None:
    """As Jupyter's schema has them; a notebook that begins with its own title keeps it."""
    notebook = make.notebook(make.markdown("words"), report=False)
    notebook.metadata |= {
        "title": "Umsätze",
        "authors": [{"name": "Anna Meier"}, "Ben Ott", {}],
        "lang": "de",
    }
    found = _document(notebook)
    assert (found.title, found.lang, found.authors) == ("Umsätze", "de", ("Anna Meier", "Ben Ott"))
    assert [block["kind"] for block in found.blocks] == ["heading", "paragraph", "paragraph"]
    notebook.cells.insert(0, make.markdown("# Sales"))
    headings = [block for block in _document(notebook).blocks if block["kind"] == "heading"]
    assert [heading["items"][0]["text"] for heading in headings] == ["Sales"]


def test_heading_levels_begin_at_the_top_and_never_skip(make: Any) -> None:
    """Screen readers need an unbroken outline; a masthead is its top."""
    levels = [
        b["level"]
        for b in _document(make.notebook(make.markdown("### a\n\n##### b\n\n# c"), report=False)).blocks
    ]
    assert levels == [1, 2, 1]
    masthead = make.code("m", make.shown(blocks.Masthead("T")))
    found = _document(make.notebook(make.markdown("# own"), masthead, make.markdown("# a\n\n#### b")))
    assert [(b["level"], plain_text(b["items"])) for b in found.blocks] == [(2, "a"), (3, "b")]


def test_the_title_is_the_masthead_the_first_heading_or_the_name(make: Any) -> None:
    """A report without any heading is given its title as one."""
    assert _document(make.notebook(make.markdown("text\n\n# *The* head"))).title == "The head"
    found = _document(make.notebook(make.markdown("text")))
    assert (found.title, found.blocks[0]["kind"], found.blocks[0]["level"]) == ("trial", "heading", 1)


def test_of_a_bundle_the_richest_form_is_drawn(make: Any) -> None:
    """Pictures before markdown before math before HTML before text; what cannot be drawn falls back."""
    bundles = [
        ({"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "t"}, "table"),
        ({"text/markdown": "*m*", "text/html": "<p>h</p>"}, "paragraph"),
        ({"text/latex": "$x$", "text/plain": "x"}, "math"),
        ({"text/latex": r"\begin{tabular}{l}a\end{tabular}", "text/plain": "x"}, "output"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Slider()"}, "paragraph"),
        ({"text/html": "<script>plot()</script>", "text/plain": "Plot()"}, None),
        ({"application/javascript": "1+1", "text/plain": "<Javascript object>"}, None),
        ({"application/json": {"a": 1}, "text/plain": "<JSON object>"}, "code"),
    ]
    cells = [make.code("", make.shown(bundle)) for bundle, _ in bundles]
    assert _kinds(make.notebook(*cells, report=False)) == [kind for _, kind in bundles if kind]


def test_very_long_prints_are_cut_and_the_cut_is_stated(make: Any) -> None:
    """A print of a million lines does not become a book."""
    output = nbformat.v4.new_output("stream", text="\n".join(map(str, range(10_000))))
    (block,) = _document(make.notebook(make.code("", output), report=False)).blocks
    assert "… 9,500 lines left out …" in block["text"]


def test_errors_lose_their_colours(make: Any) -> None:
    """A traceback is shown without terminal codes."""
    output = nbformat.v4.new_output("error", ename="E", evalue="why", traceback=["\x1b[31mTraceback\x1b[0m"])
    (block,) = _document(make.notebook(make.code("", output), report=False)).blocks
    assert (block["name"], block["text"], block["traceback"]) == ("E", "why", "Traceback")


def test_what_a_page_cannot_show_is_said(make: Any) -> None:
    """An output of scripts alone leaves a line in its place, and a remark; progress shows its last state."""
    scripted = {"application/vnd.plotly.v1+json": {}, "text/html": "<script>draw()</script>"}
    progress = nbformat.v4.new_output("stream", name="stdout", text="10%\r100%\n")
    found = _document(make.notebook(make.code("figure", make.shown(scripted), progress), report=False))
    assert plain_text(found.blocks[1]["items"]) == "[plotly chart]"
    assert found.blocks[2]["text"] == "100%"
    assert found.remarks == ["cell 1: a placeholder stands for what a page cannot show: plotly chart"]


@pytest.mark.parametrize("named", ["german", "x", 5, True, ["de"], {"a": 1}, " ", 'a"b', "\ud800"])
def test_what_is_no_language_is_refused(make: Any, named: object) -> None:
    """A web page would claim it, and a PDF cannot be set in it."""
    own = make.notebook(make.markdown("# T"))
    own.metadata["lang"] = named
    with pytest.raises(PublishError, match="name is none"):
        document(own, name="n", folder=None)


@pytest.mark.parametrize("kind", [["code"], {"a": 1}, 1, None])
def test_a_cell_of_no_kind_is_refused(make: Any, kind: object) -> None:
    """nbformat itself fails on a notebook with such a cell."""
    own = make.notebook(make.markdown("# T"))
    own.cells[0]["cell_type"] = kind
    with pytest.raises(PublishError, match=r"not as its format asks.\n  where:   own"):
        PageHTMLExporter().from_notebook_node(own, {"metadata": {"name": "own"}})


@pytest.mark.parametrize("tone", [{"kind": {"a": 1}}, ["note"], 3, None])
def test_a_notice_of_no_tone_is_shown_in_another_form(make: Any, tone: object) -> None:
    """What other programs write under the name of a block need not be one."""
    bundle, _ = blocks.Notice("Body", "Title")._repr_mimebundle_()
    bundle[blocks.MEDIA_TYPE.format(kind="notice")]["tone"] = tone
    made = document(make.notebook(make.code("", make.shown(bundle))), name="n", folder=None)
    assert "a notice lacks what belongs to one" in made.remarks[0]
    assert [b["kind"] for b in made.blocks] == ["heading", "paragraph"]
