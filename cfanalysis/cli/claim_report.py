"""What ``cfanalysis verdict`` and ``cfanalysis power`` say: as text for people, as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.analyses.claim_data import CriterionKind
from cfanalysis.analyses.criterion import scale_range
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports.claim_test import verdict_in_sentences, verdict_table
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import METHOD_VERSION
from cfanalysis.statistics.claim_test.simulation import Power, power
from cfanalysis.study.study import Study

LONGEST = 600
"""Seconds that a simulation may take, roughly."""


def verdict_of(study: Study, *, kind: CriterionKind | None, wave: WhichWave) -> dict[str, Any]:
    """Return the verdict as JSON-ready fields: the study's own, or one on another criterion or wave.

    Raises
    ------
    AnalysisError
        The study does not allow it; the reason is the message.
    """
    if kind is None and wave == "first":
        if study.verdict["verdict"] == "none":
            raise AnalysisError(f"There is no verdict on {study.name}. {study.verdict['reason']}")
        if study.verdict.get("method_version") == METHOD_VERSION:
            return study.verdict
    return claim_verdict(study.survey, kind=kind, wave=wave).as_dict()


def verdict_report(study: Study, verdict: dict[str, Any], *, as_json: bool) -> str:
    """Return the verdict as it is printed."""
    if as_json:
        return json.dumps(verdict, ensure_ascii=False, indent=1, allow_nan=False)
    survey = study.survey
    table = verdict_table(verdict, scale=scale_range(survey), caption=survey.source.caption)
    return "\n\n".join([verdict_in_sentences(verdict), *([] if table is None else [table.text()])])


def planned(
    n: int, respondents: int, items: int, effect: float, *, ceiling: Any, simulations: int, seed: int
) -> Power:
    """Return the power of a planned study, or say that simulating it would take too long.

    Raises
    ------
    click.UsageError
        It would take more than about ten minutes.
    AnalysisError
        As for `cfanalysis.statistics.claim_test.simulation.power`.
    """
    each = 0.02 + 0.35 * (n / 500) ** 2 * items / 40 + 2e-6 * n * respondents * items / 4
    if each * simulations > LONGEST:
        fewer = max(20, int(LONGEST / each))
        raise click.UsageError(
            f"Simulating {simulations:,} studies of {n:,} organizations would take about "
            f"{each * simulations / 60:,.0f} minutes; try --simulations {fewer}, or fewer respondents."
        )
    return power(n, respondents, items, effect, ceiling=ceiling, simulations=simulations, seed=seed)


def power_report(found: Power, *, as_json: bool) -> str:
    """Return the power of a planned study as it is printed."""
    world = found.world
    if as_json:
        return json.dumps(asdict(found), ensure_ascii=False, indent=1, allow_nan=False)
    return (
        f"A study of {world.n:,} organizations with {world.respondents:,} respondent(s) each and {world.items} items\n"
        f"supports a true effect of {world.effect:g} standard deviations of the gap with a probability of\n"
        f"{100 * found.power:.0f}% (95% interval {100 * found.low:.0f} to {100 * found.high:.0f}%).\n"
        f"The raw contrast alone is found in {100 * found.wider:.0f}% of the studies; the smallest found with\n"
        f"80% power is about {found.smallest_detectable:.2f} points on a scale of five options.\n"
        f"{found.simulations:,} simulated studies, seed {found.seed}."
    )
