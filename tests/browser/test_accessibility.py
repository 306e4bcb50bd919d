"""The rules of axe-core on every screen of the offline page: light and dark, large and small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import DEVICES, Opened, answer_page, saved_to

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Any, axe: str) -> list[str]:
    """What the rules find, with the elements."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(content=axe)
    found = page.evaluate("tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS)
    return [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
def test_every_screen_keeps_the_rules(
    device: str, scheme: str, opened: Opened, focus_page: Path, axe: str, tmp_path: Path
) -> None:
    """No rule of WCAG 2.2 AA that axe-core knows is broken on any screen, nor one of its best practices."""
    page = opened(focus_page, bypass_csp=True, color_scheme=scheme, **DEVICES[device])
    assert faults(page, axe) == []
    page.get_by_role("button", name="Begin").click()
    page.locator("button.first").click()
    assert faults(page, axe) == [], "facts, with an error"
    while page.get_by_role("heading", level=1).inner_text() != "Finish":
        heading = page.get_by_role("heading", level=1).inner_text()
        answer_page(page, shift=3)
        if heading in ("A few facts first", "Leadership", "How things are done here", "In your own words"):
            assert faults(page, axe) == [], heading
        elif heading == "Recent customer contacts":
            page.locator("input.number").first.fill("9")
            page.locator("button.first").click()
            assert faults(page, axe) == [], "counts, with an error"
            page.locator("input.number").first.fill("2")
        page.locator("button.first").click()
    assert faults(page, axe) == [], "the end"
    with saved_to(page, tmp_path / "answers.csv"):
        page.locator("button.first").click()
    assert faults(page, axe) == [], "the profile"
    page.get_by_role("button", name="Delete my answers").click()
    assert faults(page, axe) == [], "the question before deleting"
