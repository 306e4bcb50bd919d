"""The raw contrast with other cuts, other weights, another criterion and another wave; effect sizes by ranks.

All intervals are percentiles of the organization bootstrap that re-ranks and re-cuts.
"""

from __future__ import annotations

import numpy as np

from cfanalysis.analyses.claim_data import CriterionKind
from cfanalysis.analyses.robustness.robustness_input import AnalysisResult, RobustnessInput
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import p_phrase
from cfanalysis.core.language import message
from cfanalysis.core.templates import sentence
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.subscales import recut_differences
from cfanalysis.statistics.effects import Estimate, brunner_munzel


def raw(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top as measured."""
    found = material.verdict.raw
    delta = material.verdict.delta if found is None else found["delta"]
    return AnalysisResult(
        delta if isinstance(delta, Estimate) else material.verdict.delta, material.evidence.n
    )


def same_mix(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top when every organization has the same mix of respondents."""
    if material.verdict.raw is None:
        raise AnalysisError(message("Nothing that varies within organizations is known of respondents"))
    detail = sentence(
        "The same in every organization: {fields}.", fields=", ".join(material.verdict.standardized_for)
    )
    return AnalysisResult(material.verdict.delta, material.evidence.n, detail=detail)


def beyond_ceiling(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top less what the ends of the scale alone would give."""
    excess = material.verdict.excess
    if excess is None:
        raise AnalysisError(message("There is no ceiling benchmark for these data"))
    return AnalysisResult(excess, material.evidence.n)


def cut_at(material: RobustnessInput, top: float, rest: float) -> AnalysisResult:
    """Return rest minus top with the top group cut at another quantile.

    Parameters
    ----------
    material
        What the analyses of the robustness table are made from.
    share
        Share of organizations (0-1) in the top group.
    """
    material.require_criterion()
    return rest_minus_top(material, material.evidence, top=top, rest=rest)


def respondent_weights(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top with every organization counted by its respondents."""
    material.require_criterion()
    return rest_minus_top(material, material.evidence, weights=respondents_of(material))


def respondents_of(
    material: RobustnessInput, *, kind: CriterionKind | None = None, wave: WhichWave | None = None
) -> Floats:
    """Return the number of respondents of each organization of the evidence, on another criterion or wave if asked.

    Parameters
    ----------
    material
        What the analyses of the robustness table are made from.
    kind
        Another criterion; None keeps that of the verdict.
    wave
        Another wave; None keeps that of the analysis.

    Returns
    -------
    numpy.ndarray
        Shape (organizations,).

    Raises
    ------
    AnalysisError
        It is not known, or the same everywhere.
    """
    survey, wave = material.survey, wave or material.wave
    own = organizations_only(one_wave(survey.organizations, survey.source.waves, wave))
    n = own.drop_duplicates("organization").set_index("organization")["n"]
    weights = n.reindex(material.names(kind or material.data.kind, wave)).to_numpy(dtype=float)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise AnalysisError(message("The number of respondents is not known for every organization"))
    if np.ptp(weights) == 0:
        raise AnalysisError(message("All organizations have as many respondents, so weights change nothing"))
    return np.asarray(weights)


def other_criterion(material: RobustnessInput, kind: CriterionKind) -> AnalysisResult:
    """Return rest minus top with the criterion from the same respondents, or from others.

    Parameters
    ----------
    material
        What the analyses of the robustness table are made from.
    kind
        From whom the criterion is.

    Raises
    ------
    AnalysisError
        The verdict's criterion is from them, too.
    """
    if material.data.kind == kind:
        raise AnalysisError(message("This is the verdict's own criterion"))
    return rest_minus_top(material, material.other(kind, material.wave))


def other_wave(material: RobustnessInput) -> AnalysisResult:
    """Return rest minus top in each organization's first wave, where the verdict takes the latest (or its latest)."""
    if len(material.survey.source.waves) < 2:
        raise AnalysisError(message("There is one wave only"))
    material.require_criterion()
    wave: WhichWave = "latest" if material.wave == "first" else "first"
    return rest_minus_top(material, material.other(material.data.kind, wave))


def ranks(material: RobustnessInput) -> AnalysisResult:
    """Return Cliff's delta of the gap, rest against top, with Brunner and Munzel's p."""
    gaps, top = material.gaps, [h.top for h in material.evidence.halvings]
    tests = []
    for gap, is_top in zip(gaps, top, strict=True):
        try:
            tests.append(brunner_munzel(gap[is_top], gap[~is_top]).p)
        except AnalysisError:  # groups that do not overlap have no variance to test with
            continue
    median = float(np.median([p for p in tests if p is not None])) if tests else None
    template = "Brunner and Munzel's test: {p}."
    if len(gaps) > 1:
        template = "Brunner and Munzel's test: {p}, median of {n} halvings."
    detail = "" if median is None else sentence(template, p=p_phrase(median), n=len(gaps))
    unit = message("difference of probabilities")
    return AnalysisResult(material.verdict.cliffs_delta, material.evidence.n, unit, detail)


def rest_minus_top(
    material: RobustnessInput,
    evidence: Evidence,
    *,
    top: float = 0.75,
    rest: float = 0.75,
    weights: Floats | None = None,
) -> AnalysisResult:
    """Return rest minus top of the overall gap as measured, from the verdict's own resamples.

    Parameters
    ----------
    material
        What the analyses of the robustness table are made from.
    evidence
        The organizations and the criterion.
    top, rest
        Share of organizations (0-1) below the top group's cut, and below the cut under which the rest lies.
    weights
        What each organization counts, shape (n,); None for once.

    Raises
    ------
    AnalysisError
        Ties leave one of the two groups empty.
    """
    estimate = recut_differences(
        [evidence.spread((h.say - h.do)[:, None], h) for h in evidence.halvings],
        [evidence.spread(h.criterion, h) for h in evidence.halvings],
        group=evidence.group,
        top=top,
        rest=rest,
        weights=weights,
        repetitions=material.repetitions,
        seed=material.seed,
    )[0][0]
    if not np.isfinite(estimate.estimate):
        raise AnalysisError(message("Ties in the criterion leave one of the two groups empty"))
    return AnalysisResult(estimate, evidence.n)
