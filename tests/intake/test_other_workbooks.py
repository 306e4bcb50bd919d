"""Workbooks of other kinds are read; damaged ones are refused in words, whatever the library below does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.survey.instrument import Instrument

from ..tool_files import write_ods, write_xlsb


@pytest.mark.parametrize("chart", [False, True])
def test_a_binary_workbook_is_read(chart: bool, tmp_path: Path, tiny: Instrument) -> None:
    """Texts and numbers as in any workbook; a sheet that is a chart holds no answers and is passed over."""
    rows = [["Company", "s1", "d1", "d2", "s2", "d3", "p1"], ["A", 4.0, 2.0, "Agree", 1.0, 9.0, 5.0]]
    raw = read(write_xlsb(tmp_path / "a.xlsb", rows, chart=chart), tiny)
    assert isinstance(raw, RawAnswers)
    assert raw.frame.iloc[0].tolist() == ["A", "4", "2", "Agree", "1", "9", "5"]


@pytest.mark.parametrize("head", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0" + b"\xff" * 508])
def test_a_damaged_old_workbook_is_one_message(
    head: bytes, tmp_path: Path, tiny: Instrument, capfd: pytest.CaptureFixture[str]
) -> None:
    """What ends the library ends its own process, not this one, and nothing of it is shown."""
    (tmp_path / "a.xls").write_bytes(head + bytes(range(256)) * 40)
    with pytest.raises(IntakeError, match="not a readable workbook"):
        read(tmp_path / "a.xls", tiny)
    assert "panicked" not in capfd.readouterr().err


def test_a_damaged_opendocument_is_one_message(tmp_path: Path, tiny: Instrument) -> None:
    """An archive that was cut short is no archive to be unpacked."""
    write_ods(tmp_path / "a.ods", [["Company", "s1"], ["A", "1"]])
    (tmp_path / "a.ods").write_bytes((tmp_path / "a.ods").read_bytes()[:200])
    with pytest.raises(IntakeError, match="not a readable workbook"):
        read(tmp_path / "a.ods", tiny)


def test_a_page_without_a_table_is_refused(tmp_path: Path, tiny: Instrument) -> None:
    """A login page saved as a workbook holds no answers."""
    (tmp_path / "a.xls").write_text("<html><body><title>Sign in</title><p>x</p></body></html>")
    with pytest.raises(IntakeError):
        read(tmp_path / "a.xls", tiny)
