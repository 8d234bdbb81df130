"""Whether something stands against erasing somebody: asked by the registry, answered by those who keep their records."""

from collections.abc import Sequence
from typing import ClassVar, Literal
from uuid import UUID

from common.events import Event, Topic
from contracts import topics
from contracts.events import PREFIX

ANSWERING: Sequence[str] = ("credit",)
"""The services that may have something against it, and so are waited for."""


class ErasureAsked(Event):
    """Somebody is to be erased: is anything of theirs still under way? The registry asks; asked again, `round` is the next."""

    topic: ClassVar[Topic] = topics.ERASURES
    type: ClassVar[str] = f"{PREFIX}.registry.ErasureAsked.v1"
    source: ClassVar[str] = "/services"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "erasure_id"

    erasure_id: UUID
    person_id: UUID
    round: int


class ErasureAnswered(Event):
    """What a service has against it: a case of theirs that is open, or nothing."""

    topic: ClassVar[Topic] = topics.ERASURES
    type: ClassVar[str] = f"{PREFIX}.registry.ErasureAnswered.v1"
    source: ClassVar[str] = "/services"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "erasure_id"

    erasure_id: UUID
    person_id: UUID
    round: int
    service: str
    against: Literal["open-case"] | None
