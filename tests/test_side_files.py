"""Auxiliary files: outcomes and facts of organizations, compared with the study; what does not fit is listed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake.auxiliary_files import read_organizations, read_outcomes
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.survey.instrument import Instrument

from .conftest import TINY
from .test_cli import run
from .test_intake import HEADER, written

LINES = [
    f"{name},r{name}{i},2024,1,2,3,4,5,4,words" for name in ("Alder", "Birch", "ALDER LTD") for i in range(2)
]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three spellings of two organizations, outcomes and facts, some of which fit nothing."""
    folder = tmp_path_factory.mktemp("side")
    instrument = written(folder / "tiny.yaml", TINY)
    outcomes = written(
        folder / "outcomes.csv",
        "organization;wave;outcome;value;n",
        "alder;2024;growth;1,5;10",
        "Birch;;growth;-2,25;",
        "Brich;2024;growth;3,5;",
        "Birch;2031;growth;4,5;",
    )
    facts = written(
        folder / "organizations.csv",
        "organization,aliases,sector,invited,peer_group,colour",
        "Alder,Alder Ltd|The Alder,energy,40,big,red",
        "Cedar,,Retail,5,small,blue",
    )
    return prepare(
        written(folder / "a.csv", HEADER, *LINES),
        instrument,
        folder / "study",
        outcomes=outcomes,
        organizations=facts,
    )


def test_aliases_are_applied_and_logged(study: Study) -> None:
    """A name that the organizations file lists as an alias is the organization, and each cell is in the log."""
    assert study.clients == ["Alder", "Birch"]
    changed = [c for c in study.cleaning_log["changes"] if c["rule"] == "organization_alias"]
    assert [(c["row"], c["before"], c["after"]) for c in changed] == [
        (6, "ALDER LTD", "Alder"),
        (7, "ALDER LTD", "Alder"),
    ]


def test_facts_are_joined(study: Study) -> None:
    """Facts of the file win, under the spelling of the options; invitations are whole numbers, else missing."""
    table = study.survey.organizations.set_index("organization")
    assert table.loc["Alder", ["sector", "invited", "peer_group"]].tolist() == ["Energy", 40, "big"]
    assert table["invited"].isna().to_dict() == {"Alder": False, "Birch": True}
    assert table.loc["Birch", "peer_group"] == ""


def test_outcomes_are_joined(study: Study) -> None:
    """Names are compared without case, a missing wave means every wave, and the decimal comma is understood."""
    outcomes = study.survey.outcomes
    assert outcomes is not None
    assert outcomes[["organization", "wave", "outcome", "value"]].to_numpy().tolist() == [
        ["Alder", "2024", "growth", 1.5],
        ["Birch", "2024", "growth", -2.25],
    ]
    assert outcomes["n"].isna().tolist() == [False, True]


def test_what_does_not_fit_is_listed(study: Study) -> None:
    """Unknown organizations with the nearest name, unknown waves, and organizations without a row."""
    unmatched = {
        (u["file"], u["row"], u["organization"], u["problem"], u["proposal"])
        for u in study.cleaning_log["unmatched"]
    }
    assert unmatched == {
        ("outcomes", "4", "Brich", "no such organization in the study", "Birch"),
        ("outcomes", "5", "Birch", "the organization has no answers in this wave", ""),
        ("organizations", "3", "Cedar", "no such organization in the study", ""),
        ("organizations", "", "Birch", "an organization of the study that the file lacks", ""),
    }
    assert any("columns that mean nothing here: colour" in note for note in study.cleaning_log["notes"])


def test_the_study_holds_the_outcomes_and_knows_its_inputs(study: Study) -> None:
    """outcomes.parquet is part of the study; the manifest names all input files."""
    assert open_study(study.folder).survey.outcomes is not None
    assert [i["name"] for i in study.manifest["inputs"]] == [
        "a.csv",
        "tiny.yaml",
        "outcomes.csv",
        "organizations.csv",
    ]


