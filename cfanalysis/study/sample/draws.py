"""Random draws that are the same on every platform and stay the same when the program grows.

Every quantity has a stream of its own, seeded by the sample's seed and the quantity's name: drawing one thing
more leaves all others as they were. Only uniform doubles are taken from NumPy; normals are made from them by
the inverse distribution function and rounded, so that a last bit that differs between mathematical libraries
does not change an answer.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import scipy  # its submodules are imported when they are first used, and reports use few of them
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Draws:
    """Named streams of random numbers.

    Parameters
    ----------
    seed
        The same seed and name give the same numbers.

    Examples
    --------
    >>> bool((Draws(1).normal("halo", 3) == Draws(1).normal("halo", 3)).all())
    True
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, name: str, *shape: int) -> Floats:
        """Return numbers uniformly distributed between 0 (included) and 1 (excluded).

        Parameters
        ----------
        name
            The stream.
        *shape
            Shape of the array.
        """
        stream = np.random.Generator(np.random.PCG64([self._seed, crc32(name.encode())]))
        return stream.random(shape)

    def normal(self, name: str, *shape: int, sd: float = 1.0) -> Floats:
        """Return normal deviates with mean 0 and standard deviation `sd`, rounded to 6 decimals.

        Parameters
        ----------
        name
            The stream.
        *shape
            Shape of the array.
        sd
            Standard deviation.
        """
        uniform = np.clip(self.uniform(name, *shape), 2.0**-53, 1 - 2.0**-53)
        return np.round(sd * scipy.special.ndtri(uniform), 6)

    def integer(self, name: str, below: int, *shape: int) -> Integers:
        """Return uniformly distributed whole numbers from 0 to `below` - 1.

        Parameters
        ----------
        name
            The stream.
        below
            The number of different values.
        *shape
            Shape of the array.
        """
        return np.floor(self.uniform(name, *shape) * below).astype(np.int64)

    def permutation(self, name: str, count: int) -> Integers:
        """Return the numbers 0 to `count` - 1 in random order.

        Parameters
        ----------
        name
            The stream.
        count
            How many numbers.
        """
        return np.argsort(self.uniform(name, count), kind="stable").astype(np.int64)

    def category(self, name: str, weights: Floats) -> Integers:
        """Return a random column number for each row of weights.

        Parameters
        ----------
        name
            The stream.
        weights
            Probability of each column, shape (rows, columns); rows sum to 1.

        Returns
        -------
        numpy.ndarray
            Shape (rows,).
        """
        cumulative = np.round(np.cumsum(weights, axis=1), 9)
        chosen: Integers = (self.uniform(name, len(weights))[:, None] >= cumulative).sum(axis=1)
        within: Integers = np.minimum(chosen, weights.shape[1] - 1)
        return within
