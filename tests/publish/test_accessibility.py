"""What PDF/UA asks of a structure tree, checked element by element; what Typst does not check itself."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cfanalysis.core import blocks
from cfanalysis.publish.client_batches import publish_extract
from cfanalysis.publish.provenance import read_provenance
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.pdf import typst_pdf
from cfanalysis.study.client_extract import cut_extract
from cfanalysis.study.prepared_study import Study

HEADINGS = {f"/H{level}": level for level in range(1, 7)}
BLOCKS = {"/P", "/Figure", "/Table", "/L", "/Caption", "/BlockQuote", "/Code", *HEADINGS}


def elements(opened: pikepdf.Pdf) -> list[tuple[Any, list[str]]]:
    """Every element of the structure tree in its order, with the kinds above it."""
    found: list[tuple[Any, list[str]]] = []

    def walk(element: Any, above: list[str]) -> None:
        if isinstance(element, pikepdf.Array):
            for item in element:
                walk(item, above)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append((element, above))
            if "/K" in element:
                walk(element.K, [*above, str(element.S)])

    walk(opened.Root.StructTreeRoot.K, [])
    return found


def marks(opened: pikepdf.Pdf) -> list[tuple[int, int]]:
    """Page number and content number of every piece of content, in the order of reading."""
    pages = {page.obj.objgen: number for number, page in enumerate(opened.pages)}
    found: list[tuple[int, int]] = []

    def walk(inside: Any, page: Any) -> None:
        if isinstance(inside, int):
            found.append((pages[page.objgen], int(inside)))
        elif isinstance(inside, pikepdf.Array):
            for item in inside:
                walk(item, page)
        elif isinstance(inside, pikepdf.Dictionary):
            page = inside.get("/Pg", page)
            if inside.get("/Type") == "/MCR":
                found.append((pages[page.objgen], int(inside.MCID)))
            elif "/S" in inside and "/K" in inside and inside.S != "/Note":
                walk(inside.K, page)  # a footnote is read where it is referred to, and drawn below

    walk(opened.Root.StructTreeRoot.K, None)
    return found


def defects(written: bytes) -> list[str]:
    """Everything in a PDF that someone who has it read to them would stumble over."""
    opened = pikepdf.open(io.BytesIO(written))
    found = []
    if not str(opened.Root.get("/Lang", "")):
        found.append("no language")
    if not opened.Root.ViewerPreferences.DisplayDocTitle:
        found.append("the title is not shown")
    if not opened.Root.MarkInfo.Marked:
        found.append("not marked")
    with opened.open_metadata() as metadata:
        if not metadata.get("dc:title"):
            found.append("no title")
    level = 0
    for element, above in elements(opened):
        kind = str(element.S)
        if kind in ("/Figure", "/Formula") and not str(element.get("/Alt", "")).strip():
            found.append(f"{kind} without alternative text")
        if kind == "/TH" and not any("/Scope" in a for a in listed(element.get("/A"))):
            found.append("header cell without scope")
        if kind in ("/TH", "/TD") and above[-1] != "/TR":
            found.append(f"{kind} outside a row")
        if kind == "/TR" and above[-1] not in ("/Table", "/THead", "/TBody", "/TFoot"):
            found.append("row outside a table")
        if kind == "/LI" and above[-1] != "/L":
            found.append("item outside a list")
        if kind in HEADINGS:
            if HEADINGS[kind] > level + 1:
                found.append(f"heading {kind} after level {level}")
            level = HEADINGS[kind]
        if kind == "/Link" and not str(element.get("/Alt", "")) and "/K" not in element:
            found.append("empty link")
    order = marks(opened)
    if len(order) != len(set(order)):
        found.append("content is read twice")
    for number in range(len(opened.pages)):
        mine = [mark for page, mark in order if page == number]
        if sum(a > b for a, b in pairwise(mine)) > 0:
            found.append(f"page {number + 1} is not read in the order in which it is drawn")
    return found


def listed(attributes: Any) -> list[Any]:
    """Attributes as a list."""
    if attributes is None:
        return []
    return list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]


def test_a_report_has_no_defect(full_report: Any) -> None:
    """Alternative texts, scopes, headings, language, title, order."""
    assert defects(typst_pdf(document(full_report, name="full", folder=None))[0]) == []


def test_defects_are_seen(full_report: Any) -> None:
    """The check is no formality: a scope, an alternative text and the language taken away are found."""
    opened = pikepdf.open(io.BytesIO(typst_pdf(document(full_report, name="full", folder=None))[0]))
    for element, _ in elements(opened):
        if str(element.S) == "/TH":
            del element["/A"]
        if str(element.S) == "/Figure":
            del element["/Alt"]
    del opened.Root["/Lang"]
    changed = io.BytesIO()
    opened.save(changed)
    assert {"no language", "header cell without scope", "/Figure without alternative text"} <= set(
        defects(changed.getvalue())
    )


def test_the_first_cell_of_a_row_labels_it(full_report: Any) -> None:
    """Row labels are header cells of their row; other cells of the body are not header cells."""
    opened = pikepdf.open(io.BytesIO(typst_pdf(document(full_report, name="full", folder=None))[0]))
    found = [e for e, above in elements(opened) if str(e.S) == "/TR" and "/TBody" in above]
    rows = [row for row in found if len(row.K) > 1]  # a key figure has one cell under its label
    assert rows
    for row in rows:
        cells = list(row.K)
        assert [str(cell.S) for cell in cells] == ["/TH"] + ["/TD"] * (len(cells) - 1)
        assert [str(a.Scope) for a in listed(cells[0].A) if "/Scope" in a] == ["/Row"]


def _failures(written: bytes) -> list[str]:
    """Return the rules of PDF/UA-1 that an independent checker finds broken."""
    page = pytest.importorskip("page", reason="page-validation is not installed")
    return [str(failure) for failure in page.validate_pdf_bytes(written, profile="ua1").failures]


def test_an_independent_checker_passes_reports_and_other_notebooks(full_report: Any, make: Any) -> None:
    """Of a report, and of a notebook with boxes, links, formulas and tables, no rule of PDF/UA-1 is broken."""
    assert _failures(typst_pdf(document(full_report, name="full", folder=None))[0]) == []
    source = (
        "# A <font color=red>t</font> [to b](#b)\n\n<a id='b'></a>x $\\frac{a}{b}$ $\\text{und } \\foo$\n\n"
        "> [!NOTE]\n> n\n\n<details><summary>s</summary>d</details>\n\n<center>c</center>\n\n"
        "| | n |\n|-|-|\n| a | 1 |\n\n- [ ] y <mark>m</mark>\n\n"
        "<table><caption>T</caption><tr><th></th><th>a</th></tr><tr><th>r</th><td>1</td></tr></table>"
    )
    written = typst_pdf(document(make.notebook(make.markdown(source), report=False), name="n", folder=None))[
        0
    ]
    assert _failures(written) == []
    with pikepdf.open(io.BytesIO(written)).open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_the_checker_sees_what_is_missing(make: Any) -> None:
    """The check is no formality: a picture without alternative text breaks a rule."""
    bare = make.notebook(make.code("p", make.shown({"image/svg+xml": make.svg})), report=False)
    assert _failures(typst_pdf(document(bare, name="n", folder=None))[0])


def test_titles_are_captions_and_empty_corners_no_headers(make: Any) -> None:
    """A table's title is its caption; the corner above the labels of rows is a plain cell; figures have labels."""
    markup = "<table><caption>T</caption><tr><th></th><th>a</th></tr><tr><th>r</th><td>1</td></tr></table>"
    figures = make.shown(blocks.KeyFigures([blocks.KeyFigure("Gap", "9.4", "wide")] * 5))
    cells = (make.code("", make.shown({"text/html": markup})), make.code("", figures))
    written = typst_pdf(document(make.notebook(*cells), name="n", folder=None))[0]
    opened = pikepdf.open(io.BytesIO(written))
    found = elements(opened)
    assert [above[-1] for e, above in found if str(e.S) == "/Caption"] == ["/Table"]
    rows = [[str(cell.S) for cell in e.K] for e, _ in found if str(e.S) == "/TR"]
    assert rows == [["/TD", "/TH"], ["/TH", "/TD"], ["/TH"] * 3, ["/TD"] * 3, ["/TH"] * 2, ["/TD"] * 2]


@pytest.mark.slow
def test_a_client_s_report_has_no_defect(sample_study: Study, tmp_path: Path) -> None:
    """The whole report of the sample's first client, and its stamp can still be read."""
    extract = cut_extract(sample_study, sample_study.clients[0], tmp_path / "extract")
    made = publish_extract(extract, tmp_path, name="report", formats=["pdf"])["pdf"]
    assert defects(made.read_bytes()) == []
    assert _failures(made.read_bytes()) == []
    assert "extract" in read_provenance(made)
    assert made.stat().st_size < 300_000
