"""The data that the claim is tested on: cumulative answer shares, a criterion, and which items are Say.

The most trustworthy criterion available is taken. An *external outcome* is independent of the survey's answers.
Performance items answered by *other respondents* of the same organization share no error with the gap: respondents are
halved at random, one half gives the criterion, the other the shares, twenty times. Performance items of the *same
respondents* share the mood of the day with the gap (common method variance, Podsakoff et al. 2003), and the verdict
says so. Without any of these only the overall score is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cfanalysis.analyses.claim_people import (
    Parents,
    answers_by_item,
    criterion_outcome,
    item_shares_above,
    parents_of,
    people_of,
)
from cfanalysis.analyses.respondents import answer_order, keyed_answers, respondent_rows
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message, translated
from cfanalysis.scoring.means import WhichWave, index_of_shares, index_scores, one_wave, organizations_only
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.claim_test.contrast import RecutContrast
from cfanalysis.statistics.claim_test.evidence import Evidence, checked_evidence, overall_score
from cfanalysis.statistics.claim_test.respondent_traits import Respondents, mean_traits
from cfanalysis.statistics.claim_test.split_halves import (
    HALVINGS,
    HalfCounts,
    answer_counts,
    random_halves,
    shares_above,
)
from cfanalysis.survey.instrument import Index, Instrument, Item
from cfanalysis.survey.survey_data import Survey

MIN_ORGANIZATIONS = 40
"""Organizations that must remain after respondents are halved; with fewer the verdict would only describe."""

CLAIM_SEED = 2026
"""Of halvings and bootstraps wherever the verdict's numbers stand."""

CriterionKind = Literal["outcome", "other respondents", "same respondents", "overall score"]
Floats = NDArray[np.float64]

