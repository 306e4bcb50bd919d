"""The command line as its user meets it: help, messages, exit codes, files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cfanalysis.cli import COMMANDS, cfanalysis, main
from cfanalysis.study.prepared_study import Study

from .conftest import ROOT


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    """Each command's help says what it does and shows a call."""
    result = CliRunner().invoke(cfanalysis, [command, "--help"])
    assert result.exit_code == 0
    assert f"Example: cfanalysis {command}" in " ".join(result.output.split())


def test_help_answers_at_once() -> None:
    """The help imports neither pandas nor Jupyter."""
    heavy = {"pandas", "matplotlib", "nbformat", "papermill"}
    code = f"import sys, cfanalysis.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "code", "texts"),
    [
        (
            ["prepare", "none.csv", "--instrument", "{instrument}", "--out", "{tmp}/x"],
            1,
            ["no such file", "none.csv"],
        ),
        (
            ["prepare", "{sample}", "--instrument", "{tmp}/no.yaml", "--out", "{tmp}/x"],
            1,
            ["no such instrument"],
        ),
        (
            ["prepare", "{sample}", "--instrument", "{fevs}", "--out", "{tmp}/x"],
            1,
            ["None of the columns is an item"],
        ),
        (["prepare", "{sample}", "--out", "{tmp}/x"], 2, ["Missing option '--instrument'"]),
        (["analyze", "nowhere"], 1, ["There is no study 'nowhere'"]),
        (["report", "{study}", "--client", "Alderbarow Pumps"], 1, ["did you mean Alderbarrow Pumps"]),
        (["report", "{study}"], 2, ["--client NAME"]),
        (["report", "{study}", "--client", "{client}", "--format", "docx"], 2, ["no such format", "docx"]),
        (["charts", "{study}", "--only", "dumbell", "--out", "{tmp}/c"], 2, ["no chart 'dumbell'"]),
        (["charts", "{study}", "--format", "gif", "--out", "{tmp}/c"], 2, ["svg, png, pdf"]),
        (["anlyze", "x"], 2, ["No such command"]),
    ],
)
def test_a_wrong_call_is_one_message(
    arguments: list[str],
    code: int,
    texts: list[str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    sample_study: Study,
    sample_file: Path,
    instrument_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A message with place and next step on standard error, the exit code, no traceback, nothing written."""
    monkeypatch.chdir(tmp_path)
    places = {
        "tmp": tmp_path,
        "sample": sample_file,
        "instrument": instrument_file,
        "fevs": ROOT / "data" / "instruments" / "fevs_2023.yaml",
        "study": sample_study.folder,
        "client": sample_study.clients[0],
    }
    found, out, err = run(capsys, *(a.format(**places) for a in arguments))
    assert found == code
    assert out == ""
    for text in texts:
        assert text in err
    assert "Traceback" not in err
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_prepare_says_what_it_did(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, sample_file: Path, instrument_file: Path
) -> None:
    """Rows in and out, dropped and changed, and the verdict; as JSON for programs."""
    arguments = [
        "prepare",
        sample_file,
        "--instrument",
        instrument_file,
        "--out",
        tmp_path / "study",
        "--json",
    ]
    code, out, err = run(capsys, *arguments)
    assert code == 0
    result = json.loads(out)
    assert result["rows_in"] == result["rows_out"] + sum(result["rows_dropped"].values())
    assert result["synthetic"]
    assert "SYNTHETIC" in err
    assert "verdict" in err


def test_sample_writes_the_same_file_as_is_shipped(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, sample_file: Path
) -> None:
    """The defaults of the generator give the shipped sample, byte for byte."""
    code, _, _ = run(capsys, "sample", "--out", tmp_path / "sample.csv")
    assert code == 0
    assert (tmp_path / "sample.csv").read_bytes() == sample_file.read_bytes()


def test_charts_are_written_with_words_and_numbers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, sample_study: Study
) -> None:
    """Each chart comes as picture, alternative text and numbers; no organization is named in any of them."""
    wanted = [f"--only={name}" for name in ("say_do_dumbbell", "quartile_gap", "gap_against_performance")]
    code, out, _ = run(capsys, "charts", sample_study.folder, *wanted, "--out", tmp_path, "--verbose")
    assert code == 0
    files = {Path(line).name for line in out.splitlines()}
    assert {p.name for p in tmp_path.iterdir()} == files
    assert {
        "say_do_dumbbell.svg",
        "quartile_gap.png",
        "gap_against_performance.txt",
        "quartile_gap.csv",
    } <= files
    for path in tmp_path.iterdir():
        assert path.stat().st_size < 200_000
        assert not [name for name in sample_study.clients if name.encode() in path.read_bytes()]


def test_list_names_the_clients(capsys: pytest.CaptureFixture[str], sample_study: Study) -> None:
    """report --list prints the organizations, one a line, or with --json as JSON."""
    code, out, _ = run(capsys, "report", sample_study.folder, "--list")
    assert code == 0
    assert out.splitlines() == sample_study.clients
    _, out, _ = run(capsys, "report", sample_study.folder, "--list", "--json")
    assert json.loads(out) == {"clients": sample_study.clients}


def test_an_unexpected_problem_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a defect in the program is told in words."""

    def broken(_: object) -> None:
        raise RuntimeError("deep inside")

    monkeypatch.setattr("cfanalysis.study.workspace.find_study", broken)
    code, _, err = run(capsys, "charts", "sample")
    assert code == 1
    assert "deep inside" in err
    assert "defect in cfanalysis" in err
    assert "Traceback" not in err
