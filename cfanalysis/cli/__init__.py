"""The command line: thin commands, one a file, imported only when they are called.

Results go to standard output, messages to standard error. Exit code 0: done; 1: it could not be done;
2: the command was called wrongly; 130 and 143: it was stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from cfanalysis import __version__
from cfanalysis.cli.ending import end_at_next_signal, exit_code, watch_signals
from cfanalysis.core.errors import shorten
from cfanalysis.core.limits import require_memory, require_threads
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.unfinished import clear_unfinished

COMMANDS = {
    "init": "Lay out a new workspace: data, notebooks, reports, brand, Makefile.",
    "sample": "Write a synthetic survey export.",
    "instrument": "Draft an instrument from a survey file.",
    "check": "List everything that is wrong with a survey file.",
    "map": "Write what each column of a survey file holds, to be edited.",
    "prepare": "Make a study from a survey file.",
    "database": "Keep the answers of all clients in one database.",
    "deliver": "A file arrives: import it, make the reports that change, and list what to send.",
    "verdict": "Test the claim: is the gap wider below the top quartile?",
    "analyze": "Write the verdict and the research reports of a study.",
    "comments": "List open answers, so that a person decides which may be printed.",
    "norm": "Make, publish, list and show norms: what clients are compared with.",
    "report": "Write the reports of clients: one, some or all.",
    "run": "Publish any notebook: once, or for each row of a table.",
    "verify": "Show what a report was made from, and whether that matches the files here.",
    "charts": "Write the charts of a study, each with its alt text and numbers.",
    "export": "Write a study as tidy tables with a codebook, for other tools.",
    "questionnaire": "Write an instrument's questionnaire: an XLSForm, or an offline web page.",
    "power": "Plan a study: what could it find?",
}


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"cfanalysis.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        require_memory()
        require_threads()
        return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cfanalysis")
def cfanalysis() -> None:
    """Turn a survey export of Customer Focus Self Assessments into published reports.

    \b
    cfanalysis prepare answers.csv --instrument data/instruments/customer_focus.yaml --out data/prepared/mine
    cfanalysis analyze data/prepared/mine
    cfanalysis report data/prepared/mine --client "Alder Logistics"
    """  # noqa: D301 - the backspace is click's mark for lines that are not to be joined


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a user's error is one message, never a traceback."""
    # jsonschema imports this optional format checker where it is installed, at one second a start.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # Several processes or threads of ours share the cores; a linear algebra library that takes all of them waits.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if arguments is None:
        # A command does not live long: the usual 700 took up to a tenth of its time.
        gc.set_threshold(50_000, 20, 100)
        watch_signals()
        atexit.register(clear_unfinished)  # of children that were killed; the last to run
    code = exit_code(lambda: _run(sys.argv[1:] if arguments is None else list(arguments)))
    end_at_next_signal()
    sys.exit(code)


def _run(arguments: list[str]) -> object:
    if unfinished := clear_unfinished():
        some = ", ".join(str(path) for path in unfinished[:3])
        click.echo(f"removed   what a killed command had left unfinished: {shorten(some)}", err=True)
    with use_publication(Publication()):  # the house's look, where no other brand is named
        return cfanalysis.main(args=arguments, prog_name="cfanalysis", standalone_mode=False)
