"""Is the verdict calibrated: how often it claims what is not there, and finds what is.

    python benchmarks/calibration/calibrate.py                  in one process; resumes where it was stopped
    python benchmarks/calibration/calibrate.py --workers 8      in several
    python benchmarks/calibration/calibrate.py --table-only     the table of what has been computed so far
    python benchmarks/calibration/calibrate.py --small          a few worlds, 40 surveys each: a minute, no table

Each world (worlds.py) is simulated in batches. A finished batch is one line of `results.jsonl`; a batch that stands
there is not computed again. Seeds come from the world's name and the number of the batch, so the results do not depend
on cores, order or interruptions. Every world is simulated 300 times; a null world in which either rate then reaches
1.5 %, 1,000 times. From them the table in `docs/calibration.md` is made. Exit 1 where a limit is passed: "supported" or
"contradicted", with or without an "if", in more than 4.5 % of a null world, or less power than the table promises.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from worlds import alike_worlds, both_worlds, null_worlds, true_worlds

from cfanalysis.statistics.claim_test.null_models import SimulationModel
from cfanalysis.statistics.claim_test.result import METHOD_VERSION
from cfanalysis.statistics.claim_test.simulation import simulated_claims

HERE = Path(__file__).resolve().parent
BATCH = 50
USUAL, MANY, NEAR = 300, 1000, 0.015
LIMIT = 0.045
LEAST_POWER = {
    "d = .59, n = 60": 0.30, "d = .59, n = 100": 0.60, "d = .59, n = 250": 0.97, "d = .98, n = 100": 0.90,
    "d = .59, roles mixed, n = 60": 0.20, "d = .59, roles mixed, n = 100": 0.50,
}  # fmt: skip
SMALL = (
    "mild ceiling, n = 100", "strong ceiling, n = 100", "Say loads .7, n = 100", "roles mixed, n = 100",
    "spread grows, Say +1 Do -.5, n = 100", "8 parents, n = 100", "d = .98, n = 100",
)  # fmt: skip

Job = tuple[str, SimulationModel, int]
Counts = dict[str, int]


def worlds() -> dict[str, SimulationModel]:
    """Return all worlds by name."""
    return null_worlds() | both_worlds() | alike_worlds() | true_worlds()


def simulated_batch(job: Job) -> dict[str, Any]:
    """Return the counts of one batch of a world."""
    name, world, batch = job
    seeds = np.random.SeedSequence([zlib.crc32(name.encode()), batch]).generate_state(BATCH)
    found = [simulated_claims(world, seed=int(seed)) for seed in seeds]
    counts = {v: sum(claim.verdict == v for claim in found) for v in sorted({c.verdict for c in found})}
    more = {
        "naive": sum(claim.naive for claim in found),
        "raw": sum(claim.raw in ("supported", "supported if") for claim in found),
    }
    return {"world": name, "batch": batch, "method": METHOD_VERSION, "n": BATCH, **more, **counts}


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
        if row.get("method") == METHOD_VERSION and row["world"] in worlds():
            rows.append(row)
    return rows


def wanted(rows: list[dict[str, Any]], names: Iterable[str]) -> list[Job]:
    """Return the batches that are still to be computed, first a few of every world."""
    done, totals, every = {(row["world"], row["batch"]) for row in rows}, summary(rows), worlds()
    nulls = null_worlds()
    jobs = []
    for batch in range(MANY // BATCH):
        for name in names:
            counts = totals.get(name, {"n": 0})
            near = (
                name in nulls and counts["n"] >= USUAL and max(map(rate(counts), (CLAIMED, DENIED))) >= NEAR
            )
            if (batch < USUAL // BATCH or near) and (name, batch) not in done:
                jobs.append((name, every[name], batch))
    return jobs


def finished(jobs: list[Job], *, workers: int) -> Iterator[dict[str, Any]]:
    """Yield results as they come."""
    if workers == 1:
        yield from map(simulated_batch, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(simulated_batch, job) for job in jobs]):
            yield future.result()


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, Counts]:
    """Return the counts of each world over its batches."""
    totals: dict[str, Counts] = {}
    for row in rows:
        world = totals.setdefault(row["world"], {})
        for name, value in row.items():
            if name not in ("world", "batch", "method"):
                world[name] = world.get(name, 0) + value
    return totals


CLAIMED, DENIED = ("supported", "supported if"), ("contradicted", "contradicted if")


def count(counts: Counts, names: Iterable[str]) -> int:
    """Return in how many surveys one of these was concluded."""
    return sum(counts.get(name, 0) for name in names)


def rate(counts: Counts) -> Callable[[Iterable[str]], float]:
    """Return a function to the share of surveys in which one of some verdicts was reached."""
    return lambda names: count(counts, names) / counts["n"]


def highest(counts: Counts, names: Iterable[str], confidence: float = 0.95) -> float:
    """Return the upper end of the rate's interval (Clopper and Pearson)."""
    return float(stats.binomtest(count(counts, names), counts["n"]).proportion_ci(confidence).high)


