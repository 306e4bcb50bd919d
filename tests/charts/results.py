"""Results with known numbers for the charts of rows: as many rows as wanted, with labels as long as wanted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.survey.survey_data import Source

SOURCE = Source("sample", "Customer Focus Self Assessment", ("2024", "2025"), synthetic=True)
CRITERION = "Performance against competitors"
QUARTILES = ("Top", "Upper middle", "Lower middle", "Bottom")
GROUPS = ("Top quartile", "Rest")
LONG = (
    "Employee satisfaction is looked after because customers feel it, in every region and function",
    "Łódź & Škoda: $5 to $6",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Recognition",
)


def labels(n: int) -> list[str]:
    """Return n labels, some long, one of them a single word wider than a column."""
    return [f"{LONG[i % len(LONG)]} {i + 1}" for i in range(n)]


def values(n: int, seed: int, low: float, high: float) -> list[float]:
    return np.random.default_rng(seed).uniform(low, high, n).tolist()


def aspects(n: int, *, negative: bool = False) -> SimpleNamespace:
    """Gaps of n aspects in two groups, each with an interval of 3 on either side."""
    rows = []
    for i, label in enumerate(labels(n)):
        for k, group in enumerate(GROUPS):
            gap = 20.0 - i * 0.3 + 5 * k - (30 if negative else 0)
            rows.append((f"a{i}", label, "", group, gap, gap - 3, gap + 3, 30 + 60 * k))
    columns = ["aspect", "title", "section", "group", "gap", "low", "high", "n"]
    frame = pd.DataFrame(rows, columns=columns)
    return SimpleNamespace(
        frame=frame, groups=GROUPS, scope="pair", criterion=CRITERION, n=120, wave="latest", source=SOURCE
    )


def roles(n: int) -> SimpleNamespace:
    """Effects of n roles and a reference on Say, Do and gap."""
    rows = []
    for i, option in enumerate([*labels(n), "Front line"]):
        for facet, effect in (("say", 3.0), ("do", 9.0), ("gap", -6.0)):
            size = effect if i < n else 0.0
            ends = (size - 1, size + 1) if i < n else (np.nan, np.nan)
            rows.append(("role", "Role", option, facet, size, *ends, 0.5, 0.01, 0.3, 400, 100))
    columns = [
        "field",
        "title",
        "option",
        "facet",
        "effect",
        "low",
        "high",
        "se",
        "p",
        "share",
        "n",
        "n_organizations",
    ]
    return SimpleNamespace(
        frame=pd.DataFrame(rows, columns=columns), n=1200, n_organizations=120, method="", source=SOURCE
    )


def practices(n: int) -> SimpleNamespace:
    """Practices of the top quartile and the rest; the second has the largest difference."""
    frame = pd.DataFrame({"practice": [f"p{i}" for i in range(n)], "title": labels(n), "n_items": 2})
    frame = frame.assign(
        rest=values(n, 1, 50, 70), difference=[12.0 - i * 0.2 + 3 * (i == 1) for i in range(n)]
    )
    frame = frame.assign(
        top=frame["rest"] + frame["difference"], low=frame["difference"] - 4, high=frame["difference"] + 4, g=0.8,
        p=0.01, p_holm=0.02, p_bh=0.02, n=120, n_top=30,
    )  # fmt: skip
    return SimpleNamespace(frame=frame, criterion=CRITERION, n=120, method="", source=SOURCE)


def client_practices(n: int) -> SimpleNamespace:
    """One client's practices beside the benchmark."""
    frame = pd.DataFrame({"practice": [f"p{i}" for i in range(n)], "title": labels(n)})
    frame = frame.assign(score=values(n, 2, 40, 90), benchmark=values(n, 3, 50, 70), top=values(n, 4, 60, 80))
    return SimpleNamespace(frame=frame, client="Alder " * 12, n=9, source=SOURCE)


