"""``cfanalysis database``: import, list, show, remove, erase, export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.output import listing_options, say, show_waiting, write_result
from cfanalysis.cli.reader_options import PATH, map_option, option_group, options_of, reading_options
from cfanalysis.core.errors import IntakeError
from cfanalysis.core.unfinished import work_folder

if TYPE_CHECKING:
    from cfanalysis.database import ImportResult

_PLACE = click.option(
    "--database", "place", metavar="PLACE", help="File or URL; by default the workspace's own."
)
_WAIT = click.option(
    "--wait",
    type=click.FloatRange(0, 86_400),
    default=300.0,
    show_default=True,
    help="Seconds to wait for another writer.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_SHOWN = 8
"""Changes and names alike of an import that are said one by one."""


_ASKED = "What was asked: a YAML file, or the name of an instrument that ships."
import_options = option_group(
    click.option("--instrument", type=PATH, required=True, help=_ASKED),
    click.option("--outcomes", type=PATH, help="Outcomes: organization, wave, outcome, value, n."),
    click.option("--organizations", type=PATH, help="Facts and aliases of organizations."),
    click.option("--replaces", type=int, metavar="IMPORT", help="The import that FILE corrects."),
    click.option("--separate", is_flag=True, help="FILE corrects no other file."),
    click.option("--readmit", multiple=True, metavar="CLIENT", help="Accept a client that was erased."),
    map_option, reading_options, _PLACE, _WAIT,
)  # fmt: skip
"""The options of an import: what was asked, auxiliary files, how FILE is read, what it corrects, who counts."""


@click.group(
    epilog="Example: cfanalysis database import answers.csv --instrument data/instruments/customer_focus.yaml"
)
def database() -> None:
    """Keep the answers of all clients and waves in one database.

    It is one SQLite file, data/benchmark.sqlite of the workspace, unless --database or CFANALYSIS_DATABASE names
    another file or a PostgreSQL database (postgresql://USER@HOST/DATABASE). Make a study of it with cfanalysis prepare
    --from-database.
    """


@database.command(name="import")
@click.argument("file", type=PATH, required=False)
@click.option("--again", is_flag=True, help="Import a file again that a later one replaced.")
@import_options
@_JSON
def import_(file: Path | None, as_json: bool, **options: Any) -> None:
    """Import FILE, a survey's export or a folder of answers, into the database: all of it or nothing.

    The same file again changes nothing. A file with the name of an earlier one corrects it: the earlier one no longer
    counts, but --as-of still finds it.
    """
    place, made = import_and_say(file, options)
    write_result({"database": place, "imports": [one.as_dict() for one in made]}, as_json=as_json)


def import_and_say(
    file: Path | None, options: Mapping[str, Any], *, dry_run: bool = False
) -> tuple[str, list[ImportResult]]:
    """Import what a command was given and report it; return the database's place, and the imports.

    Parameters
    ----------
    file
        The answers; None where there are auxiliary files only.
    options
        Those of `import_options`, and perhaps ``again``.
    dry_run
        As of `cfanalysis.database.import_files`.
    """
    from cfanalysis.database import CorrectionOptions, import_files, open_database
    from cfanalysis.database.database_errors import display_url
    from cfanalysis.database.database_url import database_url, is_file
    from cfanalysis.survey.instrument import load_instrument

    if file is None and (options["organization"] is not None or options["wave"] is not None):
        raise click.UsageError("--organization and --wave apply to the answers of a FILE; there is none.")
    for path in filter(None, (file, options["outcomes"], options["organizations"])):
        if not path.exists():  # before a database is made for it
            lacks = "No such file or directory"
            raise IntakeError(
                "The file cannot be read.", where=path, value=lacks, next_step="Check the path."
            )
    instrument = options["instrument"]
    reading = options_of(load_instrument(instrument), options)
    plan = CorrectionOptions(options["replaces"], options["separate"], options.get("again", False))
    others = {name: options[name] for name in ("outcomes", "organizations", "reader", "readmit")}
    others |= {"dry_run": dry_run}
    with ExitStack() as stack:
        place, url = options["place"], database_url(options["place"])
        if dry_run and is_file(url) and not Path(str(url.database)).exists():
            place = str(stack.enter_context(work_folder()).path / "none.sqlite")
        opened = stack.enter_context(open_database(place, create=True, wait=options["wait"], say=say))
        with show_waiting(f"{'Trying out' if dry_run else 'Importing into'} {display_url(url)} ..."):
            made = import_files(opened, instrument, answers=file, options=reading, plan=plan, **others)
        for one in made:
            _say_import(one.as_dict())
        return display_url(url), made


@database.command(
    epilog='Example: cfanalysis database alias "Mueller Maschinenbau" "Müller Maschinenbau GmbH"'
)
@click.argument("name", required=False)
@click.argument("organization", required=False)
@click.option("--all", "all_", is_flag=True, help="Take every proposal.")
@_PLACE
@_WAIT
@_JSON
def alias(
    name: str | None, organization: str | None, all_: bool, place: str | None, wait: float, as_json: bool
) -> None:
    """Decide that NAME stands for ORGANIZATION; without ORGANIZATION, that it is an organization of its own.

    Without NAME, list the names that look alike and were not decided about. A decision counts from now on, for answers
    that are there and for those to come; remove undoes it.
    """
    from cfanalysis.database import open_database
    from cfanalysis.database.aliases import decide_alias, proposed_aliases

    if all_ and name is not None:
        raise click.UsageError("Give --all or a NAME, not both.")
    with open_database(place, wait=wait, say=say) as opened:
        with opened.read_transaction() as connection:
            found = proposed_aliases(connection)
        pairs = [(p.value, p.proposal) for p in found] if all_ else []
        if name is not None:
            pairs = [(name, organization or name)]
        with opened.write_transaction() as connection:
            decided = [(a, o, decide_alias(connection, a, o, now=datetime.now(UTC))) for a, o in pairs]
    proposed = [{"value": p.value, "proposal": p.proposal, "n": p.n} for p in found]
    for alias_, target, number in decided:
        what = "is an organization of its own" if alias_ == target else f"is {target}"
        say(f"alias     {alias_} {what}{f': import {number}' if number else ', as before'}")
    if not pairs:
        _say_alike(proposed, shown=len(proposed))
    made = [{"alias": a, "organization": o, "import": n} for a, o, n in decided]
    write_result({"database": opened.place, "decided": made, "proposed": proposed}, as_json=as_json)


@database.command(name="list")
@_PLACE
@_JSON
def list_(place: str | None, as_json: bool) -> None:
    """List every file that was imported, and whether it counts."""
    from cfanalysis.database import open_database
    from cfanalysis.database.overview import import_list

    with open_database(place) as opened, opened.read_transaction() as connection:
        lines = import_list(connection)
    _write({"database": opened.place, "imports": lines}, [_import_line(e) for e in lines], as_json=as_json)


@database.command()
@click.argument("number", type=int, required=False)
@click.option("--client", help="What the database holds of a client.")
@_PLACE
@_JSON
def show(number: int | None, client: str | None, place: str | None, as_json: bool) -> None:
    """Show what counts in the database, one import by its NUMBER, or one client."""
    from cfanalysis.database import open_database
    from cfanalysis.database.overview import client_details, database_summary, import_details

    with open_database(place) as opened, opened.read_transaction() as connection:
        if client is not None:
            found = client_details(connection, client)
        else:
            found = database_summary(connection) if number is None else import_details(connection, number)
    _write({"database": opened.place, **found}, list(_lines(found)), as_json=as_json)


@database.command()
@click.argument("number", type=int)
@_PLACE
@_WAIT
@_JSON
def remove(number: int, place: str | None, wait: float, as_json: bool) -> None:
    """Stop counting import NUMBER. Its rows stay for --as-of; to delete a client's rows, use erase."""
    from cfanalysis.database import open_database
    from cfanalysis.database.history import remove_import

    with open_database(place, wait=wait, say=say) as opened:
        with opened.write_transaction() as connection:
            gone = remove_import(connection, number, now=datetime.now(UTC))
        say(f"import {number} ({gone.file}, {gone.kind}) does not count any more")
        say("next      cfanalysis deliver --instrument FILE makes the reports that change by it")
        write_result({"database": opened.place, "removed": number, "at": gone.ended_at}, as_json=as_json)


@database.command(epilog='Example: cfanalysis database erase "Alder Logistics"')
@click.argument("client")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--certificate", type=PATH, help="The certificate's file; deletion-TIME.md of the workspace otherwise."
)
@_PLACE
@_WAIT
@_JSON
def erase(
    client: str, yes: bool, certificate: Path | None, place: str | None, wait: float, as_json: bool
) -> None:
    """Delete everything of CLIENT for good, and write a certificate of what was deleted and what remains.

    In the workspace these are its rows in the database, in studies, in tables of comments and notes, its reports with
    their lines in ledger and index, and outputs of notebooks. Studies are made again without it, with a new verdict; no
    name leads to the figures of norms any more. Days on which it counted cannot be reproduced with --as-of. Files that
    you brought are not changed; those that name it are listed.
    """
    from cfanalysis.cli.erasing import erase_everywhere

    if not yes and not click.confirm(f"Delete everything of {client!r} for good?", err=True):
        say("kept      nothing was deleted")
        sys.exit(1)
    done, result = erase_everywhere(client, place, wait=wait, certificate=certificate)
    for where, what in done.erased:
        say(f"erased    {where}: {what}")
    for where, why in done.remains:
        say(f"remains   {where}: {why}")
    write_result(result, as_json=as_json)


