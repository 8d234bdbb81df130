"""Things that a document names by id or by code, or by both."""

from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from common.refused import Refused

T = TypeVar("T", bound="Coded")


def one_of(
    names: Mapping[str, UUID | str | None], find: Callable[[UUID | str], UUID | None], unknown: str
) -> UUID | None:
    """What all the given names stand for; None when none is given. Raises Refused when they name nothing, or two things."""
    meant: UUID | None = None
    for field, name in names.items():
        if name is None:
            continue
        found = find(name)
        if found is None or meant not in (None, found):
            raise Refused(unknown, field)
        meant = found
    return meant


class Coded(Protocol):
    """Something of an agency that has a code there."""

    @property
    def id(self) -> UUID: ...
    @property
    def agency_id(self) -> UUID: ...
    @property
    def code(self) -> str: ...


class Known(Generic[T]):
    """What some documents speak of, as decided so far: by id, and by agency and code."""

    def __init__(self, found: Mapping[UUID, T]) -> None:
        self.by_id = dict(found)
        self.by_code = {(each.agency_id, each.code): each.id for each in found.values()}

    def keep(self, each: T) -> None:
        """Remembers what was decided about one."""
        self.by_id[each.id] = each
        self.by_code[each.agency_id, each.code] = each.id

    def coded(self, agency_id: UUID, code: str) -> T | None:
        """The one with this code in an agency."""
        found = self.by_code.get((agency_id, code))
        return self.by_id[found] if found else None

    def find(self, agency_id: UUID, name: UUID | str) -> UUID | None:
        """The id of the one that a document of an agency names, by its id or by its code."""
        return name if isinstance(name, UUID) else self.by_code.get((agency_id, name))
