"""A first instrument from an export: items, scales, labels and fields are guessed, and each guess is marked.

It is a file to be edited: what an item is for (Say, Do, performance), its dimension and its pair nobody can guess. What
is no guess is the order of answers: where it is not known, the labels are left for the user to write.
"""

from cfanalysis.intake.drafting.draft import Draft as Draft
from cfanalysis.intake.drafting.draft import draft_instrument as draft_instrument
from cfanalysis.intake.drafting.draft_text import draft_text as draft_text