def test_the_command_says_what_does_not_fit(
    tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """prepare prints the rows of auxiliary files that belong to nobody."""
    outcomes = written(tmp_path / "o.csv", "organization,outcome,value", "Brich,growth,1")
    file = written(tmp_path / "a.csv", HEADER, *LINES)
    arguments = ["prepare", file, "--instrument", tiny_file, "--out", tmp_path / "s", "--outcomes", outcomes]
    code, _, err = run(capsys, *arguments)
    assert code == 0
    assert "outcomes row 2: Brich: no such organization in the study; did you mean Birch?" in err


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["organization,outcome", "A,growth"], "missing column 'value'"),
        (["organization,outcome,value", "A,growth,much"], "row 2, column value: 'much' is not a number"),
        (["organization,outcome,value", "A,growth,"], "row 2, column value: '' is not a number"),
        (["organization,outcome,value,n", "A,growth,1,2.5"], "'2.5' is not a whole number"),
        (["organization,outcome,value", "A,growth,1", "a,Growth,2"], "stands more than once"),
        (["organization,outcome,value", ",growth,1"], "row 2: no organization"),
    ],
)
def test_wrong_outcomes_are_refused(tmp_path: Path, tiny: Instrument, lines: list[str], text: str) -> None:
    """A cell that is wrong is named with row and column; nothing is guessed."""
    with pytest.raises(IntakeError) as caught:
        read_outcomes(written(tmp_path / "o.csv", *lines), tiny)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["name,sector", "A,Retail"], "missing column 'organization'"),
        (["organization,sector", "A,Mining"], "column sector: 'Mining' is none of Retail, Energy"),
        (["organization,invited", "A,many"], "'many' is not a whole number"),
        (["organization,aliases", "A,x", "B,X"], "the alias 'X' of 'B' belongs to 'A' too"),
        (["organization,aliases", "A,b", "B,"], "the alias 'b' of 'A' belongs to 'B' too"),
        (["organization,aliases", "A,", "a,"], "stands more than once"),
    ],
)
def test_wrong_organizations_are_refused(
    tmp_path: Path, tiny: Instrument, lines: list[str], text: str
) -> None:
    """Options, numbers and aliases are checked, all problems in one message."""
    with pytest.raises(IntakeError) as caught:
        read_organizations(written(tmp_path / "o.csv", *lines), tiny)
    assert text in str(caught.value)


@pytest.mark.parametrize("kind", ["bytes", "delimiters", "decimals", "sheets"])
@pytest.mark.parametrize("option", ["--outcomes", "--organizations", "--clients", "--notes", "--comments"])
def test_no_option_is_advised_that_the_file_has_not(
    kind: str, option: str, study: Study, tmp_path: Path, tiny_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Encoding, delimiter, decimal sign and sheet are options of the survey's own file: of others, how to save them."""
    path = tmp_path / ("side.xlsx" if kind == "sheets" else "side.csv")
    columns = "organization,outcome,value,client,note,decision,question,answer,text"
    if kind == "sheets":
        with pd.ExcelWriter(path) as book:
            for title in ("one", "two"):
                pd.DataFrame([["x"] * 9], columns=columns.split(",")).to_excel(
                    book, sheet_name=title, index=False
                )
    else:
        text = {
            "bytes": bytes(range(128, 256)) * 9,
            "delimiters": f"{columns},z;{columns.replace(',', ';')}\n{',' * 9}x;{';' * 8}\n".encode(),
            "decimals": f'{columns}\nAlder,growth,1.5\nBirch,growth,"2,5"\n'.encode(),
        }
        path.write_bytes(text[kind])
    if option in ("--outcomes", "--organizations"):
        given = [
            "prepare",
            study.folder.parent / "a.csv",
            "--instrument",
            tiny_file,
            "--out",
            tmp_path / "other",
        ]
    else:
        given = ["report", study.folder, *(["--all"] if option != "--clients" else [])]
    code, _, err = run(capsys, *given, option, path)
    advised = {"--encoding", "--delimiter", "--decimal", "--sheet"} & set(err.replace("'", " ").split())
    assert (code, advised) == (1, set()), err
