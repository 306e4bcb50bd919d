"""A brand is checked whole before anything else is done: its logo is drawn, and nothing lies out of its folder."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from cfanalysis.cli import cfanalysis
from cfanalysis.core.errors import CfAnalysisError, PublishError
from cfanalysis.core.resources import font_folder
from cfanalysis.publish.rendering import logo
from cfanalysis.theme.brand import load_brand

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30">{}</svg>'


def raster(form: str, mode: str = "RGB") -> bytes:
    """A small picture."""
    Image.new(mode, (60, 30)).save(stream := io.BytesIO(), form)
    return stream.getvalue()


def vast(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head promises so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def nested(depth: int) -> str:
    """Groups that stand ten times in each other: 10^depth squares."""
    uses = {i: f'<use href="#a{i - 1}"/>' * 10 for i in range(1, depth + 1)}
    groups = "".join(f'<g id="a{i}">{ten}</g>' for i, ten in uses.items())
    return SVG.format(f'<defs><g id="a0"><rect/></g>{groups}</defs><use href="#a{depth}"/>')


RIGHT = {
    "plain.png": raster("PNG"), "sixteen.png": raster("PNG", "I;16"), "print.jpg": raster("JPEG", "CMYK"),
    "plain.svg": SVG.format("<rect width='9' height='9'/>"), "self.svg": SVG.format('<g id="a"><use href="#a"/></g>'),
}  # fmt: skip
WRONG = {
    "none.png": (b"", "not a picture"), "text.svg": ("hello", "not a picture"),
    "page.svg": ("<html/>", "not a picture"),
    "cut.png": (raster("PNG")[:60], "not a picture"), "gif.png": (raster("GIF"), "not a picture"),
    "damaged.png": (raster("PNG")[:45] + b"xx" + raster("PNG")[47:], "not a picture"),
    "wide.png": (vast(6000, 5000), "6,000 x 5,000 pixels"), "vast.png": (vast(60000, 60000), "pixels"),
    "deep.svg": (SVG.format("<g>" * 20_000 + "</g>" * 20_000), "not a picture"),
    "nested.svg": (nested(9), "nodes limit"), "nothing.svg": (SVG.replace("30", "0").format(""), "invalid"),
}  # fmt: skip


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """A brand file with a logo."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "brand.yaml").write_text(f"logo: {name}\n")
    return folder / "brand.yaml"


def test_pictures_that_can_be_drawn_are_accepted(tmp_path: Path) -> None:
    """SVG, PNG and JPEG, also of unusual colours."""
    for name, content in RIGHT.items():
        written(tmp_path, name, content)
        assert logo.draw(tmp_path / name) == "", name


@pytest.mark.parametrize("name", WRONG)
def test_pictures_that_cannot_be_drawn_are_refused(name: str, tmp_path: Path) -> None:
    """Broken, of another kind, of far more pixels than bytes, or without size."""
    content, problem = WRONG[name]
    written(tmp_path, name, content)
    assert problem in logo.draw(tmp_path / name)


def test_a_logo_is_drawn_by_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes too long is refused like one that cannot be drawn; the message names file and field."""
    brand = written(tmp_path, "plain.svg", RIGHT["plain.svg"])
    assert logo.check_brand(brand).logo == tmp_path.resolve() / "plain.svg"
    brand = written(tmp_path, "other.svg", RIGHT["plain.svg"])
    monkeypatch.setattr(logo, "_MOST_SECONDS", 0.01)
    with pytest.raises(
        PublishError, match=r"(?s)brand.yaml, logo.*other.svg: it takes more than 0.01 seconds"
    ):
        logo.check_brand(brand)


LINKS: dict[str, Callable[[Path], object]] = {
    "logo: a.svg": lambda here: (here / "a.svg").symlink_to("../out.svg"),
    "logo: sub/out.svg": lambda here: (here / "sub").symlink_to(".."),
    "logo: b.svg": lambda here: (here / "b.svg").symlink_to("b.svg"),
    "fonts: fonts": lambda here: (here / "fonts").symlink_to(font_folder()),
    "fonts: own": lambda here: [
        (here / "own").mkdir(),
        *((here / "own" / p.name).symlink_to(p) for p in font_folder().glob("*.ttf")),
    ],
    "fonts: {regular: c.ttf}": lambda here: (here / "c.ttf").symlink_to(next(font_folder().glob("*.ttf"))),
}


@pytest.mark.parametrize("text", LINKS)
def test_links_out_of_the_folder_are_refused(text: str, tmp_path: Path) -> None:
    """Of logo, font, or a folder above them; a brand travels as one folder."""
    (tmp_path / "out.svg").write_text(RIGHT["plain.svg"])  # type: ignore[arg-type]
    here = tmp_path / "brand"
    here.mkdir()
    LINKS[text](here)
    (here / "brand.yaml").write_text(text)
    with pytest.raises(CfAnalysisError, match="must be in the folder of the brand file"):
        load_brand(here / "brand.yaml")


@pytest.mark.parametrize(
    "command",
    ["check", "charts sample", "report sample --all", "analyze sample", "run a.ipynb", "verify a.pdf"],
)
def test_every_command_finds_it_at_the_start(command: str, tmp_path: Path) -> None:
    """Before it opens a study, a notebook or a report."""
    brand = written(tmp_path, "text.svg", "hello")
    result = CliRunner().invoke(cfanalysis, [*command.split(), "--brand", str(brand)])
    assert isinstance(result.exception, PublishError)
    assert re.search(r"(?s)brand.yaml, logo.*text.svg: not a picture", str(result.exception))


def test_a_brand_can_be_checked_alone(tmp_path: Path) -> None:
    """Without a file of answers; without both, the command says what it takes."""
    brand = written(tmp_path, "plain.svg", RIGHT["plain.svg"])
    result = CliRunner().invoke(cfanalysis, ["check", "--brand", str(brand)])
    assert (result.exit_code, "nothing is wrong" in result.output) == (0, True)
    assert CliRunner().invoke(cfanalysis, ["check"]).exit_code == 2
    assert CliRunner().invoke(cfanalysis, ["check", "a.csv", "--brand", str(brand)]).exit_code == 2
