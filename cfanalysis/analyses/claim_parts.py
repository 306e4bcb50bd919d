"""Where the contrast is: the claim by dimension, by pair, by item, and by practice, beside the whole.

One overall gap can hide differences, for example that leaders keep their word and processes do not. A part is compared
like the whole: its gap below the top quartile minus its gap in it, in points and off the ends of the scale, on the same
organizations and the same criterion. A *practice* sets all of Say against the Do items of one practice. An *item*
stands against all items of the other facet, which shows whether a Do item is what lags, or a Say item what runs ahead.

The more parts are looked at, the more of them stand out by chance. Dimensions are few and each is a claim, so their
p values are Holm's; pairs, practices and items are searched through, so theirs are Benjamini and Hochberg's. A part
on one side of a line and its neighbour on the other need not differ (Gelman and Stern 2006, The American Statistician
60), so whether parts of a scope differ from each other is a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cfanalysis.analyses.claim import CLAIM_REPETITIONS, verdict_on
from cfanalysis.analyses.claim_data import CLAIM_SEED, ClaimData, CriterionKind, claim_data
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test.result import Metric, Verdict
from cfanalysis.statistics.claim_test.subscales import part_contrasts
from cfanalysis.statistics.effects import Estimate, adjust_p_values
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import Source, Survey

PartScope = Literal["overall", "dimension", "pair", "practice", "item"]
_SCOPES: tuple[PartScope, ...] = ("overall", "dimension", "pair", "practice", "item")
_METHODS: dict[PartScope, str] = {"dimension": "holm", "pair": "bh", "practice": "bh", "item": "bh"}


@dataclass(frozen=True)
class Part:
    """One part of the gap, compared.

    Parameters
    ----------
    scope
        ``overall``, ``dimension``, ``pair``, ``practice`` or ``item``.
    name, title
        Its id and how it is called.
    facet
        Of an item ``say`` or ``do``; empty for others.
    n
        Organizations.
    n_say, n_do
        Items.
    delta
        Gap of the rest minus that of the top quartile, scale points.
    metrics
        Latent contrast on each metric that exists, in the unit of `delta`; none in composite mode.
    p
        Of "nothing in points and on every metric", see `cfanalysis.statistics.claim_test.subscales.agreed_p`.
    adjusted_p
        The same for as many parts of this scope as there are; None for the whole, or without p.
    """

    scope: PartScope
    name: str
    title: str
    facet: str
    n: int
    n_say: int
    n_do: int
    delta: Estimate
    metrics: dict[Metric, Estimate]
    p: float | None
    adjusted_p: float | None = None

    @property
    def least(self) -> Estimate | None:
        """The latent contrast on the metric on which it is least certain (the largest p); None without metrics."""
        return max(self.metrics.values(), key=lambda e: 1.0 if e.p is None else e.p, default=None)


@dataclass(frozen=True)
class ClaimParts:
    """The claim part by part; a scope with no more than the whole is left out.

    Parameters
    ----------
    rows
        The whole first, then by scope in the instrument's order.
    equal_p
        Of "the contrast is the same in all parts of this scope", in points or on some metric; None where it cannot be
        tested.
    criterion
        What quartiles were cut on, in words.
    composite
        True where that is the overall score: this describes only.
    unit
        ``points`` or ``percent`` of each item's range.
    n, n_top
        Organizations, and those in the top quartile.
    left_out
        Organizations that lacked an item or the criterion.
    repetitions, seed
        Of the bootstrap.
    verdict
        The verdict on the whole.
    length
        Length of the scale in the unit of the gap.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    source
        Where the data come from.
    """

    rows: tuple[Part, ...]
    equal_p: dict[PartScope, float | None]
    criterion: str
    composite: bool
    unit: Literal["points", "percent"]
    n: int
    n_top: int
    left_out: int
    repetitions: int
    seed: int
    verdict: Verdict
    length: float
    wave: WhichWave
    source: Source

    @property
    def is_tested(self) -> bool:
        """Whether the parts are tested: where the verdict does more than describe."""
        return self.verdict.verdict != "descriptive"

    def of(self, scope: PartScope) -> tuple[Part, ...]:
        """Return the parts of one scope."""
        return tuple(row for row in self.rows if row.scope == scope)


def claim_parts(
    survey: Survey,
    *,
    wave: WhichWave = "latest",
    kind: CriterionKind | None = None,
    repetitions: int = CLAIM_REPETITIONS,
    seed: int = CLAIM_SEED,
) -> ClaimParts:
    """Return the contrast of every part of the gap, on the organizations and the criterion of the verdict.

    Parameters
    ----------
    survey, wave, kind, seed
        As for `cfanalysis.analyses.claim.claim_verdict`.
    repetitions
        Of the bootstrap; with the verdict's, the whole has the verdict's interval.

    Raises
    ------
    AnalysisError
        As for `cfanalysis.analyses.claim.claim_verdict`.
    """
    data = claim_data(survey, wave=wave, kind=kind, seed=seed)
    evidence = data.evidence
    composite = data.criterion is None
    parts = list(_parts(survey.instrument, data))
    of_scope = {
        scope: places
        for scope in _METHODS
        if len(places := [i for i, part in enumerate(parts) if part[0] == scope]) > 1
    }
    contrasts, equal = part_contrasts(
        evidence,
        [(say, do) for *_, say, do in parts],
        families=list(of_scope.values()),
        latent=not composite,
        repetitions=repetitions,
        seed=seed,
    )
    rows = [
        Part(scope, name, title, facet, evidence.n, len(say), len(do), c.delta, c.metrics, c.p)
        for (scope, name, title, facet, say, do), c in zip(parts, contrasts, strict=True)
    ]
    return ClaimParts(
        rows=tuple(_with_adjusted_p(rows)),
        equal_p=dict(zip(of_scope, equal, strict=True)),
        criterion=data.label,
        composite=composite,
        unit="points" if evidence.one_grid else "percent",
        n=evidence.n,
        n_top=round(evidence.n_top),
        left_out=sum(evidence.left_out.values()),
        repetitions=repetitions,
        seed=seed,
        verdict=verdict_on(data, repetitions=repetitions, seed=seed),
        length=evidence.length,
        wave=wave,
        source=survey.source,
    )


_PartDescription = tuple[PartScope, str, str, str, list[int], list[int]]


def _parts(instrument: Instrument, data: ClaimData) -> Iterator[_PartDescription]:
    """Yield each part: scope, id, title, facet, places of its Say items and of its Do items."""
    items = data.items
    say, do = ([i for i, item in enumerate(items) if item.facet == facet] for facet in ("say", "do"))
    yield "overall", "overall", message("Overall"), "", say, do
    whole = (len(say), len(do))
    for d in instrument.gap_dimensions:
        own = [[i for i in places if items[i].dimension == d.id] for places in (say, do)]
        if (len(own[0]), len(own[1])) != whole:
            yield "dimension", d.id, d.title, "", own[0], own[1]
    place = {item.id: i for i, item in enumerate(items)}
    for pair in instrument.pairs:
        if pair.say.id in place and whole != (1, 1):
            title = f"{pair.say.title} / {pair.do.title}"
            yield "pair", pair.id, title, "", [place[pair.say.id]], [place[pair.do.id]]
    for practice in instrument.practices:
        own_do = [i for i in do if practice.id in items[i].practices]
        if own_do and len(own_do) < len(do):
            yield "practice", practice.id, practice.title, "", say, own_do
    for i, item in enumerate(items):
        against = ([i], do) if item.facet == "say" else (say, [i])
        if (len(against[0]), len(against[1])) != whole:
            yield "item", item.id, item.title, str(item.facet), *against


def _with_adjusted_p(rows: list[Part]) -> Iterator[Part]:
    """Yield the rows with p adjusted for the number of parts of the same scope."""
    by_scope = {scope: [r.p for r in rows if r.scope == scope and r.p is not None] for scope in _METHODS}
    adjusted = {
        scope: iter(adjust_p_values(p, method=_METHODS[scope]).adjusted if p else np.array([]))
        for scope, p in by_scope.items()
    }
    for row in rows:
        known = row.scope in adjusted and row.p is not None
        yield replace(row, adjusted_p=float(next(adjusted[row.scope]))) if known else row
