"""How long `prepare` takes and how much memory, beside a bare read and write of the same table.

    python benchmarks/prepare/run.py                    1 million respondents x 40 items, CSV and Parquet: 2 minutes
    python benchmarks/prepare/run.py --large            10 million from Parquet: 10 minutes, 10 GiB of disk and memory
    python benchmarks/prepare/run.py --rows 100000      another size

Each step runs in a process of its own. "read" and "write" are bare: the same table through pandas and no more. Seconds
are of the clock; "cpu" are processor seconds of `prepare`, which say more where the machine does other work, too.
Memory is the largest PSS (each shared page divided among those who share it) of the process and its children, sampled
every 20 ms, with the interpreter and all libraries; "data" is what the study's responses take in memory.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from survey import write_csv, write_instrument, write_parquet

LIMITS = {"csv": 10.0, "parquet": 6.0}
"""Seconds for a million respondents."""

MEMORY = 3.0
"""Times the data."""

LARGE, LARGE_GIB = 10_000_000, 24.0
"""Respondents of the large case, and the memory in which it must be done."""

_BARE = """
import json, sys, time
import pandas as pd
source, target = sys.argv[1:]
start = time.perf_counter()
table = pd.read_csv(source, dtype="str") if source.endswith("csv") else pd.read_parquet(source)
read = time.perf_counter() - start
table.to_parquet(target)
wrote = time.perf_counter() - start - read
print(json.dumps({"read": read, "write": wrote}))
"""

_PREPARE = """
import json, sys, time
from pathlib import Path
from cfanalysis.analyses import claim
from cfanalysis.study import preparation
from cfanalysis.study.preparation import prepare
spent = 0.0
def timed(survey, inner=preparation.claim_verdict):
    global spent
    start = time.perf_counter()
    try:
        return inner(survey)
    finally:
        spent = time.perf_counter() - start
preparation.claim_verdict = timed
start, busy = time.perf_counter(), time.process_time()
study = prepare(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), replace=True)
took, busy = time.perf_counter() - start, time.process_time() - busy
log = study.cleaning_log
data = int(study.survey.raw_responses.memory_usage(deep=True).sum())
print(json.dumps({"prepare": took, "cpu": busy, "verdict": spent, "data": data, "rows_out": log["rows_out"]}))
"""


def measured(code: str, *arguments: object) -> dict[str, float]:
    """Run code in a process of its own; return what it prints as JSON, its peak PSS in bytes and the whole time."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )
    peak = 0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        peak = max(peak, _pss(watched))
        time.sleep(0.02)
    output = process.communicate()[0]
    if process.returncode:
        raise SystemExit(process.returncode)
    return {**json.loads(output), "pss": peak, "whole": time.perf_counter() - start}


def machine() -> str:
    """Return what the figures were taken with."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow"))
    load = psutil.getloadavg()[0]
    return f"{psutil.cpu_count()} cores, load {load:.1f}; Python {platform.python_version()}, {versions}"


def _pss(process: psutil.Process) -> int:
    try:
        return sum(p.memory_full_info().pss for p in (process, *process.children(recursive=True)))
    except psutil.Error:
        return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return 1 where a limit is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["csv", "parquet"], default=None)
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} rows from Parquet")
    chosen = parser.parse_args(arguments)
    rows, only = (LARGE, "parquet") if chosen.large else (chosen.rows, chosen.only)
    scale, broken = rows / 1_000_000, False
    print(f"{rows:,} respondents x 40 items; {machine()}")
    print(
        f"{'':<9}{'read':>7}{'write':>7}{'prepare':>9}{'cpu':>7}{'verdict':>9}{'whole':>8}{'data':>9}{'PSS':>10}"
        f"{'x data':>8}{'load':>7}"
    )
    with TemporaryDirectory(prefix="cfanalysis-benchmark-") as name:
        folder = Path(name)
        write_instrument(folder / "large.yaml")
        for kind, write in (("csv", write_csv), ("parquet", write_parquet)):
            if only not in (None, kind):
                continue
            source = folder / f"answers.{kind}"
            write(source, rows)
            bare = measured(_BARE, source, folder / "bare.parquet")
            made = measured(_PREPARE, source, folder / "large.yaml", folder / "study")
            times = made["pss"] / made["data"]
            print(
                f"{kind:<9}{bare['read']:>6.1f}s{bare['write']:>6.1f}s{made['prepare']:>8.1f}s{made['cpu']:>6.1f}s"
                f"{made['verdict']:>8.1f}s{made['whole']:>7.1f}s{made['data'] / 2**20:>6,.0f} MB"
                f"{made['pss'] / 2**20:>7,.0f} MB{times:>8.2f}{psutil.getloadavg()[0]:>7.1f}",
                flush=True,
            )
            # With few rows the interpreter and its libraries outweigh the data.
            broken |= made["prepare"] > LIMITS[kind] * max(scale, 1) or (times > MEMORY and scale >= 1)
            broken |= made["pss"] > LARGE_GIB * 2**30
            source.unlink()
    print("limits: " + ("broken" if broken else "kept"))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
