"""A report's date and author, in its pages and its metadata; the stamp once; the table for mail."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pikepdf
import pypdf
import pytest

from cfanalysis.cli import main
from cfanalysis.core import blocks
from cfanalysis.core.language import SOURCE, spoken_language, use_language
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.publish.batches.ledger import LedgerEntry, read_ledger
from cfanalysis.publish.batches.mail_merge import MAIL_MERGE, write_mail_merge
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.publish.provenance import read_provenance, short_form
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.html import html_page
from cfanalysis.publish.rendering.pdf import typst_pdf
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study, open_study

from .conftest import TINY
from .database_files import many, write_rows
from .publish.conftest import code, markdown, notebook, shown


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small study of a file."""
    folder = tmp_path_factory.mktemp("imprint")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    answers = write_rows(folder / "answers.csv", many("Alder", "Birch", "Cedar", "Elm", "Fir", "Gum"))
    return prepare(answers, folder / "tiny.yaml", folder / "study-of-ours")


def called(*arguments: object) -> int:
    """Call the command and return its exit code."""
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    return int(caught.value.code or 0)


@pytest.mark.parametrize(
    ("lang", "day"),
    [("en", ["Date", "11 March 2025"]), ("de", ["Datum", "11. März 2025"]), ("xx", ["Date", "2025-03-11"])],
)
def test_the_date_stands_in_the_masthead_and_in_the_metadata(
    lang: str, day: list[str], tmp_path: Path
) -> None:
    """Of the stamp, or of the notebook where it has none; the author is the brand, where the notebook names nobody."""
    (tmp_path / "brand.yaml").write_text("name: North & West")
    head = code("", shown(blocks.Masthead("Report", facts=[("Wave", "2025")])))
    for given in ({"stamp": {"date": "2025-03-11", "notebook": "0"}}, {}):
        made = notebook(head, lang=lang, **given)
        made.metadata["date"] = "2025-03-11" if not given else "2024-01-01"
        told = use_publication(Publication(str(tmp_path / "brand.yaml")))
        with told, use_language(spoken_language(lang) or SOURCE):
            read = document(made, name="r", folder=None)
        assert read.masthead is not None
        assert read.masthead["facts"] == [["Wave", "2025"], day]
        with pikepdf.open(io.BytesIO(typst_pdf(read)[0])) as pdf:
            assert str(pdf.docinfo["/CreationDate"]).startswith("D:20250311")
            assert str(pdf.docinfo["/Author"]) == "North & West"
        page = html_page(read)
        assert '<meta name="date" content="2025-03-11">' in page
        assert '<meta name="author" content="North &amp; West">' in page


@pytest.mark.parametrize("date", [None, "", "soon", "2025-02-30", 7])
def test_what_is_no_date_is_not_shown_as_one(date: object) -> None:
    """No day in the page, and none in the metadata: not 1970 either."""
    made = notebook(markdown("# Title\n\nWords."))
    made.metadata["date"] = date
    read = document(made, name="r", folder=None)
    with pikepdf.open(io.BytesIO(typst_pdf(read)[0])) as pdf:
        assert "/CreationDate" not in pdf.docinfo
    assert 'name="date"' not in html_page(read)


def test_the_stamp_stands_on_the_last_page_alone() -> None:
    """Once, in its short form."""
    stamp = {"notebook": "ab", "extract": "cd"}
    long = notebook(markdown("# Title\n\n" + "Words.\n\n" * 200), stamp=stamp)
    pages = pypdf.PdfReader(io.BytesIO(typst_pdf(document(long, name="r", folder=None))[0])).pages
    stamped = [short_form(stamp) in page.extract_text() for page in pages]
    assert stamped == [False] * (len(pages) - 1) + [True]
    assert len(pages) > 2


def test_an_extract_does_not_depend_on_the_study_s_name_or_state(study: Study, tmp_path: Path) -> None:
    """What a client's own figures do not say is not in it: the same figures are the same report."""
    before, moved = study.imprint, Path(shutil.copytree(study.folder, tmp_path / "other-name"))
    manifest = moved / "manifest.json"
    manifest.write_text(manifest.read_text().replace("{", '{"date": "2025-03-11",', 1))
    other = open_study(moved)
    assert other.imprint["date"] == "2025-03-11"
    assert other.imprint["study"] != before["study"]
    client = other.clients[0]
    source = open_extract(cut_extract(other, client, tmp_path / "extract")).source
    assert (source.study, source.fingerprint) == ("", "")


