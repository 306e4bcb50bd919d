"""Results as the blocks of a page: masthead, summaries, methods.

A notebook's cell is one call from here or from `cfanalysis.reports.common.result_tables`; the words come from
`cfanalysis.reports.common.sentences`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from cfanalysis.analyses.client_report import Standing
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.core.blocks import Masthead, Prose
from cfanalysis.core.formatting import whole_number
from cfanalysis.core.language import message, translated
from cfanalysis.core.publication import current_publication
from cfanalysis.core.templates import sentence
from cfanalysis.reports.common import sentences
from cfanalysis.reports.common.result_tables import UNIT_HEADINGS
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.confidentiality import respondent_count_text
from cfanalysis.survey.survey_data import ClientExtract, Source

_SYNTHETIC = message("Synthetic data: no organization in it exists")
_RESEARCH = message("For research, not for clients")
_DRAFT = message("Draft: compared with a benchmark that is not published; do not hand it out")


def figure_numbers() -> Prose:
    """Return where the numbers of the figures are: beside a published report, each figure's as CSV."""
    published = current_publication()
    if not published or not published.numbers:
        text = "`cfanalysis analyze STUDY` writes the numbers of every figure as CSV beside the report."
        return Prose(translated(text))
    folder = Path(published.numbers)
    files = sorted(path.name for path in folder.glob("*.csv"))
    if not files:
        text = "These data allow no figure, so there are no numbers of figures beside this report."
        return Prose(translated(text))
    text = "The numbers of the figures lie beside this report in the folder {place}: {names}."
    names = ", ".join(f"`{name}`" for name in files)
    return Prose(sentence(text, place=f"`figures/{folder.name}`", names=names))


def study_masthead(study: Study, title: str, *, research: bool = True) -> Masthead:
    """Return the head of a report on a study: unless its figures are public, it is not for clients and says so.

    Parameters
    ----------
    study
        The study.
    title
        Title of the report.
    research
        Whether it shows more than what is for the public.
    """
    source = study.survey.source
    organizations = study.survey.organizations.query("kind == 'organization'")
    latest = organizations.drop_duplicates(["organization", "wave"])
    responses = "Responses" if study.survey.raw_responses is not None else "Answers per item, at most"
    facts = [
        (translated("Waves" if len(source.waves) > 1 else "Wave"), ", ".join(source.waves)),
        (translated(UNIT_HEADINGS[study.survey.instrument.unit]), whole_number(len(study.clients))),
        (translated(responses), whole_number(int(latest["n"].sum()))),
    ]
    limit = _RESEARCH if research and not study.survey.instrument.public else ""
    return Masthead(translated(title), source.title, facts, _notice(source, limit), source.title)


def client_masthead(extract: ClientExtract, title: str | None = None) -> Masthead:
    """Return the head of a client's report.

    Parameters
    ----------
    extract
        The client's extract.
    title
        What kind of report it is; by default the instrument's title says it.
    """
    instrument = extract.instrument
    titles = {f.id: f.title for f in instrument.organization_fields}
    facts = [
        (translated("Wave"), extract.wave),
        (translated("Who answered"), respondent_count_text(extract.n)),
        *((titles[key], extract.source.shown_option(titles[key], v)) for key, v in extract.facts.items()),
    ]
    footer = sentence(
        "Confidential, for {client}; {title}", client=extract.client, title=extract.source.title
    )
    notice = _notice(extract.source, _DRAFT if extract.benchmark_facts.draft else "")
    kind = title or sentence("{title}: client report", title=instrument.title)
    return Masthead(extract.client, kind, facts, notice, footer, client=extract.client)


def gap_method(gaps: QuartileGaps) -> Prose:
    """Return how the contrast was computed."""
    return Prose(sentences.gap_method_text(gaps))


def client_summary(standing: Standing, *more: str) -> Prose:
    """Return where a client stands, in a few sentences, one a line.

    Parameters
    ----------
    standing
        The client's main measures.
    *more
        What else is to be told there, in Markdown; empty for nothing.
    """
    told = filter(None, [*sentences.client_summary_texts(standing), *more])
    return Prose("\n".join(f"- {text}" for text in told))


def glossary(words: Mapping[str, str]) -> Prose | None:
    """Return words with what each means, a definition list; None for no words."""
    rows = "".join(
        f"<dt>{escape(word)}</dt><dd>{escape(' '.join(meaning.split()))}</dd>"
        for word, meaning in words.items()
    )
    return Prose(f"<dl>{rows}</dl>") if rows else None


def _notice(source: Source, limit: str) -> str:
    return ". ".join(map(translated, filter(None, [limit, _SYNTHETIC if source.synthetic else ""])))
