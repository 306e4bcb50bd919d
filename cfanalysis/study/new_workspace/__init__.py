"""A new workspace: a folder in which your own surveys become studies and reports, apart from the package's files.

It holds the notebooks, the instruments and the synthetic sample as they ship, a brand file to fill in, a Makefile
with the few everyday commands, and a README that says what is where. `make report` works in it at once.
"""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

from cfanalysis.core.errors import OutputError
from cfanalysis.core.files import atomic_folder
from cfanalysis.core.language import SOURCE, use_language
from cfanalysis.core.notebook_texts import translate_notebook
from cfanalysis.core.resources import shipped_file

SHIPPED = ("notebooks", "data/instruments", "data/sample")
FOLDERS = ("data/prepared", "reports")
TEMPLATE = {
    "Makefile": "Makefile",
    "README.md": "README.md",
    "brand.yaml": "brand.yaml",
    "preregistration.md": "preregistration.md",
    "gitignore": ".gitignore",
}
"""Files of the template, and what each is called in a workspace."""

_ASIDE = ".new-workbook"


def create_workspace(folder: Path, language: str = SOURCE) -> list[str]:
    """Lay out a new workspace; a folder that exists must be empty.

    Parameters
    ----------
    folder
        The workbook's folder; made if it is absent.
    language
        The language of the notebooks' texts.

    Returns
    -------
    list of str
        What stands in it, sorted; folders end with a slash.

    Raises
    ------
    OutputError
        The folder holds something, is a file, or cannot be written. Nothing is left half-made.
    """
    _require_empty(folder)
    if folder.is_dir():
        _fill_existing(folder, language)
    else:
        with atomic_folder(folder, replace=False) as aside:
            _fill(aside, language)
    return sorted(p.name + ("/" if p.is_dir() else "") for p in folder.iterdir())


def _require_empty(folder: Path) -> None:
    if folder.is_dir():
        names = sorted(p.name for p in folder.iterdir())
        if not names:
            return
        some = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
        raise OutputError(
            "The folder is not empty.",
            where=folder,
            value=some,
            next_step="Name a new folder, or an empty one. Nothing was changed.",
        )
    if folder.exists():
        raise OutputError("This is a file, not a folder.", where=folder, next_step="Name a new folder.")


def _fill_existing(folder: Path, language: str) -> None:
    """Fill an empty folder. It stays the folder that it is: a shell may stand in it."""
    aside = folder / _ASIDE
    with atomic_folder(aside, replace=False) as filled:
        _fill(filled, language)
    for entry in sorted(aside.iterdir()):
        entry.rename(folder / entry.name)
    aside.rmdir()


def _fill(folder: Path, language: str) -> None:
    """Write the whole workbook into a folder."""
    for name in SHIPPED:
        shutil.copytree(
            shipped_file(*name.split("/")),
            folder / name,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns(".*", "__pycache__"),
        )
    with use_language(language):
        for path in sorted((folder / "notebooks").glob("*.ipynb")) if language != SOURCE else ():
            read = json.loads(path.read_text(encoding="utf-8"))
            translate_notebook(read)
            path.write_text(json.dumps(read, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
        (folder / name / ".gitkeep").touch()
    template = files("cfanalysis.study.new_workspace") / "template"
    for name, called in TEMPLATE.items():
        (folder / called).write_text((template / name).read_text(encoding="utf-8"), encoding="utf-8")
