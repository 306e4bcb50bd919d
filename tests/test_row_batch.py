"""``cfanalysis run``: any notebook over the rows of a table, one report a row."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from cfanalysis.cli import main
from cfanalysis.core.errors import IntakeError, ParameterError
from cfanalysis.intake.parameter_table import read_parameter_table
from cfanalysis.publish.batches.ledger import LEDGER, read_ledger
from cfanalysis.publish.batches.row_batch import Rows, allowed_columns, named_rows
from cfanalysis.publish.provenance import read_provenance

PARAMETERS = "region: str = 'all'  # which region\nyear = 2024\nshare: float = 0.5\nfile: str = ''"
CELLS = (
    "import pandas as pd\nimport own_module",
    "pd.DataFrame({'region': [region], 'twice': [share * 2]})",
    "if year < 2000:\n    raise ValueError('no data before 2000')\nprint(own_module.greeting, region, year + 1)",
)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A researcher's notebook, in the working directory beside a module of its own."""
    monkeypatch.chdir(tmp_path)
    cells = [nbformat.v4.new_markdown_cell("# Regions")]
    cells += [nbformat.v4.new_code_cell(source) for source in (PARAMETERS, *CELLS)]
    cells[1].metadata["tags"] = ["parameters"]
    Path("own_module.py").write_text("greeting = 'Hello'")
    path = Path("regions.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def command(*arguments: str | Path) -> int:
    """The exit code of ``cfanalysis run``."""
    return main_exit("run", *arguments)


def main_exit(*arguments: str | Path) -> int:
    """The exit code of a command."""
    try:
        main([*map(str, arguments)])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def read_rows(notebook: Path, table: Path, common: dict[str, str], pattern: str | None = None) -> Rows:
    """The parameters of each report, as the command reads them."""
    return named_rows(
        notebook, read_parameter_table(table, allowed_columns(notebook, pattern)), common, pattern
    )


def test_a_notebook_is_published_for_each_row_of_a_table(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row that fails leaves its executed notebook; the others are out; resuming makes what is missing."""
    Path("rows.csv").write_text("region;year\nNorth;2024\nSouth;1999\nWest;\n", encoding="utf-8")
    given = [notebook, "--table", "rows.csv", "--format", "html", "--name", "{region}"]
    assert command(*given, "--jobs", "2") == 1
    out = Path("reports", "regions")
    states = {entry.name: entry.state for entry in read_ledger(out / LEDGER)}
    assert states == {"North": "done", "South": "failed", "West": "done"}
    page = (out / "north.html").read_text(encoding="utf-8")
    assert "Hello North 2025" in page
    assert "Not checked for confidentiality" in page
    assert read_provenance(out / "north.html")["confidentiality"] == "not checked"
    assert (out / "south.failed.ipynb").is_file()
    assert "South" in (out / "index.html").read_text(encoding="utf-8")
    Path("rows.csv").write_text("region;year\nNorth;2024\nSouth;2001\nWest;\n", encoding="utf-8")
    capsys.readouterr()
    assert command(*given, "--resume", "--json") == 0
    assert sorted(json.loads(capsys.readouterr().out)["reports"]) == ["North", "South", "West"]
    states = {entry.name: entry.state for entry in read_ledger(out / LEDGER)}
    assert states == {"North": "unchanged", "South": "done", "West": "unchanged"}


def test_one_report_needs_no_table(notebook: Path) -> None:
    """It is named after the notebook, and made again at each call: cells may read what no parameter names."""
    for _ in range(2):
        assert command(notebook, "-p", "year", "2030", "--format", "html", "--out", "once") == 0
        assert [entry.state for entry in read_ledger(Path("once", LEDGER))] == ["done"]
    assert "Hello all 2031" in Path("once", "regions.html").read_text(encoding="utf-8")


def test_a_date_reaches_the_page(notebook: Path) -> None:
    """One that is asked for; a call that keeps what is out keeps its date, too."""
    given = [notebook, "-p", "year", "2030", "--format", "html", "--out", "once"]
    assert command(*given, "--date", "2025-03-11") == 0
    assert command(*given, "--resume") == 0
    (entry,) = read_ledger(Path("once", LEDGER))
    assert (entry.state, entry.date) == ("unchanged", "2025-03-11")
    assert "11 March 2025" in Path("once", "regions.html").read_text(encoding="utf-8")


def test_a_file_that_a_parameter_names_counts_by_its_content(notebook: Path) -> None:
    """So a report of a changed file is made again, also when what is out is kept."""
    given = [notebook, "-p", "file", "data.csv", "--format", "html", "--out", "once", "--resume"]
    for content, state in (("1", "done"), ("1", "unchanged"), ("2", "done")):
        Path("data.csv").write_text(content, encoding="utf-8")
        assert command(*given) == 0
        assert [entry.state for entry in read_ledger(Path("once", LEDGER))] == [state]


def test_modules_beside_the_notebook_count_and_can_be_imported(
    notebook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From whatever directory it runs, with what they import themselves; a change of any of them makes it again."""
    Path("tools").mkdir()
    Path("tools", "__init__.py").write_text("from .words import greeting")
    Path("tools", "words.py").write_text("greeting = 'Moin 1'")
    Path("own_module.py").write_text("import importlib\ngreeting = importlib.import_module('tools').greeting")
    Path("elsewhere").mkdir()
    given = [tmp_path / notebook, "--format", "html", "--out", tmp_path / "out", "--resume"]
    page = tmp_path / "out" / "regions.html"
    for word, state in (("Moin 1", "done"), ("Moin 1", "unchanged"), ("Moin 2", "done")):
        (tmp_path / "tools" / "words.py").write_text(f"greeting = {word!r}")
        with contextlib.chdir("elsewhere"):
            assert command(*given) == 0, capsys.readouterr().err
            assert [entry.state for entry in read_ledger(tmp_path / "out" / LEDGER)] == [state]
            assert f"{word} all 2025" in page.read_text(encoding="utf-8")
            assert main_exit("verify", page, "--notebook", tmp_path / notebook) == 0
    Path("tools", "words.py").write_text("greeting = 'Moin 3'")
    assert main_exit("verify", page, "--notebook", notebook) == 1
    assert "modules     differs" in capsys.readouterr().err


def test_running_a_notebook_in_jupyterlab_changes_nothing(notebook: Path) -> None:
    """What a run leaves in its file is no part of what its reports are made from; a tag is."""
    given = [notebook, "--format", "html", "--out", "out", "--resume"]
    tagged = {"tags": ["remove-input"]}
    for metadata, state in (
        ({}, "done"),
        ({"execution": {}, "trusted": True}, "unchanged"),
        (tagged, "done"),
    ):
        read = nbformat.read(notebook, as_version=4)
        read.cells[2].metadata = metadata
        read.cells[2].outputs = [nbformat.v4.new_output("stream", text=state)]
        nbformat.write(read, notebook)
        assert command(*given) == 0
        assert [entry.state for entry in read_ledger(Path("out", LEDGER))] == [state]


def test_tables_of_all_kinds_give_the_same_rows(notebook: Path) -> None:
    """Values get the types that the notebook declares; an empty cell leaves the default."""
    frame = pd.DataFrame({"region": ["North", "Süd"], "year": [2023, None], "share": [0.25, 1.0]})
    frame["year"] = frame["year"].astype("Int64")
    frame.to_csv("rows.csv", index=False)
    frame.to_excel("rows.xlsx", index=False)
    frame.to_parquet("rows.parquet")
    text = "- {region: North, year: 2023, share: 0.25}\n- {region: Süd, share: 1}\n"
    Path("rows.yaml").write_text(text, encoding="utf-8")
    expected = {
        "North": {"region": "North", "year": 2023, "share": 0.25},
        "Süd": {"region": "Süd", "share": 1.0},
    }
    for suffix in ("csv", "xlsx", "parquet", "yaml"):
        rows = read_rows(notebook, Path(f"rows.{suffix}"), {}, "{region}")
        assert rows == expected, suffix
        assert isinstance(rows["North"]["year"], int)


@pytest.mark.parametrize(
    ("table", "pattern", "words"),
    [
        ("region,yeer\nNorth,1\n", None, ["yeer", "Did you mean year?"]),
        ("region,year\nNorth,x\nSouth,y\n", None, ["row 2", "row 3", "a whole number"]),
        ("region,year\nNorth,1\nNorth,1\n", None, ["row 3: Two rows have the name 'North 1'"]),
        ("region,year\n", None, ["no row"]),
        ("", None, ["empty"]),
    ],
)
def test_a_table_that_does_not_fit_is_refused_before_anything_runs(
    table: str, pattern: str | None, words: list[str], notebook: Path
) -> None:
    """With the rows, the values and what is allowed; as of any file that is wrong, the code is 1."""
    Path("rows.csv").write_text(table, encoding="utf-8")
    with pytest.raises(IntakeError) as caught:
        read_rows(notebook, Path("rows.csv"), {}, pattern)
    assert caught.value.exit_code == 1
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("common", "pattern", "words"),
    [
        ({}, "{sector} {region}", ["neither a column nor a parameter", "sector", "region, year, "]),
        ({}, "{}", ["neither a column nor a parameter"]),
        ({}, "{", ["pattern"]),
        ({"yeer": "1"}, None, ["no such parameter", "Did you mean year?"]),
        ({"share": "half"}, None, ["share does not take this value", "a number"]),
        ({"year": "1"}, None, ["for all rows", "year"]),
    ],
)
def test_what_all_rows_have_is_refused_once(
    common: dict[str, str], pattern: str | None, words: list[str], notebook: Path
) -> None:
    """Not once a row; as of any call that is wrong, the code is 2."""
    for table in ("rows.yaml", "rows.csv"):
        Path("rows.yaml").write_text("- {region: North, year: 2}\n- {region: South, year: 2}\n")
        Path("rows.csv").write_text("region,year\nNorth,2\nSouth,2\n")
        with pytest.raises(ParameterError) as caught:
            read_rows(notebook, Path(table), common, pattern)
        assert caught.value.exit_code == 2
        assert all(word in str(caught.value) for word in words), str(caught.value)
        assert "row 2" not in str(caught.value)


@pytest.mark.parametrize("name", ["absent.ipynb", "broken.ipynb"])
def test_a_notebook_that_cannot_be_read_is_a_file_that_is_wrong(
    name: str, notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code is 1, as of a table; a wrong option is 2."""
    Path("broken.ipynb").write_text("{")
    assert command(name) == 1
    assert name in capsys.readouterr().err
    assert command(notebook, "--format", "docx") == 2
