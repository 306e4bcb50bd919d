"""The honest test: is the gap really wider below the top quartile, once circularity and ceilings are out.

The obvious computation, quartiles cut on the overall score, finds the effect where there is none. Here
quartiles are cut on a criterion that holds no item of the gap, and the contrast is judged in scale points and
off the ends of the scale, on two metrics. `evidence` checks the arrays, `latent` and `jackknife` hold the
contrast off the ceiling, `resampling`, `tails` and `contrast` the one in scale points, `criterion_mode`
and `composite_mode` the two modes, `split_halves` a criterion from other respondents, `result` the verdict,
`null_models` made-up surveys, `simulation` error rates and power.
"""

from cfanalysis.statistics.claim_test.composite_mode import composite_verdict as composite_verdict
from cfanalysis.statistics.claim_test.criterion_mode import criterion_verdict as criterion_verdict
from cfanalysis.statistics.claim_test.result import METHOD_VERSION as METHOD_VERSION
from cfanalysis.statistics.claim_test.result import Verdict as Verdict
from cfanalysis.statistics.claim_test.result import judgement as judgement
from cfanalysis.statistics.claim_test.simulation import Power as Power
from cfanalysis.statistics.claim_test.simulation import simulated_power as simulated_power
