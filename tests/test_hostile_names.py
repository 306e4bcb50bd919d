"""Hostile names and comments through the whole command: shown as text, files safe, nothing read or run."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path

import pypdf
import pytest
from openpyxl import load_workbook

from cfanalysis.cli import main
from cfanalysis.publish.execution.resource_limits import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

NAMES = [
    '#read("/etc/passwd")', "#eval(1+1) $x$", "<script>alert(1)</script>", "\\input{/etc/passwd}", "{{7*7}}",
    '"); import os; os.system("touch owned") #', "../../x", "=cmd|' /C calc'!A0", "\u202eturned\u202c \u200f",
    "😀 日本", "x" * 300, "bell\x07here", "con", "INDEX", "index", "`code` *bold* [a](javascript:alert(2))",
]  # fmt: skip


def run(*arguments: str | Path) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    return int(caught.value.code or 0)


def export(sample: Path, target: Path) -> None:
    """The sample's first organizations under hostile names, with hostile comments, sectors and roles."""
    with sample.open(encoding="utf-8-sig", newline="") as stream:
        header, *body = list(csv.reader(stream))
    place = {name: i for i, name in enumerate(header)}
    names: dict[str, str] = {}
    rows = []
    for row in body:
        key = " ".join(row[place["organization"]].split()).casefold()
        if not key or (key not in names and len(names) == len(NAMES)):
            continue
        name = names.setdefault(key, NAMES[len(names) % len(NAMES)])
        row[place["organization"]] = name
        row[-1] = f"We want {name} and more of it"
        row[place["sector"]] = row[place["function"]] = NAMES[len(name) % 8]
        rows.append(row)
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


@pytest.mark.slow
def test_hostile_names_go_through_the_whole_command(
    sample_file: Path, instrument_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prepare, then report all: every client has its files, which show its name; nothing else came to be."""
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    export(sample_file, inside / "answers.csv")
    assert run("prepare", "answers.csv", "--instrument", instrument_file, "--out", "study") == 0
    before = {p.name for p in inside.iterdir()}
    run("report", "study", "--all", "--out", "out", "--format", "pdf,html,xlsx", "--jobs", "2")
    entries = [json.loads(line) for line in (inside / "out" / "ledger.jsonl").read_text("utf-8").splitlines()]
    assert [(e["name"], e["error"]) for e in entries if e["state"] != "done"] == []
    assert len(entries) >= len(NAMES) - 2
    assert {p.name for p in inside.iterdir()} == before | {"out"}, "nothing outside the folder"
    assert {p.name for p in tmp_path.iterdir()} == {"inside"}
    made = {p.name for p in (inside / "out").iterdir()}
    expected = {f"{e['file']}.{s}" for e in entries for s in ("pdf", "html", "xlsx")}
    assert made == expected | {"ledger.jsonl", "index.html", "mail_merge.csv"}
    assert all(re.fullmatch(r"[\w-]+\.(pdf|html|xlsx|jsonl|csv)", name) for name in made)
    for entry in entries:
        check(inside / "out" / entry["file"], entry["name"])
    listed = (inside / "out" / "index.html").read_text("utf-8")
    assert listed.count("<script>") == 1
    assert "\u202e" not in listed


def check(stem: Path, name: str) -> None:
    """The three files of one client show its name as text."""
    page = stem.with_suffix(".html").read_text("utf-8")
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=(?!["']?(?:data:|#|https?://))""", page)
    if name.isprintable() and "\u200f" not in name:
        assert html.escape(name) in page
    words = "".join(p.extract_text() for p in pypdf.PdfReader(stem.with_suffix(".pdf")).pages)
    for bad in ("root:x:", "root:*:"):
        assert bad not in words + page
    if name.isascii() and name.isprintable() and len(name) < 60:
        assert name.replace(" ", "") in re.sub(r"\s", "", words)
    book = load_workbook(stem.with_suffix(".xlsx"))
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
