"""What ``cfanalysis verdict`` and ``cfanalysis power`` say: as text for people, as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from cfanalysis.analyses.claim import claim_verdict
from cfanalysis.analyses.claim_data import CriterionKind
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports.claim_test import current_verdict, verdict_in_sentences, verdict_table
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.simulation import Power, simulated_power
from cfanalysis.study.prepared_study import Study

_LONGEST = 600
"""Seconds that a simulation may take, roughly."""


def verdict_of(study: Study, *, kind: CriterionKind | None, wave: WhichWave) -> dict[str, Any]:
    """Return the verdict as JSON-ready fields: the study's own, or one on another criterion or wave.

    Parameters
    ----------
    study
        The study.
    kind
        Another criterion; None for the study's own.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The study does not allow it; the reason is the message.
    """
    if kind is None:
        if study.verdict["verdict"] == "none":
            raise AnalysisError(f"There is no verdict on {study.name}. {study.verdict['reason']}")
        return current_verdict(study, wave)
    return claim_verdict(study.survey, kind=kind, wave=wave).as_dict()


def verdict_report(study: Study, verdict: dict[str, Any], *, wave: WhichWave, as_json: bool) -> str:
    """Return the verdict as it is printed.

    Parameters
    ----------
    study
        The study, for the table's caption.
    verdict
        The verdict as JSON-ready fields.
    wave
        Which wave of each organization it counts.
    as_json
        Whether to return JSON rather than sentences and a table.
    """
    if as_json:
        return json.dumps(verdict, ensure_ascii=False, indent=1, allow_nan=False)
    table = verdict_table(verdict, source=study.survey.source, wave=wave)
    return "\n\n".join([verdict_in_sentences(verdict), *([] if table is None else [table.text()])])


def planned_power(n: int, *, simulations: int, **planned: Any) -> Power:
    """Return the power of a planned study, or say that simulating it would take too long.

    Parameters
    ----------
    n, simulations, **planned
        As for `cfanalysis.statistics.claim_test.simulation.simulated_power`.

    Raises
    ------
    click.UsageError
        It would take more than about ten minutes.
    AnalysisError
        As for `cfanalysis.statistics.claim_test.simulation.simulated_power`.
    """
    respondents, items, roles = (planned[name] for name in ("respondents", "items", "roles"))
    each = 0.005 + 1e-4 * n * (1 + items / 40) * (1 + roles) + 2e-7 * n * respondents * items
    if each * simulations > _LONGEST:
        fewer = max(20, int(_LONGEST / each))
        raise click.UsageError(
            f"Simulating {simulations:,} studies of {n:,} organizations would take about "
            f"{each * simulations / 60:,.0f} minutes; try --simulations {fewer}, or fewer respondents."
        )
    return simulated_power(n, simulations=simulations, **planned)


def power_report(found: Power, *, as_json: bool) -> str:
    """Return the power of a planned study as it is printed.

    Parameters
    ----------
    found
        The power.
    as_json
        Whether to return JSON rather than sentences.
    """
    world = found.world
    if as_json:
        return json.dumps(asdict(found), ensure_ascii=False, indent=1, allow_nan=False)
    conditional = (
        f'With "supported if" (no evidence on whether Say and Do questions distinguish organizations equally well):\n'
        f"{100 * found.supported_if:.0f}%.\n"
        if found.supported_if
        else ""
    )
    return (
        f"A study of {world.n:,} organizations with {world.respondents:,} respondent(s) each and {world.items} items\n"
        f"supports a true effect of {world.effect:g} standard deviations of the gap with a probability of\n"
        f"{100 * found.power:.0f}% (95% interval {100 * found.low:.0f} to {100 * found.high:.0f}%).\n"
        f"{conditional}"
        f"The raw contrast alone is found in {100 * found.wider:.0f}% of the studies; the smallest difference found\n"
        f"with 80% power is about {found.smallest_detectable:.2f} points on a scale of five options.\n"
        f"{found.simulations:,} simulated studies, seed {found.seed}."
    )
