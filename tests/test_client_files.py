"""Every file that a client gets, of one to six respondents: page, PDF, workbook, figures' numbers, notebook."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from cfanalysis.analyses.customer_types import client_customer_types
from cfanalysis.analyses.performance_levels import client_level, level_items
from cfanalysis.charts import level_strip
from cfanalysis.charts.chart_numbers import chart_csv
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.publish.client_batches.selection import ReportSelection, resolve_selection
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.single_report import REPORT_FORMATS
from cfanalysis.reports import client as pages
from cfanalysis.reports.client.client_workbook import write_client_workbook
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import ClientExtract

from .test_client_report import NOTEBOOK
from .test_client_truth import FINE, answers, small_client, study_with

SIZES = [(1, 0), (2, 1), (3, 0), (4, 0), (4, 2), (5, 0), (5, 1), (6, 2)]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Organizations, and small clients of whom some left an item out."""
    clients = [small_client(n, missing) for n, missing in SIZES]
    earlier = [client.assign(wave="2024") for client in clients[:3]]
    frame = pd.concat([answers(), *clients, *earlier], ignore_index=True)
    return study_with(tmp_path_factory.mktemp("files"), frame)


def files_of(extract: Path, folder: Path) -> dict[str, str]:
    """Return the text of every file of a client, by its name."""
    numbers = folder / "figures"
    numbers.mkdir()
    with use_publication(Publication(numbers=str(numbers))):
        executed = execute(NOTEBOOK, {"extract": str(extract)}, output=folder / "executed.ipynb")
    page, pdf = (REPORT_FORMATS[suffix](executed, NOTEBOOK) for suffix in ("html", "pdf"))
    book = load_workbook(write_client_workbook(open_extract(extract), folder / "client.xlsx"))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    cells_of = json.loads(executed.read_text("utf-8"))["cells"]
    found = {
        "executed.ipynb": json.dumps([cell.get("outputs") for cell in cells_of], ensure_ascii=False),
        "page.html": page if isinstance(page, str) else page.decode("utf-8"),
        "report.pdf": "\n".join(p.extract_text() for p in PdfReader(BytesIO(pdf)).pages),
        "client.xlsx": "\n".join(cells),
    }
    return found | {path.name: path.read_text("utf-8") for path in numbers.glob("*.csv")}


@pytest.mark.slow
@pytest.mark.parametrize(("n", "missing"), SIZES)
def test_nothing_finer_than_may_be_shown_stands_in_any_file(
    study: Study, tmp_path: Path, n: int, missing: int
) -> None:
    """Below the minimum nothing but overall Say, Do and gap; above it nothing of an item with too few answers."""
    extract = cut_extract(study, f"Client {n}-{missing}", tmp_path / "extract")
    own = open_extract(extract)
    shown = set(own.scores.loc[own.scores["scope"] == "item", "name"])
    hidden = [item.title for item in own.instrument.gap_items if item.id not in shown]
    files = files_of(extract, tmp_path)
    for name, text in files.items():
        fine = [word for word in (FINE if n < 5 else hidden) if re.search(rf"\b{re.escape(word)}", text)]
        assert fine == [], (name, fine)
        assert "Okafor" not in text, name
        if name.endswith(".csv"):
            table = pd.read_csv(StringIO(text))
            counts = table[[c for c in ("n", "n_answers") if c in table and not name.startswith("trend")]]
            assert n < 5 or name.startswith("likert") or (counts.min() >= 5).all(), name
            assert "n_answers" not in table or (table["n_answers"] >= 5).all(), name
            if n < 5:
                assert name.startswith(("quartile_bands", "trend")), name
    assert n < 5 or {"likert_bars.csv", "quartile_bands.csv"} <= set(files)


@pytest.fixture(scope="module")
def rated(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    """A client of the sample, whose survey asks about levels and kinds of customers."""
    return open_extract(
        cut_extract(sample_study, sample_study.clients[0], tmp_path_factory.mktemp("rated") / "e")
    )


def test_a_share_of_people_and_an_interval_rest_on_as_many_as_the_minimum(rated: ClientExtract) -> None:
    """Each statement has enough answers, but few answered all of them: scores without interval or share."""
    people = rated.raw_responses
    assert people is not None
    items = [item for ids in level_items(rated.instrument).values() for item in ids]
    external = [item.id for item in rated.instrument.gap_items if item.customer == "external"]
    latest = people.index[people["wave"] == rated.wave]
    cut = people.copy()
    cut.loc[latest[4:], items + external] = pd.NA
    few = replace(rated, raw_responses=cut)
    whole, part = client_level(rated), client_level(few)
    assert whole is not None
    assert part is not None
    assert whole.frame[["respondents", "low", "high"]].notna().all(axis=None)
    assert part.frame[["respondents", "low", "high"]].isna().all(axis=None)
    assert "place you there" in str(pages.level_text(whole, rated))
    assert "place you there" not in str(pages.level_text(part, few))
    sides = client_customer_types(few)
    assert sides is not None
    known = sides.frame.set_index("side")["low"].notna()
    assert known.to_dict() == {"external": False, "internal": True, "difference": False}


def test_the_numbers_of_a_client_s_level_are_its_own(rated: ClientExtract) -> None:
    """The chart of levels has its numbers as CSV, also where it shows one client."""
    level = client_level(rated)
    assert level is not None
    table = pd.read_csv(StringIO(chart_csv(level_strip, level)))
    assert table["level"].tolist() == level.frame["level"].tolist()
    assert table["score"].round(1).tolist() == level.frame["score"].round(1).tolist()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_paragraphs_of_a_note_survive_its_file(study: Study, tmp_path: Path, end: str) -> None:
    """A cell of several paragraphs is a note of several paragraphs; blanks are smoothed within its lines."""
    cell = end.join(["Dear  Mia,", "", "see *page 3*. "])
    file = tmp_path / "notes.csv"
    file.write_bytes(f'client,note{end}Client 5-0,"{cell}"{end}'.encode())
    found = resolve_selection(study, ReportSelection(str(study.folder), notes=file)).notes["Client 5-0"]
    assert found == "Dear Mia,\n\nsee *page 3*."
    assert str(pages.personal_note(found)).count("\n>\n> ") == 2
