"""Client reports: cut each client's extract, then publish the notebook from the extract alone.

The process that cuts has the study open; it makes no report. The process of a report has one extract; it never
sees the study. Between them lie folders, one for each client, removed when its report is made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cfanalysis.errors import PublishError, StudyError, nearest
from cfanalysis.files import safe_name, sha256
from cfanalysis.publish import publish
from cfanalysis.publish.batch import WORK, Batch, Maker, Order, Plan, Supply
from cfanalysis.publish.index_page import write_index
from cfanalysis.publish.ledger import Entry, locked
from cfanalysis.publish.limits import can_fork
from cfanalysis.publish.local import PlainMaker, WarmMaker
from cfanalysis.publish.places import Place, clear_work
from cfanalysis.publish.report import own_modules
from cfanalysis.publish.stamp import folder_hash
from cfanalysis.publish.workshop import Ended, Event, Job, Workshop, workshop
from cfanalysis.resources import workbook_file

if TYPE_CHECKING:
    from cfanalysis.study import Study

NOTEBOOK = ("notebooks", "client_report.ipynb")
OTHERS = {"xlsx": "cfanalysis.client_reports:write_workbook"}
"""The formats that are written from the extract itself."""

_AHEAD = 4
"""Extracts that are cut before they are asked for."""

_RESERVED = {
    "index",
    "ledger",
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{p}{n}" for p in ("com", "lpt") for n in range(10)),
}


@dataclass(frozen=True)
class Wanted:
    """Whose reports are asked for.

    Parameters
    ----------
    study
        The study's folder or name.
    clients
        Organizations of it; None for all.
    limit
        Only so many of them; None for all.
    """

    study: str
    clients: Sequence[str] | None = None
    limit: int | None = None


def write_client_report(
    study: Study, client: str, *, folder: Path, formats: Sequence[str] = ("html", "pdf")
) -> dict[str, Path]:
    """Write a client's report and return the path of each format.

    Parameters
    ----------
    study
        The study.
    client
        The organization's name as it is in the study.
    folder
        Where the files go; they are named after the client, safely and uniquely.
    formats
        As for `cfanalysis.publish.publish`.

    Raises
    ------
    CfAnalysisError
        The client is not in the study, the notebook failed, or the place cannot be written.
    """
    from cfanalysis.extract import cut_extract

    with TemporaryDirectory(prefix="cfanalysis-") as temporary:
        extract = cut_extract(study, client, Path(temporary) / "extract")
        return publish(
            workbook_file(*NOTEBOOK),
            {"extract": str(extract)},
            output_folder=folder,
            name=file_names(study.clients)[client],
            formats=formats,
            inputs=extract_hashes(extract),
        )


def write_client_reports(
    wanted: Wanted,
    place: Place,
    *,
    formats: Sequence[str] = ("html", "pdf"),
    jobs: int = 2,
    brand: Path | None = None,
    maker: Callable[[Plan], Maker] | None = None,
    begun: Callable[[int], None] = lambda _: None,
    watch: Callable[[Entry], None] = lambda _: None,
) -> list[Entry]:
    """Write the reports of many clients; one that fails does not stop the others.

    Parameters
    ----------
    wanted
        Whose.
    place
        Where the reports, the ledger and ``index.html`` go.
    formats
        As for `cfanalysis.publish.publish`, and those of `OTHERS`.
    jobs
        How many at once.
    brand
        The brand file.
    maker
        What makes them, from the plan; this machine if None.
    begun
        Called with the number of reports, when it is known.
    watch
        Called with each ledger entry as it is settled.

    Returns
    -------
    list of Entry
        What became of each, in the study's order.

    Raises
    ------
    CfAnalysisError
        The study or a client cannot be found, or the place cannot be written.
    """
    notebook = workbook_file(*NOTEBOOK)
    with ExitStack() as stack:
        supply = _Cutting(wanted) if can_fork() else _CuttingHere(wanted)
        stack.callback(supply.close)
        facts = supply.facts()
        stack.enter_context(locked(place.folder))
        clear_work(place.folder, WORK)
        files = file_names(facts["all"])
        plan = Plan(notebook, tuple(formats), brand, facts["fingerprint"], others=OTHERS)
        batch = Batch(plan, place, maker(plan) if maker else _maker_here(plan, jobs), watch)
        begun(len(facts["clients"]))
        try:
            return batch.run({name: files[name] for name in facts["clients"]}, supply)
        finally:
            write_index(
                place.folder, batch.ledger.entries.values(), title=facts["title"], notice=facts["notice"]
            )
            place.finish()


def _maker_here(plan: Plan, jobs: int) -> Maker:
    """Return what makes reports on this machine."""
    return WarmMaker(plan, jobs, workshop(own_modules(plan.notebook))) if can_fork() else PlainMaker(plan)


def write_workbook(parameters: Mapping[str, Any], path: Path) -> None:
    """Write a client's figures as an Excel workbook, from the extract that its notebook was given."""
    from cfanalysis.client_workbook import write_client_workbook
    from cfanalysis.extract import open_extract

    write_client_workbook(open_extract(Path(parameters["extract"])), path)


