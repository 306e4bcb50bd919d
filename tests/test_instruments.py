from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from cfanalysis.survey.instrument import Instrument, load_instrument

ROOT = Path(__file__).resolve().parent.parent
INSTRUMENTS = ROOT / "data" / "instruments"
DIMENSIONS = ("leadership", "processes", "people", "products")
PRACTICES = (
    "shared_vision",
    "communicated_commitment",
    "every_function",
    "training",
    "support_functions",
    "pivotal_managers",
    "employee_satisfaction",
    "aligned_processes",
    "service_standards",
    "service_recovery",
    "recognition",
    "listening",
)

# The item numbers by which the publisher defines the Employee Engagement Index.
ENGAGEMENT = {
    2022: (2, 3, 4, 6, 7, 46, 48, 49, 50, 52, 55, 56, 57, 59, 60),
    2023: (2, 3, 4, 6, 7, 48, 50, 51, 52, 54, 57, 58, 59, 61, 62),
}
SAY_DO = {2022: ("Q31", "Q32"), 2023: ("Q32", "Q33")}


@pytest.fixture(scope="module")
def customer_focus() -> Instrument:
    """Return our own questionnaire."""
    return load_instrument(INSTRUMENTS / "customer_focus.yaml")


@pytest.fixture(scope="module", params=[2022, 2023])
def year(request: pytest.FixtureRequest) -> int:
    """Return a year of the employee survey."""
    return int(request.param)


@pytest.fixture(scope="module")
def fevs(year: int) -> Instrument:
    """Return the year's employee survey."""
    return load_instrument(INSTRUMENTS / f"fevs_{year}.yaml")


@pytest.fixture(scope="module")
def sheets(year: int, fevs: Instrument) -> dict[str, list[list[str]]]:
    """Return the sheets of the instrument's items as rows of texts with white space smoothed."""
    folder = Path(os.environ.get("CFANALYSIS_REAL_DATA", ROOT.parent / "shared" / "real"))
    path = folder / "fevs" / f"fevs_{year}_govwide_report_by_agency.xlsx"
    if not path.is_file():
        pytest.skip(f"real data not found at {path}; set CFANALYSIS_REAL_DATA to their folder")
    book = openpyxl.load_workbook(path, read_only=True)
    names = [item.source[0] for item in fevs.items]
    rows = {n: [[smooth(c) for c in r] for r in book[n].iter_rows(values_only=True)] for n in names}
    book.close()
    return rows


def smooth(cell: object) -> str:
    """Return a cell's text with white space smoothed."""
    return "" if cell is None else " ".join(str(cell).split())


def header_row(rows: list[list[str]]) -> int:
    """Return where the table's header stands."""
    return next(i for i, row in enumerate(rows) if row and row[0] == "Agency")


def test_every_instrument_that_ships_loads() -> None:
    """Every file in data/instruments is an instrument whose id is the file's name."""
    paths = sorted(INSTRUMENTS.glob("*.yaml"))
    assert len(paths) >= 3
    assert [load_instrument(p).id for p in paths] == [p.stem for p in paths]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_dimension_has_its_say_and_do_items_and_pairs(
    customer_focus: Instrument, dimension: str
) -> None:
    """Each of the four dimensions has at least 3 Say items, 5 Do items and 3 pairs."""
    assert len(customer_focus.select(role="gap", facet="say", dimension=dimension)) >= 3
    assert len(customer_focus.select(role="gap", facet="do", dimension=dimension)) >= 5
    assert sum(pair.say.dimension == dimension for pair in customer_focus.pairs) >= 3


def test_the_dimensions_are_the_four(customer_focus: Instrument) -> None:
    """The gap is asked in Leadership, Processes, People and Products, in this order."""
    assert tuple(d.id for d in customer_focus.gap_dimensions) == DIMENSIONS


def test_gap_items_are_answered_by_agreement_or_dont_know(customer_focus: Instrument) -> None:
    """Say and Do share one grid: five points of agreement and a don't-know with code and label."""
    scale = customer_focus.scales["agreement"]
    assert {item.scale for item in customer_focus.gap_items} == {"agreement"}
    assert (scale.min, scale.max) == (1, 5)
    assert [scale.label(c) for c in scale.categories] == [
        "Strongly disagree",
        "Disagree",
        "Neither agree nor disagree",
        "Agree",
        "Strongly agree",
    ]
    assert scale.dont_know.codes == (9,)
    assert scale.dont_know.labels[0] == "Don't know"
    assert len(scale.dont_know.labels) >= 3


