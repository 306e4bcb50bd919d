"""The questionnaire as a form and as a page, without a browser; tests/browser drives the page."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from cfanalysis.cli import main
from cfanalysis.core.errors import ParameterError, StudyError
from cfanalysis.questionnaire import (
    Form,
    Question,
    page_benchmark,
    questionnaire,
    questionnaire_page,
    write_offline_page,
    write_xlsform,
    xlsform_sheets,
)
from cfanalysis.questionnaire.offline_page import page_definition, response_columns
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import Instrument, load_instrument, parse_instrument

from .conftest import ROOT, TINY

INSTRUMENTS = sorted((ROOT / "data" / "instruments").glob("*.yaml"))
HOSTILE = (
    "</script><script>alert(1)</script> ${s1} {{ 7*7 }} <img src=x onerror=alert(1)> "
    """=1+1 "quoted" 'so' & \\u2028"""
)


@pytest.fixture(scope="module")
def focus() -> Instrument:
    return load_instrument(ROOT / "data" / "instruments" / "customer_focus.yaml")


@pytest.fixture(scope="module")
def hostile() -> Instrument:
    """The tiny instrument with texts that would like to be something else."""
    text = TINY.replace("Tiny Survey", json.dumps(HOSTILE)).replace("We intend it.", json.dumps(HOSTILE))
    text = text.replace("options: [Retail, Energy]", f"options: [Retail, {json.dumps(HOSTILE)}]")
    return parse_instrument(text.replace('"What could we do better?"', json.dumps(HOSTILE + "?")))


def converted(form: Form, folder: Path) -> str:
    """The XForm that pyxform makes; a warning is an error."""
    convert = pytest.importorskip("pyxform.xls2xform").convert
    warnings: list[str] = []
    result = convert(str(write_xlsform(form, folder / "form.xlsx")), warnings=warnings)
    assert [*warnings, *result.warnings] == []
    return str(result.xform)


def test_a_dimension_is_a_page(focus: Instrument) -> None:
    """Facts come first, then each dimension as one page, then the other items; each question once."""
    form = questionnaire(focus, wave="2025")
    assert [len(page.questions) for page in form.pages] == [7, 10, 10, 10, 10, 5, 9, 9, 3, 1]
    assert [page.title for page in form.pages[1:5]] == ["Leadership", "Processes", "People", "Products"]
    assert [q.name for q in form.questions if not q.fact] == [item.id for item in focus.items]
    assert (form.wave, form.pages[8].total) == ("2025", 10)


def test_an_organization_that_is_known_is_not_asked(focus: Instrument) -> None:
    """With an organization, and fields left out, the form does not ask for them."""
    form = questionnaire(focus, organization=" Alder  Logistics", omit=["sector", "country"], wave="2026")
    assert (form.organization, form.wave) == ("Alder Logistics", "2026")
    names = {q.name for q in form.questions}
    assert names.isdisjoint({"organization", "sector", "country"})
    assert response_columns(form)[:4] == ["organization", "respondent", "wave", "seconds"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"omit": ["sektor"], "wave": "2025"}, "no such field"),
        ({"organization": "n/a", "wave": "2025"}, "takes this organization for no answer"),
        ({"wave": "NA"}, "takes this wave for no answer"),
    ],
)
def test_what_cannot_be_asked_is_refused(focus: Instrument, arguments: dict[str, str], text: str) -> None:
    """A field that does not exist, and names that mean no answer, are errors."""
    with pytest.raises(ParameterError, match=text):
        questionnaire(focus, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("last", "today", "past"),
    [
        ("2025", date(2026, 11, 30), True),
        ("2025", date(2025, 12, 31), False),
        ("2026-Q2", date(2026, 7, 1), True),
        ("Q4 2026", date(2026, 11, 30), False),
        ("2026-H1", date(2026, 6, 30), False),
        ("2026-10", date(2026, 11, 1), True),
        ("2025/26", date(2026, 11, 30), False),
        ("Spring 2024", date(2025, 1, 1), True),
        ("Third", date(2026, 11, 30), False),
    ],
)
def test_a_wave_that_is_past_is_not_assumed(tiny: Instrument, last: str, today: date, past: bool) -> None:
    """Answers of today are not stamped with a year, quarter or month that is over, unless it is given."""
    instrument = tiny.model_copy(update={"waves": ("2020", last)})
    assert questionnaire(instrument, wave=last, today=today).wave == last
    if not past:
        assert questionnaire(instrument, today=today).wave == last
        return
    with pytest.raises(ParameterError, match=f"--wave {today.year}"):
        questionnaire(instrument, today=today)


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda p: p.stem)
def test_pyxform_takes_every_instrument(path: Path, tmp_path: Path) -> None:
    """Each instrument that ships becomes a form without a warning, with every item in it."""
    instrument = load_instrument(path)
    text = converted(questionnaire(instrument, wave="2025"), tmp_path)
    assert all(f"/{item.id}" in text for item in instrument.items)


def test_pyxform_takes_hostile_texts(hostile: Instrument, tmp_path: Path) -> None:
    """Texts that look like references, markup or formulas are labels and nothing else."""
    form = questionnaire(hostile, wave="2025", organization="""O'Ha"ra ${s1} & Sons""")
    text = converted(form, tmp_path)
    assert "concat('O'," in text
    assert "<script" not in text


