"""Surveys that strain a client's report: long names, many groups, no roles, no pairs, other scales, clients of one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study

LONG = "The Association of Municipal Water, Waste and Energy Suppliers of the Upper Valley"
"""A name of 80 characters and more."""

ONE, TIED, MANY = f"{LONG}, One Person", f"{LONG}, All Alike", f"{LONG}, Many"
SUBJECTS = (
    "complaints are answered within the day on which they were made",
    "departments settle in advance who answers",
)
QUESTIONS = (
    "What should we change?",
    "What makes you proud?",
    "What do customers tell you that nobody hears?",
)


def instrument_text(top: int, dimensions: int = 2) -> str:
    """An instrument of a scale from 0 (or 1, up to 7) to `top`, without pairs and roles."""
    items = [
        f"  - {{id: {facet}{d}{k}, role: gap, facet: {facet}, dimension: dim{d}, scale: own, "
        f'text: "{verb} that {SUBJECTS[(d + k) % 2]}, number {d}.{k}."}}'
        for d in range(dimensions)
        for facet, verb in (("say", "We want"), ("do", "It is so"))
        for k in range(4)
    ]
    return "\n".join(
        [
            f'format: 1\nid: hard{top}\ntitle: Hard Survey\nversion: "1"',
            f"scales:\n  own: {{min: {int(top == 7)}, max: {top}}}\ndimensions:",
            *(f'  - {{id: dim{d}, title: "Dimension {d}"}}' for d in range(dimensions)),
            "items:",
            *items,
            "  - {id: nps, text: Would you recommend us?, role: performance, scale: own}",
            *(f'  - {{id: open{k}, text: "{text}", role: open}}' for k, text in enumerate(QUESTIONS)),
            "organization_fields:\n  - {id: sector, title: Sector}",
            "indices:\n  - {id: recommend, title: Recommendation, items: [nps]}\ncriterion: recommend\n",
        ]
    )


def hard_study(folder: Path, top: int, *, dimensions: int = 2) -> Study:
    """A study of fifty organizations in 25 sectors, and of clients of one, of all alike, and of many."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(top)
    low = int(top == 7)
    sizes = {f"Organization {k:02}": 8 for k in range(50)} | {ONE: 1, TIED: 9, MANY: 60}
    parts = []
    for number, (name, n) in enumerate(sizes.items()):
        level = rng.normal(low + 0.6 * (top - low), 0.15 * (top - low))
        answers = {
            f"{facet}{d}{k}": rng.normal(level + (facet == "say") * 0.1 * top, 0.2 * top, n)
            for d in range(dimensions)
            for facet in ("say", "do")
            for k in range(4)
        } | {"nps": rng.normal(level, 0.2 * top, n)}
        frame = pd.DataFrame({key: np.clip(np.rint(x), low, top).astype(int) for key, x in answers.items()})
        frame = frame if name != TIED else frame.assign(**dict.fromkeys(answers, top - 1))
        words = {f"open{k}": [f"Answer {i} about it" for i in range(n)] for k in range(3)}
        parts.append(frame.assign(**words, organization=name, wave="2025", sector=f"Sector {number % 25:02}"))
    pd.concat(parts, ignore_index=True).to_csv(folder / "answers.csv", index=False)
    (folder / "asked.yaml").write_text(instrument_text(top, dimensions), encoding="utf-8")
    return prepare(folder / "answers.csv", folder / "asked.yaml", folder / "study")
