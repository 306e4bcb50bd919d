"""A first instrument from an export: guessed, marked, valid, and enough to go on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from cfanalysis.cli import cfanalysis
from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.cleaning.file_check import check_file
from cfanalysis.intake.drafting import draft_instrument, draft_text
from cfanalysis.intake.drafting.orders import known_order, numbered
from cfanalysis.study.preparation import prepare
from cfanalysis.survey.instrument import load_instrument, parse_instrument

from .export_files import RATED, all_made, people, written


def drafted(path: Path) -> dict[str, object]:
    text = draft_text(draft_instrument(path), file=path.name, name="mine")
    parse_instrument(text)
    content = yaml.safe_load(text)
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("kind", [k for k, _ in all_made(people())])
def test_every_export_gives_an_instrument_that_reads_it(kind: str, tmp_path: Path) -> None:
    """Whatever tool wrote it, the draft finds the five ratings, and the file fits the draft."""
    path = written(dict(all_made(people()))[kind], tmp_path)
    content = drafted(path)
    five = {n for n, s in content["scales"].items() if (s["min"], s["max"]) == (1, 5)}  # type: ignore[attr-defined]
    assert sum(item.get("scale") in five for item in content["items"]) == len(RATED)  # type: ignore[attr-defined]
    assert content["columns"]["organization"]  # type: ignore[index]
    text = draft_text(draft_instrument(path), file=path.name, name="mine")
    found = check_file(path, parse_instrument(text))
    assert [f for f in found.findings if f.rule in ("missing", "twice", "unreadable", "contradicts")] == []


def test_a_newcomer_goes_from_an_export_to_a_study(tmp_path: Path) -> None:
    """New instrument, the Say and Do items named, check, prepare: as the recipe says."""
    rows = ["Company;Your role;We promise speed;We are fast;Sales grew"]
    rows += [
        f"Firm {n % 9};{('Lead', 'Staff')[n % 2]};{n % 5 + 1};{n % 3 + 2};{n % 4 + 1}" for n in range(90)
    ]
    (tmp_path / "export.csv").write_text("\n".join(rows) + "\n")
    path, out = str(tmp_path / "export.csv"), tmp_path / "mine.yaml"
    run = CliRunner()
    assert run.invoke(cfanalysis, ["instrument", "new", path, "--out", str(out)]).exit_code == 0
    text = out.read_text()
    assert text.count("# guess") >= 5
    for item, facet in (("We promise speed", "say"), ("We are fast", "do")):
        place = text.index(f'text: "{item}"')
        gap = f"role: gap\n    facet: {facet}\n    dimension: all_items\n    pair: speed"
        text = text[:place] + text[place:].replace("role: performance", gap, 1)
    grew = next(i["id"] for i in yaml.safe_load(text)["items"] if i["text"] == "Sales grew")
    out.write_text(text + f"indices: [{{id: sales, title: Sales, items: [{grew}]}}]\ncriterion: sales\n")
    assert run.invoke(cfanalysis, ["check", path, "--instrument", str(out)]).exit_code == 0
    study = prepare(Path(path), out, tmp_path / "study")
    assert (len(study.survey.organizations), load_instrument(out).pairs[0].id) == (9, "speed")
    again = run.invoke(cfanalysis, ["instrument", "new", path, "--out", str(out)])
    assert again.exit_code == 1


@pytest.mark.parametrize(
    "names", ["Phone,Mail,Shop", "Reached by: Phone,Reached by: Mail,Reached by: Shop", "c_1,c_2,c_3"]
)
@pytest.mark.parametrize("mark", ["x", "1", "✓"])
def test_marked_columns_are_choices_of_one_question(names: str, mark: str, tmp_path: Path) -> None:
    """Columns side by side with a mark or nothing: yes and no, and who marked none has skipped the question."""
    marks = [f"{mark},,{mark}", f",{mark},", ",,", f"{mark},{mark},"]
    rows = [f"Company,We care,We act,{names}"]
    rows += [f"Firm {n % 4},{n % 5 + 1},{n % 3 + 2},{marks[n % 4]}" for n in range(40)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    asked = parse_instrument(draft_text(draft_instrument(path), file=path.name, name="mine"))
    assert check_file(path, asked).findings == ()
    raw = read(path, asked)
    assert isinstance(raw, RawAnswers)
    responses, _ = clean(raw, asked)
    chosen = responses.drop_duplicates("organization").sort_values("organization")
    items = [item.id for item in asked.rated_items if asked.scale_of(item.id).max == 1]
    assert chosen[items].fillna(-1).to_numpy().tolist() == [
        [1, 0, 1], [0, 1, 0], [-1, -1, -1], [1, 1, 0]
    ]  # fmt: skip


def test_the_order_of_unknown_answers_is_left_to_the_user(tmp_path: Path) -> None:
    """Labels of a grid that no usual scale has are listed, and no order is made up."""
    rows = ["Response ID,organization,Rate it [Speed],Rate it [Care],Timestamp"]
    lines = [
        f"{n},A,{('Meh', 'Wow', 'Grr')[n % 3]},{('Wow', 'Meh', 'Grr')[n % 3]},2025-01-01 10:0{n % 9}"
        for n in range(30)
    ]
    (tmp_path / "a.csv").write_text("\n".join(["Timestamp,organization,Rate it [Speed],Rate it [Care]"] + [
        f"2025/03/0{n % 9 + 1} 10:00:00,A,{line.split(',')[2]},{line.split(',')[3]}" for n, line in enumerate(lines)
    ]))  # fmt: skip
    assert rows
    text = draft_text(draft_instrument(tmp_path / "a.csv"), file="a.csv", name="mine")
    assert "The order of these answers is not known: Grr, Meh, Wow." in text
    assert "labels:" not in yaml.safe_dump(yaml.safe_load(text)["scales"])


def test_no_drafted_field_has_a_reserved_name(tmp_path: Path) -> None:
    """Columns that are called like those of every study become fields with another name."""
    facts = ["N", "Kind", "Origin", "Company"]
    rows = [",".join([*facts, "We promise", "We do"])]
    rows += [
        f"{'ab'[k % 2]},{'cd'[k % 2]},{'ef'[k % 2]},Firm {k % 9},{k % 5 + 1},{k % 3 + 2}" for k in range(60)
    ]
    (tmp_path / "export.csv").write_text("\n".join(rows) + "\n")
    fields: Any = drafted(tmp_path / "export.csv")["respondent_fields"]
    assert {field["id"] for field in fields} >= {"field_n", "field_kind", "field_origin"}


def test_a_file_without_ratings_is_told_so(tmp_path: Path) -> None:
    """A list of addresses is no survey."""
    (tmp_path / "a.csv").write_text("name,town\nA,Oslo\nB,Bergen\nC,Bodø\n")
    with pytest.raises(IntakeError, match="No column looks like a rated item"):
        draft_instrument(tmp_path / "a.csv")


def test_orders_are_known_by_words_or_numbers() -> None:
    """The usual scales, in several languages, and labels that bear their number."""
    assert known_order(["Immer", "Nie", "Manchmal"]) == ["Nie", "Manchmal", "Immer"]
    assert known_order(["Tout à fait d’accord", "Pas d’accord", "D’accord"]) is not None
    assert known_order(["Red", "Green"]) is None
    assert numbered(["Never (1)", "Always (5)"]) == {1: "Never (1)", 5: "Always (5)"}
    assert numbered(["Never (1)", "Always (1)"]) is None
