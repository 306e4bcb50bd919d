"""Letters of other scripts: the fonts that draw them, and which way they run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.figure import Figure

from cfanalysis.charts.chart_rendering import save_chart, svg_text
from cfanalysis.charts.text_metrics import text_width
from cfanalysis.core.errors import PublishError
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.publish.provenance import read_provenance
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.html import html_page
from cfanalysis.publish.rendering.pdf import typst_pdf
from cfanalysis.theme import script_fonts as fonts
from cfanalysis.theme.brand import brand_files, load_brand
from cfanalysis.theme.script_fonts import script_fonts
from cfanalysis.theme.style import apply_theme

HAN = "\u65e5\u672c"
ARABIC = "\u0634\u0631\u0643\u0629 \u0627\u0644\u0627\u062e\u062a\u0628\u0627\u0631"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"


def write_font(path: Path, characters: str, family: str) -> Path:
    """Write a font that draws a box for each of some characters."""
    names = [".notdef", *(f"g{n}" for n in range(len(characters)))]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(c): f"g{n}" for n, c in enumerate(characters)})
    made.setupGlyf({name: _box(500 + 10 * n) for n, name in enumerate(names)})
    made.setupHorizontalMetrics(dict.fromkeys(names, (800, 100)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": "Regular", "psName": "TestHan-Regular"})
    made.setupOS2(sTypoAscender=800, usWeightClass=400)
    made.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)
    return path


def _box(height: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in [(100, height), (700, height), (700, 0)]:
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    """A brand with a folder of fonts for Han signs."""
    write_font(tmp_path / "scripts" / "TestHan-Regular.ttf", HAN, "Test Han")
    (tmp_path / "brand.yaml").write_text("script_fonts: scripts")
    return tmp_path / "brand.yaml"


def test_a_brands_folder_draws_what_ours_lack(brand: Path, make: Any, tmp_path: Path) -> None:
    """The letters are in PDF and page of a report, with the part of the font that they need, which is named."""
    with use_publication(Publication(str(brand))):
        cells = [make.markdown(f"# {HAN} head\n\n{HAN}, `{HAN}` and **{HAN}**")]
        read = document(make.notebook(*cells, report=True), name="a", folder=None)
    written, remarks = typst_pdf(read)
    assert remarks == []
    page = pypdf.PdfReader(io.BytesIO(written)).pages[0]
    used = [str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()]
    assert any("TestHan" in name for name in used)
    assert "65E5" not in page.extract_text()
    web = html_page(read)
    assert "font-family:'Test Han';src:url(data:font/woff;base64," in web
    for name, content in (("a.pdf", written), ("a.html", web.encode())):
        (tmp_path / name).write_bytes(content)
        assert read_provenance(tmp_path / name)["fonts"] == "Test Han 1"
    assert (typst_pdf(read)[0], html_page(read)) == (written, web)
    assert brand.parent / "scripts" / "TestHan-Regular.ttf" in brand_files(brand)


def test_without_such_letters_nothing_changes(brand: Path, make: Any) -> None:
    """The folder alone changes no byte of a page that does not need it."""
    made = []
    for given in (str(brand), ""):
        with use_publication(Publication(given)):
            read = document(
                make.notebook(make.markdown("# T\n\nna\u00efve \u03b2"), report=True), name="a", folder=None
            )
        made.append((typst_pdf(read)[0], html_page(read)))
    assert made[0] == made[1]


def test_the_title_in_the_metadata_is_never_code_points(make: Any) -> None:
    """Also where no font draws it."""
    read = document(make.notebook(make.markdown(f"# {HAN} head"), report=True), name="t", folder=None)
    with pikepdf.open(io.BytesIO(typst_pdf(read)[0])).open_metadata() as metadata:
        assert metadata["dc:title"] == f"{HAN} head"


def test_common_emoji_are_drawn_everywhere(make: Any) -> None:
    """With their shades, which are left out; no font of the machine is needed."""
    words = "\U0001f389 \U0001f680 \U0001f44d\U0001f3fd \u2764\ufe0f"
    read = document(make.notebook(make.markdown(words), report=True), name="t", folder=None)
    written, remarks = typst_pdf(read)
    assert remarks == []
    assert "\U0001f680" in pypdf.PdfReader(io.BytesIO(written)).pages[0].extract_text()
    assert "Workbook Emoji" in html_page(read)


def test_a_font_that_is_a_link_out_of_the_brands_folder_is_refused(brand: Path, tmp_path: Path) -> None:
    """A brand travels as one folder."""
    outside = tmp_path.parent / "outside.ttf"
    outside.write_bytes(b"")
    (brand.parent / "scripts" / "link.ttf").symlink_to(outside)
    with pytest.raises(PublishError, match=r"script_fonts(.|\n)*link\.ttf"):
        load_brand(brand)


@pytest.mark.parametrize("folder", ["missing", "empty", "../elsewhere"])
def test_a_folder_that_cannot_serve_is_refused(tmp_path: Path, folder: str) -> None:
    """It is missing, holds no font, or lies outside."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "brand.yaml").write_text(f"script_fonts: {folder}")
    with pytest.raises(PublishError, match="script_fonts"):
        load_brand(tmp_path / "brand.yaml")


