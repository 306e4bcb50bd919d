"""Captions of the charts of a client's report, which speaks to the client."""

from __future__ import annotations

from dataclasses import replace

from cfanalysis.analyses.answer_distribution import AnswerDistribution
from cfanalysis.analyses.expectation import ClientExpectation
from cfanalysis.analyses.forest_rows import ForestRows
from cfanalysis.analyses.pair_gaps import PairGaps
from cfanalysis.analyses.performance_levels import ClientLevel
from cfanalysis.analyses.practices import ClientPractices
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.score_bands import ScoreBands
from cfanalysis.analyses.trends import ClientTrend
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.analyses.warning_signs import ClientSigns
from cfanalysis.charts.captions.answer_captions import upper_shares
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.charts.captions.score_captions import say_do_dumbbell_caption
from cfanalysis.core.formatting import ordinal
from cfanalysis.core.language import series, translated
from cfanalysis.core.templates import clauses, plural, sentence
from cfanalysis.survey.confidentiality import respondent_count_text

_BESIDE_BENCHMARK = "{title} {share:%} (benchmark {benchmark:%})"


def client_bands_caption(bands: ScoreBands, *, benchmark: str) -> Caption:
    """Return the caption of the client among the organizations.

    Parameters
    ----------
    bands
        What is drawn.
    benchmark
        What the client is compared with.
    """
    frame = bands.frame.assign(
        measure=[
            ", ".join(map(translated, filter(None, pair)))
            for pair in bands.frame[["section", "title"]].to_numpy()
        ],
        place=bands.frame["percentile"].map(ordinal),
    )
    return caption_of(
        bands,
        translated("Where you stand among the organizations"),
        "{unit}",
        "Scores of {client} among {organizations}",
        clauses("{measure} {client} ({place} percentile, median {median})", frame),
        size="{benchmark}, figures of {organizations}, latest wave of each",
        benchmark=benchmark,
        organizations=unit_words(bands.source).quantity(*frame["n"]),
    )


def client_profile_caption(profile: SayDoProfile) -> Caption:
    """Return the caption of the client's Say and Do by dimension beside the organizations'."""
    caption = say_do_dumbbell_caption(profile, named=False)
    return replace(caption, size=translated("n: your respondents; of the others, organizations"))


def client_answers_caption(answers: AnswerDistribution, *, facet: str, n: int, reverse: bool) -> Caption:
    """Return the caption of the answers to the items of a facet.

    Parameters
    ----------
    answers
        What is drawn.
    facet
        What the report calls the facet.
    n
        Respondents.
    reverse
        Whether any of the items is reverse-keyed.
    """
    return caption_of(
        answers,
        sentence("How your people answered: {facet}", facet=facet),
        "Share of answers, {people}",
        "Share of answers above the middle of the scale",
        clauses("{title} {share:%}", upper_shares(answers)),
        size="reversed statements are turned round" if reverse else "",
        people=respondent_count_text(n),
    )


def client_practices_caption(profile: ClientPractices) -> Caption:
    """Return the caption of the client's practices beside benchmark and top quartile."""
    known = profile.frame.dropna(subset=["benchmark"])
    ahead = int((known["score"] > known["benchmark"]).sum())
    with_top = known["top"].notna().any()
    compared = (
        "means of the organizations and of the top quartile" if with_top else "mean of the organizations"
    )
    row = "{title} {score} (benchmark {benchmark})"
    if with_top:
        row = "{title} {score} (benchmark {benchmark}, top quartile {top})"
    return caption_of(
        profile,
        sentence("Above the benchmark: {ahead} of {n} practices", ahead=ahead, n=len(known)),
        "Mean of each practice’s Do items, 0–100",
        "Scores from 0 to 100",
        clauses(row, known),
        size=compared,
    )


def client_importance_caption(rows: ForestRows) -> Caption:
    """Return the caption of how closely each practice goes with the criterion."""
    first = rows.frame.sort_values("estimate", ascending=False, kind="stable").iloc[0].to_dict()
    criterion = within_sentence(rows.criterion, rows.source)
    title = "No practice goes with {criterion}"
    if first["estimate"] > 0:
        title = "What goes most closely with {criterion}: {label}"
    return caption_of(
        rows,
        sentence(title, first, criterion=criterion),
        "Correlation of each practice with {criterion}, with 95% interval; filled: your opportunities",
        "Correlations with intervals",
        clauses("{label} {estimate:2} ({low:2} to {high:2})", rows.frame),
    )


