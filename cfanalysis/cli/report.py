"""``cfanalysis report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.output import listing_options
from cfanalysis.cli.reader_options import PATH, brand_option, date_option

if TYPE_CHECKING:
    from cfanalysis.publish.batches.destinations import Destination
    from cfanalysis.publish.client_batches import ReportSelection


@click.command(
    epilog='Example: cfanalysis report data/prepared/mine --client "Alder Logistics" --format pdf; '
    "or all of them: cfanalysis report data/prepared/mine --all --jobs 4"
)
@click.argument("study")
@click.option("--client", "clients", multiple=True, help="An organization of the study; may be repeated.")
@click.option(
    "--clients",
    "file",
    type=PATH,
    help="A file with one name on each line, or a table with the columns client and, if you like, note.",
)
@click.option("--all", "all_", is_flag=True, help="All organizations of the study.")
@click.option(
    "--resume", is_flag=True, help="Only what the ledger in the output folder does not list as done."
)
@click.option("--limit", type=click.IntRange(1), help="Only this many, in the study's order.")
@click.option("--list", "list_clients", is_flag=True, help="List the study's organizations and stop.")
@click.option("--benchmark", help="Compare with all, or by a field such as sector.  [default: all]")
@click.option(
    "--notebook",
    type=PATH,
    help="The notebook of the reports, with the parameter extract; by default the workspace's "
    "notebooks/client_report.ipynb, or the one that ships.",
)
@click.option("--norm", help="The norm to compare with.  [default: the one published last, or else a draft]")
@click.option(
    "--publish", is_flag=True, help="Publish a norm of the study first, if none is; reports are no drafts."
)
@click.option("--notes", type=PATH, help="A table of personal notes: client, note.")
@click.option(
    "--comments",
    type=PATH,
    help="The decisions on open answers, from cfanalysis comments; without it none is printed.",
)
@click.option("--out", help="Folder or URL; by default reports/<study>/clients.")
@click.option(
    "--format", "formats", default="html,pdf", show_default=True, help="html, pdf, xlsx or several."
)
@brand_option("Brand file of the reports.")
@date_option
@click.option("--jobs", type=click.IntRange(1, 256), help="How many at once; by default one per core.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT.")
@listing_options
def report(study: str, **options: Any) -> None:
    """Write the reports of clients of STUDY (a folder, or the name of a prepared study).

    Each report is made from the client's own rows and the benchmark's aggregates alone, in a process of its own. A
    ledger (ledger.jsonl) and an index (index.html) are written beside the reports. A client whose report was already
    made from the same input is skipped; one that fails does not stop the others, leaves its executed notebook and is
    retried by --resume. The exit code is 0 if all reports were made.
    """
    from cfanalysis.publish.execution.fork_client import start_fork_client
    from cfanalysis.publish.execution.resource_limits import can_fork

    if not options["list_clients"] and can_fork():
        start_fork_client().preload(["pandas"])  # it imports while this process works out what was requested

    from cfanalysis.cli.output import cores, parse_formats, say
    from cfanalysis.cli.progress import show_progress, write_batch_result
    from cfanalysis.publish.client_batches import OTHER_FORMATS, write_client_reports
    from cfanalysis.publish.single_report import check_formats

    if options["list_clients"]:
        from cfanalysis.study.workspace import find_study

        click.echo("\n".join(find_study(study).clients))
        return
    formats = parse_formats(options["formats"])
    check_formats(formats, OTHER_FORMATS)
    if options["publish"]:
        from cfanalysis.cli.norm import delivered_norm
        from cfanalysis.study.workspace import find_study

        options["norm"] = delivered_norm(find_study(study), options["norm"])
    place = batch_place(Path("reports") / Path(study).resolve().name, options["out"], "clients")
    wanted = _selection(study, place, options)
    with show_progress("Reporting") as progress:
        entries = write_client_reports(
            wanted,
            place,
            formats=formats,
            jobs=options["jobs"] or cores(),
            brand=options["brand"],
            maker=cluster(options["scheduler"]),
            begun=progress.begin,
            watch=progress.report_done,
        )
    if wanted.resumed and (gone := set(wanted.clients or ()) - {entry.name for entry in entries}):
        say(f"left out  {', '.join(sorted(gone))}: the study does not have them any more")
    listing = {key: options[key] for key in ("as_json", "verbose")}
    write_batch_result(entries, place, progress, kind="clients", **listing)


def batch_place(reports: Path, out: str | None, default: str) -> Destination:
    """Return where the reports of a batch go; a URL's ledger is kept below the folder of reports.

    Parameters
    ----------
    reports
        The folder of reports.
    out
        The folder or URL that was named; None for the usual folder.
    default
        The usual folder below `reports`.
    """
    from cfanalysis.core.files import safe_name
    from cfanalysis.publish.batches.destinations import open_destination

    return open_destination(out or str(reports / default), reports / f"batch-{safe_name(out or '')}")


def _selection(study: str, place: Destination, options: dict[str, Any]) -> ReportSelection:
    """Return which clients' reports were requested."""
    from dataclasses import replace

    from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
    from cfanalysis.publish.client_batches.selection import ReportSelection
    from cfanalysis.study.benchmark import ALL_ORGANIZATIONS, DRAFT

    file, named = options["file"], options["clients"]
    wanted = ReportSelection(
        study,
        limit=options["limit"],
        benchmark=options["benchmark"] or ALL_ORGANIZATIONS,
        norm=options["norm"],
        file=file,
        notes=options["notes"],
        comments=options["comments"],
        notebook=options["notebook"],
        date=options["date"],
    )
    if options["all_"] and (named or file is not None):
        raise click.UsageError("Give --all or names, not both; notes for all go in --notes FILE.")
    if options["all_"]:
        return wanted
    if named or file is not None:
        return replace(wanted, clients=list(named))
    if not options["resume"]:
        raise click.UsageError(
            "Name the clients: --client NAME, --clients FILE or --all (--list shows them)."
        )
    entries = read_ledger(place.folder / LEDGER)
    if not entries:
        raise click.UsageError(f"There is no ledger to resume in {place.folder}.")
    # As requested then, unless the options say otherwise now.
    notes, quotes = (
        {entry.name: entry.given[option] for entry in entries if option in entry.given}
        for option in ("note", "quotes")
    )

    def usual(option: str, default: str) -> str:
        values = [entry.given.get(option, default) for entry in entries]
        return max(values, key=values.count)

    notebook = usual("notebook", "")
    return replace(
        wanted,
        clients=[entry.name for entry in entries],
        resumed=True,
        benchmark=options["benchmark"] or usual("benchmark", ALL_ORGANIZATIONS),
        norm=options["norm"] or usual("norm", DRAFT),
        notebook=options["notebook"] or (Path(notebook) if notebook else None),
        date=options["date"] or usual("date", ""),
        inline_notes={} if options["notes"] else notes,
        inline_quotes={} if options["comments"] else quotes,
    )


def cluster(scheduler: str | None) -> Any:
    """Return what makes reports on a Dask cluster, from its scheduler's address; None for this machine."""
    if scheduler is None:
        return None
    from cfanalysis.publish.batches.dask_backend import dask_backend_factory

    return dask_backend_factory(scheduler)
