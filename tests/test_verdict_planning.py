"""Planning: the power of a study, and the worlds in which it is simulated."""

from __future__ import annotations

import numpy as np
import pytest

from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test import simulated_power
from cfanalysis.statistics.claim_test.null_models import SimulationModel, simulated_evidence
from cfanalysis.statistics.effects import hedges_g
from cfanalysis.statistics.quartiles import quartile_groups


def test_power_grows_with_the_study_and_is_the_error_rate_without_an_effect() -> None:
    """More organizations find more; no effect is nearly never claimed."""
    small, large = (simulated_power(n, 3, 8, 0.6, simulations=40, seed=1) for n in (60, 240))
    assert small.power < large.power
    assert small.smallest_detectable > large.smallest_detectable
    assert large.low <= large.power <= large.high
    assert simulated_power(100, 1, 8, 0.0, ceiling="strong", simulations=40).power <= 0.1


def test_the_simulated_effect_is_the_one_that_was_asked_for() -> None:
    """d of the latent gap, and nearly that of the answers where there is no ceiling."""
    world = SimulationModel(n=20000, items=20, respondents=2, effect=0.5, slope=0.0)
    only = simulated_evidence(world, np.random.default_rng(1)).halvings[0]
    values, top = only.say - only.do, quartile_groups(only.criterion).is_top
    assert hedges_g(values[~top], values[top]).estimate == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(
    ("changed", "text"),
    [({"n": 30}, "Too few organizations"), ({"items": 1}, "Too few items"), ({"effect": 5}, "out of range"),
     ({"ceiling": "glass"}, "unknown"), ({"simulations": 5}, "Too few simulations")],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(changed: dict[str, object], text: str) -> None:
    """Thirty organizations are never tested; an effect of five does not exist."""
    plan: dict[str, object] = {"n": 100, "respondents": 1, "items": 4, "effect": 0.5, **changed}
    with pytest.raises(AnalysisError, match=text):
        simulated_power(**plan)  # type: ignore[arg-type]
