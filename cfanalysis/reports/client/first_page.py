"""The front of a client's report: one page to read."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_report import Standing
from cfanalysis.analyses.index_standing import IndexStanding
from cfanalysis.analyses.priorities import PRIORITIES_SHOWN, Priorities
from cfanalysis.analyses.units import with_small_initial
from cfanalysis.core.blocks import Column, KeyFigure, KeyFigures, Notice, Prose, Table
from cfanalysis.core.formatting import decimal, ordinal, percent
from cfanalysis.reports.client import client_sentences


def front_figures(place: IndexStanding | None, standing: Standing) -> KeyFigures:
    """Return the key figures: index, percentile, gap, quartile.

    Parameters
    ----------
    place
        The client's index; None where there is none.
    standing
        The client's main measures beside the benchmark.
    """
    cards = []
    if place is not None:
        bounds = (
            f"95% interval {decimal(place.score.low, 0)} to {decimal(place.score.high, 0)}"
            if place.score.low is not None
            else "of 100"
        )
        cards.append(KeyFigure(place.title, decimal(place.score.estimate, 0), bounds))
        if place.percentile is not None:
            words = client_sentences.percentile_phrase(place)
            inside = words.partition("(")[2].rstrip(")")
            inside = f"95% interval {inside}" if inside else f"of {place.n_organizations} organizations"
            cards.append(KeyFigure("Percentile", ordinal(place.percentile), inside))
    gap = standing.row("overall", "gap")
    if gap is not None:
        beside = "" if pd.isna(gap["benchmark"]) else f"benchmark {decimal(gap['benchmark'], 1, signed=True)}"
        cards.append(KeyFigure("Say-Do gap", decimal(gap["score"], 1, signed=True), beside))
    if standing.quartile is not None:
        cards.append(KeyFigure("Quartile", standing.quartile, with_small_initial(standing.criterion or "")))
    return KeyFigures(tuple(cards))


def strengths_table(found: Priorities | None) -> Table | Prose:
    """Return the strengths, each with its reason and the practice behind it."""
    if found is None or found.strengths.empty:
        return Prose(
            client_sentences.missing_section_text("Strengths", "there is no benchmark to compare with.")
        )
    return _table(found, "strength")


def opportunities_table(found: Priorities | None) -> Table | Prose:
    """Return the opportunities, each with its reason and the practice behind it."""
    if found is None:
        return Prose(
            client_sentences.missing_section_text("Opportunities", "there is no benchmark to compare with.")
        )
    if found.opportunities.empty:
        return Prose(
            "No practice falls short both of what you intend and of the top quartile: there is no opportunity by this "
            "measure. Keep what you do, and ask your customers."
        )
    return _table(found, "opportunity")


def personal_note(note: str) -> Notice | None:
    """Return the consultant's note for this client; nothing where there is none."""
    return Notice(" ".join(note.split()), title="A note for you.") if note.strip() else None


def _table(found: Priorities, kind: str) -> Table:
    rows = found.strengths if kind == "strength" else found.opportunities
    sentence = (
        client_sentences.strength_sentence if kind == "strength" else client_sentences.opportunity_sentence
    )
    practices = bool((found.frame["practice"] != "").any())
    labels = ["What", "Why"] + (["Practice behind it"] if practices else [])
    cells = [
        [
            str(row["title"]),
            sentence(row, tested=len(found.frame) > PRIORITIES_SHOWN),
            *([str(row["practice"])] if practices else []),
        ]
        for _, row in rows.iterrows()
    ]
    few = {1: "One", 2: "Two", 3: "Three"}[len(rows)]
    noun = {"strength": ("strength", "strengths"), "opportunity": ("opportunity", "opportunities")}[kind]
    title = f"{few} {noun[len(rows) > 1]}"
    note = f"Scores from 0 to 100. {_how(found, kind)} {found.source.caption}"
    return Table(title, [Column(label, "left") for label in labels], cells, note)


def _how(found: Priorities, kind: str) -> str:
    best = "top quartile" if found.frame["top_known"].any() else "benchmark"
    weight = " × importance" if found.weighted else ""
    order = (
        f"gap{weight} × distance to the {best}"
        if kind == "opportunity"
        else f"lead over the benchmark{weight}"
    )
    drawn = (
        "of your respondents, drawn again" if found.people else "of each item's mean, drawn from its spread"
    )
    samples = (
        ""
        if found.frame["strength_stability"].isna().all() or len(found.frame) <= PRIORITIES_SHOWN
        else f" Samples: {found.repetitions:,} {drawn}; stable means at least {percent(0.5)}."
    )
    return f"In order of {order}.{samples}"