def answers(n: int, *, shares: tuple[float, ...] = (0.05, 0.15, 0.3, 0.4, 0.1)) -> SimpleNamespace:
    """Answers to n items on as many categories as there are shares; the first item agrees most."""
    rows = []
    names = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
    shown = names if len(shares) == 5 else tuple(f"Answer {i + 1} of the scale" for i in range(len(shares)))
    for i, label in enumerate(labels(n)):
        moved = (
            np.array(shares) + np.linspace(1, -1, len(shares)) * 0.03 * (i / max(n, 1)) * min(shares) / 0.05
        )
        for category, share in enumerate(moved / moved.sum(), start=1):
            rows.append((f"i{i}", label, f"Section {i // 6}", "do", category, share, 120, 1100))
    columns = ["item", "title", "section", "facet", "category", "share", "n", "n_answers"]
    return SimpleNamespace(
        frame=pd.DataFrame(rows, columns=columns), categories=tuple(range(1, len(shares) + 1)), labels=shown, n=120,
        wave="latest", source=SOURCE,
    )  # fmt: skip


def bands(n: int, *, client: str | None = None) -> SimpleNamespace:
    """Quantiles of n measures, 10 points apart around 60; the client at 75."""
    frame = pd.DataFrame({"measure": [f"m{i}" for i in range(n)], "title": labels(n), "section": "Overall"})
    frame = frame.assign(low=40.0, q1=50.0, median=60.0, q3=70.0, high=80.0, n=120)
    mark = (75.0, 81.0) if client else (np.nan, np.nan)
    return SimpleNamespace(
        frame=frame.assign(client=mark[0], percentile=mark[1]), client=client, n=120, source=SOURCE
    )


def pairs(n: int) -> SimpleNamespace:
    """Gaps of n pairs in all and in quartiles; the second pair's are negative, one cell is missing."""
    rows = []
    groups = ("All", *QUARTILES)
    for i, label in enumerate(labels(n)):
        for k, group in enumerate(groups):
            gap = (10.0 + 5 * k + i * 0.1) * (-1 if i == 1 else 1)
            rows.append(
                (f"p{i}", label, f"Section {i // 5}", group, np.nan if i == 2 and k == 4 else gap, 29)
            )
    columns = ["pair", "title", "section", "group", "gap", "n"]
    return SimpleNamespace(
        frame=pd.DataFrame(rows, columns=columns),
        groups=groups,
        criterion=CRITERION,
        n=115,
        wave="latest",
        source=SOURCE,
    )


def signs(n: int) -> SimpleNamespace:
    """Warning signs: the first is seen by half, the next by ever fewer, ties at the end."""
    share = [max(0.5 - 0.05 * i, 0.1) for i in range(n)]
    frame = pd.DataFrame({"sign": [f"s{i}" for i in range(n)], "title": labels(n), "share": share})
    frame = frame.assign(low=frame["share"] - 0.05, high=frame["share"] + 0.05, organizations=0.4, n=120)
    return SimpleNamespace(frame=frame, n=120, criterion=CRITERION, method="", source=SOURCE)


def client_signs(n: int) -> SimpleNamespace:
    """Warning signs of a client of few respondents: no intervals, the benchmark's shares beside."""
    result = signs(n)
    frame = result.frame.assign(low=np.nan, high=np.nan, benchmark=0.3)
    return SimpleNamespace(**{**vars(result), "frame": frame, "n": 4})


def outcomes() -> SimpleNamespace:
    """Expectations: 17, 64 and 19 per cent, worst first."""
    frame = pd.DataFrame({"name": list("abc"), "title": ["Disappointed", "Satisfied", "Impressed"]})
    frame = frame.assign(share=[0.17, 0.64, 0.19], low=[0.15, 0.63, 0.17], high=[0.18, 0.66, 0.21], n=119)
    return SimpleNamespace(frame=frame, n=119, method="", source=SOURCE)


def levels(shares: tuple[float, float, float] = (0.16, 0.48, 0.36)) -> SimpleNamespace:
    """Shares of the three levels with gap and criterion; no organization of a level that has none."""
    frame = pd.DataFrame({"level": ["low", "moderate", "high"], "share": shares})
    frame = frame.assign(
        n=[round(100 * s) for s in shares],
        gap=[22.0 if s else np.nan for s in shares],
        criterion=[43.4, 55.4, 69.6],
    )
    return SimpleNamespace(by_level=frame, criterion=CRITERION, n=100, with_gap=None, source=SOURCE)


