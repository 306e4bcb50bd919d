"""Which sections a client's report has: what the survey asks, and what may be shown of so few respondents.

What a survey does not ask has no section. Of fewer respondents than the minimum only the overall scores are shown; that
is said once, where the report says who answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cfanalysis.analyses.customer_types import customer_type_items
from cfanalysis.analyses.practices import practice_items
from cfanalysis.core.blocks import Prose
from cfanalysis.core.language import translated
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract

Topic = Literal[
    "standing",
    "dimensions", "pairs", "items", "practices", "levels", "expectations", "warning_signs", "customers", "roles",
    "waves", "comments",
]  # fmt: skip
_ASKED: dict[str, Callable[[Instrument], object]] = {
    "standing": lambda instrument: instrument.gap_items or instrument.indices,
    "dimensions": lambda instrument: instrument.gap_dimensions,
    "pairs": lambda instrument: instrument.pairs,
    "items": lambda instrument: instrument.gap_items,
    "practices": practice_items,
    "levels": lambda instrument: instrument.select(role="level"),
    "expectations": lambda instrument: instrument.select(role="expectation"),
    "warning_signs": lambda instrument: instrument.select(role="warning_sign"),
    "customers": customer_type_items,
    "roles": lambda instrument: instrument.respondent_fields,
    "comments": lambda instrument: instrument.select(role="open"),
}


def is_asked(instrument: Instrument, topic: Topic) -> bool:
    """Return whether a survey asks about a topic.

    Parameters
    ----------
    instrument
        What the survey asks.
    topic
        What a section is about.
    """
    return topic not in _ASKED or bool(_ASKED[topic](instrument))


def has_section(extract: ClientExtract, topic: Topic) -> bool:
    """Return whether the client's report has a section on a topic.

    Parameters
    ----------
    extract
        The client's extract.
    topic
        What the section is about.
    """
    if topic == "waves":
        return len(extract.respondents) > 1
    if topic == "standing" and extract.benchmark_comparison["scope"].isin(["overall", "index"]).any():
        return True
    enough = may_show_distribution(extract.n, extract.instrument.minima)
    return enough and is_asked(extract.instrument, topic)


def left_out(extract: ClientExtract, topic: Topic, sentence: str) -> Prose | None:
    """Return the line that stands where something was asked and cannot be shown; nothing where there is no section.

    Parameters
    ----------
    extract
        The client's extract.
    topic
        What the section is about.
    sentence
        What is not shown, and why.
    """
    return Prose(translated(sentence)) if has_section(extract, topic) else None
