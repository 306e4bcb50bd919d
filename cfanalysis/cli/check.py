"""``cfanalysis check``."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import say, write_result
from cfanalysis.cli.reader_options import (
    PATH,
    brand_option,
    instrument_option,
    map_option,
    options_of,
    reading_options,
)
from cfanalysis.core.errors import PublishError

SHOWN_EACH = 20
"""Findings shown per rule and column, so that a file that is wrong throughout does not print a thousand lines."""


@click.command(
    epilog="Example: cfanalysis check answers.csv --instrument customer_focus; "
    "cfanalysis check --report notebooks --instrument customer_focus; cfanalysis check --brand brand.yaml"
)
@click.argument("file", type=PATH, required=False)
@instrument_option(required=False)
@click.option(
    "--report",
    type=PATH,
    help="Check instead what lies beside the notebook of the client report: its folder, or a file in it.",
)
@brand_option("A brand file, which is checked too, with its logo and fonts.")
@click.option("--organizations", type=PATH, help="Organizations and their aliases.")
@map_option
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def check(
    file: Path | None,
    instrument: Path | None,
    report: Path | None,
    brand: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """List everything that is wrong with FILE: column, row, value, rule, proposal. Nothing is written.

    A brand can be checked with it, or alone. Exit code 0: nothing is wrong; 1: something is.
    """
    if brand is not None:
        say(f"brand     {brand}: nothing is wrong")
        if file is None and report is None and instrument is None:
            return
    if instrument is not None and report is not None and file is None:
        _check_report(report, instrument)
        return
    if instrument is None or file is None or report is not None:
        raise click.UsageError("Give FILE or --report FOLDER, with --instrument; or --brand alone.")

    from cfanalysis.intake.auxiliary_files import read_organizations
    from cfanalysis.intake.cleaning.file_check import check_file
    from cfanalysis.survey.instrument import load_instrument

    asked = load_instrument(instrument)
    aliases = read_organizations(given["organizations"], asked)[1] if given["organizations"] else None
    options = options_of(asked, given)
    found = check_file(file, asked, reader=given["reader"], options=options, aliases=aliases)
    for note in found.notes:
        say(f"read      {note}")
    if as_json:
        write_result(found.as_dict(), as_json=True)
    else:
        alike: Counter[tuple[str, str]] = Counter()
        for finding in found.findings:
            alike[finding.rule, finding.column] += 1
            if alike[finding.rule, finding.column] <= SHOWN_EACH:
                click.echo(finding.text)
        for (rule, column), n in alike.items():
            if n > SHOWN_EACH:
                of = f" in column {column}" if column else ""
                click.echo(f"... and {n - SHOWN_EACH:,} more of {rule}{of}; --json lists all")
    rules = Counter(finding.rule for finding in found.findings)
    by_rule = ", ".join(f"{rule} {n:,}" for rule, n in rules.most_common())
    say(f"findings  {len(found.findings):,} in {found.rows:,} rows{': ' if by_rule else ''}{by_rule}")
    if found.findings:
        sys.exit(1)


def _check_report(report: Path, instrument: Path) -> None:
    """Print what a report takes from the files beside its notebook."""
    from cfanalysis.reports.client.report_files import report_file_lines
    from cfanalysis.survey.instrument import load_instrument

    folder = report if report.is_dir() else report.parent
    if not report.exists():
        raise PublishError(
            "There is no such folder.", where=report, next_step="Name the folder of the notebook."
        )
    for line in report_file_lines(folder, load_instrument(instrument)):
        click.echo(line)
