"""What every service tells of who looked at whose record."""

from typing import ClassVar
from uuid import UUID

from common.events import Event, Topic
from contracts import topics
from contracts.events import PREFIX

MOST_VIEWED = 1000
"""How many people one event names at most; a longer list is told by several."""


class RecordViewed(Event):
    """Somebody was shown the records of others: who, as what, through which client, which part, of whom, and why.

    Any service sends it; `service` says which. `reason` is what the one who looked gave as such.
    """

    topic: ClassVar[Topic] = topics.ACCESS
    type: ClassVar[str] = f"{PREFIX}.registry.RecordViewed.v1"
    source: ClassVar[str] = "/services"
    key_field: ClassVar[str] = "viewer_id"
    subject_field: ClassVar[str] = "viewer_id"

    viewer_id: UUID
    viewer: str
    viewer_person_id: UUID | None
    viewer_agency_id: UUID | None
    client: str | None
    roles: list[str]
    service: str
    part: str
    person_ids: list[UUID]
    reason: str | None
