"""What a reform of an agency would move: asked by the registry, answered by each service that holds something of agencies."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.events import Event, Topic
from contracts import topics
from contracts.events import PREFIX

GoesTo = Literal["person", "heir"]


class HeldItem(BaseModel):
    """How much there is of something, and who gets it."""

    kind: str
    goes_to: GoesTo = Field(description="the agency to which its person goes, or the heir, who takes the rest")
    count: int
    listed: str | None = Field(description="where the service lists it")


class ReformPreviewAsked(Event):
    """Somebody plans a reform of an agency: what is held of it? Each service of `contracts.holders.HOLDERS` answers."""

    topic: ClassVar[Topic] = topics.REFORM_PREVIEWS
    type: ClassVar[str] = f"{PREFIX}.registry.ReformPreviewAsked.v1"
    source: ClassVar[str] = "/services"
    key_field: ClassVar[str] = "preview_id"
    subject_field: ClassVar[str] = "agency_id"

    preview_id: UUID
    agency_id: UUID


class AgencyHeld(Event):
    """What a service holds of the agency when it is asked: numbers, and nobody's name."""

    topic: ClassVar[Topic] = topics.REFORM_PREVIEWS
    type: ClassVar[str] = f"{PREFIX}.registry.AgencyHeld.v1"
    source: ClassVar[str] = "/services"
    key_field: ClassVar[str] = "preview_id"
    subject_field: ClassVar[str] = "agency_id"

    preview_id: UUID
    agency_id: UUID
    service: str
    items: list[HeldItem]
