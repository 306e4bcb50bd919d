"""The brand: one YAML file with the logo, colours and contact lines of whoever publishes.

It serves charts, PDF and web page alike. Whoever publishes names the file; processes find it by the environment
variable ``CFANALYSIS_BRAND``, so that a notebook looks the same wherever its cells run. Without one, the house's
own look is used.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from cfanalysis.errors import PublishError
from cfanalysis.files import sha256

VARIABLE = "CFANALYSIS_BRAND"
_GROUNDS = {"paper": "#ffffff", "panels": "#f3f6f8"}
_NEEDED = 4.5  # WCAG 2.2, success criterion 1.4.3
_DARK = "#1d2731"  # the lighter of the grounds of a page in the dark
_LOGOS = (".svg", ".png", ".jpg", ".jpeg")
_LARGEST_LOGO = 2_000_000


def _readable(colour: str) -> str:
    for ground, paper in _GROUNDS.items():
        contrast = contrast_ratio(colour, paper)
        if contrast < _NEEDED:
            raise ValueError(
                f"contrast with the {ground} is {contrast:.1f}:1, at least {_NEEDED}:1 is needed"
            )
    return colour.lower()


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(_readable)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Colours(_Part):
    """The colours of a brand, each readable as text on white and on tinted panels.

    Parameters
    ----------
    accent
        Headings, links, and in charts the set that they are about.
    finding
        In charts the estimate: a difference, a slope.
    """

    accent: Colour = "#0b6e75"
    finding: Colour = "#b04f0f"

    @property
    def tint(self) -> str:
        """The ground of a region that belongs to the accent."""
        return mixed(self.accent, "#ffffff", 0.9)

    @property
    def accent_in_the_dark(self) -> str:
        """The accent, as much lighter as a dark page needs."""
        steps = (mixed(self.accent, "#ffffff", step / 20) for step in range(21))
        return next(c for c in steps if contrast_ratio(c, _DARK) >= _NEEDED)


class Brand(_Part):
    """Whose report it is.

    Parameters
    ----------
    name
        The publisher's name; also the alternative text of the logo.
    logo
        A picture beside the brand file (SVG, PNG or JPEG).
    logo_width
        Its width in points (1/72 inch).
    colours
        See `Colours`.
    contact
        Lines at the end of a report: address, telephone, web page.
    cover
        Whether a PDF begins with a page of its own for title, logo and contact.
    paper
        ``a4`` or ``letter``; None leaves it to the notebook.
    archival
        Whether the PDF of a report claims PDF/A-2a besides PDF/UA-1, for archives.
    """

    name: str = Field(default="", max_length=200)
    logo: Path | None = None
    logo_width: float = Field(default=110, ge=20, le=400)
    colours: Colours = Colours()
    contact: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=8)
    cover: bool = False
    paper: Literal["a4", "letter"] | None = None
    archival: bool = False

    @field_validator("logo")
    @classmethod
    def _is_a_picture(cls, logo: Path | None) -> Path | None:
        if logo is None:
            return None
        if logo.suffix.lower() not in _LOGOS:
            raise ValueError(f"allowed: {', '.join(_LOGOS)}")
        if not logo.is_file():
            raise ValueError("there is no such file")
        if logo.stat().st_size > _LARGEST_LOGO:
            raise ValueError("the file is larger than 2 MB")
        return logo


HOUSE = Brand()


def load_brand(path: Path) -> Brand:
    """Read a brand file.

    Raises
    ------
    PublishError
        It cannot be read, or does not describe a brand: each wrong field is named.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PublishError("The brand file cannot be read.", where=path, value=error.strerror) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PublishError("The brand file is not YAML.", where=path, value=error) from error
    if not isinstance(content, dict):
        raise PublishError("The brand file is empty.", where=path, allowed=", ".join(Brand.model_fields))
    if isinstance(content.get("logo"), str):
        if Path(content["logo"]).name != content["logo"]:
            raise PublishError("The logo must lie beside the brand file.", where=path, value=content["logo"])
        content = {**content, "logo": path.resolve().parent / content["logo"]}
    try:
        return Brand.model_validate(content)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise PublishError(
            "The brand file is not right.",
            where=path,
            value="; ".join(wrong),
            allowed=", ".join(Brand.model_fields),
        ) from error


def current_brand() -> Brand:
    """Return the brand of this process: the one that the environment names, or the house's own."""
    path = os.environ.get(VARIABLE, "")
    return _loaded(path) if path else HOUSE


def brand_hash(path: Path | None) -> str:
    """Return one hash over a brand file and its logo; empty for none."""
    return "-".join(sha256(p)[:32] for p in brand_files(path)) if path is not None else ""


def brand_files(path: Path) -> list[Path]:
    """Return the files of a brand: the brand file, and its logo beside it."""
    logo = load_brand(path).logo
    return [path] if logo is None else [path, logo]


@lru_cache(maxsize=4)
def _loaded(path: str) -> Brand:
    return load_brand(Path(path))


def contrast_ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").

    Examples
    --------
    >>> contrast_ratio("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a ``#rrggbb`` colour, 0 to 1 (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour between two, `share` (0 to 1) of it the other.

    Examples
    --------
    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
