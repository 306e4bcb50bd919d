"""Who answered, where the client stands, and its items."""

from __future__ import annotations

import pandas as pd

from cfanalysis.analyses.client_answers import Extremes, client_distribution
from cfanalysis.analyses.client_participation import ClientParticipation
from cfanalysis.analyses.client_report import ClientScores, Standing, client_items, client_profile
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.score_bands import client_bands
from cfanalysis.charts import likert_bars, quartile_bands, say_do_dumbbell
from cfanalysis.charts.captions.client_captions import client_answers_caption, client_bands_caption
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Column, Figure, Prose, Table, table_columns
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import percent
from cfanalysis.core.templates import table_rows
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.common import result_tables
from cfanalysis.survey.instrument import Facet
from cfanalysis.survey.survey_data import ClientExtract

_FACET_TITLES = {"say": "What you intend (Say)", "do": "What you do (Do)"}


def participation_text(who: ClientParticipation) -> Prose:
    """Return who answered, in words."""
    return Prose(client_sentences.participation_sentence(who))


def participation_table(who: ClientParticipation) -> Table:
    """Return respondents by wave and, where enough answered, by position, function and customer contact."""
    rows = [
        (
            f"Wave {r['wave']}",
            f"{int(r['n']):,}",
            "–" if pd.isna(r["invited"]) else f"{int(r['invited']):,}",
            percent(None if pd.isna(r["rate"]) else r["rate"]),
        )
        for r in who.waves.to_dict(orient="records")
    ]
    shown = who.groups[who.groups["shown"].astype(bool)]
    rows += [(f"{r['title']}: {r['option']}", f"{r['n']:,}", "", "") for r in shown.to_dict(orient="records")]
    rate = bool(who.waves["invited"].notna().any())
    labels = ["", "Respondents", "Invited", "Response rate"][: 4 if rate else 2]
    kept = [row[: len(labels)] for row in rows]
    note = f"Groups of fewer than {who.minimum} respondents are not shown. {who.source.caption}"
    return Table("Respondents", table_columns(labels), kept, note)


def bands_figure(extract: ClientExtract) -> Figure | Prose:
    """Return the spread of the benchmark on each measure with the client's mark."""
    try:
        bands = client_bands(extract)
    except AnalysisError:
        return Prose(
            client_sentences.missing_section_text(
                "The spread of organizations is", "the benchmark has too few of them to show deciles."
            )
        )
    caption = client_bands_caption(bands, benchmark=extract.benchmark_facts.title)
    return figure(quartile_bands, bands, caption=caption)


def profile_or_none(extract: ClientExtract) -> SayDoProfile | None:
    """Return the client's Say and Do by dimension; None where it has no complete dimension."""
    try:
        return client_profile(extract)
    except AnalysisError:
        return None


def likert_figure(extract: ClientExtract, facet: Facet) -> Figure | Prose:
    """Return how the answers to the items of a facet spread.

    Parameters
    ----------
    extract
        The client's extract.
    facet
        ``"say"`` or ``"do"``.

    Returns
    -------
    Figure or Prose
        A line with the reason where the distribution may not be shown.
    """
    spread = client_distribution(extract, facet)
    if spread is None:
        return Prose(
            client_sentences.missing_section_text("The spread of answers is", _why_no_spread(extract, facet))
        )
    caption = client_answers_caption(spread, facet=_FACET_TITLES[facet], n=extract.n)
    return figure(likert_bars, spread, caption=caption, order="given")


def _why_no_spread(extract: ClientExtract, facet: Facet) -> str:
    if not extract.instrument.select(facet=facet):
        return f"the survey asks no items of {_FACET_TITLES[facet]}."
    return "too few answered." if extract.raw_responses is None else client_sentences.why_no_people(extract)


