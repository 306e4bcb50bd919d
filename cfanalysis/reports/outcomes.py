"""Outcomes against scores, and self-ratings against customers' ratings, in words, tables and blocks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from cfanalysis.analyses.outcome_forests import dose_forest, importance_forest
from cfanalysis.analyses.outcome_relations import (
    WITHIN_GROUPS,
    OutcomeRelations,
    outcome_names,
    outcome_relations,
)
from cfanalysis.analyses.self_rating import IN_AGREEMENT, OVER, UNDER, SelfRating, self_rating
from cfanalysis.analyses.units import within_sentence
from cfanalysis.charts import forest
from cfanalysis.charts.captions.forest_captions import dose_caption, importance_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import (
    Column,
    Figure,
    KeyFigure,
    KeyFigures,
    Notice,
    Prose,
    Table,
    escape_markdown,
    table_columns,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import MISSING, decimal, interval_cell, interval_text, p_value, percent
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence, table_rows
from cfanalysis.reports.common.fitted_table import source_table
from cfanalysis.statistics.effects import adjust_p_values
from cfanalysis.survey.survey_data import Survey

LEVEL = 0.05
"""Largest adjusted p of a relation that is told from chance."""

_RATERS = {
    OVER: message("Over-rater"), IN_AGREEMENT: message("In agreement"), UNDER: message("Under-rater"),
}  # fmt: skip
_AGREEMENT = {
    0.5: message("Agreement is poor"), 0.75: message("Agreement is moderate"), 0.9: message("Agreement is good"),
    math.inf: message("Agreement is excellent"),
}  # fmt: skip
"""Intraclass correlations in the words of Koo and Li (2016), below each limit."""


def all_outcome_relations(survey: Survey, *, repetitions: int = 1000) -> tuple[OutcomeRelations, ...]:
    """Return the relations of every outcome that enough organizations have, sorted by name.

    Parameters
    ----------
    survey
        The evidence.
    repetitions
        Of the bootstrap.
    """
    found = []
    for name in outcome_names(survey):
        try:
            found.append(outcome_relations(survey, name, repetitions=repetitions))
        except AnalysisError:
            continue
    return tuple(found)


def rating_or_none(survey: Survey, outcome: str, *, same_scale: bool = False) -> SelfRating | None:
    """Return self-ratings against an outcome; None where there is no such outcome, or too few organizations.

    Parameters
    ----------
    survey
        The evidence.
    outcome
        Name of the outcome; "" takes the first that has "rating" in its name.
    same_scale
        Whether customers and the organization's people answered the same questions on the same scale.
    """
    name = outcome or next((n for n in outcome_names(survey) if "rating" in n.casefold()), "")
    try:
        return self_rating(survey, name, same_scale=same_scale) if name else None
    except AnalysisError:
        return None


def outcomes_answer(found: Sequence[OutcomeRelations]) -> Prose | Notice:
    """Return the answer in three sentences."""
    if not found:
        return _nothing()
    strongest = max(found, key=lambda r: abs(float(_slope(r, "Do")["rho"])))
    row, within = _slope(strongest, "Do"), _holm(_within(r) for r in found)
    return Prose(
        running_text(
            sentence(
                "Organizations whose own people rate its practice (Do) higher differ in **{below} of {outcomes}** "
                "outcomes by more than chance, allowing for their number (Holm).",
                below=_below(_do_p(found)), outcomes=len(found),
            ),
            sentence(
                "The strongest relation is with {outcome}: for one standard deviation more of Do it differs by "
                "{slope:+} (95% interval {low} to {high}; rank correlation {rho:2}; n = {n:d}).",
                {**row, "n": strongest.n}, outcome=escape_markdown(strongest.outcome),
            ),
            sentence(
                "Compared only with others of their own {field}, {below} of {outcomes} outcomes go with it, by the "
                "same standard.",
                field=within_sentence(strongest.field, strongest.source), below=_below(within), outcomes=len(within),
            )
            if within
            else "",
            translated(
                "These are associations with what people say of their own organization: they do not say that doing "
                "more brings better outcomes."
            ),
        )
    )  # fmt: skip


def slopes_table(found: Sequence[OutcomeRelations]) -> Table | None:
    """Return each outcome against Say, Do and gap."""
    if not found:
        return None
    labels = ("Outcome", "Measure", "Per SD", "95% interval", "p", "Rank correlation", "95% interval", "n")
    cells = (
        "{outcome} | {measure:t} | {slope:+2} | {low:2} to {high:2} | {p} | "
        "{rho:2} | {rho_low:2} to {rho_high:2} | {n:d}"
    )
    slopes = pd.concat([r.slopes.assign(outcome=r.outcome) for r in found])
    slopes["p"] = slopes.groupby("measure")["p"].transform(_holm)
    rows = table_rows(cells, slopes.assign(p=slopes["p"].map(p_value)))
    note = translated(
        "Per SD: change of the outcome, in its own unit, for one standard deviation of the measure over organizations; "
        "HC3; p: Holm over outcomes."
    )
    return source_table("Outcomes against Say, Do and gap", labels, rows, note, found[0].source, left=2)


def dose_table(found: Sequence[OutcomeRelations]) -> Table | None:
    """Return each outcome's mean in the quartiles of Do."""
    if not found:
        return None
    rows = []
    for relation in found:
        cells = {str(r["quartile"]): r for r in relation.doses.to_dict(orient="records")}
        values = [
            f"{decimal(cells[q]['value'])} ({interval_cell(cells[q]['low'], cells[q]['high'])})"
            if q in cells
            else MISSING
            for q in ("Bottom", "Lower middle", "Upper middle", "Top")
        ]
        rows.append((relation.outcome, *values, str(relation.n)))
    labels = ("Outcome", "Bottom quartile of Do", "Lower middle", "Upper middle", "Top quartile", "n")
    note = translated("Mean of the outcome in its own unit, with 95% interval; quartiles of the Do score.")
    return source_table("Dose and response", labels, rows, note, found[0].source)


