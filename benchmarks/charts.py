"""How long the charts of a study take: `python benchmarks/charts.py [STUDY]`.

For each chart: its analysis, then cold (the first time that this process draws it, as SVG and PNG) and warm (drawn and
written again as SVG and as PNG, best of five). Then all charts of one preset by the command in a new process, from
import to the last file: by one process, and by one a core. The aims: 10 s cold for all, 0.25 s warm for each. Times of
single charts are processor seconds, which are those of a machine that does nothing else; so are the ones in brackets.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

COLD_AIM, WARM_AIM = 10.0, 0.25


class Times(NamedTuple):
    """Seconds of one chart."""

    analysis: float
    cold: float
    svg: float
    png: float


def command(study: str, *, jobs: int | None = None) -> tuple[float, float]:
    """Return wall and processor seconds that the command takes for all charts, in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-m", "cfanalysis", "charts", study, "--out", folder]
        call += ["--jobs", str(jobs)] if jobs else []
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def each(study: str) -> dict[str, Times]:
    """Return the seconds of every chart that the study allows."""
    from cfanalysis.charts.gallery import CHARTS, chart_result, write_chart
    from cfanalysis.core.errors import CfAnalysisError
    from cfanalysis.study.workspace import find_study
    from cfanalysis.theme.style import apply_theme, preset

    survey, times = find_study(study).survey, {}
    known: dict[Any, Any] = {}
    with tempfile.TemporaryDirectory() as folder, apply_theme(preset("blog")):
        for name, kind in CHARTS.items():
            start = time.process_time()
            try:
                result = chart_result(kind, survey, known=known)
            except CfAnalysisError:
                continue
            analysis = time.process_time() - start

            def once(*formats: str, name: str = name, result: object = result) -> float:
                start = time.process_time()
                write_chart(name, result, folder=Path(folder), formats=formats)
                return time.process_time() - start

            cold = once("svg", "png")
            warm = [min(once(form) for _ in range(5)) for form in ("svg", "png")]
            times[name] = Times(analysis, cold, *warm)
    return times


def main() -> None:
    """Print the times beside the aims."""
    study = sys.argv[1] if len(sys.argv) > 1 else "sample"
    print(f"{'chart':26}{'analysis':>10}{'cold':>8}{'svg':>8}{'png':>8}")
    for name, seconds in each(study).items():
        late = "  slower than aimed at" if max(seconds.svg, seconds.png) > WARM_AIM else ""
        print(
            f"{name:26}{seconds.analysis:10.2f}{seconds.cold:8.2f}{seconds.svg:8.2f}{seconds.png:8.2f}{late}"
        )
    for jobs, said in ((1, "one process"), (None, "one process a core")):
        wall, processor = command(study, jobs=jobs)
        late = "  slower than aimed at" if jobs is None and wall > COLD_AIM else ""
        print(f"all charts, cold, {said}: {wall:.1f} s ({processor:.1f} processor seconds){late}")


if __name__ == "__main__":
    main()
