"""Open answers: how many were given to each question, their themes, and phrases that many used.

A theme is a list of words and phrases in the instrument; an answer has a theme if it contains one of them, and can have
several. No answer is printed of itself. A phrase is shown only where several respondents used it and each of its words
stands in the texts of the survey: no rule can tell a name from a word in every language, but nobody's name is in a
questionnaire. Quotes are what a person has let pass (`cfanalysis.study.comment_review`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from cfanalysis.core.language import message
from cfanalysis.statistics.effects import Estimate
from cfanalysis.statistics.effects.one_sample import share_estimate
from cfanalysis.survey.confidentiality import may_show_distribution
from cfanalysis.survey.instrument import Instrument
from cfanalysis.survey.survey_data import ClientExtract, Source, Survey

MIN_REPEATED = 3
MAX_PHRASE = 4
MAX_PHRASES = 6
_COLUMNS = ["question", "kind", "text", "count"]
_METHOD = message("A theme is a list of words in the instrument; an answer can have several themes, or none.")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
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
    """What is shown of the answers to one open question.

    Parameters
    ----------
    question
        What was asked.
    n
        Answers with text.
    n_without_theme
        Those without a theme.
    n_respondents
        Respondents asked.
    minimum
        With fewer answers, only their number is shown.
    themes
        One row per theme that occurs, most frequent first: ``theme, count`` (answers), ``share, low, high`` (of the
        answers, 0-1, Wilson), ``benchmark`` (share over organizations, 0-1; missing where unknown).
    phrases
        Recurring phrases: ``phrase, count`` (answers).
    quotes
        Answers, or parts of them, that a person has let pass.
    method, source
        How, and where the data come from.
    """

    question: str
    n: int
    n_without_theme: int
    n_respondents: int
    minimum: int
    themes: pd.DataFrame
    phrases: pd.DataFrame
    quotes: tuple[str, ...]
    method: str
    source: Source


def comment_rows(responses: pd.DataFrame, instrument: Instrument, quotes: pd.DataFrame) -> pd.DataFrame:
    """Return what a client's extract holds of its open answers: ``question, kind, text, count``.

    Parameters
    ----------
    responses
        The client's responses of its latest wave.
    instrument
        What the survey asks.
    quotes
        What was let pass: ``question`` (item id), ``text``.
    """
    rows: list[tuple[str, str, str, int]] = []
    words = survey_words(instrument)
    for item in instrument.select(role="open"):
        texts = _answers(responses, item.id)
        texts = texts[texts != ""]
        rows += [(item.id, "respondents", "", len(responses)), (item.id, "answers", "", len(texts))]
        if not may_show_distribution(len(texts), instrument.minima):
            continue
        found = has_theme(texts, instrument)
        rows.append((item.id, "no theme", "", int((~found.any(axis=1)).sum())))
        rows += [(item.id, "theme", str(name), int(n)) for name, n in found.sum().items() if n]
        phrases = frequent_phrases(texts.tolist(), words)
        rows += [(item.id, "phrase", str(phrase), int(n)) for phrase, n in phrases.itertuples(index=False)]
        passed = quotes.loc[quotes["question"] == item.id, "text"]
        rows += [(item.id, "quote", str(text), 1) for text in passed]
    return pd.DataFrame(rows, columns=_COLUMNS)


def client_comments(extract: ClientExtract) -> tuple[Comments, ...]:
    """Return what is shown of a client's answers to each open question, in the instrument's order."""
    if extract.comments.empty:
        return ()
    minimum = extract.instrument.minima.respondents
    found = []
    for item in extract.instrument.select(role="open"):
        own = extract.comments[extract.comments["question"] == item.id]
        parts = {str(kind): part for kind, part in own.groupby("kind")}
        counts = {kind: int(part["count"].sum()) for kind, part in parts.items()}
        nothing = own.iloc[:0]
        n = counts.get("answers", 0)
        found.append(
            Comments(
                item.text,
                n,
                counts.get("no theme", 0),
                counts.get("respondents", 0),
                minimum,
                _themes(parts.get("theme", nothing), n, item.id, extract),
                parts.get("phrase", nothing)[["text", "count"]].rename(columns={"text": "phrase"}),
                tuple(map(str, parts.get("quote", nothing)["text"])),
                _METHOD,
                extract.source,
            )
        )
    return tuple(found)


def _themes(rows: pd.DataFrame, n: int, question: str, extract: ClientExtract) -> pd.DataFrame:
    """Return the themes, most frequent first, each with its share and the benchmark's share."""
    benchmark = extract.benchmark[extract.benchmark["scope"] == "theme"].set_index("name")["mean"] / 100
    shares: list[Estimate] = [share_estimate(int(count), n) for count in rows["count"]]
    table = pd.DataFrame(
        {
            "theme": [extract.instrument.theme_titles.get(theme, theme) for theme in rows["text"]],
            "count": rows["count"],
            "share": [s.estimate for s in shares],
            "low": [s.low for s in shares],
            "high": [s.high for s in shares],
            "benchmark": [float(benchmark.get(f"{question}: {theme}", np.nan)) for theme in rows["text"]],
        }
    )
    return table.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _answers(responses: pd.DataFrame, item: str) -> pd.Series:
    """Return the answers to an open question, one a respondent; "" where there is none."""
    if item not in responses:
        return pd.Series("", index=responses.index, dtype="str")
    return responses[item].fillna("").astype("str").str.strip()


