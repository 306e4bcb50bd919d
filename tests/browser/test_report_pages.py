"""Reports and their index on phones and large screens, light and dark: what is read, scrolled, found and printed."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from cfanalysis.core.resources import shipped_file
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.client_batches import ReportSelection, write_client_reports
from cfanalysis.publish.single_report import publish
from cfanalysis.study.prepared_study import Study

from .conftest import Opened
from .test_accessibility import faults

pytestmark = pytest.mark.browser

LEAST = 11  # CSS pixels of a chart's letters
SCREENS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
LETTERS = """() => [...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length).map(t => {
    const m = t.getScreenCTM();
    return [Math.hypot(m.a, m.b) * parseFloat(getComputedStyle(t).fontSize), t.textContent];
}).sort((a, b) => a[0] - b[0])[0]"""
SILENT = """() => [...document.querySelectorAll('.table')].filter(t => {
    const box = t.querySelector('.scroll'), hint = t.querySelector('.sideways');
    return box.scrollWidth > box.clientWidth + 1 && hint.getBoundingClientRect().height < 10;
}).map(t => t.textContent.slice(0, 60))"""


@pytest.fixture(scope="module")
def folder(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client's report with its index, and a research report."""
    folder = tmp_path_factory.mktemp("pages")
    study, client = str(sample_study.folder), sample_study.clients[0]
    write_client_reports(ReportSelection(study, [client]), FolderDestination(folder), formats=["html"])
    notebook = shipped_file("notebooks", "quartile_gaps.ipynb")
    publish(notebook, {"study": study}, output_folder=folder, name="research", formats=["html"])
    return folder


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_pages_fit_every_screen_and_keep_the_rules(
    opened: Opened, folder: Path, axe: str, width: int, scheme: str
) -> None:
    """Nothing scrolls sideways but tables that say so, charts' letters can be read, axe-core finds nothing."""
    for path in sorted(folder.glob("*.html")):
        screen = {"width": width, "height": 844}
        page = opened(path, viewport=screen, color_scheme=scheme, bypass_csp=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert page.evaluate(SILENT) == [], path.name
        smallest = page.evaluate(LETTERS)
        assert smallest is None or smallest[0] >= LEAST, (path.name, smallest)
        assert faults(page, axe) == [], path.name


@pytest.mark.parametrize("width", [390, 1280])
def test_contents_and_the_top_are_at_hand_without_script(opened: Opened, folder: Path, width: int) -> None:
    """From the end of a report one tap or click leads to the contents and to the top."""
    screen = {"width": width, "height": 844}
    page = opened(folder / "research.html", viewport=screen, java_script_enabled=False)
    page.keyboard.press("End")
    contents = page.get_by_role("navigation", name="Contents")
    if width < 1000:
        page.get_by_role("link", name="Contents", exact=True).click()
    contents.get_by_role("link").first.wait_for()
    box = contents.bounding_box()
    assert box
    assert 0 <= box["y"] < 844
    page.get_by_role("link", name="Back to top").click()
    assert page.get_by_role("heading", level=1).bounding_box()["y"] < 844


def test_charts_follow_into_the_dark(opened: Opened, folder: Path) -> None:
    """On a dark page no chart is a white slab: its ground is as dark as the page."""
    page = opened(folder / "research.html", viewport={"width": 1280, "height": 844}, color_scheme="dark")
    chart = page.locator(".picture > svg").first
    picture = Image.open(io.BytesIO(chart.screenshot())).convert("L")
    shades = picture.histogram()
    assert sum(shades[:50]) > sum(shades) / 2
    assert sum(shades[180:]) > 0


def test_printed_pages_are_filled(opened: Opened, folder: Path, tmp_path: Path) -> None:
    """Of a page that is printed from the browser no sheet but the last is two thirds empty."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("needs pdftoppm: make test-system")
    for path in sorted(folder.glob("*.html")):
        page = opened(path, viewport={"width": 1280, "height": 844})
        page.pdf(path=str(tmp_path / "print.pdf"), prefer_css_page_size=True)
        draw = ["pdftoppm", "-r", "30", "-gray", str(tmp_path / "print.pdf"), str(tmp_path / path.stem)]
        subprocess.run(draw, check=True, capture_output=True)
        for number, file in enumerate(sorted(tmp_path.glob(f"{path.stem}-*.pgm"))[:-1], start=1):
            sheet = Image.open(file)
            body = sheet.crop((0, int(0.07 * sheet.height), sheet.width, int(0.93 * sheet.height)))
            inked = body.point(lambda shade: 255 * (shade < 230)).getbbox()
            assert inked, (path.name, number)
            assert inked[3] / body.height > 1 / 3, (path.name, number)