def dose_figure(found: Sequence[OutcomeRelations]) -> Figure | None:
    """Return each outcome over the quartiles of Do as a forest."""
    rows = dose_forest(found)
    if rows is None:
        return None
    return figure(forest, rows, caption=dose_caption(rows, rising=_below(_do_p(found)), outcomes=len(found)))


def importance_figure(found: Sequence[OutcomeRelations]) -> Figure | None:
    """Return how each outcome's explained variance divides among the dimensions as a forest."""
    rows = importance_forest(found)
    # The heading says what the title would.
    return None if rows is None else figure(forest, rows, caption=importance_caption(rows, found), title="")


def importance_table(found: Sequence[OutcomeRelations]) -> Table | None:
    """Return how each outcome's explained variance divides among the dimensions."""
    known = [r for r in found if len(r.importance)]
    if not known:
        return None
    columns = [
        *table_columns(("Outcome", "R squared")),
        *(Column(str(title)) for title in known[0].importance["title"]),
    ]
    rows = [
        (
            r.outcome,
            percent(r.r_squared),
            *(
                f"{percent(d['lmg'])} ({interval_cell(d['low'], d['high'], 0, write=percent)})"
                for d in r.importance.to_dict(orient="records")
            ),
        )
        for r in known
    ]
    worst = max(float(r.importance["vif"].max()) for r in known)
    note = sentence(
        "Share of the outcome's variance that goes with the Do score of each dimension (LMG), with percentile "
        "intervals of {repetitions} bootstrap samples of organizations (seed {seed}). LMG is never below 0, so no "
        "interval can hold 0, whether or not there is a relation: by chance alone a dimension has {chance:1%} on "
        "average. Dimensions go together (variance inflation up to {worst}), so single values are unsure.",
        repetitions=known[0].repetitions, seed=str(known[0].seed), chance=1 / (known[0].n - 1), worst=worst,
    )  # fmt: skip
    return source_table("Explained variance by dimension", columns, rows, note, known[0].source)


