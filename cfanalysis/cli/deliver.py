"""``cfanalysis deliver``: a file arrives, and what is to be sent because of it is made and listed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.database import import_options
from cfanalysis.cli.output import listing_options, say
from cfanalysis.cli.reader_options import PATH
from cfanalysis.cli.report import report_options

if TYPE_CHECKING:
    from cfanalysis.database import ImportResult
    from cfanalysis.database.import_changes import OrganizationChange
    from cfanalysis.publish.batches.ledger import LedgerEntry
    from cfanalysis.study.prepared_study import Study

_SHOWN = 12
"""Reports to send that are listed one by one, unless all are wanted."""


@click.command(
    epilog="Example: cfanalysis deliver answers_2026.xlsx --instrument data/instruments/mine.yaml --wave 2026 --dry-run"
)
@click.argument("file", type=PATH, required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--study", help="The study's name.  [default: that of this instrument which has reports]")
@import_options
@report_options
@listing_options
def deliver(file: Path | None, dry_run: bool, study: str | None, **options: Any) -> None:
    """Import FILE, prepare the study anew, make the reports that are new or changed, and list what to send and why.

    Whose reports: those that were made before, and those of the clients that FILE is about. They are asked for as they
    were then, unless an option says otherwise, and compared with the norm that was published last; where there is none,
    one is published. Called again, it goes on where it was stopped.
    """
    from cfanalysis.cli.database import import_and_say
    from cfanalysis.cli.norm import delivered_norm
    from cfanalysis.cli.output import write_result
    from cfanalysis.cli.report import batch_place, make_reports
    from cfanalysis.core.text_folding import fold_text
    from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
    from cfanalysis.study.workspace import reports_folder

    folder = _study_folder(study, options["instrument"])
    place, made = import_and_say(file, options, dry_run=dry_run)
    changes = _changes(made, options["place"])
    result: dict[str, Any] = {"database": place, "imports": [one.as_dict() for one in made]}
    if dry_run:
        say("dry run   nothing was changed")
        write_result(result, as_json=options["as_json"])
        return
    opened = _prepare(options["place"], folder, options["instrument"])
    options["norm"] = delivered_norm(opened, options["norm"])
    where = batch_place(reports_folder(opened), options["out"], "clients")
    here = opened.client_of_name
    before = {entry.name: entry for entry in read_ledger(where.folder / LEDGER)}
    concerned = map(fold_text, [*before, *(change.organization for change in changes)])
    names = list(dict.fromkeys(here[key] for key in concerned if key in here))
    entries, progress = make_reports(str(folder), names, where, options, list(before.values()))
    progress.summarize(entries, where)
    why = {change.organization: change.reason for change in changes}
    send: list[dict[str, Any]] = [
        {"client": e.name, "files": [f"{e.file}.{form}" for form in e.files], "edition": e.edition,
         "why": why.get(e.name) or _reason(e, before.get(e.name))}
        for e in entries if e.state == "done"
    ]  # fmt: skip
    for line in send if options["verbose"] else send[:_SHOWN]:
        edition = f"edition {line['edition']}, " if line["edition"] > 1 else ""
        say(f"send      {', '.join(line['files'])}: {edition}{line['why']}")
    if len(send) > _SHOWN and not options["verbose"]:
        say(
            f"send      and {len(send) - _SHOWN:,} more: {where.describe('mail_merge.csv')} lists all, or --verbose"
        )
    for change in changes:
        if change.organization not in opened.clients and change.organization in before:
            say(
                f"gone      {change.organization}: {change.reason}; its report is of data that no longer count"
            )
    failed = {e.name: e.error for e in entries if e.state == "failed"}
    result |= {"study": str(folder), "norm": options["norm"], "send": send, "failed": failed}
    write_result(result | {"files": [where.describe("index.html")]}, as_json=options["as_json"])
    if failed:
        sys.exit(1)


def _study_folder(study: str | None, instrument_file: Path) -> Path:
    """Return the folder of the study that is meant; it need not be there yet."""
    from cfanalysis.study.prepared_study import read_manifest
    from cfanalysis.study.workspace import prepared_folder
    from cfanalysis.survey.instrument import load_instrument

    prepared, instrument = prepared_folder(), load_instrument(instrument_file).id
    if study is not None:
        return Path(study) if len(Path(study).parts) > 1 else prepared / study
    folders = [
        path.parent for path in sorted(prepared.glob("[!.]*/manifest.json")) if "@" not in path.parent.name
    ]
    own = [f for f in folders if read_manifest(f).get("instrument", {}).get("id") == instrument]
    reports = prepared.parent.parent / "reports"
    found = (
        [f for f in own if list((reports / f.name).glob("*/ledger.jsonl"))] or own or [prepared / instrument]
    )
    if len(found) > 1:
        raise click.UsageError(f"Say which study: --study {' or --study '.join(f.name for f in found)}.")
    return found[0]


def _changes(made: Sequence[ImportResult], place: str | None) -> list[OrganizationChange]:
    """Return what the files change, also those that a call before this one brought in."""
    from cfanalysis.database import open_database
    from cfanalysis.database.import_changes import import_changes

    changes = [change for one in made for change in one.changes]
    if known := [one.number for one in made if one.status == "unchanged"]:
        with open_database(place) as opened, opened.read_transaction() as connection:
            changes += [change for number in known for change in import_changes(connection, number)]
    return changes


def _prepare(place: str | None, folder: Path, instrument_file: Path) -> Study:
    """Return the study as it is from now on."""
    from cfanalysis.cli.output import show_waiting
    from cfanalysis.database import prepare_from_database
    from cfanalysis.study.prepared_study import verdict_sentence
    from cfanalysis.survey.instrument import load_instrument

    instrument = load_instrument(instrument_file).id
    with show_waiting(f"Preparing {folder.name} from the database ..."):
        study = prepare_from_database(place, folder, instrument=instrument, replace=True)
    say(
        f"study     {folder.name}: {len(study.clients):,} organizations, waves {', '.join(study.survey.source.waves)}"
    )
    say(f"verdict   {verdict_sentence(study.verdict)}")
    return study


def _reason(entry: LedgerEntry, former: LedgerEntry | None) -> str:
    """Return why a report was made whose client's answers did not change."""
    if former is None or not former.issues:
        return "first report"
    if former.issues[-1].figures != entry.issues[-1].figures:
        return "compared with other figures"
    return "the same figures with another look, note, notebook or program"
