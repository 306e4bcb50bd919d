"""How a command ends: few files are listed, many are counted, and the one to open is named."""

from __future__ import annotations

import json

import pytest

from cfanalysis.cli.output import LISTED, write_result

MANY = [f"reports/sample/charts/{name}.{kind}" for name in "abc" for kind in ("svg", "png")]


def test_many_files_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines: how many of which kind in which folder, and the file to open, the first unless another is named."""
    write_result({"files": MANY}, as_json=False)
    first, second = capsys.readouterr().out.splitlines()
    assert " ".join(first.split()) == "files 6 in reports/sample/charts: 3 svg, 3 png (--verbose lists them)"
    assert second == "open      reports/sample/charts/a.svg"
    write_result({"files": MANY}, as_json=False, to_open="reports/sample/index.html")
    assert capsys.readouterr().out.endswith("open      reports/sample/index.html\n")


def test_files_are_listed_when_few_or_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A handful stands line by line; --verbose lists all, --json gives the whole result."""
    write_result({"files": MANY[:LISTED]}, as_json=False)
    assert capsys.readouterr().out.splitlines() == MANY[:LISTED]
    write_result({"files": MANY}, as_json=False, verbose=True)
    assert capsys.readouterr().out.splitlines() == MANY
    write_result({"files": MANY, "n": 1}, as_json=True, verbose=True)
    assert json.loads(capsys.readouterr().out) == {"files": MANY, "n": 1}


def test_folders_are_those_that_all_files_share(capsys: pytest.CaptureFixture[str]) -> None:
    """Names that begin alike share no folder by it; a URL keeps its form."""
    write_result({"files": [f"s3://bucket/mine/report-{i}.pdf" for i in range(9)]}, as_json=False)
    assert "9 in s3://bucket/mine: 9 pdf" in capsys.readouterr().out
    write_result({"files": [f"report-{i}.pdf" for i in range(9)]}, as_json=False)
    assert "9 in .: 9 pdf" in capsys.readouterr().out
