"""In a client's report a difference is that of the terms beside it: in sentences, tables, charts and the workbook."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import takewhile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lxml import html as markup
from openpyxl import load_workbook

from cfanalysis.intake.reading_options import ReadingOptions
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.single_report import REPORT_FORMATS
from cfanalysis.reports.client.client_workbook import write_client_workbook
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

from .conftest import ROOT
from .test_client_report import NOTEBOOK
from .test_client_truth import ASKED, ITEMS, answers, small_client, study_with

CONSULTANT = ROOT.parent / "shared" / "cases" / "consultant"
NUMBER = r"([+−]?[\d.]+)"
Check = Callable[..., float]
SENTENCES: tuple[tuple[str, Check], ...] = (
    (rf"you score {NUMBER}, {NUMBER} points above [^(]*\({NUMBER}\)", lambda a, d, b: a - b - d),
    (rf"you score {NUMBER}, {NUMBER} points below [^(]*\({NUMBER}\)", lambda a, d, b: b - a - d),
    (rf"practice is {NUMBER}, {NUMBER} points below what you intend \({NUMBER}\)", lambda a, d, b: b - a - d),
    (rf"is {NUMBER}; in the benchmark it is {NUMBER}, {NUMBER} points more", lambda a, b, d: b - a - d),
    (
        rf"you intend at {NUMBER} and what you do at {NUMBER}: intention runs ahead of practice by {NUMBER}",
        lambda a, b, d: a - b - d,
    ),
    (
        rf"you intend at {NUMBER} and what you do at {NUMBER}: practice runs ahead of intention by {NUMBER}",
        lambda a, b, d: b - a - d,
    ),
    (
        rf"is done at {NUMBER}, those .{{9,60}}? at {NUMBER}: a difference of {NUMBER}",
        lambda a, b, d: a - b - d,
    ),
)
TERMS = (("Say", "Do", "Gap"), ("You", "Benchmark", "Difference"), ("To", "From", "Change"))
MEASURES = ("Say", "Do", "Say-Do gap")
SIDES = ("Internal customers (colleagues)", "External customers", "Internal minus external")


def number(text: object) -> float:
    """A printed number; missing where there is none."""
    plain = str(text).replace("−", "-").replace("+", "").rstrip(".")
    return float(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else float("nan")


class Recount:
    """Differences that were recomputed from the terms beside them, and those that are not theirs."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.n = 0

    def add(self, rest: float, where: object) -> None:
        """Take a difference less its terms; where a term is not printed nothing is counted."""
        if np.isfinite(rest):
            self.n += 1
            self.wrong += [str(where)] if abs(rest) > 0.001 else []

    def sentences(self, text: str) -> None:
        """Look at the sentences of a page, and at titles that say how much a measure rose or fell."""
        for pattern, rest in SENTENCES:
            for match in re.finditer(pattern, text):
                self.add(rest(*(number(part) for part in match.groups())), match.group())

    def table(self, table: pd.DataFrame) -> None:
        """Look at the columns of a table that are a difference of others, and at a gap below its Say and Do."""
        for first, second, difference in TERMS:
            if {first, second, difference} <= set(table.columns):
                for _, row in table.iterrows():
                    a, b, apart = (number(row[c]) for c in (first, second, difference))
                    self.add(a - b - apart, row.to_list())
        for names, (first, second, difference) in (("Measure", MEASURES), ("Do items about", SIDES)):
            if names in table and {first, second, difference} <= set(table[names]):
                own = table.drop_duplicates(names).set_index(names)
                for column in [c for c in own if "interval" not in c and c not in ("Percentile", "Third")]:
                    a, b, apart = (number(own.loc[m, column]) for m in (first, second, difference))
                    self.add(a - b - apart, f"{column}: {a} {b} {apart}")

    def changes(self, text: str, tables: list[pd.DataFrame]) -> None:
        """Look at titles that say how much a measure rose or fell, beside the table of changes."""
        for table in tables:
            if {"Measure", "Change"} <= set(table.columns):
                size = dict(zip(table["Measure"], table["Change"], strict=True))
                for measure, way, by in re.findall(rf"([\w-][\w -]*) (rose|fell) by {NUMBER}", text):
                    own = next((number(size[m]) for m in size if measure.endswith(str(m))), float("nan"))
                    self.add(own - (number(by) if way == "rose" else -number(by)), f"{measure} {way} by {by}")

    def charts(self, page: markup.HtmlElement) -> None:
        """Look at the charts: a gap at the end of a row of Say and Do, and the gap between two lines."""
        for picture in page.iter("{*}svg", "svg"):
            texts = [(*place(node), " ".join(node.itertext())) for node in picture.iter("{*}text", "text")]
            ends = {
                key: number(text.split()[-1])
                for _, _, text in texts
                for key in MEASURES[:2]
                if text.startswith(f"{key} ")
            }
            last = max((x for x, _, text in texts if text.startswith("Say ")), default=0.0)
            gaps = [(x, number(text[4:])) for x, _, text in texts if re.fullmatch(r"Gap [−\d.]+", text)]
            gaps = [(x, gap) for x, gap in gaps if last - x < 80]  # a narrow one is not written
            if gaps and len(ends) == 2:
                self.add(ends["Say"] - ends["Do"] - max(gaps)[1], texts)
            if any(text == "Gap" for *_, text in texts):
                for row in rows_of(texts):
                    if len(row) == 3:
                        (_, a), (_, b), (_, gap) = row
                        self.add(abs(abs(b - a) - abs(gap)), row)


