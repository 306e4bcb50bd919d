"""While a report is made nobody is called: no process of it opens a socket of the Internet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cfanalysis.study.prepared_study import Study

from .conftest import ROOT

HOOK = """
import socket, sys

def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] != -1:  # not one that was opened before
        event = socket.AddressFamily(arguments[1]).name
    if event.startswith(("AF_", "socket.getaddrinfo", "urllib.Request")):
        with open({log!r}, "a") as log:
            log.write(event + chr(10))

sys.addaudithook(watch)
"""
NETWORK = ("AF_INET", "socket.getaddrinfo", "urllib")


def made(study: Study, folder: Path, form: str, *before: str, **environment: str) -> None:
    """A client's report is made, by all the processes that it takes."""
    command = [
        *before, sys.executable, "-m", "cfanalysis", "report", str(study.folder), "--client", study.clients[0],
        "--out", str(folder / "out"), "--format", form,
    ]  # fmt: skip
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "out" / "index.html").is_file()


def test_no_process_of_a_report_opens_a_socket_of_the_internet(sample_study: Study, tmp_path: Path) -> None:
    """As Python's audit hook sees it, which sees the sockets between the processes, too."""
    log = tmp_path / "log"
    (tmp_path / "sitecustomize.py").write_text(HOOK.format(log=str(log)))
    made(sample_study, tmp_path, "pdf", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    opened = log.read_text().split()
    assert "AF_UNIX" in opened  # the hook is at work
    assert [family for family in opened if family.startswith(NETWORK)] == []


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("strace"), reason="no strace")
def test_nor_does_a_library_below_python(sample_study: Study, tmp_path: Path) -> None:
    """As the kernel sees it."""
    log = tmp_path / "log"
    made(
        sample_study,
        tmp_path,
        "html,pdf",
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=socket,socketpair",
        "-o",
        str(log),
    )
    opened = log.read_text()
    assert "AF_UNIX" in opened
    assert not any(family in opened for family in NETWORK)
