"""The claim part by part, the robustness table and the planning of a study: in sentences, tables and figures."""

from __future__ import annotations

from cfanalysis.analyses.claim_parts import ClaimParts, Part, PartScope
from cfanalysis.analyses.forest_rows import parts_forest
from cfanalysis.analyses.robustness import ChangeWithin, Robustness, RobustnessRow
from cfanalysis.analyses.study_power import StudyPower
from cfanalysis.analyses.units import CONTRAST_UNITS, direction
from cfanalysis.charts import forest
from cfanalysis.charts.captions.forest_captions import parts_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Figure, Notice, Prose, Table, table_columns
from cfanalysis.core.formatting import (
    MISSING,
    decimal,
    digits_for,
    interval_cell,
    p_phrase,
    p_value,
    whole_number,
)
from cfanalysis.core.language import listing, message, translated
from cfanalysis.core.templates import retold, running_text, sentence
from cfanalysis.reports.common.fitted_table import source_table
from cfanalysis.statistics.claim_test.result import MIN_ORGANIZATIONS, Verdict
from cfanalysis.statistics.effects import Estimate

_ADJUSTED: dict[PartScope, str] = {
    "dimension": message("Holm over dimensions"),
    "practice": message("Benjamini-Hochberg over practices"),
    "pair": message("Benjamini-Hochberg over pairs"),
    "item": message("Benjamini-Hochberg over items"),
}
_TITLES: dict[PartScope, str] = {
    "dimension": message("by dimension"),
    "practice": message("of Say against each practice"),
    "pair": message("by pair"),
    "item": message("of item against the other facet"),
}
_REACH: dict[PartScope, str] = {
    "dimension": message(
        "In the {n} dimensions rest minus top lies between {low:+{digits}} ({low_title}) and {high:+{digits}} "
        "({high_title}), in {unit:t}; {differ}."
    ),
    "practice": message(
        "In the {n} practices rest minus top lies between {low:+{digits}} ({low_title}) and {high:+{digits}} "
        "({high_title}), in {unit:t}; {differ}."
    ),
    "pair": message(
        "In the {n} pairs rest minus top lies between {low:+{digits}} and {high:+{digits}}, in {unit:t}; {differ}."
    ),
    "item": message(
        "In the {n} items rest minus top lies between {low:+{digits}} and {high:+{digits}}, in {unit:t}; {differ}."
    ),
}
_SINGLE: dict[PartScope, str] = {
    "dimension": message(
        "There is one dimension to look at; rest minus top there is {low:+{digits}} ({low_title}), in {unit:t}."
    ),
    "practice": message(
        "There is one practice to look at; rest minus top there is {low:+{digits}} ({low_title}), in {unit:t}."
    ),
    "pair": message("There is one pair to look at; rest minus top there is {low:+{digits}}, in {unit:t}."),
    "item": message("There is one item to look at; rest minus top there is {low:+{digits}}, in {unit:t}."),
}
_FACETS = {"say": message("Say"), "do": message("Do")}


def _ends(estimate: Estimate | None, digits: int) -> str:
    return MISSING if estimate is None else interval_cell(estimate.low, estimate.high, digits)


def parts_summary(parts: ClaimParts) -> Prose | Notice:
    """Return how far the parts' contrasts reach, and for each kind of part whether they differ from each other."""
    divided = [scope for scope in _REACH if parts.of(scope)]
    if not divided:
        text = "The gap is one Say item against one Do item: there are no parts to look at."
        return Notice(translated(text))
    if not parts.is_tested:
        why = "{n:d} organizations are fewer than {least:d}, so the parts are described, not tested."
        if parts.composite:
            why = "Quartiles are cut on the overall score, so the parts are described, not tested."
        return Notice(sentence(why, n=parts.n, least=MIN_ORGANIZATIONS), tone="caution")
    return Prose(
        running_text(
            *(_difference_sentence(parts, scope) for scope in divided),
            translated(
                "That the interval of one part leaves out 0 and that of another does not is no difference between the "
                "two; p tests whether any differ, in points and in every way to take the scale into account."
            ),
            translated("Say is set against the Do items of each practice.") if parts.of("practice") else "",
            translated("An item is set against all items of the other facet."),
        )
    )