def place(node: markup.HtmlElement) -> tuple[float, float]:
    """Where a text stands."""
    moved = re.search(r"translate\(([\d.-]+)[ ,]+([\d.-]+)\)", node.get("transform", ""))
    return (float(moved[1]), float(moved[2])) if moved else (float(node.get("x", 0)), float(node.get("y", 0)))


def rows_of(texts: list[tuple[float, float, str]]) -> Iterator[list[tuple[float, float]]]:
    """The scores that stand at one height, from left to right: place and number."""
    scores = sorted((y, x, number(text)) for x, y, text in texts if re.fullmatch(r"−?\d+\.\d", text))
    rows: list[list[tuple[float, float]]] = []
    last = float("-inf")
    for y, x, score in scores:
        if y - last > 4:
            rows.append([])
        rows[-1].append((x, score))
        last = y
    yield from map(sorted, rows)


def sheets(path: Path) -> Iterator[pd.DataFrame]:
    """The tables of a workbook: a title, a head, rows, a note."""
    for sheet in load_workbook(path):
        lines = [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()]
        heads = [k for k, line in enumerate(lines) if sum(isinstance(c, str) and c != "" for c in line) > 2]
        for head in heads:
            body = list(takewhile(lambda line: any(c != "" for c in line[1:]), lines[head + 1 :]))
            columns = [str(c) or f"_{k}" for k, c in enumerate(lines[head])]
            if len(set(columns)) == len(columns):
                yield pd.DataFrame(body, columns=columns)


def recount(extract: Path, folder: Path) -> dict[str, Recount]:
    """What was recomputed of a client: in the sentences, tables and charts of its page, and in its workbook."""
    executed = execute(NOTEBOOK, {"extract": str(extract)}, output=folder / "executed.ipynb")
    content = REPORT_FORMATS["html"](executed, NOTEBOOK)
    page = content.decode("utf-8") if isinstance(content, bytes) else content
    tree = markup.fromstring(page)
    found = {name: Recount() for name in ("sentences", "tables", "charts", "workbook")}
    text = " ".join(str(tree.text_content()).split())
    found["sentences"].sentences(text)
    tables = pd.read_html(StringIO(page))
    for table in tables:
        found["tables"].table(table)
    found["sentences"].changes(text, tables)
    found["charts"].charts(tree)
    for sheet in sheets(write_client_workbook(open_extract(extract), folder / "client.xlsx")):
        found["workbook"].table(sheet)
    return found


