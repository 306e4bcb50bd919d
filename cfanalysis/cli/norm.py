"""``cfanalysis norm``: make, list, show."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli.output import say, write_result

if TYPE_CHECKING:
    from cfanalysis.study.benchmark.norm import Norm
    from cfanalysis.study.prepared_study import Study

_DATABASE = click.option(
    "--database", help="A database: path or URL; by default the workspace's, if it has one."
)

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
@_DATABASE
@_JSON
def make(study: str, name: str, publish: bool, database: str | None, as_json: bool) -> None:
    """Make a norm of STUDY (a folder, or the name of a prepared study).

    Published norms are kept in the database, too, where there is one.
    """
    from cfanalysis.study.benchmark.norm import norms_folder
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    made = make_and_keep(opened, name, publish=publish, database=database)
    if made.name != name:
        say(f"same      as {made.name}, which is kept")
    place = norms_folder(opened) / made.name
    write_result({**_summary(made), "files": [str(place / "norm.json")]}, as_json=as_json)
    if not as_json:
        say(_line(made))


def make_and_keep(study: Study, name: str, *, publish: bool, database: str | None = None) -> Norm:
    """Return a norm that is made now, and kept in the database where there is one.

    Parameters
    ----------
    study
        The study.
    name
        The norm's name.
    publish
        Whether it is published.
    database
        The database; None for the workspace's, if it has one.
    """
    from cfanalysis.cli.progress import show_count
    from cfanalysis.study.benchmark.norm_making import make_study_norm

    message = "Deciding which figures can be shown beside each other"
    with _database(study, database) as keep:
        with show_count(message, "measures") as watch:
            made = make_study_norm(study, name, publish=publish, watch=watch)
        keep()
    return made


def delivered_norm(study: Study, name: str | None) -> str:
    """Return the name of a published norm to deliver against; where there is none yet, one is made and published.

    Parameters
    ----------
    study
        The study.
    name
        The norm's name; None for the one published last. A new one is named after the study's last wave.
    """
    from cfanalysis.core.files import safe_name
    from cfanalysis.study.benchmark.norm import norms, norms_folder

    with _database(study, None):
        known = [n.name for n in norms(norms_folder(study)) if n.published and name in (None, n.name)]
    if known:
        return known[-1]
    made = make_and_keep(study, name or safe_name(study.survey.source.waves[-1]), publish=True)
    say(f"{_line(made)}\n          from now on reports are compared with it, whatever comes in")
    return made.name


@contextmanager
def _database(study: Study, place: str | None) -> Iterator[Callable[[], None]]:
    """Bring the norms of a study up to date from a database; what is yielded keeps them there."""
    from cfanalysis.study.benchmark.norm import norms_folder

    folder = norms_folder(study)
    beside = folder.parent.parent / "benchmark.sqlite"
    place = place or os.environ.get("CFANALYSIS_DATABASE") or (str(beside) if beside.is_file() else None)
    if place is None:
        yield lambda: None
        return
    from cfanalysis.database import open_database
    from cfanalysis.database.norm_rows import fetch_norms, keep_norms

    with open_database(place, say=say) as opened:
        fetch_norms(opened, folder)
        yield lambda: keep_norms(opened, folder)


@norm.command(name="list")
@click.argument("study")
@_DATABASE
@_JSON
def list_(study: str, database: str | None, as_json: bool) -> None:
    """List the norms of the instrument of STUDY, the earliest first; bring those of the database."""
    from cfanalysis.study.benchmark.norm import norms, norms_folder
    from cfanalysis.study.workspace import find_study

    opened = find_study(study)
    folder = norms_folder(opened)
    with _database(opened, database):
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
                "organizations_as_of": facts.as_of or norm.name,
                "figures": len(own := figures.get_group(key)),
                "repeated": int((own["as_of"] != norm.name).sum()),
            }
            for key, facts in norm.groups.items()
        ],
    }
