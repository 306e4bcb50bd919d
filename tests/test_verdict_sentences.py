"""The sentences of the verdict: one for each state, none that says more than the intervals do."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from cfanalysis.reports.claim_test import verdict_method, verdict_narrative, verdict_notice
from cfanalysis.reports.common.verdict_sentences import METRICS, finding_sentences
from cfanalysis.statistics.claim_test import judgement
from cfanalysis.statistics.effects import Estimate

ALONE = "no organization has a second respondent"
SIDES = {1: (0.3, 0.1, 0.5), 0: (0.05, -0.1, 0.2), -1: (-0.3, -0.5, -0.1)}


def verdict_of(
    delta: int, *metrics: int | None, equal: bool = False, raw: str | None = None, **more: Any
) -> dict[str, Any]:
    """A verdict as it stands in verdict.json, from the sides of 0 on which intervals lie; None: no such metric."""
    estimates = {
        name: None if side is None else Estimate(*SIDES[side])
        for name, side in zip(("delta", *METRICS), (delta, *metrics), strict=True)
    }
    points = {m: e.as_dict() for m, e in estimates.items() if e is not None and m in METRICS}
    known = {name: estimates[name] for name in METRICS}
    state = judgement(tested=True, delta=Estimate(*SIDES[delta]), metrics=known, equal=equal)  # type: ignore[arg-type]
    return {
        "verdict": state, "mode": "criterion", "unit": "points", "small": equal, "margin": 0.2, "scale": [0.1, 0.1],
        "smallest_detectable": 0.25, "without_c": "" if metrics[3] is not None else ALONE,
        "raw": None if raw is None else {"verdict": raw, "delta": estimates["delta"]},
        "standardized_for": [] if raw is None else ["Role"], "not_standardized_for": [], "n": 100, "n_top": 25,
        "halvings": 1,
        "top_share": 0.25, "groups": 100, "grouped_by": "", "criterion": "Revenue", "notes": [], "points": points,
        **{name: None if e is None else e.as_dict() for name, e in estimates.items()}, **more,
    }  # fmt: skip


WIDER = "Below the top quartile the gap is wider by 0.30 points (95% interval 0.10 to 0.50)"
UNTESTED = (
    "Whether Say and Do questions tell organizations apart equally well could not be tested (no organization has a "
    "second respondent): if they do"
)


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (
            verdict_of(1, 1, 1, 1, 1),
            f"{WIDER}. It stays wider when the ends of the scale, unequal spread and how well each set of questions "
            "tells organizations apart are taken into account.",
        ),
        (
            verdict_of(1, 1, 1, 1, 1, raw="supported"),
            f"{WIDER}. It stays wider when the ends of the scale, unequal spread and how well each set of questions "
            "tells organizations apart are taken into account, and when the mix of respondents is made equal.",
        ),
        (
            verdict_of(1, 1, 1, 1, 1, raw="inconclusive"),
            f"{WIDER}. It stays wider when the ends of the scale, unequal spread and how well each set of questions "
            "tells organizations apart are taken into account. The difference was hidden by who answered: it appears "
            "when every organization has the same mix of respondents (Role).",
        ),
        (
            verdict_of(1, 1, 1, 1, None),
            f"{WIDER}. It stays wider off the ends of the scale. {UNTESTED}, the claim holds.",
        ),
        (
            verdict_of(0, 0, 0, 0, 0, raw="supported"),
            "The study could have found a difference of 0.25 points or more (80% power); it shows neither a difference "
            "nor its absence. A wider gap below the top quartile is found among those who answered; it goes away when "
            "every organization has the same mix of respondents (Role).",
        ),
        (
            verdict_of(-1, -1, -1, -1, -1),
            "In points and off the scale's ends the gap is wider in the top quartile: the opposite of the claim.",
        ),
        (
            verdict_of(0, -1, -1, -1, -1),
            "In points no difference is shown; but off the ends of the scale it is wider in the top quartile.",
        ),
        (
            verdict_of(1, -1, -1, -1, -1),
            "In points the gap is wider below the top quartile; but off the ends of the scale it is wider in the top "
            "quartile.",
        ),
        (
            verdict_of(0, -1, None, -1, None),
            "In points no difference is shown; but off the ends of the scale it is wider in the top quartile. "
            f"{UNTESTED}, the opposite of the claim holds.",
        ),
        (verdict_of(1, 0, 0, 0, 1), f"{WIDER}; the ceiling of the scale alone could make that."),
        (
            verdict_of(1, 1, 1, 0, 1),
            f"{WIDER}; that answers spread more in well performing organizations could make that.",
        ),
        (
            verdict_of(1, 1, 1, 0, None, scale=[-0.2, 0.1]),
            f"{WIDER}; that answers spread less in well performing organizations could make that.",
        ),
        (
            verdict_of(1, 1, 1, 1, 0),
            f"{WIDER}; that Say questions tell organizations apart less could make that.",
        ),
        (verdict_of(1, 1, -1, 0, 0), f"{WIDER}; off the scale's ends the signs differ."),
        (verdict_of(1, 0, 1, 0, 0), f"{WIDER}, not certain off the ends."),
        (
            verdict_of(-1, 0, 0, 0, 0),
            "In points the gap is wider in the top quartile by 0.30 points (95% interval 0.10 to 0.50); off the ends "
            "of the scale that is not certain.",
        ),
        (
            verdict_of(0, 0, 0, 0, 0, equal=True),
            "The gap is the same within 0.20 points, in points and off the scale's ends.",
        ),
        (
            verdict_of(1, 0, 0, 0, 0, equal=True),
            f"{WIDER}, and smaller than 0.20 points, a twentieth of the scale; the ceiling of the scale alone could "
            "make that.",
        ),
    ],
)
def test_each_state_has_its_sentence(verdict: dict[str, Any], sentence: str) -> None:
    """Size and interval in the direction that is named; what could have made it; what was not tested."""
    assert finding_sentences(verdict) == sentence


@pytest.mark.parametrize("delta", [-1, 0, 1])
@pytest.mark.parametrize("raw", [None, "supported", "inconclusive"])
def test_no_sentence_says_more_than_the_intervals(delta: int, raw: str | None) -> None:
    """For each combination of signs and missing metrics: a size only where its interval leaves 0 out, no letters."""
    sides: tuple[int | None, ...] = (1, 0, -1, None)
    for a, b, l_, c in product((1, 0, -1), sides, sides, sides):
        verdict = verdict_of(delta, a, b, l_, c, raw=raw)
        text = finding_sentences(verdict)
        assert not re.search(r"theta|metric|\bNone\b|nan|\.\.| ,", text), text
        assert text.endswith(".")
        numbers = [float(x) for x in re.findall(r"wider[^.;]*? by ([−\d.]+) points", text.replace("−", "-"))]
        assert all(x > 0 for x in numbers), text
        assert bool(numbers) <= (delta != 0), text
        if delta < 1:
            assert "Below the top quartile the gap is wider by" not in text, text
        if "the signs differ" in text:
            assert {1, -1} <= {a, b, l_, c}, text
        if verdict["verdict"] in ("supported if", "contradicted if"):
            assert "could not be tested" in text, text
        assert not re.search(
            r"theta|metric [A-Z]\b", f"{verdict_narrative(verdict)} {verdict_notice(verdict)}"
        )


def test_the_method_says_what_was_computed() -> None:
    """Criterion, halves, who was left out and why, the rule: those of this verdict."""
    verdict = verdict_of(
        1, 1, None, 1, 1, halvings=20, complete=91.4, repetitions=5000, seed=1, method_version="2",
        left_out_reasons={"one respondent, who cannot rate both": 7}, grouped_by="Holding",
    )  # fmt: skip
    text = str(verdict_method(verdict))
    for part in (
        "Criterion: Revenue", "halved at random, 20 times", "91 on average", "one respondent, who cannot rate both: 7",
        "in 3 ways", "groups of organizations (Holding)", "within 0.20 points", "Method version 2",
    ):  # fmt: skip
        assert part in text
    assert verdict_method({"verdict": "none", "reason": "No gap."}) is None
