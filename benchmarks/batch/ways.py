"""The ways that `compare.py` measures, each from extracts to PDFs in a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure import Tree

from cfanalysis.core.resources import notebook_file
from cfanalysis.publish.batches.folder_batch import file_names
from cfanalysis.publish.batches.ledger import DONE_STATES, LEDGER, read_ledger
from cfanalysis.publish.client_batches import NOTEBOOK
from cfanalysis.study.prepared_study import Study

HERE = Path(__file__).resolve().parent
NOTEBOOK_FILE = notebook_file(NOTEBOOK)
COMMAND = [sys.executable, "-m", "cfanalysis"]
Way = Callable[[Path, dict[str, Path], Path, int], None]

FEW = ("kernels", "tex", "webpdf")
"""The slow ones."""

TEX = ["--to", "pdf", "--SVG2PDFPreprocessor.command=rsvg-convert -f pdf -o {to_filename} {from_filename}"]
WEB = ["--to", "webpdf_here.SystemWebPDFExporter"]


def named(extracts: dict[str, Path]) -> dict[str, Path]:
    """Return the extracts by file name."""
    names = file_names(list(extracts))
    return {names[client]: folder for client, folder in extracts.items()}


def ours(study: Path, extracts: dict[str, Path], out: Path, jobs: int, *options: str) -> None:
    """Make all with the command."""
    names = out / "names.txt"
    names.write_text("\n".join(extracts), encoding="utf-8")
    given = ["report", str(study), "--clients", str(names), "--out", str(out), "--format", "pdf"]
    subprocess.run([*COMMAND, *given, *options, "--jobs", str(jobs)], check=True, capture_output=True)


def pieces(mode: str) -> Way:
    """Return a way whose processes are those of piece.py."""

    def way(study: Path, extracts: dict[str, Path], out: Path, jobs: int) -> None:
        items = [[str(folder), str(out / f"{file}.pdf")] for file, folder in named(extracts).items()]
        program = [sys.executable, str(HERE / "piece.py"), mode]
        running = [
            subprocess.Popen([*program, json.dumps(items[k::jobs])], stdout=subprocess.DEVNULL)
            for k in range(jobs)
        ]
        statuses = [process.wait() for process in running]  # of all, also where the first has failed
        if any(statuses):
            raise SystemExit(f"{mode} failed")

    return way


def loop(
    notebook: Path, items: list[tuple[str, dict[str, str]]], publishing: list[str], out: Path, jobs: int
) -> None:
    """Make reports (name and parameters of each) by papermill and nbconvert, as commands, some at a time."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])}

    def run(*arguments: str, folder: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *arguments], env=environment, cwd=folder, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"{arguments[0]} failed: {done.stderr[-2000:]}")

    def one(item: tuple[str, dict[str, str]]) -> None:
        file, parameters = item
        executed, given = f"{file}.ipynb", [w for pair in parameters.items() for w in ("-p", *pair)]
        run("papermill", str(notebook), executed, *given, folder=out)
        run("nbconvert", *publishing, "--no-input", "--output", file, executed, folder=out)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, items))


def commands(publishing: list[str]) -> Way:
    """Return the loop of papermill and nbconvert over client reports."""

    def way(study: Path, extracts: dict[str, Path], out: Path, jobs: int) -> None:
        items = [(file, {"extract": str(extract)}) for file, extract in named(extracts).items()]
        loop(NOTEBOOK_FILE, items, publishing, out, jobs)

    return way


def changed_copy(study: Path, extracts: dict[str, Path], out: Path, jobs: int) -> None:
    """Make all with the command from a copy of the notebook that has an own last cell and a module beside it."""
    copy = json.loads(NOTEBOOK_FILE.read_text(encoding="utf-8"))
    copy["cells"].append({**copy["cells"][-1], "id": "own", "source": "import own\n\nown.words"})
    (out / "own").mkdir()
    (out / "own" / "mine.ipynb").write_text(json.dumps(copy), encoding="utf-8")
    (out / "own" / "own.py").write_text('words = "Our own words"\n', encoding="utf-8")
    ours(study, extracts, out, jobs, "--notebook", str(out / "own" / "mine.ipynb"))


WAYS: dict[str, Way] = {
    "ours": ours,
    "copy": changed_copy,
    "limit": pieces("limit"),
    "kernels": pieces("kernels"),
    "tex": commands(TEX),
    "webpdf": commands(WEB),
}


def best_of(times: int, command: list[str]) -> float:
    """Return the shortest time of a command, seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return min(taken)


def help_text() -> float:
    """Return the seconds of ``cfanalysis --help``."""
    return best_of(5, [*COMMAND, "--help"])


def cold_start(study: Path, client: str, out: Path) -> float:
    """Return the seconds of one report, web page and PDF, made again each time."""
    taken = []
    for number in range(3):
        given = ["report", str(study), "--client", client, "--out", str(out / str(number))]
        taken.append(best_of(1, [*COMMAND, *given]))
    return min(taken)


def all_reports(study: Study, out: Path, jobs: int, *, some: int = 50) -> str:
    """Make every report of a study and say what it took; fails if one is not out."""
    out.mkdir(parents=True)
    reached: list[float] = []
    over = threading.Event()

    def count() -> None:
        while not over.wait(0.2):
            if sum(e.state in DONE_STATES for e in read_ledger(out / LEDGER)) >= some:
                reached.append(time.perf_counter())
                return

    watching = threading.Thread(target=count, daemon=True)
    watching.start()
    given = ["report", str(study.folder), "--all", "--out", str(out), "--jobs", str(jobs)]
    with Tree() as tree:
        began = time.perf_counter()
        subprocess.run([*COMMAND, *given], capture_output=True)
        seconds = time.perf_counter() - began
    over.set()
    watching.join()
    if failed := [f"{e.name}: {e.error}" for e in read_ledger(out / LEDGER) if e.state not in DONE_STATES]:
        raise SystemExit("\n".join([f"{len(failed)} reports are not out:", *failed[:9]]))
    n = len(study.clients)
    middle = reached[0] if reached else began + seconds
    return (
        f"all {n} reports, web page and PDF: {seconds:.0f} s, {n / seconds * 60:.0f} a minute, "
        f"{tree.cpu / n:.2f} CPU s each; peak PSS {tree.peak_until(middle):.0f} MiB over the first {min(some, n)}, "
        f"{tree.peak_after(middle):.0f} MiB over the others"
    )
