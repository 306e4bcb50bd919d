"""map: what each column holds, decided by hand and never by likeness alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import ReadingOptions, read, read_columns
from cfanalysis.intake.column_map import column_map, load_map, map_text
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import open_study
from cfanalysis.survey.instrument import Instrument

from .test_cli import run
from .test_intake import HEADER, written

ODD = HEADER.replace("Company", "Which firm?").replace("Performance", "Our performnce") + ",Browser"
LINE = "A,r1,2024,1,2,3,4,5,4,words,Firefox"


def test_known_columns_are_named_and_near_ones_proposed(tmp_path: Path, tiny: Instrument) -> None:
    """What the instrument names is settled; what is alike is a proposal with its score; the rest is ignored."""
    headers = [c.name for c in read_columns(written(tmp_path / "a.csv", ODD, LINE), tiny)]
    entries = {e["column"]: e for e in column_map(headers, tiny)}
    assert entries["s1"] == {"column": "s1", "is": "s1"}
    assert entries["Browser"] == {"column": "Browser", "is": "ignore"}
    near = entries["Our performnce"]
    assert (near["is"], near["proposal"]) == ("", "p1")
    assert 0.6 <= near["score"] < 1


def test_a_proposal_is_never_taken_silently(tmp_path: Path, tiny: Instrument) -> None:
    """A map with an undecided column is refused and lists it; decided, it is read."""
    path = tmp_path / "map.yaml"
    entries = column_map(ODD.split(","), tiny)
    path.write_text(map_text(entries, tiny, file="a.csv"), encoding="utf-8")
    with pytest.raises(
        IntakeError, match=r"not complete(.|\n)*'Our performnce' is undecided \(proposal: p1\)"
    ):
        load_map(path, tiny)
    for entry in entries:
        entry["is"] = {"Which firm?": "organization", "Our performnce": "p1"}.get(
            entry["column"], entry["is"]
        )
    path.write_text(map_text(entries, tiny, file="a.csv"), encoding="utf-8")
    raw = read(written(tmp_path / "a.csv", ODD, LINE), tiny, options=load_map(path, tiny))
    assert raw.frame[["organization", "p1"]].iloc[0].tolist() == ["A", "4"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a: b", "not a column map"),
        ("columns: [{column: x, is: s99}]", "no 's99'"),
        ("columns: [{column: x, is: s1}, {column: X, is: ignore}]", "decided in different ways"),
        ("columns: [", "not valid YAML"),
    ],
)
def test_a_wrong_map_is_one_message(tmp_path: Path, tiny: Instrument, content: str, text: str) -> None:
    """What is no map, or contradicts itself or the instrument, is said with the column."""
    path = tmp_path / "map.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(IntakeError, match=text):
        load_map(path, tiny)


def test_the_command_writes_a_map_that_prepare_reads(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """map, edit, prepare: a column can be renamed or ignored without touching the file or the instrument."""
    file, path = written(tmp_path / "a.csv", ODD, LINE), tmp_path / "map.yaml"
    _, _, err = run(capsys, "map", file, "--instrument", tiny_file, "--out", path)
    assert "1 to be decided" in err
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    decisions = {"Which firm?": "organization", "Our performnce": "p1", "why": "ignore"}
    for entry in content["columns"]:
        entry["is"] = decisions.get(entry["column"], entry["is"])
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    code, _, _ = run(
        capsys, "prepare", file, "--instrument", tiny_file, "--map", path, "--out", tmp_path / "study"
    )
    assert code == 0
    study = open_study(tmp_path / "study")
    assert study.clients == ["A"]
    assert study.survey.raw_responses is not None
    assert study.survey.raw_responses["why"].tolist() == [""]


def test_prepare_takes_decisions_in_python(tmp_path: Path, tiny_file: Path) -> None:
    """The same decisions as options of prepare."""
    decided = {"Which firm?": "organization", "Our performnce": "p1"}
    study = prepare(
        written(tmp_path / "a.csv", ODD, LINE),
        tiny_file,
        tmp_path / "study",
        options=ReadingOptions(columns=decided),
    )
    assert study.clients == ["A"]
