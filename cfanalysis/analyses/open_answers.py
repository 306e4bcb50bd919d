"""Themes in open answers, by a method that a reader can follow.

A theme is a list of words and phrases in the instrument; an answer has a theme if it contains one of them, and can have
several. The phrases that recur in the answers themselves are given beside the themes, so that a subject missing from
the list is seen. Typical quotes are the answers that are most like all others of their theme (largest mean cosine of
word counts weighted by tf-idf; Salton and Buckley 1988). Texts are masked first (`cfanalysis.analyses.masking`); quotes
are shown only of an organization with enough respondents, one for each theme, and never with role or function.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.analyses.masking import mask_names, vocabulary
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import share_estimate
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

MIN_REPEATED = 3
MAX_PHRASE = 4
MAX_PHRASES = 10
QUOTE_LENGTH = 240
_METHOD = (
    "A theme is a list of words in the instrument; an answer can have several themes, or none. Names, addresses and "
    "telephone numbers are masked. A typical quote is the answer most like the others of its theme."
)
_TOKEN = re.compile(r"[\w'’-]+")
_FUNCTION_WORDS = (
    "a about above after all also am an and any are as at be been before being but by can could did do "
    "does doing down each even every few for from get give had has have he her his how i if in into is it "
    "its just let like many me more most much must my no nobody not nothing of off on one only or other "
    "our out over should so some still such than that the their them then there these they thing things "
    "this those through to too up us very was we well were what when where which who why will with would "
    "you your"
)
_STOP = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True)
class Comments:
    """Themes and phrases of open answers.

    Parameters
    ----------
    themes
        One row per theme, most frequent first: ``theme, count`` (answers), ``share, low, high`` (of the answers, 0-1,
        Wilson; interval missing below the minimum of answers), ``quote`` ("" where none may be shown), ``benchmark``
        (share over organizations, 0-1; missing where unknown).
    phrases
        Recurring phrases: ``phrase, count`` (answers).
    n
        Answers with text.
    n_without_theme
        Those without a theme.
    n_respondents
        Respondents asked.
    question
        What was asked.
    quoted
        Whether quotes may be shown.
    method, source
        How, and where the data come from.
    """

    themes: pd.DataFrame
    phrases: pd.DataFrame
    n: int
    n_without_theme: int
    n_respondents: int
    question: str
    quoted: bool
    method: str
    source: Source


def client_comments(extract: ClientExtract) -> Comments | None:
    """Return themes and phrases of one client's open answers; None where there are none."""
    items = extract.instrument.select(role="open")
    if extract.raw_responses is None or not items:
        return None
    people = extract.raw_responses[extract.raw_responses["wave"] == extract.wave]
    texts = open_answers(people, extract.instrument)
    texts = texts[texts != ""]
    if texts.empty:
        return None
    quoted = may_show_distribution(len(people), extract.instrument.minima)
    found = has_theme(texts, extract.instrument)
    return Comments(
        _themes(texts, found, extract, quoted=quoted),
        frequent_phrases(texts.tolist() if quoted else []),
        len(texts),
        int((~found.any(axis=1)).sum()) if found.shape[1] else len(texts),
        len(people),
        items[0].text,
        quoted,
        _METHOD,
        extract.source,
    )


def _themes(texts: pd.Series, found: pd.DataFrame, extract: ClientExtract, *, quoted: bool) -> pd.DataFrame:
    """Return the themes, most frequent first, each with its share, a quote and the benchmark's share."""
    benchmark = extract.benchmark[extract.benchmark["scope"] == "theme"].set_index("name")["mean"] / 100
    rows, used = [], set[str]()
    for theme in found.columns[np.argsort(-found.sum().to_numpy(), kind="stable")]:
        here = texts[found[theme]].tolist()
        enough = may_show_distribution(len(texts), extract.instrument.minima)
        share = share_estimate(len(here), len(texts)) if enough else Estimate(len(here) / len(texts))
        quote = _quote([t for t in here if t not in used]) if quoted else ""
        used.add(quote)
        beside = float(benchmark.get(theme, np.nan))
        rows.append((theme, len(here), share.estimate, *share.ends, quote, beside))
    columns = ["theme", "count", "share", "low", "high", "quote", "benchmark"]
    return pd.DataFrame(rows, columns=columns)


