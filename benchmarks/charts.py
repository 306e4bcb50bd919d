"""How long the charts of a study take: `python benchmarks/charts.py [STUDY]`.

Cold: one process from import to the last file, for one preset. Warm: each chart drawn and written as SVG and as PNG
again in the same process, best of three. The aims: 10 s cold for all, 0.25 s warm for each.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLD_AIM, WARM_AIM = 10.0, 0.25


def cold(study: str) -> float:
    """Return the seconds that the command takes for all charts, in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [sys.executable, "-m", "cfanalysis", "charts", study, "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start


def warm(study: str) -> dict[str, tuple[float, float, float]]:
    """Return seconds of the analysis, of drawing with an SVG, and of drawing with a PNG, by chart."""
    from cfanalysis.errors import CfAnalysisError
    from cfanalysis.gallery import CHARTS, chart_result, write_chart
    from cfanalysis.theme import applied, preset
    from cfanalysis.workbook import find_study

    survey, times = find_study(study).survey, {}
    with tempfile.TemporaryDirectory() as folder, applied(preset("blog")):
        for name, kind in CHARTS.items():
            try:
                start = time.perf_counter()
                result = chart_result(kind, survey)
                analysis = time.perf_counter() - start
            except CfAnalysisError:
                continue

            def once(form: str, name: str = name, result: object = result) -> float:
                start = time.perf_counter()
                write_chart(name, result, folder=Path(folder), formats=[form])
                return time.perf_counter() - start

            times[name] = analysis, min(once("svg") for _ in range(3)), min(once("png") for _ in range(3))
    return times


def main() -> None:
    """Print the times beside the aims."""
    study = sys.argv[1] if len(sys.argv) > 1 else "sample"
    print(f"{'chart':26}{'analysis':>10}{'svg':>8}{'png':>8}")
    for name, (analysis, svg, png) in warm(study).items():
        late = "  slower than aimed at" if max(svg, png) > WARM_AIM else ""
        print(f"{name:26}{analysis:10.2f}{svg:8.2f}{png:8.2f}{late}")
    seconds = cold(study)
    print(f"all charts, cold: {seconds:.1f} s" + ("  slower than aimed at" if seconds > COLD_AIM else ""))


if __name__ == "__main__":
    main()
