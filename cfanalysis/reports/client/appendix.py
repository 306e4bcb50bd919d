"""The technical appendix of a client's report: benchmark, exclusions, formulas."""

from __future__ import annotations

from cfanalysis.analyses.priorities import Priorities
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.core.blocks import Prose, Table, escape_markdown, table_columns
from cfanalysis.core.formatting import whole_number
from cfanalysis.core.language import message, series, translated
from cfanalysis.core.templates import labelled, running_text, sentence
from cfanalysis.reports.client.sections import has_section
from cfanalysis.reports.common.fitted_table import source_table
from cfanalysis.scoring.means import INDEX_FORMULAS
from cfanalysis.survey.confidentiality import deciles_need, may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS, ClientExtract


def benchmark_table(extract: ClientExtract) -> Table:
    """Return what the benchmark is made of."""
    facts = extract.benchmark_facts
    facets = ((message("Latest wave"), facts.waves), *facts.composition)
    rows = [(translated(title), series(map(_count, counts))) for title, counts in facets]
    columns = table_columns(("", "Organizations"), left=2)
    made = sentence(
        "norm {name} (as of {date})" if facts.norm else "a draft, made from the study of the day",
        name=facts.norm,
        date=facts.date,
    )
    older = [sentence("{n} figures as of norm {name}", n=n, name=name) for name, n in facts.repeated]
    if facts.as_of != facts.norm:
        older.append(sentence("organizations as of norm {name}" if facts.as_of else "", name=facts.as_of))
    note = sentence(
        "Benchmark: {made}: {title:t}, {n:d} organizations, yours included, each counted once with its latest wave."
        if facts.included and not facts.left_out
        else "Benchmark: {made}: {title:t}, {n:d} organizations, yours not among them, each counted once with its "
        "latest wave."
        if not facts.left_out
        else "Benchmark: {made}: {title:t}, {n:d} organizations, yours included, each counted once with its latest "
        "wave, without {left_out:d} whose missing answers would give them away."
        if facts.included
        else "Benchmark: {made}: {title:t}, {n:d} organizations, yours not among them, each counted once with its "
        "latest wave, without {left_out:d} whose missing answers would give them away.",
        vars(facts),
        made=", ".join(filter(None, [made, *older])),
    )
    rest = ""
    if len(extract.benchmark):
        counted = unit_words(extract.source).quantity(*extract.benchmark["n"])
        rest = sentence("Means rest on {units}, those of quartiles on some of them.", units=counted)
    note = running_text(note, rest)
    return source_table("What the benchmark is made of", columns, rows, note, extract.source)


def _count(counted: tuple[str, int]) -> str:
    """Return an option of a fact and the number of its organizations."""
    option, n = counted
    named = "others, each too few to name" if option == OTHER_ORGANIZATIONS else option
    return labelled(translated(named), whole_number(n))


def exclusions_text(extract: ClientExtract) -> Prose | None:
    """Return what was left out of the client's own answers, and what was only marked; nothing of too few people."""
    if extract.raw_responses is None or not may_show_distribution(extract.n, extract.instrument.minima):
        return None
    found = {
        kind: series(
            f"{escape_markdown(translated(rule))} ({whole_number(n)})"
            for k, rule, n in extract.exclusions
            if k == kind
        )
        for kind in ("dropped", "flagged")
    }
    if not any(found.values()):
        none = "**Your exclusions.** No respondent of yours was left out or marked as doubtful, in any wave."
        return Prose(translated(none))
    told = running_text(
        translated("**Your exclusions**, in rows of all your waves."),
        sentence("Left out: {rules}." if found["dropped"] else "", rules=found["dropped"]),
        sentence("Marked as doubtful and kept: {rules}." if found["flagged"] else "", rules=found["flagged"]),
    )
    return Prose(told)


