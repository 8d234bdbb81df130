"""The copy of who stands in for whom, and the right of a deputy to act with the rights of the one they stand in for.

A deputy calls with `Acting-For: <id of the person>` and a token that says who they are. Only a right given as `Delegable`
heeds it. What a deputy may do ends with the day, when one of the two has left, or when they serve in two agencies. A deputy
of the deputy is nobody's but theirs.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import Depends, Header, Request
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Event
from common.refused import Refused
from common.web.auth import authenticated
from common.web.parts import parts_of
from common.web.principals import Principal
from contracts.callers import Caller
from contracts.duties import duties_of
from contracts.events.registry import DutyDelegated
from contracts.rights import Right, caller_of
from contracts.roles import named
from roster.copies import Copy
from roster.days import covers_sql, in_service_sql
from roster.tables import made

ACTS_FOR = text(
    f"""
    SELECT d.person_id, d.duty, d.named_by, person.agency_id
    FROM deputies d
    JOIN people person ON person.person_id = d.person_id AND {in_service_sql("person", ":day")}
    JOIN people deputy ON deputy.person_id = d.deputy_id AND {in_service_sql("deputy", ":day")}
    WHERE d.deputy_id = :deputy_id AND d.duty = ANY(CAST(:duties AS text[])) AND {covers_sql("d", ":day")}
        AND person.agency_id = deputy.agency_id
    ORDER BY d.person_id
    """  # noqa: S608 - built of names in our own code
)
KEPT = ("person_id", "deputy_id", "duty", "valid_from", "valid_to", "named_by")


async def acts_for(session: AsyncSession, person_id: UUID, duties: Collection[str], day: date) -> Sequence[Row[Any]]:
    """For whom somebody acts in one of these duties on a day: person_id, duty, named_by, and agency_id of that one.

    The service has declared a `Deputies` and a `People`.
    """
    asked = {"deputy_id": person_id, "duties": list(duties), "day": day}
    return (await session.execute(ACTS_FOR, asked)).all()


class Deputies(Copy):
    """Who stands in for whom, in which duty, from when until when (`deputies`)."""

    event: ClassVar[type[Event]] = DutyDelegated

    def __init__(self, module: str) -> None:
        columns = (*KEPT, "sequence")
        super().__init__(made(module, "deputies", ("delegation_id",), columns, indexed=("person_id", "deputy_id")))

    def _row(self, event: DutyDelegated) -> Sequence[Any]:
        return [
            json.dumps(event.named_by) if column == "named_by" else getattr(event, column)
            for column in self.columns[:-1]
        ]


@dataclass(frozen=True)
class Delegable(Right):
    """A right that somebody may use for another who has it: those of its roles that are a duty one can be stood in for.

    With `stood_in`, only these of them. Raises Refused `not-deputy`, and `forbidden` for a token that
    does not say whose it is.
    """

    stood_in: tuple[str, ...] = ()

    async def __call__(
        self,
        request: Request,
        principal: Annotated[Principal, Depends(authenticated)],
        acting_for: Annotated[
            UUID | None, Header(description="the person for whom the caller acts as their deputy")
        ] = None,
    ) -> Caller[Any]:
        if acting_for is None:
            return await super().__call__(request, principal)
        deputy_id, role_of, parts = (
            principal.speaks_for("person"),
            duties_of(self.stood_in or self.roles),
            parts_of(request),
        )
        async with parts.database.reading() as session:
            acts = await acts_for(session, deputy_id, role_of, parts.clock.today())
        found = [row for row in acts if row.person_id == acting_for]
        if not found:
            raise Refused("not-deputy", field="Acting-For")
        # Whoever they act for reaches what a reform brought to the agency, so they do too.
        claims = {"person": deputy_id, "agency": found[0].agency_id}
        acting = Principal(principal.subject, named(*(role_of[row.duty] for row in found)), claims, principal.client)
        return replace(
            await caller_of(request, acting, acting.named),
            token_roles=principal.roles,
            acting_for=acting_for,
            named_by=frozenset(hand for row in found for hand in row.named_by),
        )
