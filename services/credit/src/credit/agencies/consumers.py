"""What credit reads from the registry of agencies."""

from common.messages.inbox import Subscription
from common.parts import Parts
from credit.agencies.tables import AGENCIES


def subscription(parts: Parts) -> Subscription:
    """Keeps agencies: an analis sees those of a region."""
    del parts
    return AGENCIES.subscription("credit.agencies")
