"""What a title says of the claim: the verdict's finding, in one sentence that names both groups.

A title claims no more than the verdict does: what is wider in points alone is said to be so in points, and a line of
the gap on the criterion is called rising or falling only where the verdict goes that way.
"""

from __future__ import annotations

from cfanalysis.analyses.gap_slope import GapSlope
from cfanalysis.analyses.quartile_gaps import QuartileGaps
from cfanalysis.analyses.units import CONTRAST_UNITS, direction, gap_digits, within_sentence
from cfanalysis.core.templates import sentence

_FINDINGS = {
    "supported": "The Say-Do gap is {size} wider below the top quartile than in it",
    "scale-dependent": "In points the Say-Do gap is {size} wider below the top quartile than in it, which the answer "
    "scale or the questions alone could make",
    "reversed": "In points the Say-Do gap is {size} wider in the top quartile than below it, which is not certain off "
    "the ends of the scale",
    "reversed in points only": "In points the Say-Do gap is {size} wider in the top quartile than below it, off the "
    "ends of the scale wider below it",
    "no difference": "The Say-Do gap is the same in the top quartile and below it, within a twentieth of the scale",
    "inconclusive": "Whether the Say-Do gap differs between the top quartile and the rest cannot be told",
    "contradicted -1": "In points, too, the Say-Do gap is {size} wider in the top quartile than below it: the opposite "
    "of the claim",
    "contradicted 0": "Off the ends of the scale the Say-Do gap is wider in the top quartile than below it; in points "
    "no difference can be told",
    "contradicted 1": "In points the Say-Do gap is {size} wider below the top quartile than in it, off the ends of the "
    "scale wider in it",
    "descriptive criterion 1": "Among those who took part the Say-Do gap is {size} wider below the top quartile than "
    "in it",
    "descriptive criterion -1": "Among those who took part the Say-Do gap is {size} wider in the top quartile than "
    "below it",
    "descriptive composite 1": "The Say-Do gap is {size} wider below the top quartile of the gap’s own items than in "
    "it, which cannot test the claim",
    "descriptive composite -1": "The Say-Do gap is {size} wider in the top quartile of the gap’s own items than below "
    "it, which cannot test the claim",
}
_SLOPES = {
    "supported -1": "The Say-Do gap is {size:{digits}} {unit:t} narrower for each standard deviation of "
    "{criterion}",
    "scale-dependent -1": "In points the Say-Do gap is {size:{digits}} {unit:t} narrower for each standard deviation "
    "of {criterion}",
    "reversed 1": "In points the Say-Do gap is {size:{digits}} {unit:t} wider for each standard deviation of "
    "{criterion}",
    "contradicted 1": "In points the Say-Do gap is {size:{digits}} {unit:t} wider for each standard deviation of "
    "{criterion}",
    "descriptive -1": "Among those who took part the Say-Do gap is {size:{digits}} {unit:t} narrower for each standard "
    "deviation of {criterion}",
    "descriptive 1": "Among those who took part the Say-Do gap is {size:{digits}} {unit:t} wider for each standard "
    "deviation of {criterion}",
}
_IF = "{finding}, if Say and Do questions tell organizations apart equally well"


def contrast_finding(gaps: QuartileGaps) -> str:
    """Return what the verdict found, with the size of the contrast in the unit of the chart."""
    verdict, delta = gaps.verdict, gaps.delta
    state = verdict.verdict.removesuffix(" if")
    if state == "contradicted":
        state = f"contradicted {direction(delta)}"
    elif state == "descriptive":
        state = f"descriptive {verdict.mode} {1 if delta.estimate >= 0 else -1}"
    metrics = (verdict.theta_a, verdict.theta_b, verdict.theta_l, verdict.theta_c)
    if state == "reversed" and all(direction(metric) > 0 for metric in metrics if metric is not None):
        state = "reversed in points only"
    digits = gap_digits(delta, gaps.unit)
    size = sentence(
        "{size:{digits}} {unit:t}", size=abs(delta.estimate), digits=digits, unit=CONTRAST_UNITS[gaps.unit]
    )
    finding = sentence(_FINDINGS[state], size=size)
    return sentence(_IF, finding=finding) if verdict.verdict.endswith(" if") else finding


def slope_finding(slope: GapSlope) -> str:
    """Return how the gap goes with the criterion, as far as the verdict goes that way."""
    line, composite = slope.slope, slope.verdict.mode == "composite"
    side, state = direction(line), "" if composite else slope.verdict.verdict.removesuffix(" if")
    finding = _SLOPES.get(f"{state} {side}")
    nothing = "No line of the Say-Do gap on {criterion} can be told"
    if side:
        nothing = "Whether the Say-Do gap goes with {criterion} cannot be told"
    criterion = within_sentence(slope.criterion, slope.source)
    return sentence(
        finding or nothing,
        size=abs(line.estimate),
        digits=gap_digits(line, slope.unit),
        unit=CONTRAST_UNITS[slope.unit],
        criterion=criterion,
    )
