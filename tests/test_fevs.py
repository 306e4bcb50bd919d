"""Real published frequency tables: the Federal Employee Viewpoint Survey 2022 and 2023."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import read
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import load_instrument

from .conftest import ROOT


def workbook(real_data: Path, year: int) -> Path:
    return real_data / "fevs" / f"fevs_{year}_govwide_report_by_agency.xlsx"


def instrument(year: int) -> Path:
    return ROOT / "data" / "instruments" / f"fevs_{year}.yaml"


@pytest.fixture(scope="module", params=[2022, 2023])
def fevs(request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    year = request.param
    out = tmp_path_factory.mktemp("prepared") / f"fevs-{year}"
    return prepare(workbook(real_data, year), instrument(year), out)


def test_published_indices_are_met(fevs: Study) -> None:
    """Every index that OPM published government-wide comes out as published, in whole per cent."""
    scores = fevs.scores.query("scope == 'index' and organization == 'All Responses'").set_index("name")[
        "score"
    ]
    published = {i.id: i.published["overall"] for i in fevs.survey.instrument.indices if i.published}
    assert {name: round(scores[name]) for name in published} == published
    assert published["employee_engagement"] == {"2022": 71, "2023": 72}[fevs.survey.source.waves[0]]


def test_totals_are_kept_apart_and_names_are_whole(fevs: Study) -> None:
    """40 organizations; the totals are no organizations; broken and marked names are repaired."""
    assert len(fevs.clients) == 40
    assert not {"All Responses", "DOD Overall"} & set(fevs.clients)
    assert {"Army", "Navy", "Marine Corps", "DOD 4th Estate", "Small Agencies", "GSA"} <= set(fevs.clients)


def test_one_cell_against_the_page(real_data: Path) -> None:
    """GSA 2023, "look for ways to improve customer service": 45.8, 38.2, 12.2, 3.0, 0.8 % of 7,787; 186 unknown."""
    counts = read(workbook(real_data, 2023), load_instrument(instrument(2023)))
    item = next(i.id for i in load_instrument(instrument(2023)).items if "Q33" in i.source)
    rows = counts.frame[(counts.frame["organization"] == "GSA") & (counts.frame["item"] == item)]
    shares = rows.set_index("category")["share"]
    assert [round(100 * shares[c], 1) for c in (5, 4, 3, 2, 1)] == [45.8, 38.2, 12.2, 3.0, 0.8]
    assert rows[["n", "n_dont_know"]].iloc[0].tolist() == [7787, 186]


def test_the_wrong_year_is_noticed(real_data: Path) -> None:
    """Item numbers moved between the years: the other year's instrument does not read a single wrong sheet."""
    with pytest.raises(IntakeError, match=r"do not fit the instrument(.|\n)*does not stand above the table"):
        read(workbook(real_data, 2022), load_instrument(instrument(2023)))


def test_the_raw_gap_is_narrower_in_the_top_quartile(fevs: Study) -> None:
    """On both years the raw contrast is above 0 with n = 40, as the naive comparison would claim."""
    assert fevs.verdict["n"] == 40
    assert fevs.verdict["delta"]["low"] > 0
