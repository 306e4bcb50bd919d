"""``cfanalysis comments``."""

from __future__ import annotations

from pathlib import Path

import click

from cfanalysis.cli.output import say, write_result


@click.command(epilog="Example: cfanalysis comments data/prepared/mine --out answers.xlsx")
@click.argument("study")
@click.option("--client", "clients", multiple=True, help="Only of this client; may be repeated.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The table to write, .xlsx or .csv; reports/<study>/comments.xlsx otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def comments(study: str, clients: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """List the open answers of STUDY, so that you decide which may be printed.

    What looks like a name, an address or a number is marked. Write keep, strike or edit into the column decision, with
    edit the text to print into the column text, and call: cfanalysis report STUDY --comments FILE. An answer without a
    decision is not printed. The table holds single answers: keep it to yourself.
    """
    from cfanalysis.study.comment_review import review_table, write_review
    from cfanalysis.study.prepared_study import find_clients
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    table = review_table(opened, set(find_clients(opened, clients)) if clients else None)
    path = out or Path("reports") / opened.name / "comments.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_review(table, path)
    say(f"answers   {len(table):,} of {table['client'].nunique():,} clients, to be decided on")
    write_result({"answers": len(table), "files": [str(path)]}, as_json=as_json)
