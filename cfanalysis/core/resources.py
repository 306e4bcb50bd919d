"""Where the package's own files are: notebooks, instruments, the sample, fonts.

In a checkout they lie beside the package; a wheel carries them inside it, below ``cfanalysis/bundled``.
"""

from __future__ import annotations

from pathlib import Path

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


def font_folder() -> Path:
    """Return the folder with the one font family of charts and pages (IBM Plex Sans, OFL)."""
    return _PACKAGE / "theme" / "fonts"
