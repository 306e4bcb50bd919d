from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cfanalysis.core.errors import ParameterError, PublishError
from cfanalysis.publish.execution.parameters import Parameter, notebook_parameters, parse_parameters

CELL = '''"""What may be asked."""
study: str = "sample"  # the study: a name or a folder
client: str | None = None  # the client
limit: int = 10
share: float = 0.25  # share of organizations
bold: bool = False
criterion: Literal["satisfaction", "growth"] = "growth"
roles: list[str] = ["leader"]
bare = 3  # no annotation
'''


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return _notebook(tmp_path, CELL)


def _notebook(folder: Path, source: str, tag: str = "parameters") -> Path:
    cell = {"cell_type": "code", "source": source.splitlines(True), "metadata": {"tags": [tag]}}
    path = folder / "asked.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "x"}, cell]}))
    return path


def test_each_line_is_a_parameter_with_type_default_and_help(asked: Path) -> None:
    """Each line of the cell is read as name, type, default and remark."""
    found = notebook_parameters(asked)
    assert list(found) == ["study", "client", "limit", "share", "bold", "criterion", "roles", "bare"]
    assert found["study"] == Parameter("study", "str", "sample", "the study: a name or a folder")
    assert found["client"] == Parameter("client", "str | None", None, "the client")
    assert found["bare"] == Parameter("bare", "int", 3, "no annotation")


def test_a_notebook_without_the_cell_takes_no_parameters(tmp_path: Path) -> None:
    """Without a tagged cell there are no parameters, and giving one is an error."""
    path = _notebook(tmp_path, "x = 1", tag="other")
    assert notebook_parameters(path) == {}
    with pytest.raises(ParameterError, match="no cell tagged parameters"):
        parse_parameters(path, {"x": 1})


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("limit", "5", 5),
        ("share", "0.5", 0.5),
        ("share", 1, 1.0),
        ("bold", "true", True),
        ("bold", "No", False),
        ("client", None, None),
        ("client", "none", "none"),
        ("study", Path("a"), "a"),
        ("criterion", "satisfaction", "satisfaction"),
        ("roles", "leader, manager", ["leader", "manager"]),
    ],
)
def test_text_is_converted_to_the_declared_type(asked: Path, name: str, given: Any, value: Any) -> None:
    """A string, as a command line gives it, becomes the declared type; other values are checked."""
    result = parse_parameters(asked, {name: given})
    assert result == {name: value}
    assert type(result[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "allowed"),
    [
        ("limit", "five", "a whole number"),
        ("limit", True, "a whole number"),
        ("limit", 2.5, "a whole number"),
        ("share", "much", "a number"),
        ("bold", "perhaps", "true or false"),
        ("study", 3, "text"),
        ("criterion", "profit", "one of satisfaction, growth"),
        ("roles", 3, "a list"),
        ("client", 3, "text or nothing"),
    ],
)
def test_another_type_is_an_error_that_says_what_is_allowed(
    asked: Path, name: str, given: Any, allowed: str
) -> None:
    """A value of another type is refused with what would be right."""
    with pytest.raises(ParameterError, match=f"(?s){name} does not take.*{allowed}"):
        parse_parameters(asked, {name: given})


def test_an_unknown_name_names_the_nearest(asked: Path) -> None:
    """A name that is not known is refused, with the nearest one and all that are."""
    with pytest.raises(ParameterError, match=r"(?s)stuty.*study, client.*Did you mean study\?"):
        parse_parameters(asked, {"stuty": "x"})


def test_a_cell_that_computes_is_an_error_with_its_line(tmp_path: Path) -> None:
    """A parameters cell holds literals; anything that would have to be executed is refused."""
    with pytest.raises(PublishError, match="cannot be read"):
        notebook_parameters(_notebook(tmp_path, "study: str = open('/etc/passwd').read()"))
    with pytest.raises(PublishError, match=r"line 2: import os"):
        notebook_parameters(_notebook(tmp_path, "a = 1\nimport os"))


def test_a_file_that_is_no_notebook_is_an_error(tmp_path: Path) -> None:
    """A missing file and a file of another kind are told apart."""
    with pytest.raises(PublishError, match="cannot be read"):
        notebook_parameters(tmp_path / "absent.ipynb")
    (tmp_path / "text.ipynb").write_text("[1, 2]")
    with pytest.raises(PublishError, match="not a Jupyter notebook"):
        notebook_parameters(tmp_path / "text.ipynb")


def test_a_missing_file_is_found_before_anything_runs(tmp_path: Path) -> None:
    """What is typed as a path must be there, or be empty; the type may stand in quotes."""
    notebook = _notebook(tmp_path, "extract: 'Path' = ''  # the extract\nlogo: Path | None = None")
    there = {"extract": str(tmp_path), "logo": None}
    assert parse_parameters(notebook, there) == there
    assert parse_parameters(notebook, {"extract": ""}) == {"extract": ""}
    for name in ("extract", "logo"):
        with pytest.raises(ParameterError, match=r"a file or folder that exists"):
            parse_parameters(notebook, {name: str(tmp_path / "missing")})
