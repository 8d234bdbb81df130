"""The notification service: the shortfalls that training found become one mail for each agency's PIC."""

from common.parts import Parts
from contracts.service import RESTING, Service
from notification.erasing import ERASING
from notification.messages.sender import Sender
from notification.settings import Settings
from roster.erasing import erase_command
from roster.expiring import expire_command


def _sender(parts: Parts) -> Sender:
    return Sender(parts.database, parts.settings, parts.clock)


SERVICE = Service(
    name="notification",
    title="Jejak: notification",
    port=8004,
    features=[
        "digests",
        "rounds",
        "messages",
        "contacts",
        "deputies",
        "reforms",
        "restrictions",
        "personal",
    ],
    settings=Settings,
    withheld=RESTING,  # it keeps no people, and shows letters to no HR
    emits=True,
    commands={"erase": erase_command(ERASING), "expire": expire_command("messages")},
    further_roles={"sender": _sender},
)
