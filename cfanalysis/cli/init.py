"""``cfanalysis init``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: cfanalysis init my-workspace && cd my-workspace && make report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def init(folder: Path, as_json: bool) -> None:
    """Lay out a new workspace in FOLDER: data, notebooks, reports, brand, Makefile.

    FOLDER is created; if it exists, it must be empty. Everything in it runs at once on the synthetic sample: make
    report, make lab.
    """
    from cfanalysis.cli.output import say, write_result
    from cfanalysis.study.new_workspace import create_workspace

    names = create_workspace(folder)
    say(f"workspace {folder}: {', '.join(names)}")
    say(f"next      cd {folder} && make report, or make lab")
    write_result({"folder": str(folder), "files": [str(folder / name) for name in names]}, as_json=as_json)
