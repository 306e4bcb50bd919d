"""What a title says of the claim: the verdict's finding, in one sentence that names both groups.

A title claims no more than the verdict does: what is wider in points alone is said to be so in points, and a line of
the gap on the criterion is called rising or falling only where the verdict goes that way.
"""

from __future__ import annotations

from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import direction, gap_digits, with_small_initial
from cfanalysis.core.templates import sentence
from cfanalysis.statistics.claim_test import Verdict

_NARROWER = ("supported", "supported if")
_WIDER = ("reversed", "contradicted", "contradicted if")

_FINDINGS = {
    "supported": "The Say-Do gap is {size} wider below the top quartile than in it",
    "supported if": "The Say-Do gap is {size} wider below the top quartile than in it, if Say and Do questions tell "
    "organizations apart equally well",
    "scale-dependent": "In points the Say-Do gap is {size} wider below the top quartile than in it, which the answer "
    "scale or the questions alone could make",
    "reversed": "In points the Say-Do gap is {size} wider in the top quartile than below it, which is not certain off "
    "the ends of the scale",
    "no difference": "The Say-Do gap is the same in the top quartile and below it, within a twentieth of the scale",
    "inconclusive": "Whether the Say-Do gap differs between the top quartile and the rest cannot be told",
}
_CONTRADICTED = {
    -1: "In points, too, the Say-Do gap is {size} wider in the top quartile than below it: the opposite of the claim",
    0: "Off the ends of the scale the Say-Do gap is wider in the top quartile than below it; in points no difference "
    "can be told",
    1: "In points the Say-Do gap is {size} wider below the top quartile than in it, off the ends of the scale wider in "
    "it",
}
_IF = "{finding}, if Say and Do questions tell organizations apart equally well"


def contrast_finding(gaps: QuartileGaps) -> str:
    """Return what the verdict found, with the size of the contrast in the unit of the chart."""
    verdict = gaps.verdict
    digits = gap_digits(gaps.delta, gaps.unit)
    size = sentence("{size:{digits}} {unit}", size=abs(gaps.delta.estimate), digits=digits, unit=gaps.unit)
    if verdict.verdict.startswith("contradicted"):
        finding = sentence(_CONTRADICTED[direction(gaps.delta)], size=size)
        return finding if verdict.verdict == "contradicted" else sentence(_IF, finding=finding)
    if verdict.verdict != "descriptive":
        finding = _FINDINGS[verdict.verdict]
        if verdict.verdict == "reversed" and _metrics_above(verdict):
            finding = (
                "In points the Say-Do gap is {size} wider in the top quartile than below it, off the ends of the scale "
                "wider below it"
            )
        return sentence(finding, size=size)
    wider = gaps.delta.estimate >= 0
    if gaps.composite:
        finding = (
            "The Say-Do gap is {size} wider below the top quartile of the gap’s own items than in it, which cannot "
            "test the claim"
            if wider
            else "The Say-Do gap is {size} wider in the top quartile of the gap’s own items than below it, which "
            "cannot test the claim"
        )
        return sentence(finding, size=size)
    finding = (
        "Among those who took part the Say-Do gap is {size} wider below the top quartile than in it"
        if wider
        else "Among those who took part the Say-Do gap is {size} wider in the top quartile than below it"
    )
    return sentence(finding, size=size)


def _metrics_above(verdict: Verdict) -> bool:
    metrics = (verdict.theta_a, verdict.theta_b, verdict.theta_l, verdict.theta_c)
    return all(direction(metric) > 0 for metric in metrics if metric is not None)


def slope_finding(slope: GapSlope) -> str:
    """Return how the gap goes with the criterion, as far as the verdict goes that way."""
    line, state = slope.slope, slope.verdict.verdict
    digits, side = gap_digits(line, slope.unit), direction(line)
    if state == "descriptive" and slope.verdict.mode == "criterion" and side:
        finding = "Among those who took part the Say-Do gap is {size:{digits}} {unit} {way} {each}"
    elif side < 0 and state in _NARROWER:
        finding = "The Say-Do gap is {size:{digits}} {unit} {way} {each}"
    elif (side < 0 and state == "scale-dependent") or (side > 0 and state in _WIDER):
        finding = "In points the Say-Do gap is {size:{digits}} {unit} {way} {each}"
    elif side:
        finding = "Whether the Say-Do gap goes with {criterion} cannot be told"
    else:
        finding = "No line of the Say-Do gap on {criterion} can be told"
    criterion = with_small_initial(slope.criterion)
    return sentence(
        finding,
        size=abs(line.estimate),
        digits=digits,
        unit=slope.unit,
        way="narrower" if side < 0 else "wider",
        each=sentence("for each standard deviation of {criterion}", criterion=criterion),
        criterion=criterion,
    )
