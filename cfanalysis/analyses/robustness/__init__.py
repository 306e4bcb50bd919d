"""Does the contrast survive? Many analyses of the same question, each with what it can and cannot remove.

No single analysis settles it: each removes some sources of error and leaves others. The verdict stays the verdict; this
table shows how far it depends on choices. An analysis that the data do not allow is listed with the reason.
`robustness_input` gathers what all are made from, `catalogue` lists them, the other modules compute one kind each.
"""

from cfanalysis.analyses.robustness.robustness_table import ImpossibleAnalysis as ImpossibleAnalysis
from cfanalysis.analyses.robustness.robustness_table import Robustness as Robustness
from cfanalysis.analyses.robustness.robustness_table import RobustnessRow as RobustnessRow
from cfanalysis.analyses.robustness.robustness_table import robustness as robustness
from cfanalysis.analyses.robustness.specifications import SpecificationCurve as SpecificationCurve
from cfanalysis.analyses.robustness.within import ChangeWithin as ChangeWithin
from cfanalysis.analyses.robustness.within import change_within as change_within
