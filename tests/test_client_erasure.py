"""A client is erased from a whole workspace, with a certificate of true counts; what is left works as before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import select

from cfanalysis.cli import main
from cfanalysis.core.spreadsheets import write_csv, write_workbook
from cfanalysis.database import CorrectionOptions, DatabaseError, import_files, open_database
from cfanalysis.database.erasure import erase_client
from cfanalysis.database.logs import decompress_log
from cfanalysis.database.schema import imports
from cfanalysis.publish.batches.index_page import write_index
from cfanalysis.publish.batches.ledger import Ledger, LedgerEntry, file_names, read_ledger
from cfanalysis.publish.batches.mail_merge import MAIL_MERGE, write_mail_merge
from cfanalysis.study.prepared_study import open_study

from .conftest import TINY
from .database_files import day, many, write_rows

SECRET, LONGER = "Quillfeather & Söhne GmbH", "Quillfeather & Söhne GmbH Austria"
OTHERS = ("Alder", "Birch", LONGER)


def run(*arguments: object) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    return int(caught.value.code or 0)


@pytest.fixture
def workspace(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in which a client stands everywhere: its answers twice, as the file was corrected."""
    monkeypatch.delenv("CFANALYSIS_DATABASE", raising=False)
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path / "wb")
    return tmp_path / "wb"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that workspace, made once, and of the corrected file."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CFANALYSIS_DATABASE", raising=False)
        (folder / "wb").mkdir()
        patch.chdir(folder / "wb")
        make_workspace(folder)
    return folder


