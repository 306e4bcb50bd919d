"""``cfanalysis verdict``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cfanalysis.cli.output import show_waiting
from cfanalysis.cli.reader_options import wave_option

if TYPE_CHECKING:
    from cfanalysis.analyses.claim_data import CriterionKind
    from cfanalysis.scoring.means import WhichWave

_KINDS: dict[str, CriterionKind | None] = {
    "auto": None,
    "outcome": "outcome",
    "other": "other respondents",
    "same": "same respondents",
    "composite": "overall score",
}


@click.command(epilog="Example: cfanalysis verdict data/prepared/mine --criterion same --json")
@click.argument("study")
@click.option(
    "--criterion", type=click.Choice(list(_KINDS)), default="auto", show_default=True,
    help="What quartiles are based on: the best criterion that the study has; an external outcome; performance items "
    "answered by other or by the same respondents; the overall score (describes only)."
)  # fmt: skip
@wave_option
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def verdict(study: str, criterion: str, wave: WhichWave, as_json: bool) -> None:
    """Test on STUDY whether the Say-Do gap is wider below the top quartile.

    The answer in sentences and the estimates behind it; with --json all fields, in points of the instrument's scale.
    """
    from cfanalysis.cli.claim_report import verdict_of, verdict_report
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    with show_waiting(f"Testing the claim on {opened.name} ..."):
        found = verdict_of(opened, kind=_KINDS[criterion], wave=wave)
    click.echo(verdict_report(opened, found, wave=wave, as_json=as_json))