def test_the_table_for_mail_names_one_file_a_report(tmp_path: Path) -> None:
    """The PDF where there is one; nothing that a spreadsheet takes for a formula; whoever has no report has no file."""
    entries = [
        LedgerEntry(
            "=1+1",
            "1-1",
            "done",
            files={"html": "0", "pdf": "0"},
            title="T",
            language="de",
            date="2025-03-11",
            made="2025-03-12",
        ),
        LedgerEntry("Gone", "gone", "gone", files={"pdf": "0"}),
        LedgerEntry("Ñandú, S.A.", "nandu-sa", "unchanged", files={"xlsx": "0"}, notice="Draft"),
        LedgerEntry("Alder", "alder", "failed", error="why"),
    ]
    write_mail_merge(tmp_path, entries)
    with (tmp_path / MAIL_MERGE).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [
        ["client", "file", "title", "language", "date", "edition", "status", "made", "notice"],
        ["'=1+1", "1-1.pdf", "T", "de", "2025-03-11", "1", "done", "2025-03-12", ""],
        ["Alder", "", "", "", "", "1", "failed", "", ""],
        ["Ñandú, S.A.", "nandu-sa.xlsx", "", "", "", "1", "unchanged", "", "Draft"],
    ]


@pytest.mark.skipif(not can_fork(), reason="needs fork")
def test_a_date_that_is_asked_for_makes_a_report_again_and_another_call_does_not(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the option what is out keeps its date; verify takes it from the file, --resume from the ledger."""
    client, out = study.clients[0], tmp_path / "out"
    common = ("report", study.folder, "--out", out, "--format", "pdf")
    assert called(*common, "--client", client, "--date", "2025-03-11") == 0
    (pdf,) = out.glob("*.pdf")
    before = pdf.read_bytes()
    assert read_provenance(pdf)["date"] == "2025-03-11"
    pages = [page.extract_text() for page in pypdf.PdfReader(pdf).pages]
    assert "11 March 2025" in pages[0]
    assert study.name not in "".join(pages).split()
    capsys.readouterr()
    assert called(*common, "--client", client) == 0
    assert called("verify", pdf, "--study", study.folder) == 0
    said = capsys.readouterr().err
    assert "every byte is the same" in said
    assert pdf.read_bytes() == before
    pdf.unlink()
    assert called(*common, "--client", client, "--date", "2026-01-01") == 0
    pdf.unlink()
    assert called(*common, "--resume") == 0
    (entry,) = read_ledger(out / "ledger.jsonl")
    assert (entry.date, read_provenance(pdf)["date"]) == ("2026-01-01", "2026-01-01")
    assert "2026-01-01,1,done," in (out / MAIL_MERGE).read_text()
    assert called(*common, "--client", client, "--date", "11.3.2025") == 2
    assert "write it as 2025-03-11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("times", "day"),
    [
        (["2025-05-27 15:04", "2025-05-09 17:26", ""], "2025-05-27"),
        (["2025-05-27T23:59:00+02:00", "May 28, 2025 12:00:01 AM"], "2025-05-28"),
        (["27.05.2025 15:04", "3.6.2025 9:00"], "2025-06-03"),
        (["3/4/2025", "4/3/2025"], None),
        (["soon", "45658.5"], None),
    ],
)
def test_a_study_of_a_file_has_the_day_of_its_last_answer(
    times: list[str], day: str | None, tiny_file: Path, tmp_path: Path
) -> None:
    """Where the file says it so that nobody has to guess; the same file, the same manifest."""
    rows = [{**row, "Submitted at": times[n % len(times)]} for n, row in enumerate(many("Alder", "Birch"))]
    study = prepare(write_rows(tmp_path / "answers.csv", rows), tiny_file, tmp_path / "s")
    assert study.manifest.get("date") == day
    assert study.imprint["date"] == (day or "")
