"""``cfanalysis norm``: make, list, show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cfanalysis.study.benchmark.norm import Norm

_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group(epilog="Example: cfanalysis norm make data/prepared/mine --name 2026 --publish")
def norm() -> None:
    """Make, publish, list and show norms: what clients are compared with.

    A norm is a frozen set of figures over organizations. It is a draft until it is published. Clients are reported
    against it whether they are in it or not. A later norm renews a figure only where nobody can subtract the new one
    from what was published before; until then it repeats the earlier figure.
    """


@norm.command()
@click.argument("study")
@click.option("--name", required=True, help="Its name, e.g. 2026; a draft of this name is replaced.")
@click.option("--publish", is_flag=True, help="Publish it: from then on it stays as it is.")
@_JSON
def make(study: str, name: str, publish: bool, as_json: bool) -> None:
    """Make a norm of STUDY (a folder, or the name of a prepared study)."""
    from cfanalysis.cli.output import say, write_result
    from cfanalysis.cli.progress import show_count
    from cfanalysis.study.benchmark.norm import norms_folder
    from cfanalysis.study.benchmark.norm_making import make_study_norm
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    with show_count("Deciding which figures can be shown beside each other", "measures") as watch:
        made = make_study_norm(opened, name, publish=publish, watch=watch)
    if made.name != name:
        say(f"same      as {made.name}, which is kept")
    place = norms_folder(opened) / made.name
    write_result({**_summary(made), "files": [str(place / "norm.json")]}, as_json=as_json)
    if not as_json:
        say(_line(made))


@norm.command(name="list")
@click.argument("study")
@_JSON
def list_(study: str, as_json: bool) -> None:
    """List the norms of the instrument of STUDY, the earliest first."""
    import json

    from cfanalysis.cli.output import say
    from cfanalysis.study.benchmark.norm import norms, norms_folder
    from cfanalysis.study.workspace import find_study

    folder = norms_folder(find_study(study))
    found = norms(folder)
    if as_json:
        click.echo(json.dumps([_summary(each) for each in found], ensure_ascii=False, indent=1))
    elif found:
        click.echo("\n".join(_line(each) for each in found))
    else:
        say(f"No norm has been made: {folder}")


@norm.command()
@click.argument("study")
@click.argument("name")
@_JSON
def show(study: str, name: str, as_json: bool) -> None:
    """Show the groups of the norm NAME: organizations, figures, and how many repeat an earlier norm's."""
    import json

    from cfanalysis.study.benchmark.norm import find_norm, norms_folder
    from cfanalysis.study.workspace import find_study

    found = find_norm(norms_folder(find_study(study)), name)
    if as_json:
        click.echo(json.dumps(_summary(found), ensure_ascii=False, indent=1))
        return
    click.echo(_line(found))
    for group in _summary(found)["groups"]:
        click.echo(
            f"  {group['title']}: {group['organizations']} organizations, {group['figures']:,} figures, "
            f"{group['repeated']:,} of them of an earlier norm"
        )


def _line(norm: Norm) -> str:
    state = "published" if norm.published else "DRAFT"
    return (
        f"norm      {norm.name}, {state}, as of {norm.date}: {len(norm.groups)} groups, "
        f"{len(norm.aggregates):,} figures, {norm.n_repeated:,} of them of an earlier norm; content {norm.content[:12]}"
    )


def _summary(norm: Norm) -> dict[str, Any]:
    figures = norm.aggregates.groupby(["field", "value"])
    return {
        "name": norm.name,
        "date": norm.date,
        "published": norm.published,
        "content": norm.content,
        "groups": [
            {
                "title": facts.title,
                "organizations": facts.n,
                "figures": len(own := figures.get_group(key)),
                "repeated": int((own["as_of"] != norm.name).sum()),
            }
            for key, facts in norm.groups.items()
        ],
    }
