"""The verdict in words and as blocks of a page: three sentences that a manager understands, then the numbers.

A verdict stands as it is kept in a study's ``verdict.json``. It is never printed without n, interval, criterion
and method.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from cfanalysis.analyses.criterion import scale_range
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import direction
from cfanalysis.core.blocks import KeyFigure, KeyFigures, Notice, Prose, Table, table_columns
from cfanalysis.core.numbers import bounds, decimal, digits_for, interval, percent
from cfanalysis.reports.common.pages import gap_method
from cfanalysis.statistics.effects import Estimate
from cfanalysis.study.study import Study

MEANING = {
    "supported": "The gap is wider below the top quartile, in scale points and off the ends of the scale, on both "
    "ways to measure it.",
    "scale-dependent": "The gap is wider below the top quartile in scale points, but not off the ends of the scale: a "
    "ceiling can have made the difference.",
    "contradicted": "Off the ends of the scale the gap is narrower below the top quartile, against the claim.",
    "inconclusive": "The data do not show whether the gap is wider below the top quartile.",
    "descriptive": "This describes the organizations that took part; it does not test the claim.",
}

LIMITS = (
    "What this can never say: whether a wide gap causes poor performance or poor performance a wide gap, and anything "
    "about organizations that did not take part."
)

ROWS = (
    ("delta", "Rest minus top", "points", "what a raw comparison shows"),
    ("delta_say", "Top quartile's lead in Say", "points", "is it intention that differs ..."),
    ("delta_do", "Top quartile's lead in Do", "points", "... or practice?"),
    (
        "ceiling_benchmark",
        "What the ceiling alone would give",
        "points",
        "equal latent gains, bounded answers",
    ),
    ("excess", "Beyond the ceiling", "points", "rest minus top, less the ceiling's part"),
    ("theta_a", "Latent contrast, metric A", "SD", "every item's latent spread set to 1"),
    (
        "theta_b",
        "Latent contrast, metric B",
        "points off the ceiling",
        "Say and Do on the shared answer grid",
    ),
)
"""The estimates of a verdict: field, label, unit, what it answers."""


def verdict_narrative(verdict: Mapping[str, Any]) -> Prose:
    """Return the answer in three sentences and the verdict."""
    if verdict["verdict"] == "none":
        return Prose(f"There is no verdict. {verdict['reason']}")
    return Prose(f"{_three_sentences(verdict)} **Verdict: {verdict['verdict']}.**")


def verdict_in_sentences(verdict: Mapping[str, Any]) -> str:
    """Return the answer as plain text: three sentences, the verdict, on what it rests, and what it cannot say."""
    basis = (
        f"n = {verdict['n']} organizations, {verdict['n_top']} in the top quartile ({percent(verdict['top_share'])}). "
        f"Criterion: {verdict['criterion']}."
    )
    parts = (
        f"{_three_sentences(verdict)} Verdict: {verdict['verdict']}.",
        f"{MEANING[verdict['verdict']]} {basis}",
        *verdict["notes"],
        LIMITS,
    )
    return "\n".join(fill(part, 100) for part in parts)


def _three_sentences(verdict: Mapping[str, Any]) -> str:
    delta = Estimate(**verdict["delta"])
    digits = digits_for(delta)
    size, where = decimal(abs(delta.estimate), digits), "narrower" if delta.estimate >= 0 else "wider"
    raw = f"The raw gap is {where} in the top quartile by {size} points ({interval(delta)})."
    if direction(delta) == 0:
        raw = f"The raw gaps of top quartile and rest differ by {size} points, not told from 0 ({interval(delta)})."
    return " ".join([raw, _ceiling(verdict, digits), _latent(verdict)])


def verdict_notice(verdict: Mapping[str, Any]) -> Notice:
    """Return the verdict in a box: what it means, on how many organizations, by which criterion."""
    if verdict["verdict"] == "none":
        return Notice(str(verdict["reason"]), title="No verdict:", tone="caution")
    body = (
        f"{MEANING[verdict['verdict']]} n = {verdict['n']} organizations, {verdict['n_top']} in the top quartile "
        f"({percent(verdict['top_share'])}). Criterion: {verdict['criterion']}. {' '.join(verdict['notes'])} {LIMITS}"
    )
    return Notice(" ".join(body.split()), title=f"Verdict: {verdict['verdict']}.", tone="verdict")


def verdict_figures(verdict: Mapping[str, Any]) -> KeyFigures | None:
    """Return the verdict's numbers to remember; nothing where there is no verdict."""
    if verdict["verdict"] == "none":
        return None
    labels = {
        "delta": "Rest minus top",
        "ceiling_benchmark": "The ceiling alone",
        "theta_b": "Off the ceiling",
    }
    figures = []
    for field, label in labels.items():
        if verdict[field] is not None:
            estimate = Estimate(**verdict[field])
            value = decimal(estimate.estimate, digits_for(estimate), signed=True)
            figures.append(KeyFigure(label, value, interval(estimate)))
    figures.append(KeyFigure("Organizations", f"{verdict['n']:,}", f"{verdict['n_top']} in the top quartile"))
    return KeyFigures(tuple(figures))


