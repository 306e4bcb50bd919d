"""Mutated brands, instruments, column maps and notebooks: each is read, or refused in words that fit on a page.

The mutations know the structure: they change, drop, double, rename, wrap and exchange parts of the tree that a file
holds, and then, sometimes, the text itself. `CFANALYSIS_FUZZ` sets the number of files (``make fuzz`` takes 10,000 of
each kind, of fonts and logos a hundredth); the ordinary tests take a few.
"""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import nbformat
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cfanalysis.core.publication import Publication, use_publication
from cfanalysis.core.resources import font_folder
from cfanalysis.intake import RawAnswers, read
from cfanalysis.intake.cleaning import clean
from cfanalysis.intake.column_map import load_map
from cfanalysis.publish.execution.parameters import notebook_parameters, parse_parameters
from cfanalysis.publish.execution.preload import imported_modules
from cfanalysis.publish.rendering.document import document
from cfanalysis.publish.rendering.html import html_page
from cfanalysis.publish.rendering.logo import draw
from cfanalysis.publish.single_report import runs_on_fork_server
from cfanalysis.survey.instrument import load_instrument, parse_instrument
from cfanalysis.theme.brand import load_brand

from ..conftest import ROOT, TINY
from .mutations import (
    DAMAGE,
    FEWER,
    FUZZ,
    LINES,
    LOGO,
    MUTATIONS,
    as_json,
    as_yaml,
    damaged,
    mutated,
    read_or_refused,
)

pytestmark = pytest.mark.fuzz

BRAND = """
name: North
logo: logo.svg
logo_width: 110
colours: {accent: "#5b2a86", finding: "#a8480c"}
contact: [12 Harbour Street, reports@northwind.example]
cover: true
paper: letter
archival: false
"""
MAP = """
instrument: tiny
columns:
- {column: Company, is: organization}
- {column: Q1, is: s1, labels: {Often: 4, Never: 1}}
- {column: Q2, code: q2, is: d1}
- {column: Q2, position: 4, is: "", proposal: d2, score: 0.8}
- {column: Status, is: status, not_counted: [screened out]}
constants: {wave: "2024"}
accept: ["s1=6"]
"""


def with_brand(path: Path) -> None:
    """A page in the colours, fonts and words of a brand that was read."""
    load_brand(path)
    with use_publication(Publication(str(path), "", "", True)):
        html_page(document(PAGE, name="page", folder=None))


PAGE = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Words", id="words")])
TREE = {"mutations": MUTATIONS, "changes": LINES, "damage": DAMAGE}


@FUZZ
@given(**TREE)
def test_brands(mutations, changes, damage) -> None:  # type: ignore[no-untyped-def]
    """The brand file of a publisher; with one that is read a page can be made."""
    content = damaged(as_yaml(mutated(yaml.safe_load(BRAND), mutations), changes), damage)
    read_or_refused(with_brand, content, "brand.yaml")


ROWS = "Company,wave,s1,d1,d2,s2,d3,Performance,why,sector\n" + "".join(
    f"Firm {n % 4},2024,{n % 5 + 1},{n % 3 + 1},{n % 4 + 1},4,Agree,{n % 5 + 1},because,Retail\n"
    for n in range(12)
)


def clean_rows(path: Path) -> None:
    """The rows of a file, cleaned as an instrument that was read says."""
    instrument = load_instrument(path)
    answers = path.with_name("rows.csv")
    answers.write_text(ROWS)
    raw = read(answers, instrument)
    if isinstance(raw, RawAnswers):
        clean(raw, instrument)


@FUZZ
@given(**TREE)
def test_instruments(mutations, changes, damage) -> None:  # type: ignore[no-untyped-def]
    """The instrument file of a survey; with one that is read a file of answers is read, or refused in turn."""
    content = damaged(as_yaml(mutated(yaml.safe_load(TINY), mutations), changes), damage)
    read_or_refused(clean_rows, content, "instrument.yaml")


@FUZZ
@given(**TREE)
def test_column_maps(mutations, changes, damage) -> None:  # type: ignore[no-untyped-def]
    """What the columns of a file hold."""
    content = damaged(as_yaml(mutated(yaml.safe_load(MAP), mutations), changes), damage)
    read_or_refused(lambda path: load_map(path, parse_instrument(TINY)), content, "map.yaml")


NOTEBOOK = json.loads((ROOT / "notebooks" / "quartile_gaps.ipynb").read_text(encoding="utf-8"))


def read_notebook(path: Path) -> None:
    """What is read of a notebook before it runs."""
    runs_on_fork_server(path)
    if notebook_parameters(path):
        parse_parameters(path, {"study": "x"})
    imported_modules(path)


@FUZZ
@given(mutations=MUTATIONS, damage=DAMAGE)
def test_notebooks(mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """A notebook's parameters and imports, which are read before it runs."""
    read_or_refused(
        read_notebook, damaged(as_json(mutated(NOTEBOOK, mutations, aliases=False)), damage), "own.ipynb"
    )


@FEWER
@given(damage=DAMAGE, kind=st.sampled_from(["svg", "png", "jpeg"]), cut=st.integers(1, 400))
def test_logos(damage, kind, cut) -> None:  # type: ignore[no-untyped-def]
    """A picture whose bytes were changed or cut: it is drawn, or a sentence says why not."""
    stream = io.BytesIO()
    if kind == "svg":
        stream.write(LOGO.encode())
    else:
        Image.effect_noise((30, 20), 50).save(stream, kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"logo.{kind}"
        path.write_bytes(damaged(stream.getvalue(), damage)[: cut * 4])
        assert len(draw(path)) < 300


FONT = sorted(font_folder().glob("*.ttf"))[0].read_bytes()


@FEWER
@given(damage=DAMAGE, cut=st.one_of(st.none(), st.integers(0, len(FONT))))
def test_fonts(damage, cut) -> None:  # type: ignore[no-untyped-def]
    """A font whose bytes were changed or cut serves, or is refused as no font."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "own.ttf").write_bytes(damaged(FONT, damage)[:cut])
        read_or_refused(load_brand, b"fonts: {regular: own.ttf}", "brand.yaml", folder=folder)
