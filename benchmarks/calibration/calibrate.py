"""Is the verdict calibrated: how often it claims what is not there, and finds what is.

    python benchmarks/calibration/calibrate.py                         over all cores; resumes where it was stopped
    python benchmarks/calibration/calibrate.py --scheduler tcp://...   over a Dask cluster
    python benchmarks/calibration/calibrate.py --table-only            the table of what has been computed so far

Each world (see cfanalysis/statistics/claim_test/null_models.py) is simulated in batches. A finished batch
is one line of
`results.jsonl`; a batch that stands there is not computed again. Seeds come from the world's name and the number
of the batch, so the results do not depend on cores, order or interruptions. From them the table in
`docs/calibration.md` is made. Exit 1 where a limit is passed: "supported" in more than 4.5 % of a null world or more
than 2.5 % of all, or power below .65 at 250 or .95 at 500 organizations.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from cfanalysis.statistics.claim_test.null_models import World, null_worlds
from cfanalysis.statistics.claim_test.result import METHOD_VERSION
from cfanalysis.statistics.claim_test.simulation import claims

HERE = Path(__file__).resolve().parent
BATCH = 50
LIMIT_EACH, LIMIT_MEAN = 0.045, 0.025
LEAST_POWER = {250: 0.65, 500: 0.95}

Job = tuple[str, World, int]


def worlds() -> dict[str, World]:
    """Return all worlds by a name that says what is special; null worlds have no effect."""
    nulls = null_worlds()
    ceiling = nulls["strong ceiling on Say"]
    designs: dict[str, dict[str, Any]] = {
        "8 items": {"items": 8},
        "40 items": {"items": 40},
        "six respondents": {"respondents": 6},
        "one to six respondents": {"respondents": 3, "unequal": True},
    }
    found = {
        f"{name}, n = {n}": replace(world, n=n) for name, world in nulls.items() for n in (100, 250, 500)
    }
    for design, changed in designs.items():
        found[f"facets alike, {design}, n = 250"] = replace(World(), **changed)
        found[f"strong ceiling on Say, {design}, n = 250"] = replace(ceiling, **changed)
    for name, level in (("no ceiling", 0.0), ("mild ceiling on Say", 0.75)):
        for n in (100, 250, 500):
            found[f"d = .5, {name}, n = {n}"] = World(n=n, effect=0.5, say_level=level)
    for design, changed in designs.items():
        found[f"d = .5, no ceiling, {design}, n = 250"] = replace(World(effect=0.5), **changed)
    return found


def simulated_batch(job: Job) -> dict[str, Any]:
    """Return the counts of one batch of a world."""
    name, world, batch = job
    seeds = np.random.SeedSequence([zlib.crc32(name.encode()), batch]).generate_state(BATCH)
    found = [claims(world, seed=int(seed)) for seed in seeds]
    counts = {v: sum(claim.verdict == v for claim in found) for v in sorted({c.verdict for c in found})}
    naive = sum(claim.naive for claim in found)
    return {"world": name, "batch": batch, "method": METHOD_VERSION, "n": BATCH, "naive": naive, **counts}


def computed(file: Path) -> list[dict[str, Any]]:
    """Return the batches that stand in the file; a line cut off by an interruption is passed over."""
    if not file.is_file():
        return []
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if row.get("method") == METHOD_VERSION:
            rows.append(row)
    return rows


def finished(jobs: list[Job], *, workers: int, scheduler: str | None) -> Iterator[dict[str, Any]]:
    """Yield results as they come, from the cores of this machine or from a Dask cluster."""
    if scheduler:
        from dask.distributed import Client  # type: ignore[import-not-found]  # an extra
        from dask.distributed import as_completed as dask_completed

        with Client(scheduler) as client:
            for future in dask_completed(client.map(simulated_batch, jobs, pure=False)):
                yield future.result()
        return
    # One thread for each process: linear algebra of 500 x 40 gains nothing from more. Spawned, to take effect.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(simulated_batch, job) for job in jobs]):
            yield future.result()


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the counts of each world over its batches."""
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        world = totals.setdefault(row["world"], {})
        for name, value in row.items():
            if name not in ("world", "batch", "method"):
                world[name] = world.get(name, 0) + value
    return totals


