"""Planning a study: the command, and the sentence of the report."""

from __future__ import annotations

import json

import pytest

from cfanalysis.analyses.study_power import study_power
from cfanalysis.cli import main
from cfanalysis.core.errors import AnalysisError
from cfanalysis.reports.robustness_report import power_text

from .surveys import INSTRUMENT, made_instrument, made_survey


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `cfanalysis power`."""
    with pytest.raises(SystemExit) as caught:
        main(["power", *(str(a) for a in arguments)])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


SMALL = ("--organizations", 60, "--items", 8, "--simulations", 20)


def test_more_organizations_and_a_larger_effect_give_more_power(capsys: pytest.CaptureFixture[str]) -> None:
    """Power rises with both, and stays small without an effect."""

    def power(n: int, effect: float) -> float:
        _, out, _ = run(
            capsys, "--organizations", n, "--items", 8, "--simulations", 30, "--effect", effect, "--json"
        )
        return float(json.loads(out)["power"])

    assert power(60, 0.0) < 0.2
    assert power(60, 0.4) < power(300, 0.8)
    assert power(300, 0.8) > 0.8


def test_json_and_text_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed gives the same number in both forms, with its interval and what was simulated."""
    code, out, _ = run(capsys, *SMALL, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["low"] <= found["power"] <= found["high"]
    assert found["world"]["n"] == 60
    _, text, err = run(capsys, *SMALL)
    assert f"{100 * found['power']:.0f}%" in text
    assert "Simulating 20 studies" in err


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("--organizations", 10), 1, "Too few organizations"),
        (("--organizations", 100, "--effect", 9), 1, "out of range"),
        (("--organizations", 20000, "--items", 40), 2, "try --simulations"),
        ((), 2, "Missing option '--organizations'"),
    ],
)
def test_what_cannot_be_planned_is_said(
    arguments: tuple[object, ...], code: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Too few organizations, an impossible effect, hours of simulation, or no number at all."""
    found, _, err = run(capsys, *arguments)
    assert found == code
    assert text in err


def test_the_report_plans_with_the_size_of_the_study() -> None:
    """The sentence names organizations, respondents of a half, items, and how sure the probability is."""
    study = study_power(made_survey(), simulations=20)
    assert (study.n, study.respondents, study.items) == (60, 2, 8)
    text = str(power_text(study))
    assert "60 organizations with 2 respondents" in text
    assert "20 simulated studies" in text


def test_no_power_without_a_criterion() -> None:
    """On the overall score no size helps, and that is the answer."""
    bare = made_instrument(INSTRUMENT.replace("criterion: performance\n", ""))
    with pytest.raises(AnalysisError, match="no study of any size"):
        study_power(made_survey(instrument=bare))
