"""The pages on data quality: what was read, what was done to it, and how well it was answered.

`quality_blocks` holds figures and notes, `quality_tables` tables, `quality_sentences` the answer and the limits. Each
block exists for every kind of study: where the data cannot say something (published frequency tables have no rows, a
study of single respondents no organizations), a line says so instead.
"""

from cfanalysis.reports.data_quality.quality_blocks import quality_figures as quality_figures
from cfanalysis.reports.data_quality.quality_blocks import reading_notes as reading_notes
from cfanalysis.reports.data_quality.quality_sentences import quality_limits as quality_limits
from cfanalysis.reports.data_quality.quality_sentences import quality_summary as quality_summary
from cfanalysis.reports.data_quality.quality_tables import duration_table as duration_table
from cfanalysis.reports.data_quality.quality_tables import field_table as field_table
from cfanalysis.reports.data_quality.quality_tables import item_quality_table as item_quality_table
from cfanalysis.reports.data_quality.quality_tables import proposal_table as proposal_table
from cfanalysis.reports.data_quality.quality_tables import rule_table as rule_table
from cfanalysis.reports.data_quality.quality_tables import wave_table as wave_table
