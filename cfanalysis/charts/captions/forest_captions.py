"""Captions of estimates side by side: the contrast part by part and under other analyses, outcomes, reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cfanalysis.analyses.forest_rows import ForestRows
from cfanalysis.analyses.units import HUNDRED
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import plural, sentence

if TYPE_CHECKING:  # they import models that no report of a client needs
    from cfanalysis.analyses.claim_parts import ClaimParts
    from cfanalysis.analyses.outcome_relations import OutcomeRelations
    from cfanalysis.analyses.robustness import Robustness

_SIGNED = message("{label:t} {estimate:+2} ({low:2} to {high:2})"), "{label:t} {estimate:+2}"
_ONE_DIGIT = message("{label:t} {estimate:+} ({low} to {high})"), "{label:t} {estimate:+}"
_PLAIN = message("{label:t} {estimate:2} ({low:2} to {high:2})"), "{label:t} {estimate:2}"
_OF_OUTCOMES = (
    message("{group:t}, {label:t}: {estimate} ({low} to {high})"),
    message("{group:t}, {label:t}: {estimate}"),
)


def _estimates(rows: ForestRows, templates: tuple[str, str]) -> list[str]:
    """Return a clause for each estimate: by the first template, or by the second where it has no interval."""
    known = rows.frame["low"].notna()
    return [sentence(templates[not k], r) for k, r in zip(known, rows.frame.to_dict("records"), strict=True)]


def forest_caption(rows: ForestRows) -> Caption:
    """Return the caption of the contrast in the parts of the survey."""
    frame, n = rows.frame, len(rows.frame)
    digits, unit = 1 if frame["unit"].iloc[0] == HUNDRED else 2, frame["unit"].iloc[0]
    whole, parts = frame["estimate"].iloc[0], frame["estimate"].iloc[1:]
    title = (
        "Rest minus top quartile: {whole:+{digits}} {unit:t} overall"
        if n == 1
        else "Rest minus top quartile: {whole:+{digits}} {unit:t} overall, {low:+{digits}} to {high:+{digits}} in {n} "
        "parts"
    )
    return caption_of(
        rows,
        sentence(title, whole=whole, low=parts.min(), high=parts.max(), n=n - 1, digits=digits, unit=unit),
        "Difference of the Say-Do gap by quartile of {criterion}, {unit:t}, with 95% intervals",
        plural(n, "Forest of {n} estimate with intervals", "Forest of {n} estimates with intervals"),
        _estimates(rows, _ONE_DIGIT if unit == HUNDRED else _SIGNED),
        statistics="filled: the whole",
        unit=unit,
    )


def _rest_minus_top(rows: ForestRows, title: str, counted: str) -> Caption:
    return caption_of(
        rows,
        title,
        "Rest minus top, {unit:t}, with 95% interval",
        "Rest minus top with 95% interval",
        _estimates(rows, _SIGNED),
        size=counted,
        unit=rows.frame["unit"].iloc[0],
    )


def parts_caption(parts: ClaimParts, rows: ForestRows) -> Caption:
    """Return the caption of the contrast part by part, as the report on the claim shows it.

    Parameters
    ----------
    parts
        The claim part by part.
    rows
        Its parts as the forest shows them.
    """
    counted = message("{count}. Filled: the whole") if parts.is_tested else message("{count}, described")
    return _rest_minus_top(rows, translated("The contrast part by part"), counted)


def robustness_caption(rows: ForestRows) -> Caption:
    """Return the caption of the contrast under other analyses."""
    counted = message(
        "{count}. Slopes are shown as the difference that they imply. Filled: the verdict's own"
    )
    return _rest_minus_top(rows, translated("The contrast under other analyses"), counted)


def specification_curve_caption(robustness: Robustness) -> Caption:
    """Return the caption of the contrast under all combinations of choices."""
    curve = robustness.specifications
    honest = curve.honest if len(curve.honest) else curve.frame
    estimates, digits = curve.frame["estimate"], 1 if curve.unit == HUNDRED else 2
    span = "estimates of rest minus top from {low:+{digits}} to {high:+{digits}} {unit:t}"
    others = (
        "{n} more specification is cut on the gap's own items",
        "{n} more specifications are cut on the gap's own items",
    )
    title = (
        "Rest minus top as measured is {side:t} 0 in {many} of {n} specifications whose criterion holds no item of the "
        "gap, its whole interval in {certain}"
        if len(curve.honest)
        else "Rest minus top as measured is {side:t} 0 in {many} of {n} specifications, all cut on the gap's own "
        "items, its whole interval in {certain}"
    )
    above, below = int((honest["estimate"] > 0).sum()), int((honest["estimate"] < 0).sum())
    certain = honest["low"] > 0 if above >= below else honest["high"] < 0
    circular = len(curve.frame) - len(honest)
    rows = [sentence(span, low=estimates.min(), high=estimates.max(), digits=digits, unit=curve.unit)]
    return caption_of(
        robustness,
        sentence(
            title,
            side=message("above") if above >= below else message("below"),
            many=max(above, below),
            certain=int(certain.sum()),
            n=len(honest),
        ),
        "Rest minus top quartile, {unit:t}; each column is one combination of choices",
        "Estimates sorted by size, with the choices behind each below",
        [*rows, plural(circular, *others)] if circular else rows,
        unit=curve.unit,
        statistics="95% intervals; hollow: cut on the overall score, which cannot test the claim",
    )


def specifications_caption(robustness: Robustness) -> Caption:
    """Return the same for the report on the claim, which has given n and unit already."""
    measure = translated(
        "Each column is one combination of choices, with its 95% interval. Filled: the criterion holds no item of the "
        "gap; hollow: cut on the overall score, which cannot test the claim"
    )
    return replace(specification_curve_caption(robustness), measure=measure, size="", statistics="")


def _outcomes(rows: ForestRows, title: str, measure: str, counted: str, **values: Any) -> Caption:
    return caption_of(
        rows,
        title,
        measure,
        "{measure}, with 95% interval",
        _estimates(rows, _OF_OUTCOMES),
        size=counted,
        **values,
    )


def dose_caption(rows: ForestRows, *, rising: int, outcomes: int) -> Caption:
    """Return the caption of each outcome over the quartiles of Do.

    Parameters
    ----------
    rows
        The outcomes as the forest shows them.
    rising
        How many outcomes go with how organizations rate what they do, adjusted for their number.
    outcomes
        How many there are.
    """
    title = "{rising} of {outcomes} outcomes go with how organizations rate what they do"
    return _outcomes(
        rows,
        sentence(title, rising=rising, outcomes=outcomes),
        message(
            "Mean outcome of each quartile of Do minus the mean of all, each in its own unit, with 95% interval"
        ),
        message("n = {count}. Filled: on one side of the mean of all"),
    )


def importance_caption(rows: ForestRows, found: Sequence[OutcomeRelations]) -> Caption:
    """Return the caption of how each outcome's explained variance divides among the dimensions.

    Parameters
    ----------
    rows
        The outcomes as the forest shows them.
    found
        The relations of the outcomes.
    """
    measure = message(
        "Share of an outcome's variance that goes with a dimension's Do (LMG), per cent, with the 95% interval of "
        "{repetitions} bootstrap samples"
    )
    known = next(relation for relation in found if len(relation.importance))
    return _outcomes(
        rows,
        translated("Which dimension goes with which outcome"),
        measure,
        message("n = {count}. Filled: the largest of an outcome. No interval can reach below 0"),
        repetitions=known.repetitions,
    )


def reliability_caption(rows: ForestRows, *, usual: float) -> Caption:
    """Return the caption of the scales' alphas.

    Parameters
    ----------
    rows
        The scales as the forest shows them.
    usual
        The alpha that is usually asked for.
    """
    reached = int((rows.frame["estimate"] >= usual).sum())
    title = "{reached} of {n} scales reach an alpha of {usual}"
    return caption_of(
        rows,
        sentence(title, reached=reached, n=len(rows.frame), usual=usual),
        "Raw alpha between respondents with its 95% interval",
        "Alpha with 95% interval",
        _estimates(rows, _PLAIN),
        size="n up to {n} respondents. Filled: the whole interval reaches {usual}",
        usual=usual,
    )
