"""``cfanalysis analyze``."""

from __future__ import annotations

from pathlib import Path

import click


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
    with working(f"Analyzing {opened.name} ..."):
        files = publish(
            workbook_file("notebooks", "quartile_gaps.ipynb"),
            {"study": str(opened.folder)},
            output_folder=folder,
            name="quartile_gaps",
            formats=chosen_formats(formats),
        )
        with whole_file(folder / "verdict.json") as aside:
            aside.write_bytes((opened.folder / "verdict.json").read_bytes())
    say(f"verdict   {verdict_sentence(opened.verdict)}")
    paths = [*map(str, files.values()), str(folder / "verdict.json")]
    write_result({"study": opened.name, "verdict": opened.verdict, "files": paths}, as_json=as_json)
