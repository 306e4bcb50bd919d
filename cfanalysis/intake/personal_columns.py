"""Columns that hold network addresses or e-mail under a name that does not say so are not read either."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from cfanalysis.intake.personal_data import personal_texts
from cfanalysis.intake.reader import RawAnswers
from cfanalysis.intake.reading_options import PERSONAL_COLUMNS, ReadingOptions
from cfanalysis.survey.instrument import Instrument

SAMPLED_VALUES = 500
"""Distinct texts of a column by which it is judged."""


def without_personal_columns(raw: RawAnswers, instrument: Instrument, options: ReadingOptions) -> RawAnswers:
    """Return the answers without ids of respondents and facts that say who somebody is.

    Parameters
    ----------
    raw
        Answers as read.
    instrument
        What the survey asks.
    options
        What is kept all the same: ``personal``, or a column that was decided by hand.
    """
    if PERSONAL_COLUMNS in options.keep:
        return raw
    facts = {f.id for f in (*instrument.organization_fields, *instrument.respondent_fields)}
    judged = [n for n in raw.frame if n in {"respondent", *facts} and n not in set(options.columns.values())]
    found = {}
    for name in judged:
        column = raw.frame[name].iloc[: 20 * SAMPLED_VALUES]
        kind = personal_texts(str(text) for text in islice(column.unique(), SAMPLED_VALUES))
        if kind:
            found[name] = kind
    if not found:
        return raw
    said = ", ".join(f"{name} ({kind})" for name, kind in found.items())
    note = f"{raw.file}: left out for what they hold (--keep personal keeps them): {said}"
    return replace(raw, frame=raw.frame.drop(columns=list(found)), notes=(*raw.notes, note))