def partial_table(found: Sequence[OutcomeRelations]) -> Table | None:
    """Return the relation of Do to each outcome within sectors."""
    known = [r for r in found if len(r.partial)]
    if not known:
        return None
    groups = list(dict.fromkeys(str(g) for r in known for g in r.partial["group"]))
    groups.sort(key=lambda group: group == WITHIN_GROUPS)
    whole = dict(zip([r.outcome for r in known], _holm(_within(r) for r in known), strict=True))
    columns = [Column(known[0].field, "left"), *(Column(r.outcome) for r in known)]
    rows = []
    for group in groups:
        cells = []
        for relation in known:
            hit = relation.partial[relation.partial["group"] == group]
            if hit.empty:
                cells.append(MISSING)
                continue
            row = hit.iloc[0]
            p = whole[relation.outcome] if group == WITHIN_GROUPS else row.get("p_bh", math.nan)
            star = "*" if p <= LEVEL else ""
            cells.append(f"{decimal(float(row['slope']), 1, signed=True)}{star} (n = {int(row['n'])})")
        shown = known[0].source.shown_option(known[0].field, group)
        rows.append((translated(group) if group == WITHIN_GROUPS else shown, *cells))
    rows.append((translated("p that it is the same in all"), *(p_value(r.interaction_p) for r in known)))
    note = sentence(
        "Change of the outcome for one standard deviation of Do; * p at most {level:2}, adjusted for the number of "
        "groups (Benjamini-Hochberg) and, over all, of outcomes (Holm). That one group has a star and another not is "
        "no difference between them: see the last row.",
        level=LEVEL,
    )
    last = (groups.index(WITHIN_GROUPS),) if WITHIN_GROUPS in groups else ()
    return source_table("Within sectors", columns, rows, note, known[0].source, emphasis=last)


def rating_answer(rating: SelfRating | None) -> Prose:
    """Return how self-ratings and customers' ratings agree, in a few sentences."""
    if rating is None:
        text = "This is left out: no customers' rating on 0 to 100 was given for enough organizations."
        return Prose(translated(text))
    chosen = [
        sentence(
            "The quartile that rates itself highest lies {own} standard deviations above the mean by its own rating "
            "and {customers:+} by the customers': who is chosen for a high self-rating will look less high to "
            "customers by regression to the mean alone.",
            row,
        )
        for row in rating.by_quartile.head(1).to_dict(orient="records")
    ]
    order = sentence(
        "The rank correlation of {measure}, as its own people rate it, and {customers} is {rank:2} ({interval}; n = "
        "{n:d}).",
        measure=within_sentence(rating.measure, rating.source), customers=escape_markdown(rating.outcome),
        rank=rating.rank.estimate, interval=interval_text(rating.rank), n=rating.n,
    )  # fmt: skip
    if rating.agreement is None:
        unknown = translated(
            "Nothing says that customers answered the same questions on the same scale, so who over-rates or "
            "under-rates itself cannot be said."
        )
        return Prose(running_text(order, *chosen, unknown))
    own, groups = rating.agreement, rating.agreement.groups.set_index("group")["n"]
    icc = own.icc_agreement
    return Prose(
        running_text(
            sentence(
                "Organizations rate themselves {size} points higher than their customers do ({interval}; n = {n:d})."
                if own.bias.estimate > 0
                else "Organizations rate themselves {size} points lower than their customers do ({interval}; n = "
                "{n:d}).",
                size=abs(own.bias.estimate), interval=interval_text(own.bias), n=rating.n,
            ),
            sentence(
                "For a single organization the two can differ by {low} to {high} points.",
                low=own.limits[0].estimate, high=own.limits[1].estimate,
            ),
            sentence(
                "{agreement:t} (ICC {icc:2}, {interval}): {over} organizations over-rate and {under} under-rate "
                "themselves.",
                agreement=next(words for limit, words in _AGREEMENT.items() if icc.estimate < limit),
                icc=icc.estimate, interval=interval_text(icc), over=groups[OVER], under=groups[UNDER],
            ),
            order,
            *chosen,
        )
    )  # fmt: skip


