"""What connectors reads from the registry of agencies."""

from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.agencies.tables import AGENCIES


def subscription(parts: Parts) -> Subscription:
    """Keeps agencies."""
    del parts
    return AGENCIES.subscription("connectors.agencies")
