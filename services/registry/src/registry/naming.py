"""Things that a document names by id or by code, or by both."""

from collections.abc import Callable, Mapping
from uuid import UUID

from common.refused import Refused


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
