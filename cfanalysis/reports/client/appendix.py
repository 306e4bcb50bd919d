"""The technical appendix of a client's report: benchmark, exclusions, formulas."""

from __future__ import annotations

from cfanalysis.analyses.priorities import PRIORITY_METHOD as PRIORITIES
from cfanalysis.analyses.units import with_small_initial
from cfanalysis.core.blocks import Column, Prose, Table, escape_markdown
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
    note = (
        f"Benchmark: {facts.title}, {facts.n} organizations, {yours}, each counted once with its latest wave{without}; "
        f"study {extract.source.study}, state {extract.source.fingerprint}. {extract.source.caption}"
    )
    return Table("What the benchmark is made of", columns, rows, note)


def exclusions_text(extract: ClientExtract) -> Prose:
    """Return what was left out of the client's own answers, and what was only marked."""
    dropped = [(rule, n) for kind, rule, n in extract.exclusions if kind == "dropped"]
    flagged = [(rule, n) for kind, rule, n in extract.exclusions if kind == "flagged"]
    if not dropped and not flagged:
        return Prose(
            "**Your exclusions.** No answer of yours was left out or marked as doubtful, in any wave."
        )
    told = [
        f"{sum(n for _, n in rows):,} {verb}: "
        + "; ".join(f"{escape_markdown(rule)} ({n:,})" for rule, n in rows)
        for verb, rows in (("left out", dropped), ("marked as doubtful and kept", flagged))
        if rows
    ]
    return Prose(f"**Your exclusions**, in rows of all your waves. {'. '.join(told).capitalize()}.")


def method_text(extract: ClientExtract) -> Prose:
    """Return how the numbers of this report are computed."""
    minima, criterion = extract.instrument.minima, extract.criterion
    quartile = (
        f"**Top quartile.** Organizations are cut into quartiles on {with_small_initial(criterion)}, which "
        "contains no Say or "
        "Do item, at the linear quantiles; ties go up. The top-quartile line is the mean of the organizations in it."
        if criterion is not None
        else "**Top quartile.** This survey has no criterion of performance, so nobody is in a top quartile."
    )
    share = f"{100 * minima.answered_share:.0f}%"
    parts = [
        "**Scores.** $\\text{score} = 100\\,(x - \\min)/(\\max - \\min)$, where $x$ is the mean answer; statements "
        "worded the other way round are turned first. Say, Do and every dimension are means of their items' means. "
        "$\\text{gap} = \\text{Say} - \\text{Do}$.",
        f"**Who counts.** “Don't know” counts as no answer. Respondents who answered less than {share} of the Say or "
        "of the Do statements, double entries and test entries were left out before; what happened to "
        "your own stands above.",
        "**Intervals** are 95% intervals over respondents (Student's t; shares: Wilson). They say how far a number "
        "could move if other people of your organization had answered, not how it compares with the truth.",
        "**Percentile.** How many of 100 organizations of the benchmark lie below, half of those that are "
        "equal counted.",
        quartile,
        f"**Priorities.** {PRIORITIES}",
        f"**Confidentiality.** Splits and distributions need {minima.respondents} respondents, means of organizations "
        f"{minima.organizations} organizations, deciles {4 * minima.organizations}. This report was made from your own "
        "answers and the benchmark's aggregates alone. Names, addresses and telephone numbers in open "
        "answers are masked.",
        "**What this cannot say.** The answers are your people's judgement of your organization: how it looks from "
        "inside, not how customers see it. Differences between organizations and changes from wave to wave are not "
        "effects of anything by themselves.",
    ]
    return Prose("\n\n".join(parts))
