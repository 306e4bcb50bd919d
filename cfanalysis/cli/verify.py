"""``cfanalysis verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import say, write_result
from cfanalysis.cli.reader_options import PATH, brand_option


@click.command(
    epilog="Example: cfanalysis verify reports/mine/clients/alder-logistics.pdf --study data/prepared/mine"
)
@click.argument("file", type=PATH)
@click.option("--study", help="The study that the report should be of; the report is made again from it.")
@click.option(
    "--client", help="The client whose report it should be; by default as the ledger beside it says."
)
@brand_option("The brand file that it was made with.")
@click.option("--notebook", type=PATH, help="The notebook that it was made from; by default looked for here.")
@click.option("--json", "as_json", is_flag=True, help="Print the stamp and what matches as JSON.")
def verify(file: Path, as_json: bool, **given: Any) -> None:
    """Show what FILE (a PDF, web page or workbook) was made from, and whether that matches the files here.

    The stamp in FILE holds hashes of notebook, code, parameters, brand, and of the client's extract. With --study the
    extract is cut again and the report made again: it matches if every byte is the same. The exit code is 0 if
    nothing differs.
    """
    from cfanalysis.publish.verification import verify_file

    checks = verify_file(file, **given)
    for check in checks.findings:
        say(f"{check.what:<12}{check.verdict:<10}{check.remark}")
    say(checks.summary)
    result = {"file": str(file), "stamp": checks.stamp, "short": checks.short, "findings": checks.as_list()}
    write_result(result, as_json=as_json)
    if not checks.holds:
        sys.exit(1)
