"""Write the gallery page: ``python -m cfanalysis.charts.gallery STUDY [STUDY ...] --out docs/gallery.md``."""

from __future__ import annotations

from pathlib import Path

import click

from cfanalysis.charts.gallery.gallery_page import write_gallery
from cfanalysis.study.workspace import find_study


@click.command()
@click.argument("studies", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/gallery.md"), show_default=True)
def main(studies: tuple[str, ...], out: Path) -> None:
    """Write the charts of STUDIES and their page."""
    surveys = [find_study(study).survey for study in studies]
    for path in write_gallery([(survey.source.title, survey) for survey in surveys], out):
        click.echo(path)


if __name__ == "__main__":
    main()
