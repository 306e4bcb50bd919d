"""``cfanalysis analyze``: which reports a study gets, and what lies beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

from cfanalysis.cli import analyze as command
from cfanalysis.cli import cfanalysis
from cfanalysis.core.resources import notebook_file
from cfanalysis.study.prepared_study import Study


def names(reports: Iterable[Path]) -> list[str]:
    return [notebook.stem for notebook in reports]


def test_a_study_gets_the_reports_that_have_something_to_say(sample_study: Study) -> None:
    """With outcomes there is a report on them; without, and where they are not made up, there is none."""
    survey = sample_study.survey
    assert names(command._reports(sample_study)) == [*command.RESEARCH_REPORTS, "outcomes"]
    real = replace(survey, source=replace(survey.source, synthetic=False), outcomes=None)
    assert names(command._reports(SimpleNamespace(survey=real))) == [*command.RESEARCH_REPORTS]  # type: ignore[arg-type]


def test_the_numbers_of_figures_lie_beside_the_report(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One CSV for each figure, in a folder of the report's name; the page says where, in the brand's colours."""
    monkeypatch.setattr(command, "_reports", lambda _: {notebook_file("data_quality"): {}})
    brand = tmp_path / "brand.yaml"
    brand.write_text('name: Alder\ncolours: {accent: "#5b2a86"}\n', encoding="utf-8")
    call = ["analyze", str(sample_study.folder), "--out", str(tmp_path / "r"), "--format", "html", "--json"]
    result = CliRunner().invoke(cfanalysis, [*call, "--brand", str(brand)])
    assert result.exit_code == 0, result.output
    files = [Path(file) for file in json.loads(result.stdout)["files"]]
    tables = sorted(path for path in files if path.suffix == ".csv")
    assert {path.parent for path in tables} == {tmp_path / "r" / "figures" / "data_quality"}
    assert [path.stem for path in tables] == [
        "cleaning_flow",
        "missing_answers",
        "respondents_per_organization",
        "scale_ends",
    ]
    flow = pd.read_csv(tables[0]).set_index("step")["rows"]
    log = sample_study.cleaning_log
    assert (flow["rows in the file"], flow["rows in the study"]) == (log["rows_in"], log["rows_out"])
    page = (tmp_path / "r" / "data_quality.html").read_text(encoding="utf-8")
    assert "figures/data_quality" in page
    assert "#5b2a86" in page
