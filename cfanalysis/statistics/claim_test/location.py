"""Metric L to second order: the rise of the latent mean where the latent spread changes with performance.

`cfanalysis.statistics.claim_test.latent.slopes` has it to first order in closed form. Where the spread
changes much, the covariance
of a share with the criterion is no longer linear in both rises; so the shares and covariances that the fitted rises
imply are computed exactly, and what the data have beyond them is fitted once more (Gauss and Newton). It moves the
contrast by .01 at most, so the whole sample's shift is taken for all replicates.
"""

from __future__ import annotations

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them

from cfanalysis.statistics.claim_test.latent import Latent, location_and_scale, normal_density
from cfanalysis.statistics.claim_test.layout import Booleans, Floats

SWEEPS, _STEPS, NODES = 4, 4, 15
"""Sweeps of Gauss and Newton, steps to the thresholds in each, and nodes for the criterion."""

LARGEST_LOCATION, LARGEST_SCALE = 0.95, 1.0


def second_order_shift(found: Latent, sets: Booleans) -> Floats:
    """Return what the second order adds to the first order's location of each set of items, shape (S,).

    The latent variable is normal given z with mean ``location z`` and standard deviation ``s exp(scale z)``, of
    variance 1 in all; each threshold lies where the mean share above it is the observed one.

    Parameters
    ----------
    found
        Thresholds and covariances of the sample, one replicate.
    sets
        Which items belong to each set, shape (K, S).
    """
    with np.errstate(all="ignore"):  # sweeps that lead nowhere may leave the numbers that there are
        return np.array([_shift(found, column) for column in sets.T])


def _shift(found: Latent, chosen: Booleans) -> float:
    """Return the shift of one set; 0 where the sweeps lead nowhere."""
    own = found.cut(slice(None), chosen)
    members = np.ones((own.p.shape[1], 1))
    x, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()
    location, scale = (float(s[0, 0]) for s in location_and_scale(own, own.v, members))
    first, cuts = location, own.tau
    for _ in range(SWEEPS):
        if not np.isfinite(location) or abs(location) > LARGEST_LOCATION or abs(scale) > LARGEST_SCALE:
            return 0.0
        spread = np.exp(scale * x)
        spread *= np.sqrt((1 - location**2) / (weight @ spread**2))
        cuts, v = _implied(own, cuts, location * x, spread, x, weight)
        more = location_and_scale(own, own.v - v, members)
        location, scale = location + float(more[0][0, 0]), scale + float(more[1][0, 0])
    return location - first if np.isfinite(location) else 0.0


def _implied(
    own: Latent, cuts: Floats, middle: Floats, spread: Floats, x: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """Return the thresholds at which the mean shares are the observed ones, and the covariances of shares with z."""
    for _ in range(_STEPS):
        reach = (middle - cuts[..., None]) / spread
        share = scipy.special.ndtr(reach) @ weight
        cuts = cuts + (share - own.p) / (normal_density(reach) / spread @ weight)
    share = scipy.special.ndtr((middle - cuts[..., None]) / spread)
    return cuts, np.asarray(share @ (weight * x))
