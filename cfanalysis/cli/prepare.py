"""``cfanalysis prepare``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.reading import map_option, options_of, reading_options


@click.command(
    epilog="Example: cfanalysis prepare answers.csv --instrument data/instruments/customer_focus.yaml "
    "--out data/prepared/mine"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--instrument", type=click.Path(path_type=Path), required=True, help="What the survey asks (YAML)."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the study; names it.")
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
    "--drop", default="", metavar="RULES", help="Drop flagged rows: straight_lining,speeding,short_answer."
)
@map_option
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def prepare(
    file: Path,
    instrument: Path,
    out: Path,
    replace: bool,
    outcomes: Path | None,
    organizations: Path | None,
    drop: str,
    map_file: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Make a study from FILE: clean the answers, count shares, score, and test the claim.

    FILE is a survey's export (CSV, Excel or Parquet, one row per respondent) or published frequency tables (Excel, or
    CSV with one row per category). The same input gives the same bytes.
    """
    from cfanalysis.cli.output import say, working, write_result
    from cfanalysis.cli.summaries import study_summary
    from cfanalysis.instrument import load_instrument
    from cfanalysis.study import prepare as prepare_study

    options = options_of(load_instrument(instrument), reading, map_file)
    with working(f"Preparing {file.name} ..."):
        study = prepare_study(
            file,
            instrument,
            out,
            dialect=reading["dialect"],
            replace=replace,
            options=options,
            outcomes=outcomes,
            organizations=organizations,
            drop=[rule.strip() for rule in drop.split(",") if rule.strip()],
        )
    summary = study_summary(study)
    say(summary.text)
    write_result(summary.as_dict(), as_json=as_json)
