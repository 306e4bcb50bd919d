"""YAML that would do harm: refused by every door, at once, in a message that fits a screen."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cfanalysis.cli import main
from cfanalysis.core import yaml_files
from cfanalysis.core.errors import CfAnalysisError
from cfanalysis.core.yaml_files import parse_yaml
from cfanalysis.intake.column_map import load_map
from cfanalysis.survey.instrument import load_instrument
from cfanalysis.theme.brand import load_brand

from .conftest import ROOT

CASES = ROOT.parent / "shared" / "cases" / "hostile"
EXPORT = ROOT / "data" / "sample" / "customer_focus_responses.csv"
INSTRUMENT = ROOT / "data" / "instruments" / "customer_focus.yaml"
SECONDS = 300
"""A refusal takes far less than a second; what has no bound takes hours. Nothing hangs on what lies between."""


def bomb(first: str, more: Callable[[str], str]) -> str:
    """Lines of which each means the one before nine times."""
    lines = [f"a: &a {first}"]
    lines += [f"{c}: &{c} {more('*' + before)}" for before, c in zip("abcdefghi", "bcdefghij", strict=True)]
    return "\n".join([*lines, "name: *j", "contact: *j", "items: *j", "columns: *j"])


def times(n: int, text: str) -> str:
    return ", ".join([text] * n)


HOSTILE: dict[str, str | bytes] = {
    "a list of lists of lists": bomb(f"[{times(9, 'x')}]", lambda a: f"[{times(9, a)}]"),
    "a mapping of mappings": bomb(
        "{x: 1, y: 2}", lambda a: "{" + ", ".join(f"k{i}: {a}" for i in range(9)) + "}"
    ),
    "merged mappings": bomb("{x: 1, y: 2}", lambda a: f"{{<<: [{times(9, a)}], z: 1}}"),
    "merged before own keys": bomb(
        "{x: 1}", lambda a: "{" + ", ".join(f"{i}: {{<<: {a}}}" for i in range(9)) + "}"
    ),
    "one alias very often": f"a: &a x\nitems: [{times(50_000, '*a')}]",
    "a list of itself": "items: &a [*a]",
    "a mapping of itself": "name: &a {b: *a}",
    "an alias of nothing": "name: *a",
    "an integer of 5,000 digits": f"name: {'9' * 5_000}",
    "a hexadecimal one": f"name: 0x{'f' * 5_000}",
    "an octal one": "name: 0755",
    "a time that reads as a number": "name: 12:30:45",
    "a key of 5,000 digits": f"{'9' * 5_000}: a",
    "a float without end": "name: 1.0e+999999",
    "infinity": "name: .inf",
    "no number": "name: .nan",
    "brackets": f"name: {'[' * 100_000}",
    "brackets that close": f"name: {'[' * 5_000}{']' * 5_000}",
    "braces": f"name: {'{' * 100_000}",
    "dashes": "- " * 100_000,
    "question marks": "? " * 100_000,
    "steps": "\n".join(" " * i + "a:" for i in range(3_000)),
    "a tagged time": "name: !!timestamp x",
    "a month 13": "name: 2024-13-01",
    "a date": "name: 2024-12-01",
    "a tagged text": "name: !!binary x",
    "a tagged number": "name: !!int x",
    "a tagged truth": "name: !!bool perhaps",
    "a set": "name: !!set {a, b}",
    "a call": "name: !!python/object/apply:os.system [touch harm]",
    "a tag of one's own": "name: !mine x",
    "a tagged list": "name: !!omap [a: 1]",
    "a NUL": "name: a\0b",
    "an escaped NUL": r'name: "a\0b"',
    "a control character": "name: a\x07b",
    "half a character": r'name: "\ud800"',
    "a character beyond all": r'name: "\UFFFFFFFF"',
    "a tab": "name:\n\t- x",
    "UTF-16": "name: x".encode("utf-16"),
    "UTF-16 without a mark": "name: x".encode("utf-16-le"),
    "Latin-1": "name: Zürich".encode("latin-1"),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "many directives": "".join(f"%TAG !a{i}! x\n" for i in range(100_000)) + "---\nname: x",
    "two documents": "name: x\n---\nname: y",
    "a key twice": "name: x\nname: y",
    "a key twice, deeper": "items: [{id: x, id: y}]",
    "a list as a key": "? [a, b]\n: c",
    "a merge of no mapping": "<<: 5",
    "more values than anybody writes": "".join(f"k{i}: v\n" for i in range(200_000)),
    "a list without end": f"name: [{times(200_000, 'a')}]",
    "more than a file's size": "#" * (yaml_files.MAX_FILE_BYTES + 1),
}
UNFIT: dict[str, Any] = {
    "twenty thousand unknown fields": {f"k{i}": 1 for i in range(20_000)} | {"items": []},
    "one name of a million letters": {"k" * 100_000: "v" * 1_000_000},
    "lists of numbers": {"items": [1] * 15_000, "columns": [1] * 15_000, "contact": [1] * 15_000},
    "a very long value": {"name": "n" * 1_000_000, "items": "i" * 1_000_000, "paper": "p" * 1_000_000},
    "a deep value": {"name": [[[["x" * 100_000] * 9] * 9]], "items": [[[["x"] * 99] * 99]], "columns": {}},
}
"""Good YAML, wrong by the thousand for each kind of file."""


sample_instrument = cache(load_instrument)


def map_of_sample(path: Path) -> dict[str, str]:
    return load_map(path, sample_instrument(INSTRUMENT))


DOORS: dict[str, Callable[[Path], object]] = {
    "instrument": load_instrument,
    "brand": load_brand,
    "map": map_of_sample,
}


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    """End what never would."""

    def late(*_: object) -> None:
        raise TimeoutError(f"still at work after {SECONDS} seconds")

    former = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def fits_a_screen(message: str) -> bool:
    """Whether a message has at most 24 lines of 100 characters, none of which moves the cursor."""
    lines = [part for line in message.splitlines() for part in textwrap.wrap(line, 100) or [""]]
    return len(lines) <= 24 and all(c.isprintable() or c == "\n" for c in message)


def refused(door: str, path: Path) -> str:
    """What a door says of a file that it refuses."""
    with in_time(), pytest.raises(CfAnalysisError) as told:
        DOORS[door](path)
    assert fits_a_screen(str(told.value)), str(told.value)[:3000]
    return str(told.value)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_yaml_is_refused_by_every_door(kind: str, door: str, tmp_path: Path) -> None:
    """The message names the file, what is there and what to do, and fits a screen."""
    content = HOSTILE[kind]
    file = tmp_path / "hostile.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = refused(door, file)
    assert "hostile.yaml" in said
    assert "next:" in said
    assert "line " in said or "larger than 4 MB" in said
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", UNFIT)
def test_thousands_of_mistakes_fit_a_screen(kind: str, door: str, tmp_path: Path) -> None:
    """The first few are named; how many there are more is counted."""
    lines = [f"? {json.dumps(name)}\n: {json.dumps(value)}\n" for name, value in UNFIT[kind].items()]
    (tmp_path / "unfit.yaml").write_text("".join(lines))
    refused(door, tmp_path / "unfit.yaml")


@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_file_is_not_read(door: str, tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, a device without end, a file of 100 MB, a name without end, nothing."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(100_000_000)
    for name in ("folder", "pipe", "large", "loop", "none", "n" * 3_000, "n/" * 3_000, "/dev/zero"):
        assert "next:" in refused(door, tmp_path / name)


@pytest.mark.parametrize(
    "path", ["a" * 3_000, "a/" * 1_500, "a/" * 1_500 + "x.ttf", "../" * 900 + "etc/passwd", "."]
)
@pytest.mark.parametrize("field", ["logo: {}", "fonts: {}", "fonts: {{regular: {}}}"])
def test_a_path_in_a_brand_that_leads_nowhere(field: str, path: str, tmp_path: Path) -> None:
    """A path of any length ends in one message."""
    (tmp_path / "brand.yaml").write_text(field.format(f'"{path}"'))
    refused("brand", tmp_path / "brand.yaml")


@pytest.mark.parametrize("field", ["logo: {}", "fonts: {}", "fonts: {{regular: {}}}"])
def test_a_brand_takes_nothing_by_a_link_or_a_pipe(field: str, tmp_path: Path) -> None:
    """A link that leads out of the brand's folder, one to itself, and a pipe are refused."""
    folder = tmp_path / "brand"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "out.ttf").symlink_to(tmp_path / "secret.png")
    (folder / "loop.ttf").symlink_to("loop.ttf")
    os.mkfifo(folder / "pipe.ttf")
    for name in ("out.png", "out.ttf", "loop.ttf", "pipe.ttf"):
        (folder / "brand.yaml").write_text(field.format(name))
        refused("brand", folder / "brand.yaml")


