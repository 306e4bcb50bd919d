"""Results in plain sentences: summaries and methods. Every sentence is written from numbers.

A sentence says what was found and how sure it is; where an interval holds 0 it says that no difference can
be told, never that there is none. Names that came from data are escaped where Markdown is written.
"""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_report import Standing
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.core.blocks import escape_markdown
from cfanalysis.core.formatting import decimal, ordinal
from cfanalysis.survey.confidentiality import respondent_count_text


def gap_method_text(gaps: QuartileGaps) -> str:
    """Return how the contrast was computed, in a few sentences (Markdown)."""
    unit, verdict = unit_words(gaps.source), gaps.verdict
    halves = (
        f" Each quartile's mean is the mean over {verdict.halvings} halvings of the respondents; a dot is the mean of "
        f"one {unit.one} over them, and stands in the quartile of its mean criterion."
        if verdict.halvings > 1
        else ""
    )
    mix = (
        " Say, Do and gap of the quartiles are those that the same mix of respondents would give."
        if verdict.standardized_for
        else ""
    )
    return (
        f"**The quartiles** are cut on {within_sentence(gaps.criterion, gaps.source)}, which contains no item of the "
        "gap, at the linear 25, 50 and 75% quantiles; ties go up. Say and Do are the means of their items' means, and "
        f"every {unit.one} counts once, with its {gaps.wave} wave. Organizations, criterion and bootstrap are those "
        f"of the verdict, and so is the contrast.{halves}{mix}"
    )


def client_summary_texts(standing: Standing) -> list[str]:
    """Return where a client stands, in up to three sentences or pairs of them (Markdown)."""
    people = respondent_count_text(standing.n)
    sentences = [f"{people[0].upper()}{people[1:]} answered in {escape_markdown(standing.wave)}."]
    places = []
    gap = standing.row("overall", "gap")
    say, do = standing.row("overall", "say"), standing.row("overall", "do")
    if gap is not None and say is not None and do is not None:
        beside = (
            f" In the benchmark ({escape_markdown(standing.benchmark)}) {_ahead(gap['benchmark'])}."
            if pd.notna(gap["benchmark"])
            else ""
        )
        sentences.append(
            f"On 0 to 100 they rate what you intend at {decimal(say['score'])} and what you do at "
            f"{decimal(do['score'])}: {_ahead(gap['score'], bold=True)}.{beside}"
        )
        if pd.notna(gap["percentile"]) and pd.notna(gap["n"]):
            places.append(
                f"Ranked from the narrowest gap to the widest, you stand at the {ordinal(gap['percentile'])} "
                f"percentile of these {int(gap['n'])} organizations."
            )
        elif isinstance(gap["third"], str) and gap["third"]:
            third = {"lower": "the narrowest", "middle": "middling", "upper": "the widest"}[gap["third"]]
            places.append(f"You are in the third of these {int(gap['n'])} organizations with {third} gaps.")
    if standing.quartile is not None and standing.criterion is not None:
        places.append(
            f"On {escape_markdown(within_sentence(standing.criterion, standing.source))} you are in the "
            f"**{standing.quartile.lower()} quartile** of the benchmark ({escape_markdown(standing.benchmark)})."
        )
    return [*sentences, " ".join(places)] if places else sentences


def _ahead(gap: float, *, bold: bool = False) -> str:
    """Return whether intention or practice runs ahead, and by how much."""
    size = decimal(abs(gap))
    if float(size.replace(",", "")) == 0:
        return "intention and practice are level"
    points = f"**{size} points**" if bold else f"{size} points"
    return (
        f"intention runs ahead of practice by {points}"
        if gap > 0
        else f"practice runs ahead of intention by {points}"
    )