_LABELS: dict[CriterionKind, str] = {
    "outcome": message("{title}, an external outcome", context="stored"),
    "other respondents": message("{title}, answered by other respondents of the same organization", context="stored"),
    "same respondents": message("{title}, answered by the same respondents", context="stored"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ClaimData:
    """The arrays of the test.

    Parameters
    ----------
    above
        Shares of answers above each category but the last, shape (organizations, items, options - 1), or with
        halvings in front; NaN where an organization lacks the item, and beyond an item's options.
    criterion
        Shape (organizations,) or (halvings, organizations); None in composite mode.
    items
        The gap items, in the order of `above`.
    same_grid
        Whether all items have the same scale.
    title
        What the criterion is called.
    kind
        Where the criterion comes from.
    organizations
        Their names, in the order of `answer_order`.
    respondents
        Harmonic mean of respondents per organization.
    people
        All respondents; None where only frequency tables were published.
    counts
        Answers to each item, shape (organizations, items), where only frequency tables were published.
    parents
        The parent of each organization; None where the instrument names no such field.
    """

    above: Floats
    criterion: Floats | None
    items: tuple[Item, ...]
    same_grid: bool
    title: str
    kind: CriterionKind
    organizations: tuple[str, ...]
    respondents: float
    people: Respondents | None = None
    counts: Floats | None = None
    parents: Parents | None = None

    def __post_init__(self) -> None:
        for array in (self.above, self.criterion):
            if array is not None:
                array.flags.writeable = False

    @cached_property
    def evidence(self) -> Evidence:
        """The checked arrays; without a criterion, with the overall score in its place.

        Raises
        ------
        AnalysisError
            What `cfanalysis.statistics.claim_test.criterion_verdict` refuses.
        """
        composite = self.criterion is None
        return checked_evidence(
            self.above,
            100 * overall_score(self.above) if self.criterion is None else self.criterion,
            self.facets,
            same_grid=self.same_grid,
            composite=composite,
            groups=None if self.parents is None else self.parents.names,
            people=None if composite else self.people,
            counts=self.counts,
        )

    @cached_property
    def verdicts(self) -> dict[tuple[int, int], Verdict]:
        """The verdicts that were reached on the data, by repetitions and seed of the bootstrap."""
        return {}

    @cached_property
    def contrasts(self) -> dict[tuple[int, int], RecutContrast]:
        """The contrasts with their quartiles, by repetitions and seed of the bootstrap."""
        return {}

    @property
    def label(self) -> str:
        """The criterion in words, with who answered it."""
        if self.kind == "overall score":
            return translated(self.title)
        return translated(_LABELS[self.kind], context="stored").format(title=self.title)

    @property
    def facets(self) -> list[str]:
        """``say`` or ``do`` for each item."""
        return [str(item.facet) for item in self.items]


def claim_data(
    survey: Survey, *, wave: WhichWave = "latest", kind: CriterionKind | None = None, seed: int = 1
) -> ClaimData:
    """Return what the claim is tested on, with the best criterion that the survey has.

    Parameters
    ----------
    survey
        The evidence.
    wave
        Whether each organization's first or latest wave counts.
    kind
        Take this criterion instead of the best.
    seed
        Of the halvings.

    Raises
    ------
    AnalysisError
        The instrument has no gap, or the survey lacks the criterion that was asked for.

    Notes
    -----
    The survey keeps them: the verdict, its parts and its robustness start from the same arrays, which are read-only.
    """
    return survey.memoize(("claim data", wave, kind, seed), lambda: _claim_data(survey, wave, kind, seed))


def _claim_data(survey: Survey, wave: WhichWave, kind: CriterionKind | None, seed: int) -> ClaimData:
    _check_gap(survey.instrument)
    if kind is not None:
        _check_kind(survey, kind)
    shares = organizations_only(one_wave(survey.shares, survey.source.waves, wave))
    index = survey.instrument.criterion_index
    if kind is None and criterion_outcome(survey) is not None:
        kind = "outcome"
    if kind == "outcome":
        return _with_outcome(survey, shares, wave)
    if index is None or kind == "overall score":
        return _whole_sample_data(survey, shares, None, "overall score", wave)
    if kind != "same respondents" and survey.raw_responses is not None:
        halved = _split_half_data(survey, shares, index, wave, seed)
        if kind == "other respondents" or _tests(halved):
            return halved
    return _whole_sample_data(survey, shares, index, "same respondents", wave)


def _tests(data: ClaimData) -> bool:
    """Return whether enough organizations are complete in every halving."""
    try:
        return data.evidence.least >= MIN_ORGANIZATIONS
    except AnalysisError:
        return False


def _check_gap(instrument: Instrument) -> None:
    """Raise an AnalysisError unless some dimension has both Say and Do items, naming what there is."""
    if instrument.gap_dimensions:
        return
    held = {
        "": message("no gap items"),
        "Say": message("Say items only"),
        "Do": message("Do items only"),
        "Do Say": message("Say and Do in different dimensions"),
    }
    raise AnalysisError(
        message(
            "The instrument {id} has no gap: no dimension holds both Say and Do items.", context="stored"
        ).format(id=repr(instrument.id)),
        value=held[" ".join(sorted({str(item.facet).title() for item in instrument.select(role="gap")}))],
        next_step="Use it for data quality and measurement, or give items a facet and a dimension.",
    )


def _check_kind(survey: Survey, kind: CriterionKind) -> None:
    """Raise an AnalysisError where the survey lacks the criterion that was asked for."""
    instrument, problem = survey.instrument, ""
    if kind == "outcome" and instrument.criterion_outcome is None:
        problem = message("The instrument {id} names no outcome as criterion.", context="stored")
    elif kind == "outcome" and survey.outcomes is None:
        problem = message("The study has no outcomes.")
    elif kind in ("other respondents", "same respondents") and instrument.criterion_index is None:
        problem = message(
            "The instrument {id} names no index of performance items as criterion.", context="stored"
        )
    elif kind == "other respondents" and survey.raw_responses is None:
        problem = message(
            "Frequency tables do not identify single respondents, so respondents cannot be halved."
        )
    if problem:
        raise AnalysisError(
            problem.format(id=repr(instrument.id)),
            where=message("criterion '{kind:s}'", context="stored").format(kind=kind),
            next_step="Leave the criterion to the survey, or take another.",
        )


def _whole_sample_data(
    survey: Survey, shares: pd.DataFrame, index: Index | None, kind: CriterionKind, wave: WhichWave
) -> ClaimData:
    """Return the data of all respondents, with an index of theirs as criterion, or none."""
    names = answer_order(shares)
    criterion = None if index is None else _index_values(shares, survey.instrument, index, names)
    title = "overall score" if index is None else index.title
    return _data(survey, shares, names, criterion, title, kind, wave)


def _with_outcome(survey: Survey, shares: pd.DataFrame, wave: WhichWave) -> ClaimData:
    """Return the data with an external outcome as criterion."""
    outcome = criterion_outcome(survey)
    own = one_wave(pd.DataFrame() if outcome is None else outcome, survey.source.waves, wave)
    names = answer_order(shares)
    values = np.asarray(own.set_index("organization")["value"].reindex(names), dtype=float)
    return _data(survey, shares, names, values, str(survey.instrument.criterion_outcome), "outcome", wave)


def _data(
    survey: Survey,
    shares: pd.DataFrame,
    names: list[str],
    criterion: Floats | None,
    title: str,
    kind: CriterionKind,
    wave: WhichWave,
) -> ClaimData:
    instrument = survey.instrument
    items = instrument.gap_items
    counts = shares.groupby("organization")["n"].max().reindex(names).to_numpy(dtype=float)
    people = None
    if survey.raw_responses is not None and criterion is not None:
        rows, group = respondent_rows(survey, wave, names)
        people = people_of(survey, rows, group, len(names))
    return ClaimData(
        above=item_shares_above(shares, items, instrument, names),
        criterion=criterion,
        items=items,
        same_grid=same_grid(instrument),
        title=title,
        kind=kind,
        organizations=tuple(names),
        respondents=float(len(counts) / np.sum(1 / np.maximum(counts, 1))) if counts.any() else float("nan"),
        people=people,
        counts=answers_by_item(shares, items, names) if survey.raw_responses is None else None,
        parents=parents_of(survey, names, wave),
    )


def typical_respondents(data: ClaimData) -> float:
    """Return the typical number of respondents of an organization.

    Raises
    ------
    AnalysisError
        Published tables do not say how many people answered.
    """
    if np.isnan(data.respondents):
        raise AnalysisError(
            message("The published tables do not say how many people answered, which this needs.")
        )
    return data.respondents


def same_grid(instrument: Instrument) -> bool:
    """Return whether all gap items are answered on one scale (the same points under the same labels)."""
    grids = {
        (scale.min, scale.max, tuple(scale.label(c).casefold() for c in scale.categories))
        for scale in (instrument.scale_of(item.id) for item in instrument.gap_items)
    }
    return len(grids) == 1


def _index_values(shares: pd.DataFrame, instrument: Instrument, index: Index, names: list[str]) -> Floats:
    scores = index_scores(shares, instrument, index)
    return np.asarray(scores.set_index("organization")["score"].reindex(names), dtype=float)


def _split_half_data(
    survey: Survey, shares: pd.DataFrame, index: Index, wave: WhichWave, seed: int
) -> ClaimData:
    """Return the data of random halves of each organization's respondents, criterion from the other half."""
    instrument, items = survey.instrument, survey.instrument.gap_items
    names = answer_order(shares)
    rows, group = respondent_rows(survey, wave, names)
    people = people_of(survey, rows, group, len(names))
    means: list[Floats] = []

    def noted() -> Iterator[NDArray[np.bool_]]:
        for half in random_halves(group, seed=seed):
            means.append(mean_traits(people.traits, group, people.n, half))
            yield half

    halves = HalfCounts(group, noted(), groups=len(names))
    widths = {i.id: len(instrument.scale_of(i.id).categories) for i in instrument.rated_items}
    above = np.full((HALVINGS, len(names), len(items), max(widths[i.id] for i in items) - 1), np.nan)
    for place, item in enumerate(items):
        width, answers = widths[item.id], people.answers[:, place]
        counts = halves.of(np.where(answers < 0, width, answers).astype(np.int8), width=width)
        above[:, :, place, : width - 1] = shares_above(counts)
    responses = survey.raw_responses if survey.raw_responses is not None else pd.DataFrame()
    others: dict[str, Floats] = {}
    for item in map(instrument.item, index.items):
        keyed = keyed_answers(responses[item.id], item, instrument)[rows]
        whole = answer_counts(keyed, group, groups=len(names), width=widths[item.id])
        rest = whole - halves.of(keyed, width=widths[item.id])
        with np.errstate(invalid="ignore"):
            others[item.id] = np.asarray(rest / rest.sum(axis=-1, keepdims=True))
    size = np.bincount(group, minlength=len(names))
    return ClaimData(
        above=above,
        criterion=_half_index(others, instrument, index),
        items=items,
        same_grid=same_grid(instrument),
        title=index.title,
        kind="other respondents",
        organizations=tuple(names),
        respondents=float(len(size) / np.sum(2 / size)),
        people=replace(people, half_means=np.stack(means)),
        parents=parents_of(survey, names, wave),
    )


def _half_index(shares: dict[str, Floats], instrument: Instrument, index: Index) -> Floats:
    """Return the index of each half; an item that nobody of it answered counts as its other answers suggest.

    Missing where less than half of the items were answered.
    """
    each = [
        index_of_shares(shares, instrument, index.model_copy(update={"items": (name,)}))
        for name in index.items
    ]
    scores = np.stack(each, axis=-1)
    known = np.isfinite(scores)
    with np.errstate(invalid="ignore"):
        usual = np.where(known, scores, 0.0).sum(axis=(0, 1)) / known.sum(axis=(0, 1))
        moved = np.where(known, scores - usual, 0.0).sum(axis=-1) / known.sum(axis=-1)
    enough = 2 * known.sum(axis=-1) >= len(index.items)
    return np.where(known.all(axis=-1), scores.mean(axis=-1), np.where(enough, usual.mean() + moved, np.nan))
