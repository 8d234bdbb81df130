"""The two of a pair, as their tests speak for them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from mentoring.audits.tables import AuditedSession, AuditSample
from mentoring.domain.flags import Sign
from mentoring.flags.tables import PairFlag
from mentoring.pairs.tables import Pair

AGREED = {
    "goals": [{"competency": "menulis", "start": 2, "wanted": 4}],
    "plan": "Enam pertemuan\nTiap bulan satu",
    "confidentiality": "Apa yang dibicarakan tetap di antara kita",
}


AUDIT = {"seed": 1, "size": 5, "since": "2020-01-01", "until": "2030-01-01"}


async def drawn(session: AsyncSession, pair: Pair, session_id: str, auditor_id: UUID) -> tuple[UUID, UUID]:
    """A sample of one session, given to somebody; the ids of both."""
    day, now = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    asked = {"seed": 1, "size": 1, "since": day, "until": day, "ordered_by": "x", "drawn_at": now}
    sample = AuditSample(id=new_id(), programme_id=pair.programme_id, **asked)
    session.add(sample)
    await session.flush()
    item = AuditedSession(id=new_id(), sample_id=sample.id, session_id=UUID(session_id), auditor_id=auditor_id)
    session.add(item)
    return sample.id, item.id


async def flagged(session: AsyncSession, pair: Pair, kind: Sign = "overlap") -> UUID:
    """Flags a pair, and gives the flag's id."""
    found = {"kind": kind, "figure": 2, "found_in": [], "rule_pack": "flags-2026", "found_on": pair.begins_on}
    flag = PairFlag(id=new_id(), pair_id=pair.id, **found)
    session.add(flag)
    return flag.id


class Both:
    """The two of a pair, one after the other or at once, over HTTP."""

    def __init__(self, api, pair: Pair) -> None:
        self.api, self.pair = api, pair
        self.path = f"/pairs/{pair.id}"
        self.people = {"mentee": pair.mentee_id, "mentor": pair.mentor_id}

    async def call(self, side: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return await self.api.call("person", method, path, body, person=self.people[side], **more)

    async def refused(self, side: str, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        return await self.api.refused("person", method, path, body, person=self.people[side])

    async def get(self, path: str, side: str = "mentee") -> Any:
        return await self.api.get(path, "person", person=self.people[side])

    async def agree(self) -> None:
        proposed = (await self.call("mentee", "PUT", f"{self.path}/agreement", AGREED)).json()["proposed"]
        signed = await self.call("mentor", "POST", f"{self.path}/agreement/sign", {"version": proposed["version"]})
        assert signed.status_code == 200, signed.text

    async def plan(self, starts_at: Any, side: str = "mentee", **said: Any) -> dict[str, Any]:
        body = {"starts_at": starts_at.isoformat(), **said}
        answer = await self.call(side, "POST", f"{self.path}/sessions", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def confirm(self, session: dict[str, Any], *sides: str) -> dict[str, Any]:
        for side in sides or ("mentee", "mentor"):
            answer = await self.call(side, "POST", f"/sessions/{session['id']}/confirm")
            assert answer.status_code == 200, answer.text
        return answer.json()
