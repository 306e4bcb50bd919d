"""How well the survey measures: reliability of its scales, agreement within organizations, room at the ends.

A *scale* is a set of items that are averaged: a facet, a dimension, a facet in a dimension, performance. Reliability
counts respondents who answered all items of the scale; agreement and intraclass correlations count each organization's
respondents in the wave chosen. None of these numbers decides about the gap; they show how far it can be trusted.
Published frequency tables do not identify single respondents, so they allow only the answers at the ends of the scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.not_possible import reason
from cfanalysis.analyses.respondents import keyed_answers, wave_respondents
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.scoring.means import WhichWave, one_wave, organizations_only
from cfanalysis.statistics.reliability import (
    CronbachAlpha,
    DifferenceReliability,
    Intraclass,
    ItemRest,
    OmegaTotal,
    WithinGroupAgreement,
    cronbach_alpha,
    difference_reliability,
    intraclass,
    item_rest,
    omega_total,
    within_group_agreement,
)
from cfanalysis.survey.instrument import Instrument, Item
from cfanalysis.survey.survey_data import Source, Survey

Result = TypeVar("Result")

NULLS = {"uniform": message("rwg(j), uniform null"), "slight_skew": message("rwg(j), slight skew null")}


@dataclass(frozen=True, eq=False)
class ScaleQuality:
    """The quality of one scale; what cannot be computed is None, and `reasons` says why.

    Parameters
    ----------
    kind
        ``facet``, ``dimension``, ``facet in dimension`` or ``performance``.
    title
        How the scale is called.
    items
        Its items.
    n
        Respondents who answered all of them; 0 where only frequency tables were published.
    n_answering
        Respondents who answered at least one.
    alpha, omega, rest
        Reliability, and how each item goes with the others.
    icc
        Of respondents' means in organizations.
    agreement
        rwg(j) by null.
    floor, ceiling
        Shares of answers at the lowest and the highest option after reverse keying, mean of items and organizations.
    reasons
        Statistic and why it could not be computed.
    """

    kind: str
    title: str
    items: tuple[Item, ...]
    n: int
    n_answering: int
    alpha: CronbachAlpha | None
    omega: OmegaTotal | None
    rest: ItemRest | None
    icc: Intraclass | None
    agreement: dict[str, WithinGroupAgreement]
    floor: float | None
    ceiling: float | None
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def shown_title(self) -> str:
        """The scale's name: of a facet or of performance in the reader's language, of a dimension as asked."""
        if self.kind == "dimension":
            return self.title
        dimension, _, facet = self.title.rpartition(": ")
        template = "{title}: {clauses}" if dimension else "{clauses}"
        return sentence(template, title=dimension, clauses=translated(facet))


@dataclass(frozen=True, eq=False)
class GapReliability:
    """Reliability of the gap between respondents, overall or in a dimension."""

    title: str
    reliability: DifferenceReliability


@dataclass(frozen=True, eq=False)
class MeasurementQuality:
    """How well the survey measures.

    Parameters
    ----------
    scales
        Facets, performance, dimensions, facets in dimensions; in this order.
    gaps
        The gap overall, then by dimension.
    published
        True where only frequency tables were published.
    organizations, respondents
        In the wave chosen; respondents are 0 where only frequency tables were published.
    wave
        ``"first"`` or ``"latest"`` wave of each organization.
    source
        Where the data come from.
    """

    scales: tuple[ScaleQuality, ...]
    gaps: tuple[GapReliability, ...]
    published: bool
    organizations: int
    respondents: int
    wave: WhichWave
    source: Source

    def of(self, *kinds: str) -> tuple[ScaleQuality, ...]:
        """Return the scales of some kinds."""
        return tuple(scale for scale in self.scales if scale.kind in kinds)


def measurement_quality(survey: Survey, *, wave: WhichWave = "latest") -> MeasurementQuality:
    """Return reliability, agreement and ends of the scale of every scale of the instrument.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.

    Raises
    ------
    AnalysisError
        The instrument has no scale: no gap items and no performance items.
    """
    described = list(_scales(survey.instrument))
    if not described:
        raise AnalysisError("The instrument has no scale: neither gap items nor performance items.")
    answers, organization = _answers(survey, wave)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    scales = [
        _scale(kind, title, items, answers, organization, shares, survey.instrument)
        for kind, title, items in described
    ]
    return MeasurementQuality(
        scales=tuple(scales),
        gaps=tuple(_gaps(survey.instrument, answers)),
        published=survey.raw_responses is None,
        organizations=int(shares["organization"].nunique()),
        respondents=len(answers),
        wave=wave,
        source=survey.source,
    )


def _scales(instrument: Instrument) -> Iterator[tuple[str, str, tuple[Item, ...]]]:
    """Yield kind, title and items of each scale."""
    names = (("say", "Say"), ("do", "Do"))
    for facet, name in names:
        if items := tuple(i for i in instrument.select(role="gap") if i.facet == facet):
            yield "facet", name, items
    if items := instrument.select(role="performance"):
        yield "performance", "Performance", items
    several = [d for d in instrument.dimensions if instrument.select(role="gap", dimension=d.id)]
    for d in several:
        yield "dimension", d.title, instrument.select(role="gap", dimension=d.id)
    for d in several if len(several) > 1 else ():
        own = instrument.select(role="gap", dimension=d.id)
        for facet, name in names:
            if items := tuple(i for i in own if i.facet == facet):
                yield "facet in dimension", f"{d.title}: {name}", items


def _answers(survey: Survey, wave: WhichWave) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return keyed answers (steps above the lowest, NaN without one) and the organization of each respondent."""
    items = survey.instrument.rated_items
    if survey.raw_responses is None:
        return pd.DataFrame(columns=[i.id for i in items], dtype=float), np.zeros(0, dtype=np.intp)
    responses, group, _ = wave_respondents(survey, wave)
    columns = {}
    for item in items:
        code = keyed_answers(responses[item.id], item, survey.instrument).astype(float)
        width = len(survey.instrument.scale_of(item.id).categories)
        columns[item.id] = np.where(code < width, code, np.nan)
    return pd.DataFrame(columns), group


