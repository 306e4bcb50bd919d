"""``cfanalysis prepare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.output import say, show_waiting, write_result
from cfanalysis.cli.reader_options import PATH, READING_OPTIONS, map_option, options_of, reading_options

if TYPE_CHECKING:
    from cfanalysis.study.prepared_study import Study

_OF_FILES = ("outcomes", "organizations", "preregistration", "map_file", *READING_OPTIONS)
"""The options that are about a file."""


@click.command(
    epilog="Example: cfanalysis prepare answers.csv --instrument customer_focus --out data/prepared/mine"
)
@click.argument("file", type=PATH, required=False)
@click.option(
    "--instrument",
    type=PATH,
    help="What the survey asks: a YAML file, or the name of one that ships, e.g. customer_focus; of a database, the "
    "id of one of its instruments.",
)
@click.option("--out", type=PATH, required=True, help="Folder of the study, and its name.")
@click.option("--replace", is_flag=True, help="Replace a study of that name.")
@click.option("--outcomes", type=PATH, help="Outcomes: organization, wave, outcome, value, n.")
@click.option("--organizations", type=PATH, help="Facts: organization, aliases, invited, peer_group, ...")
@click.option("--preregistration", type=PATH, help="What was written down before: kept with the study.")
@click.option(
    "--drop",
    default="",
    metavar="RULES",
    help="Drop flagged rows: incomplete,straight_lining,speeding,short_answer.",
)
@click.option("--from-database", metavar="PLACE", help="Take the answers from this database (file or URL).")
@click.option("--as-of", metavar="DATE", help="The database as it stood at the end of that day (UTC).")
@map_option
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def prepare(file: Path | None, as_json: bool, **options: Any) -> None:
    """Make a study from FILE: clean the answers, count shares, score, and test the claim.

    FILE is a survey's export with one row per respondent (CSV, Excel, Parquet, SPSS or Stata; as written by Qualtrics,
    SurveyMonkey, LimeSurvey, KoboToolbox/ODK, Google Forms or REDCap), or a folder of files and mails with answers to
    the page of cfanalysis questionnaire, or published frequency tables (Excel, or CSV with one row per category), or
    none with --from-database. The same input gives the same bytes.
    """
    from cfanalysis.cli.summaries import study_summary, summary_text

    options["drop"] = [rule.strip() for rule in options["drop"].split(",") if rule.strip()]
    if options["from_database"] is not None or options["as_of"] is not None:
        if file or any(options[name] for name in _OF_FILES):
            raise click.UsageError(
                "With --from-database there is no FILE, so options about a file do not apply."
            )
        with show_waiting("Preparing from the database ..."):
            study = _of_database(options)
    else:
        if file is None:
            raise click.UsageError("Missing argument 'FILE', or --from-database.")
        if options["instrument"] is None:
            raise click.UsageError("Missing option '--instrument'.")
        with show_waiting(f"Preparing {file.name} ..."):
            study = _of_file(file, options)
    summary = study_summary(study)
    say(summary_text(summary))
    write_result(summary, as_json=as_json)


def _of_file(file: Path, options: dict[str, Any]) -> Study:
    """Make a study from a file."""
    from cfanalysis.study.preparation import prepare as prepare_study
    from cfanalysis.survey.instrument import load_instrument

    reading = options_of(load_instrument(options["instrument"]), options)
    names = ("reader", "replace", "outcomes", "organizations", "preregistration", "drop")
    others = {name: options[name] for name in names}
    return prepare_study(file, options["instrument"], options["out"], options=reading, **others)


def _of_database(options: dict[str, Any]) -> Study:
    """Make a study from a benchmark database."""
    from cfanalysis.database import prepare_from_database
    from cfanalysis.survey.instrument import load_instrument

    instrument: Path | None = options["instrument"]
    asked = None if instrument is None else str(instrument)
    if instrument is not None and instrument.is_file():
        asked = load_instrument(instrument).id
    others = {name: options[name] for name in ("as_of", "replace", "drop")}
    return prepare_from_database(options["from_database"], options["out"], instrument=asked, **others)
