"""Earlier states of a study: what reports were made from is kept when the study is prepared anew.

A state is a study of its own beside the present one, ``bench@2026-03-03`` beside ``bench``, named after the day of its
data. It is opened, reported on and verified against like any study, and may be deleted like any. A state that no report
was made from is not kept.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from cfanalysis.study.prepared_study import Study, fingerprint, open_study, read_manifest


def mark_reported(study: Study) -> None:
    """Note beside a study that reports are made from its state; where nothing can be written, nothing is noted."""
    with suppress(OSError):
        _mark(study.folder).write_text(study.survey.source.fingerprint, encoding="utf-8")


def _mark(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.reported"


@contextmanager
def keep_former_state(folder: Path) -> Iterator[None]:
    """Keep the state of a study that reports were made from, if the block puts another one in its place.

    The files are not copied but have a second name, so that this takes neither time nor room.
    """
    mark = _mark(folder)
    if (
        not mark.is_file()
        or not (folder / "manifest.json").is_file()
        or mark.read_text("utf-8") not in _fingerprints(folder)
    ):
        yield
        return
    stem, number = f"{folder.name}@{state_date(folder)}", 1
    kept = folder.with_name(stem)
    while kept.exists() and fingerprint(kept) != fingerprint(folder):
        number += 1
        kept = folder.with_name(f"{stem}.{number}")
    known = kept.exists()
    if not known:
        shutil.copytree(folder, kept, copy_function=_link)
    try:
        yield
    except BaseException:
        if not known:
            shutil.rmtree(kept)
        raise
    if not known and fingerprint(folder) == fingerprint(kept):
        shutil.rmtree(kept)


def state_date(folder: Path) -> str:
    """Return the day of a study's data, or of its making where that is not known, as ``2026-03-03``."""
    made = datetime.fromtimestamp((folder / "manifest.json").stat().st_mtime, UTC)
    return str(read_manifest(folder).get("date") or made.date().isoformat())


def _fingerprints(folder: Path) -> set[str]:
    """Return the fingerprint of a study, and those that it had before a client was erased from it."""
    return {fingerprint(folder), *read_manifest(folder).get("formerly", ())}


def find_state(study: Study, state: str) -> Study | None:
    """Return the state of a study that has a fingerprint; None where it is not kept.

    Parameters
    ----------
    study
        The study as it is.
    state
        The fingerprint.
    """
    if state in _fingerprints(study.folder):
        return study
    for path in sorted(study.folder.parent.glob(f"{study.folder.name}@*/manifest.json")):
        if state in _fingerprints(path.parent):
            return open_study(path.parent)
    return None


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or none that has links
        shutil.copy2(source, target)
