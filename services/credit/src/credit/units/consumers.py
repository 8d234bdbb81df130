"""What credit reads from the registry of units."""

from common.messages.inbox import Subscription
from common.parts import Parts
from credit.units.tables import UNITS


def subscription(parts: Parts) -> Subscription:
    """Keeps units. Who serves together is asked for anew each time, so nothing else follows."""
    del parts
    return UNITS.subscription("credit.units")
