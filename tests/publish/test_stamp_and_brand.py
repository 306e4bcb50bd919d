"""The stamp in a report's metadata, and the brand on its pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from cfanalysis.core.errors import PublishError
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.publish.provenance import parameters_hash, read_provenance, short_form
from cfanalysis.publish.single_report import publish
from cfanalysis.theme.brand import DEFAULT_BRAND, contrast_ratio, load_brand

Write = Callable[..., Path]

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="30"><rect width="30" height="30"/></svg>'
BRAND = """
name: North & <West>
logo: logo.svg
colours: {accent: "#5b2a86", finding: "#a8480c"}
contact: ["#read(1)", "12 Harbour Street"]
cover: true
paper: letter
"""


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    """A brand file with its logo."""
    (tmp_path / "logo.svg").write_text(LOGO)
    (tmp_path / "brand.yaml").write_text(BRAND)
    return tmp_path / "brand.yaml"


@pytest.fixture
def source(make: Any, write_notebook: Write) -> Path:
    """A report with a masthead that takes one parameter."""
    return write_notebook(
        make.code("data: str = ''", tags=("parameters",)),
        make.code(
            "from cfanalysis.core.blocks import Masthead, Notice\nMasthead('Report', footer='For you')"
        ),
        make.code("from cfanalysis.theme.style import current_theme\nNotice(current_theme().accent)"),
    )


def test_a_report_says_from_what_it_was_made(source: Path, tmp_path: Path) -> None:
    """Both formats carry the same stamp; the short form stands on the last page; other input, another stamp."""
    made = publish(
        source, {"data": "x"}, output_folder=tmp_path / "a", name="r", inputs={"extract": "ab" * 32}
    )
    stamp = read_provenance(made["pdf"])
    assert stamp == read_provenance(made["html"])
    assert set(stamp) == {"extract", "notebook", "parameters", "code", "version", "brand"}
    assert stamp["extract"] == "ab" * 32
    assert f"Stamp {short_form(stamp)}" in pypdf.PdfReader(made["pdf"]).pages[0].extract_text()
    assert f"stamp {short_form(stamp)}" in made["html"].read_text()
    other = publish(
        source, {"data": "y"}, output_folder=tmp_path / "b", name="r", inputs={"extract": "ab" * 32}
    )
    assert read_provenance(other["pdf"])["parameters"] != stamp["parameters"]


def test_a_folder_counts_by_its_content(tmp_path: Path) -> None:
    """Where an extract lies does not change the stamp; what is in it does."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("same")
    one, other = (parameters_hash({"extract": str(tmp_path / n)}) for n in ("a", "b"))
    assert one == other
    (tmp_path / "b" / "file").write_text("other")
    assert parameters_hash({"extract": str(tmp_path / "b")}) != one


def test_a_file_without_a_stamp_is_told(tmp_path: Path) -> None:
    """What cfanalysis has not made has none."""
    (tmp_path / "a.html").write_text("<html></html>")
    for name in ("a.html", "none.pdf"):
        with pytest.raises(PublishError, match=r"no stamp|cannot be read"):
            read_provenance(tmp_path / name)


def test_a_brand_is_on_every_page_that_it_should_be(source: Path, brand: Path, tmp_path: Path) -> None:
    """Logo with its name, accent, contact as text, a cover, the paper; charts take the accent; no trace afterwards."""
    made = publish(source, {}, output_folder=tmp_path / "out", name="r", brand=brand)
    with pikepdf.open(made["pdf"]) as pdf:
        assert [float(x) for x in pdf.pages[0].MediaBox] == [0, 0, 612, 792]
        assert len(pdf.pages) == 2
        alts = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert "North & <West>" in alts
    cover = pypdf.PdfReader(made["pdf"]).pages[0].extract_text()
    assert "#read(1)" in cover
    page = made["html"].read_text()
    for text in ('alt="North &amp; &lt;West&gt;"', "--accent:#5b2a86", "12 Harbour Street", "#5b2a86"):
        assert text in page
    assert re.search(r">\s*#5b2a86\s*<", page)  # the theme's accent, as the cell saw it
    plain = publish(source, {}, output_folder=tmp_path / "out", name="plain", formats=["html"])
    assert "#5b2a86" not in plain["html"].read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "colours: {accent: '#dddddd'}",
            r"brand.yaml, colours.accent\n.*found: +#dddddd, whose contrast with the paper is 1.4:1\n.*at least 4.5:1",
        ),
        (
            "colours: {accent: red}",
            r"colours.accent\n.*found: +'red'\n.*allowed: a colour in quotation marks",
        ),
        ("colour: {}", r"yaml, colour\n.*no such field\n.*did you mean colours"),
        (
            "colours: {acent: '#5b2a86'}",
            r"colours.acent\n.*no such field\n.*accent, finding .did you mean accent",
        ),
        ("logo: none.svg", r"logo\n.*none.svg: there is no such file"),
        ("logo: ../../etc/passwd", "must be in the folder of the brand file"),
        ("paper: a3", r"paper\n.*found: +'a3'\n.*'a4' or 'letter'"),
        ("contact: [a, 12]", r"contact, line 2\n.*found: +12\n.*in quotation marks"),
        ("contact: 12 Harbour Street", r"contact\n.*allowed: a list"),
        ("logo_width: 900", r"logo_width\n.*found: +900\n.*at most 400"),
        ("cover: perhaps", r"cover\n.*true or false"),
        ("colours: red", r"colours\n.*fields below it"),
        ("{paper: a3, cover: 7}", r"in 2 places.*cover: 7; allowed: true or false\n.*paper: 'a3'; allowed"),
        ("fonts: {regular: none.ttf}", r"fonts\n.*none.ttf: there is no such file\n.*allowed: a font file"),
        ("fonts: {regular: ../a.ttf}", r"or below it.\n.*fonts.regular"),
        ("fonts: {italic: logo.svg}", r"fonts.regular\n.*found: +nothing"),
        ("[1", "not valid YAML"),
        ("", "empty"),
    ],
)
def test_what_is_wrong_with_a_brand_is_said(text: str, message: str, tmp_path: Path) -> None:
    """Each wrong field is named, with what is allowed."""
    (tmp_path / "brand.yaml").write_text(text)
    with pytest.raises(PublishError, match=f"(?s){message}"):
        load_brand(tmp_path / "brand.yaml")


