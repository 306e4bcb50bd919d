"""What the documents show is what happens: their commands run, their outputs are those shown, their links lead on."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from cfanalysis.study.prepared_study import Study

from . import documents
from .conftest import ROOT

PAGES = documents.pages()
BUILT = {"docs/api/index.rst"}  # what a build makes


def names(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def marked(page: Path) -> object:
    return pytest.param(page, id=names(page), marks=[pytest.mark.slow] if documents.is_slow(page) else [])


@pytest.fixture(scope="module")
def workbook(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook as a reader has it after ``make report``: instruments, the sample, and its study."""
    root = tmp_path_factory.mktemp("documents") / "workbook"
    for folder in ("data/instruments", "data/sample", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "data" / "brand.example.yaml", root / "data")
    shutil.copytree(sample_study.folder, root / "data" / "prepared" / "sample")
    return root


def runnable(page: Path) -> bool:
    return any(block.language in (*documents.SHELL, *documents.PYTHON) for block in documents.blocks(page))


@pytest.mark.parametrize("page", [marked(page) for page in PAGES if runnable(page)])
def test_blocks_run(page: Path, workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell and Python blocks of a page run one after the other, and say what the page shows."""
    in_copy(workbook, tmp_path, monkeypatch, page, processes=documents.is_slow(page))


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if runnable(p) and not documents.is_slow(p)], ids=names)
def test_blocks_run_as_typed(
    page: Path, workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the ordinary pages, too, each command in a process of its own."""
    in_copy(workbook, tmp_path, monkeypatch, page, processes=True)


def in_copy(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Path, *, processes: bool
) -> None:
    """Run a page in a workbook that it may change."""
    copy = tmp_path / "workbook"
    shutil.copytree(workbook, copy)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("XDG_DATA_HOME", str(copy / ".user"))
    documents.run_page(page, copy, processes=processes)


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_blocks_say_what_they_are(page: Path) -> None:
    """Every fenced block names its language, and one that is not run gives a reason."""
    known = (*documents.SHELL, *documents.PYTHON, *documents.SHOWN, *documents.MARKUP)
    for block in documents.blocks(page):
        assert block.language in known, f"{block.place}: {block.language or 'no language'}"
        assert all(block.said("not run")), f"{block.place}: not run, without a reason"


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^( *)(`{3,}|:{3,}).*?^\1\2 *$", "", text, flags=re.M | re.S))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a git host and the site make them."""
    text = re.sub(r"^( *)(`{3,}).*?^\1\2 *$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    found: dict[str, int] = {}
    result = set(re.findall(r"^\(([\w-]+)\)=$", text, flags=re.M)) | set(
        re.findall(r'<a (?:id|name)="([^"]+)"', text)
    )
    for heading in re.findall(r"^#{1,6} (.+?)\s*$", text, flags=re.M):
        plain = unicodedata.normalize("NFC", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        result.add(slug if slug not in found else f"{slug}-{found[slug]}")
        found[slug] = found.get(slug, 0) + 1
    return result


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md", ROOT / "data" / "README.md"], ids=names)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link of a page leads to a file, and to a heading of it."""
    text = without_code(page.read_text(encoding="utf-8"))
    broken = []
    for link in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if target.is_relative_to(ROOT) and target.relative_to(ROOT).as_posix() in BUILT:
            continue
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_stands_in_the_navigation() -> None:
    """Each page of the documentation can be reached from its index."""
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for block in documents.blocks(page):
            if block.language == "{toctree}":
                entries = [
                    line for line in block.text.split("\n") if line.strip() and not line.startswith(":")
                ]
                links = [(re.search(r"<(.+)>", e) or re.match(r"(.+)", e)).group(1) for e in entries]  # type: ignore[union-attr]
                found = [page.parent / f"{link.strip()}.md" for link in links]
                waiting += [p.resolve() for p in found if p.exists() and p.resolve() not in reached]
    assert sorted({p for p in PAGES if "docs" in p.parts} - reached) == []


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """The documentation site is built from the pages and the docstrings; a warning is an error."""
    pytest.importorskip("sphinx")
    site = tmp_path / "html"
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-d",
        tmp_path / "read",
        ROOT / "docs",
        site,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (site / "commands.html").is_file()
    assert not re.search(
        r'<(?:script|link|img)[^>]+(?:src|href)="https?://', (site / "index.html").read_text("utf-8")
    )
