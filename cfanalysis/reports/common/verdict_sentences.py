"""The verdict in words: what was found, in one to three sentences that do not go beyond the rule.

A verdict stands as it is kept in a study's ``verdict.json``. A sentence claims a difference only where its interval
leaves 0 out, and names what else could explain it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfanalysis.analyses.units import CONTRAST_UNITS, direction
from cfanalysis.core.formatting import decimal, digits_for
from cfanalysis.core.language import message, translated
from cfanalysis.core.templates import sentence
from cfanalysis.statistics.effects import Estimate

METRICS = ("theta_a", "theta_b", "theta_l", "theta_c")
CLAIMED = ("supported", "supported if")


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
    found = (sentences[verdict["verdict"]](verdict), _who_answered(verdict))
    return " ".join(filter(None, found))


def _supported(verdict: Mapping[str, Any]) -> str:
    first = _wider_below(verdict)
    if verdict["verdict"] == "supported if":
        last = translated("It stays wider off the ends of the scale.")
        return f"{first} {last} {_if(verdict, 'the claim holds')}"
    last = (
        "It stays wider when the ends of the scale, unequal spread and how well each set of questions tells "
        "organizations apart are taken into account, and when the mix of respondents is made equal."
        if _raw(verdict) in CLAIMED
        else "It stays wider when the ends of the scale, unequal spread and how well each set of questions tells "
        "organizations apart are taken into account."
    )
    return f"{first} {translated(last)}"


def _contradicted(verdict: Mapping[str, Any]) -> str:
    side = direction(_estimate(verdict, "delta"))
    templates = {
        (-1, False): message(
            "In points and off the scale's ends the gap is wider in the top quartile: the opposite of the claim."
        ),
        (-1, True): message(
            "In points and off the scale's ends the gap is wider in the top quartile: the opposite of the claim, and "
            "smaller than {margin}, a twentieth of the scale."
        ),
        (0, False): message(
            "In points no difference is shown; but off the ends of the scale it is wider in the top quartile."
        ),
        (0, True): message(
            "In points no difference is shown; but off the ends of the scale it is wider in the top quartile, and "
            "smaller than {margin}, a twentieth of the scale."
        ),
        (1, False): message(
            "In points the gap is wider below the top quartile; but off the ends of the scale it is wider in the top "
            "quartile."
        ),
        (1, True): message(
            "In points the gap is wider below the top quartile; but off the ends of the scale it is wider in the top "
            "quartile, and smaller than {margin}, a twentieth of the scale."
        ),
    }
    text = sentence(templates[side, bool(verdict["small"])], margin=_margin(verdict))
    if verdict["verdict"] == "contradicted":
        return text
    return f"{text} {_if(verdict, 'the opposite of the claim holds')}"


def _scale_dependent(verdict: Mapping[str, Any]) -> str:
    first = _wider_below(verdict, stop=False)
    return sentence(_why_not(verdict), first=first)


def _why_not(verdict: Mapping[str, Any]) -> str:
    """Return the sentence of what could have made a difference in points; ``{first}`` is the difference."""
    sides = {name: direction(_estimate(verdict, name)) for name in METRICS if verdict[name] is not None}
    up = {name for name, side in sides.items() if side > 0}
    ends, plain = sides.keys() - {"theta_c"}, sides.keys() & {"theta_a", "theta_b"}
    if up and -1 in sides.values():
        return message("{first}; off the scale's ends the signs differ.")
    if not up & ends:
        return message("{first}; the ceiling of the scale alone could make that.")
    if up >= ends:
        return message("{first}; that Say questions tell organizations apart less could make that.")
    if up >= plain:
        more = message("{first}; that answers spread more in well performing organizations could make that.")
        less = message("{first}; that answers spread less in well performing organizations could make that.")
        return more if sum(verdict["scale"] or (0.0,)) > 0 else less
    return message("{first}, not certain off the ends.")


def _reversed(verdict: Mapping[str, Any]) -> str:
    sides = {direction(_estimate(verdict, name)) for name in METRICS if verdict[name] is not None}
    size = _size(verdict, turned=True)
    first = sentence(
        "In points the gap is wider in the top quartile by {size}, and smaller than {margin}, a twentieth of the scale"
        if verdict["small"]
        else "In points the gap is wider in the top quartile by {size}",
        size=size, margin=_margin(verdict),
    )  # fmt: skip
    last = "{first}; off the ends of the scale it is wider below the top quartile."
    if sides != {1}:
        last = "{first}; off the ends of the scale that is not certain."
    return sentence(last, first=first)


def _no_difference(verdict: Mapping[str, Any]) -> str:
    return sentence(
        "The gap is the same within {margin}, in points and off the scale's ends.", margin=_margin(verdict)
    )


def _inconclusive(verdict: Mapping[str, Any]) -> str:
    least = verdict["smallest_detectable"]
    if least is None:
        return translated("The study shows neither a difference nor its absence.")
    return sentence(
        "The study could have found a difference of {least:2} {unit} or more (80% power); it shows neither a "
        "difference nor its absence.",
        least=least, unit=_unit(verdict),
    )  # fmt: skip


def _descriptive(verdict: Mapping[str, Any]) -> str:
    below = verdict["delta"]["estimate"] >= 0
    text = sentence(
        "Among those who took part the gap is wider below the top quartile by {size}."
        if below
        else "Among those who took part the gap is wider in the top quartile by {size}.",
        size=_size(verdict, turned=not below),
    )
    last = "They are too few to test the claim."
    if verdict["mode"] == "composite":
        last = "Quartiles are cut on the gap's own items, so nothing can be said about performance."
    return f"{text} {translated(last)}"


def _who_answered(verdict: Mapping[str, Any]) -> str:
    """Return what making the mix of respondents equal changes, as a sentence; "" where it changes nothing."""
    raw = _raw(verdict)
    claimed, before = (v in CLAIMED for v in (verdict["verdict"], raw))
    if raw is None or claimed == before or verdict["verdict"] == "descriptive":
        return ""
    return sentence(
        "A wider gap below the top quartile is found among those who answered; it goes away when every organization "
        "has the same mix of respondents ({mix})."
        if before
        else "The difference was hidden by who answered: it appears when every organization has the same mix of "
        "respondents ({mix}).",
        mix=", ".join(verdict["standardized_for"]),
    )


def top_quartile_text(verdict: Mapping[str, Any]) -> str:
    """Return how many organizations are in the top quartile, and their share; of halvings, the means."""
    return sentence(
        "{n_top} in the top quartile, {top_share:%}"
        if verdict["halvings"] == 1
        else "about {n_top} in the top quartile of a halving, on average {top_share:%}",
        {**verdict, "n_top": f"{verdict['n_top']}"},
    )


def _if(verdict: Mapping[str, Any], then: str) -> str:
    return sentence(
        "Whether Say and Do questions tell organizations apart equally well could not be tested ({without_c}): if they "
        "do, the claim holds."
        if then == "the claim holds"
        else "Whether Say and Do questions tell organizations apart equally well could not be tested ({without_c}): if "
        "they do, the opposite of the claim holds.",
        without_c=translated(str(verdict["without_c"])),
    )


def _wider_below(verdict: Mapping[str, Any], *, stop: bool = True) -> str:
    """Return that the gap is wider below the top quartile, as a sentence or as the beginning of one."""
    text = sentence(
        "Below the top quartile the gap is wider by {size}, and smaller than {margin}, a twentieth of the scale"
        if verdict["small"]
        else "Below the top quartile the gap is wider by {size}",
        size=_size(verdict), margin=_margin(verdict),
    )  # fmt: skip
    return f"{text}." if stop else text


def _size(verdict: Mapping[str, Any], *, turned: bool = False) -> str:
    """Return delta with its interval; turned, in the other direction."""
    delta, sign = _estimate(verdict, "delta"), -1 if turned else 1
    digits, size = digits_for(delta), sign * delta.estimate
    if delta.low is None or delta.high is None:
        return sentence("{size:{digits}} {unit} (no interval)", size=size, digits=digits, unit=_unit(verdict))
    low, high = sorted((sign * delta.low, sign * delta.high))
    return sentence(
        "{size:{digits}} {unit} (95% interval {low:{digits}} to {high:{digits}})",
        size=size, digits=digits, unit=_unit(verdict), low=low, high=high,
    )  # fmt: skip


def _margin(verdict: Mapping[str, Any]) -> str:
    return f"{decimal(verdict['margin'], 2)} {_unit(verdict)}"


def _unit(verdict: Mapping[str, Any]) -> str:
    return translated(CONTRAST_UNITS[verdict["unit"]])


def _raw(verdict: Mapping[str, Any]) -> str | None:
    return verdict["raw"]["verdict"] if verdict["raw"] else None


def _estimate(verdict: Mapping[str, Any], name: str) -> Estimate:
    return Estimate(**verdict[name])
