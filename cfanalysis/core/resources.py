"""Where the package's own files are: notebooks, instruments, the sample, fonts.

In a checkout they lie beside the package; a wheel carries them inside it, below ``cfanalysis/bundled``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cfanalysis.core.publication import current_publication

OUTLINE = "report.yaml"

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_file(*parts: str) -> Path:
    """Return the path of a file that ships, e.g. ``workbook_file("notebooks", "quartile_gaps.ipynb")``.

    Examples
    --------
    >>> shipped_file("data", "instruments").is_dir()
    True
    """
    installed = _PACKAGE / "bundled"
    root = installed if installed.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def workspace_folder() -> Path | None:
    """Return the workspace's folder: the nearest above the working directory; None outside any workspace."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "data" / "prepared").is_dir()), None)


def notebook_file(name: str) -> Path:
    """Return the notebook of a report: the workspace's own copy where there is one, else the one that ships.

    Parameters
    ----------
    name
        Its name without suffix, e.g. ``"client_report"``.
    """
    root = workspace_folder()
    own = root / "notebooks" / f"{name}.ipynb" if root else None
    return own if own is not None and own.is_file() else shipped_file("notebooks", f"{name}.ipynb")


def notebook_settings(path: Path) -> dict[str, Any]:
    """Return what a notebook's metadata say under ``cfanalysis``; nothing where it is no notebook."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["metadata"]["cfanalysis"]
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def workspace_language() -> str:
    """Return the language in which the workspace's notebooks were laid out; "" for none, and outside any workspace."""
    shipped = sorted(shipped_file("notebooks").glob("*.ipynb")) if workspace_folder() else ()
    settings = (notebook_settings(notebook_file(path.stem)) for path in shipped)
    return next((str(found["language"]) for found in settings if found.get("language")), "")


def notebook_folder() -> Path:
    """Return the folder of the notebook that is running: as told by a publishing run, else the working directory."""
    published = current_publication()
    return Path(published.notebooks if published else "")


def outline_file(folder: Path) -> Path | None:
    """Return the outline beside a client report's notebook in a folder; None where there is none."""
    path = folder / OUTLINE
    return path if path.is_file() else None


def recommendation_files(folder: Path) -> list[Path]:
    """Return the libraries of recommendations beside a notebook in a folder; where there are none, the one that ships.

    Examples
    --------
    >>> [path.name for path in recommendation_files(Path("there/is/no/such/folder"))]
    ['recommendations.yaml']
    """
    return sorted(folder.glob("recommendations*.yaml")) or [shipped_recommendations()]


def shipped_recommendations() -> Path:
    """Return the recommendations that ship, those for the Customer Focus Self Assessment."""
    return shipped_file("notebooks", "recommendations.yaml")


def font_folder() -> Path:
    """Return the folder with the one font family of charts and pages (IBM Plex Sans, OFL)."""
    return _PACKAGE / "theme" / "fonts"
