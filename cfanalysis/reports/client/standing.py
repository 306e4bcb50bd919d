"""Who answered, where the client stands, and its items."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cfanalysis.analyses.client_answers import Extremes, client_distribution
from cfanalysis.analyses.client_participation import ClientParticipation
from cfanalysis.analyses.client_report import ClientScores, Standing, client_items, client_profile
from cfanalysis.analyses.forest_rows import ForestRows
from cfanalysis.analyses.index_standing import IndexStanding
from cfanalysis.analyses.say_do_profile import SayDoProfile
from cfanalysis.analyses.score_bands import client_bands
from cfanalysis.charts import forest, likert_bars, quartile_bands
from cfanalysis.charts.captions.client_captions import (
    client_answers_caption,
    client_bands_caption,
    client_importance_caption,
)
from cfanalysis.charts.chart_rendering import figure
from cfanalysis.core.blocks import Blocks, Figure, Prose, Table
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import MISSING, decimal
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import running_text, sentence, table_rows
from cfanalysis.reports.client import client_sentences
from cfanalysis.reports.client.sections import has_section, left_out
from cfanalysis.reports.common import result_tables
from cfanalysis.reports.common.fitted_table import fitted_table
from cfanalysis.reports.common.result_tables import PLACES, TURNED
from cfanalysis.survey.instrument import Facet
from cfanalysis.survey.survey_data import ClientExtract

_FACET_TITLES = {"say": message("What you intend (Say)"), "do": message("What you do (Do)")}


def participation_text(who: ClientParticipation) -> Prose:
    """Return who answered, in words."""
    return Prose(client_sentences.participation_sentence(who))


def participation_table(who: ClientParticipation) -> Table:
    """Return respondents by wave and, where enough answered, by position, function and customer contact."""
    rows = table_rows("Wave {wave} | {n} | {invited:0} | {rate:%}", who.waves)
    shown = who.source.with_shown_options(who.groups[who.groups["shown"].astype(bool)])
    rows += [(*row, "", "") for row in table_rows("{title}: {option} | {n}", shown)]
    labels = ("", "Respondents", "Invited", "Response rate")
    few = "Groups of fewer than {n:d} respondents are not shown." if len(who.groups) else ""
    note = running_text(sentence(few, n=who.minimum), who.source.caption)
    return fitted_table("Respondents", labels, rows, note)


def index_text(place: IndexStanding | None, extract: ClientExtract) -> Prose | None:
    """Return the client's index and its place in a sentence.

    Parameters
    ----------
    place
        The client's index; None where there is none.
    extract
        The client's extract.
    """
    if place is None:
        return None
    return Prose(client_sentences.index_sentence(place, extract.benchmark_facts.title))


def bands_figure(extract: ClientExtract) -> Figure | Prose | None:
    """Return the spread of the benchmark on each measure with the client's mark; a line where few are in it."""
    try:
        bands = client_bands(extract)
    except AnalysisError:
        if len(extract.benchmark) and extract.benchmark["p50"].notna().any():
            return None
        why = "The spread of organizations is left out: the benchmark has too few of them to show quartiles."
        return left_out(extract, "standing", why)
    among = translated(extract.benchmark_facts.title)
    caption = client_bands_caption(bands, benchmark=among)
    return figure(quartile_bands, bands, caption=caption)


def profile_or_none(extract: ClientExtract) -> SayDoProfile | None:
    """Return the client's Say and Do by dimension; None where it has no complete dimension."""
    try:
        return client_profile(extract)
    except AnalysisError:
        return None


def likert_figure(extract: ClientExtract, facet: Facet) -> Figure | None:
    """Return how the answers to the items of a facet spread; nothing where that may not be shown.

    Parameters
    ----------
    extract
        The client's extract.
    facet
        ``"say"`` or ``"do"``.
    """
    spread = client_distribution(extract, facet)
    if spread is None:
        return None
    reverse = bool(_turned(extract, spread.frame["item"]))
    title = translated(_FACET_TITLES[facet])
    caption = client_answers_caption(spread, facet=title, n=extract.n, reverse=reverse)
    return figure(likert_bars, spread, caption=caption, order="given")


def client_item_table(
    extract: ClientExtract, facet: Facet, *, distribution: bool = False
) -> Table | Prose | None:
    """Return every item of a facet: n, mean, benchmark, difference, place.

    Parameters
    ----------
    extract
        The client's extract.
    facet
        ``"say"`` or ``"do"``.
    distribution
        Whether the answers' distribution stands there, too: for a spreadsheet, where no chart shows it.
    """
    scores = client_items(extract)
    chosen = scores.frame[scores.frame["facet"] == facet]
    if chosen.empty:
        why = sentence("{facet:t} is left out: too few answered each statement.", facet=_FACET_TITLES[facet])
        return left_out(extract, "items", why)
    spread = client_distribution(extract, facet) if distribution else None
    answers = [("" if spread is None else _percentages(spread.frame, str(name))) for name in chosen["name"]]
    labels = ("Item", "n", "Answers in %", "You", "Benchmark", "Difference", "Percentile", "Third")
    cells = (
        "{title} | {n:d} | {answers} | {score} | {benchmark} | {difference:+} | {percentile:0} | {third:t}"
    )
    benchmark = translated(extract.benchmark_facts.title)
    turned = _turned(extract, chosen["name"])
    explained = {
        "n": "n: answers.",
        "Answers in %": "Answers in %: from the lowest answer to the highest.",
        "You": running_text(translated("You, benchmark and difference: 0 to 100."), turned),
        "Benchmark": sentence("Benchmark: mean of organizations ({benchmark}).", benchmark=benchmark),
        **PLACES,
    }
    rows = table_rows(cells, chosen.assign(answers=answers))
    title = sentence("{facet:t}, item by item", facet=_FACET_TITLES[facet])
    return fitted_table(title, labels, rows, scores.source.caption, of_column=explained)


