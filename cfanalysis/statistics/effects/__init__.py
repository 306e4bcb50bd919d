"""Effect sizes, tests and intervals on plain arrays; they know nothing of surveys.

`estimate` holds the result that all share; `differences` and `ranks` compare two groups, `weighting` handles sampling
weights, `multiplicity` several comparisons at once, `importance` the predictors of a regression.
"""

from cfanalysis.statistics.effects.differences import (
    BootstrapDifference,
    bootstrap_difference,
    exact_j,
    hedges_g,
    welch,
)
from cfanalysis.statistics.effects.estimate import Estimate, TestedEstimate
from cfanalysis.statistics.effects.importance import RelativeImportance, relative_importance
from cfanalysis.statistics.effects.multiplicity import AdjustedP, adjust_p_values
from cfanalysis.statistics.effects.ranks import brunner_munzel, cliffs_delta
from cfanalysis.statistics.effects.weighting import weighted_change, weighted_mean

__all__ = [
    "AdjustedP",
    "BootstrapDifference",
    "Estimate",
    "RelativeImportance",
    "TestedEstimate",
    "adjust_p_values",
    "bootstrap_difference",
    "brunner_munzel",
    "cliffs_delta",
    "exact_j",
    "hedges_g",
    "relative_importance",
    "weighted_change",
    "weighted_mean",
    "welch",
]