def verdict_table(verdict: Mapping[str, Any], *, scale: tuple[int, int], caption: str) -> Table | None:
    """Return every estimate of the verdict with its interval; nothing where there is no verdict.

    Parameters
    ----------
    verdict
        As in ``verdict.json``.
    scale
        Lowest and highest point of the scale.
    caption
        Where the data come from.
    """
    if verdict["verdict"] == "none":
        return None
    labels = ("Measure", "Answers", "Estimate", "95% interval", "On 0 to 100")
    rows = [
        _row(Estimate(**verdict[field]), label, unit, answers, scale)
        for field, label, unit, answers in ROWS
        if verdict[field] is not None
    ]
    return Table(
        "The test, step by step", table_columns(labels, left=2), rows, f"{_method(verdict)} {caption}"
    )


def contrast_method(gaps: QuartileGaps) -> Prose:
    """Return how the raw contrast was computed; of the overall score, that it only describes."""
    if not gaps.composite:
        return gap_method(gaps)
    return Prose(
        f"Quartiles are cut on the overall score of the gap's own items, at the linear 25, 50 and 75% quantiles; ties "
        "go up. **This describes and cannot test the performance claim**: with such quartiles the contrast of the gap "
        f"is a comparison of the variances of Say and Do. Every organization counts once, with its {gaps.wave} wave. "
        f"Intervals are percentiles of {gaps.repetitions:,} bootstrap samples of organizations, each ranked and cut "
        f"anew (seed {gaps.seed})."
    )


def _row(
    estimate: Estimate, label: str, unit: str, answers: str, scale: tuple[int, int]
) -> tuple[str, str, str, str, str]:
    digits = 3
    ends = bounds(estimate.low, estimate.high, digits)
    of_hundred = (
        decimal(100 * estimate.estimate / (scale[1] - scale[0]), 1, signed=True) if unit != "SD" else "–"
    )
    return f"{label} ({unit})", answers, decimal(estimate.estimate, digits, signed=True), ends, of_hundred


def _ceiling(verdict: Mapping[str, Any], digits: int) -> str:
    """Return what a ceiling alone would give, in a sentence."""
    if verdict["ceiling_benchmark"] is None:
        return "What the ends of the scale alone would give cannot be computed here."
    benchmark = decimal(verdict["ceiling_benchmark"]["estimate"], digits)
    return f"The ends of the scale alone would give {benchmark}."


def _latent(verdict: Mapping[str, Any]) -> str:
    """Return what remains off the ends of the scale, in a sentence."""
    thetas = [Estimate(**verdict[f]) for f in ("theta_a", "theta_b") if verdict[f] is not None]
    if not thetas:
        return "Quartiles are cut on the gap's own items, so nothing can be said about performance."
    signs = {direction(theta) for theta in thetas}
    both = " on both metrics" if len(thetas) == 2 else ""
    return {
        frozenset({1}): f"Off the ends of the scale the gap is still wider below the top quartile{both}.",
        frozenset({-1}): f"Off the ends of the scale it is the other way round{both}.",
        frozenset({0}): "Off the ends of the scale nothing remains that can be told from 0.",
    }.get(frozenset(signs), "Off the ends of the scale the two metrics do not agree.")


def _method(verdict: Mapping[str, Any]) -> str:
    """Return how the numbers were computed, in two sentences."""
    halves = (
        f"Means over {verdict['halvings']} random halvings of each organization's respondents: one half gives the "
        "criterion, the other the gap. "
        if verdict["halvings"] > 1
        else ""
    )
    detectable = verdict["smallest_detectable"]
    least = "" if detectable is None else f" Smallest detectable difference: {decimal(detectable, 3)} points."
    return (
        f"{halves}Points: bootstrap of organizations, re-ranked and re-cut ({verdict['repetitions']:,} samples, seed "
        f"{verdict['seed']}); latent contrasts and ceiling: delete-one-organization jackknife. n = {verdict['n']}; "
        f"method version {verdict['method_version']}.{least}"
    )


def scale_of(study: Study) -> tuple[int, int]:
    """Return lowest and highest point of the scale of a study's gap items; 0 and 100 where there are none."""
    return scale_range(study.survey) if study.survey.instrument.gap_items else (0, 100)
