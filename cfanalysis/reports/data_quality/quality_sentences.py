"""Data quality in plain sentences: the answer and the limits.

Texts that came from data are escaped where Markdown is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from cfanalysis.analyses.cleaning_record import CleaningRecord, rule_phrase
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation
from cfanalysis.core.blocks import Prose, escape_markdown
from cfanalysis.core.language import message, series, translated
from cfanalysis.core.templates import plural, running_text, sentence

NO_ROWS = message(
    "Published frequency tables came in: there are no rows that could be followed, changed or dropped."
)


def quality_summary(record: CleaningRecord, items: ItemQuality, people: Participation) -> Prose:
    """Return the answer in three sentences: rows, answers, people.

    Parameters
    ----------
    record
        What cleaning changed.
    items
        Missing answers of each item.
    people
        Who took part.
    """
    return Prose(running_text(_rows(record, items, people), _answers(items), _people(people)))


def _rows(record: CleaningRecord, items: ItemQuality, people: Participation) -> str:
    if record.published:
        return sentence(
            "Published frequency tables came in, {items} for {organizations}; {withheld}.",
            items=plural(len(items.frame), "{n} item", "{n} items"),
            organizations=plural(people.n, "{n} organization", "{n} organizations"),
            withheld=_withheld(record),
        )
    reasons = ", ".join(
        sentence("{rule} {n:d}", rule=rule_phrase(rule), n=n)
        for rule, n in zip(record.drop_rules["rule"], record.drop_rules["n"], strict=True)
    )
    dropped = (
        plural(
            record.rows_dropped,
            "{n} was dropped ({reasons})",
            "{n} were dropped ({reasons})",
            reasons=reasons,
        )
        if record.rows_dropped
        else translated("none was dropped")
    )
    changed = plural(record.cells_changed, "{n} cell changed", "{n} cells changed")
    if record.rows_flagged:
        changed = plural(
            record.rows_flagged,
            "{changed}, and {n} row flagged but kept",
            "{changed}, and {n} rows flagged but kept",
            changed=changed,
        )
    return plural(
        record.rows_in,
        "Of **{n} row** in the file **{used:d}** went into the study: {dropped}, {changed}.",
        "Of **{n} rows** in the file **{used:d}** went into the study: {dropped}, {changed}.",
        used=record.rows_out,
        dropped=dropped,
        changed=changed,
    )


def _withheld(record: CleaningRecord) -> str:
    """Return what the publisher withheld, and what was changed besides."""
    count = record.rules.set_index("rule")["n"]
    hidden, unknown = (int(count.get(rule, 0)) for rule in ("suppressed", "suppressed_dont_know"))
    figures = plural(
        hidden,
        "{n} figure in them is withheld, so that those items are missing for the organizations concerned",
        "{n} figures in them are withheld, so that those items are missing for the organizations concerned",
    )
    numbers = plural(
        unknown, "{n} number of don't knows is withheld", "{n} numbers of don't knows are withheld"
    )
    if hidden and unknown:
        return sentence("{figures}, and {numbers}", figures=figures, numbers=numbers)
    return figures if hidden else numbers if unknown else translated("nothing is withheld in them")


def _answers(items: ItemQuality) -> str:
    if items.missing is None or items.dont_know is None:
        most = items.frame.sort_values("dont_know", ascending=False, kind="stable").iloc[0]
        return sentence(
            "“Don't know” is published and reaches {share:1%} at most ({title}); how many gave no answer is not."
            if most["dont_know"] > 0
            else "How many gave no answer, or did not know, is not published.",
            share=most["dont_know"],
            title=escape_markdown(str(most["title"])),
        )
    if items.least_answered.empty:
        return translated("No item lacks an answer.")
    worst = items.least_answered.iloc[0]
    return sentence(
        "Of all that was asked, {missing:1%} holds no answer and {dont_know:1%} “don't know”; most is lacking in "
        "“{title}” ({lacking:1%})."
        if items.dont_know
        else "Of all that was asked, {missing:1%} holds no answer; most is lacking in “{title}” ({lacking:1%}).",
        missing=items.missing,
        dont_know=items.dont_know,
        title=escape_markdown(str(worst["title"])),
        lacking=float(worst["lacking"]),
    )


def _people(people: Participation) -> str:
    if people.unit == "respondent":
        template = (
            "Each of the {n:d} respondents is a unit of its own: nobody answered for an organization, and no value is "
            "a mean of several people."
        )
    elif people.published and not people.respondents:
        template = "The published tables do not say how many people answered."
    elif people.published:
        template = (
            "The median organization has {respondents:0} valid answers to the item that most of its people "
            "answered."
        )
    else:
        return plural(
            people.n,
            "{n} organization took part, with a median of {respondents:0} respondents in their latest wave; {few}.",
            "{n} organizations took part, with a median of {respondents:0} respondents in their latest wave; {few}.",
            respondents=people.respondents,
            few=sentence(
                "{n:d} of them have fewer than {minimum:d}, so that only their totals may be shown"
                if people.n_below
                else "none has fewer than {minimum:d}",
                n=people.n_below,
                minimum=people.minimum,
            ),
        )
    return sentence(template, n=people.n, respondents=people.respondents)


def quality_limits(items: ItemQuality, people: Participation) -> Prose:
    """Return what these data cannot say, as a list.

    Parameters
    ----------
    items
        Missing answers of each item.
    people
        Who took part.
    """
    lines = [*map(translated, _limits(people))]
    if items.unanswered:
        one = "Anything about {n} item that nobody answered: {titles}"
        more = "Anything about {n} items that nobody answered: {titles}"
        lines.append(plural(len(items.unanswered), one, more, titles=series(items.unanswered)))
    return Prose("\n".join(f"- {escape_markdown(line)}" for line in lines))


def _limits(people: Participation) -> Iterator[str]:
    """Yield what these data cannot say, one line each, in English."""
    if people.published:
        yield message("Who gave no answer: published tables count valid answers only.")
        yield message(
            "Whether people answered twice, carelessly or too fast: that is seen in rows, which are not published."
        )
        yield message("Roles and functions of the respondents, and how long they took.")
        yield message("Reliability and agreement within an organization: both need single answers.")
    elif people.unit == "respondent":
        yield message("How far people of one organization agree: each respondent stands for itself.")
    if not people.published and people.fields.empty:
        yield message("Who the respondents are: no fact about them was asked.")
    if not people.published and people.durations.empty:
        yield message("Whether anybody answered too fast: no durations were recorded.")
    if len(people.waves) == 1:
        yield message("What changed over time: there is one wave.")
    yield message("What those would have answered who left a question out or did not take part.")
