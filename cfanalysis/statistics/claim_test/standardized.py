"""Standardization for who answered: every organization as if it had the same mix of respondents.

Where more leaders answer in good organizations, and leaders rate practice higher, practice rises with performance
without anybody acting differently. What a category of respondents goes with is estimated from colleagues, from
differences within organizations pooled over all; what differences between organizations in their mix explain is taken
out of the covariances with the criterion and of the gap. The effects are estimated again in each replicate, so their
uncertainty is in the intervals (direct standardization with common effects).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cfanalysis.statistics.claim_test.evidence import Evidence, Halving
from cfanalysis.statistics.claim_test.groups import by_group, without_each
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.resampling import Mix, pooled_effects
from cfanalysis.statistics.claim_test.respondent_traits import Composition


@dataclass(frozen=True, eq=False)
class Standardization:
    """Who answered, ready for all replicates.

    Parameters
    ----------
    composition
        The traits of the respondents.
    squares
        Sums of squares and products in each replicate, shape (groups + 1, q, q).
    products
        Sums of products with the answers by group, shape (groups, q, K, C).
    facets
        Sums of products with Say and with Do, in the unit of the gap, shape (n, q, 2).
    """

    composition: Composition
    squares: Floats
    products: Floats
    facets: Floats

    def effects(self, products: Floats) -> Floats:
        """Return the effects in the whole sample, shape (q, S), from sums of products by organization (n, q, S)."""
        return np.asarray(pooled_effects(self.squares[:1], products.sum(axis=0)[None])[0])

    def correction(self, mix: Floats) -> Floats:
        """Return what the mix explains of each share's covariance with the criterion, shape (groups + 1, K, C).

        Parameters
        ----------
        mix
            Covariance of the mean traits with the criterion's scores in each replicate, shape (groups + 1, q).
        """
        weights = pooled_effects(self.squares, mix[..., None])[..., 0]
        total = np.tensordot(weights, self.products.sum(axis=0), axes=1)
        total[1:] -= np.einsum("gq,gqkc->gkc", weights[1:], self.products)
        return np.asarray(total)

    def facet_effects(self, evidence: Evidence) -> Floats:
        """Return the effects on Say and Do in each replicate, shape (groups + 1, q, 2)."""
        products = without_each(self.facets, evidence.group, evidence.groups)
        return pooled_effects(self.squares, products)

    def mix(self, evidence: Evidence) -> Mix:
        """Return who answered, for the bootstrap."""
        means = [
            evidence.spread(self.composition.means[i][halving.members], halving)
            for i, halving in enumerate(evidence.halvings)
        ]
        return Mix(means, self.composition.squares, self.facets)

    def of_halving(self, evidence: Evidence, number: int) -> Floats:
        """Return the mean traits of a halving's organizations, centred on their mean, shape (m, q).

        Parameters
        ----------
        evidence
            The checked arrays.
        number
            The number of the halving, from 0.
        """
        halving: Halving = evidence.halvings[number]
        means = self.composition.means[number][halving.members]
        return np.asarray(means - means.mean(axis=0))


def standardization(evidence: Evidence) -> Standardization | None:
    """Return the standardization for who answered; None where nothing of it is known or varies."""
    composition = evidence.composition
    if composition is None or not composition.traits.size:
        return None
    weights = evidence.facets * evidence.unit[:, None] / evidence.facets.sum(axis=0)
    return Standardization(
        composition,
        without_each(composition.squares, evidence.group, evidence.groups),
        by_group(composition.products, evidence.group, evidence.groups),
        np.tensordot(composition.products.sum(axis=3), weights, axes=(2, 0)),
    )
