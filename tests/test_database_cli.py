"""``cfanalysis database`` and ``cfanalysis prepare --from-database`` as their user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cfanalysis.cli import cfanalysis, main

from .database_files import many, write_rows


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment names the database; what a command writes into the working directory stays in the test's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CFANALYSIS_DATABASE", str(tmp_path / "data" / "b.sqlite"))
    return tmp_path / "data" / "b.sqlite"


@pytest.fixture
def imported(tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A database with answers of eight organizations."""
    file = write_rows(tmp_path / "answers.csv", many(*"ABCDEFGH"))
    run(capsys, "database", "import", file, "--instrument", tiny_file)
    return file


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


@pytest.mark.parametrize("command", ["import", "list", "show", "remove", "erase", "export"])
def test_every_command_has_help(command: str) -> None:
    """Each says what it does."""
    result = CliRunner().invoke(cfanalysis, ["database", command, "--help"])
    assert result.exit_code == 0
    assert "--database" in result.output
    assert "--json" in result.output


def test_from_the_import_to_the_study(
    imported: Path, tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    """Import, again, list, show, study, export, remove, erase: results as JSON, messages beside them."""
    code, out, err = run(capsys, "database", "import", imported, "--instrument", tiny_file, "--json")
    assert (code, json.loads(out)["imports"][0]["status"]) == (0, "unchanged")
    assert "nothing was changed" in err
    code, out, _ = run(capsys, "database", "list")
    assert "answers.csv: 48 rows, 8 organizations, 2024; tiny 1; counts" in out
    assert json.loads(run(capsys, "database", "list", "--json")[1])["imports"][0]["rows"] == 48
    assert json.loads(run(capsys, "database", "show", "--json")[1])["organizations"] == 8
    assert "rows" in run(capsys, "database", "show")[1]
    assert "48" in run(capsys, "database", "show", "1")[1]
    assert json.loads(run(capsys, "database", "show", "--client", "a", "--json")[1])["client"] == "A"
    code, out, err = run(capsys, "prepare", "--from-database", place, "--out", tmp_path / "s", "--json")
    assert (code, json.loads(out)["organizations"]) == (0, 8), err
    code, out, _ = run(capsys, "database", "export", "--out", tmp_path / "e", "--json")
    assert any(f.endswith("raw_responses.csv") for f in json.loads(out)["files"])
    code, out, _ = run(capsys, "database", "erase", "B", "--yes", "--json")
    assert json.loads(out)["responses"] == 6
    assert json.loads(run(capsys, "database", "remove", 1, "--json")[1])["removed"] == 1
    code, _, err = run(capsys, "prepare", "--from-database", place, "--out", tmp_path / "t")
    assert (code, "holds no answers" in err) == (1, True)


def test_erasing_asks_first(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an answer nothing is erased."""
    result = CliRunner().invoke(cfanalysis, ["database", "erase", "A"], input="n\n")
    assert (result.exit_code, "nothing was deleted" in result.stderr) == (1, True)
    assert json.loads(run(capsys, "database", "show", "--json")[1])["organizations"] == 8


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["database", "list"], 1, "There is no database"),
        (["database", "show", "--database", "mysql://x/y"], 1, "not known"),
        (["prepare", "--out", "{tmp}/x"], 2, "Missing argument 'FILE', or --from-database"),
        (["prepare", "f.csv", "--from-database", "{tmp}/b", "--out", "{tmp}/x"], 2, "there is no FILE"),
        (["prepare", "--from-database", "{tmp}/none", "--out", "{tmp}/x"], 1, "There is no database"),
        (["database", "import", "--instrument", "{tiny}"], 1, "no file to import"),
        (["database", "import", "none.csv", "--instrument", "{tiny}"], 1, "cannot be read"),
        (["database", "remove", "x"], 2, "not a valid integer"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: list[str],
    code: int,
    text: str,
    tmp_path: Path,
    tiny_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One message, the right exit code, no traceback."""
    found, _, err = run(capsys, *(a.format(tmp=tmp_path, tiny=tiny_file) for a in arguments))
    assert (found, text in err, "Traceback" in err) == (code, True, False), err


def test_unknown_imports_and_days_are_said(
    imported: Path, tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what there is."""
    assert "allowed: 1 to 1" in run(capsys, "database", "show", 7)[2]
    assert "no such client" in run(capsys, "database", "erase", "Zzz", "--yes")[2]
    early = ["prepare", "--from-database", place, "--as-of", "2020-01-01", "--out", tmp_path / "x"]
    assert "counted on that day" in run(capsys, *early)[2]


def test_a_file_that_does_not_exist_makes_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is left where there was nothing to import."""
    place = tmp_path / "answers.sqlite"
    code, _, said = run(
        capsys,
        "database",
        "import",
        tmp_path / "nix.csv",
        "--instrument",
        "customer_focus",
        "--database",
        place,
    )
    assert (code, place.exists()) == (1, False)
    assert "No such file" in said
