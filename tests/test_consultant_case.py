"""A consultant's four years, from the empty workspace to the last step, with the data that lie beside the project.

Own questionnaire, names spelled differently every year, a client who arrives later, a correction, a deletion, a client
of one respondent. Where these data are absent, `test_deliver` plays a year of made-up data.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cfanalysis.core.resources import shipped_file

from .short_reports import short_report
from .test_deliver import lines, run

CASE = Path(__file__).resolve().parents[1].parent / "shared" / "cases" / "consultant"
EXPORTS, INSTRUMENT = CASE / "exports", str(CASE / "compass.yaml")
YEARS = ("2022", "2023", "2024", "2025")

pytestmark = pytest.mark.skipif(not CASE.is_dir(), reason="the consultant's data are not beside the project")


def test_the_years_of_a_consultant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """35 organizations; only what changes is sent; what was sent is verified; of a deleted client nothing is left."""
    run(capsys, "init", tmp_path / "wb")
    monkeypatch.chdir(tmp_path / "wb")
    short_report(Path("notebooks/client_report.ipynb"), "summary", "comments")
    asked = ("--instrument", INSTRUMENT)
    for year in YEARS:
        run(capsys, "database", "import", EXPORTS / f"survey_{year}.xlsx", *asked, "--wave", year)
    prepare = (
        "prepare",
        "--from-database",
        "data/benchmark.sqlite",
        "--out",
        "data/prepared/bench",
        "--replace",
    )
    said = run(capsys, *prepare)
    assert "41 organizations" in said
    assert len(lines(said, "proposed")) == 6
    assert "Names alike: 6" in said

    run(capsys, "database", "alias", "--all")
    run(capsys, "database", "import", "--organizations", CASE / "organizations.xlsx", *asked)
    said = run(capsys, *prepare)
    assert "35 organizations" in said
    assert lines(said, "proposed") == []
    assert lines(said, "verdict")[0].startswith("Descriptive")

    named = [
        o for name in ("Mueller Maschinenbau", "Banco del Norte", "Delta Leasing") for o in ("--client", name)
    ]
    like = ("--benchmark", "sector", "--brand", CASE / "brand" / "brand.yaml", "--notes", CASE / "notes.csv")
    run(capsys, "report", "bench", *named, "--publish", *like, "--format", "html")
    reports = Path("reports/bench/clients")
    sent = shutil.copy(reports / "mueller-maschinenbau-gmbh.html", tmp_path / "from the client.html")

    new = ("--organizations", CASE / "organizations_new.xlsx", "--wave", "2025", *asked)
    said = run(capsys, "deliver", EXPORTS / "apotheke_sued_2025.xlsx", *new, "--dry-run")
    assert lines(said, "change") == ["Apotheke Süd eG: new client, 25 respondents in 2025"]
    said = run(capsys, "deliver", EXPORTS / "apotheke_sued_2025.xlsx", *new)
    assert lines(said, "send") == ["apotheke-sued-eg.html: new client, 25 respondents in 2025"]
    assert "1 done, 3 unchanged" in said
    assert len(said.splitlines()) <= 24

    corrected = (EXPORTS / "survey_2024_corrected.xlsx", *asked, "--wave", "2024")
    assert "--replaces 3" in run(capsys, "deliver", *corrected, code=1)
    said = run(capsys, "deliver", *corrected, "--replaces", "3")
    assert lines(said, "send") == ["mueller-maschinenbau-gmbh.html: edition 2, 2024, row 12, q02: 1 -> 7"]
    verify = ("--study", "bench", "--brand", CASE / "brand" / "brand.yaml")
    said = run(capsys, "verify", sent, *verify)
    assert "replaced it" in said
    assert "made from the state of" in said
    assert "The file is what the study gives." in said

    run(capsys, "database", "erase", "Delta Leasing", "--yes")
    assert not list(Path("reports").rglob("delta*"))
    said = run(capsys, "deliver", *corrected)
    assert "Delta" not in said
    assert "35 organizations" in said
    run(capsys, "report", "bench", "--resume")
    run(capsys, "verify", reports / "banco-del-norte.html", *verify)

    Path("solo.csv").write_text("organization,sector\nSolo Ltd,Industry\n", encoding="utf-8")
    solo = ("--wave", "2025", "--replaces", "4", "--organizations", "solo.csv")
    said = run(capsys, "deliver", EXPORTS / "solo.xlsx", *asked, *solo)
    assert "solo-ltd.html: new client, 1 respondent in 2025" in lines(said, "send")
    shipped = ("--notebook", shipped_file("notebooks", "client_report.ipynb"), "--out", "shipped")
    run(capsys, "report", "bench", "--client", "Solo Ltd", "--format", "html", *like, *shipped)