@pytest.mark.system
def test_odk_validate_takes_every_form(hostile: Instrument, tmp_path: Path) -> None:
    """ODK Validate, which loads a form as the apps do, finds nothing in any form, and finds a broken one."""
    odk_validate = pytest.importorskip("pyxform.validators.odk_validate")
    if shutil.which("java") is None:
        pytest.skip("needs Java: make test-system")
    forms = [questionnaire(hostile, wave="2025", organization="""O'Ha"ra ${s1} & Sons""")]
    for path in (*INSTRUMENTS, *sorted((ROOT / "tests" / "instruments").glob("*.yaml"))):
        forms.append(questionnaire(load_instrument(path), wave="O'Neil's 2026"))
    files = [tmp_path / f"{number}.xml" for number in range(len(forms) + 1)]
    for form, file in zip(forms, files, strict=False):
        file.write_text(converted(form, tmp_path), encoding="utf-8")
    files[-1].write_text(
        files[0].read_text(encoding="utf-8").replace('="once(', '="twice(('), encoding="utf-8"
    )
    command = ["java", "-Djava.awt.headless=true", "-jar", odk_validate.ODK_VALIDATE_PATH]
    whole, broken = (
        subprocess.run([*command, *map(str, some)], capture_output=True, text=True, check=False)
        for some in (files[:-1], files[-1:])
    )
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.count("Xform is valid!") == len(forms)
    assert "Xform is valid!" not in broken.stdout


