"""The verdict as blocks of a page: sentences that a manager understands, then the numbers.

A verdict stands as it is kept in a study's ``verdict.json``. It is never printed without n, interval, criterion
and method.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import CONTRAST_UNITS, wave_phrase
from cfanalysis.core.blocks import KeyFigure, KeyFigures, Notice, Prose, Table, table_columns
from cfanalysis.core.formatting import MISSING, decimal, digits_for, interval_cell, interval_text, p_phrase
from cfanalysis.reports.common.page_blocks import gap_method
from cfanalysis.reports.common.verdict_sentences import METRICS, finding_sentences, top_quartile_text
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.result import MARGIN, METHOD_VERSION
from cfanalysis.statistics.effects import Estimate
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Source

METRIC_WORDS = {
    "theta_a": "with every question's latent spread alike",
    "theta_b": "with answers the same distances apart",
    "theta_l": "with a spread that may change with performance",
    "theta_c": "per true difference between organizations",
}

LIMITS = (
    "What this can never say: whether a wide gap causes poor performance or poor performance a wide gap, and anything "
    "about organizations that did not take part."
)

_ROWS = (
    ("raw", "Rest minus top, as measured", "before the mix of respondents is made equal"),
    ("delta", "Rest minus top", "what a comparison in points shows"),
    ("delta_say", "Top quartile's lead in Say", "is it intention that differs ..."),
    ("delta_do", "Top quartile's lead in Do", "... or practice?"),
    ("ceiling_benchmark", "What the ceiling alone would give", "equal latent gains, bounded answers"),
    ("excess", "Beyond the ceiling", "rest minus top, less the ceiling's part"),
    ("theta_a", "Off the ends of the scale", "every question's latent spread alike"),
    ("theta_b", "Off the ends, on the answer grid", "answers the same distances apart"),
    ("theta_l", "Off the ends, spread left free", "answers may spread more or less with performance"),
    ("theta_c", "Off the ends, by true differences", "questions may tell organizations apart less"),
)
"""The estimates of a verdict: field, label, what it answers."""


def current_verdict(study: Study, wave: WhichWave = "latest") -> dict[str, Any]:
    """Return a study's verdict by the present method; one that was reached by an earlier method is recomputed.

    Parameters
    ----------
    study
        The study.
    wave
        Whether each organization's first or latest wave counts.
    """
    kept = study.verdict
    if kept["verdict"] == "none" or (wave == "latest" and kept.get("method_version") == METHOD_VERSION):
        return kept
    return claim_verdict(study.survey, wave=wave).as_dict()


def verdict_narrative(verdict: Mapping[str, Any]) -> Prose:
    """Return the answer in one to three sentences and the verdict."""
    if verdict["verdict"] == "none":
        return Prose(f"There is no verdict. {verdict['reason']}")
    return Prose(f"{finding_sentences(verdict)} **Verdict: {verdict['verdict']}.**")


def verdict_in_sentences(verdict: Mapping[str, Any]) -> str:
    """Return the answer as plain text: what was found, the verdict, on what it rests, and what it cannot say."""
    parts = (
        f"{finding_sentences(verdict)} Verdict: {verdict['verdict']}.",
        _basis(verdict),
        *verdict["notes"],
        LIMITS,
    )
    return "\n".join(fill(part, 100) for part in parts)


def verdict_notice(verdict: Mapping[str, Any]) -> Notice:
    """Return the verdict in a box: on how many organizations, by which criterion, for whom made equal, its limits."""
    if verdict["verdict"] == "none":
        return Notice(str(verdict["reason"]), title="No verdict:", tone="caution")
    body = f"{_basis(verdict)} {' '.join(verdict['notes'])} {LIMITS}"
    return Notice(" ".join(body.split()), title=f"Verdict: {verdict['verdict']}.", tone="verdict")


def _basis(verdict: Mapping[str, Any]) -> str:
    """Return on what a verdict rests."""
    grouped = f" of {verdict['groups']} groups ({verdict['grouped_by']})" if verdict["grouped_by"] else ""
    who = ""
    if verdict["standardized_for"]:
        who = f" The mix of respondents is made equal: {', '.join(verdict['standardized_for'])}."
    if verdict["not_standardized_for"]:
        lost = "; ".join(verdict["not_standardized_for"])
        who += f" Who answered cannot be told from how organizations act here: {lost}."
    return (
        f"n = {verdict['n']} organizations{grouped}, {top_quartile_text(verdict)}. Criterion: "
        f"{verdict['criterion']}.{who}"
    )


def verdict_figures(verdict: Mapping[str, Any]) -> KeyFigures | None:
    """Return the verdict's key figures; nothing where there is no verdict."""
    if verdict["verdict"] == "none":
        return None
    off = next(
        (verdict["points"][m] for m in ("theta_c", "theta_l", "theta_b") if m in verdict["points"]), None
    )
    labels = (
        ("Rest minus top", verdict["delta"]),
        ("The ceiling alone", verdict["ceiling_benchmark"]),
        ("Off the ends of the scale", off),
    )
    figures = []
    for label, fields in labels:
        if fields is not None:
            estimate = Estimate(**fields)
            value = decimal(estimate.estimate, digits_for(estimate), signed=True)
            figures.append(
                KeyFigure(f"{label} ({CONTRAST_UNITS[verdict['unit']]})", value, interval_text(estimate))
            )
    figures.append(KeyFigure("Organizations", f"{verdict['n']:,}", f"{verdict['n_top']} in the top quartile"))
    return KeyFigures(tuple(figures))


