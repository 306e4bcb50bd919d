"""A batch in its folder: file names for its reports, what makes them here, and the index when it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cfanalysis.publish.batches.batch import Backend, Batch, BatchPlan, OrderSource
from cfanalysis.publish.batches.destinations import Destination
from cfanalysis.publish.batches.index_page import write_index
from cfanalysis.publish.batches.ledger import LedgerEntry
from cfanalysis.publish.batches.local_backend import ForkBackend, SerialBackend
from cfanalysis.publish.batches.mail_merge import write_mail_merge
from cfanalysis.publish.execution.fork_client import fork_client
from cfanalysis.publish.execution.preload import imported_modules
from cfanalysis.publish.execution.resource_limits import can_fork
from cfanalysis.theme.brand import DEFAULT_BRAND, load_brand


def write_batch(
    plan: BatchPlan,
    place: Destination,
    maker: Backend,
    supply: OrderSource,
    names: Sequence[str],
    watch: Callable[[LedgerEntry], None],
    *,
    title: str,
    notice: str = "",
    language: str = "",
) -> list[LedgerEntry]:
    """Make the reports of a batch, and write their index and the table for mail; the folder is locked by the caller.

    Parameters
    ----------
    plan, place, maker, watch
        As of a `Batch`.
    supply, names
        As of `Batch.run`.
    title, notice, language
        As of `write_index`.
    """
    batch = Batch(plan, place, maker, watch)
    try:
        return batch.run(names, supply)
    finally:
        entries = list(batch.ledger.entries.values())
        brand = load_brand(plan.brand) if plan.brand else DEFAULT_BRAND
        write_index(place.folder, entries, title=title, notice=notice, brand=brand, language=language)
        write_mail_merge(place.folder, entries)
        place.finish()


def local_backend(plan: BatchPlan, jobs: int, reports: int, preloaded: Sequence[str] = ()) -> Backend:
    """Return what makes so many reports on this machine.

    Parameters
    ----------
    plan
        What they have in common.
    jobs
        How many at once.
    reports
        How many in all.
    preloaded
        What the fork server does besides importing what the notebook imports.
    """
    if not can_fork():
        return SerialBackend(plan)
    lone = reports == 1
    imported = [] if plan.kernel else imported_modules(plan.notebook)
    client = fork_client([*imported, *preloaded], pages=not lone)
    return ForkBackend(plan, jobs, client, lone=lone)
