"""Options that several commands have: how a file is to be read, and which brand a report has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cfanalysis.intake import ReadingOptions
    from cfanalysis.survey.instrument import Instrument

_OPTIONS = (
    click.option(
        "--reader",
        default=None,
        help="Which tool the file comes from (qualtrics, limesurvey, kobo, ...); by default recognized by its content.",
    ),
    click.option("--encoding", default=None, help="Character encoding, e.g. cp1252; by default detected."),
    click.option(
        "--delimiter", default=None, help="comma, semicolon, tab, bar or one character; by default detected."
    ),
    click.option(
        "--decimal",
        type=click.Choice(["point", "comma"]),
        default=None,
        help="Decimal sign; detected otherwise.",
    ),
    click.option("--sheet", default=None, help="The workbook's sheet; by default the one with the items."),
    click.option(
        "--organization",
        default=None,
        metavar="NAME",
        help="The organization of every row, where the file has no such column.",
    ),
    click.option(
        "--wave",
        default=None,
        metavar="WAVE",
        help="The wave of every row, where the file has no such column.",
    ),
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
_MAP = click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    default=None,
    help="What the columns hold: a file made with cfanalysis map.",
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command; it gets them as keywords."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def map_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--map`` to a command."""
    return _MAP(command)


wave_option = click.option(
    "--wave", type=click.Choice(["first", "latest"]), default="latest", show_default=True,
    help="Which wave of each organization counts.",
)  # fmt: skip
"""``--wave`` of a command that speaks of one wave of each organization."""


def brand_option(words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``--brand`` for a command; errors in the file are reported before anything else is done."""
    return click.option(
        "--brand", type=click.Path(path_type=Path), default=None, callback=_checked_brand, help=words
    )


def _checked_brand(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    if path is not None:
        from cfanalysis.theme.brand import load_brand

        load_brand(path)
    return path


def options_of(
    instrument: Instrument, reading: dict[str, Any], map_file: Path | None = None
) -> ReadingOptions:
    """Return the options of a call, without the reader.

    Parameters
    ----------
    instrument
        What the survey asks.
    reading
        The values of the command's reading options, by name.
    map_file
        A column map; None for none.
    """
    from cfanalysis.intake.column_map import load_map

    options = reading_of(reading)
    return options if map_file is None else load_map(map_file, instrument, options)


def reading_of(reading: dict[str, Any]) -> ReadingOptions:
    """Return the options of a call that is about no instrument."""
    from cfanalysis.intake import ReadingOptions
    from cfanalysis.intake.constants import normalize_options

    decimal = {"point": ".", "comma": ",", None: None}[reading["decimal"]]
    options = ReadingOptions(
        encoding=reading["encoding"],
        delimiter=reading["delimiter"],
        decimal=decimal,  # type: ignore[arg-type]
        sheet=reading["sheet"],
        keep=tuple(reading["keep"]),
        accept=tuple(reading["accept"]),
        organization=reading["organization"],
        wave=reading["wave"],
    )
    return normalize_options(options)
