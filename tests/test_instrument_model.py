from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from cfanalysis.core.errors import InstrumentError
from cfanalysis.survey import instrument as model
from cfanalysis.survey.instrument import RESERVED_COLUMNS, Instrument, load_instrument, parse_instrument

from .test_cli import run

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "instruments.md"
EXAMPLE = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
MODELS = (
    model.Instrument,
    model.Scale,
    model.DontKnow,
    model.Titled,
    model.Item,
    model.DataField,
    model.Index,
    model.FrequencyTables,
    model.Minima,
)


@pytest.fixture
def content() -> dict[str, Any]:
    """Return the documented example, to be spoiled."""
    assert EXAMPLE is not None
    loaded = yaml.safe_load(EXAMPLE[1])
    assert isinstance(loaded, dict)
    return loaded


def parsed(content: dict[str, Any]) -> Instrument:
    """Return the instrument that the content makes."""
    return parse_instrument(yaml.safe_dump(content, allow_unicode=True), name="small.yaml")


def item_of(content: dict[str, Any], item_id: str) -> dict[str, Any]:
    """Return an item's entry, to be changed."""
    found: dict[str, Any] = next(item for item in content["items"] if item["id"] == item_id)
    return found


def test_the_documented_example_loads(content: dict[str, Any]) -> None:
    """The example in docs/instruments.md is a whole instrument."""
    small = parsed(content)
    assert [item.id for item in small.gap_items] == ["lead_s1", "lead_d1"]
    assert small.scale_of("lead_s1").spellings(3) == ("Neither agree nor disagree", "Neutral")
    assert small.criterion_index is not None


@pytest.mark.parametrize("part", MODELS, ids=lambda part: part.__name__)
def test_every_field_is_documented(part: type[BaseModel]) -> None:
    """Each field that an instrument file may have stands in docs/instruments.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in part.model_fields if f"`{name}`" not in text] == []


def test_a_missing_file_names_the_nearest(tmp_path: Path, content: dict[str, Any]) -> None:
    """A mistyped file name is answered with the file that was probably meant."""
    (tmp_path / "customer.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InstrumentError, match=r"no such instrument[\s\S]*customr[\s\S]*customer\.yaml"):
        load_instrument(tmp_path / "customr.yaml")


def test_instruments_that_ship_are_known_by_name(
    tmp_path: Path, content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare name is the instrument of the workbook, unless a file of that name lies here."""
    monkeypatch.chdir(tmp_path)
    assert load_instrument(Path("fevs_2023")).id == "fevs_2023"
    assert load_instrument(Path("customer_index.yaml")).id == "customer_index"
    (tmp_path / "fevs_2023").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert load_instrument(Path("fevs_2023")).id == content["id"]
    with pytest.raises(InstrumentError, match=r"no such instrument[\s\S]*allowed: customer_focus"):
        load_instrument(Path("custmer_focus"))
    with pytest.raises(InstrumentError, match="no such instrument"):
        load_instrument(tmp_path / "elsewhere" / "customer_focus")


