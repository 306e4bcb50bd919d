"""How an older layout becomes the present one, step by step, in one transaction.

=======  =====================================================================================================
layout   what it brought
=======  =====================================================================================================
1        imports, organizations, respondents, responses, outcomes, facts, erasures
2        ``responses.flags``: what the cleaning flagged stands with the row, so that a study can leave it out
=======  =====================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, select, text, update

from cfanalysis.database.logs import inflated
from cfanalysis.database.packing import FLAGS
from cfanalysis.database.schema import SCHEMA, about, imports, organizations, respondents, responses, waves


def bring_to_present(connection: Connection, found: int) -> None:
    """Bring a database of an older layout to the present one."""
    for version in range(found, SCHEMA):
        STEPS[version](connection)
    connection.execute(update(about).where(about.c.key == "schema").values(value=str(SCHEMA)))


def _flags_stand_with_rows(connection: Connection) -> None:
    """Layout 1 to 2: the flags come from the logs of the imports."""
    connection.execute(text("ALTER TABLE responses ADD COLUMN flags SMALLINT NOT NULL DEFAULT 0"))
    for number, log in connection.execute(select(imports.c.id, imports.c.log)).all():
        bits: dict[tuple[str, str, str], int] = {}
        for change in inflated(log).get("changes", []):
            if change["kind"] == "flagged" and change["rule"] in FLAGS:
                key = (change["organization"].casefold(), change["respondent"], change["wave"])
                bits[key] = bits.get(key, 0) | 1 << FLAGS.index(change["rule"])
        if bits:
            _set_flags(connection, number, bits)


def _set_flags(connection: Connection, number: int, bits: dict[tuple[str, str, str], int]) -> None:
    """Set the flags of an import's rows."""
    rows = connection.execute(
        select(organizations.c.name, respondents.c.code, waves.c.name, respondents.c.id, waves.c.id)
        .select_from(responses)
        .join(respondents, responses.c.respondent_id == respondents.c.id)
        .join(organizations, respondents.c.organization_id == organizations.c.id)
        .join(waves, responses.c.wave_id == waves.c.id)
        .where(responses.c.import_id == number)
    )
    found = [
        {"respondent": respondent, "wave": wave, "bits": bits[key]}
        for name, code, when, respondent, wave in rows
        if (key := (name.casefold(), code, when)) in bits
    ]
    if found:
        connection.execute(
            update(responses)
            .where(
                responses.c.import_id == number,
                responses.c.respondent_id == bindparam("respondent"),
                responses.c.wave_id == bindparam("wave"),
            )
            .values(flags=bindparam("bits")),
            found,
        )


STEPS: dict[int, Callable[[Connection], None]] = {1: _flags_stand_with_rows}
"""For each layout, what brings it to the next."""
