"""Made-up answers to the open question.

An answer is one of some hundreds of sentences, put together from a wish and its occasion. A few carry what
people do write into such boxes and what must never reach a report: a name, an e-mail address, a telephone
number.
"""

from __future__ import annotations

from cfanalysis.study.sample.draws import Draws
from cfanalysis.study.sample.organization_names import WORDS


def sample_comments(count: int, share: float, draws: Draws) -> list[str]:
    """Return `count` answers, about `share` of them not blank.

    Parameters
    ----------
    count
        How many respondents.
    share
        Share of respondents who write something, 0 to 1.
    draws
        Streams "comment ...".
    """
    wishes, occasions, alone = (WORDS["comments"][part] for part in ("wishes", "occasions", "alone"))
    answered = draws.uniform("comment answered", count) < share
    stands_alone = draws.uniform("comment alone", count) < 0.25
    short = draws.integer("comment short", len(alone), count)
    wish = draws.integer("comment wish", len(wishes), count)
    occasion = draws.integer("comment occasion", len(occasions), count)
    sentences = [f"{wishes[i]}{occasions[j]}." for i, j in zip(wish, occasion, strict=True)]
    return [
        "" if not answered[i] else alone[short[i]] if stands_alone[i] else sentences[i] for i in range(count)
    ]


def personal_comment(number: int) -> str:
    """Return one of the answers that name or address a person."""
    personal: list[str] = WORDS["comments"]["personal"]
    return personal[number % len(personal)]
