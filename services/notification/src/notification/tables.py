"""Every table of the service, imported in one place so that its metadata is whole."""

from notification.agencies.tables import Agency
from notification.base import metadata
from notification.messages.tables import Attempt, Message, Resend
from notification.rounds.tables import Digest, ListedPerson, Page, Resolution, Round

__all__ = [
    "Agency",
    "Attempt",
    "Digest",
    "ListedPerson",
    "Message",
    "Page",
    "Resend",
    "Resolution",
    "Round",
    "metadata",
]
