"""Options that several commands have: how a file is to be read, and which brand a report has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date as day
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.core.errors import CfAnalysisError

if TYPE_CHECKING:
    from cfanalysis.intake import ReadingOptions
    from cfanalysis.survey.instrument import Instrument

PATH = click.Path(path_type=Path)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)

READING_OPTIONS = (
    "reader", "encoding", "delimiter", "decimal", "sheet", "organization", "wave", "accept", "keep",
)  # fmt: skip
"""The names of the options that say how a file is to be read."""


def option_group(
    *options: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds several options to a command, in this order; the command gets them as keywords."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


reading_options = option_group(
    click.option(
        "--reader",
        help="Which tool the file comes from (qualtrics, limesurvey, kobo, ...); by default recognized by its content.",
    ),
    click.option("--encoding", help="Character encoding, e.g. cp1252; by default detected."),
    click.option("--delimiter", help="comma, semicolon, tab, bar or one character; by default detected."),
    click.option(
        "--decimal", type=click.Choice(["point", "comma"]), help="Decimal sign; detected otherwise."
    ),
    click.option("--sheet", help="The workbook's sheet; by default the one with the items."),
    click.option(
        "--organization",
        metavar="NAME",
        help="The organization of every row, where the file has no such column.",
    ),
    click.option("--wave", metavar="WAVE", help="The wave of every row, where the file has no such column."),
    click.option(
        "--accept",
        multiple=True,
        metavar="COLUMN=VALUE",
        help="Take a value as it is read though it looks wrong: '*=6' makes 6 a missing answer in every item, "
        "'organization=Total' is a client of that name.",
    ),
    click.option(
        "--keep",
        type=click.Choice(["personal", "tests"]),
        multiple=True,
        help="Read what is left out by default: columns that identify people, or rows marked as tests.",
    ),
)
map_option = click.option(
    "--map", "map_file", type=PATH, help="What the columns hold: a file made with cfanalysis map."
)


def instrument_option(*, required: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``--instrument`` for a command about a file."""
    words = "What the survey asks: a YAML file, or the name of one that ships, e.g. customer_focus."
    return click.option("--instrument", type=PATH, required=required, help=words)


wave_option = click.option(
    "--wave", type=click.Choice(["first", "latest"]), default="latest", show_default=True,
    help="Which wave of each organization counts.",
)  # fmt: skip
"""``--wave`` of a command that speaks of one wave of each organization."""


def brand_option(words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``--brand`` for a command; errors in the file are reported before anything else is done."""
    return click.option("--brand", type=PATH, callback=_checked_brand, help=words)


def language_option(words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``--language`` for a command; a language without a catalog is refused before anything else is done."""
    return click.option("--language", metavar="CODE", default="", callback=_known_language, help=words)


def _known_language(_: click.Context, __: click.Parameter, code: str) -> str:
    from cfanalysis.core.language import known_language

    try:
        return code and known_language(code)
    except CfAnalysisError as error:
        raise click.BadParameter(str(error)) from error


def _checked_date(_: click.Context, __: click.Parameter, date: str) -> str:
    try:
        return date and day.fromisoformat(date).isoformat()
    except ValueError:
        raise click.BadParameter(f"{date!r} is no day; write it as 2025-03-11.") from None


date_option = click.option(
    "--date", metavar="DATE", default="", callback=_checked_date,
    help="Date of the reports, YYYY-MM-DD; by default that of the data, or of the notebook, where it is known.",
)  # fmt: skip
"""``--date``, that of reports."""


def _checked_brand(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    if path is not None:
        from cfanalysis.publish.rendering.logo import check_brand

        check_brand(path)
    return path


def options_of(instrument: Instrument, given: Mapping[str, Any]) -> ReadingOptions:
    """Return how a call's file is to be read, apart from the reader.

    Parameters
    ----------
    instrument
        What the survey asks.
    given
        The values of the command's options, by name; ``map_file`` is a column map.
    """
    from cfanalysis.intake.column_map import load_map

    options, map_file = reading_of(given), given.get("map_file")
    return options if map_file is None else load_map(map_file, instrument, options)


def reading_of(given: Mapping[str, Any]) -> ReadingOptions:
    """Return how a call's file is to be read, without an instrument and its column map."""
    from cfanalysis.intake import ReadingOptions
    from cfanalysis.intake.constants import normalize_options

    values = {name: given[name] for name in READING_OPTIONS if name != "reader"}
    values["decimal"] = {"point": ".", "comma": ","}.get(values["decimal"])
    return normalize_options(ReadingOptions(**values))