def test_the_same_questionnaire_gives_the_same_bytes(focus: Instrument, tmp_path: Path) -> None:
    """Form and page do not depend on when they are made."""
    form = questionnaire(focus, wave="2025")
    forms = [write_xlsform(form, tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx")]
    pages = [write_offline_page(form, tmp_path / name).read_bytes() for name in ("a.html", "b.html")]
    assert forms[0] == forms[1]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("counts", "fits"),
    [((1, 8, 1), True), ((0, 0, 10), True), ((99, 99, 99), True), ((1, 8, 2), False), ((99, 9, 1), False)],
)
def test_counts_add_up_to_ten(focus: Instrument, counts: tuple[int, int, int], fits: bool) -> None:
    """The last count's constraint holds for counts of ten, or for "don't know" in all three."""
    row = next(
        r
        for r in xlsform_sheets(questionnaire(focus, wave="2025"))["survey"]
        if r["name"] == "contacts_impressed"
    )
    expression = re.sub(r"\$\{(\w+)\}", r"$\1", row["constraint"]).replace(". ", "$own ")
    names = ("contacts_disappointed", "contacts_satisfied", "own")
    values = dict(zip(names, map(float, counts), strict=True))
    assert etree.XPath(expression)(etree.Element("x"), **values) is fits


@pytest.mark.parametrize("labels", [False, True], ids=["names", "labels"])
def test_an_export_of_the_form_is_prepared(focus: Instrument, tmp_path: Path, labels: bool) -> None:
    """A semicolon-divided export, with names or with labels, gives a study with the same answers."""
    form = questionnaire(focus, wave="2025")
    rows = [
        {q.name: _choice(q, number, place) for place, q in enumerate(form.questions)} for number in range(12)
    ]
    survey = {r["name"]: r for r in xlsform_sheets(form)["survey"] if "name" in r}
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL)
        heads = [survey[q.name]["label"] if labels else q.name for q in form.questions]
        writer.writerow(["start", "end", "respondent", "wave", *heads, "_id", "_uuid", "_submission_time"])
        for number, row in enumerate(rows):
            shown = [_shown(q, row[q.name]) if labels else row[q.name] for q in form.questions]
            writer.writerow(
                ["2025-05-02T10:00:00", "2025-05-02T10:11:00", f"u{number}", "2025", *shown, number, "x", ""]
            )
    study = prepare(path, ROOT / "data/instruments/customer_focus.yaml", tmp_path / "study")
    assert study.survey.raw_responses is not None
    found = study.survey.raw_responses.set_index("respondent")
    for number, row in enumerate(rows):
        for item in focus.rated_items:
            code = int(row[item.id])
            unknown = code in focus.scale_of(item.id).dont_know.codes
            assert found.loc[f"u{number}", item.id] == (-128 if unknown else code)
        for name in ("organization", "sector", "role", "one_thing"):
            assert found.loc[f"u{number}", name] == row[name]


def _choice(question: Question, number: int, place: int) -> str:
    """Some answer to a question."""
    if question.name == "organization":
        return f"Organization {number % 3}"
    if question.kind == "number":
        counts = {"contacts_disappointed": "1", "contacts_satisfied": "7", "contacts_impressed": "2"}
        return counts[question.name]
    if question.kind != "choice":
        return f"Opinion {number}"
    answers = [*question.choices, *([question.unknown] if question.unknown and place % 9 == 0 else [])]
    return answers[(number * 3 + place) % len(answers)].value


def _shown(question: Question, value: str) -> str:
    """An answer's label."""
    answers = [*question.choices, *([question.unknown] if question.unknown else [])]
    return next((a.label for a in answers if a.value == value), value)


