"""The first steps with an own export, and the reports that a notebook writes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cfanalysis.core.blocks import Notice, Table
from cfanalysis.core.errors import CfAnalysisError, IntakeError, OutputError, ParameterError, StudyError
from cfanalysis.jupyter import first_steps, report_form
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.workspace import find_file, find_study, reports_folder, study_names

from .short_reports import short_report

EXPORT = """Company,wave,s1,d1,d2,s2,d3,p1,Role you have,why
Alder,2024,5,4,2,5,4,4,leader,my boss is Jo
Alder,2025,4,4,2,4,4,4,front line,
Birch,2025,good,3,3,5,3,2,leader,
"""


@pytest.fixture
def workbook(tmp_path: Path, tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook with an export, seen from its notebooks."""
    for name in ("data/prepared", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data" / "answers.csv").write_text(EXPORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def with_short_report(workspace: Path) -> Path:
    """Make a folder a workspace with a report of one section; return it."""
    (workspace / "data" / "prepared").mkdir(parents=True)
    return short_report(workspace / "notebooks" / "client_report.ipynb", "comments").parents[1]


@pytest.fixture
def export(workbook: Path) -> first_steps.SurveyExport:
    return first_steps.survey_export("data/answers.csv", "tiny.yaml")


def test_a_file_is_found_from_the_notebooks_from_the_top_and_among_what_ships(workbook: Path) -> None:
    """``data/answers.csv`` means the same file wherever a notebook is started."""
    assert find_file("data/answers.csv") == workbook / "data" / "answers.csv"
    assert find_file("data/sample/customer_focus_responses.csv").is_file()
    assert find_file("data/absent.csv") == workbook / "data" / "absent.csv"
    assert find_file("customer_focus") == Path("customer_focus")


def test_the_export_is_shown_in_figures(export: first_steps.SurveyExport) -> None:
    """File, columns and items are counted."""
    text = str(first_steps.export_figures(export))
    assert "answers.csv" in text
    assert "10 columns" in text
    assert "6 rated (7 in all)" in text


def test_a_missing_export_is_said_with_its_place(workbook: Path) -> None:
    """The message names the place where the file was expected and the nearest name there."""
    with pytest.raises(IntakeError, match="no such file") as missing:
        first_steps.export_figures(first_steps.survey_export("data/answer.csv", "tiny.yaml"))
    assert "answers.csv" in str(missing.value)


def test_findings_are_counted_by_rule(export: first_steps.SurveyExport) -> None:
    """`good` is neither a code nor a label; the table says so with row and column, and shows no open answer."""
    table = first_steps.findings_table(export)
    assert isinstance(table, Table)
    [row] = [r for r in table.rows if "neither a code nor a label" in r[0]]
    assert row[1:] == ("1", "row 4, column s1", "good")
    assert "Jo" not in str(table)


def test_a_clean_export_is_said_to_be_clean(workbook: Path) -> None:
    """Without findings there is one sentence."""
    (workbook / "data" / "clean.csv").write_text(EXPORT.replace("good", "5").replace("my boss is Jo", ""))
    found = first_steps.findings_table(first_steps.survey_export("data/clean.csv", "tiny.yaml"))
    assert "Nothing is wrong: 3 rows" in str(found)


def test_columns_are_recognized_ignored_or_to_be_decided(
    export: first_steps.SurveyExport, workbook: Path
) -> None:
    """What only resembles a field is to be decided; a written map is edited, named, and then settles it."""
    text = str(first_steps.column_table(export))
    assert "Recognized" in text
    assert "Role you have" in text
    place = first_steps.write_column_map(export, "data/columns.yaml")
    assert place == workbook / "data" / "columns.yaml"
    with pytest.raises(OutputError, match="exists already"):
        first_steps.write_column_map(export, "data/columns.yaml")
    entry = [line for line in place.read_text(encoding="utf-8").splitlines() if "Role you have" in line]
    assert entry
    decided = (
        place.read_text(encoding="utf-8")
        .replace("column: Role you have\n  is: ignore", "column: Role you have\n  is: role")
        .replace("column: Role you have\n  is: ''", "column: Role you have\n  is: role")
    )
    place.write_text(decided, encoding="utf-8")
    settled = first_steps.survey_export("data/answers.csv", "tiny.yaml", columns="data/columns.yaml")
    table = first_steps.column_table(settled)
    assert isinstance(table, Table)
    assert {r[0]: r[1] for r in table.rows}["Recognized"] == "10"
    study = first_steps.prepare_own_study(settled, "mine")
    assert set(study.survey.raw_responses["role"].dropna()) == {"leader", "front line"}


def test_the_same_export_is_prepared_once_and_a_newer_one_anew(
    export: first_steps.SurveyExport, workbook: Path
) -> None:
    """The study is opened where nothing changed, made again where the export did."""
    made = first_steps.prepare_own_study(export, "mine")
    assert made.folder == workbook / "data" / "prepared" / "mine"
    stamp = made.folder.stat().st_ino
    assert first_steps.prepare_own_study(export, "mine").folder.stat().st_ino == stamp
    export.file.write_text(EXPORT + "Cedar,2025,5,5,1,5,5,5,leader,\n", encoding="utf-8")
    assert first_steps.prepare_own_study(export, "mine").clients == ["Alder", "Birch", "Cedar"]


def test_a_study_of_another_file_is_not_replaced(export: first_steps.SurveyExport, workbook: Path) -> None:
    """A name that another export's study has is refused."""
    first_steps.prepare_own_study(export, "mine")
    (workbook / "data" / "other.csv").write_text(EXPORT, encoding="utf-8")
    with pytest.raises(StudyError, match="of another file") as refused:
        first_steps.prepare_own_study(first_steps.survey_export("data/other.csv", "tiny.yaml"), "mine")
    assert "another name" in str(refused.value)
    assert find_study("mine").manifest["inputs"][0]["name"] == "answers.csv"


def test_reports_lie_in_the_workbook_of_the_study(
    sample_study: Study, export: first_steps.SurveyExport
) -> None:
    """Beside ``data`` in the workbook; below the working directory where the study lies in none."""
    study = first_steps.prepare_own_study(export, "mine")
    assert reports_folder(study) == study.folder.parents[2] / "reports" / "mine"
    assert reports_folder(sample_study) == Path.cwd() / "reports" / "sample"
    assert study_names() == ["customers", "mine", "sample"]


def test_an_error_in_a_notebook_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the cell stands the message alone; with CFANALYSIS_DEBUG the traceback."""
    error = StudyError("There is no study.", next_step="Prepare it.")
    assert error._render_traceback_() == ["StudyError: There is no study.\n  next:    Prepare it."]
    monkeypatch.setenv("CFANALYSIS_DEBUG", "1")
    with pytest.raises(StudyError) as raised:
        raise error
    assert "Traceback" in raised.value._render_traceback_()[0]


def test_links_are_seen_from_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click opens the report; the text names it from the workbook's top."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    links = report_form.ReportLinks((tmp_path / "reports" / "a b" / "x.pdf",), tmp_path)
    data, _ = links._repr_mimebundle_()
    assert data["text/plain"] == "reports/a b/x.pdf"
    assert data["text/markdown"].endswith("(../reports/a%20b/x.pdf)")


def test_a_report_is_written_as_the_command_writes_it(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first client's page and workbook lie in ``reports/<study>/clients``, in the ledger, too."""
    monkeypatch.chdir(with_short_report(tmp_path))
    links = report_form.write_report(sample_study, "", "html, xlsx")
    folder = tmp_path / "reports" / "sample" / "clients"
    assert [p.name for p in links.files] == ["alderbarrow-pumps.html", "alderbarrow-pumps.xlsx"]
    assert all(path.is_file() for path in links.files)
    assert (folder / "ledger.jsonl").is_file()


def test_an_unknown_format_and_client_are_refused(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is one message, before anything is made."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParameterError, match="no such format"):
        report_form.write_report(sample_study, "", "docx")
    with pytest.raises(CfAnalysisError, match="has no client 'Nobody'"):
        report_form.write_report(sample_study, "Nobody", "html")


def test_without_ipywidgets_a_line_says_how_to_get_it(
    sample_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form's place is taken by a notice; nothing fails."""
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    shown = report_form.client_form(sample_study)
    assert isinstance(shown, Notice)
    assert "cfanalysis[widgets]" in str(shown)


def test_the_form_writes_what_was_chosen(
    sample_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form offers studies and clients; its button writes the report; without a format it says so."""
    pytest.importorskip("ipywidgets", reason="needs the extra widgets")
    monkeypatch.chdir(with_short_report(tmp_path))
    shown = report_form.client_form(sample_study)
    assert isinstance(shown, report_form.ClientForm)
    assert shown._repr_mimebundle_()["text/plain"].startswith("A form")
    assert shown.client.value == sample_study.clients[0]
    assert shown.client.options[-1] == ("All 120 clients", report_form.ALL_CLIENTS)
    shown.client.value = "Brackencombe Freight"
    shown.formats["pdf"].value = False
    shown.button.click()
    assert (tmp_path / "reports" / "sample" / "clients" / "brackencombe-freight.html").is_file()
    assert "brackencombe-freight.html" in shown.result.outputs[0]["data"]["text/plain"]
    shown.formats["html"].value = False
    shown.button.click()
    assert "No format is chosen" in shown.result.outputs[0]["data"]["text/plain"]
    assert not shown.button.disabled