def other_scale(low: int, high: int) -> Callable[[Path], Study]:
    """Return what makes a study of two waves on a scale of other length."""

    def study(folder: Path) -> Study:
        width, noise = (high - low) / 4, np.random.default_rng(1)
        frame = pd.concat([answers(), small_client(6, 2), small_client(3, 0)], ignore_index=True)
        items = frame[list(ITEMS)].replace("", np.nan).astype(float)
        spread = noise.integers(0, 2, items.shape)
        scaled = np.clip(low + (items - 1) * width + spread, low, high).round().astype("Int64")
        frame = frame.assign(**{i: scaled[i].astype("object").where(scaled[i].notna(), "") for i in ITEMS})
        frame = pd.concat([frame.assign(wave="2024").iloc[::2], frame], ignore_index=True)
        text = ASKED.replace("agreement: {min: 1, max: 5}", f"agreement: {{min: {low}, max: {high}}}")
        return study_with(folder, frame, text)

    return study


def consultant(folder: Path) -> Study:
    """The answers of two years to a questionnaire of a consultant's own."""
    if not CONSULTANT.is_dir():
        pytest.skip(f"the cases are not at {CONSULTANT}")
    file, options = CONSULTANT / "exports" / "survey_2025.xlsx", ReadingOptions(wave="2025")
    return prepare(file, CONSULTANT / "compass.yaml", folder / "study", options=options)


def small(folder: Path) -> Study:
    """Organizations and clients of three and six respondents, on a scale of five points."""
    clients = [small_client(6, 2), small_client(3, 0)]
    return study_with(folder, pd.concat([answers(), *clients], ignore_index=True))


SURVEYS: dict[str, Callable[[Path], Study] | None] = {
    "the sample": None,
    "five points": small,
    "seven points": other_scale(1, 7),
    "eleven points": other_scale(0, 10),
    "a consultant's": consultant,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SURVEYS)
def test_every_difference_is_that_of_the_terms_beside_it(
    sample_study: Study, tmp_path: Path, name: str
) -> None:
    """In the sentences, tables and charts of the page and in the workbook, of large and small clients and of peers."""
    make = SURVEYS[name]
    study = sample_study if make is None else make(tmp_path)
    sizes = study.survey.organizations.query("kind == 'organization'").groupby("organization")["n"].last()
    large, small_ones = sizes.idxmax(), sizes[sizes < 10].index[:2]
    chosen = [(large, "all"), *((client, "all") for client in small_ones)]
    chosen += [(large, "sector")] if study.survey.instrument.organization_fields and make is None else []
    for k, (client, benchmark) in enumerate(chosen):
        folder = tmp_path / str(k)
        folder.mkdir()
        found = recount(cut_extract(study, client, folder / "extract", benchmark=benchmark), folder)
        assert {kind: each.wrong for kind, each in found.items() if each.wrong} == {}, client
        whole = sizes[client] >= 5
        least = (
            {"sentences": 3, "tables": 8, "charts": 2, "workbook": 8}
            if whole
            else {"sentences": 1, "tables": 2}
        )
        assert {kind: each.n for kind, each in found.items() if each.n < least.get(kind, 0)} == {}, client


def test_a_wrong_difference_is_found() -> None:
    """A sentence, a table, a chart and a title of which one term was changed are each reported."""
    found = Recount()
    found.sentences("Practice: you score 41.5, 5.4 points below the benchmark (47.0).")
    found.table(pd.DataFrame({"Say": ["61.0"], "Do": ["37.6"], "Gap": ["+23.3"]}))
    found.table(pd.DataFrame({"Measure": MEASURES, "You": ["61.0", "37.6", "23.5"]}))
    changes = pd.DataFrame({"Measure": ["Say"], "From": ["68.9"], "To": ["61.0"], "Change": ["−7.9"]})
    found.changes("Say fell by 7.8", [changes])
    row = "".join(f'<text x="{x}" y="20">{v}</text>' for x, v in ((1, "38.9"), (5, "64.0"), (9, "25.2")))
    ends = (
        '<text x="9" y="1">Say 61.0</text><text x="9" y="5">Do 37.6</text><text x="8" y="3">Gap 23.3</text>'
    )
    for chart in (f'<text x="9" y="2">Gap</text>{row}', ends):
        found.charts(markup.fromstring(f"<div><svg>{chart}</svg></div>"))
    assert (found.n, len(found.wrong)) == (6, 6)
