"""Make the pictures of README and index from the synthetic sample: ``make pictures``.

The page is the first of a client's PDF, drawn by Typst as the report itself was; the chart is that of
``cfanalysis charts``. Both are reduced to a palette, so that each stays far below 200 kB.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from PIL import Image, ImageOps

from cfanalysis.cli import cfanalysis

HERE = Path(__file__).resolve().parent
CLIENT = "Alderbarrow Pumps"
WIDTH = 800  # pixels
COLOURS = 96
BORDER = "#c8d0d4"  # so that a white page can be told from a white screen


def page(report: Path) -> Image.Image:
    """Return the first page of a PDF."""
    source = f'#set page(width: 595.28pt, height: 841.89pt, margin: 0pt)\n#image("{report.name}", page: 1, width: 100%)'
    (report.parent / "page.typ").write_text(source, encoding="utf-8")
    drawn = typst.compile(report.parent / "page.typ", format="png", ppi=220)
    return Image.open(io.BytesIO(drawn))


def write(picture: Image.Image, path: Path) -> None:
    """Write a picture in its final width and few colours."""
    height = round(picture.height * WIDTH / picture.width)
    small = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    ImageOps.expand(small, 1, BORDER).quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)


def run(*arguments: str) -> None:
    """Run a command of the program."""
    cfanalysis.main(args=list(arguments), standalone_mode=False)


def main() -> None:
    """Make both pictures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        run("report", "sample", "--client", CLIENT, "--format", "pdf", "--out", str(folder))
        run("charts", "sample", "--only", "quartile_gap", "--format", "png", "--out", str(folder))
        (report,) = folder.glob("*.pdf")
        write(page(report), HERE / "client_report.png")
        write(Image.open(folder / "quartile_gap.png"), HERE / "quartile_gap.png")


if __name__ == "__main__":
    main()
