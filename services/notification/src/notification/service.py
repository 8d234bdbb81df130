"""The notification service: the shortfalls that training found become one mail for each agency's PIC."""

from common.parts import Parts
from contracts.service import Service
from notification.messages.sender import Sender
from notification.settings import Settings


def _sender(parts: Parts) -> Sender:
    return Sender(parts.database, parts.settings, parts.clock)


SERVICE = Service(
    name="notification",
    title="Jejak: notification",
    port=8004,
    features=["digests", "rounds", "messages", "contacts", "deputies", "landing", "personal"],
    settings=Settings,
    emits=True,
    further_roles={"sender": _sender},
)