def client_level_caption(level: ClientLevel) -> Caption:
    """Return the caption of the client's external performance level."""
    return caption_of(
        level,
        sentence("Your people describe a {level:t} external performance level", level=level.level),
        "Share of the benchmark’s organizations at each level",
        "Score (0 to 100) and share of the benchmark at each level",
        clauses("{level:t}: your score {score:0}, {organizations:%} of organizations", level.frame),
        size="",
    )


def client_signs_caption(signs: ClientSigns) -> Caption:
    """Return the caption of the warning signs that the client's people see."""
    titles = (
        "{n} warning sign is seen by more than half of your respondents",
        "{n} warning signs are seen by more than half of your respondents",
    )
    none = "No warning sign is seen by more than half of your respondents"
    return caption_of(
        signs,
        plural(present, *titles) if (present := int(signs.frame["present"].sum())) else translated(none),
        "Share of respondents who see the sign",
        "Share of respondents who see the sign",
        clauses(_BESIDE_BENCHMARK, signs.frame),
        size=respondent_count_text(signs.n),
    )


def client_expectation_caption(outcomes: ClientExpectation) -> Caption:
    """Return the caption of customers' expectations, as the client's people see them."""
    worst, best = (10 * outcomes.frame["share"].iloc[i] for i in (0, -1))
    title = "Of ten contacts, {best} ended above expectations and {worst} below"
    return caption_of(
        outcomes,
        sentence(title, best=best, worst=worst),
        "Of ten recent customer contacts, as {people} remember them",
        "Shares, as your people see them",
        clauses(_BESIDE_BENCHMARK, outcomes.frame),
        size="",
        people=respondent_count_text(outcomes.n),
    )


def client_trend_caption(trend: ClientTrend) -> Caption:
    """Return the caption of the client's scores from wave to wave."""
    rise, fall = "{measure:t} rose by {size}", "{measure:t} fell by {size}"
    both = trend.waves["facet"].isin(["say", "do"])
    drawn = trend.waves[both] if both.any() else trend.waves
    changes = trend.changes
    if both.any() and len(changes):  # the gap is the distance of the lines
        changes = changes[changes["scope"] == "overall"]
    moved = [
        sentence(rise if r["change"] > 0 else fall, r, size=abs(r["change"]))
        for r in changes.to_dict(orient="records")
        if r["low"] > 0 or r["high"] < 0
    ]
    rows = [
        sentence("{measure:t} {waves}", measure=measure, waves=", ".join(clauses("{wave}: {score}", part)))
        for measure, part in trend.waves.groupby("measure", sort=False)
    ]
    shown = drawn["low"].notna().any()
    known = drawn["benchmark"].notna()  # a line needs two waves in a row
    line = known & known.groupby(drawn["measure"]).shift(fill_value=False)
    certain = len(changes) > 0 and changes["low"].notna().all()
    none = translated(
        "Every change from wave to wave could be chance" if certain else "Scores from wave to wave"
    )
    both_words = "Scores, 0–100 with 95% interval over respondents; dashed: mean of the wave’s organizations"
    intervals = "Scores, 0–100 with 95% interval over respondents"
    dashed, plain = "Scores, 0–100; dashed: mean of the wave’s organizations", "Scores, 0–100"
    measure = (both_words if line.any() else intervals) if shown else dashed if line.any() else plain
    return caption_of(trend, series(moved[:2]) or none, measure, "Scores by wave", rows, size="")


def client_groups_caption(scores: PairGaps) -> Caption:
    """Return the caption of the scores of groups of people by dimension."""
    return caption_of(
        scores,
        translated("What is done, as each group of people sees it"),
        "Do by dimension, 0 to 100; the darker the higher",
        "Scores of groups of people by dimension",
        clauses("{title}, {group:t} {gap}", scores.frame[scores.frame["gap"].notna()]),
        size="" if scores.frame["gap"].notna().all() else "–: not shown, as not all of the group answered",
    )