@database.command()
@click.option("--out", type=PATH, required=True, help="Folder of the files.")
@click.option("--as-of", metavar="DATE", help="As it stood at the end of that day (UTC).")
@click.option("--instrument", metavar="ID", help="Needed where there are answers to several instruments.")
@click.option("--replace", is_flag=True, help="Replace a former export.")
@_PLACE
@listing_options
def export(
    out: Path, as_of: str | None, instrument: str | None, replace: bool, place: str | None, **listing: bool
) -> None:
    """Write what counts as CSV files that are safe to open in a spreadsheet.

    These files hold single answers: keep them to yourself.
    """
    from cfanalysis.database import open_database
    from cfanalysis.database.csv_export import export_database

    with open_database(place) as opened:
        with show_waiting(f"Exporting {opened.place} ..."):
            files = export_database(opened, out, as_of=as_of, instrument=instrument, replace=replace)
        write_result({"database": opened.place, "files": [str(f) for f in files]}, **listing)


def _import_line(e: dict[str, Any]) -> str:
    """Return an import as a line of text."""
    what = f"{e['rows']:,} rows, {e['organizations']:,} organizations, {', '.join(e['waves']) or 'no wave'}"
    when = f"{e['imported_at'][:16]}Z"
    return f"{e['import']:>5}  {when}  {e['kind']:<13} {e['file']}: {what}; {e['instrument']}; {e['state']}"


