"""From wave to wave, open answers, and the pages that a team fills in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cfanalysis.analyses.open_answers import Comments
from cfanalysis.analyses.priorities import Priorities
from cfanalysis.analyses.trends import ClientTrend
from cfanalysis.charts import trend
from cfanalysis.charts.captions.client_captions import client_trend_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Blocks, Column, Figure, Prose, Table, escape_markdown
from cfanalysis.core.formatting import short_number
from cfanalysis.core.language import translated
from cfanalysis.core.templates import clauses, running_text, sentence, table_rows
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.client.sections import has_section, left_out
from cfanalysis.reports.common.fitted_table import fitted_table
from cfanalysis.reports.common.result_tables import TURNED
from cfanalysis.scoring.means import score_unit
from cfanalysis.survey.survey_data import ClientExtract

_STEPS = ("What we do first", "Who, and by when", "How customers will notice")
_KEEP = ("What makes it work", "How we keep it, and where else it could help")
MAX_THEMES = 6
_TREND_HEIGHT = 200.0  # points


def trend_figure(found: ClientTrend | None, extract: ClientExtract) -> Figure | Prose | None:
    """Return the waves beside the benchmark's.

    Parameters
    ----------
    found
        The client's waves; None where fewer than two can be shown.
    extract
        The client's extract.
    """
    if found is None:
        return left_out(extract, "waves", "The trend is left out: there are scores of one wave at most.")
    return figure(trend, found, caption=client_trend_caption(found), height=_TREND_HEIGHT)


def trend_table(found: ClientTrend | None, extract: ClientExtract, margin: float = 5) -> Table | None:
    """Return the change of each measure with interval, beside the change of the benchmark.

    Parameters
    ----------
    found
        The client's waves; None where fewer than two can be shown.
    extract
        The client's extract.
    margin
        Points from which a change is large enough to matter.
    """
    if found is None or found.changes.empty:
        return None
    labels = ("Measure", "From", "To", "Change", "95% interval", "Benchmark's change")
    times = set(found.changes["before"]), set(found.changes["after"])
    plain = len(times[0]) == 1 and times[1] == {extract.wave}
    between = "{measure:t}" if plain else "{measure:t} ({before} to {after})"
    cells = "{named} | {score_before} | {score_after} | {change:+} | {low} to {high} | {benchmark:+}"
    rows = table_rows(cells, found.changes.assign(named=clauses(between, found.changes)))
    explained = {
        "95% interval": "Respondents who answered in both waves, by their ids, are compared with themselves; others "
        "count as independent samples.",
        "Benchmark's change": "Benchmark's change: that of the organizations in both waves.",
    }
    unit = score_unit(extract.instrument, set(found.changes["name"]))
    large = [int(row) for row in np.flatnonzero(client_sentences.meaningful_changes(found.changes, margin))]
    bold = "Bold: a change that matters, at least {points} points and beyond chance." if large else ""
    warning = translated("A change is no effect of anything by itself.")
    note = running_text(unit, sentence(bold, points=short_number(margin)), warning, found.source.caption)
    return fitted_table("What has changed", labels, rows, note, of_column=explained, emphasis=large)


def comments_blocks(found: Sequence[Comments], extract: ClientExtract) -> Blocks:
    """Return the open questions, each with its own answers: how many, their themes, phrases and quotes.

    Parameters
    ----------
    found
        What is shown of the answers to each open question.
    extract
        The client's extract.
    """
    if not found:
        why = "Open answers are left out: nobody wrote one."
        if extract.raw_responses is None:
            why = "Open answers are left out: only frequency tables were published, no answers of single respondents."
        return Blocks.of(left_out(extract, "comments", why))
    return Blocks.of(*(block for each in found for block in _comment_blocks(each)))


def _comment_blocks(found: Comments) -> Iterator[Prose | Table | None]:
    title = escape_markdown(found.question)
    yield Prose(f"### {title}\n\n{client_sentences.comments_sentence(found)}")
    yield themes_table(found)
    if len(found.phrases):
        parts = [f"{escape_markdown(p)} ({n})" for p, n in found.phrases.itertuples(index=False)]
        told = "Phrases of the survey's own words that recur in the answers: {phrases}."
        yield Prose(sentence(told, phrases=", ".join(parts)))
    if found.quotes:
        quotes = clauses("- “{quote}”", pd.DataFrame({"quote": map(escape_markdown, found.quotes)}))
        yield Prose("\n".join([f"{translated('Answers chosen for this report:')}\n", *quotes]))


def themes_table(found: Comments) -> Table | None:
    """Return the themes with counts and benchmark."""
    if found.themes.empty:
        return None
    labels = ("Theme", "Answers", "Share", "95% interval", "Benchmark")
    rows = table_rows(
        "{theme} | {count:d} | {share:%} | {low:%} to {high:%} | {benchmark:%}", found.themes.head(MAX_THEMES)
    )
    beside = {"Benchmark": "Benchmark: mean share over organizations."}
    note = running_text(translated(found.method), found.source.caption)
    title = sentence("Themes: {question}", question=found.question)
    return fitted_table(title, labels, rows, note, of_column=beside)


def action_forms(found: Priorities | None) -> Blocks:
    """Return a form for each opportunity, and an empty one: each step a line of the page's width to write on."""
    titles = [] if found is None else [str(title) for title in found.opportunities["title"]]
    last = translated("What else we want to change:" if titles else "What we want to change:")
    return _forms("### Our plan\n\nOne line for each step; fewer is better.", [*titles, last], _STEPS)


def keep_forms(found: Priorities | None) -> Blocks | None:
    """Return a form for each strength: what must not be lost."""
    if found is None or not found.above:
        return None
    note = translated(TURNED) if found.strengths["reverse"].any() else ""
    titles = [str(title) for title in found.strengths["title"]]
    return _forms(f"{translated('### What we keep')}\n\n{note}".strip(), titles, _KEEP)


def _forms(heading: str, subjects: Sequence[str], steps: Sequence[str]) -> Blocks:
    """Return a table to fill in for each subject, with a line for each step."""
    rows = [(translated(step), "") for step in steps]
    forms = (Table(subject, [Column("", "left")] * 2, rows) for subject in subjects)
    return Blocks.of(Prose(translated(heading)), *forms)


def questions(found: Priorities | None, extract: ClientExtract) -> Prose:
    """Return questions for the team's discussion, from what was found.

    Parameters
    ----------
    found
        Strengths and opportunities.
    extract
        The client's extract.
    """
    first = None if found is None or found.opportunities.empty else found.opportunities.iloc[0]
    lines = [translated("Which result surprises us, and what did we expect?")]
    if has_section(extract, "roles"):
        question = "Which groups of us see different organizations, and who is nearer to the customer?"
        lines.append(translated(question))
    if first is not None:
        here = sentence(
            "*{statement}* On an ordinary day, when is that so, and why?"
            if first["reverse"]
            else "*{statement}* On an ordinary day, what happens here when that does not work?",
            statement=escape_markdown(str(first["text"])),
        )
        lines.append(here)
    lines.append(translated("What would a customer see if we changed one thing by next month?"))
    return Prose("\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1)))
