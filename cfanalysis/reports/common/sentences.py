"""Results in plain sentences: summaries and methods. Every sentence is written from numbers.

A sentence says what was found and how sure it is; where an interval holds 0 it says that no difference can
be told, never that there is none. Names that came from data are escaped where Markdown is written.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.analyses.client_report import Standing
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.core.blocks import escape_markdown
from cfanalysis.core.formatting import ordinal
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence

_AHEAD = (
    message(
        "On 0 to 100 they rate what you intend at {say} and what you do at {do}: intention and practice are level."
    ),
    message(
        "On 0 to 100 they rate what you intend at {say} and what you do at {do}: intention runs ahead of practice by "
        "**{size} points**."
    ),
    message(
        "On 0 to 100 they rate what you intend at {say} and what you do at {do}: practice runs ahead of intention by "
        "**{size} points**."
    ),
)
_OTHERS_AHEAD = (
    message("In the benchmark ({benchmark}) intention and practice are level."),
    message("In the benchmark ({benchmark}) intention runs ahead of practice by {size} points."),
    message("In the benchmark ({benchmark}) practice runs ahead of intention by {size} points."),
)
"""Where intention and practice are level, where intention runs ahead, and where practice does."""

_THIRDS = {
    "lower": message("You are in the third of these {n:d} organizations with the narrowest gaps."),
    "middle": message("You are in the third of these {n:d} organizations with middling gaps."),
    "upper": message("You are in the third of these {n:d} organizations with the widest gaps."),
}
_QUARTILES = {
    "Top": message("On {criterion} you are in the **top quartile** of the benchmark ({benchmark})."),
    "Upper middle": message(
        "On {criterion} you are in the **upper middle quartile** of the benchmark ({benchmark})."
    ),
    "Lower middle": message(
        "On {criterion} you are in the **lower middle quartile** of the benchmark ({benchmark})."
    ),
    "Bottom": message("On {criterion} you are in the **bottom quartile** of the benchmark ({benchmark})."),
}


def gap_method_text(gaps: QuartileGaps) -> str:
    """Return how the contrast was computed, in a few sentences (Markdown)."""
    verdict, unit = gaps.verdict, translated(unit_words(gaps.source).one)
    told = [
        sentence(
            "**The quartiles** are cut on {criterion}, which contains no item of the gap, at the linear 25, 50 and 75% "
            "quantiles; ties go up.",
            criterion=within_sentence(gaps.criterion, gaps.source),
        ),
        sentence(
            "Say and Do are the means of their items' means, and every {unit} counts once, with its latest wave."
            if gaps.wave == "latest"
            else "Say and Do are the means of their items' means, and every {unit} counts once, with its first wave.",
            unit=unit,
        ),
        translated(
            "Organizations, criterion and bootstrap are those of the verdict, and so is the contrast."
        ),
    ]
    if verdict.halvings > 1:
        halves = sentence(
            "Each quartile's mean is the mean over {n:d} halvings of the respondents; a dot is the mean of one {unit} "
            "over them, and stands in the quartile of its mean criterion.",
            n=verdict.halvings,
            unit=unit,
        )
        told.append(halves)
    if verdict.standardized_for:
        mix = "Say, Do and gap of the quartiles are those that the same mix of respondents would give."
        told.append(translated(mix))
    return running_text(*told)


def client_summary_texts(standing: Standing) -> list[str]:
    """Return where a client stands, in up to three sentences or pairs of them (Markdown)."""
    first = sentence(
        "One respondent answered in {wave}." if standing.n == 1 else "{n} respondents answered in {wave}.",
        n=standing.n,
        wave=escape_markdown(standing.wave),
    )
    sentences = [first]
    benchmark, places = escape_markdown(translated(standing.benchmark)), []
    gap = standing.row("overall", "gap")
    say, do = standing.row("overall", "say"), standing.row("overall", "do")
    if gap is not None and say is not None and do is not None:
        text = _ahead(_AHEAD, gap["score"], say=say["score"], do=do["score"])
        if pd.notna(gap["benchmark"]):
            text = f"{text} {_ahead(_OTHERS_AHEAD, gap['benchmark'], benchmark=benchmark)}"
        sentences.append(text)
        if pd.notna(gap["percentile"]) and pd.notna(gap["n"]):
            place = sentence(
                "Ranked from the narrowest gap to the widest, you stand at the {place} percentile of these {n:d} "
                "organizations.",
                place=ordinal(gap["percentile"]),
                n=int(gap["n"]),
            )
            places.append(place)
        elif isinstance(gap["third"], str) and gap["third"]:
            places.append(sentence(_THIRDS[gap["third"]], n=int(gap["n"])))
    if standing.quartile is not None and standing.criterion is not None:
        criterion = escape_markdown(within_sentence(standing.criterion, standing.source))
        places.append(sentence(_QUARTILES[standing.quartile], criterion=criterion, benchmark=benchmark))
    return [*sentences, running_text(*places)] if places else sentences


def _ahead(templates: Sequence[str], gap: float, **values: object) -> str:
    """Return whether intention or practice runs ahead, and by how much."""
    level = round(gap, 1) == 0
    return sentence(templates[0 if level else 1 if gap > 0 else 2], size=abs(gap), **values)
