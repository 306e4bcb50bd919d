"""Charts in a page of somebody else's: nothing is wider than the screen, and values are told to everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.charts.gallery import write_charts
from cfanalysis.study.prepared_study import Study

from .conftest import Opened
from .test_accessibility import faults

pytestmark = pytest.mark.browser
SHOWN = ("quartile_gap", "likert_bars")
HOSTILE = """
* { box-sizing: content-box }
html.dark { background: #111; color: #eee }
img { width: 800px; min-width: 600px; height: 300px; padding: 12px; border: 6px solid red }
svg { width: 40px !important; fill: red }
.post iframe { width: 640px; height: 360px; margin: 0 -30px; padding: 20px; border: 4px solid blue }
.post figure { width: 100%; padding: 24px; border: 3px dotted green; display: flex; flex-direction: column }
.spot, #value { display: none !important }
"""


@pytest.fixture(scope="module")
def folder(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two charts with all that embeds them, and a post that shows them."""
    path = tmp_path_factory.mktemp("post")
    write_charts(sample_study.survey, folder=path, only=SHOWN, formats=["svg"], embed=True)
    parts = [(path / f"{name}{end}").read_text("utf-8") for name in SHOWN for end in (".html", ".embed.html")]
    head = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Post</title>'
    head += '<meta name="viewport" content="width=device-width"><main><h1>Post</h1>'
    (path / "post.html").write_text(head + "".join(parts), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "variant"), [(390, "narrow"), (1280, "")])
def test_a_post_is_as_wide_as_the_screen_and_as_dark(
    opened: Opened, folder: Path, width: int, variant: str, scheme: str
) -> None:
    """No sideways scrolling; the picture is the one for this screen."""
    page = opened(folder / "post.html", viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    image = page.locator("img").first
    image.scroll_into_view_if_needed()
    page.wait_for_function(
        "document.querySelector('img').complete && document.querySelector('img').currentSrc"
    )
    parts = [part for part in ("quartile_gap", variant, "dark" if scheme == "dark" else "") if part]
    assert image.evaluate("i => i.currentSrc").endswith("/" + "-".join(parts) + ".svg")
    assert image.evaluate("i => i.naturalWidth") > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "variant"), [(390, "narrow"), (1280, "wide")])
def test_a_page_of_other_rules_does_not_change_the_charts(
    opened: Opened, folder: Path, axe: str, width: int, variant: str, scheme: str
) -> None:
    """Rules for all images and frames, a switch to the dark by class: no scrolling, whole pictures, values."""
    post = (folder / "post.html").read_text("utf-8").replace("<main>", '<main class="post">')
    post = post.replace('<html lang="en">', f'<html lang="en" class="dark"><style>{HOSTILE}</style>')
    (folder / "hostile.html").write_text(post.replace('interactive.html"', 'interactive.html#dark"'), "utf-8")
    screen = {"width": width, "height": 800}
    page = opened(folder / "hostile.html", viewport=screen, color_scheme=scheme, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for picture in page.locator("img, iframe").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete ?? true", arg=picture.element_handle())
        place, whole = picture.bounding_box(), picture.evaluate("e => [e.naturalWidth, e.naturalHeight]")
        assert place["width"] <= min(width, 800)
        if whole[0]:
            assert place["height"] / place["width"] == pytest.approx(whole[1] / whole[0], rel=0.05)
    frame = page.frame_locator("iframe").last
    assert frame.locator("svg:visible").get_attribute("class") == f"{variant} dark"
    assert frame.locator("html").evaluate(
        "e => [e.scrollWidth - innerWidth, e.scrollHeight - innerHeight]"
    ) == [0, 0]
    frame.locator("svg:visible .spot").nth(1).hover()
    assert frame.locator("#value").inner_text()
    assert faults(page, axe) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_values_are_told_on_hover_touch_and_keyboard(opened: Opened, folder: Path, width: int) -> None:
    """A pointer, a finger and the arrow keys meet the same words; Escape takes them away."""
    screen = {"width": width, "height": 800}
    page = opened(folder / "likert_bars.interactive.html", viewport=screen, has_touch=True)
    spots, value = page.locator("svg:visible .spot"), page.locator("#value")
    assert spots.count() == 24
    spots.nth(2).hover()
    assert value.inner_text() == spots.nth(2).get_attribute("aria-label")
    spots.nth(4).tap()
    assert value.inner_text() == spots.nth(4).get_attribute("aria-label")
    spots.nth(0).focus()
    page.keyboard.press("ArrowDown")
    assert value.inner_text() == spots.nth(1).get_attribute("aria-label")
    page.keyboard.press("Escape")
    assert value.inner_text() == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_interactive_file_keeps_the_rules(opened: Opened, folder: Path, axe: str, scheme: str) -> None:
    """axe-core finds nothing in it but what belongs to the page around it."""
    page = opened(folder / "quartile_gap.interactive.html", color_scheme=scheme, bypass_csp=True)
    assert [fault for fault in faults(page, axe) if "page-has-heading-one" not in fault] == []
