"""What a brand file may hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from cfanalysis.theme.brand.colours import MIN_CONTRAST, Colour, blend, contrast_ratio
from cfanalysis.theme.brand.typeface import Typeface, typeface
from cfanalysis.theme.script_fonts import font_files

_DARK = "#1d2731"  # the lighter of the grounds of a page in the dark
_LOGOS = (".svg", ".png", ".jpg", ".jpeg")
_LARGEST_LOGO = 2_000_000


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
        return blend(self.accent, "#ffffff", 0.9)

    @property
    def accent_in_the_dark(self) -> str:
        """The accent, lightened for dark pages."""
        steps = (blend(self.accent, "#ffffff", step / 20) for step in range(21))
        return next(c for c in steps if contrast_ratio(c, _DARK) >= MIN_CONTRAST)


class Fonts(_Part):
    """The font files of a brand, TrueType or OpenType, each with the letters of English.

    Parameters
    ----------
    regular
        The upright letters of running text.
    semibold
        Headings, key figures, emphasis (``bold`` is another name of the field); without it the regular serves.
    italic
        The slanted letters of running text; without it the regular serves.
    """

    regular: Path
    semibold: Path | None = Field(default=None, validation_alias=AliasChoices("semibold", "bold"))
    italic: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """The files by the face that they draw: ``Regular``, ``SemiBold``, ``Italic``."""
        given = {"Regular": self.regular, "SemiBold": self.semibold, "Italic": self.italic}
        return {face: path for face, path in given.items() if path is not None}

    @property
    def typeface(self) -> Typeface:
        """The files as pages and charts use them."""
        return typeface(self.files)

    @model_validator(mode="after")
    def _are_fonts(self) -> Fonts:
        typeface(self.files)
        return self


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
    fonts
        See `Fonts`; None is the house's own font.
    script_fonts
        A folder of fonts for letters that the others lack (Chinese, Thai), used before this machine's.
    contact
        Lines at the end of a report: address, telephone, web page.
    cover
        Whether a PDF begins with a page of its own for title, logo and contact; None: where it is about one client.
    paper
        ``a4`` or ``letter``; None leaves it to the notebook.
    archival
        Whether the PDF of a report claims PDF/A-2a besides PDF/UA-1, for archives.
    """

    name: str = Field(default="", max_length=200)
    logo: Path | None = None
    logo_width: float = Field(default=110, ge=20, le=400)
    colours: Colours = Colours()
    fonts: Fonts | None = None
    script_fonts: Path | None = None
    contact: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=8)
    cover: bool | None = None
    paper: Literal["a4", "letter"] | None = None
    archival: bool = False

    @property
    def typeface(self) -> Typeface | None:
        """The brand's own letters, None for the house's."""
        return self.fonts.typeface if self.fonts is not None else None

    @field_validator("script_fonts")
    @classmethod
    def _is_a_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not (folder.is_dir() and font_files(folder)):
            raise ValueError(f"{folder.name}: no folder with fonts", "a folder of .ttf, .otf or .ttc files")
        return folder

    @field_validator("logo")
    @classmethod
    def _is_a_picture(cls, logo: Path | None) -> Path | None:
        if logo is None:
            return None
        if logo.suffix.lower() not in _LOGOS:
            raise ValueError(logo.name, f"a picture: {', '.join(_LOGOS)}")
        if not logo.is_file():
            raise ValueError(f"{logo.name}: there is no such file", "a picture beside the brand file")
        if logo.stat().st_size > _LARGEST_LOGO:
            raise ValueError(f"{logo.name}: {logo.stat().st_size / 1e6:.1f} MB", "a picture of at most 2 MB")
        return logo


DEFAULT_BRAND = Brand()
