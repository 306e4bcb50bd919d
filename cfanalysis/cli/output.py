"""How commands print: messages and progress on standard error, results on standard output."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

LISTED = 4
"""Files that are listed one by one; of more only their number is said."""


def say(message: str) -> None:
    """Print a message for the user on standard error."""
    click.echo(message, err=True)


def listing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` and ``--verbose`` to a command that writes many files; `write_result` takes them."""
    verbose = click.option("--verbose", is_flag=True, help="List every file that was written.")
    return verbose(
        click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")(command)
    )


def write_result(
    result: Mapping[str, Any], *, as_json: bool, verbose: bool = False, to_open: object = ""
) -> None:
    """Print a command's result on standard output: as JSON, or the files; of many, how many and where.

    Parameters
    ----------
    result
        JSON-ready fields; ``files`` are the paths.
    as_json
        Whether to print JSON.
    verbose
        Whether to list the files, however many.
    to_open
        Of many files, the one to begin with; by default the first.
    """
    files: list[str] = result.get("files", [])
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    elif verbose or len(files) <= LISTED:
        for path in files:
            click.echo(path)
    else:
        folder = os.path.commonprefix(files).rpartition("/")[0] or "."  # noqa: RUF071 - cut at a slash
        kinds = Counter(Path(path).suffix[1:] or "other" for path in files)
        counts = ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common())
        click.echo(f"files     {len(files):,} in {folder}: {counts} (--verbose lists them)")
        click.echo(f"open      {to_open or files[0]}")


def write_or_show(text: str, out: Path | None, *, as_json: bool) -> None:
    """Write a text into a file, or without one print it, unless JSON is printed.

    Parameters
    ----------
    text
        What a command has made.
    out
        The file; None for none.
    as_json
        Whether the command prints JSON.
    """
    from cfanalysis.core.files import atomic_file

    if out is not None:
        with atomic_file(out) as aside:
            aside.write_text(text, encoding="utf-8")
    elif not as_json:
        click.echo(text, nl=False)


@contextmanager
def show_waiting(message: str) -> Iterator[None]:
    """Show on a terminal that something takes time; elsewhere, say so once."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(message):
            yield
    else:
        say(message)
        yield


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parse_formats(value: str) -> list[str]:
    """Return a comma-separated list of formats, in order and without repeats.

    Examples
    --------
    >>> parse_formats("pdf, html,pdf")
    ['pdf', 'html']
    """
    return list(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))
