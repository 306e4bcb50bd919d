"""A norm: a published benchmark, named, dated and frozen, and the private record of who counted in which figure.

Norms of one instrument lie beside each other, in ``data/norms/<instrument>/<name>`` of the workspace. A norm is a draft
until it is published; drafts are replaced freely. What is in a norm's tables is aggregates. Its record says, for each
figure, on which units it rests: random-looking tokens of an organization and a version of its answers. They are
made with a secret of the organization, in ``members.json``; without the secret no token leads to a name.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.core.errors import StudyError, nearest
from cfanalysis.core.files import atomic_file, atomic_folder
from cfanalysis.core.text_folding import fold_text
from cfanalysis.scoring.score_table import MEASURE
from cfanalysis.study.benchmark import DRAFT
from cfanalysis.study.prepared_study import Study
from cfanalysis.survey.survey_data import BenchmarkFacts

GroupKey = tuple[str, str]
"""A field about organizations and its value; ``("all", "")`` for all organizations."""

FIGURE = ["field", "value", *MEASURE]
RECORD = [*FIGURE, "figure", "through", "unit", "own", "weight"]
"""Columns of the record: whose figure, of which measure; which of its totals, or of an item that it is the mean of
among others (`through`, else ""); a unit, the same unit as far as this
measure alone tells its versions apart, and its weight in the total."""

MEMBERS = "members.json"
MEMBER = "member"
"""The scope of the record's rows that say who counts in a group at all."""

_TABLES = ("aggregates", "trend", "importance", "role_effects")
_FORMAT = 2
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@dataclass(frozen=True, eq=False)
class Norm:
    """A published benchmark, or the draft of one.

    Parameters
    ----------
    name
        Its name, e.g. ``"2026"``.
    date
        The latest wave of the organizations in it: from the data, not from the clock.
    groups
        What each benchmark in it is made of; ``as_of`` the norm in which that was renewed last.
    aggregates
        As `cfanalysis.study.benchmark.aggregates.aggregates`, with ``field, value`` of the group before and ``as_of``
        behind: the norm in which the figure was renewed last, and ``quartiles_as_of`` for its quartile means.
    trend
        Wave means, with ``as_of``.
    importance, role_effects
        As in `cfanalysis.survey.survey_data.ClientExtract`.
    record
        Private: on which units each figure rests that was renewed in this norm (columns `RECORD`).
    published
        Whether it may still be replaced.
    """

    name: str
    date: str
    groups: Mapping[GroupKey, BenchmarkFacts]
    aggregates: pd.DataFrame
    trend: pd.DataFrame
    importance: pd.DataFrame
    role_effects: pd.DataFrame
    record: pd.DataFrame
    published: bool = False

    @cached_property
    def content(self) -> str:
        """The hash of what it says; its name and the dates of its figures are not part of it."""
        digest = hashlib.sha256(json.dumps([self.date, _facts_list(self.groups)]).encode())
        for table in _TABLES:
            frame = getattr(self, table).drop(columns=["as_of", "quartiles_as_of"], errors="ignore")
            digest.update(frame.to_csv(index=False, float_format="%.9f").encode())
        return digest.hexdigest()

    @cached_property
    def counted(self) -> Mapping[GroupKey, frozenset[str]]:
        """The tokens of who counts in each group."""
        rows = self.record[(self.record["scope"] == MEMBER) & (self.record["name"] == "")]
        return {
            (str(field), str(value)): frozenset(units)
            for (field, value), units in rows.groupby(["field", "value"])["unit"]
        }

    @property
    def n_repeated(self) -> int:
        """Figures that repeat an earlier norm's."""
        return int((self.aggregates["as_of"] != self.name).sum())


@dataclass
class Members:
    """The secrets of organizations, by which their tokens are made; a secret is made when it is first needed.

    Parameters
    ----------
    secret_by_name
        A random text for each organization.
    """

    secret_by_name: dict[str, str] = field(default_factory=dict)

    def token(self, organization: str, *parts: str) -> str:
        """Return a token.

        Parameters
        ----------
        organization
            Whose.
        parts
            Whatever else tells one version of its answers from another.
        """
        secret = self.secret_by_name.get(organization)
        if secret is None:
            secret = self.secret_by_name[organization] = secrets.token_hex(16)
        return hmac.digest(secret.encode(), "\0".join(parts).encode(), "sha256").hex()[:20]


def norms_folder(study: Study) -> Path:
    """Return the folder of all norms of a study's instrument: of its workspace, or beside a study in none."""
    prepared = study.folder.resolve().parent
    inside = (prepared.parent.name, prepared.name) == ("data", "prepared")
    return (prepared.parent if inside else prepared) / "norms" / study.survey.instrument.id


def check_norm_name(name: str) -> None:
    """Raise a `StudyError` if a name cannot be one of a folder on every system."""
    if not _NAME.fullmatch(name) or name.lower() == DRAFT:
        raise StudyError(
            "A norm cannot have this name.",
            value=name,
            allowed="up to 60 letters, digits, points, hyphens and underscores, a letter or digit first",
            next_step="Choose a name such as 2026 or 2026-autumn.",
        )


def norms(folder: Path) -> list[Norm]:
    """Return the norms in a folder, in the order in which they were made."""
    return [_opened(about, folder / about["name"]) for about in _listed(folder)]


