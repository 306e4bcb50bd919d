"""Made-up surveys for the tests of the verdict: shares, a criterion and facets, with latent slopes that are known."""

from __future__ import annotations

import numpy as np

FACETS = ["say", "say", "do", "do"]


def survey(
    n: int = 80,
    *,
    say: float = 0.4,
    do: float = 0.4,
    say_level: float = 0.0,
    items: int = 4,
    respondents: int = 3,
    seed: int = 1,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return cumulative shares on 1-5, a criterion and facets; `say` and `do` are latent slopes."""
    random = np.random.default_rng(seed)
    criterion = random.normal(size=n)
    facets = ["say"] * (items // 2) + ["do"] * (items // 2)
    slope = np.where(np.array(facets) == "do", do, say)
    level = np.where(np.array(facets) == "do", 0.0, say_level)
    latent = level + np.outer(criterion, slope) + 0.3 * random.normal(size=(n, 1))
    answers = latent[:, None] + random.normal(size=(n, respondents, items))
    return (answers[..., None] > [-1.5, -0.5, 0.5, 1.5]).mean(axis=1), criterion, facets
