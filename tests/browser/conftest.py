"""A real Chromium, without a network; tests are skipped, with the reason, where it is not installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ..conftest import ROOT, TINY

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1200, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
}
Opened = Callable[..., Any]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, one for all tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make test-browser")
    path = (
        os.environ.get("CFANALYSIS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if path is None:
        pytest.skip("needs Chromium: sh tests/install_browser.sh")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Opened]:
    """A function that opens a page; it fails at the end if a script broke or something was loaded."""
    contexts: list[Any] = []
    broken: list[str] = []
    loaded: list[str] = []

    def opening(path: Path, *, context: Any = None, watch: bool = True, **options: Any) -> Any:
        if context is None:
            context = chromium.new_context(accept_downloads=True, **options)
            context.set_default_timeout(15_000)
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        if watch:
            page.on("request", lambda request: loaded.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opening
    for context in contexts:
        context.close()
    assert broken == []
    assert {url.split(":")[0] for url in loaded} <= {"file", "data", "blob"}


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of axe-core."""
    folder = os.environ.get("CFANALYSIS_BROWSER_CACHE", str(ROOT / ".venv" / "browser"))
    path = Path(folder) / "axe.min.js"
    if not path.is_file():
        pytest.skip(f"needs axe-core in {folder}: sh tests/install_browser.sh")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def tiny_page(tmp_path: Path, tiny: Any) -> Path:
    """The page of the tiny instrument."""
    from cfanalysis.questionnaire import questionnaire, write_offline_page

    return write_offline_page(questionnaire(tiny, wave="2025"), tmp_path / "tiny.html")


@pytest.fixture(scope="session")
def focus_page(tmp_path_factory: pytest.TempPathFactory, instrument_file: Path, sample_study: Any) -> Path:
    """The page of the whole instrument, with the sample as its benchmark."""
    from cfanalysis.questionnaire import page_benchmark, questionnaire, write_offline_page
    from cfanalysis.survey.instrument import load_instrument

    instrument = load_instrument(instrument_file)
    path = tmp_path_factory.mktemp("page") / "focus.html"
    return write_offline_page(
        questionnaire(instrument, wave="2025"), path, benchmark=page_benchmark(sample_study, instrument)
    )


def answer_page(page: Any, *, shift: int = 0, organization: str = "Zoë & Söhne; “A”") -> dict[str, str]:
    """Answer everything on the page that is shown; returns what was chosen, by the label or legend."""
    given: dict[str, str] = {}
    for place, group in enumerate(page.locator("fieldset").all()):
        inputs = group.locator("input[type=radio]")
        chosen = inputs.nth((place * 7 + shift) % inputs.count())
        chosen.check()
        given[group.locator("legend").inner_text()] = chosen.get_attribute("value")
    for place, field in enumerate(page.locator("select").all()):
        field.select_option(index=1 + place)
        given[_label(page, field)] = field.input_value()
    for count, field in zip(("2", "7", "1"), page.locator("input.number").all(), strict=False):
        field.fill(count)
        given[_label(page, field)] = count
    for field in page.locator("textarea, input[type=text]").all():
        name = _label(page, field)
        text = organization if name.startswith("Organization") else 'Answer "faster";\nin Zürich, – every day'
        field.fill(text)
        given[name.removesuffix(" (needed)")] = text
    return given


def _label(page: Any, field: Any) -> str:
    return str(page.locator(f"label[for={field.get_attribute('id')}]").first.inner_text())


def answer_all(page: Any, *, shift: int = 0, organization: str = "Zoë & Söhne; “A”") -> dict[str, str]:
    """Begin, and answer every page up to the end."""
    page.get_by_role("button", name="Begin").click()
    given: dict[str, str] = {}
    while page.get_by_role("heading", level=1).inner_text() != "Finish":
        given |= answer_page(page, shift=shift, organization=organization)
        page.locator("button.first").click()
    return given


@contextmanager
def saved_to(page: Any, path: Path) -> Iterator[None]:
    """Save the file that is downloaded in the block."""
    with page.expect_download() as caught:
        yield
    caught.value.save_as(path)


__all__ = ["DEVICES", "TINY", "Opened", "answer_all", "answer_page", "saved_to"]
