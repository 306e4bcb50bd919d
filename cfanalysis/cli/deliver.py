"""``cfanalysis deliver``: a file arrives, and what is to be sent because of it is made and listed."""

from __future__ import annotations

import sys
from collections.abc import Container, Sequence
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.database import import_and_say, import_options
from cfanalysis.cli.output import listing_options, say, show_waiting, write_result
from cfanalysis.cli.reader_options import PATH
from cfanalysis.cli.report import batch_place, make_reports, report_options

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
    one is published. Called again, it goes on where it was stopped. Without FILE it does the same for what was decided
    since, such as an alias or the removal of a wrong file.
    """
    from cfanalysis.cli.norm import delivered_norm
    from cfanalysis.core.text_folding import fold_text
    from cfanalysis.database import ImportResult
    from cfanalysis.database.database_errors import display_url
    from cfanalysis.database.database_url import database_url
    from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
    from cfanalysis.study.workspace import reports_folder

    folder = _study_folder(study, options["instrument"])
    place, made = str(display_url(database_url(options["place"]))), list[ImportResult]()
    if file or options["outcomes"] or options["organizations"]:
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
    here, listed = opened.client_of_name, read_ledger(where.folder / LEDGER)
    own_last = sorted(listed, key=lambda e: here.get(fold_text(e.name)) == e.name)
    before = {here.get(fold_text(e.name), e.name): e for e in own_last if e.state != "gone"}
    why = _changes_by_client(changes, opened, before)
    names = [*(e.name for e in listed), *(name for name in why if fold_text(name) in here)]
    entries, progress = make_reports(str(folder), names, where, options, listed)
    progress.summarize(entries, where)
    send: list[dict[str, Any]] = [
        {"client": e.name, "files": [f"{e.file}.{form}" for form in e.files], "edition": e.edition,
         "why": _reason(e, before.get(e.name), why.get(e.name, ""))}
        for e in entries if e.state == "done"
    ]  # fmt: skip
    for line in send if options["verbose"] else send[:_SHOWN]:
        edition = f"edition {line['edition']}, " if line["edition"] > 1 else ""
        say(f"send      {', '.join(line['files'])}: {edition}{line['why']}")
    if len(send) > _SHOWN and not options["verbose"]:
        say(
            f"send      and {len(send) - _SHOWN:,} more: {where.describe('mail_merge.csv')} lists all, or --verbose"
        )
    gone = {e.name for e in read_ledger(where.folder / LEDGER) if e.state == "gone"}
    for name in [e.name for e in listed if e.state != "gone" and e.name in gone]:
        now = f"is {here[fold_text(name)]} now" if fold_text(name) in here else "no longer in the data"
        say(f"gone      {name}: {why.get(name) or now}; its report is of data that no longer count")
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


def _changes_by_client(
    changes: Sequence[OrganizationChange], study: Study, before: Container[str]
) -> dict[str, str]:
    """Return what changed of each client, in words, and of one without a report whose else it may be."""
    found: dict[str, str] = {}
    for change in changes:
        found[change.organization] = "; ".join(filter(None, [found.get(change.organization), change.reason]))
    for pair in (p for p in study.cleaning_log["proposals"] if p["column"] == "organization"):
        for new, other in permutations((pair["value"], pair["proposal"])):
            if new in found and new not in before:
                found[new] += f"; may be {other!r}: decide first (cfanalysis database alias)"
    return found


def _prepare(place: str | None, folder: Path, instrument_file: Path) -> Study:
    """Return the study as it is from now on."""
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


def _reason(entry: LedgerEntry, former: LedgerEntry | None, change: str) -> str:
    """Return why a report was made, from what changed in its client's answers, if anything did."""
    if former is None or not former.issues:
        return change or "first report"
    last, present = former.issues[-1], entry.issues[-1]
    if last.figures == present.figures:
        return "the same figures with another look, note, notebook or program"
    called = f"was called {former.name}" * (former.name != entry.name)
    finished = "no draft any more" * (last.is_draft and not entry.is_draft)
    parts = dict.fromkeys([change, "" if called in change else called, finished])
    return (
        ", ".join(filter(None, parts)) or "compared with other figures, or by another version of cfanalysis"
    )