def percent(value: float) -> str:
    """Return a share as percent with one decimal."""
    return f"{100 * value:.1f} %"


def table(totals: dict[str, Counts]) -> str:
    """Return docs/calibration.md."""
    template = (HERE / "page.md").read_text(encoding="utf-8")
    nulls = [totals[name] for name in null_worlds() if name in totals]
    places = {
        "version": METHOD_VERSION,
        "usual": str(min(t["n"] for t in totals.values())),
        "many": str(max(t["n"] for t in totals.values())),
        "worlds": str(len(nulls)),
        "claimed": percent(max(rate(t)(CLAIMED) for t in nulls)),
        "claimed_highest": percent(max(highest(t, CLAIMED) for t in nulls)),
        "claimed_mean": percent(float(np.mean([rate(t)(CLAIMED) for t in nulls]))),
        "denied": percent(max(rate(t)(DENIED) for t in nulls)),
        "denied_highest": percent(max(highest(t, DENIED) for t in nulls)),
        "denied_mean": percent(float(np.mean([rate(t)(DENIED) for t in nulls]))),
        "null": _rows(null_worlds(), totals),
        "both": _rows(both_worlds(), totals),
        "alike": _rows(alike_worlds(), totals),
        "true": _rows(true_worlds(), totals, power=True),
    }
    for name, text in places.items():
        template = template.replace(f"{{{name}}}", text)
    return template


def _rows(names: Iterable[str], totals: dict[str, Counts], *, power: bool = False) -> str:
    if power:
        head = (
            "| world | supported (95 % interval) | supported if | scale-dependent | raw | naive | surveys |"
        )
    else:
        head = (
            "| world | supported, at most | contradicted, at most | scale-dependent | raw | naive | surveys |"
        )
    lines = [head, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name in names:
        if (counts := totals.get(name)) is not None:
            cells = _power_cells(counts) if power else _error_cells(counts)
            shown = rate(counts)
            cells += [percent(shown([column])) for column in ("scale-dependent", "raw", "naive")]
            lines.append(f"| {name} | {' | '.join(cells)} | {counts['n']:,} |")
    return "\n".join(lines)


def _power_cells(counts: Counts) -> list[str]:
    exact = stats.binomtest(count(counts, ["supported"]), counts["n"]).proportion_ci()
    own = percent(rate(counts)(["supported"]))
    return [f"{own} ({percent(exact.low)} to {percent(exact.high)})", percent(rate(counts)(["supported if"]))]


def _error_cells(counts: Counts) -> list[str]:
    return [
        f"{percent(rate(counts)(names))}, {percent(highest(counts, names))}" for names in (CLAIMED, DENIED)
    ]


def problems(totals: dict[str, Counts], *, beyond_chance: bool = False) -> list[str]:
    """Return the limits that were passed, in sentences; if asked, only those that chance does not explain."""
    found = []
    for name, counts in totals.items():
        for what, names in (("supported", CLAIMED), ("contradicted", DENIED)):
            chance = stats.binom.sf(count(counts, names) - 1, counts["n"], LIMIT) if beyond_chance else 0.0
            if name in null_worlds() and rate(counts)(names) > LIMIT and chance < 0.001:
                found.append(f"{name}: {what} in {percent(rate(counts)(names))}")
        least, power = LEAST_POWER.get(name, 0.0), rate(counts)(["supported"])
        chance = stats.binom.cdf(count(counts, ["supported"]), counts["n"], least) if beyond_chance else 0.0
        if power < least and chance < 0.001:
            found.append(f"{name}: power {percent(power)}, less than {percent(least)}")
    return found


def small() -> list[str]:
    """Return what is wrong with a few worlds beyond chance."""
    jobs = [(name, worlds()[name], 0) for name in SMALL]
    return problems(summary(map(simulated_batch, jobs)), beyond_chance=True)


def main() -> int:
    """Simulate what is missing, write the table, and check the limits."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--results", type=Path, default=HERE / "results.jsonl")
    parser.add_argument("--table", type=Path, default=HERE.parents[1] / "docs" / "calibration.md")
    parser.add_argument("--table-only", action="store_true")
    parser.add_argument("--small", action="store_true", help="a few worlds only, limits beyond chance")
    chosen = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads gain nothing on arrays of this size
    if chosen.small:
        passed = small()
    else:
        rows = computed(chosen.results)
        start = time.monotonic()
        while not chosen.table_only and (jobs := wanted(rows, worlds())):
            with chosen.results.open("a", encoding="utf-8") as file:
                for number, row in enumerate(finished(jobs, workers=chosen.workers), 1):
                    rows.append(row)
                    file.write(json.dumps(row) + "\n")
                    file.flush()
                    spent = time.monotonic() - start
                    print(f"{number}/{len(jobs)} batches, {spent:.0f} s", file=sys.stderr, end="\r")
        totals = summary(rows)
        chosen.table.write_text(table(totals), encoding="utf-8")
        passed = problems(totals)
    print("\n".join(passed) or "all within the limits")
    return int(bool(passed))


if __name__ == "__main__":
    sys.exit(main())
