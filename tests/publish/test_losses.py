"""Nothing of a notebook is lost without a word: a picture form, a placeholder with a remark, or nothing at all."""

from __future__ import annotations

import base64
import io
import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pikepdf
import pypdf
import pytest
from PIL import Image

from cfanalysis.publish.rendering.document import Document, document
from cfanalysis.publish.rendering.html import html_page
from cfanalysis.publish.rendering.nodes import plain_text
from cfanalysis.publish.rendering.pdf import typst_pdf

CASES = Path(__file__).parents[3] / "shared" / "cases" / "notebooks"
CHART = {
    "mark": "bar",
    "data": {"values": [{"a": "A", "b": 2}]},
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}
AWAY = json.dumps(
    {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"url": "https://x.org/a.csv"}}
)


def _document(make: Any, *outputs: dict[str, Any]) -> Document:
    cells = [make.code("x", make.shown(output), tags=("hide-input",)) for output in outputs]
    return document(make.notebook(*cells, report=False), name="trial", folder=None)


def _words(read: Document) -> str:
    pages = pypdf.PdfReader(io.BytesIO(typst_pdf(read)[0])).pages
    return "\n".join(page.extract_text() for page in pages)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"application/vnd.plotly.v1+json": {}, "text/plain": "Figure()"}, "[plotly chart]"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Slider()"}, "[widget]"),
        ({"text/html": '<div id="a"></div><script>draw()</script>'}, "[content drawn by a script]"),
        ({"text/html": f"<div id=a></div><script>(function(s) {{}})({AWAY})</script>"}, "[Vega chart]"),
        (
            {"text/html": "<iframe src='https://x.org'></iframe>", "text/plain": "<IFrame object>"},
            "[embedded page: https://x.org]",
        ),
        ({"application/x-own": "1"}, "[application/x-own]"),
    ],
)
def test_what_needs_scripts_leaves_a_placeholder(make: Any, output: dict[str, Any], words: str) -> None:
    """No representation of a Python object stands for it, and one remark says what it was, however often."""
    read = _document(make, output, output)
    assert [plain_text(block["items"]) for block in read.blocks] == [words] * 2
    assert len(read.remarks) == 1
    assert read.remarks[0].startswith("cells 1, 2: a placeholder stands for")
    assert words in html_page(read)


@pytest.mark.parametrize(
    "output",
    [
        {"application/javascript": "1+1", "text/plain": "<Javascript object>"},
        {"text/html": "<script>require([])</script><style>p{}</style>", "text/plain": "<HTML object>"},
        {"text/html": "<p style='display:none'>hidden</p>"},
    ],
)
def test_what_shows_nothing_leaves_nothing(make: Any, output: dict[str, Any]) -> None:
    """A script that only acts shows nothing in JupyterLab either."""
    assert (_document(make, output).blocks, _document(make, output).remarks) == ([], [])


