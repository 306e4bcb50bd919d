"""Batches: every report exactly once, whatever ends the batch; failures alone; a ledger that is always whole."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdf
import pytest

from cfanalysis.core.errors import ConfidentialityError, OutputError
from cfanalysis.core.unfinished import UNFINISHED
from cfanalysis.publish.batches.batch import Batch, BatchEvent, ReportOrder, ReportResult
from cfanalysis.publish.batches.destinations import FolderDestination, UrlDestination
from cfanalysis.publish.batches.index_page import index_page
from cfanalysis.publish.batches.ledger import Ledger, LedgerEntry, file_names, lock_folder, read_ledger
from cfanalysis.publish.execution.resource_limits import can_fork

from . import batch_program as program
from .conftest import ROOT

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

PROGRAM = [sys.executable, "-m", "tests.batch_program"]
NAMES = [f"word-{n:03d}" for n in range(8)]


def lines(folder: Path) -> list[dict[str, Any]]:
    """The ledger's lines; each must be whole."""
    return [json.loads(line) for line in (folder / "ledger.jsonl").read_text().splitlines()]


def check_whole(folder: Path, names: list[str]) -> None:
    """Every report is there once and whole, the ledger says so, and nothing else lies there."""
    entries = lines(folder)
    assert [e["name"] for e in entries] == names
    assert {e["state"] for e in entries} <= {"done", "unchanged"}
    expected = {f"{n}.{s}" for n in names for s in ("pdf", "html")} | {"ledger.jsonl"}
    assert {p.name for p in folder.iterdir()} == expected
    for name in names:
        text = pypdf.PdfReader(folder / f"{name}.pdf").pages[0].extract_text()
        assert re.findall(r"canary-\d+", text) == [name.replace("word", "canary")]
        assert (folder / f"{name}.html").read_text().rstrip().endswith("</html>")


def test_a_batch_makes_each_report_once_and_leaves_out_what_is_out(tmp_path: Path) -> None:
    """The second run makes nothing; a report that was changed or lost is made again, to the same bytes."""
    folder = tmp_path / "out"
    assert program.run(folder, NAMES) == 0
    check_whole(folder, NAMES)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.glob("word-*")}
    (folder / "word-001.pdf").write_bytes(b"other")
    (folder / "word-002.html").unlink()
    assert program.run(folder, NAMES) == 0
    check_whole(folder, NAMES)
    after = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.glob("word-*")}
    assert {n: c for n, (c, _) in after.items()} == {n: c for n, (c, _) in before.items()}
    remade = {n for n in after if after[n][1] != before[n][1]}
    assert remade == {f"word-{n}.{s}" for n in ("001", "002") for s in ("pdf", "html")}


def test_a_failed_report_stops_no_other_and_is_tried_again_alone(tmp_path: Path) -> None:
    """Its executed notebook is kept with the failing cell and goes when the report is out at last."""
    folder = tmp_path / "out"
    assert program.run(folder, ["a", "b-bad", "c"]) == 1
    by_name = {e["name"]: e for e in lines(folder)}
    assert [by_name[n]["state"] for n in ("a", "b-bad", "c")] == ["done", "failed", "done"]
    failed = by_name["b-bad"]
    assert (failed["attempt"], failed["kept"]) == (1, "b-bad.failed.ipynb")
    assert "ValueError: a bad word" in failed["error"]
    assert "word.ipynb, cell 5" in failed["error"]
    assert "a bad word" in (folder / failed["kept"]).read_text()
    assert program.run(folder, ["a", "b-bad", "c"]) == 1
    assert {e["name"]: e["attempt"] for e in lines(folder)} == {"a": 1, "b-bad": 2, "c": 1}


def killed_and_resumed(folder: Path, moments: int, seed: int) -> None:
    """Kill the batch at random moments, sometimes a child of it instead, and let it finish at last."""
    draw = random.Random(seed)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(moments):
        with subprocess.Popen([*PROGRAM, str(folder), str(len(NAMES))], cwd=ROOT, env=environment) as batch:
            began = time.monotonic()
            while (
                batch.poll() is None
                and not list(folder.glob(f"{UNFINISHED}*"))
                and time.monotonic() - began < 60
            ):
                time.sleep(0.02)
            time.sleep(draw.uniform(0, 2.5))
            if draw.random() < 0.3:
                for child in children_of_children(batch.pid):
                    kill(child)
                    break
                time.sleep(draw.uniform(0, 0.5))
            kill(batch.pid)
        check_readable(folder)
        for entry in draw.sample(
            sorted(folder.glob("word-*.pdf")), k=min(2, len(list(folder.glob("word-*.pdf"))))
        ):
            entry.unlink()  # so that there is always something left to make
    program.run(folder, NAMES)
    assert program.run(folder, NAMES) == 0
    check_whole(folder, NAMES)


def check_readable(folder: Path) -> None:
    """Whatever lies there under a report's name is whole; the ledger can be read."""
    for path in folder.glob("word-*.pdf"):
        assert path.read_bytes().rstrip().endswith(b"%%EOF")
    for path in folder.glob("word-*.html"):
        assert path.read_text().rstrip().endswith("</html>")
    assert {entry.name for entry in read_ledger(folder / "ledger.jsonl")} <= set(NAMES)


