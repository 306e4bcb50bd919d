"""Sizes of groups and what they are made of: a later norm renews them by the rule of its figures."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from cfanalysis.cli import cfanalysis
from cfanalysis.reports.client.appendix import benchmark_table
from cfanalysis.study.benchmark.norm import FIGURE, Norm, find_norm, norms_folder
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.prepared_study import Study, open_study

from .test_client_truth import ASKED, answers

FIRST = 36
CLIENT = "Organization 10"


class Years:
    """Three norms: of all, with one newcomer beside many corrected ones, and with eight newcomers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "data" / "prepared" / "study"
        (folder / "asked.yaml").write_text(ASKED, encoding="utf-8")
        rows = answers(FIRST + 8)
        number = rows["organization"].str[-2:].astype(int)
        # Of the fourth sector are four in the first norm, and the newcomer is the fifth.
        rows["sector"] = ["ABC"[n % 3] if n % 9 else "D" for n in number]
        corrected = rows.assign(s1=rows["s1"].mask(number < 12, 5), d1=rows["d1"].mask(number < 12, 1))
        self.states = {
            "one": rows[number < FIRST],
            "two": corrected[number < FIRST + 1],
            "moved": corrected.assign(sector=corrected["sector"].mask(number == 1, "A"))[number < FIRST],
            "three": corrected,
        }
        self.norms = {name: self.made(name) for name in self.states}

    def made(self, name: str) -> Norm:
        """Prepare a state and publish its norm by the command line."""
        file = self.folder / f"{name}.csv"
        self.states[name].to_csv(file, index=False)
        self.call("prepare", file, "--instrument", self.folder / "asked.yaml", "--out", self.out, "--replace")
        self.call("norm", "make", self.out, "--name", name, "--publish")
        return find_norm(norms_folder(self.study), name)

    def call(self, *words: str | Path) -> str:
        """Run a command of the command line; return what it says."""
        result = CliRunner().invoke(cfanalysis, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        return result.output

    @property
    def study(self) -> Study:
        """The study as it was prepared last."""
        return open_study(self.out)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Years:
    return Years(tmp_path_factory.mktemp("facts"))


@pytest.mark.parametrize("state", ["two", "moved"])
def test_one_newcomer_or_move_is_seen_in_no_size(years: Years, state: str) -> None:
    """Figures are renewed where many were corrected; sizes, compositions and the list of groups are not."""
    one, then = years.norms["one"], years.norms[state]
    assert (then.aggregates["as_of"] == state).any()
    undated = ({key: replace(facts, as_of="") for key, facts in n.groups.items()} for n in (one, then))
    assert next(undated) == next(undated)
    assert then.groups["all", ""].as_of == "one"
    assert ("sector", "D") not in then.groups
    assert then.counted == one.counted


def test_sizes_are_renewed_when_enough_have_come(years: Years) -> None:
    """Eight newcomers: all organizations are told anew, and a group that is there for the first time."""
    three = years.norms["three"]
    assert three.groups["all", ""].n == FIRST + 8
    assert set(three.groups) > set(years.norms["one"].groups)
    assert three.groups["all", ""].as_of == "three"


def test_a_figure_has_the_n_of_the_norm_that_it_is_of(years: Years) -> None:
    """Whatever came later, n of a repeated mean and of its quartile means are those that were printed first."""
    for norm in years.norms.values():
        for column, n, date in (("mean", "n", "as_of"), ("top", "n_top", "quartiles_as_of")):
            for name, rows in norm.aggregates.dropna(subset=[column]).groupby(date):
                former = years.norms[str(name)].aggregates
                both = rows.merge(former, on=FIGURE, suffixes=("", "_then"), validate="one_to_one")
                assert len(both) == len(rows)
                for printed in (column, n):
                    assert (both[printed] == both[f"{printed}_then"]).all()


def test_what_clients_and_the_public_get_has_the_former_sizes(years: Years, tmp_path: Path) -> None:
    """Extract, page, PDF and charts against the second norm: the first's composition, with its name."""
    extracts = {
        (name, benchmark): open_extract(
            cut_extract(years.study, CLIENT, tmp_path / name / benchmark, benchmark=benchmark, norm=name)
        )
        for name in ("one", "two")
        for benchmark in ("all", "sector")
    }
    for benchmark in ("all", "sector"):
        first, then = (extracts[name, benchmark] for name in ("one", "two"))
        facts = then.benchmark_facts
        for part in ("n", "waves", "composition", "left_out", "included"):
            assert getattr(facts, part) == getattr(first.benchmark_facts, part)
        assert benchmark_table(first).rows == benchmark_table(then).rows
        assert "organizations as of norm" not in benchmark_table(first).note
        # Nobody came into the client's sector.
        assert ("organizations as of norm one" in benchmark_table(then).note) == (benchmark == "all")
    counts: dict[str, list[list[str]]] = {}
    for name in ("one", "two"):
        out = tmp_path / f"report {name}"
        years.call(
            "report", years.out, "--client", CLIENT, "--norm", name, "--format", "html,pdf", "--jobs", "1",
            "--out", out,
        )  # fmt: skip
        (pdf,), (page,) = out.glob("*.pdf"), [p for p in out.glob("*.html") if p.stem != "index"]
        text = " ".join(" ".join(p.extract_text() for p in PdfReader(pdf).pages).split())
        texts = (text, " ".join(re.sub(r"<[^>]+>", " ", page.read_text("utf-8")).split()))
        for each in texts:
            assert ("organizations as of norm one" in each) == (name == "two")
            counts.setdefault(name, []).append(re.findall(r"[ABC]: \d+", each))
            assert f"{FIRST} organizations, yours included" in each
    assert counts["one"] == counts["two"]
    assert all(counts["one"])
    figures = years.norms["two"].aggregates.query("field == 'all'")
    printed = figures[[column for column in figures if re.match(r"n($|_)", str(column))]].to_numpy(float)
    years.call("charts", years.out, "--norm", "two", "--out", tmp_path / "charts")
    files = list((tmp_path / "charts").rglob("*.csv"))
    ns = {float(n) for file in files for n in pd.read_csv(file).get("n", pd.Series(dtype=float)).dropna()}
    rest = figures["n"].to_numpy() - figures["n_top"].to_numpy()  # all quartiles but the top
    assert ns <= {*printed.ravel(), *rest}
