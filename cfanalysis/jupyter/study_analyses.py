"""The way in for those who use Python: ``import cfanalysis as cf``.

A study is opened by its name; each analysis takes it and returns a frozen result with a card, a table, a chart and the
blocks of a page (`cfanalysis.jupyter.study_result`). The analyses are those of `cfanalysis.analyses`, with their
options.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from copy import deepcopy
from functools import partial, update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, Unpack

from cfanalysis import charts
from cfanalysis.analyses.answer_distribution import answer_distribution as _answer_distribution
from cfanalysis.analyses.aspect_gaps import aspect_gaps as _aspect_gaps
from cfanalysis.analyses.claim_parts import claim_parts as _claim_parts
from cfanalysis.analyses.cleaning_record import CleaningRecord
from cfanalysis.analyses.cleaning_record import cleaning_record as _cleaning_record
from cfanalysis.analyses.contrast_specifications import contrast_specifications as _contrast_specifications
from cfanalysis.analyses.expectation import expectation as _expectation
from cfanalysis.analyses.forest_rows import reliability_forest, robustness_forest
from cfanalysis.analyses.gap_distribution import gap_distribution as _gap_distribution
from cfanalysis.analyses.gap_slope import gap_slope as _gap_slope
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.item_quality import item_quality as _item_quality
from cfanalysis.analyses.measurement_quality import measurement_quality as _measurement_quality
from cfanalysis.analyses.not_possible import NotPossible, reason
from cfanalysis.analyses.outcome_relations import OutcomeRelations, outcome_table
from cfanalysis.analyses.outcome_relations import outcome_relations as _outcome_relations
from cfanalysis.analyses.pair_gaps import pair_gaps as _pair_gaps
from cfanalysis.analyses.participation import Participation
from cfanalysis.analyses.participation import participation as _participation
from cfanalysis.analyses.performance_levels import organization_levels as _organization_levels
from cfanalysis.analyses.practices import practice_contrast as _practice_contrast
from cfanalysis.analyses.quartile_gaps import quartile_gaps as _quartile_gaps
from cfanalysis.analyses.robustness import change_within as _change_within
from cfanalysis.analyses.robustness import robustness as _robustness
from cfanalysis.analyses.roles import role_effects as _role_effects
from cfanalysis.analyses.say_do_profile import say_do_profile as _say_do_profile
from cfanalysis.analyses.score_bands import score_bands as _score_bands
from cfanalysis.analyses.sector_index import sector_index as _sector_index
from cfanalysis.analyses.self_rating import SelfRating
from cfanalysis.analyses.study_power import study_power as _study_power
from cfanalysis.analyses.trends import trends as _trends
from cfanalysis.analyses.warning_signs import warning_signs as _warning_signs
from cfanalysis.charts.captioned_chart import Own
from cfanalysis.charts.captions.forest_captions import (
    reliability_caption,
    robustness_caption,
    specifications_caption,
)
from cfanalysis.charts.gallery import CHARTS, ChartKind, norm_figures, published_chart
from cfanalysis.charts.gallery import brand_file_theme as _brand_file_theme
from cfanalysis.core.blocks import Figure, Notice
from cfanalysis.core.blocks import describe as describe
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.language import translated
from cfanalysis.jupyter.arguments import checked
from cfanalysis.jupyter.study_result import StudyResult
from cfanalysis.reports.claim_test import current_verdict
from cfanalysis.reports.common.page_blocks import figure_numbers as figure_numbers
from cfanalysis.reports.common.page_blocks import study_masthead as _study_masthead
from cfanalysis.reports.common.result_tables import index_table as _index_table
from cfanalysis.reports.data_quality.quality_sentences import NO_ROWS
from cfanalysis.reports.outcomes import all_outcome_relations as _all_outcome_relations
from cfanalysis.reports.outcomes import rating_or_none
from cfanalysis.reports.reliability import USUAL
from cfanalysis.scoring.means import WhichWave
from cfanalysis.study.preparation import prepare as _prepare
from cfanalysis.study.prepared_study import Study
from cfanalysis.study.sample.outcome_model import with_outcomes
from cfanalysis.study.workspace import find_file, find_study, prepared_folder
from cfanalysis.survey.survey_data import Survey
from cfanalysis.theme.style import Theme

P = ParamSpec("P")
R = TypeVar("R")

open_study = checked(find_study)
study_masthead = checked(_study_masthead)
index_table = checked(_index_table)
brand_file_theme = checked(_brand_file_theme)
_FILES = ("outcomes", "organizations", "preregistration")


@checked
def prepare(file: str | Path, instrument: str | Path, study: str | Path, **options: Any) -> Study:
    """Make a study from a survey file, as ``cfanalysis prepare`` does.

    Parameters
    ----------
    file
        The survey's export, as it stands or seen from the workspace's folder.
    instrument
        What the survey asks: a file, or the name of an instrument that ships.
    study
        The study's name, below ``data/prepared/`` of the workspace, or a folder.
    **options
        As for `cfanalysis.study.preparation.prepare`: ``replace``, ``outcomes``, ``organizations``, ...

    Raises
    ------
    CfAnalysisError
        A file, the instrument or the output place are not right. Nothing is left half-written.
    """
    given: dict[str, Any] = {
        key: Path(value) if key in _FILES and value else value for key, value in options.items()
    }
    folder = prepared_folder() / study if len(Path(study).parts) == 1 else Path(study)
    return _prepare(find_file(str(file)), find_file(str(instrument)), folder, **given)


@checked
def attempt(
    analysis: Callable[Concatenate[Study, P], StudyResult[R]],
    study: Study,
    *args: P.args,
    **options: P.kwargs,
) -> StudyResult[R] | StudyResult[NotPossible]:
    """Return an analysis of a study for a report: what the data do not allow is reported, and no error.

    Parameters
    ----------
    analysis
        One of this module, e.g. `quartile_gaps`.
    study
        The study.
    *args, **options
        What else the analysis takes.

    Returns
    -------
    StudyResult
        The first of its blocks that cannot be made is a notice with the reason, the others are None.
    """
    told: dict[str, object] = {}
    try:
        found = analysis(study, *args, **options)
    except AnalysisError as error:
        return StudyResult(NotPossible(reason(error)), study, analysis.__name__, told=told)
    return StudyResult(found.result, study, found.title, found.charts, found.kind, told)


@checked
def chart(
    name: str, study: Study, *, look: Theme | None = None, wave: WhichWave = "latest", **own: Unpack[Own]
) -> Figure | Notice:
    """Return a chart as it is published (`cfanalysis.charts.gallery.published_chart`).

    Parameters
    ----------
    name
        The chart's name.
    study
        The study.
    look
        The theme; None is the house's own, in the colours of the brand.
    wave
        Whether each organization's first or latest wave counts.
    **own
        What an author makes an own of it: ``title``, ``highlight``, ... (`Own`).
    """
    figures = None if wave == "first" else norm_figures(study)
    return published_chart(name, study.survey, look=look, wave=wave, figures=figures, **own)


def _of_study(
    *kinds: ChartKind,
) -> Callable[[Callable[Concatenate[Study, P], R]], Callable[Concatenate[Study, P], StudyResult[R]]]:
    """Return a decorator of an analysis, whose result becomes one of `StudyResult`."""
    return lambda analysis: _with_result(analysis, *kinds)


def _with_result(
    analysis: Callable[Concatenate[Study, P], R], *kinds: ChartKind
) -> Callable[Concatenate[Study, P], StudyResult[R]]:
    title = (inspect.getdoc(analysis) or "").split("\n")[0].removeprefix("Return ").rstrip(".").capitalize()
    kind = str(inspect.signature(analysis).return_annotation).removesuffix(" | None")
    kind = re.sub(r"^tuple\[(\w+), \.\.\.\]$", r"Sequence[\1]", kind).replace("dict[", "Mapping[")
    charts_of_it = {name: kind for name, kind in CHARTS.items() if kind.analysis is inspect.unwrap(analysis)}
    charts_of_it |= {kind.chart.__name__: kind for kind in kinds}

    def analyse(study: Study, /, *args: P.args, **options: P.kwargs) -> StudyResult[R]:
        return StudyResult(analysis(study, *args, **options), study, title, charts_of_it, kind)

    return checked(update_wrapper(analyse, analysis))


def _analysis(
    analysis: Callable[Concatenate[Survey, P], R], *kinds: ChartKind
) -> Callable[Concatenate[Study, P], StudyResult[R]]:
    """Return an analysis of a survey as one of a study."""

    def of_survey(study: Study, /, *args: P.args, **options: P.kwargs) -> R:
        return analysis(study.survey, *args, **options)

    signature = inspect.signature(analysis)
    first, *others = signature.parameters.values()
    study = first.replace(name="study", kind=first.POSITIONAL_ONLY, annotation="Study")
    about = (analysis.__doc__ or "").replace(
        "    survey\n        The evidence.", "    study\n        The study."
    )
    update_wrapper(of_survey, analysis).__dict__["__signature__"] = signature.replace(
        parameters=[study, *others]
    )
    of_survey.__doc__ = about
    return _with_result(of_survey, *kinds)


def _flow(record: CleaningRecord) -> CleaningRecord | Notice:
    return Notice(translated(NO_ROWS)) if record.published else record


@_of_study(ChartKind(charts.cleaning_flow, _cleaning_record, view=_flow))
def cleaning_record(study: Study) -> CleaningRecord:
    """Return what cleaning did to the data."""
    return _cleaning_record(study.cleaning_log, study.survey)


@_of_study()
def all_outcome_relations(study: Study, *, repetitions: int = 1000) -> tuple[OutcomeRelations, ...]:
    """Return the relations of every outcome to the scores; those of a synthetic study are made up.

    Parameters
    ----------
    study
        The study.
    repetitions
        Of the bootstrap.
    """
    return _all_outcome_relations(with_outcomes(study.survey), repetitions=repetitions)


@_of_study()
def outcome_relations(
    study: Study, outcome: str, *, by: str | None = None, repetitions: int = 1000, seed: int = 2026
) -> OutcomeRelations:
    """Return the relations of one outcome to the scores.

    Parameters
    ----------
    study
        The study.
    outcome
        The outcome's name.
    by
        The organization field for the relations within its groups; None takes the instrument's first.
    repetitions, seed
        Of the bootstrap.
    """
    survey = with_outcomes(study.survey)
    return _outcome_relations(survey, outcome, by=by, repetitions=repetitions, seed=seed)


@_of_study()
def self_rating(study: Study, outcome: str = "", *, same_scale: bool = False) -> SelfRating | None:
    """Return how organizations' own ratings agree with those of their customers, where there are such.

    Parameters
    ----------
    study
        The study.
    outcome
        The customers' rating; "" takes the first outcome with "rating" in its name.
    same_scale
        Whether customers answered the same questions on the same scale.
    """
    survey = with_outcomes(study.survey)
    if outcome:
        outcome_table(survey, outcome)  # an error where there is none of that name
    return rating_or_none(survey, outcome, same_scale=same_scale)


@_of_study()
def verdict(study: Study, *, wave: WhichWave = "latest") -> dict[str, Any]:
    """Return the verdict on the claim.

    Parameters
    ----------
    study
        The study.
    wave
        Whether each organization's first or latest wave counts.
    """
    return deepcopy(current_verdict(study, wave))


def _lacking(items: ItemQuality) -> ItemQuality | Notice:
    if items.published:
        return Notice(translated("Published tables count valid answers: how many gave none is not known."))
    return Notice(translated("No item lacks an answer.")) if items.least_answered.empty else items


def _sizes(people: Participation) -> Participation | Notice:
    if people.unit != "respondent":
        return people
    return Notice(
        translated(
            "Each respondent is a unit of its own: nobody answered for an organization, so there is no number of "
            "respondents of an organization to show."
        ),
        title=translated("No organizations."),
    )


def _ends(items: ItemQuality) -> ItemQuality | Notice:
    closed = items.groups["ceiling"].isna().all()
    return Notice(translated("No item has more than two answers.")) if closed else items


answer_distribution = _analysis(_answer_distribution)
aspect_gaps = _analysis(_aspect_gaps)
change_within = _analysis(_change_within)
claim_parts = _analysis(_claim_parts)
contrast_specifications = _analysis(_contrast_specifications)
expectation = _analysis(_expectation)
gap_distribution = _analysis(_gap_distribution)
gap_slope = _analysis(_gap_slope)
item_quality = _analysis(
    _item_quality,
    ChartKind(charts.missing_answers, _item_quality, view=_lacking),
    ChartKind(charts.scale_ends, _item_quality, view=_ends),
)
_usual_forest = partial(reliability_forest, usual=USUAL)
_usual_caption = partial(reliability_caption, usual=USUAL)
measurement_quality = _analysis(
    _measurement_quality,
    ChartKind(charts.forest, _measurement_quality, view=_usual_forest, caption=_usual_caption),
)
organization_levels = _analysis(_organization_levels)
pair_gaps = _analysis(_pair_gaps)
participation = _analysis(
    _participation, ChartKind(charts.respondents_per_organization, _participation, view=_sizes)
)
practice_contrast = _analysis(_practice_contrast)
quartile_gaps = _analysis(_quartile_gaps)
robustness = _analysis(
    _robustness,
    ChartKind(charts.forest, _robustness, view=robustness_forest, caption=robustness_caption),
    ChartKind(charts.specification_curve, _robustness, caption=specifications_caption),
)
role_effects = _analysis(_role_effects)
say_do_profile = _analysis(_say_do_profile)
score_bands = _analysis(_score_bands)
sector_index = _analysis(_sector_index)
study_power = _analysis(_study_power)
trends = _analysis(_trends)
warning_signs = _analysis(_warning_signs)