def sectors(n: int) -> SimpleNamespace:
    """An index of all and of n sectors in two waves; the last sector is too small for an interval."""
    rows: list[tuple[Any, ...]] = []
    for i, (scope, name) in enumerate([("all", "All organizations"), *(("sector", x) for x in labels(n))]):
        for k, wave in enumerate(SOURCE.waves):
            score = 60.0 + i * 0.4 + 2 * k
            small = scope == "sector" and i == n
            rows.append(
                (scope, name, wave, score, *((np.nan, np.nan) if small else (score - 1, score + 1)), 100, 9)
            )
    frame = pd.DataFrame(
        rows, columns=["scope", "name", "wave", "score", "low", "high", "n", "n_organizations"]
    )
    changes = frame[frame["wave"] == "2025"].assign(
        before="2024", after="2025", change=2.0, low=1.0, high=3.0
    )
    return SimpleNamespace(
        frame=frame, changes=changes, index=SimpleNamespace(title="Customer Focus Score"), field="Sector", n=2000,
        source=SOURCE,
    )  # fmt: skip


def waves(n: int, *, equal: bool = False) -> SimpleNamespace:
    """Say, Do and gap in n waves: Say 80, Do 60 and one more in each wave; or all equal."""
    rows = []
    for k in range(n):
        for name, facet, score in (
            ("Say", "say", 80.0),
            ("Do", "do", 80.0 if equal else 60.0 + k),
            ("Gap", "gap", 20.0),
        ):
            rows.append(
                (name, "overall", "overall", facet, f"Autumn {2010 + k}", score, score - 2, score + 2, 100)
            )
    columns = ["measure", "scope", "name", "facet", "wave", "score", "low", "high", "n"]
    return SimpleNamespace(waves=pd.DataFrame(rows, columns=columns), n=90, source=SOURCE)


def spread(counts: tuple[int, ...] = (2, 4, 14, 24, 8), *, first: float = -0.2) -> SimpleNamespace:
    """Classes of 0.2 points with the given counts."""
    low = [round(first + 0.2 * i, 9) for i in range(len(counts))]
    frame = pd.DataFrame({"low": low, "high": [round(x + 0.2, 9) for x in low], "n": counts})
    return SimpleNamespace(
        frame=frame, mean=0.4, median=0.42, q1=0.3, q3=0.55, share_negative=0.04, scale=(1, 5), n=sum(counts),
        wave="latest", source=SOURCE,
    )  # fmt: skip


def estimates(n: int) -> SimpleNamespace:
    """n estimates in three sections and two units; every third is strong."""
    headings = ("Section 0", f"A heading that is wider than the labels, {LONG[0]}", "Section 2")
    rows = [
        (
            headings[i % 3], label, 0.2 + 0.01 * i, 0.1 + 0.01 * i, 0.3 + 0.01 * i,
            "points" if i % 3 < 2 else "difference of probabilities", 60, i % 3 == 0,
        )
        for i, label in enumerate(labels(n))
    ]  # fmt: skip
    columns = ["group", "label", "estimate", "low", "high", "unit", "n", "strong"]
    frame = pd.DataFrame(rows, columns=columns).sort_values("group", kind="stable", ignore_index=True)
    about = {"measure": "Rest minus top", "criterion": CRITERION, "n": 60, "source": SOURCE, "signed": True}
    return SimpleNamespace(frame=frame, **about)


def specifications(n: int) -> SimpleNamespace:
    """6 n specifications of three choices, one of them with n options."""
    options = {
        "criterion": ("other respondents", "overall score"),
        "cut": tuple(labels(n)),
        "wave": ("first", "latest", "all"),
    }
    rows = [
        (criterion, cut, wave, 0.1 + 0.002 * (i + j), 0.05, 0.3, criterion == "overall score")
        for i, cut in enumerate(options["cut"])
        for j, (criterion, wave) in enumerate((c, w) for c in options["criterion"] for w in options["wave"])
    ]
    frame = pd.DataFrame(rows, columns=[*options, "estimate", "low", "high", "circular"])
    frame = frame.sort_values("estimate", ignore_index=True)
    curve = SimpleNamespace(frame=frame, options=options, unit="points")
    return SimpleNamespace(specifications=curve, criterion=CRITERION, n=60, source=SOURCE)
