"""What the claim is tested on as tidy files, with a base-R script that computes the verdict's numbers again.

The script shares no line with this package: it starts from the same shares, criterion, respondents and resamples, and
says by how much its contrast, metrics and intervals differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import numpy as np
import pandas as pd

from cfanalysis.analyses.claim import CLAIM_REPETITIONS, verdict_on
from cfanalysis.analyses.claim_data import CLAIM_SEED, ClaimData, claim_data
from cfanalysis.core.errors import AnalysisError
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.resampling import resamples
from cfanalysis.statistics.claim_test.respondent_traits import Composition
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Survey

SCRIPT = "claim_test.R"
_CLAIM_NUMBERS = ("delta", "delta_say", "delta_do", "theta_a", "theta_b", "theta_l", "theta_c")


def claim_script() -> str:
    """Return the script."""
    return (files("cfanalysis.study") / SCRIPT).read_text(encoding="utf-8")


def claim_tables(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return what the script reads, by name of the file.

    ``claim_items``, ``claim_organizations``, ``claim_shares`` (one row an organization and halving: criterion, then the
    shares above each threshold), ``claim_respondents`` (answers, traits) and ``claim_mix`` (mean traits of the half
    that answers the gap) or ``claim_counts``, ``claim_resamples`` (how often each organization was drawn) and
    ``claim_verdict`` (the numbers to compare with).

    Raises
    ------
    AnalysisError
        There is no criterion apart from the gap's items, or the data do not allow a test.
    """
    data = claim_data(survey, seed=CLAIM_SEED)
    if data.criterion is None:
        raise AnalysisError(
            "Without a criterion apart from the gap's own items there is no test to compute again."
        )
    evidence = data.evidence
    items = [item.id for item in data.items]
    counts = resamples(evidence.n, repetitions=CLAIM_REPETITIONS, seed=CLAIM_SEED, group=evidence.group)
    tables = {
        "claim_items": _items(data, evidence),
        "claim_organizations": pd.DataFrame(
            {"organization": [data.organizations[i] for i in evidence.kept], "group": evidence.group + 1}
        ),
        "claim_shares": pd.concat(_shares(evidence, items), ignore_index=True),
        "claim_resamples": pd.DataFrame(np.concatenate(list(counts), axis=1).T).rename(
            columns=lambda j: f"o{j + 1}"
        ),
        "claim_verdict": _numbers(verdict_on(data)),
    }
    if evidence.people is not None:
        tables["claim_respondents"] = _respondents(evidence, items)
        if evidence.composition is not None and evidence.composition.traits.size:
            tables["claim_mix"] = _mix(evidence, evidence.composition)
    elif evidence.counts is not None:
        tables["claim_counts"] = pd.DataFrame(evidence.counts, columns=items)
    return tables


def _items(data: ClaimData, evidence: Evidence) -> pd.DataFrame:
    grid = {
        "thresholds": evidence.exists.sum(axis=1),
        "unit": evidence.unit,
        "one_grid": int(evidence.one_grid),
    }
    return pd.DataFrame({"item": [i.id for i in data.items], "facet": data.facets, **grid})


def _shares(evidence: Evidence, items: list[str]) -> Iterator[pd.DataFrame]:
    names = [f"{item}_{c + 1}" for item in items for c in range(evidence.exists.shape[1])]
    for number, halving in enumerate(evidence.halvings, 1):
        shares = pd.DataFrame(halving.shares.reshape(halving.members.size, -1), columns=names)
        keys = {"halving": number, "place": halving.members + 1, "criterion": halving.criterion}
        yield pd.concat([pd.DataFrame(keys), shares], axis=1)


def _respondents(evidence: Evidence, items: list[str]) -> pd.DataFrame:
    people, who = evidence.people, evidence.composition
    if people is None:
        return pd.DataFrame()
    answers = pd.DataFrame(people.answers, columns=items).astype("Int8")
    parts = [pd.DataFrame({"place": people.organization + 1}), answers.mask(answers < 0)]
    if who is not None:
        has = people.traits.has[:, who.traits]
        parts.append(pd.DataFrame(has, columns=[f"trait_{t + 1}" for t in range(has.shape[1])]))
    return pd.concat(parts, axis=1)


def _mix(evidence: Evidence, who: Composition) -> pd.DataFrame:
    names = [f"trait_{t + 1}" for t in range(who.traits.size)]
    frames = []
    for number, means in enumerate(who.means, 1):
        keys = pd.DataFrame({"halving": number, "place": np.arange(evidence.n) + 1})
        frames.append(pd.concat([keys, pd.DataFrame(means, columns=names)], axis=1))
    return pd.concat(frames, ignore_index=True)


def _numbers(verdict: Verdict) -> pd.DataFrame:
    rows = [(name, getattr(verdict, name)) for name in _CLAIM_NUMBERS]
    known = [(name, e.estimate, e.low, e.high, e.se) for name, e in rows if isinstance(e, Estimate)]
    return pd.DataFrame(known, columns=["statistic", "estimate", "low", "high", "se"])