def test_messages_hold_no_words_of_the_library(tmp_path: Path) -> None:
    """Nobody is told of value errors and extra inputs."""
    (tmp_path / "brand.yaml").write_text(
        "{colour: 1, paper: a3, contact: x, colours: {accent: '#dddddd'}, name: [1]}"
    )
    with pytest.raises(PublishError, match=r"(?s)in 5 places.*next: .*docs/brand.md") as raised:
        load_brand(tmp_path / "brand.yaml")
    assert not re.search(r"Value error|Input should|Extra inputs|validat", str(raised.value))


def test_the_example_brand_is_right() -> None:
    """The shipped example can be read, and its accent is readable in the dark as well."""
    example = load_brand(Path(__file__).resolve().parents[2] / "data" / "brand.example.yaml")
    assert example.name
    assert contrast_ratio(example.colours.accent_in_the_dark, "#1d2731") >= 4.5
    assert DEFAULT_BRAND.colours.accent == "#0b6e75"


def test_an_archival_report_claims_both_standards(full_report: Any, tmp_path: Path) -> None:
    """PDF/UA-1 and PDF/A-2a, of a report with every kind of block; without it PDF/UA-1 alone."""
    from cfanalysis.publish.rendering.document import document
    from cfanalysis.publish.rendering.pdf import typst_pdf

    (tmp_path / "brand.yaml").write_text("archival: true")
    for archival in (False, True):
        with use_publication(Publication(str(tmp_path / "brand.yaml") if archival else "")):
            written, _ = typst_pdf(document(full_report, name="full", folder=None))
        (tmp_path / "a.pdf").write_bytes(written)
        with pikepdf.open(tmp_path / "a.pdf") as made, made.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert (about.get("pdfaid:part"), about.get("pdfaid:conformance")) == (
                ("2", "A") if archival else (None, None)
            )


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
@pytest.mark.parametrize("width", [0, 120, 400])
@pytest.mark.parametrize("times", [1, 4, 16])
def test_a_notice_touches_neither_logo_nor_title(
    make: Any, write_notebook: Write, tmp_path: Path, width: int, times: int
) -> None:
    """Of any length, beside or above a logo of any width, or the bar that stands where there is none."""
    words = "Entwurf " * times
    masthead = f"from cfanalysis.core.blocks import Masthead\nMasthead('Report', notice={words!r})"
    (tmp_path / "logo.svg").write_text(LOGO)
    (tmp_path / "brand.yaml").write_text(f"logo: logo.svg\nlogo_width: {width}" if width else "name: North")
    notebook = write_notebook(make.code(masthead))
    made = publish(
        notebook, {}, output_folder=tmp_path, name="r", formats=("pdf",), brand=tmp_path / "brand.yaml"
    )
    found = subprocess.run(
        ["pdftotext", "-bbox", "-l", "1", made["pdf"], "-"], check=True, capture_output=True, text=True
    ).stdout
    boxes = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(Entwurf|Report)<', found
    )
    notice = [tuple(map(float, box[:4])) for box in boxes if box[4] == "Entwurf"]
    title = min(float(box[1]) for box in boxes if box[4] == "Report")
    logo_width = width or 46
    logo_top = title - 22 - logo_width / 4 if width else title - 16
    assert len(notice) == times
    assert all(bottom < title for _, _, _, bottom in notice)
    assert all(left > 62 + logo_width + 10 or bottom < logo_top for left, _, _, bottom in notice)
