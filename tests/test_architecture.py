"""The arrows between the rooms go one way, and rooms stay small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from .conftest import ROOT

PACKAGE = ROOT / "cfanalysis"
PUBLISH_MAY_IMPORT = {"errors", "blocks", "resources", "files", "brand", "publish"}


def rooms() -> list[str]:
    """The rooms in the order of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = text.split("```")[1]
    return [match.group(1) for match in re.finditer(r"^  (\w+)(?:\.py|/)", block, flags=re.MULTILINE)]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or not p.name.startswith("__"))


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a module imports, wherever in it; imports for types alone do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "cfanalysis":
                names |= {f"cfanalysis.{alias.name}" for alias in node.names}
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    found = {name.split(".")[1] for name in names if name.startswith("cfanalysis.")}
    return {room for room in found if not room.startswith("__")}


def test_the_picture_shows_every_room_and_no_other() -> None:
    """docs/architecture.md lists exactly the modules and packages that exist."""
    assert sorted(rooms()) == sorted({room_of(path) for path in modules()})


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_arrows_go_one_way(path: Path) -> None:
    """A module imports only from its own room and from rooms above it in the picture."""
    order = {room: i for i, room in enumerate(rooms())}
    own = room_of(path)
    upward = {room for room in imported_rooms(path) if order.get(room, 99) > order[own]}
    assert upward == set()


def test_publish_knows_notebooks_and_files_only() -> None:
    """The publishing room imports no statistics."""
    used = {room for path in modules() if room_of(path) == "publish" for room in imported_rooms(path)}
    assert used <= PUBLISH_MAY_IMPORT


def test_no_drawer_for_odds_and_ends() -> None:
    """There is no utils and no helpers module."""
    names = {path.stem for path in modules()}
    assert not {n for n in names if re.search(r"util|helper|misc|common", n)}


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_modules_are_of_a_size_to_be_read(path: Path) -> None:
    """No module is longer than 400 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
