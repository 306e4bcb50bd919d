from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from cfanalysis.publish.rendering.pictures import (
    Picture,
    picture,
    picture_from_uri,
    raster_picture,
    svg_for_typst,
    svg_in_page,
    svg_picture,
)


def _svg(inside: str, head: str = "") -> Picture:
    found = svg_picture(
        f'{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="2in" height="1in" onload="x()">{inside}</svg>'
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<rect onclick='alert(1)'/>",
        "<a xlink:href='javascript:alert(1)'><rect/></a>",
        "<image href='file:///etc/passwd'/>",
        "<image xlink:href='https://x.org/a.png'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<use href='other.svg#a'/>",
        "<rect style='fill: url(https://x.org/a)'/>",
        "<style>@import url(https://x.org/a.css);</style>",
        "<set attributeName='href' to='javascript:x'/>",
    ],
)
def test_what_acts_or_refers_outside_is_taken_out_of_an_svg(inside: str) -> None:
    """Scripts, handlers, foreign content and references beyond the picture are gone."""
    data = _svg(inside).data.decode()
    for trace in (
        "script",
        "alert",
        "onclick",
        "onload",
        "passwd",
        "x.org",
        "other.svg",
        "svg+xml",
        "foreign",
    ):
        assert trace not in data


def test_what_draws_is_kept() -> None:
    """Shapes, text, references within the picture and embedded rasters stay."""
    inside = "<defs><path id='m' d='M0 0'/></defs><use xlink:href='#m'/><text>a &lt; b</text>"
    data = _svg(inside + "<image xlink:href='data:image/png;base64,AAAA'/>").data.decode()
    for part in ('id="m"', 'href="#m"', "a &lt; b", "data:image/png;base64,AAAA"):
        assert part in data
    assert _svg("").width == 144


def test_what_stands_in_a_link_or_in_html_within_a_drawing_is_drawn() -> None:
    """gnuplot links its curves; Mermaid writes its words as HTML: its words are set, its scripts are not."""
    html = "<div xmlns='http://www.w3.org/1999/xhtml'><b>Say</b> &lt;and&gt; do</div><script>x()</script>"
    inside = (
        "<a xlink:href='https://x.org/'><path d='M0 0L9 9'/></a>"
        f"<foreignObject x='10px' width='40' height='20'>{html}</foreignObject>"
    )
    data = _svg(inside).data.decode()
    assert '<g><path d="M0 0L9 9"/></g>' in data
    assert 'x="30" y="10"' in data
    assert "Say &lt;and&gt; do</text>" in data
    assert "x()" not in data.replace('onload="x()"', "")


def test_entities_are_not_read() -> None:
    """A document type cannot pull a file in."""
    head = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert b"root:" not in _svg("<text>&x;</text>", head).data


def test_in_a_page_identifiers_are_prefixed_and_the_label_is_set(make: Any) -> None:
    """Two charts on a page share no identifier; the general rule stands on the root."""
    found = svg_picture(make.svg)
    assert found is not None
    markup = svg_in_page(found, prefix="p1-", label='Say "exceeds" Do')
    assert markup is not None
    for part in ('id="p1-clip"', "url(#p1-clip)", 'role="img"', 'aria-label="Say &quot;exceeds&quot; Do"'):
        assert part in markup
    assert 'style="stroke-linejoin: round"' in markup
    assert "<style" not in markup


def test_an_svg_whose_styles_would_reach_the_page_is_not_put_inside_it() -> None:
    """Rules for classes or elements would act on the page around; embedded fonts are dropped."""
    assert svg_in_page(_svg("<style>text{fill:red}</style>"), prefix="", label=None) is None
    fonts = _svg("<style>@font-face{font-family:'IBM Plex Sans';src:url(data:font/woff2;base64,AA)}</style>")
    assert svg_in_page(fonts, prefix="", label=None) is not None


def test_for_typst_semibold_text_names_its_family(make: Any) -> None:
    """Typst knows the semibold weight as a family of its own; missing characters are replaced."""
    found = svg_picture(make.svg)
    assert found is not None
    data = svg_for_typst(found, heavy="IBM Plex Sans SmBld", drawable=str.upper).decode()
    assert "font-family: 'IBM Plex Sans SmBld'" in data
    assert "LEADERSHIP" in data


@pytest.mark.parametrize("data", [b"", b"text", b"<html/>", b"<svg", b"%PDF-1.7"])
def test_other_files_are_no_pictures(data: bytes) -> None:
    """What is none of the known kinds is refused by its content."""
    assert picture(data) is None


def test_a_png_knows_its_width_and_its_uri(make: Any) -> None:
    """A PNG without a resolution has 96 pixels an inch; its URI holds it."""
    found = picture(make.png(width=96))
    assert found is not None
    assert (found.suffix, found.width) == ("png", 72)
    assert picture_from_uri(found.data_uri) == found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pixels_have_a_width(kind: str) -> None:
    """As many as 96 to an inch, where the file does not say otherwise."""
    written = io.BytesIO()
    Image.new("RGB", (192, 20)).save(written, kind)
    found = raster_picture(written.getvalue())
    assert found is not None
    assert found.width == pytest.approx(144)


@pytest.mark.parametrize(("kind", "lost"), [("PNG", 12), ("PNG", 20), ("TIFF", 0)])
def test_a_picture_that_other_programs_repair_is_whole_on_the_page(kind: str, lost: int) -> None:
    """A PNG without its end, and a resolution of one pixel to an inch: pixels are taken, and 96 to an inch."""
    Image.new("RGB", (192, 20)).save(written := io.BytesIO(), kind)
    found = raster_picture(written.getvalue()[: -lost or None])
    assert found is not None
    assert found.width == pytest.approx(144)
    assert found.data.endswith(b"IEND\xaeB`\x82")


def test_a_drawing_without_a_view_box_is_whole_in_a_page() -> None:
    """Its size in CSS pixels is that of its coordinates."""
    markup = svg_in_page(_svg("<rect/>"), prefix="p-", label=None)
    assert markup is not None
    assert 'viewBox="0 0 192 96"' in markup


@pytest.mark.parametrize(
    "written",
    ['a:b="1"', 'x="1" x="2"', 'xmlns:a:b="c"', '1a="2" =3 -b="x"', "checked", 'xml:id="3 4"', "a='\"<'"],
)
def test_a_drawing_that_is_no_xml_is_drawn_without_what_is_none(written: str) -> None:
    """In HTML an SVG may be written in ways that XML forbids: what remains of it is XML."""
    markup = f'<svg {written} width="4" height="4"><rect {written} width="1" height="1"/></svg>'
    found = svg_picture(markup, lenient=True)
    assert found is not None
    assert b"<rect" in found.data
    assert svg_in_page(found, prefix="a-", label=None)


@pytest.mark.parametrize(
    "markup", ['<svg a"b="x"><rect/></svg>', "<svg", "<svg><a:rect></svg>", "<svg>\0</svg>"]
)
def test_a_drawing_of_which_nothing_is_left_is_none(markup: str) -> None:
    """A page says that there is a picture that cannot be read, and shows no empty one."""
    assert svg_picture(markup, lenient=True) is None
