"""Mutated files of a consultant: recommendations, outlines, lists of clients, notes, comments, tables, norms.

Each is read and used as a report uses it, or refused in words that fit on a page.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cfanalysis.core.resources import shipped_recommendations
from cfanalysis.intake.auxiliary_files import read_organizations, read_outcomes
from cfanalysis.intake.parameter_table import read_parameter_table
from cfanalysis.publish.client_batches.selection import ReportSelection, resolve_selection
from cfanalysis.study.benchmark.norm import find_norm, latest_norm, norms, norms_folder, read_members
from cfanalysis.study.benchmark.norm_making import make_study_norm
from cfanalysis.study.client_extract import cut_extract, open_extract
from cfanalysis.study.comment_review import review_table
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.instrument import load_instrument
from cfanalysis.survey.recommendations import instrument_recommendations
from cfanalysis.survey.report_outline import report_outline
from cfanalysis.survey.survey_data import ClientExtract

from ..test_client_truth import answers, study_with
from .mutations import (
    DAMAGE,
    FUZZ,
    LINES,
    MUTATIONS,
    SLOWER,
    as_json,
    as_yaml,
    damaged,
    done_or_refused,
    mutated,
    read_or_refused,
)  # fmt: skip
from .test_exports import MUTATION as ROW_MUTATION
from .test_exports import mutated as changed_table

pytestmark = pytest.mark.fuzz

TREE = {"mutations": MUTATIONS, "changes": LINES, "damage": DAMAGE}
OUTLINE = """
format: 1
title: Workshop report
introduction: Read **this** first.
sections:
- summary
- {id: participation, title: Who answered, text: Thank you.}
- title: Our view
  paragraphs:
  - Always printed.
  - {text: The gap is wide., when: {measure: gap, name: overall, above: 15}}
  - {text: Below others., when: {measure: say, name: leadership, below: benchmark, above: 3}}
  - {text: Few people., when: {measure: respondents, below: 20}}
- method
glossary: {Say: What is said., Do: What is done.}
meaningful_change: 4
"""
CUSTOMER_FOCUS = load_instrument(Path("customer_focus"))


@pytest.fixture(scope="module")
def extract(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> ClientExtract:
    """The extract of a client."""
    folder = tmp_path_factory.mktemp("extract") / "e"
    return open_extract(cut_extract(sample_study, sample_study.clients[0], folder))


@FUZZ
@given(**TREE)
def test_recommendations(mutations, changes, damage) -> None:  # type: ignore[no-untyped-def]
    """What a consultant recommends."""
    library = yaml.safe_load(shipped_recommendations().read_text("utf-8"))
    library = {
        key: dict(list(part.items())[:3]) if isinstance(part, dict) else part for key, part in library.items()
    }
    content = damaged(as_yaml(mutated(library, mutations), changes), damage)
    read_or_refused(
        lambda path: instrument_recommendations(CUSTOMER_FOCUS, path.parent), content, "recommendations.yaml"
    )


@FUZZ
@given(**TREE)
def test_outlines(extract, mutations, changes, damage) -> None:  # type: ignore[no-untyped-def]
    """The form of a client report; conditions of one that is read are put into words and decided."""

    def decide(path: Path) -> None:
        outline = report_outline(CUSTOMER_FOCUS, path.parent)
        for section in outline.sections:
            for paragraph in section.paragraphs:
                if paragraph.when is not None:
                    assert paragraph.when.words(CUSTOMER_FOCUS)
                    paragraph.when.holds(extract)

    content = damaged(as_yaml(mutated(yaml.safe_load(OUTLINE), mutations), changes), damage)
    read_or_refused(decide, content, "report.yaml")


def tables_of(study: Study) -> dict[str, list[list[str]]]:
    """Right tables of each kind that a study's consultant brings."""
    clients = study.clients[:4]
    review = review_table(study, set(clients)).head(6).astype(str)
    review["decision"] = ["keep", "strike", "", "edit", "keep", "keep"][: len(review)]
    review["text"] = ["", "", "", "Other words", "", ""][: len(review)]
    return {
        "clients": [["client"], *([name] for name in clients)],
        "notes": [["client", "note"], *([name, f"Dear {name},\nwell done."] for name in clients)],
        "comments": [list(review.columns), *review.to_numpy().tolist()],
        "outcomes": [["organization", "wave", "outcome", "value", "n"],
                     *([name, "2024", "loyalty", "4.5", "30"] for name in clients)],
        "organizations": [["organization", "aliases", "invited", "wave", "sector", "notes"],
                          *([name, f"{name} Ltd|{name[:3]}", "40", "2024", "", "x"] for name in clients)],
        "parameters": [["region", "year"], ["north", "2024"], ["south", "2025"]],
    }  # fmt: skip


