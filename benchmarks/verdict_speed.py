"""How fast is the verdict: the vectorized computation beside a plain loop, and whether both agree.

    python benchmarks/verdict_speed.py                    500 organizations, 40 items, 5,000 resamples: half a minute
    python benchmarks/verdict_speed.py --organizations 200 --repetitions 500
    python benchmarks/verdict_speed.py --organizations 10000        a minute

The plain loop is METHOD word by word, one organization and one resample at a time. It is slow, so it runs on a
part of the replicates and its time is scaled up; the numbers of that part must be the same to ten digits. The verdict
is taken on one criterion, and on twenty random halvings of the respondents as `prepare` does it; the linear algebra
library works on one thread, so that processor seconds do not count its waiting.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from cfanalysis.statistics.claim_test import criterion_verdict
from cfanalysis.statistics.claim_test.evidence import Evidence, checked_evidence
from cfanalysis.statistics.claim_test.jackknife import leave_one_out
from cfanalysis.statistics.claim_test.resampling import recut, resamples
from cfanalysis.statistics.claim_test.split_halves import HALVINGS
from cfanalysis.statistics.effects import cliffs_delta, hedges_g
from cfanalysis.statistics.quartiles import in_top

Floats = NDArray[np.float64]
LIMIT_SECONDS, LIMIT_MEBIBYTES = 2.0, 500


def made_up(
    organizations: int, items: int, *, options: int = 5, seed: int = 1
) -> tuple[Floats, Floats, list[str]]:
    """Return cumulative shares of six respondents each, a criterion, and facets."""
    random = np.random.default_rng(seed)
    criterion = random.normal(size=organizations)
    facets = ["say"] * (items // 2) + ["do"] * (items - items // 2)
    slope = np.where(np.array(facets) == "do", 0.5, 0.3)
    level = criterion[:, None] * slope + 0.5 * random.normal(size=(organizations, items))
    answers = level[:, None] + random.normal(size=(organizations, 6, items))
    cuts = np.linspace(-2, 1, options - 1)
    return (answers[..., None] > cuts).mean(axis=1), criterion, facets


def plain_statistics(
    shares: Floats, z: Floats, top: NDArray[np.bool_], is_do: NDArray[np.bool_]
) -> dict[str, float]:
    """Return theta_a, theta_b and excess of one sample, step by step as METHOD has them."""
    n, items, cuts = shares.shape
    z = (z - z.mean()) / z.std()
    v, a, b, sigma, tau = (
        np.zeros(items),
        np.zeros(items),
        np.zeros(items),
        np.zeros(items),
        np.zeros((items, cuts)),
    )
    for k in range(items):
        mean = shares[:, k].sum(axis=1)
        v[k] = np.mean((mean - mean.mean()) * z)
        p = shares[:, k].mean(axis=0)
        clipped = np.clip(p, 0.5 / n, 1 - 0.5 / n)
        tau[k] = norm.ppf(1 - clipped)
        phi = np.where((p > 1e-9) & (p < 1 - 1e-9), norm.pdf(tau[k]), 0)
        a[k] = phi.sum()
        slope = np.polyfit(np.arange(cuts) + 0.5, tau[k], 1, w=np.sqrt(phi**2 / (clipped * (1 - clipped))))[0]
        sigma[k] = 1 / max(slope, 0.05)
        b[k] = a[k] / sigma[k]
    beta = [v[f].sum() / a[f].sum() for f in (~is_do, is_do)]
    slopes = [v[f].sum() / b[f].sum() for f in (~is_do, is_do)]
    expected = np.zeros((n, items))
    for k in range(items):
        r = np.clip(sum(slopes) / 2 / sigma[k], -0.95, 0.95)
        for c in range(cuts):
            expected[:, k] += norm.cdf((r * z - tau[k, c]) / np.sqrt(1 - r * r))
    deltas = []
    for means in (shares.sum(axis=2), expected):
        gap = means[:, ~is_do].mean(axis=1) - means[:, is_do].mean(axis=1)
        deltas.append(gap[~top].mean() - gap[top].mean())
    return {"theta_a": beta[1] - beta[0], "theta_b": slopes[1] - slopes[0], "excess": deltas[0] - deltas[1]}


def plain_jackknife(evidence: Evidence, organizations: Sequence[int]) -> dict[str, Floats]:
    """Return the statistics without each of these organizations."""
    only = evidence.halvings[0]
    shares, z, top = only.shares, only.scores, only.top
    parts = []
    for j in organizations:
        kept = np.arange(evidence.n) != j
        parts.append(plain_statistics(shares[kept], z[kept], top[kept], evidence.is_do))
    return {name: np.array([part[name] for part in parts]) for name in parts[0]}


def plain_bootstrap(evidence: Evidence, repetitions: int, seed: int) -> dict[str, Floats]:
    """Return delta, g and Cliff's delta of resamples, drawn, ranked and cut one at a time."""
    say, do = evidence.halvings[0].say, evidence.halvings[0].do
    gap, random = say - do, np.random.default_rng(seed)
    found: dict[str, list[float]] = {"delta": [], "hedges_g": [], "cliffs_delta": []}
    for _ in range(repetitions):
        drawn = random.integers(0, evidence.n, size=evidence.n)
        top = in_top(evidence.halvings[0].criterion[drawn])
        rest, best = gap[drawn][~top], gap[drawn][top]
        found["delta"].append(float(rest.mean() - best.mean()))
        found["hedges_g"].append(hedges_g(rest, best).estimate)
        found["cliffs_delta"].append(cliffs_delta(rest, best).estimate)
    return {name: np.array(values) for name, values in found.items()}


