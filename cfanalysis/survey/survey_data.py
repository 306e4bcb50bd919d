"""The evidence of one survey in memory: what every analysis takes.

A `Survey` bundles the instrument, the answer shares, the facts about the organizations and, where people
were asked directly, their responses. Its `Source` says where all that comes from and travels with every
result into captions and footers, so that a chart of synthetic data says so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

import pandas as pd

from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence, sentence_part
from cfanalysis.survey.instrument import Instrument

Result = TypeVar("Result")

OTHER_ORGANIZATIONS = "others"
"""The option in a benchmark's facts that stands for all options of too few organizations together."""

_KEPT = 6
"""Results that a survey keeps for other analyses, the latest ones."""


DONT_KNOW_CODE = -128
"""How "don't know" is stored in an Int8 item column, and how exports write it; no scale reaches so far down."""

PERSON = "respondent_number"
"""Column of a client's own responses: who answered in two waves has one number in both, and it says nothing else."""


@dataclass(frozen=True)
class Source:
    """Where a result comes from.

    Parameters
    ----------
    study
        The study's name.
    title
        What was asked: the instrument's title.
    waves
        The waves in the data, first to last.
    synthetic
        True where the data are made up; said on every page.
    fingerprint
        First characters of the hash of the study's manifest.
    unit
        Whether a row of the benchmark is an organization or, where none are known, a respondent.
    language
        Of the instrument's texts, as in HTML.
    shown
        How options of facts are written in that language, where it is not as they are counted, by the fact's title.
    """

    study: str
    title: str
    waves: tuple[str, ...] = ()
    synthetic: bool = False
    fingerprint: str = ""
    unit: Literal["organization", "respondent"] = "organization"
    language: str = "en"
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    def shown_option(self, title: object, option: object) -> str:
        """Return how readers are shown an option.

        Parameters
        ----------
        title
            The title of the fact.
        option
            The option as it is counted.

        Examples
        --------
        >>> source = Source("s", "S", shown={"Rolle": {"Leader": "Leitung"}})
        >>> source.shown_option("Rolle", "Leader"), source.shown_option("Rolle", "not said")
        ('Leitung', 'not said')
        """
        return self.shown.get(str(title), {}).get(str(option), str(option))

    def with_shown_options(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows with ``title`` (of a fact) and ``option`` for readers: each option as it is shown."""
        pairs = zip(frame["title"], frame["option"], strict=True)
        return frame.assign(option=[self.shown_option(*pair) for pair in pairs]) if self.shown else frame

    @property
    def caption(self) -> str:
        """The line under a chart or table: what, when, and whether it is synthetic.

        Examples
        --------
        >>> Source("sample", "Self Assessment", ("2024", "2025"), synthetic=True).caption
        'Source: Self Assessment, 2024–2025. Synthetic data.'
        """
        named = len(self.waves) == 1 and self.waves[0] in self.title  # "Survey 2023" needs no second 2023
        waves = "" if named else "–".join(dict.fromkeys(self.waves[:1] + self.waves[-1:]))
        what = sentence("Source: {what}.", what=", ".join(filter(None, [sentence_part(self.title), waves])))
        return " ".join([what, *([translated("Synthetic data.")] if self.synthetic else [])])


@dataclass(frozen=True, repr=False)
class Survey:
    """What was asked and what was answered.

    Parameters
    ----------
    instrument
        What the survey asks.
    shares
        Answer shares (see ``docs/architecture.md``): organization, wave, kind, item, category, share, n,
        n_dont_know.
    organizations
        One row per organization and wave: organization, wave, kind, n (respondents), then the
        instrument's organization fields.
    raw_responses
        One row per respondent and wave, answers in the codes they were given: -128 for "don't know", reverse-keyed
        items not turned; None where only frequency tables were published.
    source
        Where the data come from.
    outcomes
        External outcomes of organizations, where there are any: ``organization, wave, outcome, value, n``.
    """

    instrument: Instrument
    shares: pd.DataFrame
    organizations: pd.DataFrame
    raw_responses: pd.DataFrame | None
    source: Source
    outcomes: pd.DataFrame | None = None
    _memo: dict[Hashable, Any] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Survey: {self.source.caption}>"

    @property
    def is_public(self) -> bool:
        """Whether everyone may read the figures of single organizations: published tables, or made-up data."""
        return self.instrument.public or self.source.synthetic

    def memoize(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """Return what `make` returns; the second time, what it returned the first time.

        Several analyses start from the same expensive arrays. A result that is kept must depend on nothing but the
        survey and the key, and callers must not change it. A copy of the survey (`dataclasses.replace`) keeps
        nothing.

        Parameters
        ----------
        key
            What is made, with all its settings.
        make
            What makes it.
        """
        if key not in self._memo:
            made = make()
            while len(self._memo) >= _KEPT:
                del self._memo[next(iter(self._memo))]
            self._memo[key] = made
        found: Result = self._memo[key]
        return found


@dataclass(frozen=True)
class BenchmarkFacts:
    """What a benchmark is made of.

    Parameters
    ----------
    title
        In words, e.g. "all organizations" or "Sector: Public services".
    n
        Organizations that count.
    waves
        How many of them count with which wave: wave and organizations; waves of too few are put together.
    composition
        For each fact about organizations its title, and its options with the organizations of each; options of too
        few are put together.
    left_out
        Organizations that count in nothing, because too few others lack what they lack.
    included
        Whether the client is one of those that count.
    norm, date
        The norm's name and date; "" for the figures of a study that are published nowhere.
    draft
        Whether the figures may still change.
    repeated
        The earlier norms whose figures are repeated, and how many: means and quartile means.
    as_of
        The norm of whose organizations the rest speaks, from `n` to `included`: the norm itself, or an earlier one.
    """

    title: str = message("all organizations")
    n: int = 0
    waves: tuple[tuple[str, int], ...] = ()
    composition: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    left_out: int = 0
    included: bool = True
    norm: str = ""
    date: str = ""
    draft: bool = False
    repeated: tuple[tuple[str, int], ...] = ()
    as_of: str = ""

    def shown_in(self, instrument: Instrument) -> BenchmarkFacts:
        """Return the same in the language in which an instrument was read, whatever the language of a norm's titles."""
        fields = {t: f for f in instrument.organization_fields for t in (*f.source, f.title)}
        composition = tuple(
            (fields[title].title, tuple((fields[title].shown_option(option), n) for option, n in counts))
            if title in fields
            else (title, counts)
            for title, counts in self.composition
        )
        title, _, shared = self.title.partition(": ")
        peers = fields.get(title)
        named = f"{peers.title}: {peers.shown_option(shared)}" if peers else self.title
        return replace(self, title=named, composition=composition)


@dataclass(frozen=True, repr=False)
class ClientExtract:
    """What one client's report is made from: its own rows and the benchmark's aggregates, nothing else.

    Parameters
    ----------
    client
        The organization's name.
    instrument
        What the survey asks.
    wave
        The client's latest wave: what the report is about.
    n
        The client's respondents in that wave.
    shares
        The client's own answer shares, all its waves.
    scores
        The client's own scores: ``wave, scope, name, facet, mean, score, n, percentile`` (0-100, of the
        measure in that row, among the benchmark's organizations; latest wave only), all to a tenth, and a gap as the
        difference of its Say and Do. Of fewer respondents than the minimum there are overall Say, Do and gap alone.
    benchmark
        One row per measure: ``scope, name, facet, n`` (organizations), ``mean, p10 ... p90, top,
        upper_middle, lower_middle, bottom`` (0-100; means of the criterion's quartiles). What would
        rest on too few organizations is missing.
    quartile
        The client's quartile of the criterion, in words; None where it has no criterion score.
    criterion
        Title of the criterion, None where the instrument has none.
    facts
        The client's facts, by the instrument's organization fields.
    source
        Where the data come from.
    raw_responses
        The client's own responses in the codes they were given, of the waves with enough respondents, without the
        respondents' ids but with a number for each respondent (column `PERSON`), and without open answers; None where
        only frequency tables were published.
    comments
        What is shown of the open answers: ``question`` (item id), ``kind`` (respondents, answers, no theme, theme,
        phrase, quote), ``text``, ``count``. No answer is in it that a person has not let pass.
    trend
        The benchmark's Say, Do, gap and indices by wave: ``scope, name, facet, before, after, mean, n``; ``before`` is
        "" for a wave's mean, else a wave, and ``mean`` is the change of the organizations in both.
    importance
        How Do items go with the criterion over all organizations: ``item, importance, low, high, n``.
    role_effects
        How roles go with what is answered, over all organizations (`cfanalysis.analyses.roles.RoleEffects`).
    respondents, invited
        How many answered, and were invited where that is known, by wave.
    benchmark_facts
        What the benchmark is made of.
    hidden_items
        How many rated items were answered in the latest wave and may not be shown.
    exclusions
        What cleaning did to the client's own rows in all waves: kind (dropped or flagged), the rule in words, and how
        many rows.
    """

    client: str
    instrument: Instrument
    wave: str
    n: int
    shares: pd.DataFrame
    scores: pd.DataFrame
    benchmark: pd.DataFrame
    quartile: str | None
    criterion: str | None
    facts: dict[str, str]
    source: Source
    raw_responses: pd.DataFrame | None = None
    trend: pd.DataFrame = field(default_factory=pd.DataFrame)
    importance: pd.DataFrame = field(default_factory=pd.DataFrame)
    role_effects: pd.DataFrame = field(default_factory=pd.DataFrame)
    comments: pd.DataFrame = field(default_factory=pd.DataFrame)
    respondents: dict[str, int] = field(default_factory=dict)
    invited: dict[str, int] = field(default_factory=dict)
    benchmark_facts: BenchmarkFacts = BenchmarkFacts()
    hidden_items: int = 0
    exclusions: tuple[tuple[str, str, int], ...] = ()

    def __repr__(self) -> str:
        return f"<ClientExtract: {self.client}, wave {self.wave}, n = {self.n:,}. {self.source.caption}>"

    @cached_property
    def latest_responses(self) -> pd.DataFrame | None:
        """The client's own responses of its latest wave, selected once; None where there are none."""
        rows = self.raw_responses
        return None if rows is None else rows[rows["wave"] == self.wave].reset_index(drop=True)

    @cached_property
    def benchmark_comparison(self) -> pd.DataFrame:
        """The latest wave's scores beside the benchmark (`cfanalysis.analyses.benchmark_comparison`), joined once."""
        own = self.scores[self.scores["wave"] == self.wave]
        columns = ["scope", "name", "facet", "n", "mean", "top", "n_top"]
        benchmark = self.benchmark.reindex(columns=columns)
        benchmark = benchmark.rename(columns={"n": "n_organizations", "mean": "benchmark"})
        table = own.merge(benchmark, on=["scope", "name", "facet"], how="left")
        return table.assign(
            difference=(table["score"] - table["benchmark"]).round(1), third=table["third"].fillna("")
        )
