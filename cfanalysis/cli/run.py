"""``cfanalysis run``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import cores, listing_options, parse_formats
from cfanalysis.cli.reader_options import PATH, brand_option, date_option
from cfanalysis.cli.report import batch_place, cluster


@click.command(
    epilog="Example: cfanalysis run analysis.ipynb --table regions.csv --jobs 4; "
    "or once: cfanalysis run analysis.ipynb -p region north"
)
@click.argument("notebook", type=PATH)
@click.option("--table", type=PATH, help="CSV, Excel, Parquet or YAML: a row a report, a column a parameter.")
@click.option(
    "-p",
    "--parameter",
    "parameters",
    type=(str, str),
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter of all reports; may be repeated.",
)
@click.option(
    "--name",
    metavar="PATTERN",
    help="The reports' names, e.g. '{region} {year}'; by default the column name, or all values of a row.",
)
@click.option(
    "--kernel", metavar="NAME", help="The Jupyter kernel of its cells; by default the notebook's own."
)
@click.option(
    "--timeout", type=click.IntRange(1), default=600, show_default=True, help="Seconds that a cell may take."
)
@click.option("--resume", is_flag=True, help="Keep what is out from the same notebook and parameters.")
@click.option("--out", help="Folder or URL; by default reports/<notebook>.")
@click.option("--format", "formats", default="html,pdf", show_default=True, help="html, pdf or both.")
@brand_option("Brand file of the reports.")
@date_option
@click.option("--jobs", type=click.IntRange(1, 256), help="How many at once; by default one per core.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT.")
@listing_options
def run(notebook: Path, **options: Any) -> None:
    """Publish NOTEBOOK, any notebook with a cell tagged parameters: once, or for each row of a table.

    Cells run in the working directory. A ledger (ledger.jsonl) and an index (index.html) are written beside the
    reports. One that fails does not stop the others, leaves its executed notebook and is made again by --resume.
    The pages say that they were not checked for confidentiality. The exit code is 0 if all reports were made.
    """
    from cfanalysis.cli.progress import show_progress, write_batch_result
    from cfanalysis.intake.parameter_table import read_parameter_table
    from cfanalysis.publish.batches.row_batch import allowed_columns, named_rows, write_row_reports
    from cfanalysis.publish.execution.other_kernel import other_kernel
    from cfanalysis.publish.single_report import check_formats

    formats = parse_formats(options["formats"])
    check_formats(formats)
    name, table, kernel = options["name"], options["table"], other_kernel(notebook, options["kernel"])
    lines = table and read_parameter_table(table, allowed_columns(notebook, name, kernel))
    rows = named_rows(notebook, lines, dict(options["parameters"]), name, kernel)
    place = batch_place(Path("reports"), options["out"], notebook.stem)
    with show_progress("Making") as progress:
        progress.begin(len(rows))
        entries = write_row_reports(
            notebook,
            rows,
            place,
            formats=formats,
            jobs=options["jobs"] or cores(),
            brand=options["brand"],
            resume=options["resume"],
            timeout=options["timeout"],
            kernel=kernel,
            date=options["date"],
            maker=cluster(options["scheduler"]),
            watch=progress.report_done,
        )
    listing = {key: options[key] for key in ("as_json", "verbose")}
    write_batch_result(entries, place, progress, kind="reports", **listing)