def make_workspace(beside: Path) -> None:
    """Fill the workspace ``wb``, which is the working directory."""
    root, tiny_file = beside / "wb", beside / "tiny.yaml"
    tiny_file.write_text(TINY, encoding="utf-8")
    for folder in ("data/prepared", "notebooks", "reports/s/clients"):
        (root / folder).mkdir(parents=True)
    rows = many(*OTHERS, SECRET)
    for row in rows:
        del row["respondent"]
    first = write_rows(root / "data" / "answers.csv", rows)
    for row in (rows[0], rows[-1]):
        row["s1"] = "1" if row["s1"] != "1" else "5"
    second = write_rows(beside / "corrected.csv", rows)
    with open_database("data/benchmark.sqlite", create=True) as database:
        import_files(database, tiny_file, answers=first, now=day(1))
        import_files(database, tiny_file, answers=second, plan=CorrectionOptions(1, False, False), now=day(2))
    assert run("prepare", "--from-database", "data/benchmark.sqlite", "--out", "data/prepared/s") == 0
    assert run("prepare", second, "--instrument", tiny_file, "--out", "data/prepared/of-file") == 0
    reports(root / "reports" / "s" / "clients")
    table = pd.DataFrame({"client": [*OTHERS, SECRET.upper()], "note": "Hello"})
    write_workbook({"answers": table}, root / "reports" / "s" / "comments.xlsx")
    write_csv(table, root / "notes.csv")
    figures = pd.DataFrame({"organization": [SECRET, "Alder"], "gap": [1, 2]})
    write_csv(figures, root / "reports" / "s" / "scatter.csv")
    cells = [
        {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [name], "execution_count": 1}
        for name in (SECRET, LONGER, "x")
    ]
    (root / "notebooks" / "own.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def reports(folder: Path) -> None:
    """A batch's folder with reports of all, a failed one, and one under a name of an earlier version."""
    ledger = Ledger(folder)
    for name, file in file_names([*OTHERS, SECRET]).items():
        ledger.entries[name] = LedgerEntry(name, file, "done", files={"pdf": "0"})
        for suffix in ("pdf", "failed.ipynb"):
            (folder / f"{file}.{suffix}").write_text(name, encoding="utf-8")
    (folder / "quillfeather-sohne-gmbh-1a2b3c4d.html").write_text("old")
    ledger.compact()
    entries = ledger.entries.values()
    write_index(folder, entries, title="Reports <of> us", notice="Synthetic data")
    write_mail_merge(folder, entries)


def test_nothing_names_the_client_but_the_certificate_and_files_that_somebody_brought(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts are of people and rows, not of files; a client whose name is longer keeps everything."""
    assert run("database", "erase", SECRET.casefold(), "--yes", "--json", "--certificate", "c.md") == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (printed["respondents"], printed["responses"], printed["former_responses"]) == (6, 12, 6)
    certificate = Path("c.md").read_text(encoding="utf-8")
    for words in (
        "6 respondents, 6 rows of answers and 6 of files that no longer counted",
        "- data/prepared/s: 6 rows",
        "- data/prepared/of-file: 6 rows",
        "- notes.csv: 1 row\n",
        "- reports/s/comments.xlsx: 1 row\n",
        "- reports/s/scatter.csv: 1 row\n",
        "- reports/s/clients: 3 files of reports",
        "own.ipynb: the outputs of 1 cell\n",
        "- data/answers.csv: it is a file that you brought",
        "published norms",
    ):
        assert words in certificate
    left = {
        p
        for p in workspace.rglob("*")
        if p.is_file() and SECRET in p.read_text("utf-8", "ignore").replace(LONGER, "")
    }
    assert {p.name for p in left} == {"answers.csv"}
    assert certificate.count("change or delete it yourself") == 1
    with open_database("data/benchmark.sqlite") as database, database.read_transaction() as connection:
        logs = [decompress_log(log) for log in connection.scalars(select(imports.c.log))]
    assert "uillfeather" not in str(logs).replace(LONGER, "")
    for name in ("s", "of-file"):
        study = open_study(workspace / "data" / "prepared" / name)
        assert study.clients == sorted(OTHERS)
        assert study.verdict["verdict"]
        assert SECRET not in set(study.scores["organization"])


def test_what_is_left_of_a_folder_of_reports_is_whole(workspace: Path) -> None:
    """Ledger, index with its title and notice, and the table for mail know the others; their files are there."""
    assert run("database", "erase", SECRET, "--yes") == 0
    folder = workspace / "reports" / "s" / "clients"
    entries = read_ledger(folder / "ledger.jsonl")
    assert sorted(entry.name for entry in entries) == sorted(OTHERS)
    reports = {f"{e.file}.{suffix}" for e in entries for suffix in ("pdf", "failed.ipynb")}
    assert {p.name for p in folder.iterdir()} == reports | {"ledger.jsonl", "index.html", MAIL_MERGE}
    page = (folder / "index.html").read_text("utf-8")
    assert "Reports &lt;of&gt; us</title>" in page
    assert "Synthetic data" in page
    sheet = openpyxl.load_workbook(workspace / "reports" / "s" / "comments.xlsx").active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["client", *OTHERS]
    assert LONGER in (workspace / "notebooks" / "own.ipynb").read_text("utf-8")


def test_reports_are_resumed_without_a_client_that_the_study_has_no_longer(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where it was erased from the database alone; who erases it again clears the rest."""
    with open_database("data/benchmark.sqlite") as database:
        erase_client(database, SECRET)
    assert (
        run("prepare", "--from-database", "data/benchmark.sqlite", "--out", "data/prepared/s", "--replace")
        == 0
    )
    ledger = Ledger(workspace / "reports" / "s" / "clients")
    for name in OTHERS[1:]:
        del ledger.entries[name]
    ledger.compact()
    assert run("report", "s", "--resume", "--format", "xlsx") == 0
    assert f"left out  {SECRET}: the study does not have" in capsys.readouterr().err
    assert run("database", "erase", SECRET, "--yes") == 0
    assert [entry.name for entry in read_ledger(ledger.path)] == ["Alder"]
    assert open_study(workspace / "data" / "prepared" / "of-file").clients == sorted(OTHERS)
    assert run("database", "erase", SECRET, "--yes") == 1
    assert "no such client" in capsys.readouterr().err


def test_a_workspace_without_a_database_knows_a_client_by_each_of_its_names(
    workspace: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """As the studies know it: the ledger's older name goes with the present one."""
    (workspace / "data" / "benchmark.sqlite").unlink()
    facts = tmp_path / "organizations.csv"
    facts.write_text(f"organization,aliases\n{SECRET},Quill|Feather\n", encoding="utf-8")
    study = ("--instrument", tiny_file, "--out", "data/prepared/s", "--replace", "--organizations", facts)
    assert run("prepare", tmp_path / "corrected.csv", *study) == 0
    assert run("database", "erase", "quill", "--yes") == 0
    assert open_study(workspace / "data" / "prepared" / "s").clients == sorted(OTHERS)
    assert open_study(workspace / "data" / "prepared" / "of-file").clients == sorted(OTHERS)
    assert SECRET not in {
        e.name for e in read_ledger(workspace / "reports" / "s" / "clients" / "ledger.jsonl")
    }


def test_a_study_of_nobody_else_goes_as_a_whole(workspace: Path, tiny_file: Path, tmp_path: Path) -> None:
    """There is no study without answers."""
    alone = write_rows(tmp_path / "alone.csv", many(SECRET))
    assert run("prepare", alone, "--instrument", tiny_file, "--out", "data/prepared/alone") == 0
    assert run("database", "erase", SECRET, "--yes") == 0
    assert not (workspace / "data" / "prepared" / "alone").exists()


def test_a_workspace_that_the_database_does_not_belong_to_is_not_touched(
    workspace: Path, tiny_file: Path, tmp_path: Path
) -> None:
    """Whoever cleans another database from within a workspace means that one."""
    other = str(tmp_path / "other.sqlite")
    with open_database(other, create=True) as database:
        import_files(database, tiny_file, answers=workspace / "data" / "answers.csv")
    assert run("database", "erase", SECRET, "--yes", "--database", other) == 0
    assert SECRET in open_study(workspace / "data" / "prepared" / "s").clients
    with open_database(other) as database, pytest.raises(DatabaseError):
        erase_client(database, SECRET)
    (certificate,) = workspace.glob("deletion-*.md")
    assert "no workspace here belongs to the database" in certificate.read_text("utf-8")
