"""How the page is answered on a phone and with a keyboard, and how the answers come back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.returned_text import answers_in_text
from cfanalysis.questionnaire import questionnaire, questionnaire_in_languages, write_offline_page
from cfanalysis.survey.instrument import Instrument, load_instrument, parse_instrument

from .conftest import TINY, Opened, answer_all, saved_to
from .test_accessibility import faults

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SHARING = (
    "navigator.canShare = () => {files};"
    "navigator.share = (what) => {{ window.shared = what; return Promise.{end}; }};"
)
FOCUSED = """(() => {
    const group = document.activeElement.closest("fieldset");
    return group ? group.querySelector("legend").textContent : document.activeElement.id;
})()"""
LONG = "A label of a scale that goes on and on until it has reached eighty characters, so"
SCALES = {
    "five": "{min: 1, max: 5, labels: {1: Never, 2: Seldom, 3: At times, 4: Often, 5: Always}}",
    "seven": "{min: 1, max: 7, labels: {"
    + ", ".join(f"{code}: '{code} {LONG[:78]}'" for code in range(1, 8))
    + "}, dont_know: {codes: [99], labels: [\"I cannot judge this\"]}}",
    "eleven": "{min: 0, max: 10, labels: {0: Not at all likely, 10: Extremely likely}}",
    "signed": "{min: -3, max: 3, labels: {-3: Worse, 0: Same, 3: Better}}",
    "two": "{min: 0, max: 1, labels: {0: 'No', 1: 'Yes'}, dont_know: {codes: [9], labels: [Don't know]}}",
}  # fmt: skip


@pytest.fixture
def mail_page(tmp_path: Path, instrument_file: Path) -> Path:
    """The whole instrument's page, with a mail as the way back."""
    form = questionnaire(load_instrument(instrument_file), wave="2026")
    return write_offline_page(form, tmp_path / "mail.html", return_to="mailto:answers@example.org")


@pytest.fixture
def scales_page(tmp_path: Path) -> tuple[Path, Instrument]:
    """Two dimensions with items on scales of every kind."""
    items = "".join(
        f"  - {{id: {name}{n}, text: 'On {name}, {n}.', role: gap, facet: {facet}, dimension: {side}, scale: {name}}}\n"
        for side, n in (("leadership", 1), ("people", 2))
        for name, facet in zip(SCALES, ("say", "do", "say", "do", "do"), strict=True)
    )
    scales = "".join(f"  {name}: {text}\n" for name, text in SCALES.items())
    text = re.sub(r"(?s)items:.*?organization_fields:", f"items:\n{items}organization_fields:", TINY)
    text = re.sub(r"(?s)indices:.*", "", text.replace("scales:\n", f"scales:\n{scales}", 1))
    instrument = parse_instrument(text)
    return write_offline_page(questionnaire(instrument, wave="2025"), tmp_path / "scales.html"), instrument


def opened_mails(page: Any) -> list[str]:
    """The addresses of the mails that the page asks for; none is opened."""
    mails: list[str] = []
    page.on(
        "request", lambda request: mails.append(request.url) if request.url.startswith("mailto:") else None
    )
    return mails