def use_table(kind: str, path: Path, study: Study) -> None:
    """Read a table of a kind as the commands do."""
    instrument = study.survey.instrument
    if kind == "outcomes":
        read_outcomes(path, instrument)
    elif kind == "organizations":
        read_organizations(path, instrument)
    elif kind == "parameters":
        read_parameter_table(path, ["region", "year"])
    else:
        wanted = {"file" if kind == "clients" else kind: path}
        found = resolve_selection(study, ReportSelection(str(study.folder), **wanted))
        assert set(found.clients) <= set(study.clients)
        assert set(found.notes) | set(found.quotes) <= set(study.clients)


@SLOWER
@given(
    kind=st.sampled_from(["clients", "notes", "comments", "outcomes", "organizations", "parameters"]),
    mutations=st.lists(ROW_MUTATION, max_size=4), damage=DAMAGE,
    suffix=st.sampled_from(["csv", "csv", "txt", "xlsx", "parquet"]),
)  # fmt: skip
def test_client_tables(sample_study, kind, mutations, suffix, damage) -> None:  # type: ignore[no-untyped-def]
    """Lists, notes, reviewed comments, outcomes, organizations and parameters, as text, workbook and Parquet."""
    rows = changed_table(tables_of(sample_study)[kind], mutations)
    content = damaged(table_bytes(rows, suffix), damage)
    read_or_refused(lambda path: use_table(kind, path, sample_study), content, f"table.{suffix}")


def table_bytes(rows: list[list[str]], suffix: str) -> bytes:
    """A table as a file of a kind."""
    if suffix == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(
                [ILLEGAL_CHARACTERS_RE.sub("", c).encode("utf-8", "ignore").decode() for c in row]
            )
        book.save(stream := io.BytesIO())
        return stream.getvalue()
    if suffix == "parquet":
        width = max(map(len, rows), default=0)
        frame = pd.DataFrame(
            [[*r, *[""] * (width - len(r))] for r in rows[1:]], columns=range(width), dtype="object"
        )
        names = [*(rows[0] if rows else []), *map(str, range(width))][:width]
        frame.columns = [f"{n}{k}" if n in names[:k] else n for k, n in enumerate(names)]
        return bytes(frame.map(lambda c: c.encode("utf-8", "ignore").decode()).to_parquet())
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


@FUZZ
@given(
    entries=st.lists(
        st.dictionaries(st.sampled_from(["region", "year", "yaer", ""]), st.none() | st.text(max_size=3))
    ),
    **TREE,
)
def test_parameter_lists(entries, mutations, changes, damage) -> None:  # type: ignore[no-untyped-def]
    """Parameters of reports as YAML."""
    tree = [{"region": "north", "year": 2024}, {"region": "south"}, *entries]
    content = damaged(as_yaml(mutated(tree, mutations), changes), damage)
    read_or_refused(lambda path: read_parameter_table(path, ["region", "year"]), content, "table.yaml")


NORM_FILES = ["norm.json", "norm.json", "members.json", "record.parquet"]


@pytest.fixture(scope="module")
def norm_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published norm of a small survey, and the secrets of its members."""
    study = study_with(tmp_path_factory.mktemp("norms"), answers())
    make_study_norm(study, "2026", publish=True)
    return norms_folder(study)


@SLOWER
@given(
    file=st.sampled_from(NORM_FILES),
    mutations=MUTATIONS,
    damage=DAMAGE,
)
def test_norms(norm_files, tmp_path_factory, file, mutations, damage) -> None:  # type: ignore[no-untyped-def]
    """A norm that was changed after it was made is refused; none is read as another."""
    whole = find_norm(norm_files, "2026")
    folder = tmp_path_factory.mktemp("norm") / "norms"
    shutil.copytree(norm_files, folder)
    path = folder / file if (folder / file).is_file() else folder / "2026" / file
    if path.suffix == ".json":
        path.write_bytes(
            damaged(as_json(mutated(json.loads(path.read_text()), mutations, aliases=False)), damage)
        )
    else:
        path.write_bytes(damaged(path.read_bytes(), damage))
    done_or_refused(lambda: norms(folder))
    done_or_refused(lambda: latest_norm(folder))
    done_or_refused(lambda: read_members(folder))
    found = []
    done_or_refused(lambda: found.append(find_norm(folder, "2026")))
    assert all(norm.content == whole.content for norm in found)