def matters_figure(rows: ForestRows | None) -> Figure | None:
    """Return how closely each practice goes with the criterion; None where that is not known."""
    return None if rows is None else figure(forest, rows, caption=client_importance_caption(rows))


def extremes_tables(found: Extremes | None, extract: ClientExtract) -> Blocks:
    """Return the highest and lowest items and the widest gaps, a table each.

    Parameters
    ----------
    found
        The client's extremes; None where there are none.
    extract
        The client's extract.
    """
    if found is None or not (len(found.highest) or len(found.widest)):
        why = "Highest and lowest items are left out: too few items were answered."
        return Blocks.of(left_out(extract, "items", why))
    cells = "{title} | {score} | {difference:+}"
    parts = [
        (message("Highest scores"), "Item", found.highest, cells),
        (message("Lowest scores"), "Item", found.lowest, cells),
        (
            message("Widest gaps between intention and practice"),
            message("Pair"),
            found.widest,
            cells.replace("score", "score:+"),
        ),
    ]
    parts = [part for part in parts if len(part[2])]
    beside = {"Beside benchmark": message("Beside benchmark: yours minus the organizations' mean.")}
    note = running_text(_turned(extract), found.source.caption)
    return Blocks.of(
        *(
            fitted_table(
                title,
                (kind, "You", "Beside benchmark"),
                table_rows(template, part),
                note if part is parts[-1][2] else "",
                of_column=beside if part is parts[-1][2] else None,
            )
            for title, kind, part, template in parts
        )
    )


def _turned(extract: ClientExtract, items: Iterable[str] | None = None) -> str:
    """Return that statements are turned, where any of some items is (by default of Say and Do); else ""."""
    chosen = (
        extract.instrument.gap_items if items is None else [extract.instrument.item(str(i)) for i in items]
    )
    return translated(TURNED) if any(item.reverse for item in chosen) else ""


def _percentages(answers: pd.DataFrame, item: str) -> str:
    rows = answers[answers["item"] == item].sort_values("category")
    return MISSING if rows.empty else " · ".join(decimal(100 * share, 0) for share in rows["share"])


def client_standing_table(standing: Standing, extract: ClientExtract) -> Table | Prose | None:
    """Return the main measures beside the benchmark.

    Parameters
    ----------
    standing
        The client's main measures.
    extract
        The client's extract.
    """
    if standing.frame.empty:
        why = "Scores are left out: neither an index nor overall Say and Do were answered completely."
        return left_out(extract, "standing", why)
    return result_tables.standing_table(standing)


def dimensions_table(extract: ClientExtract) -> Table | None:
    """Return Say, Do and gap of each dimension and group: client, top quartile, benchmark; None for no dimension."""
    profile = profile_or_none(extract)
    return None if profile is None else result_tables.profile_table(profile, client=extract.client)


def dimension_gaps_table(extract: ClientExtract) -> Table | Prose | None:
    """Return the client's Say, Do and gap of each dimension beside the others' gaps."""
    profile = profile_or_none(extract) if has_section(extract, "dimensions") else None
    if profile is None:
        return left_out(extract, "dimensions", "Dimensions are left out: none was answered by enough people.")
    gaps = profile.frame.pivot(index="dimension", columns="group", values="gap")
    gaps = gaps.reindex(columns=profile.groups).set_axis(["gap", *profile.groups[1:]], axis=1)
    own = profile.frame[profile.frame["group"] == profile.groups[0]].drop(columns="gap")
    others = dict(zip(profile.groups[1:], ("first", "second"), strict=False))
    gap_labels = [sentence("{group:t}: gap", group=group) for group in others]
    table = own.join(gaps.rename(columns=others), on="dimension")
    rows = table_rows(
        " | ".join(
            ["{title} | {say} | {do} | {gap:+}", *(f"{{{name}:+}}" for name in others.values()), "{n:d}"]
        ),
        table,
    )
    labels = ("Dimension", "Say", "Do", "Gap", *gap_labels, "n")
    note = running_text(translated("Scores from 0 to 100; n: your respondents."), extract.source.caption)
    return fitted_table("Say and Do by dimension (0 to 100)", labels, rows, note)


def pairs_table(pairs: ClientScores, extract: ClientExtract) -> Table | Prose | None:
    """Return the gap of every pair, widest first.

    Parameters
    ----------
    pairs
        The client's pairs.
    extract
        The client's extract.
    """
    if pairs.frame.empty:
        why = "Pairs are left out: none was answered on both sides by enough people."
        return left_out(extract, "pairs", why)
    return result_tables.pair_table(pairs, reverse=bool(_turned(extract)))
