"""Every number that R computed too: the reference values of the project, within their tolerances.

The values and data lie outside the project (they come from GPL packages): in the folder named by
CFANALYSIS_REFERENCE, else in ../shared/reference beside the project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cfanalysis.analyses.robustness.congruence import response_surface
from cfanalysis.analyses.robustness.continuous import exact_quantile_slope, hc3_fit
from cfanalysis.statistics import effects, reliability
from cfanalysis.statistics.claim_test.evidence import checked_evidence
from cfanalysis.statistics.claim_test.jackknife import LatentContrast, latent_contrast
from cfanalysis.statistics.claim_test.latent import latent
from cfanalysis.statistics.claim_test.latent_correlation import latent_correlations
from cfanalysis.statistics.claim_test.subscales import recut_differences
from cfanalysis.statistics.effects import exact_j
from cfanalysis.statistics.effects.one_sample import rank_correlation
from cfanalysis.statistics.quartiles import in_top, quartile_groups

FOLDER = Path(
    os.environ.get("CFANALYSIS_REFERENCE", Path(__file__).resolve().parents[2] / "shared" / "reference")
)
SCALES = {
    "bfi_A": ("bfi_sub", [f"A{i}" for i in range(1, 6)]),
    "bfi_N": ("bfi_sub", [f"N{i}" for i in range(1, 6)]),
    "mobi_PERQ": ("mobi", [f"PERQ{i}" for i in range(1, 8)]),
    "mobi_CUEX": ("mobi", [f"CUEX{i}" for i in range(1, 4)]),
}
SAY, DO = SCALES["mobi_CUEX"][1], SCALES["mobi_PERQ"][1]
PREDICTORS = {"IMAG": 5, "CUEX": 3, "PERQ": 7, "PERV": 2}
NOT_OURS = ("student.", "cliff.var", "cliff.lo_", "cliff.hi_", "rankbis.", "mw.", "kw.", "welchF.", "pitman.",
            "williams.", "paired.", "partialr.", "rsa.a1", "rsa.a2", "rsa.a4", "rsa.se_", "edwards.slope", "sem.",
            "kendall", "eiv.")  # fmt: skip


def _reference_values() -> list[dict[str, Any]]:
    file = FOLDER / "reference_values.json"
    if not file.is_file():
        return []
    return [v for v in json.loads(file.read_text())["values"] if not v["id"].startswith(NOT_OURS)]


@cache
def _data(name: str) -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / "data" / f"{name}.csv")
    return frame.assign(A1=7 - frame["A1"]) if name == "bfi_sub" else frame


def _scale(name: str) -> pd.DataFrame:
    dataset, items = SCALES[name]
    return _data(dataset)[items]


@cache
def _groups() -> tuple[pd.Series, pd.Series]:
    """Return the gap of the rest and of the top quartile on mobi."""
    mobi = _data("mobi")
    gap = mobi[SAY].mean(axis=1) - mobi[DO].mean(axis=1)
    top = in_top(_criterion())
    return gap[~top], gap[top]


def _criterion() -> pd.Series:
    return _data("mobi")[["CUSA1", "CUSA2", "CUSA3"]].sum(axis=1)


def _exceedance() -> np.ndarray:
    return (_data("mobi")[SAY + DO].to_numpy()[:, :, None] > np.arange(1, 10)).astype(float)


@cache
def _contrast() -> LatentContrast:
    return latent_contrast(
        checked_evidence(_exceedance(), _criterion(), ["say"] * len(SAY) + ["do"] * len(DO))
    )


@cache
def _importance() -> effects.RelativeImportance:
    mobi = _data("mobi")
    means = {name: mobi[[f"{name}{i + 1}" for i in range(k)]].mean(axis=1) for name, k in PREDICTORS.items()}
    return effects.relative_importance(_criterion() / 3, pd.DataFrame(means))


@cache
def _bootstrap() -> effects.BootstrapDifference:
    return effects.bootstrap_difference(*_groups(), repetitions=9999, seed=1)


def _of_scale(statistic: Callable[[pd.DataFrame], Any], attribute: str) -> Callable[[str], float]:
    return lambda name: getattr(statistic(_scale(name)), attribute)


def _of_item(attribute: str) -> Callable[[str, str], float]:
    def value(name: str, item: str) -> float:
        rest = reliability.item_rest(_scale(name))
        return float(getattr(rest, attribute)[rest.names.index(item)])

    return value


def _of_predictor(attribute: str) -> Callable[[str], float]:
    return lambda name: float(getattr(_importance(), attribute)[_importance().names.index(name)])


def _of_default(statistic: str) -> float:
    if statistic == "n_orgs":
        return float(len(_criterion()))
    if statistic == "n_top":
        return float(quartile_groups(_criterion()).n_top)
    if statistic.startswith("sigma_item"):
        p = _exceedance().mean(axis=0)[None]
        shape = np.ones(p.shape[1:], dtype=bool)
        sigma = latent(p, np.zeros(p.shape), len(_criterion()), shape, one_grid=True).sigma[0]
        return float(sigma[0] if statistic.endswith("1") else sigma[-1])
    ours = {"raw": "delta", "dSay": "delta_say", "dDo": "delta_do", "theta": "theta_b", "thetaA": "theta_a",
            "m0A": "m0_a", "excessA": "excess_a"}  # fmt: skip
    name = statistic.removeprefix("se_")
    estimate = getattr(_contrast(), ours.get(name, name))
    return float(estimate.se if statistic.startswith("se_") else estimate.estimate)


def _of_hermite(name: str) -> float:
    is_do = np.array([False] * len(SAY) + [True] * len(DO))
    r = latent_correlations(_exceedance(), np.ones((len(is_do), 9), dtype=bool), is_do)
    return float({"rSS": r.say, "rDD": r.do, "rSD": r.between}[name][0])


def _cohens_d(attribute: str) -> float:
    g = effects.hedges_g(*_groups())
    return float(getattr(g, attribute) / exact_j(len(_criterion()) - 2))


def _rest_minus_top(gap: pd.Series, criterion: pd.Series) -> float:
    values, cut_on = gap.to_numpy()[:, None], criterion.to_numpy(dtype=float)
    return recut_differences([values], [cut_on], repetitions=100, seed=1)[0][0].estimate


def _naive_total() -> float:
    mobi = _data("mobi")
    total = mobi[SAY + DO].sum(axis=1)
    return _rest_minus_top(mobi[SAY].mean(axis=1) - mobi[DO].mean(axis=1), total)


def _split_items() -> float:
    mobi = _data("mobi")
    odd = mobi[["CUEX1", "CUEX3", "PERQ1", "PERQ3", "PERQ5", "PERQ7"]].sum(axis=1)
    do = mobi[["PERQ2", "PERQ4", "PERQ6"]].mean(axis=1)
    return _rest_minus_top(mobi["CUEX2"] - do, odd)


def _two_way() -> reliability.TwoWayIntraclass:
    return reliability.two_way_intraclass(_scale("mobi_PERQ"))


def _of_the_mean(icc: float, k: int) -> float:
    return k * icc / (1 + (k - 1) * icc)


def _facet_means() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Say, Do and the mean criterion on mobi, whose gap R computed from them."""
    mobi = _data("mobi")
    return mobi[SAY].mean(axis=1).to_numpy(), mobi[DO].mean(axis=1).to_numpy(), _criterion().to_numpy() / 3


