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
from cfanalysis.core.formatting import (
    MISSING,
    decimal,
    digits_for,
    interval_cell,
    interval_text,
    p_phrase,
    whole_number,
)
from cfanalysis.core.language import message, series, translated
from cfanalysis.core.templates import retold, sentence
from cfanalysis.reports.common.page_blocks import gap_method
from cfanalysis.reports.common.verdict_sentences import METRICS, finding_sentences, top_quartile_text
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.result import MARGIN, METHOD_VERSION
from cfanalysis.statistics.effects import Estimate
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import Source

METRIC_WORDS = {
    "theta_a": message("with every question's latent spread alike"),
    "theta_b": message("with answers the same distances apart"),
    "theta_l": message("with a spread that may change with performance"),
    "theta_c": message("per true difference between organizations"),
}

LIMITS = message(
    "What this can never say: whether a wide gap causes poor performance or poor performance a wide gap, and anything "
    "about organizations that did not take part."
)
_ROWS = (
    ("raw", message("Rest minus top, as measured"), message("before the mix of respondents is made equal")),
    ("delta", message("Rest minus top"), message("what a comparison in points shows")),
    ("delta_say", message("Top quartile's lead in Say"), message("is it intention that differs ...")),
    ("delta_do", message("Top quartile's lead in Do"), message("... or practice?")),
    (
        "ceiling_benchmark",
        message("What the ceiling alone would give"),
        message("equal latent gains, bounded answers"),
    ),
    ("excess", message("Beyond the ceiling"), message("rest minus top, less the ceiling's part")),
    ("theta_a", message("Off the ends of the scale"), message("every question's latent spread alike")),
    ("theta_b", message("Off the ends, on the answer grid"), message("answers the same distances apart")),
    (
        "theta_l",
        message("Off the ends, spread left free"),
        message("answers may spread more or less with performance"),
    ),
    (
        "theta_c",
        message("Off the ends, by true differences"),
        message("questions may tell organizations apart less"),
    ),
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
        return Prose(f"{translated('There is no verdict.')} {retold(str(verdict['reason']))}")
    return Prose(f"{finding_sentences(verdict)} **{_verdict(verdict)}**")


def _verdict(verdict: Mapping[str, Any]) -> str:
    return sentence("Verdict: {verdict}.", verdict=translated(verdict["verdict"]))


def verdict_in_sentences(verdict: Mapping[str, Any]) -> str:
    """Return the answer as plain text: what was found, the verdict, on what it rests, and what it cannot say."""
    parts = (
        f"{finding_sentences(verdict)} {_verdict(verdict)}",
        _basis(verdict),
        *map(retold, verdict["notes"]),
        translated(LIMITS),
    )
    return "\n".join(fill(part, 100) for part in parts)


def verdict_notice(verdict: Mapping[str, Any]) -> Notice:
    """Return the verdict in a box: on how many organizations, by which criterion, for whom made equal, its limits."""
    if verdict["verdict"] == "none":
        return Notice(retold(str(verdict["reason"])), title=translated("No verdict:"), tone="caution")
    parts = (_basis(verdict), *map(retold, verdict["notes"]), translated(LIMITS))
    return Notice(" ".join(parts), title=_verdict(verdict), tone="verdict")


def _basis(verdict: Mapping[str, Any]) -> str:
    """Return on what a verdict rests."""
    known = {**verdict, "top": top_quartile_text(verdict), "criterion": retold(str(verdict["criterion"]))}
    text = "n = {n:d} organizations, {top}. Criterion: {criterion}."
    if verdict["grouped_by"]:
        text = "n = {n:d} organizations of {groups:d} groups ({grouped_by}), {top}. Criterion: {criterion}."
    parts = [sentence(text, known)]
    if verdict["standardized_for"]:
        mix = ", ".join(verdict["standardized_for"])
        parts.append(sentence("The mix of respondents is made equal: {mix}.", mix=mix))
    if verdict["not_standardized_for"]:
        lost = series(map(retold, verdict["not_standardized_for"]))
        parts.append(
            sentence("Who answered cannot be told from how organizations act here: {lost}.", lost=lost)
        )
    return " ".join(parts)


def verdict_figures(verdict: Mapping[str, Any]) -> KeyFigures | None:
    """Return the verdict's key figures; nothing where there is no verdict."""
    if verdict["verdict"] == "none":
        return None
    off = next(
        (verdict["points"][m] for m in ("theta_c", "theta_l", "theta_b") if m in verdict["points"]), None
    )
    labels = (
        (message("Rest minus top"), verdict["delta"]),
        (message("The ceiling alone"), verdict["ceiling_benchmark"]),
        (message("Off the ends of the scale"), off),
    )
    figures = []
    for label, fields in labels:
        if fields is not None:
            estimate = Estimate(**fields)
            value = decimal(estimate.estimate, digits_for(estimate), signed=True)
            unit = translated(CONTRAST_UNITS[verdict["unit"]])
            figures.append(KeyFigure(f"{translated(label)} ({unit})", value, interval_text(estimate)))
    top = sentence("{n_top} in the top quartile", n_top=f"{verdict['n_top']}")
    figures.append(KeyFigure(translated("Organizations"), whole_number(verdict["n"]), top))
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
    labels = [
        translated("Measure"), translated("Answers", context="what a measure answers"), translated("Estimate"),
        translated("95% interval"), translated("On 0 to 100"),
    ]  # fmt: skip
    estimates = {**verdict, **verdict["points"], "raw": verdict["raw"] and verdict["raw"]["delta"]}
    rows = []
    for field, label, answers in _ROWS:
        if estimates[field] is not None:
            unit = (
                message("SD")
                if field in METRICS and field not in verdict["points"]
                else CONTRAST_UNITS[verdict["unit"]]
            )
            rows.append(_row(estimates, field, translated(label), translated(unit), translated(answers)))
    which = wave_phrase(wave, source)
    note = f"{_numbers(verdict)} {which[:1].upper()}{which[1:]}. {source.caption}"
    return Table(translated("Every estimate of the verdict"), table_columns(labels, left=2), rows, note)


def contrast_method(gaps: QuartileGaps) -> Prose:
    """Return how the raw contrast was computed; of the overall score, that it only describes."""
    if not gaps.composite:
        return gap_method(gaps)
    return Prose(
        sentence(
            "Quartiles are cut on the overall score of the gap's own items, at the linear 25, 50 and 75% quantiles; "
            "ties go up. **This describes and cannot test the performance claim**: with such quartiles the contrast of "
            "the gap is a comparison of the variances of Say and Do. Every organization counts once, with its latest "
            "wave. Intervals are percentiles of {repetitions} bootstrap samples, each ranked and cut again (seed "
            "{seed})."
            if gaps.wave == "latest"
            else "Quartiles are cut on the overall score of the gap's own items, at the linear 25, 50 and 75% "
            "quantiles; ties go up. **This describes and cannot test the performance claim**: with such quartiles the "
            "contrast of the gap is a comparison of the variances of Say and Do. Every organization counts once, with "
            "its first wave. Intervals are percentiles of {repetitions} bootstrap samples, each ranked and cut again "
            "(seed {seed}).",
            repetitions=gaps.verdict.repetitions, seed=str(gaps.verdict.seed),
        )
    )  # fmt: skip


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
    known = [translated(METRIC_WORDS[name]) for name in METRICS if verdict[name] is not None]
    left = series(retold(f"{r}: {n}") for r, n in verdict["left_out_reasons"].items())
    drawn = translated("organizations")
    if verdict["grouped_by"]:
        drawn = sentence("groups of organizations ({grouped_by})", verdict)
    values = {
        **verdict, "seed": str(verdict["seed"]), "left": left or translated("nobody"), "drawn": drawn,
        "ways": len(known), "known": series(known),
        "unit": translated(CONTRAST_UNITS[verdict["unit"]]), "criterion": retold(str(verdict["criterion"])),
    }  # fmt: skip
    parts = [
        message(
            "**The verdict.** Criterion: {criterion}. Each organization counts once, with its latest wave."
            if wave == "latest"
            else "**The verdict.** Criterion: {criterion}. Each organization counts once, with its first wave."
        ),
        message(
            "Each organization's respondents are halved at random, {halvings:d} times: one half gives the criterion, "
            "the other the gap. A halving uses the organizations that are complete in it ({complete:0} on average), "
            "and every number is the mean over halvings."
        )
        if verdict["halvings"] > 1
        else "",
        message(
            "Left out: {left}. The contrast in points is *rest minus top*, with the percentile interval of "
            "{repetitions} bootstrap samples of {drawn}, each ranked and cut again (seed {seed}). Off the ends of "
            "the scale it is computed in {ways} ways, each with a jackknife over {drawn}: {known}. *Supported* needs "
            "all their 95% intervals above 0, and that of the contrast in points; *contradicted* all of them below 0."
        ),
        message(
            "Differences within {margin:2} {unit} (a twentieth of the scale) do not matter."
            if verdict["small"]
            else "Differences within {margin:2} {unit} (a twentieth of the scale) do not matter; to show that there is "
            "no larger one took about 250 organizations in simulated studies."
        ),
        message("Method version {method_version:d}."),
    ]
    return Prose(" ".join(sentence(part, values) for part in parts if part))


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

    of_hundred = MISSING if unit == translated("SD") or length is None else printed(1, 100 / length)
    return f"{label} ({unit})", answers, printed(3), interval_cell(low, high, 3), of_hundred


def _numbers(verdict: Mapping[str, Any]) -> str:
    """Return how the numbers were computed, in a few sentences."""
    p = (verdict["excess"] or {}).get("p")
    values = {**verdict, "seed": str(verdict["seed"]), "p": "" if p is None else p_phrase(p)}
    grouped = bool(verdict["grouped_by"])
    drawn = message(
        "Rest minus top: bootstrap of groups, re-ranked and re-cut ({repetitions} samples, seed {seed})."
        if grouped
        else "Rest minus top: bootstrap of organizations, re-ranked and re-cut ({repetitions} samples, seed {seed})."
    )
    latent = (
        message(
            "Off the ends, and ceiling: delete-one-group jackknife, as differences between rest and top."
            if grouped
            else "Off the ends, and ceiling: delete-one-organization jackknife, as differences between rest and top."
        )
        if verdict["mode"] != "composite"
        else message("Ceiling: mean of simulated data sets in which Say and Do rise alike.")
        if p is None
        else message("Ceiling: mean of simulated data sets in which Say and Do rise alike, beyond it {p}.")
    )
    halved = message(
        "Means over {halvings:d} random halvings of each organization's respondents: one half gives the criterion, the "
        "other the gap."
    )
    parts = (
        halved if verdict["halvings"] > 1 else "",
        drawn,
        latent,
        message("n = {n:d}; method version {method_version:d}."),
        "" if verdict["smallest_detectable"] is None
        else message("Smallest detectable difference: {smallest_detectable:3}."),
    )  # fmt: skip
    return " ".join(sentence(part, values) for part in parts if part)