def file_names(clients: Sequence[str]) -> dict[str, str]:
    """Return a safe file name for each client, unique also where case is not told apart.

    Examples
    --------
    >>> file_names(["Alder", "ALDER"]) == {"Alder": "alder-" + "3e1b97ea", "ALDER": "alder-" + "b34dbf1c"}
    False
    >>> len(set(file_names(["Alder", "ALDER", "con", "../x"]).values()))
    4
    """
    names = {client: safe_name(client) for client in clients}
    counts: dict[str, int] = {}
    for name in names.values():
        counts[name] = counts.get(name, 0) + 1
    # A name with a mark that no file name has gets a piece of its hash from safe_name.
    return {
        client: name
        if name and counts[name] == 1 and name not in _RESERVED
        else safe_name(f"{client}\0").strip("-")
        for client, name in names.items()
    }


def extract_hashes(extract: Path) -> dict[str, str]:
    """Return what a report's stamp says of a client's extract."""
    return {"extract": folder_hash(extract), "instrument": sha256(extract / "instrument.yaml")}


def chosen(study: Study, wanted: Sequence[str] | None, limit: int | None) -> list[str]:
    """Return the wanted organizations as the study names them, each once.

    Raises
    ------
    StudyError
        The study lacks some of them: all these are named.
    """
    names = study.clients
    if wanted is not None:
        known = {" ".join(name.split()).casefold(): name for name in names}
        found = {client: known.get(" ".join(client.split()).casefold()) for client in wanted}
        missing = [client for client, name in found.items() if name is None]
        if missing:
            close = nearest(missing[0], names)
            raise StudyError(
                f"The study {study.name!r} has no client {', '.join(map(repr, missing[:20]))}.",
                where=study.folder,
                allowed=f"did you mean {' or '.join(close)}?"
                if close
                else f"one of its {len(names)} organizations",
                next_step="Give names as they are in the study; cfanalysis report STUDY --list shows them.",
            )
        names = list(dict.fromkeys(name for name in found.values() if name is not None))
    return names[:limit]


def serve_extracts(
    folder: Path, study: str, clients: Sequence[str] | None, limit: int | None
) -> dict[str, Any]:
    """Cut extracts on request, in a process of its own: the only one of a batch that opens the study.

    It tells its facts, waits for ``wanted.json`` in its folder (names, and the folder to cut into), and then
    stays a few extracts ahead of those that are taken away.
    """
    from cfanalysis.publish.child import report_progress
    from cfanalysis.workbook import find_study

    opened = find_study(study)
    # What is told on the way goes through the warm parent, whose memory every report inherits: numbers only.
    _write_json(folder / "facts.json", study_facts(opened, chosen(opened, clients, limit)))
    report_progress("facts", 0)
    request = _waited_for(folder / "wanted.json", lambda: report_progress("waiting", 0))
    target = Path(request["folder"])
    for number, name in enumerate(request["names"]):
        beat = time.monotonic()
        while len(list(target.glob("extract-*"))) > request["ahead"]:
            time.sleep(0.005)
            if time.monotonic() - beat > 5:
                report_progress("waiting", 0)
                beat = time.monotonic()
        _write_json(folder / f"cut-{number}.json", _cut(opened, name, target / f"extract-{number:06d}"))
        report_progress("cut", number)
    return {"cut": len(request["names"])}


