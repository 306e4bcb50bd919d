"""Two states of a benchmark that differ by few organizations are not both published."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.cli import main
from cfanalysis.core.errors import ConfidentialityError
from cfanalysis.publish.client_batches.differencing_guard import STATE, organization_states, record_state
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study


def test_a_state_is_entered_again_and_others_only_if_enough_have_changed(tmp_path: Path) -> None:
    """None or five; new, gone and changed ones count; what is refused is not remembered."""
    first = [f"{n}" for n in range(20)]
    record_state(tmp_path, first, 5)
    record_state(tmp_path, first, 5)
    for now in (first[:-1], [*first, "x"], [*first[1:], "x"], [*first[4:], "w", "x", "y", "z"]):
        with pytest.raises(ConfidentialityError, match="at least 5"):
            record_state(tmp_path, now, 5)
    record_state(tmp_path, first[5:], 5)
    with pytest.raises(ConfidentialityError, match="1 changed organization\\n"):
        record_state(tmp_path, first[4:], 5)


def test_a_state_names_nobody_and_follows_the_scores(sample_study: Study) -> None:
    """One hash an organization, each its own, in no order of names; the same study has the same."""
    states = organization_states(sample_study)
    assert len(set(states)) == len(states) == len(sample_study.clients)
    assert states == sorted(states) == organization_states(sample_study)


@pytest.mark.skipif(not can_fork(), reason="needs fork")
def test_a_report_after_one_more_answer_is_refused_in_the_same_folder(
    sample_file: Path, instrument_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One organization loses a respondent: nothing is written, the former report stays, the message says what to do."""
    lines = sample_file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    last = next(n for n, line in reversed(list(enumerate(lines))) if "Alderbarrow Pumps" in line)
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join([*lines[:last], *lines[last + 1 :]]), encoding="utf-8")
    out = tmp_path / "out"
    codes = []
    for name, file in (("one", sample_file), ("two", fewer)):
        study = prepare(file, instrument_file, tmp_path / name)
        given = ["report", str(study.folder), "--client", "Alderbarrow Pumps", "--format", "html"]
        with pytest.raises(SystemExit) as ended:
            main([*given, "--out", str(out)])
        codes.append(ended.value.code)
        files = {path.name: path.read_bytes() for path in out.iterdir()}
        if name == "one":
            before = files
    assert codes[0] == 0
    assert codes[1] != 0
    assert STATE in before
    assert files == before
    assert "1 changed organization" in capsys.readouterr().err
