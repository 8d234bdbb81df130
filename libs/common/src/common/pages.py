"""Keyset pages: `?after=<cursor>&limit=<n>`, stable while rows are added."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from common.problems import Problem

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Up to `limit` items and the cursor of the rest; `next` is null on the last page."""

    items: list[T]
    next: str | None = None


class Window(BaseModel):
    """Which part of a list a caller asks for; `after` holds the sort key of the last item seen."""

    after: list[Any] | None
    limit: int

    def seen(self, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """The sort key of the last item seen, each part read by its kind (`UUID`, `int`, `str`); None on the first page.

        Raises Problem `field-invalid` for a cursor this list never gave.
        """
        if self.after is None:
            return None
        try:
            return tuple(kind(part) for kind, part in zip(kinds, self.after, strict=True))
        except (ValueError, TypeError, AttributeError) as error:
            raise Problem("field-invalid", field="after") from error

    def page(self, rows: Sequence[T], key: Callable[[T], Sequence[object]]) -> Page[T]:
        """The page of `rows`, of which the query has read `limit + 1` to know whether more follow."""
        shown = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Page(items=shown, next=_cursor(key(shown[-1])) if more else None)


async def window(
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Window:
    if after is None:
        return Window(after=None, limit=limit)
    try:
        return Window(after=json.loads(base64.urlsafe_b64decode(after)), limit=limit)
    except ValueError as error:
        raise Problem("field-invalid", field="after") from error


AskedWindow = Annotated[Window, Depends(window)]


def _cursor(key: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()
