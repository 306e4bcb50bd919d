"""From wave to wave, open answers, and the pages that a team fills in."""

from __future__ import annotations

import math

from cfanalysis.analyses.open_answers import Comments
from cfanalysis.analyses.priorities import Priorities
from cfanalysis.analyses.trends import ClientTrend
from cfanalysis.charts import trend
from cfanalysis.charts.captions.client_captions import client_trend_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Column, Figure, Prose, Table, escape_markdown, table_columns
from cfanalysis.core.formatting import MISSING, decimal, interval_cell, percent
from cfanalysis.reports.client import client_sentences
from cfanalysis.survey.survey_data import ClientExtract

_BLANK = " ".join(
    ["_" * 14] * 2
)  # two lines to write on: each is one word, so that they wrap in a narrow column
EMPTY_LINES = 2
MAX_THEMES = 6


def trend_figure(found: ClientTrend | None) -> Figure | Prose:
    """Return the waves beside the benchmark's."""
    if found is None:
        return Prose(
            client_sentences.missing_section_text("The trend is", "there are scores of one wave at most.")
        )
    return figure(trend, found, caption=client_trend_caption(found))


def trend_table(found: ClientTrend | None) -> Table | None:
    """Return the change of each measure with interval, beside the change of the benchmark."""
    if found is None or found.changes.empty:
        return None
    labels = ("Measure", "From", "To", "Change", "95% interval", "Benchmark's change")
    rows = []
    for r in found.changes.to_dict(orient="records"):
        before, after = (_score(found, str(r["measure"]), str(r[w])) for w in ("before", "after"))
        change = decimal(r["change"], signed=True)
        ends = interval_cell(r["low"], r["high"])
        rows.append((str(r["measure"]), before, after, change, ends, decimal(r["benchmark"], signed=True)))
    note = f"{found.method} {found.source.caption}"
    return Table("Change from wave to wave (0 to 100)", table_columns(labels), rows, note)


def comments_text(found: Comments | None, extract: ClientExtract) -> Prose:
    """Return how many wrote something, and about what.

    Parameters
    ----------
    found
        The open answers; None where they are not shown.
    extract
        The client's extract.
    """
    if found is None:
        why = (
            "no open answers."
            if extract.raw_responses is not None
            else client_sentences.why_no_people(extract)
        )
        return Prose(
            client_sentences.missing_section_text(
                "Open answers are", why if extract.raw_responses is None else "nobody wrote one."
            )
        )
    return Prose(client_sentences.comments_sentence(found))


def themes_table(found: Comments | None) -> Table | None:
    """Return the themes with counts, benchmark and a typical quote."""
    if found is None or found.themes.empty:
        return None
    named = found.themes[found.themes["count"] > 0].head(MAX_THEMES)
    if named.empty:
        return None
    labels = ["Theme", "Answers", "Share", "Benchmark"] + (["A typical answer"] if found.quoted else [])
    rows = []
    for r in named.to_dict(orient="records"):
        benchmark = percent(None if math.isnan(r["benchmark"]) else r["benchmark"])
        cells = [str(r["theme"]), str(r["count"]), percent(r["share"]), benchmark]
        rows.append([*cells, f"“{r['quote']}”" if r["quote"] else MISSING] if found.quoted else cells)
    columns = [
        Column(label, "left" if label in ("Theme", "A typical answer") else "right") for label in labels
    ]
    quotes = "" if found.quoted else " Quotes are not shown: too few respondents."
    note = f"{found.method}{quotes} Benchmark: mean share over organizations. {found.source.caption}"
    return Table(found.question, columns, rows, note)


def phrases_text(found: Comments | None) -> Prose | None:
    """Return the phrases that recur in the answers, in a sentence."""
    if found is None or found.phrases.empty:
        return None
    parts = [
        f"{escape_markdown(str(r['phrase']))} ({r['count']})"
        for r in found.phrases.head(6).to_dict(orient="records")
    ]
    return Prose(f"Phrases that recur in the answers themselves: {', '.join(parts)}.")


def action_table(found: Priorities | None) -> Table:
    """Return the opportunities as a plan to fill in, with empty lines below."""
    titles = [] if found is None else [str(t) for t in found.opportunities["title"]]
    labels = ("What we want to change", "What we do first", "Who", "By when", "How customers will notice")
    rows = [(title, _BLANK, _BLANK, _BLANK, _BLANK) for title in titles]
    rows += [(_BLANK,) * 5 for _ in range(EMPTY_LINES if titles else EMPTY_LINES + 3)]
    return Table(
        "Our plan",
        [Column(label, "left") for label in labels],
        rows,
        "One line for each step; fewer is better.",
    )


def keep_table(found: Priorities | None) -> Table | None:
    """Return the strengths as a page to fill in: what must not be lost."""
    if found is None or found.strengths.empty:
        return None
    labels = ("Our strength", "What makes it work", "How we keep it", "Where else it could help")
    rows = [(str(title), _BLANK, _BLANK, _BLANK) for title in found.strengths["title"]]
    return Table("What we keep", [Column(label, "left") for label in labels], rows)


def questions(found: Priorities | None) -> Prose:
    """Return questions for the team's discussion, from what was found."""
    first = None if found is None or found.opportunities.empty else found.opportunities.iloc[0]
    lines = [
        "1. Which result surprises us, and what did we expect?",
        "2. Where do leaders and the front line see different organizations, and who is nearer to the customer?",
    ]
    if first is not None:
        lines.append(
            f"3. *{escape_markdown(str(first['text']))}* On an ordinary day, "
            + (
                "when is that so, and why?"
                if first["reverse"]
                else "what happens here when that does not work?"
            )
        )
    lines.append(f"{len(lines) + 1}. What would a customer see if we changed one thing by next month?")
    return Prose("\n".join(lines))


def _score(found: ClientTrend, measure: str, wave: str) -> str:
    hit = found.waves[(found.waves["measure"] == measure) & (found.waves["wave"] == wave)]
    return decimal(float(hit["score"].iloc[0])) if len(hit) else MISSING
