"""The claim by dimension, pair, practice and item."""

from __future__ import annotations

import numpy as np
import pytest

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.analyses.claim_data import claim_data
from cfanalysis.analyses.claim_parts import Part, claim_parts
from cfanalysis.analyses.forest_rows import parts_forest
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports.robustness_report import parts_figure, parts_summary, parts_table
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.claim_test.subscales import (
    agreed_p,
    equality_p,
    part_contrasts,
    recut_differences,
)
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.quartiles import in_top
from cfanalysis.study.prepared_study import Study

from .surveys import INSTRUMENT, made_instrument, made_survey, published


def _same(whole: Part, verdict: Verdict) -> None:
    """Compare delta and all metrics in points, with their intervals."""
    assert whole.metrics.keys() == verdict.points.keys()
    pairs = [(whole.delta, verdict.delta), *((whole.metrics[m], verdict.points[m]) for m in whole.metrics)]
    for one, other in pairs:
        assert np.allclose([one.estimate, one.low, one.high], [other.estimate, other.low, other.high])


def test_the_whole_is_the_verdict() -> None:
    """The first row has delta and every metric of the verdict in points, with the same intervals."""
    for survey in (made_survey(), published(made_survey())):
        verdict = claim_verdict(survey, repetitions=300)
        whole = claim_parts(survey, repetitions=300).rows[0]
        _same(whole, verdict)


def test_a_part_is_the_contrast_of_its_items() -> None:
    """A pair's delta is the gap of its two items, rest minus top, by hand."""
    survey = published(made_survey())
    data = claim_data(survey)
    only = data.evidence.halvings[0]
    means = dict(zip([i.id for i in data.items], only.shares.sum(axis=2).T, strict=True))
    top = in_top(only.criterion)
    gap = means["s1"] - means["d1"]
    pair = next(row for row in claim_parts(survey, repetitions=200).of("pair") if row.name == "a")
    assert pair.delta.estimate == pytest.approx(gap[~top].mean() - gap[top].mean())


def test_parts_and_their_items() -> None:
    """Two dimensions, two pairs, two practices against all of Say, eight items against the other facet."""
    parts = claim_parts(made_survey(), repetitions=200)
    sizes = {s: [(r.n_say, r.n_do) for r in parts.of(s)] for s in ("dimension", "pair", "practice", "item")}
    assert sizes["dimension"] == [(2, 2), (2, 2)]
    assert sizes["pair"] == [(1, 1), (1, 1)]
    assert sizes["practice"] == [(4, 2), (4, 1)]
    assert sizes["item"] == [(1, 4)] * 4 + [(4, 1)] * 4


def test_dimensions_average_to_the_whole() -> None:
    """With as many items in each, the mean of the dimensions' deltas is the whole's."""
    parts = claim_parts(made_survey(), repetitions=200)
    mean = np.mean([row.delta.estimate for row in parts.of("dimension")])
    assert mean == pytest.approx(parts.rows[0].delta.estimate)


def test_p_values_allow_for_the_number_of_parts() -> None:
    """Dimensions by Holm: the smallest p of two is doubled; the whole is not adjusted."""
    parts = claim_parts(made_survey(effect=0.3), repetitions=200)
    p = sorted(row.p for row in parts.of("dimension"))
    adjusted = sorted(row.adjusted_p for row in parts.of("dimension"))
    assert adjusted[0] == pytest.approx(min(1, 2 * p[0]))
    assert parts.rows[0].adjusted_p is None


def test_p_asks_for_points_and_every_metric() -> None:
    """The largest p counts; opposite signs, or no interval, are no contrast; without metrics there is no p."""
    low, high = Estimate(0.1, p=0.01), Estimate(0.2, p=0.2)
    assert agreed_p(low, [low, high]) == 0.2
    assert agreed_p(high, [low, low]) == 0.2
    assert agreed_p(low, [low, Estimate(-0.2, p=0.001)]) == 1.0
    assert agreed_p(Estimate(-0.1, p=0.01), [low]) == 1.0
    assert agreed_p(low, [low, None]) == 0.01
    assert agreed_p(low, [low, Estimate(0.2)]) == 1.0
    assert agreed_p(low, [None, None]) is None


def test_parts_are_standardized_as_the_verdict_is(sample_study: Study) -> None:
    """With roles recorded the whole of the parts is the verdict's, resamples and all."""
    whole = claim_parts(sample_study.survey, repetitions=300).rows[0]
    verdict = claim_verdict(sample_study.survey, repetitions=300)
    assert verdict.raw is not None
    _same(whole, verdict)


