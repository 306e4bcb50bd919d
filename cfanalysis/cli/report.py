"""``cfanalysis report``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.output import cores, listing_options, parse_formats, say
from cfanalysis.cli.reader_options import PATH, brand_option, date_option, language_option, option_group

if TYPE_CHECKING:
    from cfanalysis.cli.progress import BatchProgress
    from cfanalysis.publish.batches.destinations import Destination
    from cfanalysis.publish.batches.ledger import LedgerEntry
    from cfanalysis.publish.client_batches import ReportSelection

_FORMATS = "html,pdf"


report_options = option_group(
    click.option("--benchmark", help="Compare with all, or by a field such as sector.  [default: all]"),
    click.option(
        "--notebook", type=PATH, help="The notebook of the reports, with the parameter extract; by default the "
        "workspace's notebooks/client_report.ipynb, or the one that ships.",
    ),
    click.option("--norm", help="The norm to compare with.  [default: the one published last, or else a draft]"),
    click.option("--notes", type=PATH, help="A table of personal notes: client, note."),
    click.option(
        "--comments", type=PATH, help="The decisions on open answers, from cfanalysis comments; without it none is "
        "printed.",
    ),
    click.option("--out", help="Folder or URL; by default reports/<study>/clients."),
    click.option(
        "--format", "formats",
        help=f"html, pdf, xlsx or several; what is out in others is made in these, too. [default: {_FORMATS}]",
    ),
    brand_option("Brand file of the reports."),
    date_option,
    language_option("Language of the reports: en, de, ...; by default the workspace's, or the instrument's."),
    click.option("--jobs", type=click.IntRange(1, 256), help="How many at once; by default one per core."),
)  # fmt: skip
"""What reports are asked for with: benchmark, notebook, notes, brand and the like."""


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
@click.option(
    "--publish", is_flag=True, help="Publish a norm of the study first, if none is; reports are no drafts."
)
@report_options
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

    from cfanalysis.cli.progress import write_batch_result
    from cfanalysis.publish.batches.ledger import LEDGER, read_ledger

    if options["list_clients"]:
        from cfanalysis.study.workspace import find_study

        clients = find_study(study).clients
        click.echo(
            json.dumps({"clients": clients}, ensure_ascii=False, indent=1)
            if options["as_json"]
            else "\n".join(clients)
        )
        return
    if options["publish"]:
        from cfanalysis.cli.norm import delivered_norm
        from cfanalysis.study.workspace import find_study

        options["norm"] = delivered_norm(find_study(study), options["norm"])
    place = batch_place(Path("reports") / Path(study).resolve().name, options["out"], "clients")
    if options["all_"] and (options["clients"] or options["file"] is not None):
        raise click.UsageError("Give --all or names, not both; notes for all go in --notes FILE.")
    names, entries = list(options["clients"]), []
    if not (options["all_"] or names or options["file"] is not None):
        if not options["resume"]:
            raise click.UsageError(
                "Name the clients: --client NAME, --clients FILE or --all (--list shows them)."
            )
        entries = read_ledger(place.folder / LEDGER)
        if not entries:
            raise click.UsageError(f"There is no ledger to resume in {place.folder}.")
        names = [entry.name for entry in entries]
    made, progress = make_reports(study, None if options["all_"] else names, place, options, entries)
    if entries and (gone := [e.name for e in read_ledger(place.folder / LEDGER) if e.state == "gone"]):
        say(f"left out  {', '.join(gone)}: the study does not have them any more, or not under this name")
    if any(entry.state == "done" and entry.title and not entry.date for entry in made):
        say("no date   the data do not say their day: --date gives the reports one")
    if any(entry.is_draft for entry in made):
        say(
            "draft     figures that change with all that comes in, and reports with them: --publish freezes them"
        )
    listing = {key: options[key] for key in ("as_json", "verbose")}
    write_batch_result(made, place, progress, kind="clients", **listing)


def make_reports(
    study: str,
    names: Sequence[str] | None,
    place: Destination,
    options: Mapping[str, Any],
    entries: Sequence[LedgerEntry] = (),
) -> tuple[list[LedgerEntry], BatchProgress]:
    """Make reports; return what became of them, and their progress for the summary.

    Parameters
    ----------
    study
        The study.
    names
        Whose; None for all.
    place
        Where they go.
    options
        Those of `report_options`, and perhaps those of the command ``report``.
    entries
        What a ledger says of reports that were made before: they are asked for as then, unless the options say
        otherwise.
    """
    from cfanalysis.cli.progress import show_progress
    from cfanalysis.publish.client_batches import OTHER_FORMATS, write_client_reports
    from cfanalysis.publish.single_report import check_formats

    options = _as_before(options, entries)
    formats = parse_formats(options["formats"] or _FORMATS)
    check_formats(formats, OTHER_FORMATS)
    with show_progress("Reporting") as progress:
        made = write_client_reports(
            _selection(study, names, options, entries),
            place,
            formats=formats,
            jobs=options["jobs"] or cores(),
            brand=options["brand"],
            maker=cluster(options.get("scheduler")),
            begun=progress.begin,
            watch=progress.report_done,
        )
    return made, progress


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


def _as_before(options: Mapping[str, Any], entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    """Return options; where nothing is said, what most of the reports of a ledger were asked for with."""
    from cfanalysis.study.benchmark import ALL_ORGANIZATIONS, DRAFT

    usual = {
        "benchmark": ALL_ORGANIZATIONS,
        "norm": DRAFT,
        "notebook": "",
        "brand": "",
        "date": "",
        "language": "",
    }
    known: dict[str, Any] = {"benchmark": ALL_ORGANIZATIONS}
    if entries:
        for name, default in usual.items():
            values = [entry.given.get(name, default) for entry in entries]
            known[name] = max(values, key=values.count)
        formats = [",".join(entry.files) for entry in entries if entry.files]
        known["formats"] = max(formats, key=formats.count) if formats else ""
    paths = {name: Path(known[name]) for name in ("notebook", "brand") if known.get(name)}
    return {**options, **{name: v for name, v in (known | paths).items() if v and not options[name]}}


def _selection(
    study: str, names: Sequence[str] | None, options: Mapping[str, Any], entries: Sequence[LedgerEntry]
) -> ReportSelection:
    """Return which clients' reports were requested, with the notes and quotes of those that were made before."""
    from cfanalysis.publish.client_batches.selection import ReportSelection

    inline = {
        option: {entry.name: entry.given[option] for entry in entries if option in entry.given}
        for option in ("note", "quotes", "language")
    }
    return ReportSelection(
        study,
        names,
        limit=options.get("limit"),
        file=options.get("file"),
        resumed=bool(entries),
        inline_notes={} if options["notes"] else inline["note"],
        inline_quotes={} if options["comments"] else inline["quotes"],
        inline_languages={} if options["language"] else inline["language"],
        **{
            name: options[name]
            for name in ("benchmark", "norm", "notes", "comments", "notebook", "date", "language")
        },
    )


def cluster(scheduler: str | None) -> Any:
    """Return what makes reports on a Dask cluster, from its scheduler's address; None for this machine."""
    if scheduler is None:
        return None
    from cfanalysis.publish.batches.dask_backend import dask_backend_factory

    return dask_backend_factory(scheduler)
