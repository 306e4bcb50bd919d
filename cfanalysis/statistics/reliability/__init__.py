"""Reliability and agreement, on plain arrays: how far the scores can be trusted.

`reliability` holds alpha, item-rest correlations and the reliability of the gap, `factor` omega, `clustering` the
intraclass correlations, `agreement` within-group agreement.
"""

from cfanalysis.statistics.reliability.agreement import WithinGroupAgreement as WithinGroupAgreement
from cfanalysis.statistics.reliability.agreement import within_group_agreement as within_group_agreement
from cfanalysis.statistics.reliability.clustering import Intraclass as Intraclass
from cfanalysis.statistics.reliability.clustering import TwoWayIntraclass as TwoWayIntraclass
from cfanalysis.statistics.reliability.clustering import intraclass as intraclass
from cfanalysis.statistics.reliability.clustering import two_way_intraclass as two_way_intraclass
from cfanalysis.statistics.reliability.factor import OmegaTotal as OmegaTotal
from cfanalysis.statistics.reliability.factor import omega_total as omega_total
from cfanalysis.statistics.reliability.internal_consistency import CronbachAlpha as CronbachAlpha
from cfanalysis.statistics.reliability.internal_consistency import (
    DifferenceReliability as DifferenceReliability,
)
from cfanalysis.statistics.reliability.internal_consistency import ItemRest as ItemRest
from cfanalysis.statistics.reliability.internal_consistency import cronbach_alpha as cronbach_alpha
from cfanalysis.statistics.reliability.internal_consistency import (
    difference_reliability as difference_reliability,
)
from cfanalysis.statistics.reliability.internal_consistency import item_rest as item_rest
