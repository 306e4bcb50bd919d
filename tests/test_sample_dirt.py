"""The sample's dirt against the cleaning: what was planted is what is logged, cell by cell, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.intake import read
from cfanalysis.intake.cleaning import CleaningLog, clean
from cfanalysis.intake.reader import RawAnswers
from cfanalysis.study.sample import FATES, SAMPLE_SEED, TRUTH, Sample, sample_responses
from cfanalysis.survey.instrument import Instrument, load_instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from .conftest import ROOT

DOCUMENT = (ROOT / "docs" / "sample.md").read_text(encoding="utf-8")
CHANGED_BY = {
    "spaces": {"white_space"},
    "label": {"label"},
    "dont_know_label": {"label"},
    "out_of_range": {"out_of_range"},
    "not_a_number": {"not_an_answer", "not_a_number"},
    "sentinel": {"missing_code"},
    "organization_spelling": {"organization_spelling", "white_space"},
}
"""By which rule a planted cell gets its clean value."""

ROWS_BY = {
    "too_few_answers": "too_few_answers",
    "blank_organization": "no_organization",
    "duplicate": "duplicate",
    "blank_row": "blank_row",
    "straight_liner": "straight_lining",
    "speeder": "speeding",
}
"""By which rule a planted row is dropped or flagged."""


@pytest.fixture(scope="module")
def instrument(instrument_file: Path) -> Instrument:
    """Return our own questionnaire."""
    return load_instrument(instrument_file)


@pytest.fixture(scope="module", params=[SAMPLE_SEED, 7])
def sample(request: pytest.FixtureRequest) -> Sample:
    """Return the sample that ships, and another one."""
    return sample_responses(seed=request.param)


@pytest.fixture(scope="module")
def cleaned(
    sample: Sample, instrument: Instrument, tmp_path_factory: pytest.TempPathFactory
) -> tuple[pd.DataFrame, CleaningLog]:
    """Return what cleaning makes of the sample's file."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    sample.frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    raw = read(path, instrument)
    assert isinstance(raw, RawAnswers)
    return clean(raw, instrument)


def test_cleaning_restores_the_clean_answers(
    sample: Sample, instrument: Instrument, cleaned: tuple[pd.DataFrame, CleaningLog]
) -> None:
    """The file, cleaned, equals the sample's clean answers cell by cell."""
    responses, log = cleaned
    expected = sample.clean.sort_values(["organization", "wave", "respondent"], ignore_index=True)
    rated = {item.id: instrument.scale_of(item.id).dont_know.codes for item in instrument.rated_items}
    for column in expected:
        if column in rated:
            codes = {str(code): str(DONT_KNOW_CODE) for code in rated[column]}
            wanted = expected[column].replace(codes).replace("", None).astype(float)
            np.testing.assert_array_equal(responses[column].astype(float), wanted, err_msg=column)
        elif column == "seconds":
            wanted = expected[column].replace("", None).astype(float)
            np.testing.assert_array_equal(responses[column].astype(float), wanted)
        else:
            assert responses[column].tolist() == expected[column].tolist(), column
    dropped = sample.planted["fate"] == "dropped"
    assert (log.rows_in, log.rows_out) == (len(sample.frame), len(sample.frame) - dropped.sum())


def test_every_planted_cell_is_in_the_log_with_what_stood_there(
    sample: Sample, instrument: Instrument, cleaned: tuple[pd.DataFrame, CleaningLog]
) -> None:
    """Each changed cell leads from what was planted to what is right, by its rule; no other cell is in the log."""
    changes = cleaned[1].changes.query("kind == 'changed'")
    codes = {
        i.id: {str(c) for c in instrument.scale_of(i.id).dont_know.codes} for i in instrument.rated_items
    }
    planted = sample.planted.query("fate == 'changed'").set_index(["row", "column"])
    found = dict(list(changes.groupby(["row", "column"], sort=False)))
    assert set(found) == set(planted.index)
    for (row, column), piece in planted.iterrows():
        steps = found[row, column]
        right = str(DONT_KNOW_CODE) if piece["clean"] in codes.get(column, ()) else piece["clean"]
        assert (steps["before"].iloc[0], steps["after"].iloc[-1]) == (piece["dirty"], right)
        assert steps["before"].iloc[1:].tolist() == steps["after"].iloc[:-1].tolist()
        assert steps["rule"].iloc[-1] in CHANGED_BY[piece["kind"]]
        assert set(steps["rule"].iloc[:-1]) <= {"white_space"}
        whose = steps[["organization", "respondent", "wave"]].drop_duplicates().to_numpy().tolist()
        assert whose == [[piece["organization"], piece["respondent"], piece["wave"]]]


def test_every_planted_row_is_in_the_log_by_its_rule(
    sample: Sample, cleaned: tuple[pd.DataFrame, CleaningLog]
) -> None:
    """Dropped and flagged rows are those planted, each by the one rule that is meant, and no others."""
    changes = cleaned[1].changes.query("kind != 'changed'")
    planted = sample.planted[sample.planted["kind"].isin(ROWS_BY)]
    expected = set(zip(planted["row"], planted["kind"].map(ROWS_BY), planted["respondent"], strict=True))
    assert set(changes[["row", "rule", "respondent"]].itertuples(index=False, name=None)) >= {
        entry for entry in expected if entry[1] != "blank_row"
    }
    assert set(zip(changes["row"], changes["rule"], strict=True)) == {entry[:2] for entry in expected}
    assert len(changes) == len(planted)


def test_the_document_states_the_true_parameters() -> None:
    """Every parameter stands in docs/sample.md with its value, and no other."""
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([-\d., ]+) \|", DOCUMENT, re.MULTILINE))
    stated = {name: value for name, value in rows.items() if name not in FATES}
    values = {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in TRUTH.table().items()
    }
    assert stated == values


def test_the_document_states_every_kind_of_dirt() -> None:
    """Every kind stands in docs/sample.md with what becomes of it."""
    stated = re.findall(
        r"^\| `([a-z_]+)` \| \d+ \| .* \| (changed|dropped|kept)\b.*\|$", DOCUMENT, re.MULTILINE
    )
    assert dict(stated) == FATES


def test_the_document_states_seed_and_size() -> None:
    """The numbers named in docs/sample.md are those of the file."""
    sample = sample_responses()
    waves = len(sample.clean.groupby(["organization", "wave"]))
    assert f"seed={SAMPLE_SEED}" in DOCUMENT
    assert f"{waves} organization-waves, {len(sample.frame):,} rows" in DOCUMENT
    assert f"**{TRUTH.effect:.2f} points**" in re.sub(r"\s+", " ", DOCUMENT)
