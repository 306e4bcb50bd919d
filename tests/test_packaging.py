"""What is distributed: whole, checked, typed, and at work in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from .conftest import ROOT

CLIENT = '''
"""A program that uses the package by its types."""

from pathlib import Path

from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.scoring.say_do_gap import say_do_gaps
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study, open_study


def widest(study: Study) -> str:
    gaps = say_do_gaps(study.survey.shares, study.survey.instrument)
    return str(gaps.sort_values("gap")["organization"].iloc[-1])


made: Study = prepare(Path("answers.csv"), Path("customer_focus"), Path("study"))
print(widest(open_study(made.folder)), open_extract(cut_extract(made, made.clients[0], Path("one"))).n + 1)
'''
WRONG = "from cfanalysis.study.prepared_study import open_study\nopen_study(5)\n"


def ran(*command: object, cwd: Path, **environment: str) -> str:
    """What a command says on standard output; it must succeed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CFANALYSIS", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with sdist and wheel, built from a copy; the wheel is built from the sdist."""
    pytest.importorskip("build", reason="needs the extra dist")
    copy = tmp_path_factory.mktemp("source") / "cfanalysis"
    unwanted = (".git", ".venv", ".hypothesis", "__pycache__", ".*_cache", "_build", "dist", "build")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*unwanted))
    for folder in ("data/prepared", "reports"):
        (copy / folder / "private").mkdir(parents=True, exist_ok=True)
        (copy / folder / "private" / "answers.csv").write_text("of somebody", encoding="utf-8")
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ".", cwd=copy)
    return folder


@pytest.fixture(scope="module")
def wheel(distribution: Path) -> Path:
    [path] = distribution.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of an environment with the wheel are; dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("environment") / "v"
    ran(sys.executable, "-m", "venv", folder, cwd=wheel.parent)
    site = next((folder / "lib").glob("python3.*")) / "site-packages"
    here = next(path for path in map(Path, sys.path) if (path / "pandas").is_dir())
    (site / "dependencies.pth").write_text(f"{here}\n", encoding="utf-8")
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    ran(*pip, "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=wheel.parent)
    return folder / "bin"


@pytest.mark.slow
def test_twine_has_nothing_to_say(distribution: Path) -> None:
    """Metadata and the long description are right for an index."""
    pytest.importorskip("twine", reason="needs the extra dist")
    said = ran(sys.executable, "-m", "twine", "check", "--strict", *distribution.iterdir(), cwd=distribution)
    assert said.count("PASSED") == 2


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_workbook(wheel: Path) -> None:
    """Every file of the package is in it (fonts, templates, types), with notebooks, instruments and the sample."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "cfanalysis").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith(".pyc")
    }
    assert package - names == set()
    shipped = [*(ROOT / "notebooks").glob("*.[iy]*"), *(ROOT / "data" / "instruments").glob("*.yaml")]
    shipped.append(ROOT / "data" / "sample" / "customer_focus_responses.csv")
    assert {f"cfanalysis/bundled/{path.relative_to(ROOT).as_posix()}" for path in shipped} <= names
    assert "cfanalysis/py.typed" in names
    assert sum(name.endswith(".woff2") for name in names) >= 12
    assert sum("/licenses/" in name for name in names) >= 2
    assert not [name for name in names if "private" in name or name.split("/")[0] in ("tests", "docs")]


@pytest.mark.slow
def test_the_sdist_holds_what_it_takes_to_build_and_test(distribution: Path) -> None:
    """Sources, tests, data and documents, and nothing that was prepared or published."""
    [path] = distribution.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    parts = ("pyproject.toml", "Makefile", "README.md", "LICENSE", "requirements.txt", "environment.yml")
    parts += (
        "tests/conftest.py",
        "notebooks/start.ipynb",
        "data/instruments/customer_focus.yaml",
        "docs/method.md",
    )
    assert set(parts) <= names
    assert not [name for name in names if "private" in name or ".venv" in name or "__pycache__" in name]


@pytest.mark.slow
def test_a_program_is_checked_against_the_types_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    """mypy --strict knows the package's types in a client's program, and sees a wrong argument."""
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    check = [sys.executable, "-m", "mypy", "--strict", f"--python-executable={installed / 'python'}"]
    ran(*check, "client.py", cwd=tmp_path)
    done = subprocess.run([*check, "wrong.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert '"open_study" has incompatible type "int"; expected "Path"' in done.stdout


@pytest.mark.slow
def test_a_new_workbook_works_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """Away from the repository: `cfanalysis init`, `make report`, and the start notebook on its defaults."""
    python = installed / "python"
    at_home = {"HOME": str(tmp_path), "PATH": f"{installed}{os.pathsep}{os.environ['PATH']}"}
    place = ran(python, "-c", "import cfanalysis; print(cfanalysis.__file__)", cwd=tmp_path, **at_home)
    assert str(installed.parent) in place
    ran(python, "-m", "cfanalysis", "init", "workbook", cwd=tmp_path, **at_home)
    workbook = tmp_path / "workbook"
    tools = {name: f"{name}={python} -m {name}" for name in ("cfanalysis", "jupyter")}
    ran("make", "report", f"CFANALYSIS={installed / 'cfanalysis'}", tools["jupyter"], cwd=workbook, **at_home)
    reports = workbook / "reports" / "sample"
    assert (reports / "clients" / "alderbarrow-pumps.pdf").read_bytes().startswith(b"%PDF-")
    assert (reports / "quartile_gaps.html").is_file()
    shutil.rmtree(reports)
    papermill = [
        python,
        "-m",
        "papermill",
        "--kernel",
        "python3",
        "--engine",
        "cfanalysis",
        "--no-progress-bar",
    ]
    ran(*papermill, "start.ipynb", tmp_path / "out.ipynb", cwd=workbook / "notebooks", **at_home)
    assert (reports / "clients" / "alderbarrow-pumps.pdf").is_file()


def test_supported_versions_of_python_are_named_as_required() -> None:
    """Each classifier of a Python version lies within `requires-python`, and the lowest is its bound."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [
        c.rpartition(" ")[2]
        for c in about["classifiers"]
        if c.startswith("Programming Language :: Python :: 3.")
    ]
    required = SpecifierSet(about["requires-python"])
    assert all(f"{version}.0" in required for version in named)
    assert f">={named[0]}" == str(required)


def test_every_dependency_has_a_lower_bound() -> None:
    """No dependency is taken at any version whatever."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*about["dependencies"], *(t for extra in about["optional-dependencies"].values() for t in extra)]
    assert [
        t for t in texts if not any(s.operator in (">=", "==", "~=") for s in Requirement(t).specifier)
    ] == []
