"""The row that every change leaves: who changed which parts of an agency, unit, post, person or delegation, and when."""

from dataclasses import fields
from functools import cache

from common.store.sets import Row
from contracts.callers import Caller
from registry.domain.agency import Agency
from registry.domain.deputies import Delegation
from registry.domain.person import Person
from registry.domain.post import Post
from registry.domain.unit import Unit

Changed = Agency | Unit | Post | Person | Delegation


@cache
def _parts(kind: type[Changed]) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in {"id", "version", "former_nips"}]


def audit_row(before: Changed | None, after: Changed, caller: Caller[None]) -> Row:
    """The row of a change. Something new has all its parts changed."""
    parts = [part for part in _parts(type(after)) if before is None or getattr(before, part) != getattr(after, part)]
    return {
        "subject_id": after.id,
        "version": after.version,
        "parts": " ".join(parts),
        "recorded_by": caller.subject,
        "recorded_at": caller.now,
    }