def open_answers(responses: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Return each respondent's open answers in one text; "" where there are none.

    Parameters
    ----------
    responses
        Cleaned responses, one row per respondent.
    instrument
        What the survey asks.
    """
    items = [item.id for item in instrument.select(role="open") if item.id in responses]
    if not items:
        return pd.Series("", index=responses.index, dtype="str")
    parts = [responses[item].fillna("").astype("str") for item in items]
    texts = [" ".join(text for text in row if text) for row in zip(*parts, strict=True)]
    return pd.Series(texts, index=responses.index, dtype="str")


def survey_words(survey: Survey) -> frozenset[str]:
    """Return the words of a survey's language: small-letter words of its items and answers."""
    texts = [item.text for item in survey.instrument.items]
    answers = (
        [] if survey.raw_responses is None else open_answers(survey.raw_responses, survey.instrument).tolist()
    )
    themes = [word.strip("*") for words in survey.instrument.themes.values() for word in words]
    return vocabulary([*texts, *answers, *themes])


def mask_answers(responses: pd.DataFrame, instrument: Instrument, words: frozenset[str]) -> pd.DataFrame:
    """Return responses whose open answers are masked; the input stays as it is.

    Parameters
    ----------
    responses
        Cleaned responses, one row per respondent.
    instrument
        What the survey asks.
    words
        Words of the language, which stay (see `mask_names`).
    """
    items = [item.id for item in instrument.select(role="open") if item.id in responses]
    hidden = {item: [mask_names(str(t), words) for t in responses[item].fillna("")] for item in items}
    return responses.assign(
        **{item: pd.Series(t, index=responses.index, dtype="str") for item, t in hidden.items()}
    )


def has_theme(texts: pd.Series, instrument: Instrument) -> pd.DataFrame:
    """Return which texts have which themes: one boolean column per theme.

    Parameters
    ----------
    texts
        One text per respondent.
    instrument
        Its themes: the words and word beginnings (``wait*``) of each.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> asked = SimpleNamespace(themes={"Speed": ("wait*", "call back"), "Parking": ("parking",)})
    >>> has_theme(pd.Series(["Less waiting!", "Call  back", "Await", "Parking"]), asked).astype(int).values.tolist()
    [[1, 0], [1, 0], [0, 0], [0, 1]]
    """
    folded = [" ".join(text.casefold().split()) for text in texts]
    columns = {}
    for theme, words in instrument.themes.items():
        pattern = re.compile("|".join(_term(word) for word in words))
        columns[theme] = [bool(pattern.search(text)) for text in folded]
    return pd.DataFrame(columns, index=texts.index, dtype=bool)


def theme_measures(survey: Survey) -> pd.DataFrame:
    """Return the share (0-100) of an organization's open answers that have a theme (scope ``theme``)."""
    columns = ["organization", "wave", "kind", "scope", "name", "facet", "score", "n"]
    if survey.raw_responses is None or not survey.instrument.themes:
        return pd.DataFrame(columns=columns)
    texts = open_answers(survey.raw_responses, survey.instrument)
    written = texts[texts != ""]
    if written.empty:
        return pd.DataFrame(columns=columns)
    found = has_theme(written, survey.instrument)
    keys = survey.raw_responses.loc[written.index, ["organization", "wave"]]
    grouped = found.astype(float).mul(100).groupby([keys["organization"], keys["wave"]])
    wide = grouped.mean().reset_index()
    table = wide.melt(["organization", "wave"], var_name="name", value_name="score")
    n = grouped.size().rename("n").reset_index()
    table = table.merge(n, on=["organization", "wave"])
    return table.assign(kind="organization", scope="theme", facet="all")[columns]


def frequent_phrases(texts: list[str], *, least: int = MIN_REPEATED, most: int = MAX_PHRASES) -> pd.DataFrame:
    """Return phrases of two to four words that occur in several answers: ``phrase, count``.

    A phrase neither begins nor ends with a function word; one that is part of a longer phrase that is as frequent is
    left out.

    Parameters
    ----------
    texts
        The answers.
    least
        Answers that a phrase must occur in.
    most
        Phrases returned at most, the most frequent first.

    Examples
    --------
    >>> frequent_phrases(["Shorten the waiting time", "waiting time!", "the waiting time"]).values.tolist()
    [['waiting time', 3]]
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_phrases(text))
    frequent = {phrase: count for phrase, count in counts.items() if count >= least}
    kept = [
        p
        for p in frequent
        if not any(p != q and f" {p} " in f" {q} " and frequent[q] >= frequent[p] for q in frequent)
    ]
    ranked = sorted(kept, key=lambda phrase: (-frequent[phrase], -len(phrase.split()), phrase))[:most]
    return pd.DataFrame([(p, frequent[p]) for p in ranked], columns=["phrase", "count"])


def most_typical_index(texts: list[str]) -> int:
    """Return the position of the text most like the others; of equally typical ones the shortest, then the first.

    Examples
    --------
    >>> most_typical_index(["Answer e-mails faster", "Better parking", "Answer e-mails within a day", "Answer e-mails"])
    3
    """
    bags = [
        Counter(t.casefold() for t in _TOKEN.findall(text) if t.casefold() not in _STOP) for text in texts
    ]
    words = sorted({word for bag in bags for word in bag})
    if not words:
        return 0
    place = {word: k for k, word in enumerate(words)}
    weight = np.zeros((len(texts), len(words)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            weight[row, place[word]] = count
    weight *= np.log((1 + len(texts)) / (1 + (weight > 0).sum(axis=0))) + 1
    length = np.linalg.norm(weight, axis=1, keepdims=True)
    unit = weight / np.where(length > 0, length, 1)
    likeness = np.round((unit @ unit.T).mean(axis=1), 9)
    return min(range(len(texts)), key=lambda k: (-likeness[k], len(texts[k]), k))


def _quote(texts: list[str]) -> str:
    """Return the typical text, cut at a word where it is long."""
    if not texts:
        return ""
    quote = " ".join(texts[most_typical_index(texts)].split())
    return quote if len(quote) <= QUOTE_LENGTH else quote[:QUOTE_LENGTH].rsplit(" ", 1)[0] + " …"


def _term(word: str) -> str:
    """Return the pattern of a word or phrase of a theme."""
    plain = " ".join(word.casefold().split())
    stem, end = (plain[:-1], "") if plain.endswith("*") else (plain, r"(?!\w)")
    return r"(?<!\w)" + re.escape(stem) + end


def _phrases(text: str) -> set[str]:
    found = set()
    for part in re.split(r"[.,;:!?\"()\[\]–]", text.casefold()):
        words = _TOKEN.findall(part)
        for size in range(2, MAX_PHRASE + 1):
            for start in range(len(words) - size + 1):
                phrase = words[start : start + size]
                if phrase[0] not in _STOP and phrase[-1] not in _STOP:
                    found.add(" ".join(phrase))
    return found
