"""What notification reads from the registry of deputies."""

from common.messages.inbox import Subscription
from common.parts import Parts
from notification.deputies.tables import DEPUTIES


def subscription(parts: Parts) -> Subscription:
    """Keeps deputies. Whom a mail goes to is looked up when it is sent, so nothing else follows."""
    del parts
    return DEPUTIES.subscription("notification.deputies")