def _line(attribute: str) -> float:
    """Return the slope of the gap on the standardized criterion, or its HC3 standard error."""
    say, do, criterion = _facet_means()
    z = (criterion - criterion.mean()) / criterion.std(ddof=1)
    fit = hc3_fit(say - do, np.column_stack([np.ones_like(z), z]))
    return float({"gap_slope": fit.params, "gap_hc3": fit.bse}[attribute][1])


def _upper_quartile_slope() -> float:
    say, do, criterion = _facet_means()
    z = (criterion - criterion.mean()) / criterion.std(ddof=1)
    return exact_quantile_slope(say - do, z, 0.75)


def _spearman() -> float:
    say, do, criterion = _facet_means()
    return rank_correlation(np.round(21 * (say - do)), np.round(3 * criterion)).estimate


OURS: dict[str, Callable[..., float]] = {
    "rsa": lambda _: response_surface(*_facet_means())[0],
    "edwards": _line,
    "spearman": _spearman,
    "rq75": lambda _: _upper_quartile_slope(),
    "alpha": _of_scale(reliability.cronbach_alpha, "raw"),
    "alpha_std": _of_scale(reliability.cronbach_alpha, "standardized"),
    "alpha_feldt_lo": _of_scale(reliability.cronbach_alpha, "low"),
    "alpha_feldt_hi": _of_scale(reliability.cronbach_alpha, "high"),
    "omega_ml_model": _of_scale(reliability.omega_total, "model"),
    "omega_ml_observed": _of_scale(reliability.omega_total, "observed"),
    "omega_minres_std": _of_scale(reliability.omega_total, "minres_std"),
    "item_rest": _of_item("item_rest"),
    "alpha_if_dropped": _of_item("alpha_if_dropped"),
    "icc31": lambda *_: _two_way().consistency.estimate,
    "icc3k": lambda *_: _of_the_mean(_two_way().consistency.estimate, _two_way().k),
    "icc11": lambda *_: _two_way().one_way.estimate,
    "icc11_lo": lambda *_: float(_two_way().one_way.low or np.nan),
    "quart": lambda name: quartile_groups(_criterion()).cuts[2] if name == "q75" else len(_groups()[1]),
    "gap": lambda name: {
        "n_distinct": len(np.unique(np.round(np.concatenate(_groups()), 9))),
        "mean_rest": _groups()[0].mean(),
        "mean_top": _groups()[1].mean(),
    }[name],
    "welch": lambda name: getattr(
        effects.welch(*_groups()), {"t": "statistic", "lo": "low", "hi": "high"}.get(name, name)
    ),
    "hedges": lambda name: getattr(
        effects.hedges_g(*_groups()), {"g": "estimate", "lo": "low", "hi": "high"}[name.removesuffix("_root")]
    ),
    "cohen": lambda name: _cohens_d({"d": "estimate", "lo": "low", "hi": "high"}[name]),
    "cliff": lambda name: getattr(
        effects.cliffs_delta(*_groups()), {"delta": "estimate", "bm_lo": "low", "bm_hi": "high"}[name]
    ),
    "bm": lambda name: getattr(
        effects.brunner_munzel(*_groups()), {"stat": "statistic", "relEffect": "estimate"}.get(name, name)
    ),
    "boot": lambda name: getattr(
        _bootstrap(),
        {"bca_lo": "low", "bca_hi": "high", "perc_lo": "percentile_low", "perc_hi": "percentile_high"}[name],
    ),
    "lmg": lambda name: _importance().r_squared if name == "R2" else _of_predictor("lmg")(name),
    "relw": _of_predictor("johnson"),
    "stdbeta": _of_predictor("standardized_beta"),
    "vif": _of_predictor("vif"),
    "default": lambda _, statistic: _of_default(statistic),
    "hermite": lambda _, name: _of_hermite(name),
    "gap_reliability": lambda _: (
        reliability.difference_reliability(_scale("mobi_CUEX"), _scale("mobi_PERQ")).estimate
    ),
    "split": lambda _: _split_items(),
    "naive": lambda _: _naive_total(),
}


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the reference values are not at {FOLDER}")
@pytest.mark.parametrize("reference", _reference_values(), ids=lambda value: str(value["id"]))
def test_agrees_with_r(reference: dict[str, Any]) -> None:
    """The number is that of R within the stated tolerance: max(relative x value, absolute)."""
    name, *parts = reference["id"].split(".")
    value, expected = OURS[name](*parts), reference["value"]
    allowed = max(reference["rel_tol"] * abs(expected), reference["abs_tol"])
    assert abs(value - expected) <= allowed, f"{value!r} is not {expected!r} ({reference['r_call']})"


@pytest.mark.parametrize("m", [1, 2, 3, 5, 8])
def test_hommel_is_the_closed_test_of_simes(m: int) -> None:
    """As in R's ``p.adjust``: the largest Simes p of all sets of hypotheses to which one belongs (Hommel 1988)."""
    random = np.random.default_rng(m)
    for p in (random.random(m) ** 3, np.round(random.random(m), 1), np.linspace(0.01, 0.04, m)):
        closed = np.zeros(m)
        for size in range(1, m + 1):
            for chosen in combinations(range(m), size):
                simes = (size * np.sort(p[list(chosen)]) / np.arange(1, size + 1)).min()
                closed[list(chosen)] = np.maximum(closed[list(chosen)], simes)
        assert effects.adjust_p_values(p, method="hommel").adjusted == pytest.approx(closed)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the reference values are not at {FOLDER}")
def test_hidden_ties_are_ties() -> None:
    """The gap on mobi has 85 values, though its floating-point numbers are more."""
    gap = np.concatenate(_groups())
    assert len(np.unique(gap)) > len(np.unique(np.round(gap, 9))) == 85
