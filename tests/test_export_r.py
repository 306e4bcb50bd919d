"""The test of the claim as R computes it: the same numbers from the exported files."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.spreadsheets import write_csv
from cfanalysis.study.claim_export import SCRIPT, claim_script, claim_tables
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.tidy_export import export_study
from cfanalysis.survey.survey_data import Survey

from .surveys import INSTRUMENT, made_instrument, made_survey, published

PARENTS = INSTRUMENT.replace(
    "  - {id: sector, title: Sector}\n",
    "  - {id: sector, title: Sector}\n  - {id: parent, title: Holding}\n",
)


def grouped_survey() -> Survey:
    """Sixty organizations of twenty parents, and ten without; some answers are missing."""
    survey = made_survey(instrument=made_instrument(PARENTS), own=0.4)
    number = survey.organizations["organization"].str[1:].astype(int)
    parents = (number % 20).astype(str).where(number < 50, "")
    assert survey.raw_responses is not None
    responses = survey.raw_responses.copy()
    responses.loc[responses.index[::17], "d2"] = pd.NA
    return replace(survey, organizations=survey.organizations.assign(parent=parents), raw_responses=responses)


def one_trait() -> Survey:
    """Whether somebody leads is all that is known of respondents: a single dummy."""
    instrument = made_instrument(
        INSTRUMENT + "respondent_fields:\n  - {id: role, title: Role, options: [Leader, Staff]}\n"
    )
    survey = made_survey(instrument=instrument)
    assert survey.raw_responses is not None
    roles = pd.Series(["Leader", "Staff", "Staff"] * len(survey.raw_responses)).head(
        len(survey.raw_responses)
    )
    return replace(survey, raw_responses=survey.raw_responses.assign(role=roles.to_numpy()))


def test_the_files_hold_what_the_test_rests_on() -> None:
    """One row an organization and halving, a respondent, a resample; the numbers of the verdict."""
    tables = claim_tables(made_survey())
    assert len(tables["claim_shares"]) == 20 * 60
    assert len(tables["claim_resamples"]) == 5000
    assert (tables["claim_resamples"].sum(axis=1) == 60).all()
    assert set(tables["claim_verdict"]["statistic"]) >= {"delta", "theta_a", "theta_b", "theta_l", "theta_c"}
    assert set(claim_tables(published(made_survey()))) >= {"claim_counts"}
    bare = made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))
    with pytest.raises(AnalysisError, match="no test to compute again"):
        claim_tables(replace(made_survey(), instrument=bare))


def test_the_export_holds_the_script(sample_study: Study, tmp_path: Path) -> None:
    """With ``--format r`` the script lies beside the files that it reads."""
    files = {file.name for file in export_study(sample_study, tmp_path / "out", formats=["r"])}
    assert {SCRIPT, "claim_shares.csv", "claim_respondents.csv", "codebook.md"} <= files
    described = re.findall(r"^- `(\w+)`:", (tmp_path / "out" / "codebook.md").read_text(), re.MULTILINE)
    assert {f"{name}.csv" for name in described} == files - {SCRIPT, "codebook.md"}


@pytest.mark.system
@pytest.mark.parametrize("kind", ["sample", "parents", "one trait", "tables"])
def test_r_computes_the_same_numbers(kind: str, sample_study: Study, tmp_path: Path) -> None:
    """Contrast, metrics and intervals agree to 1e-8: halved with roles, of parents, and from published tables."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed: tests/install_system_packages.sh")
    survey = {
        "sample": lambda: sample_study.survey,
        "parents": grouped_survey,
        "one trait": one_trait,
        "tables": lambda: published(made_survey(respondents=30)),
    }[kind]()
    for name, frame in claim_tables(survey).items():
        write_csv(frame, tmp_path / f"{name}.csv")
    (tmp_path / SCRIPT).write_text(claim_script(), encoding="utf-8")
    done = subprocess.run([rscript, tmp_path / SCRIPT, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "agrees to" in done.stdout
