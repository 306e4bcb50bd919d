"""The command reference, docs/commands.md, made from the commands themselves.

The page is kept in the repository, so that it can be read on a git host; every build of the site writes it
again, and a test fails when it is not what the commands say.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfanalysis.cli import cfanalysis

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HEAD = """# Commands

Made from the program's own descriptions. `cfanalysis COMMAND --help` says the same.

A STUDY is the folder of a prepared study, or the name of one below `data/prepared/`; `sample` and `customers`,
both synthetic, always exist. Results go to standard output, messages to standard error, and `--json` writes the
result for programs. The exit code is 0 if it was done; 2 if the call itself is wrong: an option or argument that there
is not, is missing or has no such value, or a parameter that the notebook does not take; 1 if the call is right and
could not be carried out: a file (instrument, answers, table, notebook, brand) is missing or wrong, the study does not
have what was asked for, or the computer refuses; 130 or 143 if it was stopped by Ctrl-C or SIGTERM.
"""


def commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it, a group before its own commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield (*path, name), command
            if isinstance(command, click.Group):
                yield from commands(command, (*path, name))


def page() -> str:
    """Return the page."""
    found = list(commands(cfanalysis, ("cfanalysis",)))
    overview = ["| command | what it does |", "| --- | --- |"]
    for words, command in found:
        name = " ".join(words[1:])
        anchor = "-".join(words)
        overview.append(f"| [`{name}`](#{anchor}) | {_first_sentence(command)} |")
    sections = [section(words, command) for words, command in found]
    return "\n".join([_HEAD, *overview, "", *sections])


def section(words: tuple[str, ...], command: click.Command) -> str:
    """Return one command: what it does, how it is called, its options, its example."""
    context = click.Context(command, info_name=" ".join(words))
    usage = " ".join([*words, *command.collect_usage_pieces(context)])
    lines = [f"## {' '.join(words)}", "", *_paragraphs(command.help or ""), "```text", usage, "```", ""]
    records = [r for p in command.params if (r := p.get_help_record(context)) and isinstance(p, click.Option)]
    if records:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| {_options(left)} | {_cell(right)} |" for left, right in records]
        lines.append("")
    lines += _examples(command.epilog or "")
    return "\n".join(lines)


def _first_sentence(command: click.Command) -> str:
    return _cell(re.split(r"(?<=[.?])\s", " ".join((command.help or "").split()))[0])


def _paragraphs(text: str) -> list[str]:
    return [line for part in text.split("\n\n") for line in (_prose(" ".join(part.split())), "")]


def _prose(text: str) -> str:
    return re.sub(r"(?<![\w`-])(--[a-z][\w-]*)", r"`\1`", text).replace("*", r"\*").replace("<", r"\<")


def _options(left: str) -> str:
    return f"`{left}`".replace("|", r"\|")


def _cell(text: str) -> str:
    return _prose(" ".join(text.split())).replace("|", r"\|")


def _examples(epilog: str) -> list[str]:
    """Return what an epilog shows as a block; a sentence between two commands becomes a comment."""
    text = " ".join(epilog.split())
    found = re.findall(r"cfanalysis .+?(?=;|$)", text)
    if not found:
        return []
    for one in found:
        shlex.split(one)  # an example that a shell could not read stops the build here
    return [
        "Example:",
        "",
        "<!-- not run: the command's own example; a test checks its options -->",
        "```sh",
        *found,
        "```",
        "",
    ]


def write(source: Path) -> None:
    """Write the page where it differs."""
    path = source / "commands.md"
    text = page()
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the page when a build begins."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir)))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
