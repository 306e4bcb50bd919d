"""Erasing a client: first from the workspace, then, when nothing can fail there any more, from the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfanalysis.cli.output import say

if TYPE_CHECKING:
    from cfanalysis.publish.client_batches.client_erasure import ClientErasure


def erase_everywhere(
    client: str, place: str | None, *, wait: float, certificate: Path | None
) -> tuple[ClientErasure, dict[str, Any]]:
    """Erase a client from workspace and database and write the certificate; return what was done, also for JSON.

    Parameters
    ----------
    client
        The client's name, or one that stands for it.
    place
        The database; None for the workspace's own. A workspace that a database file does not lie in is not touched.
    wait
        Seconds to wait for another writer.
    certificate
        The certificate's file; None for one in the workspace.

    Raises
    ------
    CfAnalysisError
        Neither database nor workspace has the client, or a file cannot be written.
    """
    from cfanalysis.core.files import atomic_file
    from cfanalysis.core.resources import workspace_folder
    from cfanalysis.core.text_folding import fold_text
    from cfanalysis.database import DatabaseError, open_database
    from cfanalysis.database.database_url import is_file
    from cfanalysis.database.erasure import erase_client, find_client_keys
    from cfanalysis.publish.client_batches.client_erasure import ClientErasure, erase_from_workspace

    root, lacking, keys = workspace_folder(), None, [fold_text(client)]
    try:
        with open_database(place, wait=wait, say=say) as opened, opened.read_transaction() as connection:
            keys = find_client_keys(connection, client)[1]
            if root and is_file(opened.url) and root not in Path(opened.place).resolve().parents:
                root = None  # a workspace with another database
    except DatabaseError as error:
        lacking = error  # it may have been erased there before
    done = ClientErasure() if root is None else erase_from_workspace(root, keys)
    if lacking is not None and not done.erased:
        raise lacking
    if root is None:
        done.remains.append(("workspaces, studies and reports", "no workspace here belongs to the database"))
    result: dict[str, Any] = {}
    if lacking is None:
        with open_database(place, wait=wait, say=say) as opened:
            erased = erase_client(opened, client)
        result = {"database": opened.place, **erased.as_dict()}
        counted, former = erased.responses - erased.former_responses, erased.former_responses
        rows = f"{counted:,} rows of answers{f' and {former:,} of files that no longer counted' if former else ''}"
        what = f"{erased.respondents:,} respondents, {rows}, {erased.outcomes:,} outcomes; names and logs"
        held = "the database"
        done.erased.insert(0, (held, what))
        stays = "the day, the number of rows and a salted hash of the name, by which a later file with it is recognized"
        done.remains.insert(0, (held, stays))
    moment = result.get("erased_at") or datetime.now(UTC).isoformat()
    path = certificate or Path(root or "", f"deletion-{moment[:19].replace(':', '')}.md")
    with atomic_file(path) as aside:
        aside.write_text(done.certificate(client, moment), encoding="utf-8")
    lists = {name: [list(line) for line in getattr(done, name)] for name in ("erased", "remains")}
    return done, {**result, **lists, "files": [str(path)]}
