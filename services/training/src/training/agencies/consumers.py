"""What training reads from the registry of agencies."""

from common.messages.inbox import Subscription
from common.parts import Parts
from training.agencies.tables import AGENCIES


def subscription(parts: Parts) -> Subscription:
    """Keeps agencies; a day that was found by an agency's zone stays as it is when the zone changes or is corrected."""
    del parts
    return AGENCIES.subscription("training.agencies")
