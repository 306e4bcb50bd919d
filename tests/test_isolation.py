"""Nothing of one client is in another's report: canaries in names, comments and values."""

from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pandas as pd
import pikepdf
import pypdf
import pytest

from cfanalysis.cli import main
from cfanalysis.core.resources import shipped_file
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.client_batches import ReportSelection, write_client_reports
from cfanalysis.publish.execution.fork_client import RUN_CELLS, fork_client
from cfanalysis.publish.execution.notebook_run import execute
from cfanalysis.publish.execution.parameters import parse_parameters
from cfanalysis.publish.execution.protocol import Job
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.study.client_extract import cut_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

CLIENTS = int(os.environ.get("CFANALYSIS_CANARIES", "24"))
"""``make canaries`` has 200."""

REPORTED = CLIENTS if CLIENTS > 100 else 2
PUBLIC = () if CLIENTS > 100 else ("--format", "svg")
SEARCHED = min(REPORTED, 20)
"""Processes whose memory is searched."""

FORMATS = ("pdf", "html", "xlsx")


def word(number: int, where: str) -> str:
    """A word that is nowhere else."""
    return f"Qz{where}{number:04d}x"


@pytest.fixture(scope="module")
def canaries(sample_file: Path, instrument_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The sample, made as large as is asked for, with words of its own in each client's names, comments and people.

    A respondent's identifier is a canary as well, and must turn up nowhere at all.
    """
    folder = tmp_path_factory.mktemp("canaries")
    with sample_file.open(encoding="utf-8-sig", newline="") as stream:
        header, *body = list(csv.reader(stream))
    place = {name: i for i, name in enumerate(header)}
    by_organization: dict[str, list[list[str]]] = {}
    for row in body:
        key = " ".join(row[place["organization"]].split()).casefold()
        if key:
            by_organization.setdefault(key, []).append(row)
    groups, kept, comments = list(by_organization.values()), [], open_columns(instrument_file, header)
    for number in range(CLIENTS):
        for person, row in enumerate(groups[number % len(groups)]):
            mine = list(row)
            mine[place["organization"]] = f"Client {word(number, 'Name')}"
            mine[place["respondent"]] = f"{word(number, 'Person')}{person}"
            for column in comments:
                mine[column] = f"We think {word(number, 'Comment')} could be better."
            kept.append(mine)
    path = folder / "canaries.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *kept])
    return prepare(path, instrument_file, folder / "study")


def open_columns(instrument_file: Path, header: list[str]) -> list[int]:
    """The columns of the open questions."""
    import yaml

    items = yaml.safe_load(instrument_file.read_text(encoding="utf-8"))["items"]
    wanted = {str(i[k]).casefold() for i in items if i["role"] == "open" for k in ("id", "text") if k in i}
    return [i for i, name in enumerate(header) if name.strip().casefold() in wanted]


@pytest.fixture(scope="module")
def reports(canaries: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of reports of some of them, with the executed notebooks."""
    folder = tmp_path_factory.mktemp("reports")
    wanted = ReportSelection(str(canaries.folder), None, REPORTED)
    entries = write_client_reports(wanted, FolderDestination(folder), formats=FORMATS, jobs=2)
    assert {e.state for e in entries} == {"done"}, [e.error for e in entries if e.error]
    return folder


def all_of_pdf(path: Path) -> str:
    """Everything in a PDF that can hold words: text, metadata, alt texts, names, attachments, other streams."""
    parts = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    with pikepdf.open(path) as pdf:
        assert not pdf.attachments
        for thing in pdf.objects:
            parts.append(repr(thing)[:100_000])
            if isinstance(thing, pikepdf.Stream):
                try:
                    parts.append(thing.read_bytes().decode("latin-1"))
                except pikepdf.PdfError:
                    parts.append(thing.read_raw_bytes().decode("latin-1"))
            for text in texts(thing):
                parts.append(text)
    return "\n".join(parts)


def texts(thing: object) -> list[str]:
    """The strings right inside a PDF object, decoded."""
    if isinstance(thing, pikepdf.String):
        return [str(thing)]
    if isinstance(thing, pikepdf.Dictionary):
        return [str(v) for v in dict(thing.items()).values() if isinstance(v, pikepdf.String)]
    return []


def all_of_workbook(path: Path) -> str:
    """Every part of a workbook, as text."""
    with ZipFile(path) as book:
        return "\n".join(book.read(name).decode("latin-1") for name in book.namelist())


def found(text: str) -> set[int]:
    """The numbers of the clients whose words are in a text; words of people must not be in any."""
    assert "QzPerson" not in text
    return {int(n) for n in re.findall(r"Qz(?:Name|Comment)(\d{4})x", text)}


def test_no_word_of_another_client_is_in_a_report(reports: Path) -> None:
    """Each PDF (text, metadata, alternative texts, every stream), web page and workbook knows one client alone."""
    pdfs = sorted(reports.glob("*.pdf"))
    assert len(pdfs) == REPORTED
    owners = set()
    for pdf in pdfs:
        inside = found(all_of_pdf(pdf))
        assert len(inside) == 1, (pdf.name, inside)
        assert found(pdf.with_suffix(".html").read_text(encoding="utf-8")) == inside
        assert found(all_of_workbook(pdf.with_suffix(".xlsx"))) == inside
        owners |= inside
    assert len(owners) == REPORTED


def words_within(folder: Path) -> dict[str, set[str]]:
    """The kinds of canaries in each file of a folder that holds any."""
    read = {
        ".pdf": all_of_pdf,
        ".xlsx": all_of_workbook,
        ".parquet": lambda path: pd.read_parquet(path).to_csv(),
    }
    held = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = read.get(path.suffix, lambda path: path.read_bytes().decode("latin-1"))(path)
        if kinds := set(re.findall(r"Qz(Name|Comment|Person)\d{4}x", text)):
            held[str(path.relative_to(folder))] = kinds
    return held


def command(*arguments: object) -> None:
    """Call a command, which ends well."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    assert ended.value.code in (0, None)


def test_charts_and_norms_name_nobody(canaries: Study, tmp_path: Path) -> None:
    """No file of charts, public or for research, holds a name, a comment or a person; of a norm the secrets do."""
    command("charts", canaries.folder, *PUBLIC, "--jobs", "1", "--out", tmp_path / "public")
    command(
        "charts",
        canaries.folder,
        "--research",
        "--format",
        "svg",
        "--jobs",
        "1",
        "--out",
        tmp_path / "research",
    )
    assert len(list(tmp_path.rglob("*.svg"))) > 20
    assert words_within(tmp_path) == {}
    shutil.copytree(canaries.folder, tmp_path / "studies" / "study")
    command("norm", "make", tmp_path / "studies" / "study", "--name", "2026", "--publish")
    norms = tmp_path / "studies" / "norms"
    assert len(list(norms.rglob("*.parquet"))) > 3
    assert {Path(name).name: kinds for name, kinds in words_within(norms).items()} == {
        "members.json": {"Name"}
    }


@pytest.mark.slow
def test_research_reports_name_nobody(canaries: Study, tmp_path: Path) -> None:
    """Pages and figures of `analyze`, the verdict, and the executed notebooks of research."""
    command("analyze", canaries.folder, "--out", tmp_path / "reports")
    assert len(list(tmp_path.rglob("*.pdf"))) == 3
    for name in ("quartile_gaps", "measurement", "data_quality", "blog_charts"):
        notebook = shipped_file("notebooks", f"{name}.ipynb")
        given = parse_parameters(notebook, {"study": str(canaries.folder)})
        execute(notebook, given, output=tmp_path / f"{name}.ipynb")
    assert words_within(tmp_path) == {}


@pytest.mark.slow
def test_an_export_holds_what_it_says(canaries: Study, tmp_path: Path) -> None:
    """Single answers, for oneself: names in all tables of organizations, comments and people in the raw answers."""
    command("export", canaries.folder, "--out", tmp_path / "export")
    held = words_within(tmp_path / "export")
    assert held["raw_responses.csv"] == {"Name", "Comment", "Person"}
    assert {name for name, kinds in held.items() if "Comment" in kinds} == {"raw_responses.csv"}
    assert not {"codebook.md", "items.csv"} & set(held)


def test_a_report_process_holds_one_client_alone(canaries: Study, reports: Path, tmp_path: Path) -> None:
    """Neither its memory, searched from within when its last cell runs, nor its executed notebook knows another."""
    assert reports.exists()
    for number, client in enumerate(canaries.clients[:SEARCHED]):
        extract = cut_extract(canaries, client, tmp_path / f"extract-{number}")
        folder = tmp_path / f"job-{number}"
        folder.mkdir()
        (folder / "given.ipynb").write_text(searching(str(extract)), encoding="utf-8")
        fork_client().run(Job(folder, RUN_CELLS, {"notebook": "given.ipynb"})).result()
        executed = (folder / "cells.jsonl").read_text(encoding="utf-8")
        assert "image/svg+xml" in executed
        assert '"failed": true' not in executed
        inside = {int(n) for n in re.findall(r"found (\d{4})", executed)}
        assert inside == found(client), (client, inside)
        assert found(executed) == inside
        assert "people: 0" in executed


def searching(extract: str) -> str:
    """The client report's notebook, with a last cell that searches its process's whole memory."""
    notebook = nbformat.read(shipped_file("notebooks", "client_report.ipynb"), as_version=4)
    first = next(i for i, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", []))
    given = nbformat.v4.new_code_cell(f"extract = {extract!r}")
    notebook.cells = [*notebook.cells[: first + 1], given, *notebook.cells[first + 1 :]]
    notebook.cells.append(nbformat.v4.new_code_cell(SEARCH))
    notebook.metadata["papermill"] = {}
    return str(nbformat.writes(notebook))


SEARCH = """
import re
pattern, people = re.compile(b'Q' + rb'z(?:Name|Comment)(\\d{4})x'), re.compile(b'Q' + rb'zPerson\\d{4}')
inside, persons = set(), 0
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
    for line in maps.readlines():
        span, rights = line.split()[:2]
        low, high = (int(x, 16) for x in span.split('-'))
        if 'r' not in rights or 'vvar' in line or 'vsyscall' in line:
            continue
        try:
            memory.seek(low)
            block = memory.read(high - low)
        except OSError:
            continue
        inside |= set(pattern.findall(block))
        persons += len(people.findall(block))
        del block
for number in sorted(inside):
    print('found', number.decode())
print('people:', persons)
"""
