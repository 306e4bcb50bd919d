"""``cfanalysis init``."""

from __future__ import annotations

from pathlib import Path

import click

from cfanalysis.cli.output import listing_options, say, write_result
from cfanalysis.cli.reader_options import PATH, language_option


@click.command(epilog="Example: cfanalysis init my-workspace && cd my-workspace && make report")
@click.argument("folder", type=PATH)
@language_option("Language of the notebooks' texts: en, de, ...")
@listing_options
def init(folder: Path, language: str, **listing: bool) -> None:
    """Lay out a new workspace in FOLDER: data, notebooks, reports, brand, Makefile.

    FOLDER is created; if it exists, it must be empty. Everything in it runs at once on the synthetic sample: make
    report, make lab.
    """
    from cfanalysis.core.language import SOURCE
    from cfanalysis.study.new_workspace import create_workspace

    names = create_workspace(folder, language or SOURCE)
    say(f"workspace {folder}: {', '.join(names)}")
    say("notebooks yours to change: in this workspace the commands publish these copies")
    say(f"next      cd {folder} && make report, or make lab")
    files = [str(folder / name) for name in names]
    write_result({"folder": str(folder), "files": files}, to_open=folder / "README.md", **listing)
