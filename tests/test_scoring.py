"""Means, scores, indices and gaps of hand-computed frames."""

from __future__ import annotations

import pandas as pd
import pytest

from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import index_scores, item_scores, one_wave
from cfanalysis.scoring.say_do_gap import say_do_gaps
from cfanalysis.scoring.score_table import score_table
from cfanalysis.scoring.shares import count_shares
from cfanalysis.survey.instrument import Index, Instrument, parse_instrument

from .conftest import TINY
from .test_shares import responses

TEN = TINY.replace(
    '    dont_know: {codes: [9], labels: ["Don\'t know"]}',
    "    dont_know: {codes: [99]}\n  ten: {min: 1, max: 10}",
).replace(
    "text: We perform., role: performance, scale: agreement",
    "text: We perform., role: performance, scale: ten",
)


def shares_of(*answers: list[int | None], instrument: Instrument) -> pd.DataFrame:
    return count_shares(responses([("A", "2024", row) for row in answers]), instrument)


def test_item_scores_by_hand(tiny: Instrument) -> None:
    """Answers 1 and 4 on 1 to 5: mean 2.5, score 37.5; the reverse-keyed answer 2 counts 4."""
    shares = shares_of([1, 3, 2, 3, 3, 3], [4, 3, 2, 3, 3, 3], instrument=tiny)
    scores = item_scores(shares, tiny).set_index("item")
    assert scores.loc["s1", ["mean", "score", "n"]].tolist() == [2.5, 37.5, 2]
    assert scores.loc["d2", "mean"] == 4


def test_gap_by_hand(tiny: Instrument) -> None:
    """Say is the mean of the Say items' means, Do of the Do items'; the gap their difference."""
    # Say: s1 5, s2 4 -> 4.5.  Do: d1 3, d2 2 (reversed: 4), d3 2 -> 3.  Gap 1.5; 0-100: 87.5 - 50 = 37.5.
    gaps = say_do_gaps(shares_of([5, 3, 2, 4, 2, 3], instrument=tiny), tiny)
    assert gaps.iloc[0][["say", "do", "gap", "say_score", "do_score", "gap_score"]].tolist() == [
        4.5,
        3.0,
        1.5,
        87.5,
        50.0,
        37.5,
    ]


def test_gap_by_dimension_and_pair(tiny: Instrument) -> None:
    """A dimension takes its own items, a pair its two."""
    shares = shares_of([5, 3, 2, 4, 2, 3], instrument=tiny)
    dimensions = say_do_gaps(shares, tiny, scope="dimension").set_index("name")
    assert dimensions["gap"].to_dict() == {"leadership": 5 - 3.5, "people": 2}
    assert say_do_gaps(shares, tiny, scope="pair")["gap"].tolist() == [2]


def test_an_organization_that_lacks_an_item_has_no_gap(tiny: Instrument) -> None:
    """Without an answer to d3 the whole and People have no gap, Leadership keeps its own."""
    shares = shares_of([5, 3, 2, 4, None, 3], instrument=tiny)
    assert say_do_gaps(shares, tiny).empty
    assert say_do_gaps(shares, tiny, scope="dimension")["name"].tolist() == ["leadership"]


def test_an_instrument_without_both_facets_says_so() -> None:
    """Asked for a gap without Do items, the error says why."""
    text = TINY.replace("facet: do", "facet: say").replace(", pair: one", "")
    instrument = parse_instrument(text)
    with pytest.raises(AnalysisError, match="no dimension holds both Say and Do"):
        say_do_gaps(shares_of([5, 3, 2, 4, 2, 3], instrument=instrument), instrument)


@pytest.mark.parametrize(
    ("index", "score"),
    [
        (Index(id="i", title="I", items=("s1", "d1")), (100 * 3 / 4 + 100 * 2 / 4) / 2),
        (
            Index(id="i", title="I", items=("s1", "d1"), formula="percent_positive", positive_from=4),
            (75 + 25) / 2,
        ),
        (Index(id="i", title="I", items=("p1",), formula="ukcsi"), 10 * 7.5),
        (Index(id="i", title="I", items=("p1",), formula="acsi"), 100 * 6.5 / 9),
    ],
)
def test_index_formulas_by_hand(index: Index, score: float) -> None:
    """Mean of scores, per cent positive, UKCSI (mean of 1-10 times 10) and ACSI (0-100 of 1-10)."""
    instrument = parse_instrument(TEN)
    answers = [[2, 3, 3, 3, 3, 10], [4, 3, 3, 3, 3, 10], [5, 3, 3, 3, 3, 5], [5, 3, 3, 3, 3, 5]]
    answers = [[a, 2 + (i == 0) * 2 + (i == 1), *rest] for i, (a, _, *rest) in enumerate(answers)]
    answers = [[a, d, *rest] for (a, _, *rest), d in zip(answers, [4, 3, 3, 2], strict=True)]
    scores = index_scores(shares_of(*answers, instrument=instrument), instrument, index)
    assert scores["score"].tolist() == pytest.approx([score])


def test_first_and_latest_wave() -> None:
    """Each organization's own first and latest wave, in the instrument's order."""
    frame = pd.DataFrame({"organization": ["A", "A", "B"], "wave": ["spring", "autumn", "autumn"]})
    order = ["spring", "autumn"]
    assert one_wave(frame, order, "first").to_numpy().tolist() == [["A", "spring"], ["B", "autumn"]]
    assert one_wave(frame, order, "latest").to_numpy().tolist() == [["A", "autumn"], ["B", "autumn"]]


def test_renaming_organizations_changes_nothing_but_names(tiny: Instrument) -> None:
    """Scores of renamed organizations are the same numbers under the new names."""
    rows = [("A", "2024", [5, 3, 2, 4, 2, 3]), ("B", "2024", [4, 4, 1, 4, 5, 2])]
    scores = score_table(count_shares(responses(rows), tiny), tiny)
    renamed = score_table(
        count_shares(responses([({"A": "Z", "B": "Y"}[o], w, a) for o, w, a in rows]), tiny), tiny
    )
    back = renamed.assign(organization=renamed["organization"].map({"Z": "A", "Y": "B"}).astype("str"))
    keys = ["organization", "scope", "name", "facet"]
    pd.testing.assert_frame_equal(
        back.sort_values(keys, ignore_index=True), scores.sort_values(keys, ignore_index=True)
    )
