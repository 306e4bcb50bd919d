"""What a newcomer's own files and an attacker's brought to light: each kind read rightly, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import FrequencyCounts, RawAnswers, read
from cfanalysis.intake.answers import parse_answer
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.column_map import load_map
from cfanalysis.intake.drafting import draft_instrument, draft_text
from cfanalysis.intake.exports.multiple_choice import cells_choices
from cfanalysis.survey.instrument import Instrument, Scale, parse_instrument

from .test_choices import SURVEY, TEXT
from .test_kinds import ITEMS, file_of, people, responses, said, swapped

YES_NO = "{min: 0, max: 1, labels: {0: 'No', 1: 'Yes'}}"


@pytest.mark.parametrize("kind", ["comma.csv", "a.xlsx", "qualtrics.csv"])
@pytest.mark.parametrize(
    "turned",
    [
        {1: "1 - Strongly agree", 5: "5 - Strongly disagree"},
        {1: "Strongly agree [1]", 5: "Strongly disagree [5]"},
    ],
)
def test_labels_with_other_numbers_beside_bare_numbers_are_refused(
    tmp_path: Path, tiny: Instrument, kind: str, turned: dict[int, str]
) -> None:
    """Where the ends are named the other way round, the numbers between them cannot be trusted."""
    path = file_of(tmp_path, kind, swapped(people(20), turned))
    assert "has another number on the scale" in said(path, tiny)


def test_a_label_in_brackets_behind_its_number_is_read() -> None:
    """The number counts where the scale has no label for it; a label counts before its number."""
    scale = Scale(min=0, max=10, labels={5: "so so"})
    assert [parse_answer(t, scale).code for t in ("0 (never)", "10 [always]", "4 (so so)")] == [0, 10, 5]


@pytest.mark.parametrize("nothing", ["#WERT!", "#N/D", "#¡NULO!", "///", ". . .", "_", "(leer)"])
def test_errors_of_spreadsheets_and_marks_are_no_organizations(
    tmp_path: Path, tiny: Instrument, nothing: str
) -> None:
    """In any language an error of a spreadsheet, and what has no letter or digit, names nobody."""
    rows = people(12)
    rows[4]["Company"] = nothing
    assert len(responses(file_of(tmp_path, "comma.csv", rows), tiny)) == 11
    found = responses(file_of(tmp_path, "comma.csv", rows), tiny, accept=(f"organization={nothing}",))
    assert nothing in set(found["organization"])


CHOICES = {"p": ["Phone"], "m": ["Mail (work)"], "c": ["Chat"]}


@pytest.mark.parametrize(
    ("both", "one"),
    [
        ("Phone Chat", "Mail (work)"),
        ("Phone/Chat", "Mail (work)"),
        ("Phone\tChat", "Mail (work)"),
        ('["Phone","Chat"]', '["Mail (work)"]'),
        ("Phone, Chat, by pigeon; or owl", "Mail (work)"),
        ("Phone,Chat,", "Mail (work),"),
    ],
)
def test_whatever_divides_choices_none_is_lost(both: str, one: str) -> None:
    """Where a cell is known choices and signs alone, they are its choices; a free text does not change the divider."""
    found = cells_choices([both, one, "Phone, Chat" if "," in both and "[" not in both else one], CHOICES)
    assert (found[both], found[one]) == ({"p", "c"}, {"m"})


@pytest.mark.parametrize("joiner", [", ", ";"])
def test_a_choice_that_ends_in_a_bracket_is_known_in_a_cell(tmp_path: Path, joiner: str) -> None:
    """The instrument's text is the choice whole, brackets included."""
    asked = parse_instrument(SURVEY.format(scale=YES_NO).replace("Mail, also by post", "Mail (by post)"))
    path = tmp_path / "a.csv"
    cells = ["Phone", f"Phone{joiner}Mail (by post)", "Mail (by post)", "Mail"]
    frame = pd.DataFrame({"respondent": range(4), "p1": 4, "How can we be reached?": cells})
    frame.to_csv(path, index=False)
    raw = read(path, asked)
    assert isinstance(raw, RawAnswers)
    assert clean(raw, asked)[0]["ch_post"].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("suffix", ["sav", "dta"])
