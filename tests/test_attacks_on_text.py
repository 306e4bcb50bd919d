"""An attacker who reads by machine: the text of PDF and page, cells, public charts, the questionnaire's page.

Whatever figure of others is read, it is the printed one of the benchmark, with no digit more, so that what is found by
linear algebra on the printed figures (`test_attacks.py`) holds for all files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from cfanalysis.cli import cfanalysis
from cfanalysis.questionnaire import questionnaire, questionnaire_page
from cfanalysis.questionnaire.respondent_profile import page_benchmark
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.study.benchmark.norm_benchmark import whole_benchmark
from cfanalysis.study.client_extract import cut_extract, open_extract, printed_aggregates
from cfanalysis.study.prepared_study import Study

Cells = list[str]
Figure = tuple[str, str, str, str, float]
"""Scope, name and facet of a measure, which figure of it, and the number that is read."""

TABLES: dict[str, tuple[str, str, dict[str, str]]] = {
    "Dimension": ("dimension", "gap", {"Top quartile: gap": "top", "Benchmark mean: gap": "mean"}),
    "Subject": ("pair", "gap", {"Benchmark gap": "mean"}),
    "Item": ("item", "all", {"Benchmark": "mean"}),
    "Practice": ("practice", "all", {"Benchmark": "mean", "Top quartile": "top"}),
    "Warning sign": ("warning_sign", "all", {"Benchmark": "mean"}),
    "Measure": ("index", "all", {"Benchmark mean": "mean", "Top quartile": "top"}),
}
"""Tables with figures of others by the head of their first column."""

NUMBER = r"[+−-]?\d[\d,.]*%?"


@pytest.fixture(scope="module")
def written(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large client's report in all formats, and the public charts."""
    folder = tmp_path_factory.mktemp("written")
    sizes = sample_study.survey.organizations.query("kind == 'organization'").sort_values("n")
    client, study = str(sizes["organization"].iloc[-1]), str(sample_study.folder)
    cut_extract(sample_study, client, folder / "extract")
    for call in (
        [
            "report",
            study,
            "--client",
            client,
            "--format",
            "html,pdf,xlsx",
            "--jobs",
            "1",
            "--out",
            str(folder),
        ],
        ["charts", study, "--format", "svg", "--jobs", "1", "--out", str(folder / "charts")],
    ):
        result = CliRunner().invoke(cfanalysis, call)
        assert result.exit_code == 0, result.output
    (folder / "index.html").unlink()
    return folder


@pytest.fixture(scope="module")
def pdf_pages(written: Path) -> list[str]:
    """The text of each page of the report."""
    (pdf,) = written.glob("*.pdf")
    return [page.extract_text() for page in PdfReader(pdf).pages]


@pytest.fixture(scope="module")
def printed(sample_study: Study) -> pd.DataFrame:
    """The benchmark's figures as they are printed."""
    return printed_aggregates(whole_benchmark(sample_study)).set_index(MEASURE)


class TableText(HTMLParser):
    """The cells of a page's tables."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Cells] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]} {data}".split())


def page_rows(page: Path) -> list[Cells]:
    reader = TableText()
    reader.feed(page.read_text("utf-8"))
    return reader.rows


def book_rows(book: Path) -> list[Cells]:
    sheets = openpyxl.load_workbook(book).worksheets
    return [
        ["" if c is None else str(c) for c in row]
        for sheet in sheets
        for row in sheet.iter_rows(values_only=True)
    ]


def pdf_rows(pages: list[str], heads: list[Cells], titles: set[str]) -> list[Cells]:
    """Lines of a PDF's text as rows: those that are a table's head, and those that begin with a title."""
    rows = []
    for page in pages:
        for line in page.split("\n"):
            head = next((cells for cells in heads if " ".join(cells) == line.strip()), None)
            title = max((t for t in titles if line.startswith(f"{t} ")), key=len, default=None)
            if head is not None:
                rows.append(head)
            elif title is not None:
                rows.append([title, *re.findall(rf"{NUMBER}(?: to {NUMBER})?|–", line[len(title) :])])
    return rows


def table_titles(study: Study) -> dict[str, dict[str, str]]:
    """The name of each measure by its scope and title."""
    of = study.survey.instrument
    return {
        "dimension": {d.title: d.id for d in of.dimensions},
        "pair": {pair.do.title: pair.id for pair in of.pairs},
        "item": {item.title: item.id for item in of.gap_items},
        "practice": {p.title: p.id for p in of.practices},
        "warning_sign": {item.title: item.id for item in of.select(role="warning_sign")},
        "index": {index.title: index.id for index in of.indices},
    }


def figures_of(rows: list[Cells], study: Study) -> Iterator[Figure]:
    """The figures of others in the rows of tables."""
    titles, columns, scope, facet, wanted = table_titles(study), Cells(), "", "", dict[str, str]()
    for row in rows:
        if row and row[0] in TABLES and len(row) > 2:
            (scope, facet, wanted), columns = TABLES[row[0]], row
        elif row and row[0] in titles.get(scope, {}) and len(row) == len(columns):
            for column, cell in zip(columns, row, strict=True):
                if column in wanted and re.fullmatch(NUMBER, cell):
                    number = float(cell.rstrip("%").replace("−", "-").replace(",", ""))
                    part = scope == "warning_sign" and not cell.endswith("%")
                    yield scope, titles[scope][row[0]], facet, wanted[column], number * (100 if part else 1)


def text_of_page(html: str) -> str:
    """A page's words, without styles and pictures' paths."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL))


