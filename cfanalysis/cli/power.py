"""``cfanalysis power``."""

from __future__ import annotations

from typing import Any

import click

from cfanalysis.cli.output import show_waiting


@click.command(epilog="Example: cfanalysis power --organizations 250 --respondents 6 --items 40 --effect 0.5")
@click.option("--organizations", type=int, required=True, help="How many take part; at least 40.")
@click.option("--respondents", type=int, default=6, show_default=True, help="Of each organization.")
@click.option("--items", type=int, default=20, show_default=True, help="Say and Do items in all.")
@click.option(
    "--effect", type=float, default=0.5, show_default=True,
    help="How much wider the gap is below the top quartile, in standard deviations of the gap."
)  # fmt: skip
@click.option(
    "--ceiling", type=click.Choice(["none", "mild", "strong"]), default="mild", show_default=True,
    help="How close to the end of the scale the answers to Say are."
)  # fmt: skip
@click.option(
    "--roles", is_flag=True,
    help="More leaders answer in good organizations, and rate practice higher; their role is recorded."
)  # fmt: skip
@click.option(
    "--simulations", type=int, default=200, show_default=True, help="Simulated studies; at least 20."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the random numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def power(organizations: int, simulations: int, as_json: bool, **options: Any) -> None:
    """Plan a study: estimate the probability that the verdict supports a true claim.

    Studies of this size are simulated, with answers on five options, and each is put to the verdict.
    """
    from cfanalysis.cli.claim_report import planned_power, power_report

    with show_waiting(f"Simulating {simulations:,} studies ..."):
        found = planned_power(organizations, simulations=simulations, **options)
    click.echo(power_report(found, as_json=as_json))
