"""What a service holds of an agency, and whom a reform of it gives that to: one route, the same in every service.

Services do not ask each other. Whoever plans a reform asks each, and each acts on its own copy when the reform has come.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import text

from common.web.parts import Reading

GoesTo = Literal["person", "heir"]


@dataclass(frozen=True)
class Held:
    """Something of an agency: its name, who gets it, how it is counted (a query by `:agency`), and where it is listed."""

    kind: str
    goes_to: GoesTo
    sql: str
    listed: str | None = None


class HeldOut(BaseModel):
    """How much there is of something."""

    kind: str
    goes_to: GoesTo = Field(description="the agency to which its person goes, or the heir, who takes the rest")
    count: int
    listed: str | None = Field(description="where this service lists it")


class HoldingsOut(BaseModel):
    """What of an agency stands in this service today."""

    agency_id: UUID
    items: list[HeldOut]


def held_routes(right: Callable[..., Awaitable[Any]], held: Sequence[Held]) -> APIRouter:
    """The route that tells how much a service holds of an agency, in one statement."""
    router = APIRouter(prefix="/v1", tags=["reforms"])
    counts = text(f"SELECT {', '.join(f'({each.sql})' for each in held)}")

    @router.get("/agencies/{agency_id}/held", summary="What a reform of an agency would move here, and to whom")
    async def get_held(agency_id: UUID, session: Reading, caller: Annotated[Any, Depends(right)]) -> HoldingsOut:
        del caller
        found = (await session.execute(counts, {"agency": agency_id})).one()
        return HoldingsOut(
            agency_id=agency_id,
            items=[
                HeldOut(
                    kind=each.kind,
                    goes_to=each.goes_to,
                    count=count,
                    listed=each.listed and each.listed.format(agency=agency_id),
                )
                for each, count in zip(held, found, strict=True)
            ],
        )

    return router
