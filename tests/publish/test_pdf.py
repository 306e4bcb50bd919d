from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pikepdf
import pypdf
import pytest

from cfanalysis.core import blocks
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.pdf import TypstPDFExporter, typst_pdf


def _pdf(notebook: Any) -> bytes:
    return typst_pdf(document(notebook, name="trial", folder=None))[0]


def _words(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def _elements(opened: Any) -> list[Any]:
    """Return the structure elements in reading order."""
    found: list[Any] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for item in element:
                walk(item)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append(element)
            if "/K" in element:
                walk(element.K)

    walk(opened.Root.StructTreeRoot.K)
    return found


def test_a_report_is_tagged_and_says_what_it_is(full_report: Any) -> None:
    """Title, language, outline, tags and the PDF/UA claim are there; figures carry their text."""
    data = _pdf(full_report)
    opened = pikepdf.open(io.BytesIO(data))
    assert str(opened.Root.Lang) == "en"
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert "/Outlines" in opened.Root
    with opened.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"].startswith("Self Assessment – Client")
    elements = _elements(opened)
    kinds = Counter(str(e.S) for e in elements)
    assert kinds["/H1"] == 1
    assert kinds["/TH"] == 6  # two columns, three rows, and the label of the key figure
    assert (kinds["/Figure"], kinds["/Formula"], kinds["/Note"], kinds["/Caption"]) == (1, 1, 1, 1)
    assert [str(e.Alt) for e in elements if str(e.S) in ("/Figure", "/Formula")] == [
        "x squared",
        "Say exceeds Do by 9 points.",
    ]


def test_the_same_notebook_gives_the_same_bytes(full_report: Any) -> None:
    """Nothing of the time or the place gets into the file."""
    assert _pdf(full_report) == _pdf(full_report)


def test_hostile_text_is_shown_as_text(full_report: Any) -> None:
    """Each hostile text stands in the PDF as it is; nothing is read, run or printed as an empty box."""
    words = " ".join(_words(_pdf(full_report)).split())
    assert words.count('#read("/etc/passwd")') >= 8
    for part in ("#panic()", "<script>alert(1)</script>", "{{7*7}}", "\\input{x}", "nul\\x00", "⟨U+65E5⟩"):
        assert part in words
    assert "root:" not in words
    assert "alert(3)" not in words


def test_a_report_shows_no_code_and_no_prints(full_report: Any) -> None:
    """What only the author should see stays out."""
    words = _words(_pdf(full_report))
    for part in ("KeyFigures(", "printed words", "UserWarning", "The notebook's own title"):
        assert part not in words
    for part in ("Synthetic data", "Study sample", "Page 1 of", "The note's words.", "Careful."):
        assert part in words


def test_the_notice_stands_on_every_page(make: Any) -> None:
    """Synthetic data says so on each page, the first and those of a long table."""
    rows = [[f"Organization {n}", str(n)] for n in range(150)]
    long = blocks.Table("Long", [blocks.Column("Name", "left"), blocks.Column("Gap")], rows)
    head = make.code("", make.shown(blocks.Masthead("T", notice="Synthetic data", footer="Foot")))
    pages = pypdf.PdfReader(io.BytesIO(_pdf(make.notebook(head, make.code("", make.shown(long)))))).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert "Synthetic data" in text
        assert f"Page {number} of {len(texts)}" in text
        assert "Name" in text  # the head of the table is repeated


def test_the_title_stands_above_a_notice_that_leaves_it_no_room(make: Any) -> None:
    """Beside a short notice the title has its line; a long notice goes below it, and cuts nothing."""
    title = "Alderbarrow Pumps and Valves of the North: Customer Focus Self Assessment, client report"
    for notice in ("Draft", "Draft: compared with a benchmark that is not published; do not hand it out"):
        head = make.code("", make.shown(blocks.Masthead(title, notice=notice)))
        pages = pypdf.PdfReader(io.BytesIO(_pdf(make.notebook(head, make.markdown("Words.\n\n" * 80))))).pages
        assert title in pages[1].extract_text()


def test_a_short_quotation_stays_on_one_page(make: Any) -> None:
    """Wherever a page ends, no line of it is on another."""
    for lines in range(32, 46):
        quoted = make.markdown("Words.\n\n" * lines + "> First words.\n>\n> Last words.")
        pages = pypdf.PdfReader(io.BytesIO(_pdf(make.notebook(quoted)))).pages
        assert all(
            ("First words" in t) == ("Last words" in t) for t in (page.extract_text() for page in pages)
        )


def test_a_wide_table_is_on_the_page(make: Any) -> None:
    """Sixty columns all stand within the paper, in parts one below the other."""
    columns = [blocks.Column("Organization", "left"), *(blocks.Column(f"Item {n}") for n in range(1, 60))]
    wide = blocks.Table("Wide", columns, [["A", *(f"{n}.5" for n in range(1, 60))]])
    reader = pypdf.PdfReader(io.BytesIO(_pdf(make.notebook(make.code("", make.shown(wide))))))
    words = " ".join(page.extract_text() for page in reader.pages).split()
    assert [n for n in range(1, 60) if f"{n}.5" not in words] == []
    assert len(reader.pages) == 1
    for page in reader.pages:
        places: list[float] = []

        def note(words: str, page_at: list[float], line_at: list[float], *_: Any, at: Any = places) -> None:
            if words.strip():
                at.append(line_at[4] * page_at[0] + line_at[5] * page_at[2] + page_at[4])

        page.extract_text(visitor_text=note)
        assert 0 < min(places) <= max(places) < page.mediabox.width - 40


@pytest.mark.parametrize(("alt", "claims"), [("", False), ("A chart.", True)])
def test_another_notebook_claims_what_it_keeps_and_needs_no_alternative_text(
    make: Any, alt: str, claims: bool
) -> None:
    """Exported from the menu, a notebook with a bare picture is published without the PDF/UA claim."""
    cell = make.code("plot()", make.shown({"image/svg+xml": make.svg}))
    cell.outputs[0].metadata["alt"] = alt
    data = _pdf(make.notebook(cell, report=False))
    with pikepdf.open(io.BytesIO(data)).open_metadata() as metadata:
        assert ("pdfuaid:part" in metadata) is claims
    assert "plot()" in _words(data)


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("Letter", 612)])
def test_the_paper_is_the_notebooks_choice(make: Any, paper: str, width: int) -> None:
    """A4 is the rule, Letter on demand."""
    data = _pdf(make.notebook(make.markdown("# T"), paper=paper))
    assert int(pypdf.PdfReader(io.BytesIO(data)).pages[0].mediabox.width) == width


