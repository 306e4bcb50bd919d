"""Input that is incomplete or wrong: what is left out, what does not exist, what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test import criterion_verdict

from .verdict_surveys import survey


def test_fewer_than_40_organizations_are_described() -> None:
    """The numbers are there, the verdict is descriptive and says why."""
    verdict = criterion_verdict(*survey(39, say=0.1, do=1.0), repetitions=200)
    assert verdict.verdict == "descriptive"
    assert any("39 organizations are fewer than 40" in note for note in verdict.notes)


def test_incomplete_organizations_are_left_out_and_counted() -> None:
    """One lacks an item, one the criterion: the verdict is that of the others."""
    shares, criterion, facets = survey(60)
    holes, missing = shares.copy(), criterion.copy()
    holes[3, 2] = np.nan
    missing[10] = np.nan
    verdict = criterion_verdict(holes, missing, facets, repetitions=200)
    kept = np.delete(np.arange(60), [3, 10])
    without = criterion_verdict(shares[kept], criterion[kept], facets, repetitions=200)
    assert (verdict.n, verdict.left_out) == (58, 2)
    assert verdict.theta_b == without.theta_b
    assert verdict.left_out_reasons == {
        "nobody answered an item of the gap": 1,
        "no value of the criterion": 1,
    }
    assert any("2 organization(s) could not be used" in note for note in verdict.notes)


def test_different_answer_grids_have_no_metric_b() -> None:
    """Say on five options, Do on seven: nothing in ceiling-free points, in percent, and it says so, list or padding."""
    shares, criterion, facets = survey(150, say=0.1, do=0.9)
    wider = np.stack([shares[..., min(c, 3)] for c in (0, 0, 1, 2, 3, 3)], axis=2)
    as_list = [shares[:, k] if facets[k] == "say" else wider[:, k] for k in range(4)]
    padded = np.full((150, 4, 6), np.nan)
    for k, item in enumerate(as_list):
        padded[:, k, : item.shape[1]] = item
    first, second = (criterion_verdict(e, criterion, facets, repetitions=200) for e in (as_list, padded))
    assert first == second
    assert first.verdict == "supported if"
    assert first.theta_b is None
    assert first.unit == "percent"
    assert first.excess is not None
    assert any("not all answered on one grid" in note for note in first.notes)
    assert json.loads(json.dumps(first.as_dict(), allow_nan=False))["theta_b"] is None


def test_grids_of_equal_length_can_be_declared_different() -> None:
    """Five options of agreement are not five options of frequency."""
    verdict = criterion_verdict(*survey(150, say=0.1, do=0.9), same_grid=False, repetitions=200)
    assert verdict.theta_b is None
    assert verdict.verdict == "supported if"


def test_two_options_have_no_metric_b() -> None:
    """Yes or no: one threshold has no spread."""
    shares, criterion, facets = survey(150, say=0.1, do=0.9)
    verdict = criterion_verdict(shares[:, :, 1:2], criterion, facets, repetitions=200)
    assert verdict.theta_b is None
    assert verdict.theta_l is None
    assert "two answers only" in verdict.without_c
    assert any("cross two thresholds" in note for note in verdict.notes)


def test_a_constant_item_is_counted_and_carries_nothing() -> None:
    """Everybody answered 5 to one Say item: noted, and metric A unchanged by it."""
    shares, criterion, facets = survey(80)
    shares[:, 0] = 1.0
    with_it = criterion_verdict(shares, criterion, facets, repetitions=200)
    without = criterion_verdict(shares[:, 1:], criterion, facets[1:], repetitions=200)
    assert with_it.theta_a is not None
    assert without.theta_a is not None
    assert with_it.theta_a.estimate == pytest.approx(without.theta_a.estimate)
    assert any("1 item(s) have the same answer" in note for note in with_it.notes)


def test_a_facet_that_hangs_on_one_organization_has_no_interval() -> None:
    """Take it away and nothing varies: no standard error, inconclusive at most, no NaN."""
    shares, criterion, facets = survey(60)
    shares[:, :2] = 1.0
    shares[0, :2] = [1.0, 0.5, 0.5, 0.5]
    verdict = criterion_verdict(shares, criterion, facets, repetitions=200)
    assert verdict.theta_a is not None
    assert verdict.theta_a.se is None
    assert verdict.verdict in ("inconclusive", "scale-dependent")
    assert json.dumps(verdict.as_dict(), allow_nan=False)


def test_a_criterion_with_hardly_a_top_quartile_gives_no_interval() -> None:
    """Nearly three quarters tie at the lowest value: many resamples cannot be cut, and it says so."""
    shares, _, facets = survey(60)
    verdict = criterion_verdict(shares, np.r_[np.zeros(44), np.arange(16) + 1], facets, repetitions=200)
    assert verdict.delta.low is None
    assert verdict.smallest_detectable is None
    assert verdict.verdict == "inconclusive"
    assert any("delta has no interval" in note for note in verdict.notes)


def _broken(name: str) -> tuple[object, object, object]:
    shares, criterion, facets = survey(60)
    total = shares.sum(axis=(1, 2))
    top = shares.copy()
    top[:, :2] = 1.0
    rising = shares.copy()
    rising[5, 1, 3] = 1.0
    return {
        "one facet": (shares, criterion, ["say"] * 4),
        "unknown facet": (shares, criterion, ["say", "say", "do", "don't"]),
        "facets": (shares, criterion, ["say", "do"]),
        "gap items": (shares, total, facets),
        "top": (top, criterion, facets),
        "percent": (shares * 100, criterion, facets),
        "rising": (rising, criterion, facets),
        "criterion length": (shares, criterion[:-1], facets),
        "constant criterion": (shares, np.ones(60), facets),
        "tied criterion": (shares, np.r_[np.ones(55), np.arange(5) + 2], facets),
        "words": (shares, ["good"] * 60, facets),
        "shape": (shares[:, :, 0], criterion, facets),
        "empty": (shares[:0], criterion[:0], facets),
        "all missing": (shares * np.nan, criterion, facets),
        "few": (shares[:3], criterion[:3], facets),
    }[name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one facet", "no Do items"),
        ("unknown facet", "unknown"),
        ("facets", "one facet for each item"),
        ("gap items", "made of the gap's own items"),
        ("top", "at the top of the scale"),
        ("percent", "outside 0 to 1"),
        ("rising", "organization 6, item 2, option 4"),
        ("criterion length", "does not have one value for each organization"),
        ("constant criterion", "same value of the criterion"),
        ("tied criterion", "nobody is below the top"),
        ("words", "not made of numbers"),
        ("shape", "wrong shape"),
        ("empty", "wrong shape"),
        ("all missing", "no answers at all"),
        ("few", "too few organizations"),
    ],
)
def test_input_that_cannot_be_judged_is_refused_with_the_reason(name: str, text: str) -> None:
    """One facet, gap items in the criterion, everybody at the top, percentages: a message, never a number."""
    with pytest.raises(AnalysisError, match=text):
        criterion_verdict(*_broken(name), repetitions=200)  # type: ignore[arg-type]
