"""``cfanalysis deliver``: a year of a consultant in made-up data, from the empty workspace on."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cfanalysis.cli import main
from cfanalysis.database import open_database
from cfanalysis.database.overview import import_list
from cfanalysis.publish.batches.ledger import read_ledger

from .conftest import TINY
from .database_files import many, write_rows
from .short_reports import short_report

NAMES = ("Müller GmbH", "Birch", "Cedar", "Elm", "Fir", "Gum", "Hazel", "Ivy")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with an instrument and a short report of one's own, and no data; it is the working directory."""
    enter_workspace(tmp_path, monkeypatch)
    return tmp_path


def enter_workspace(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Make an empty folder such a workspace; one that was copied is entered as it is."""
    (folder / "data" / "prepared").mkdir(parents=True, exist_ok=True)
    (folder / "tiny.yaml").write_text(TINY.replace('waves: ["2024", "2025"]\n', ""), encoding="utf-8")
    short_report(folder / "notebooks" / "client_report.ipynb", "comments")
    patch.chdir(folder)
    patch.setenv("CFANALYSIS_DATABASE", str(folder / "data" / "benchmark.sqlite"))


@pytest.fixture(scope="module")
def first_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the first file was delivered."""
    folder = tmp_path_factory.mktemp("first_year")
    with pytest.MonkeyPatch.context() as patch:
        enter_workspace(folder, patch)
        command = ["deliver", str(write_rows(Path("2024.csv"), many(*NAMES))), "--instrument", "tiny.yaml"]
        with pytest.raises(SystemExit, match=r"^0$"):
            main([*command, "--format", "html"])
    return folder


@pytest.fixture
def delivered(first_year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it; it is the working directory."""
    shutil.copytree(first_year, tmp_path, dirs_exist_ok=True)
    enter_workspace(tmp_path, monkeypatch)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path, code: int = 0) -> str:
    """Run a command of the command line; return what it says."""
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert int(caught.value.code or 0) == code, printed.err
    return printed.err + printed.out


def deliver(
    capsys: pytest.CaptureFixture[str],
    rows: list[dict[str, Any]],
    name: str,
    *options: str,
) -> str:
    """Deliver a file with these rows, as pages, which are made quickly."""
    file = write_rows(Path(name), rows)
    return run(capsys, "deliver", file, "--instrument", "tiny.yaml", "--format", "html", *options)


def lines(said: str, label: str) -> list[str]:
    """The lines with a label, without it."""
    return [line[10:] for line in said.splitlines() if line.startswith(label)]


def test_a_year_of_deliveries(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first file, another year's with another spelling, a correction, the same again: only what changes is made."""
    first = many(*NAMES)
    dry = deliver(capsys, first, "2024.csv", "--dry-run")
    assert "change    Birch: new client, 6 respondents in 2024" in dry
    assert "nothing was changed" in dry
    assert not list((workspace / "data").rglob("*.sqlite"))
    said = deliver(capsys, first, "2024.csv")
    assert lines(said, "send") == [
        f"{name}.html: new client, 6 respondents in 2024"
        for name in ("birch", "cedar", "elm", "fir", "gum", "hazel", "ivy", "mueller-gmbh")
    ]
    assert len(said.splitlines()) <= 40

    said = deliver(capsys, many("Mueller", "New", wave="2025"), "2025.csv", "--dry-run")
    assert lines(said, "alike") == ["'Mueller' (6 rows) may be 'Müller GmbH': not merged"]
    run(capsys, "database", "alias", "Mueller", "Müller GmbH")
    said = deliver(capsys, many("Mueller", "New", wave="2025"), "2025.csv")
    assert lines(said, "send") == [
        "mueller-gmbh.html: new wave, 6 respondents in 2025",
        "new.html: new client, 6 respondents in 2025",
    ]
    assert "2 done, 7 unchanged" in said

    first[6]["d1"] = "5"
    assert lines(deliver(capsys, first, "2024.csv", "--dry-run"), "change") == ["Birch: 2024, r0, d1: 3 -> 5"]
    said = deliver(capsys, first, "2024.csv")
    assert lines(said, "send") == ["birch.html: edition 2, 2024, r0, d1: 3 -> 5"]
    again = deliver(capsys, first, "2024.csv")
    assert (lines(again, "send"), "9 unchanged" in again) == ([], True)
    assert "The file is what the study gives" in run(
        capsys, "verify", "reports/tiny/clients/birch.html", "--study", "tiny"
    )


def test_what_reports_were_asked_for_with_stays(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Brand, formats, notes and place of the first reports are those of the next; a failure is exit code 1."""
    Path("notebooks/client_report.ipynb").unlink()  # the report that ships
    rows = many(*NAMES)
    Path("brand.yaml").write_text("name: Compass Partners\n", encoding="utf-8")
    Path("notes.csv").write_text("client,note\nBirch,Dear Ann\n", encoding="utf-8")
    write_rows(Path("2024.csv"), rows)
    run(capsys, "database", "import", "2024.csv", "--instrument", "tiny.yaml")
    run(capsys, "prepare", "--from-database", "data/benchmark.sqlite", "--out", "data/prepared/bench")
    asked = ("--brand", "brand.yaml", "--notes", "notes.csv", "--format", "html")
    run(capsys, "report", "bench", "--client", "birch", "--client", "Cedar", "--publish", *asked)
    for row in rows[6:18]:
        row["d1"] = "5"
    write_rows(Path("2024.csv"), rows)
    said = run(capsys, "deliver", "2024.csv", "--instrument", "tiny.yaml", "--json")
    sent = json.loads(said[said.index("{\n") :])["send"]
    assert [(line["client"], line["files"], line["edition"]) for line in sent] == [
        ("Birch", ["birch.html"], 2),
        ("Cedar", ["cedar.html"], 2),
    ]
    page = Path("reports/bench/clients/birch.html").read_text("utf-8")
    assert "Dear Ann" in page
    assert "Compass Partners" in page


def test_which_study_is_meant_is_asked(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two without reports none is guessed, and nothing is imported; an unknown instrument is one message."""
    write_rows(Path("2024.csv"), many(*NAMES))
    for name in ("one", "other"):
        run(capsys, "prepare", "2024.csv", "--instrument", "tiny.yaml", "--out", f"data/prepared/{name}")
    said = run(capsys, "deliver", "2024.csv", "--instrument", "tiny.yaml", code=2)
    assert "--study one or --study other" in said
    assert not Path("data/benchmark.sqlite").exists()
    assert "no_such" in run(capsys, "deliver", "2024.csv", "--instrument", "no_such.yaml", code=1)


def test_a_client_that_is_called_otherwise_keeps_its_editions(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its report moves to the new name as another edition; of two reports of one client one is sent no more."""
    deliver(capsys, many("Mueller", *NAMES[1:]), "2024.csv")
    said = deliver(capsys, many("Müller GmbH", "New", wave="2025"), "2025.csv")
    assert lines(said, "send") == [
        "mueller-gmbh.html: new client, 6 respondents in 2025; "
        "may be 'Mueller': decide first (cfanalysis database alias)",
        "new.html: new client, 6 respondents in 2025",
    ]
    run(capsys, "database", "alias", "Mueller", "Müller GmbH")
    said = deliver(capsys, many("Müller GmbH", "New", wave="2025"), "2025.csv")
    assert lines(said, "gone") == ["Mueller: is Müller GmbH now; its report is of data that no longer count"]
    assert "mueller.html" not in Path("reports/tiny/clients/mail_merge.csv").read_text("utf-8")

    run(capsys, "database", "alias", "Cedar", "Cedar Holding plc", code=1)
    write_rows(Path("facts.csv"), [{"organization": "Cedar Holding plc", "aliases": "Cedar"}])
    said = deliver(capsys, many("Gum", wave="2025"), "gum.csv", "--organizations", "facts.csv")
    assert lines(said, "send") == [
        "cedar-holding-plc.html: edition 2, was called Cedar",
        "gum.html: new wave, 6 respondents in 2025",
    ]
    assert not Path("reports/tiny/clients/cedar.html").exists()


def test_a_draft_is_said_and_ends_with_the_first_delivery(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report against figures that change says so; deliver publishes them and says that, too."""
    write_rows(Path("2024.csv"), many(*NAMES))
    run(capsys, "database", "import", "2024.csv", "--instrument", "tiny.yaml")
    run(capsys, "prepare", "--from-database", "data/benchmark.sqlite", "--out", "data/prepared/tiny")
    said = run(capsys, "report", "tiny", "--client", "Birch", "--format", "html")
    assert "--publish freezes them" in said
    said = deliver(capsys, many("Cedar", wave="2025"), "2025.csv")
    assert lines(said, "norm")[0].startswith("2025, published")
    assert "birch.html: no draft any more" in lines(said, "send")
    assert "--publish freezes them" not in run(capsys, "report", "tiny", "--resume")


def test_a_client_that_is_gone_is_said(delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its report is of data that no longer count; the others are as before, also after a wrong file was taken back."""
    rows = many(*NAMES)
    said = deliver(capsys, rows[:36] + rows[42:], "2024.csv")
    assert lines(said, "gone") == [
        "Hazel: no longer in the data, 6 respondents in 2024; its report is of data that no longer count"
    ]
    assert "7 unchanged" in said
    write_rows(Path("wrong.csv"), many("Nobody", wave="2025"))
    run(capsys, "database", "import", "wrong.csv", "--instrument", "tiny.yaml")
    run(capsys, "database", "remove", "3")
    said = run(capsys, "deliver", "--instrument", "tiny.yaml")
    assert (lines(said, "send"), "7 unchanged" in said) == ([], True)
    with open_database(None) as database, database.read_transaction() as connection:
        assert [entry["state"][:8] for entry in import_list(connection)] == ["replaced", "counts", "removed "]


def test_what_is_out_is_known_after_an_erasure(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Page and workbook of other clients are verified as before, the index keeps its brand; a workbook has a date."""
    Path("brand.yaml").write_text('colours: {accent: "#5b2a86"}\n', encoding="utf-8")
    rows = many(*NAMES)
    asked = ("--format", "html,xlsx", "--brand", "brand.yaml", "--date", "2025-03-11")
    file = write_rows(Path("2024.csv"), rows)
    run(capsys, "database", "import", file, "--instrument", "tiny.yaml")
    run(capsys, "prepare", "--from-database", "data/benchmark.sqlite", "--out", "data/prepared/tiny")
    run(capsys, "report", "tiny", "--client", "Birch", "--client", "Cedar", "--publish", *asked)
    reports = Path("reports/tiny/clients")
    sent = [Path(f"sent.{form}") for form in ("html", "xlsx")]
    for copy in sent:
        copy.write_bytes((reports / f"birch{copy.suffix}").read_bytes())
    rows[6]["d1"] = "5"
    write_rows(file, rows)
    assert lines(run(capsys, "deliver", file, "--instrument", "tiny.yaml"), "send") == [
        "birch.html, birch.xlsx: edition 2, 2024, r0, d1: 3 -> 5"
    ]
    run(capsys, "database", "erase", "Cedar", "--yes")
    assert "#5b2a86" in (reports / "index.html").read_text("utf-8")
    for copy in (*sent, reports / "birch.html", reports / "birch.xlsx"):
        said = run(capsys, "verify", copy, "--study", "tiny", "--brand", "brand.yaml")
        assert "The file is what the study gives" in said
    facts = {row[0].value: row[1].value for row in load_workbook(reports / "birch.xlsx")["Cover"].iter_rows()}
    assert (facts["Date"], facts["Edition"]) == ("11 March 2025", "2, replaces edition 1 of 11 March 2025")
    run(
        capsys,
        "report",
        "tiny",
        "--client",
        "Elm",
        "--format",
        "xlsx",
        "--out",
        "xlsx",
        "--date",
        "2025-03-11",
    )
    (line,) = csv.DictReader(Path("xlsx/mail_merge.csv").read_text("utf-8").splitlines())
    assert (line["title"], line["language"], line["date"]) == (
        "Elm – Tiny Survey: client report",
        "en",
        "2025-03-11",
    )
    run(capsys, "prepare", "2024.csv", "--instrument", "tiny.yaml", "--out", "data/prepared/undated")
    said = run(capsys, "report", "undated", "--client", "Elm", "--format", "html")
    assert "--date gives" in said


def test_no_format_of_a_report_stays_behind(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for in another format, a report is made in that in which it is out, too; ledger and mail know both."""
    write_rows(Path("2024.csv"), many(*NAMES))
    run(capsys, "database", "import", "2024.csv", "--instrument", "tiny.yaml")
    run(capsys, "prepare", "--from-database", "data/benchmark.sqlite", "--out", "data/prepared/tiny")
    reports, asked = (
        Path("reports/tiny/clients"),
        ("report", "tiny", "--client", "Birch", "--date", "2025-03-11"),
    )
    run(capsys, *asked, "--client", "Elm", "--format", "html")
    page = (reports / "birch.html").read_bytes()
    run(capsys, *asked, "--format", "xlsx")
    assert (reports / "birch.html").read_bytes() == page
    run(capsys, *asked, "--format", "html")
    entries = {entry.name: entry for entry in read_ledger(reports / "ledger.jsonl")}
    assert entries["Birch"].state == "unchanged"
    assert (list(entries["Birch"].files), list(entries["Elm"].files)) == (["html", "xlsx"], ["html"])
    assert "Birch,birch.html," in (reports / "mail_merge.csv").read_text("utf-8")
    run(capsys, *asked, "--format", "html", "--publish")
    assert b"DRAFT" in page.upper()
    assert b"DRAFT" not in (reports / "birch.html").read_bytes().upper()
    book = load_workbook(reports / "birch.xlsx")
    assert not [
        c.value for sheet in book for row in sheet.iter_rows() for c in row if "DRAFT" in str(c.value).upper()
    ]


def test_an_erased_client_is_readmitted_by_name(delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its rows are kept out of a delivery until it is named."""
    run(capsys, "database", "erase", "Cedar", "--yes")
    later = many("Cedar", "Elm", wave="2025")
    assert lines(deliver(capsys, later, "2025.csv", "--dry-run", "--readmit", "Cedar"), "change") == [
        "Cedar: new client, 6 respondents in 2025",
        "Elm: new wave, 6 respondents in 2025",
    ]
    assert lines(deliver(capsys, later, "2025.csv", "--dry-run"), "change") == [
        "Elm: new wave, 6 respondents in 2025"
    ]
