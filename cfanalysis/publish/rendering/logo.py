"""The brand's logo: whether it can be drawn, found out before anything else is done.

A picture can be broken, far larger than its file, or take for ever. So it is drawn once by a process of its own, whose
time and memory are bounded, as a PDF will draw it.
"""

from __future__ import annotations

import io
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from cfanalysis.core.errors import PublishError
from cfanalysis.core.unfinished import work_folder
from cfanalysis.publish.rendering.pictures import picture
from cfanalysis.theme.brand import Brand, load_brand

_MOST_PIXELS = 20_000_000
_MOST_SECONDS = 20
_MOST_MEMORY = 1024
_KINDS = ("svg", "png", "jpeg")


def check_brand(path: Path) -> Brand:
    """Return the brand that a file describes, its logo drawn once.

    Raises
    ------
    PublishError
        The file does not describe a brand, or its logo cannot be drawn.
    """
    brand = load_brand(path)
    if brand.logo is not None:
        about = brand.logo.stat()
        if found := _problem(brand.logo, about.st_mtime_ns, about.st_size):
            raise PublishError(
                "The brand's logo cannot be drawn.",
                where=f"{path}, logo",
                value=f"{brand.logo.name}: {found}",
                allowed=f"an SVG, PNG or JPEG of at most {_MOST_PIXELS // 1_000_000} million pixels",
                next_step="Save it again from a graphics program, smaller or simpler; check --brand checks it.",
            )
    return brand


@lru_cache(maxsize=16)
def _problem(logo: Path, changed: int, size: int) -> str:
    """Return why a picture cannot be drawn; time and size tell an edited file from the one known before."""
    command = [sys.executable, "-P", "-m", __name__, str(logo)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it takes more than {_MOST_SECONDS} seconds"
    if done.returncode == 0:
        return done.stdout.decode(errors="replace").strip()
    return "it takes too much memory, or breaks the program that draws it"


def draw(logo: Path) -> str:
    """Draw a picture as a PDF does; return what is wrong with it, nothing where it can be drawn."""
    import typst
    from PIL import Image

    data = logo.read_bytes()
    if not data.lstrip().startswith(b"<"):
        try:
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
        except Image.DecompressionBombError:
            return "hundreds of millions of pixels"
        except Exception:  # a broken file breaks its reader in any way
            return "not a picture that can be read"
        if width * height > _MOST_PIXELS:
            return f"{width:,} x {height:,} pixels"
    found = picture(data)
    if found is None or found.suffix not in _KINDS:
        return "not a picture that can be read"
    with work_folder() as work:
        (work.path / f"logo.{found.suffix}").write_bytes(found.data)
        (work.path / "main.typ").write_text(f'#image("logo.{found.suffix}", width: 110pt)')
        try:
            typst.compile(work.path / "main.typ", root=work.path, ignore_system_fonts=True)
        except (RuntimeError, typst.TypstError) as error:
            return str(error).splitlines()[0]
    return ""


if __name__ == "__main__":
    from cfanalysis.publish.execution.resource_limits import bound_resources

    if sys.platform != "win32":
        bound_resources(_MOST_MEMORY)
    sys.stdout.write(draw(Path(sys.argv[1])))
