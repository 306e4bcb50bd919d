"""The documents around the project: numbers, pictures, licences, citation, and what is made from the code."""

from __future__ import annotations

import re
import sys
import tomllib
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from PIL import Image

from cfanalysis import __version__
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def module(folder: str, name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A program of the documentation."""
    monkeypatch.syspath_prepend(str(ROOT / folder))
    sys.modules.pop(name, None)
    return import_module(name)


def in_words(verdict: dict[str, Any], decimals: int) -> str:
    """A verdict as the README has it."""
    delta, ceiling = verdict["delta"], verdict["ceiling_benchmark"]
    low, high = (f"{delta[key]:.{decimals}f}" for key in ("low", "high"))
    return (
        f"**{verdict['verdict']}**. Contrast {delta['estimate']:.{decimals}f} points ({low} to {high}), "
        f"ceiling alone {ceiling['estimate']:.3f}, n = {verdict['n']}."
    )


def test_the_readme_has_the_verdict_of_the_sample(sample_study: Study) -> None:
    """The first of the five lines is what the sample gives."""
    assert f"with such an effect: {in_words(sample_study.verdict, 2)}" in README


@pytest.mark.parametrize("year", ["2022", "2023"])
def test_the_readme_has_the_verdict_of_real_data(year: str, real_data: Path, tmp_path: Path) -> None:
    """The second and third are what the published tables of the Federal Employee Viewpoint Survey give."""
    tables = real_data / "fevs" / f"fevs_{year}_govwide_report_by_agency.xlsx"
    study = prepare(tables, ROOT / "data" / "instruments" / f"fevs_{year}.yaml", tmp_path / "fevs")
    line = next(x for x in README.splitlines() if re.match(r"\d\. ", x) and year in x)
    assert in_words(study.verdict, 3) in line


def table(page: str) -> dict[str, list[str]]:
    """The rows of a page's tables, by their first cell."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return {row[0]: row[1:] for row in rows}


def test_the_readme_has_the_error_rates_of_the_calibration() -> None:
    """The fourth line is that of the calibration's table."""
    text = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    worlds, mean, most = re.findall(
        r"(\d+) worlds\. \*Supported\* in ([\d.]+ %) of these surveys on average and in at most ([\d.]+ %)",
        text,
    )[0]
    denied = re.findall(r"\*contradicted\* in ([\d.]+ %) on average and in at most ([\d.]+ %)", text)[0]
    nulls = text.split("## Two things at once")[0]
    naive = max(float(row.split("|")[6].strip(" %")) for row in nulls.splitlines() if " %," in row)
    assert (
        f'In {worlds} kinds of simulated surveys without an effect it says "supported" in {mean} on average'
        in README
    )
    assert f'and {most} in the worst, "contradicted" in {denied[0]} and {denied[1]}' in README
    assert f"claims it in up to {naive:.1f} %" in README
    said = (ROOT / "docs" / "what_reports_say.md").read_text(encoding="utf-8")
    assert f"*supported* came out in {mean} on average and in {most} of the worst kind" in said


def test_the_method_has_the_error_rates_of_the_calibration() -> None:
    """The excerpt in docs/method.md says what docs/calibration.md says."""
    calibration = table("calibration.md")
    excerpt = {k: v for k, v in table("method.md").items() if re.match(r"(nothing to find|an effect of)", k)}
    assert len(excerpt) == 10
    for name, (world, supported, naive) in excerpt.items():
        row = calibration[world]
        assert (supported, naive) == (re.match(r"[\d.]+ %", row[0])[0], row[4]), name  # type: ignore[index]


def test_a_small_calibration_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty made-up surveys of a few worlds: no rate is beyond its limit by more than chance."""
    calibrate = module("benchmarks/calibration", "calibrate", monkeypatch)
    monkeypatch.setattr(calibrate, "BATCH", 40)
    assert calibrate.small() == []


@pytest.mark.parametrize("name", ["client_report.png", "quartile_gap.png"])
def test_pictures_are_small_and_described(name: str) -> None:
    """Each picture of the README is below 200 kB, not tiny, and has an alternative text."""
    path = ROOT / "docs" / "pictures" / name
    assert path.stat().st_size < 200_000
    with Image.open(path) as picture:
        assert picture.width >= 700
    assert re.search(rf'src="docs/pictures/{name}"[^>]*alt="[^"]{{40,}}"', README)


def test_no_package_at_run_time_is_under_the_gpl(monkeypatch: pytest.MonkeyPatch) -> None:
    """What users install is free of the GPL, down to the last requirement; each licence is known."""
    licences = module("docs", "licences", monkeypatch)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    found = {}
    for requirements in (
        project["dependencies"],
        *(extras[e] for e in extras if e not in licences.NOT_HANDED_ON),
    ):
        with suppress(PackageNotFoundError):  # an extra that is not installed here
            found |= {name: licences.licence(p) for name, p in licences.closure(requirements).items()}
    assert {"pandas", "matplotlib", "typst", "nbconvert"} <= set(found)
    assert {name: words for name, words in found.items() if licences.is_copyleft(words)} == {}
    assert {name for name, words in found.items() if words in ("not declared", "UNKNOWN", "")} == set()


@pytest.mark.parametrize(
    ("words", "copyleft"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("AGPL-3.0", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v2 (LGPLv2)", False),
        ("MIT OR GPL-2.0", False),
        ("BSD-3-Clause", False),
    ],
)
def test_the_gpl_is_told_from_other_licences(
    words: str, copyleft: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The LGPL and a choice of licences do not count as the GPL."""
    assert module("docs", "licences", monkeypatch).is_copyleft(words) is copyleft


def test_third_party_licences_name_every_requirement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each declared requirement of the package, and the font, stands in THIRD_PARTY_LICENSES.md."""
    text = (ROOT / "THIRD_PARTY_LICENSES.md").read_text(encoding="utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    left_out = module("docs", "licences", monkeypatch).NOT_HANDED_ON
    extras = {k: v for k, v in project["optional-dependencies"].items() if k not in left_out}
    declared = [*project["dependencies"], *(r for requirements in extras.values() for r in requirements)]
    names = [re.split(r"[><=\[]", requirement)[0].lower().replace("_", "-") for requirement in declared]
    assert [name for name in names if f"| [{name}](" not in text] == []
    assert "ibm plex sans" in text


def test_the_citation_is_that_of_this_version() -> None:
    """CITATION.cff has what version 1.2.0 of its format demands, and this version."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == __version__
    assert all("name" in a or "family-names" in a for a in citation["authors"])


def test_the_changelog_keeps_its_form() -> None:
    """Each heading is a version with its date or Unreleased, each section one of the six kinds of change."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.+)$", text, flags=re.M)
    assert versions
    assert all(re.fullmatch(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", v) for v in versions)
    kinds = set(re.findall(r"^### (.+)$", text, flags=re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_command_reference_is_that_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/commands.md is what the commands say; ``make docs`` rewrites it."""
    page = module("docs/_ext", "command_pages", monkeypatch).page()
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == page
