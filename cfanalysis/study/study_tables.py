"""The tables of a study for one's own analyses: items, respondents, organizations.

There are no codes in them: what was not answered, and "don't know", is missing, and reverse-keyed items are turned, so
that more is better in every column. A column that two tables share has the same values in both, and nothing else has
its name: any two of them join on all that they share, ``study.items().merge(study.organizations())``. With ``on=``,
what is not named there would be doubled.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cfanalysis.analyses.respondent_scores import (
    facet_scores,
    index_answers,
    item_answers,
    item_points,
    mean_answered,
)
from cfanalysis.core.errors import AnalysisError
from cfanalysis.scoring.means import organizations_only
from cfanalysis.survey.instrument import DataField, Instrument, Item
from cfanalysis.survey.survey_data import Survey

UNIT_COLUMNS = ["organization", "wave"]
ORGANIZATION_PREFIX = "organization_"
"""Begins each column that holds a score of an organization."""


def item_table(survey: Survey, *, labels: bool = False) -> pd.DataFrame:
    """Return what each respondent answered.

    Parameters
    ----------
    survey
        The evidence.
    labels
        True for value labels in place of numbers: ordered categories, the least favourable answer first.

    Returns
    -------
    DataFrame
        One row per respondent and wave: ``organization, wave, respondent``, the fields of organizations (as
        `organization_scores` has them) and of respondents, then one column per rated item in points of its scale,
        reverse-keyed items turned. Of these a label is what the respondent chose; its place in the order is turned.

    Raises
    ------
    AnalysisError
        Only frequency tables were published.
    """
    responses, instrument = _responses(survey), survey.instrument
    items = [item for item in instrument.rated_items if item.id in responses]
    points = item_points(responses, instrument, items)
    if labels:
        points = pd.DataFrame({i.id: _labelled(points[i.id], instrument, i) for i in items}, responses.index)
    people, organizations = _facts(responses, instrument), _organization_facts(survey).drop(columns="n")
    facts = people[UNIT_COLUMNS].merge(organizations, on=UNIT_COLUMNS, how="left").set_axis(people.index)
    facts.insert(2, "respondent", people["respondent"])
    return pd.concat([facts, people.drop(columns=["respondent", *UNIT_COLUMNS]), points], axis=1)


def respondent_table(survey: Survey) -> pd.DataFrame:
    """Return the scores of each respondent, 0-100; missing where less than half of the items was answered.

    Parameters
    ----------
    survey
        The evidence.

    Returns
    -------
    DataFrame
        One row per respondent and wave: ``organization, wave, respondent``, the respondents' fields, ``say, do, gap``,
        the same for each dimension (``say_people`` ...), and each index by its id (a net promoter score: -100 to 100).
        A name that a fact or an item has already gets its kind in front.

    Raises
    ------
    AnalysisError
        Only frequency tables were published.
    """
    responses, instrument = _responses(survey), survey.instrument
    scores = facet_scores(responses, instrument) if instrument.gap_dimensions else pd.DataFrame()
    columns: dict[str, pd.Series] = {str(name): scores[name] for name in scores}
    for dimension in instrument.gap_dimensions:
        for facet in ("say", "do"):
            items = instrument.select(role="gap", facet=facet, dimension=dimension.id)
            columns[f"{facet}_{dimension.id}"] = mean_answered(item_answers(responses, instrument, items))
        say, do = (columns[f"{facet}_{dimension.id}"] for facet in ("say", "do"))
        columns[f"gap_{dimension.id}"] = say - do
    for index in instrument.indices:
        name = f"index_{index.id}" if index.id in columns else index.id
        columns[name] = index_answers(responses, instrument, index)
    scores = pd.DataFrame(columns, index=responses.index).set_axis(_free(columns, _taken(instrument)), axis=1)
    return pd.concat([_facts(responses, instrument), scores], axis=1)


def organization_scores(survey: Survey, scores: pd.DataFrame, *, items: bool = False) -> pd.DataFrame:
    """Return one row per organization and wave.

    Parameters
    ----------
    survey
        The evidence.
    scores
        Its scores (`cfanalysis.scoring.score_table.score_table`).
    items
        Whether the items' scores stand in it, too.

    Returns
    -------
    DataFrame
        ``organization, wave, n`` (respondents; ``n_respondents`` where an item is called ``n``), the organizations'
        fields, then the scores, 0-100:
        ``organization_say, organization_do, organization_gap``, the same for each dimension
        (``organization_say_people`` ...), each index, and external outcomes where there are any, by their names.
    """
    facts, taken = _organization_facts(survey), _taken(survey.instrument)
    if any(item.id == "n" for item in survey.instrument.items):
        facts = facts.rename(columns={"n": _free(["n_respondents"], taken)[0]})
    scopes = ["overall", "dimension", "index", *(["item"] if items else [])]
    own = organizations_only(scores)
    own = own[own["scope"].isin(scopes)]
    facet, name = own["facet"], own["name"]
    measure = name.mask(own["scope"] == "overall", facet)
    measure = measure.mask(own["scope"] == "dimension", facet + "_" + name)
    tables = [own.assign(column=measure).rename(columns={"score": "value"})]
    if survey.outcomes is not None:
        tables.append(survey.outcomes.assign(column=survey.outcomes["outcome"].astype(str), scope="outcome"))
    long = pd.concat(tables, ignore_index=True)
    names = long[["scope", "column"]].drop_duplicates()
    again = names["column"].duplicated()  # e.g. an index called "say"
    called = ORGANIZATION_PREFIX + names["column"].mask(again, names["scope"] + "_" + names["column"])
    names["called"] = _free(called, taken)
    long = long.merge(names, on=["scope", "column"], how="left")
    wide = long.pivot(index=UNIT_COLUMNS, columns="called", values="value")
    wide = wide[names["called"]].rename_axis(columns=None).reset_index()
    return facts.merge(wide, on=UNIT_COLUMNS, how="left")


def _responses(survey: Survey) -> pd.DataFrame:
    if survey.raw_responses is None:
        raise AnalysisError(
            "There are no respondents in this study: only frequency tables were published.",
            next_step="study.organizations() has the scores of organizations.",
        )
    return survey.raw_responses


def _taken(instrument: Instrument) -> set[str]:
    """Return the names of all columns that are no scores, in whatever table they stand."""
    fields = (*instrument.organization_fields, *instrument.respondent_fields)
    items = {item.id for item in instrument.rated_items}
    return {*UNIT_COLUMNS, "respondent", "n", *(field.id for field in fields), *items}


def _free(names: Iterable[str], taken: set[str]) -> list[str]:
    """Return names of scores, told apart from all others and from each other: one that is taken says what it is."""
    free: list[str] = []
    for name in names:
        while name in taken or name in free:
            name = f"score_{name}"
        free.append(name)
    return free


def _facts(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return who answered, with the fields of respondents."""
    return _fields(responses, [*UNIT_COLUMNS, "respondent"], instrument.respondent_fields)


def _organization_facts(survey: Survey) -> pd.DataFrame:
    """Return n of each organization and wave, with the fields of organizations."""
    facts = organizations_only(survey.organizations)
    return _fields(facts, [*UNIT_COLUMNS, "n"], survey.instrument.organization_fields)


def _fields(table: pd.DataFrame, keys: list[str], fields: Iterable[DataField]) -> pd.DataFrame:
    return table[[*keys, *(f.id for f in fields if f.id in table)]].replace({"": None})


def _labelled(points: pd.Series, instrument: Instrument, item: Item) -> pd.Series:
    """Return an item's answers as labels, ordered as its points are."""
    scale = instrument.scale_of(item.id)
    labels = [scale.label(c) for c in scale.categories]
    if len(set(labels)) < len(labels):
        labels = [f"{c} {label}" for c, label in zip(scale.categories, labels, strict=True)]
    codes = (points - scale.min).fillna(-1).to_numpy(dtype=int)
    order = pd.CategoricalDtype(labels[::-1] if item.reverse else labels, ordered=True)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=order), points.index)
