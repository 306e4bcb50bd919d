"""However a command ends: one message, the documented code, nothing half-written."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.cli.ending import exit_code
from cfanalysis.core.errors import CfAnalysisError
from cfanalysis.core.unfinished import UNFINISHED
from cfanalysis.study.prepared_study import Study

from .test_cli import run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")

ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
COMMAND = [sys.executable, "-m", "cfanalysis"]
STOPPED = """
import atexit, sys, time
from pathlib import Path
from cfanalysis import cli
from cfanalysis.core.unfinished import work_folder

def wait(*_):
    print("here", flush=True)
    time.sleep(60)

def work(_):
    with work_folder(Path(sys.argv[2])):
        wait()

def hang(_):
    try:
        wait()
    finally:
        wait()

if sys.argv[1] == "late":
    atexit.register(wait)
cli._run = {"late": lambda _: None, "work": work, "hang": hang}[sys.argv[1]]
cli.main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("when", ["work", "hang", "late"])
def test_a_stopped_command_ends_in_one_line(when: str, number: int, code: int, tmp_path: Path) -> None:
    """At work it cleans up; while it cleans up, or when all is done, a signal ends it at once."""
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED, when, str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(1 + (when == "hang")):
            assert process.stdout.readline() == "here\n"
            process.send_signal(number)
        error = process.stderr.read()
    assert process.returncode == code
    assert error.strip().splitlines() == [
        "Stopped. What was whole is kept; the next command removes what was not."
    ]
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["report", "{study}", "--list"]])
def test_a_full_standard_output_is_said(arguments: list[str], sample_study: Study) -> None:
    """The command says that its output does not fit, and has failed; a full standard error leaves only the code."""
    given = [argument.format(study=sample_study.folder) for argument in arguments]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *given],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            check=False,
        )
        mute = subprocess.run([*COMMAND, "report"], stderr=full, env=ENVIRONMENT, check=False)
    assert (done.returncode, mute.returncode) == (1, 2)
    assert "standard output" in done.stderr
    assert "No space left on device" in done.stderr
    assert not any(word in done.stderr for word in ("defect", "Traceback", "ignored"))


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """``cfanalysis ... | head -1`` prints nothing about pipes."""
    with subprocess.Popen(
        [*COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    "megabytes",
    [100, 500, 900, *(pytest.param(n, marks=pytest.mark.slow) for n in (1024, 1300, 1600, 2000))],
)
def test_a_limit_on_memory_is_said(
    megabytes: int, tmp_path: Path, sample_file: Path, instrument_file: Path
) -> None:
    """Under whatever limit: the study is there, or a message speaks of memory; never a defect, never half a study."""
    resource = pytest.importorskip("resource")
    out = tmp_path / "out" / "study"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    done = subprocess.run(
        [*COMMAND, "prepare", str(sample_file), "--instrument", str(instrument_file), "--out", str(out)],
        capture_output=True, text=True, env=ENVIRONMENT, check=False, preexec_fn=limit,
    )  # fmt: skip
    if done.returncode == 0:
        assert (out / "manifest.json").is_file()
        return
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "memory" in done.stderr or "processes or threads" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("out/*"))


REFUSALS: list[tuple[Exception, str]] = [
    (MemoryError("Unable to allocate 9 TiB"), "The memory is used up"),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), "The memory is used up"),
    (ImportError("libx.so: failed to map segment from shared object"), "The memory is used up"),
    (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "no more processes or threads"),
    (RuntimeError("can't start new thread"), "no more processes or threads"),
    (OSError(errno.EMFILE, "Too many open files", "/x/y"), "/x/y"),
    (OSError(errno.EROFS, "Read-only file system", "/x/y"), "Read-only file system"),
    (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "Permission denied"),
]


@pytest.mark.parametrize(("error", "text"), REFUSALS, ids=[str(e)[:30] for e, _ in REFUSALS])
def test_what_the_computer_refuses_is_no_defect(
    error: Exception, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory, processes, room and rights are named, with the next step; also where defects are shown whole."""

    def refuse(_: object) -> None:
        raise error

    monkeypatch.setenv("CFANALYSIS_DEBUG", "1")
    monkeypatch.setattr("cfanalysis.study.workspace.find_study", refuse)
    code, _, said = run(capsys, "charts", "sample")
    assert code == 1
    assert text in said
    assert "next:" in said
    assert "defect" not in said


@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_too_few_threads_are_said_at_once(
    allowed: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that does not get its thread would wait for it without end."""
    start, left = threading.Thread.start, iter(range(allowed))

    def refuse(thread: threading.Thread) -> None:
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    code, _, said = run(capsys, "verdict", "sample")
    assert (code, "no more processes or threads" in said) == (1, True)


def test_the_code_of_an_error_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """0 for what was done, the error's code for what was not; a defect is shown whole on request only."""

    def fail(error: Exception) -> Any:
        raise error

    assert exit_code(lambda: None) == 0
    assert exit_code(lambda: 3) == 3
    assert exit_code(lambda: fail(CfAnalysisError("No."))) == 1
    assert exit_code(lambda: fail(KeyError("x"))) == 1
    assert "defect" in capsys.readouterr().err
