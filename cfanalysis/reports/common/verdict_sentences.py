"""The verdict in words: what was found, in one to three sentences that do not go beyond the rule.

A verdict stands as it is kept in a study's ``verdict.json``. A sentence claims a difference only where its interval
leaves 0 out, and names what else could explain it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfanalysis.analyses.units import CONTRAST_UNITS, direction
from cfanalysis.core.formatting import decimal, digits_for, percent
from cfanalysis.statistics.effects import Estimate

METRICS = ("theta_a", "theta_b", "theta_l", "theta_c")
CLAIMED = ("supported", "supported if")
BELOW, TOP = "below the top quartile", "in the top quartile"


def finding_sentences(verdict: Mapping[str, Any]) -> str:
    """Return what was found."""
    sentences = {
        "supported": _supported,
        "supported if": _supported,
        "contradicted": _contradicted,
        "contradicted if": _contradicted,
        "scale-dependent": _scale_dependent,
        "reversed": _reversed,
        "no difference": _no_difference,
        "inconclusive": _inconclusive,
        "descriptive": _descriptive,
    }
    return f"{sentences[verdict['verdict']](verdict)}{_who_answered(verdict)}"


def _supported(verdict: Mapping[str, Any]) -> str:
    first = f"{_wider(verdict, BELOW)}{_small(verdict)}."
    if verdict["verdict"] == "supported if":
        return f"{first} It stays wider off the ends of the scale. {_if(verdict)}, the claim holds."
    mix = ", and when the mix of respondents is made equal" if _raw(verdict) in CLAIMED else ""
    return (
        f"{first} It stays wider when the ends of the scale, unequal spread and how well each set of questions tells "
        f"organizations apart are taken into account{mix}."
    )


def _contradicted(verdict: Mapping[str, Any]) -> str:
    off = f"off the ends of the scale it is wider {TOP}{_small(verdict)}."
    side = direction(_estimate(verdict, "delta"))
    text = {
        -1: f"In points and off the scale's ends the gap is wider {TOP}: the opposite of the claim{_small(verdict)}.",
        0: f"In points no difference is shown; but {off}",
        1: f"In points the gap is wider {BELOW}; but {off}",
    }[side]
    return (
        text
        if verdict["verdict"] == "contradicted"
        else f"{text} {_if(verdict)}, the opposite of the claim holds."
    )


def _scale_dependent(verdict: Mapping[str, Any]) -> str:
    return f"{_wider(verdict, BELOW)}{_small(verdict)}{_why_not(verdict)}."


def _why_not(verdict: Mapping[str, Any]) -> str:
    """Return what could have made a difference in points."""
    sides = {name: direction(_estimate(verdict, name)) for name in METRICS if verdict[name] is not None}
    up = {name for name, side in sides.items() if side > 0}
    ends, plain = sides.keys() - {"theta_c"}, sides.keys() & {"theta_a", "theta_b"}
    if up and -1 in sides.values():
        return "; off the scale's ends the signs differ"
    if not up & ends:
        return "; the ceiling of the scale alone could make that"
    if up >= ends:
        return "; that Say questions tell organizations apart less could make that"
    if up >= plain:
        spread = "more" if sum(verdict["scale"] or (0.0,)) > 0 else "less"
        return f"; that answers spread {spread} in well performing organizations could make that"
    return ", not certain off the ends"


def _reversed(verdict: Mapping[str, Any]) -> str:
    sides = {direction(_estimate(verdict, name)) for name in METRICS if verdict[name] is not None}
    off = "that is not certain" if sides != {1} else f"it is wider {BELOW}"
    return (
        f"In points the gap is wider {TOP} by {_size(verdict, turned=True)}{_small(verdict)}; off the ends of the "
        f"scale {off}."
    )


def _no_difference(verdict: Mapping[str, Any]) -> str:
    return f"The gap is the same within {_margin(verdict)}, in points and off the scale's ends."


def _inconclusive(verdict: Mapping[str, Any]) -> str:
    least = verdict["smallest_detectable"]
    if least is None:
        return "The study shows neither a difference nor its absence."
    size = f"{decimal(least, 2)} {CONTRAST_UNITS[verdict['unit']]}"
    return (
        f"The study could have found a difference of {size} or more (80% power); it shows neither a difference nor its "
        "absence."
    )


def _descriptive(verdict: Mapping[str, Any]) -> str:
    side = BELOW if verdict["delta"]["estimate"] >= 0 else TOP
    text = f"Among those who took part the gap is wider {side} by {_size(verdict, turned=side == TOP)}."
    if verdict["mode"] == "composite":
        return f"{text} Quartiles are cut on the gap's own items, so nothing can be said about performance."
    return f"{text} They are too few to test the claim."


def _who_answered(verdict: Mapping[str, Any]) -> str:
    """Return what making the mix of respondents equal changes, as a sentence more; nothing where it changes nothing."""
    raw = _raw(verdict)
    claimed, before = (v in CLAIMED for v in (verdict["verdict"], raw))
    if raw is None or claimed == before or verdict["verdict"] == "descriptive":
        return ""
    mix = f"every organization has the same mix of respondents ({', '.join(verdict['standardized_for'])})"
    if before:
        return f" A wider gap {BELOW} is found among those who answered; it goes away when {mix}."
    return f" The difference was hidden by who answered: it appears when {mix}."


def top_quartile_text(verdict: Mapping[str, Any]) -> str:
    """Return how many organizations are in the top quartile, and their share; of halvings, the means."""
    n, share = verdict["n_top"], percent(verdict["top_share"])
    if verdict["halvings"] == 1:
        return f"{n} in the top quartile, {share}"
    return f"about {n} in the top quartile of a halving, on average {share}"


def _if(verdict: Mapping[str, Any]) -> str:
    return (
        "Whether Say and Do questions tell organizations apart equally well could not be tested "
        f"({verdict['without_c']}): if they do"
    )


def _wider(verdict: Mapping[str, Any], where: str) -> str:
    return f"{where[:1].upper()}{where[1:]} the gap is wider by {_size(verdict)}"


def _size(verdict: Mapping[str, Any], *, turned: bool = False) -> str:
    """Return delta with its interval; turned, in the other direction."""
    delta, sign = _estimate(verdict, "delta"), -1 if turned else 1
    digits, unit = digits_for(delta), CONTRAST_UNITS[verdict["unit"]]
    size = f"{decimal(sign * delta.estimate, digits)} {unit}"
    if delta.low is None or delta.high is None:
        return f"{size} (no interval)"
    low, high = sorted((sign * delta.low, sign * delta.high))
    return f"{size} (95% interval {decimal(low, digits)} to {decimal(high, digits)})"


def _small(verdict: Mapping[str, Any]) -> str:
    return f", and smaller than {_margin(verdict)}, a twentieth of the scale" if verdict["small"] else ""


def _margin(verdict: Mapping[str, Any]) -> str:
    return f"{decimal(verdict['margin'], 2)} {CONTRAST_UNITS[verdict['unit']]}"


def _raw(verdict: Mapping[str, Any]) -> str | None:
    return verdict["raw"]["verdict"] if verdict["raw"] else None


def _estimate(verdict: Mapping[str, Any], name: str) -> Estimate:
    return Estimate(**verdict[name])
