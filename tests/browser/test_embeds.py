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
