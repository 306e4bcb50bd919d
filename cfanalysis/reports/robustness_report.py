"""The claim part by part, the robustness table and the planning of a study: in sentences, tables and figures."""

from __future__ import annotations

from cfanalysis.analyses.claim_parts import ClaimParts, Part, PartScope
from cfanalysis.analyses.forest_rows import HEADINGS, parts_forest
from cfanalysis.analyses.robustness import ChangeWithin, Robustness, RobustnessRow
from cfanalysis.analyses.study_power import StudyPower
from cfanalysis.analyses.units import CONTRAST_UNITS, direction
from cfanalysis.charts import forest
from cfanalysis.charts.captions.forest_captions import (
    parts_caption,
)
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Column, Figure, Notice, Prose, Table, table_columns
from cfanalysis.core.formatting import (
    MISSING,
    decimal,
    digits_for,
    interval_cell,
    p_phrase,
    p_value,
    percent,
)
from cfanalysis.statistics.claim_test.result import MIN_ORGANIZATIONS, Verdict
from cfanalysis.statistics.effects import Estimate

ADJUSTED: dict[PartScope, str] = {
    "dimension": "Holm over dimensions",
    "practice": "Benjamini-Hochberg over practices",
    "pair": "Benjamini-Hochberg over pairs",
    "item": "Benjamini-Hochberg over items",
}
_FACETS = {"say": "Say", "do": "Do"}


def _ends(estimate: Estimate | None, digits: int) -> str:
    return MISSING if estimate is None else interval_cell(estimate.low, estimate.high, digits)


def parts_summary(parts: ClaimParts) -> Prose | Notice:
    """Return how far the parts' contrasts reach, and for each kind of part whether they differ from each other."""
    scopes: tuple[PartScope, ...] = ("dimension", "practice", "pair", "item")
    divided = [scope for scope in scopes if parts.of(scope)]
    if not divided:
        return Notice("The gap is one Say item against one Do item: there are no parts to look at.")
    if not parts.is_tested:
        why = (
            "Quartiles are cut on the overall score"
            if parts.composite
            else f"{parts.n} organizations are fewer than {MIN_ORGANIZATIONS}"
        )
        return Notice(f"{why}, so the parts are described, not tested.", tone="caution")
    sentences = [_difference_sentence(parts, scope) for scope in divided]
    return Prose(
        f"{' '.join(sentences)} That the interval of one part leaves out 0 and that of another does not is no "
        "difference between the two; p tests whether any differ, in points and in every way to take the scale into "
        f"account.{' Say is set against the Do items of each practice.' if parts.of('practice') else ''} An item is "
        "set against all items of the other facet."
    )


