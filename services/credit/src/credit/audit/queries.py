"""Writing the audit of an agency: each line holds what was sealed, word for word, its seal, and the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.bulk import SPOOL_BYTES
from contracts.callers import Caller
from contracts.looks import FileOfMany
from credit.domain.books import Regulations

PAGE = 1_000
FIELDS: Mapping[str, tuple[str, ...]] = {
    "entry": (
        "id", "number", "case_id", "segment", "rise_on", "reverses", "person_id", "agency_id", "kind", "jenjang",
        "period_start", "period_end", "months", "predikat", "percent", "base", "twelfths", "rule_pack", "source",
        "entered_at", "decided_by",
    ),
    "move": (
        "case_id", "version", "from_state", "to_state", "by", "acting_for", "hands", "at", "replaced",
    ),
}  # fmt: skip
"""What stands in the list that was sealed, in its order.

`decided_by` are the submitters, the checkers and who attested; `replaced` is told without the words.
"""
OF_AGENCY = """p.agency_id = :agency AND NOT EXISTS (
        SELECT FROM restrictions r WHERE r.person_id = p.person_id AND (jsonb_exists(r.parts, 'cases') OR jsonb_exists(r.parts, 'credit'))
    )"""
SEALED = {
    "entry": text(
        f"""
        SELECT e.person_id, e.person_id AS chain, e.number AS place, encode(before.chain, 'hex') AS before,
            entry_told(e) AS told, encode(e.chain, 'hex') AS seal
        FROM people p JOIN entries e USING (person_id)
        LEFT JOIN entries before ON before.person_id = e.person_id AND before.number = e.number - 1
        WHERE {OF_AGENCY} AND CAST(e.entered_at AT TIME ZONE 'Asia/Jakarta' AS date) BETWEEN :since AND :until
        ORDER BY e.person_id, e.number
        """  # noqa: S608 - built of names in this code
    ),
    "move": text(
        f"""
        SELECT c.person_id, h.case_id AS chain, h.version AS place, encode(before.chain, 'hex') AS before,
            move_told(h) AS told, encode(h.chain, 'hex') AS seal
        FROM people p JOIN cases c USING (person_id) JOIN case_history h ON h.case_id = c.id
        LEFT JOIN case_history before ON before.case_id = h.case_id AND before.version = h.version - 1
        WHERE {OF_AGENCY} AND CAST(h.at AT TIME ZONE 'Asia/Jakarta' AS date) BETWEEN :since AND :until
        ORDER BY h.case_id, h.version
        """  # noqa: S608 - built of names in this code
    ),
}


async def write_audit(
    session: AsyncSession, agency_id: UUID, since: date, until: date, caller: Caller[Regulations]
) -> FileOfMany:
    """The entries and moves of whoever serves in the agency now, made from one day to another. Whose record rests is left out.

    Raises Refused `agency-unknown` for an agency that is not the caller's, `dates-reversed`.
    """
    if not caller.reaches(agency_id):
        raise Refused("agency-unknown", "agency_id")
    if until < since:
        raise Refused("dates-reversed", "until")
    spool: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - `replay` closes it
    digest = hashlib.sha256()

    def write(**line: Any) -> None:
        written = (json.dumps(line, default=str) + "\n").encode()
        digest.update(written)
        spool.write(written)

    people: set[UUID] = set()
    lines = 0
    try:
        write(of="head", agency_id=agency_id, since=since, until=until, made_at=caller.now, fields=FIELDS)
        for of, sealed in SEALED.items():
            given = {"agency": agency_id, "since": since, "until": until}
            rows = await session.stream(sealed, given, execution_options={"yield_per": PAGE})
            async for row in rows:
                people.add(row.person_id)
                lines += 1
                write(of=of, chain=row.chain, place=row.place, before=row.before, told=row.told, seal=row.seal)
        write(of="end", lines=lines, digest=digest.hexdigest())
    except BaseException:  # whoever has gone away too leaves no file behind
        spool.close()
        raise
    return FileOfMany(people, f"audit-{agency_id}-{since}-{until}.ndjson", spool)