def _difference_sentence(parts: ClaimParts, scope: PartScope) -> str:
    """Return how far the contrasts of a scope reach, and whether they differ from each other."""
    rows = sorted(parts.of(scope), key=lambda row: row.delta.estimate)
    p = parts.equal_p.get(scope)
    differ = "that they differ from each other is not shown ({p})"
    if p is None:
        differ = "they are too many for so few organizations to test whether they differ"
    elif p <= 0.05:
        differ = "they differ from each other ({p})"
    return sentence(
        _REACH[scope] if len(rows) > 1 else _SINGLE[scope],
        n=len(rows),
        low=rows[0].delta.estimate,
        high=rows[-1].delta.estimate,
        low_title=rows[0].title,
        high_title=rows[-1].title,
        digits=digits_for(parts.of("overall")[0].delta),
        unit=CONTRAST_UNITS[parts.unit],
        differ=sentence(differ, p="" if p is None else p_phrase(p)),
    )


def parts_figure(parts: ClaimParts) -> Figure | None:
    """Return the forest of dimensions and practices; nothing where the gap has no parts."""
    if len(parts.rows) < 2:
        return None
    rows = parts_forest(parts)
    return figure(forest, rows, caption=parts_caption(parts, rows))


def parts_table(parts: ClaimParts, *scopes: PartScope) -> Table | None:
    """Return the contrast of every part of some scopes; nothing where there are none.

    Parameters
    ----------
    parts
        The claim part by part.
    *scopes
        Which parts; the whole always comes first.
    """
    scopes = tuple(scope for scope in scopes if parts.of(scope))
    chosen = [row for scope in scopes for row in parts.of(scope)]
    if not chosen:
        return None
    labels = ("Part", "Rest minus top", "95% interval", "Off the ends", "95% interval", "p")
    whole = parts.of("overall")
    digits = digits_for(whole[0].delta)
    rows = [_part_row(row, digits) for row in (*whole, *chosen)]
    note = sentence(
        "Rest minus top in {unit:t}, {drawn}. Off the ends of the scale: of the ways to take the scale into account "
        "the one in which the difference is least certain, jackknife. p: of no difference in points or in one of "
        "these ways, {adjusted}; of the whole as it is. n = {n:d} organizations; criterion: {criterion}.",
        unit=CONTRAST_UNITS[parts.unit],
        drawn=_bootstrap(parts.verdict),
        adjusted=", ".join(translated(_ADJUSTED[scope]) for scope in scopes),
        n=parts.n,
        criterion=retold(parts.criterion),
    )
    title = (
        translated("The contrast part by part")
        if len(scopes) > 2
        else sentence("The contrast {parts}", parts=listing([translated(_TITLES[scope]) for scope in scopes]))
    )
    return source_table(title, labels, rows, note, parts.source, emphasis=(0,))


def _part_row(row: Part, digits: int) -> tuple[str, ...]:
    title = translated(row.title) if row.scope == "overall" else row.title
    if row.facet:
        title = sentence("{title} ({facet:t})", title=title, facet=_FACETS[row.facet])
    latent = row.least
    return (
        title,
        decimal(row.delta.estimate, digits, signed=True),
        _ends(row.delta, digits),
        decimal(None if latent is None else latent.estimate, digits, signed=True),
        _ends(latent, digits),
        p_value(row.p if row.scope == "overall" else row.adjusted_p),
    )


