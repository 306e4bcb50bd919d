"""A brand's own letters, on page, in PDF and in charts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import pikepdf
import pytest
from matplotlib import font_manager

from cfanalysis.charts.chart_rendering import svg_text
from cfanalysis.core.errors import PublishError
from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.html import html_page
from cfanalysis.publish.rendering.pdf import typst_pdf
from cfanalysis.theme.brand import brand_files, brand_hash, load_brand
from cfanalysis.theme.style import apply_theme, theme_for_brand

from ..batch_program import run

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
SERIF = {"regular": "DejaVuSerif.ttf", "bold": "DejaVuSerif-Bold.ttf", "italic": "DejaVuSerif-Italic.ttf"}
LACKING = "\N{BALLOT BOX WITH CHECK} \N{CJK UNIFIED IDEOGRAPH-6F22}"
WORDS = f"# Łódź\n\nplain *slanted* **strong** {LACKING}\n\n`code \N{BALLOT BOX WITH X}`"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for copies of fonts."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of fonts lie in a folder of the tests' own."""
    monkeypatch.setattr(matplotlib, "get_cachedir", lambda: str(cache))


@pytest.fixture(scope="module")
def serif(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three faces of a serif with Latin and Greek letters alone: small fonts are made ready sooner."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    folder = tmp_path_factory.mktemp("serif") / "letters"
    folder.mkdir()
    for name in SERIF.values():
        font, kept = TTFont(FONTS / name), subset.Subsetter(subset.Options(name_IDs=["*"], hinting=False))
        kept.populate(unicodes=[*range(0x20, 0x250), *range(0x370, 0x400), *range(0x2010, 0x2040)])
        kept.subset(font)
        font.save(folder / name)
    return folder


@pytest.fixture
def brand(serif: Path, tmp_path: Path) -> Path:
    """A brand with three faces in a folder below it."""
    shutil.copytree(serif, tmp_path / "house" / "letters")
    lines = "".join(f"  {face}: letters/{name}\n" for face, name in SERIF.items())
    (tmp_path / "house" / "brand.yaml").write_text(f"fonts:\n{lines}")
    return tmp_path / "house" / "brand.yaml"


def without(font: Path, letters: str, target: Path) -> Path:
    """Write a copy of a font that lacks some letters."""
    from fontTools.ttLib import TTFont

    cut = TTFont(font)
    for table in cut["cmap"].tables:
        table.cmap = {code: glyph for code, glyph in table.cmap.items() if chr(code) not in letters}
    cut.save(target)
    return target


def fonts_of(written: bytes, folder: Path) -> set[str]:
    """The fonts in a PDF, by their PostScript names."""
    (folder / "a.pdf").write_bytes(written)
    with pikepdf.open(folder / "a.pdf") as made:
        found = [
            str(o.BaseFont) for o in made.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o
        ]
    return {re.sub(r"^/[A-Z]{6}\+|-Identity-H$", "", name) for name in found}


def test_pdf_and_page_are_set_in_the_brands_letters(brand: Path, make: Any, tmp_path: Path) -> None:
    """Three faces of its own; ours for code and for what it lacks; twice the same bytes."""
    with use_publication(Publication(str(brand))):
        read = document(make.notebook(make.markdown(WORDS)), name="a", folder=None)
    written, remarks = typst_pdf(read)
    assert fonts_of(written, tmp_path) == {
        "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSans", "DejaVuSansMono"
    }  # fmt: skip
    assert remarks[0] == "the brand's font lacks U+2611 BALLOT BOX WITH CHECK: drawn in the house's font"
    assert remarks[1].startswith("no font here draws Han (U+6F22): shown by code point")
    web = html_page(read)
    family = read.brand.typeface.family if read.brand.typeface else ""
    assert family.startswith("DejaVu Serif Brand ")
    faces = re.findall(rf"@font-face{{font-family:'{family}';font-style:(\w+);font-weight:(\d+)", web)
    assert set(faces) == {("normal", "400"), ("normal", "600"), ("italic", "400")}
    assert len(faces) == 6  # Latin and Latin extended; neither Greek nor Cyrillic
    assert f"--sans:'{family}'" in web
    assert (typst_pdf(read)[0], html_page(read)) == (written, web)


def test_copies_are_the_same_wherever_they_are_made(
    brand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another cache, another day: the same bytes in the same files."""
    from cfanalysis.theme.brand.typeface import _font_copies

    brand.write_text("fonts: letters/DejaVuSerif.ttf")
    contents = []
    for name in ("one", "other"):
        monkeypatch.setattr(matplotlib, "get_cachedir", lambda name=name: str(tmp_path / name))
        _font_copies.cache_clear()
        made = load_brand(brand).typeface
        assert made is not None
        assert made.folder.is_relative_to(tmp_path / name)
        contents.append({p.name: p.read_bytes() for p in made.folder.iterdir()})
    assert contents[0] == contents[1]
    (tmp_path / "other" / made.folder.relative_to(tmp_path / "other") / "Regular.ttf").unlink()
    _font_copies.cache_clear()
    assert load_brand(brand).typeface == made  # what went missing is made again
    assert (made.folder / "Regular.ttf").is_file()


def test_charts_are_set_in_the_brands_letters(brand: Path) -> None:
    """Matplotlib finds each face; an SVG brings the brand's letters, and ours for those that it lacks."""
    import matplotlib.pyplot as plt

    theme = theme_for_brand(brand=load_brand(brand))
    with apply_theme(theme):
        for bold, file in ((False, "Regular.ttf"), (True, "SemiBold.ttf")):
            wanted = font_manager.FontProperties(
                family=list(theme.families(bold=bold)), weight=theme.bold if bold else 400
            )
            assert Path(font_manager.findfont(wanted)).name == file
        figure = plt.figure()
        figure.text(0, 0, "plain Ωmega")
        svg = svg_text(figure)
        plt.close(figure)
    assert theme.typeface is not None
    assert (
        svg.count(f"@font-face{{font-family:'{theme.typeface.family}'") == 4
    )  # Latin and Greek, two weights
    assert "font-family:'IBM Plex Sans'" not in svg
    with apply_theme():
        assert "DejaVu Serif" not in str(matplotlib.rcParams["font.family"])


def test_a_folder_of_fonts_is_sorted_by_what_is_in_the_files(brand: Path) -> None:
    """Weight, width and slant decide, not names; what is no font is passed over."""
    letters = brand.parent / "letters"
    for number, name in enumerate(SERIF.values()):
        (letters / name).rename(letters / f"{number}.ttf")
    shutil.copy(FONTS / "DejaVuSans-BoldOblique.ttf", letters / "3.ttf")
    (letters / "licence.txt").write_text("free")
    (letters / "4.otf").write_bytes(b"OTTO\0\xff")
    brand.write_text("fonts: letters")
    fonts = load_brand(brand).fonts
    assert fonts is not None
    assert {face: path.name for face, path in fonts.files.items()} == {
        "Regular": "0.ttf", "SemiBold": "1.ttf", "Italic": "2.ttf"
    }  # fmt: skip


def test_the_hash_covers_the_fonts(brand: Path) -> None:
    """A changed font is another brand; its files are found below the brand file."""
    before = brand_hash(brand)
    assert [p.name for p in brand_files(brand)] == ["brand.yaml", *SERIF.values()]
    shutil.copy(FONTS / "DejaVuSans.ttf", brand.parent / "letters" / SERIF["regular"])
    assert brand_hash(brand) != before


def test_without_a_semibold_the_regular_serves(brand: Path, make: Any, tmp_path: Path) -> None:
    """No other family is mixed in, and no browser thickens the letters."""
    brand.write_text("fonts: letters/DejaVuSerif.ttf")
    with use_publication(Publication(str(brand))):
        read = document(make.notebook(make.markdown("# Title\n\n**strong**")), name="a", folder=None)
    assert fonts_of(typst_pdf(read)[0], tmp_path) == {"DejaVuSerif"}
    assert "font-weight:400 700" in html_page(read)


def broken(target: Path) -> None:
    target.write_bytes((FONTS / "DejaVuSerif.ttf").read_bytes()[:300])


def variable(target: Path) -> None:
    from fontTools.ttLib import TTFont, newTable

    font = TTFont(FONTS / "DejaVuSerif.ttf")
    font["fvar"] = newTable("fvar")
    font.save(target)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (broken, r"own.ttf: not a font that can be read"),
        (lambda target: target.write_text("<html>"), r"own.ttf: not a font that can be read"),
        (
            lambda target: without(FONTS / "DejaVuSerif.ttf", "Qq7", target),
            r"own.ttf: it lacks Qq7\n.*letters A to Z",
        ),
        (lambda target: target.write_bytes(bytes(5_000_001)), r"own.ttf: 5.0 MB\n.*at most 5 MB"),
        (lambda target: target.mkdir(), r"own.ttf: a folder\n.*a font file"),
        (variable, r"own.ttf: a variable font\n.*static files"),
    ],
)
def test_a_font_that_cannot_serve_is_refused(
    write: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    """One clear message: the field, what the file is, what is allowed, the next step."""
    write(tmp_path / "own.ttf")
    (tmp_path / "brand.yaml").write_text("fonts: {regular: own.ttf}")
    with pytest.raises(PublishError, match=rf"(?s)where: .*brand.yaml, fonts\n.*{message}.*next: "):
        load_brand(tmp_path / "brand.yaml")


def test_an_empty_folder_of_fonts_is_refused(tmp_path: Path) -> None:
    """It says that the regular letters are needed."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "brand.yaml").write_text("fonts: letters")
    with pytest.raises(PublishError, match=r"(?s)fonts.regular\n.*found: +nothing"):
        load_brand(tmp_path / "brand.yaml")


def test_a_batch_says_what_its_fonts_lack(tmp_path: Path) -> None:
    """The remark stands in the ledger of a report that is out; another has none."""
    names = ["plain", "\u0378"]  # in no font of any machine
    assert run(tmp_path / "out", names, formats=["pdf"]) == 0
    remarks = {entry.name: entry.remarks for entry in read_ledger(tmp_path / "out" / LEDGER)}
    assert remarks[names[0]] == []
    assert remarks[names[1]][0].startswith("no font here draws Unknown (U+0378)")
