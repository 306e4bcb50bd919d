"""Two runs give identical bytes: on another processor, in another place, time zone and language."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cfanalysis.study.prepared_study import Study

from .conftest import ROOT

PROGRAM = """
import sys
from pathlib import Path

if __name__ == "__main__":
    from cfanalysis.publish.client_batches import ReportSelection, write_client_reports
    from cfanalysis.study.client_extract import cut_extract
    from cfanalysis.publish.batches.destinations import FolderDestination
    from cfanalysis.study.prepared_study import open_study

    study, out = open_study(Path(sys.argv[1])), Path(sys.argv[2])
    cut_extract(study, study.clients[0], out / "extract")
    wanted = ReportSelection(str(study.folder), study.clients[:1])
    entries = write_client_reports(wanted, FolderDestination(out / "reports"), formats=("pdf", "html", "xlsx"), jobs=1)
    sys.exit(entries[0].error or 0)
"""

ELSEWHERE = {
    "OPENBLAS_CORETYPE": "Prescott",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "77",
}
"""Another processor's way of adding, and another place."""
PROCESSORS: list[dict[str, str]] = [
    ELSEWHERE,
    {
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX",
        "TZ": "America/St_Johns",
    },
    {"OPENBLAS_CORETYPE": "Sandybridge", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "TZ": "Pacific/Apia"},
]


def hashes(study: Study, program: Path, out: Path, cwd: Path, **environment: str) -> dict[str, str]:
    """The SHA-256 of every file that a run makes."""
    out.mkdir()
    (out / "reports").mkdir()
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **environment}
    done = subprocess.run(
        [sys.executable, str(program), str(study.folder), str(out)],
        cwd=cwd,
        env=settings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    files = [p for p in out.rglob("*") if p.is_file() and p.name != "ledger.jsonl"]
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.slow
def test_reports_are_the_same_bytes_elsewhere(sample_study: Study, tmp_path: Path) -> None:
    """Extract, PDF, web page, workbook and index, each byte, under another OpenBLAS kernel and without AVX2."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    here = hashes(sample_study, program, tmp_path / "here", ROOT)
    there = hashes(sample_study, program, tmp_path / "there", Path("/"), **ELSEWHERE)
    assert len(here) >= 11
    assert {name for name in here if here[name] != there.get(name)} == set()
    assert here.keys() == there.keys()


def study_hashes(
    folder: Path, file: Path, instrument: Path, cwd: Path, environment: dict[str, str]
) -> dict[str, str]:
    """The SHA-256 of every file of a study that is prepared elsewhere."""
    command = [
        sys.executable,
        "-m",
        "cfanalysis",
        "prepare",
        file,
        "--instrument",
        instrument,
        "--out",
        folder,
    ]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **environment}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@pytest.mark.parametrize(
    "elsewhere", [PROCESSORS[0], *(pytest.param(p, marks=pytest.mark.slow) for p in PROCESSORS[1:])],
    ids=[p["OPENBLAS_CORETYPE"] for p in PROCESSORS],
)  # fmt: skip
def test_a_study_is_the_same_bytes_wherever_it_was_prepared(
    elsewhere: dict[str, str], sample_study: Study, sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """Each file of it, and so its fingerprint: processor, folder, time zone and language do not count."""
    here = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sample_study.folder.iterdir()}
    there = study_hashes(tmp_path / "there", sample_file, instrument_file, Path("/"), elsewhere)
    assert {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)} == set()
