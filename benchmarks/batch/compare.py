"""Reports a minute, memory and CPU of the ways to make many reports: the same notebook, extracts and format.

Run it from the top of the repository, best on a machine that does nothing else (about ten minutes; less with
smaller numbers):

    python benchmarks/batch/compare.py [STUDY] [--clients 120] [--few 6] [--all 500] [--jobs 2] [--ways ours,limit,...]

``ours``     ``cfanalysis report --clients``: the whole command, start and study included
``copy``     the same with a changed copy of the notebook
``limit``    the notebook's cells as one plain program and the PDF, in JOBS warm processes that are never renewed
``kernels``  papermill and our exporter as a library, an ordinary kernel for each report, JOBS at a time
``tex``      papermill, then ``jupyter nbconvert --to pdf``, JOBS at a time; where xelatex, pandoc and rsvg-convert are
``webpdf``   papermill, then nbconvert's WebPDFExporter with the system's Chromium, JOBS at a time; where there are
             playwright and a Chromium
``one``      ``cfanalysis report --client``, best of three from a cold shell, web page and PDF
``help``     ``cfanalysis --help``, best of five
``all``      ``cfanalysis report --all`` of a made-up study: web page and PDF of each; the memory after 50 reports and
             after all of them
``rows``     ``cfanalysis run`` of a researcher's notebook over 50 rows, and of --few by papermill and WebPDFExporter

Without STUDY a study of --all synthetic organizations is made first. The pages of every way are compared with those of
``ours`` before its time counts: by our own exporter the text of each page, by others the numbers, of which at most one
in a hundred may be missing. The memory is the proportional set size (PSS) summed over the process tree, sampled four
times a second; the CPU is that of the tree.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pypdf
from measure import Tree
from rows import compare_rows
from ways import FEW, WAYS, all_reports, cold_start, help_text, named

from cfanalysis.publish.provenance import code_hash
from cfanalysis.study.client_extract import cut_extract
from cfanalysis.study.workspace import find_study

NEEDS = {
    "tex": ("xelatex", "pandoc", "rsvg-convert"),
    "webpdf": ("chromium",),
}
MISSING = 0.01
"""Share of the numbers that another way's pages may lack: in a chart they may be drawn as shapes."""

HEAD = "| way | reports | seconds | a minute | CPU s a report | peak PSS, MiB |\n|---|---|---|---|---|---|"


def pages(path: Path) -> list[str]:
    """Return the text of each page, without the stamp, which names what made it."""
    texts = (page.extract_text() for page in pypdf.PdfReader(path).pages)
    return [" ".join(re.sub(r"[Ss]tamp [0-9a-f]{12}", "", text).split()) for text in texts]


def numbers(texts: list[str]) -> set[str]:
    """Return the numbers with decimals on some pages."""
    return set(re.findall(r"\d+\.\d+", " ".join(texts)))


def same_pages(way: str, made: Path, right: Path, extracts: dict[str, Path]) -> None:
    """Stop where a way's pages are not those of ours."""
    for file in named(extracts):
        one, other = pages(made / f"{file}.pdf"), pages(right / f"{file}.pdf")
        if way in ("limit", "kernels"):
            if one != other:
                number = next((n for n, p in enumerate(zip(one, other, strict=False)) if p[0] != p[1]), 0)
                raise SystemExit(
                    f"{way}: page {number + 1} of {file} differs:\n{one[number]}\n{other[number]}"
                )
            continue
        wanted = numbers(other)
        missing = wanted - numbers(one)
        if len(wanted) < 20 or len(missing) > MISSING * len(wanted):
            raise SystemExit(
                f"{way}: {len(missing)} of {len(wanted)} numbers are missing in {file}: {sorted(missing)[:9]}"
            )


def lacking(way: str) -> str:
    """Return what a way needs and is not there; empty if all is."""
    absent = [name for name in NEEDS.get(way, ()) if shutil.which(name) is None]
    if way == "webpdf" and find_spec("playwright") is None:
        absent.append("playwright")
    return ", ".join(absent)


def measured(way: str, extracts: dict[str, Path], out: Path, given: argparse.Namespace, study: Path) -> float:
    """Measure a way and print its line; return its reports a minute."""
    out.mkdir(parents=True)
    with Tree() as tree:
        began = time.perf_counter()
        WAYS[way](study, extracts, out, given.jobs)
        seconds = time.perf_counter() - began
    same_pages(way, out, out.with_name("ours"), extracts)  # ours with itself: its pages can be read
    rate, cpu = len(extracts) / seconds * 60, tree.cpu / len(extracts)
    print(
        f"| {way} | {len(extracts)} | {seconds:.1f} | {rate:.1f} | {cpu:.2f} | {tree.peak:.0f} |", flush=True
    )
    return rate


def ratios(rates: dict[str, float]) -> None:
    """Print how ours stands beside the others."""
    for way in ("tex", "webpdf", "kernels"):
        if way in rates and "ours" in rates:
            print(f"ours : {way} = {rates['ours'] / rates[way]:.1f}")
    if "copy" in rates and "ours" in rates:
        print(f"ours : copy = {rates['ours'] / rates['copy']:.2f}")
    if "limit" in rates and "ours" in rates:
        print(f"ours : limit = {rates['ours'] / rates['limit']:.2f}")


def compare(given: argparse.Namespace, root: Path) -> None:
    """Measure the ways that are asked for."""
    wanted = given.ways.split(",")
    study = find_study(given.study or made_up(given.all, root))
    clients = study.clients[: given.clients]
    print(f"code {code_hash()[:12]}, {platform.machine()}, Python {platform.python_version()}")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {given.jobs} reports at a time")
    if "help" in wanted:
        print(f"cfanalysis --help: {help_text():.2f} s")
    if "one" in wanted:
        print(f"one report, cold: {cold_start(study.folder, clients[0], root / 'one'):.2f} s")
    among = [way for way in wanted if way in WAYS]
    if among:
        extracts = {c: cut_extract(study, c, root / "extracts" / f"{n}") for n, c in enumerate(clients)}
        print(HEAD)
    rates: dict[str, float] = {}
    for way in among:
        if absent := lacking(way):
            print(f"| {way} | not measured: there is no {absent} | | | | |")
            continue
        few = dict(list(extracts.items())[: given.few]) if way in FEW else extracts
        rates[way] = measured(way, few, root / "pages" / way, given, study.folder)
    ratios(rates)
    if "rows" in wanted:
        compare_rows(root, 50, given.few, given.jobs)
    if "all" in wanted:
        print(all_reports(study, root / "all", given.jobs))


def made_up(organizations: int, root: Path) -> Path:
    """Return a new study of synthetic organizations."""
    from cfanalysis.core.resources import shipped_file
    from cfanalysis.study.preparation import prepare
    from cfanalysis.study.sample import write_sample

    data = root / "sample.csv"
    write_sample(data, organizations=organizations)
    prepare(data, shipped_file("data", "instruments", "customer_focus.yaml"), root / "study")
    return root / "study"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="?")
    parser.add_argument("--clients", type=int, default=120, help="for ours and limit")
    parser.add_argument("--few", type=int, default=6, help="for the slow ways: kernels, tex, webpdf")
    parser.add_argument("--all", type=int, default=500, help="organizations of the study that is made up")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--ways", default="help,one,ours,copy,limit,kernels,tex,webpdf,rows,all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        compare(given, Path(name).resolve())


if __name__ == "__main__":
    sys.exit(main())