def test_a_chart_is_a_picture_where_its_library_is_installed(make: Any) -> None:
    """vl-convert draws Vega-Lite; data of the web are not fetched, and leave a placeholder."""
    pytest.importorskip("vl_convert", reason="vl-convert-python is not installed")
    output = {"application/vnd.vegalite.v5+json": CHART, "text/plain": "alt.Chart(...)"}
    script = json.dumps({"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **CHART})
    page = {"text/html": f"<div id=a></div><script>(function(s) {{}})({script}, {{}})</script>"}
    read = _document(make, output, page)
    assert [block["kind"] for block in read.blocks] == ["image", "image"]
    assert "<svg" in html_page(read)
    assert _words(read)
    away = {"application/vnd.vegalite.v5+json": {**CHART, "data": {"url": "https://x.org/cars.json"}}}
    assert plain_text(_document(make, away).blocks[0]["items"]) == "[Vega chart]"


def test_a_plotly_chart_is_a_picture_where_its_libraries_are_installed(make: Any) -> None:
    """Its own static export draws it, gradients included; nothing is fetched for a picture within it."""
    pytest.importorskip("kaleido", reason="kaleido is not installed")
    plotly = pytest.importorskip("plotly", reason="plotly is not installed")
    figure = {"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}], "layout": {}}
    if shutil.which("chromium") is None and shutil.which("google-chrome") is None:
        pytest.skip(f"plotly {plotly.__version__} finds no browser")
    read = _document(make, {"application/vnd.plotly.v1+json": figure})
    assert [block["kind"] for block in read.blocks] == ["image"]
    assert "url(#" in html_page(read)
    away = {**figure, "layout": {"images": [{"source": "https://x.org/a.png"}]}}
    assert (
        plain_text(_document(make, {"application/vnd.plotly.v1+json": away}).blocks[0]["items"])
        == "[plotly chart]"
    )


@pytest.mark.parametrize("report", [True, False])
@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/svg+xml"])
def test_a_picture_that_cannot_be_decoded_stops_no_page(make: Any, kind: str, report: bool) -> None:
    """Broken base64, a picture cut short, and one that Typst alone refuses leave words; the rest is there."""
    cut = base64.b64encode(make.png()[:30]).decode()
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'
    for body in ('dangerous"data', cut, empty):
        output = nbformat.v4.new_output("display_data", {kind: body}, metadata={"alt": "A chart"})
        cells = [make.markdown("# Title"), make.code("", output), make.markdown("The rest.")]
        read = document(make.notebook(*cells, report=report), name="trial", folder=None)
        written, remarks = typst_pdf(read)
        assert "The rest." in pypdf.PdfReader(io.BytesIO(written)).pages[0].extract_text()
        assert "The rest." in html_page(read)
        assert read.remarks or remarks


def test_bars_and_named_colours_of_cells_are_kept(make: Any) -> None:
    """A Styler's bars, a bar of boxes within a cell, and colours by name or with transparency are drawn."""
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    styled = frame.style.bar(color="salmon").map(lambda _: "color: darkblue; font-weight: bold").to_html()
    boxes = (
        '<table><tr><td style="background: rgba(255,0,0,.5)">1</td><td><div style="background:#eee">'
        '<div style="background-color:purple;width:35%"></div></div></td></tr></table>'
    )
    read = _document(make, {"text/html": styled}, {"text/html": boxes})
    cell = read.blocks[0]["body"][1][1]
    assert (cell["colour"], cell["bar"][0]) == ("#00008b", ("#fa8072", 0.0))
    red, drawn = read.blocks[1]["body"][0]
    assert (red["fill"], drawn["bar"][:3]) == (
        "#ff8080",
        [("#800080", 0.0), ("#800080", 35.0), ("#eeeeee", 35.0)],
    )
    assert "linear-gradient(90deg,#fa8072" in html_page(read)
    assert _words(read)


def test_a_long_line_is_whole_and_can_be_copied(make: Any) -> None:
    """A printed line and a line of code wrap on paper without a character more; a cut of very much is stated."""
    line = "x" * 5000 + "END"
    printed = nbformat.v4.new_output("stream", name="stdout", text=line)
    read = document(
        make.notebook(make.code("path = '" + "y" * 300 + "'", printed), report=False), name="t", folder=None
    )
    words = _words(read)
    assert "\u200b" not in words
    assert line in words.replace("\n", "")
    assert "y" * 300 in words.replace("\n", "")
    assert read.remarks == []
    much = nbformat.v4.new_output("stream", name="stdout", text="z" * 100_000)
    cut = document(make.notebook(make.code("", much), report=False), name="t", folder=None)
    assert "… 40,000 characters left out …" in cut.blocks[0]["text"]
    assert cut.remarks == ["cell 1: a long print is cut in its middle"]


def test_links_lead_within_the_document(make: Any) -> None:
    """By Jupyter's name of a heading, by GitHub's, and to an anchor; what leads nowhere is text and is remarked."""
    source = (
        '# T\n\n[a](#Part-two) [b](#part-two) <a href="#x">c</a> [d](#absent) [e](other.ipynb)\n\n'
        '<a id="x"></a>An anchor.\n\n## Part two'
    )
    read = document(make.notebook(make.markdown(source), report=False), name="t", folder=None)
    page = html_page(read)
    assert page.count('href="#part-two"') == 2
    assert 'href="#x"' in page
    assert '<span id="x"></span>' in page
    assert [remark.partition(":")[0] for remark in read.remarks] == [
        "cell 1", "links lead to parts that are not there, and are text",
    ]  # fmt: skip
    opened = pikepdf.open(io.BytesIO(typst_pdf(read)[0]))
    assert len([a for a in opened.pages[0].Annots if a.Subtype == "/Link"]) == 3


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("1.2 Data", "12-data"),
        ("What? (A/B) — `x_1`", "what-ab--x_1"),
        (f"A.{'b ' * 50}", "a" + "b-" * 49 + "b"),
    ],
)
def test_links_find_headings_by_the_names_of_github(make: Any, heading: str, name: str) -> None:
    """Which leave signs out without a hyphen in their place, and are as long as the heading."""
    read = document(
        make.notebook(make.markdown(f"[a](#{name})\n\n## {heading}"), report=False), name="t", folder=None
    )
    assert read.remarks == []


def test_a_part_that_cannot_be_set_takes_no_links_with_it(make: Any) -> None:
    """Only where a link leads to such a part are the links within the page text."""
    broken = make.code(
        "x", make.shown({"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="0"/>'})
    )
    pages = make.notebook(make.markdown("[a](#b)\n\n# B"), broken, report=False)
    written, remarks = typst_pdf(document(pages, name="t", folder=None))
    with pikepdf.open(io.BytesIO(written)) as opened:
        assert [a.Subtype for a in opened.pages[0].Annots] == ["/Link"]
    assert [remark[:6] for remark in remarks] == ["1 of 4"]


@pytest.mark.parametrize("body", ["{}", r"\frac{{{}}}{{2}}", r"\begin{{pmatrix}}{}\end{{pmatrix}}"])
def test_a_wide_formula_stays_on_the_paper(make: Any, body: str) -> None:
    """It breaks between its terms, or is made smaller where it has none."""
    terms = "+".join(f"x_{{{n}}}" for n in range(80))
    read = document(
        make.notebook(make.markdown(f"$${body.format(terms)}$$"), report=False), name="t", folder=None
    )
    (page,) = pypdf.PdfReader(io.BytesIO(typst_pdf(read)[0])).pages
    places: list[float] = []
    page.extract_text(visitor_text=lambda words, cm, tm, *_: places.append(tm[4] * cm[0] + cm[4]))
    assert 0 < max(places) <= page.mediabox.right
    assert min(places) >= 0


def test_a_table_of_ended_lines_breaks_over_pages(make: Any) -> None:
    """Lines count, however short they are."""
    lines = "<br>".join(f"line {n}" for n in range(150))
    read = _document(make, {"text/html": f"<table><tr><td>{lines}</td></tr></table>"})
    assert len(pypdf.PdfReader(io.BytesIO(typst_pdf(read)[0])).pages) == 3


def test_a_high_picture_is_whole(make: Any) -> None:
    """It is as small as its height on a page needs, and nothing of it is cut away."""
    Image.new("RGB", (40, 300)).save(written := io.BytesIO(), "PNG")
    body = base64.b64encode(written.getvalue()).decode()
    tag = f'<img src="data:image/png;base64,{body}" width=400>'
    for read in (
        _document(make, {"image/png": body, "text/plain": ""}),
        *(
            document(make.notebook(make.markdown(m), report=False), name="t", folder=None)
            for m in (tag, f"a {tag}")
        ),
    ):
        with pikepdf.open(io.BytesIO(typst_pdf(read)[0])) as opened:
            steps = list(pikepdf.parse_content_stream(opened.pages[0]))
        placed = [steps[n - 1].operands for n, step in enumerate(steps) if str(step.operator) == "Do"]
        assert [abs(float(sizes[3])) < 600 for sizes in placed] == [True]


def test_html_in_markdown_is_shown_as_jupyterlab_shows_it(make: Any) -> None:
    """Boxes, folded parts, colours, drawings and centred text become nodes; no tag is printed."""
    source = (
        "# A <font color='red'>red</font> title\n\n> [!WARNING]\n> Care.\n\n"
        "<div class='alert alert-info'>Note</div>\n\n"
        "<details><summary>More</summary>\n\n*body*\n\n</details>\n\n<center>c</center>\n\n"
        "<svg width='9' height='9' viewBox='0 0 9 9'><title>Dot</title><circle r='4'/></svg>\n\n"
        "| a |\n|---|\n| `x|y` |"
    )
    read = document(make.notebook(make.markdown(source), report=False), name="t", folder=None)
    assert [b["kind"] for b in read.blocks] == [
        "heading", "notice", "notice", "details", "paragraph", "image", "table",
    ]  # fmt: skip
    assert read.title == "A red title"
    assert plain_text(read.blocks[-1]["body"][0][0]["items"]) == "x|y"
    page = html_page(read)
    assert "<details><summary>More</summary>" in page
    for words in (_words(read), page.partition("<main")[2]):
        assert "&lt;" not in words
        assert "Care." in words


def test_formulas_are_found_in_html_and_money_is_not(make: Any) -> None:
    """Between dollars in a frame's cells, as MathJax finds them; not where a class forbids it."""
    frame = pd.DataFrame({"$x^2$": ["from $5 to $6"]})
    read = _document(
        make, {"text/html": frame.to_html()}, {"text/html": frame.to_html(classes="mathjax_ignore")}
    )
    kinds = [[n["kind"] for n in block["head"][0][1]["items"]] for block in read.blocks]
    assert kinds == [["math"], ["text"]]
    assert plain_text(read.blocks[0]["body"][0][1]["items"]) == "from $5 to $6"


@pytest.mark.parametrize("path", sorted(CASES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_that_exporters_got_wrong_are_published(path: Path) -> None:
    """Both pages are made, print no Python object and no tag, and have few and short remarks."""
    read = document(nbformat.read(path, 4), name=path.stem, folder=path.parent)
    written, remarks = typst_pdf(read)
    words = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written)).pages)
    assert html_page(read)
    for part in ("alt.Chart", "object>", "<a ", "<svg", "<center", "\\operatorname", "<dfn"):
        assert part not in words
    assert len(read.remarks) < 5
    assert all(len(remark) < 250 for remark in [*read.remarks, *remarks])


def test_links_lead_to_headings_in_letters_that_no_font_has(make: Any) -> None:
    """What stands for the letters on the page is no part of the heading's name."""
    source = "[a](#\ue123\ue124) [b](#\ue125\ue126)\n\n# \ue123\ue124\n\n# \ue125\ue126"
    read = document(make.notebook(make.markdown(source), report=False), name="trial", folder=None)
    written, remarks = typst_pdf(read)
    assert len(remarks) == 1
    assert "no font here draws" in remarks[0]
    assert (
        len([a for page in pypdf.PdfReader(io.BytesIO(written)).pages for a in page.annotations or ()]) == 2
    )
