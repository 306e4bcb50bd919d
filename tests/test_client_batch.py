"""Client reports by the command: each client's own note, extracts cut in several goes, what is asked for wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from cfanalysis.cli import main
from cfanalysis.publish.batches.ledger import LEDGER, Ledger, LedgerEntry, file_names, read_ledger
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.study.comment_review import review_table, write_review
from cfanalysis.study.prepared_study import Study

from .short_reports import short_report

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")


def test_each_client_gets_its_own_note_also_when_resumed(
    sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notes come from a column of the list; --resume takes them from the ledger and gives the same bytes."""
    one, other = sample_study.clients[:2]
    short, listed = short_report(tmp_path / "short.ipynb", "summary"), tmp_path / "clients.csv"
    listed.write_text(f"Client;Note\n{one.upper()};Well done - we meet in May.\n{other};\n", encoding="utf-8")
    out = tmp_path / "out"
    common = ["report", str(sample_study.folder), "--out", str(out), "--format", "pdf"]
    with pytest.raises(SystemExit) as caught:
        main([*common, "--clients", str(listed), "--notebook", str(short)])
    assert not caught.value.code
    pdf = out / f"{file_names(sample_study.clients)[one]}.pdf"
    before = pdf.read_bytes()
    with_note = {
        path.name: "we meet in May" in " ".join(p.extract_text() for p in pypdf.PdfReader(path).pages)
        for path in out.glob("*.pdf")
    }
    assert with_note == {path.name: path == pdf for path in out.glob("*.pdf")}
    pdf.unlink()
    with pytest.raises(SystemExit) as caught:
        main([*common, "--resume"])
    assert not caught.value.code
    assert "1 done, 1 unchanged" in capsys.readouterr().err
    assert pdf.read_bytes() == before


def test_extracts_are_cut_in_several_goes(sample_study: Study, tmp_path: Path) -> None:
    """A process cuts some, beside a copy of itself, and ends, which is told; the next one begins when few are left."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom cfanalysis.publish.client_batches import ReportSelection\n"
        "from cfanalysis.publish.client_batches import extract_worker as cutting\n"
        "from queue import SimpleQueue\ncutting._AT_ONCE, cutting._FEW, cutting._SHARE = 4, 1, 1\n"
        "supply, orders = cutting.ExtractSource(ReportSelection(sys.argv[1], limit=7), 2), SimpleQueue()\n"
        "names, heard = supply.facts()['clients'], []\n\n"
        "supply.begin(names, Path(sys.argv[2]), lambda order: orders.put((order, supply.working)))\n"
        "while len(heard) < 9:\n"
        "    order, working = orders.get(timeout=600)\n"
        "    heard.append(order and order.name)\n"
        "    if order:\n"
        "        assert working == 2 and Path(order.parameters['extract']).is_dir()\n"
        "        supply.order_done(order)\n"
        "assert sorted(filter(None, heard)) == sorted(names) and heard.count(None) == 2\n"
        "supply.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(sample_study.folder), str(tmp_path)], check=True)
    assert len(list(tmp_path.glob("extract-*"))) == 7


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--all", "--benchmark", "sectr"], "sector"),
        (["--all", "--notes", "{notes}"], "Nobody Ltd"),
        (["--all", "--client", "Alder"], "not both"),
        (["--clients", "{notes}"], "Nobody Ltd"),
        (["--resume"], "no ledger"),
    ],
)
def test_what_is_asked_for_wrongly_is_found_before_anything_is_written(
    options: list[str], said: str, sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message; no folder, no lock, no ledger."""
    notes = tmp_path / "notes.csv"
    notes.write_text("client,note\nNobody Ltd,Hello\n", encoding="utf-8")
    given = [option.format(notes=notes) for option in options]
    with pytest.raises(SystemExit) as caught:
        main(["report", str(sample_study.folder), "--out", str(tmp_path / "out"), *given])
    assert caught.value.code
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.csv"]


def test_the_command_makes_reports_ledger_and_index(
    sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files are printed, progress is on standard error; a second call leaves everything out; JSON for programs."""
    names = tmp_path / "names.txt"
    names.write_text("# wanted\n" + "\n".join(sample_study.clients[:2]) + "\n")
    out = tmp_path / "out"
    arguments = [
        "report",
        str(sample_study.folder),
        "--clients",
        str(names),
        "--out",
        str(out),
        "--format",
        "pdf,xlsx",
        "--notebook",
        str(short_report(tmp_path / "short.ipynb", "comments")),
    ]
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    printed = capsys.readouterr()
    assert not caught.value.code
    assert len(printed.out.splitlines()) == 4
    assert "2 done" in printed.err
    assert {p.suffix for p in out.iterdir() if p.name[0] != "."} == {
        ".pdf",
        ".xlsx",
        ".jsonl",
        ".html",
        ".csv",
    }
    assert "Synthetic" in (out / "index.html").read_text()
    with pytest.raises(SystemExit):
        main([*arguments, "--json"])
    printed = capsys.readouterr()
    assert json.loads(printed.out)["clients"] == sample_study.clients[:2]
    assert "2 unchanged" in printed.err
    with pytest.raises(SystemExit):
        main(["report", str(sample_study.folder), "--resume", "--out", str(out), "--format", "pdf,xlsx"])
    assert "2 unchanged" in capsys.readouterr().err


def test_quotes_follow_the_decisions_and_are_kept_when_resumed(
    sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """New decisions make a report again; --resume and verify know them, also of reports that were never begun."""
    everything = review_table(sample_study)
    client, out = str(everything["client"].value_counts().idxmax()), tmp_path / "out"
    page = out / f"{file_names(sample_study.clients)[client]}.html"
    table = everything[everything["client"] == client]
    common = ["report", str(sample_study.folder), "--out", str(out), "--format", "html"]

    def quoted(*given: str) -> bool:
        with pytest.raises(SystemExit, match=r"^0$"):
            main([*common, *given])
        return "Answers chosen for this report" in page.read_text(encoding="utf-8")

    for decision in ("keep", "strike"):
        write_review(table.assign(decision=decision), tmp_path / f"{decision}.csv")
    asked = ("--client", client, "--notebook", str(short_report(tmp_path / "short.ipynb", "comments")))
    assert not quoted(*asked)
    assert quoted(*asked, "--comments", str(tmp_path / "keep.csv"))
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["verify", str(page), "--study", str(sample_study.folder)])
    (entry,) = read_ledger(out / LEDGER)
    Ledger(out).record(LedgerEntry(entry.name, entry.file, given=entry.given))  # as if it had not been begun
    page.unlink()
    assert quoted("--resume")
    assert not quoted(*asked, "--comments", str(tmp_path / "strike.csv"))
    capsys.readouterr()
