"""`cfanalysis norm`, and what `report --publish` publishes."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from cfanalysis.cli import cfanalysis
from cfanalysis.cli.norm import delivered_norm

from .test_client_truth import answers, study_with


def test_a_norm_is_made_listed_and_shown(tmp_path: Path) -> None:
    """The first delivery publishes a norm named after the last wave; the second takes it; making it again is told."""
    study, call = study_with(tmp_path, answers()), CliRunner()
    place = str(study.folder)
    assert "No norm has been made" in call.invoke(cfanalysis, ["norm", "list", place]).stderr
    name = delivered_norm(study, None)
    assert name == study.survey.source.waves[-1]
    assert delivered_norm(study, None) == delivered_norm(study, name) == name
    made = call.invoke(cfanalysis, ["norm", "make", place, "--name", "again", "--publish"])
    assert made.exit_code == 0
    assert f"same      as {name}, which is kept" in made.stderr
    (listed,) = json.loads(call.invoke(cfanalysis, ["norm", "list", place, "--json"]).stdout)
    assert (listed["name"], listed["published"], listed["date"]) == (name, True, name)
    shown = call.invoke(cfanalysis, ["norm", "show", place, name]).stdout
    assert "all organizations: " in shown
    assert "0 of them of an earlier norm" in shown
    unknown = call.invoke(cfanalysis, ["norm", "show", place, "2031"])
    assert unknown.exit_code != 0
    refused = call.invoke(cfanalysis, ["norm", "make", place, "--name", "../x"])
    assert refused.exit_code != 0
