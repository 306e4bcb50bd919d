"""The technical appendix of a client's report: benchmark, exclusions, formulas."""

from __future__ import annotations

from cfanalysis.analyses.priorities import Priorities
from cfanalysis.analyses.units import unit_words, within_sentence
from cfanalysis.core.blocks import Column, Prose, Table, escape_markdown
from cfanalysis.reports.client.sections import has_section
from cfanalysis.scoring.means import INDEX_FORMULAS
from cfanalysis.survey.confidentiality import deciles_need, may_show_distribution
from cfanalysis.survey.survey_data import OTHER_ORGANIZATIONS, ClientExtract


def benchmark_table(extract: ClientExtract) -> Table:
    """Return what the benchmark is made of."""
    facts = extract.benchmark_facts
    rows = [
        (
            title,
            "; ".join(
                f"{option if option != OTHER_ORGANIZATIONS else 'others, each too few to name'}: {n:,}"
                for option, n in counts
            ),
        )
        for title, counts in (("Latest wave", facts.waves), *facts.composition)
    ]
    columns = [Column("", "left"), Column("Organizations", "left")]
    yours = "yours included" if facts.included else "yours not among them"
    without = (
        f", without {facts.left_out} whose missing answers would give them away" if facts.left_out else ""
    )
    norm = (
        f"norm {facts.norm} (as of {facts.date})" if facts.norm else "a draft, made from the study of the day"
    )
    counted = unit_words(extract.source).quantity(*extract.benchmark["n"])
    means = f"Means rest on {counted}, those of quartiles on some of them. " if len(extract.benchmark) else ""
    older = "".join(f", {n:,} figures as of norm {name}" for name, n in facts.repeated)
    note = (
        f"Benchmark: {norm}{older}: {facts.title}, {facts.n} organizations, {yours}, each counted once with its "
        f"latest wave{without}. {means}"
        f"{extract.source.caption}"
    )
    return Table("What the benchmark is made of", columns, rows, note)


def exclusions_text(extract: ClientExtract) -> Prose | None:
    """Return what was left out of the client's own answers, and what was only marked; nothing of too few people."""
    if extract.raw_responses is None or not may_show_distribution(extract.n, extract.instrument.minima):
        return None
    told = [
        f"{verb}: {'; '.join(rules)}"
        for kind, verb in (("dropped", "Left out"), ("flagged", "Marked as doubtful and kept"))
        if (rules := [f"{escape_markdown(rule)} ({n:,})" for k, rule, n in extract.exclusions if k == kind])
    ]
    if not told:
        return Prose(
            "**Your exclusions.** No respondent of yours was left out or marked as doubtful, in any wave."
        )
    return Prose(f"**Your exclusions**, in rows of all your waves. {'. '.join(told)}.")


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
    compared = extract.benchmark_comparison
    share, split = f"{100 * minima.answered_share:.0f}%", may_show_distribution(extract.n, minima)
    turned = any(item.reverse for item in instrument.items)
    gap = bool(instrument.gap_items)
    scores = (
        "**Scores.** $\\text{score} = 100\\,(x - \\min)/(\\max - \\min)$, where $x$ is the mean answer"
        + ("; statements worded the other way round are turned first" if turned else "")
        + "."
        + (
            f" Say{', Do and every dimension' if split else ' and Do'} are means of their items' means."
            " $\\text{gap} = \\text{Say} - \\text{Do}$."
            if gap
            else ""
        )
        + " Differences are those of the numbers as printed."
    )
    parts = [
        *([scores] if has_section(extract, "standing") else []),
        *(
            f"**{escape_markdown(i.title)}.** {INDEX_FORMULAS[i.formula]}"
            for i in instrument.indices
            if split
        ),
        "**Who counts.** “Don't know” counts as no answer.",
    ]
    if extract.raw_responses is not None:
        few = (
            f"Respondents who answered less than {share} of the Say or of the Do statements, d"
            if gap
            else "D"
        )
        parts[-1] += f" {few}ouble entries and test entries were left out before."
    if split and extract.raw_responses is not None:
        parts.append(
            "**Intervals** are 95% intervals over respondents (Student's t; shares: Wilson). They say how far a number "
            "could move if other people of your organization had answered, not how it compares with the truth."
        )
    if compared["percentile"].notna().any():
        parts.append(
            f"**Percentile.** How many of 100 organizations of the benchmark ({escape_markdown(facts.title)}) lie "
            f"below, half of those that are equal counted{', read off its quantiles' if facts.norm else ''}. It needs "
            f"{deciles_need(minima)} organizations."
        )
    elif (compared["third"].fillna("") != "").any():
        parts.append(
            f"**Third.** The third of the benchmark's organizations ({escape_markdown(facts.title)}) in which you lie. "
            f"Percentiles and quartiles need {deciles_need(minima)} organizations."
        )
    if criterion is not None and compared["top"].notna().any():
        named = escape_markdown(within_sentence(criterion, extract.source))
        parts.append(
            f"**Top quartile.** The organizations of the benchmark ({escape_markdown(facts.title)}) are cut into "
            f"quartiles on {named}, which contains no Say or Do item, at the linear quantiles; ties go up. "
            "The top quartile's figure is the mean of the organizations in it."
        )
    if found is not None and split:
        parts.append(f"**Strengths and opportunities.** {found.method}")
    shown = "Whatever is finer than overall Say, Do and gap needs" if gap else "Scores need"
    parts += [
        f"**Confidentiality.** {shown} {minima.respondents} respondents; means of organizations need "
        f"{minima.organizations} organizations, percentiles and quartiles {deciles_need(minima)}; a mean so near an "
        "end of its scale that it would tell what each of its organizations answered is left out. This report was made "
        "from your own answers and the benchmark's aggregates alone."
        + (
            " Open answers are not printed, except what a person has read and let pass."
            if _open(extract)
            else ""
        ),
        "**What this cannot say.** The answers are your people's judgement of your organization: how it looks from "
        "inside, not how customers see it. Differences between organizations and changes from wave to wave are not "
        "effects of anything by themselves.",
    ]
    return Prose("\n\n".join(parts))


def _open(extract: ClientExtract) -> bool:
    return bool(extract.instrument.select(role="open"))
