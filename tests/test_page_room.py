"""The pages of a report are filled: none but the last is more than a third empty below its last line."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cfanalysis.publish.single_report import publish
from cfanalysis.study.client_extract import cut_extract
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

from .conftest import ROOT
from .hard_surveys import MANY, ONE, TIED, hard_study

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler-utils"),
]

CONSULTANT = ROOT.parent / "shared" / "cases" / "consultant"
TOP, BOTTOM = 68, 66  # points of a page above and below the text
LETTER = "paper: letter\n"


def empty_shares(pdf: Path, folder: Path) -> list[float]:
    """The share of each page's text area that is empty below its last line or picture."""
    subprocess.run(["pdftoppm", "-gray", "-r", "72", pdf, folder / "page"], check=True)
    shares = []
    for page in sorted(folder.glob("page-*.pgm")):
        with Image.open(page) as picture:
            text = np.asarray(picture)[TOP : picture.height - BOTTOM]
        inked = np.flatnonzero((text < 250).any(axis=1))
        shares.append(1 - (inked[-1] + 1 if len(inked) else 0) / len(text))
    return shares


def client_pages(
    study: Study, client: str, folder: Path, brand: Path | None = None, language: str = ""
) -> list[float]:
    """How empty the pages of a client's report are."""
    parameters = {"extract": str(cut_extract(study, client, folder / "extract", language=language))}
    publish(
        ROOT / "notebooks" / "client_report.ipynb",
        parameters,
        output_folder=folder,
        name="r",
        formats=("pdf",),
        brand=brand,
        language=language,
    )
    return empty_shares(folder / "r.pdf", folder)


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Study]:
    studies: dict[int, Study] = {}

    def study(top: int) -> Study:
        if top not in studies:
            studies[top] = hard_study(tmp_path_factory.mktemp("hard"), top)
        return studies[top]

    return study


def is_filled(shares: list[float]) -> bool:
    return max(shares[:-1], default=0.0) <= 1 / 3


def on_paper(paper: str, folder: Path) -> Path | None:
    """The brand file that asks for a paper; None for the paper that is taken without one."""
    if not paper:
        return None
    brand = folder / "brand.yaml"
    brand.write_text(paper, encoding="utf-8")
    return brand


@pytest.mark.parametrize(("paper", "language"), [("", "en"), (LETTER, "en"), ("", "de"), (LETTER, "fr")])
def test_pages_of_the_sample_are_filled(
    sample_study: Study, tmp_path: Path, paper: str, language: str
) -> None:
    """Of either paper, and in languages that say it in more words."""
    brand = on_paper(paper, tmp_path)
    shares = client_pages(sample_study, sample_study.clients[0], tmp_path, brand, language)
    assert is_filled(shares), shares


@pytest.mark.skipif(not CONSULTANT.is_dir(), reason="the consultant's files are not beside the project")
@pytest.mark.parametrize("paper", ["", LETTER, "cover: false\n" + LETTER])
def test_pages_of_an_own_instrument_are_filled(tmp_path: Path, paper: str) -> None:
    """Five dimensions, seven categories, roles, open questions; of either paper, with a cover and without."""
    study = prepare(CONSULTANT / "exports/survey_2025.xlsx", CONSULTANT / "compass.yaml", tmp_path / "study")
    shares = client_pages(study, study.clients[0], tmp_path, on_paper(paper, tmp_path))
    assert is_filled(shares), shares


@pytest.mark.parametrize(
    ("top", "client", "paper"),
    [(7, MANY, ""), (7, MANY, LETTER), (7, ONE, ""), (10, TIED, ""), (10, TIED, LETTER), (10, MANY, "")],
)
def test_pages_of_a_hard_survey_are_filled(
    hard: Callable[[int], Study], tmp_path: Path, top: int, client: str, paper: str
) -> None:
    """Names of eighty characters, scales of seven and eleven points, one respondent, all alike."""
    shares = client_pages(hard(top), client, tmp_path, on_paper(paper, tmp_path))
    assert is_filled(shares), shares