def test_every_command_takes_an_instrument_by_name(
    tmp_path: Path, sample_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """check, map, prepare, database import and questionnaire understand the name of one that ships."""
    small = tmp_path / "few.csv"
    small.write_text(
        "".join(sample_file.read_text(encoding="utf-8").splitlines(keepends=True)[:40]), encoding="utf-8"
    )
    given = ("--instrument", "customer_focus")
    assert run(capsys, "check", small, *given)[0] in (0, 1)
    assert run(capsys, "map", small, *given, "--out", tmp_path / "map.yaml")[0] == 0
    assert run(capsys, "prepare", small, *given, "--out", tmp_path / "study")[0] == 0
    assert (tmp_path / "study" / "instrument.yaml").is_file()
    assert run(capsys, "database", "import", small, *given, "--database", tmp_path / "all.sqlite")[0] == 0
    form = tmp_path / "form.xlsx"
    assert (
        run(
            capsys, "questionnaire", "customer_focus", "--wave", "2026", "--format", "xlsform", "--out", form
        )[0]
        == 0
    )
    code, _, said = run(capsys, "check", small, "--instrument", "custmer_focus")
    assert code == 1
    assert "There is no such instrument" in said
    assert "allowed: customer_focus" in said


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is an error that says what to give."""
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(InstrumentError, match=r"cannot be read[\s\S]*UTF-8 YAML"):
        load_instrument(path)


def test_a_yaml_syntax_error_names_file_and_line() -> None:
    """A slip in the YAML is reported with the file's name and the line."""
    with pytest.raises(InstrumentError, match=r"not valid YAML[\s\S]*broken\.yaml[\s\S]*line 2"):
        parse_instrument("format: 1\nitems: [a, b\ntitle: x", name="broken.yaml")


def test_a_key_that_stands_twice_is_not_overwritten() -> None:
    """Of two equal keys neither wins: it is an error."""
    with pytest.raises(InstrumentError, match="the key 'title' occurs 2 times"):
        parse_instrument("title: a\ntitle: b\nitems: []")


@pytest.mark.parametrize("text", ["", "just a sentence", "- a\n- list", "name: a recipe"])
def test_something_else_is_not_an_instrument(text: str) -> None:
    """YAML that describes no survey is told from a survey with mistakes."""
    with pytest.raises(InstrumentError, match=r"not an instrument: it has no items[\s\S]*customer_focus"):
        parse_instrument(text, name="recipe.yaml")


def test_an_item_that_stands_twice(content: dict[str, Any]) -> None:
    """Two items with one id are named."""
    content["items"].append(item_of(content, "perf_1"))
    with pytest.raises(InstrumentError, match=r"small\.yaml[\s\S]*item 'perf_1' occurs 2 times"):
        parsed(content)


@pytest.mark.parametrize(
    ("field", "value", "nearest"),
    [("scale", "agrement", "agreement"), ("dimension", "leaders", "leadership")],
)
def test_a_name_that_is_not_defined(content: dict[str, Any], field: str, value: str, nearest: str) -> None:
    """An unknown scale or dimension is reported with item, field and what is defined."""
    item_of(content, "lead_s1")[field] = value
    expected = f"item 'lead_s1', field {field}: '{value}' is not defined (defined: {nearest})"
    with pytest.raises(InstrumentError, match=re.escape(expected)):
        parsed(content)


def test_an_unknown_practice(content: dict[str, Any]) -> None:
    """An unknown practice is reported with its item."""
    item_of(content, "lead_d1")["practices"] = ["listenin"]
    with pytest.raises(InstrumentError, match="item 'lead_d1', field practice: 'listenin'"):
        parsed(content)


def test_a_pair_with_one_side(content: dict[str, Any]) -> None:
    """A pair needs a Say and a Do item; what it has is said."""
    del item_of(content, "lead_d1")["pair"]
    message = r"pair 'decisions' must have one Say and one Do item, it has lead_s1 \(say\)"
    with pytest.raises(InstrumentError, match=message):
        parsed(content)


def test_a_pair_across_dimensions(content: dict[str, Any]) -> None:
    """The two sides of a pair are about one dimension."""
    content["dimensions"].append({"id": "people", "title": "People"})
    item_of(content, "lead_d1")["dimension"] = "people"
    with pytest.raises(InstrumentError, match="pair 'decisions': its items are in different dimensions"):
        parsed(content)


def test_a_criterion_with_gap_items(content: dict[str, Any]) -> None:
    """Quartiles cut on the gap's own items are refused, with the reason."""
    content["indices"][0]["items"] = ["perf_1", "lead_d1"]
    message = r"criterion 'performance' contains the gap items lead_d1: quartiles cut on the gap's own items"
    with pytest.raises(InstrumentError, match=message):
        parsed(content)


def test_a_criterion_that_is_no_index(content: dict[str, Any]) -> None:
    """The criterion must be one of the indices."""
    content["criterion"] = "profit"
    with pytest.raises(InstrumentError, match="criterion 'profit' is not an index"):
        parsed(content)


def test_an_unknown_field_names_item_and_field(content: dict[str, Any]) -> None:
    """A mistyped field is an error at its place, not a field that is ignored."""
    item_of(content, "lead_d1")["reversed"] = True
    with pytest.raises(
        InstrumentError, match=r"small\.yaml[\s\S]*items > 'lead_d1' > reversed: Extra inputs"
    ):
        parsed(content)


def test_a_missing_field_names_item_and_field(content: dict[str, Any]) -> None:
    """An item without a text is named."""
    del item_of(content, "perf_1")["text"]
    with pytest.raises(InstrumentError, match=r"items > 'perf_1' > text: Field required"):
        parsed(content)


def test_all_mistakes_are_reported_together(content: dict[str, Any]) -> None:
    """One run shows every wrong place."""
    item_of(content, "perf_1")["role"] = "perfomance"
    item_of(content, "lead_s1")["facet"] = "think"
    content["minima"]["respondents"] = 1
    with pytest.raises(InstrumentError) as caught:
        parsed(content)
    text = str(caught.value)
    assert "3 error(s)" in text
    assert all(place in text for place in ("'perf_1' > role", "'lead_s1' > facet", "minima > respondents"))
    assert "docs/instruments.md" in text


@pytest.mark.parametrize(
    ("item_id", "change", "message"),
    [
        ("lead_s1", {"facet": None}, "a gap item needs a facet"),
        ("perf_1", {"facet": "do"}, "only gap items have a facet"),
        ("one_thing", {"scale": "agreement"}, "an open item has no scale"),
        ("perf_1", {"scale": None}, "the item needs a scale"),
        ("one_thing", {"reverse": True}, "cannot be reverse-keyed"),
        ("level_high_1", {"level": None}, "says which level"),
        ("perf_1", {"level": "low"}, "says which level"),
        ("perf_1", {"id": "perf 1"}, "should match pattern"),
    ],
)
def test_an_item_must_fit_its_role(
    content: dict[str, Any], item_id: str, change: dict[str, Any], message: str
) -> None:
    """What an item has must agree with its role."""
    item_of(content, item_id).update(change)
    with pytest.raises(InstrumentError, match=message):
        parsed(content)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max": 1}, r"max \(1\) must be above min \(1\)"),
        ({"max": 500}, "a scale lies within -100 and 100, this one goes from 1 to 500"),
        ({"labels": {7: "Beyond"}}, r"labels for \[7\], which are not on the scale 1 to 5"),
        ({"dont_know": {"codes": [5]}}, r"don't-know codes \[5\] are answers of the scale"),
    ],
)
def test_a_scale_must_be_a_grid(content: dict[str, Any], change: dict[str, Any], message: str) -> None:
    """A scale's ends, labels and don't-know codes must agree."""
    content["scales"]["agreement"].update(change)
    with pytest.raises(InstrumentError, match=rf"scales > agreement: {message}"):
        parsed(content)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"items": ["perf_9"]}, "index 'performance': no item 'perf_9'"),
        ({"items": ["one_thing"]}, "item 'one_thing' is open and cannot be scored"),
        ({"formula": "percent_positive"}, "positive_from is needed"),
        ({"positive_from": 4}, "positive_from is needed for, and only for"),
        ({"formula": "ukcsi"}, "formula ukcsi needs a scale 1 to 10, item 'perf_1' has another"),
    ],
)
def test_an_index_must_be_computable(content: dict[str, Any], change: dict[str, Any], message: str) -> None:
    """An index is made of scored items by a formula that fits them."""
    content["indices"][0].update(change)
    with pytest.raises(InstrumentError, match=message):
        parsed(content)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        *(
            (name, f"field '{name}' has the name of an item or a reserved column")
            for name in sorted(RESERVED_COLUMNS)
        ),
        ("perf_1", "field 'perf_1' has the name of an item or a reserved column"),
        ("sector", "field 'sector' occurs 2 times"),
    ],
)
def test_a_field_has_a_name_of_its_own(content: dict[str, Any], name: str, message: str) -> None:
    """A field is not called like an item, a reserved column or another field."""
    content["respondent_fields"].append({"id": name, "title": "X"})
    with pytest.raises(InstrumentError, match=message):
        parsed(content)


