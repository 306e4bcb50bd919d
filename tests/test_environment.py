"""environment.yml, pyproject.toml and the locked requirements say the same."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conftest import ROOT

CONDA_NAMES = {"matplotlib": "matplotlib-base", "nbconvert": "nbconvert-core", "seaborn": "seaborn-base"}
"""Where conda-forge has the same package under another name (without optional dependencies)."""


def project() -> dict:  # type: ignore[type-arg]
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def environment() -> list:  # type: ignore[type-arg]
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def pip_part() -> list[str]:
    return next(entry["pip"] for entry in environment() if isinstance(entry, dict))


def test_conda_environment_is_in_step() -> None:
    """Each dependency stands in environment.yml once, under conda-forge's name, with the same bound."""
    conda = [entry for entry in environment() if isinstance(entry, str)]
    pip = [entry for entry in pip_part() if not entry.startswith("-")]
    expected = []
    for text in project()["dependencies"]:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        expected.append(f"{CONDA_NAMES.get(name, name)}{requirement.specifier}")
    found = [e for e in (*conda, *pip) if e not in ("pip",) and not e.startswith("python>")]
    assert sorted(found) == sorted(expected)
    assert f"python{project()['requires-python']}" in conda


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_locked_requirements_have_hashes_and_name_no_index(name: str) -> None:
    """Each pinned requirement has a hash; no index, host or local path is named."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--trusted-host|--find-links|file:", text)
    for entry in re.split(r"\n(?=[a-z0-9])", text.split("\n", 2)[2]):
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", entry), entry[:60]
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("requirements.txt", ["build", "widgets"]),
        (
            "requirements-test.txt",
            ["build", "widgets", "dist", "test", "cluster", "postgres", "browser", "docs"],
        ),
    ],
)
def test_locked_requirements_cover_the_dependencies(name: str, extras: list[str]) -> None:
    """Each dependency is pinned at a version within its bound."""
    pins = dict(
        re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    )
    wanted = [*project()["dependencies"], *(r for e in extras for r in project()["optional-dependencies"][e])]
    for text in wanted:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), text


@pytest.mark.system
def test_the_pip_part_of_the_environment_installs(tmp_path: Path) -> None:
    """What conda leaves to pip can be installed and imported."""
    packages = [entry for entry in pip_part() if not entry.startswith("-")]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(tmp_path),
        *packages,
    ]
    subprocess.run(command, check=True)
    names = ", ".join(Requirement(p).name for p in packages)
    subprocess.run([sys.executable, "-c", f"import {names}"], check=True, cwd=tmp_path)


def test_the_workflow_calls_what_ci_calls() -> None:
    """The jobs of a public git host make the targets of .ci/run."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    targets = workflow["jobs"]["make"]["strategy"]["matrix"]["target"]
    assert targets == re.findall(
        r"^make (\S+)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_pre_commit_runs_what_lint_runs() -> None:
    """Each command of make lint is a hook; the hooks that take files are given them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert lint is not None
    commands = [
        line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in lint[1].splitlines()
    ]
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for repo in configured["repos"] for hook in repo["hooks"]] == commands