def test_the_language_decides_between_forms_of_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with several faces gives that of the language, else of the letters beside the signs."""
    faces = tuple(
        fonts.ScriptFont(f"Test CJK {region}", "a.ttc", n, "1", frozenset(map(ord, HAN + "\u3042\uac00")))
        for n, region in enumerate(["JP", "KR", "SC", "TC"])
    )
    monkeypatch.setattr(fonts, "_faces", lambda path: faces if path == "a.ttc" else ())
    monkeypatch.setattr(fonts, "_paths", lambda folder: ["a.ttc"])
    fonts._font_of.cache_clear()
    for words, language, region in [
        (HAN, "zh-TW", "TC"), (HAN, "ja", "JP"), (HAN, "", "SC"), (HAN + "\u3042", "en", "JP"),
        (HAN + "\uac00", "", "KR"),
    ]:  # fmt: skip
        assert [font.family for font in script_fonts(words, language=language)] == [f"Test CJK {region}"]
    fonts._font_of.cache_clear()


def test_parts_from_the_right_say_so(make: Any) -> None:
    """Paragraphs, lists, quotations and cells of Arabic and Hebrew; others, and pages without any, do not."""
    table = f"| a | b |\n|---|---|\n| {ARABIC} | x |"
    source = f"{ARABIC} 42 English.\n\n- {HEBREW}\n\n> {HEBREW}\n\n{table}\n\nplain {HEBREW}"
    web = html_page(document(make.notebook(make.markdown(source)), name="t", folder=None))
    for part in (
        f'<p dir="rtl">{ARABIC}',
        '<ul dir="rtl">',
        '<blockquote dir="rtl">',
        f'<td dir="rtl">{ARABIC}',
        "<p>plain",
    ):
        assert part in web
    assert 'dir="' not in html_page(document(make.notebook(make.markdown("plain")), name="t", folder=None))
    read = document(make.notebook(make.markdown("plain"), lang="he"), name="t", folder=None)
    assert '<html lang="he" dir="rtl">' in html_page(read)
    assert '<p dir="ltr">plain' in html_page(read)
    assert typst_pdf(read)[1] == []


@pytest.mark.system
def test_fonts_of_the_machine_draw_a_page_and_a_chart(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six scripts with Debian's Noto fonts: no remark, and the letters in PDF, page, SVG, PNG and a chart's PDF."""
    monkeypatch.undo()
    monkeypatch.setattr(fonts, "_font_of", fonts._font_of.__wrapped__)  # remembers nothing for other tests
    if not script_fonts(HAN):
        pytest.skip("this machine has no font for Han signs")
    words = f"{HAN} \uac00\ub098 {ARABIC} {HEBREW} \u0e01\u0e02 \u0939\u093f\u0928\u094d\u0926\u0940"
    read = document(make.notebook(make.markdown(f"# {words}\n\n{words}"), report=True), name="t", folder=None)
    written, remarks = typst_pdf(read)
    assert remarks == []
    assert HAN in pypdf.PdfReader(io.BytesIO(written)).pages[0].extract_text()
    assert html_page(read).count("@font-face{font-family:'Noto Sans") >= 3
    with apply_theme() as theme:
        drawing = Figure(figsize=(4, 1))
        drawing.text(0.1, 0.5, words, weight=theme.bold)
        assert text_width(words, 9) > text_width(words[:-3], 9) > 100
    assert "Noto Sans CJK" in svg_text(drawing)
    for form in ("png", "pdf"):
        assert save_chart(drawing, tmp_path / f"a.{form}", alt="a").stat().st_size > 1_000
