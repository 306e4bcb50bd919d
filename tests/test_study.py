"""Studies: the same bytes, whole or not at all, never edited."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.core.errors import CfAnalysisError, OutputError, StudyError
from cfanalysis.study.preparation import prepare
from cfanalysis.study.prepared_study import Study, open_study
from cfanalysis.study.study_files import write_in_groups
from cfanalysis.study.workspace import find_study


def content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_the_same_input_gives_the_same_bytes(
    sample_study: Study, sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """Preparing again, in another place and under another name, gives the same files byte for byte."""
    again = prepare(sample_file, instrument_file, tmp_path / "elsewhere" / "other")
    assert content(again.folder) == content(sample_study.folder)


def test_the_order_of_rows_does_not_matter(sample_file: Path, instrument_file: Path, tmp_path: Path) -> None:
    """A file with its rows reversed gives the same numbers, where no respondent is there twice."""
    table = pd.read_csv(sample_file, dtype=str, keep_default_na=False)
    table = table[~table.duplicated(["respondent", "wave"], keep=False) | (table["respondent"] == "")]
    made = []
    for name, rows in (("forward", table), ("backward", table[::-1])):
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
        made.append(prepare(tmp_path / f"{name}.csv", instrument_file, tmp_path / name))
    pd.testing.assert_frame_equal(made[0].survey.shares, made[1].survey.shares)
    pd.testing.assert_frame_equal(made[0].scores, made[1].scores)
    assert made[0].verdict == made[1].verdict


def test_a_study_just_made_is_the_study_that_is_opened(sample_study: Study) -> None:
    """What `prepare` returns was not read back, and is the same: tables, their types, source and manifest."""
    made, opened = sample_study, open_study(sample_study.folder)
    assert made.manifest == opened.manifest
    assert made.survey.source == opened.survey.source
    assert made.survey.instrument == opened.survey.instrument
    for name in ("shares", "organizations", "raw_responses"):
        pd.testing.assert_frame_equal(getattr(made.survey, name), getattr(opened.survey, name))


def test_long_tables_are_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of rows make one table with the types of the whole."""
    monkeypatch.setattr("cfanalysis.study.study_files.GROUP", 2)
    table = pd.DataFrame({"name": ["a", "b", "c"], "answer": pd.array([1, None, 3], dtype="Int8")})
    write_in_groups(table, tmp_path / "long.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "long.parquet"), table)


def test_renaming_organizations_changes_no_number(
    sample_study: Study, sample_file: Path, instrument_file: Path, tmp_path: Path
) -> None:
    """With other names, in another alphabetical order, the verdict is the same to the last digit."""
    table = pd.read_csv(sample_file, dtype=str, keep_default_na=False)
    renamed = tmp_path / "renamed.csv"
    table["organization"] = table["organization"].map(lambda name: " ".join(name.split()).lower()[::-1])
    table.to_csv(renamed, index=False)
    again = prepare(renamed, instrument_file, tmp_path / "study")
    assert again.verdict == sample_study.verdict


def test_synthetic_data_are_known_as_such(sample_study: Study) -> None:
    """The sample's column origin marks the study, and every caption says so."""
    assert sample_study.survey.source.synthetic
    assert sample_study.survey.source.caption.endswith("Synthetic data.")


def test_an_existing_study_is_not_replaced_unasked(
    sample_file: Path, instrument_file: Path, study_copy: Path
) -> None:
    """A second prepare to the same place needs --replace; the first study stays."""
    before = content(study_copy)
    with pytest.raises(OutputError, match="exists already"):
        prepare(sample_file, instrument_file, study_copy)
    assert content(study_copy) == before


def test_a_failing_prepare_leaves_nothing(tiny_file: Path, tmp_path: Path) -> None:
    """What cannot be prepared leaves neither a study nor a trace beside it."""
    bad = tmp_path / "bad.csv"
    bad.write_text("organization,s1,d1,d2,s2,d3,p1\n,1,2,3,4,5,4\n", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(CfAnalysisError, match="no answers are left"):
        prepare(bad, tiny_file, out / "study")
    assert list(out.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="a file in place of a folder is refused otherwise on Windows")
def test_an_unwritable_place_is_one_message(sample_file: Path, instrument_file: Path, tmp_path: Path) -> None:
    """A study below a file cannot be written: place and next step are named."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written(.|\n)*half written"):
        prepare(sample_file, instrument_file, tmp_path / "file" / "study")


def test_an_edited_study_is_refused(study_copy: Path) -> None:
    """A study whose file was changed by hand does not open; the file is named."""
    (study_copy / "verdict.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StudyError, match=r"was changed(.|\n)*verdict\.json"):
        open_study(study_copy)


def test_a_study_of_a_newer_format_is_refused(study_copy: Path) -> None:
    """A format that this version does not know is named."""
    manifest = study_copy / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "format": 99}), "utf-8")
    with pytest.raises(StudyError, match=r"format that this version does not know(.|\n)*99"):
        open_study(study_copy)


def test_the_sample_is_found_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a workbook the study sample is prepared where it is absent, from any folder below."""
    (tmp_path / "data" / "prepared").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    study = find_study("sample")
    assert study.folder == tmp_path / "data" / "prepared" / "sample"
    stamp = (study.folder / "manifest.json").stat().st_mtime_ns
    assert find_study("sample").folder == study.folder
    assert (study.folder / "manifest.json").stat().st_mtime_ns == stamp


def test_an_unknown_study_names_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no study has: the nearest is proposed."""
    (tmp_path / "data" / "prepared").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match=r"no study 'sampel'(.|\n)*did you mean sample"):
        find_study("sampel")


def test_a_preregistration_is_kept_with_the_study(tmp_path: Path) -> None:
    """Word for word, with its hash in the manifest; one that says nothing or is not there is refused."""
    source = Path(__file__).resolve().parents[1] / "data" / "sample" / "customer_focus_responses.csv"
    page = tmp_path / "before.md"
    page.write_text("# Preregistration\n\n- The claim: ...\n", encoding="utf-8")
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)[:200]
    small = tmp_path / "small.csv"
    small.write_text("".join(lines), encoding="utf-8")
    study = prepare(small, Path("customer_focus"), tmp_path / "study", preregistration=page)
    assert (study.folder / "preregistration.md").read_bytes() == page.read_bytes()
    assert "preregistration.md" in study.manifest["files"]
    page.write_text("  ", encoding="utf-8")
    for file, text in ((page, "is empty"), (tmp_path / "none.md", "cannot be read")):
        with pytest.raises(CfAnalysisError, match=text):
            prepare(small, Path("customer_focus"), tmp_path / "other", preregistration=file)
    assert not (tmp_path / "other").exists()


def test_only_a_study_is_replaced(sample_file: Path, instrument_file: Path, tmp_path: Path) -> None:
    """A folder with something else in it, the working directory or one above it stays as it is."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.txt").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "own", Path(), Path.cwd().parent, Path("/")):
        with pytest.raises(OutputError, match="not replaced"):
            prepare(sample_file, instrument_file, out, replace=True)
    assert (tmp_path / "own" / "thesis.txt").read_text(encoding="utf-8") == "mine"
