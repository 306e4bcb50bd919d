"""Data quality in plain sentences: the answer and the limits.

Texts that came from data are escaped where Markdown is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from cfanalysis.analyses.cleaning_record import CleaningRecord, rule_phrase
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation
from cfanalysis.core.blocks import Prose, escape_markdown
from cfanalysis.core.formatting import percent

NO_ROWS = "Published frequency tables came in: there are no rows that could be followed, changed or dropped."


def number_with_noun(n: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    Parameters
    ----------
    n
        The number.
    one, many
        The noun's singular and plural; "" for a plural in -s.

    Examples
    --------
    >>> number_with_noun(1, "row"), number_with_noun(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


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
    return Prose(" ".join((_rows(record, items, people), _answers(items), _people(people))))


def _rows(record: CleaningRecord, items: ItemQuality, people: Participation) -> str:
    if record.published:
        return (
            f"Published frequency tables came in, {number_with_noun(len(items.frame), 'item')} for "
            f"{number_with_noun(people.n, 'organization')}; {_withheld(record)}."
        )
    flagged = (
        f", and {number_with_noun(record.rows_flagged, 'row')} flagged but kept"
        if record.rows_flagged
        else ""
    )
    reasons = ", ".join(
        f"{rule_phrase(rule)} {n:,}"
        for rule, n in zip(record.drop_rules["rule"], record.drop_rules["n"], strict=True)
    )
    dropped = (
        f"{record.rows_dropped:,} {'was' if record.rows_dropped == 1 else 'were'} dropped ({reasons})"
        if record.rows_dropped
        else "none was dropped"
    )
    return (
        f"Of **{number_with_noun(record.rows_in, 'row')}** in the file **{record.rows_out:,}** went into the "
        f"study: {dropped}, "
        f"{number_with_noun(record.cells_changed, 'cell')} changed{flagged}."
    )


def _withheld(record: CleaningRecord) -> str:
    """Return what the publisher withheld, and what was changed besides."""
    count = record.rules.set_index("rule")["n"]
    hidden, unknown = (int(count.get(rule, 0)) for rule in ("suppressed", "suppressed_dont_know"))
    parts = []
    if hidden:
        parts.append(
            f"{number_with_noun(hidden, 'figure')} in them {'is' if hidden == 1 else 'are'} withheld, so that "
            "those items are "
            "missing for the organizations concerned"
        )
    if unknown:
        parts.append(
            f"{number_with_noun(unknown, 'number')} of don't knows {'is' if unknown == 1 else 'are'} withheld"
        )
    return ", and ".join(parts) or "nothing is withheld in them"


def _answers(items: ItemQuality) -> str:
    most = items.frame.sort_values("dont_know", ascending=False, kind="stable").iloc[0]
    if items.missing is None or items.dont_know is None:
        return (
            f"“Don't know” is published and reaches {percent(most['dont_know'], 1)} at most "
            f"({escape_markdown(str(most['title']))}); how many gave no answer is not."
            if most["dont_know"] > 0
            else "How many gave no answer, or did not know, is not published."
        )
    if items.least_answered.empty:
        return "No item lacks an answer."
    worst = items.least_answered.iloc[0]
    unknown = f" and {percent(items.dont_know, 1)} “don't know”" if items.dont_know else ""
    return (
        f"Of all that was asked, {percent(items.missing, 1)} holds no answer{unknown}; "
        f"most is lacking in “{escape_markdown(str(worst['title']))}” ({percent(float(worst['lacking']), 1)})."
    )


def _people(people: Participation) -> str:
    if people.unit == "respondent":
        return (
            f"Each of the {people.n:,} respondents is a unit of its own: nobody answered for an organization, and no "
            "value is a mean of several people."
        )
    if people.published and not people.respondents:
        return "The published tables do not say how many people answered."
    if people.published:
        return (
            f"The median organization has {people.respondents:,.0f} valid answers to the item that most of its people "
            "answered."
        )
    few = (
        f"{people.n_below:,} of them have fewer than {people.minimum}, so that only their totals may be shown"
        if people.n_below
        else f"none has fewer than {people.minimum}"
    )
    return (
        f"{number_with_noun(people.n, 'organization')} took part, with a median of {people.respondents:,.0f} "
        "respondents in "
        f"their latest wave; {few}."
    )


def quality_limits(items: ItemQuality, people: Participation) -> Prose:
    """Return what these data cannot say, as a list.

    Parameters
    ----------
    items
        Missing answers of each item.
    people
        Who took part.
    """
    return Prose("\n".join(f"- {escape_markdown(line)}" for line in _limits(items, people)))


def _limits(items: ItemQuality, people: Participation) -> Iterator[str]:
    """Yield what these data cannot say, one line each.

    Parameters
    ----------
    items
        Missing answers of each item.
    people
        Who took part.
    """
    if people.published:
        yield "Who gave no answer: published tables count valid answers only."
        yield "Whether people answered twice, carelessly or too fast: that is seen in rows, which are not published."
        yield "Roles and functions of the respondents, and how long they took."
        yield "Reliability and agreement within an organization: both need single answers."
    elif people.unit == "respondent":
        yield "How far people of one organization agree: each respondent stands for itself."
    if not people.published and people.fields.empty:
        yield "Who the respondents are: no fact about them was asked."
    if not people.published and people.durations.empty:
        yield "Whether anybody answered too fast: no durations were recorded."
    if len(people.waves) == 1:
        yield "What changed over time: there is one wave."
    yield "What those would have answered who left a question out or did not take part."
    if items.unanswered:
        yield (
            f"Anything about {number_with_noun(len(items.unanswered), 'item')} that nobody answered: "
            + "; ".join(items.unanswered)
        )