def table(totals: dict[str, dict[str, int]]) -> str:
    """Return docs/calibration.md."""
    known = {name: world for name, world in worlds().items() if name in totals}
    nulls = [name for name, world in known.items() if world.effect == 0]
    mean = np.mean([share(totals[name], "supported") for name in nulls])
    worst = max(share(totals[name], "supported") for name in nulls)
    each = min(t["n"] for t in totals.values())
    lines = [
        "# Calibration",
        "",
        "How often the verdict claims what is not there, and finds what is. Every world is a made-up survey with a",
        "known truth (`cfanalysis/statistics/claim_test/null_models.py` says how it comes about), simulated at least "
        f"{each} times;",
        f"the table is made by `benchmarks/calibration/calibrate.py` (method version {METHOD_VERSION}). *Naive* is",
        "the obvious computation: quartiles cut on the overall score, gaps compared by Welch's test, p < .05.",
        "",
        "The defaults: 20 items on five options, one respondent in each organization, both facets rising equally",
        "with an external criterion.",
        "",
        "## Where there is nothing to find",
        "",
        f'"Supported" in {percent(float(mean))} of these surveys on average and in at most {percent(worst)} in any '
        "world (limits",
        f"{percent(LIMIT_MEAN)} and {percent(LIMIT_EACH)}). *Scale-dependent* is the right answer to a ceiling.",
        "",
        *_rows(nulls, totals),
        "",
        "## Where Do rises more than Say with performance",
        "",
        "d is the difference of the gap between the rest and the top quartile, in standard deviations of the gap, as",
        "it would be without ceilings.",
        "",
        *_rows([name for name in known if name not in nulls], totals),
        "",
    ]
    return "\n".join(lines)


def _rows(names: list[str], totals: dict[str, dict[str, int]]) -> list[str]:
    head = ["world", "supported (95 % interval)", "scale-dependent", "contradicted", "naive", "surveys"]
    lines = [f"| {' | '.join(head)} |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name in names:
        counts = totals[name]
        exact = stats.binomtest(counts.get("supported", 0), counts["n"]).proportion_ci()
        cells = [
            name,
            f"{percent(share(counts, 'supported'))} ({percent(exact.low)} to {percent(exact.high)})",
            *(percent(share(counts, column)) for column in ("scale-dependent", "contradicted", "naive")),
            str(counts["n"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def share(counts: dict[str, int], name: str) -> float:
    """Return the share of surveys with this outcome."""
    return counts.get(name, 0) / counts["n"]


def percent(value: float) -> str:
    """Return a share as percent with one decimal."""
    return f"{100 * value:.1f} %"


def problems(totals: dict[str, dict[str, int]]) -> list[str]:
    """Return the limits that were passed, in sentences."""
    known = worlds()
    nulls = {name: share(c, "supported") for name, c in totals.items() if known[name].effect == 0}
    found = [f"{name}: supported in {percent(v)}" for name, v in nulls.items() if v > LIMIT_EACH]
    if nulls and np.mean(list(nulls.values())) > LIMIT_MEAN:
        found.append(f"null worlds on average: supported in {percent(float(np.mean(list(nulls.values()))))}")
    for name, counts in totals.items():
        least = LEAST_POWER.get(known[name].n, 0.0) if known[name].effect > 0 else 0.0
        if share(counts, "supported") < least:
            found.append(f"{name}: power {percent(share(counts, 'supported'))}, less than {percent(least)}")
    return found


def main() -> int:
    """Simulate what is missing, write the table, and check the limits."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=500, help="of each world, in batches of 50")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    parser.add_argument("--results", type=Path, default=HERE / "results.jsonl")
    parser.add_argument("--table", type=Path, default=HERE.parents[1] / "docs" / "calibration.md")
    parser.add_argument("--table-only", action="store_true")
    chosen = parser.parse_args()
    rows = computed(chosen.results)
    if not chosen.table_only:
        done = {(row["world"], row["batch"]) for row in rows}
        wanted = (
            (name, world, b) for b in range(chosen.simulations // BATCH) for name, world in worlds().items()
        )
        jobs = [job for job in wanted if (job[0], job[2]) not in done]
        start = time.monotonic()
        with chosen.results.open("a", encoding="utf-8") as file:
            results = finished(jobs, workers=chosen.workers, scheduler=chosen.scheduler)
            for number, row in enumerate(results, 1):
                rows.append(row)
                file.write(json.dumps(row) + "\n")
                file.flush()
                print(
                    f"{number}/{len(jobs)} batches, {time.monotonic() - start:.0f} s",
                    file=sys.stderr,
                    end="\r",
                )
    totals = summary(row for row in rows if row["world"] in worlds())
    chosen.table.write_text(table(totals), encoding="utf-8")
    passed = problems(totals)
    print("\n".join(passed) or "all within the limits")
    return int(bool(passed))


if __name__ == "__main__":
    sys.exit(main())
