"""What the analyses say of every organization of a study, computed once for all its clients.

This is the only place between a study and a client's extract that calls the analyses. A benchmark takes from here the
measures of all organizations, and the items that each measure is made of; an extract takes the rows of its client, and
what is the same for all clients. Each thing is computed when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cfanalysis.analyses.cleaning_record import exclusions
from cfanalysis.analyses.measures import all_measures, measure_items
from cfanalysis.analyses.open_answers import comment_rows
from cfanalysis.analyses.priorities import item_importance
from cfanalysis.analyses.roles import publishable_effects, role_effects, role_states
from cfanalysis.analyses.trends import trend_measures
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import one_wave, organizations_only
from cfanalysis.scoring.score_table import MEASURE, MeasureKey
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.confidentiality import hidden_items
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import PERSON

NOT_FOR_REPORTS = ("organization", "respondent", "seconds", "origin")
"""Columns of the responses that no client's extract has."""


class RowsByOrganization:
    """A table whose rows are asked for by organization, again and again.

    Totals, which some tables have among their rows, are nobody's.

    Parameters
    ----------
    table
        Any table with a column ``organization``; it is not copied.

    Examples
    --------
    >>> table = pd.DataFrame({"organization": ["A", "B", "A"], "n": [1, 2, 3]})
    >>> RowsByOrganization(table).of("A")["n"].tolist()
    [1, 3]
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        names = table["organization"].astype("category")
        if "kind" in table:
            names = names.where(table["kind"] == "organization")
        self._places = names.groupby(names, sort=False, observed=True).indices

    def of(self, name: str) -> pd.DataFrame:
        """Return an organization's rows; none where it has none."""
        return self._table.iloc[self._places.get(name, [])]


