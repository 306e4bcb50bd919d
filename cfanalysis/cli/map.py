"""``cfanalysis map``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import say, write_or_show, write_result
from cfanalysis.cli.reader_options import NEW_FILE, PATH, instrument_option, options_of, reading_options


@click.command(epilog="Example: cfanalysis map answers.csv --instrument customer_focus --out map.yaml")
@click.argument("file", type=PATH)
@instrument_option()
@click.option("--out", type=NEW_FILE, help="The YAML file to write.")
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the map as JSON.")
def map(file: Path, instrument: Path, out: Path | None, as_json: bool, **reading: Any) -> None:
    """Write what each column of FILE holds, to be edited: item, field or ignore.

    A column that only resembles an item is a proposal with a score; it counts once you write it into "is". Then give
    the file to prepare or check with --map.
    """
    from cfanalysis.intake import read_columns
    from cfanalysis.intake.column_map import column_map, map_text
    from cfanalysis.survey.instrument import load_instrument

    asked = load_instrument(instrument)
    options = options_of(asked, reading)
    columns = read_columns(file, asked, reader=reading["reader"], options=options)
    entries = column_map(columns, asked, options.constant_columns)
    text = map_text(entries, asked, file=file.name, given=options.constant_columns)
    write_or_show(text, out, as_json=as_json)
    proposals = sum("proposal" in entry for entry in entries)
    ignored = sum(entry["is"] == "ignore" for entry in entries)
    say(f"columns   {len(entries):,}: {ignored:,} ignored, {proposals:,} to be decided")
    files = [] if out is None else [str(out)]
    write_result({"instrument": asked.id, "columns": entries, "files": files}, as_json=as_json)
