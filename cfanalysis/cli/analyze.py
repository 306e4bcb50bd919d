"""``cfanalysis analyze``."""

from __future__ import annotations

from pathlib import Path

import click

RESEARCH_REPORTS = ("quartile_gaps", "measurement", "data_quality")
"""The notebooks that `analyze` publishes, in the order in which they are read."""


@click.command(epilog="Example: cfanalysis analyze data/prepared/mine --format html,pdf")
@click.argument("study")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Folder; reports/<study> otherwise."
)
@click.option("--format", "formats", default="html,pdf", show_default=True, help="html, pdf or both.")
@click.option("--json", "as_json", is_flag=True, help="Print verdict and files as JSON.")
def analyze(study: str, out: Path | None, formats: str, as_json: bool) -> None:
    """Write the verdict and the research reports of STUDY (a folder, or the name of a prepared study)."""
    from cfanalysis.cli.output import chosen_formats, say, working, write_result
    from cfanalysis.files import whole_file
    from cfanalysis.publish import publish
    from cfanalysis.resources import workbook_file
    from cfanalysis.wording import verdict_sentence
    from cfanalysis.workbook import find_study

    opened = find_study(study)
    folder = out or Path("reports") / opened.name
    files: list[Path] = []
    for name in RESEARCH_REPORTS:
        with working(f"Publishing {name} of {opened.name} ..."):
            made = publish(
                workbook_file("notebooks", f"{name}.ipynb"),
                {"study": str(opened.folder)},
                output_folder=folder,
                name=name,
                formats=chosen_formats(formats),
            )
        files += made.values()
    with whole_file(folder / "verdict.json") as aside:
        aside.write_bytes((opened.folder / "verdict.json").read_bytes())
    files.append(folder / "verdict.json")
    say(f"verdict   {verdict_sentence(opened.verdict)}")
    result = {"study": opened.name, "verdict": opened.verdict, "files": [str(f) for f in files]}
    write_result(result, as_json=as_json)