def client_item_table(extract: ClientExtract, facet: Facet) -> Table | Prose:
    """Return every item of a facet: n, mean, distribution, score, benchmark, difference, percentile.

    Parameters
    ----------
    extract
        The client's extract.
    facet
        ``"say"`` or ``"do"``.
    """
    scores = client_items(extract)
    chosen = scores.frame[scores.frame["facet"] == facet]
    if chosen.empty:
        return Prose(client_sentences.missing_section_text(_FACET_TITLES[facet], "no item was answered."))
    spread = client_distribution(extract, facet)
    labels = ["Item", "n", "Mean", "Benchmark", "Difference", "Percentile"]
    cells = "{title} | {n:d} | {score:0} | {benchmark_mean:0} | {difference:+0} | {percentile:0}"
    if spread is not None:
        labels.insert(2, "Answers in %")
        cells = (
            "{title} | {n:d} | {answers} | {score:0} | {benchmark_mean:0} | {difference:+0} | {percentile:0}"
        )
        chosen = chosen.assign(answers=[_percentages(spread.frame, str(name)) for name in chosen["name"]])
    rows = table_rows(cells, chosen)
    return Table(f"{_FACET_TITLES[facet]}, item by item", table_columns(labels), rows, _items_note(scores))


def extremes_table(found: Extremes | None) -> Table | Prose:
    """Return the highest and lowest items and the widest gaps."""
    if found is None or not (len(found.highest) or len(found.widest)):
        return Prose(
            client_sentences.missing_section_text(
                "Highest and lowest items are", "too few items were answered."
            )
        )
    rows: list[tuple[str, ...]] = []
    heads: list[int] = []
    parts = (("Highest scores", found.highest), ("Lowest scores", found.lowest))
    for title, part in ((title, part) for title, part in parts if len(part)):
        heads.append(len(rows))
        rows.append((title, "", ""))
        rows += table_rows("{title} | {score:0} | {difference:+0}", part)
    if len(found.widest):
        heads.append(len(rows))
        rows.append(("Widest gaps between intention and practice", "", ""))
        rows += table_rows("{title} | {score:+0} | {difference:+0}", found.widest)
    columns = [Column("Item or pair", "left"), Column("You"), Column("Beside benchmark")]
    note = f"Scores and gaps, 0 to 100; beside benchmark: yours minus the organizations' mean. {found.source.caption}"
    return Table("Highest, lowest, widest (0 to 100)", columns, rows, note, tuple(heads))


def _percentages(answers: pd.DataFrame, item: str) -> str:
    rows = answers[answers["item"] == item].sort_values("category")
    return "–" if rows.empty else " · ".join(f"{100 * share:.0f}" for share in rows["share"])


def _items_note(scores: ClientScores) -> str:
    known = scores.frame["n_organizations"].dropna()
    benchmark = f" Benchmark: mean of {int(known.max())} organizations." if len(known) else ""
    return (
        "n: answers; in %: from the lowest answer to the highest; mean, benchmark and difference: 0 to 100. Statements "
        f"marked (reversed) are turned round: more is better throughout.{benchmark} {scores.source.caption}"
    )


def client_standing_table(standing: Standing) -> Table | Prose:
    """Return the main measures beside the benchmark."""
    if standing.frame.empty:
        return Prose(
            client_sentences.missing_section_text(
                "Scores are", "no index and no dimension was answered completely."
            )
        )
    return result_tables.standing_table(standing)


def dimensions_figure(extract: ClientExtract) -> Figure | Prose:
    """Return Say and Do of each dimension: the client, the top quartile, the benchmark's middle."""
    profile = profile_or_none(extract)
    if profile is None:
        return Prose(client_sentences.missing_section_text("Dimensions are", _why_no_dimensions(extract)))
    return figure(say_do_dumbbell, profile)


def _why_no_dimensions(extract: ClientExtract) -> str:
    if not extract.instrument.gap_items:
        return "the survey does not ask what is said and what is done."
    return "no dimension was answered completely."


def dimensions_table(extract: ClientExtract) -> Table | None:
    """Return the same as numbers."""
    profile = profile_or_none(extract)
    return None if profile is None else result_tables.profile_table(profile)


def pairs_table(pairs: ClientScores) -> Table | Prose:
    """Return the gap of every pair, widest first."""
    if pairs.frame.empty:
        return Prose(
            client_sentences.missing_section_text(
                "Pairs are", "the survey has none, or none was answered on both sides."
            )
        )
    return result_tables.pair_table(pairs)
