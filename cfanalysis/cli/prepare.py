"""``cfanalysis prepare``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="Example: cfanalysis prepare answers.csv --instrument data/instruments/customer_focus.yaml "
    "--out data/prepared/mine"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--instrument", type=click.Path(path_type=Path), required=True, help="What the survey asks (YAML)."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the study; names it.")
@click.option("--dialect", default=None, help="How to read the file; recognized by its content otherwise.")
@click.option("--replace", is_flag=True, help="Replace a study of that name.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def prepare(
    file: Path, instrument: Path, out: Path, dialect: str | None, replace: bool, as_json: bool
) -> None:
    """Make a study from FILE: clean the answers, count shares, score, and test the claim.

    FILE is a survey's export (CSV or Excel, one row per respondent) or published frequency tables (Excel). The
    same input gives the same bytes.
    """
    from cfanalysis.cli.output import say, working, write_result
    from cfanalysis.cli.summaries import study_summary
    from cfanalysis.study import prepare as prepare_study

    with working(f"Preparing {file.name} ..."):
        study = prepare_study(file, instrument, out, dialect=dialect, replace=replace)
    summary = study_summary(study)
    say(summary.text)
    write_result(summary.as_dict(), as_json=as_json)
