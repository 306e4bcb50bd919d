"""Phrases that charts, captions and pages share: what units are called, which wave, a name within a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cfanalysis.core.errors import InstrumentError
from cfanalysis.core.formatting import count_range, digits_for
from cfanalysis.core.language import SOURCE, current_language, message, message_pair, plural_form, translated
from cfanalysis.core.templates import sentence
from cfanalysis.scoring.means import WhichWave
from cfanalysis.statistics.effects import Estimate
from cfanalysis.survey.instrument import DataField, Instrument
from cfanalysis.survey.survey_data import Source

_ORDINARY = """
a about access age agreement ambition appreciation attitude attractiveness availability average awareness
belief better brand business care change climate collaboration commitment communicated communication company
competence complaint complaints confidence contract control cooperation core cost costs country culture
customer customers delighted delivery demand department design development digital disappointed ease
economic education effectiveness efficiency employee employees empowerment engagement enjoyment every
expectation expectations experience external financial first frequency friendliness function general global
goodwill group growth health how image importance impressed improvement in industry influence information
innovation intention intentions internal intrinsic job knowledge leader leaders leadership level liking
listening location loyalty management manager managers margin market mean measured mission morale motivation
net no number occupation openness operating operational options organisation organisational organization
organizational outcome overall ownership participation people perceived percentage performance place
position practice practices price pride privacy proactive process processes product productivity products
profit profitability progress quality range rate rated rating recognition recommendation region relationship
reliability reputation respect response responsibility result results retention revenue role safety sales
satisfaction satisfied score sector self service services share shared size skill skills speed staff
standards strategy success supervisors support sustainability task tasks team teams tenure the time
timeliness total training transparency trust turnover unit use usefulness value values vision well wellbeing
what willingness work works worse
"""
"""With which a title may begin that is no name: what surveys of people and organizations measure."""


class UnitWords(NamedTuple):
    """How the units of a study are called: organizations, or respondents where each stands for itself."""

    one: str
    many: str
    counted: tuple[str, str]

    def quantity(self, *n: float) -> str:
        """Return a number of units in words; of several numbers the least and the greatest.

        Examples
        --------
        >>> words = UNIT_NAMES["organization"]
        >>> words.quantity(1200), words.quantity(115, 117, 116)
        ('1,200 organizations', '115–117 organizations')
        """
        return plural_form(*self.counted, int(max(n))).format(n=count_range(n))


HUNDRED = message("points of 100")
"""The unit of what clients and the public see."""

CONTRAST_UNITS = {"points": message("points"), "percent": message("percent of the scale"), HUNDRED: HUNDRED}
"""The units of the contrast in a sentence."""

GAP_UNITS = {"points": message("scale points"), "percent": message("percent of the range"), HUNDRED: HUNDRED}
"""The units of a gap in words."""


def gap_digits(estimate: Estimate, unit: str) -> int:
    """Return how many digits an estimate needs in its unit: one fewer where the scale is 100 long.

    Parameters
    ----------
    estimate
        With its interval.
    unit
        One of `GAP_UNITS`.

    Examples
    --------
    >>> estimate = Estimate(1.14, low=0.09, high=1.67)
    >>> gap_digits(estimate, "points"), gap_digits(estimate, HUNDRED)
    (2, 1)
    """
    if unit == "points" or estimate.low is None or estimate.high is None:
        return digits_for(estimate) - (unit != "points")
    return digits_for(replace(estimate, low=estimate.low / 10, high=estimate.high / 10)) - 1


UNIT_NAMES = {
    "organization": UnitWords(
        message("organization"),
        message("organizations"),
        message_pair("{n} organization", "{n} organizations"),
    ),
    "respondent": UnitWords(
        message("respondent"), message("respondents"), message_pair("{n} respondent", "{n} respondents")
    ),
}
_WAVES = {
    ("first", "organization"): message("first wave of each organization"),
    ("latest", "organization"): message("latest wave of each organization"),
    ("first", "respondent"): message("first wave of each respondent"),
    ("latest", "respondent"): message("latest wave of each respondent"),
}
QUARTILE_NAMES = {
    message("Top"): message("Top quartile"),
    message("Upper middle"): message("Upper middle quartile"),
    message("Lower middle"): message("Lower middle quartile"),
    message("Bottom"): message("Bottom quartile"),
}
"""The quartiles of organizations (`cfanalysis.statistics.quartiles.QUARTILES`) in full."""


def quartile_name(quartile: object) -> str:
    """Return a quartile's name in full."""
    return translated(QUARTILE_NAMES[str(quartile)])


def unit_words(source: Source) -> UnitWords:
    """Return how the units of a study are called.

    Examples
    --------
    >>> unit_words(Source("sample", "Self Assessment")).many
    'organizations'
    """
    words = UNIT_NAMES[getattr(source, "unit", "organization")]
    return words._replace(one=translated(words.one), many=translated(words.many))


def wave_phrase(wave: WhichWave, source: Source) -> str:
    """Return the wave in words; where there is only one, its name.

    Parameters
    ----------
    wave
        ``"first"`` or ``"latest"``.
    source
        Where the data come from.
    """
    if len(source.waves) == 1:
        return sentence("wave {name}", name=source.waves[0])
    return translated(_WAVES[wave, getattr(source, "unit", "organization")])


def direction(estimate: Estimate) -> int:
    """Return 1 or -1 where the interval lies on one side of 0, else 0."""
    if estimate.low is None or estimate.high is None:
        return 0
    return 1 if estimate.low > 0 else -1 if estimate.high < 0 else 0


def within_sentence(title: str, source: Source) -> str:
    """Return a title as it stands within a sentence: unchanged unless both are English.

    The first letter becomes small only where the first word is known to be an ordinary English one: a name, an
    abbreviation or a German noun keeps it.

    Parameters
    ----------
    title
        The title.
    source
        Where it comes from, which knows the instrument's language.

    Examples
    --------
    >>> survey = Source("sample", "Self Assessment")
    >>> within_sentence("Performance against competitors", survey), within_sentence("Employee Engagement Index", survey)
    ('performance against competitors', 'the Employee Engagement Index')
    >>> within_sentence("NPS", survey), within_sentence("Service vor Ort", replace(survey, language="de"))
    ('NPS', 'Service vor Ort')
    """
    if source.language.partition("-")[0].casefold() != SOURCE or current_language().code != SOURCE:
        return title
    first, _, rest = title.partition(" ")
    if rest[:1].isupper():
        return f"the {title}"
    return title[:1].lower() + title[1:] if first.casefold().rstrip(",:") in _ORDINARY.split() else title


def organization_field(instrument: Instrument, field_id: str | None = None) -> DataField | None:
    """Return the organization field with an id, for None the first; None where there is no field.

    Parameters
    ----------
    instrument
        What the survey asks.
    field_id
        The field's id; None for the first.

    Raises
    ------
    InstrumentError
        There is no field with this id.
    """
    fields = {field.id: field for field in instrument.organization_fields}
    if field_id is None:
        return next(iter(fields.values()), None)
    if field_id not in fields:
        raise InstrumentError(
            f"The instrument {instrument.id!r} has no organization field {field_id!r}.",
            allowed=", ".join(fields) or "none",
        )
    return fields[field_id]
