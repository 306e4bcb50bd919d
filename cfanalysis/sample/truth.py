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

    def table(self) -> dict[str, float | tuple[float, ...]]:
        """Return every parameter by its name, in the order of ``docs/sample.md``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


TRUTH = Truth()