def _say_import(made: dict[str, Any]) -> None:
    """Report the outcome of importing a file."""
    for note in made["notes"]:
        say(f"{'read' if made['status'] == 'imported' else made['file']}      {note}")
    if made["status"] == "imported":
        dropped = ", ".join(f"{rule} {n}" for rule, n in made["rows_dropped"].items()) or "none"
        say(f"rows      {made['rows_in']:,} in, {made['rows']:,} kept; dropped: {dropped}")
        if changed := ", ".join(f"{rule} {n:,}" for rule, n in made["cells_changed"].items() if n):
            say(f"cells     changed: {changed} (cfanalysis check lists them)")
        for former in made["replaced"]:
            say(f"replaced  import {former} does not count any more")
        what = f"{made['organizations']:,} organizations, {', '.join(made['waves']) or 'no wave'}"
        say(f"import    {made['number']}: {made['file']}, {made['kind']}, {what}")
        _say_several(made["changes"], lambda c: f"change    {c['organization']}: {c['reason']}")
        _say_alike(made["alike"])


def _say_several(
    entries: Sequence[Any], line: Callable[[Any], str], *, shown: int = _SHOWN, more: str = "--json"
) -> None:
    """Report the first few of many things, and how many more there are and what lists them."""
    for entry in entries[:shown]:
        say(line(entry))
    if len(entries) > shown:
        say(f"          and {len(entries) - shown:,} more ({more} lists them)")


def _say_alike(proposed: list[dict[str, Any]], *, shown: int = _SHOWN) -> None:
    """Report which names look alike, and how to settle that."""
    _say_several(
        proposed,
        lambda p: f"alike     {p['value']!r} ({p['n']:,} rows) may be {p['proposal']!r}: not merged",
        shown=shown,
        more="cfanalysis database alias",
    )
    if proposed:
        say("next      cfanalysis database alias NAME ORGANIZATION, or --all; NAME alone keeps the two apart")


def _write(result: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    """Print a result: as JSON, or as lines."""
    if as_json:
        write_result(result, as_json=True)
    else:
        for line in lines:
            click.echo(line)


def _lines(found: dict[str, Any]) -> list[str]:
    """Return a result as lines of text."""
    lines: list[str] = []
    for name, value in found.items():
        label = f"{name.replace('_', ' '):<20}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{label} {'; '.join(f'{k} {v}' for k, v in entry.items())}" for entry in value]
        elif isinstance(value, dict):
            lines.append(f"{label} {', '.join(f'{k} {v}' for k, v in value.items()) or 'none'}")
        elif isinstance(value, list):
            lines.append(f"{label} {', '.join(map(str, value)) or 'none'}")
        else:
            lines.append(f"{label} {value:,}" if isinstance(value, int) else f"{label} {value}")
    return lines
