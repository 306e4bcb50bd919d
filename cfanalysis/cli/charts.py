"""``cfanalysis charts``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cfanalysis.cli.output import listing_options
from cfanalysis.cli.reader_options import brand_option, wave_option

SIZES = "blog: 800 px wide; social: 1200 x 675 px; print: 170 x 120 mm; slide: 1280 x 720 px; thumbnail: 480 x 360 px"


@click.command(epilog="Example: cfanalysis charts sample --only say_do_dumbbell --preset social --format svg")
@click.argument("study")
@click.option("--only", multiple=True, metavar="NAME", help="Only this chart; may be repeated.")
@click.option("--preset", "size", default="blog", show_default=True, metavar="NAME", help=f"{SIZES}.")
@click.option("--format", "formats", default="svg,png", show_default=True, help="svg, png, pdf.")
@click.option("--statistics", type=click.Choice(["none", "short", "full"]), default="short", show_default=True,
              help="What the subtitles state besides the measure.")  # fmt: skip
@wave_option
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="reports/<study>/charts otherwise."
)
@brand_option("Brand file of the charts.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=None, help="Number of processes; by default one per core."
)
@listing_options
def charts(
    study: str,
    only: tuple[str, ...],
    size: str,
    formats: str,
    statistics: str,
    wave: str,
    out: Path | None,
    brand: Path | None,
    jobs: int | None,
    **listing: bool,
) -> None:
    """Write the charts of STUDY: for each the pictures, alt text, description, plotted numbers and HTML snippet."""
    from typing import Any

    from cfanalysis.charts.gallery import brand_file_theme, write_charts
    from cfanalysis.cli.output import parse_formats, say, show_waiting, write_result
    from cfanalysis.publish.execution.resource_limits import can_fork
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    folder = out or Path("reports") / opened.name / "charts"
    options: Any = {"size": size, "statistics": statistics, "formats": parse_formats(formats), "wave": wave}
    options |= {"theme": brand_file_theme(brand or ""), "jobs": (jobs or _cores()) if can_fork() else 1}
    with show_waiting(f"Drawing the charts of {opened.name} ..."):
        made = write_charts(opened.survey, folder=folder, only=only, **options)
    for name, reason in made.omitted.items():
        say(f"left out: {name}: {reason}")
    files = [str(file) for file in made.files]
    write_result({"study": opened.name, "files": files, "left_out": made.omitted}, **listing)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
