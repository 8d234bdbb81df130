"""Keyset pages: `?after=<cursor>&limit=<n>`, stable while rows are added."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Select, SQLColumnExpression

from common.refused import Refused

T = TypeVar("T")
K = TypeVar("K", bound=tuple[Any, ...])
S = TypeVar("S", bound=Select[*tuple[Any, ...]])

CURSOR_LIMIT = 4000
BY_ID: TypeAdapter[tuple[UUID]] = TypeAdapter(tuple[UUID])
"""The sort key of a list in the order of its items' ids."""


class Page(BaseModel, Generic[T]):
    """Up to `limit` items and the cursor of the rest; `next` is null on the last page."""

    items: list[T]
    next: str | None = None


class Window(BaseModel):
    """Which part of a list a caller asks for; `after` is the cursor of the page before."""

    after: str | None
    limit: int

    def seen(self, key: TypeAdapter[K]) -> K | None:
        """The sort key of the last item seen, a tuple read as `key`; None on the first page.

        Raises Refused `field-invalid` for a cursor this list never gave.
        """
        if self.after is None:
            return None
        try:
            return key.validate_json(base64.urlsafe_b64decode(self.after))
        except ValueError as error:
            raise Refused("field-invalid", field="after") from error

    def narrow(self, found: S, by: SQLColumnExpression[Any], key: TypeAdapter[K]) -> S:
        """The rows of this page and one more, in the order of a column whose values are unique, and read as `key`.

        Raises Refused as `seen` does.
        """
        found = found.order_by(by).limit(self.limit + 1)
        seen = self.seen(key)
        return found if seen is None else found.where(by > seen[0])

    def page(self, rows: Sequence[T], key: Callable[[T], Sequence[object]]) -> Page[T]:
        """The page of `rows`, of which the query has read `limit + 1` to know whether more follow."""
        shown = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Page(items=shown, next=_cursor(key(shown[-1])) if more else None)


async def window(
    after: Annotated[
        str | None,
        Query(max_length=CURSOR_LIMIT, pattern=r"^[A-Za-z0-9_=-]+$", description="`next` of the page before"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Window:
    return Window(after=after, limit=limit)


AskedWindow = Annotated[Window, Depends(window)]


def _cursor(key: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()