def children_of_children(pid: int) -> Iterator[int]:
    """Yield the processes two below: the reports at work."""
    for child in children(pid):
        yield from children(child)


def children(pid: int) -> list[int]:
    try:
        return [int(w) for w in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_killed_at_random_moments_every_report_is_made_exactly_once(tmp_path: Path) -> None:
    """Several times kill -9, then --resume: every report once, no half file, the ledger whole."""
    killed_and_resumed(tmp_path / "out", int(os.environ.get("CFANALYSIS_KILLS", "3")), seed=7)


def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path) -> None:
    """What a crash leaves of a last line does not matter; the last whole line of a report counts."""
    ledger = Ledger(tmp_path)
    ledger.plan(["a", "b"], {}, (), lambda *_: None, {})
    ledger.record(LedgerEntry("a", "a", "failed", attempt=1))
    ledger.record(LedgerEntry("a", "a", "done", attempt=2))
    with ledger.path.open("a") as stream:
        stream.write('{"name": "b", "file": "b", "sta')
    again = Ledger(tmp_path)
    assert {e.name: e.state for e in again.entries.values()} == {"a": "done", "b": "waiting"}
    again.compact()
    assert [e["state"] for e in lines(tmp_path)] == ["done", "waiting"]


def test_two_batches_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second is told so."""
    with lock_folder(tmp_path), pytest.raises(OutputError, match="Another batch"), lock_folder(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_stops_the_batch_and_it_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what to do; what is out is in the ledger; the rest is made when there is room."""
    folder = tmp_path / "out"
    used: list[str] = []
    put = program.FolderDestination.put

    def full(self: Any, file: Path, name: str) -> None:
        used.append(name)
        if len(used) > 5:
            raise OSError(28, "No space left on device")
        put(self, file, name)

    with monkeypatch.context() as patch:
        patch.setattr(program.FolderDestination, "put", full)
        with pytest.raises(OutputError, match=r"(?s)No space left.*--resume"):
            program.run(folder, NAMES)
    check_readable(folder)
    assert [e["state"] for e in lines(folder)].count("done") == 2
    assert not list(folder.glob(f"{UNFINISHED}*"))
    assert program.run(folder, NAMES) == 0
    check_whole(folder, NAMES)


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("mount"), reason="needs mount")
def test_a_really_full_disk(tmp_path: Path) -> None:
    """On a file system of 300 kB the batch says that there is no room, leaves no half file, and resumes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        with pytest.raises(OutputError):
            program.run(folder, NAMES)
        check_readable(folder)
        subprocess.run(["mount", "-o", "remount,size=50m", str(folder)], check=True)
        assert program.run(folder, NAMES) == 0
        check_whole(folder, NAMES)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_an_unwritable_folder_is_told_before_anything_runs(tmp_path: Path) -> None:
    """The place is tried first."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        program.run(tmp_path / "file", NAMES)


def test_reports_can_go_to_a_url(tmp_path: Path) -> None:
    """Any file system of fsspec takes them; ledger and executed notebooks of failures follow at the end."""
    fsspec = pytest.importorskip("fsspec")
    place = UrlDestination("memory://bucket/reports", tmp_path / "local")
    (tmp_path / "local").mkdir()
    plan = program.BatchPlan(program.notebook(tmp_path / "word.ipynb"), ("pdf",), basis="words", timeout=300)
    for expected in ("done", "unchanged"):
        batch = Batch(plan, place, program.ForkBackend(plan, 2, program.fork_client()))
        entries = batch.run(["a", "b-bad"], program.Words())
        place.finish()
        assert [e.state for e in entries] == [expected, "failed"]
    there = {Path(p).name for p in fsspec.filesystem("memory").ls("/bucket/reports", detail=False)}
    assert there == {"a.pdf", "ledger.jsonl", "b-bad.failed.ipynb"}


def test_a_folder_missing_at_the_url_is_made(tmp_path: Path) -> None:
    """File systems with true folders need it; object stores do not."""
    pytest.importorskip("fsspec")
    (tmp_path / "local").mkdir()
    report = tmp_path / "local" / "report.pdf"
    report.write_bytes(b"whole")
    place = UrlDestination((tmp_path / "bucket" / "reports").as_uri(), tmp_path / "local")
    place.put(report, "report.pdf")
    assert (tmp_path / "bucket" / "reports" / "report.pdf").read_bytes() == b"whole"
    place.rename("report", "北京")
    assert [path.name for path in (tmp_path / "bucket" / "reports").iterdir()] == ["北京.pdf"]


HOSTILE = [
    '#read("/etc/passwd")', "#eval(1)", "<script>alert(1)</script>", "\\input{/etc/passwd}", "{{7*7}}",
    '"); import os #', "../../x", "=cmd|' /C calc'!A0", "\u202eturned", "😀 日本", "x" * 300, "nul\0here",
    "con", "index", "Alder", "ALDER", "a/b", ".hidden", "-rf", "*", "", " ",
]  # fmt: skip