COMMANDS = {
    "check": ["check", EXPORT, "--instrument", "{}"],
    "check, map": ["check", EXPORT, "--instrument", INSTRUMENT, "--map", "{}"],
    "map": ["map", EXPORT, "--instrument", "{}", "--out", "out"],
    "prepare": ["prepare", EXPORT, "--instrument", "{}", "--out", "out"],
    "prepare, map": ["prepare", EXPORT, "--instrument", INSTRUMENT, "--map", "{}", "--out", "out"],
    "questionnaire": ["questionnaire", "{}", "--format", "xlsform", "--out", "out"],
    "database": ["database", "import", EXPORT, "--instrument", "{}", "--database", "out"],
    "charts": ["charts", "sample", "--brand", "{}", "--out", "out"],
    "analyze": ["analyze", "sample", "--brand", "{}", "--out", "out"],
    "report": ["report", "sample", "--all", "--brand", "{}", "--out", "out"],
    "verify": ["verify", "report.pdf", "--brand", "{}"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_it(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message, exit code 1, no traceback, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bomb.yaml").write_text(str(HOSTILE["a list of lists of lists"]))
    with in_time(), pytest.raises(SystemExit) as ended:
        main([str(part).format(tmp_path / "bomb.yaml") for part in COMMANDS[command]])
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "aliases that stand for more than" in said
    assert "defect" not in said
    assert fits_a_screen(said)
    assert [p.name for p in tmp_path.iterdir()] == ["bomb.yaml"]


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases of ../shared are not here")
@pytest.mark.parametrize("door", DOORS)
def test_the_shared_cases_are_refused(door: str) -> None:
    """Whatever door one of them comes to."""
    for file in sorted(CASES.glob("*.yaml")):
        refused(door, file)


def parsed(text: str) -> Any:
    return parse_yaml(text, name="file.yaml", kind="file", error=CfAnalysisError)


@pytest.mark.parametrize(
    "text",
    [
        *(
            path.read_text(encoding="utf-8")
            for path in sorted((ROOT / "data" / "instruments").glob("*.yaml"))
        ),
        "",
        "# a remark",
        "a: [1, -2, +3, 0, 1.5, -.5, 1.5e+3, true, No, ~, null, , text, '7', \"8\", 08]".replace(" , ", " "),
        "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: {<<: [{b: 4}, *x], f: 5}\ng: *x",
        "a: |\n  one\n  two\nb: >\n  three\n  four\n3: x\n2.5: y\ntrue: z\n? key\n: value",
        "a: &x [1, {b: &y 2}]\nc: *x\nd: *y\n? &k key\n: *k",
        '"a\\u00e9\\x41": "tab\\t, line\\n, escape\\e"',
    ],
)
def test_ordinary_yaml_means_what_it_always_did(text: str) -> None:
    """The same as PyYAML's own safe loader reads, aliases and merged mappings included."""
    expected = yaml.safe_load(text)
    assert parsed(text) == expected
    assert repr(parsed(text)) == repr(expected) or "<<" in text


def test_bounds_leave_room_for_real_files() -> None:
    """A map of the widest sheet, and aliases as people use them, are read."""
    columns = [{"column": f"Column {i}", "is": "", "proposal": "x", "score": 0.61} for i in range(16_384)]
    text = "instrument: x\ncolumns:\n" + "".join(f"- {json.dumps(column)}\n" for column in columns)
    assert parse_yaml(text, name="map", kind="map", error=CfAnalysisError, most=160_000)["columns"] == columns
    grid = "a: &a {min: 1, max: 5, labels: {1: low, 5: high}}\n"
    assert len(parsed(grid + "".join(f"k{i}: *a\n" for i in range(500)))) == 501
