"""The pages on data quality: what was read, what was done to it, and how well it was answered.

`quality_blocks` holds figures and notes, `quality_tables` tables, `quality_sentences` the answer and the limits. Each
block exists for every kind of study: where the data cannot say something (published frequency tables have no rows, a
study of single respondents no organizations), a line says so instead.
"""

from cfanalysis.reports.data_quality.quality_blocks import (
    ends_figure,
    flow_figure,
    missing_figure,
    quality_figures,
    reading_notes,
    sizes_figure,
)
from cfanalysis.reports.data_quality.quality_sentences import quality_limits, quality_summary
from cfanalysis.reports.data_quality.quality_tables import (
    duration_table,
    field_table,
    item_quality_table,
    proposal_table,
    rule_table,
    wave_table,
)

__all__ = [
    "duration_table",
    "ends_figure",
    "field_table",
    "flow_figure",
    "item_quality_table",
    "missing_figure",
    "proposal_table",
    "quality_figures",
    "quality_limits",
    "quality_summary",
    "reading_notes",
    "rule_table",
    "sizes_figure",
    "wave_table",
]
