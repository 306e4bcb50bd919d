"""The shell that runs cells inside this process, and records what they show as an ordinary kernel would send it.

It is ipykernel's own shell without the network: instead of going through a socket, each message goes straight into
nbclient, the same code that makes outputs of a kernel's messages. So all kinds of output, tracebacks, updates and
widgets come out as on the ordinary kernel.
"""

from __future__ import annotations

import builtins
import contextlib
import getpass
import io
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, ClassVar, NoReturn

import comm
from comm.base_comm import BaseComm
from ipykernel.compiler import XCachingCompiler
from ipykernel.jsonutil import json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError, UsageError
from jupyter_client.session import Session
from traitlets.config import Config

MAX_OUTPUT = 32 << 20
"""Bytes that one notebook may print and show."""

Message = dict[str, Any]


class TooMuchOutput(Exception):  # noqa: N818 - its name is shown as what happened
    """A notebook printed or showed more than a report can hold."""


class Recorder(Session):
    """Takes the messages of a shell and hands each to `deliver`; nothing is sent."""

    deliver: Callable[[Message], object] | None = None
    room = MAX_OUTPUT

    def send(  # type: ignore[override]
        self, stream: object, msg_or_type: Message | str, content: Any = None, parent: Any = None, **_: Any
    ) -> Message:
        """Deliver a message.

        Parameters
        ----------
        stream
            Not used: there is no socket.
        msg_or_type
            A message, or its type.
        content
            Content of the message, where only its type is given.
        parent, **_
            Not used.

        Raises
        ------
        TooMuchOutput
            The notebook's messages have become too large.
        """
        msg: Message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        if msg["msg_type"] != "error":
            self.room -= _size(msg["content"])
            if self.room < 0:
                raise TooMuchOutput(f"More than {MAX_OUTPUT >> 20} MiB of output.")
        if self.deliver is not None:
            self.deliver(msg)
        return msg


class RecordingStream(io.TextIOBase):
    """A standard stream whose text becomes a message when it is flushed, as in a kernel."""

    encoding = "UTF-8"
    errors = None

    def __init__(self, name: str, recorder: Recorder, descriptor: int) -> None:
        self.name = name
        self._recorder = recorder
        self._descriptor = descriptor
        self._parts: list[str] = []
        self._held = 0

    def writable(self) -> bool:
        """Return True: it takes text."""
        return True

    def isatty(self) -> bool:
        """Return False: it is no terminal."""
        return False

    def fileno(self) -> int:
        """Return the descriptor below, for programs that a cell starts."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Take text.

        Raises
        ------
        TypeError
            It is not text.
        TooMuchOutput
            It is more than a report can hold.
        """
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._parts.append(text)
        self._held += len(text)
        if self._held > 1 << 20:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was written since the last time."""
        text, self._parts, self._held = "".join(self._parts), [], 0
        if text:
            self._recorder.send(None, "stream", {"name": self.name, "text": text})


class RecordingComm(BaseComm):
    """The channel between a widget and its view: widgets' states become part of the notebook, as with a kernel."""

    recorder: ClassVar[Recorder]

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        """Send a message of the widget.

        Parameters
        ----------
        msg_type
            Type of the message.
        data
            Its data; None for none.
        metadata
            Its metadata; None for none.
        buffers
            Binary data that go with it; None for none.
        **keys
            Further fields of its content.
        """
        content = json_clean({"data": data or {}, "comm_id": self.comm_id, **keys})  # type: ignore[no-untyped-call]
        message: Message = self.recorder.msg(msg_type, content, metadata=metadata)
        self.recorder.send(None, {**message, "buffers": list(buffers or ())})


class RecordingShell(ZMQInteractiveShell):
    """Ipykernel's shell, recording."""

    def init_history(self) -> None:
        """Keep history in memory: the user's is one shared file."""
        self.config.HistoryManager.hist_file = ":memory:"
        self.config.HistoryManager.enabled = False
        super().init_history()  # type: ignore[no-untyped-call]

    def init_sys_modules(self) -> None:
        """Leave the name ``__main__`` with this process's own program until a notebook runs."""
        self._main_mod_cache: dict[str, Any] = {}

    def enable_gui(self, gui: Any = None) -> None:
        """Accept drawing into the notebook.

        Raises
        ------
        UsageError
            A window was asked for.
        """
        if gui not in (None, "inline"):
            raise UsageError(f"A report has no window for {gui!r}.")

    def init_environment(self) -> None:
        """Set what a kernel sets."""
        super().init_environment()  # type: ignore[no-untyped-call]
        os.environ["JPY_PARENT_PID"] = str(os.getppid())


