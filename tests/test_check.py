"""check: everything wrong with a file in one list, nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.findings import Finding
from cfanalysis.survey.instrument import Instrument

from .test_cli import run
from .test_intake import HEADER, written


def found(path: Path, tiny: Instrument) -> list[Finding]:
    return list(check_file(path, tiny).findings)


def test_a_clean_file_has_no_findings(tmp_path: Path, tiny: Instrument) -> None:
    """Codes, labels, don't knows and white space are understood and no findings."""
    file = written(tmp_path / "a.csv", HEADER, "A,r1,2024, 1,Agree,9,n/a,5,4,words", "B,r2,2024,1,2,3,4,5,4,")
    assert found(file, tiny) == []


def test_everything_wrong_is_in_one_list(tmp_path: Path, tiny: Instrument) -> None:
    """Columns, cells, rows and names: each with column, row, value, rule and proposal."""
    header = HEADER.replace("Performance", "Performanc")
    lines = [
        "Älder,r1,2024,agreee,2,3,4,5,4,words",
        "Alder,r2,2024,1,7,3,4,5,4,words",
        "Alder,r2,2024,1,2,3,4,5,4,words",
        "Alder,r3,2024,1,2,3,4,5,4,no",
        ",r4,2024,1,2,3,4,5,4,words",
    ]
    findings = found(written(tmp_path / "a.csv", header, *lines), tiny)
    assert {(f.rule, f.column, f.row, f.value, f.proposal) for f in findings} == {
        ("resembles", "Performanc", None, "", "Performance (0.95)"),
        ("missing", "p1", None, "", "Performanc (0.95)"),
        ("near_organization", "organization", None, "Älder", "alias of Alder"),
        ("not_an_answer", "s1", 2, "agreee", "Agree (0.91)"),
        ("out_of_range", "d1", 3, "7", ""),
        ("duplicate", "", 3, "", ""),
        ("short_answer", "why", 5, "no", ""),
        ("no_organization", "", 6, "", ""),
    }


def test_an_unreadable_file_is_one_finding(tmp_path: Path, tiny: Instrument) -> None:
    """What cannot be read at all is said as prepare would say it."""
    (finding,) = found(written(tmp_path / "a.csv", "x,y", "1,2"), tiny)
    assert finding.rule == "unreadable"
    assert "None of the columns" in finding.problem


def test_a_finding_in_very_many_cells_is_one_line(tmp_path: Path, tiny: Instrument) -> None:
    """A value that is wrong ten thousand times stands once with its number of rows."""
    lines = [f"A,r{i},2024,0,2,3,4,5,4,words" for i in range(10_001)]
    findings = found(written(tmp_path / "a.csv", HEADER, *lines), tiny)
    assert [(f.rule, f.column, f.value, f.n) for f in findings] == [
        ("recurrent_value", "s1", "0", 10_001),
        ("out_of_range", "s1", "0", 10_001),
    ]


def test_the_command_writes_nothing_and_tells_by_its_exit_code(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 for a clean file, 1 for findings; as JSON for programs."""
    good = written(tmp_path / "good.csv", HEADER, "A,r1,2024,1,2,3,4,5,4,words")
    bad = written(tmp_path / "bad.csv", HEADER, "A,r1,2024,x,2,3,4,5,4,words")
    before = sorted(tmp_path.iterdir())
    assert run(capsys, "check", good, "--instrument", tiny_file)[:2] == (0, "")
    code, out, _ = run(capsys, "check", bad, "--instrument", tiny_file, "--json")
    assert code == 1
    result = json.loads(out)
    assert [(f["rule"], f["row"], f["column"], f["value"]) for f in result["findings"]] == [
        ("not_an_answer", 2, "s1", "x")
    ]
    assert result["rules"]
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_is_wrong_throughout_is_no_thousand_lines(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of one rule in one column the first twenty are shown and the rest counted; the rules are counted at the end."""
    lines = [f"A,r{i},2024,0,2,3,4,5,4,words" for i in range(50)]
    code, out, said = run(
        capsys, "check", written(tmp_path / "a.csv", HEADER, *lines), "--instrument", tiny_file
    )
    assert code == 1
    assert len(out.splitlines()) == 22
    assert out.splitlines()[-1] == "... and 30 more of out_of_range in column s1; --json lists all"
    assert "findings  51 in 50 rows: out_of_range 50, recurrent_value 1" in said


def test_the_sample_has_the_findings_that_were_planted(sample_file: Path, instrument_file: Path) -> None:
    """Every row dropped and every cell lost by the planted dirt is listed."""
    from cfanalysis.study.sample import sample_responses
    from cfanalysis.survey.instrument import load_instrument

    planted = sample_responses().planted
    kinds = {
        "out_of_range",
        "not_a_number",
        "too_few_answers",
        "blank_organization",
        "duplicate",
        "blank_row",
    }
    kinds |= {"straight_liner", "speeder"}
    rows = set(planted.loc[planted["kind"].isin(kinds), "row"])
    found_rows = {f.row for f in check_file(sample_file, load_instrument(instrument_file)).findings}
    spelled = set(planted.loc[planted["kind"] == "organization_spelling", "row"])
    assert rows <= found_rows <= rows | spelled
