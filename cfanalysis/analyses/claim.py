"""The claim under test: the Say-Do gap is wider below the top quartile of performance."""

from __future__ import annotations

from typing import Any

from cfanalysis.analyses.quartile_gaps import quartile_gaps
from cfanalysis.errors import AnalysisError
from cfanalysis.survey import Survey


def claim_verdict(survey: Survey) -> dict[str, Any]:
    """Return the verdict on the claim as it is written to ``verdict.json``.

    Each organization's first wave counts. The contrast is descriptive: it does not yet say whether a
    ceiling of the scale alone would give it.

    Returns
    -------
    dict
        ``verdict`` ("descriptive", or "none" with a ``reason``), ``mode``, ``criterion``, ``n``, ``n_top``,
        ``top_share``, ``delta``, ``delta_say``, ``delta_do`` (scale points), ``seed``.
    """
    try:
        gaps = quartile_gaps(survey, wave="first")
    except AnalysisError as error:
        return {"verdict": "none", "reason": error.problem}
    return {
        "verdict": "descriptive",
        "mode": "criterion",
        "criterion": gaps.criterion,
        "n": gaps.n,
        "n_top": gaps.n_top,
        "n_left_out": gaps.n_left_out,
        "top_share": gaps.top_share,
        "delta": gaps.delta.as_dict(),
        "delta_say": gaps.delta_say.as_dict(),
        "delta_do": gaps.delta_do.as_dict(),
        "repetitions": gaps.repetitions,
        "seed": gaps.seed,
    }
