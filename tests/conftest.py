"""What many tests share: a tiny instrument, the sample study, the real data."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from cfanalysis.core.files import atomic_file
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, parse_instrument

# As the command does: an optional checker of notebooks' formats, which takes more than a second to import.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_fonts_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on which fonts a machine has; those about other scripts bring their own."""
    monkeypatch.setattr("cfanalysis.theme.script_fonts._system_paths", tuple)


ROOT = Path(__file__).resolve().parents[1]

# No test fails for being slow, and each run tries the same examples; only `make fuzz` looks for others.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="CFANALYSIS_FUZZ" not in os.environ,
)
settings.load_profile("unhurried")

TINY = """
format: 1
id: tiny
title: Tiny Survey
version: "1"
scales:
  agreement:
    min: 1
    max: 5
    labels: {1: Strongly disagree, 2: Disagree, 3: Neither agree nor disagree, 4: Agree, 5: Strongly agree}
    dont_know: {codes: [9], labels: ["Don't know"]}
dimensions:
  - {id: leadership, title: Leadership}
  - {id: people, title: People}
items:
  - {id: s1, text: We intend it., role: gap, facet: say, dimension: leadership, pair: one, scale: agreement}
  - {id: d1, text: We do it., role: gap, facet: do, dimension: leadership, pair: one, scale: agreement}
  - {id: d2, text: We do not., role: gap, facet: do, dimension: leadership, scale: agreement, reverse: true}
  - {id: s2, text: People are meant to., role: gap, facet: say, dimension: people, scale: agreement}
  - {id: d3, text: People do., role: gap, facet: do, dimension: people, scale: agreement}
  - {id: p1, text: We perform., role: performance, scale: agreement, source: [Performance]}
  - {id: why, text: "What could we do better?", role: open}
organization_fields:
  - {id: sector, title: Sector, options: [Retail, Energy]}
respondent_fields:
  - {id: role, title: Role, options: [leader, front line]}
columns:
  organization: [Company]
missing: ["-99", n/a]
waves: ["2024", "2025"]
indices:
  - {id: performance, title: Performance, items: [p1]}
criterion: performance
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites the kept pictures."""
    parser.addoption(
        "--update-images", action="store_true", help="rewrite the pictures of tests/charts/images"
    )


def pytest_collection_finish() -> None:
    """What was imported stays, and is not looked through again and again for what can be collected."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Studies of the user's own are not met, and none are left among them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """The project folder, and those in which users keep things, are as before, but for the sample's own study."""
    folders = [ROOT, *(ROOT / name for name in ("data", "data/prepared", "notebooks", "reports"))]
    before = {path for folder in folders for path in folder.iterdir()}
    yield
    left = {path for folder in folders for path in folder.iterdir()} - before
    assert not [str(path) for path in left if path.name[0] != "." and path.name not in ("dist", "sample")]


@pytest.fixture(autouse=True)
def own_register(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a register of unfinished files of its own: none removes, or speaks of, what another left."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / f"state-{uuid4().hex}"))


@pytest.fixture(scope="session")
def tiny() -> Instrument:
    """A survey of two dimensions, six rated items and an open one."""
    return parse_instrument(TINY)


@pytest.fixture
def tiny_file(tmp_path: Path) -> Path:
    """The tiny instrument as a file."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def sample_file() -> Path:
    """The export of the synthetic sample."""
    return ROOT / "data" / "sample" / "customer_focus_responses.csv"


@pytest.fixture(scope="session")
def instrument_file() -> Path:
    """The instrument of the synthetic sample."""
    return ROOT / "data" / "instruments" / "customer_focus.yaml"


@pytest.fixture(scope="session")
def sample_study(sample_file: Path, instrument_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The sample, prepared."""
    return prepare(sample_file, instrument_file, tmp_path_factory.mktemp("prepared") / "sample")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], bytes]], Path]:
    """Returns a file of a name: the first process of a run that wants it makes what it holds."""
    folder = tmp_path_factory.getbasetemp()
    shared = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "once"

    def file(name: str, make: Callable[[], bytes]) -> Path:
        path = shared / name
        if not path.is_file():
            content = make()
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_file(path) as aside:
                aside.write_bytes(content)
        return path

    return file


@pytest.fixture(scope="session")
def sample_results(sample_study: Study, once: Callable[[str, Callable[[], bytes]], Path]) -> dict[str, Any]:
    """What each kind of chart draws of the sample."""

    def pickled_results() -> bytes:
        from cfanalysis.charts.gallery import CHARTS, chart_result

        known: dict[Any, Any] = {}
        return pickle.dumps(
            {name: chart_result(kind, sample_study.survey, known=known) for name, kind in CHARTS.items()}
        )

    results: dict[str, Any] = pickle.loads(once("sample_results.pickle", pickled_results).read_bytes())
    return results


@pytest.fixture(scope="session")
def pseudo_catalogs(once: Callable[[str, Callable[[], bytes]], Path]) -> Path:
    """The folder of the compiled catalog of the pseudo-language."""
    from tests.pseudo_language import CODE, pseudo_catalog

    return once(f"catalogs/{CODE}.mo", pseudo_catalog).parent


@pytest.fixture
def study_copy(sample_study: Study, tmp_path: Path) -> Path:
    """The folder of a copy of the sample's study, which may be changed."""
    return Path(shutil.copytree(sample_study.folder, tmp_path / "study"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data that is never kept in the repository; tests skip where it is absent."""
    folder = Path(os.environ.get("CFANALYSIS_REAL_DATA", ROOT.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set CFANALYSIS_REAL_DATA)")
    return folder
