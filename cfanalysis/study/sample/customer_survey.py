"""Made-up customers of the made-up organizations: a survey for the customer satisfaction index.

Customers of the same organizations as in `cfanalysis.study.sample` rate them from 1 to 10. Customer c of
organization j in wave t (0 or 1) answers item k with the latent value

    level + slope P[j] + u[j] + item[k] + change[sector] t + group[c] + halo[c] + noise

rounded and cut off at 1 and 10; P is the organization's true performance. Business customers are a fifth of all
customers but half of those asked, and rate lower; weights put that right. Truth: `CUSTOMER_TRUTH`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.core.files import atomic_file
from cfanalysis.core.resources import shipped_file
from cfanalysis.study.sample.draws import Draws
from cfanalysis.study.sample.generator import ORIGIN, SAMPLE_ORGANIZATIONS, SAMPLE_SEED
from cfanalysis.study.sample.population import draw_population
from cfanalysis.study.sample.truth import TRUTH
from cfanalysis.survey.instrument import load_instrument

INSTRUMENT = ("data", "instruments", "customer_index.yaml")
_ASSESSMENT = ("data", "instruments", "customer_focus.yaml")
CUSTOMERS_PER_ORGANIZATION = 24


@dataclass(frozen=True)
class CustomerTruth:
    """True parameters of the customers' ratings; points on 1 to 10 unless said otherwise.

    Parameters
    ----------
    level, slope, organization_sd, item_sd, halo_sd, noise_sd
        As in the formula.
    changes
        Change from the first wave to the second, by sector in turn.
    business
        What a business customer gives less.
    business_share, business_asked
        Share of business customers among all, and among those asked.
    improve
        Share of customers who expect improvement.
    dont_know
        Share of answers that are "don't know".
    """

    level: float = 7.2
    slope: float = 0.55
    organization_sd: float = 0.35
    item_sd: float = 0.20
    halo_sd: float = 1.10
    noise_sd: float = 1.20
    changes: tuple[float, ...] = (0.25, 0.0, -0.15, 0.10)
    business: float = 0.6
    business_share: float = 0.2
    business_asked: float = 0.5
    improve: float = 0.72
    dont_know: float = 0.03


CUSTOMER_TRUTH = CustomerTruth()


def sample_customers(*, organizations: int = SAMPLE_ORGANIZATIONS, seed: int = SAMPLE_SEED) -> pd.DataFrame:
    """Return a synthetic survey of customers, one row per customer, all cells texts.

    Parameters
    ----------
    organizations, seed
        As for `cfanalysis.study.sample.sample_responses`; the same ones are the same organizations.

    Examples
    --------
    >>> frame = sample_customers(organizations=3)
    >>> len(frame), frame["origin"].unique().tolist()
    (144, ['synthetic'])
    """
    truth, draws = CUSTOMER_TRUTH, Draws(seed)
    instrument = load_instrument(shipped_file(*INSTRUMENT))
    population = draw_population(load_instrument(shipped_file(*_ASSESSMENT)), organizations, draws, TRUTH)
    facts = population.organizations
    waves = instrument.waves
    sectors = {name: k for k, name in enumerate(dict.fromkeys(sorted(facts["sector"])))}
    owner = np.repeat(np.arange(len(facts)), CUSTOMERS_PER_ORGANIZATION * len(waves))
    wave = np.tile(np.repeat(np.arange(len(waves)), CUSTOMERS_PER_ORGANIZATION), len(facts))
    business = draws.uniform("customer group", owner.size) < truth.business_asked
    own = draws.normal("customers organization", len(facts), sd=truth.organization_sd)
    step = np.array([truth.changes[sectors[name] % len(truth.changes)] for name in facts["sector"]])
    latent = (
        truth.level
        + (truth.slope * facts["performance"].to_numpy(float) + own)[owner]
        + step[owner] * wave
        - truth.business * business
        + draws.normal("customer halo", owner.size, sd=truth.halo_sd)
    )
    rated = [item for item in instrument.rated_items if item.role == "performance"]
    inside, asked = truth.business_share, truth.business_asked
    columns: dict[str, object] = {
        "respondent": [f"C{k + 1:06d}" for k in range(owner.size)],
        "organization": facts["organization"].to_numpy(object)[owner],
        "wave": np.array(waves, dtype=object)[wave],
        "seconds": np.full(owner.size, "240", dtype=object),
        "origin": np.full(owner.size, ORIGIN, dtype=object),
        "sector": facts["sector"].to_numpy(object)[owner],
        "customer_group": np.where(business, "Business customer", "Private customer"),
        "weight": np.where(business, f"{inside / asked:g}", f"{(1 - inside) / (1 - asked):g}"),
    }
    for item in rated:
        shift = float(draws.normal(f"customer item {item.id}", 1, sd=truth.item_sd)[0])
        value = latent + shift + draws.normal(f"customer noise {item.id}", owner.size, sd=truth.noise_sd)
        code = np.clip(np.floor(value + 0.5), 1, 10).astype(int).astype(str).astype(object)
        code[draws.uniform(f"customer don't know {item.id}", owner.size) < truth.dont_know] = "99"
        columns[item.id] = code
    expects = draws.uniform("customer improve", owner.size) < truth.improve
    columns["improve"] = np.where(expects, "1", "0")
    return pd.DataFrame(columns, dtype="str")


def write_sample_customers(
    path: Path, *, organizations: int = SAMPLE_ORGANIZATIONS, seed: int = SAMPLE_SEED
) -> pd.DataFrame:
    r"""Write a sample of customers as a CSV file (UTF-8, lines end in ``\n``) and return it.

    Parameters
    ----------
    path
        The file; an existing one is overwritten.
    organizations
        Number of organizations.
    seed
        The same seed gives the same file.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    frame = sample_customers(organizations=organizations, seed=seed)
    with atomic_file(path) as aside:
        frame.to_csv(aside, index=False, encoding="utf-8", lineterminator="\n")
    return frame
