"""A real PostgreSQL server for one test run: its own data folder, loopback only, never as root."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

SERVER_USER = "postgres"
PASSWORD = "a secret of the test"


def server_programs() -> Path | None:
    """The folder with initdb and postgres, None where there is no server."""
    for folder in (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *_on_path()):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    return None


def _on_path() -> list[Path]:
    found = shutil.which("initdb")
    return [Path(found).resolve().parent] if found else []


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """Give the URL of an empty database on a server that lasts as long as the block."""
    folder = Path(mkdtemp(prefix="cfdb-", dir="/tmp"))
    try:
        owner = _unprivileged(folder)
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        data, port = folder / "data", _free_port()
        made = [programs / "initdb", "-D", data, "-U", "tester", f"--pwfile={secret}", "-A", "scram-sha-256"]
        subprocess.run(
            [*owner, *made, "--encoding=UTF8", "--locale=C", "--no-sync"], check=True, capture_output=True
        )
        started = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen([*owner, *started], stdout=log, stderr=log)
        try:
            _wait_for(programs, port, server)
            yield f"postgresql://tester:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> list[str]:
    """What to put before a command so that it does not run as root; the folder becomes that user's."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam(SERVER_USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    groups = ["--clear-groups"]
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", *groups]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(programs: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        if subprocess.run(ready, capture_output=True).returncode == 0:
            return
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            server.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("the server did not answer")
