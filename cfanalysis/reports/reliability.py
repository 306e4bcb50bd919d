"""How well the survey measures: in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence

from cfanalysis.analyses.measurement_quality import MeasurementQuality, ScaleQuality
from cfanalysis.core.blocks import KeyFigure, KeyFigures, Notice, Prose, Table, table_columns
from cfanalysis.core.errors import AnalysisError
from cfanalysis.core.formatting import MISSING, decimal, interval_cell, p_value, percent

PUBLISHED = (
    "Only frequency tables were published. They do not tell one respondent from another, so reliability (alpha, omega, "
    "item-rest correlations), intraclass correlations, agreement within organizations and the reliability of the gap "
    "cannot be computed; the shares at the ends of the scale can."
)

LENIENT, USUAL = 0.6, 0.7


def measurement_summary(quality: MeasurementQuality) -> Prose:
    """Return how far the scores can be trusted, in three sentences."""
    return Prose(" ".join([_reliable(quality), _shared(quality), _room(quality)]))


def _reliable(quality: MeasurementQuality) -> str:
    """Say whether the facets are reliable, and the gap between them."""
    facets = {s.title: s.alpha.raw for s in quality.of("facet") if s.alpha is not None}
    if not facets:
        return (
            "How reliable the scores are cannot be told from frequency tables."
            if quality.published
            else "How reliable Say and Do are cannot be told: each needs two items that vary."
        )
    least = min(facets.values())
    word = "reliable" if least >= USUAL else "fairly reliable" if least >= LENIENT else "hardly reliable"
    named = " and ".join(f"{decimal(value, 2)} for {title}" for title, value in facets.items())
    counted = " and ".join(f"{s.n:,}" for s in quality.of("facet") if s.title in facets)
    sentence = (
        f"Between respondents, the facet means are {word} (raw alpha {named}, from the {counted} of "
        f"{quality.respondents:,} respondents who answered every item of the facet)"
    )
    if not quality.gaps or quality.gaps[0].title != "Overall":
        return f"{sentence}."
    gap = quality.gaps[0].reliability
    less = "less so" if gap.estimate < least else "as much so"
    return (
        f"{sentence}; a single respondent's gap is {less} ({decimal(gap.estimate, 2)}, n = {gap.n:,}), as Say and Do "
        f"correlate at {decimal(gap.correlation, 2)} and their difference keeps the error of both."
    )


def _shared(quality: MeasurementQuality) -> str:
    """Say whether respondents of one organization speak of the same thing."""
    known = [s for s in quality.of("facet") if s.icc is not None]
    if not known:
        return (
            "Whether people of one organization agree cannot be told from them either."
            if quality.published
            else "Whether people of one organization agree cannot be told: answers do not vary, or too few "
            "organizations have two respondents."
        )
    shares = " and ".join(f"{percent(s.icc.icc1)} for {s.title}" for s in known if s.icc is not None)
    means = " and ".join(decimal(s.icc.icc2, 2) for s in known if s.icc is not None)
    return (
        f"Of the differences between people {shares} lie between organizations (ICC(1)), and the means of "
        f"organizations have a reliability of {means} (ICC(2))."
    )


def _room(quality: MeasurementQuality) -> str:
    """Say how much room the answers have at the upper end."""
    facets = [s for s in quality.of("facet", "performance") if s.ceiling is not None]
    if not facets:
        return "There are no answers to judge the ends of the scale by."
    shares = ", ".join(f"{percent(s.ceiling)} of {s.title}" for s in facets)
    most = max(s.ceiling for s in facets if s.ceiling is not None)
    told = (
        "so that gains near the top cannot show: the test of the gap takes this out"
        if most >= 0.25
        else "which leaves room for differences to show"
    )
    return f"At the highest answer lie {shares} answers, {told}."


def measurement_figures(quality: MeasurementQuality) -> KeyFigures:
    """Return the numbers to remember."""
    figures = []
    for scale in quality.of("facet", "performance"):
        if scale.alpha is not None:
            a = scale.alpha
            note = f"{decimal(a.low, 2)} to {decimal(a.high, 2)}, {_of(a.n, quality)}"
            figures.append(KeyFigure(f"Alpha, {scale.title}", decimal(a.raw, 2), note))
    if quality.gaps and quality.gaps[0].title == "Overall":
        gap = quality.gaps[0].reliability
        figures.append(KeyFigure("Reliability of a gap", decimal(gap.estimate, 2), _of(gap.n, quality)))
    if not figures:
        figures = [
            KeyFigure(f"{s.title}: highest answer", percent(s.ceiling), f"lowest {percent(s.floor)}")
            for s in quality.of("facet", "performance")
        ]
    return KeyFigures(tuple(figures[:4]))


def measurement_limits(quality: MeasurementQuality) -> Notice:
    """Return what could not be computed, and why."""
    if quality.published:
        return Notice(PUBLISHED, title="Frequency tables:", tone="caution")
    lacking = [f"{s.title}, {name}: {why}" for s in quality.scales for name, why in s.reasons]
    if not lacking:
        return Notice("Everything could be computed. These numbers never decide about the gap.")
    shown = lacking[:8]
    more = f" And {len(lacking) - len(shown)} more." if len(lacking) > len(shown) else ""
    return Notice(" ".join(_sentence(text) for text in shown) + more, title="Not computed:", tone="caution")


def _of(n: int, quality: MeasurementQuality) -> str:
    return f"n = {n:,} of {quality.respondents:,}"


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
    labels = (
        "Scale",
        "Items",
        "n",
        "Alpha (raw)",
        "95% interval",
        "Alpha (standardized)",
        "Omega total",
    )
    rows = [_reliability_row(s) for s in quality.of(*kinds)]
    note = (
        f"n: those of {quality.respondents:,} respondents who answered all items of the scale. Alpha raw from "
        "covariances, standardized from correlations; omega total from one factor (maximum likelihood), three items or "
        "more. Interval: jackknife over organizations, as colleagues resemble each other; of fewer than eight "
        f"organizations Feldt's. {_caption(quality)}"
    )
    return _table(quality, "Reliability of the scales", labels, rows, note)


def _reliability_row(scale: ScaleQuality) -> tuple[str, ...]:
    alpha, omega = scale.alpha, scale.omega
    return (
        scale.title,
        str(len(scale.items)),
        f"{scale.n:,}",
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
    note = (
        "n: as in the table of reliability. ICC(1): share of the variance that lies between organizations; ICC(2): "
        "reliability of organizations' means; F "
        "test of no difference between organizations. rwg(j): agreement within an organization, against all answers "
        "equally likely and against a slight skew (LeBreton and Senter 2008), median and, of organizations with two "
        f"respondents or more, the share at .70 or above. Printed, never a gate. {_caption(quality)}"
    )
    return _table(quality, "Agreement within organizations", labels, rows, note)


def _agreement_row(scale: ScaleQuality) -> tuple[str, ...]:
    icc = scale.icc
    cells = [scale.title, f"{scale.n:,}"]
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
        (s.title, str(len(s.items)), percent(s.floor, 1), percent(s.ceiling, 1)) for s in quality.of(*kinds)
    ]
    note = (
        "After reverse keying; mean over organizations, then items. Many answers at the highest leave no room for "
        f"differences there. {_caption(quality)}"
    )
    return Table("Answers at the ends of the scale", table_columns(labels), rows, note)


def gap_table(quality: MeasurementQuality) -> Table:
    """Return the reliability of the gap."""
    labels = ("Gap", "n", "Alpha, Say", "Alpha, Do", "Correlation of Say and Do", "Reliability of the gap")
    rows = [
        (
            g.title, f"{g.reliability.n:,}", decimal(g.reliability.say_alpha, 2),
            decimal(g.reliability.do_alpha, 2), decimal(g.reliability.correlation, 2),
            decimal(g.reliability.estimate, 2),
        )
        for g in quality.gaps
    ]  # fmt: skip
    note = (
        f"n: those of {quality.respondents:,} respondents who answered all items of the gap, or of the dimension's. "
        "Of the gap of a single respondent (Rogosa and Willett 1983): low where Say and Do go together, however "
        f"reliable each is. Means of organizations are more reliable, see ICC(2). {_caption(quality)}"
    )
    return _table(quality, "Reliability of the gap between respondents", labels, rows, note)


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
                    titles[name], scale.title, decimal(float(rest.mean[k]), 2), decimal(float(rest.sd[k]), 2),
                    decimal(float(rest.item_rest[k]), 2), decimal(dropped, 2),
                )
            )  # fmt: skip
    note = (
        "Mean and SD in steps above the lowest answer, after reverse keying. An item whose r is near 0 or negative "
        f"measures something else, or was keyed the wrong way. {_caption(quality)}"
    )
    return _table(quality, "Items within their scale", labels, rows, note, left=2)


def _table(
    quality: MeasurementQuality,
    title: str,
    labels: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    note: str,
    *,
    left: int = 1,
) -> Table:
    """Return a table, or raise an AnalysisError that says why there is none."""
    if quality.published:
        raise AnalysisError(f"{title}: cannot be computed from frequency tables.")
    if not rows:
        raise AnalysisError(f"{title}: the data do not allow it.")
    return Table(title, table_columns(labels, left=left), rows, note)


def _caption(quality: MeasurementQuality) -> str:
    waves = quality.source.waves
    wave = "" if len(waves) < 2 else f"{quality.wave.capitalize()} wave of each organization. "
    return f"{wave}{quality.source.caption}"