def test_reverse_keyed_items_are_equally_many_in_both_facets(customer_focus: Instrument) -> None:
    """Two Say and two Do items are reverse-keyed, and the two sides of a pair are keyed alike."""
    keyed = Counter(item.facet for item in customer_focus.items if item.reverse)
    assert keyed == {"say": 2, "do": 2}
    assert all(pair.say.reverse == pair.do.reverse for pair in customer_focus.pairs)


def test_every_practice_is_shown_by_a_do_item(customer_focus: Instrument) -> None:
    """All twelve practices are covered; each Do item shows one to three, and no other item any."""
    assert tuple(p.id for p in customer_focus.practices) == PRACTICES
    do = customer_focus.select(role="gap", facet="do")
    assert {p for item in do for p in item.practices} == set(PRACTICES)
    assert all(1 <= len(item.practices) <= 3 for item in do)
    assert not any(item.practices for item in customer_focus.items if item not in do)


def test_do_items_are_about_external_and_internal_customers(customer_focus: Instrument) -> None:
    """Each Do item names its customers; external and internal ones stand in every dimension."""
    for dimension in DIMENSIONS:
        do = customer_focus.select(role="gap", facet="do", dimension=dimension)
        assert {item.customer for item in do} == {"external", "internal"}
    assert min(Counter(i.customer for i in customer_focus.select(facet="do")).values()) >= 8


def test_performance_is_asked_against_competitors(customer_focus: Instrument) -> None:
    """Five items from much worse to much better over the last year make the criterion."""
    items = customer_focus.select(role="performance")
    scale = customer_focus.scale_of(items[0].id)
    subjects = ("satisfaction of our customers", "loyalty", "growth", "profitability", "our employees")
    assert len(items) == 5
    assert all(subject in item.text for item, subject in zip(items, subjects, strict=True))
    assert all("competitors" in item.text and "last year" in item.text for item in items)
    assert (scale.label(1), scale.label(5)) == ("Much worse", "Much better")
    assert scale.dont_know.codes == (9,)
    criterion = customer_focus.criterion_index
    assert criterion is not None
    assert (criterion.id, criterion.formula) == ("performance", "mean")
    assert criterion.items == tuple(item.id for item in items)


def test_external_level_has_three_statements_for_each_level(customer_focus: Instrument) -> None:
    """Nine statements, three each for low, moderate and high."""
    assert Counter(item.level for item in customer_focus.select(role="level")) == {
        "low": 3,
        "moderate": 3,
        "high": 3,
    }


def test_nine_warning_signs_are_answered_yes_no_or_dont_know(customer_focus: Instrument) -> None:
    """A warning sign is a yes-or-no question, yes being the sign."""
    items = customer_focus.select(role="warning_sign")
    scale = customer_focus.scales["yes_no"]
    assert len(items) == 9
    assert {item.scale for item in items} == {"yes_no"}
    assert all(item.text.endswith("?") for item in items)
    assert (scale.label(0), scale.label(1), scale.dont_know.codes) == ("No", "Yes", (9,))


def test_expectation_counts_ten_contacts(customer_focus: Instrument) -> None:
    """Disappointed, satisfied and impressed are counted from 0 to 10."""
    items = customer_focus.select(role="expectation")
    scale = customer_focus.scales["contacts"]
    assert [item.id.split("_")[1] for item in items] == ["disappointed", "satisfied", "impressed"]
    assert {item.scale for item in items} == {"contacts"}
    assert (scale.min, scale.max) == (0, 10)


def test_there_is_one_open_question(customer_focus: Instrument) -> None:
    """One open question asks what one thing could be done better."""
    (item,) = customer_focus.select(role="open")
    assert "one thing" in item.text


def test_facts_about_organization_and_respondent(customer_focus: Instrument) -> None:
    """Sector (eight), size and country; role, function and customer contact."""
    organization = {f.id: f.options for f in customer_focus.organization_fields}
    respondent = {f.id: f.options for f in customer_focus.respondent_fields}
    assert list(organization) == ["sector", "size_band", "country"]
    assert len(organization["sector"]) == 8
    assert list(respondent) == ["role", "function", "customer_facing"]
    assert respondent["role"] == ("Leader", "Manager", "Front line")
    assert respondent["customer_facing"] == ("Yes", "No")


def test_the_customer_focus_score_is_made_of_all_gap_items(customer_focus: Instrument) -> None:
    """The index customer_focus holds every Say and Do item once."""
    assert customer_focus.index("customer_focus").items == tuple(i.id for i in customer_focus.gap_items)