def test_the_overall_row_is_a_total(content: dict[str, Any]) -> None:
    """The row that covers everybody must be among the totals."""
    content["frequency_tables"] = {
        "header": "Agency",
        "wave": "2024",
        "count": "n",
        "overall": "All",
        "totals": [],
    }
    with pytest.raises(InstrumentError, match=r"overall \('All'\) is not one of totals"):
        parsed(content)


def test_asking_for_an_item_or_index_that_is_not_there(content: dict[str, Any]) -> None:
    """An unknown id is answered with the nearest."""
    small = parsed(content)
    with pytest.raises(InstrumentError, match=r"no item 'lead_s2'[\s\S]*lead_s1"):
        small.item("lead_s2")
    with pytest.raises(InstrumentError, match=r"no index 'profit'[\s\S]*performance"):
        small.index("profit")
    with pytest.raises(InstrumentError, match="open and has no scale"):
        small.scale_of("one_thing")


def test_waves_stand_in_the_instruments_order(content: dict[str, Any]) -> None:
    """Listed waves come in the order of the file, others after them as text."""
    content["waves"] = ["spring", "autumn"]
    assert parsed(content).wave_order(["b", "autumn", "a", "spring", "autumn"]) == [
        "spring",
        "autumn",
        "a",
        "b",
    ]


def test_selecting_items_keeps_their_order(content: dict[str, Any]) -> None:
    """Items are chosen by role, facet and dimension, in the order in which they are asked."""
    small = parsed(content)
    assert [i.id for i in small.select(dimension="leadership")] == ["lead_s1", "lead_d1"]
    assert [i.id for i in small.select(role="gap", facet="do")] == ["lead_d1"]
    assert [i.id for i in small.rated_items] == ["lead_s1", "lead_d1", "perf_1", "level_high_1"]
    assert (small.item("lead_d1").title, small.item("one_thing").title) == (
        "Customers come last (reversed)",
        "What one thing could we do better for our customers?",
    )


def test_a_dimension_without_both_facets_is_outside_the_gap(content: dict[str, Any]) -> None:
    """A dimension that has Say items only enters no gap, and neither do its items."""
    content["dimensions"].append({"id": "people", "title": "People"})
    content["items"].append(
        {
            "id": "people_s1",
            "text": "x",
            "role": "gap",
            "facet": "say",
            "dimension": "people",
            "scale": "agreement",
        }
    )
    small = parsed(content)
    assert [d.id for d in small.gap_dimensions] == ["leadership"]
    assert "people_s1" not in [item.id for item in small.gap_items]


def test_an_instrument_cannot_be_changed(content: dict[str, Any]) -> None:
    """What was read stays as it is."""
    small = parsed(content)
    with pytest.raises(ValueError, match="frozen"):
        small.title = "Other"  # type: ignore[misc]
