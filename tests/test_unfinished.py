"""What killed commands leave: its name says what it is, and whatever command comes next removes it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_file, atomic_folder
from cfanalysis.core.unfinished import UNFINISHED, Aside, clear_unfinished, work_folder

from .test_cli import run

pytest.importorskip("fcntl", reason="no locks that end with their process")

KILLED = """
import os, signal, sys
from pathlib import Path
from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_file, atomic_folder
from cfanalysis.core.unfinished import work_folder

here = Path(sys.argv[1])
made = work_folder(here)
with atomic_file(here / "reports" / "outcomes.html") as page, atomic_folder(here / "study", replace=True) as study:
    page.write_text("half")
    (study / "half").write_text("half")
    os.kill(os.getpid(), int(sys.argv[2]))
"""


def killed(here: Path, number: int = signal.SIGKILL) -> None:
    """A process dies while it writes a page and a study, and has a work folder."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(here), str(int(number))], check=False)
    assert done.returncode == -number


def unfinished(here: Path) -> list[Path]:
    """What is unfinished in a folder."""
    return sorted(here.rglob(f"{UNFINISHED}*"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGABRT])
def test_the_next_command_removes_what_a_killed_one_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """Pages, studies and work folders, wherever they are; it says so, once."""
    killed(tmp_path, number)
    assert len(unfinished(tmp_path)) == 3
    code, _, err = run(capsys, "check")  # also one that was called wrongly
    assert code == 2
    assert "removed   what a killed command had left unfinished" in err
    assert unfinished(tmp_path) == []
    assert "removed" not in run(capsys, "check")[2]


CHILD_KILLED = """
import subprocess, sys
from cfanalysis import cli

cli._run = lambda _: print(subprocess.run([sys.executable, "-c", *sys.argv[1:]], check=False).returncode)
cli.main()
"""


def test_a_command_removes_what_its_killed_child_left(tmp_path: Path) -> None:
    """When it ends itself, not only by the next command."""
    given = [sys.executable, "-c", CHILD_KILLED, KILLED, str(tmp_path), "9"]
    done = subprocess.run(given, capture_output=True, text=True, check=True)
    assert done.stdout == "-9\n"
    assert unfinished(tmp_path) == []


def test_what_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    """While a place is open, nobody removes it; closed, nothing is left of it or of its entry."""
    with work_folder(tmp_path) as place:
        assert clear_unfinished() == []
        assert place.path.is_dir()
    with atomic_file(tmp_path / "a.txt") as path:
        path.write_text("whole")
        assert clear_unfinished() == []
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert list(Path(os.environ["XDG_STATE_HOME"]).rglob("*.json")) == []


def entry(**content: str) -> Path:
    """The register's entry of a process that has died."""
    folder = Path(os.environ["XDG_STATE_HOME"], "cfanalysis", "unfinished")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "dead.json"
    path.write_text(json.dumps(content))
    return path


def test_what_was_moved_aside_comes_back(tmp_path: Path) -> None:
    """Killed between moving the old folder aside and the new one in: the old one is put back."""
    place = tmp_path / f"{UNFINISHED}x-study"
    for name in (place, tmp_path / f"{place.name}-former"):
        name.mkdir()
    (tmp_path / f"{place.name}-former" / "manifest.json").touch()
    entry(path=str(place), target=str(tmp_path / "study"))
    assert clear_unfinished() == [place]
    assert [p.name for p in tmp_path.iterdir()] == ["study"]
    assert (tmp_path / "study" / "manifest.json").is_file()
    with atomic_folder(tmp_path / "study", replace=True) as aside:
        (aside / "new").touch()
    assert [p.name for p in (tmp_path / "study").iterdir()] == ["new"]


@pytest.mark.parametrize(
    "content", [{}, {"path": "", "target": ""}, {"path": "{}/precious", "target": "{}/study"}]
)
def test_only_what_bears_the_name_is_removed(tmp_path: Path, content: dict[str, str]) -> None:
    """An entry that was cut off, or names something else, removes nothing and is itself removed."""
    (tmp_path / "precious").write_text("kept")
    written = entry(**{name: text.format(tmp_path) for name, text in content.items()})
    assert clear_unfinished() == []
    assert not written.exists()
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_register_that_others_may_write_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without home, or where others may write it, the register lies among the temporary files, for this user alone."""
    register = Path(os.environ["XDG_STATE_HOME"], "cfanalysis", "unfinished")
    register.mkdir(parents=True)
    register.chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with Aside(tmp_path):
        assert list(register.iterdir()) == []
        (own,) = (tmp_path / "temporary").iterdir()
        assert (own.stat().st_mode & 0o777, len(list(own.iterdir()))) == (0o700, 1)
        own.chmod(0o777)
        assert Aside(tmp_path).path.parent == tmp_path  # not entered, and nothing fails


def test_a_message_names_what_was_to_be_written(tmp_path: Path) -> None:
    """And not the temporary name, which nobody has chosen."""
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "full"):
        with pytest.raises(OutputError) as caught, atomic_file(folder / "c.csv") as aside:
            raise PermissionError(errno.EACCES, "Permission denied", str(aside))
        assert UNFINISHED not in str(caught.value)
