from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.pdf import typst_pdf

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="needs poppler-utils"),
]


@pytest.fixture
def report(full_report: Any, tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(typst_pdf(document(full_report, name="trial", folder=None))[0])
    return path


def _run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    # Some versions of poppler take a boolean /Suspects, as PDF 1.7 has it, for an error; they also warn of
    # border colours given for each side, which it allows.
    said = [line for line in done.stderr.splitlines() if "Error" in line and "Suspects object" not in line]
    assert said == []
    return done.stdout


def test_another_reader_finds_tags_fonts_and_words(report: Path) -> None:
    """Poppler reads the file without complaint: tagged, every font embedded, the words in order."""
    assert "Tagged:          yes" in _run("pdfinfo", report)
    fonts = [line.split() for line in _run("pdffonts", report).splitlines()[2:]]
    assert fonts
    assert all(line[-5] == "yes" for line in fonts)
    words = _run("pdftotext", report, "-")
    assert words.index("Self Assessment") < words.index("Say and Do") < words.index("Leadership")
    structure = _run("pdfinfo", "-struct", report)
    key_figures, table = structure.index("Table"), structure.rindex("Table")
    assert structure.index("H1") < key_figures < structure.index("H2") < structure.index("Figure") < table