def test_the_mail_holds_what_the_file_holds(
    opened: Opened, mail_page: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """The body of the mail, the shown text and the downloaded file are read as the same answers."""
    page = opened(mail_page, watch=False, **PHONE)
    assert page.get_by_text("send them in a mail to answers@example.org").is_visible()
    mails = opened_mails(page)
    answer_all(page)
    page.get_by_role("button", name="Finish and prepare the mail").click()
    page.get_by_text("A mail to answers@example.org is prepared").wait_for()
    link = mails[0]
    assert link.startswith("mailto:answers@example.org?subject=Answers:%20Customer%20Focus")
    assert len(link) <= 2000
    body = unquote(link.partition("&body=")[2])
    shown = page.locator("#mail-text").input_value()
    assert shown in body.replace("\r\n", "\n")
    assert max(map(len, shown.splitlines()[:-2])) <= 60
    (tmp_path / "body.txt").write_text(body, encoding="utf-8", newline="")
    with saved_to(page, tmp_path / "file.csv"):
        page.get_by_role("button", name="Download the file again").click()
    instrument = load_instrument(instrument_file)
    raws = [read(tmp_path / name, instrument) for name in ("body.txt", "file.csv")]
    for raw in raws:
        assert isinstance(raw, RawAnswers)
        moments = ["seconds"]
        assert raw.frame.drop(columns=moments).equals(raws[0].frame.drop(columns=moments))  # type: ignore[union-attr]
        assert raw.frame.loc[2, "one_thing"] == 'Answer "faster";\nin Zürich, – every day'


def test_answers_too_long_for_a_link_are_copied(opened: Opened, mail_page: Path) -> None:
    """A long answer leaves the mail empty but for a request to paste, and the text is in the clipboard."""
    page = opened(mail_page, watch=False, permissions=["clipboard-read", "clipboard-write"])
    mails = opened_mails(page)
    answer_all(page)
    page.get_by_role("button", name="Back", exact=True).click()
    said = "More time for each of the customers who 😀 call; [really] <all> of them! " * 40
    page.locator("textarea").fill(said)
    page.locator("button.first").click()
    page.get_by_role("button", name="Finish and prepare the mail").click()
    page.get_by_text("too long for a link").wait_for()
    assert unquote(mails[0].partition("&body=")[2]).startswith("Please paste your answers here")
    page.get_by_text("The text of your answers is copied").wait_for()
    (found,) = answers_in_text([page.evaluate("navigator.clipboard.readText()")])
    assert found["one_thing"] == said.strip()


@pytest.mark.parametrize("files", ["true", "false"], ids=["with files", "text alone"])
def test_a_phone_shares(files: str, opened: Opened, tiny_page: Path, chromium: Any) -> None:
    """Where the device shares, the file is handed over, or the text where it takes no files."""
    context = chromium.new_context(**PHONE)
    context.add_init_script(SHARING.format(files=files, end="resolve()"))
    page = opened(tiny_page, context=context)
    answer_all(page, organization="Alder")
    page.get_by_role("button", name="Finish and share my answers").click()
    page.get_by_text("Choose who is to get the file").wait_for()
    if files == "true":
        name, text = page.evaluate("shared.files[0].text().then((text) => [shared.files[0].name, text])")
        assert re.fullmatch(r"tiny-r[0-9a-f]{16}\.csv", name)
        assert text.startswith("organization,respondent,wave,seconds,submitted,")
    else:
        assert answers_in_text([page.evaluate("shared.text")])[0]["organization"] == "Alder"
    assert page.get_by_role("button", name="Share again").is_visible()
    context.close()


def test_a_device_that_refuses_to_share_gives_the_file(
    opened: Opened, tiny_page: Path, chromium: Any, tmp_path: Path
) -> None:
    """Where sharing fails the file is downloaded, and where there is none it is not offered."""
    context = chromium.new_context(accept_downloads=True, **PHONE)
    context.add_init_script(SHARING.format(files="true", end="reject(new Error('no'))"))
    page = opened(tiny_page, context=context)
    answer_all(page)
    with saved_to(page, tmp_path / "a.csv"):
        page.get_by_role("button", name="Finish and share").click()
    assert (tmp_path / "a.csv").read_bytes().count(b"\r\n") == 2
    context.close()
    old = chromium.new_context(**PHONE)
    old.add_init_script("delete Navigator.prototype.share; delete Navigator.prototype.canShare;")
    page = opened(tiny_page, context=old)
    answer_all(page)
    assert [b.inner_text() for b in page.locator("main button").all()] == [
        "Back",
        "Finish and download my answers",
    ]
    old.close()


def test_pages_are_short_on_a_phone(opened: Opened, mail_page: Path) -> None:
    """No page of the whole instrument is longer than 2,500 pixels at 390, or wider; answered as well as not."""
    page = opened(mail_page, **PHONE)
    page.get_by_role("button", name="Begin").click()
    heights = []
    while page.get_by_role("heading", level=1).inner_text() != "Finish":
        for group in page.locator("fieldset").all():
            group.locator("input").first.check()
        for field in page.locator("input[type=text]").all():
            field.fill("Alder")
        size = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
        heights.append(size[0])
        assert size[1] <= 390
        page.locator("button.first").click()
    assert len(heights) == 10
    assert max(heights) <= 2500


def test_a_first_tap_goes_on(opened: Opened, focus_page: Path) -> None:
    """The next question takes the place of the one that was tapped; a correction stays; progress stays in sight."""
    page = opened(focus_page, reduced_motion="reduce", **PHONE)
    page.evaluate("location.hash = '#page-2'")
    groups = page.locator("fieldset")

    def top(number: int) -> float:
        return float(groups.nth(number).bounding_box()["y"])

    first = top(0)
    groups.nth(0).locator("label").nth(3).tap()
    assert groups.nth(0).get_by_label("4 Agree").is_checked()
    assert top(1) == pytest.approx(first, abs=2)
    groups.nth(1).locator("label").nth(1).tap()
    second = top(2)
    assert second == pytest.approx(first, abs=2)
    groups.nth(1).locator("label").nth(2).tap()
    assert top(2) == second
    box = page.get_by_role("progressbar").bounding_box()
    assert 0 <= box["y"] < 60


def test_digits_answer(opened: Opened, scales_page: tuple[Path, Instrument]) -> None:
    """In a question the keys of its numbers answer and go on: 10 is waited for, -3 is two keys, ? is "don't know"."""
    path, _ = scales_page
    page = opened(path)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Organization").fill("Alder")
    page.locator("button.first").click()
    page.keyboard.press("Tab")
    for keys, asked in (("4", "seven"), ("?", "eleven"), ("10", "signed"), ("-3", "two"), ("2", "")):
        page.keyboard.type(keys)
        assert page.evaluate(FOCUSED) == (f"On {asked}, 1." if asked else "next")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="People").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("x9")
    answers = page.evaluate("JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).answers")
    assert answers == {"organization": "Alder", "five1": "4", "seven1": "99", "eleven1": "10", "signed1": "-3",
                       "two1": "1", "five2": "5"}  # fmt: skip


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_scale_has_room(width: int, opened: Opened, scales_page: tuple[Path, Instrument]) -> None:
    """Scales of 2 to 11 points and labels of 80 characters fit, every target has 24 pixels, all labels are shown."""
    page = opened(scales_page[0], viewport={"width": width, "height": 844})
    page.evaluate("location.hash = '#page-2'")
    page.get_by_role("heading", name="Leadership").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [label.bounding_box() for label in page.locator("label.option").all()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    text = page.locator("main").inner_text()
    assert all(f"{code} {LONG[:78]}" in text for code in range(1, 8))
    assert all(word in text for word in ("Seldom", "Not at all likely", "Extremely likely", "Same"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_scales_and_the_way_back_keep_the_rules(
    width: int, scheme: str, opened: Opened, scales_page: tuple[Path, Instrument], mail_page: Path, axe: str
) -> None:
    """axe-core finds nothing on pages with every kind of scale, or where a mail is prepared."""
    how: dict[str, Any] = {
        "viewport": {"width": width, "height": 844},
        "bypass_csp": True,
        "color_scheme": scheme,
    }
    page = opened(scales_page[0], **how)
    page.evaluate("location.hash = '#page-2'")
    page.get_by_role("heading", name="Leadership").wait_for()
    assert faults(page, axe) == []
    page = opened(mail_page, watch=False, **how)
    assert faults(page, axe) == []
    answer_all(page)
    page.get_by_role("button", name="Finish and prepare the mail").click()
    page.get_by_text("The text of your answers").first.click()
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_words_of_the_profile_are_whole(opened: Opened, tmp_path: Path, width: int, language: str) -> None:
    """On a phone no word for Say, Do and gap is broken, in any language, and nothing is wider than the screen."""
    form = questionnaire_in_languages([parse_instrument(TINY)], language, wave="2026", organization="Alder")
    page = opened(write_offline_page(form, tmp_path / "p.html"), viewport={"width": width, "height": 844})
    page.evaluate("location.hash = '#page-2'")
    page.locator("fieldset").first.wait_for()
    for group in page.locator("fieldset").all():
        group.locator("input").first.check()
    page.evaluate("location.hash = '#end'")
    with saved_to(page, tmp_path / "a.csv"):
        page.locator("main button.first").click()
    names = page.locator("table.profile:not(.named) tbody th")
    assert names.count() >= 3
    assert max(name.evaluate("e => e.getBoundingClientRect().height") for name in names.all()) < 45
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_profile_names_what_it_lacks(opened: Opened, tmp_path: Path, instrument_file: Path) -> None:
    """Dimensions without enough answers are named; each wide gap ends in one recommendation, none twice."""
    from cfanalysis.survey.recommendations import instrument_recommendations

    instrument = load_instrument(instrument_file)
    library = instrument_recommendations(instrument)
    assert library is not None
    form = questionnaire(instrument, wave="2026", organization="Alder")
    page = opened(write_offline_page(form, tmp_path / "p.html", recommendations=library))
    page.evaluate("location.hash = '#page-2'")
    for number, title in enumerate(("Leadership", "Processes", "People", "Products")):
        page.get_by_role("heading", name=title, exact=True).wait_for()
        for item in instrument.gap_items if number < 3 else ():
            group = page.get_by_role("group", name=item.text, exact=True)
            if item.dimension == title.lower():
                high = (item.facet == "say" or number == 2) != item.reverse
                group.locator("input").nth(4 if high else 1).check()
        page.locator("button.first").click()
    page.evaluate("location.hash = '#end'")
    with saved_to(page, tmp_path / "a.csv"):
        page.get_by_role("button", name="Finish and download").click()
    lacking = page.get_by_text("Not in this profile").inner_text()
    assert "Products" in lacking
    assert "Performance against competitors" in lacking
    assert not any(title in lacking for title in ("Leadership", "Processes", "People"))
    steps = [line.inner_text() for line in page.locator("ul.steps li").all()]
    assert [step.partition(" (")[0] for step in steps] == ["Leadership", "Processes"]
    sentences = [step.partition("): ")[2] for step in steps]
    known = {s for item in instrument.gap_items for s in library.of_item(item, "improve")}
    assert set(sentences) <= known
    assert len(set(sentences)) == 2