def method_text(found: Priorities | None, extract: ClientExtract) -> Prose:
    """Return how the numbers of this report are computed, as far as they stand in it.

    Parameters
    ----------
    found
        Strengths and opportunities.
    extract
        The client's extract.
    """
    instrument, criterion = extract.instrument, extract.criterion
    minima, facts = instrument.minima, extract.benchmark_facts
    compared, own = extract.benchmark_comparison, extract.raw_responses is not None
    split, gap = may_show_distribution(extract.n, minima), bool(instrument.gap_items)
    values = {
        "title": escape_markdown(translated(facts.title)), "deciles": deciles_need(minima),
        "share": minima.answered_share, "respondents": minima.respondents, "organizations": minima.organizations,
    }  # fmt: skip
    parts = [_scores(instrument, split=split)] if has_section(extract, "standing") else []
    for index in instrument.indices if split else ():
        parts.append(f"**{escape_markdown(index.title)}.** {translated(INDEX_FORMULAS[index.formula])}")
    left_out = (
        ""
        if not own
        else "Respondents who answered less than {share:%} of the Say or of the Do statements, double entries and test "
        "entries were left out before."
        if gap
        else "Double entries and test entries were left out before."
    )
    counts = translated("**Who counts.** “Don't know” counts as no answer.")
    parts.append(running_text(counts, sentence(left_out, values)))
    if split and own:
        text = (
            "**Intervals** are 95% intervals over respondents (Student's t; shares: Wilson). They say how far a number "
            "could move if other people of your organization had answered, not how it compares with the truth."
        )
        parts.append(translated(text))
    if compared["percentile"].notna().any():
        text = (
            "**Percentile.** How many of 100 organizations of the benchmark ({title}) lie below, half of those that "
            "are equal counted, read off its quantiles. It needs {deciles:d} organizations."
            if facts.norm
            else "**Percentile.** How many of 100 organizations of the benchmark ({title}) lie below, half of those "
            "that are equal counted. It needs {deciles:d} organizations."
        )
        parts.append(sentence(text, values))
    elif (compared["third"].fillna("") != "").any():
        text = (
            "**Third.** The third of the benchmark's organizations ({title}) in which you lie. Percentiles and "
            "quartiles need {deciles:d} organizations."
        )
        parts.append(sentence(text, values))
    if criterion is not None and compared["top"].notna().any():
        text = (
            "**Top quartile.** The organizations of the benchmark ({title}) are cut into quartiles on {criterion}, "
            "which contains no Say or Do item, at the linear quantiles; ties go up. The top quartile's figure is the "
            "mean of the organizations in it."
        )
        named = escape_markdown(within_sentence(criterion, extract.source))
        parts.append(sentence(text, values, criterion=named))
    if found is not None and split:
        parts.append(running_text(translated("**Strengths and opportunities.**"), translated(found.method)))
    shown = (
        "**Confidentiality.** Whatever is finer than overall Say, Do and gap needs {respondents:d} respondents; means "
        "of organizations need {organizations:d} organizations, percentiles and quartiles {deciles:d}; a mean so near "
        "an end of its scale that it would tell what each of its organizations answered is left out."
        if gap
        else "**Confidentiality.** Scores need {respondents:d} respondents; means of organizations need "
        "{organizations:d} organizations, percentiles and quartiles {deciles:d}; a mean so near an end of its scale "
        "that it would tell what each of its organizations answered is left out."
    )
    alone = "This report was made from your own answers and the benchmark's aggregates alone."
    unread = (
        "Open answers are not printed, except what a person has read and let pass." if _open(extract) else ""
    )
    parts.append(running_text(sentence(shown, values), translated(alone), translated(unread)))
    text = (
        "**What this cannot say.** The answers are your people's judgement of your organization: how it looks from "
        "inside, not how customers see it. Differences between organizations and changes from wave to wave are not "
        "effects of anything by themselves."
    )
    parts.append(translated(text))
    return Prose("\n\n".join(parts))


def _scores(instrument: Instrument, *, split: bool) -> str:
    """Return how scores are computed; whether dimensions have some, too."""
    turned = any(item.reverse for item in instrument.items)
    words = (message("score"), message("gap"), message("Say"), message("Do"))
    score, gap, say, do = (f"\\text{{{translated(word)}}}" for word in words)
    means = "Say and Do are means of their items' means."
    if not instrument.gap_items:
        means = ""
    elif split:
        means = "Say, Do and every dimension are means of their items' means."
    return running_text(
        sentence(
            "**Scores.** {formula}, where {x} is the mean answer; statements worded the other way round are turned "
            "first."
            if turned
            else "**Scores.** {formula}, where {x} is the mean answer.",
            formula=f"${score} = 100\\,(x - \\min)/(\\max - \\min)$",
            x="$x$",
        ),
        translated(means),
        f"${gap} = {say} - {do}$." if means else "",
        translated("Differences are those of the numbers as printed."),
    )


def _open(extract: ClientExtract) -> bool:
    return bool(extract.instrument.select(role="open"))
