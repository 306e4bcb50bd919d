"""A client's report as blocks: one function, one block; the words are written from the numbers.

The first block of a section whose data cannot be shown says so in one line; its other blocks are then empty.
"""

from cfanalysis.reports.client.appendix import benchmark_table, exclusions_text, method_text
from cfanalysis.reports.client.first_page import (
    front_figures,
    opportunities_table,
    personal_note,
    strengths_table,
)
from cfanalysis.reports.client.follow_up import (
    action_table,
    comments_blocks,
    keep_table,
    questions,
    themes_table,
    trend_figure,
    trend_table,
)
from cfanalysis.reports.client.practice import (
    adjusted_text,
    customer_types_table,
    customer_types_text,
    expectation_figure,
    level_figure,
    level_table,
    level_text,
    meanings_text,
    practice_figure,
    practice_table,
    roles_table,
    roles_text,
    signs_figure,
    signs_table,
)
from cfanalysis.reports.client.sections import section
from cfanalysis.reports.client.standing import (
    bands_figure,
    client_item_table,
    client_standing_table,
    dimensions_figure,
    dimensions_table,
    extremes_table,
    likert_figure,
    pairs_table,
    participation_table,
    participation_text,
    profile_or_none,
)

__all__ = [
    "action_table",
    "adjusted_text",
    "bands_figure",
    "benchmark_table",
    "client_item_table",
    "client_standing_table",
    "comments_blocks",
    "customer_types_table",
    "customer_types_text",
    "dimensions_figure",
    "dimensions_table",
    "exclusions_text",
    "expectation_figure",
    "extremes_table",
    "front_figures",
    "keep_table",
    "level_figure",
    "level_table",
    "level_text",
    "likert_figure",
    "meanings_text",
    "method_text",
    "opportunities_table",
    "pairs_table",
    "participation_table",
    "participation_text",
    "personal_note",
    "practice_figure",
    "practice_table",
    "profile_or_none",
    "questions",
    "roles_table",
    "roles_text",
    "section",
    "signs_figure",
    "signs_table",
    "strengths_table",
    "themes_table",
    "trend_figure",
    "trend_table",
]
