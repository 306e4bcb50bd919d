"""Reports a minute, memory and CPU of the ways to make many reports: the same notebook, extracts and format.

Run it from the top of the repository:

    python benchmarks/batch/compare.py STUDY [--clients 24] [--jobs 2] [--ways ours,limit,kernels,tex,webpdf]

``tex``      papermill, then ``jupyter nbconvert --to pdf``, JOBS at a time; only where xelatex is installed
``webpdf``   the same with ``--to webpdf``; only where playwright's Chromium is installed
``kernels``  papermill and our exporter as a library, an ordinary kernel for each report, JOBS at a time
``ours``     ``cfanalysis report --clients``: the whole command, start and study included
``limit``    the notebook's cells as one plain program and the PDF, in JOBS warm processes that are never renewed

The pages of every way are compared with those of ``ours`` before its time counts (by our own exporter: text of each
page; by others: every number of ours must be there). The memory is the proportional set size (PSS) summed over the
process tree, sampled each 0.1 s; the CPU is that of the tree.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf

from cfanalysis.client_reports import NOTEBOOK, file_names
from cfanalysis.extract import cut_extract
from cfanalysis.publish.stamp import code_hash
from cfanalysis.resources import workbook_file
from cfanalysis.workbook import find_study

NOTEBOOK_FILE = workbook_file(*NOTEBOOK)
PIECE = [sys.executable, str(Path(__file__).resolve().with_name("piece.py"))]


class Tree:
    """Watches the memory and CPU of the processes that descend from this one."""

    def __init__(self) -> None:
        self.peak = 0.0
        self.curve: list[float] = []
        self._cpu: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Tree:
        self._before = os.times()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        after = os.times()
        self.cpu = (after.children_user + after.children_system) - (
            self._before.children_user + self._before.children_system
        )

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            total = sum(map(pss, descendants(os.getpid())))
            self.curve.append(total)
            self.peak = max(self.peak, total)


def descendants(pid: int) -> list[int]:
    """Return the processes below one."""
    try:
        children = [int(w) for w in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [d for c in children for d in descendants(c)]


def pss(pid: int) -> float:
    """Return a process's proportional set size in MiB."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found.group(1)) / 1024 if found else 0.0


def ours(study: Path, extracts: dict[str, Path], out: Path, jobs: int) -> None:
    """Make all with the command."""
    names = out / "names.txt"
    names.write_text("\n".join(extracts), encoding="utf-8")
    command = [sys.executable, "-m", "cfanalysis", "report", str(study), "--clients", str(names)]
    subprocess.run(
        [*command, "--out", str(out), "--format", "pdf", "--jobs", str(jobs)], check=True, capture_output=True
    )


def pieces(mode: str) -> Callable[[Path, dict[str, Path], Path, int], None]:
    """Return a way whose processes are those of piece.py."""

    def way(study: Path, extracts: dict[str, Path], out: Path, jobs: int) -> None:
        items = [[str(folder), str(out / f"{file}.pdf")] for file, folder in named(extracts).items()]
        running = [
            subprocess.Popen([*PIECE, mode, json.dumps(items[k::jobs])], stdout=subprocess.DEVNULL)
            for k in range(jobs)
        ]
        statuses = [process.wait() for process in running]  # of all, also where the first has failed
        if any(statuses):
            raise SystemExit(f"{mode} failed")

    return way


def commands(to: str) -> Callable[[Path, dict[str, Path], Path, int], None]:
    """Return the loop of papermill and nbconvert."""

    def way(study: Path, extracts: dict[str, Path], out: Path, jobs: int) -> None:
        def one(item: tuple[str, Path]) -> None:
            file, folder = item
            executed = out / f"{file}.ipynb"
            first = [
                sys.executable,
                "-m",
                "papermill",
                str(NOTEBOOK_FILE),
                str(executed),
                "-p",
                "extract",
                str(folder),
            ]
            subprocess.run(first, check=True, capture_output=True)
            second = [sys.executable, "-m", "nbconvert", "--to", to, "--no-input", str(executed)]
            subprocess.run(second, check=True, capture_output=True)

        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(one, named(extracts).items()))

    return way


WAYS = {
    "ours": ours,
    "limit": pieces("limit"),
    "kernels": pieces("kernels"),
    "tex": commands("pdf"),
    "webpdf": commands("webpdf"),
}
NEEDS = {"tex": "xelatex", "webpdf": "playwright"}


def named(extracts: dict[str, Path]) -> dict[str, Path]:
    """Return the extracts by file name."""
    names = file_names(list(extracts))
    return {names[client]: folder for client, folder in extracts.items()}


def pages(path: Path) -> list[str]:
    """Return the text of each page, without the stamp, which names what made it."""
    texts = (page.extract_text() for page in pypdf.PdfReader(path).pages)
    return [" ".join(re.sub(r"[Ss]tamp [0-9a-f]{12}", "", text).split()) for text in texts]


def same_pages(way: str, made: Path, right: Path, extracts: dict[str, Path]) -> None:
    """Stop where a way's pages are not those of ours."""
    for file in named(extracts):
        one, other = pages(made / f"{file}.pdf"), pages(right / f"{file}.pdf")
        if way in ("limit", "kernels") and one != other:
            number = next(
                (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0
            )
            raise SystemExit(
                f"{way}: page {number + 1} of {file} is another:\n{one[number]}\n{other[number]}"
            )
        if way not in ("limit", "kernels"):
            missing = set(re.findall(r"\d+\.\d+", " ".join(other))) - set(
                re.findall(r"\d+\.\d+", " ".join(one))
            )
            if len(missing) > 3:
                raise SystemExit(f"{way}: numbers are missing in {file}: {sorted(missing)[:9]}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study")
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--ways", default="ours,limit,kernels,tex,webpdf")
    parser.add_argument("--few", type=int, default=6, help="clients for the slow ways (tex, webpdf, kernels)")
    given = parser.parse_args()
    study = find_study(given.study)
    clients = study.clients[: given.clients]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        extracts = {c: cut_extract(study, c, root / "extracts" / f"{n}") for n, c in enumerate(clients)}
        print(
            f"code {code_hash()[:12]}, {len(clients)} clients, {given.jobs} at a time, load {os.getloadavg()[0]:.1f}"
        )
        print(
            "| way | reports | seconds | a minute | CPU s a report | peak PSS, MiB |\n|---|---|---|---|---|---|"
        )
        for way in given.ways.split(","):
            if way in NEEDS and shutil.which(NEEDS[way]) is None:
                print(f"| {way} | not measured: {NEEDS[way]} is not installed | | | | |")
                continue
            out = root / way
            out.mkdir()
            few = extracts if way in ("ours", "limit") else dict(list(extracts.items())[: given.few])
            with Tree() as tree:
                began = time.perf_counter()
                WAYS[way](study.folder, few, out, given.jobs)
                seconds = time.perf_counter() - began
            same_pages(way, out, root / "ours", few)
            rate, cpu = len(few) / seconds * 60, tree.cpu / len(few)
            print(
                f"| {way} | {len(few)} | {seconds:.1f} | {rate:.0f} | {cpu:.2f} | {tree.peak:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
