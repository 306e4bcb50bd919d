"""The parameters from which the sample's answers are drawn.

The model, in scale points: respondent i of organization j answers item k of facet f and dimension d in wave t
(0 or 1). The latent value is the sum of

    level[f] + dimension[f, d] + item[k] + improvement[f] t         the survey
    + slope[f] P[j] + u[j] + u[j, f] + u[j, d]                      the organization
    + role[f, i] + halo[i] + noise                                  the respondent

and the answer is that value rounded to a whole number and cut off at the ends of the scale: the cut is the
ceiling. P is the organization's true performance (mean 0, variance 1). The off-ceiling effect that the sample
contains is therefore ``do_slope - say_slope``: by how many points the Say-Do gap would narrow for each
standard deviation of performance if the scale had no end. The raw gap narrows by more, because the ceiling
holds Say back where performance is high.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import erf, hypot, sqrt


@dataclass(frozen=True)
class Truth:
    """True parameters of the sample; scale points unless said otherwise.

    Tuples by dimension, role and sector follow the order of the instrument's dimensions and of the options
    of its fields.
    """

    say_level: float = 4.35
    do_level: float = 3.55
    say_slope: float = 0.22
    do_slope: float = 0.38
    say_dimension: tuple[float, ...] = (0.10, 0.05, 0.05, -0.20)
    do_dimension: tuple[float, ...] = (0.10, -0.30, 0.00, 0.20)
    item_sd: float = 0.15
    organization_sd: float = 0.20
    facet_sd: float = 0.18
    dimension_sd: float = 0.12
    halo_sd: float = 0.35
    noise_sd: float = 0.80
    say_role: tuple[float, ...] = (0.12, 0.03, -0.08)
    do_role: tuple[float, ...] = (0.28, 0.08, -0.16)
    say_improvement: float = 0.04
    do_improvement: float = 0.10
    performance_level: float = 3.30
    performance_slope: float = 0.45
    performance_sd: float = 0.15
    performance_role: tuple[float, ...] = (0.15, 0.05, -0.08)
    performance_improvement: float = 0.05
    level_levels: tuple[float, ...] = (4.20, 3.40, 2.70)
    level_slopes: tuple[float, ...] = (0.05, 0.30, 0.45)
    warning_level: float = -0.70
    warning_slope: float = -0.45
    contact_slope: float = 0.35
    contact_cuts: tuple[float, ...] = (-1.10, 1.00)
    sector_shift: tuple[float, ...] = (0.1, -0.1, 0.0, 0.3, -0.2, -0.2, 0.3, -0.2)
    size_median: float = 5.5
    size_spread: float = 0.95
    both_waves: float = 0.80
    turnover: float = 0.35
    seconds_median: float = 570.0
    seconds_spread: float = 0.35
    dont_know_gap: float = 0.020
    dont_know_performance: float = 0.060
    dont_know_level: float = 0.030
    dont_know_warning: float = 0.050
    dont_know_contacts: float = 0.060
    dont_know_role: tuple[float, ...] = (0.6, 1.0, 1.4)
    missing: float = 0.010
    comment: float = 0.45

    @property
    def effect(self) -> float:
        """The off-ceiling effect: points by which the gap narrows for each standard deviation of P.

        Examples
        --------
        >>> round(Truth().effect, 2)
        0.16
        """
        return self.do_slope - self.say_slope

    def reported_lead(self, facet: str, role: int) -> float:
        """Return by how many points of 100 a role rates above the last role, as the scale reports it.

        The planted shifts are latent. Rounding to whole points and the ends of the scale take a part of them: of a
        manager's 6.0 points of Do, 5.5 can be seen, and of a leader's 5.0 points of Say 3.7. This is what an
        analysis of the answers should find. A latent value being normal about ``m`` with standard deviation ``s``
        over all respondents, the expected answer on 1 to 5 is ``1 + sum over c of Phi((m - c - 1/2) / s)``.

        Parameters
        ----------
        facet
            ``"say"`` or ``"do"``.
        role
            The role's place in the instrument's options.

        Examples
        --------
        >>> [round(Truth().reported_lead("do", role), 1) for role in (0, 1, 2)]
        [9.9, 5.5, 0.0]
        """
        roles = self.say_role if facet == "say" else self.do_role
        return self._expected_score(facet, roles[role]) - self._expected_score(facet, roles[-1])

    def _expected_score(self, facet: str, shift: float) -> float:
        """Return the mean score, 0 to 100, that answers of a facet have where the latent value is shifted."""
        say = facet == "say"
        slope, level = (self.say_slope, self.say_level) if say else (self.do_slope, self.do_level)
        improvement = self.say_improvement if say else self.do_improvement
        random = (
            self.item_sd,
            self.organization_sd,
            self.facet_sd,
            self.dimension_sd,
            self.halo_sd,
            self.noise_sd,
        )
        spread = hypot(slope, *random)
        means = [level + d + improvement + shift for d in (self.say_dimension if say else self.do_dimension)]
        steps = [_normal((mean - category - 0.5) / spread) for mean in means for category in (1, 2, 3, 4)]
        return 100 / 4 * sum(steps) / len(means)

    def table(self) -> dict[str, float | tuple[float, ...]]:
        """Return every parameter by its name, in the order of ``docs/sample.md``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _normal(z: float) -> float:
    """Return the standard normal distribution function."""
    return 0.5 * (1 + erf(z / sqrt(2)))


TRUTH = Truth()