@pytest.mark.parametrize(("end", "least"), [("html", 70), ("pdf", 60), ("xlsx", 20)])
def test_what_is_read_from_a_report_is_what_is_printed_everywhere(
    written: Path, pdf_pages: list[str], sample_study: Study, printed: pd.DataFrame, end: str, least: int
) -> None:
    """Every figure of others in its tables is the benchmark's printed one."""
    (page,), (file,) = (list(written.glob(f"*.{each}")) for each in ("html", end))
    heads = [row for row in page_rows(page) if row and row[0] in TABLES]
    titles = {title for names in table_titles(sample_study).values() for title in names}
    rows = (
        page_rows(page)
        if end == "html"
        else book_rows(file)
        if end == "xlsx"
        else pdf_rows(pdf_pages, heads, titles)
    )
    found = list(figures_of(rows, sample_study))
    assert len(found) >= least
    for scope, name, facet, figure, number in found:
        assert number == pytest.approx(float(str(printed.loc[(scope, name, facet), figure])), abs=1e-6), (
            scope,
            name,
        )


def test_no_text_has_more_digits_than_a_tenth(written: Path, pdf_pages: list[str]) -> None:
    """But correlations, whose hundredths are those of the extract."""
    extract = open_extract(written / "extract")
    known = {f"{abs(v):.2f}" for v in extract.importance[["importance", "low", "high"]].to_numpy().ravel()}
    (page,) = written.glob("*.html")
    texts = {
        "page": text_of_page(page.read_text("utf-8")),
        "pdf": "\n".join(pdf_pages),
    }
    public = [path for end in ("txt", "html") for path in (written / "charts").glob(f"*.{end}")]
    texts |= {path.name: text_of_page(path.read_text("utf-8")) for path in public}
    assert len(texts) > 10
    for name, text in texts.items():
        fine = set(re.findall(r"(?<![\d.,/-])\d+\.\d{2,}(?![\d.])", text))
        assert fine <= known, (name, sorted(fine - known)[:5])


def test_public_charts_have_the_printed_figures_in_words_and_numbers(
    written: Path, printed: pd.DataFrame
) -> None:
    """Each cell of a number beside a chart has the digits that are printed, and the description says the same."""
    values = set(
        printed[["mean", "top", "p10", "p25", "p50", "p75", "p90"]].round(1).abs().to_numpy().ravel()
    )
    for name, columns in {
        "quartile_bands": ["low", "q1", "median", "q3", "high"],
        "pair_heat_table": ["gap"],
    }.items():
        rows = pd.read_csv(written / "charts" / f"{name}.csv")
        cells = rows[columns].round(9).abs()
        assert (cells.round(1) == cells).all(axis=None)
        own = rows if "group" not in rows else rows[rows["group"].isin(["All", "Top"])]
        assert set(own[columns].abs().to_numpy().ravel()) <= values
        text = (written / "charts" / f"{name}.description.txt").read_text("utf-8")
        told = {abs(float(n.replace("−", "-"))) for n in re.findall(r"[+−-]?\d+\.\d+", text)}
        assert told <= set(cells.to_numpy().ravel())


def test_the_questionnaire_s_page_holds_printed_figures_alone(
    sample_study: Study, printed: pd.DataFrame
) -> None:
    """What its script reads: of each measure n, mean, outer tenths and top quartile, all as they are printed."""
    asked = sample_study.survey.instrument
    page = questionnaire_page(
        questionnaire(asked, wave="2025"), benchmark=page_benchmark(sample_study, asked)
    )
    start = page.index('"benchmark":') + len('"benchmark":')
    benchmark, _ = json.JSONDecoder().raw_decode(page[start:].lstrip())
    assert set(benchmark) == {"study", "n", "waves", "synthetic", "measures"}
    assert len(benchmark["measures"]) > 20
    for measure, figures in benchmark["measures"].items():
        for figure, number in figures.items():
            assert number == pytest.approx(
                float(str(printed.loc[tuple(measure.split("/")), figure])), abs=1e-9
            ), measure
