"""The front of a client's report: one page to read."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_report import Standing
from cfanalysis.analyses.index_standing import IndexStanding
from cfanalysis.analyses.priorities import PRIORITIES_SHOWN, STEPS, Priorities, stability_mark
from cfanalysis.analyses.units import within_sentence
from cfanalysis.core.blocks import KeyFigure, KeyFigures, Prose, Table
from cfanalysis.core.formatting import decimal, ordinal, percent
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.client.advice import priority_recommendations
from cfanalysis.reports.client.sections import left_out
from cfanalysis.reports.common.fitted_table import fitted_table
from cfanalysis.reports.common.result_tables import TURNED
from cfanalysis.survey.survey_data import ClientExtract


def front_figures(place: IndexStanding | None, standing: Standing) -> KeyFigures:
    """Return the key figures: index, place, gap, quartile.

    Parameters
    ----------
    place
        The client's index; None where there is none.
    standing
        The client's main measures beside the benchmark.
    """
    cards = []
    if place is not None:
        known = place.score.low is not None
        bounds = (
            f"95% interval {decimal(place.score.low, 0)} to {decimal(place.score.high, 0)}" if known else ""
        )
        cards.append(KeyFigure(place.title, decimal(place.score.estimate, 0), bounds))
        among = f"{place.title}, among {place.n_organizations} organizations ({standing.benchmark})"
        if place.percentile is not None:
            inside = client_sentences.percentile_interval(place)
            inside = f"95% interval {inside}; " if inside else ""
            cards.append(KeyFigure("Percentile", ordinal(place.percentile), f"{inside}{among}"))
        elif place.third:
            cards.append(KeyFigure("Place", f"{place.third.capitalize()} third", among))
    gap = standing.row("overall", "gap")
    if gap is not None:
        known = pd.notna(gap["benchmark"])
        beside = f"{standing.centre_label} {decimal(gap['benchmark'], 1, signed=True)}" if known else ""
        cards.append(KeyFigure("Say-Do gap", decimal(gap["score"], 1, signed=True), beside))
    if standing.quartile is not None:
        by = f"of {standing.benchmark}, by {within_sentence(standing.criterion or '', standing.source)}"
        cards.append(KeyFigure("Quartile", standing.quartile, by))
    return KeyFigures(tuple(cards))


def strengths_table(found: Priorities | None, extract: ClientExtract) -> Table | Prose | None:
    """Return the strengths, each with its reason and what keeps it.

    Parameters
    ----------
    found
        Strengths and opportunities; None where no item may be shown.
    extract
        The client's extract.
    """
    if found is None:
        return left_out(
            extract, "items", "Strengths and opportunities are left out: too few statements were answered."
        )
    if found.strengths.empty:
        return Prose("Every practice is among the opportunities below; there is no strength beside them.")
    known = found.frame["do_benchmark"].notna().any()
    order = (
        "In order of points better than the benchmark."
        if found.above
        else "No practice that was compared lies above the benchmark; these are your highest scores on practice, of "
        "those that are not among the opportunities."
        if known
        else "There is no benchmark to compare with; these are your highest scores on practice, of those that are not "
        "among the opportunities."
    )
    title = _counted(found.strengths, "strength", "strengths") if found.above else "Strongest in itself"
    return _table(found, "strength", title, f"{order} {_explained(found, here=found.above)}", extract)


def opportunities_table(found: Priorities | None, extract: ClientExtract) -> Table | Prose | None:
    """Return the opportunities, each with its reason and what to do.

    Parameters
    ----------
    found
        Strengths and opportunities; None where no item may be shown.
    extract
        The client's extract.
    """
    if found is None:
        return None
    if found.opportunities.empty:
        beside = " (strengths aside)" if found.above else ""
        best = f" or of {found.best}" if found.frame["do_benchmark"].notna().any() else ""
        return Prose(
            f"No practice that was compared{beside} falls short of what you intend{best}: there is no opportunity by "
            "this measure. Keep what you do, and ask your customers."
        )
    weight = " times importance" if found.weighted else ""
    order = f"In order of points short{weight}."
    title = _counted(found.opportunities, "opportunity", "opportunities")
    return _table(found, "opportunity", title, f"{order} {_explained(found, here=not found.above)}", extract)


def _table(found: Priorities, order: str, title: str, note: str, extract: ClientExtract) -> Table:
    chosen = found.strengths if order == "strength" else found.opportunities
    sentence = (
        client_sentences.opportunity_sentence
        if order == "opportunity"
        else client_sentences.strength_sentence
        if found.above
        else client_sentences.highest_sentence
    )
    advised = priority_recommendations(found, extract)
    rows = [
        (
            str(row["title"]),
            sentence(row, found.best),
            _mark(found, row, order),
            advised.get(str(row["item"]), ""),
        )
        for _, row in chosen.iterrows()
    ]
    labels = ("What", "Why", "How sure", "What to do")
    turned = TURNED if chosen["reverse"].any() else ""
    note = f"Scores from 0 to 100. {turned}{note}{found.source.caption}"
    return fitted_table(title, labels, rows, note, left=4)


def _mark(found: Priorities, row: pd.Series, order: str) -> str:
    """Return how sure a place is; of three subjects or fewer each is always among the first three."""
    tested = len(found.frame) > PRIORITIES_SHOWN and (order == "opportunity" or found.above)
    return stability_mark(float(row[f"{order}_stability"])) if tested else ""


def _explained(found: Priorities, *, here: bool) -> str:
    """Return what the marks mean, in the first table that has them."""
    if not here or len(found.frame) <= PRIORITIES_SHOWN or found.frame["opportunity_stability"].isna().all():
        return ""
    drawn = (
        "of your respondents, drawn again," if found.people else "of each item's mean, drawn from its spread,"
    )
    (firm, first), (fair, second), (_, last) = STEPS
    return (
        f"How sure: {first} where it is among the first three in at least {percent(firm)} of {found.repetitions:,} "
        f"samples {drawn} {second} from {percent(fair)} on, else {last}. "
    )


def _counted(rows: pd.DataFrame, one: str, many: str) -> str:
    return f"{({1: 'One', 2: 'Two', 3: 'Three'})[len(rows)]} {one if len(rows) == 1 else many}"
