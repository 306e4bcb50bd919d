from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html
from nbformat import v4

from cfanalysis.core import blocks
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.html import PageHTMLExporter, html_page


def _page(notebook: Any) -> str:
    return html_page(document(notebook, name="trial", folder=None))


def test_the_page_needs_nothing_from_outside(full_report: Any) -> None:
    """No script, and no address but links: styles, fonts and pictures are inside the file."""
    written = _page(full_report)
    tree = html.fromstring(written)
    assert tree.xpath("//script | //link | //iframe | //object | //embed | //base | //form") == []
    assert tree.xpath("//@src[not(starts-with(., 'data:'))]") == []
    assert [name for e in tree.iter() for name in e.attrib if name.lower().startswith("on")] == []
    assert re.findall(r"url\((?!data:|#)", written) == []
    assert "default-src 'none'" in written
    assert not re.search(r"href=.?javascript", written, re.IGNORECASE)


def test_hostile_text_is_shown_as_text(full_report: Any) -> None:
    """Each hostile text can be read on the page as it is."""
    words = html.fromstring(_page(full_report)).text_content()
    assert words.count('#read("/etc/passwd")') >= 8
    for part in ("<script>alert(1)</script>", "{{7*7}}", "nul\\x00", "$x$ `code` @ref <label>"):
        assert part in words
    assert "\u202e" not in words


def test_the_page_can_be_found_ones_way_in(full_report: Any) -> None:
    """Language, title, skip link, landmarks, one first heading, labelled figure and table."""
    tree = html.fromstring(_page(full_report))
    assert tree.get("lang") == "en"
    assert tree.findtext(".//title").startswith("Self Assessment – Client")
    assert tree.xpath("//a[@class='skip']/@href") == ["#content"]
    for landmark in ("header", "main", "footer"):
        assert len(tree.xpath(f"//body/{landmark}")) == 1
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//*[local-name()='svg']/@aria-label") == ["Say exceeds Do by 9 points."]
    assert tree.xpath("//th/@scope") == ["col", "col", "row", "row", "row"]
    (region,) = tree.xpath("//*[@role='group']")
    assert region.get("tabindex") == "0"
    assert tree.get_element_by_id(region.get("aria-labelledby")).text_content().startswith("Table ")
    identifiers = tree.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    for target in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        assert target[1:] in identifiers


def test_the_notice_is_on_the_screen_and_on_each_printed_page(full_report: Any) -> None:
    """The bar stays in sight, and the printed page has it in its margin."""
    written = _page(full_report)
    assert '<aside class="banner" aria-label="Notice"><strong>Synthetic data</strong></aside>' in written
    assert '@top-right { content: "Synthetic data"' in written


def test_a_report_shows_no_code_and_another_notebook_does(full_report: Any) -> None:
    """Code, prints and warnings are for the author."""
    author_only = ("KeyFigures(", "printed words", "UserWarning")
    report = html.fromstring(_page(full_report)).text_content()
    assert not any(part in report for part in author_only)
    full_report.metadata["cfanalysis"]["report"] = False
    ordinary = html.fromstring(_page(full_report)).text_content()
    assert all(part in ordinary for part in author_only)


def test_math_is_mathml_or_its_source(make: Any) -> None:
    """A formula needs no script; one that cannot be read is shown as it was written."""
    written = _page(make.notebook(make.markdown("# T\n\n$x^2$ and $\\broken{<b>$")))
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" alttext="x squared">' in written
    assert '<code class="latex">\\broken{&lt;b&gt;</code>' in written


def test_only_the_parts_of_the_fonts_that_are_needed_are_embedded(make: Any) -> None:
    """Greek letters bring the Greek part, and a plain page stays small."""
    plain = _page(make.notebook(make.markdown("# Title")))
    greek = _page(make.notebook(make.markdown("# Title α")))
    assert plain.count("@font-face") == 3
    assert greek.count("@font-face") == 6
    assert len(plain) < 120_000


@pytest.mark.parametrize("language", ["python", "unknown", ""])
def test_code_is_escaped(make: Any, language: str) -> None:
    """Markup in code stays code, whether its language is known or not."""
    written = _page(make.notebook(make.markdown(f"# T\n\n```{language}\n<b onclick='x'>\n```")))
    assert "<b onclick" not in written
    assert "<b onclick='x'>" in html.fromstring(written).text_content()


def test_a_css_string_cannot_end_early(make: Any) -> None:
    """A notice that tries to leave its style sheet stays a string in it."""
    head = make.code("", make.shown(blocks.Masthead("T", notice='"; } </style><script>alert(1)</script>')))
    written = _page(make.notebook(head))
    assert "<script>" not in written
    assert written.count("</style>") == 1


def test_nbconvert_knows_the_exporter(full_report: Any) -> None:
    """The exporter is found by its name and gives a page."""
    from nbconvert.exporters import get_exporter

    exporter = get_exporter("cfanalysis_html")
    assert exporter is PageHTMLExporter
    written, resources = exporter().from_notebook_node(full_report)
    assert written.startswith("<!DOCTYPE html>")
    assert (resources["output_extension"], exporter.output_mimetype) == (".html", "text/html")


def test_a_chart_for_phones_stands_beside_the_chart(full_report: Any) -> None:
    """The page has the picture for narrow screens with the same words; without one, there is one picture."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text id="a">{}</text></svg>'
    shown = blocks.Figure(svg.format("wide"), "Say exceeds Do.", 90.0, narrow=svg.format("narrow"))
    data, metadata = shown._repr_mimebundle_()
    output = v4.new_output("display_data", data=data, metadata=metadata)
    full_report.cells.append(v4.new_code_cell("", outputs=[output]))
    tree = html.fromstring(_page(full_report))
    drawings = tree.xpath("//div[@class='picture drawn twice']/*[local-name()='svg']")
    assert [drawing.get("aria-label") for drawing in drawings] == ["Say exceeds Do."] * 2
    assert [drawing.text_content() for drawing in drawings] == ["wide", "narrow"]
    identifiers = tree.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    assert len(tree.xpath("//div[@class='picture drawn']/*[local-name()='svg']")) == 1


def test_blocks_bring_their_look_into_a_notebook() -> None:
    """What JupyterLab shows of a block has its style, also for a dark notebook; a mark that is not seen has none."""
    shown = blocks.KeyFigures([blocks.KeyFigure("Gap", "+0.18")])._repr_mimebundle_()[0]["text/html"]
    assert shown.startswith("<style>")
    assert 'data-jp-theme-light="false"' in shown
    assert blocks.SectionMark(1)._repr_mimebundle_()[0]["text/html"] == ""