def test_parts_are_compared_with_each_other_not_with_a_line(sample_study: Study) -> None:
    """The text has the range of a scope's contrasts and one test of their equality, and counts no parts that hold."""
    parts = claim_parts(sample_study.survey, repetitions=500)
    text = str(parts_summary(parts))
    assert (parts.equal_p["dimension"] or 0.0) > 0.05
    assert "that they differ from each other is not shown" in text
    assert parts.equal_p["item"] is None  # 40 items, 113 organizations
    assert "too many for so few organizations" in text
    assert "holds in" not in text
    rows = parts.of("dimension")
    for end in (min(rows, key=lambda r: r.delta.estimate), max(rows, key=lambda r: r.delta.estimate)):
        assert end.title in text


def test_the_test_of_equality_keeps_its_level() -> None:
    """Of equal parts that share noise it finds a difference in one sample of twenty, of unequal ones nearly always."""
    random = np.random.default_rng(5)
    n, k = 60, 4
    found = []
    for _ in range(600):
        values = random.normal(size=(n, k)) @ np.diag([0.5, 1, 1, 2]) + random.normal(size=(n, 1))
        found.append(equality_p(values.mean(axis=0), np.cov(values.T) / n, n - 1))
    assert 0.03 < np.mean(np.array(found) <= 0.05) < 0.075
    values = random.normal(size=(n, k)) + np.array([0, 0, 0, 1])
    assert equality_p(values.mean(axis=0), np.cov(values.T) / n, n - 1) < 0.001
    assert equality_p(np.zeros(20), np.eye(20), 99) is None


def test_the_least_certain_metric_is_shown() -> None:
    """The second interval of a part is that of the metric with the largest p, so it agrees with p."""
    parts = claim_parts(made_survey(), repetitions=200)
    for row in parts.rows:
        assert row.least is not None
        assert row.least.p == max(metric.p or 1.0 for metric in row.metrics.values())


def test_a_single_pair_has_no_parts() -> None:
    """One Say against one Do item: only the whole is left, and the page says so."""
    lines = [
        line
        for line in INSTRUMENT.splitlines()
        if not any(f"id: {i}," in line for i in ("s2", "s3", "s4", "d2", "d3", "d4"))
    ]
    parts = claim_parts(made_survey(instrument=made_instrument("\n".join(lines))), repetitions=200)
    assert [row.scope for row in parts.rows] == ["overall"]
    assert "no parts" in str(parts_summary(parts))
    assert parts_figure(parts) is None
    assert parts_table(parts, "pair") is None


def test_composite_parts_are_not_tested() -> None:
    """On the overall score parts have delta alone, no p, and are said to be described."""
    bare = made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))
    parts = claim_parts(made_survey(instrument=bare), repetitions=200)
    assert parts.composite
    assert all(not row.metrics and row.p is None for row in parts.rows)
    assert "described, not tested" in str(parts_summary(parts))
    assert not parts_forest(parts).frame["strong"].any()


def test_few_organizations_are_described_part_by_part() -> None:
    """Below 40 organizations no part is marked as holding."""
    parts = claim_parts(made_survey(organizations=20), repetitions=200)
    assert not parts.is_tested
    assert not parts_forest(parts).frame["strong"].any()


def test_tables_name_n_criterion_and_method() -> None:
    """The table has every part, and its note n, criterion, adjustment and seed."""
    parts = claim_parts(made_survey(), repetitions=200)
    table = parts_table(parts, "dimension", "practice")
    assert table is not None
    assert [row[0] for row in table.rows] == ["Overall", "Leadership", "Processes", "Listening", "Recovery"]
    for text in ("n = 60", "other respondents", "Holm", "Benjamini-Hochberg", "seed 2026", "Synthetic"):
        assert text in table.note


def test_a_part_without_a_facet_is_refused() -> None:
    """A part needs Say and Do items."""
    evidence = claim_data(published(made_survey())).evidence
    with pytest.raises(AnalysisError, match="no Say or no Do"):
        part_contrasts(evidence, [([0], [])])


def test_differences_follow_cuts_and_weights() -> None:
    """Rest minus top, bottom minus top and a weighted difference, by hand."""
    values, criterion = [np.arange(8.0)[::-1, None]], [np.arange(8.0)]
    options = {"repetitions": 100, "seed": 1}
    # Gaps 7 6 5 4 3 2 | 1 0: the 75 % quantile is 5.25, so two are at the top; below 1.75 there are two.
    assert recut_differences(values, criterion, **options)[0][0].estimate == pytest.approx(4.5 - 0.5)
    bottom = recut_differences(values, criterion, rest=0.25, **options)[0][0]
    assert bottom.estimate == pytest.approx(6.5 - 0.5)
    weights = np.array([1, 1, 1, 1, 1, 1, 3, 1.0])
    weighted = recut_differences(values, criterion, weights=weights, **options)[0][0]
    assert weighted.estimate == pytest.approx(4.5 - 0.75)