def rating_figures(rating: SelfRating | None) -> KeyFigures | None:
    """Return the key figures of the agreement; nothing where the two are not on one scale."""
    if rating is None or rating.agreement is None:
        return None
    own = rating.agreement
    figures = (
        (message("Self minus customers"), own.bias, 1, True),
        (message("ICC, agreement"), own.icc_agreement, 2, False),
        (message("ICC, consistency"), own.icc_consistency, 2, False),
        (message("Rank correlation"), rating.rank, 2, False),
    )
    shown = (
        KeyFigure(translated(label), decimal(e.estimate, digits, signed=signed), interval_text(e))
        for label, e, digits, signed in figures
    )
    return KeyFigures(tuple(shown))


def rating_table(rating: SelfRating | None) -> Table | None:
    """Return over- and under-raters with their mean ratings; nothing where the two are not on one scale."""
    if rating is None or rating.agreement is None:
        return None
    labels = ("Group", "Organizations", "Self-rating", "Customers' rating", "Difference")
    groups = rating.agreement.groups
    groups = groups.assign(group=groups["group"].map(_RATERS))
    rows = table_rows("{group:t} | {n:d} | {own} | {customers} | {difference:+}", groups)
    measure = within_sentence(rating.measure, rating.source)
    note = sentence("Self-rating: {measure}; 0 to 100.", measure=measure)
    note = running_text(note, rating.method)
    return source_table("Over- and under-raters", labels, rows, note, rating.source)


def regression_table(rating: SelfRating | None) -> Table | None:
    """Return what customers say of the organizations that rate themselves highest and lowest."""
    if rating is None or rating.by_quartile.empty:
        return None
    labels = ("Quartile of the self-rating", "Organizations", "Self-rating", "Customers' rating")
    rows = table_rows("{quartile:t} | {n:d} | {own:+2} | {customers:+2}", rating.by_quartile)
    note = translated(
        "Standard deviations above or below the mean of all organizations, each rating by its own."
    )
    return source_table("Regression to the mean", labels, rows, note, rating.source)


def outcome_method(found: Sequence[OutcomeRelations], rating: SelfRating | None) -> Prose:
    """Return how all this is computed.

    Parameters
    ----------
    found
        The relations of the outcomes.
    rating
        Self-ratings against an outcome; None for none.
    """
    parts = [translated(found[0].method) if found else "", "" if rating is None else rating.method]
    return Prose("\n\n".join(filter(None, parts)) or translated("Nothing was computed."))


def _nothing() -> Notice:
    return Notice(
        translated(
            "The study has no outcomes of organizations. Give a file with the columns organization, wave, outcome, "
            "value, n: cfanalysis prepare ... --outcomes FILE"
        ),
        title=translated("No outcomes."),
        tone="caution",
    )


def _slope(relation: OutcomeRelations, measure: str) -> pd.Series:
    return pd.Series(relation.slopes[relation.slopes["measure"] == measure].iloc[0])


def _do_p(found: Sequence[OutcomeRelations]) -> list[float]:
    """Return p of each outcome's relation to Do, adjusted for the number of outcomes."""
    return _holm(float(_slope(r, "Do")["p"]) for r in found)


def _within(relation: OutcomeRelations) -> float:
    """Return p of an outcome's relation to Do within groups; NaN where there are not two."""
    rows = relation.partial
    own = rows[rows["group"] == WITHIN_GROUPS] if len(rows) else rows
    return float(own["p"].iloc[0]) if len(own) else math.nan


def _holm(p: Iterable[float]) -> list[float]:
    """Return p values adjusted by Holm; those that do not exist stay NaN and do not count."""
    values = pd.Series([math.nan if one is None else one for one in p], dtype=float)
    known = values.notna()
    if known.any():
        values[known] = adjust_p_values(values[known], method="holm").adjusted
    return values.tolist()


def _below(p: Iterable[float]) -> int:
    return sum(one <= LEVEL for one in p)
