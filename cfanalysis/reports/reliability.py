"""How well the survey measures: in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence

from cfanalysis.analyses.measurement_quality import MeasurementQuality, ScaleQuality
from cfanalysis.core.blocks import Column, KeyFigure, KeyFigures, Notice, Prose, Table, table_columns
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import MISSING, decimal, interval_cell, p_value, percent, whole_number
from cfanalysis.core.language import listing, message, translated
from cfanalysis.core.templates import running_text, sentence

PUBLISHED = message(
    "Only frequency tables were published. They do not tell one respondent from another, so reliability (alpha, omega, "
    "item-rest correlations), intraclass correlations, agreement within organizations and the reliability of the gap "
    "cannot be computed; the shares at the ends of the scale can."
)

LENIENT, USUAL = 0.6, 0.7
OVERALL = message("Overall")


def measurement_summary(quality: MeasurementQuality) -> Prose:
    """Return how far the scores can be trusted, in three sentences."""
    return Prose(running_text(_reliable(quality), _shared(quality), _room(quality)))


def _reliable(quality: MeasurementQuality) -> str:
    """Say whether the facets are reliable, and the gap between them."""
    facets = [(s.shown_title, s.alpha.raw, s.n) for s in quality.of("facet") if s.alpha is not None]
    if not facets:
        return translated(
            "How reliable the scores are cannot be told from frequency tables."
            if quality.published
            else "How reliable Say and Do are cannot be told: each needs two items that vary."
        )
    least = min(alpha for _, alpha, _ in facets)
    between = sentence(
        "Between respondents, the facet means are reliable (raw alpha {alphas}, from the {counts} of {all} respondents "
        "who answered every item of the facet)"
        if least >= USUAL
        else "Between respondents, the facet means are fairly reliable (raw alpha {alphas}, from the {counts} of {all} "
        "respondents who answered every item of the facet)"
        if least >= LENIENT
        else "Between respondents, the facet means are hardly reliable (raw alpha {alphas}, from the {counts} of {all} "
        "respondents who answered every item of the facet)",
        alphas=listing([sentence("{alpha:2} for {title}", alpha=a, title=title) for title, a, _ in facets]),
        counts=listing([whole_number(n) for _, _, n in facets]), all=quality.respondents,
    )  # fmt: skip
    if not quality.gaps or quality.gaps[0].title != OVERALL:
        return f"{between}."
    gap = quality.gaps[0].reliability
    single = sentence(
        "a single respondent's gap is less so ({estimate:2}, n = {n}), as Say and Do correlate at {correlation:2} and "
        "their difference keeps the error of both"
        if gap.estimate < least
        else "a single respondent's gap is as much so ({estimate:2}, n = {n}), as Say and Do correlate at "
        "{correlation:2} and their difference keeps the error of both",
        vars(gap),
    )
    return sentence("{between}; {single}.", between=between, single=single)


def _shared(quality: MeasurementQuality) -> str:
    """Say whether respondents of one organization speak of the same thing."""
    known = [(s.shown_title, s.icc) for s in quality.of("facet") if s.icc is not None]
    if not known:
        return translated(
            "Whether people of one organization agree cannot be told from them either."
            if quality.published
            else "Whether people of one organization agree cannot be told: answers do not vary, or too few "
            "organizations have two respondents."
        )
    return sentence(
        "Of the differences between people {shares} lie between organizations (ICC(1)), and the means of organizations "
        "have a reliability of {means} (ICC(2)).",
        shares=listing([sentence("{share:%} for {title}", share=i.icc1, title=title) for title, i in known]),
        means=listing([decimal(i.icc2, 2) for _, i in known]),
    )


def _room(quality: MeasurementQuality) -> str:
    """Say how much room the answers have at the upper end."""
    shares = {s.shown_title: s.ceiling for s in quality.of("facet", "performance") if s.ceiling is not None}
    if not shares:
        return translated("There are no answers to judge the ends of the scale by.")
    return sentence(
        "At the highest answer lie {shares} answers, so that gains near the top cannot show: the test of the gap takes "
        "this out."
        if max(shares.values()) >= 0.25
        else "At the highest answer lie {shares} answers, which leaves room for differences to show.",
        shares=", ".join(sentence("{share:%} of {title}", share=s, title=name) for name, s in shares.items()),
    )


def measurement_figures(quality: MeasurementQuality) -> KeyFigures:
    """Return the numbers to remember."""
    figures = []
    for scale in quality.of("facet", "performance"):
        if scale.alpha is not None:
            a = scale.alpha
            note = f"{interval_cell(a.low, a.high, 2)}, {_of(a.n, quality)}"
            figures.append(
                KeyFigure(sentence("Alpha, {title}", title=scale.shown_title), decimal(a.raw, 2), note)
            )
    if quality.gaps and quality.gaps[0].title == OVERALL:
        gap = quality.gaps[0].reliability
        figures.append(
            KeyFigure(translated("Reliability of a gap"), decimal(gap.estimate, 2), _of(gap.n, quality))
        )
    if not figures:
        figures = [
            KeyFigure(
                sentence("{title}: highest answer", title=s.shown_title),
                percent(s.ceiling),
                sentence("lowest {share:%}", share=s.floor),
            )
            for s in quality.of("facet", "performance")
        ]
    return KeyFigures(tuple(figures[:4]))


def measurement_limits(quality: MeasurementQuality) -> Notice:
    """Return what could not be computed, and why."""
    if quality.published:
        return Notice(translated(PUBLISHED), title=translated("Frequency tables:"), tone="caution")
    lacking = [
        sentence("{title}, {name:t}: {why}", title=s.shown_title, name=name, why=why)
        for s in quality.scales
        for name, why in s.reasons
    ]
    if not lacking:
        return Notice(translated("Everything could be computed. These numbers never decide about the gap."))
    shown, hidden = [_sentence(text) for text in lacking[:8]], len(lacking) - 8
    more = sentence("And {n} more.", n=hidden) if hidden > 0 else ""
    return Notice(running_text(*shown, more), title=translated("Not computed:"), tone="caution")


def _of(n: int, quality: MeasurementQuality) -> str:
    return sentence("n = {n} of {all}", n=n, all=quality.respondents)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def reliability_table(quality: MeasurementQuality, *kinds: str) -> Table:
    """Return alpha in both variants and omega of some kinds of scales.

    Parameters
    ----------
    quality
        The reliability of the scales.
    *kinds
        Kinds of scales, as in `ScaleQuality.kind`.
    """
    labels = ("Scale", "Items", "n", "Alpha (raw)", "95% interval", "Alpha (standardized)", "Omega total")
    rows = [_reliability_row(s) for s in quality.of(*kinds)]
    note = sentence(
        "n: those of {n} respondents who answered all items of the scale. Alpha raw from covariances, standardized "
        "from correlations; omega total from one factor (maximum likelihood), three items or more. Interval: jackknife "
        "over organizations, as colleagues resemble each other; of fewer than eight organizations Feldt's.",
        n=quality.respondents,
    )
    return _table(quality, translated("Reliability of the scales"), table_columns(labels), rows, note)


def _reliability_row(scale: ScaleQuality) -> tuple[str, ...]:
    alpha, omega = scale.alpha, scale.omega
    return (
        scale.shown_title,
        str(len(scale.items)),
        whole_number(scale.n),
        decimal(None if alpha is None else alpha.raw, 2),
        MISSING if alpha is None else interval_cell(alpha.low, alpha.high, 2),
        decimal(None if alpha is None else alpha.standardized, 2),
        decimal(None if omega is None or not omega.converged else omega.model, 2),
    )


def agreement_table(quality: MeasurementQuality, *kinds: str) -> Table:
    """Return intraclass correlations and rwg(j) with both nulls of some kinds of scales.

    Parameters
    ----------
    quality
        The reliability of the scales.
    *kinds
        Kinds of scales, as in `ScaleQuality.kind`.
    """
    labels = ("Scale", "n", "ICC(1)", "F", "p", "ICC(2)", "rwg(j), uniform", "rwg(j), skewed")
    rows = [_agreement_row(s) for s in quality.of(*kinds)]
    note = translated(
        "n: as in the table of reliability. ICC(1): share of the variance that lies between organizations; ICC(2): "
        "reliability of organizations' means; F "
        "test of no difference between organizations. rwg(j): agreement within an organization, against all answers "
        "equally likely and against a slight skew (LeBreton and Senter 2008), median and, of organizations with two "
        "respondents or more, the share at .70 or above. Printed, never a gate."
    )
    return _table(quality, translated("Agreement within organizations"), table_columns(labels), rows, note)


def _agreement_row(scale: ScaleQuality) -> tuple[str, ...]:
    icc = scale.icc
    cells = [scale.shown_title, whole_number(scale.n)]
    if icc is None:
        cells += [MISSING] * 4
    else:
        cells += [decimal(icc.icc1, 2), decimal(icc.f, 2), p_value(icc.p), decimal(icc.icc2, 2)]
    for null in ("uniform", "slight_skew"):
        one = scale.agreement.get(null)
        cells.append(
            MISSING if one is None else f"{decimal(one.median, 2)} ({percent(one.share_at_least_70)})"
        )
    return tuple(cells)


def ends_table(quality: MeasurementQuality) -> Table:
    """Return the shares of answers at the ends of the scale."""
    labels = ("Scale", "Items", "Lowest answer", "Highest answer")
    kinds = ("facet", "performance", "dimension", "facet in dimension")
    rows = [
        (s.shown_title, str(len(s.items)), percent(s.floor, 1), percent(s.ceiling, 1))
        for s in quality.of(*kinds)
    ]
    note = translated(
        "After reverse keying; mean over organizations, then items. Many answers at the highest leave no room for "
        "differences there."
    )
    title = translated("Answers at the ends of the scale")
    return Table(title, table_columns(labels), rows, running_text(note, *_caption(quality)))


def gap_table(quality: MeasurementQuality) -> Table:
    """Return the reliability of the gap."""
    labels = ("Gap", "n", "Alpha, Say", "Alpha, Do", "Correlation of Say and Do", "Reliability of the gap")
    rows = [
        (
            translated(OVERALL) if g.title == OVERALL else g.title,
            whole_number(g.reliability.n), decimal(g.reliability.say_alpha, 2),
            decimal(g.reliability.do_alpha, 2), decimal(g.reliability.correlation, 2),
            decimal(g.reliability.estimate, 2),
        )
        for g in quality.gaps
    ]  # fmt: skip
    note = sentence(
        "n: those of {n} respondents who answered all items of the gap, or of the dimension's. Of the gap of a single "
        "respondent (Rogosa and Willett 1983): low where Say and Do go together, however reliable each is. Means of "
        "organizations are more reliable, see ICC(2).",
        n=quality.respondents,
    )
    title = translated("Reliability of the gap between respondents")
    return _table(quality, title, table_columns(labels), rows, note)


def item_rest_table(quality: MeasurementQuality) -> Table:
    """Return how each item goes with the others of its facet or of performance."""
    labels = ("Item", "Scale", "Mean", "SD", "Item-rest r", "Alpha if dropped")
    rows = []
    for scale in quality.of("facet", "performance"):
        if scale.rest is None:
            continue
        titles = {item.id: item.title for item in scale.items}
        rest = scale.rest
        for k, name in enumerate(rest.names):
            dropped = None if rest.alpha_if_dropped is None else float(rest.alpha_if_dropped[k])
            rows.append(
                (
                    titles[name], scale.shown_title, decimal(float(rest.mean[k]), 2), decimal(float(rest.sd[k]), 2),
                    decimal(float(rest.item_rest[k]), 2), decimal(dropped, 2),
                )
            )  # fmt: skip
    note = translated(
        "Mean and SD in steps above the lowest answer, after reverse keying. An item whose r is near 0 or negative "
        "measures something else, or was keyed the wrong way."
    )
    columns = table_columns(labels, left=2)
    return _table(quality, translated("Items within their scale"), columns, rows, note)


def _table(
    quality: MeasurementQuality,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[str, ...]],
    note: str,
) -> Table:
    """Return a table, or raise an AnalysisError that says why there is none."""
    if quality.published:
        raise AnalysisError(sentence("{title}: cannot be computed from frequency tables.", title=title))
    if not rows:
        raise AnalysisError(sentence("{title}: the data do not allow it.", title=title))
    return Table(title, columns, rows, running_text(note, *_caption(quality)))


def _caption(quality: MeasurementQuality) -> tuple[str, str]:
    """Return which wave of several counts, and the source."""
    wave = translated(
        "First wave of each organization." if quality.wave == "first" else "Latest wave of each organization."
    )
    return wave if len(quality.source.waves) > 1 else "", quality.source.caption
