"""``cfanalysis check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.reading import map_option, options_of, reading_options

SHOWN = 200


@click.command(epilog="Example: cfanalysis check answers.csv --instrument customer_focus")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--instrument",
    type=click.Path(path_type=Path),
    required=True,
    help="What the survey asks: a YAML file, or the name of one that ships, e.g. customer_focus.",
)
@click.option("--organizations", type=click.Path(path_type=Path), help="Organizations and their aliases.")
@map_option
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def check(
    file: Path,
    instrument: Path,
    organizations: Path | None,
    map_file: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """List everything that is wrong with FILE: column, row, value, rule, proposal. Nothing is written.

    Exit code 0: nothing is wrong; 1: something is.
    """
    from cfanalysis.cleaning.checking import check as check_file
    from cfanalysis.cli.output import say, write_result
    from cfanalysis.instrument import load_instrument
    from cfanalysis.intake.side_files import read_organizations

    asked = load_instrument(instrument)
    aliases = read_organizations(organizations, asked)[1] if organizations else None
    options = options_of(asked, reading, map_file)
    found = check_file(file, asked, dialect=reading["dialect"], options=options, aliases=aliases)
    for note in found.notes:
        say(f"read      {note}")
    if as_json:
        write_result(found.as_dict(), as_json=True)
    else:
        for finding in found.findings[:SHOWN]:
            click.echo(finding.text)
        if len(found.findings) > SHOWN:
            click.echo(f"... and {len(found.findings) - SHOWN:,} more; --json lists all")
    say(f"findings  {len(found.findings):,} in {found.rows:,} rows")
    if found.findings:
        sys.exit(1)
