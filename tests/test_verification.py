"""``cfanalysis verify``: what a published file was made from, and whether it is unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cfanalysis.cli import main
from cfanalysis.publish.batches.destinations import FolderDestination
from cfanalysis.publish.client_batches import ReportSelection, write_client_reports
from cfanalysis.study.prepared_study import Study

from .short_reports import short_report


@pytest.fixture(scope="module")
def reports(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One client's report, with a section that has a chart, in all formats, with its ledger."""
    folder = tmp_path_factory.mktemp("verified")
    notebook = short_report(folder.with_name("short.ipynb"), "dimensions")
    wanted = ReportSelection(str(sample_study.folder), sample_study.clients[:1], notebook=notebook)
    (entry,) = write_client_reports(
        wanted, FolderDestination(folder), formats=("pdf", "html", "xlsx"), jobs=1
    )
    assert entry.state == "done", entry.error
    return folder


def verify(*arguments: str | Path) -> int:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as caught:
        main(["verify", *map(str, arguments)])
    return int(caught.value.code or 0)


@pytest.mark.parametrize("form", ["pdf", "html", "xlsx"])
def test_a_report_is_what_the_study_gives(
    form: str, reports: Path, sample_study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stamp, ledger and every byte; whose report it is is known from the ledger."""
    (file,) = (path for path in reports.glob(f"*.{form}") if path.name != "index.html")
    code = verify(file, "--study", sample_study.folder)
    said = capsys.readouterr().err
    assert code == 0, said
    assert "The file is what the study gives." in said
    assert "every byte is the same" in said


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_a_changed_report_is_told(
    form: str, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One byte more: the ledger knows; as JSON for programs, too."""
    (file,) = reports.glob(f"*.{form}")
    changed = tmp_path / file.name
    changed.write_bytes(file.read_bytes() + b"\n")
    (tmp_path / "ledger.jsonl").write_bytes((reports / "ledger.jsonl").read_bytes())
    assert verify(changed, "--json") == 1
    printed = capsys.readouterr()
    assert "Something differs: ledger." in printed.err
    verdicts = {f["what"]: f["verdict"] for f in json.loads(printed.out)["findings"]}
    assert verdicts["ledger"] == "differs"


def test_a_file_of_somebody_else_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, a folder, a picture, an empty PDF, a page without a stamp, no workbook: what is allowed is said."""
    wrong = {
        "a.pdf": b"%PDF-1.7",
        "b.html": b"<html></html>",
        "c.xlsx": b"PK no",
        "d.png": b"\x89PNG",
        "e.pdf": b"",
    }
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
    for name in (*wrong, "none.pdf", "none.xlsx", "."):
        assert verify(tmp_path / name) == 1
        said = capsys.readouterr().err
        assert "Traceback" not in said
        assert "no stamp" in said or "cannot be read" in said or "no workbook" in said


def test_without_a_ledger_the_client_is_asked_for(
    reports: Path, sample_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that was copied elsewhere needs --client; a wrong one is told by its extract."""
    (file,) = reports.glob("*.xlsx")
    copy = tmp_path / "report.xlsx"
    copy.write_bytes(file.read_bytes())
    assert verify(copy) == 0
    assert "Nothing could be compared" in capsys.readouterr().err
    assert verify(copy, "--study", sample_study.folder) == 1
    assert "--client" in capsys.readouterr().err
    assert verify(copy, "--study", sample_study.folder, "--client", sample_study.clients[0]) == 0
    assert verify(copy, "--study", sample_study.folder, "--client", sample_study.clients[1]) == 1
    assert "Something differs: bytes." in capsys.readouterr().err