def robustness_summary(robustness: Robustness) -> Prose:
    """Return how far the contrast depends on choices, in a few sentences."""
    curve = robustness.specifications
    honest = curve.honest if len(curve.honest) else curve.frame
    above, below = float((honest["low"] > 0).mean()), float((honest["high"] < 0).mean())
    ceiling, raw = robustness.row("beyond_ceiling"), robustness.row("raw")
    digits = 2 if raw is None else digits_for(raw.as_estimate)
    specified = {
        (False, False): message(
            "Of {n:d} specifications of the raw contrast whose criterion holds no item of the gap, {share:%} have an "
            "interval above 0 (median {median:+{digits}} {unit:t})."
        ),
        (False, True): message(
            "Of {n:d} specifications of the raw contrast whose criterion holds no item of the gap, {share:%} have an "
            "interval below 0 (median {median:+{digits}} {unit:t})."
        ),
        (True, False): message(
            "Of {n:d} specifications of the raw contrast, {share:%} have an interval above 0 (median "
            "{median:+{digits}} {unit:t})."
        ),
        (True, True): message(
            "Of {n:d} specifications of the raw contrast, {share:%} have an interval below 0 (median "
            "{median:+{digits}} {unit:t})."
        ),
    }
    opening = (
        "Each analysis takes out some ways to be fooled and leaves others in; none of them is the verdict."
    )
    sentences = [
        translated(opening),
        sentence(
            specified[robustness.composite, below > above],
            n=len(honest), share=max(above, below), median=float(honest["estimate"].median()), digits=digits,
            unit=curve.unit,
        ),
    ]  # fmt: skip
    if robustness.composite:
        circular = "All of them cut on the gap's own items: they describe, and cannot test the claim."
        sentences.append(translated(circular))
    elif ceiling is not None and ceiling.low is not None:
        told = {
            1: message(
                "They have the ceiling in common, so they can be wrong together: less what the ceiling alone would "
                "give, it stays above 0 ({estimate:+{digits}}, {ends})."
            ),
            0: message(
                "They have the ceiling in common, so they can be wrong together: less what the ceiling alone would "
                "give, it cannot be told from 0 ({estimate:+{digits}}, {ends})."
            ),
            -1: message(
                "They have the ceiling in common, so they can be wrong together: less what the ceiling alone would "
                "give, it stays below 0 ({estimate:+{digits}}, {ends})."
            ),
        }
        own, ends = ceiling.as_estimate, _ends(ceiling.as_estimate, digits)
        sentences.append(sentence(told[direction(own)], estimate=own.estimate, digits=digits, ends=ends))
    return Prose(running_text(*sentences))


def robustness_table(robustness: Robustness) -> Table:
    """Return every analysis with what it can and cannot remove; the verdict's own first."""
    labels = ("Analysis", "Estimate", "95% interval", "p", "n", "Can remove", "Cannot remove")
    columns = [*table_columns(labels[:5]), *table_columns(labels[5:], left=2)]
    rows = [
        (
            _row_label(row), *_numbers(row), p_value(row.p), whole_number(row.n), translated(row.removes),
            translated(row.cannot),
        )
        for row in robustness.rows
    ]  # fmt: skip
    own = tuple(number for number, row in enumerate(robustness.rows) if row in robustness.own)
    remarks = (
        sentence("{label:t}: {detail}", label=row.label, detail=row.detail)
        for row in robustness.rows
        if row.detail
    )
    note = running_text(*remarks, _note(robustness))
    return source_table("All analyses", columns, rows, note, robustness.source, emphasis=own)


def not_possible_table(robustness: Robustness) -> Table | Notice:
    """Return the analyses that the data do not allow, each with the reason."""
    if not robustness.not_possible:
        return Notice(translated("The data allow every analysis."))
    rows = [
        (translated(row.label), sentence("not possible: {reason}", reason=row.reason))
        for row in robustness.not_possible
    ]
    labels = ("Analysis", "Why not")
    return source_table("What these data do not allow", labels, rows, "", robustness.source, left=2)


def odds_table(robustness: Robustness) -> Table | Notice:
    """Return the proportional-odds slope of every item."""
    if robustness.odds.empty:
        text = "Proportional odds of single items need respondents; there are only frequency tables."
        return Notice(translated(text))
    labels = ("Item", "Facet", "Respondents", "Log odds per SD", "95% interval", "p", "Adjusted")
    rows = [
        (
            str(r["title"]), translated(_FACETS[str(r["facet"])]), whole_number(r["n"]),
            decimal(r["slope"], 2, signed=True), interval_cell(r["low"], r["high"], 2), p_value(r["p"]),
            p_value(r["adjusted_p"]),
        )
        for r in robustness.odds.to_dict(orient="records")
    ]  # fmt: skip
    note = translated(
        "How the odds of a higher answer rise with one standard deviation of the criterion. Every item may rise; the "
        "claim is that Do rises more than Say. Interval and p: variance over organizations; adjusted: "
        "Benjamini-Hochberg over items."
    )
    title = "Each item against the criterion (proportional odds)"
    return source_table(title, labels, rows, note, robustness.source, left=2)


