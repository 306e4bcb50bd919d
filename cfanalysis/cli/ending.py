"""How a command ends: with one message at most and a code, also where somebody stops it or the computer refuses."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from typing import IO, NoReturn

import click

from cfanalysis.core.errors import CfAnalysisError, computer_error

_STOPPED = "Stopped. What was whole is kept; the next command removes what was not."
_received: list[int] = []


def exit_code(command: Callable[[], object]) -> int:
    """Run a command and return its exit code; what ends it early is said in one message.

    Parameters
    ----------
    command
        The command; a whole number that it returns is the code.

    Raises
    ------
    Exception
        A defect, where ``CFANALYSIS_DEBUG`` is set.
    """
    try:
        code = command()
        sys.stdout.flush()
    except click.ClickException as error:
        _print(error.show)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _print(lambda: click.echo(_STOPPED, err=True))
        return 128 + (_received or [signal.SIGINT])[0]
    except BrokenPipeError:  # whoever reads the output has seen enough
        _discard(sys.stdout)
        return 1
    except Exception as error:
        known = error if isinstance(error, CfAnalysisError) else computer_error(error)
        if known is None and os.environ.get("CFANALYSIS_DEBUG"):
            raise
        if isinstance(error, OSError):
            _discard(sys.stdout)
        message = f"Error: {known or _defect(error)}"
        _print(lambda: click.echo(message, err=True))
        return known.exit_code if known else 1
    return code if isinstance(code, int) else 0


def watch_signals() -> None:
    """Have Ctrl-C and SIGTERM stop a command in order; the second signal ends it at once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in the background
            signal.signal(number, _stop)


def end_at_next_signal() -> None:
    """Have a signal that comes from now on end the process at once: the command is over."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is _stop:
            signal.signal(number, _end)


def _stop(number: int, _: object) -> NoReturn:
    _received.append(number)
    end_at_next_signal()
    raise KeyboardInterrupt


def _end(number: int, _: object) -> NoReturn:
    with contextlib.suppress(OSError):
        os.write(2, f"{_STOPPED}\n".encode())
    os._exit(128 + number)


def _defect(error: Exception) -> str:
    return (
        f"an unexpected problem ({type(error).__name__}: {error}).\n"
        "  next:    This is a defect in cfanalysis. Set CFANALYSIS_DEBUG=1 to see where, and report it."
    )


def _print(show: Callable[[], object]) -> None:
    """Print a message, unless standard error cannot be written either."""
    try:
        show()
    except OSError:
        _discard(sys.stderr)


def _discard(stream: IO[str]) -> None:
    """Send what a stream still holds nowhere, so that it is not tried again when the process ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
