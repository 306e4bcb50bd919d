"""The offline page as respondents meet it, in a real browser."""

from __future__ import annotations

import csv
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.core.spreadsheets import escape_formula
from cfanalysis.questionnaire import questionnaire, write_offline_page
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import Instrument, load_instrument, parse_instrument

from .conftest import DEVICES, TINY, Opened, answer_all, answer_page, saved_to

pytestmark = pytest.mark.browser

HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1> ${s1} {{7*7}} \"'&amp;"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def next_page(page: Any) -> None:
    page.locator("button.first").click()


@pytest.mark.parametrize("device", DEVICES)
def test_what_is_filled_in_is_what_the_study_holds(
    device: str, opened: Opened, focus_page: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """Two respondents fill everything in; their files, one after the other, are a study with the same answers."""
    instrument = load_instrument(instrument_file)
    given = []
    for number in range(2):
        page = opened(focus_page, **DEVICES[device])
        given.append(answer_all(page, shift=number))
        with saved_to(page, tmp_path / f"{number}.csv"):
            page.get_by_role("button", name="Finish and download").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    both = tmp_path / "both.csv"
    both.write_bytes(b"".join((tmp_path / f"{n}.csv").read_bytes() for n in range(2)))
    study = prepare(both, instrument_file, tmp_path / "study")
    assert study.survey.raw_responses is not None
    assert len(study.survey.raw_responses) == 2
    found = study.survey.raw_responses.set_index("respondent")
    ids = [rows_of(tmp_path / f"{n}.csv")[0]["respondent"] for n in range(2)]
    for respondent, answers in zip(ids, given, strict=True):
        row = found.loc[respondent]
        for item in instrument.rated_items:
            code = int(answers[item.text])
            unknown = code in instrument.scale_of(item.id).dont_know.codes
            assert row[item.id] == (-128 if unknown else code), item.id
        for field in (*instrument.organization_fields, *instrument.respondent_fields):
            assert row[field.id] == answers[field.title]
        assert row["organization"] == answers["Organization"]
        assert row["one_thing"].split() == answers[instrument.item("one_thing").text].split()
        assert row["wave"] == "2025"
        assert row["seconds"] > 0


def test_the_profile_has_the_study_s_scores(
    opened: Opened, focus_page: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """Say, Do, gap and indices of a respondent are those that a study of this respondent alone has."""
    page = opened(focus_page)
    page.get_by_role("button", name="Begin").click()
    while page.get_by_role("heading", level=1).inner_text() != "Finish":
        answer_page(page)
        unknown = page.locator("fieldset:has(.unknown :checked)")
        while unknown.count():
            unknown.first.locator("input[type=radio]").first.check()
        next_page(page)
    path = tmp_path / "one.csv"
    with saved_to(page, path):
        next_page(page)
    study = prepare(path, instrument_file, tmp_path / "study")
    scores = study.scores[study.scores["kind"] == "organization"].set_index(["scope", "name", "facet"])[
        "score"
    ]
    shown = page.locator("table").evaluate_all(
        """tables => Object.fromEntries(tables.map(t => [t.caption.textContent, Object.fromEntries(
            [...t.tBodies[0].rows].map(r => [r.cells[0].textContent, r.cells[2].textContent]))]))"""
    )
    instrument = study.survey.instrument
    for dimension in instrument.dimensions:
        for facet in ("say", "do", "gap"):
            number = float(shown[dimension.title][facet.capitalize()].replace("−", "-"))
            rounding = 1.001 if facet == "gap" else 0.501  # the gap is that of Say and Do as printed
            assert number == pytest.approx(scores["dimension", dimension.id, facet], abs=rounding)
    for index in instrument.indices:
        assert float(shown["Scores"][index.title]) == pytest.approx(
            scores["index", index.id, "all"], abs=0.501
        )
    assert page.get_by_text("Benchmark from synthetic data").is_visible()


def test_a_reload_resumes(opened: Opened, tiny_page: Path) -> None:
    """After a reload the same page has the same answers; another visit offers to continue."""
    page = opened(tiny_page)
    page.get_by_role("button", name="Begin").click()
    given = answer_page(page, organization="Alder")
    next_page(page)
    page.get_by_role("group", name="We do it.").get_by_label("4 Agree", exact=True).check()
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == "Leadership"
    assert page.get_by_role("group", name="We do it.").get_by_label("4 Agree", exact=True).is_checked()
    again = opened(tiny_page, context=page.context)
    assert again.get_by_text("of 10 questions").is_visible()
    again.get_by_role("button", name="Continue").click()
    assert again.get_by_role("heading", level=1).inner_text() == "Leadership"
    again.get_by_role("button", name="Back", exact=True).click()
    assert again.get_by_label("Organization").input_value() == given["Organization"]


def test_the_browser_s_back_goes_back(opened: Opened, tiny_page: Path) -> None:
    """The browser's own back and forward go from page to page."""
    page = opened(tiny_page)
    page.get_by_role("button", name="Begin").click()
    answer_page(page)
    next_page(page)
    page.go_back()
    page.get_by_role("heading", name="A few facts first").wait_for()
    page.go_forward()
    page.get_by_role("heading", name="Leadership").wait_for()


def test_the_keyboard_is_enough(opened: Opened, tiny_page: Path) -> None:
    """With keys alone a respondent begins, answers and goes on; the heading has the focus on each new page."""
    page = opened(tiny_page)
    focused = "document.activeElement.tagName + ' ' + document.activeElement.textContent"

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    press("Tab", "Tab", "Enter")
    assert page.evaluate(focused) == "H1 A few facts first"
    press("Tab")
    page.keyboard.type("Alder")
    press("Tab", "Space", "Tab", "Tab", "Space", "ArrowDown", "Tab", "Tab", "Tab", "Enter")
    assert page.evaluate(focused) == "H1 Leadership"
    press("Tab", "Space", "ArrowDown", "ArrowDown")
    assert page.get_by_role("group", name="We intend it.").get_by_label("Neither").is_checked()
    answers = page.evaluate("JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).answers")
    assert answers == {"organization": "Alder", "sector": "Retail", "role": "front line", "s1": "3"}


def test_the_organization_is_needed(opened: Opened, tiny_page: Path) -> None:
    """Without the organization, or with a text that means no answer, the page says so and stays."""
    page = opened(tiny_page)
    page.get_by_role("button", name="Begin").click()
    for text in ("", " n/A "):
        page.get_by_label("Organization").fill(text)
        next_page(page)
        assert page.get_by_text("Please answer this").is_visible()
        assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    page.get_by_label("Organization").fill("Alder")
    assert not page.get_by_text("Please answer this").is_visible()
    next_page(page)
    page.get_by_role("heading", name="Leadership").wait_for()


def test_counts_must_add_up(opened: Opened, focus_page: Path) -> None:
    """Counts that do not make ten are not taken; "don't know" answers all three."""
    page = opened(Path(focus_page))
    page.evaluate("location.hash = '#page-9'")
    page.get_by_role("heading", name="Recent customer contacts").wait_for()
    fields = page.locator("input.number")
    fields.nth(0).fill("3")
    next_page(page)
    assert page.get_by_text("Please give all 3 numbers").is_visible()
    fields.nth(1).fill("3")
    fields.nth(2).fill("3")
    next_page(page)
    assert page.get_by_text("they add up to 9").is_visible()
    fields.nth(0).fill("4")
    assert not page.get_by_text("they add up to 9").is_visible()
    fields.nth(2).fill("4.5")
    assert page.get_by_text("whole number from 0 to 10").is_visible()
    page.get_by_label("Don't know").check()
    answers = page.evaluate("JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).answers")
    assert set(answers.values()) == {"99"}
    next_page(page)
    page.get_by_role("heading", name="In your own words").wait_for()


def test_answers_can_be_taken_back_and_deleted(opened: Opened, tiny_page: Path) -> None:
    """One answer can be taken back, all can be deleted, and then nothing is left in the browser."""
    page = opened(tiny_page)
    page.get_by_role("button", name="Begin").click()
    answer_page(page)
    page.get_by_role("button", name="Take back the answer to: Sector").click()
    assert not page.get_by_role("group", name="Sector").get_by_label("Retail").is_checked()
    page.get_by_role("button", name="Delete my answers").click()
    page.get_by_role("button", name="Keep my answers").click()
    assert page.evaluate("localStorage.length") == 1
    page.get_by_role("button", name="Delete my answers").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("Your answers were deleted").wait_for()
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Begin").click()
    assert page.get_by_label("Organization").input_value() == ""


def test_too_few_answers_are_said(opened: Opened, tiny_page: Path) -> None:
    """At the end, open questions are counted and can be reached; too few answers are said before the download."""
    page = opened(tiny_page)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Organization").fill("Alder")
    while page.get_by_role("heading", level=1).inner_text() != "Finish":
        next_page(page)
    assert page.get_by_text("9 of 10 questions are not answered").is_visible()
    assert page.get_by_text("Fewer than 50% of the statements").is_visible()
    page.get_by_role("button", name="People: 2 open").click()
    page.get_by_role("heading", name="People").wait_for()


@pytest.mark.parametrize("device", DEVICES)
def test_hostile_texts_stay_texts(device: str, opened: Opened, tmp_path: Path) -> None:
    """An instrument whose texts are markup shows them as they are; nothing of them runs."""
    words = json.dumps(HOSTILE)
    text = TINY.replace("Tiny Survey", words).replace("We intend it.", words).replace("Retail", words)
    text = text.replace("title: Leadership", f"title: {words}, about: {words}").replace(
        "leader,", f"{words},"
    )
    instrument = parse_instrument(text)
    page = opened(
        write_offline_page(questionnaire(instrument, wave="2025"), tmp_path / "h.html", hand_in=HOSTILE),
        **DEVICES[device],
    )
    assert page.get_by_role("heading", level=1).inner_text() == HOSTILE
    answer_all(page, organization=HOSTILE)
    with saved_to(page, tmp_path / "answers.csv"):
        next_page(page)
    assert page.get_by_text(HOSTILE).first.is_visible()
    assert page.evaluate(
        "[window.hit, document.querySelectorAll('img').length, document.scripts.length]"
    ) == [None, 0, 2]
    row = rows_of(tmp_path / "answers.csv")[0]
    assert (row["organization"], row["sector"]) == (HOSTILE, HOSTILE)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_texts_are_safe_to_open_in_a_spreadsheet(opened: Opened, tmp_path: Path) -> None:
    """Answers that look like formulas get an apostrophe by the same rule as everything that is exported."""
    texts = [
        "=1+1",
        " @SUM(A1)",
        "+49 30 1234",
        "-5",
        "- none",
        "–",
        "'=1",
        "'tis",
        "＝1",
        'plain, "text"',
        "\u200b=2",
        "3.5",
    ]
    items = "".join(f"  - {{id: o{n}, text: 'Question {n}?', role: open}}\n" for n in range(len(texts)))
    instrument = parse_instrument(TINY.replace("organization_fields:", f"{items}organization_fields:", 1))
    page = opened(
        write_offline_page(questionnaire(instrument, wave="2025", organization="=Alder"), tmp_path / "o.html")
    )
    page.evaluate("location.hash = '#page-5'")
    for number, text in enumerate(texts):
        found = page.get_by_label(f"Question {number}?")
        while not found.count():
            next_page(page)
        found.fill(text)
    while page.get_by_role("heading", level=1).inner_text() != "Finish":
        next_page(page)
    with saved_to(page, tmp_path / "answers.csv"):
        next_page(page)
    row = rows_of(tmp_path / "answers.csv")[0]
    assert [row[f"o{n}"] for n in range(len(texts))] == [escape_formula(text.strip()) for text in texts]
    assert row["organization"] == "'=Alder"


def test_nothing_leaves_the_page(opened: Opened, tiny_page: Path) -> None:
    """Even a script that ran in the page could load or send nothing, nor make markup of texts."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        page = opened(tiny_page, watch=False)
        outcome = page.evaluate(
            """async (address) => {
                const said = [];
                await fetch(address).catch(() => said.push("fetch"));
                const image = new Image();
                const failed = new Promise((done) => { image.onerror = done; });
                image.src = address + "/image";
                await failed; said.push("image");
                try { navigator.sendBeacon(address + "/beacon", "x"); } catch { said.push("beacon"); }
                try { document.body.innerHTML = "<b>x</b>"; } catch { said.push("markup"); }
                try { eval("1"); } catch { said.push("eval"); }
                const script = document.createElement("script");
                try { script.text = "window.hit = 1"; document.body.append(script); } catch { said.push("script"); }
                return [...said, window.hit];
            }""",
            address,
        )
        page.wait_for_timeout(300)
        assert [o for o in outcome if o != "beacon"] == ["fetch", "image", "markup", "eval", "script", None]
        assert hits == []
    finally:
        server.shutdown()
        server.server_close()


def test_a_browser_that_saves_nothing_is_said(
    opened: Opened, tiny_page: Path, chromium: Any, tmp_path: Path
) -> None:
    """Without storage the page says so at once, and the file still holds the answers."""
    context = chromium.new_context(accept_downloads=True)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"
    )
    page = opened(tiny_page, context=context)
    assert page.get_by_text("This browser does not save anything").is_visible()
    answer_all(page, organization="Alder")
    with saved_to(page, tmp_path / "answers.csv"):
        next_page(page)
    assert rows_of(tmp_path / "answers.csv")[0]["organization"] == "Alder"
    context.close()


@pytest.mark.parametrize(
    "text", ["nonsense", "null", "[]", '{"answers": {"s1": 4, "x": "y"}, "page": 99, "seconds": "a"}']
)
def test_a_memory_that_is_none_is_passed_over(
    opened: Opened, tiny_page: Path, tiny: Instrument, text: str
) -> None:
    """Whatever else stands in the storage under the key, the page begins."""
    page = opened(tiny_page)
    page.evaluate(
        "text => localStorage.setItem(JSON.parse(document.getElementById('definition').textContent).key, text)",
        text,
    )
    page.reload()
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Organization").fill("Alder")
    assert page.get_by_text("Saved in this browser", exact=True).is_visible()


def test_without_scripts_the_page_says_so(opened: Opened, tiny_page: Path) -> None:
    """A browser without JavaScript shows why there is nothing."""
    page = opened(tiny_page, java_script_enabled=False)
    assert page.locator("noscript p").is_visible()
