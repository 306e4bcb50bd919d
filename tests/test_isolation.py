"""Nothing of one client is in another's report: canaries in names, comments and values."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pikepdf
import pypdf
import pytest

from cfanalysis.client_reports import Wanted, write_client_reports
from cfanalysis.publish.limits import can_fork
from cfanalysis.publish.places import Folder
from cfanalysis.study import Study, prepare

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

CLIENTS = int(os.environ.get("CFANALYSIS_CANARIES", "20"))
REPORTED = int(os.environ.get("CFANALYSIS_CANARIES", "6"))
_COMMENTS = ("tell_us", "comment", "open", "better", "why", "wish")


def word(number: int, where: str) -> str:
    """A word that is nowhere else."""
    return f"Qz{where}{number:04d}x"


@pytest.fixture(scope="module")
def canaries(sample_file: Path, instrument_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The sample with a unique word in each organization's name and in each of its comments."""
    folder = tmp_path_factory.mktemp("canaries")
    with sample_file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    header, body = rows[0], rows[1:]
    organization = next(
        i for i, name in enumerate(header) if re.search("organi[sz]ation|company", name, re.IGNORECASE)
    )
    open_items = open_columns(instrument_file, header)
    numbers: dict[str, int] = {}
    kept = []
    for row in body:
        key = " ".join(row[organization].split()).casefold()
        if not key or (key not in numbers and len(numbers) >= CLIENTS):
            continue
        number = numbers.setdefault(key, len(numbers))
        row[organization] = f"Client {word(number, 'Name')}"
        for column in open_items:
            row[column] = f"We think {word(number, 'Comment')} could be better."
        kept.append(row)
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
    wanted = Wanted(str(canaries.folder), None, REPORTED)
    entries = write_client_reports(wanted, Folder(folder), formats=("pdf", "html"), jobs=2)
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


def found(text: str) -> set[int]:
    """The numbers of the clients whose words are in a text."""
    return {int(n) for n in re.findall(r"Qz(?:Name|Comment)(\d{4})x", text)}


@pytest.mark.slow
def test_no_word_of_another_client_is_in_a_report(reports: Path) -> None:
    """Each PDF (text, metadata, alternative texts, every stream) and web page knows one client alone."""
    pdfs = sorted(reports.glob("*.pdf"))
    assert len(pdfs) == REPORTED
    owners = set()
    for pdf in pdfs:
        inside = found(all_of_pdf(pdf))
        assert len(inside) == 1, (pdf.name, inside)
        assert found(pdf.with_suffix(".html").read_text(encoding="utf-8")) == inside
        owners |= inside
    assert len(owners) == REPORTED


@pytest.mark.slow
def test_a_report_process_holds_one_client_alone(canaries: Study, reports: Path, tmp_path: Path) -> None:
    """Its memory, searched from within after a batch, has no word of another client."""
    assert reports.exists()
    from cfanalysis.extract import cut_extract
    from cfanalysis.publish.workshop import Job, workshop

    for number, client in enumerate(canaries.clients[:3]):
        extract = cut_extract(canaries, client, tmp_path / f"extract-{number}")
        folder = tmp_path / f"job-{number}"
        folder.mkdir()
        job = Job(folder, "cells", {"notebook": "given.ipynb"})
        (folder / "given.ipynb").write_text(searching(str(extract)))
        workshop().run(job).result()
        text = (folder / "cells.jsonl").read_text()
        inside = {int(n) for n in re.findall(r"found (\d{4})", text)}
        assert inside == found(client), (client, inside)


def searching(extract: str) -> str:
    """A notebook that opens an extract and then searches its process's whole memory."""
    import nbformat

    source = (
        "import re\nfrom cfanalysis.workbook import client_extract\n"
        f"own = client_extract({extract!r}, study='', client='')\n"
        "pattern, inside = re.compile(b'Q' + rb'z(?:Name|Comment)(\\d{4})x'), set()\n"
        "with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:\n"
        "    for line in maps.readlines():\n"
        "        span, rights = line.split()[:2]\n"
        "        low, high = (int(x, 16) for x in span.split('-'))\n"
        "        if 'r' not in rights or 'vvar' in line or 'vsyscall' in line: continue\n"
        "        try:\n"
        "            memory.seek(low)\n"
        "            block = memory.read(high - low)\n"
        "        except OSError:\n"
        "            continue\n"
        "        inside |= set(pattern.findall(block))\n"
        "        del block\n"
        "for number in sorted(inside):\n    print('found', number.decode())"
    )
    cell = nbformat.v4.new_code_cell(source)
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {}})))
