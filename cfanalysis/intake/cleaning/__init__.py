"""Raw answers become responses, and every change is in the log with its reason.

Nothing is lost and nothing is guessed: a cell that cannot be read as an answer becomes missing, a row that
cannot be used is dropped, a row that looks careless is flagged, and all stand in the `CleaningLog` with row, column
and what was there. Rows in equal rows out plus rows dropped, always. What nearly fits is proposed, never taken.
Reverse keying is not done here: responses hold answers as given; `cfanalysis.scoring.shares` turns them round.

In responses an item is a nullable ``Int8``: the answer, -128 (`DONT_KNOW_CODE`) where the respondent said so, missing
where nothing usable was there. What each rule does: ``docs/cleaning.md``.
"""

from cfanalysis.intake.cleaning.log import FLAG_RULES as FLAG_RULES
from cfanalysis.intake.cleaning.log import RULES as RULES
from cfanalysis.intake.cleaning.log import CleaningLog as CleaningLog
from cfanalysis.intake.cleaning.log import Proposal as Proposal
from cfanalysis.intake.cleaning.responses import clean as clean
