"""``cfanalysis export``."""

from __future__ import annotations

from pathlib import Path

import click

from cfanalysis.cli.output import listing_options, parse_formats, show_waiting, write_result
from cfanalysis.cli.reader_options import PATH


@click.command(epilog="Example: cfanalysis export data/prepared/mine --format csv,xlsx")
@click.argument("study")
@click.option("--out", type=PATH, help="Folder; reports/<study>/export otherwise.")
@click.option(
    "--format", "formats", default="csv", show_default=True, help="csv, xlsx, sav (SPSS), r (the test in R)."
)
@click.option("--long", "long", is_flag=True, help="Also one row for each answer.")
@click.option("--replace", is_flag=True, help="Replace a former export.")
@listing_options
def export(study: str, out: Path | None, formats: str, long: bool, replace: bool, **listing: bool) -> None:
    """Write STUDY as tidy tables with a codebook, for other tools.

    Responses, answer shares, scores, organizations and the cleaning log. Answers are as given; the codebook says which
    items are reverse-keyed. Texts are safe to open in a spreadsheet. These files hold single answers: keep them to
    yourself.
    """
    from cfanalysis.study.tidy_export import export_study
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    folder = out or Path("reports") / opened.name / "export"
    with show_waiting(f"Exporting {opened.name} ..."):
        files = export_study(opened, folder, formats=parse_formats(formats), long=long, replace=replace)
    result = {"study": opened.name, "files": [str(f) for f in files]}
    write_result(result, to_open=folder / "codebook.md", **listing)