def change_table(change: ChangeWithin) -> Table:
    """Return the change of the gap with the change of the criterion, within organizations."""
    digits = digits_for(change.implied)
    measures = (
        (message("Change of the gap, first to latest wave"), change.gap_change),
        (message("Change of the gap when the criterion rises by one standard deviation"), change.slope),
        (message("The same as rest minus top (above 0: as the claim says)"), change.implied),
    )
    rows = [
        (
            translated(label), decimal(e.estimate, digits, signed=True), interval_cell(e.low, e.high, digits),
            p_value(e.p),
        )
        for label, e in measures
    ]  # fmt: skip
    labels = ("Measure", "Estimate", "95% interval", "p")
    note = sentence(
        "Points; {n:d} organizations in two waves or more of {waves}, an effect for each organization and wave, "
        "standard errors by organization or its group. Criterion: {criterion}; its noise weakens the association."
        if change.unit == "points"
        else "Percent; {n:d} organizations in two waves or more of {waves}, an effect for each organization and wave, "
        "standard errors by organization or its group. Criterion: {criterion}; its noise weakens the association.",
        n=change.n,
        waves=", ".join(change.waves),
        criterion=retold(change.criterion),
    )
    return source_table("Where performance rose", labels, rows, note, change.source)


def power_text(study: StudyPower) -> Prose:
    """Return what a study of this size can find, in two sentences."""
    found = study.power
    each = "{n:d} organizations with {respondents:d} respondents for each side of the comparison"
    if study.capped:
        each = "{n:d} organizations, each with so many respondents that its means are as good as known,"
    elif study.respondents == 1:
        each = "{n:d} organizations with one respondent for each side of the comparison"
    return Prose(
        sentence(
            "Planning: if the gap is truly wider below the top quartile by {effect} standard deviations, {each} and "
            "{items:d} items lead to the verdict *supported* with a probability of **{power:%}** ({low:%} to "
            "{high:%}; {simulations:d} simulated studies, seed {seed}). Other sizes: `cfanalysis power`.",
            each=sentence(each, n=study.n, respondents=study.respondents), effect=study.effect, items=study.items,
            power=found.power, low=found.low, high=found.high, simulations=found.simulations, seed=str(found.seed),
        )
    )  # fmt: skip


def _row_label(row: RobustnessRow) -> str:
    """Return a row's label, with its unit where that is not the verdict's."""
    own = row.unit in ("points", "percent of the range")
    return sentence("{label:t}" if own else "{label:t} ({unit:t})", label=row.label, unit=row.unit)


def _numbers(row: RobustnessRow) -> tuple[str, str]:
    digits = digits_for(row.as_estimate)
    return decimal(row.estimate, digits, signed=row.unit != "correlation"), _ends(row.as_estimate, digits)


def _note(robustness: Robustness) -> str:
    return running_text(
        translated(
            "Rest minus top unless another unit is named; slopes are multiplied by the distance of the mean scores of "
            "rest and top."
        ),
        sentence(
            "Means over {n:d} random halvings of the respondents (models of single answers: over fewer); regressions "
            "average standard errors.",
            n=robustness.halvings,
        )
        if robustness.halvings > 1
        else "",
        sentence(
            "Cuts: {drawn}. n = {n:d}; criterion: {criterion}.",
            drawn=_bootstrap(robustness.verdict), n=robustness.n, criterion=retold(robustness.criterion),
        ),
    )  # fmt: skip


def _bootstrap(verdict: Verdict) -> str:
    return sentence(
        "bootstrap of groups of organizations ({grouped_by}), re-ranked and re-cut ({repetitions:d} samples, seed "
        "{seed})"
        if verdict.grouped_by
        else "bootstrap of organizations, re-ranked and re-cut ({repetitions:d} samples, seed {seed})",
        grouped_by=verdict.grouped_by,
        repetitions=verdict.repetitions,
        seed=str(verdict.seed),
    )
