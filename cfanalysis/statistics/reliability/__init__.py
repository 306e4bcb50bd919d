"""Reliability and agreement, on plain arrays: how far the scores can be trusted.

`reliability` holds alpha, item-rest correlations and the reliability of the gap, `factor` omega, `clustering` the
intraclass correlations, `agreement` within-group agreement.
"""

from cfanalysis.statistics.reliability.agreement import WithinGroupAgreement, within_group_agreement
from cfanalysis.statistics.reliability.clustering import (
    Intraclass,
    TwoWayIntraclass,
    intraclass,
    two_way_intraclass,
)
from cfanalysis.statistics.reliability.factor import OmegaTotal, omega_total
from cfanalysis.statistics.reliability.internal_consistency import (
    CronbachAlpha,
    DifferenceReliability,
    ItemRest,
    cronbach_alpha,
    difference_reliability,
    item_rest,
)

__all__ = [
    "CronbachAlpha",
    "DifferenceReliability",
    "Intraclass",
    "ItemRest",
    "OmegaTotal",
    "TwoWayIntraclass",
    "WithinGroupAgreement",
    "cronbach_alpha",
    "difference_reliability",
    "intraclass",
    "item_rest",
    "omega_total",
    "two_way_intraclass",
    "within_group_agreement",
]
