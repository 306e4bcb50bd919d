"""Effect sizes, tests and intervals on plain arrays; they know nothing of surveys.

`estimate` holds the result that all share; `differences` and `ranks` compare two groups, `weighting` handles sampling
weights, `multiplicity` several comparisons at once, `importance` the predictors of a regression.
"""

from cfanalysis.statistics.effects.differences import BootstrapDifference as BootstrapDifference
from cfanalysis.statistics.effects.differences import bootstrap_difference as bootstrap_difference
from cfanalysis.statistics.effects.differences import exact_j as exact_j
from cfanalysis.statistics.effects.differences import hedges_g as hedges_g
from cfanalysis.statistics.effects.differences import welch as welch
from cfanalysis.statistics.effects.estimate import Estimate as Estimate
from cfanalysis.statistics.effects.estimate import TestedEstimate as TestedEstimate
from cfanalysis.statistics.effects.importance import RelativeImportance as RelativeImportance
from cfanalysis.statistics.effects.importance import relative_importance as relative_importance
from cfanalysis.statistics.effects.multiplicity import AdjustedP as AdjustedP
from cfanalysis.statistics.effects.multiplicity import adjust_p_values as adjust_p_values
from cfanalysis.statistics.effects.ranks import brunner_munzel as brunner_munzel
from cfanalysis.statistics.effects.ranks import cliffs_delta as cliffs_delta
from cfanalysis.statistics.effects.weighting import weighted_change as weighted_change
from cfanalysis.statistics.effects.weighting import weighted_mean as weighted_mean
