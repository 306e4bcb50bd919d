"""What every analysis of the robustness table is made from, gathered once.

The verdict's own criterion and organizations come first; where an analysis needs others (another wave, the same
respondents, the overall score), they are gathered on demand. Where the criterion is answered by other respondents,
everything is computed in each random halving and averaged, as in the verdict itself; standard errors are averaged too,
which makes intervals a little wider than they would have to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

from cfanalysis.analyses.claim import verdict_on
from cfanalysis.analyses.claim_data import ClaimData, CriterionKind, claim_data
from cfanalysis.analyses.respondents import keyed_answers, wave_respondents
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import message
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.claim_test import Verdict
from cfanalysis.statistics.claim_test.evidence import Evidence
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.split_halves import random_halves
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.survey_data import Survey

HALVES = 5
"""Random halvings that models of single answers are averaged over; the faster analyses take all."""


@dataclass(frozen=True)
class AnalysisResult:
    """What an analysis found.

    Parameters
    ----------
    estimate
        The number, above 0 where the gap is wider below the top quartile.
    n
        Organizations.
    unit
        Of the number; None for the unit of the verdict (points, or percent of the items' range).
    detail
        What else a reader of the table should know, a sentence or none.
    """

    estimate: Estimate
    n: int
    unit: str | None = None
    detail: str = ""


@dataclass(frozen=True, eq=False)
class Half:
    """The respondents of one random halving who answered the items of the gap (all, where there are no halvings).

    Parameters
    ----------
    answers
        Steps above the lowest answer after reverse keying, shape (respondents, items); NaN without an answer.
    place
        The organization of each respondent, as its place among the organizations of the evidence.
    score
        The criterion's normal score of each organization; NaN for one that does not count in the halving.
    distance
        How far the mean score of the top quartile lies above that of the rest.
    """

    answers: Floats
    place: NDArray[np.intp]
    score: Floats
    distance: float


@dataclass(frozen=True, eq=False)
class RobustnessInput:
    """A survey with all that the robustness table is made from.

    Parameters
    ----------
    survey
        The evidence.
    data, evidence
        The verdict's own arrays, as given and as checked.
    wave
        Whether each organization's first or latest wave counts.
    repetitions, seed
        Of bootstraps; the seed is also that of halvings and splits.
    """

    survey: Survey
    data: ClaimData
    evidence: Evidence
    wave: WhichWave
    repetitions: int
    seed: int

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict on these data."""
        return verdict_on(self.data, repetitions=self.repetitions, seed=self.seed)

    @property
    def composite(self) -> bool:
        """Whether only the overall score is left as criterion."""
        return self.data.criterion is None

    def require_criterion(self) -> None:
        """Raise an AnalysisError where quartiles can only be cut on the gap's own items."""
        if self.composite:
            raise AnalysisError(message("The survey has no criterion apart from the gap's own items"))

    @cached_property
    def gaps(self) -> list[Floats]:
        """The gap of each organization that is complete in a halving, shape (m,)."""
        return [h.say - h.do for h in self.evidence.halvings]

    @property
    def scores(self) -> list[Floats]:
        """The criterion's normal scores in each halving, shape (m,)."""
        return [h.scores for h in self.evidence.halvings]

    @cached_property
    def distances(self) -> list[float]:
        """Mean score of the top quartile minus that of the rest in each halving, standard deviations."""
        return [distance(h.scores, h.top) for h in self.evidence.halvings]

    @cached_property
    def overall(self) -> Evidence:
        """All respondents, with the overall score in the place of a criterion."""
        return self.other("overall score", self.wave)

    def other(self, kind: CriterionKind, wave: WhichWave) -> Evidence:
        """Return the evidence on another criterion or wave; gathered once.

        Parameters
        ----------
        kind
            The criterion.
        wave
            Whether each organization's first or latest wave counts.
        """
        return self._evidence_of(kind, wave)[1]

    def names(self, kind: CriterionKind, wave: WhichWave) -> list[str]:
        """Return the organizations of the evidence on a criterion and wave, in its order.

        Parameters
        ----------
        kind
            The criterion.
        wave
            Whether each organization's first or latest wave counts.
        """
        data, evidence = self._evidence_of(kind, wave)
        return [data.organizations[i] for i in evidence.kept]

    def _evidence_of(self, kind: CriterionKind, wave: WhichWave) -> tuple[ClaimData, Evidence]:
        if (kind, wave) == (self.data.kind, self.wave):
            return self.data, self.evidence
        if (kind, wave) not in self._others:
            data = claim_data(self.survey, wave=wave, kind=kind, seed=self.seed)
            self._others[kind, wave] = data, data.evidence
        return self._others[kind, wave]

    @cached_property
    def _others(self) -> dict[tuple[str, str], tuple[ClaimData, Evidence]]:
        return {}

    @cached_property
    def halves(self) -> list[Half]:
        """The respondents behind the evidence; raises an AnalysisError where there are only frequency tables."""
        responses, group, names = wave_respondents(self.survey, self.wave)
        items = self.data.items
        codes = [keyed_answers(responses[item.id], item, self.survey.instrument) for item in items]
        widths = [len(self.survey.instrument.scale_of(item.id).categories) for item in items]
        answers = np.column_stack(
            [np.where(c < width, c.astype(float), np.nan) for c, width in zip(codes, widths, strict=True)]
        )
        place = self._places(names)[group]
        halved = self.data.kind == "other respondents"
        masks = random_halves(group, seed=self.seed, halvings=HALVES)
        chosen = list(masks) if halved else [np.ones(group.size, dtype=bool)]
        halves = []
        for mask, halving in zip(chosen, self.evidence.halvings, strict=False):
            scores = self.evidence.spread(halving.scores, halving)
            own = mask & (place >= 0) & np.isfinite(scores[place])
            apart = distance(halving.scores, halving.top)
            halves.append(Half(answers[own], place[own], scores, apart))
        return halves

    def _places(self, names: list[str]) -> NDArray[np.intp]:
        """Return the place of each organization in the evidence, -1 for one that was left out."""
        kept = {self.data.organizations[i]: place for place, i in enumerate(self.evidence.kept)}
        return np.array([kept.get(name, -1) for name in names], dtype=np.intp)


def distance(scores: Floats, top: NDArray[np.bool_]) -> float:
    """Return the mean score of the top quartile minus that of the rest.

    A slope on the scores times this distance is the difference between rest and top that the slope implies: 1.69
    standard deviations where there are many organizations.

    Parameters
    ----------
    scores
        The criterion, shape (organizations,).
    top
        Whether each organization is in the top quartile, same shape.
    """
    return float(scores[top].mean() - scores[~top].mean())


def mean_over_halvings(estimates: list[tuple[float, float]], *, df: float) -> Estimate:
    """Return the mean of estimates and standard errors over halvings, with its t interval.

    Parameters
    ----------
    estimates
        Estimate and standard error of each halving.
    df
        Degrees of freedom.

    Raises
    ------
    AnalysisError
        An estimate or a standard error is not a number: the fit failed.
    """
    values = np.array(estimates, dtype=float)
    if not np.isfinite(values).all():
        raise AnalysisError(message("The fit gave no finite estimate or standard error"))
    mean, se = (float(v) for v in values.mean(axis=0))
    reach = float(scipy.special.stdtrit(df, 0.975)) * se
    value = float(2 * scipy.special.stdtr(df, -abs(mean) / se)) if se > 0 else None
    return Estimate(mean, low=mean - reach, high=mean + reach, se=se, p=value)
