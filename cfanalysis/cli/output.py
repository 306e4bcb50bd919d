"""How commands print: messages and progress on standard error, results on standard output."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click


def say(message: str) -> None:
    """Print a message for the user on standard error."""
    click.echo(message, err=True)


def write_result(result: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a command's result on standard output: as JSON, or each path on a line.

    Parameters
    ----------
    result
        JSON-ready fields; ``files`` are the paths.
    as_json
        Whether to print JSON.
    """
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for path in result.get("files", []):
            click.echo(path)


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


def parse_formats(value: str) -> list[str]:
    """Return a comma-separated list of formats, in order and without repeats.

    Examples
    --------
    >>> parse_formats("pdf, html,pdf")
    ['pdf', 'html']
    """
    return list(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))