def test_the_page_is_small_and_alone(focus: Instrument) -> None:
    """Without letters the page has fewer than 150 kB, and it names no address from which something is loaded."""
    text = questionnaire_page(questionnaire(focus, wave="2025"), fonts=False)
    assert len(text.encode()) < 150_000
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<(link|img|iframe|object|embed|base)\b|@import|innerHTML|eval\(", text)


@pytest.mark.parametrize("fonts", [True, False])
def test_the_policy_names_script_and_style_by_their_hashes(focus: Instrument, fonts: bool) -> None:
    """The one script and the one style of the page are those of the policy; everything else is forbidden."""
    text = questionnaire_page(questionnaire(focus, wave="2025"), fonts=fonts)
    tree = etree.HTML(text)
    policy = tree.xpath("string(//meta[@http-equiv]/@content)")
    scripts = tree.xpath("//script[not(@type)]/text()")
    styles = tree.xpath("//style/text()")
    assert (len(scripts), len(styles)) == (1, 1)
    for directive, content in (("script-src", scripts[0]), ("style-src", styles[0])):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_texts_of_the_instrument_are_data(hostile: Instrument) -> None:
    """Whatever an item says, the page has the same elements, and the script reads the text as it is."""
    plain = parse_instrument(TINY)
    trees = [etree.HTML(questionnaire_page(questionnaire(i, wave="2025"))) for i in (plain, hostile)]
    counts = [[e.tag for e in tree.iter() if isinstance(e.tag, str)] for tree in trees]
    assert counts[0] == counts[1]
    told = json.loads(trees[1].xpath("string(//script[@id='definition'])"))
    assert told["title"] == HOSTILE
    assert told["pages"][1]["questions"][0]["text"] == HOSTILE


def test_answers_of_another_form_are_not_mixed_in(focus: Instrument) -> None:
    """The key under which answers are saved follows what is asked, not the benchmark or the words."""
    keys = [
        page_definition(questionnaire(focus, wave=wave), hand_in=words)["key"]
        for wave, words in (("2025", ""), ("2025", "Send it."), ("2026", ""))
    ]
    assert keys[0] == keys[1] != keys[2]


def test_the_benchmark_holds_aggregates_alone(focus: Instrument, sample_study: Study) -> None:
    """Of the study the page knows means, deciles and n; no organization's name is in it."""
    benchmark = page_benchmark(sample_study, focus)
    assert set().union(*benchmark.measures.values()) == {"n", "mean", "p10", "p90", "top"}
    assert min(m["n"] for m in benchmark.measures.values()) >= focus.minima.organizations
    text = questionnaire_page(questionnaire(focus, wave="2025"), benchmark=benchmark, fonts=False)
    assert not [name for name in sample_study.clients if name in text]
    assert '"synthetic":true' in text


def test_too_few_organizations_are_no_benchmark(tiny: Instrument, tiny_file: Path, tmp_path: Path) -> None:
    """Below the minimum of organizations nothing is shown; below four times that no deciles."""

    def study(n: int) -> Study:
        path = tmp_path / f"{n}.csv"
        rows = [f"Org {k},4,{1 + k % 5},2,4,3,{1 + k % 5}" for k in range(n)]
        path.write_text("\n".join(["Company,s1,d1,d2,s2,d3,p1", *rows]), encoding="utf-8")
        return prepare(path, tiny_file, tmp_path / f"study_{n}")

    with pytest.raises(StudyError, match="too few organizations"):
        page_benchmark(study(4), tiny)
    say = page_benchmark(study(8), tiny).measures["overall/overall/say"]
    assert say["n"] == 8
    assert "p10" not in say


def test_another_survey_is_no_benchmark(tiny: Instrument, focus: Instrument, sample_study: Study) -> None:
    """A study of another instrument, or of other items in a score, is refused."""
    with pytest.raises(StudyError, match="asked something else"):
        page_benchmark(sample_study, tiny)
    fewer = focus.model_copy(update={"items": tuple(i for i in focus.items if i.id != "lead_d6")})
    with pytest.raises(StudyError, match="dimension/leadership"):
        page_benchmark(sample_study, fewer.model_copy(update={"indices": ()}))


@pytest.mark.parametrize(("kind", "suffix"), [("xlsform", "xlsx"), ("html", "html")])
def test_the_command_writes_both(
    kind: str, suffix: str, tmp_path: Path, instrument_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says how many questions are asked and prints the file."""
    out = tmp_path / f"q.{suffix}"
    with pytest.raises(SystemExit) as caught:
        main(
            [
                "questionnaire",
                str(instrument_file),
                "--format",
                kind,
                "--out",
                str(out),
                "--json",
                "--wave",
                "2026",
            ]
        )
    printed = capsys.readouterr()
    assert caught.value.code == 0
    assert json.loads(printed.out) == {
        "instrument": "customer_focus",
        "format": kind,
        "questions": 74,
        "files": [str(out)],
    }
    assert "74 questions on 10 pages" in printed.err
    assert out.stat().st_size > 5_000