def _difference_sentence(parts: ClaimParts, scope: PartScope) -> str:
    """Return how far the contrasts of a scope reach, and whether they differ from each other."""
    names = {"dimension": "dimensions", "practice": "practices", "pair": "pairs", "item": "items"}
    rows = sorted(parts.of(scope), key=lambda row: row.delta.estimate)
    low, high = rows[0], rows[-1]
    digits = digits_for(parts.of("overall")[0].delta)
    ends = [decimal(row.delta.estimate, digits, signed=True) for row in (low, high)]
    if scope in ("dimension", "practice"):
        ends = [f"{end} ({row.title})" for end, row in zip(ends, (low, high), strict=True)]
    if len(rows) == 1:
        return f"There is one {scope} to look at; rest minus top there is {ends[0]}, in {CONTRAST_UNITS[parts.unit]}."
    p = parts.equal_p.get(scope)
    differ = (
        "they are too many for so few organizations to test whether they differ"
        if p is None
        else f"they differ from each other ({p_phrase(p)})"
        if p <= 0.05
        else f"that they differ from each other is not shown ({p_phrase(p)})"
    )
    return (
        f"In the {len(rows)} {names[scope]} rest minus top lies between {ends[0]} and {ends[1]}, in "
        f"{CONTRAST_UNITS[parts.unit]}; {differ}."
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
    note = (
        f"Rest minus top in {CONTRAST_UNITS[parts.unit]}, {_bootstrap(parts.verdict)}. Off the ends of the scale: of "
        "the ways to take the scale into account the one in which the difference is least certain, jackknife. p: of "
        "no difference in points or in one of these ways, "
        f"{', '.join(ADJUSTED[scope] for scope in scopes if scope in ADJUSTED)}; of the whole as it is. n = {parts.n} "
        f"organizations; criterion: {parts.criterion}. {parts.source.caption}"
    )
    title = "part by part" if len(scopes) > 2 else " and ".join(_heading(scope) for scope in scopes)
    return Table(f"The contrast {title}", table_columns(labels), rows, note, (0,))


def _heading(scope: PartScope) -> str:
    words = HEADINGS[scope]
    in_title = words[:1].lower() + words[1:] if scope != "practice" else words
    return in_title if scope in ("dimension", "pair") else f"of {in_title}"


def _part_row(row: Part, digits: int) -> tuple[str, ...]:
    title = f"{row.title} ({_FACETS[row.facet]})" if row.facet else row.title
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
    sides = {"above": float((honest["low"] > 0).mean()), "below": float((honest["high"] < 0).mean())}
    side = max(sides, key=lambda name: sides[name])
    ceiling, raw = robustness.row("beyond_ceiling"), robustness.row("raw")
    digits = 2 if raw is None else digits_for(raw.as_estimate)
    kinds = "" if robustness.composite else " whose criterion holds no item of the gap"
    sentences = [
        "Each analysis takes out some ways to be fooled and leaves others in; none of them is the verdict.",
        f"Of {len(honest)} specifications of the raw contrast{kinds}, {percent(sides[side])} have an interval {side} 0 "
        f"(median {decimal(float(honest['estimate'].median()), digits, signed=True)} {curve.unit}).",
    ]
    if robustness.composite:
        sentences.append("All of them cut on the gap's own items: they describe, and cannot test the claim.")
    if ceiling is not None and ceiling.low is not None and not robustness.composite:
        words = {1: "it stays above 0", 0: "it cannot be told from 0", -1: "it stays below 0"}
        told = words[direction(ceiling.as_estimate)]
        sentences.append(
            "They have the ceiling in common, so they can be wrong together: less what the ceiling alone would give, "
            f"{told} ({decimal(ceiling.estimate, digits, signed=True)}, {_ends(ceiling.as_estimate, digits)})."
        )
    return Prose(" ".join(sentences))


def robustness_table(robustness: Robustness) -> Table:
    """Return every analysis with what it can and cannot remove; the verdict's own first."""
    labels = ("Analysis", "Estimate", "95% interval", "p", "n", "Can remove", "Cannot remove")
    columns = [Column(label, "right" if 0 < i < 5 else "left") for i, label in enumerate(labels)]
    rows = [
        (_row_label(row), *_numbers(row), p_value(row.p), str(row.n), row.removes, row.cannot)
        for row in robustness.rows
    ]
    own = tuple(number for number, row in enumerate(robustness.rows) if row in robustness.own)
    remarks = " ".join(f"{row.label}: {row.detail}" for row in robustness.rows if row.detail)
    return Table("All analyses", columns, rows, f"{remarks} {_note(robustness)}".strip(), own)


def not_possible_table(robustness: Robustness) -> Table | Notice:
    """Return the analyses that the data do not allow, each with the reason."""
    if not robustness.not_possible:
        return Notice("The data allow every analysis.")
    columns = [Column("Analysis", "left"), Column("Why not", "left")]
    rows = [(row.label, f"not possible: {row.reason}") for row in robustness.not_possible]
    return Table("What these data do not allow", columns, rows, robustness.source.caption)


def odds_table(robustness: Robustness) -> Table | Notice:
    """Return the proportional-odds slope of every item."""
    if robustness.odds.empty:
        return Notice("Proportional odds of single items need respondents; there are only frequency tables.")
    labels = ("Item", "Facet", "Respondents", "Log odds per SD", "95% interval", "p", "Adjusted")
    rows = [
        (
            str(r["title"]), _FACETS[str(r["facet"])], f"{r['n']:,}", decimal(r["slope"], 2, signed=True),
            interval_cell(r["low"], r["high"], 2), p_value(r["p"]), p_value(r["adjusted_p"]),
        )
        for r in robustness.odds.to_dict(orient="records")
    ]  # fmt: skip
    note = (
        "How the odds of a higher answer rise with one standard deviation of the criterion. Every item may rise; the "
        "claim is that Do rises more than Say. Interval and p: variance over organizations; adjusted: "
        f"Benjamini-Hochberg over items. {robustness.source.caption}"
    )
    return Table(
        "Each item against the criterion (proportional odds)", table_columns(labels, left=2), rows, note
    )


def change_table(change: ChangeWithin) -> Table:
    """Return the change of the gap with the change of the criterion, within organizations."""
    digits = digits_for(change.implied)
    rows = [
        (label, decimal(e.estimate, digits, signed=True), interval_cell(e.low, e.high, digits), p_value(e.p))
        for label, e in (
            ("Change of the gap, first to latest wave", change.gap_change),
            ("Change of the gap when the criterion rises by one standard deviation", change.slope),
            ("The same as rest minus top (above 0: as the claim says)", change.implied),
        )
    ]
    columns = table_columns(("Measure", "Estimate", "95% interval", "p"))
    note = (
        f"{change.unit.capitalize()}; {change.n} organizations in two waves or more of {', '.join(change.waves)}, an "
        f"effect for each organization and wave, standard errors by organization or its group. Criterion: "
        f"{change.criterion}; its noise weakens the association. {change.source.caption}"
    )
    return Table("Where performance rose", columns, rows, note)


def power_text(study: StudyPower) -> Prose:
    """Return what a study of this size can find, in two sentences."""
    found = study.power
    people = "one respondent" if study.respondents == 1 else f"{study.respondents} respondents"
    each = (
        f"{study.n} organizations, each with so many respondents that its means are as good as known,"
        if study.capped
        else f"{study.n} organizations with {people} for each side of the comparison"
    )
    return Prose(
        f"Planning: if the gap is truly wider below the top quartile by {decimal(study.effect, 1)} standard "
        f"deviations, {each} and {study.items} "
        f"items lead to the verdict *supported* with a probability of **{percent(found.power)}** "
        f"({percent(found.low)} to {percent(found.high)}; {found.simulations} simulated studies, seed {found.seed}). "
        "Other sizes: `cfanalysis power`."
    )


def _row_label(row: RobustnessRow) -> str:
    """Return a row's label, with its unit where that is not the verdict's."""
    return row.label if row.unit in ("points", "percent of the range") else f"{row.label} ({row.unit})"


def _numbers(row: RobustnessRow) -> tuple[str, str]:
    digits = digits_for(row.as_estimate)
    return decimal(row.estimate, digits, signed=row.unit != "correlation"), _ends(row.as_estimate, digits)


def _note(robustness: Robustness) -> str:
    halves = (
        f"Means over {robustness.halvings} random halvings of the respondents (models of single answers: over fewer); "
        "regressions average standard errors. "
        if robustness.halvings > 1
        else ""
    )
    return (
        f"Rest minus top unless another unit is named; slopes are multiplied by the distance of the mean scores of "
        f"rest and top. {halves}Cuts: {_bootstrap(robustness.verdict)}. n = {robustness.n}; criterion: "
        f"{robustness.criterion}. {robustness.source.caption}"
    )


def _bootstrap(verdict: Verdict) -> str:
    drawn = f"groups of organizations ({verdict.grouped_by})" if verdict.grouped_by else "organizations"
    return (
        f"bootstrap of {drawn}, re-ranked and re-cut ({verdict.repetitions:,} samples, seed {verdict.seed})"
    )