def latest_norm(folder: Path) -> Norm | None:
    """Return the norm in a folder that was published last; None if none is."""
    published = [about for about in _listed(folder) if about["published"]]
    return _opened(published[-1], folder / published[-1]["name"]) if published else None


def find_norm(folder: Path, name: str) -> Norm:
    """Return a norm by its name.

    Parameters
    ----------
    folder
        A folder of norms.
    name
        Its name.

    Raises
    ------
    StudyError
        There is none; the nearest are named.
    """
    known = {about["name"]: about for about in _listed(folder)}
    if name not in known:
        raise StudyError(
            "There is no such norm.",
            where=folder,
            value=name,
            allowed=", ".join(nearest(name, known) or known) or "none has been made",
            next_step="cfanalysis norm list STUDY shows them; cfanalysis norm make STUDY --name NAME makes one.",
        )
    return _opened(known[name], folder / name)


def read_members(folder: Path) -> Members:
    """Return the secrets of the organizations of a folder of norms.

    Raises
    ------
    StudyError
        The file cannot be read.
    """
    path = folder / MEMBERS
    with _readable(path):
        kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        if not (isinstance(kept, dict) and all(isinstance(secret, str) for secret in kept.values())):
            raise ValueError("it holds no secrets by name")
        return Members(kept)


def write_members(folder: Path, members: Members) -> None:
    """Write the secrets; nobody but the owner may read the file.

    Parameters
    ----------
    folder
        A folder of norms.
    members
        The secrets.
    """
    with atomic_file(folder / MEMBERS) as aside:
        aside.write_text(json.dumps(members.secret_by_name, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / MEMBERS).chmod(0o600)


def forget_member(folder: Path, organization: str) -> bool:
    """Destroy the link from the tokens of an organization to its name; return whether there was one.

    Parameters
    ----------
    folder
        A folder of norms.
    organization
        Its name; case and extra spaces do not matter.
    """
    members = read_members(folder)
    left = {n: s for n, s in members.secret_by_name.items() if fold_text(n) != fold_text(organization)}
    known = len(left) < len(members.secret_by_name)
    if known:
        write_members(folder, Members(left))
    return known


def write_norm(norm: Norm, folder: Path) -> Path:
    """Write a norm into a folder of norms; a draft of the same name is replaced.

    Parameters
    ----------
    norm
        The norm.
    folder
        A folder of norms.

    Raises
    ------
    StudyError
        A norm of this name is published.
    """
    check_norm_name(norm.name)
    known = _listed(folder)
    if any(about["name"] == norm.name and about["published"] for about in known):
        raise StudyError(
            "A norm of this name is published.",
            where=folder / norm.name,
            value=norm.name,
            next_step="Published norms stay as they are: give the new one another name.",
        )
    about = {
        "format": _FORMAT,
        "number": max((about["number"] for about in known), default=0) + 1,
        "name": norm.name,
        "date": norm.date,
        "published": norm.published,
        "content": norm.content,
        "groups": _facts_list(norm.groups, "as_of"),
    }
    with atomic_folder(folder / norm.name, replace=True) as aside:
        for table in (*_TABLES, "record"):
            (aside / f"{table}.parquet").write_bytes(parquet_bytes(getattr(norm, table)))
        text = json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False)
        (aside / "norm.json").write_text(f"{text}\n", encoding="utf-8")
    return folder / norm.name


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def tuples_from_json(value: Any) -> Any:
    """Return what was read from JSON with tuples for its lists."""
    if isinstance(value, dict):
        return {key: tuples_from_json(content) for key, content in value.items()}
    return tuple(map(tuples_from_json, value)) if isinstance(value, list) else value


def _listed(folder: Path) -> list[dict[str, Any]]:
    """Return what is written of each norm in a folder, in the order in which they were made."""
    found = []
    for path in folder.glob("*/norm.json"):
        with _readable(path):
            about = json.loads(path.read_text("utf-8"))
            found.append((int(about["number"]), str(about["name"]), bool(about["published"]), about))
    return [about for *_, about in sorted(found, key=lambda each: each[:2])]


@contextmanager
def _readable(place: Path) -> Iterator[None]:
    """Raise a `StudyError` if what belongs to a norm cannot be read."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            "The norm cannot be read.",
            where=place,
            value=f"{type(error).__name__}: {error}",
            next_step="Restore the folder from a backup.",
        ) from error


def _opened(about: dict[str, Any], place: Path) -> Norm:
    if about["format"] != _FORMAT:
        raise StudyError("The norm is of another format.", where=place, next_step="Update cfanalysis.")
    with _readable(place):
        known = tuples_from_json(about["groups"])
        groups = {(field, value): BenchmarkFacts(**facts) for field, value, facts in known}
        tables = {table: pd.read_parquet(place / f"{table}.parquet") for table in (*_TABLES, "record")}
        norm = Norm(about["name"], about["date"], groups, **tables, published=about["published"])
    if norm.content != about["content"]:
        raise StudyError(
            "The norm was changed after it was made.",
            where=place,
            value=about["name"],
            next_step="Restore the folder from a backup.",
        )
    return norm


def _facts_list(groups: Mapping[GroupKey, BenchmarkFacts], *more: str) -> list[Any]:
    kept = ("title", "n", "waves", "composition", "left_out", *more)
    return [[*key, {name: getattr(facts, name) for name in kept}] for key, facts in groups.items()]
