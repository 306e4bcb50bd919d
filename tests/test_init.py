"""A new workspace: laid out whole or not at all, and at work at once."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from cfanalysis.cli import main
from cfanalysis.core.errors import OutputError
from cfanalysis.study.new_workspace import create_workspace
from cfanalysis.survey.instrument import load_instrument
from cfanalysis.theme.brand import load_brand

from .conftest import ROOT

PARTS = [
    ".gitignore",
    "Makefile",
    "README.md",
    "brand.yaml",
    "data/",
    "notebooks/",
    "preregistration.md",
    "reports/",
]


def test_a_new_workbook_has_all_its_parts(tmp_path: Path) -> None:
    """Folders, notebooks, instruments, sample, brand, Makefile; notebooks and recommendations as they ship."""
    folder = tmp_path / "some" / "workbook"
    assert create_workspace(folder) == PARTS
    shipped = sorted(p.name for p in (ROOT / "notebooks").iterdir() if p.suffix in (".ipynb", ".yaml"))
    assert sorted(p.name for p in (folder / "notebooks").iterdir()) == shipped
    assert load_instrument(folder / "data" / "instruments" / "customer_focus.yaml").id == "customer_focus"
    assert (folder / "data" / "prepared").is_dir()
    assert (folder / "data" / "sample" / "customer_focus_responses.csv").is_file()
    assert load_brand(folder / "brand.yaml").name == ""
    assert [p.name for p in folder.parent.iterdir()] == ["workbook"]


def test_the_whole_example_brand_is_right(tmp_path: Path) -> None:
    """With the # taken off, each line of the brand file is accepted."""
    create_workspace(tmp_path / "w")
    file = tmp_path / "w" / "brand.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], *(line.removeprefix("# ") for line in lines[1:])]), encoding="utf-8")
    (tmp_path / "w" / "northwind.svg").write_text("<svg/>", encoding="utf-8")
    assert load_brand(file).contact == ("12 Harbour Street, Example City", "reports@northwind.example")


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    """A shell that stands in the folder does so afterwards."""
    before = tmp_path.stat().st_ino
    assert create_workspace(tmp_path) == PARTS
    assert tmp_path.stat().st_ino == before


def test_a_folder_that_holds_something_is_refused_and_not_touched(tmp_path: Path) -> None:
    """One message says what stands there and what to do; the same for a file."""
    (tmp_path / "answers.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="not empty") as refused:
        create_workspace(tmp_path)
    assert "answers.csv" in str(refused.value)
    assert "new folder" in str(refused.value)
    with pytest.raises(OutputError, match="a file, not a folder"):
        create_workspace(tmp_path / "answers.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["answers.csv"]


def test_nothing_is_left_where_it_fails_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up leaves no half workbook, in a new folder and in an empty one."""
    (tmp_path / "empty").mkdir()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    for name in ("new", "empty"):
        with pytest.raises(OutputError, match="cannot be written"):
            create_workspace(tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == ["empty"]
    assert list((tmp_path / "empty").iterdir()) == []


def test_the_command_says_what_is_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``cfanalysis init`` lists what it made; --json gives it to programs."""
    with pytest.raises(SystemExit) as ended:
        main(["init", str(tmp_path / "w"), "--json"])
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert "make report" in said.err
    assert json.loads(said.out)["files"] == [str(tmp_path / "w" / name) for name in PARTS]
    with pytest.raises(SystemExit) as ended:
        main(["init", str(tmp_path / "w")])
    assert ended.value.code == 1
    assert "Traceback" not in capsys.readouterr().err


def test_make_without_the_package_says_what_to_do(tmp_path: Path) -> None:
    """Where the environment is not active, `make report` says so in one line."""
    create_workspace(tmp_path / "w")
    done = subprocess.run(
        ["make", "study", "CFANALYSIS=no-such-cfanalysis"],
        cwd=tmp_path / "w",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "activate the environment" in done.stderr
