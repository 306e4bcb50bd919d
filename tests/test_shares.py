"""Answer shares from responses and from published tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.core.errors import IntakeError
from cfanalysis.intake import FrequencyCounts
from cfanalysis.scoring.shares import SHARE_COLUMNS, count_shares, published_shares
from cfanalysis.survey.instrument import Instrument, parse_instrument
from cfanalysis.survey.survey_data import DONT_KNOW_CODE

from .conftest import TINY

ITEMS = ["s1", "d1", "d2", "s2", "d3", "p1"]


def responses(rows: list[tuple[str, str, list[int | None]]]) -> pd.DataFrame:
    """Responses with organization, wave and the answers to the six rated items."""
    frame = pd.DataFrame([answers for *_, answers in rows], columns=ITEMS, dtype="Int8")
    return frame.assign(organization=[o for o, *_ in rows], wave=[w for _, w, _ in rows])


def share(shares: pd.DataFrame, item: str, organization: str = "A", wave: str = "2024") -> list[float]:
    hit = (shares["item"] == item) & (shares["organization"] == organization) & (shares["wave"] == wave)
    return shares.loc[hit, "share"].tolist()


def test_shares_are_counted_over_valid_answers(tiny: Instrument) -> None:
    """Four respondents, one of whom does not know: the shares are thirds, n is 3, don't knows are 1."""
    answers = [[1, 3, 3, 3, 3, 3], [5, 3, 3, 3, 3, 3], [5, 3, 3, 3, 3, 3], [DONT_KNOW_CODE, 3, 3, 3, 3, 3]]
    shares = count_shares(responses([("A", "2024", row) for row in answers]), tiny)
    assert list(shares.columns) == SHARE_COLUMNS
    assert share(shares, "s1") == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])
    first = shares[shares["item"] == "s1"].iloc[0]
    assert (first["n"], first["n_dont_know"]) == (3, 1)


def test_reverse_keyed_items_are_turned_round(tiny: Instrument) -> None:
    """An answer 1 to a reverse-keyed item counts as 5."""
    shares = count_shares(responses([("A", "2024", [3, 3, 1, 3, 3, 3])]), tiny)
    assert share(shares, "d2") == [0, 0, 0, 0, 1]


def test_an_item_that_nobody_answered_has_no_rows(tiny: Instrument) -> None:
    """Missing and don't know alone make no share."""
    shares = count_shares(responses([("A", "2024", [None, DONT_KNOW_CODE, 3, 3, 3, 3])]), tiny)
    assert share(shares, "s1") == share(shares, "d1") == []


def test_waves_are_counted_apart(tiny: Instrument) -> None:
    """An organization's waves are rows of their own."""
    shares = count_shares(responses([("A", "2024", [1] * 6), ("A", "2025", [5] * 6)]), tiny)
    assert share(shares, "s1") == [1, 0, 0, 0, 0]
    assert share(shares, "s1", wave="2025") == [0, 0, 0, 0, 1]


ANSWER = st.one_of(st.none(), st.just(DONT_KNOW_CODE), st.integers(1, 5))
ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABC"), st.sampled_from(["2024", "2025"]), st.lists(ANSWER, min_size=6, max_size=6)
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=50)
@given(rows=ROWS, order=st.randoms())
def test_shares_sum_to_one_and_do_not_depend_on_the_order_of_rows(rows: list, order) -> None:  # type: ignore[type-arg,no-untyped-def]
    """Within organization, wave and item shares sum to 1; shuffled rows give the same frame."""
    instrument = parse_instrument(TINY)
    shares = count_shares(responses(rows), instrument)
    totals = shares.groupby(["organization", "wave", "item"])["share"].sum()
    assert np.allclose(totals, 1)
    shuffled = list(rows)
    order.shuffle(shuffled)
    pd.testing.assert_frame_equal(count_shares(responses(shuffled), instrument), shares)


def published(shares: list[float]) -> FrequencyCounts:
    rows = [
        {
            "organization": "A",
            "wave": "2024",
            "kind": "organization",
            "item": item,
            "category": category,
            "share": value,
            "n": 10,
            "n_dont_know": 0,
            "place": "sheet Q1, row 7",
        }
        for item in ("s1", "d2")
        for category, value in zip(range(1, 6), shares, strict=True)
    ]
    return FrequencyCounts(pd.DataFrame(rows), "tables.xlsx", "frequency_workbook")


def test_rounded_percentages_are_rescaled_and_reversed(tiny: Instrument) -> None:
    """Shares that sum to 99.8 % are divided by that; a reverse-keyed item is turned round."""
    table = published_shares(published([0.1, 0.2, 0.3, 0.2, 0.198]), tiny)
    assert share(table, "s1") == pytest.approx([v / 0.998 for v in (0.1, 0.2, 0.3, 0.2, 0.198)])
    assert share(table, "d2") == pytest.approx([v / 0.998 for v in (0.198, 0.2, 0.3, 0.2, 0.1)])


def test_shares_that_do_not_sum_to_one_are_an_error(tiny: Instrument) -> None:
    """More than half a per cent off is no rounding: organization, item, place and sum are named."""
    with pytest.raises(IntakeError, match=r"A, s1 \(sheet Q1, row 7\): 99\.0 %(.|\n)*within 0\.5 points"):
        published_shares(published([0.1, 0.2, 0.3, 0.2, 0.19]), tiny)


def test_input_frames_are_not_changed(tiny: Instrument) -> None:
    """Published counts stay as they were."""
    counts = published([0.2] * 5)
    before = counts.frame.copy()
    published_shares(counts, tiny)
    pd.testing.assert_frame_equal(counts.frame, before)
    assert replace(counts).frame is counts.frame
