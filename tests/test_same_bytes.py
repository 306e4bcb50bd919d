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