@dataclass(frozen=True, eq=False)
class StudyMeasures:
    """What is computed for all clients of a study.

    Parameters
    ----------
    study
        The study.
    norm_effects
        The effects of roles that scores are adjusted with, of the norm that clients are compared with; None for those
        of the study.
    """

    study: Study
    norm_effects: pd.DataFrame | None = None

    @property
    def instrument(self) -> Instrument:
        """What the study asked."""
        return self.study.survey.instrument

    @property
    def waves(self) -> tuple[str, ...]:
        """The study's waves, first to last."""
        return self.study.survey.source.waves

    @cached_property
    def organizations(self) -> pd.DataFrame:
        """The organizations by wave, without totals."""
        return organizations_only(self.study.survey.organizations)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Each organization's facts of its latest wave, by its name."""
        latest = one_wave(self.organizations, self.waves, "latest")
        return latest.drop_duplicates("organization").set_index("organization")

    @cached_property
    def every_wave(self) -> pd.DataFrame:
        """Every measure of every organization and wave."""
        return all_measures(self.study.survey, self.study.scores, self.role_effects)

    @cached_property
    def latest(self) -> pd.DataFrame:
        """Every measure of every organization's latest wave."""
        return organizations_only(self.every_wave.merge(self.facts.reset_index()[["organization", "wave"]]))

    @cached_property
    def latest_rows(self) -> RowsByOrganization:
        """Every measure of each organization's latest wave."""
        return RowsByOrganization(self.latest)

    @cached_property
    def items(self) -> dict[MeasureKey, frozenset[str]]:
        """The items that each measure of the latest waves is made of."""
        keys = self.latest[MEASURE].drop_duplicates().itertuples(index=False, name=None)
        return {key: measure_items(key, self.instrument) for key in keys}

    @cached_property
    def trend_items(self) -> dict[MeasureKey, frozenset[str]]:
        """The items of each measure that is followed from wave to wave."""
        return {key: measure_items(key, self.instrument) for key in trend_measures(self.instrument)}

    @cached_property
    def trend_scores(self) -> pd.DataFrame:
        """The rows of the score table of the measures that are followed, all waves."""
        keys = pd.DataFrame(list(self.trend_items), columns=MEASURE, dtype="str")
        return organizations_only(self.study.scores).merge(keys, on=MEASURE)

    @cached_property
    def importance(self) -> pd.DataFrame:
        """How Do items go with the criterion."""
        return item_importance(self.study.survey)

    @cached_property
    def role_effects(self) -> pd.DataFrame:
        """How roles go with what is answered; empty where nothing is known of roles."""
        if self.norm_effects is not None:
            return self.norm_effects
        try:
            return publishable_effects(role_effects(self.study.survey), self.instrument)
        except AnalysisError:
            return pd.DataFrame()

    @cached_property
    def role_states(self) -> pd.DataFrame:
        """What each organization adds to shares and effects of roles (`cfanalysis.analyses.roles.role_states`)."""
        return role_states(self.study.survey)

    @cached_property
    def exclusions(self) -> dict[str, list[tuple[str, str, int]]]:
        """What cleaning did to the rows of each organization."""
        return exclusions(self.study.cleaning_log)

    @cached_property
    def rows(self) -> RowsByOrganization:
        """Every measure of each organization, all its waves."""
        return RowsByOrganization(self.every_wave)

    def shown_rows(self, name: str) -> pd.DataFrame:
        """Return the scores of an organization that may be shown.

        These are overall Say, Do and gap, and what rests on enough answers to each of its items.
        """
        scores, minima = self.rows.of(name), self.instrument.minima
        parts = [scores.iloc[:0]]
        for wave in scores["wave"].unique():
            rows = scores[scores["wave"] == wave]
            own = rows[rows["scope"] == "item"]
            hidden = hidden_items(dict(zip(own["name"], own["n"], strict=True)), self._totals, minima)
            enough = rows["n"] >= minima.respondents
            if hidden:
                keys = rows[MEASURE].itertuples(index=False, name=None)
                enough &= np.array([not self._items_of(key) & hidden for key in keys])
            parts.append(rows[enough | (rows["scope"] == "overall")])
        return pd.concat(parts)

    def _items_of(self, key: MeasureKey) -> frozenset[str]:
        return self.items.get(key) or measure_items(key, self.instrument)

    @cached_property
    def _totals(self) -> list[list[str]]:
        """The items of overall Say, and of overall Do."""
        gap = self.instrument.gap_items
        return [[item.id for item in gap if item.facet == facet] for facet in ("say", "do")]

    @cached_property
    def shares(self) -> RowsByOrganization:
        """The answer shares of each organization, all its waves."""
        return RowsByOrganization(self.study.survey.shares)

    def responses_of(self, name: str, waves: Sequence[str]) -> pd.DataFrame | None:
        """Return the responses of an organization in some waves, people numbered instead of ids.

        Parameters
        ----------
        name
            The organization.
        waves
            The waves with enough respondents.
        """
        if self._responses is None:
            return None
        people = self._responses.of(name)
        people = people.assign(**{PERSON: pd.factorize(people["respondent"])[0]})
        people = people[people["wave"].isin(waves)].reset_index(drop=True)
        left = {*NOT_FOR_REPORTS, *(item.id for item in self.instrument.select(role="open"))}
        return people.drop(columns=[column for column in people if column in left])

    def comments_of(self, name: str, wave: str, quotes: pd.DataFrame) -> pd.DataFrame:
        """Return what is shown of an organization's open answers (`comment_rows`); no rows where there are none.

        Parameters
        ----------
        name, wave
            The organization and the wave.
        quotes
            What was let pass of its answers.
        """
        if self._responses is None:
            return pd.DataFrame()
        people = self._responses.of(name)
        return comment_rows(people[people["wave"] == wave], self.instrument, quotes)

    @cached_property
    def _responses(self) -> RowsByOrganization | None:
        responses = self.study.survey.raw_responses
        return None if responses is None else RowsByOrganization(responses)


_LATEST: dict[tuple[str, str, str], StudyMeasures] = {}


def study_measures(study: Study, norm_effects: pd.DataFrame | None = None) -> StudyMeasures:
    """Return what is computed for all clients of a study; of the study asked for last it is kept.

    Parameters
    ----------
    study, norm_effects
        As for `StudyMeasures`.
    """
    effects = "" if norm_effects is None else norm_effects.to_csv(index=False)
    key = (str(study.folder), study.survey.source.fingerprint, effects)
    if key not in _LATEST:
        _LATEST.clear()
        _LATEST[key] = StudyMeasures(study, norm_effects)
    return _LATEST[key]
