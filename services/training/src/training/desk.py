"""Who acts, by which rules, and when: what every use case of the API is handed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from common.clock import Clock
from common.web.auth import Principal, allow
from common.web.parts import UsedClock, parts_of
from training.domain.rules import Book


@dataclass(frozen=True)
class Desk:
    """The caller, the rule packs and the clock."""

    principal: Principal
    book: Book
    clock: Clock


def desk_for(*roles: str) -> Callable[..., Awaitable[Desk]]:
    """A dependency that lets through callers with at least one of `roles` and gives them a desk."""

    async def desk(request: Request, principal: Annotated[Principal, Depends(allow(*roles))], clock: UsedClock) -> Desk:
        return Desk(principal, parts_of(request).rules, clock)

    return desk
