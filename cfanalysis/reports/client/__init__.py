"""A client's report as blocks: one function, one block; the words are written from the numbers.

The first block of a section whose data cannot be shown says so in one line; its other blocks are then empty.
"""

from cfanalysis.reports.client.advice import further_recommendations as further_recommendations
from cfanalysis.reports.client.advice import level_recommendations as level_recommendations
from cfanalysis.reports.client.advice import sign_recommendations as sign_recommendations
from cfanalysis.reports.client.appendix import benchmark_table as benchmark_table
from cfanalysis.reports.client.appendix import exclusions_text as exclusions_text
from cfanalysis.reports.client.appendix import method_text as method_text
from cfanalysis.reports.client.client_sections import SECTIONS as SECTIONS
from cfanalysis.reports.client.client_sections import ClientReport as ClientReport
from cfanalysis.reports.client.first_page import certainty_table as certainty_table
from cfanalysis.reports.client.first_page import opportunities_table as opportunities_table
from cfanalysis.reports.client.first_page import overview_figure as overview_figure
from cfanalysis.reports.client.first_page import strengths_table as strengths_table
from cfanalysis.reports.client.follow_up import action_forms as action_forms
from cfanalysis.reports.client.follow_up import comments_blocks as comments_blocks
from cfanalysis.reports.client.follow_up import keep_forms as keep_forms
from cfanalysis.reports.client.follow_up import questions as questions
from cfanalysis.reports.client.follow_up import themes_table as themes_table
from cfanalysis.reports.client.follow_up import trend_figure as trend_figure
from cfanalysis.reports.client.follow_up import trend_table as trend_table
from cfanalysis.reports.client.own_words import personal_note as personal_note
from cfanalysis.reports.client.practice import adjusted_text as adjusted_text
from cfanalysis.reports.client.practice import customer_types_table as customer_types_table
from cfanalysis.reports.client.practice import customer_types_text as customer_types_text
from cfanalysis.reports.client.practice import expectation_figure as expectation_figure
from cfanalysis.reports.client.practice import groups_figure as groups_figure
from cfanalysis.reports.client.practice import level_figure as level_figure
from cfanalysis.reports.client.practice import level_table as level_table
from cfanalysis.reports.client.practice import level_text as level_text
from cfanalysis.reports.client.practice import meanings as meanings
from cfanalysis.reports.client.practice import practice_figure as practice_figure
from cfanalysis.reports.client.practice import practice_table as practice_table
from cfanalysis.reports.client.practice import roles_table as roles_table
from cfanalysis.reports.client.practice import roles_text as roles_text
from cfanalysis.reports.client.practice import signs_figure as signs_figure
from cfanalysis.reports.client.practice import signs_table as signs_table
from cfanalysis.reports.client.standing import bands_figure as bands_figure
from cfanalysis.reports.client.standing import client_item_table as client_item_table
from cfanalysis.reports.client.standing import client_standing_table as client_standing_table
from cfanalysis.reports.client.standing import dimension_gaps_table as dimension_gaps_table
from cfanalysis.reports.client.standing import dimensions_table as dimensions_table
from cfanalysis.reports.client.standing import extremes_tables as extremes_tables
from cfanalysis.reports.client.standing import index_text as index_text
from cfanalysis.reports.client.standing import likert_figure as likert_figure
from cfanalysis.reports.client.standing import matters_figure as matters_figure
from cfanalysis.reports.client.standing import pairs_table as pairs_table
from cfanalysis.reports.client.standing import participation_table as participation_table
from cfanalysis.reports.client.standing import participation_text as participation_text
from cfanalysis.reports.client.standing import profile_or_none as profile_or_none