def test_names_of_files_are_safe_and_unique() -> None:
    """Any name becomes a short plain file name of its own, also where case is not told apart."""
    names = file_names(HOSTILE)
    assert len({name.casefold() for name in names.values()}) == len(HOSTILE)
    assert all(re.fullmatch(r"[a-z0-9日本][a-z0-9日本-]{0,80}", name) for name in names.values())
    assert not set(names.values()) & {"con", "index", "ledger"}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Alder Logistics", "alder-logistics"),
        ("Müller Maschinenbau GmbH", "mueller-maschinenbau-gmbh"),
        ("Grupo Ñandú S.A. & Cía.", "grupo-nandu-sa-cia"),
        ("Łódź Ærø Ångström", "lodz-aeroe-aangstroem"),
        ("北京汽车 🚗 集团", "北京汽车-集团"),
        ("ООО «Ёлка»", "ооо-ёлка"),
        ("हिन्दी कंपनी", "हिन्दी-कंपनी"),
        ("🚗❤️", "report"),
        ("word " * 80, "-".join(["word"] * 12)),
        ("北" * 300, "北" * 50),
    ],
)
def test_a_file_is_called_like_its_client(name: str, file: str) -> None:
    """Without a hash, in letters that can be mailed; a long name is cut after a word, to what every disk takes."""
    assert file_names([name, "Other"])[name] == file
    assert file_names([name, name.upper() + "!"])[name].startswith(f"{file}-")


def test_a_folder_with_files_of_other_names_is_renamed_as_a_whole(tmp_path: Path) -> None:
    """Names that an earlier version gave, and those that collide with a new client, follow; nothing is made again."""
    folder = tmp_path / "out"
    names = ["Müller GmbH", "Ñandú", "x-bad"]
    program.run(folder, names)
    ledger = Ledger(folder)
    for entry in list(ledger.entries.values()):
        old = f"{entry.file}-1a2b3c4d"
        FolderDestination(folder).rename(entry.file, old)
        kept = entry.kept and f"{old}.failed.ipynb"
        ledger.entries[entry.name] = dataclasses.replace(entry, file=old, kept=kept)
    ledger.compact()
    program.run(folder, ["Ñandú", "Mueller GmbH"])
    after = {e["name"]: e for e in lines(folder)}
    assert after["Ñandú"]["state"] == "unchanged"
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["ledger.jsonl", "nandu.pdf", "nandu.html", "x-bad.failed.ipynb"]
        + [f"{after[n]['file']}.{s}" for n in ("Müller GmbH", "Mueller GmbH") for s in ("pdf", "html")]
    )
    assert after["x-bad"]["kept"] == "x-bad.failed.ipynb"


class Reader(HTMLParser):
    """Gathers tags and links."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_index_is_safe_and_says_the_state() -> None:
    """Names are shown as text; one script, allowed by its hash; a table with headers; nothing from outside."""
    entries = [
        LedgerEntry(n, f, "done", files={"pdf": "0"}, sizes={"pdf": 181_900}, made="2026-11-30")
        for n, f in file_names(HOSTILE).items()
    ]
    entries.append(LedgerEntry("Bad", "bad", "failed", error="<b>why</b> @@ROWS@@", kept="bad.failed.ipynb"))
    page = index_page(entries, title="Reports <of> @@STYLE@@", notice="Synthetic data")
    reader = Reader()
    reader.feed(page)
    assert reader.tags.count("script") == 1
    assert reader.tags.count("tr") == len(entries) + 1
    assert set(reader.links) <= {f"{quote(e.file)}.pdf" for e in entries} | {"bad.failed.ipynb"}
    for text in (
        "&lt;script&gt;",
        "Synthetic data",
        "Failed",
        "{{7*7}}",
        "<small>181 kB</small>",
        '<td class="day">2026-11-30</td>',
        "<dd>2026-11-30</dd>",
        "@@ROWS@@",
        "@@STYLE@@",
        'lang="en"',
    ):
        assert text in page
    assert "\u202e" not in page
    assert not re.search(r"https?://", page)


class Half(program.Words):
    """Brings words, but for one name that failed before."""

    def begin(self, names: Sequence[str], folder: Path, take: Callable[[BatchEvent], None]) -> None:
        take(
            ReportResult(
                ReportOrder("lost", {}, {}), error=ConfidentialityError("The peer group is too small.")
            )
        )
        super().begin([name for name in names if name != "lost"], folder, take)


def test_what_fails_before_its_report_begins_fails_alone(tmp_path: Path) -> None:
    """An extract that may not be cut is one failure in the ledger; the others are made."""
    plan = program.BatchPlan(program.notebook(tmp_path / "word.ipynb"), ("pdf",), timeout=300)
    place = program.FolderDestination(tmp_path / "out")
    place.folder.mkdir()
    batch = Batch(plan, place, program.ForkBackend(plan, 2, program.fork_client()))
    entries = batch.run(["a", "lost"], Half())
    assert [(e.state, e.error) for e in entries] == [
        ("done", ""),
        ("failed", "The peer group is too small."),
    ]
    assert (tmp_path / "out" / "a.pdf").exists()
