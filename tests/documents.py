"""The documents as programs: their fenced blocks, and how each is run.

A comment above a block says what the reader need not see::

    <!-- not run: REASON -->          cannot run here; its commands and options must exist all the same
    <!-- run first: COMMAND -->       a shell command that sets the block's scene
    <!-- run with: TEXT => TEXT -->   a stand-in, put in the place of a text of the block
    <!-- exit code: N -->             the exit code of the block's last command, where it is not 0
    <!-- slow page: REASON -->        anywhere: the page is run by the slow tests
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click
import pytest

from cfanalysis.cli import cfanalysis, main

from .conftest import ROOT

SHELL = ("sh", "bash", "console")
PYTHON = ("python", "pycon")
SHOWN = ("text", "yaml", "json", "csv", "r", "html", "toml", "sql", "mermaid", "cff")
MARKUP = ("{toctree}", "{include}", "{eval-rst}", "{math}")
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<marks>`{3,}|:{3,})(?P<language>\S*)[^\n]*\n(?P<text>.*?)^(?P=indent)(?P=marks) *$",
    flags=re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(
    r"<!--\s*(not run|run first|run with|exit code|slow page): ?(.*?)\s*-->", flags=re.DOTALL
)
_COMMENTS_ABOVE = re.compile(r"(?:<!--(?:(?!-->).)*-->\s*)+\Z", flags=re.DOTALL)
LONGEST = 900
"""Seconds that one block may take."""
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and what the comments above it say."""

    page: Path
    line: int
    language: str
    text: str
    comments: tuple[tuple[str, str], ...] = ()

    def said(self, kind: str) -> list[str]:
        """What the comments of this kind say."""
        return [words for name, words in self.comments if name == kind]

    @property
    def place(self) -> str:
        """Where the block is."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """All documents that are written for readers, the README first."""
    found = sorted(
        p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts and "api" not in p.parts
    )
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *found]


def blocks(page: Path, text: str | None = None) -> list[Block]:
    """Every fenced block of a page."""
    text = page.read_text(encoding="utf-8") if text is None else text
    found = []
    for match in _FENCE.finditer(text):
        above = _COMMENTS_ABOVE.search(text[: match.start()].rstrip(" "))
        comments = tuple(_COMMENT.findall(above.group())) if above else ()
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match["language"], textwrap.dedent(match["text"]), comments))
    return found


def is_slow(page: Path) -> bool:
    """Whether a page says that it is slow."""
    return any(kind == "slow page" for kind, _ in _COMMENT.findall(page.read_text(encoding="utf-8")))


def run_page(page: Path, workbook: Path, *, processes: bool = True) -> None:
    """Run a page's blocks in order in a workbook; they share its files, and one Python namespace.

    Each shell block is a process of its own, with a process for each command. Without `processes`, commands of blocks
    that consist of nothing else are called in this process, which has imported what they need, in the same folder.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.said("not run"):
            check_commands(block)
        elif block.language in SHELL:
            _run_shell(block, workbook, processes)
        elif block.language in PYTHON:
            _run_python(block, namespace)


def _run_shell(block: Block, workbook: Path, processes: bool) -> None:
    for command in block.said("run first"):
        _shell(command, workbook, block)
    text = block.text
    for words in block.said("run with"):
        old, new = words.split(" => ") if " => " in words else (words.removesuffix(" =>"), "")
        assert old in text, f"{block.place}: there is no {old!r} to put a stand-in for"
        text = text.replace(old, new)
    code = int((block.said("exit code") or ["0"])[0])
    if block.language != "console":
        if processes or not (calls := _plain_calls(text)):
            _shell(text, workbook, block, code)
            return
        for number, words in enumerate(calls, start=1):
            with pytest.raises(SystemExit) as ended:
                main(words)
            expected = code if number == len(calls) else 0
            assert (ended.value.code or 0) == expected, f"{block.place}: {shlex.join(words)}"
        return
    commands = list(_console(text))
    for number, (command, shown) in enumerate(commands, start=1):
        told = _shell(command, workbook, block, code if number == len(commands) else 0)
        if shown.strip() and not doctest.OutputChecker().check_output(shown, told, _FLAGS):
            pytest.fail(f"{block.place}: {command}\nshows\n{shown}\nbut says\n{told}", pytrace=False)


def _plain_calls(text: str) -> list[list[str]]:
    """Return the arguments of each call of cfanalysis; none where a shell has anything else to do."""
    lines = (shlex.split(line, comments=True) for line in re.sub(r"\\\n", " ", text).splitlines())
    calls = [words for words in lines if words]
    for_a_shell = any(
        words[0] != "cfanalysis" or set("|&;<>$`*?{}~") & set("".join(words)) for words in calls
    )
    return [] if for_a_shell else [words[1:] for words in calls]


def _console(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command behind a ``$`` and what stands below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        end = next(i for i, line in enumerate(lines) if not line.rstrip().endswith("\\"))
        yield "".join(lines[: end + 1]), "".join(lines[end + 1 :])


def _shell(text: str, workbook: Path, block: Block, code: int = 0) -> str:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_DATA_HOME": str(workbook / ".user"),
        "COLUMNS": "120",
    }
    with TemporaryFile("w+") as told:
        # Processes that a block starts beside itself end with it; so no pipe that they would hold open.
        started = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=workbook,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            ended = started.wait(LONGEST)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        told.seek(0)
        said = told.read()
    if ended != code:
        message = f"{block.place}: exit code {ended} instead of {code}\n{text}\n{said[-3000:]}"
        pytest.fail(message, pytrace=False)
    return said


def _run_python(block: Block, namespace: dict[str, Any]) -> None:
    if ">>> " not in block.text:
        exec(compile(block.text, block.place, "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(
        block.text, namespace, block.place, str(block.page), block.line
    )
    runner = doctest.DocTestRunner(optionflags=_FLAGS, verbose=False)
    said: list[str] = []
    runner.run(test, out=said.append, clear_globs=False)
    namespace.update(test.globs)
    if said:
        pytest.fail("".join(said), pytrace=False)


def check_commands(block: Block) -> None:
    """Check that the commands of a block exist and take its options, without running them."""
    for words in _calls(block.text):
        if words[0] == "make":
            _check_target(words, block)
        else:
            _check_call(words[1:], block)


def _calls(text: str) -> Iterator[list[str]]:
    """Yield the words of each call of cfanalysis or make in a shell text."""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        parts: list[list[str]] = [[]]
        for word in words:
            if word in ("|", "&&", "||", ";", "&"):
                parts.append([])
            elif parts[-1] or not re.fullmatch(r"\w+=.*", word):
                parts[-1].append(word)
        yield from (part for part in parts if part and Path(part[0]).name in ("cfanalysis", "make"))


def _check_target(words: list[str], block: Block) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in (word for word in words[1:] if "=" not in word and not word.startswith("-")):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"{block.place}: no make {target}"


def _check_call(words: list[str], block: Block) -> None:
    """Parse a call as the program would, down to its command."""
    command: click.Command = cfanalysis
    context = click.Context(command, info_name="cfanalysis")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"{block.place}: there is no command {name!r}"
        command, context = found, click.Context(found, info_name=name, parent=context)
    try:
        command.make_parser(context).parse_args([word for word in words if word not in (">", "2>")])
    except click.UsageError as error:
        pytest.fail(f"{block.place}: {error.format_message()}", pytrace=False)
