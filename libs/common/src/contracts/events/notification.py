"""What any service asks of notification: a message to somebody."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from common.events import Event, Topic
from common.fields import Line
from contracts import topics
from contracts.events import PREFIX, Part

MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$")]


class Attachment(Part):
    """A file that goes with a message; `content` is Base64."""

    name: Line
    media_type: MediaType
    content: str


class MessageRequested(Event):
    """Somebody is to be written to: a person, or the PIC of an agency, by the id of the person or agency.

    `template` and `reason` are names that notification knows (docs/extending.md), `values` what the template takes:
    ids, numbers and days, no name of a person and no NIP. A request with an id that was seen before is the same request, so
    `request_id` follows from what the message is about. Until `expires_at` the message waits for an address. `asked_by` is
    the agency whose desk is told of people without one; null where nobody is.
    """

    topic: ClassVar[Topic] = topics.REQUESTS
    type: ClassVar[str] = f"{PREFIX}.notification.MessageRequested.v1"
    source: ClassVar[str] = "/any-service"
    key_field: ClassVar[str] = "recipient_id"
    subject_field: ClassVar[str] = "request_id"

    request_id: UUID
    recipient: Literal["person", "pic"]
    recipient_id: UUID
    template: str
    values: dict[str, Any]
    reason: str
    expires_at: AwareDatetime
    asked_by: UUID | None = None
    attachments: list[Attachment] = Field(default_factory=list[Attachment])