# Pandas, rich and tqdm recognize a notebook by this name.
RecordingShell.__name__ = RecordingShell.__qualname__ = "ZMQInteractiveShell"


def new_shell() -> RecordingShell:
    """Return the one shell of this process, made before a fork or after it; it has run nothing."""
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    shell: RecordingShell = RecordingShell.instance(config=config, compiler_class=XCachingCompiler)
    recorder = Recorder(key=b"", username="kernel")
    RecordingComm.recorder = recorder
    comm.create_comm = RecordingComm
    hooks: tuple[Any, Any] = (shell.displayhook, shell.display_pub)
    for hook in hooks:
        hook.session = recorder
    hooks[0].topic = b"execute_result"
    shell.kernel = SimpleNamespace(
        session=recorder, eventloop=None, shell=shell, _allow_stdin=False, get_parent=lambda *_: {}
    )
    return shell


@contextlib.contextmanager
def notebook_process(shell: RecordingShell, deliver: Callable[[Message], None]) -> Iterator[None]:
    """Make this process the notebook's: its streams, its ``__main__``, its own random numbers.

    Parameters
    ----------
    shell
        The notebook's shell.
    deliver
        Called with each message of the notebook.
    """
    recorder = _recorder(shell)
    recorder.deliver = deliver
    _reseed()
    former = (sys.stdout, sys.stderr, builtins.input, getpass.getpass, sys.modules["__main__"])
    sys.stdout = RecordingStream("stdout", recorder, 1)
    sys.stderr = RecordingStream("stderr", recorder, 2)
    builtins.input = getpass.getpass = _no_input
    sys.modules["__main__"] = shell.user_module
    try:
        yield
    finally:
        recorder.deliver = None
        sys.stdout, sys.stderr, builtins.input, getpass.getpass, sys.modules["__main__"] = former


def run_cell(shell: RecordingShell, source: str, cell_id: str | None) -> BaseException | None:
    """Run one cell; return what it raised, if anything.

    Parameters
    ----------
    shell
        The notebook's shell.
    source
        The cell's code.
    cell_id
        The cell's id; None where it has none.
    """
    recorder = _recorder(shell)
    with _below_python(recorder):
        result: Any = shell.run_cell(source, store_history=True, cell_id=cell_id)  # type: ignore[no-untyped-call]
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except TooMuchOutput as error:
                shell.showtraceback((type(error), error, None))
                result.error_in_exec = result.error_in_exec or error
    if shell.payload_manager is not None:
        shell.payload_manager.clear_payload()
    raised: BaseException | None = result.error_before_exec or result.error_in_exec
    return raised


@contextlib.contextmanager
def _below_python(recorder: Recorder) -> Iterator[None]:
    """Send what programs and libraries write to this process's descriptors as output of the cell."""
    with tempfile.TemporaryFile() as written:
        kept = os.dup(1), os.dup(2)
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            for descriptor, former in enumerate(kept, start=1):
                os.dup2(former, descriptor)
                os.close(former)
        length = written.seek(0, os.SEEK_END)
        if length:
            written.seek(0)
            text = written.read(MAX_OUTPUT // 8).decode("utf-8", "replace")
            recorder.send(None, "stream", {"name": "stdout", "text": text})


def _recorder(shell: RecordingShell) -> Recorder:
    publisher: Any = shell.display_pub
    recorder: Recorder = publisher.session
    return recorder


def _reseed() -> None:
    """Give this process random numbers of its own: a fork starts with its parent's."""
    random.seed()
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed(int.from_bytes(os.urandom(4), "little"))


def _no_input(*_: object, **__: object) -> NoReturn:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def _size(content: Any) -> int:
    """Return about how many bytes a message's content takes."""
    if isinstance(content, str | bytes):
        return len(content)
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    if isinstance(content, list | tuple):
        return sum(map(_size, content))
    return 8
