"""Quartiles cut on the gap's own items: what most would publish, and two attempted remedies that do not work.

With quartiles cut on the overall score the contrast of the gap is a comparison of the variances of Say and Do (Oldham
1962), and a ceiling on Say makes Do vary more by itself. To take the score from other items, or from other dimensions,
removes the error that score and gap share, and leaves that comparison of variances as it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cfanalysis.analyses.robustness.robustness_input import AnalysisResult, RobustnessInput
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.subscales import recut_differences
from cfanalysis.statistics.quartiles import DECIMALS

SPLITS = 10
"""Random splits of the items; each half serves once as score and once as gap."""


def overall_score_quartiles(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top with quartiles of the overall score."""
    every = np.ones(material.overall.is_do.size, dtype=bool)
    return _contrast(material, [(every, every)])


def item_split_half(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top with quartiles of the score of half of the items and the gap of the other half."""
    is_do = material.overall.is_do
    if min(is_do.sum(), (~is_do).sum()) < 2:
        raise AnalysisError(message("A facet has one item, which cannot be halved"))
    random = np.random.default_rng(material.seed)
    parts = []
    for _ in range(SPLITS):
        half = np.zeros(is_do.size, dtype=bool)
        for facet in (is_do, ~is_do):
            half[random.permutation(np.flatnonzero(facet))[: int(facet.sum()) // 2]] = True
        parts += [(half, ~half), (~half, half)]
    return _contrast(material, parts)


def leave_one_dimension_out(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top of each dimension with quartiles of the score of the others, averaged."""
    dimensions = np.array([item.dimension for item in material.data.items])
    names = [d.id for d in material.survey.instrument.gap_dimensions]
    if len(names) < 2:
        raise AnalysisError(message("There is one dimension only"))
    return _contrast(material, [(dimensions != name, dimensions == name) for name in names])


Places = NDArray[np.bool_]


def _contrast(material: RobustnessInput, parts: list[tuple[Places, Places]]) -> AnalysisResult:
    """Return rest minus top, averaged over pairs of items for the score and items for the gap."""
    evidence = material.overall
    estimate = recut_differences(
        [_gap(evidence, gap)[:, None] for _, gap in parts],
        [_score(evidence, score) for score, _ in parts],
        repetitions=material.repetitions,
        seed=material.seed,
    )[0][0]
    if not np.isfinite(estimate.estimate):
        raise AnalysisError(message("Ties in the score leave one of the two groups empty"))
    return AnalysisResult(estimate, evidence.n)


def _score(evidence: Evidence, items: Places) -> Floats:
    """Return the mean of some items on 0 to 1, rounded so that ties are ties."""
    share = evidence.halvings[0].shares.sum(axis=2) / evidence.exists.sum(axis=1)
    return np.asarray(np.round(share[:, items].mean(axis=1), DECIMALS))


def _gap(evidence: Evidence, items: Places) -> Floats:
    scaled = evidence.halvings[0].shares.sum(axis=2) * evidence.unit
    say, do = (scaled[:, items & facet].mean(axis=1) for facet in (~evidence.is_do, evidence.is_do))
    return np.asarray(say - do)