def test_fonts_are_embedded_and_ours(full_report: Any) -> None:
    """The text is set in IBM Plex Sans, in every weight, with DejaVu for what it lacks."""
    fonts = {
        str(font["/BaseFont"]).partition("+")[2]
        for page in pypdf.PdfReader(io.BytesIO(_pdf(full_report))).pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())
    }
    assert {"IBMPlexSans", "IBMPlexSans-SmBld"} <= fonts
    assert not any("LastResort" in font for font in fonts)


def test_characters_that_no_font_has_are_reported_by_name(full_report: Any) -> None:
    """The author is told which characters are shown by their code point."""
    _, remarks = typst_pdf(document(full_report, name="trial", folder=None))
    (said,) = remarks
    assert said.startswith(
        "no font here draws Han (U+65E5, U+672C): shown by code point; install fonts-noto-cjk"
    )


def test_nbconvert_knows_the_exporter(full_report: Any) -> None:
    """The exporter is found by its name and gives a PDF."""
    from nbconvert.exporters import get_exporter

    exporter = get_exporter("cfanalysis_pdf")
    assert exporter is TypstPDFExporter
    data, resources = exporter().from_notebook_node(full_report)
    assert data.startswith(b"%PDF-1.7")
    assert (resources["output_extension"], exporter.output_mimetype) == (".pdf", "application/pdf")


def test_every_kind_of_node_is_drawn(make: Any) -> None:
    """A notebook with all of markdown, nested, compiles under the strict standard."""
    source = (
        "# A\n\n> q **b** *i* ***both*** ~~s~~ `c`<br>x<sub>1</sub><sup>2</sup> <u>u</u>\n\n"
        "1. a\n   - b\n\n     para\n   - [ ] c\n2. d\n\n---\n\nT\n: D\n\n```\nraw\n```\n\n"
        r"$$\sqrt[3]{\frac{a}{b}} \hat x \overline{AB} \underbrace{ab} \binom{n}{k}$$"
        "\n\n"
        r"$$\lim_{x\to0} \left\{\begin{matrix}1&2\end{matrix}\right.$$"
        "\n\n$\\broken{$ text[^1] again[^1]\n\n[^1]: one\n\n    two\n\n"
        "<table><tr><th colspan=2>h</th></tr><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    )
    words = _words(_pdf(make.notebook(make.markdown(source))))
    for part in ("both", "para", "raw", "two", "\\broken{"):
        assert part in words


@pytest.mark.parametrize(
    "source",
    [
        "~~[struck link](https://x.org) <u>~~u~~</u>~~",
        "# $x^2$",
        "# \u200b",
        "*عربي* **עברית** ***ⵣ***",
        "- a table\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |",
        "> <table><tr><td>" + "x" * 200 + "</td><td>1</td></tr></table>",
        r"$$\frac{a}$$ and $$x_{$$",
        "http://x.y\u2028 http://z.w\u00ad",
        "[^1]\n\n[^1]: a [^1] within itself",
        "![](attachment:none.png)",
    ],
)
def test_what_once_failed_is_drawn(make: Any, source: str) -> None:
    """Odd markdown that the strict standard or the compiler has refused."""
    assert _pdf(make.notebook(make.markdown(source))).startswith(b"%PDF")


def test_a_table_s_title_stands_on_the_page_of_its_head(make: Any) -> None:
    """Wherever on a page a long table begins."""
    rows = "<tr><td>cell</td></tr>" * 20
    source = "".join(
        f"{'line<br>' * (5 * n)}\n\n<table><caption>Title{n}.</caption><thead><tr><th>Head{n}.</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>\n\n"
        for n in range(8)
    )
    data = _pdf(make.notebook(make.markdown(source), report=False))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    for n in range(8):
        (titled,) = (page for page in pages if f"Title{n}." in page)
        assert f"Head{n}." in titled
