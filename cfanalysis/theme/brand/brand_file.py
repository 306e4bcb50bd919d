"""Reading a brand file, and finding the one that this process publishes for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from cfanalysis.core.errors import PublishError, shorten
from cfanalysis.core.model_files import FileKind
from cfanalysis.core.publication import current_publication
from cfanalysis.core.resources import workspace_folder
from cfanalysis.core.yaml_files import read_yaml
from cfanalysis.theme.brand.brand_model import DEFAULT_BRAND, Brand, Colours, Fonts
from cfanalysis.theme.brand.typeface import fonts_in, known_hash
from cfanalysis.theme.script_fonts import font_files

BRAND = "brand.yaml"
_FACES = ("regular", "semibold", "bold", "italic")


def load_brand(path: Path) -> Brand:
    """Read a brand file.

    Raises
    ------
    PublishError
        It cannot be read, or does not describe a brand: each wrong field is named.
    """
    content = read_yaml(path, kind=_FILE.name, error=PublishError)
    if isinstance(content, dict):
        content = {str(name): value for name, value in content.items()}
        for field in ("logo", "script_fonts"):
            if isinstance(content.get(field), str):
                content[field] = _below(content[field], path, field)
        if isinstance(content.get("script_fonts"), Path):
            for font in font_files(content["script_fonts"]):
                _below(font, path, "script_fonts")
        if "fonts" in content:
            content["fonts"] = _font_paths(content["fonts"], path)
    return _FILE.check(Brand, content, path)


def current_brand() -> Brand:
    """Return the brand of this process; the house style where it has none."""
    file = current_brand_file()
    return _load(str(file)) if file else DEFAULT_BRAND


def current_brand_file() -> Path | None:
    """Return the brand file of this process: as told, else its workspace's ``brand.yaml``, if there is one."""
    if (published := current_publication()) is not None:
        return Path(published.brand) if published.brand else None
    file = (workspace_folder() or Path()) / BRAND
    return file if file.is_absolute() and file.is_file() else None


def brand_hash(path: Path | None) -> str:
    """Return one hash over a brand file, its logo and its fonts; empty for none."""
    return "-".join(known_hash(p)[:32] for p in brand_files(path)) if path is not None else ""


def brand_files(path: Path) -> list[Path]:
    """Return the files of a brand: the brand file, and its logo and fonts, in its folder or below."""
    brand = load_brand(path)
    fonts = list(brand.fonts.files.values()) if brand.fonts else []
    more = font_files(brand.script_fonts) if brand.script_fonts else []
    return [path, *([brand.logo] if brand.logo else []), *fonts, *map(Path, more)]


@lru_cache(maxsize=4)
def _load(path: str) -> Brand:
    return load_brand(Path(path))


def _font_paths(given: Any, path: Path) -> Any:
    """Return the fonts of a brand with their whole paths; a folder as the files that suit the faces best."""
    if isinstance(given, str):
        folder = _below(given, path, "fonts")
        if folder.is_dir():
            return {face: _below(str(found), path, "fonts") for face, found in fonts_in(folder).items()}
        return {"regular": folder}
    if not isinstance(given, dict):
        return given
    return {
        name: _below(value, path, f"fonts.{name}") if name in _FACES and isinstance(value, str) else value
        for name, value in given.items()
    }


def _below(given: str, path: Path, field: str) -> Path:
    """Return the place that a brand file names: one that can be looked at, and lies in its folder or below."""
    root = path.resolve().parent
    place = root / given
    try:
        inside = place.resolve().is_relative_to(root)
        place.is_dir()
    except (OSError, RuntimeError):  # longer than any file's name, in a closed folder, a link to itself
        inside = False
    if not inside:
        raise PublishError(
            "The files that a brand names must be in the folder of the brand file, or below it.",
            where=f"{path}, {field}",
            value=shorten(given, limit=100),
            next_step="Copy it there: a brand travels as one folder.",
        )
    return place


def _fields() -> dict[str, Any]:
    """Return the fields of a brand file by name."""
    inner: dict[str, Any] = {
        "colours": dict.fromkeys(Colours.model_fields),
        "fonts": dict.fromkeys(Fonts.model_fields),
    }
    return {name: inner.get(name) for name in Brand.model_fields}


_FILE = FileKind("brand file", "docs/brand.md", PublishError, _fields())