def largest_difference(evidence: Evidence, *, organizations: int, repetitions: int, seed: int = 1) -> float:
    """Return the largest relative difference between the plain loop and the vectorized computation."""
    fast = leave_one_out(evidence, 0)
    slow = plain_jackknife(evidence, range(organizations))
    pairs = [(fast[name][1 : organizations + 1], values) for name, values in slow.items()]
    counts = next(resamples(evidence.n, repetitions=repetitions, seed=seed))
    say, do = evidence.halvings[0].say, evidence.halvings[0].do
    drawn = recut([say], [do], [evidence.halvings[0].criterion], counts)
    looped = plain_bootstrap(evidence, counts.shape[1], seed)
    pairs += [(getattr(drawn, name), values) for name, values in looped.items()]
    return float(max(np.max(np.abs(x - y)) / np.max(np.abs(y)) for x, y in pairs))


def main() -> int:
    """Print the times as JSON; exit 1 where a limit is passed or the numbers differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--organizations", type=int, default=500)
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--options", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=5000)
    chosen = parser.parse_args()
    shares, criterion, facets = made_up(chosen.organizations, chosen.items, options=chosen.options)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    verdict = criterion_verdict(shares, criterion, facets, repetitions=chosen.repetitions)
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    halved = [
        made_up(chosen.organizations, chosen.items, options=chosen.options, seed=s) for s in range(HALVINGS)
    ]
    stacked = np.stack([h[0] for h in halved]), np.stack([h[1] for h in halved])
    started, busy = time.perf_counter(), time.process_time()
    criterion_verdict(*stacked, facets, repetitions=chosen.repetitions)
    started, busy = time.perf_counter() - started, time.process_time() - busy
    evidence = checked_evidence(shares, criterion, facets)
    part = min(10, chosen.organizations), 50
    start = time.process_time()
    plain_jackknife(evidence, range(part[0]))
    jackknife = (time.process_time() - start) * (chosen.organizations + 1) / part[0]
    start = time.process_time()
    plain_bootstrap(evidence, part[1], 1)
    bootstrap = (time.process_time() - start) * chosen.repetitions / part[1]
    difference = largest_difference(evidence, organizations=part[0], repetitions=part[1])
    found = {
        "verdict": verdict.verdict,
        "cpu_seconds": round(seconds, 3),
        f"cpu_seconds_of_{HALVINGS}_halvings": round(busy, 2),
        f"wall_seconds_of_{HALVINGS}_halvings": round(started, 2),
        "load": round(os.getloadavg()[0], 1),
        "plain_loop_seconds_scaled_up": round(jackknife + bootstrap, 1),
        "times_faster": round((jackknife + bootstrap) / seconds),
        "peak_mebibytes": round(memory),
        "of_which_before": round(before),
        "largest_relative_difference": difference,
    }
    print(json.dumps(found, indent=2))
    return int(seconds > LIMIT_SECONDS or memory > LIMIT_MEBIBYTES or difference > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
