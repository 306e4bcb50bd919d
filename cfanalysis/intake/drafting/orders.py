"""Answers whose order is known: the usual scales in some languages, and labels that bear their number."""

from __future__ import annotations

import re
from collections.abc import Collection

from cfanalysis.intake.folding import comparable_text

_ORDERS = """
strongly disagree, disagree, tend to disagree, somewhat disagree, slightly disagree, neither agree nor disagree,
  neither, neutral, undecided, slightly agree, somewhat agree, tend to agree, agree, strongly agree
completely disagree, mostly disagree, neither agree nor disagree, mostly agree, completely agree
never, almost never, rarely, seldom, occasionally, sometimes, often, frequently, usually, almost always, always
very dissatisfied, dissatisfied, somewhat dissatisfied, neither satisfied nor dissatisfied, neutral, somewhat satisfied,
  satisfied, very satisfied, extremely satisfied
very poor, poor, fair, average, good, very good, excellent
very bad, bad, neutral, good, very good
not at all, slightly, to a small extent, a little, somewhat, to some extent, moderately, very, very much,
  to a great extent, extremely, completely
not at all important, not important, slightly important, somewhat important, moderately important, important,
  very important, extremely important
not at all likely, very unlikely, unlikely, neutral, likely, very likely, extremely likely
very unfavorably, somewhat unfavorably, neither favorably nor unfavorably (neutral), somewhat favorably, very favorably
no, yes
false, true
stimme überhaupt nicht zu, stimme gar nicht zu, stimme nicht zu, stimme eher nicht zu, teils/teils, teils teils,
  weder noch, neutral, unentschieden, stimme eher zu, stimme zu, stimme voll zu, stimme voll und ganz zu
trifft überhaupt nicht zu, trifft gar nicht zu, trifft nicht zu, trifft eher nicht zu, teils/teils, teils teils,
  neutral, trifft eher zu, trifft zu, trifft voll zu, trifft voll und ganz zu
nie, fast nie, selten, gelegentlich, manchmal, oft, häufig, meistens, fast immer, immer
sehr unzufrieden, unzufrieden, eher unzufrieden, teils/teils, neutral, eher zufrieden, zufrieden, sehr zufrieden
sehr schlecht, schlecht, mittelmäßig, befriedigend, gut, sehr gut
nein, ja
pas du tout d'accord, pas d'accord, plutôt pas d'accord, ni d'accord ni pas d'accord, neutre, plutôt d'accord, d'accord,
  tout à fait d'accord
jamais, rarement, parfois, souvent, toujours
très insatisfait, insatisfait, neutre, satisfait, très satisfait
non, oui
totalmente en desacuerdo, muy en desacuerdo, en desacuerdo, ni de acuerdo ni en desacuerdo, neutral, de acuerdo,
  muy de acuerdo, totalmente de acuerdo
nunca, casi nunca, rara vez, a veces, a menudo, casi siempre, siempre
muy insatisfecho, insatisfecho, neutral, satisfecho, muy satisfecho
"""
ORDERS = [
    [comparable_text(label) for label in line.split(",")]
    for line in re.sub(r"\n  ", " ", _ORDERS).strip().splitlines()
]
DONT_KNOW = {
    "don't know", "do not know", "not sure", "unsure", "can't say", "cannot say", "no opinion", "prefer not to say",
    "no basis for evaluation", "no basis to judge", "i don't know", "weiß nicht", "weiss nicht",
    "kann ich nicht beurteilen",
    "keine angabe möglich", "ne sait pas", "je ne sais pas", "sans opinion", "no sabe", "no sé", "non so", "weet niet",
    "unfamiliar (n/a)",
}  # fmt: skip
_NUMBERED = (re.compile(r"^(-?\d{1,3})\s*[-–=:.)]\s*(.+)$"), re.compile(r"^(.+?)\s*[(\[](-?\d{1,3})[)\]]$"))


def known_order(labels: Collection[str]) -> list[str] | None:
    """Return labels from the lowest answer to the highest, None where their order is not known.

    Examples
    --------
    >>> known_order(["Agree", "Disagree", "Strongly agree"]), known_order(["Red", "Blue"])
    (['Disagree', 'Agree', 'Strongly agree'], None)
    """
    for order in ORDERS:
        if len(labels) > 1 and {comparable_text(label) for label in labels} <= set(order):
            return sorted(labels, key=lambda label: order.index(comparable_text(label)))
    return None


def numbered(labels: Collection[str]) -> dict[int, str] | None:
    """Return labels by the number that each bears, None where one bears none or two bear the same.

    Examples
    --------
    >>> numbered(["1 - Never", "5 - Always", "3"])
    {1: '1 - Never', 5: '5 - Always', 3: '3'}
    """
    found: dict[int, str] = {}
    for label in labels:
        text = label.strip()
        first, last = _NUMBERED[0].match(text), _NUMBERED[1].match(text)
        number = first.group(1) if first else last.group(2) if last else text
        if not re.fullmatch(r"-?\d{1,3}", number) or int(number) in found:
            return None
        found[int(number)] = label
    return found
