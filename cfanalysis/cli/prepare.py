"""``cfanalysis prepare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.reader_options import map_option, options_of, reading_options

if TYPE_CHECKING:
    from cfanalysis.study.prepared_study import Study


@click.command(
    epilog="Example: cfanalysis prepare answers.csv --instrument customer_focus --out data/prepared/mine"
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--instrument",
    type=click.Path(path_type=Path),
    help="What the survey asks: a YAML file, or the name of one that ships, e.g. customer_focus; of a database, the "
    "id of one of its instruments.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder of the study, and its name."
)
@click.option("--replace", is_flag=True, help="Replace a study of that name.")
@click.option(
    "--outcomes", type=click.Path(path_type=Path), help="Outcomes: organization, wave, outcome, value, n."
)
@click.option(
    "--organizations",
    type=click.Path(path_type=Path),
    help="Facts: organization, aliases, invited, peer_group, ...",
)
@click.option(
    "--preregistration",
    type=click.Path(path_type=Path),
    help="What was written down before: kept with the study.",
)
@click.option(
    "--drop",
    default="",
    metavar="RULES",
    help="Drop flagged rows: incomplete,straight_lining,speeding,short_answer.",
)
@click.option(
    "--from-database",
    default=None,
    metavar="PLACE",
    help="Take the answers from this database (file or URL).",
)
@click.option(
    "--as-of", default=None, metavar="DATE", help="The database as it stood at the end of that day (UTC)."
)
@map_option
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def prepare(
    file: Path | None,
    instrument: Path | None,
    out: Path,
    replace: bool,
    outcomes: Path | None,
    organizations: Path | None,
    preregistration: Path | None,
    drop: str,
    from_database: str | None,
    as_of: str | None,
    map_file: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Make a study from FILE: clean the answers, count shares, score, and test the claim.

    FILE is a survey's export with one row per respondent (CSV, Excel, Parquet, SPSS or Stata; as written by Qualtrics,
    SurveyMonkey, LimeSurvey, KoboToolbox/ODK, Google Forms or REDCap), or published frequency tables (Excel, or CSV
    with one row per category), or none with --from-database. The same input gives the same bytes.
    """
    from cfanalysis.cli.output import say, show_waiting, write_result
    from cfanalysis.cli.summaries import study_summary

    dropped = [rule.strip() for rule in drop.split(",") if rule.strip()]
    if from_database is not None or as_of is not None:
        if file or outcomes or organizations or preregistration or map_file or any(reading.values()):
            raise click.UsageError(
                "With --from-database there is no FILE, so options about a file do not apply."
            )
        with show_waiting("Preparing from the database ..."):
            study = _of_database(from_database, out, as_of, instrument, replace, dropped)
    else:
        if file is None:
            raise click.UsageError("Missing argument 'FILE', or --from-database.")
        if instrument is None:
            raise click.UsageError("Missing option '--instrument'.")
        with show_waiting(f"Preparing {file.name} ..."):
            study = _of_file(
                file,
                instrument,
                out,
                replace,
                outcomes,
                organizations,
                preregistration,
                dropped,
                map_file,
                reading,
            )
    summary = study_summary(study)
    say(summary.text)
    write_result(summary.as_dict(), as_json=as_json)


def _of_file(
    file: Path,
    instrument: Path,
    out: Path,
    replace: bool,
    outcomes: Path | None,
    organizations: Path | None,
    preregistration: Path | None,
    dropped: list[str],
    map_file: Path | None,
    reading: dict[str, Any],
) -> Study:
    """Make a study from a file."""
    from cfanalysis.study.preparation import prepare as prepare_study
    from cfanalysis.survey.instrument import load_instrument

    return prepare_study(
        file,
        instrument,
        out,
        reader=reading["reader"],
        replace=replace,
        options=options_of(load_instrument(instrument), reading, map_file),
        outcomes=outcomes,
        organizations=organizations,
        preregistration=preregistration,
        drop=dropped,
    )


def _of_database(
    place: str | None,
    out: Path,
    as_of: str | None,
    instrument: Path | None,
    replace: bool,
    dropped: list[str],
) -> Study:
    """Make a study from a benchmark database."""
    from cfanalysis.database import prepare_from_database
    from cfanalysis.survey.instrument import load_instrument

    asked = None if instrument is None else str(instrument)
    if instrument is not None and instrument.is_file():
        asked = load_instrument(instrument).id
    return prepare_from_database(place, out, as_of=as_of, instrument=asked, replace=replace, drop=dropped)
