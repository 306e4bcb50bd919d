"""``cfanalysis report``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog='Example: cfanalysis report data/prepared/mine --client "Alder Logistics" --format pdf')
@click.argument("study")
@click.option("--client", "clients", multiple=True, help="An organization of the study; may be repeated.")
@click.option("--list", "list_clients", is_flag=True, help="List the study's organizations and stop.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="reports/<study>/clients otherwise."
)
@click.option("--format", "formats", default="html,pdf", show_default=True, help="html, pdf or both.")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def report(
    study: str, clients: tuple[str, ...], list_clients: bool, out: Path | None, formats: str, as_json: bool
) -> None:
    """Write the report of a client of STUDY (a folder, or the name of a prepared study).

    The report is made from the client's own rows and the benchmark's aggregates alone.
    """
    from cfanalysis.cli.output import chosen_formats, working, write_result
    from cfanalysis.client_reports import write_client_report
    from cfanalysis.extract import find_client
    from cfanalysis.workbook import find_study

    opened = find_study(study)
    if list_clients:
        click.echo("\n".join(opened.clients))
        return
    if not clients:
        raise click.UsageError("Say for which client: --client NAME (--list shows them).")
    names = [find_client(opened, client) for client in clients]
    folder = out or Path("reports") / opened.name / "clients"
    files: list[str] = []
    for name in dict.fromkeys(names):
        with working(f"Reporting {name} ..."):
            made = write_client_report(opened, name, folder=folder, formats=chosen_formats(formats))
        files.extend(map(str, made.values()))
    write_result({"study": opened.name, "clients": names, "files": files}, as_json=as_json)
