"""Small surveys as tools really write them: each gives its truth cell by cell, or is refused for the right reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.study.preparation import prepare

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "intake"
FOLDERS = sorted(p.name for p in CASES.iterdir() if p.is_dir()) if CASES.is_dir() else []

REFUSED = {
    "a04_sosci": r"ch_phone.*'2'",
    "a08_long": r"one row per answer|one row for each answer",
    "g05_dup_title": r"'growth' stands in 2 columns",
    "k02_headless_split": r"row 2 .*21 cells.*19",
    "m04_same_question_twice": r"'growth' stands in 2 columns",
    "q10_loop_merge": r"'s1' stands in 2 columns",
    "q11_unquoted_comma_early": r"row 6 .*20 cells.*19",
    "q13_unquoted_comma_all_dialects": r"row 4 .*17 cells.*16",
    "s04_varlabel_truncated": r"v0.*s1",
    "s07_labels_with_codes": r"label",
    "s14_one_item_reversed": r"d1.*Agree completely",
    "x13_date_org": r"date",
    "x15_ods": r"not a readable workbook",
    "x25_average_row_csv": r"Total",
    "x29_excel_csv_float_ids": r"1\.14E\+10",
    "x33_wave_dates": r"2025-11-01",
    "y02_short_row_newline": r"row 4 .*10 cells.*11",
    "y08_qualtrics_0_partial": r"'6'",
}
"""Where a refusal is right, what it has to say."""

LACKING = {"a08_long": {"role", "comment"}}
"""Columns of the truth that the file does not have."""


def rows(frame: pd.DataFrame, columns: list[str]) -> Counter[tuple[str, ...]]:
    """Return rows as texts, however they are sorted."""
    texts = frame[columns].astype("object").fillna("").map(lambda cell: str(cell).removesuffix(".0"))
    return Counter(map(tuple, texts.to_numpy().tolist()))


def outcome(file: Path, instrument: Path, out: Path) -> pd.DataFrame | str:
    """Return the responses that a file becomes, or why it is refused."""
    try:
        responses = prepare(file, instrument, out).survey.raw_responses
    except IntakeError as error:
        return str(error)
    return pd.DataFrame() if responses is None else responses


@pytest.mark.skipif(not FOLDERS, reason=f"no cases at {CASES}")
@pytest.mark.parametrize("name", FOLDERS or [""])
def test_a_case_gives_its_truth_or_its_reason(name: str, tmp_path: Path) -> None:
    """No answer is lost or invented, and a refusal names what is wrong."""
    folder = CASES / name
    file = next(p for p in sorted(folder.iterdir()) if p.name not in ("truth.csv", "instrument.yaml"))
    truth = pd.read_csv(folder / "truth.csv", dtype="str", keep_default_na=False)
    found = outcome(file, folder / "instrument.yaml", tmp_path / "study")
    if isinstance(found, str):
        assert name in REFUSED, found
        assert re.search(REFUSED[name], found, re.DOTALL), found
    else:
        columns = [
            name for name in truth.columns if name in found and name not in LACKING.get(folder.name, ())
        ]
        assert {"organization", "s1", "s2", "d1", "d2"} <= set(columns)
        assert rows(found, columns) == rows(truth, columns)
