"""SPSS and Stata: the same responses, whatever the labels, codes and declared missing values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import read
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.survey.instrument import Instrument

from .. import export_files as made_by
from ..export_files import people
from .common_survey import as_sav, cleaned, expected


@pytest.fixture
def statistics() -> tuple[pd.DataFrame, dict[str, Any]]:
    return made_by.statistics_frame(people())


def test_spss_and_stata_give_the_same_responses(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """Values with labels, matched by the variables' labels; "don't know" is declared missing and still don't know."""
    frame, how = statistics
    missing = {f"v{i}": [{"lo": 9, "hi": 9}] for i in made_by.RATED}
    sav = as_sav(tmp_path / "a.sav", frame, how, missing_ranges=missing)
    zsav = as_sav(tmp_path / "a.zsav", frame, how, missing_ranges=missing, compress=True)
    dta = tmp_path / "a.dta"
    pyreadstat.write_dta(frame, str(dta), **how)
    for path, reader in ((sav, "spss"), (zsav, "spss"), (dta, "stata")):
        raw, responses, _ = cleaned(path, common)
        assert raw.reader == reader
        pd.testing.assert_frame_equal(responses, expected(seconds=True))


def test_labels_count_where_a_file_numbers_answers_otherwise(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """1 labelled "Strongly agree" is a 5 on the scale, and that is said; without labels for all it is refused."""
    frame, how = statistics
    turned = {6.0 - k if k < 6 else k: v for k, v in how["variable_value_labels"]["vs1"].items()}
    labels = {**how["variable_value_labels"], "vs1": turned}
    frame["vs1"] = 6 - frame["vs1"]
    path = as_sav(tmp_path / "a.sav", frame, {**how, "variable_value_labels": labels})
    raw, responses, _ = cleaned(path, common)
    pd.testing.assert_frame_equal(responses, expected(seconds=True))
    assert "numbered otherwise than on the scale, labels count: vs1" in "\n".join(raw.notes)
    labels["vs1"] = {1.0: "Strongly agree", 5.0: "Strongly disagree"}
    path = as_sav(tmp_path / "b.sav", frame, {**how, "variable_value_labels": labels})
    with pytest.raises(IntakeError, match="and no label of the scale: "):
        read(path, common)
    assert [(f.rule, f.column) for f in check_file(path, common).findings] == [("value_label", "vs1")]


def test_declared_missing_values_are_missing_and_counted(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """Values in a range that the file declares missing are no answers, whatever their number."""
    frame, how = statistics
    frame.loc[[0, 1], "vp1"] = [98.0, 5.0]
    path = as_sav(tmp_path / "a.sav", frame, how, missing_ranges={"vp1": [{"lo": 5, "hi": 99}]})
    raw, responses, _ = cleaned(path, common)
    fives = int((frame["vp1"] >= 5).sum())
    assert responses["p1"].isna().sum() == fives
    assert f"{fives} cells hold values that the file declares missing" in "\n".join(raw.notes)


def test_missing_pyreadstat_is_said(
    tmp_path: Path,
    common: Instrument,
    statistics: tuple[pd.DataFrame, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the library that reads SPSS files, the message names it."""
    path = as_sav(tmp_path / "a.sav", *statistics)
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(IntakeError, match="pip install pyreadstat"):
        read(path, common)


def test_what_a_tool_wrote_for_spss_keeps_its_marks(
    tmp_path: Path, common: Instrument, statistics: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    """A Qualtrics file for SPSS has Status and Finished: tests are dropped there, too."""
    frame, how = statistics
    own = {"StartDate": "", "EndDate": "", "Status": 0.0, "Finished": 1.0, "ResponseId": frame["respondent"]}
    frame = pd.DataFrame({**own, **frame.drop(columns="respondent")}, index=frame.index)
    frame.loc[2, "Status"] = 1.0
    labels = {**how["variable_value_labels"], "Status": {0.0: "IP Address", 1.0: "Survey Preview"}}
    names = [*own, *how["column_labels"][1:]]
    path = as_sav(tmp_path / "a.sav", frame, {"column_labels": names, "variable_value_labels": labels})
    raw, responses, log = cleaned(path, common)
    assert "SPSS file of a Qualtrics export" in raw.notes[0] or "Qualtrics" in raw.notes[0]
    assert log.rows_dropped == {"test_response": 1}
    assert "118000000002" not in set(responses["respondent"])
