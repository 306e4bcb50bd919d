"""Captions of the charts on data quality: the flow of rows, missing answers, small organizations, ends of the scale."""

from __future__ import annotations

from cfanalysis.analyses.cleaning_record import CleaningRecord, rule_phrase
from cfanalysis.analyses.item_quality import ItemQuality
from cfanalysis.analyses.participation import Participation, class_label
from cfanalysis.charts.captions.caption import Caption, caption_of
from cfanalysis.core.language import translated
from cfanalysis.core.templates import clauses, plural, sentence

MAX_ITEMS = 12
"""How many of the items that lack most answers are shown."""


def cleaning_flow_caption(record: CleaningRecord) -> Caption:
    """Return the caption of how the rows of the file became the rows of the study."""
    titles = "{kept} of {n} row went into the study", "{kept} of {n} rows went into the study"
    if record.rows_out == record.rows_in:
        titles = "All {n} row went into the study", "All {n} rows went into the study"
    dropped = record.drop_rules.assign(rule=record.drop_rules["rule"].map(rule_phrase))
    rows = clauses("{rule} −{n}", dropped) or [translated("no rule dropped a row")]
    rows.append(sentence("{rows_out} rows in the study", vars(record)))
    if record.rows_flagged:
        rows.append(sentence("{rows_flagged} of these are flagged", vars(record)))
    return caption_of(
        record,
        plural(record.rows_in, *titles, kept=record.rows_out),
        "Rows of the file",
        "Bars from {rows_in} rows in the file",
        rows,
        size="each rule takes off the rows that it drops",
    )


def missing_answers_caption(items: ItemQuality) -> Caption:
    """Return the caption of the items that lack most answers."""
    frame = items.least_answered.head(MAX_ITEMS)
    title = "“{title}” lacks most answers: {lacking:1%} of those asked"
    return caption_of(
        items,
        sentence(title, frame.iloc[0].to_dict()),
        "Per cent of those asked",
        plural(len(frame), "Bars for {n} item", "Bars for {n} items"),
        clauses("{title} {missing:1%} no answer and {dont_know:1%} don't know", frame),
        size="the {n} items that lack most, of {all}",
        n=len(frame),
        all=len(items.frame),
    )


def respondents_caption(people: Participation) -> Caption:
    """Return the caption of respondents per organization."""
    title = "{n_below} of {n} organizations have fewer than {minimum} respondents"
    if people.published and not people.respondents:
        title = "How many people answered is not published"
    elif people.published:
        title = "The median organization has {respondents:0} valid answers"
    elif people.n_below == 0:
        title = "Every organization has at least {minimum} respondents"
    elif people.n == 1:
        title = "{n_below} of {n} organization have fewer than {minimum} respondents"
    measure = "Organizations by number of respondents in their latest wave"
    if people.published:
        measure = "Organizations by number of valid answers to the item that most answered"
    rows = [
        plural(
            r["organizations"],
            "{label}: {n} organization",
            "{label}: {n} organizations",
            label=class_label(r),
        )
        for r in people.sizes.to_dict(orient="records")
    ]
    return caption_of(
        people,
        sentence(title, vars(people)),
        measure,
        "{measured}; n = {n}",
        rows,
        size="n = {n}",
        measured=translated(measure),
    )


def scale_ends_caption(items: ItemQuality) -> Caption:
    """Return the caption of the answers at the ends of the scale."""
    ceiling = items.groups.set_index("group")["ceiling"].dropna()
    title = "{first:%} of the answers are the highest there is ({group:t})"
    if {"Say", "Do"} <= set(ceiling.index):
        title = "{Say:%} of the Say answers are the highest there is, {Do:%} of the Do answers"
    known = items.groups.dropna(subset=["floor", "ceiling"])
    return caption_of(
        items,
        sentence(title, ceiling.to_dict(), first=ceiling.iloc[0], group=ceiling.index[0]),
        "Mean of the items, per cent of valid answers",
        "Mean share of answers at each end of the scale, by group of items",
        clauses("{group:t} highest {ceiling:1%}, lowest {floor:1%}", known),
        size="reverse-keyed items are turned first",
    )
