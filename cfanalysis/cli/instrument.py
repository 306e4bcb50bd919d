"""``cfanalysis instrument``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cfanalysis.cli.output import say, write_or_show, write_result
from cfanalysis.cli.reader_options import NEW_FILE, PATH, reading_of, reading_options
from cfanalysis.core.errors import OutputError


@click.group(epilog="Example: cfanalysis instrument new answers.csv --out data/instruments/mine.yaml")
def instrument() -> None:
    """Describe what a survey asks."""


@instrument.command(epilog="Example: cfanalysis instrument new answers.csv --out data/instruments/mine.yaml")
@click.argument("file", type=PATH)
@click.option("--out", type=NEW_FILE, help="The YAML file to write.")
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print what was guessed as JSON.")
def new(file: Path, out: Path | None, as_json: bool, **reading: Any) -> None:
    """Write a first instrument for FILE, to be edited: items, scales, labels and fields, each guess marked.

    Edit it, then: cfanalysis check FILE --instrument THE_FILE.
    """
    from cfanalysis.intake.drafting import draft_instrument, draft_text
    from cfanalysis.survey.instrument.instrument_file import parse_instrument

    if out is not None and out.exists():
        raise OutputError(
            "The file exists already and may hold your work.", where=out, next_step="Choose another name."
        )
    draft = draft_instrument(file, reader=reading["reader"], options=reading_of(reading))
    text = draft_text(draft, file=file.name, name=out.stem if out else file.stem)
    parse_instrument(text, name="the draft")
    write_or_show(text, out, as_json=as_json)
    rated = sum(item.scale is not None for item in draft.items)
    say(f"read      {file.name}: {draft.said or 'a plain table'}")
    say(
        f"guessed   {rated} rated items on {len(draft.scales)} scales, {len(draft.items) - rated} open, "
        f"{len(draft.fields)} fields, organization: {draft.columns.get('organization', 'not found')}"
    )
    if any(scale.unordered for scale in draft.scales.values()):
        say("to do     the order of the answers of some scales is not known: write their labels in")
    items = [{"id": i.id, "text": i.text, "scale": i.scale and i.scale.name} for i in draft.items]
    files = [] if out is None else [str(out)]
    write_result({"items": items, "columns": draft.columns, "files": files}, as_json=as_json)