@lru_cache(maxsize=1)
def _words(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _TOKEN.findall(text.casefold()))


def survey_words(instrument: Instrument) -> frozenset[str]:
    """Return the words of the texts of a survey, without case: its items, titles and themes."""
    titled = (*instrument.dimensions, *instrument.practices)
    texts = [
        instrument.title,
        *(text for item in instrument.items for text in (item.text, item.short)),
        *(text for part in titled for text in (part.title, part.about)),
        *(word.strip("*") for words in instrument.themes.values() for word in words),
        *instrument.themes,
        *instrument.theme_titles.values(),
    ]
    return _words(tuple(texts))


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
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(_term, words))})")  # one look behind for all words
        columns[theme] = [bool(pattern.search(text)) for text in folded]
    return pd.DataFrame(columns, index=texts.index, dtype=bool)


def theme_measures(survey: Survey) -> pd.DataFrame:
    """Return the share (0-100) of an organization's answers to an open question that have a theme (scope ``theme``).

    A measure is named by the question's item and the theme: ``"improve: Speed"``.
    """
    columns = ["organization", "wave", "kind", "scope", "name", "facet", "score", "n"]
    parts = [pd.DataFrame(columns=columns)]
    if survey.raw_responses is None or not survey.instrument.themes:
        return parts[0]
    keys = ["organization", "wave"]
    for item in survey.instrument.select(role="open"):
        texts = _answers(survey.raw_responses, item.id)
        written = texts[texts != ""]
        if written.empty:
            continue
        found = has_theme(written, survey.instrument).astype(float).mul(100).add_prefix(f"{item.id}: ")
        owners = survey.raw_responses.loc[written.index, keys]
        grouped = found.groupby([owners["organization"], owners["wave"]])
        wide = grouped.mean().reset_index().melt(keys, var_name="name", value_name="score")
        parts.append(wide.merge(grouped.size().rename("n").reset_index(), on=keys))
    table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return table.assign(kind="organization", scope="theme", facet="all")[columns]


def frequent_phrases(texts: Iterable[str], words: frozenset[str]) -> pd.DataFrame:
    """Return phrases of two to four words that occur in several answers: ``phrase, count``.

    A phrase neither begins nor ends with a function word; one that is part of a longer phrase that is as frequent is
    left out. At least `MIN_REPEATED` answers hold it, and at most `MAX_PHRASES` are returned, the most frequent first.

    Parameters
    ----------
    texts
        The answers, one a respondent.
    words
        The words that a phrase may have, beside function words.

    Examples
    --------
    >>> answers = ["Shorten the waiting time, Mia Okafor", "waiting time! Mia Okafor", "waiting time Mia Okafor"]
    >>> frequent_phrases(answers, frozenset({"waiting", "time"})).values.tolist()
    [['waiting time', 3]]
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_phrases(text, words))
    frequent = {phrase: count for phrase, count in counts.items() if count >= MIN_REPEATED}
    kept = [
        p
        for p in frequent
        if not any(p != q and f" {p} " in f" {q} " and frequent[q] >= frequent[p] for q in frequent)
    ]
    ranked = sorted(kept, key=lambda phrase: (-frequent[phrase], -len(phrase.split()), phrase))
    return pd.DataFrame([(p, frequent[p]) for p in ranked[:MAX_PHRASES]], columns=["phrase", "count"])


def _term(word: str) -> str:
    """Return the pattern of a word or phrase of a theme from where a word begins."""
    plain = " ".join(word.casefold().split())
    stem, end = (plain[:-1], "") if plain.endswith("*") else (plain, r"(?!\w)")
    return re.escape(stem) + end


def _phrases(text: str, allowed: frozenset[str]) -> set[str]:
    found = set()
    for part in re.split(r"[.,;:!?\"()\[\]–\n]", text.casefold()):
        words = _TOKEN.findall(part)
        for size in range(2, MAX_PHRASE + 1):
            for start in range(len(words) - size + 1):
                phrase = words[start : start + size]
                known = all(word in allowed or word in _STOP for word in phrase)
                if known and phrase[0] not in _STOP and phrase[-1] not in _STOP:
                    found.add(" ".join(phrase))
    return found