@pytest.mark.parametrize(
    "labels", [{1: "quoted", 2: "not quoted"}, {1: "Yes", 2: "No"}, {1: "choice", 2: "No"}]
)
def test_value_labels_name_what_is_chosen(tmp_path: Path, suffix: str, labels: dict[int, str]) -> None:
    """A 2 that is labelled "not quoted" is a no on a scale of 0 and 1."""
    asked = parse_instrument(SURVEY.format(scale=YES_NO))
    names = {f"ch_{i}": f"How can we be reached? - {text}" for i, text in TEXT.items()}
    frame = pd.DataFrame({"p1": [4.0] * 4, **{name: [1.0, 2.0, 2.0, 1.0] for name in names}})
    own: Any = {
        f"ch_{i}": {k: text if v == "choice" else v for k, v in labels.items()} for i, text in TEXT.items()
    }
    path = tmp_path / f"a.{suffix}"
    write = pyreadstat.write_sav if suffix == "sav" else pyreadstat.write_dta
    write(frame, str(path), column_labels=["We perform.", *names.values()], variable_value_labels=own)
    raw = read(path, asked)
    assert isinstance(raw, RawAnswers)
    assert clean(raw, asked)[0]["ch_phone"].tolist() == [1, 0, 0, 1]


def test_shares_with_a_per_cent_sign_and_rows_of_nobody(tmp_path: Path) -> None:
    """In a long table `40 %` is a share of 0.4; a row whose organization is `N/A` is refused."""
    asked = parse_instrument(
        SURVEY.format(scale=YES_NO)
        .replace("unit: respondent", "unit: organization")
        .split("  - {id: ch_mail")[0]
    )
    lines = ["organization,item,category,share,n", *(f"Alder,p1,{code},20 %,50" for code in range(1, 6))]
    lines += [f"Alder,ch_phone,{answer},{share},50" for answer, share in (("No", "60%"), ("Yes", "40%"))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, asked)
    assert isinstance(found, FrequencyCounts)
    assert found.frame["share"].tolist() == [0.2] * 5 + [0.6, 0.4]
    path.write_text("\n".join(lines).replace("Alder,ch_phone", "N/A,ch_phone"), encoding="utf-8")
    with pytest.raises(IntakeError, match="no organization"):
        read(path, asked)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("columns: [{column: s1, is: s1, lables: {Often: 4}}]", "'lables' is no field of an entry"),
        ("columns: [{column: s1, is: s1}]\nacept: ['*=6']", "'acept' is no field of a map"),
        ("columns: [{column: s1, is: s1}]\naccept: '*=6'", "accept is a list"),
        ("columns: 5", "a list `columns`"),
    ],
)
def test_what_a_map_says_is_never_passed_over(tmp_path: Path, tiny: Instrument, text: str, why: str) -> None:
    """A slip in a field's name is an error, not a decision that is lost."""
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IntakeError) as error:
        load_map(path, tiny)
    assert why in str(error.value)


def test_a_map_for_another_file_is_noticed(tmp_path: Path, tiny: Instrument) -> None:
    """A position beyond the file is an error; a name that the file lacks is said."""
    path, file = tmp_path / "map.yaml", file_of(tmp_path, "comma.csv", people(12))
    path.write_text("columns: [{position: 99, is: s1}]", encoding="utf-8")
    with pytest.raises(IntakeError, match="position 99"):
        read(file, tiny, options=load_map(path, tiny))
    path.write_text("columns: [{column: Firm, is: organization}]", encoding="utf-8")
    raw = read(file, tiny, options=load_map(path, tiny))
    assert isinstance(raw, RawAnswers)
    assert "columns of the map that the file lacks: 'Firm'" in "\n".join(raw.notes)
    assert set(ITEMS) <= set(raw.frame)


def test_a_drafted_instrument_has_ids_that_are_texts(tmp_path: Path) -> None:
    """A column that is called yes, or null, becomes an item all the same."""
    frame = pd.DataFrame(
        {"Company": ["A", "B", "C", "D"] * 3, "yes": [1, 2, 4, 5] * 3, "null": [5, 3, 2, 1] * 3}
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    text = draft_text(draft_instrument(tmp_path / "a.csv"), file="a.csv", name="no")
    asked = parse_instrument(text)
    assert (asked.id, [item.id for item in asked.rated_items]) == ("field_no", ["yes_2", "null_2"])
