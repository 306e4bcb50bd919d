"""``cfanalysis sample``."""

from __future__ import annotations

from pathlib import Path

import click

from cfanalysis.cli.output import say, write_result
from cfanalysis.cli.reader_options import NEW_FILE


@click.command(epilog="Example: cfanalysis sample --organizations 500 --out big.csv")
@click.option("--out", type=NEW_FILE, required=True, help="The CSV file to write.")
@click.option("--organizations", type=click.IntRange(4, 20_000), default=120, show_default=True)
@click.option("--seed", type=click.IntRange(0), help="Another seed makes other data.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def sample(out: Path, organizations: int, seed: int | None, as_json: bool) -> None:
    """Write a synthetic survey export for the instrument customer_focus.

    It is made up, seeded and messy on purpose: the same options give the same bytes.
    """
    from cfanalysis.study.sample import SAMPLE_SEED, write_sample

    made = write_sample(out, organizations=organizations, seed=SAMPLE_SEED if seed is None else seed)
    say(f"{out}: {len(made.frame):,} synthetic rows of {organizations:,} organizations")
    write_result({"file": str(out), "rows": len(made.frame), "organizations": organizations}, as_json=as_json)