def study_facts(study: Study, names: Sequence[str]) -> dict[str, Any]:
    """Return what a batch must know of a study."""
    source = study.survey.source
    return {
        "clients": list(names),
        "all": study.clients,
        "fingerprint": sha256(study.folder / "manifest.json"),
        "title": f"{source.title}: client reports",
        "notice": "Synthetic data" if source.synthetic else "",
    }


def _cut(study: Study, name: str, folder: Path) -> dict[str, Any]:
    from cfanalysis.extract import cut_extract

    cut_extract(study, name, folder)
    return {"name": name, "folder": str(folder), "inputs": extract_hashes(folder)}


def _order(cut: Mapping[str, Any]) -> Order:
    return Order(cut["name"], {"extract": cut["folder"]}, cut["inputs"], Path(cut["folder"]))


def _write_json(path: Path, content: Any) -> None:
    """Write a file that another process waits for: there is none, or it is whole."""
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(path)


def _waited_for(path: Path, beat: Callable[[], None]) -> dict[str, Any]:
    last = time.monotonic()
    while not path.exists():
        time.sleep(0.005)
        if time.monotonic() - last > 5:
            beat()
            last = time.monotonic()
    request: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return request


class _Cutting(Supply):
    """Extracts cut in a child of the warm parent."""

    def __init__(self, wanted: Wanted) -> None:
        self._folder = TemporaryDirectory(prefix="cfanalysis-")
        self._path = Path(self._folder.name)
        self._shop: Workshop = workshop(own_modules(workbook_file(*NOTEBOOK)))
        arguments = {"study": wanted.study, "clients": wanted.clients, "limit": wanted.limit}
        call = {"function": "cfanalysis.client_reports:serve_extracts", "arguments": arguments}
        self._job = Job(self._path, "call", call, memory=64 * 1024)
        self._first: SimpleQueue[Event | Ended] = SimpleQueue()
        self._take: Callable[[Order | BaseException], None] | None = None
        self._shop.submit(self._job, self._heard)

    def facts(self) -> dict[str, Any]:
        """Return what is known of the study."""
        while True:
            event = self._first.get()
            if isinstance(event, Ended):
                event.result()
                raise PublishError("The study's process ended before it told its facts.")
            if event["event"] == "facts":
                facts: dict[str, Any] = json.loads((self._path / "facts.json").read_text(encoding="utf-8"))
                return facts

    def begin(
        self, names: Sequence[str], folder: Path, take: Callable[[Order | BaseException], None]
    ) -> None:
        """Have extracts cut into the folder."""
        self._take = take
        request = {"names": list(names), "folder": str(folder.resolve()), "ahead": _AHEAD}
        _write_json(self._path / "wanted.json", request)

    def taken(self, order: Order) -> None:
        """Do nothing: the process sees that the folder is gone."""

    def close(self) -> None:
        """End the process that cuts."""
        self._shop.stop(self._job)
        self._folder.cleanup()

    def _heard(self, event: Event | Ended) -> None:
        if self._take is None:
            self._first.put(event)
        elif isinstance(event, Ended):
            self._ended(event, self._take)
        elif event["event"] == "cut":
            cut = self._path / f"cut-{event['value']}.json"
            self._take(_order(json.loads(cut.read_text(encoding="utf-8"))))

    def _ended(self, ended: Ended, take: Callable[[Order | BaseException], None]) -> None:
        try:
            ended.result()
        except Exception as error:
            take(error)


class _CuttingHere(Supply):
    """Extracts cut in this process, one ahead, where there is no fork."""

    def __init__(self, wanted: Wanted) -> None:
        from cfanalysis.workbook import find_study

        self._study = find_study(wanted.study)
        self._names = chosen(self._study, wanted.clients, wanted.limit)
        self._left: list[str] = []
        self._number = 0

    def facts(self) -> dict[str, Any]:
        """Return what is known of the study."""
        return study_facts(self._study, self._names)

    def begin(
        self, names: Sequence[str], folder: Path, take: Callable[[Order | BaseException], None]
    ) -> None:
        """Cut the first extract."""
        self._left, self._folder, self._take = list(names), folder.resolve(), take
        self._next()

    def taken(self, order: Order) -> None:
        """Cut the next one."""
        self._next()

    def close(self) -> None:
        """Do nothing."""

    def _next(self) -> None:
        if self._left:
            self._number += 1
            folder = self._folder / f"extract-{self._number:06d}"
            self._take(_order(_cut(self._study, self._left.pop(0), folder)))
