"""One halving's organizations, and the sums and means over them without each group: what a jackknife needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cfanalysis.statistics.claim_test.evidence import Evidence, Halving
from cfanalysis.statistics.claim_test.groups import by_group, without_each
from cfanalysis.statistics.claim_test.latent import Latent, Slopes, expected_gap, latent, sparing_quadrature
from cfanalysis.statistics.claim_test.layout import Floats
from cfanalysis.statistics.claim_test.standardized import Standardization


class JackknifeSample:
    """One halving's organizations, ready for sums without each group."""

    def __init__(self, evidence: Evidence, halving: Halving) -> None:
        self._evidence, self._halving = evidence, halving
        self._group = evidence.group[halving.members]
        z = halving.scores
        self._n = self.sums(np.ones(z.size))
        self._mean = self.sums(z) / self._n
        variance = self.sums(z * z) / self._n - self._mean**2
        self._sd = np.sqrt(
            np.where(variance > 1e-12, variance, np.nan)
        )  # without a group, the others may all tie

    def sums(self, values: Floats) -> Floats:
        """Return the sums over organizations and without each group, shape (groups + 1, ...)."""
        return without_each(values, self._group, self._evidence.groups)

    def means(self, values: Floats) -> Floats:
        """Return means over organizations, shape (groups + 1, ...)."""
        return np.asarray((self.sums(values).T / self._n).T)

    def covariances(self, values: Floats, mean: Floats) -> Floats:
        """Return covariances with the criterion's scores, standardized in each replicate, shape (groups + 1, ...).

        Parameters
        ----------
        values
            One value or row for each organization of the halving, shape (m, ...).
        mean
            Their means in each replicate, shape (groups + 1, ...).
        """
        products = self.means((values.T * self._halving.scores).T)
        return np.asarray(((products.T - mean.T * self._mean) / self._sd).T)

    def latent(self) -> Latent:
        """Return thresholds, covariances and spreads in each replicate, as measured."""
        shares, evidence = self._halving.shares, self._evidence
        p = self.means(shares)
        return latent(p, self.covariances(shares, p), self._n, evidence.exists, one_grid=evidence.one_grid)

    def standardized(
        self, found: Latent, standardization: Standardization | None, mix: Floats | None
    ) -> Latent:
        """Return the thresholds with covariances standardized for who answered.

        Parameters
        ----------
        found
            Thresholds and covariances of all replicates.
        standardization, mix
            The standardization and the organizations' mean traits, shape (m, q); without them `found` is returned.
        """
        if standardization is None or mix is None:
            return found
        explained = standardization.correction(self.covariances(mix, self.means(mix)))
        return replace(found, v=found.v - explained)

    def contrasts(self, standardization: Standardization | None, mix: Floats | None) -> tuple[Floats, Floats]:
        """Return the top quartile's lead in Say and in Do in each replicate, shape (groups + 1,) each.

        Parameters
        ----------
        standardization, mix
            The standardization and the organizations' mean traits, shape (m, q); without them the leads are raw.

        Returns
        -------
        tuple of numpy.ndarray
            Top minus rest, in the unit of the gap.
        """
        leads = [self._lead(self._halving.say), self._lead(self._halving.do)]
        if standardization is not None and mix is not None:
            explained = np.einsum(
                "rq,rqf->rf", self._lead(mix), standardization.facet_effects(self._evidence)
            )
            leads = [lead - explained[:, f] for f, lead in enumerate(leads)]
        return leads[0], leads[1]

    def _lead(self, values: Floats) -> Floats:
        """Return mean(top) - mean(rest) in each replicate."""
        return self._mean_of(values, self._halving.top) - self._mean_of(values, ~self._halving.top)

    def _mean_of(self, values: Floats, chosen: np.ndarray) -> Floats:
        kept = chosen.astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((self.sums((values.T * kept).T).T / self.sums(kept)).T)

    def benchmark(self, found: Latent, s: Slopes, metric: str) -> Floats:
        """Return the ceiling benchmark m0: rest minus top of the gap expected under equal rise.

        Parameters
        ----------
        found
            Thresholds and covariances of all replicates.
        s
            How Say and Do rise with the criterion.
        metric
            ``"a"`` or ``"b"``: the metric on which the rise is equal.

        Returns
        -------
        numpy.ndarray
            Shape (groups + 1,), in the unit of the gap; NaN where the metric does not exist.
        """
        evidence, top = self._evidence, self._halving.top
        slope = (s.b if metric == "b" else s.beta).mean(axis=1)[:, None]
        rise = slope / found.sigma if metric == "b" else np.broadcast_to(slope, found.sigma.shape)
        if not np.isfinite(rise[0]).all():
            return np.full(len(rise), np.nan)
        is_do = evidence.is_do
        weight = evidence.unit * np.where(is_do, -1 / is_do.sum(), 1 / (~is_do).sum())

        def levels(z: Floats) -> Floats:
            each = np.eye(is_do.size)
            gaps = expected_gap(found.tau[:1], rise[:1], z[None], exists=evidence.exists, weight=each)
            return np.asarray(gaps[0])

        z = self._halving.scores
        (in_top, share_top), (in_rest, share_rest) = (
            sparing_quadrature(z[group], levels) for group in (top, ~top)
        )
        nodes = (np.append(in_top, in_rest) - self._mean[:, None]) / self._sd[:, None]
        expected = expected_gap(found.tau, rise, nodes, exists=evidence.exists, weight=weight)
        own = self._group + 1  # the replicate that lacks the organization
        place = (z - self._mean[own]) / self._sd[own]
        itself = expected_gap(
            found.tau[own], rise[own], place[:, None], exists=evidence.exists, weight=weight
        )[:, 0]
        return self._without(expected[:, in_top.size :] @ share_rest, itself, ~top) - self._without(
            expected[:, : in_top.size] @ share_top, itself, top
        )

    def _without(self, mean: Floats, itself: Floats, chosen: np.ndarray) -> Floats:
        """Return a set's mean in each replicate, the organizations that the replicate lacks taken out."""
        lost = np.concatenate(
            [[0.0], by_group(np.where(chosen, itself, 0.0), self._group, self._evidence.groups)]
        )
        size = self.sums(chosen.astype(float))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(size == size[0], mean, (size[0] * mean - lost) / size))
