"""``cfanalysis charts``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: cfanalysis charts data/prepared/mine --only say_do_dumbbell --format svg")
@click.argument("study")
@click.option("--only", multiple=True, metavar="NAME", help="Only this chart; may be repeated.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="reports/<study>/charts otherwise."
)
@click.option("--format", "formats", default="svg,png", show_default=True, help="svg, png, pdf.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def charts(study: str, only: tuple[str, ...], out: Path | None, formats: str, as_json: bool) -> None:
    """Write the charts of STUDY: for each the pictures, the alt text (.txt) and the plotted numbers (.csv)."""
    from cfanalysis.cli.output import chosen_formats, working, write_result
    from cfanalysis.gallery import write_charts
    from cfanalysis.workbook import find_study

    opened = find_study(study)
    folder = out or Path("reports") / opened.name / "charts"
    with working(f"Drawing the charts of {opened.name} ..."):
        files = write_charts(opened.survey, folder=folder, only=only, formats=chosen_formats(formats))
    write_result({"study": opened.name, "files": [str(f) for f in files]}, as_json=as_json)