def verdict_table(verdict: Mapping[str, Any], *, source: Source, wave: WhichWave = "latest") -> Table | None:
    """Return every estimate of the verdict with its interval; nothing where there is no verdict.

    Parameters
    ----------
    verdict
        As in ``verdict.json``.
    source
        Where the data come from.
    wave
        Which wave of each organization it counts.
    """
    if verdict["verdict"] == "none":
        return None
    labels = ("Measure", "Answers", "Estimate", "95% interval", "On 0 to 100")
    estimates = {**verdict, **verdict["points"], "raw": verdict["raw"] and verdict["raw"]["delta"]}
    rows = []
    for field, label, answers in _ROWS:
        if estimates[field] is not None:
            unit = (
                "SD"
                if field in METRICS and field not in verdict["points"]
                else CONTRAST_UNITS[verdict["unit"]]
            )
            rows.append(_row(estimates, field, label, unit, answers))
    which = wave_phrase(wave, source)
    note = f"{_numbers(verdict)} {which[:1].upper()}{which[1:]}. {source.caption}"
    return Table("Every estimate of the verdict", table_columns(labels, left=2), rows, note)


def contrast_method(gaps: QuartileGaps) -> Prose:
    """Return how the raw contrast was computed; of the overall score, that it only describes."""
    if not gaps.composite:
        return gap_method(gaps)
    return Prose(
        f"Quartiles are cut on the overall score of the gap's own items, at the linear 25, 50 and 75% quantiles; ties "
        "go up. **This describes and cannot test the performance claim**: with such quartiles the contrast of the gap "
        f"is a comparison of the variances of Say and Do. Every organization counts once, with its {gaps.wave} wave. "
        f"Intervals are percentiles of {gaps.verdict.repetitions:,} bootstrap samples, each ranked and cut again (seed "
        f"{gaps.verdict.seed})."
    )


def verdict_method(verdict: Mapping[str, Any], wave: WhichWave = "latest") -> Prose | None:
    """Return how the verdict was reached: criterion, halves, who was left out, the rule; nothing without a verdict.

    Parameters
    ----------
    verdict
        As in ``verdict.json``.
    wave
        Which wave of each organization it counts.
    """
    if verdict["verdict"] == "none" or verdict["mode"] == "composite":
        return None
    known = [METRIC_WORDS[name] for name in METRICS if verdict[name] is not None]
    halves = (
        f"Each organization's respondents are halved at random, {verdict['halvings']} times: one half gives the "
        "criterion, the other the gap. A halving uses the organizations that are complete in it "
        f"({verdict['complete']:.0f} on average), and every number is the mean over halvings. "
        if verdict["halvings"] > 1
        else ""
    )
    left = "; ".join(f"{reason}: {count}" for reason, count in verdict["left_out_reasons"].items())
    drawn = f"groups of organizations ({verdict['grouped_by']})" if verdict["grouped_by"] else "organizations"
    larger = "; to show that there is no larger one took about 250 organizations in simulated studies"
    larger = "" if verdict["small"] else larger
    return Prose(
        f"**The verdict.** Criterion: {verdict['criterion']}. Each organization counts once, with its {wave} wave. "
        f"{halves}Left out: {left or 'nobody'}. The contrast in points is *rest minus top*, "
        f"with the percentile interval of {verdict['repetitions']:,} bootstrap samples of {drawn}, each ranked and cut "
        f"again (seed {verdict['seed']}). Off the ends of the scale it is computed in {len(known)} ways, each with a "
        f"jackknife over {drawn}: {'; '.join(known)}. *Supported* needs all their 95% intervals above 0, and that of "
        "the contrast in points; *contradicted* all of them below 0. Differences within "
        f"{decimal(verdict['margin'], 2)} {CONTRAST_UNITS[verdict['unit']]} (a twentieth of the scale) do not matter"
        f"{larger}. Method version {verdict['method_version']}."
    )


_TERMS = {"delta_do": ("delta_say", 1, "delta"), "excess": ("delta", -1, "ceiling_benchmark")}
"""The estimates that are the sum or the difference of two others, and printed as that of the printed ones."""


def _row(
    estimates: Mapping[str, Any], field: str, label: str, unit: str, answers: str
) -> tuple[str, str, str, str, str]:
    low, high = Estimate(**estimates[field]).ends
    length = estimates["margin"] / MARGIN if estimates["margin"] else None

    def printed(digits: int, factor: float = 1.0) -> str:
        first, sign, second = _TERMS.get(field, (field, 0, field))
        values = [round(factor * estimates[name]["estimate"], digits) for name in (first, second)]
        return decimal(values[0] + sign * values[1], digits, signed=True)

    of_hundred = MISSING if unit == "SD" or length is None else printed(1, 100 / length)
    return f"{label} ({unit})", answers, printed(3), interval_cell(low, high, 3), of_hundred


def _numbers(verdict: Mapping[str, Any]) -> str:
    """Return how the numbers were computed, in two sentences."""
    halves = (
        f"Means over {verdict['halvings']} random halvings of each organization's respondents: one half gives the "
        "criterion, the other the gap. "
        if verdict["halvings"] > 1
        else ""
    )
    detectable = verdict["smallest_detectable"]
    least = "" if detectable is None else f" Smallest detectable difference: {decimal(detectable, 3)}."
    group = "group" if verdict["grouped_by"] else "organization"
    latent = f"off the ends, and ceiling: delete-one-{group} jackknife, as differences between rest and top"
    if verdict["mode"] == "composite":
        p = (verdict["excess"] or {}).get("p")
        latent = "ceiling: mean of simulated data sets in which Say and Do rise alike" + (
            "" if p is None else f", beyond it {p_phrase(p)}"
        )
    return (
        f"{halves}Rest minus top: bootstrap of {group}s, re-ranked and re-cut ({verdict['repetitions']:,} samples, "
        f"seed {verdict['seed']}); {latent}. n = {verdict['n']}; method version {verdict['method_version']}.{least}"
    )