class _StatisticRunner:
    """Runs statistics, and records why those that the data do not allow could not be computed."""

    def __init__(self) -> None:
        self.reasons: list[tuple[str, str]] = []

    def __call__(
        self, name: str, statistic: Callable[..., Result], *args: object, **kwargs: object
    ) -> Result | None:
        try:
            return statistic(*args, **kwargs)
        except AnalysisError as error:
            self.reasons.append((name, reason(error)))
            return None


def _scale(
    kind: str,
    title: str,
    items: tuple[Item, ...],
    answers: pd.DataFrame,
    organization: NDArray[np.intp],
    shares: pd.DataFrame,
    instrument: Instrument,
) -> ScaleQuality:
    """Return the quality of one scale."""
    own = answers[[i.id for i in items]]
    whole = own.notna().all(axis=1).to_numpy()
    complete, member = own[whole], organization[whole]
    varying = complete.loc[:, complete.nunique() > 1]
    options = {i.id: len(instrument.scale_of(i.id).categories) for i in items}
    tried = _StatisticRunner()
    if len(complete) and varying.shape[1] < len(items):
        constant = len(items) - varying.shape[1]
        left_out = sentence("{n} to which everybody gave the same answer left out", n=constant)
        tried.reasons.append((message("items"), left_out))
    known = len(complete) > 0 and varying.shape[1] > 0
    means = (complete / (pd.Series(options) - 1)).mean(axis=1).to_numpy()
    floor, ceiling = _ends(shares, items, instrument)
    return ScaleQuality(
        kind=kind,
        title=title,
        items=items,
        n=len(complete),
        n_answering=int(own.notna().any(axis=1).sum()),
        alpha=tried(message("alpha"), cronbach_alpha, varying, cluster=member) if known else None,
        omega=tried(message("omega"), omega_total, varying) if known else None,
        rest=tried(message("item-rest"), item_rest, varying) if known else None,
        icc=tried(message("ICC"), intraclass, means, member) if known else None,
        agreement=_agreement(complete, member, set(options.values()), tried) if known else {},
        floor=floor,
        ceiling=ceiling,
        reasons=tuple(tried.reasons),
    )


def _agreement(
    complete: pd.DataFrame, member: NDArray[np.intp], options: set[int], tried: _StatisticRunner
) -> dict[str, WithinGroupAgreement]:
    """Return rwg(j) by null, where it exists."""
    if len(options) > 1:
        tried.reasons.append(("rwg(j)", translated("the items have different numbers of answers")))
        return {}
    found = {}
    for null, name in NULLS.items():
        one = tried(
            name, within_group_agreement, complete.to_numpy(), member, options=min(options), null=null
        )
        if one is not None:
            found[null] = one
    return found


def _ends(
    shares: pd.DataFrame, items: tuple[Item, ...], instrument: Instrument
) -> tuple[float | None, float | None]:
    """Return the shares of answers at the lowest and the highest option, mean over organizations, then items."""
    own = shares[shares["item"].isin([i.id for i in items])]
    if own.empty:
        return None, None
    scales = {i.id: instrument.scale_of(i.id) for i in items}
    lowest = own["item"].map({name: scale.min for name, scale in scales.items()})
    highest = own["item"].map({name: scale.max for name, scale in scales.items()})
    low, high = (own[own["category"] == end].groupby("item")["share"].mean() for end in (lowest, highest))
    return float(low.mean()), float(high.mean())


def _gaps(instrument: Instrument, answers: pd.DataFrame) -> Iterator[GapReliability]:
    """Yield the reliability of the gap, overall and by dimension, where it exists."""
    dimensions = instrument.gap_dimensions
    sets = [("Overall", instrument.gap_items)]
    if len(dimensions) > 1:
        sets += [(d.title, instrument.select(role="gap", dimension=d.id)) for d in dimensions]
    for title, items in sets:
        own = answers[[i.id for i in items]].dropna()
        own = own.loc[:, own.nunique() > 1]
        say, do = (own[[i.id for i in items if i.facet == f and i.id in own]] for f in ("say", "do"))
        try:
            yield GapReliability(title, difference_reliability(say, do))
        except AnalysisError:
            continue