def test_it_takes_about_ten_minutes(customer_focus: Instrument) -> None:
    """Read at 230 words and answered at 3.5 s an item, plus a minute of writing: 8 to 11 minutes."""
    words = sum(len(item.text.split()) for item in customer_focus.items) + 60
    minutes = words / 230 + len(customer_focus.rated_items) * 3.5 / 60 + 1 + 6 * 4 / 60
    assert 8 <= minutes <= 11


@pytest.mark.parametrize("name", ["customer_focus", "fevs_2022", "fevs_2023"])
def test_titles_fit_charts_and_are_distinct(name: str) -> None:
    """Each rated item has a short title of at most 38 characters, unlike any other of its role."""
    instrument = load_instrument(INSTRUMENTS / f"{name}.yaml")
    assert all(0 < len(item.short) <= 38 for item in instrument.rated_items)
    titles = Counter((item.role, item.title) for item in instrument.items)
    assert max(titles.values()) == 1
    assert len({item.text for item in instrument.items}) == len(instrument.items)


def test_items_are_single_plain_sentences(customer_focus: Instrument) -> None:
    """An item is one sentence of at most 22 words, for a front-line employee as for a leader."""
    for item in customer_focus.items:
        sentences = [s for s in re.split(r"[.?…]", item.text) if s.strip()]
        assert len(sentences) == (2 if item.id == "contacts_disappointed" else 1), item.text
        assert len(item.text.split()) <= 22, item.text


def test_the_two_years_name_the_same_items_alike() -> None:
    """An id means the same question in both years: same text, role and scale."""
    first, second = (load_instrument(INSTRUMENTS / f"fevs_{y}.yaml") for y in (2022, 2023))
    described = [[(i.id, i.text, i.role, i.scale, i.facet) for i in year.items] for year in (first, second)]
    assert described[0] == described[1]


def test_say_and_do_of_the_employee_survey(fevs: Instrument, year: int) -> None:
    """One Say and one Do item, a pair in one dimension, on the sheets of the year."""
    (pair,) = fevs.pairs
    assert (pair.say.source[0], pair.do.source[0]) == SAY_DO[year]
    assert fevs.gap_items == (pair.say, pair.do)


def test_engagement_is_made_of_the_published_fifteen_items(fevs: Instrument, year: int) -> None:
    """The criterion is the percentage of positive answers to the publisher's fifteen items."""
    index = fevs.criterion_index
    assert index is not None
    assert (index.id, index.formula, index.positive_from) == ("employee_engagement", "percent_positive", 4)
    assert {fevs.item(i).source[0] for i in index.items} == {f"Q{n}" for n in ENGAGEMENT[year]}
    parts = [fevs.index(i).items for i in ("leaders_lead", "supervisors", "intrinsic_work")]
    assert tuple(i for part in parts for i in part) == index.items


def test_each_sheet_holds_the_text_of_its_item(fevs: Instrument, sheets: dict[str, list[list[str]]]) -> None:
    """The text above each table is the item's, after the publisher's number, word for word."""
    for item in fevs.items:
        rows = sheets[item.source[0]]
        above = [cell for row in rows[: header_row(rows)] for cell in row if cell]
        texts = [re.sub(r"^\(Q?\d+\)\s*", "", cell) for cell in above]
        assert item.text in texts, (item.id, above)


def test_the_answers_on_each_sheet_are_the_scale(
    fevs: Instrument, sheets: dict[str, list[list[str]]]
) -> None:
    """The columns of a table are the labels of the item's scale, a count, and known don't-knows."""
    for item in fevs.items:
        rows, scale = sheets[item.source[0]], fevs.scale_of(item.id)
        head = [cell for cell in rows[header_row(rows)] if cell]
        assert head[1:6] == [scale.label(c) for c in reversed(scale.categories)], item.id
        assert head[6].rstrip("*") == "Item Response Total"
        assert set(head[7:]) <= set(scale.dont_know.labels), item.id


def test_government_wide_indices_are_the_published_ones(
    fevs: Instrument, sheets: dict[str, list[list[str]]]
) -> None:
    """The mean percentage of positive answers among all responses rounds to each published figure."""
    compared = [index for index in fevs.indices if index.published]
    assert fevs.criterion in {index.id for index in compared}
    for index in compared:
        positive = []
        for item_id in index.items:
            rows = sheets[fevs.item(item_id).source[0]]
            (everybody,) = (row for row in rows if row and row[0] == "All Responses")
            shares = [float(cell.rstrip("% ")) for cell in everybody[1:6]]
            assert sum(shares) == pytest.approx(100, abs=0.5)
            positive.append(shares[0] + shares[1])
        assert round(sum(positive) / len(positive)) == index.published["overall"], index.id
