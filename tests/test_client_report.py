"""Client reports: what is said is fit to print, for typical clients and for hard ones; the workbook says the same."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from cfanalysis.analyses.client_answers import client_distribution
from cfanalysis.analyses.client_participation import client_participation
from cfanalysis.analyses.index_standing import index_standing
from cfanalysis.core.blocks import Figure, Prose, Table
from cfanalysis.core.publication import Publication, current_publication, use_publication
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.single_report import REPORT_FORMATS
from cfanalysis.reports import client as client_pages
from cfanalysis.reports.client.client_workbook import client_sheets, write_client_workbook
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import ClientExtract

from .conftest import ROOT

NOTEBOOK = ROOT / "notebooks" / "client_report.ipynb"
UNFIT = re.compile(r"\b[Nn]a[Nn]\b|\bNone\b|\binf\b|[-−]0\.0\b(?!\d)|\d\.\d{6}|<NA>|DataFrame")


def blocks_of(extract: ClientExtract, *, page: bool = False) -> list[object]:
    """Every block of a client's report; for a web page with its figures for phones, too."""
    return section_blocks(client_pages.ClientReport(extract), page=page)


def section_blocks(report: client_pages.ClientReport, *, page: bool = False) -> list[object]:
    """Every block of a report, as of `blocks_of`."""
    with use_publication(replace(current_publication() or Publication(), page=page)):
        return [block for name in client_pages.SECTIONS for block in report.section(name).blocks]


def cut(study: Study, client: str, folder: Path) -> ClientExtract:
    return open_extract(cut_extract(study, client, folder / "extract"))


