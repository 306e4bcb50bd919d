"""The notebooks in JupyterLab as their readers use them: run, changed, saved as PDF and as a web page."""

from __future__ import annotations

import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image

from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.execution.parameters import notebook_parameters, parse_parameters
from cfanalysis.study.workspace import find_study

from ..test_notebooks import NOTEBOOKS, pdf_text, shown
from .lab import Lab, Notebook, copy_of_the_workbook, laboratory

pytestmark = pytest.mark.browser

PDF, PAGE = "Cfanalysis_pdf", "Cfanalysis_html"
"""How JupyterLab's menu calls our exporters: by their entry points."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab, started by ``make lab`` in a copy of the workbook."""
    workbook = copy_of_the_workbook(tmp_path_factory.mktemp("workbook"))
    with laboratory(workbook, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


@pytest.fixture
def opened(chromium: Any, lab: Lab) -> Iterator[Any]:
    """A function that opens a notebook; its page and its kernel end with the test, which no script may break."""
    context = chromium.new_context(accept_downloads=True, viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(30_000)
    broken: list[str] = []

    def opening(name: str) -> Notebook:
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        return Notebook(page, lab, name)

    yield opening
    context.close()
    for session in asked(lab, "sessions"):
        asked(lab, f"sessions/{session['id']}", method="DELETE")
    assert broken == []


def asked(lab: Lab, path: str, *, method: str = "GET") -> Any:
    """What the server answers to one who has the token."""
    request = urllib.request.Request(
        f"{lab.url}api/{path}", headers={"Authorization": f"token {lab.token}"}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def exported(notebook: Notebook, folder: Path) -> tuple[str, str]:
    """The text of the PDF, and the web page, both saved from the menu."""
    pdf = notebook.exported(PDF, folder / f"{notebook.name}.pdf").read_bytes()
    page = notebook.exported(PAGE, folder / f"{notebook.name}.html").read_text(encoding="utf-8")
    assert pdf.startswith(b"%PDF-")
    return " ".join(pdf_text(pdf).split()), page


def title_of(page: str) -> str:
    found = re.search("<title>(.*?)</title>", page)
    assert found
    return found[1]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_run_all_shows_what_papermill_shows_and_the_menu_publishes_it(
    path: Path, lab: Lab, opened: Any, tmp_path: Path
) -> None:
    """A clean Run All has no error and the numbers of papermill; PDF and web page come out of the menu, titled."""
    notebook = opened(path.stem)
    notebook.run_all()
    assert notebook.state()["errors"] == []
    notebook.save()
    study = lab.workbook / "data" / "prepared" / notebook_parameters(path)["study"].default
    published = execute(path, parse_parameters(path, {"study": str(study)}), output=tmp_path / "out.ipynb")
    by_hand, by_papermill = (nbformat.read(file, as_version=4) for file in (notebook.file, published))
    assert shown(by_hand) == shown(by_papermill)
    text, page = exported(notebook, tmp_path)
    title = masthead(published)["title"]
    assert "Synthetic data" in text
    assert title in text
    assert title in title_of(page)
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)


def test_another_client_by_changing_one_line(lab: Lab, opened: Any, tmp_path: Path) -> None:
    """The client is changed in the first cell and all run again: screen, PDF and web page are the new client's."""
    first, *_, last = find_study(str(lab.workbook / "data" / "prepared" / "sample")).clients
    notebook = opened("client_report")
    notebook.run_all()
    notebook.set_parameters(client=last)
    notebook.run_all()
    assert notebook.state()["errors"] == []
    notebook.save()
    assert masthead(notebook.file)["title"] == last
    text, page = exported(notebook, tmp_path)
    assert last in text
    assert first not in text
    assert last in title_of(page)
    assert first not in page


def test_another_client_by_the_dropdown(lab: Lab, opened: Any) -> None:
    """The client is chosen and all run again: the report is the new client's, and the choice stays."""
    pytest.importorskip("ipywidgets", reason="needs the extra widgets")
    notebook = opened("client_report")
    notebook.run_all()
    last = find_study(str(lab.workbook / "data" / "prepared" / "sample")).clients[-1]
    choice = notebook.page.locator(".jp-OutputArea-output").get_by_label("Client")
    choice.scroll_into_view_if_needed()
    choice.select_option(last)
    notebook.run_all()
    assert notebook.state()["errors"] == []
    notebook.save()
    assert masthead(notebook.file)["title"] == last
    assert " ".join(choice.locator("option:checked").text_content().split()) == last


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_cards_and_reports_follow_the_theme(lab: Lab, opened: Any, axe: str, theme: str) -> None:
    """Cards, masthead, tiles and figures can be read on JupyterLab's light and dark ground, and no figure is a slab."""
    cells = [
        "import cfanalysis as cf\nstudy = cf.open_study('sample')\nstudy",
        "gaps = cf.quartile_gaps(study)\ngaps",
        "cf.study_masthead(study, 'Cards')",
        "cf.verdict(study).verdict_figures()",
        "gaps.figure(height=256)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata = nbformat.read(NOTEBOOKS[0], as_version=4).metadata
    nbformat.write(notebook, lab.workbook / "notebooks" / "cards.ipynb")
    cards = opened("cards")
    cards.page.evaluate(
        "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
        f"JupyterLab {theme}",
    )
    cards.page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str(theme == "Light").lower()
    )
    cards.page.set_viewport_size({"width": 1300, "height": 3000})
    cards.run_all()
    assert cards.state()["errors"] == []
    outputs = cards.page.locator(".jp-OutputArea-output")
    assert outputs.count() == len(cells)
    cards.page.add_script_tag(content=axe)
    found = cards.page.evaluate(
        "axe.run('.jp-OutputArea-output', {runOnly: ['color-contrast', 'table-fake-caption']})"
    )
    assert [fault["nodes"][0]["html"] for fault in found["violations"]] == []
    for output in outputs.all():
        shades = Image.open(io.BytesIO(output.screenshot())).convert("L").histogram()
        dark, light = sum(shades[:90]), sum(shades[165:])
        assert (dark > light) == (theme == "Dark")
        assert min(dark, light) > 0


def test_a_wrong_client_is_one_message(opened: Any) -> None:
    """A client that is not in the study is said in one message with the nearest name, without a traceback."""
    notebook = opened("client_report")
    notebook.set_parameters(client="Alderbarow Pumps")
    notebook.run_all()
    [error] = notebook.state()["errors"]
    assert "did you mean Alderbarrow Pumps" in error
    notebook.save()
    cells = nbformat.read(notebook.file, as_version=4).cells
    [output] = [o for c in cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert "next:" in "".join(output.traceback)
    assert ".py" not in "".join(output.traceback)


def test_a_file_appears_by_the_form(lab: Lab, opened: Any) -> None:
    """In the start notebook: choose a client and a format, press the button; a link and the files are there."""
    pytest.importorskip("ipywidgets", reason="needs the extra widgets")
    notebook = opened("start")
    notebook.run_all()
    form = notebook.page.locator(".jp-OutputArea-output .widget-vbox")
    form.scroll_into_view_if_needed()
    client = form.get_by_label("Client")
    client.select_option("Brackencombe Freight")
    form.get_by_label("Excel").check()
    form.get_by_label("Web page").uncheck()
    form.get_by_role("button", name="Write the report").click()
    link = form.get_by_role("link", name="brackencombe-freight.pdf")
    link.wait_for(timeout=120_000)
    folder = lab.workbook / "reports" / "sample" / "clients"
    assert "Brackencombe Freight" in pdf_text((folder / "brackencombe-freight.pdf").read_bytes())
    assert (folder / "brackencombe-freight.xlsx").is_file()
    assert not (folder / "brackencombe-freight.html").exists()
    link.click()
    notebook.page.locator(".jp-PDFContainer").wait_for()


def test_the_form_says_what_is_wrong_in_one_message(opened: Any) -> None:
    """Without a format the form says so, offers the formats, and can be used again."""
    pytest.importorskip("ipywidgets", reason="needs the extra widgets")
    notebook = opened("start")
    notebook.run_all()
    form = notebook.page.locator(".jp-OutputArea-output .widget-vbox")
    form.get_by_label("PDF").uncheck()
    form.get_by_label("Web page").uncheck()
    button = form.get_by_role("button", name="Write the report")
    button.click()
    form.get_by_text("No format is chosen").wait_for()
    assert form.get_by_text("Traceback").count() == 0
    assert button.is_enabled()


def test_nobody_gets_in_without_the_token(lab: Lab) -> None:
    """The server listens on the loopback alone and refuses a request without the token."""
    port = int(lab.url.rsplit(":", 1)[1].strip("/"))
    listening = [
        line.split() for f in ("tcp", "tcp6") for line in Path(f"/proc/net/{f}").read_text().splitlines()[1:]
    ]
    at_port = {w[1].split(":")[0] for w in listening if w[3] == "0A" and int(w[1].split(":")[1], 16) == port}
    assert at_port <= {"0100007F", "00000000000000000000000001000000"}
    assert at_port
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{lab.url}api/contents", timeout=30)
    with refused.value as answer:
        assert answer.code == 403


def masthead(path: Path) -> dict[str, Any]:
    """The head of the page that an executed notebook makes."""
    kind = "application/vnd.cfanalysis.masthead.v1+json"
    cells = nbformat.read(path, as_version=4).cells
    return next(dict(o.data[kind]) for c in cells for o in c.get("outputs", []) if kind in o.get("data", {}))