@pytest.fixture(scope="module")
def typical(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    sizes = sample_study.survey.organizations.query("wave == '2025' and n >= 12").sort_values("n")
    return cut(sample_study, sizes["organization"].iloc[0], tmp_path_factory.mktemp("typical"))


def test_everything_in_a_client_report_is_fit_to_print(typical: ClientExtract) -> None:
    """No NaN, None or endless decimals; every table has its source; every figure its alternative text."""
    for block in blocks_of(typical, page=True):
        assert not UNFIT.search(str(block)), block
        if isinstance(block, Table):
            assert block.title
            assert block.rows
        if isinstance(block, Figure):
            assert len(block.alt) > 60
            for picture in (block.svg, block.narrow):
                assert "Synthetic data" in re.sub(r"<[^>]+>", "", picture)


def test_sections_without_data_are_left_out_in_one_line(typical: ClientExtract) -> None:
    """Without people, levels, signs and waves: one line each, and nothing fails."""
    bare = replace(
        typical,
        raw_responses=None,
        comments=typical.comments.iloc[:0],
        scores=typical.scores[
            typical.scores["scope"].isin(["item"]) & (typical.scores["wave"] == typical.wave)
        ],
        source=replace(typical.source, waves=(typical.wave,)),
    )
    lines = [str(b) for b in blocks_of(bare) if isinstance(b, Prose) and "left out: " in str(b)]
    assert len(lines) >= 7
    assert len(lines) == len(set(lines))
    assert all("\n" not in line for line in lines)


def test_percentile_interval_by_hand(typical: ClientExtract) -> None:
    """The score's interval read off the deciles, straight between them."""
    place = index_standing(typical)
    assert place is not None
    assert place.score.low is not None
    row = typical.benchmark.query("scope == 'index' and name == 'customer_focus'").iloc[0]
    deciles = [(float(row[f"p{d}"]), d) for d in range(10, 100, 10)]
    below = max((d for d in deciles if d[0] <= place.score.low), default=None)
    if below is not None and below[1] < 90:
        above = deciles[deciles.index(below) + 1]
        expected = below[1] + 10 * (place.score.low - below[0]) / (above[0] - below[0])
        assert place.low == pytest.approx(expected)
    assert place.low is not None
    assert place.high is not None
    assert place.percentile is not None
    assert place.low - 1e-9 <= max(place.percentile, 10)


def test_distribution_of_a_client_sums_to_one(typical: ClientExtract) -> None:
    """Shares of each shown item sum to 1, and rest on five answers at least."""
    spread = client_distribution(typical, "do")
    assert spread is not None
    assert (spread.frame.groupby("item")["share"].sum().round(9) == 1).all()
    assert (spread.frame["n_answers"] >= 5).all()


def test_response_rate_where_invitations_are_known(typical: ClientExtract) -> None:
    """Respondents of those invited; a rate above 1 is not shown."""
    who = client_participation(replace(typical, invited={"2025": 2 * typical.n, "2024": 1}), None)
    rates = who.waves.set_index("wave")["rate"]
    assert rates["2025"] == pytest.approx(typical.n / (2 * typical.n), abs=0.2)
    assert "people invited answered" in str(client_pages.participation_text(who))


def test_the_workbook_has_the_report_s_figures(typical: ClientExtract, tmp_path: Path) -> None:
    """Every table of the report is a range of the workbook; its numbers are numbers, equal to those printed."""
    path = write_client_workbook(typical, tmp_path / "client.xlsx")
    book = load_workbook(path)
    sheets = client_sheets(typical)
    assert book.sheetnames == ["Cover", *sheets]
    practices = sheets["Practices"][0]
    sheet = book["Practices"]
    assert sheet["A1"].value == practices.title
    printed = practices.rows[0]
    assert sheet["A3"].value == printed[0]
    assert sheet["B3"].value == float(printed[1])
    assert sheet["B3"].data_type == "n"
    kinds = {cell.data_type for s in book for row in s.iter_rows() for cell in row}
    assert "f" not in kinds


def test_two_workbooks_are_the_same(typical: ClientExtract, tmp_path: Path) -> None:
    """The same extract gives the same bytes."""
    first, second = (write_client_workbook(typical, tmp_path / f"{k}.xlsx").read_bytes() for k in (1, 2))
    assert first == second


def test_peers_without_top_quartile_are_said_so(sample_study: Study, tmp_path: Path) -> None:
    """Of fifteen peers there is a mean, a third and no top quartile; nothing claims one."""
    folder = cut_extract(sample_study, sample_study.clients[0], tmp_path / "x", benchmark="sector")
    extract = open_extract(folder)
    blocks = blocks_of(extract)
    text = "\n".join(str(b) for b in blocks if not str(b).startswith("**Scores.**"))
    assert f"{extract.facts['sector']} mean" in text
    assert "top quartile" not in text.casefold()
    assert "percentile" not in text.casefold().replace("percentiles and quartiles need", "")
    assert "Third" in text
    assert not UNFIT.search(text)


HARD = {
    "The Very Long Named Cooperative Association of Independent Craftspeople and Makers Ltd": "5",
    "=SUM(A1:A9) & *Sons* [x](http://y) <b>$1$</b>": "1",
    "Gesellschaft für Kundenorientierung 顧客 Ω": "3",
}
"""Hard names, and what each answers to everything."""


def hard_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A survey with three hard clients: tied, at the ends of the scale, with long and strange names; 25 sectors."""
    names = frame["organization"].value_counts()
    chosen = frame[frame["organization"].isin(names.index[:40])].copy()
    ratings = [c for c in chosen if re.fullmatch(r"(lead|proc|people|prod)_[sd]\d|perf_\d|level_\w+_\d", c)]
    order = list(dict.fromkeys(chosen["organization"]))
    for name, (new, answer) in zip(order, HARD.items(), strict=False):
        own = chosen["organization"] == name
        chosen.loc[own, ["organization", *ratings]] = [new, *[answer] * len(ratings)]
    return chosen


@pytest.fixture(scope="module")
def hard_study(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Forty organizations, three of them hard, in 25 sectors."""
    folder = tmp_path_factory.mktemp("hard")
    frame = hard_rows(pd.read_csv(sample_file, dtype=str, keep_default_na=False))
    place = {name: k for k, name in enumerate(dict.fromkeys(frame["organization"]))}
    frame["sector"] = [f"Sector number {place[name] % 25 + 1}" for name in frame["organization"]]
    frame.to_csv(folder / "hard.csv", index=False)
    text = (ROOT / "data" / "instruments" / "customer_focus.yaml").read_text("utf-8")
    options = "".join(f"      - Sector number {k + 1}\n" for k in range(25))
    text = re.sub(r"(id: sector\n    title: Sector\n    options:\n)(?:      - .*\n)+", rf"\1{options}", text)
    (folder / "hard.yaml").write_text(text, encoding="utf-8")
    return prepare(folder / "hard.csv", folder / "hard.yaml", folder / "study")


def test_hard_clients_are_fit_to_print(hard_study: Study, tmp_path: Path) -> None:
    """Tied, extreme, long-named and strangely named clients: every block is made and says nothing odd."""
    for k, name in enumerate(HARD):
        for block in blocks_of(cut(hard_study, name, tmp_path / str(k)), page=True):
            assert not UNFIT.search(str(block)), (name, block)


def test_names_in_the_workbook_are_no_formulas(hard_study: Study, tmp_path: Path) -> None:
    """A client called like a formula is a text."""
    name = next(c for c in HARD if c.startswith("="))
    path = write_client_workbook(cut(hard_study, name, tmp_path), tmp_path / "x.xlsx")
    cell = load_workbook(path)["Cover"]["A1"]
    assert cell.data_type == "s"
    assert "SUM" in cell.value


@pytest.mark.slow
def test_hard_clients_render(hard_study: Study, tmp_path: Path) -> None:
    """Long-named, strangely named and tied clients become whole PDFs, with the name as it is."""
    for k, name in enumerate(HARD):
        folder = cut_extract(hard_study, name, tmp_path / f"e{k}")
        note = {"extract": str(folder), "note": "A note with <b>marks</b> & $signs$."}
        executed = execute(NOTEBOOK, note, output=tmp_path / f"{k}.ipynb")
        text = "\n".join(
            p.extract_text() for p in PdfReader(BytesIO(REPORT_FORMATS["pdf"](executed, NOTEBOOK))).pages
        )
        assert "Traceback" not in text
        assert "<b>marks</b>" in text
        assert " ".join(name.split()[:3]) in " ".join(text.split())


@pytest.mark.slow
def test_a_published_table_s_client_renders(real_data: Path, tmp_path: Path) -> None:
    """A client of frequency tables has no people; its report is made and says what is left out."""
    file = real_data / "fevs" / "fevs_2023_govwide_report_by_agency.xlsx"
    study = prepare(file, ROOT / "data" / "instruments" / "fevs_2023.yaml", tmp_path / "fevs")
    extract = cut(study, "GSA", tmp_path)
    assert extract.raw_responses is None
    for block in blocks_of(extract):
        assert not UNFIT.search(str(block)), block
